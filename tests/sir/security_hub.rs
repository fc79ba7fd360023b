//! The six calls of Security Hub.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    http::request::Parts,
};
use casebridge::aws::{
    hub::{Administrator, HubAnswer as Told, HubCall as Call, Product},
    sir::{self, Fault, FaultKind, Operation},
};
use casebridge_lab::stage::nobody;
use casebridge_lab::standins::{self, Canned, FaultTarget, HubStandin};
use serde_json::json;
use time::{PrimitiveDateTime, macros::format_description};
use tokio::sync::mpsc;

use super::*;

async fn pair() -> (HubStandin, SirClient) {
    let hub = HubStandin::start().await.expect("a free port");
    let aws = aws_at(hub.url(), credentials());
    (hub, aws)
}

async fn told(aws: &SirClient, call: Call) -> Told {
    ask!(aws, sir::Call::Hub(call), Answer::Hub)
}

async fn refused(aws: &SirClient, call: Call) -> Fault {
    aws.call(sir::Call::Hub(call)).await.expect_err("a fault")
}

fn list(everybody: bool, next: Option<String>) -> Call {
    Call::ListMembers { everybody, next }
}

#[tokio::test]
async fn every_operation_is_made_and_its_answer_read() {
    let (hub, aws) = pair().await;
    an_administrator_is_accepted_and_left(&hub, &aws).await;
    members_are_looked_up(&aws).await;
    products_are_described(&aws).await;
    let Told::Members(enabled) = told(&aws, list(false, None)).await else { panic!("no members") };
    assert_eq!(enabled.items.len(), 1);
    let heard: BTreeSet<String> = hub.calls().into_iter().map(|call| call.operation).collect();
    let ours = Operation::ALL.iter().filter(|operation| operation.action().starts_with("securityhub:"));
    assert_eq!(heard, ours.map(|operation| operation.name().to_owned()).collect());
}

async fn an_administrator_is_accepted_and_left(hub: &HubStandin, aws: &SirClient) {
    assert_eq!(told(aws, Call::GetAdministratorAccount).await, Told::Administrator(None));
    let (administrator, invitation) = hub.invitation();
    let accept = Call::AcceptAdministratorInvitation {
        administrator: administrator.clone(),
        invitation: invitation.clone(),
    };
    assert_eq!(told(aws, accept).await, Told::Done);
    let Told::Administrator(Some(found)) = told(aws, Call::GetAdministratorAccount).await else {
        panic!("no administrator")
    };
    let expected = Administrator {
        account: administrator,
        invitation: Some(invitation),
        invited: found.invited,
        status: Some("Enabled".to_owned()),
    };
    assert!(found.invited.is_some_and(|at| at > 1_700_000_000), "{:?}", found.invited);
    assert_eq!(found, expected);
    assert_eq!(told(aws, Call::DisassociateFromAdministratorAccount).await, Told::Done);
    assert_eq!(hub.administrator(), None);
}

async fn members_are_looked_up(aws: &SirClient) {
    let accounts = ["333344445555", "777788889999"].map(str::to_owned).into();
    let Told::Found { members, unread } = told(aws, Call::GetMembers { accounts }).await else {
        panic!("no members")
    };
    let member = &members[0];
    assert_eq!((members.len(), member.account.as_str()), (1, "333344445555"));
    assert_eq!(member.email.as_deref(), Some("333344445555@example.com"));
    assert_eq!(member.status.as_deref(), Some("Invited"));
    assert!(member.invited.is_some() && member.updated.is_some());
    assert!(!format!("{members:?}").contains('@'), "an e-mail address is not for a log");
    assert_eq!((unread.len(), unread[0].id.as_str()), (1, "777788889999"));
    assert_eq!(unread[0].why, "The account is not a member.");
}

async fn products_are_described(aws: &SirClient) {
    let Told::Products(all) = told(aws, Call::DescribeProducts { product: None, next: None }).await else {
        panic!("no products")
    };
    assert_eq!((all.items.len(), all.next), (3, None));
    let arn = "arn:aws:securityhub:eu-west-1::product/lacework/lacework".to_owned();
    let call = Call::DescribeProducts { product: Some(arn.clone()), next: None };
    let Told::Products(one) = told(aws, call).await else { panic!("no products") };
    let expected = Product {
        arn,
        name: Some("Lacework".to_owned()),
        company: Some("Lacework".to_owned()),
        description: Some("Lacework sends findings.".to_owned()),
        categories: vec!["Endpoint Security".to_owned()],
        integrations: vec!["SEND_FINDINGS_TO_SECURITY_HUB".to_owned()],
    };
    assert_eq!(one.items, [expected]);
}

#[tokio::test]
async fn a_long_list_is_walked_to_its_end() {
    let (hub, aws) = pair().await;
    for number in 0..120 {
        hub.add_member(json!({ "AccountId": format!("{number:012}"), "MemberStatus": "Removed" }));
        hub.add_product(
            json!({ "ProductArn": format!("arn:aws:securityhub:eu-west-1::product/a/{number}") }),
        );
    }
    let (mut members, mut next) = (Vec::new(), None);
    loop {
        let Told::Members(page) = told(&aws, list(true, next)).await else { panic!("no members") };
        members.push(page.items.len());
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    let (mut products, mut next) = (Vec::new(), None);
    loop {
        let call = Call::DescribeProducts { product: None, next };
        let Told::Products(page) = told(&aws, call).await else { panic!("no products") };
        products.push(page.items.len());
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!((members, products), (vec![50, 50, 22], vec![100, 23]));
}

#[tokio::test]
async fn each_failure_has_its_kind_and_nothing_is_sent_twice() {
    let invalid = || FaultKind::Invalid { fields: Vec::new() };
    let wait = |seconds: Option<u64>| FaultKind::Throttled { retry_after: seconds.map(Duration::from_secs) };
    type Break = fn(FaultTarget) -> standins::FaultRule;
    let table: [(&str, Break, FaultKind); 15] = [
        ("input", |target| target.error("InvalidInputException"), invalid()),
        ("access", |target| target.error("InvalidAccessException"), FaultKind::Denied),
        ("IAM", |target| target.error("AccessDeniedException"), FaultKind::Denied),
        ("missing", |target| target.error("ResourceNotFoundException"), FaultKind::NotFound),
        ("internal", |target| target.error("InternalException"), FaultKind::Unknown),
        ("too many", |target| target.throttled(None), wait(None)),
        ("too many, 30 s", |target| target.throttled(Some("30")), wait(Some(30))),
        ("too many, rubbish", |target| target.throttled(Some("soon")), wait(None)),
        ("503", |target| target.html(503), FaultKind::Unknown),
        ("403 of a gateway", |target| target.html(403), FaultKind::Denied),
        ("redirect", |target| target.redirects(302, "http://192.0.2.1/"), FaultKind::Unknown),
        ("page", |target| target.html(200), FaultKind::Unknown),
        ("half", FaultTarget::truncated, FaultKind::Unknown),
        ("reset before", FaultTarget::reset_before, FaultKind::Unknown),
        ("reset after", FaultTarget::reset_after, FaultKind::Unknown),
    ];
    for (name, break_it, kind) in table {
        let (hub, aws) = pair().await;
        hub.fault(break_it(standins::FaultRule::on_all()));
        assert_eq!(refused(&aws, list(true, None)).await.kind, kind, "{name}");
        assert_eq!(hub.calls().len(), 1, "{name}");
    }
    let (hub, aws) = pair().await;
    hub.set_organization(true);
    let fault = refused(&aws, Call::DisassociateFromAdministratorAccount).await;
    let why = "Only the administrator account can disassociate a member of an organization.";
    assert_eq!(fault.message, why, "it is told to the person who asked");
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let (hub, aws) = pair().await;
    let body = format!("{{}}{}", " ".repeat(casebridge::http::MAX_BODY));
    hub.fault(standins::FaultRule::on_all().answers_with(Canned { status: 200, body, ..Canned::default() }));
    assert_eq!(refused(&aws, Call::GetAdministratorAccount).await.kind, FaultKind::Unknown);
}

#[tokio::test]
async fn what_was_never_sent_is_known_not_to_be_applied() {
    for url in [nobody(), "http://nowhere.invalid", "no URL"] {
        let fault = refused(&aws_at(url, credentials()), Call::DisassociateFromAdministratorAccount).await;
        assert_eq!(fault.kind, FaultKind::NotSent, "{url}");
    }
}

type Heard = (Parts, Bytes);

async fn hear(State(heard): State<mpsc::UnboundedSender<Heard>>, request: Request) -> &'static str {
    let (parts, body) = request.into_parts();
    heard.send((parts, to_bytes(body, 1 << 20).await.expect("a body"))).expect("the test listens");
    r#"{"Members":[]}"#
}

/// The stand-in looks at the form of a signature. This looks whether what arrives is what was signed.
#[tokio::test]
async fn what_arrives_is_what_was_signed() {
    let (heard, mut hears) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let aws = aws_at(&format!("http://{}", listener.local_addr().expect("an address")), credentials());
    let app = Router::new().fallback(hear).with_state(heard);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let next = Some("a+b/c= é".to_owned());
    for call in [list(true, next), Call::GetMembers { accounts: vec!["111122223333".to_owned()] }] {
        told(&aws, call).await;
        let (parts, body) = hears.recv().await.expect("a request");
        let given = parts.headers["authorization"].to_str().expect("text");
        assert_eq!(given.rsplit('=').next(), Some(&*signature(&parts, &body)), "{}", parts.uri);
    }
}

/// Signs what arrived once more.
fn signature(parts: &Parts, body: &Bytes) -> String {
    let text = |name: &str| parts.headers[name].to_str().expect("text");
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let at = PrimitiveDateTime::parse(text("x-amz-date"), format).expect("a time").assume_utc();
    let identity = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name("securityhub")
        .time(SystemTime::from(at))
        .settings(SigningSettings::default());
    let url = format!("http://{}{}", text("host"), parts.uri);
    let signed = parts.headers.get("content-type").map(|_| ("content-type", text("content-type")));
    let request =
        SignableRequest::new(parts.method.as_str(), url, signed.into_iter(), SignableBody::Bytes(body));
    let params = params.build().expect("parameters").into();
    sign(request.expect("signable"), &params).expect("a signature").signature().to_owned()
}
