//! What people ask with buttons and forms, and what becomes of it.

use casebridge::case::{CaseId, MemberId};
use casebridge_lab::stage::{ANA, BO, Stage, ana, bo, chosen, moment, ticked, typed};
use std::time::Duration;

use casebridge::chat::grammar;
use casebridge_lab::standins::{FaultRule, SlackStandin};
use serde_json::{Value, json};

const NOON: i64 = 1_795_262_400;

/// A whole new case.
pub fn new_case() -> Vec<(&'static str, Value)> {
    vec![
        ("title", typed("Key leaked")),
        ("description", typed("Seen in <!channel> a public repository.")),
        ("engagement", chosen("Security Incident")),
        ("resolver", chosen("Self")),
        ("started", moment(NOON)),
        ("accounts", typed("111122223333, 2222-3333-4444")),
        ("regions", json!({ "selected_options": [{ "value": "eu-west-1" }] })),
        ("services", typed("S3, Secrets Manager")),
        ("people", json!({ "selected_users": [ANA] })),
        ("watchers", typed("bo@example.com")),
        ("actors", typed("203.0.113.9 Boto3/1.34\n2001:db8::1")),
        ("tags", typed("team=red")),
    ]
}

#[tokio::test]
async fn a_clock_is_started_from_a_moment_in_a_form_that_opens_beside_those_that_run() {
    let stage =
        Stage::with("", "[notify.clocks.NIS2]\n'Early warning' = 24\n[notify.clocks.GDPR]\nNotice = 72\n")
            .await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.ana(&format!("{case} clock")).await;
    // After the two that start one now.
    stage.presses(&ana(), "run/3").await;
    let now = stage.now() / 1_000;
    let said = stage.sends(&ana(), &[("started", moment(now - 3_600))]).await;
    assert_eq!(said["errors"]["name"], "Which clock is it?", "{said}");
    let said = stage.sends(&ana(), &[("name", chosen("NIS2")), ("started", moment(now + 600))]).await;
    assert!(said["errors"]["started"].as_str().unwrap().contains("not come yet"), "{said}");
    let began = now - 7_200;
    let said = stage.sends(&ana(), &[("name", chosen("NIS2")), ("started", moment(began))]).await;
    assert_eq!(said["response_action"], "clear", "{said}");
    let shown = stage.ana(&format!("{case} clock")).await;
    let runs = format!("{:02}:{:02} UTC", began % 86_400 / 3_600, began % 3_600 / 60);
    assert!(shown.contains("NIS2 runs from") && shown.contains(&runs), "{shown}");
    assert!(!shown.contains("Start NIS2 now") && shown.contains("Start GDPR now"), "{shown}");
}

fn named(people: &[&str]) -> [(&'static str, Value); 1] {
    [("people", json!({ "selected_users": people }))]
}

#[tokio::test]
async fn a_case_is_handed_over_and_restricted_in_forms_by_those_who_may() {
    let mut stage = Stage::set().await;
    stage.settings.roles.responder.push(MemberId::new(bo()));
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    stage.ana(&format!("{case} owner")).await;
    stage.presses(&ana(), "run/2").await;
    let said = stage.sends(&ana(), &named(&[])).await;
    assert_eq!(said["errors"]["people"], "Who gets it?", "{said}");
    assert_eq!(stage.sends(&ana(), &named(&[BO])).await["response_action"], "clear");
    let shown = stage.ana(&format!("{case} owner")).await;
    assert!(shown.contains("is bo's"), "{shown}");

    stage.ana(&format!("{case} restrict")).await;
    let said = stage.sends(&ana(), &named(&[])).await;
    assert_eq!(said["errors"]["people"], "Who may know of it?", "{said}");
    // Who may is asked once more when the form is sent.
    let roles = stage.settings.roles.clone();
    stage.settings.roles =
        casebridge::config::settings::Roles { viewer: roles.admin.clone(), ..Default::default() };
    stage.sends(&ana(), &named(&[ANA])).await;
    let is_restricted =
        async |stage: &Stage| stage.types(&bo(), &format!("{case} show")).await.contains("There is no case");
    assert!(!is_restricted(&stage).await);
    stage.settings.roles = roles;
    stage.ana(&format!("{case} restrict")).await;
    assert_eq!(stage.sends(&ana(), &named(&[ANA])).await["response_action"], "clear");
    assert!(is_restricted(&stage).await);
}

#[tokio::test]
async fn who_may_not_sees_neither_form() {
    let mut stage = Stage::set().await;
    stage.settings.roles.viewer.push(MemberId::new(bo()));
    let case = stage.sir.console_creates_case("Key leaked");
    let shown = stage.types(&bo(), &format!("{case} brief")).await;
    assert!(
        shown.contains("[Timeline]") && !shown.contains("Hand over") && !shown.contains("Restrict"),
        "{shown}"
    );
    let refused = stage.types(&bo(), &format!("{case} restrict")).await;
    assert!(refused.contains("needs the role commander"), "{refused}");
}

fn with(name: &str, value: Value) -> Vec<(&'static str, Value)> {
    let mut all = new_case();
    if let Some(field) = all.iter_mut().find(|(field, _)| *field == name) {
        field.1 = value;
    }
    all
}

#[tokio::test]
async fn a_person_who_knows_no_command_takes_a_case_from_its_opening_to_its_end() {
    let stage = Stage::set().await;
    assert!(stage.ana("").await.contains("No case is open."));
    stage.presses(&ana(), "run/1").await;
    assert_eq!(stage.sends(&ana(), &new_case()).await["response_action"], "clear");
    let made = CaseId::new(stage.sir.state()["cases"].as_object().unwrap().keys().next().unwrap());
    let card = stage.card_of(&made).await;
    stage.clicks(&ana(), &card, "run/comment").await;
    stage.sends(&ana(), &[("text", typed("It was <Bo>'s key & mine"))]).await;
    assert_eq!(stage.case_comments(&made), ["ana, U024BE7LH (Slack):\nIt was <Bo>'s key & mine"]);
    stage.chooses(&ana(), &card, ("run/status", &format!("{made} status detect"))).await;
    let shown = SlackStandin::shown(&stage.latest());
    assert!(shown.contains("goes from Submitted to"), "{shown}");
    stage.clicks(&ana(), &card, "run/take").await;
    assert!(SlackStandin::shown(&stage.latest()).contains("is yours"));
    let (_, ts, sent) =
        stage.slack.shares(&ana(), &stage.channel, ("Log 1.txt", "text/plain"), "bytes", Some(&card));
    stage.deliver(&sent).await;
    let shortcut = stage.slack.uses_message_shortcut(&ana(), &stage.channel, &ts, "attach_file").unwrap();
    assert_eq!(stage.deliver(&shortcut).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.sir.attachment(&made, "Log_1.txt").unwrap(), "bytes");
    stage.chooses(&ana(), &card, ("run/more", &format!("{made} close"))).await;
    assert!(SlackStandin::shown(&stage.form(&ana())).contains("That is final"));
    assert_eq!(stage.sir.count("CloseCase"), 0);
    stage.sends(&ana(), &[]).await;
    assert_eq!(stage.sir.case(&made).unwrap()["caseStatus"], "Closed");
    assert_eq!(stage.sir.count("CloseCase"), 1);
}

#[tokio::test]
async fn a_new_case_has_all_that_was_filled_in_and_is_made_once() {
    let stage = Stage::set().await;
    stage.ana("new Key leaked &lt;!channel&gt;").await;
    let form = stage.form(&ana());
    assert_eq!(form["blocks"][0]["element"]["initial_value"], "Key leaked <!channel>");
    let view = form["id"].as_str().unwrap();
    let values: serde_json::Map<_, _> =
        new_case().into_iter().map(|(name, value)| (name.to_owned(), json!({ "it": value }))).collect();
    let sent = stage.slack.submits(&ana(), view, &Value::Object(values)).unwrap();
    stage.deliver(&sent).await;
    stage.deliver(&sent).await;
    let jobs = stage.jobs();
    assert_eq!(jobs[0].id, jobs[1].id);
    stage.sir.fault(FaultRule::on("CreateCase").once().reset_after());
    stage.work(&jobs).await;
    let cases = stage.sir.state()["cases"].as_object().unwrap().clone();
    assert_eq!(cases.len(), 1);
    let case = &cases.values().next().unwrap()["case"];
    for (name, value) in [
        ("title", json!("Key leaked")),
        ("description", json!("Seen in <!channel> a public repository.")),
        ("engagementType", json!("Security Incident")),
        ("resolverType", json!("Self")),
        ("impactedAccounts", json!(["111122223333", "222233334444"])),
        ("impactedServices", json!(["S3", "Secrets Manager"])),
        ("impactedAwsRegions", json!([{ "region": "eu-west-1" }])),
    ] {
        assert_eq!(case[name], value, "{name}: {case}");
    }
    let text = case.to_string();
    for word in ["ana@example.com", "bo@example.com", "203.0.113.9", "Boto3/1.34", "2001:DB8:0:0:0:0:0:1"] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[tokio::test]
async fn a_mistake_is_shown_on_its_field_and_nothing_is_asked_of_the_service() {
    let stage = Stage::set().await;
    stage.ana("new").await;
    let key = format!("AKIA{}", "IOSFODNN7EXAMPLA");
    for (name, value, words) in [
        ("title", typed(""), "cannot be empty"),
        ("title", typed(&"x".repeat(301)), "300"),
        ("description", typed(""), "cannot be empty"),
        ("description", typed(&format!("it is {key}")), "Nothing of it was kept"),
        ("started", json!({}), "When did it begin?"),
        ("accounts", typed("12345"), "account"),
        ("services", typed("x"), "at least 2"),
        ("watchers", typed("nobody"), "nobody"),
        ("actors", typed("203.0.113.9\n10.0.0.1"), "10.0.0.1"),
        ("actors", typed("192.0.2.0/24"), "192.0.2.0/24"),
        ("tags", typed("aws:x=y"), "aws:"),
    ] {
        let said = stage.sends(&ana(), &with(name, value)).await;
        assert_eq!(said["response_action"], "errors", "{name}");
        let why = said["errors"][name].as_str().unwrap_or_else(|| panic!("{name}: {said}"));
        assert!(why.contains(words) && !why.contains(&key), "{name}: {why}");
        assert_eq!(said["errors"].as_object().unwrap().len(), 1, "{said}");
    }
    stage.close_inbox();
    let view = stage.form(&ana())["id"].as_str().unwrap().to_owned();
    let values: serde_json::Map<_, _> =
        new_case().into_iter().map(|(name, value)| (name.to_owned(), json!({ "it": value }))).collect();
    let sent = stage.slack.submits(&ana(), &view, &Value::Object(values)).unwrap();
    let (_, said) = stage.deliver(&sent).await;
    assert!(said["errors"]["title"].as_str().unwrap().contains("Nothing was done"), "{said}");
    assert_eq!(stage.sir.calls().len(), 0);
}

#[tokio::test]
async fn what_was_filled_in_is_given_back_with_every_refusal() {
    let mut stage = Stage::set().await;
    stage.ana("new").await;
    stage.sir.fault(FaultRule::on("CreateCase").once().error("ServiceQuotaExceededException"));
    let before = stage.slack.ephemerals(&ana()).len();
    stage.sends(&ana(), &new_case()).await;
    let shown = stage.since(&ana(), before);
    for words in ["quota", "Key leaked", "a public repository.", "203.0.113.9", "team=red"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    stage.ana("new").await;
    stage.settings.roles.admin.clear();
    stage.sends(&ana(), &new_case()).await;
    let shown = SlackStandin::shown(&stage.latest());
    assert!(shown.contains("needs the role responder") && shown.contains("a public repository."), "{shown}");
    assert_eq!(stage.granted("CreateCase"), 0);
}

#[tokio::test]
async fn only_what_was_changed_in_the_form_is_changed_on_the_case() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let text = "x".repeat(7_000);
    stage.sir.aws_changes(&case, &json!({ "description": text })).unwrap();
    stage.ana(&format!("{case} edit")).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let form = stage.form(&ana());
    let initial = |name: &str| {
        let block = form["blocks"].as_array().unwrap().iter().find(|block| block["block_id"] == name);
        block.unwrap()["element"]["initial_value"].clone()
    };
    let parts = ["description", "description/1", "description/2"]
        .map(|name| (name, typed(initial(name).as_str().unwrap())));
    let same =
        [&parts[..], &[("title", typed("Key leaked")), ("engagement", chosen("Security Incident"))]].concat();
    let said = stage.sends(&ana(), &same).await;
    assert!(said["errors"]["title"].as_str().unwrap().contains("Nothing was changed"), "{said}");
    let other =
        [&parts[..], &[("title", typed("Two keys")), ("engagement", chosen("Security Incident"))]].concat();
    stage.sir.aws_changes(&case, &json!({ "description": "changed meanwhile" })).unwrap();
    stage.sends(&ana(), &other).await;
    let now = stage.sir.case(&case).unwrap();
    assert_eq!((&now["title"], &now["description"]), (&json!("Two keys"), &json!("changed meanwhile")));
    assert_eq!(stage.sir.count("UpdateCase"), 1);
}

#[tokio::test]
async fn a_message_is_added_to_the_case_that_is_chosen() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let long = format!("{} &amp; the end", "x".repeat(5_000));
    let (ts, _) = stage.slack.says(&ana(), &stage.channel, &long, None);
    let shortcut = stage.slack.uses_message_shortcut(&ana(), &stage.channel, &ts, "add_to_case").unwrap();
    assert_eq!(stage.deliver(&shortcut).await.0, 200);
    let early = stage.sir.calls().len();
    assert_eq!(early, 0, "no call stands before the form");
    let said = stage
        .deliver(
            &stage
                .slack
                .submits(
                    &ana(),
                    stage.form(&ana())["id"].as_str().unwrap(),
                    &json!({ "text": { "it": typed("x") } }),
                )
                .unwrap(),
        )
        .await
        .1;
    assert!(said["errors"]["text"].as_str().unwrap().contains("No case is chosen yet"));
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let blocks = stage.form(&ana())["blocks"].clone();
    let text = |name: &str| {
        let block = blocks.as_array().unwrap().iter().find(|block| block["block_id"] == name).unwrap();
        typed(block["element"]["initial_value"].as_str().unwrap())
    };
    stage
        .sends(&ana(), &[("case", chosen(case.as_str())), ("text", text("text")), ("text/1", text("text/1"))])
        .await;
    assert_eq!(
        stage.case_comments(&case),
        [format!("ana, U024BE7LH (Slack):\n{} & the end", "x".repeat(5_000))]
    );
}

#[tokio::test]
async fn an_investigation_is_rated_with_a_reason_by_its_buttons() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Credentials used from a new country");
    stage.sir.investigates(&case, &json!({ "title": "Who used the key?", "status": "Completed" })).unwrap();
    stage.ana(&format!("{case} ai")).await;
    stage.presses(&ana(), "run/2").await;
    assert_eq!(
        stage.sends(&ana(), &[("why", typed("It missed the role."))]).await["response_action"],
        "clear"
    );
    let heard = stage.sir.calls_of("SendFeedback");
    assert_eq!(heard.len(), 1);
    assert!(format!("{:?}", heard[0]).contains("It missed the role."));
    assert!(SlackStandin::shown(&stage.latest()).contains("not useful"));
}

#[tokio::test]
async fn a_membership_is_made_and_changed_in_a_form_that_must_be_confirmed() {
    let stage = Stage::set().await;
    stage.sir.without_membership();
    stage.ana("membership new").await;
    let team = typed("Ana Lima | Lead | ana@example.com\nBo Berg | Analyst | bo@example.com");
    let values = [("name", typed("Second")), ("team", team.clone()), ("triage", chosen("on"))];
    let said = stage.sends(&ana(), &values).await;
    assert!(said["errors"]["sure"].is_string(), "{said}");
    let said = stage
        .sends(&ana(), &[("name", typed("Second")), ("team", typed("Ana Lima")), ("sure", ticked())])
        .await;
    assert!(said["errors"]["team"].is_string(), "{said}");
    stage.sends(&ana(), &[&values[..], &[("sure", ticked())]].concat()).await;
    assert_eq!(stage.granted("CreateMembership"), 1);
    stage.ana("membership update").await;
    let said = stage.sends(&ana(), &[("sure", ticked())]).await;
    assert!(said["errors"]["name"].is_string(), "{said}");
    let id = stage.sir.membership_id().unwrap();
    stage.ana(&format!("membership update {id}")).await;
    stage.sends(&ana(), &[("name", typed("New name")), ("sure", ticked())]).await;
    assert_eq!(stage.granted("UpdateMembership"), 1);
}

#[tokio::test]
async fn a_form_that_comes_too_late_says_so_and_does_nothing() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let late = stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} comment"));
    stage.slack.advance(Duration::from_secs(4));
    let (status, said) = stage.deliver(&late).await;
    let shown = SlackStandin::shown(&said);
    assert!(status == 200 && shown.contains("could not be opened") && shown.contains("comment"), "{shown}");
    assert_eq!(stage.jobs().len(), 0);
}

#[tokio::test]
async fn a_form_that_cannot_be_filled_in_says_why() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.fault(FaultRule::on("GetCase").once().error("AccessDeniedException"));
    stage.ana(&format!("{case} edit")).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let form = stage.form(&ana());
    assert!(SlackStandin::shown(&form).contains("security-ir:GetCase"), "{form}");
    assert!(form["submit"].is_null());
}

#[tokio::test]
async fn every_button_of_a_card_is_a_line_that_a_person_could_type() {
    let stage = Stage::set().await;
    for case in [stage.sir.console_creates_case("Ours"), stage.sir.aws_creates_case("Theirs")] {
        let ts = stage.card_of(&case).await;
        let message = stage.slack.message(&stage.channel, &ts).unwrap();
        let buttons = message["blocks"].as_array().unwrap().last().unwrap()["elements"].clone();
        let stands_for = |one: &Value| match one["options"].as_array() {
            Some(options) => options.clone(),
            None => vec![one.clone()],
        };
        for button in buttons.as_array().unwrap().iter().flat_map(stands_for) {
            let line = button["value"].as_str().unwrap();
            if line.starts_with("link:") {
                continue;
            }
            let parsed = grammar::parse(line, 0).unwrap_or_else(|mistake| panic!("{line}: {mistake}"));
            assert!(parsed.to_string().starts_with(&format!("{case} ")), "{line}");
        }
    }
}
