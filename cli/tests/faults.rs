//! What keeps this machine from the table is said in a sentence of its own, with its mend, and nothing else is said.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    process::{Command, Output, Stdio},
    thread,
};

use casebridge_lab::stage::nobody;

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
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            while lines.read_line(&mut line).unwrap() > 2 {
                if let Some(bytes) = line.to_lowercase().strip_prefix("content-length:") {
                    length = bytes.trim().parse().unwrap();
                }
                line.clear();
            }
            lines.read_exact(&mut vec![0; length]).unwrap();
            let body = format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"no"}}"#);
            let head = format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {}\r\n", body.len());
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
