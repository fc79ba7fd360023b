//! What do the functions call? Their source says it.
//!
//! `src/chat` and `src/doctor` are `command`'s, `src/sync` and the second look at replies are `notify`'s, and what is below is both's. A call to the service is a value,
//! `Call::GetCase { … }`, or a question, `ask::case(…)`, that holds one; the table is asked through a `store`, and which request that is stands in `src/state`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use casebridge::aws::sir::Operation;

/// The rooms around both functions. `aws` only says which calls there are, `state` only how they are made.
const AROUND: [&str; 6] = ["case", "config", "http", "runtime", "targets", "telemetry"];

/// The IAM actions that a function's own code needs.
pub fn actions(function: &str) -> BTreeSet<String> {
    let sources = sources(function);
    let mut actions = operations(&sources);
    actions.extend(requests(&sources));
    for (call, action) in
        [(".enqueue(", "sqs:SendMessage"), (".get_secret_value(", "secretsmanager:GetSecretValue")]
    {
        if sources.iter().any(|source| source.contains(call)) {
            actions.insert(action.to_owned());
        }
    }
    actions
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The live code of a function, without spaces.
fn sources(function: &str) -> Vec<String> {
    let own: &[&str] = if function == "command" {
        &["chat", "doctor"]
    } else {
        &["sync", "chat/ingress/unheard.rs", "chat/ingress/job.rs"]
    };
    let mut files = vec![folder().join(format!("bin/{function}.rs"))];
    files.extend([folder().join(format!("entry/{function}.rs"))].into_iter().filter(|file| file.exists()));
    AROUND.iter().chain(own).for_each(|room| files_in(&folder().join(room), &mut files));
    files.iter().map(|file| without_spaces(&live(file))).collect()
}

fn files_in(path: &Path, files: &mut Vec<PathBuf>) {
    match path.is_dir() {
        true => {
            std::fs::read_dir(path).unwrap().for_each(|entry| files_in(&entry.unwrap().path(), files));
        }
        false => files.push(path.to_owned()),
    }
}

/// A file without its tests and comments.
fn live(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let live = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let code = live.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// The words that follow a text.
fn words_after<'a>(source: &'a str, text: &'a str) -> impl Iterator<Item = &'a str> {
    source.split(text).skip(1).map(|rest| {
        let end = rest.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
        &rest[..end.unwrap_or(rest.len())]
    })
}

fn operations(sources: &[String]) -> BTreeSet<String> {
    let questions = functions_in(&folder().join("aws/sir/ask.rs"));
    let asked = sources.iter().flat_map(|source| words_after(source, "ask::"));
    let asked = asked.filter_map(|name| questions.get(name));
    let named = sources.iter().chain(asked).flat_map(|source| words_after(source, "Call::"));
    let of = |name: &str| Operation::ALL.iter().find(|operation| operation.name() == name);
    named.filter_map(of).map(|operation| operation.action().to_owned()).collect()
}

/// The requests to DynamoDB that a function's questions to the store lead to.
fn requests(sources: &[String]) -> BTreeSet<String> {
    let store = folder().join("state");
    let mut methods = functions_in(&store.join("mod.rs"));
    methods.extend(functions_in(&store.join("dynamodb.rs")));
    let table = functions_in(&store.join("table.rs"));
    let asked = |source| words_after(source, "store.").chain(words_after(source, "store()."));
    let mut requests = BTreeSet::new();
    for method in sources.iter().flat_map(|source| asked(source)) {
        follow(method, &methods, &table, &mut requests);
    }
    requests
}

/// From a method of the store through its helpers to the client.
fn follow(
    method: &str,
    methods: &BTreeMap<String, String>,
    table: &BTreeMap<String, String>,
    requests: &mut BTreeSet<String>,
) {
    let Some(body) = methods.get(method) else { return };
    for helper in words_after(body, "self.0.").filter_map(|name| table.get(name)) {
        requests.extend(words_after(helper, "client().await.").map(action));
    }
    words_after(body, "self.").filter(|name| *name != method).for_each(|name| {
        follow(name, methods, table, requests);
    });
}

/// `update_item` is `dynamodb:UpdateItem`.
fn action(method: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    format!("dynamodb:{}", method.split('_').map(capital).collect::<String>())
}

/// The functions of a file by their names; of two the later.
fn functions_in(file: &Path) -> BTreeMap<String, String> {
    let code = live(file);
    let parts = code.split("fn ").skip(1);
    parts
        .map(|part| {
            let end = part.find(['(', '<']).unwrap();
            (part[..end].to_owned(), without_spaces(&part[end..]))
        })
        .collect()
}

#[test]
fn every_request_that_the_store_can_make_is_found() {
    let table = folder().join("state/table.rs");
    let made: BTreeSet<_> =
        words_after(&without_spaces(&live(&table)), "client().await.").map(action).collect();
    let asked: BTreeSet<_> =
        ["notify", "command"].into_iter().flat_map(|function| requests(&sources(function))).collect();
    assert_eq!(asked, made);
    let expected = ["BatchGetItem", "DeleteItem", "GetItem", "Query", "UpdateItem"];
    assert_eq!(made, expected.map(|name| format!("dynamodb:{name}")).into());
}

#[test]
fn every_verb_of_the_table_calls_what_its_row_says() {
    let called = actions("command");
    for verb in casebridge::chat::verbs::all() {
        for operation in verb.operations {
            let found = called.iter().any(|action| action.split(':').nth(1) == Some(operation));
            assert!(found, "{} says that it calls {operation}", verb.name);
        }
    }
}
