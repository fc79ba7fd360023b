//! Everything that can go wrong on the way, for a call that reads and a call that changes.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_securityir::config::{ProvideCredentials, SharedCredentialsProvider};
use casebridge::aws::sir::{Fault, FaultKind};
use casebridge_lab::stage::nobody;
use casebridge_lab::standins::{self, Canned, FaultTarget};

use super::*;

fn read(id: &CaseId) -> Call {
    Call::GetCase { case: id.clone() }
}

fn write(id: &CaseId) -> Call {
    Call::CreateCaseComment { case: id.clone(), body: "CANARY".to_owned(), token: "token".to_owned() }
}

fn invalid() -> FaultKind {
    FaultKind::Invalid { fields: Vec::new() }
}

fn throttled(seconds: Option<u64>) -> FaultKind {
    FaultKind::Throttled { retry_after: seconds.map(Duration::from_secs) }
}

/// What a fault comes to: the kind, and how many requests were heard for a read and for a change.
async fn outcome(break_it: impl Fn(FaultTarget) -> standins::FaultRule) -> ([Fault; 2], [usize; 2]) {
    let (sir, aws) = pair().await;
    let id = created(&aws, new_case("Faults")).await;
    sir.fault(break_it(standins::FaultRule::on_path("/v1/cases/")));
    let reading = aws.call(read(&id)).await.expect_err("a fault");
    let writing = aws.call(write(&id)).await.expect_err("a fault");
    ([reading, writing], [sir.count("GetCase"), sir.count("CreateCaseComment")])
}

#[tokio::test]
async fn each_error_of_the_service_has_its_kind_and_a_change_is_sent_once() {
    for (name, kind, heard) in [
        ("AccessDeniedException", FaultKind::Denied, [1, 1]),
        ("ConflictException", FaultKind::Conflict, [1, 1]),
        ("InternalServerException", FaultKind::Unknown, [2, 1]),
        ("InvalidTokenException", FaultKind::InvalidToken, [1, 1]),
        ("ResourceNotFoundException", FaultKind::NotFound, [1, 1]),
        ("SecurityIncidentResponseNotActiveException", FaultKind::NotActive, [1, 1]),
        ("ServiceQuotaExceededException", FaultKind::Quota, [1, 1]),
        ("ThrottlingException", throttled(Some(1)), [1, 1]),
        ("ValidationException", invalid(), [1, 1]),
        ("ExpiredTokenException", FaultKind::Denied, [1, 1]),
        ("IncompleteSignatureException", FaultKind::Denied, [1, 1]),
        ("InvalidSignatureException", FaultKind::Denied, [1, 1]),
        ("MissingAuthenticationTokenException", FaultKind::Denied, [1, 1]),
        ("UnrecognizedClientException", FaultKind::Denied, [1, 1]),
        ("RequestEntityTooLargeException", invalid(), [1, 1]),
        ("ServiceUnavailable", FaultKind::Unknown, [2, 1]),
    ] {
        let (faults, counted) = outcome(|target| target.error(name)).await;
        for fault in faults {
            assert_eq!(fault.kind, kind, "{name}");
            assert_eq!(fault.maybe_applied(), kind == FaultKind::Unknown, "{name}");
            assert!(!fault.message.is_empty(), "{name}: a person must be told something");
        }
        assert_eq!(counted, heard, "{name}: requests for a read, and for a change");
    }
}

/// The service's own error, without any other word.
fn named(name: &'static str, status: u16) -> impl Fn(FaultTarget) -> standins::FaultRule {
    let headers: BTreeMap<String, String> = [("x-amzn-errortype".to_owned(), name.to_owned())].into();
    move |target| target.answers_with(Canned { status, headers: headers.clone(), body: "{}".to_owned() })
}

#[tokio::test]
async fn each_break_on_the_wire_has_its_kind_and_a_change_is_sent_once() {
    type Break = Box<dyn Fn(FaultTarget) -> standins::FaultRule>;
    let broken = |make: fn(FaultTarget) -> standins::FaultRule| -> Break { Box::new(make) };
    let answer = |status: u16, header: Option<&str>, body: &str| -> Break {
        let headers: BTreeMap<String, String> =
            header.into_iter().map(|value| ("retry-after".to_owned(), value.to_owned())).collect();
        let canned = Canned { status, headers, body: body.to_owned() };
        Box::new(move |target| target.answers_with(canned.clone()))
    };
    let wait = |header: &'static str| -> Break { Box::new(move |target| target.throttled(Some(header))) };
    let unknown = || FaultKind::Unknown;
    let table: Vec<(&str, Break, FaultKind, [usize; 2])> = vec![
        ("429, 0 s", wait("0"), throttled(Some(0)), [1, 1]),
        ("429, 1 s", wait("1"), throttled(Some(1)), [1, 1]),
        ("429, 30 s", wait("30"), throttled(Some(30)), [1, 1]),
        ("429, rubbish", wait("soon"), throttled(None), [1, 1]),
        ("429, no word", Box::new(named("ThrottlingException", 429)), throttled(None), [1, 1]),
        ("429 of a gateway", answer(429, None, "<html>"), throttled(None), [1, 1]),
        ("500, empty", answer(500, None, ""), unknown(), [2, 1]),
        ("502, page", broken(|target| target.html(502)), unknown(), [2, 1]),
        ("503, page", broken(|target| target.html(503)), unknown(), [2, 1]),
        ("503, 30 s", answer(503, Some("30"), ""), unknown(), [1, 1]),
        ("403, page", broken(|target| target.html(403)), FaultKind::Denied, [1, 1]),
        ("404, page", broken(|target| target.html(404)), FaultKind::NotFound, [1, 1]),
        ("413, page", broken(|target| target.html(413)), invalid(), [1, 1]),
        ("408, empty", answer(408, None, ""), unknown(), [1, 1]),
        ("302", broken(|target| target.redirects(302, "http://192.0.2.1/")), unknown(), [1, 1]),
        ("200, page", broken(|target| target.html(200)), unknown(), [1, 1]),
        ("200, no JSON", answer(200, None, "{\"title\":"), unknown(), [1, 1]),
        ("200, nothing", answer(200, None, "{}"), unknown(), [1, 1]),
        ("half an answer", broken(FaultTarget::truncated), unknown(), [1, 1]),
        ("reset before", broken(FaultTarget::reset_before), unknown(), [2, 1]),
        ("reset after", broken(FaultTarget::reset_after), unknown(), [2, 1]),
    ];
    for (name, break_it, kind, heard) in table {
        let (faults, counted) = outcome(break_it).await;
        assert_eq!(faults.map(|fault| fault.kind), [kind.clone(), kind], "{name}");
        assert_eq!(counted, heard, "{name}: requests for a read, and for a change");
    }
}

#[tokio::test]
async fn a_read_that_fails_once_is_answered_all_the_same() {
    let (sir, aws) = pair().await;
    let id = created(&aws, new_case("Faults")).await;
    sir.fault(standins::FaultRule::on("GetCase").once().html(503));
    assert_eq!(case(&aws, &id).await.title, "Faults");
}

#[tokio::test]
async fn what_was_never_sent_is_known_not_to_be_applied() {
    let sir = SirStandin::start().await.expect("a free port");
    let tls = sir.url().replace("http://", "https://");
    for (name, url) in [("refused", nobody()), ("no such host", "http://nowhere.invalid"), ("no TLS", &*tls)]
    {
        let aws = aws_at(url, credentials());
        for call in [read(&CaseId::new("1234567890")), write(&CaseId::new("1234567890"))] {
            let fault = aws.call(call).await.expect_err("a fault");
            assert_eq!(fault.kind, FaultKind::NotSent, "{name}");
        }
    }
    let none = SharedCredentialsProvider::new(NoCredentials);
    let fault = aws_at(sir.url(), none).call(write(&CaseId::new("1234567890"))).await.expect_err("a fault");
    assert_eq!(fault.kind, FaultKind::NotSent, "no credentials");
    assert!(sir.calls().is_empty());
}

#[derive(Debug)]
struct NoCredentials;

impl ProvideCredentials for NoCredentials {
    fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let none = aws_credential_types::provider::error::CredentialsError::not_loaded("none here");
        aws_credential_types::provider::future::ProvideCredentials::ready(Err(none))
    }
}

#[tokio::test]
async fn the_fields_that_are_wrong_are_named() {
    let (_sir, aws) = pair().await;
    let id = created(&aws, new_case("Faults")).await;
    let long = Call::CreateCaseComment { case: id, body: "x".repeat(12_001), token: "t".to_owned() };
    let fault = aws.call(long).await.expect_err("too long");
    let FaultKind::Invalid { fields } = fault.kind else { panic!("{fault:?}") };
    assert_eq!(fields.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["body"]);
    assert!(fields[0].1.contains("12000"), "{}", fields[0].1);
}

#[tokio::test]
async fn no_text_of_a_case_is_in_a_fault_that_is_logged() {
    let canned = Canned {
        status: 400,
        headers: [("x-amzn-errortype".to_owned(), "ValidationException".to_owned())].into(),
        body: r#"{"message":"CANARY","reason":"OTHER","fieldList":[{"name":"title","message":"CANARY"}]}"#
            .to_owned(),
    };
    let (faults, _) = outcome(|target| target.answers_with(canned.clone())).await;
    for fault in faults {
        assert_eq!(fault.message, "CANARY", "it is told to the person who asked");
        assert_eq!(format!("{fault:?} {fault}"), r#"Invalid(["title"]) Invalid(["title"])"#);
    }
}
