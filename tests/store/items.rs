//! How did any release write an item of the table? `tests/state/v1/items.json` holds each kind, attribute by attribute.
//!
//! DynamoDB itself makes them of the store's requests: `CASEBRIDGE_WRITE_STATE=1`, where it was asked for and the file
//! is not there, writes it. They are read in `src/store/item.rs`, and here out of a table.

use std::{collections::HashMap, fs};

use aws_sdk_dynamodb::types::AttributeValue;
use casebridge::{
    case::{CaseId, Millis, UserId, author::Author},
    state::{Command, Error, Note, Reserved, Saying, Seen, Store, Told, Wanted, dynamodb::Dynamo},
    targets::{jira, slack},
};
use serde_json::{Map, Value, json};

use super::{key, table};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/state/v1/items.json");

/// 2026-11-25T05:00:00Z, and a day that no test sees.
const THEN: Millis = 1_795_669_200_000;
const FAR: Millis = 4_102_444_800_000;
const SLOT: Wanted = Wanted { spacing: 1_000, latest: FAR };

fn case(number: u32) -> CaseId {
    CaseId::new(format!("70000000{number:02}"))
}

fn told() -> Told {
    let (remote, hash) = ("1795668301.000100".to_owned(), "58c64f4b7a3b2c1d0e9f".to_owned());
    Told { remote, hash, seen: Seen::NotYet(1), theirs: false }
}

fn saying() -> Saying {
    Saying {
        command: "b5bb9d80".to_owned(),
        since: THEN,
        body_hash: "58c64f4b7a3b2c1d0e9f".to_owned(),
        author: Author::Slack { user: UserId::new("U0ANAEXAMP") },
        speaker: Some("ana (Slack)".to_owned()),
        slack_ts: Some("1795669199.000100".to_owned()),
        jira_comment: None,
        comment: None,
    }
}

fn command(job: &str) -> Command {
    Command { job: job.to_owned(), since: THEN, answer: None }
}

/// Writes one of each.
async fn write(store: &Dynamo) {
    let [hinted, held, resting] = [case(1), case(2), case(3)];
    store.hint(&hinted, THEN, true).await.unwrap();
    store.hint(&held, THEN, false).await.unwrap();
    store.lease(&held, THEN, FAR).await.unwrap().unwrap();
    store.save(&held, 1, Note::Case, "{}").await.unwrap();
    store.hint(&resting, THEN, true).await.unwrap();
    store.lease(&resting, THEN, FAR).await.unwrap().unwrap();
    for (note, json) in [
        (Note::Case, r#"{"of":"case"}"#),
        (Note::Of(slack::KIND), r#"{"of":"slack"}"#),
        (Note::Of(jira::KIND), r#"{"of":"jira"}"#),
    ] {
        store.save(&resting, 1, note, json).await.unwrap();
    }
    store.release(&resting, 1, 1, None, false).await.unwrap();
    store.tell(&resting, 1, slack::KIND, &key("comment/100001/0"), &told()).await.unwrap();
    store.tell(&resting, 0, jira::KIND, &key("comment/100001/0"), &told()).await.unwrap();
    store.say(&resting, &saying(), FAR).await.unwrap();
    store.begin("begun", &command("said by U0ANAEXAMP in C0SECURITY"), FAR).await.unwrap();
    store.begin("done", &command("asked by U0ANAEXAMP in C0SECURITY"), FAR).await.unwrap();
    store.finish("done", r#"{"pieces":[]}"#).await.unwrap();
    store.bind("slack/T0CASEBRDG/C0SECURITY/1795668300.000100", &resting).await.unwrap();
    store.reserve("slack/C0SECURITY", THEN, SLOT).await.unwrap();
    casebridge::state::put_settings(store, "[slack]\nteam = 'T0CASEBRDG'\n").await.unwrap();
    store.swap_note("channel/C0SECURITY", None, "[1795669500000,false]", Some(FAR)).await.unwrap();
}

/// Reads them: what each says. A lease of 0.1.0 left the next look where it was.
async fn read(store: &Dynamo, held_until: Millis) {
    let [hinted, held, resting] = [case(1), case(2), case(3)];
    let meta = async |case| store.meta(case).await.unwrap().unwrap();
    let now = meta(&hinted).await;
    assert_eq!((now.want, now.full, now.epoch, now.lease_until, now.next_at), (1, true, 0, 0, Some(THEN)));
    assert_eq!((now.case, now.targets.len()), (None, 0));
    let now = meta(&held).await;
    assert_eq!(
        (now.want, now.full, now.epoch, now.lease_until, now.next_at),
        (1, false, 1, FAR, Some(held_until))
    );
    assert_eq!((now.case.as_deref(), now.targets.len()), (Some("{}"), 0));
    let now = meta(&resting).await;
    assert_eq!((now.want, now.full, now.epoch, now.lease_until, now.next_at), (1, false, 1, 0, None));
    let notes = [Note::Case, Note::Of(slack::KIND), Note::Of(jira::KIND)]
        .map(|note| now.text(note).unwrap().as_str());
    assert_eq!(notes, [r#"{"of":"case"}"#, r#"{"of":"slack"}"#, r#"{"of":"jira"}"#]);
    for destination in [slack::KIND, jira::KIND] {
        let all = store.all_told(&resting, destination).await.unwrap();
        assert_eq!(all, [(key("comment/100001/0"), told())]);
    }
    assert_eq!(store.sayings(&resting).await.unwrap(), [saying()]);
    let begun = command("said by U0ANAEXAMP in C0SECURITY");
    assert_eq!(store.command("begun").await, Ok(Some(begun)));
    let answer = Some(r#"{"pieces":[]}"#.to_owned());
    let done = Command { answer, ..command("asked by U0ANAEXAMP in C0SECURITY") };
    assert_eq!(store.command("done").await, Ok(Some(done)));
    let place = store.bound("slack/T0CASEBRDG/C0SECURITY/1795668300.000100").await;
    assert_eq!(place, Ok(Some(resting)));
    assert_eq!(store.settings().await.unwrap().as_deref(), Some("[slack]\nteam = 'T0CASEBRDG'\n"));
    assert_eq!(store.note("channel/C0SECURITY").await.unwrap().as_deref(), Some("[1795669500000,false]"));
    assert_eq!(store.reserve("slack/C0SECURITY", THEN, SLOT).await, Ok(Reserved::At(THEN + 1_000)));
}

fn shown(item: &HashMap<String, AttributeValue>) -> (String, Value) {
    let attribute = |value: &AttributeValue| match value {
        AttributeValue::S(text) => json!({"S": text}),
        AttributeValue::N(number) => json!({"N": number}),
        AttributeValue::Bool(flag) => json!({"BOOL": flag}),
        other => panic!("{other:?}"),
    };
    let item: Map<String, Value> =
        item.iter().map(|(name, value)| (name.clone(), attribute(value))).collect();
    let name = format!("{}/{}", item["pk"]["S"].as_str().unwrap(), item["sk"]["S"].as_str().unwrap());
    (name, Value::Object(item))
}

fn item(shown: &Value) -> HashMap<String, AttributeValue> {
    let attribute = |value: &Value| match value.as_object().unwrap().iter().next().unwrap() {
        (kind, Value::String(text)) if kind == "S" => AttributeValue::S(text.clone()),
        (kind, Value::String(number)) if kind == "N" => AttributeValue::N(number.clone()),
        (_, flag) => AttributeValue::Bool(flag.as_bool().unwrap()),
    };
    shown.as_object().unwrap().iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

#[tokio::test]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn items_of_any_release_are_read_as_they_were_meant() {
    let account = table::account().await;
    let written = account.make("items-written").await;
    write(&written.store).await;
    read(&written.store, FAR).await;
    // What reading changed is no part of it.
    let gate = written.client.update_item().table_name(&written.name);
    let gate = gate.key("pk", AttributeValue::S("GATE#slack/C0SECURITY".to_owned()));
    let gate = gate.key("sk", AttributeValue::S("GATE".to_owned())).update_expression("SET free_at = :at");
    gate.expression_attribute_values(":at", AttributeValue::N((THEN + 1_000).to_string()))
        .send()
        .await
        .unwrap();
    let items = written.client.scan().table_name(&written.name).send().await.unwrap().items.unwrap();
    let today: Map<String, Value> = items.iter().map(shown).collect();
    written.delete().await;
    if std::env::var_os("CASEBRIDGE_WRITE_STATE").is_some() && !fs::exists(FILE).unwrap() {
        let lines: Vec<_> = today.iter().map(|(name, item)| format!("{}: {item}", json!(name))).collect();
        fs::write(FILE, format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
    }
    let golden: Map<String, Value> = serde_json::from_str(&fs::read_to_string(FILE).unwrap()).unwrap();
    for (name, item) in &golden {
        let moved = |attribute: &str| {
            attribute == "next_at" && item.get("lease_until").is_some_and(|at| at["N"] != "0")
        };
        for (attribute, value) in item.as_object().unwrap().iter().filter(|(attribute, _)| !moved(attribute))
        {
            assert_eq!(today[name].get(attribute), Some(value), "{attribute} of {name}");
        }
    }

    let loaded = account.make("items-read").await;
    for shown in golden.values() {
        let put = loaded.client.put_item().table_name(&loaded.name).set_item(Some(item(shown)));
        put.send().await.unwrap();
    }
    read(&loaded.store, THEN).await;
    loaded.delete().await;
}

/// What every question about a case, a command, a place, a gate and a note answers now, as far as it cannot be read.
async fn unreadable(store: &Dynamo) -> Vec<String> {
    let case = case(3);
    let key = [key("comment/100001/0")];
    let answers = [
        store.lease(&case, THEN, FAR).await.map(drop),
        store.meta(&case).await.map(drop),
        store.told(&case, slack::KIND, &key).await.map(drop),
        store.all_told(&case, jira::KIND).await.map(drop),
        store.sayings(&case).await.map(drop),
        store.begin("done", &command("again"), FAR).await.map(drop),
        store.command("begun").await.map(drop),
        store.finish("begun", "{}").await.map(drop),
        store.bound("slack/T0CASEBRDG/C0SECURITY/1795668300.000100").await.map(drop),
        store.bind("slack/T0CASEBRDG/C0SECURITY/1795668300.000100", &case).await,
        store.reserve("slack/C0SECURITY", THEN, SLOT).await.map(drop),
        store.settings().await.map(drop),
        store.note("channel/C0SECURITY").await.map(drop),
    ];
    let keys = answers.into_iter().filter_map(|answer| match answer {
        Err(Error::Unreadable(record)) => Some(record.key),
        answer => {
            answer.unwrap();
            None
        }
    });
    keys.collect()
}

#[tokio::test]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn an_item_that_cannot_be_read_is_said_by_its_key_and_stays() {
    let account = table::account().await;
    let text = |of: &str| AttributeValue::S(of.to_owned());
    let number = |of: &str| AttributeValue::N(of.to_owned());
    let case = "CASE#7000000003";
    for (pk, sk, attribute, damaged) in [
        (case, "META", "want", text("one")),
        (case, "META", "want", number("1.5")),
        (case, "META", "epoch", text("one")),
        (case, "META", "lease_until", text("0")),
        (case, "META", "read_all", number("1")),
        (case, "META", "slack_note", number("1")),
        (case, "META", "v", number("2")),
        (case, "TOLD#slack#comment/100001/0", "told", text("{")),
        (case, "TOLD#jira#comment/100001/0", "told", number("1")),
        (case, "TOLD#jira#comment/100001/0", "v", number("2")),
        (case, "SAID#b5bb9d80", "said", text("{\"v\":2}")),
        ("COMMAND#done", "COMMAND", "since", text("now")),
        ("COMMAND#done", "COMMAND", "answer", number("1")),
        ("COMMAND#begun", "COMMAND", "answer", number("1")),
        ("PLACE#slack/T0CASEBRDG/C0SECURITY/1795668300.000100", "PLACE", "case_id", number("7")),
        ("GATE#slack/C0SECURITY", "GATE", "free_at", text("soon")),
        ("NOTE#settings", "NOTE", "note", number("1")),
        ("NOTE#channel/C0SECURITY", "NOTE", "expires_at", text("soon")),
    ] {
        let made = account.make("items-damaged").await;
        write(&made.store).await;
        let keys = [("pk", text(pk)), ("sk", text(sk))].map(|(name, value)| (name.to_owned(), value));
        let change = made.client.update_item().table_name(&made.name).set_key(Some(keys.clone().into()));
        let change = change.update_expression("SET #a = :a").expression_attribute_names("#a", attribute);
        change.expression_attribute_values(":a", damaged.clone()).send().await.unwrap();
        let said = unreadable(&made.store).await;
        let key = format!("{pk}/{sk} {attribute}");
        assert!(!said.is_empty() && said.iter().all(|said| *said == key), "{key}: {said:?}");
        let get =
            made.client.get_item().table_name(&made.name).set_key(Some(keys.into())).send().await.unwrap();
        assert_eq!(get.item.unwrap()[attribute], damaged, "{key}");
        made.delete().await;
    }
}
