//! What ends the service is asked for by one person and confirmed by another, and both are recorded.

use casebridge::{
    case::{MemberId, UserId},
    telemetry::audit::{AuditOutcome, Decision},
};
use casebridge_lab::{
    stage::{ANA, Stage, ts_of},
    standins::{SignedRequest, SlackStandin},
};
use serde_json::{Value, json};

use super::{
    attacks::Attack,
    terminal::{OTHER, USER, does},
};

/// A stage with a second and a third admin.
async fn admins() -> (Stage, [UserId; 2]) {
    let mut stage = Stage::set().await;
    let all = ["cy", "dee"].map(|name| {
        let user = stage.slack.add_user(name, &format!("{name}@example.com"), &json!({}));
        stage.slack.set_member(&stage.channel, &user, true);
        stage.settings.roles.admin.push(MemberId::new(user.clone()));
        user
    });
    (stage, all)
}

/// Somebody asks for it and confirms it: what they then read.
async fn wants(stage: &Stage, user: &UserId, line: &str) -> String {
    stage.types(user, line).await;
    let latest = stage.slack.ephemerals(user).pop().unwrap();
    let click = stage.slack.clicks(user, &stage.channel, &ts_of(&latest), "confirm/1", &Value::Null).unwrap();
    let before = stage.slack.ephemerals(user).len();
    assert_eq!(stage.deliver(&click).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let messages = stage.slack.ephemerals(user);
    assert!(messages.len() >= before, "the question's place is taken by the answer");
    SlackStandin::shown(messages.last().unwrap())
}

fn ana() -> UserId {
    UserId::new(ANA)
}

#[tokio::test]
async fn one_alone_ends_nothing_however_often_and_another_does_and_the_trail_names_both() {
    let (stage, [cy, _]) = admins().await;
    for _ in 0..2 {
        let shown = wants(&stage, &ana(), "membership cancel").await;
        assert!(shown.contains("takes two people") && shown.contains("nothing was done"), "{shown}");
        assert_eq!(stage.trail().pop().unwrap().outcome, AuditOutcome::Asked);
    }
    assert_eq!(stage.sir.count("CancelMembership"), 0);
    let shown = wants(&stage, &cy, "membership cancel").await;
    assert!(shown.contains("is cancelled"), "{shown}");
    assert_eq!(stage.sir.count("CancelMembership"), 1);
    let line = stage.trail().pop().unwrap();
    assert_eq!(
        (line.who.as_str(), line.outcome, line.decision),
        (cy.as_str(), AuditOutcome::Done, Decision::Allowed)
    );
    assert!(line.rule.ends_with(&format!(", asked for by {ANA}")), "{}", line.rule);
}

#[tokio::test]
async fn what_was_asked_for_is_confirmed_once() {
    let (stage, [cy, dee]) = admins().await;
    wants(&stage, &ana(), "membership cancel").await;
    wants(&stage, &cy, "membership cancel").await;
    stage.ana("membership resume").await;
    stage.presses(&ana(), "confirm/1").await;
    let shown = wants(&stage, &dee, "membership cancel").await;
    assert!(shown.contains("takes two people"), "Ana's asking was used up: {shown}");
    assert_eq!(stage.sir.count("CancelMembership"), 1);
}

#[tokio::test]
async fn a_quarter_of_an_hour_later_it_is_asked_for_anew() {
    let (stage, [cy, dee]) = admins().await;
    wants(&stage, &ana(), "membership cancel").await;
    stage.later(15 * 60_000);
    assert!(wants(&stage, &cy, "membership cancel").await.contains("takes two people"));
    assert_eq!(stage.sir.count("CancelMembership"), 0);
    assert!(wants(&stage, &dee, "membership cancel").await.contains("is cancelled"));
}

#[tokio::test]
async fn closing_takes_two_where_the_settings_say_so_while_the_case_stands_as_it_did_and_the_call_for_help_never()
 {
    let (mut stage, [cy, dee]) = admins().await;
    stage.settings.roles.close_takes_two = true;
    let case = stage.sir.console_creates_case("Key leaked");
    let close = format!("{case} close");
    assert!(wants(&stage, &ana(), &close).await.contains("takes two people"));
    stage.types(&cy, &format!("{case} status detect")).await;
    assert!(wants(&stage, &cy, &close).await.contains("takes two people"), "it stands otherwise now");
    assert_eq!(stage.sir.count("CloseCase"), 0);
    assert!(wants(&stage, &dee, &close).await.contains("is closed"));
    let other = stage.sir.console_creates_case("Another");
    assert!(wants(&stage, &ana(), &format!("{other} resolver aws")).await.contains("AWS works case"));
    stage.settings.roles.close_takes_two = false;
    let third = stage.sir.console_creates_case("A third");
    assert!(wants(&stage, &ana(), &format!("{third} close")).await.contains("is closed"));
}

/// Comes by a door and confirms what is asked there, in a message or, after a button, in a form: what they then read.
async fn comes(stage: &Stage, user: &UserId, sent: Vec<SignedRequest>) -> String {
    let before = stage.slack.ephemerals(user).len();
    for delivery in sent {
        assert_eq!(stage.deliver(&delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let read = stage.slack.ephemerals(user).split_off(before);
    match read.iter().rfind(|message| message.to_string().contains("confirm/1")).map(ts_of) {
        Some(question) => stage.clicks(user, &question, "confirm/1").await,
        None => drop(stage.sends(user, &[]).await),
    }
    stage.since(user, before)
}

#[tokio::test]
async fn where_closing_takes_two_no_door_lets_one_alone_and_each_lets_the_second_do_it() {
    let (mut stage, [cy, _]) = admins().await;
    stage.settings.roles.close_takes_two = true;
    let ana = ana();
    let mut closed = 0;
    for door in 0..4 {
        let case = stage.sir.console_creates_case("Key leaked");
        let (channel, card) = (stage.channel.clone(), stage.card_of(&case).await);
        let (stage, line) = (&stage, format!("{case} close"));
        let attack = Attack { stage, case, channel, card };
        for (name, sent) in attack.doors(&ana, &line) {
            let shown = comes(stage, &ana, sent).await;
            assert!(shown.contains("takes two people"), "{name}: {shown}");
            assert_eq!(stage.sir.count("CloseCase"), closed, "{name}");
        }
        let (name, sent) = attack.doors(&cy, &line).into_iter().nth(door).unwrap();
        // A form opens before whoever pressed.
        let own =
            || stage.slack.clicks(&cy, &attack.channel, &attack.card, "run/take", &Value::Null).unwrap();
        let sent = if name == "button" { vec![attack.pressed(&own(), &cy, &line)] } else { sent };
        let shown = comes(stage, &cy, sent).await;
        closed += 1;
        assert!(shown.contains("is closed"), "{name}: {shown}");
        assert_eq!(stage.sir.count("CloseCase"), closed, "{name}");
        assert!(stage.trail().pop().unwrap().rule.ends_with(&format!(", asked for by {ana}")), "{name}");
    }
}

#[tokio::test]
async fn at_a_terminal_closing_takes_two_whom_aws_names_and_nobody_from_slack_is_the_other() {
    let (mut stage, _) = admins().await;
    stage.settings.roles.close_takes_two = true;
    let case = stage.sir.console_creates_case("Key leaked");
    let close = format!("{case} close");
    assert!(wants(&stage, &ana(), &close).await.contains("takes two people"));
    for (who, expected) in [(USER, "takes two people"), (USER, "takes two people"), (OTHER, "is closed")] {
        assert_eq!(stage.sir.count("CloseCase"), 0, "{who}");
        let told = does(&stage, who, &close).await;
        assert!(told.said.contains(expected), "{who}: {}", told.said);
    }
    assert_eq!(stage.sir.count("CloseCase"), 1);
}

#[tokio::test]
async fn the_second_person_needs_the_role_too() {
    let (mut stage, [cy, _]) = admins().await;
    wants(&stage, &ana(), "membership cancel").await;
    stage.settings.roles.admin.retain(|id| *id != cy.as_str());
    let shown = stage.types(&cy, "membership cancel").await;
    assert!(shown.contains("needs the role admin"), "{shown}");
    assert_eq!(stage.sir.count("CancelMembership"), 0);
}
