//! What keeps this machine from the table is said in a sentence of its own, with its mend, and nothing else is said.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use casebridge_lab::stage::nobody;
use serde_json::json;

const GOOD: &str = "[slack]\nteam = 'T0CASEBRDG'\nchannel = 'C0SECURITY'\n";
const REGION: (&str, &str) = ("AWS_REGION", "eu-west-1");
const TABLE: (&str, &str) = ("CASEBRIDGE_TABLE", "casebridge-Table-1");
const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "example")];

/// A file of this test's own, until the test ends.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn of(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("casebridge-{name}-{}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Nothing of this machine's own AWS configuration counts, and nobody is asked for credentials.
fn casebridge(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casebridge"));
    command.args(arguments).env_clear().env("HOME", "/nonexistent").env("AWS_EC2_METADATA_DISABLED", "true");
    command.envs(variables.iter().copied()).stdin(Stdio::null()).output().unwrap()
}

/// What a push into an account says that is described by these variables.
fn pushed(variables: &[(&str, &str)]) -> String {
    let file = Scratch::of(&format!("push-{variables:p}"), GOOD.as_bytes());
    let output = casebridge(&["settings", "push", file.0.to_str().unwrap()], variables);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    String::from_utf8(output.stderr).unwrap()
}

/// One sentence, and no dump of the SDK's.
fn is_one_answer(told: &str) {
    assert!(told.lines().count() == 1 && told.len() < 420, "{told}");
    assert!(!told.contains("WARN") && !told.contains("the store did not answer"), "{told}");
}

#[test]
fn four_faults_have_four_answers() {
    let [id, key] = KEYS;
    let endpoint = nobody().replace("://", "://ana:pw@");
    for (variables, words) in [
        (vec![TABLE, id, key], "no AWS Region is set: export AWS_REGION="),
        (vec![TABLE, REGION], "there are no AWS credentials here: `aws sso login`"),
        (vec![TABLE, REGION, id, key, ("AWS_PROFILE", "nope")], "there is no AWS profile \"nope\""),
        (
            vec![TABLE, REGION, id, key, ("AWS_ENDPOINT_URL", &endpoint)],
            &format!("nobody answers at {}", nobody()),
        ),
        (vec![REGION, id, key], "CASEBRIDGE_TABLE: the table's name is the output TableName"),
    ] {
        let told = pushed(&variables);
        assert!(told.contains(words), "{told}");
        is_one_answer(&told);
    }
}

/// Answers everything with this error of DynamoDB's.
fn refusing(code: &'static str) -> String {
    answering(move |_| {
        (400, format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"no"}}"#))
    })
}

/// Tells who asks, lets read a single item, which is the settings, and refuses all else.
fn reading_only() -> String {
    let item =
        json!({"Item": {"pk": {"S": "NOTE#settings"}, "sk": {"S": "NOTE"}, "note": {"S": GOOD}}}).to_string();
    let who = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/ana</Arn>\
               </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let denied = r#"{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException","message":"no"}"#;
    answering(move |head| match () {
        () if head.contains("dynamodb_20120810.getitem") => (200, item.clone()),
        () if head.contains("x-www-form-urlencoded") => (200, who.to_owned()),
        () => (400, denied.to_owned()),
    })
}

/// A server that answers by the head of a request, in lower case.
fn answering(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut line, mut length) = (String::new(), String::new(), 0);
            while lines.read_line(&mut line).unwrap_or_default() > 2 {
                let lower = std::mem::take(&mut line).to_lowercase();
                if let Some(bytes) = lower.strip_prefix("content-length:") {
                    length = bytes.trim().parse().unwrap();
                }
                head.push_str(&lower);
            }
            let _ = lines.read_exact(&mut vec![0; length]);
            let (status, body) = answer(&head);
            let head = format!("HTTP/1.1 {status} Answer\r\ncontent-length: {}\r\n", body.len());
            let _ = write!(
                stream,
                "{head}content-type: application/x-amz-json-1.0\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
    url
}

#[test]
fn what_the_table_refuses_names_the_table_or_whose_credentials_are_meant() {
    let [id, key] = KEYS;
    for (code, words) in [
        ("ResourceNotFoundException", "there is no table casebridge-Table-1 in eu-west-1"),
        ("ValidationException", "the table casebridge-Table-1 is not Casebridge's"),
        ("AccessDeniedException", "may not read the table casebridge-Table-1 (AccessDeniedException)"),
        ("ExpiredTokenException", "AWS does not take these credentials (ExpiredTokenException)"),
        ("UnrecognizedClientException", "AWS does not take these credentials (UnrecognizedClientException)"),
    ] {
        let told = pushed(&[TABLE, REGION, id, key, ("AWS_ENDPOINT_URL", &refusing(code))]);
        assert!(told.contains(words), "{code}: {told}");
        is_one_answer(&told);
    }
}

/// What the stack's output Environment sets.
const STACK: [(&str, &str); 4] = [
    TABLE,
    ("CASEBRIDGE_INBOX_URL", "https://sqs.eu-west-1.amazonaws.com/111122223333/casebridge-inbox.fifo"),
    ("CASEBRIDGE_SECRET_ID", "casebridge"),
    ("CASEBRIDGE_AUDIT_GROUP", "/casebridge/casebridge/audit"),
];

/// Every command that asks AWS, as it is typed; FILE is a file of settings, KEY a key.
const ASKING: [&str; 21] = [
    "do list",
    "do 7000000003 comment hello",
    "settings push FILE",
    "settings check --live FILE",
    "settings pull",
    "settings diff FILE",
    "settings history",
    "settings rollback",
    "setup --non-interactive FILE",
    "exercise",
    "audit",
    "export 7000000003 --key KEY",
    "forget 7000000003",
    "plan 7000000003",
    "doctor",
    "status",
    "status --json",
    "replay 7000000003",
    "replay 7000000003 --dry-run",
    "redrive --dry-run",
    "adopt --table sample",
];
/// The others; `manifest` and `verify` read files.
const OFFLINE: [&str; 9] =
    ["play", "standins", "manifest", "verify", "keypair", "completions", "man", "simulate", "help"];

#[test]
fn each_command_either_asks_aws_and_is_tried_here_or_does_not() {
    let help = casebridge(&["--help"], &[]);
    let help = String::from_utf8(help.stdout).unwrap();
    let listed = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let names = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: BTreeSet<_> = names.filter_map(|line| line.split_whitespace().next()).collect();
    let asking = ASKING.iter().filter_map(|line| line.split(' ').next());
    assert_eq!(names, asking.chain(OFFLINE).collect());
}

#[test]
fn each_command_says_of_each_fault_what_it_is_and_what_to_do() {
    let scratch = settings_and_key("faults");
    let [absent, denied, expired] =
        ["ResourceNotFoundException", "AccessDeniedException", "ExpiredTokenException"].map(refusing);
    let (nobody, [id, secret]) = (nobody(), KEYS);
    let known = |more: &[(&'static str, &str)]| {
        let all = STACK.into_iter().chain([REGION, id, secret]).chain(more.iter().copied());
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
    };
    let without = |name: &str| {
        let all = known(&[]).into_iter().filter(|(named, _)| named != name && named != secret.0);
        all.chain((name == REGION.0).then(|| (secret.0.to_owned(), secret.1.to_owned()))).collect::<Vec<_>>()
    };
    // What is said of the table, and what `audit` says, which needs none.
    let faults = [
        (without("AWS_REGION"), ["no AWS Region is set"; 2]),
        (without(id.0), ["there are no AWS credentials here"; 2]),
        (known(&[("AWS_PROFILE", "nope")]), ["there is no AWS profile \"nope\""; 2]),
        (known(&[("AWS_ENDPOINT_URL", nobody)]), ["nobody answers at"; 2]),
        (
            known(&[("AWS_ENDPOINT_URL", &absent)]),
            ["there is no table casebridge-Table-1 in", "there is no log group"],
        ),
        (known(&[("AWS_ENDPOINT_URL", &denied)]), ["may not read the table", "may not read the log group"]),
        (known(&[("AWS_ENDPOINT_URL", &expired)]), ["AWS does not take these"; 2]),
    ];
    let files = [0, 1].map(|file: usize| scratch[file].0.to_str().unwrap());
    thread::scope(|scope| {
        for (variables, words) in &faults {
            scope.spawn(move || ASKING.iter().for_each(|line| says(line, variables, (words, files))));
        }
    });
}

#[test]
fn each_command_waits_for_a_slow_table_and_says_so_meanwhile() {
    let scratch = settings_and_key("slow");
    let files = [0, 1].map(|file: usize| scratch[file].0.to_str().unwrap());
    thread::scope(|scope| {
        for line in ASKING {
            scope.spawn(move || {
                // Longer than a function waits for one answer.
                let url = answering(|_| {
                    thread::sleep(Duration::from_millis(2_500));
                    (400, r#"{"__type":"ResourceNotFoundException","message":"no"}"#.to_owned())
                });
                let [id, secret] = KEYS;
                let more = [REGION, id, secret, ("AWS_ENDPOINT_URL", &url)];
                let output = typed(line, &STACK.into_iter().chain(more).collect::<Vec<_>>(), files);
                let told = String::from_utf8(output.stderr).unwrap();
                let [waiting, answer] = told.lines().collect::<Vec<_>>()[..] else {
                    panic!("{line}: {told}")
                };
                assert!(waiting.ends_with("… (2 s)"), "{line}: {told}");
                let words = if line == "audit" { "there is no log group" } else { "there is no table" };
                assert!(answer.contains(words), "{line}: {told}");
            });
        }
    });
}

/// A file of settings, a key, and the key that verifies, until they are dropped.
fn settings_and_key(test: &str) -> [Scratch; 3] {
    let settings = Scratch::of(&format!("{test}.toml"), GOOD.as_bytes());
    let key = std::env::temp_dir().join(format!("casebridge-{test}-{}.key", std::process::id()));
    assert!(casebridge(&["keypair", key.to_str().unwrap()], &[]).status.success());
    [settings, Scratch(key.clone()), Scratch(key.with_extension("key.pub"))]
}

/// A command as it is typed, with these files in the place of FILE and KEY.
fn typed(line: &str, variables: &[(&str, &str)], [file, key]: [&str; 2]) -> Output {
    let named = |word| match word {
        "FILE" => file,
        "KEY" => key,
        word => word,
    };
    casebridge(&line.split(' ').map(named).collect::<Vec<_>>(), variables)
}

/// A command says these words of its fault, and nothing else.
fn says(line: &str, set: &[(String, String)], ([of_table, of_trail], files): (&[&str; 2], [&str; 2])) {
    let variables: Vec<_> = set.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let output = typed(line, &variables, files);
    let told = String::from_utf8(output.stderr).unwrap();
    let words = if line == "audit" { of_trail } else { of_table };
    assert!(told.contains(words) && output.status.code() == Some(1), "{line}: {told}");
    is_one_answer(&told);
}

#[test]
fn whoever_may_read_the_table_and_not_write_it_reads_what_is_lacking_and_that_nothing_was_done() {
    let url = reading_only();
    let [id, key] = KEYS;
    let variables = [TABLE, REGION, id, key, ("AWS_ENDPOINT_URL", &url)];
    for line in
        [&["do", "list"][..], &["do", "7000000003", "comment", "hello"], &["do", "7000000003", "close"]]
    {
        let told = String::from_utf8(casebridge(line, &variables).stderr).unwrap();
        assert!(told.contains("may not read or write the table casebridge-Table-1"), "{line:?}: {told}");
        assert!(told.contains("docs/operations.md"), "{line:?}: {told}");
    }
}

#[test]
fn a_token_in_the_settings_and_what_is_not_utf8_are_named_by_their_lines() {
    let token = format!("{GOOD}slack_bot_token = \"xoxb-EXAMPLE\"\n");
    let latin = [GOOD.as_bytes(), b"# caf\xe9\n"].concat();
    for (name, bytes, words) in [
        ("token", token.as_bytes(), "line 4: slack.slack_bot_token: this is a token"),
        ("latin", &latin, "line 4: here stands what is not UTF-8. Save the file as UTF-8"),
    ] {
        let file = Scratch::of(name, bytes);
        let output = casebridge(&["settings", "check", file.0.to_str().unwrap()], &[]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && told.contains(words), "{told}");
        assert!(!told.contains("xoxb"), "{told}");
    }
}

#[test]
fn a_check_says_what_a_file_cannot_tell() {
    let unlikely = "[slack]\nteam = 'T0CASEBRDG'\nchannel = 'C0SECURITY'\n[jira]\n\
                    api_url = 'https://example.atlassian.net'\nproject = 'NOPE'\n[sir]\nregion = 'eu-west-9'\n";
    let file = Scratch::of("unlikely", unlikely.as_bytes());
    let output = casebridge(&["settings", "check", file.0.to_str().unwrap()], &[]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    for word in
        ["not checked here", "project NOPE", "the statuses", "Region eu-west-9", "`casebridge doctor`"]
    {
        assert!(told.contains(word), "{word}: {told}");
    }
}

#[test]
fn a_port_that_is_taken_is_named_with_another_way() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = casebridge(&["play", "--port", &port], &[]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && told.contains(&format!("port {port} is in use")), "{told}");
    assert!(told.contains("leave --port out"), "{told}");
}

#[test]
fn no_world_is_no_proof() {
    let output = casebridge(&["simulate", "--seeds", "0"], &[]);
    assert!(!output.status.success() && output.stdout.is_empty());
}
