//! Can text from outside mean anything in what we render, or make it too large? Everything that is rendered, with
//! the worst text that anybody could write, held against the vendors' limits in our own words.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers may fail as a test does")]

use casebridge::{
    case::{author::Author, snapshot::Change, *},
    state::key::Plainness,
    targets::{
        content::*,
        jira,
        slack::{self, Message},
    },
};
use casebridge_lab::standins;
use serde_json::Value;

/// Mentions, links, markup, controls of direction, NUL, and a word that is too long for anything.
fn hostile() -> String {
    let marks = "<!channel> <@U1> @here #general https://evil <http://x|y> *b* _i_ ~s~ `code` ```fence``` :skull:\n\
                 > quote\n&gt; &amp; \u{202e}reversed\u{2066} \0\u{1b}[31m \u{200b}\u{feff} \u{2028}\r\n- [l](https://evil) | {n}";
    format!("{marks} {}", "W<".repeat(1_500))
}

/// What would mean something if it stood outside of code.
const LIVE: [&str; 11] =
    ["evil", "@here", "#general", "*b*", "_i_", "~s~", "code", "fence", "quote", "skull", "channel"];

fn view(text: &str, status: Status) -> View {
    let many = |count: usize| (0..count).map(|n| format!("{n}{text}")).collect::<Vec<_>>();
    let attachment = |n: usize| Attachment {
        id: AttachmentId::new("x"),
        name: format!("{n}{text}"),
        status: text.to_owned(),
        creator: text.to_owned(),
        created: 0,
    };
    let case = Case {
        id: CaseId::new("12345678901234567890123456789012"),
        arn: text.to_owned(),
        title: text.to_owned(),
        description: text.repeat(3),
        status,
        engagement: text.to_owned(),
        resolver: Resolver::Own,
        waits_for_customer: true,
        reported_start: Some(i64::MAX),
        actual_start: Some(1),
        created: Some(1),
        updated: Some(1),
        closed: Some(1),
        closure: Some(text.to_owned()),
        accounts: many(200),
        regions: many(50),
        services: many(600),
        watchers: vec![Watcher::default(); 30],
        actors: vec![],
        attachments: (0..50).map(attachment).collect(),
        metadata: vec![(text.to_owned(), text.to_owned())],
    };
    let links = Links {
        console: Some("https://console.example.com/a|b>c d".to_owned()),
        jira_key: Some(IssueKey::new(text)),
        jira: Some(format!("https://jira.example.com/{}", "x".repeat(5_000))),
        slack: Some("javascript:alert(1)".to_owned()),
    };
    View {
        case,
        links,
        waiting_since: Some(1),
        answered: false,
        agent_waits: true,
        owner: None,
        last_word: None,
        opened: None,
    }
}

fn authors(text: &str) -> Vec<Author> {
    vec![
        Author::AwsResponder,
        Author::Service,
        Author::Slack { user: UserId::new(text) },
        Author::Slack { user: UserId::new("U024BE7LH") },
        Author::Jira { name: text.to_owned() },
        Author::Principal(text.to_owned()),
        Author::Principal(format!("arn:aws:sts::1:assumed-role/{text}")),
    ]
}

/// Everything that can be told, with this text in every place; long texts cut as `parts` cuts them.
fn contents(text: &str, parts: fn(&str) -> Vec<String>) -> Vec<Content> {
    let some = || Some(text.to_owned());
    let attachment = |_| Change::Attachment { name: text.to_owned(), status: text.to_owned(), old: some() };
    let mut changes = vec![
        Change::Field { name: "Title", old: some(), new: some() },
        Change::List {
            name: "Services",
            added: vec![text.to_owned(); 600],
            removed: vec!["a".to_owned(); 600],
        },
        Change::Description,
    ];
    let told = |changes: &[Change], author: Option<Author>| {
        let by = author.map(|author| Doer { author, name: text.to_owned() });
        let told = |change: &Change| ToldChange { change: change.clone(), by: by.clone() };
        Content::Changes(changes.iter().map(told).collect(), None)
    };
    let mut all = vec![told(&changes, None)];
    all.extend(authors(text).into_iter().map(|author| told(&changes, Some(author))));
    changes.extend((0..50).map(attachment));
    all.push(told(&changes, None));
    let pieces = parts(&text.repeat(4));
    let of = pieces.len();
    for (index, piece) in pieces.into_iter().enumerate() {
        let part = Part { index, of, text: piece };
        all.push(Content::Description(part.clone()));
        let comment = |author| Content::Comment {
            author,
            speaker: None,
            at: 1,
            edited: Some(1_795_262_400),
            part: part.clone(),
            call: None,
        };
        all.extend(authors(text).into_iter().map(comment));
    }
    let step = Investigation {
        id: InvestigationId::new(text),
        kind: text.to_owned(),
        title: text.to_owned(),
        content: text.chars().cycle().take(5_000).collect(),
        status: "Waiting".to_owned(),
        updated: 1,
        feedback: some(),
    };
    all.push(Content::Investigation { case: CaseId::new("1234567890"), step: step.clone(), call: None });
    let judged = Investigation { status: "Completed".to_owned(), feedback: None, ..step };
    all.push(Content::Investigation { case: CaseId::new("1234567890"), step: judged, call: None });
    all.extend([true, false].map(|for_us| Content::Nudge { for_us, since: 1 }));
    let [to, why] = [text; 2].map(str::to_owned);
    all.push(Content::Notice(Notice::NotMoved { issue: IssueKey::new(text), to, why }));
    all.push(Content::Notice(Notice::Lost { issue: IssueKey::new(text), case: CaseId::new("1234567890") }));
    all
}

/// Texts that break rules one at a time: long without a blank, all line ends, all of what grows when escaped.
fn texts() -> Vec<String> {
    vec![
        hostile(),
        "&".repeat(3_000),
        "\n".repeat(3_000),
        "😀".repeat(3_000),
        "\"\\".repeat(1_500),
        "`".repeat(3_000),
        "- a\n".repeat(900),
        "1. `id` https://a.example/b\n- \u{200b}\n".repeat(100),
        "`a` https://a.example/x ".repeat(200),
        "```\n<!here>\n```\nthen\n".repeat(200),
        String::new(),
        "\u{200b}".to_owned(),
    ]
}

const PLAINNESSES: [Plainness; 3] = [Plainness::Full, Plainness::Plain, Plainness::Stub];

fn messages(text: &str) -> Vec<Message> {
    let membership = Membership {
        id: MembershipId::new(text),
        arn: text.to_owned(),
        name: text.to_owned(),
        status: text.to_owned(),
        account: text.to_owned(),
        region: text.to_owned(),
        accounts_covered: Some(i64::MIN),
        customer_type: Some(text.to_owned()),
        team: vec![
            Responder {
                name: text.to_owned(),
                job_title: text.to_owned(),
                email: "a@example.com".to_owned(),
                communication: vec![]
            };
            10
        ],
        features: vec![(text.to_owned(), true), (text.to_owned(), false)],
        covers_organization: Some(false),
        units: vec![text.to_owned(); 100],
        activated: Some(1),
        deactivated: Some(2),
    };
    let mut all = vec![
        slack::membership(&membership, "was created"),
        slack::unread_membership(&MembershipId::new(text), "was created"),
        slack::card(&view(text, Status::Detection)),
        slack::card(&view(text, Status::Closed)),
        slack::card(&view(text, Status::Other(text.to_owned()))),
    ];
    for content in contents(text, slack::parts) {
        all.extend(PLAINNESSES.map(|plainness| slack::content(&content, plainness)));
    }
    all
}

/// Every object of a JSON tree.
fn objects<'a>(value: &'a Value, found: &mut Vec<&'a serde_json::Map<String, Value>>) {
    match value {
        Value::Object(map) => {
            found.push(map);
            map.values().for_each(|value| objects(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| objects(value, found)),
        _ => {}
    }
}

fn all_objects(value: &Value) -> Vec<&serde_json::Map<String, Value>> {
    let mut found = Vec::new();
    objects(value, &mut found);
    found
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn has_no_hidden_character(text: &str) {
    let hidden = |char: &char| {
        (char.is_control() && !"\n\t".contains(*char))
            || "\u{200b}\u{feff}\u{202e}\u{2066}\u{2028}".contains(*char)
    };
    assert_eq!(text.chars().find(hidden), None, "{text:?}");
}

/// Takes the blocks and spans of code out, then our own control sequences: what is left must mean nothing.
fn is_inert_mrkdwn(text: &str) {
    has_no_hidden_character(text);
    let outside_fences: String = text.split("```").step_by(2).collect();
    let outside_code: String = outside_fences.split('`').step_by(2).collect();
    assert_eq!(outside_fences.matches('`').count() % 2, 0, "a span of code stays open: {text}");
    assert_eq!(text.matches("```").count() % 2, 0, "a block of code stays open: {text}");
    assert!(text.split("```").skip(1).step_by(2).all(|code| !code.contains(['<', '>'])), "{text}");
    let mut rest = outside_code.as_str();
    while let Some((before, after)) = rest.split_once('<') {
        says_nothing(before);
        let (control, after) = after.split_once('>').unwrap();
        let ours = control.starts_with("!date^") || control == "@U024BE7LH";
        assert!(ours, "{control}");
        rest = after;
    }
    says_nothing(rest);
}

fn says_nothing(text: &str) {
    let found = LIVE.iter().find(|live| text.contains(**live));
    assert_eq!((found, text.contains('>')), (None, false), "{text:?}");
}

/// An address from outside is one of the web that a browser spells in the same way.
fn is_plain(address: &str) {
    let spelled = reqwest::Url::parse(address).unwrap();
    assert!(["http", "https"].contains(&spelled.scheme()) && spelled.username().is_empty(), "{address}");
    assert_eq!(spelled.as_str().trim_end_matches('/'), address.trim_end_matches('/'));
}

fn has_as_many_as_slack_takes(block: &serde_json::Map<String, Value>) {
    let (name, most) = match block["type"].as_str() {
        Some("section") => ("fields", 10),
        Some("context") => ("elements", 10),
        _ => ("elements", 25),
    };
    assert!(block[name].as_array().is_some_and(|some| (1..=most).contains(&some.len())), "{block:?}");
}

/// Whether it is a menu of as many options as Slack takes, or one of them: their texts are asked as any other.
fn is_of_a_menu(object: &serde_json::Map<String, Value>) -> bool {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    match object.get("options").and_then(Value::as_array) {
        Some(options) => (1..=if text("type") == "overflow" { 5 } else { 100 }).contains(&options.len()),
        None => {
            object.contains_key("text")
                && (1..=150).contains(&text("value").len())
                && text("url").len() <= 3_000
        }
    }
}

fn holds_for_slack(message: &Message) {
    assert!((1..=4_000).contains(&length(&message.text)), "{} {}", length(&message.text), message.text);
    is_inert_mrkdwn(&message.text);
    assert!(message.blocks.len() <= 50);
    let all = Value::Array(message.blocks.clone());
    assert_eq!(standins::SlackStandin::block_complaints(&all), [] as [String; 0], "{all}");
    let mut total = 0;
    for object in all_objects(&all) {
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let most = match text("type") {
            "header" => {
                assert!(object["text"]["text"].as_str().is_some_and(|text| length(text) <= 150));
                continue;
            }
            "button" => {
                assert!(object["text"]["text"].as_str().is_some_and(|text| length(text) <= 75));
                assert!(text("url").len() <= 3_000 && !text("url").contains(['|', '>', ' ']));
                continue;
            }
            "static_select" | "overflow" | "" if is_of_a_menu(object) => continue,
            "section" | "context" | "actions" => {
                has_as_many_as_slack_takes(object);
                continue;
            }
            "link" => {
                is_plain(text("url"));
                assert_eq!(text("text"), "", "it shows where it leads");
                total += length(text("url"));
                continue;
            }
            "rich_text" | "rich_text_section" | "rich_text_list" | "rich_text_preformatted" => {
                assert!(object["elements"].as_array().is_some_and(|some| !some.is_empty()), "{object:?}");
                continue;
            }
            "mrkdwn" => {
                assert_eq!(object["verbatim"], true, "Slack would look for mentions in {object:?}");
                is_inert_mrkdwn(text("text"));
                2_000
            }
            "plain_text" => {
                assert_eq!(object["emoji"], false);
                2_000
            }
            "text" => 3_000,
            "date" => continue,
            "user" => {
                assert_eq!(text("user_id"), "U024BE7LH");
                continue;
            }
            "" if object.keys().all(|key| ["bold", "strike", "code"].contains(&key.as_str())) => continue,
            other => panic!("{other} means something in Slack"),
        };
        has_no_hidden_character(text("text"));
        assert!((1..=most).contains(&length(text("text"))), "{}", length(text("text")));
        let escaped = text("type") == "mrkdwn";
        total += if escaped { length(text("text")) } else { length(&slack::escape(text("text"))) };
    }
    assert!(total <= 12_000, "{total} characters in one message");
}

#[test]
fn whatever_is_written_means_nothing_in_slack_and_fits() {
    for text in texts() {
        for message in messages(&text) {
            holds_for_slack(&message);
        }
    }
}

#[test]
fn a_channels_topic_fits_whatever_is_written() {
    for text in texts() {
        let topic = slack::channel_topic(&view(&text, Status::Other(text.clone())));
        assert!((1..=250).contains(&length(&topic)));
        assert!(!topic.contains(['<', '>', '&', '@', '#', '*', '_', '~', '`', ':', '/', '\n']), "{topic}");
    }
}

fn documents(text: &str) -> Vec<Value> {
    let mut all = vec![
        jira::description(&view(text, Status::Detection)),
        jira::description(&view(text, Status::Closed)),
        jira::description(&view(text, Status::Other(text.to_owned()))),
    ];
    for content in contents(text, jira::parts) {
        all.extend(PLAINNESSES.map(|plainness| jira::content(&content, plainness)));
    }
    all
}

/// Our own link.
const CONSOLE: &str = "https://console.example.com/a|b%3Ec%20d";

fn holds_for_jira(document: &Value) {
    let size = document.to_string().len();
    assert!(size <= 32_767, "{size} bytes");
    assert_eq!(standins::JiraStandin::document_faults(document), [] as [String; 0], "{document}");
    assert_eq!((&document["type"], &document["version"]), (&"doc".into(), &1.into()));
    assert!(document["content"].as_array().is_some_and(|content| !content.is_empty()), "{document}");
    let code: Vec<&Value> = all_objects(document)
        .into_iter()
        .filter(|object| object.get("type").is_some_and(|kind| kind == "codeBlock"))
        .map(|block| &block["content"][0]["text"])
        .collect();
    for object in all_objects(document) {
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        match text("type") {
            "text" => {
                assert!(!text("text").is_empty());
                assert!(!text("text").contains('\n') || code.contains(&&object["text"]));
                let marks = object.get("marks").and_then(Value::as_array).into_iter().flatten();
                for address in
                    marks.filter_map(|mark| mark["attrs"]["href"].as_str()).filter(|it| *it != CONSOLE)
                {
                    is_plain(address);
                    assert_eq!(text("text"), address, "it shows where it leads");
                }
                has_no_hidden_character(text("text"));
            }
            "table" | "bulletList" | "orderedList" | "codeBlock" | "tableRow" | "listItem"
            | "tableHeader" | "tableCell" | "panel" => {
                assert!(
                    object["content"].as_array().is_some_and(|content| !content.is_empty()),
                    "{object:?}"
                );
            }
            "doc" | "paragraph" | "heading" | "hardBreak" | "strong" | "strike" | "code" | "link" => {}
            "" if object
                .keys()
                .all(|key| ["panelType", "level", "href", "order"].contains(&key.as_str())) => {}
            other => panic!("{other} means something in Jira"),
        }
    }
}

#[test]
fn whatever_is_written_means_nothing_in_jira_and_fits() {
    for text in texts() {
        for document in documents(&text) {
            holds_for_jira(&document);
        }
        let summary = jira::summary(&view(&text, Status::Detection).case);
        assert!((1..=255).contains(&length(&summary)) && !summary.contains('\n'), "{summary}");
        has_no_hidden_character(&summary);
    }
}

/// Nothing of a comment is lost between its parts, in either place.
#[test]
fn what_the_parts_show_is_the_whole_text() {
    let long: String =
        (0..1_500).map(|n| format!("word{n}{}", if n % 7 == 0 { "\n" } else { " " })).collect();
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let comment = |(index, text): (usize, String)| Content::Comment {
        author: Author::AwsResponder,
        speaker: None,
        at: 1,
        edited: None,
        part: Part { index, of: 9, text },
        call: None,
    };
    let mut shown = String::new();
    for content in slack::parts(&long).into_iter().enumerate().map(comment) {
        let message = slack::content(&content, Plainness::Full);
        shown += message.blocks[1].pointer("/elements/0/elements/0/text").unwrap().as_str().unwrap();
        let fenced = slack::content(&content, Plainness::Plain).text;
        assert!(!fenced.contains('…'), "the plain text is whole as well");
    }
    assert_eq!(words(&shown), words(&long));
    let mut shown = String::new();
    for content in jira::parts(&long).into_iter().enumerate().map(comment) {
        let document = jira::content(&content, Plainness::Full);
        for paragraph in &document["content"].as_array().unwrap()[1..] {
            for node in paragraph["content"].as_array().unwrap() {
                shown += node["text"].as_str().unwrap_or("\n");
            }
            shown += "\n";
        }
    }
    assert_eq!(words(&shown), words(&long));
}
