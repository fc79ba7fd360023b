//! While people of another workspace read a channel nothing of ours changes in it, and Jira goes on; once it is ours
//! again all of it is told, once and in order.

use casebridge::{
    case::{CaseId, ChannelId, CommentId, Email},
    http::Request,
    runtime::World,
    targets::{jira, slack},
};
use casebridge_lab::stage::{Stage, bo, count, place_of};
use casebridge_lab::standins::{FaultRule, Sharing, SlackStandin};
use serde_json::{Value, json};

/// What changes something that others can see.
const WRITES: [&str; 6] = [
    "chat.postMessage",
    "chat.update",
    "chat.delete",
    "conversations.setTopic",
    "conversations.invite",
    "chat.postEphemeral",
];

fn writes(stage: &Stage) -> Vec<String> {
    let [_, slack, _] = stage.calls();
    slack.into_iter().filter(|call| WRITES.contains(&call.as_str())).collect()
}

/// A case whose comment was told, in a channel that somebody else reads for longer than Slack's word holds.
async fn overheard(sharing: Sharing) -> (Stage, CaseId, CommentId) {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let comment = stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    stage.slack.set_sharing(&stage.channel, sharing);
    stage.minutes(10).await;
    stage.forget_calls();
    (stage, case, comment)
}

/// Everything about the case becomes another, each change with its event.
async fn all_changes(stage: &Stage, case: &CaseId, comment: &CommentId) {
    stage.sir.aws_edits_comment((case, comment), "AWS Responder", "SECRET comment").unwrap();
    stage.events().await;
    let texts = json!({"title": "SECRET title", "description": "SECRET description"});
    stage.sir.aws_changes(case, &texts).unwrap();
    stage.events().await;
    stage.sir.aws_sets_status(case, &casebridge::case::Status::Detection).unwrap();
    stage.events().await;
    stage.sir.aws_comments(case, "AWS Responder", "SECRET second").unwrap();
    stage.events().await;
}

#[tokio::test]
async fn nothing_is_rewritten_set_or_said_while_a_channel_is_shared_and_all_is_told_once_it_is_ours_again() {
    for sharing in [Sharing::Connected, Sharing::Organisation, Sharing::Invited] {
        let (stage, case, comment) = overheard(sharing).await;
        let before = stage.slack.messages(&stage.channel);
        all_changes(&stage, &case, &comment).await;
        // Checks and sweeps of three hours.
        stage.minutes(180).await;
        assert_eq!(writes(&stage), [""; 0], "{sharing:?}");
        assert_eq!(stage.slack.messages(&stage.channel), before, "{sharing:?}");
        assert_eq!(stage.place(&case, slack::KIND).await.parked.as_deref(), Some("channel_is_shared"));
        let comments = stage.comments(&case).await;
        for text in ["SECRET comment", "SECRET second"] {
            assert_eq!(count(&comments, text), 1, "Jira goes on: {comments:?}");
        }
        assert_eq!(stage.issue(&case).await["fields"]["summary"], "SECRET title");

        stage.slack.set_sharing(&stage.channel, Sharing::Ours);
        stage.minutes(70).await;
        let lines = stage.lines(&case).await;
        assert!(
            lines[0].contains("SECRET title") && lines[0].contains("Detection and Analysis"),
            "{lines:?}"
        );
        for text in ["SECRET comment", "SECRET second", "SECRET description", "→ Detection and Analysis"] {
            assert_eq!(count(&lines[1..], text), 1, "{text}: {lines:?}");
        }
        assert!(place_of(&lines, "SECRET comment") < place_of(&lines, "SECRET second"), "{lines:?}");
        assert_eq!(stage.place(&case, slack::KIND).await.parked, None);
        stage.forget_calls();
        stage.minutes(70).await;
        assert_eq!(writes(&stage), [""; 0], "and once only");
    }
}

#[tokio::test]
async fn each_single_change_keeps_out_of_a_shared_channel() {
    type Change = fn(&Stage, &CaseId, &CommentId);
    let changes: [(&str, Change); 6] = [
        ("comment", |stage, case, id| {
            stage.sir.aws_edits_comment((case, id), "AWS Responder", "SECRET").unwrap();
        }),
        ("title", |stage, case, _| stage.sir.aws_changes(case, &json!({"title": "SECRET"})).unwrap()),
        ("text", |stage, case, _| stage.sir.aws_changes(case, &json!({"description": "SECRET"})).unwrap()),
        ("status", |stage, case, _| {
            stage.sir.aws_sets_status(case, &casebridge::case::Status::Detection).unwrap()
        }),
        ("move", |stage, case, _| stage.sir.aws_sets_pending_action(case, "Customer").unwrap()),
        ("end", |stage, case, _| stage.sir.aws_closes(case, "Investigation Completed").unwrap()),
    ];
    for (name, change) in changes {
        let (stage, case, comment) = overheard(Sharing::Connected).await;
        change(&stage, &case, &comment);
        stage.events().await;
        stage.minutes(10).await;
        assert_eq!(writes(&stage), [""; 0], "{name}");
        stage.slack.set_shared(&stage.channel, false);
        stage.minutes(70).await;
        assert!(!writes(&stage).is_empty(), "{name}");
    }
}

#[tokio::test]
async fn where_slack_does_not_tell_who_reads_a_channel_nothing_changes_in_it() {
    for trouble in [
        FaultRule::on("conversations.info").error("missing_scope"),
        FaultRule::on("conversations.info").error("channel_not_found"),
        FaultRule::on("conversations.info").throttled(Some("1")),
        FaultRule::on("conversations.info").html(502),
        FaultRule::on("conversations.info").reset_before(),
    ] {
        let (stage, case, comment) = overheard(Sharing::Ours).await;
        stage.slack.fault(trouble.clone());
        all_changes(&stage, &case, &comment).await;
        stage.minutes(10).await;
        assert_eq!(writes(&stage), [""; 0], "{trouble:?}");
        assert_eq!(count(&stage.comments(&case).await, "SECRET second"), 1, "{trouble:?}");
        stage.slack.heal();
        stage.minutes(70).await;
        assert_eq!(count(&stage.lines(&case).await, "SECRET comment"), 1, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_shared_channel_of_a_case_gets_no_topic_and_nobody_new() {
    let mut stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let channel = ChannelId::new(stage.place(&case, slack::KIND).await.channel.unwrap());
    stage.slack.set_shared(&channel, true);
    stage.minutes(10).await;
    let before = (stage.slack.channel(&channel).unwrap(), stage.slack.messages(&channel));
    stage.forget_calls();
    stage.settings.slack.invite.push(Email::new("bo@example.com"));
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    stage.events().await;
    stage.minutes(30).await;
    assert_eq!(writes(&stage), [""; 0]);
    assert_eq!((stage.slack.channel(&channel).unwrap(), stage.slack.messages(&channel)), before);
    // Another case's channel is its own, and ours.
    let other = stage.sir.aws_creates_case("Bucket open");
    stage.events().await;
    assert!(stage.place(&other, slack::KIND).await.home.is_some());

    stage.slack.set_shared(&channel, false);
    stage.minutes(70).await;
    let topic = stage.slack.channel(&channel).unwrap()["topic"]["value"].to_string();
    assert!(topic.contains("Detection and Analysis"), "{topic}");
    assert!(stage.slack.members(&channel).contains(&bo()));
}

/// A case with a comment in a channel of its own, whose card a person deleted.
async fn cardless() -> (Stage, CaseId, CommentId, ChannelId) {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let comment = stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    stage.minutes(62).await;
    let (channel, card) = stage.card(&case).await;
    stage.slack.deletes(&channel, &card).unwrap();
    stage.minutes(62).await;
    (stage, case, comment, channel)
}

#[tokio::test]
async fn a_comment_is_not_rewritten_in_a_shared_channel_in_which_no_card_is_left_to_set_first() {
    let (stage, case, comment, channel) = cardless().await;
    stage.slack.set_shared(&channel, true);
    stage.minutes(10).await;
    stage.forget_calls();
    stage.sir.aws_edits_comment((&case, &comment), "AWS Responder", "SECRET").unwrap();
    stage.events().await;
    stage.minutes(10).await;
    assert_eq!(writes(&stage), [""; 0]);
    stage.slack.set_shared(&channel, false);
    stage.minutes(70).await;
    assert_eq!(writes(&stage), ["chat.update"]);
    assert_eq!(stage.place(&case, slack::KIND).await.parked, None);
}

/// The times at which our messages came, in milliseconds.
fn times(messages: &[Value]) -> Vec<i64> {
    let millis = |message: &Value| (message["ts"].as_str().unwrap().parse::<f64>().unwrap() * 1_000.0) as i64;
    messages.iter().map(millis).collect()
}

#[tokio::test]
async fn what_slack_said_holds_for_five_minutes_also_for_a_worker_that_is_in_the_middle_of_its_work() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    for number in 0..330 {
        stage.sir.aws_comments(&case, "AWS Responder", &format!("comment {number}.")).unwrap();
    }
    let events = stage.sir.take_events();
    let begun = stage.now();
    let at = begun + 60_000;
    let sharing = async {
        while stage.now() < at {
            tokio::task::yield_now().await;
        }
        stage.slack.set_shared(&stage.channel, true);
    };
    tokio::join!(stage.arrive(&events[..1]), sharing);
    let told = times(&stage.slack.messages(&stage.channel));
    assert!(told.len() > 60, "it was at work: {}", told.len());
    assert!(told.iter().all(|time| *time < begun + 310_000), "{} after {begun}", told[told.len() - 1]);
    stage.slack.set_shared(&stage.channel, false);
    stage.minutes(120).await;
    let lines = stage.lines(&case).await;
    let numbers: Vec<usize> =
        (0..330).map(|number| place_of(&lines, &format!("comment {number}."))).collect();
    assert!(numbers.is_sorted() && lines.iter().filter(|line| line.contains("comment ")).count() == 330);
}

#[tokio::test]
async fn that_jira_is_broken_is_not_said_where_others_read() {
    for (sharing, said) in [(Sharing::Connected, 0), (Sharing::Invited, 0), (Sharing::Ours, 1)] {
        let (stage, case, _) = overheard(sharing).await;
        stage.jira.fault(FaultRule::on_all().answers(401));
        stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
        stage.events().await;
        stage.minutes(10).await;
        let shown: Vec<String> = stage.cards().iter().map(SlackStandin::shown).collect();
        assert_eq!(count(&shown, "cannot reach Jira"), said, "{sharing:?}: {shown:?}");
        let trips = stage.breaker(jira::KIND).await.trips;
        assert!(trips > 0, "{sharing:?}: Jira was found broken");
    }
}

#[tokio::test]
async fn news_of_a_membership_waits_until_the_channel_is_ours() {
    let stage = Stage::set().await;
    let membership = stage.sir.membership_id().unwrap();
    let file = format!("{}/events/eventbridge/membership-updated.json", env!("CARGO_MANIFEST_DIR"));
    let event = std::fs::read_to_string(file).unwrap().replace("m-4k7c2p9x1w", membership.as_str());
    stage.slack.set_sharing(&stage.channel, Sharing::Invited);
    for _ in 0..2 {
        assert_eq!(stage.arrive_as(std::slice::from_ref(&event)).await, ["m0"], "it comes again");
        stage.later(360_000);
    }
    assert_eq!(stage.cards().len(), 0);
    stage.slack.set_sharing(&stage.channel, Sharing::Ours);
    for _ in 0..2 {
        assert_eq!(stage.arrive_as(std::slice::from_ref(&event)).await, [""; 0]);
    }
    assert_eq!(stage.cards().len(), 1);
}

#[tokio::test]
async fn a_second_copy_is_taken_away_also_where_others_read_since_that_tells_them_nothing() {
    let (stage, case, _) = overheard(Sharing::Connected).await;
    let card = stage.place(&case, slack::KIND).await.home.unwrap();
    let told = stage.thread(&case).await.pop().unwrap();
    let again = json!({"channel": card.place, "thread_ts": card.name, "text": told["text"],
        "blocks": told["blocks"], "metadata": told["metadata"]});
    let url = format!("{}/api/chat.postMessage", stage.slack.url());
    let post = Request::json(reqwest::Method::POST, url, &again).bearer(&stage.secrets.slack_bot_token);
    let answer = stage.world.send(post).await.unwrap().value().unwrap();
    assert_eq!(answer["ok"], true, "{answer}");
    let lines = stage.lines(&case).await;
    assert_eq!(count(&lines, "one"), 2, "{lines:?}");
    stage.forget_calls();
    stage.minutes(70).await;
    assert_eq!(writes(&stage), ["chat.delete"]);
    assert_eq!(count(&stage.lines(&case).await, "one"), 1);
}
