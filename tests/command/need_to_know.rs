//! A case of which only some may know is told in its own channel only, and to everybody else there is no such case.

use casebridge::case::{CaseId, ChannelId, UserId};
use casebridge_lab::stage::{ANA, BO, Stage, ana, bo, typed};
use casebridge_lab::standins::{FaultRule, SlackStandin};

/// Both may do everything that a role lets them.
const ROLES: &str = "[roles]\nadmin = ['U024BE7LH', 'U024BE7LJ']\n";
const TITLE: &str = "Payroll of the board";

async fn stage(more: &str) -> Stage {
    Stage::with("", &format!("{more}\n{ROLES}")).await
}

/// What a channel shows to whoever opens it, messages that were taken back not among it.
fn shown(stage: &Stage, channel: &ChannelId) -> String {
    stage.slack.messages(channel).iter().map(SlackStandin::shown).collect::<Vec<_>>().join("\n")
}

fn own_channel(stage: &Stage, case: &CaseId) -> ChannelId {
    stage.slack.channel_named(&format!("sir-case-{case}")).unwrap()
}

/// Every verb about a case, as it is typed.
fn all_of(case: &CaseId) -> Vec<String> {
    let verbs = casebridge::chat::verbs::all().filter(|verb| verb.is_of_a_case());
    let examples = verbs.flat_map(|verb| verb.examples);
    examples.map(|example| format!("{case} {}", example.trim_start_matches("1234567890").trim())).collect()
}

async fn knows_nothing(stage: &Stage, user: &UserId, case: &CaseId) {
    for line in all_of(case) {
        let answer = stage.types(user, &line).await;
        if answer.is_empty() && line.ends_with(" comment") {
            // The form says nothing of the case, and puts nothing on it.
            assert!(!SlackStandin::shown(&stage.form(user)).contains(TITLE));
            let (said, before) = (stage.case_comments(case).len(), stage.slack.ephemerals(user).len());
            stage.sends(user, &[("text", typed("It was the CFO"))]).await;
            assert!(stage.since(user, before).contains("There is no case"));
            assert_eq!(stage.case_comments(case).len(), said);
            continue;
        }
        let shown = match answer.is_empty() {
            true => SlackStandin::shown(&stage.form(user)),
            false => answer,
        };
        assert!(shown.contains(&format!("There is no case {case}.")), "{line}: {shown}");
    }
    for line in ["list", "list open", "list closed", "list mine", "tray", "show", "comment", "doctor"] {
        let answer = stage.types(user, line).await;
        assert!(!answer.contains(TITLE) && !answer.contains(case.as_str()), "{line}: {answer}");
    }
    assert_eq!(stage.deliver(&stage.slack.opens_home(user)).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let home = stage.slack.home(user).map(|home| home.to_string()).unwrap_or_default();
    assert!(!home.contains(TITLE) && !home.contains(case.as_str()), "{home}");
}

#[tokio::test]
async fn a_case_that_a_rule_restricts_is_told_to_its_people_alone_and_has_no_issue() {
    for rule in ["title = 'payroll'", "account = '111122223333'", "tag = 'confidential=yes'"] {
        let stage = stage(&format!("[[restrict.rules]]\n{rule}\npeople = ['{ANA}']")).await;
        let case = stage.sir.console_creates_case(TITLE);
        stage.sir.tags(&case, "confidential", "yes");
        // Before it was told anywhere, too.
        knows_nothing(&stage, &bo(), &case).await;
        stage.arrive(&stage.events().await).await;
        let own = own_channel(&stage, &case);
        assert!(shown(&stage, &own).contains(TITLE), "{rule}");
        let bot = stage.slack.app().2;
        let mut members = stage.slack.members(&own);
        members.sort();
        let mut expected = [ana(), bot];
        expected.sort();
        assert_eq!(members, expected, "{rule}");
        assert!(!shown(&stage, &stage.channel).contains(TITLE), "{rule}");
        assert!(!stage.jira.state().to_string().contains(TITLE), "{rule}");
        knows_nothing(&stage, &bo(), &case).await;
        assert!(stage.types(&ana(), &format!("{case} show")).await.contains(TITLE), "{rule}");
        assert!(stage.types(&ana(), "list").await.contains(TITLE), "{rule}");
    }
}

#[tokio::test]
async fn restrict_moves_a_case_takes_back_what_stood_and_says_what_it_cannot_hide() {
    let stage = stage("").await;
    let case = stage.sir.console_creates_case(TITLE);
    stage.arrive(&stage.events().await).await;
    stage.ana(&format!("{case} comment It is the CFO")).await;
    stage.arrive(&stage.events().await).await;
    assert!(shown(&stage, &stage.channel).contains(TITLE));
    assert!(stage.types(&bo(), &format!("{case} show")).await.contains(TITLE));
    let told = stage.ana(&format!("{case} restrict <@{ANA}>")).await;
    for words in
        ["there is no such case", "Not hidden", "console", "watchers", "admins", "SEC-1 stays as it is"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    let common = shown(&stage, &stage.channel);
    assert!(!common.contains(TITLE) && !common.contains("CFO"), "{common}");
    stage.minutes(2).await;
    let own = shown(&stage, &own_channel(&stage, &case));
    assert!(own.contains(TITLE) && own.contains("It is the CFO"), "{own}");
    let before = stage.comments(&case).await.len();
    stage.ana(&format!("{case} comment He is on leave")).await;
    stage.arrive(&stage.events().await).await;
    assert!(shown(&stage, &own_channel(&stage, &case)).contains("He is on leave"));
    assert_eq!(stage.comments(&case).await.len(), before, "nothing more is told in the issue");
    assert!(!shown(&stage, &stage.channel).contains("on leave"));
    knows_nothing(&stage, &bo(), &case).await;
    let refused: Vec<_> = stage.trail().into_iter().filter(|line| line.rule == "restricted").collect();
    assert!(refused.len() > 20, "{}", refused.len());
    for line in refused {
        assert_eq!((line.who.as_str(), line.case.as_ref()), (BO, Some(&case)), "{line:?}");
    }
    // Whoever is let into the channel may know.
    stage.slack.set_member(&own_channel(&stage, &case), &bo(), true);
    assert!(stage.types(&bo(), &format!("{case} show")).await.contains(TITLE));
    stage.slack.set_member(&own_channel(&stage, &case), &ana(), false);
    assert!(stage.ana(&format!("{case} show")).await.contains("There is no case"));
}

#[tokio::test]
async fn the_issue_of_a_restricted_case_stands_under_its_level_before_anything_is_told_in_it() {
    let rule =
        format!("restricted_level = '10021'\n[[restrict.rules]]\ntitle = 'payroll'\npeople = ['{ANA}']");
    let stage = stage(&rule).await;
    let case = stage.sir.console_creates_case(TITLE);
    stage.sir.aws_comments(&case, "AWS Responder", "Who may see it?").unwrap();
    stage.arrive(&stage.events().await).await;
    assert_eq!(stage.issue(&case).await["fields"]["security"]["id"], "10021");
    assert_eq!(stage.comments(&case).await.len(), 1);
    let issue = stage.jira.person_creates(&stage.jira.ana(), "Another");
    assert!(stage.ana(&format!("{case} jira link {issue}")).await.contains("Only some may know"));
    // One that was made before gets it first.
    let other = stage.sir.console_creates_case("Another");
    stage.arrive(&stage.events().await).await;
    stage.ana(&format!("{other} restrict <@{ANA}>")).await;
    stage.minutes(2).await;
    assert_eq!(stage.issue(&other).await["fields"]["security"]["id"], "10021");
}

#[tokio::test]
async fn what_is_posted_for_all_who_read_is_posted_in_the_cases_own_channel_only() {
    let stage = stage("").await;
    let case = stage.sir.console_creates_case(TITLE);
    stage.arrive(&stage.events().await).await;
    stage.ana(&format!("{case} restrict <@{ANA}>")).await;
    stage.minutes(2).await;
    let answer = stage.ana(&format!("{case} brief --post")).await;
    assert!(answer.contains("in its own channel only"), "{answer}");
    assert!(!shown(&stage, &stage.channel).contains(case.as_str()));
}

#[tokio::test]
async fn nobody_is_called_into_a_restricted_case() {
    let rule = format!(
        "[notify]\nnew_case = ['{ANA}', '{BO}']\n[[restrict.rules]]\ntitle = 'payroll'\npeople = ['{ANA}']"
    );
    let stage = stage(&rule).await;
    let case = stage.sir.console_creates_case(TITLE);
    stage.arrive(&stage.events().await).await;
    let own = own_channel(&stage, &case);
    assert!(!stage.slack.members(&own).contains(&bo()));
    let texts = stage.slack.messages(&own).iter().map(ToString::to_string).collect::<String>();
    assert!(!texts.contains(BO), "{texts}");
}

#[tokio::test]
async fn a_restricted_cases_channel_that_is_made_public_gets_nothing_more() {
    let stage = stage("").await;
    let case = stage.sir.console_creates_case(TITLE);
    stage.arrive(&stage.events().await).await;
    stage.ana(&format!("{case} restrict <@{ANA}>")).await;
    stage.minutes(2).await;
    stage.slack.set_private(&own_channel(&stage, &case), false);
    stage.minutes(6).await;
    stage.ana(&format!("{case} comment He is on leave")).await;
    stage.arrive(&stage.events().await).await;
    assert!(!shown(&stage, &own_channel(&stage, &case)).contains("on leave"));
}

#[tokio::test]
async fn while_an_issue_does_not_get_its_level_nothing_is_told_in_it() {
    let rule =
        format!("restricted_level = '10021'\n[[restrict.rules]]\ntitle = 'payroll'\npeople = ['{ANA}']");
    let stage = stage(&rule).await;
    stage.jira.fault(FaultRule::on("editIssue").body("security").error("403"));
    let case = stage.sir.console_creates_case(TITLE);
    stage.sir.aws_comments(&case, "AWS Responder", "Who may see it?").unwrap();
    stage.arrive(&stage.events().await).await;
    assert_eq!(stage.comments(&case).await, [""; 0]);
    stage.jira.heal();
    stage.minutes(61).await;
    assert_eq!(stage.comments(&case).await.len(), 1);
}

#[tokio::test]
async fn lifted_a_case_is_told_where_others_are_whole_and_everybody_may_know() {
    for rule in ["", "[[restrict.rules]]\ntitle = 'payroll'\npeople = ['U024BE7LH']"] {
        let stage = stage(rule).await;
        let case = stage.sir.console_creates_case(TITLE);
        if rule.is_empty() {
            let told = stage.ana(&format!("{case} restrict off")).await;
            assert!(told.contains("already; nothing was changed"), "{told}");
            stage.arrive(&stage.events().await).await;
            stage.ana(&format!("{case} restrict <@{ANA}>")).await;
        }
        stage.arrive(&stage.events().await).await;
        stage.minutes(2).await;
        stage.ana(&format!("{case} comment He is on leave")).await;
        stage.arrive(&stage.events().await).await;
        let own = own_channel(&stage, &case);
        assert!(!shown(&stage, &stage.channel).contains(TITLE), "{rule}");
        let refused = stage.types(&bo(), &format!("{case} restrict off")).await;
        assert!(refused.contains("There is no case"), "{refused}");
        let asked = stage.ana(&format!("{case} restrict off")).await;
        assert!(asked.contains("cannot be taken back"), "{asked}");
        assert!(stage.types(&bo(), &format!("{case} show")).await.contains("There is no case"), "only asked");
        stage.ana(&format!("{case} restrict off")).await;
        let told = stage.presses(&ana(), "confirm/1").await;
        assert!(told.contains("may know of case") && told.contains("is archived"), "{told}");
        stage.minutes(2).await;
        let common = shown(&stage, &stage.channel);
        assert!(common.contains(TITLE) && common.contains("He is on leave"), "{rule}: {common}");
        assert_eq!(stage.slack.state()["channels"][own.as_str()]["channel"]["is_archived"], true);
        assert!(stage.types(&bo(), &format!("{case} show")).await.contains(TITLE));
        assert!(stage.types(&bo(), "list").await.contains(TITLE));
        assert!(stage.jira.state().to_string().contains(TITLE), "{rule}: it has an issue");
        stage.minutes(70).await;
        assert_eq!(common.matches("He is on leave").count(), 1);
        assert_eq!(shown(&stage, &stage.channel), common, "it stays so, whatever the rule says");
        // And it can be restricted once more.
        stage.ana(&format!("{case} restrict <@{ANA}>")).await;
        assert!(stage.types(&bo(), &format!("{case} show")).await.contains("There is no case"));
    }
}

#[tokio::test]
async fn under_the_layout_channel_a_lifted_case_stays_in_its_channel() {
    let more = format!("[[restrict.rules]]\ntitle = 'payroll'\npeople = ['{ANA}']\n{ROLES}");
    let stage = Stage::with("layout = 'channel'\ninvite = ['bo@example.com']", &more).await;
    let case = stage.sir.console_creates_case(TITLE);
    stage.arrive(&stage.events().await).await;
    let own = own_channel(&stage, &case);
    assert!(!stage.slack.members(&own).contains(&bo()));
    stage.ana(&format!("{case} restrict off")).await;
    assert!(stage.presses(&ana(), "confirm/1").await.contains("stays in its own channel"));
    stage.minutes(2).await;
    assert!(stage.slack.members(&own).contains(&bo()), "who is invited to every case is now");
    assert_eq!(stage.slack.messages(&own).iter().filter(|one| one.to_string().contains(TITLE)).count(), 1);
}

#[tokio::test]
async fn a_lifted_case_whose_channel_slack_does_not_archive_says_so() {
    let stage = stage("").await;
    let case = stage.sir.console_creates_case(TITLE);
    stage.arrive(&stage.events().await).await;
    stage.ana(&format!("{case} restrict <@{ANA}>")).await;
    stage.minutes(2).await;
    stage.slack.fault(FaultRule::on("conversations.archive").error("restricted_action"));
    stage.ana(&format!("{case} restrict off")).await;
    assert!(stage.presses(&ana(), "confirm/1").await.contains("could not be archived"));
    stage.minutes(2).await;
    assert!(shown(&stage, &stage.channel).contains(TITLE));
}

/// What somebody sees who is not in the case's channel: every other channel, and what only they are shown.
fn seen_by(stage: &Stage, user: &UserId, own: &ChannelId) -> String {
    let state = stage.slack.state();
    let channels = state["channels"].as_object().unwrap();
    let others = channels.iter().filter(|(id, _)| *id != own.as_str());
    let mut seen: Vec<String> = others.map(|(_, channel)| channel["messages"].to_string()).collect();
    seen.extend(stage.slack.ephemerals(user).iter().map(ToString::to_string));
    seen.extend(stage.slack.home(user).map(|home| home.to_string()));
    seen.join("\n")
}

#[tokio::test]
async fn in_a_whole_life_it_is_named_neither_where_others_read_nor_to_jira_a_pager_or_a_webhook() {
    let more = format!(
        "[pagerduty]\napi_url = '{{pager}}'\nafter_minutes = 15\n[webhook]\nurl = '{{webhook}}/in'\ntexts = true\n\
         [notify]\nnew_case = ['{ANA}', '{BO}']\nyour_move = ['{BO}']\n\
         [[restrict.rules]]\ntitle = 'payroll'\npeople = ['{ANA}']"
    );
    let stage = stage(&more).await;
    let other = stage.sir.aws_creates_case("A key in a log");
    let case = stage.sir.aws_creates_case(TITLE);
    stage.notify().await;
    stage.minutes(2).await;
    let own = own_channel(&stage, &case);
    stage.sir.aws_comments(&case, "AWS Responder", "Did the treasurer make this key?").unwrap();
    stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
    stage.sir.aws_attaches(&case, "treasurer.log", "03:10 web-2 is off\n").unwrap();
    stage.notify().await;
    stage.minutes(90).await;
    stage.ana(&format!("{case} comment The treasurer says no.")).await;
    stage.ana(&format!("{case} take")).await;
    stage.notify().await;
    // Somebody who heard of it writes its number where all read.
    let (_, said) = stage.slack.says(&bo(), &stage.channel, &format!("what is {case}?"), None);
    for delivery in &said {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.slack.archives(&own, &ana());
    stage.sir.aws_comments(&case, "AWS Responder", "And now the treasurer?").unwrap();
    stage.notify().await;
    stage.minutes(70).await;
    assert!(shown(&stage, &stage.channel).contains("A restricted case cannot be told in its channel"));
    let examined = stage.types(&bo(), "doctor").await;
    assert!(examined.contains("work.parked") && examined.contains("case (restricted) waits"), "{examined}");
    assert!(stage.ana("doctor").await.contains(&format!("case {case} waits")), "who may know reads which");
    stage.slack.unarchives(&own, &ana());
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.notify().await;
    stage.minutes(130).await;
    knows_nothing(&stage, &bo(), &case).await;
    let mut elsewhere =
        vec![("Slack", seen_by(&stage, &bo(), &own).replace(&format!("what is {case}?"), ""))];
    // Whoever asks by its number hears it again.
    elsewhere[0].1 = elsewhere[0].1.replace(case.as_str(), "");
    elsewhere.push(("Jira", stage.jira.state().to_string()));
    elsewhere.push(("the pager", stage.pager.calls().iter().map(|call| call.body.to_string()).collect()));
    elsewhere.push(("the webhook", stage.webhook.calls().iter().map(|call| call.body.to_string()).collect()));
    for (place, heard) in &elsewhere {
        for named in [TITLE, "treasurer", "treasurer.log", case.as_str()] {
            assert!(!heard.contains(named), "{place} names {named}");
        }
    }
    assert!(
        elsewhere[1].1.contains("A key in a log") && elsewhere[3].1.contains(other.as_str()),
        "others are"
    );
    assert!(!stage.pager.calls().is_empty() && shown(&stage, &own).contains("And now the treasurer?"));
}
