//! Which messages of a case's thread are for the case: what the settings say, and what their writers say.

use casebridge::{case::CaseId, config::settings::Relay};
use casebridge_lab::stage::{Stage, ana};

async fn says(stage: &Stage, case: &CaseId, text: &str) {
    let (channel, card) = stage.card(case).await;
    let (_, sent) = stage.slack.says(&ana(), &channel, text, Some(&card));
    for delivery in &sent {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
}

async fn told(stage: &Stage) -> CaseId {
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    case
}

fn words(stage: &Stage, case: &CaseId) -> Vec<String> {
    let said = stage.case_comments(case).into_iter();
    said.map(|body| body.split_once(":\n").unwrap().1.to_owned()).collect()
}

#[tokio::test]
async fn a_line_that_begins_with_the_mark_stays_in_slack_and_the_card_says_so() {
    for (lines, keep, told_as) in [("", "//", "SEC-1"), ("private_prefix = '~~'", "~~", "SEC-1")] {
        let stage = Stage::with(lines, "").await;
        let case = told(&stage).await;
        let card = stage.lines(&case).await.remove(0);
        let line = format!("Replies here go to AWS and {told_as}. Start with {keep} to keep a line here.");
        assert!(card.contains(&line), "{card}");
        says(&stage, &case, &format!("{keep} I think it is the intern's key")).await;
        says(&stage, &case, &format!("  {keep}so do I")).await;
        says(&stage, &case, "the key is turned // by Bo").await;
        stage.minutes(130).await;
        assert_eq!(words(&stage, &case), ["the key is turned // by Bo"], "neither at once nor by the check");
    }
}

#[tokio::test]
async fn only_what_mentions_us_is_told_where_the_settings_say_so_and_nothing_where_they_say_off() {
    for (relay, expected) in [
        (Relay::All, vec!["It was Bo", "It was Bo, Casebridge: note that"]),
        (Relay::Mention, vec!["It was Bo, Casebridge: note that"]),
        (Relay::Off, vec![]),
    ] {
        let mut stage = Stage::set().await;
        stage.settings.slack.relay = Some(relay);
        let case = told(&stage).await;
        let (.., bot, _) = stage.slack.app();
        says(&stage, &case, "It was Bo").await;
        says(&stage, &case, &format!("It was Bo, <@{bot}>: note that")).await;
        stage.minutes(130).await;
        let said = words(&stage, &case);
        assert_eq!(said.len(), expected.len(), "{relay:?}: {said:?}");
        let card = stage.lines(&case).await.remove(0);
        let there = card.contains("Replies here go to AWS");
        assert_eq!(there, relay == Relay::All, "{card}");
        stage.ana(&format!("{case} comment It was Cy")).await;
        assert_eq!(words(&stage, &case).len(), expected.len() + 1, "a command is one everywhere");
    }
}

#[tokio::test]
async fn the_settings_of_before_mean_the_same() {
    for (lines, expected) in [
        ("", Relay::All),
        ("replies_are_comments = false", Relay::Off),
        ("replies_are_comments = false\nrelay = 'mention'", Relay::Mention),
    ] {
        assert_eq!(Stage::with(lines, "").await.settings.slack.relay(), expected, "{lines}");
    }
}
