//! What does the store say when DynamoDB does not answer as it should? Against a stand-in that never behaves.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
};
use casebridge::{
    config::sdk::{Aws, Timeouts},
    state::{Error, Note, Store, dynamodb::Dynamo},
};

use casebridge_lab::stage::nobody;

use super::{Slack, case, key, now, saying, table::config, told};

const PATIENCE: Timeouts =
    Timeouts { attempt: Duration::from_millis(100), operation: Duration::from_millis(900), attempts: 3 };

/// A DynamoDB that gives one answer to everything, or none, and counts what it heard.
struct Broken {
    store: Dynamo,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Broken {
    async fn new(answer: Option<(u16, &'static str)>) -> Self {
        Self::scripted(move |_, _| answer).await
    }

    /// One whose answer hangs on the operation, and on how many of it came before.
    async fn scripted(
        script: impl Fn(&str, usize) -> Option<(u16, &'static str)> + Clone + Send + Sync + 'static,
    ) -> Self {
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let log = heard.clone();
        let app = Router::new().fallback(async move |headers: HeaderMap, _: Bytes| {
            let target = headers["x-amz-target"].to_str().unwrap();
            let operation = target.rsplit('.').next().unwrap();
            let before = {
                let mut log = log.lock().unwrap();
                log.push(operation.to_owned());
                log.iter().filter(|other| *other == operation).count() - 1
            };
            match script(operation, before) {
                Some((status, body)) => (StatusCode::from_u16(status).unwrap(), body),
                None => std::future::pending().await,
            }
        });
        tokio::spawn(async move { axum::serve(listener, app).await });
        let store = Dynamo::new(Aws::from(config(&endpoint).await), "cases").with_patience(PATIENCE);
        Self { store, heard }
    }

    fn times(&self) -> usize {
        std::mem::take(&mut *self.heard.lock().unwrap()).len()
    }
}

fn why<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Trouble(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_write_that_could_overwrite_a_newer_one_is_not_sent_again_after_a_timeout() {
    let broken = Broken::new(None).await;
    let (store, now) = (&broken.store, now());
    let silence = "no answer in time";

    assert_eq!(why(store.save(&case(1), 1, Note::Case, "{}").await), silence);
    assert_eq!(broken.times(), 1, "save");
    assert_eq!(why(store.tell(&case(1), 1, Slack, &key("card"), &told("1")).await), silence);
    assert_eq!(broken.times(), 1, "tell");
    assert_eq!(why(store.untell(&case(1), 1, Slack, &key("card")).await), silence);
    assert_eq!(broken.times(), 1, "untell");
    assert_eq!(why(store.say(&case(1), &saying("k1", now), now).await), silence);
    assert_eq!(broken.times(), 1, "say");
    assert_eq!(why(store.bind("jira/10001", &case(1)).await), silence);
    assert_eq!(broken.times(), 1, "bind");

    assert_eq!(why(store.meta(&case(1)).await), silence);
    assert_eq!(broken.times(), 3, "a read is repeated");
    assert_eq!(why(store.hint(&case(1), now, false).await), silence);
    assert_eq!(broken.times(), 3, "a hint is repeated");
}

#[tokio::test]
async fn throttled_refused_and_perhaps_done_are_told_apart_without_dynamodbs_own_words() {
    const THROTTLED: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"of CASE#1"}"#;
    const REFUSED: &str = r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"xoxb-1"}"#;
    const FAILED: &str = r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"x"}"#;
    let denied = r#"{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException","message":"xoxb-1"}"#;
    let broken = Broken::new(Some((400, denied))).await;
    let told = broken.store.hint(&case(1), 0, false).await;
    assert_eq!((told, broken.times()), (Err(Error::Denied("AccessDeniedException".to_owned())), 1));
    for (status, body, expected, times) in [
        (400, THROTTLED, "throttled: ProvisionedThroughputExceededException", 3),
        (400, REFUSED, "refused: ValidationException", 1),
        (500, FAILED, "perhaps done: InternalServerError", 3),
        (200, "not JSON", "no readable answer", 1),
    ] {
        let broken = Broken::new(Some((status, body))).await;
        assert_eq!(why(broken.store.hint(&case(1), 0, false).await), expected);
        assert_eq!(broken.times(), times, "{expected}");
    }
}

#[tokio::test]
async fn nobody_listening_is_trouble() {
    let store = Dynamo::new(Aws::from(config(nobody()).await), "cases").with_patience(PATIENCE);
    assert_eq!(why(store.meta(&case(1)).await), "not sent, or no answer");
}

#[tokio::test]
async fn keys_that_dynamodb_never_gets_to_are_trouble_and_not_absent() {
    let left = r#"{"Responses":{"cases":[]},"UnprocessedKeys":{"cases":{"ConsistentRead":true,
        "Keys":[{"pk":{"S":"CASE#0000000001"},"sk":{"S":"TOLD#slack#card"}}]}}}"#;
    let broken = Broken::new(Some((200, left))).await;
    let found = broken.store.told(&case(1), Slack, &[key("card")]).await;
    assert_eq!(why(found), "throttled: keys were left unprocessed");
    assert!(broken.times() > 2, "they are asked for again");
}

const PUSHED: &str = "[slack]\nteam = 'T1'\nchannel = 'C1'\n";
const REFUSED: &str =
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"no"}"#;

/// The first write takes effect, its answer is lost, and the SDK's second is refused by the first.
async fn pushed(then: &'static str) -> Result<(), Error> {
    let broken = Broken::scripted(move |operation, before| match (operation, before) {
        ("UpdateItem", 0) => None,
        ("UpdateItem", _) => Some((400, REFUSED)),
        (_, 0) => Some((200, "{}")),
        (_, _) => Some((200, then)),
    });
    casebridge::state::put_settings(&broken.await.store, PUSHED).await
}

#[tokio::test]
async fn settings_that_are_stored_were_pushed_though_the_first_answer_was_lost() {
    let ours = r#"{"Item":{"pk":{"S":"NOTE#settings"},"sk":{"S":"NOTE"},"note":{"S":"[slack]\nteam = 'T1'\nchannel = 'C1'\n"}}}"#;
    assert_eq!(pushed(ours).await, Ok(()));
    let theirs =
        r#"{"Item":{"pk":{"S":"NOTE#settings"},"sk":{"S":"NOTE"},"note":{"S":"[slack]\nteam = 'T2'\n"}}}"#;
    let refused = pushed(theirs).await;
    assert!(matches!(&refused, Err(Error::Trouble(why)) if why.contains("somebody else")), "{refused:?}");
}
