//! A case is opened, talked about, changed and closed, and both places show it.

use casebridge::{
    state::Store,
    targets::{jira, slack},
};
use casebridge_lab::stage::{Stage, ana, count, place_of};
use casebridge_lab::standins::{FaultRule, Server, SlackStandin};
use serde_json::json;

#[tokio::test]
async fn a_case_lives_in_one_thread_and_one_issue_from_its_creation_to_its_end() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Credentials used from a new country");
    stage.events().await;
    let card = &stage.lines(&case).await[0];
    for part in ["Credentials used from a new country", case.as_str(), "Submitted", "SEC-1"] {
        assert!(card.contains(part), "{part} in {card}");
    }
    let issue = stage.issue(&case).await;
    assert!(issue["fields"]["summary"].as_str().unwrap().contains("Credentials used from a new country"));
    assert_eq!(issue["fields"]["status"]["name"], "To Do");

    stage.sir.aws_comments(&case, "AWS Responder", "We are looking at it.").unwrap();
    stage.events().await;
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Containment).unwrap();
    stage.sir.aws_changes(&case, &json!({"title": "Credentials of two roles used"})).unwrap();
    stage.events().await;
    let lines = stage.lines(&case).await;
    assert!(lines[0].contains("Credentials of two roles used"), "{}", lines[0]);
    assert!(lines[0].contains("Containment, Eradication and Recovery"), "{}", lines[0]);
    assert!(
        place_of(&lines[1..], "We are looking at it.") < place_of(&lines[1..], "Containment"),
        "{lines:#?}"
    );
    assert!(lines[place_of(&lines, "We are looking at it.")].contains("AWS Responder"));
    let issue = stage.issue(&case).await;
    assert!(issue["fields"]["summary"].as_str().unwrap().contains("Credentials of two roles used"));
    assert_eq!(issue["fields"]["status"]["name"], "In Progress");
    assert_eq!(count(&stage.comments(&case).await, "We are looking at it."), 1);

    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    let lines = stage.lines(&case).await;
    assert!(lines[0].contains("Closed") && lines[0].contains("False Positive"), "{}", lines[0]);
    assert!(lines.last().unwrap().contains("Closed"), "{lines:#?}");
    assert_eq!(stage.issue(&case).await["fields"]["status"]["name"], "Done");
    assert_eq!((stage.cards().len(), stage.jira.issues().len()), (1, 1));
}

#[tokio::test]
async fn the_card_and_the_issue_link_to_each_other_and_both_to_the_case() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let (channel, ts) = stage.card(&case).await;
    let card = stage.thread(&case).await[0].to_string();
    let browse = format!("{}/browse/SEC-1", stage.jira.url());
    assert!(card.contains(&browse), "{card}");
    let issue = stage.jira.state().to_string();
    let permalink = stage.settings.slack.permalink(&channel, &ts);
    assert!(issue.contains(&permalink), "{permalink} in {issue}");
    assert!(issue.contains("console.aws.amazon.com"), "{issue}");
    let thread = format!("slack/{}/{}/{}", stage.settings.slack.team, channel, ts);
    assert_eq!(stage.memory.bound(&thread).await.unwrap().unwrap(), case);
}

#[tokio::test]
async fn a_channel_of_its_own_is_private_has_a_topic_and_the_team() {
    let stage =
        Stage::with("layout = 'channel'\ninvite = ['ana@example.com', 'nobody@example.com']", "").await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "We are looking at it.").unwrap();
    stage.events().await;
    let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    let made = stage.slack.channel(&channel).unwrap();
    assert_eq!(made["is_private"], true);
    assert!(made["topic"]["value"].as_str().unwrap().contains(case.as_str()), "{made}");
    assert!(stage.slack.members(&channel).contains(&ana()));
    let shown: Vec<String> = stage.slack.messages(&channel).iter().map(SlackStandin::shown).collect();
    assert_eq!(count(&shown, "We are looking at it."), 1, "{shown:#?}");
    assert_eq!(stage.slack.messages(&stage.channel).len(), 0, "nothing in the common channel");
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    assert!(stage.slack.channel(&channel).unwrap()["topic"]["value"].as_str().unwrap().contains("Closed"));
}

#[tokio::test]
async fn the_same_event_twice_says_nothing_new() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "We are looking at it.").unwrap();
    let events = stage.events().await;
    let before = stage.everything();
    stage.arrive(&events).await;
    stage.arrive(&[events.clone(), events.clone()].concat()).await;
    stage.handle(events[0].clone()).await;
    assert_eq!(stage.everything(), before);
}

#[tokio::test]
async fn events_that_come_in_the_wrong_order_or_not_at_all_change_nothing_of_what_is_shown() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    let mut events = stage.sir.take_events();
    events.reverse();
    events.truncate(2);
    stage.arrive(&events).await;
    let lines = stage.lines(&case).await;
    assert!(place_of(&lines, "one") < place_of(&lines, "two"), "{lines:#?}");
    assert_eq!(stage.issue(&case).await["fields"]["status"]["name"], "In Progress");
}

#[tokio::test]
async fn two_at_once_make_one_thread_and_one_issue() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "We are looking at it.").unwrap();
    let event = stage.sir.take_events().remove(0);
    let one = || stage.handle(event.clone());
    tokio::join!(one(), one(), one(), one());
    stage.sweep().await;
    assert_eq!((stage.cards().len(), stage.jira.issues().len()), (1, 1));
    assert_eq!(count(&stage.lines(&case).await, "We are looking at it."), 1);
    assert_eq!(count(&stage.comments(&case).await, "We are looking at it."), 1);
}

#[tokio::test]
async fn a_destination_that_is_down_does_not_hold_up_the_other_and_gets_all_once_it_is_back() {
    for down in [slack::KIND, jira::KIND] {
        let stage = Stage::set().await;
        let server: &Server = if down == slack::KIND { &stage.slack } else { &stage.jira };
        server.fault(FaultRule::on_all().throttled(Some("30")));
        let case = stage.sir.aws_creates_case("Key leaked");
        stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
        stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
        stage.events().await;
        match down == slack::KIND {
            true => assert_eq!(stage.comments(&case).await.len(), 2),
            false => assert_eq!(count(&stage.lines(&case).await, "two"), 1),
        }
        server.heal();
        stage.minutes(2).await;
        let (lines, comments) = (stage.lines(&case).await, stage.comments(&case).await);
        assert!(place_of(&lines, "one") < place_of(&lines, "two"), "{lines:#?}");
        assert!(place_of(&comments, "one") < place_of(&comments, "two"), "{comments:#?}");
        assert!(lines[0].contains("SEC-1"), "the card learns of its issue: {}", lines[0]);
    }
}
