//! How does a stand-in serve, remember what it heard, and fail when told to?

use std::{
    fmt, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    response::Response,
};
use bytes::Bytes;
use serde_json::json;
use tokio::{net::TcpListener, sync::oneshot};

use super::{
    ServiceClock, Sight,
    exchange::{HeardCall, WireRequest, WireResponse},
    fault::{Canned, ErrorCode, FaultEffect, FaultRule},
    wire::{ResetSwitch, ResettableDoor},
};

/// Bodies over this are refused with 413 (an attachment may have 100 MiB).
const BODY_LIMIT: usize = 128 << 20;

pub(crate) trait Service: Send + Sync + 'static {
    /// The service's own name for what is asked.
    fn operation(&self, asked: &WireRequest) -> String;
    fn answer(&self, asked: &WireRequest, sight: Sight) -> WireResponse;
    fn error(&self, code: &ErrorCode) -> WireResponse;
    /// Does what is asked under `/_control/`, where this service knows it.
    fn control(&self, asked: &WireRequest) -> Option<WireResponse>;
}

/// Locks; a panic in another test thread must not spread.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where a stand-in is, and what time it is there.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The base URL, without a slash at the end.
    pub url: String,
    /// The time.
    pub clock: ServiceClock,
}

impl Endpoint {
    /// At this base URL, on this clock.
    pub fn new(url: impl Into<String>, clock: &ServiceClock) -> Self {
        Self { url: url.into(), clock: clock.clone() }
    }
}

/// A request with the service's own name for it.
struct HeardRequest {
    asked: WireRequest,
    operation: String,
}

/// A running stand-in: its address, what it heard, its faults, its clock. Clones are the same server.
///
/// Other processes reach the same through HTTP on the same port, without authorization:
///
/// | request | does |
/// |---|---|
/// | `GET /_control/calls` | [`calls`](Self::calls) |
/// | `DELETE /_control/calls` | [`take_calls`](Self::take_calls) |
/// | `POST /_control/faults` `{operation?, method?, path?, body?, skip?, times?, effect}` | [`fault`](Self::fault) |
/// | `DELETE /_control/faults` | [`heal`](Self::heal) |
/// | `POST /_control/late` | [`apply_late`](Self::apply_late) |
/// | `POST /_control/advance` `{seconds}` | [`advance`](Self::advance) |
///
/// Each stand-in documents what it adds to these.
#[derive(Clone)]
pub struct Server {
    inner: Arc<RunningServer>,
}

struct RunningServer {
    endpoint: Endpoint,
    desk: Arc<Harness>,
    // Dropping it tells the server to stop; none where nothing listens.
    _stop: Option<oneshot::Sender<()>>,
}

struct Harness {
    service: Arc<dyn Service>,
    clock: ServiceClock,
    calls: Mutex<CallCounts>,
    faults: Mutex<Vec<FaultRule>>,
    late: Mutex<Vec<WireRequest>>,
}

#[derive(Default)]
struct CallCounts {
    heard: u64,
    list: Vec<HeardCall>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("url", &self.url()).finish_non_exhaustive()
    }
}

/// Binds a free port on loopback and says the base URL that it will have.
pub(crate) async fn bind() -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}

impl Server {
    pub(crate) fn run(listener: TcpListener, endpoint: Endpoint, service: Arc<dyn Service>) -> Self {
        let desk = Arc::new(Harness::new(endpoint.clock.clone(), service));
        let app = Router::new().fallback(serve).with_state(desk.clone());
        let (stop, stopped) = oneshot::channel::<()>();
        let serving =
            axum::serve(ResettableDoor(listener), app.into_make_service_with_connect_info::<ResetSwitch>())
                .with_graceful_shutdown(async move { drop(stopped.await) });
        tokio::spawn(async move { drop(serving.await) });
        Self { inner: Arc::new(RunningServer { endpoint, desk, _stop: Some(stop) }) }
    }

    /// One that only this process can ask: see [`answer`](Self::answer).
    pub(crate) fn within(endpoint: Endpoint, service: Arc<dyn Service>) -> Self {
        let desk = Arc::new(Harness::new(endpoint.clock.clone(), service));
        Self { inner: Arc::new(RunningServer { endpoint, desk, _stop: None }) }
    }

    pub(crate) fn service(&self) -> &dyn Service {
        &*self.inner.desk.service
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.inner.endpoint.url
    }

    /// Every request heard so far, in order of arrival.
    pub fn calls(&self) -> Vec<HeardCall> {
        lock(&self.inner.desk.calls).list.clone()
    }

    /// The requests heard since the last time they were taken.
    pub fn take_calls(&self) -> Vec<HeardCall> {
        std::mem::take(&mut lock(&self.inner.desk.calls).list)
    }

    /// The requests heard for one operation.
    pub fn calls_of(&self, operation: &str) -> Vec<HeardCall> {
        self.calls().into_iter().filter(|call| call.operation == operation).collect()
    }

    /// How often an operation was asked for.
    pub fn count(&self, operation: &str) -> usize {
        lock(&self.inner.desk.calls).list.iter().filter(|call| call.operation == operation).count()
    }

    /// From now on, this goes wrong. Of several faults for one request the oldest strikes.
    pub fn fault(&self, fault: FaultRule) {
        lock(&self.inner.desk.faults).push(fault);
    }

    /// Forgets every fault.
    pub fn heal(&self) {
        lock(&self.inner.desk.faults).clear();
    }

    /// Applies what [`FaultEffect::Late`] has held back, in order; says how many.
    pub fn apply_late(&self) -> usize {
        self.inner.desk.apply_late()
    }

    /// Moves this server's clock forward.
    pub fn advance(&self, by: Duration) {
        self.inner.desk.clock.advance(by);
    }

    /// This server's clock.
    pub fn clock(&self) -> &ServiceClock {
        &self.inner.desk.clock
    }
}

impl Harness {
    fn new(clock: ServiceClock, service: Arc<dyn Service>) -> Self {
        let (calls, faults, late) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { service, clock, calls, faults, late }
    }

    fn hear(&self, heard: &HeardRequest) -> u64 {
        let mut calls = lock(&self.calls);
        calls.heard += 1;
        let number = calls.heard;
        let operation = heard.operation.clone();
        calls.list.push(HeardCall { operation, ..HeardCall::of(&heard.asked, number, self.clock.millis()) });
        number
    }

    fn note(&self, number: u64, status: Option<u16>, faulty: bool) {
        if let Some(call) = lock(&self.calls).list.iter_mut().find(|call| call.number == number) {
            call.status = status;
            call.faulty = faulty;
        }
    }

    /// The first fault for this request that `eligible` allows.
    fn strike(&self, heard: &HeardRequest, eligible: impl Fn(&FaultRule) -> bool) -> Option<FaultEffect> {
        let mut faults = lock(&self.faults);
        let effect = faults
            .iter_mut()
            .filter(|fault| eligible(fault))
            .find_map(|fault| fault.strike(&heard.asked, &heard.operation));
        faults.retain(|fault| !fault.is_spent());
        effect
    }

    fn apply_late(&self) -> usize {
        let late = std::mem::take(&mut *lock(&self.late));
        late.iter().for_each(|asked| drop(self.service.answer(asked, Sight::Now)));
        late.len()
    }

    /// The answer with the effect worked in; none is a reset connection.
    fn answer(&self, asked: &WireRequest, effect: Option<&FaultEffect>) -> Option<WireResponse> {
        let truth = || self.service.answer(asked, Sight::Now);
        Some(match effect {
            None | Some(FaultEffect::Slow(_)) => truth(),
            Some(FaultEffect::Answer(canned)) => canned.answer(),
            Some(FaultEffect::AppliedThenAnswer(canned)) => {
                truth();
                canned.answer()
            }
            Some(FaultEffect::Error(code)) => self.service.error(code),
            Some(FaultEffect::AppliedThenError(code)) => {
                truth();
                self.service.error(code)
            }
            Some(FaultEffect::Throttled { retry_after }) => {
                let answer = self.service.error(&ErrorCode::from("throttled"));
                retry_after.iter().fold(answer, |answer, value| answer.with("retry-after", value))
            }
            Some(FaultEffect::Truncated) => halved(truth()),
            Some(FaultEffect::HalfCharacters) => with_halves(truth()),
            Some(FaultEffect::NeverStored) => self.service.answer(asked, Sight::Unkept),
            Some(FaultEffect::ResetBefore) => return None,
            Some(FaultEffect::ResetAfter) => {
                truth();
                return None;
            }
            Some(FaultEffect::Late) => {
                lock(&self.late).push(asked.clone());
                return None;
            }
        })
    }

    fn control(&self, asked: &WireRequest) -> WireResponse {
        let done = || Some(WireResponse::json(200, &json!({ "ok": true })));
        let known = match (asked.method.as_str(), asked.control().unwrap_or_default()) {
            ("GET", "calls") => Some(WireResponse::json(200, &json!(lock(&self.calls).list))),
            ("DELETE", "calls") => {
                Some(WireResponse::json(200, &json!(std::mem::take(&mut lock(&self.calls).list))))
            }
            ("POST", "faults") => match serde_json::from_slice(&asked.body) {
                Ok(fault) => {
                    lock(&self.faults).push(fault);
                    done()
                }
                Err(error) => {
                    Some(WireResponse::json(400, &json!({ "ok": false, "error": error.to_string() })))
                }
            },
            ("DELETE", "faults") => {
                lock(&self.faults).clear();
                done()
            }
            ("POST", "late") => Some(WireResponse::json(200, &json!({ "applied": self.apply_late() }))),
            ("POST", "advance") => {
                let seconds = asked.json().ok().and_then(|body| body["seconds"].as_f64()).unwrap_or_default();
                self.clock.advance(Duration::try_from_secs_f64(seconds).unwrap_or_default());
                done()
            }
            _ => self.service.control(asked),
        };
        known.unwrap_or_else(|| WireResponse::json(404, &json!({ "ok": false, "error": "unknown control" })))
    }
}

impl Canned {
    fn answer(&self) -> WireResponse {
        let answer = WireResponse { body: self.body.clone().into(), ..WireResponse::empty(self.status) };
        self.headers.iter().fold(answer, |answer, (name, value)| answer.with(name, value))
    }
}

fn halved(answer: WireResponse) -> WireResponse {
    let half = answer.body.len() / 2;
    WireResponse { body: answer.body.slice(..half), ..answer }
}

/// As Slack, Jira and SIR pass on what a client cut in the middle of a character.
fn with_halves(answer: WireResponse) -> WireResponse {
    let body = String::from_utf8_lossy(&answer.body).replace("{half}", "\\ud83d");
    WireResponse { body: body.into(), ..answer }
}

async fn serve(
    State(desk): State<Arc<Harness>>,
    ConnectInfo(gate): ConnectInfo<ResetSwitch>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let asked = WireRequest {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap_or_default(),
        headers: parts.headers,
        body: Bytes::new(),
    };
    let operation = desk.service.operation(&asked);
    let mut heard = HeardRequest { asked, operation };
    let own = heard.asked.control().is_none();
    if own && desk.strike(&heard, FaultRule::resets_unread).is_some() {
        let number = desk.hear(&heard);
        return reset(&desk, &gate, number);
    }
    match to_bytes(body, BODY_LIMIT).await {
        Ok(read) => heard.asked.body = read,
        Err(_) => return respond(WireResponse::empty(413)),
    }
    if !own {
        return respond(desk.control(&heard.asked));
    }
    let number = desk.hear(&heard);
    let effect = desk.strike(&heard, |_| true);
    let Some(answer) = desk.answer(&heard.asked, effect.as_ref()) else {
        return reset(&desk, &gate, number);
    };
    desk.note(number, Some(answer.status.as_u16()), effect.is_some());
    if let Some(FaultEffect::Slow(millis)) = effect {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
    respond(answer)
}

fn reset(desk: &Harness, gate: &ResetSwitch, number: u64) -> Response {
    desk.note(number, None, true);
    gate.shut();
    respond(WireResponse::empty(500))
}

fn respond(answer: WireResponse) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
