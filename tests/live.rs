//! Does the real world reach what it should, and only when it is needed? Against a stand-in of AWS.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::{Arc, Mutex};

use aws_config::Region;
use aws_credential_types::Credentials;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
};
use casebridge::{
    aws::{
        logs::LogStream,
        sir::{Call, FaultKind},
    },
    case::CaseId,
    config::{
        sdk::{self, Aws},
        secrets::{self, Secret, Secrets},
    },
    http::{Request, TransportError},
    runtime::{
        QueueMessage, World,
        live::{ConfigError, Inbox, Live, Safe},
    },
    state::memory::Memory,
    telemetry::audit::AuditLine,
};
use serde_json::{Value, json};

const SETTINGS: &str = "[slack]\nteam = 'T1'\nchannel = 'C1'\n";
const JIRA: &str = "[jira]\napi_url = 'https://example.atlassian.net'\nproject = 'SEC'\n";

/// What a request to AWS asked for.
#[derive(Clone, Debug)]
struct Heard {
    /// The operation, or the path where the protocol names none.
    what: String,
    authorization: String,
    body: Value,
}

/// An AWS that gives what it was told to give, and remembers what it heard.
#[derive(Clone, Default)]
struct Amazon {
    heard: Arc<Mutex<Vec<Heard>>>,
    answer: Arc<Mutex<(u16, String)>>,
}

impl Amazon {
    async fn start(&self) -> Aws {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let config = sdk::defaults()
            .credentials_provider(Credentials::new("AKIDEXAMPLE", "local", None, None, "tests"))
            .region(Region::new("eu-west-1"));
        Aws::from(config.endpoint_url(endpoint).load().await)
    }

    fn gives(&self, status: u16, body: impl ToString) {
        *self.answer.lock().unwrap() = (status, body.to_string());
    }

    /// The one request since the last time.
    fn one(&self) -> Heard {
        let [heard] = <[Heard; 1]>::try_from(self.all()).unwrap();
        heard
    }

    fn all(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }
}

async fn answer(
    State(amazon): State<Amazon>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let what = header("x-amz-target").unwrap_or_else(|| format!("{method} {}", uri.path()));
    let authorization = header("authorization").unwrap();
    let body = serde_json::from_slice(&body).unwrap_or_default();
    amazon.heard.lock().unwrap().push(Heard { what, authorization, body });
    let (status, body) = amazon.answer.lock().unwrap().clone();
    (StatusCode::from_u16(status).unwrap(), body)
}

fn secret(token: &str) -> String {
    let document = json!({"slack_bot_token": token, "slack_signing_secret": "8f742231b10e"});
    json!({"ARN": "a", "Name": "n", "SecretString": document.to_string()}).to_string()
}

fn inbox() -> Inbox {
    Inbox::Queue("http://127.0.0.1:1/111122223333/inbox.fifo".to_owned())
}

async fn live(amazon: &Amazon, settings: &str) -> Live<Memory> {
    let store = Memory::default();
    casebridge::state::put_settings(&store, settings).await.unwrap();
    Live::new(store, amazon.start().await, inbox(), Safe::Manager("casebridge".to_owned()))
}

fn message(group: &str, id: &str, body: &str) -> QueueMessage {
    QueueMessage { group: group.to_owned(), id: id.to_owned(), body: body.to_owned() }
}

#[tokio::test]
async fn settings_are_read_from_the_table_and_refused_where_they_are_not_good() {
    let store = Memory::default();
    let live = Live::new(store.clone(), Aws::default(), inbox(), Safe::Given(Secrets::default()));
    let none = live.settings().await.unwrap_err();
    assert_eq!(
        none.to_string(),
        "there are no settings yet: run casebridge setup, or casebridge settings push FILE"
    );
    casebridge::state::put_settings(&store, "[slack]\nteam = 'x'\nchannel = 'C1'").await.unwrap();
    let bad = live.settings().await.unwrap_err().to_string();
    assert!(bad.starts_with("the settings are not good: line 2: slack.team: \"x\" does not fit."), "{bad}");
    casebridge::state::put_settings(&store, SETTINGS).await.unwrap();
    assert_eq!(live.settings().await.unwrap().slack.team, "T1");
    casebridge::state::put_settings(&store, "").await.unwrap();
    assert_eq!(live.settings().await.unwrap().slack.team, "T1", "a minute long");
}

#[tokio::test]
async fn settings_that_would_take_a_token_elsewhere_are_refused_though_they_were_written_into_the_table() {
    let of = |url: &str| format!("[slack]\nteam = 'T1'\nchannel = 'C1'\napi_url = '{url}'\n");
    let in_jira =
        |name: &str| format!("{SETTINGS}[jira]\nproject = 'SEC'\n{name} = 'https://evil.example'\n");
    let jira = in_jira("api_url");
    let site = in_jira("site_url") + "api_url = 'https://example.atlassian.net'\n";
    let local = of("http://127.0.0.1:8001/api");
    let away = aws_config::SdkConfig::builder().region(Region::new("eu-west-1")).build();
    let refusal = async |aws: Aws, settings: &str| {
        let store = Memory::default();
        casebridge::state::put_settings(&store, settings).await.unwrap();
        let live = Live::new(store, aws, inbox(), Safe::Given(Secrets::default()));
        live.settings().await.err().map(|error| error.to_string())
    };
    for (settings, key) in [
        (&of("https://slack.com.evil.example/api"), "slack.api_url"),
        (&jira, "jira.api_url"),
        (&site, "jira.site_url"),
    ] {
        for aws in [Aws::from(away.clone()), Amazon::default().start().await] {
            let why = refusal(aws, settings).await.unwrap();
            assert!(why.contains(key) && why.contains("evil.example"), "{why}");
        }
    }
    let why = refusal(Aws::from(away), &local).await.unwrap();
    assert!(why.contains("slack.api_url") && why.contains("AWS_ENDPOINT_URL"), "{why}");
    assert_eq!(
        refusal(Amazon::default().start().await, &local).await,
        None,
        "AWS is on this machine as well"
    );
}

#[tokio::test]
async fn the_secret_is_asked_for_when_it_is_needed_and_not_twice_a_minute() {
    let amazon = Amazon::default();
    amazon.gives(200, secret("xoxb-1"));
    let live = live(&amazon, SETTINGS).await;
    assert!(amazon.all().is_empty(), "nothing is read before it is needed");
    for _ in 0..3 {
        assert_eq!(live.chosen().await.unwrap().secrets.slack_bot_token.reveal(), "xoxb-1");
    }
    let heard = amazon.one();
    assert_eq!(
        (heard.what.as_str(), &heard.body),
        ("secretsmanager.GetSecretValue", &json!({"SecretId": "casebridge"}))
    );
    amazon.gives(200, secret("xoxb-2"));
    assert_eq!(live.secrets_again().await.unwrap().slack_bot_token.reveal(), "xoxb-1", "not twice a minute");
    assert!(amazon.all().is_empty());
}

#[tokio::test]
async fn secrets_that_do_not_suffice_are_named_and_never_told() {
    let amazon = Amazon::default();
    let live = live(&amazon, &[SETTINGS, JIRA].concat()).await;
    amazon.gives(200, secret("xoxb-1"));
    let Err(ConfigError::Secrets(secrets::SecretsError::Missing(missing))) = live.chosen().await else {
        panic!()
    };
    assert_eq!(missing, ["jira_email", "jira_api_token", "jira_webhook_secret"]);

    let other = self::live(&amazon, SETTINGS).await;
    amazon.gives(400, r#"{"__type": "ResourceNotFoundException", "message": "of casebridge"}"#);
    let error = other.chosen().await.err().unwrap();
    assert_eq!(error.to_string(), "the secret cannot be read: ResourceNotFoundException");
    amazon.gives(200, json!({"SecretString": "xoxb-1"}));
    let error = other.chosen().await.err().unwrap();
    assert_eq!(error.to_string(), "the secret is not a JSON object");
}

#[tokio::test]
async fn a_job_goes_to_the_queue_with_its_group_and_its_id() {
    let amazon = Amazon::default();
    let live = live(&amazon, SETTINGS).await;
    amazon.gives(200, secret("xoxb-1"));
    let secrets = live.chosen().await.unwrap().secrets;
    amazon.all();
    amazon.gives(200, json!({"MessageId": "m", "SequenceNumber": "1"}));
    live.enqueue(message("case/0000000001", "5f3a", r#"{"do":"close"}"#)).await.unwrap();
    let heard = amazon.one();
    assert_eq!(heard.what, "AmazonSQS.SendMessage");
    let expected = json!({
        "QueueUrl": "http://127.0.0.1:1/111122223333/inbox.fifo",
        "MessageBody": secrets.seal(r#"{"do":"close"}"#),
        "MessageGroupId": "case/0000000001",
        "MessageDeduplicationId": "5f3a",
    });
    assert_eq!(heard.body, expected);

    amazon.gives(400, r#"{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "close"}"#);
    let error = live.enqueue(message("g", "i", "secret")).await.unwrap_err();
    assert!(
        error.starts_with("the inbox did not take a job: ") && error.contains("QueueDoesNotExist"),
        "{error}"
    );
    assert!(!error.contains("secret") && !error.contains("close"), "{error}");
}

#[tokio::test]
async fn what_is_to_be_looked_at_now_goes_to_the_events_and_says_nothing_but_which_case() {
    let amazon = Amazon::default();
    let live = live(&amazon, SETTINGS).await;
    amazon.gives(200, json!({"MessageId": "m"}));
    let case = CaseId::new("0000000001");
    let of = |store: Memory, url: &str, aws| {
        let safe = Safe::Manager("casebridge".to_owned());
        Live::new(store, aws, Inbox::Queue(url.to_owned()), safe)
    };
    let stack = of(Memory::default(), "http://127.0.0.1:1/111122223333/c-inbox.fifo", amazon.start().await);
    stack.look_soon(&case).await.unwrap();
    let expected = json!({
        "QueueUrl": "http://127.0.0.1:1/111122223333/c-events", "MessageBody": r#"{"due":"0000000001"}"#,
    });
    assert_eq!(amazon.one().body, expected);
    assert!(live.look_soon(&case).await.is_err(), "another queue's name says nothing of the events");
}

#[tokio::test]
async fn a_job_can_stay_in_the_process() {
    let (sender, mut jobs) = tokio::sync::mpsc::unbounded_channel();
    let inbox = Inbox::Channel(sender);
    let secrets = Secrets { slack_signing_secret: Secret::new("hush"), ..Secrets::default() };
    let live = Live::new(Memory::default(), Aws::default(), inbox, Safe::Given(secrets.clone()));
    live.enqueue(message("g", "i", "{}")).await.unwrap();
    let job = jobs.recv().await.unwrap();
    assert_eq!((job.group.as_str(), job.id.as_str()), ("g", "i"));
    assert_eq!(secrets.unseal(&job.body), Some("{}"));
    drop(jobs);
    assert!(live.enqueue(message("g", "i", "{}")).await.is_err());
}

#[tokio::test]
async fn a_call_goes_to_the_region_of_the_settings() {
    let amazon = Amazon::default();
    amazon.gives(404, json!({"message": "none"}));
    let call = || Call::GetCase { case: CaseId::new("0000000001") };
    let moved = [SETTINGS, "[sir]\nregion = 'us-east-1'\n"].concat();
    for (settings, region) in [(SETTINGS, "eu-west-1"), (moved.as_str(), "us-east-1")] {
        let live = live(&amazon, settings).await;
        let fault = live.call(call()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotFound);
        let heard = amazon.one();
        assert_eq!(heard.what, "GET /v1/cases/0000000001/get-case");
        assert!(heard.authorization.contains(&format!("/{region}/security-ir/aws4_request")), "{heard:?}");
    }
    let hub = live(&amazon, &moved).await;
    let _ = hub.call(Call::Hub(casebridge::aws::hub::HubCall::GetAdministratorAccount)).await;
    assert!(amazon.one().authorization.contains("/us-east-1/securityhub/aws4_request"));
    let without =
        Live::new(Memory::default(), amazon.start().await, inbox(), Safe::Given(Secrets::default()));
    assert_eq!(without.call(call()).await.unwrap_err().kind, FaultKind::NotSent, "without settings");
    assert!(amazon.all().is_empty());
}

#[tokio::test]
async fn a_request_without_encryption_is_not_sent() {
    let live = Live::new(Memory::default(), Aws::default(), inbox(), Safe::Given(Secrets::default()));
    let refused = live.send(Request::bare(reqwest::Method::GET, "http://slack.com/api".to_owned())).await;
    assert_eq!(refused, Err(TransportError::NotSent("the address is not https".to_owned())));
}

#[tokio::test]
async fn which_settings_and_which_secret_are_taken_up_is_written_into_the_trail_once_a_version() {
    let trail = || LogStream { group: "audit".to_owned(), name: "function".to_owned() };
    let amazon = Amazon::default();
    let store = Memory::default();
    casebridge::state::put_settings(&store, SETTINGS).await.unwrap();
    let aws = amazon.start().await;
    let versioned = |version: &str| {
        let mut answer: Value = serde_json::from_str(&secret("xoxb-1")).unwrap();
        answer["VersionId"] = json!(version);
        answer
    };
    let told = |heard: Vec<Heard>| {
        let lines = heard.into_iter().filter(|heard| heard.what == "Logs_20140328.PutLogEvents");
        let of = |heard: Heard| {
            let line = heard.body["logEvents"][0]["message"].as_str().unwrap().to_owned();
            assert!(!line.contains("xoxb") && !line.contains("channel"), "{line}");
            serde_json::from_str::<AuditLine>(&line).unwrap()
        };
        lines.map(of).collect::<Vec<_>>()
    };
    let new = "11111111-0000-4000-8000-000000000001";
    let mut acts = Vec::new();
    for (version, expected) in [
        ("v-1", vec!["secret", "settings"]),
        ("v-1", vec![]),
        (new, vec!["secret"]),
        // Taken up once more.
        ("v-1", vec!["secret"]),
    ] {
        let safe = Safe::Manager("casebridge".to_owned());
        let live = Live::new(store.clone(), aws.clone(), inbox(), safe).audited(trail());
        amazon.gives(200, versioned(version));
        live.chosen().await.unwrap();
        amazon.all();
        for _ in 0..2 {
            live.taken_up().await;
        }
        let lines = told(amazon.all());
        let verbs: Vec<_> = lines.iter().map(|line| line.verb.as_str()).collect();
        assert_eq!(verbs, expected);
        let told = lines.iter().find(|line| line.verb == "secret");
        assert!(told.is_none_or(|told| told.version == version));
        acts.extend(lines.into_iter().map(|line| line.act));
    }
    let each: std::collections::BTreeSet<_> = acts.iter().collect();
    assert_eq!(each.len(), acts.len(), "whoever reads the trail takes none of them for a repetition");
}
