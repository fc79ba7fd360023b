//! A table of rules and moments: for each, over the wire and with the clock moved by hand, who is mentioned and nobody else.

use std::collections::BTreeSet;

use casebridge::case::CaseId;
use casebridge_lab::stage::{ANA, BO, Stage};
use casebridge_lab::standins::FaultRule;
use serde_json::{Value, json};

const MOMENTS: [&str; 5] = ["new_case", "your_move", "aws", "overdue", "closed"];

/// What a rule asks of a case, and how a case comes to be so.
const RULES: [(&str, &str); 5] = [
    ("account", "account = '999988887777'"),
    ("region", "region = 'ap-south-1'"),
    ("title", "title = 'payroll'"),
    ("tag", "tag = 'team=red'"),
    ("type", "type = 'Investigation'"),
];

/// Everybody whom a message mentions, people and groups.
fn mentioned(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(mentioned).collect(),
        Value::Object(map) => {
            let id = match map.get("type").and_then(Value::as_str) {
                Some("user") => map.get("user_id"),
                Some("usergroup") => map.get("usergroup_id"),
                _ => None,
            };
            let own = id.and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(map.values().flat_map(mentioned)).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// Whom each message that is shown in the channel mentions, in their order.
async fn calls(stage: &Stage, case: &CaseId) -> Vec<BTreeSet<String>> {
    let thread = stage.thread(case).await;
    let shown = thread.iter().filter(|message| message["subtype"] == "thread_broadcast");
    shown.map(mentioned).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A case that fits a rule, or none of them.
fn case_of(stage: &Stage, rule: &str) -> CaseId {
    let case = stage.sir.aws_creates_case(if rule == "title" { "The Payroll host" } else { "Key leaked" });
    let change = match rule {
        "account" => json!({ "impactedAccountsToAdd": ["999988887777"] }),
        "region" => json!({ "impactedAwsRegionsToAdd": [{ "region": "ap-south-1" }] }),
        "type" => json!({ "engagementType": "Investigation" }),
        "tag" => {
            stage.sir.tags(&case, "team", "red");
            return case;
        }
        _ => return case,
    };
    stage.sir.aws_changes(&case, &change).unwrap();
    case
}

/// Lets the moment come: what was called before it stays out.
async fn comes(stage: &Stage, case: &CaseId, moment: &str) {
    match moment {
        "new_case" => {}
        "aws" => {
            stage.sir.aws_comments(case, "AWS Responder", "We look into it.").unwrap();
        }
        "your_move" | "overdue" => {
            stage.sir.aws_comments(case, "AWS Responder", "Is this yours?").unwrap();
            stage.sir.aws_sets_pending_action(case, "Customer").unwrap();
        }
        "closed" => stage.sir.aws_closes(case, "Duplicate").unwrap(),
        other => panic!("{other}"),
    }
    stage.notify().await;
    if moment == "overdue" {
        stage.minutes(16).await;
    }
}

#[tokio::test]
async fn each_moment_calls_whom_its_rule_names_and_else_whom_the_settings_name() {
    let mut rows = 0;
    for (rule, asks) in RULES {
        for moment in MOMENTS {
            let notify =
                format!("[notify]\n{moment} = ['{BO}']\n[[notify.rules]]\n{asks}\n{moment} = ['{ANA}']\n");
            let stage = Stage::with("", &notify).await;
            for (fits, whom) in [(rule, ANA), ("none", BO)] {
                let case = case_of(&stage, fits);
                let before = match moment {
                    "new_case" => Vec::new(),
                    _ => {
                        stage.notify().await;
                        calls(&stage, &case).await
                    }
                };
                comes(&stage, &case, moment).await;
                let called = calls(&stage, &case).await;
                let told = format!("{rule} {moment}, case of {fits}: {before:?} {called:?}");
                assert!(before.iter().all(BTreeSet::is_empty), "{told}");
                let mentions: Vec<_> = called.iter().filter(|whom| !whom.is_empty()).collect();
                assert_eq!(mentions, [&set(&[whom])], "{told}");
                rows += 1;
            }
        }
    }
    assert_eq!(rows, 50);
}

#[tokio::test]
async fn people_groups_watchers_and_the_owner_are_each_called_by_what_they_are() {
    for named in ["member", "group", "watchers", "owner", "all of them"] {
        let mut stage = Stage::set().await;
        stage.slack.grant("channels:manage");
        let cy = stage.slack.add_user("cy", "cy@example.com", &json!({}));
        let group = stage.slack.add_group("oncall", &[cy]);
        let (names, whom) = match named {
            "member" => (vec![BO], set(&[BO])),
            "group" => (vec![&*group], set(&[&group])),
            "watchers" => (vec!["watchers"], set(&[BO])),
            "owner" => (vec!["owner"], set(&[ANA])),
            _ => (vec!["owner", "watchers", &*group, BO], set(&[ANA, BO, &group])),
        };
        let callees: Vec<_> = names.iter().map(|name| serde_json::from_value(json!(name)).unwrap()).collect();
        stage.settings.notify.aws = callees;
        let case = stage.sir.aws_creates_case("Key leaked");
        stage.notify().await;
        stage.ana(&format!("{case} watch bo@example.com")).await;
        stage.ana(&format!("{case} take")).await;
        stage.notify().await;
        comes(&stage, &case, "aws").await;
        assert_eq!(calls(&stage, &case).await, [whom], "{named}");
    }
}

#[tokio::test]
async fn in_a_restricted_room_those_of_a_group_who_may_know_are_called_and_others_are_named() {
    let restrict = format!("[[restrict.rules]]\naccount = '111122223333'\npeople = ['{ANA}', '{BO}']\n");
    let mut stage = Stage::with("", &restrict).await;
    let cy = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    let group = stage.slack.add_group("oncall", &[cy.clone(), casebridge_lab::stage::bo()]);
    let callees = [json!(group), json!(cy)];
    stage.settings.notify.aws = callees.map(|one| serde_json::from_value(one).unwrap()).to_vec();
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    stage.minutes(2).await;
    comes(&stage, &case, "aws").await;
    let (channel, _) = stage.card(&case).await;
    let told = stage.slack.messages(&channel);
    let called: Vec<_> = told.iter().filter(|one| mentioned(one) == set(&[BO])).collect();
    assert_eq!(called.len(), 1, "{told:#?}");
    let shown = casebridge_lab::standins::SlackStandin::shown(called[0]);
    assert!(shown.contains("Not called, and not among those who may know of this case: cy"), "{shown}");
    assert!(!stage.slack.members(&channel).contains(&cy));
}

/// A small die, so that each world is the same whenever it is thrown.
struct Die(u64);

impl Die {
    fn of(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What must have been called by now, known from what was done alone.
#[derive(Default)]
struct Expected {
    /// Since when AWS waits for an answer that nobody gave, and whether somebody took the case since.
    open: Option<(i64, bool)>,
    steps: usize,
    questions: usize,
    overdue: usize,
}

impl Expected {
    fn until(&mut self, now: i64) {
        let Some((since, taken)) = self.open else { return };
        if taken {
            return;
        }
        let due = [15, 60].iter().filter(|minutes| now - since >= *minutes * 60_000).count();
        self.overdue += due.saturating_sub(self.steps);
        self.steps = due.max(self.steps);
    }
}

/// One case: AWS asks, people answer or take it, time passes, events come late and twice, Slack fails in between.
async fn world(seed: u64) {
    let mut die = Die(seed.wrapping_mul(2_654_435_761) + 1);
    let stage = Stage::with("", &format!("[notify]\nyour_move = ['{BO}']\noverdue = ['{ANA}']\n")).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let (mut expected, mut past, mut question) = (Expected::default(), Vec::new(), String::new());
    for step in 0..14 {
        match die.of(6) {
            0 | 1 if expected.open.is_none() => {
                question = format!("Is key {step} yours?");
                stage.sir.aws_comments(&case, "AWS Responder", &question).unwrap();
                stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
                expected.open = Some((stage.now(), false));
                (expected.steps, expected.questions) = (0, expected.questions + 1);
            }
            2 if expected.open.is_some() => {
                // Slack failed until now: of what has its answer before it could be told nobody need hear.
                let lines = stage.lines(&case).await;
                expected.questions -= usize::from(!lines[1..].iter().any(|line| line.contains(&question)));
                stage.ana(&format!("{case} comment It is ours, {step}.")).await;
                stage.sir.aws_sets_pending_action(&case, "None").unwrap();
                expected.open = None;
            }
            3 => {
                stage.ana(&format!("{case} take")).await;
                if let Some(open) = &mut expected.open {
                    open.1 = true;
                }
            }
            4 => stage.slack.fault(match die.of(3) {
                0 => FaultRule::on("chat.postMessage").once().reset_after(),
                1 => FaultRule::on("chat.postMessage").once().reset_before(),
                _ => FaultRule::on("chat.postMessage").once().answers(503),
            }),
            _ => {
                stage.arrive(&past).await;
            }
        }
        past = stage.events().await;
        let minutes = [1, 4, 17, 50][usize::try_from(die.of(4)).unwrap()];
        stage.minutes(minutes).await;
        expected.until(stage.now());
    }
    stage.minutes(5).await;
    expected.until(stage.now());
    let all: Vec<_> = calls(&stage, &case).await.into_iter().filter(|whom| !whom.is_empty()).collect();
    let overdue = all.iter().filter(|whom| **whom == set(&[ANA, BO])).count();
    let asked = all.iter().filter(|whom| **whom == set(&[BO])).count();
    assert_eq!((asked, overdue), (expected.questions, expected.overdue), "seed {seed}: {all:?}");
    assert_eq!(all.len(), asked + overdue, "seed {seed}: {all:?}");
}

#[tokio::test]
async fn in_worlds_of_faults_and_repeated_events_people_are_called_exactly_when_the_rules_say() {
    for seed in 0..24 {
        Box::pin(world(seed)).await;
    }
}
