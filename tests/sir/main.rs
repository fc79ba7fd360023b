//! Does each call do over the wire what it says, with the real SDK against the stand-in?
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod faults;
mod limits;
mod operations;
mod pages;
mod security_hub;

use aws_sdk_securityir::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider},
};
use casebridge::{
    aws::{
        hub,
        sir::{Answer, Call, NewCase, aws::SirClient},
    },
    case::*,
    config::sdk,
};
use casebridge_lab::standins::SirStandin;

const REGION: &str = "eu-west-1";

/// The calls as the functions make them, to a service at `url`. Retries and time-outs of the client itself are left
/// as the SDK has them: what `SirClient` wants it must say.
fn aws_at(url: &str, credentials: SharedCredentialsProvider) -> SirClient {
    let config = Config::builder()
        .http_client(sdk::http().expect("a client"))
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(url)
        .region(Region::new(REGION))
        .credentials_provider(credentials.clone())
        .build();
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    SirClient::new(Client::from_conf(config), hub::Hub::new(http, credentials, REGION, url))
}

fn credentials() -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Credentials::new("AKIDEXAMPLE", "secret", None, None, "test"))
}

async fn pair() -> (SirStandin, SirClient) {
    let sir = SirStandin::start().await.expect("a free port");
    let aws = aws_at(sir.url(), credentials());
    (sir, aws)
}

/// A case of one's own, with nothing that need not be.
fn new_case(title: &str) -> NewCase {
    NewCase {
        token: format!("token of {title}"),
        resolver: Resolver::Own,
        title: title.to_owned(),
        description: "A key was seen in a public repository.".to_owned(),
        engagement: "Security Incident".to_owned(),
        reported_start: 1_711_553_521,
        accounts: Vec::new(),
        watchers: Vec::new(),
        actors: Vec::new(),
        services: Vec::new(),
        regions: Vec::new(),
        tags: Vec::new(),
    }
}

async fn created(aws: &SirClient, new: NewCase) -> CaseId {
    ask!(aws, Call::CreateCase { new: Box::new(new) }, Answer::CaseId)
}

async fn case(aws: &SirClient, case: &CaseId) -> Case {
    *ask!(aws, Call::GetCase { case: case.clone() }, Answer::Case)
}

/// The answer to a call that must succeed, opened.
#[macro_export]
macro_rules! ask {
    ($aws:expr, $call:expr, $answer:path) => {
        match $aws.call($call).await {
            Ok($answer(value)) => value,
            Ok(other) => panic!("{other:?} is not the answer"),
            Err(fault) => panic!("{fault:?}: {}", fault.message),
        }
    };
}

/// Makes a call that must succeed and answers nothing.
async fn done(aws: &SirClient, call: Call) {
    assert_eq!(aws.call(call.clone()).await, Ok(Answer::Done), "{call:?}");
}
