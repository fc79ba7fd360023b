//! The stand-in under the product's own client.

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use casebridge::aws::logs::{LogStream, Logs, LogsError, Search};

use super::{
    super::{FaultRule, http},
    AUDIT_GROUP, LogsStandin, pattern,
};

async fn logs() -> (LogsStandin, Logs) {
    let standin = LogsStandin::start().await.unwrap();
    let credentials = Credentials::new("AKIDEXAMPLE", "local", None, None, "tests");
    let credentials = SharedCredentialsProvider::new(credentials);
    let logs = Logs::new(http(), credentials, "eu-west-1", standin.url());
    (standin, logs)
}

fn stream(group: &str) -> LogStream {
    LogStream { group: group.to_owned(), name: "2026/11/26/command[$LATEST]0a1b".to_owned() }
}

#[tokio::test]
async fn a_line_is_put_into_a_stream_that_is_made_with_the_first() {
    let (standin, logs) = logs().await;
    let now = standin.clock().millis();
    for line in ["{\"a\":\"1\"}", "{\"a\":\"2\"}"] {
        assert_eq!(logs.put(&stream(AUDIT_GROUP), now, line).await, Ok(()));
    }
    assert_eq!(standin.lines(), ["{\"a\":\"1\"}", "{\"a\":\"2\"}"]);
    assert_eq!((standin.count("CreateLogStream"), standin.count("PutLogEvents")), (1, 3));
}

#[tokio::test]
async fn a_line_that_is_not_kept_is_an_error() {
    let (standin, logs) = logs().await;
    let now = standin.clock().millis();
    let refused = |code: &str| Err(LogsError::Refused(code.to_owned()));
    let none = stream("/no/such/group");
    assert_eq!(logs.put(&none, now, "x").await, refused("ResourceNotFoundException"));
    let old = now - 15 * 86_400_000;
    assert_eq!(logs.put(&stream(AUDIT_GROUP), old, "x").await, refused("rejectedLogEventsInfo"));
    standin.fault(FaultRule::on("PutLogEvents").error("AccessDeniedException"));
    assert_eq!(logs.put(&stream(AUDIT_GROUP), now, "x").await, refused("AccessDeniedException"));
    assert_eq!(standin.lines(), [""; 0]);
}

#[tokio::test]
async fn lines_are_found_by_what_stands_in_them_page_by_page() {
    let (standin, logs) = logs().await;
    let now = standin.clock().millis();
    for n in 0..205 {
        let line = format!("{{\"case\":\"{}\",\"n\":\"{n}\"}}", n % 2);
        logs.put(&stream(AUDIT_GROUP), now + n, &line).await.unwrap();
    }
    let search = Search {
        group: AUDIT_GROUP.to_owned(),
        since: Some(now + 1),
        pattern: Some("{ ($.case = \"1\") }".to_owned()),
        next: None,
    };
    let first = logs.find(&search).await.unwrap();
    assert_eq!((first.items.len(), first.items[0].as_str()), (100, "{\"case\":\"1\",\"n\":\"1\"}"));
    let second = logs.find(&Search { next: first.next, ..search.clone() }).await.unwrap();
    assert_eq!((second.items.len(), second.next), (2, None));
    let wrong = Search { pattern: Some("case".to_owned()), ..search };
    assert!(logs.find(&wrong).await.is_err());
}

#[test]
fn a_pattern_compares_fields_with_texts() {
    let line = r#"{"case":"7","who":"U1"}"#;
    for (text, expected) in [
        (r#"{ $.case = "7" }"#, Some(true)),
        (r#"{ ($.case = "7") && ($.who = "U1") }"#, Some(true)),
        (r#"{ ($.case = "7") && ($.who = "U2") }"#, Some(false)),
        (r#"{ $.case = 7 }"#, None),
        ("close", None),
    ] {
        assert_eq!(pattern::matches(text, line), expected, "{text}");
    }
}
