//! Machines that answer: a rule of Jira's, a bot in Slack, another bridge. Ten rounds of each end where the first ones ended.

use std::collections::BTreeSet;

use casebridge::{
    case::{AccountId, CaseId, MemberId, UserId},
    targets::jira,
};
use casebridge_lab::{
    stage::{Stage, count},
    standins::{FaultRule, JiraStandin},
};
use serde_json::{Value, json};

const ROUNDS: usize = 10;

/// A case on which AWS spoke, with what answers in its issue and its thread.
struct Storm {
    stage: Stage,
    case: CaseId,
    issue: String,
    /// The account of the rule, or of the other bridge.
    machine: AccountId,
    bot: UserId,
    /// Which comments and messages were answered.
    answered: BTreeSet<String>,
}

/// How much there is, by the end of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    on_the_case: usize,
    in_the_issue_by_us: usize,
    in_the_thread_by_us: usize,
}

impl Storm {
    /// `role`: whether the settings let the machine's account comment.
    async fn set(role: bool) -> Self {
        let mut stage = Stage::set().await;
        let machine = stage.jira.add_user("Automation", None);
        if role {
            stage.settings.roles.responder.push(MemberId::new(machine.as_str()));
        }
        let bot = stage.slack.add_bot("echo");
        let case = stage.sir.aws_creates_case("Key leaked");
        stage.notify().await;
        let issue = stage.home(&case, jira::KIND).await.name;
        stage.jira.take_webhooks();
        stage.later(1_000);
        stage.sir.aws_comments(&case, "AWS Responder", "Did your team isolate the host?").unwrap();
        stage.notify().await;
        Self { stage, case, issue, machine, bot, answered: BTreeSet::new() }
    }

    /// What the machine did not answer yet, of what others wrote in the issue.
    fn unanswered(&mut self) -> Vec<Value> {
        let mut all = self.stage.jira.comments(&self.issue);
        all.retain(|one| one["author"]["accountId"] != self.machine.as_str());
        all.retain(|one| self.answered.insert(one["id"].as_str().unwrap().to_owned()));
        all
    }

    fn rule_answers(&mut self) {
        for comment in self.unanswered() {
            let words = format!("Thank you for: {}", JiraStandin::plain(&comment["body"]));
            self.stage.jira.person_comments(&self.machine, &self.issue, &words).unwrap();
        }
    }

    /// The bot answers each message that is not its own. What Slack sends arrives.
    async fn bot_answers(&mut self) {
        let (channel, card) = self.stage.card(&self.case).await;
        for message in self.stage.slack.messages(&channel) {
            let ts = message["ts"].as_str().unwrap_or_default().to_owned();
            if message["user"] != self.bot.as_str() && self.answered.insert(ts) {
                let (_, sent) = self.stage.slack.says(&self.bot, &channel, "Noted.", Some(&card));
                for delivery in &sent {
                    assert_eq!(self.stage.deliver(delivery).await.0, 200);
                }
            }
        }
    }

    /// All that follows arrives.
    async fn ends_the_round(&self) -> Counts {
        for delivery in self.stage.jira.take_webhooks() {
            assert_eq!(self.stage.deliver(&delivery).await.0, 200);
        }
        while let jobs @ [_, ..] = &self.stage.jobs()[..] {
            self.stage.work(jobs).await;
        }
        self.stage.notify().await;
        self.stage.later(5_000);
        let own = self.stage.jira.own_account();
        let ours = |one: &&Value| one["author"]["accountId"] == own.as_str();
        let (channel, _) = self.stage.card(&self.case).await;
        let (.., bot, _) = self.stage.slack.app();
        let thread = self.stage.slack.messages(&channel);
        Counts {
            on_the_case: self.stage.case_comments(&self.case).len(),
            in_the_issue_by_us: self.stage.jira.comments(&self.issue).iter().filter(ours).count(),
            in_the_thread_by_us: thread.iter().filter(|one| one["user"] == bot.as_str()).count(),
        }
    }

    /// How often we told the issue so.
    fn told(&self, words: &str) -> usize {
        let own = self.stage.jira.own_account();
        let all = self.stage.jira.comments(&self.issue).into_iter();
        let ours = all.filter(|one| one["author"]["accountId"] == own.as_str());
        count(&ours.map(|one| JiraStandin::plain(&one["body"])).collect::<Vec<_>>(), words)
    }
}

#[tokio::test]
async fn a_rule_that_answers_each_comment_and_a_bot_that_answers_each_message_come_to_an_end() {
    for role in [false, true] {
        let mut storm = Storm::set(role).await;
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            storm.rule_answers();
            storm.bot_answers().await;
            rounds.push(Box::pin(storm.ends_the_round()).await);
        }
        assert!(rounds[3..].iter().all(|counts| *counts == rounds[ROUNDS - 1]), "{role}: {rounds:#?}");
        assert_eq!(storm.told("no role"), usize::from(!role), "one notice where it has no role");
        let said = storm.stage.case_comments(&storm.case);
        assert_eq!(count(&said, "Noted."), 0, "a bot of Slack's says nothing on a case");
        // Whoever has a role is heard: once for each comment that we made there.
        let thanks = count(&said, "Thank you for:");
        assert_eq!(thanks > 0, role, "{said:#?}");
        assert!(thanks <= rounds[ROUNDS - 1].in_the_issue_by_us, "{said:#?}");
    }
}

#[tokio::test]
async fn two_bridges_on_one_issue_tell_each_other_nothing_though_each_has_a_role() {
    let storm = Storm::set(true).await;
    let mut told = BTreeSet::new();
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        // The other one tells there what the case says, and marks it as ours does.
        for (index, words) in storm.stage.case_comments(&storm.case).into_iter().enumerate() {
            if told.insert(index) {
                let words = json!({ "type": "text", "text": words });
                let comment = json!({
                    "body": { "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [words] }] },
                    "properties": [{ "key": "casebridge", "value": { "mark": format!("comment/{index}/0#x") } }],
                });
                storm.stage.jira.person_writes(&storm.machine, &storm.issue, &comment).unwrap();
            }
        }
        rounds.push(Box::pin(storm.ends_the_round()).await);
    }
    assert_eq!(rounds[0], rounds[ROUNDS - 1], "{rounds:#?}");
    assert_eq!((rounds[0].on_the_case, storm.told("no role")), (1, 0), "what AWS said, and nothing about it");
    let rules: Vec<_> = storm.stage.trail().into_iter().map(|line| line.rule).collect();
    assert_eq!(rules.iter().filter(|rule| *rule == "written by a bridge").count(), 1, "{rules:?}");
}

#[tokio::test]
async fn with_a_machine_on_every_side_and_another_bridge_all_of_it_comes_to_an_end_with_one_notice() {
    let mut storm = Storm::set(false).await;
    let other = storm.stage.jira.add_user("Another bridge", None);
    let (mut at_aws, mut bridged, mut rounds) = (0, 0, Vec::new());
    for _ in 0..ROUNDS {
        storm.rule_answers();
        storm.bot_answers().await;
        let said = storm.stage.sir.comments(&storm.case);
        for comment in said.iter().skip(std::mem::replace(&mut at_aws, said.len())) {
            if comment["creator"] != "security-ir.amazonaws.com" {
                storm.stage.sir.aws_comments(&storm.case, "security-ir.amazonaws.com", "Thank you.").unwrap();
            }
        }
        for (index, comment) in said.iter().enumerate().skip(std::mem::replace(&mut bridged, said.len())) {
            let words = json!({ "type": "text", "text": comment["body"] });
            let comment = json!({
                "body": { "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [words] }] },
                "properties": [{ "key": "casebridge", "value": { "mark": format!("comment/{index}/0#x") } }],
            });
            storm.stage.jira.person_writes(&other, &storm.issue, &comment).unwrap();
        }
        rounds.push(Box::pin(storm.ends_the_round()).await);
    }
    assert!(rounds[4..].iter().all(|counts| *counts == rounds[ROUNDS - 1]), "{rounds:#?}");
    assert_eq!(
        (rounds[ROUNDS - 1].on_the_case, storm.told("no role")),
        (2, 1),
        "AWS's question and its echo"
    );
    let lines = storm.stage.lines(&storm.case).await;
    assert_eq!((count(&lines, "Thank you for:"), count(&lines, "Thank you.")), (0, 1), "{lines:#?}");
}

/// The same, with a role for the account that the rule runs as, and somebody at AWS who thanks for each comment.
#[tokio::test]
async fn a_rule_with_a_persons_role_and_a_machine_at_aws_that_answers_it_come_to_an_end_with_one_notice() {
    let mut storm = Storm::set(true).await;
    let (mut at_aws, mut rounds) = (0, Vec::new());
    for _ in 0..2 * ROUNDS {
        storm.rule_answers();
        let said = storm.stage.sir.comments(&storm.case);
        for comment in said.iter().skip(std::mem::replace(&mut at_aws, said.len())) {
            if comment["creator"] != "security-ir.amazonaws.com" {
                storm.stage.sir.aws_comments(&storm.case, "security-ir.amazonaws.com", "Thank you.").unwrap();
            }
        }
        rounds.push(Box::pin(storm.ends_the_round()).await);
    }
    assert!(rounds[ROUNDS + 6..].iter().all(|counts| *counts == rounds[2 * ROUNDS - 1]), "{rounds:#?}");
    assert_eq!(storm.told("as an automation rule does"), 1);
    let rules: Vec<_> = storm.stage.trail().into_iter().map(|line| line.rule).collect();
    assert!(rules.iter().any(|rule| *rule == "written by a machine"), "{rules:?}");
    // Once it leaves one alone, it is a person again.
    storm.stage.sir.aws_comments(&storm.case, "AWS Responder", "Is the host off?").unwrap();
    storm.stage.notify().await;
    storm.stage.later(600_000);
    storm.stage.jira.person_comments(&storm.machine, &storm.issue, "It is off.").unwrap();
    storm.ends_the_round().await;
    assert_eq!(count(&storm.stage.case_comments(&storm.case), "It is off."), 1);
}

#[tokio::test]
async fn a_comment_that_aws_refuses_is_told_once_however_often_somebody_answers_that() {
    let mut storm = Storm::set(false).await;
    storm.stage.sir.fault(FaultRule::on("CreateCaseComment").error("AccessDeniedException"));
    let ana = storm.stage.jira.ana();
    storm.stage.jira.person_comments(&ana, &storm.issue, "We isolated it.").unwrap();
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        storm.rule_answers();
        rounds.push(Box::pin(storm.ends_the_round()).await);
    }
    assert!(rounds[3..].iter().all(|counts| *counts == rounds[ROUNDS - 1]), "{rounds:#?}");
    assert_eq!((storm.told("is not on case"), storm.told("no role")), (1, 1));
    let asked = storm.stage.sir.count("CreateCaseComment");
    assert!(asked <= ROUNDS, "AWS was asked {asked} times");
}
