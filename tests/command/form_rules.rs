//! What every form keeps to: the limits of the service, each on its field; long texts, whole; whose it is, which case's,
//! until when, and once.

use casebridge_lab::stage::{Stage, ana, chosen, moment, ticked, typed};
use std::time::Duration;

use casebridge::{
    case::{CaseId, MemberId, UserId},
    config::clock,
    state::Store,
};
use casebridge_lab::standins::{SignedRequest, SlackStandin};
use serde_json::{Value, json};

/// What stands in the fields of a long text of the form that Ana sees: their names and what is in them.
fn fields(stage: &Stage, name: &str) -> Vec<(String, String)> {
    let form = stage.form(&ana());
    let blocks = form["blocks"].as_array().unwrap().iter();
    let of = |id: &str| id == name || id.starts_with(&format!("{name}/"));
    let named = blocks.filter(|block| block["block_id"].as_str().is_some_and(of));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    named.map(|block| (text(&block["block_id"]), text(&block["element"]["initial_value"]))).collect()
}

/// Ana asks for one more field, and gets it before the door has answered.
async fn widens(stage: &Stage, name: &str) {
    let view = stage.form(&ana())["id"].as_str().unwrap().to_owned();
    let click = stage.slack.clicks_in_view(&ana(), &view, &format!("more/{name}"), &Value::Null).unwrap();
    assert_eq!(stage.deliver(&click).await, (200, Value::Null));
}

/// A case with this description, and Ana before its form.
async fn edits(stage: &Stage, description: &str) -> CaseId {
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.aws_changes(&case, &json!({ "description": description })).unwrap();
    stage.ana(&format!("{case} edit")).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    case
}

/// All fields of the form to edit, the long ones as `texts` has them.
fn edited<'a>(title: &str, texts: &'a [(String, String)]) -> Vec<(&'a str, Value)> {
    let mut all: Vec<_> = texts.iter().map(|(name, text)| (name.as_str(), typed(text))).collect();
    all.extend([("title", typed(title)), ("engagement", chosen("Security Incident"))]);
    all
}

/// Ana sends the form, and is told something about this field and no other.
async fn refused(stage: &Stage, values: &[(&str, Value)], field: &str) -> String {
    let said = stage.sends(&ana(), values).await;
    assert_eq!(said["response_action"], "errors", "{field}: {said}");
    let errors = said["errors"].as_object().unwrap();
    assert_eq!(errors.keys().collect::<Vec<_>>(), [field], "{said}");
    errors[field].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_comment_of_12_000_characters_can_be_typed_and_a_longer_one_is_refused_on_the_field_where_it_ends()
{
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let words = ["a", "b", "c", "d"].map(|letter| letter.repeat(2_990));
    let form = |last: &str| {
        let texts = [&words[0], &words[1], &words[2], last].map(typed);
        ["text", "text/1", "text/2", "text/3"].into_iter().zip(texts).collect::<Vec<_>>()
    };
    stage.ana(&format!("{case} comment")).await;
    assert_eq!(fields(&stage, "text").len(), 1);
    for count in 2..=4 {
        widens(&stage, "text").await;
        assert_eq!(fields(&stage, "text").len(), count);
    }
    assert!(!stage.form(&ana())["blocks"].to_string().contains("More room"), "a case takes no more");
    assert!(refused(&stage, &form(&"d".repeat(3_028)), "text/3").await.contains("12,000"));
    assert_eq!(stage.sends(&ana(), &form(&words[3])).await["response_action"], "clear");
    assert_eq!(stage.case_comments(&case), [format!("ana, U024BE7LH (Slack):\n{}", words.join("\n"))]);
}

#[tokio::test]
async fn a_long_description_is_not_touched_where_only_the_title_is_changed_and_is_whole_where_a_part_of_it_is()
 {
    let stage = Stage::set().await;
    let long = (0..480).map(|line| format!("{line} of the log\n")).collect::<String>() + "the end";
    let case = edits(&stage, &long).await;
    let mut texts = fields(&stage, "description");
    assert!(long.len() > 6_000 && texts.len() >= 3, "{}", texts.len());
    assert_eq!(texts.iter().map(|(_, text)| text.as_str()).collect::<String>(), long);
    stage.sends(&ana(), &edited("Two keys", &texts)).await;
    let now = stage.sir.case(&case).unwrap();
    assert_eq!((&now["title"], &now["description"]), (&json!("Two keys"), &json!(long)));
    let heard = stage.sir.take_calls();
    assert!(!format!("{heard:?}").contains("of the log"), "the description was not sent");
    stage.ana(&format!("{case} edit")).await;
    stage.work(&stage.jobs()).await;
    texts[1].1 = texts[1].1.replace("250 of the log", "250 of another log");
    stage.sends(&ana(), &edited("Two keys", &texts)).await;
    let expected = long.replace("250 of the log", "250 of another log");
    assert_ne!(expected, long);
    assert_eq!(stage.sir.case(&case).unwrap()["description"], json!(expected));
}

#[tokio::test]
async fn a_limit_of_the_form_to_edit_is_said_on_its_field() {
    let stage = Stage::set().await;
    edits(&stage, "short").await;
    widens(&stage, "description").await;
    widens(&stage, "description").await;
    let empty = fields(&stage, "description");
    let long: Vec<_> = empty.iter().map(|(name, _)| (name.clone(), "x".repeat(2_999))).collect();
    let none: Vec<_> = empty.iter().map(|(name, _)| (name.clone(), String::new())).collect();
    let key = format!("AKIA{}", "IOSFODNN7EXAMPLA");
    let secret = vec![empty[0].clone(), ("description/1".to_owned(), format!("it is {key}"))];
    for (title, texts, field, words) in [
        ("x".repeat(301), &empty, "title", "300"),
        (String::new(), &empty, "title", "cannot be empty"),
        ("Key leaked".to_owned(), &long, "description/2", "8,000"),
        ("Key leaked".to_owned(), &none, "description", "cannot be empty"),
        ("Key leaked".to_owned(), &secret, "description/1", "Nothing of it was kept"),
    ] {
        let why = refused(&stage, &edited(&title, texts), field).await;
        assert!(why.contains(words) && !why.contains(&key), "{field}: {why}");
    }
    assert_eq!(stage.sir.count("UpdateCase"), 0);
}

#[tokio::test]
async fn a_limit_of_a_new_case_is_said_on_its_field() {
    let stage = Stage::set().await;
    stage.ana("new").await;
    widens(&stage, "description").await;
    widens(&stage, "description").await;
    let many =
        |count: usize, of: fn(usize) -> String| typed(&(0..count).map(of).collect::<Vec<_>>().join("\n"));
    for (name, value, words) in [
        ("description/2", typed(&"x".repeat(2_999)), "8,000"),
        ("accounts", many(201, |n| format!("{n:012}")), "200"),
        ("services", typed(&"x".repeat(51)), "50"),
        ("watchers", many(31, |n| format!("a{n}@example.com")), "30"),
        ("actors", many(201, |n| format!("203.0.113.{n}")), "200"),
        ("tags", many(201, |n| format!("key{n}=value")), "200"),
    ] {
        let full = "x".repeat(2_999);
        let mut all = vec![
            ("title", typed("Key leaked")),
            ("description", typed(&full)),
            ("description/1", typed(&full)),
            ("description/2", typed("")),
            ("engagement", chosen("Security Incident")),
            ("resolver", chosen("Self")),
            ("started", moment(1_795_262_400)),
        ];
        all.retain(|(field, _)| *field != name);
        all.push((name, value));
        let why = refused(&stage, &all, name).await;
        assert!(why.contains(words), "{name}: {why}");
    }
    assert_eq!(stage.sir.calls().len(), 0);
}

#[tokio::test]
async fn a_limit_of_a_reason_and_of_a_membership_is_said_on_its_field() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Credentials used from a new country");
    stage.sir.investigates(&case, &json!({ "title": "Who used the key?", "status": "Completed" })).unwrap();
    stage.ana(&format!("{case} ai")).await;
    stage.presses(&ana(), "run/1").await;
    let said = stage.sends(&ana(), &[("why", typed(&"x".repeat(1_001)))]).await;
    assert!(said["errors"]["why"].as_str().unwrap().contains("1,000"), "{said}");
    let person = |n: usize| format!("Person {n} | Analyst | a{n}@example.com");
    let team = |count: usize| typed(&(0..count).map(person).collect::<Vec<_>>().join("\n"));
    stage.ana("membership new").await;
    for (name, value, words) in [
        ("name", typed(""), "3 to 50"),
        ("name", typed("ab"), "3"),
        ("name", typed(&"x".repeat(51)), "50"),
        ("team", team(1), "2 to 10"),
        ("team", team(11), "2 to 10"),
        ("team", typed(""), "Two to ten"),
        ("sure", json!({ "selected_options": [] }), "Tick"),
    ] {
        let mut all = vec![("name", typed("Second")), ("team", team(2)), ("sure", ticked())];
        all.retain(|(field, _)| *field != name);
        all.push((name, value));
        let why = refused(&stage, &all, name).await;
        assert!(why.contains(words), "{name}: {why}");
    }
    stage.ana("membership update").await;
    let units = (0..6).map(|n| format!("ou-ab12-cd34ef5{n}")).collect::<Vec<_>>().join(" ");
    for (name, value) in [("add", units.as_str()), ("remove", "ou-1"), ("team", "Ana")] {
        let said = stage.sends(&ana(), &[(name, typed(value)), ("sure", ticked())]).await;
        assert!(said["errors"][name].is_string(), "{name}: {said}");
    }
    assert_eq!(stage.granted("SendFeedback") + stage.granted("CreateMembership"), 0);
}

/// The form that Ana sees, sent by somebody with these values.
fn sent_by(stage: &Stage, user: &UserId, values: &[(&str, Value)]) -> SignedRequest {
    let view = stage.form(&ana())["id"].as_str().unwrap().to_owned();
    let values: serde_json::Map<_, _> =
        values.iter().map(|(name, value)| ((*name).to_owned(), json!({ "it": value }))).collect();
    stage.slack.submits(user, &view, &Value::Object(values)).unwrap()
}

#[tokio::test]
async fn a_form_that_somebody_else_sends_is_their_own_word_and_confirms_nothing_in_anothers_name() {
    let mut stage = Stage::set().await;
    let cy = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    stage.slack.set_member(&stage.channel, &cy, true);
    let case = stage.sir.console_creates_case("Key leaked");
    stage.ana(&format!("{case} comment")).await;
    stage.deliver(&sent_by(&stage, &cy, &[("text", typed("let me in"))])).await;
    stage.work(&stage.jobs()).await;
    let shown = stage.since(&cy, 0);
    assert!(shown.contains("needs the role responder") && shown.contains("let me in"), "{shown}");
    assert_eq!(stage.case_comments(&case).len(), 0);
    // Even a commander does not confirm what another was asked.
    stage.settings.roles.admin.push(MemberId::new(cy.clone()));
    let card = stage.card_of(&case).await;
    stage.chooses(&ana(), &card, ("run/more", &format!("{case} close"))).await;
    let before = stage.slack.ephemerals(&cy).len();
    stage.deliver(&sent_by(&stage, &cy, &[])).await;
    stage.work(&stage.jobs()).await;
    assert!(stage.since(&cy, before).contains("for the person who asked"));
    assert_eq!(stage.sir.count("CloseCase"), 0);
}

#[tokio::test]
async fn a_form_is_about_the_case_that_it_was_opened_for_wherever_it_was() {
    let stage = Stage::set().await;
    let [ours, other] = ["Ours", "The channel's"].map(|title| stage.sir.console_creates_case(title));
    let place = format!("slack/{}/{}", stage.settings.slack.team, stage.channel);
    stage.memory.bind(&place, &other).await.unwrap();
    stage.ana(&format!("{ours} comment")).await;
    stage.sends(&ana(), &[("text", typed("on ours"))]).await;
    stage.ana(&format!("{ours} edit")).await;
    stage.work(&stage.jobs()).await;
    let texts = fields(&stage, "description");
    stage.sends(&ana(), &edited("Ours, changed", &texts)).await;
    assert_eq!((stage.case_comments(&ours).len(), stage.case_comments(&other).len()), (1, 0));
    assert_eq!(stage.sir.case(&ours).unwrap()["title"], "Ours, changed");
    assert_eq!(stage.sir.case(&other).unwrap()["title"], "The channel's");
}

#[tokio::test]
async fn a_form_that_closes_a_case_holds_for_five_minutes() {
    for (minutes, closed) in [(4, 1), (6, 0)] {
        let stage = Stage::set().await;
        let case = stage.sir.console_creates_case("Key leaked");
        let card = stage.card_of(&case).await;
        stage.chooses(&ana(), &card, ("run/more", &format!("{case} close"))).await;
        stage.slack.advance(Duration::from_secs(60 * minutes));
        stage.world.stops_the_clock(clock::now() + i64::try_from(60_000 * minutes).unwrap());
        stage.sends(&ana(), &[]).await;
        assert_eq!(stage.sir.count("CloseCase"), closed, "after {minutes} minutes");
        let shown = SlackStandin::shown(&stage.latest());
        assert_eq!(shown.contains("is closed."), closed == 1, "{shown}");
    }
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_done_once() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let card = stage.card_of(&case).await;
    for (opens, values, operation) in [
        ("run/comment", vec![("text", typed("It was Bo's key"))], "CreateCaseComment"),
        ("edit", edited("Two keys", &[]), "UpdateCase"),
        ("close", vec![], "CloseCase"),
    ] {
        match opens {
            "edit" => {
                stage.ana(&format!("{case} edit")).await;
                stage.work(&stage.jobs()).await;
            }
            "close" => stage.chooses(&ana(), &card, ("run/more", &format!("{case} close"))).await,
            button => stage.clicks(&ana(), &card, button).await,
        }
        let mut values = values;
        let texts = fields(&stage, "description");
        values.extend(texts.iter().map(|(name, text)| (name.as_str(), typed(text))));
        for sent in [(); 2].map(|()| sent_by(&stage, &ana(), &values)) {
            assert_eq!(stage.deliver(&sent).await.1["response_action"], "clear", "{operation}");
        }
        let jobs = stage.jobs();
        assert_eq!(jobs[0].id, jobs[1].id, "the queue drops the second");
        assert_eq!(stage.work(&jobs).await, [""; 0]);
        assert_eq!(stage.granted(operation), 1, "{operation}");
    }
}
