//! What is said on a case reaches both places whole, in order, once, and as nothing but text.

use casebridge::{
    case::{CommentId, Millis, author::Author, text},
    config::clock,
    state::{Saying, Store},
};
use casebridge_lab::stage::{Stage, ana, count, place_of};
use casebridge_lab::standins::{FaultRule, JiraStandin, LiveText, Order};
use serde_json::json;

/// Words that cannot be confused with each other, so that a lost or doubled piece shows.
fn words(length: usize) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < length {
        text.push_str(&format!("w{number:05} "));
        number += 1;
    }
    text.truncate(length);
    text.trim_end().to_owned()
}

/// The words of a text, in order; what is no word of ours is left out.
fn words_in(text: &str) -> Vec<&str> {
    text.split_whitespace().filter(|word| word.len() == 6 && word.starts_with('w')).collect()
}

#[tokio::test]
async fn a_comment_of_12000_and_a_description_of_8000_characters_are_split_and_complete() {
    let stage = Stage::set().await;
    let (description, comment) = (words(7_994), words(11_998));
    let case = stage.sir.aws_creates(json!({"title": "Long", "description": description})).unwrap();
    stage.events().await;
    let lines = stage.lines(&case).await;
    assert!(lines.len() > 3, "split: {}", lines.len());
    assert_eq!(words_in(&lines[1..].join("\n")), words_in(&description));
    let body = JiraStandin::plain(&stage.issue(&case).await["fields"]["description"]);
    assert_eq!(words_in(&body), words_in(&description));

    stage.sir.aws_comments(&case, "AWS Responder", &comment).unwrap();
    stage.events().await;
    let more = stage.lines(&case).await[lines.len()..].join("\n");
    assert_eq!(words_in(&more), words_in(&comment));
    assert_eq!(words_in(&stage.comments(&case).await.join("\n")), words_in(&comment));
}

#[tokio::test]
async fn a_comment_that_is_edited_is_rewritten_where_it_stands() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let id = stage.sir.aws_comments(&case, "AWS Responder", "It was the build server.").unwrap();
    stage.sir.aws_comments(&case, "AWS Responder", "Thank you.").unwrap();
    stage.events().await;
    let before = (stage.thread(&case).await, stage.comments(&case).await);
    stage.sir.aws_edits_comment((&case, &id), "AWS Responder", "It was the mail server.").unwrap();
    stage.events().await;
    let after = (stage.thread(&case).await, stage.comments(&case).await);
    let stamps = |thread: &[serde_json::Value]| {
        thread.iter().map(|message| message["ts"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(stamps(&before.0), stamps(&after.0), "no message more, none less");
    let lines = stage.lines(&case).await;
    assert_eq!((count(&lines, "mail server"), count(&lines, "build server")), (1, 0));
    assert_eq!((before.1.len(), after.1.len()), (2, 2));
    assert_eq!((count(&after.1, "mail server"), count(&after.1, "build server")), (1, 0));
    assert!(lines[place_of(&lines, "mail server")].contains("edited"), "{lines:#?}");
}

#[tokio::test]
async fn half_a_character_in_a_comment_costs_neither_it_nor_a_later_one() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.fault(FaultRule::on("ListComments").half_characters());
    stage.sir.aws_comments(&case, "AWS Responder", "The alert said {half} and stopped.").unwrap();
    stage.events().await;
    stage.sir.aws_comments(&case, "AWS Responder", "web-2 is isolated.").unwrap();
    stage.events().await;
    for told in [stage.lines(&case).await, stage.comments(&case).await] {
        let (first, second) =
            (place_of(&told, "The alert said \u{fffd} and stopped."), place_of(&told, "web-2 is isolated."));
        assert!(first < second, "{told:#?}");
    }
}

#[tokio::test]
async fn an_edit_that_makes_a_comment_longer_or_shorter_leaves_no_piece_behind() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let id = stage.sir.aws_comments(&case, "AWS Responder", "short").unwrap();
    stage.events().await;
    let long = words(9_000);
    stage.sir.aws_edits_comment((&case, &id), "AWS Responder", &long).unwrap();
    stage.events().await;
    assert_eq!(words_in(&stage.lines(&case).await.join("\n")), words_in(&long));
    stage.sir.aws_edits_comment((&case, &id), "AWS Responder", "w99999").unwrap();
    stage.events().await;
    assert_eq!(words_in(&stage.lines(&case).await.join("\n")), ["w99999"]);
    assert_eq!(words_in(&stage.comments(&case).await.join("\n")), ["w99999"]);
}

#[tokio::test]
async fn hostile_text_pings_nobody_links_only_where_it_says_and_forges_no_line() {
    let hostile = "<!channel> <!here> @here <@U024BE7LH> <https://evil.example|the console> http://evil.example \
                   *bold* `code` ```fence``` <!date^1^{date}^https://evil.example|x> [x](https://evil.example) \
                   {color:red}red{color} [~accountid:1] \u{202e}desrever\u{2028}*AWS Responder* forged";
    let stage = Stage::with("", "tell = ['comments', 'title']\n").await;
    let title: String = hostile.chars().take(290).collect();
    let case = stage.sir.aws_creates(json!({"title": title, "description": hostile})).unwrap();
    stage.sir.aws_comments(&case, "AWS Responder", hostile).unwrap();
    stage.sir.aws_changes(&case, &json!({"title": format!("2 {title}")})).unwrap();
    stage.events().await;
    stage.sir.aws_changes(&case, &json!({"title": format!("3 {title}")})).unwrap();
    stage.events().await;
    let live = stage.slack.live(&stage.channel);
    let ours = |text: &str| text.contains("console.aws.amazon.com") || text.contains(stage.jira.url());
    let addresses = ["https://evil.example", "http://evil.example"];
    // An element without words of its own shows its address.
    let is_plain = |live: &LiveText| {
        (live.by, live.kind) == ("element", "link") && addresses.contains(&live.text.as_str())
    };
    let foreign = |live: &&LiveText| live.kind != "date" && !ours(&live.text) && !is_plain(live);
    let theirs: Vec<_> = live.iter().filter(foreign).collect();
    assert!(theirs.is_empty(), "{theirs:#?}");
    let plain = |address: &str| {
        format!(
            r#"{{"marks":[{{"attrs":{{"href":"{address}"}},"type":"link"}}],"text":"{address}","type":"text"}}"#
        )
    };
    let issue = stage.jira.state().to_string();
    let issue = addresses.iter().fold(issue, |issue, address| issue.replace(&plain(address), ""));
    for marked in
        [r#""type":"mention""#, r#""type":"inlineCard""#, r#""href":"http://evil"#, r#""href":"https://evil"#]
    {
        assert!(!issue.contains(marked), "{marked} in {issue}");
    }
    let comments = stage.comments(&case).await;
    assert_eq!(count(&comments, "<@U024BE7LH>"), 2, "the comment and the new title are there, as text");
}

#[tokio::test]
async fn more_than_a_page_of_comments_is_told_in_order_whatever_the_order_of_the_list() {
    for order in [Order::NewestFirst, Order::OldestFirst, Order::Shuffled] {
        let stage = Stage::set().await;
        stage.sir.set_order(order);
        let case = stage.sir.aws_creates_case("Key leaked");
        let mut expected: Vec<String> = Vec::new();
        for round in [60, 1, 3] {
            for _ in 0..round {
                let text = format!("w{:05}", expected.len());
                stage.later(1_000);
                stage.sir.aws_comments(&case, "AWS Responder", &text).unwrap();
                expected.push(text);
            }
            stage.events().await;
            let lines = stage.lines(&case).await.join("\n");
            assert_eq!(words_in(&lines), expected, "{order:?}");
            assert_eq!(words_in(&stage.comments(&case).await.join("\n")), expected, "{order:?}");
        }
    }
}

#[tokio::test]
async fn an_edit_on_the_third_page_is_found_by_its_event_though_the_first_look_or_the_first_rewriting_fails()
{
    Box::pin(third_page(|stage| stage.sir.fault(FaultRule::on("ListComments").answers(500)))).await;
    Box::pin(third_page(|stage| stage.slack.fault(FaultRule::on("chat.update").throttled(Some("5"))))).await;
    Box::pin(third_page(|stage| stage.jira.fault(FaultRule::on("updateComment").answers(503)))).await;
}

async fn third_page(fails: impl Fn(&Stage)) {
    let stage = Stage::set().await;
    stage.sir.set_order(Order::NewestFirst);
    let case = stage.sir.aws_creates_case("Key leaked");
    let mut first = String::new();
    for number in 0..60 {
        stage.later(1_000);
        let id = stage.sir.aws_comments(&case, "AWS Responder", &format!("w{number:05}")).unwrap();
        first = if number == 0 { id.to_string() } else { first };
    }
    stage.events().await;
    // The hourly discovery is over.
    stage.minutes(1).await;
    stage.sir.aws_edits_comment((&case, &CommentId::new(&first)), "AWS Responder", "w77777").unwrap();
    fails(&stage);
    stage.events().await;
    stage.sir.heal();
    stage.slack.heal();
    stage.jira.heal();
    stage.minutes(2).await;
    let lines = stage.lines(&case).await.join("\n");
    let mut expected: Vec<String> = (0..60).map(|number| format!("w{number:05}")).collect();
    expected[0] = "w77777".to_owned();
    assert_eq!(words_in(&lines), expected);
    assert_eq!(words_in(&stage.comments(&case).await.join("\n")), expected);
}

#[tokio::test]
async fn whoever_spoke_through_the_bridge_is_named_once_and_nobody_speaks_in_anothers_name() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let body = |words: &str| format!("ana (Slack):\n{words}");
    let id = stage.sir.aws_comments(&case, "123456789012", &body("It was Bo's key")).unwrap();
    let now: Millis = clock::now();
    let saying = Saying {
        command: "k1".to_owned(),
        since: now,
        body_hash: text::hash(&body("It was Bo's key")),
        author: Author::Slack { user: ana() },
        speaker: Some("ana (Slack)".to_owned()),
        slack_ts: None,
        jira_comment: None,
        comment: Some(id.clone().to_string()),
    };
    stage.memory.say(&case, &saying, now + 60_000_000).await.unwrap();
    // Somebody at the console who writes what we would write.
    stage.sir.aws_comments(&case, "123456789012", &body("Close it")).unwrap();
    stage.events().await;
    let (lines, comments) = (stage.lines(&case).await, stage.comments(&case).await);
    for told in [&lines, &comments] {
        let [ours, theirs] = ["It was Bo's key", "Close it"].map(|words| &told[place_of(told, words)]);
        assert!(!ours.contains("ana (Slack):"), "{ours}");
        assert!(theirs.contains("123456789012") && theirs.contains("ana (Slack):"), "{theirs}");
    }
    assert!(lines[place_of(&lines, "It was Bo's key")].contains("U024BE7LH"), "{lines:#?}");
    assert!(comments[place_of(&comments, "It was Bo's key")].starts_with("ana (Slack) · "), "{comments:#?}");
    // What was told is what the case says: an edit is found, and only an edit.
    let before = stage.calls();
    stage.minutes(2).await;
    assert_eq!((stage.lines(&case).await, stage.comments(&case).await), (lines, comments), "{before:?}");
    stage.sir.aws_edits_comment((&case, &id), "123456789012", "bo (Slack):\nIt was mine").unwrap();
    stage.events().await;
    let lines = stage.lines(&case).await;
    let edited = &lines[place_of(&lines, "It was mine")];
    assert!(edited.contains("U024BE7LH") && edited.contains("bo (Slack):"), "{edited}");
}
