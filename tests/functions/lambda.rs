//! Lambda, as far as a function sees it: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use casebridge::config::clock;
use casebridge_lab::standins::SignedRequest;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::{Mutex as Turn, mpsc, watch},
};

/// How long an invocation may take, as the template has it.
const TIMEOUT: i64 = 60_000;

/// A Runtime API for one function. It brings what is [`invoked`](Self::invoke), and hears what became of it.
pub struct Lambda {
    address: String,
    events: mpsc::UnboundedSender<(u64, Value)>,
    invoked: AtomicU64,
    answers: Turn<mpsc::UnboundedReceiver<Outcome>>,
    desk: Arc<Desk>,
}

/// What a function said of an invocation.
#[derive(Debug)]
pub struct Outcome {
    /// What [`Lambda::invoke`] said.
    pub invocation: u64,
    pub failed: bool,
    pub body: Value,
}

struct Desk {
    events: Turn<mpsc::UnboundedReceiver<(u64, Value)>>,
    answers: mpsc::UnboundedSender<Outcome>,
    asked: watch::Sender<u32>,
}

impl Lambda {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (events, to_bring) = mpsc::unbounded_channel();
        let (heard, answers) = mpsc::unbounded_channel();
        let desk =
            Arc::new(Desk { events: Turn::new(to_bring), answers: heard, asked: watch::Sender::default() });
        let app = Router::new().fallback(serve).with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, events, invoked: AtomicU64::default(), answers: Turn::new(answers), desk }
    }

    /// Brings an event to whichever process asks next; says the invocation's number.
    pub fn invoke(&self, event: Value) -> u64 {
        let invocation = self.invoked.fetch_add(1, Ordering::SeqCst);
        self.events.send((invocation, event)).unwrap();
        invocation
    }

    /// What became of the oldest invocation that ended.
    pub async fn outcome(&self) -> Outcome {
        self.answers.lock().await.recv().await.unwrap()
    }

    /// How often a process asked for its next event.
    pub fn asked(&self) -> u32 {
        *self.desk.asked.borrow()
    }

    /// Waits until a process asked for the so-manieth time.
    pub async fn is_asked(&self, times: u32) {
        self.desk.asked.subscribe().wait_for(|asked| *asked >= times).await.unwrap();
    }

    /// Forgets events that nobody took and outcomes that nobody heard: their process is dead.
    pub async fn clear(&self) {
        let mut events = self.desk.events.lock().await;
        while events.try_recv().is_ok() {}
        let mut answers = self.answers.lock().await;
        while answers.try_recv().is_ok() {}
    }

    /// Starts a function with these variables and no others.
    pub fn start_function(&self, binary: &str, variables: &[(&str, &str)]) -> Child {
        Command::new(binary)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", &self.address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "notify")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }
}

async fn serve(State(desk): State<Arc<Desk>>, method: Method, uri: Uri, body: Bytes) -> Response {
    let path = uri.path().strip_prefix("/2018-06-01/runtime/").unwrap_or_default();
    match (method, path) {
        (Method::GET, "invocation/next") => next(&desk).await,
        (Method::POST, path) => {
            let failed = path.ends_with("/error");
            let body = serde_json::from_slice(&body).unwrap_or_default();
            let id = path.split('/').nth(1).and_then(|id| id.split('-').next()).unwrap_or_default();
            let Ok(invocation) = u64::from_str_radix(id, 16) else {
                return StatusCode::BAD_REQUEST.into_response();
            };
            let _ = desk.answers.send(Outcome { invocation, failed, body });
            StatusCode::ACCEPTED.into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn next(desk: &Desk) -> Response {
    desk.asked.send_modify(|asked| *asked += 1);
    // A process that dies while it waits leaves the lock, and the event to the next one.
    let Some((invocation, event)) = desk.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let mut headers = HeaderMap::new();
    let deadline = HeaderValue::from(clock::now() + TIMEOUT);
    let id = HeaderValue::try_from(format!("{invocation:08x}-e9f4-11e8-9739-2dfe598c3fcd")).unwrap();
    headers.insert("lambda-runtime-aws-request-id", id);
    headers.insert("lambda-runtime-deadline-ms", deadline);
    headers.insert(
        "lambda-runtime-invoked-function-arn",
        HeaderValue::from_static("arn:aws:lambda:eu-west-1:210987654321:function:notify"),
    );
    (headers, event.to_string()).into_response()
}

/// What Lambda would bring of a request to the HTTP API, payload format 2.0:
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>.
pub fn request(delivery: &SignedRequest) -> Value {
    let headers: serde_json::Map<_, _> =
        delivery.headers.iter().map(|(name, value)| (name.to_lowercase(), json!(value))).collect();
    json!({
        "version": "2.0",
        "rawPath": delivery.path,
        "headers": headers,
        "requestContext": {"http": {"method": "POST", "path": delivery.path}},
        "body": std::str::from_utf8(&delivery.body).unwrap(),
        "isBase64Encoded": false,
    })
}

/// The lines that a function wrote, once it ended.
pub async fn log_of(mut function: Child) -> Vec<String> {
    let mut lines = BufReader::new(function.stdout.take().unwrap()).lines();
    let mut log = Vec::new();
    let read = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            log.push(line);
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(20), read).await;
    let _ = function.kill().await;
    log
}
