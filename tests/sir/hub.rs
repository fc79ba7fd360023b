//! The six calls of Security Hub over the wire, against canned answers.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Response},
};
use casebridge::{
    hub::{self, Administrator, Call, Member, Product},
    sir::{self, FaultKind, UnreadAccount},
};
use time::{PrimitiveDateTime, macros::format_description};

use super::*;

/// What was heard: method, path with query, headers, body.
type Heard = (String, String, HeaderMap, Bytes);

#[derive(Clone)]
struct Replay {
    answer: Arc<dyn Fn() -> Response<Body> + Send + Sync>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

/// Answers the same to everything, and remembers what it was asked.
async fn replay(answer: impl Fn() -> Response<Body> + Send + Sync + 'static) -> (Replay, Aws) {
    let replay = Replay { answer: Arc::new(answer), heard: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let app = Router::new().fallback(hear).with_state(replay.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (replay, aws_at(&url, credentials()))
}

async fn hear(State(replay): State<Replay>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let heard = (parts.method.to_string(), parts.uri.to_string(), parts.headers, body);
    replay.heard.lock().expect("no panic").push(heard);
    (replay.answer)()
}

fn json(body: &'static str) -> impl Fn() -> Response<Body> + Send + Sync {
    move || Response::new(Body::from(body))
}

async fn answer(body: &'static str, call: Call) -> hub::Answer {
    let (replay, aws) = replay(json(body)).await;
    let answer = ask!(aws, sir::Call::Hub(call), Answer::Hub);
    let heard = replay.heard.lock().expect("no panic").clone();
    assert_eq!(heard.len(), 1);
    assert_signed(&heard[0]);
    answer
}

/// Signs what arrived once more: only if it is what was signed do both signatures agree.
fn assert_signed((method, path, headers, body): &Heard) {
    let text = |name: &str| headers[name].to_str().expect("text");
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let at = PrimitiveDateTime::parse(text("x-amz-date"), format).expect("a time").assume_utc();
    let identity = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name("securityhub")
        .time(SystemTime::from(at))
        .settings(SigningSettings::default());
    let url = format!("http://{}{path}", text("host"));
    let signed = headers.get("content-type").map(|_| ("content-type", text("content-type")));
    let request = SignableRequest::new(method, url, signed.into_iter(), SignableBody::Bytes(body));
    let output =
        sign(request.expect("signable"), &params.build().expect("parameters").into()).expect("a signature");
    let again = text("authorization").ends_with(&format!("Signature={}", output.signature()));
    assert!(again, "{method} {path} is not what was signed");
}

#[tokio::test]
async fn administration_is_read_accepted_and_left() {
    let body = r#"{"Administrator":{"AccountId":"111122223333","InvitationId":"7ab938c5","InvitedAt":"2020-06-01T20:15:15.289Z","MemberStatus":"ENABLED"}}"#;
    let administrator = Administrator {
        account: "111122223333".to_owned(),
        invitation: Some("7ab938c5".to_owned()),
        invited: Some(1_591_042_515),
        status: Some("ENABLED".to_owned()),
    };
    assert_eq!(
        answer(body, Call::GetAdministratorAccount).await,
        hub::Answer::Administrator(Some(administrator))
    );
    let (administrator, invitation) = ("111122223333".to_owned(), "7ab938c5".to_owned());
    let accept = Call::AcceptAdministratorInvitation { administrator, invitation };
    assert_eq!(answer("{}", accept).await, hub::Answer::Done);
    assert_eq!(answer("{}", Call::DisassociateFromAdministratorAccount).await, hub::Answer::Done);
}

#[tokio::test]
async fn members_are_listed_in_pages_and_looked_up() {
    let member = Member {
        account: "444455556666".to_owned(),
        email: Some("ana@example.com".to_owned()),
        status: Some("Enabled".to_owned()),
        invited: None,
        updated: Some(1_591_042_515),
    };
    let body = r#"{"Members":[{"AccountId":"444455556666","Email":"ana@example.com","MemberStatus":"Enabled","UpdatedAt":"2020-06-01T20:15:15Z","MasterId":"1"}],"NextToken":"a+b/c="}"#;
    let list = |next| Call::ListMembers { everybody: true, next };
    let hub::Answer::Members(page) = answer(body, list(None)).await else { panic!("no members") };
    assert_eq!(page.items, std::slice::from_ref(&member));
    assert!(!format!("{:?}", page.items).contains("ana@"), "an e-mail address is not for a log");
    let (replay, aws) = replay(json(r#"{"Members":[],"NextToken":""}"#)).await;
    let last = ask!(aws, sir::Call::Hub(list(page.next)), Answer::Hub);
    let hub::Answer::Members(last) = last else { panic!("no members") };
    assert_eq!((last.items.len(), last.next), (0, None));
    let heard = replay.heard.lock().expect("no panic").remove(0);
    assert_eq!(heard.1, "/members?OnlyAssociated=false&MaxResults=50&NextToken=a%2Bb%2Fc%3D");
    assert_signed(&heard);
    let body = r#"{"Members":[{"AccountId":"444455556666","Email":"ana@example.com","MemberStatus":"Enabled","UpdatedAt":"2020-06-01T20:15:15Z"}],"UnprocessedAccounts":[{"AccountId":"777788889999","ProcessingResult":"not a member"}]}"#;
    let accounts = vec!["444455556666".to_owned(), "777788889999".to_owned()];
    let unread = vec![UnreadAccount { id: "777788889999".to_owned(), why: "not a member".to_owned() }];
    let expected = hub::Answer::Found { members: vec![member], unread };
    assert_eq!(answer(body, Call::GetMembers { accounts }).await, expected);
}

#[tokio::test]
async fn products_are_described() {
    let body = r#"{"Products":[{"ProductArn":"arn:aws:securityhub:eu-west-1::product/aws/guardduty","ProductName":"GuardDuty","CompanyName":"Amazon","Description":"Detects threats","Categories":["Threat Detection"],"IntegrationTypes":["SEND_FINDINGS_TO_SECURITY_HUB"]}],"NextToken":"more"}"#;
    let arn = "arn:aws:securityhub:eu-west-1::product/aws/guardduty".to_owned();
    let call = Call::DescribeProducts { product: Some(arn.clone()), next: None };
    let hub::Answer::Products(page) = answer(body, call).await else { panic!("no products") };
    let expected = Product {
        arn,
        name: Some("GuardDuty".to_owned()),
        company: Some("Amazon".to_owned()),
        description: Some("Detects threats".to_owned()),
        categories: vec!["Threat Detection".to_owned()],
        integrations: vec!["SEND_FINDINGS_TO_SECURITY_HUB".to_owned()],
    };
    assert_eq!((page.items, page.next.as_deref()), (vec![expected], Some("more")));
}

#[tokio::test]
async fn each_failure_has_its_kind_and_nothing_is_sent_twice() {
    let invalid = || FaultKind::Invalid { fields: Vec::new() };
    let wait = FaultKind::Throttled { retry_after: Some(Duration::from_secs(30)) };
    for (status, name, body, kind) in [
        (400, "InvalidInputException", r#"{"Message":"told","Code":"InvalidInputException"}"#, invalid()),
        (401, "InvalidAccessException", r#"{"Message":"told"}"#, FaultKind::Denied),
        (403, "AccessDeniedException", r#"{"message":"told"}"#, FaultKind::Denied),
        (404, "ResourceNotFoundException", r#"{"Message":"told"}"#, FaultKind::NotFound),
        (429, "LimitExceededException", r#"{"Message":"told"}"#, wait),
        (500, "InternalException", r#"{"Message":"told"}"#, FaultKind::Unknown),
        (503, "ServiceUnavailable", r#"{"message":"told"}"#, FaultKind::Unknown),
        (302, "Found", r#"{"message":"told"}"#, FaultKind::Unknown),
    ] {
        let build = move || {
            let answer = Response::builder().status(status).header("x-amzn-errortype", name);
            let answer = answer.header("retry-after", "30").header("location", "http://192.0.2.1/");
            answer.body(Body::from(body)).expect("an answer")
        };
        let (replay, aws) = replay(build).await;
        let call = sir::Call::Hub(Call::DisassociateFromAdministratorAccount);
        let fault = aws.call(call).await.expect_err("a fault");
        assert_eq!((&fault.kind, fault.message.as_str()), (&kind, "told"), "{name}");
        assert_eq!(replay.heard.lock().expect("no panic").len(), 1, "{name}");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_json_or_endless_may_hide_a_change_that_was_made() {
    let endless = format!("{{}}{}", " ".repeat(casebridge::wire::MAX_BODY));
    for body in ["<html>".to_owned(), endless] {
        let (_, aws) = replay(move || Response::new(Body::from(body.clone()))).await;
        let call = sir::Call::Hub(Call::GetAdministratorAccount);
        assert_eq!(aws.call(call).await.expect_err("unreadable").kind, FaultKind::Unknown);
    }
}

#[tokio::test]
async fn what_was_never_sent_is_known_not_to_be_applied() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let refused = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    for url in [&*refused, "http://nowhere.invalid", "no URL"] {
        let call = sir::Call::Hub(Call::DisassociateFromAdministratorAccount);
        let fault = aws_at(url, credentials()).call(call).await.expect_err("a fault");
        assert_eq!(fault.kind, FaultKind::NotSent, "{url}");
    }
}
