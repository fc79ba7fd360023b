//! What people read from us: whom they can wake, what they typed, one clock, what is true, and what fits here and now.

use casebridge::case::UserId;
use casebridge_lab::stage::{ANA, Stage, ana, bo, chosen, moment, typed};
use casebridge_lab::standins::SlackStandin;
use serde_json::{Value, json};

const CASE: &str = "7000000003";

fn elements(blocks: &Value) -> Vec<Value> {
    match blocks {
        Value::Array(items) => items.iter().flat_map(elements).collect(),
        Value::Object(map) if map.get("type") == Some(&json!("rich_text_section")) => {
            map["elements"].as_array().unwrap().clone()
        }
        Value::Object(map) => map.values().flat_map(elements).collect(),
        _ => Vec::new(),
    }
}

/// The labels of the buttons in a message and the lines that they hold.
fn buttons(message: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = message["blocks"].as_array().into_iter().flatten().filter(|block| block["type"] == "actions");
    let each = rows.flat_map(|row| row["elements"].as_array().unwrap());
    each.map(|button| (text(&button["text"]["text"]), text(&button["value"]))).collect()
}

/// What is answered to a line, as a message.
async fn answered(stage: &Stage, user: &UserId, line: &str) -> Value {
    let (status, said) = stage.deliver(&stage.slack.types(user, &stage.channel, "/sir", line)).await;
    assert_eq!(status, 200, "{line}");
    if !said.is_null() {
        return said;
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.slack.ephemerals(user).pop().unwrap()
}

async fn with_roles() -> Stage {
    Stage::with("", "[roles]\nresponder = ['U024BE7LJ']\ncommander = ['U024BE7LH']\n").await
}

#[tokio::test]
async fn a_refusal_names_who_may() {
    let stage = with_roles().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let nobody = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    for (user, line, expected) in [
        (
            bo(),
            format!("{case} close"),
            "`close` needs the role commander; you are responder. ana (commander) can.",
        ),
        (
            nobody,
            format!("{case} comment hi"),
            "you have none. @U024BE7LJ (responder), @U024BE7LH (commander) can.",
        ),
    ] {
        let shown = SlackStandin::shown(&answered(&stage, &user, &line).await);
        assert!(shown.contains(&expected.replace('`', "")), "{line}: {shown}");
    }
    // And a button leads to them.
    let refused = answered(&stage, &bo(), &format!("{case} close")).await.to_string();
    let team = &stage.settings.slack.team;
    assert!(refused.contains(&format!("slack://user?team={team}&id={ANA}")), "{refused}");
    assert!(refused.contains("\"Ask ana\""), "{refused}");
    // The same by a button, whose answer comes from the inbox.
    let card = stage.card_of(&case).await;
    stage.chooses(&bo(), &card, ("run/more", &format!("{case} close"))).await;
    let shown = SlackStandin::shown(&stage.slack.ephemerals(&bo()).pop().unwrap());
    assert!(shown.contains("ana (commander) can."), "{shown}");
}

/// Lines of every kind, right and wrong, for a case.
const LINES: &str = "halp|st|hub|tag delte x|clo|12345 show|status resolved|status ack|started tomorrow|started 2999-01-01|impact add regoin x|impact add region eu-wst-1|list opn|amend 1 x|help|help all|help close|help started|watch @ana|sh`ow`|`|``|tag ``` x|show --fu`ll`|list ana`s`|membership show x|hub accept 111122223333 x|resolver self|show|status|ai|files|jira|doctor|whoami|watchers|owner|brief|timeline|owner x`y|comments|history|attach|get 9|close";

#[tokio::test]
async fn what_can_be_typed_is_code_and_shows_no_backtick() {
    let stage = with_roles().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let nobody = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    for user in [ana(), bo(), nobody] {
        for line in LINES.split('|') {
            let answer = answered(&stage, &user, &format!("{case} {line}")).await;
            let plain = elements(&answer["blocks"]).into_iter().filter(|one| one["style"]["code"] != true);
            let raw: Vec<_> =
                plain.filter(|one| one["text"].as_str().is_some_and(|it| it.contains('`'))).collect();
            assert!(raw.is_empty(), "{line}: {raw:?}");
            assert_eq!(SlackStandin::block_complaints(&answer["blocks"]), [""; 0], "{line}");
        }
    }
    let halp = answered(&stage, &ana(), "halp").await;
    assert!(
        elements(&halp["blocks"])
            .contains(&json!({ "type": "text", "text": "help", "style": { "code": true } }))
    );
}

#[tokio::test]
async fn a_mistake_keeps_what_was_typed() {
    let stage = Stage::set().await;
    for (line, expected) in [
        ("stauts contain".to_owned(), vec!["status contain".to_owned()]),
        (
            format!("{CASE} st contian"),
            vec![format!("{CASE} status contian"), format!("{CASE} started contian")],
        ),
        (format!("{CASE} status contian"), vec![format!("{CASE} status contain")]),
        ("clsoe".to_owned(), vec!["close".to_owned()]),
        (format!("{CASE} tag re team"), vec![format!("{CASE} tag rm team")]),
        (
            "impact add region eu-wst-1 us-east-1".to_owned(),
            vec!["impact add region eu-west-1 us-east-1".to_owned()],
        ),
        ("commnet a < b".to_owned(), vec!["comment a < b".to_owned()]),
    ] {
        let answer = answered(&stage, &ana(), &line).await;
        let lines: Vec<_> = buttons(&answer).into_iter().map(|(_, value)| value).collect();
        assert_eq!(lines, expected, "{line}");
    }
    let case = stage.sir.console_creates_case("Key leaked");
    answered(&stage, &ana(), &format!("{case} commnet We isolated web-2 & db-7")).await;
    let before = stage.slack.ephemerals(&ana()).len();
    assert_eq!(before, 0, "a mistake is answered at once");
}

#[tokio::test]
async fn every_time_is_on_the_readers_own_clock() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "Who made this key?").unwrap();
    stage.sir.aws_attaches(&case, "log.txt", "bytes").unwrap();
    stage.sir.investigates(&case, &json!({ "title": "Who used it?", "status": "Completed" })).unwrap();
    for line in ["show", "show --full", "comments", "history", "ai", "files", "started 2026-03-01 09:30 UTC"]
    {
        let answer = answered(&stage, &ana(), &format!("{case} {line}")).await;
        is_of_one_clock(line, &answer["blocks"]);
    }
    for line in ["list", "membership show"] {
        is_of_one_clock(line, &answered(&stage, &ana(), line).await["blocks"]);
    }
    stage.deliver(&stage.slack.opens_home(&ana())).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    is_of_one_clock("home", &stage.slack.home(&ana()).unwrap()["blocks"]);
}

fn is_of_one_clock(line: &str, blocks: &Value) {
    let elements = elements(blocks);
    assert!(elements.iter().any(|one| one["type"] == "date"), "{line} tells no time: {blocks}");
    let texts = elements.iter().filter_map(|one| one["text"].as_str());
    let utc: Vec<_> = texts.filter(|text| text.contains(" UTC")).collect();
    assert_eq!(utc, [""; 0], "{line}");
}

#[tokio::test]
async fn an_error_says_what_is_true() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let thread = stage.card_of(&case).await;
    for line in ["show", "comments", "history", "comment hi", "status detect", "close", "title x", "ai"] {
        let answer = answered(&stage, &ana(), &format!("9999999999 {line}")).await;
        let shown = SlackStandin::shown(&answer);
        assert!(shown.starts_with("There is no case 9999999999."), "{line}: {shown}");
    }
    stage.sir.aws_closes(&case, "Duplicate").unwrap();
    for (line, expected) in [
        ("comment Too late", format!("Case {case} is closed, so your comment was not added.")),
        ("title Too late", format!("Case {case} is closed, so nothing was changed.")),
        ("status detect", format!("Case {case} is closed, so nothing was changed.")),
        ("watch bo@example.com", format!("Case {case} is closed, so nothing was changed.")),
        ("close", format!("Case {case} is closed already; nothing was changed.")),
    ] {
        let answer = answered(&stage, &ana(), &format!("{case} {line}")).await;
        let shown = SlackStandin::shown(&answer);
        assert!(shown.contains(&expected), "{line}: {shown}");
        if line != "close" {
            assert_eq!(buttons(&answer), [("New case".to_owned(), "new".to_owned())], "{line}");
            assert!(shown.contains(line), "it is given back: {shown}");
        }
    }
    let before = stage.slack.ephemerals(&ana()).len();
    let (_, sent) = stage.slack.says(&ana(), &stage.channel, "too late as well", Some(&thread));
    for one in &sent {
        assert_eq!(stage.deliver(one).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let shown = stage.since(&ana(), before);
    assert!(shown.contains(&format!("Case {case} is closed, so your reply was not added.")), "{shown}");
}

#[tokio::test]
async fn what_is_so_already_says_that_nothing_was_changed() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let shown = stage.ana(&format!("{case} resolver aws")).await;
    assert_eq!(shown, format!("AWS works case {case} already; nothing was changed."));
}

#[tokio::test]
async fn help_fits_the_case_and_a_phone_and_the_rest_is_a_button_away() {
    let stage = with_roles().await;
    let ours = stage.sir.console_creates_case("Ours");
    let aws = stage.sir.aws_creates_case("AWS's");
    for (case, words, not) in [(&ours, "status", "ai"), (&aws, "ai", "status")] {
        let thread = stage.thread_of(case).await;
        let (.., bot, _) = stage.slack.app();
        let before = stage.slack.ephemerals(&bo()).len();
        let (_, sent) = stage.slack.says(&bo(), &stage.channel, &format!("<@{bot}> help"), Some(&thread));
        for one in &sent {
            stage.deliver(one).await;
        }
        assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        let shown = stage.since(&bo(), before);
        let lines: Vec<_> = shown.lines().filter(|line| !line.starts_with('[')).collect();
        assert!(lines.len() <= 8, "{shown}");
        assert!(
            shown.contains(&format!("/sir {words}")) && !shown.contains(&format!("/sir {not}")),
            "{shown}"
        );
        assert!(!shown.contains("/sir close") && shown.ends_with("[All commands]"), "{shown}");
    }
    let all = answered(&stage, &bo(), "help").await;
    assert_eq!(buttons(&all), [("All commands".to_owned(), "help all".to_owned())]);
    assert!(SlackStandin::shown(&answered(&stage, &bo(), "help all").await).contains("/sir impact add"));
}

#[tokio::test]
async fn the_form_of_a_new_case_begins_without_a_choice_made() {
    let stage = Stage::set().await;
    stage.deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", "new Key leaked")).await;
    let form = stage.form(&ana());
    assert!(!form["blocks"].to_string().contains("initial_option"), "{form}");
    assert!(form["blocks"].to_string().contains("your own time zone"), "{form}");
    let fields = [("title", typed("Key leaked")), ("description", typed("Seen in public."))];
    let refused = stage.sends(&ana(), &fields).await;
    let errors = &refused["errors"];
    assert!(errors["resolver"].as_str().unwrap().contains("Who works it?"), "{refused}");
    assert!(errors["engagement"].as_str().unwrap().contains("Which type"), "{refused}");
    assert_eq!(stage.sir.count("CreateCase"), 0);
    let chosen = [
        ("title", typed("Key leaked")),
        ("description", typed("Seen in public.")),
        ("engagement", chosen("Security Incident")),
        ("resolver", chosen("Self")),
        ("started", moment(1_772_357_400)),
    ];
    let sent = stage.sends(&ana(), &chosen).await;
    assert_eq!(sent["response_action"], "clear", "{sent}");
    assert_eq!(stage.sir.count("CreateCase"), 1);
}

#[tokio::test]
async fn history_is_told_in_words() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
    let shown = stage.ana(&format!("{case} history")).await;
    assert!(shown.contains("changed whose move it is"), "{shown}");
    assert!(!shown.contains('_') && !shown.contains("amazonaws.com"), "{shown}");
}

#[tokio::test]
async fn open_on_the_home_page_shows_the_case_there_and_the_page_is_drawn_again() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.deliver(&stage.slack.opens_home(&ana())).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.sir.aws_closes(&case, "Duplicate").unwrap();
    let home = stage.slack.home(&ana()).unwrap();
    let id = home["id"].as_str().unwrap();
    let click = stage.slack.clicks_in_view(&ana(), id, "run/2", &Value::Null).unwrap();
    assert_eq!(stage.deliver(&click).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.slack.direct(&ana()), None, "nothing comes as a direct message");
    let form = SlackStandin::shown(&stage.form(&ana()));
    assert!(form.contains("Key leaked") && form.contains("Status: Closed"), "{form}");
    let shown = SlackStandin::shown(&stage.slack.home(&ana()).unwrap());
    assert!(!shown.contains("Key leaked") && shown.contains("No other case is open"), "{shown}");
}
