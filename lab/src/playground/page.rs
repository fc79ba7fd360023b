//! How does a browser on this machine see the playground, and act in it?
//! One page with its own style and scripts, no file from elsewhere. What is new in SIR, Slack, Jira and between them is
//! sent to it as it happens, and it sends back what the person did. `page/page.js` says which script answers which question.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response, sse},
    routing::{get, post},
};
use casebridge::case::text;
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Handle, sync::Notify, task::spawn_blocking};

use super::{
    acts::Act,
    stage::{Beginning, Stage, StageError},
    telling::StoryTelling,
    visible,
};

/// What the browser may load: where it stands, what it is, and all of it.
const FILES: &[(&str, &str, &str)] = &[
    ("/", "text/html", include_str!("page/page.html")),
    ("/page.css", "text/css", include_str!("page/page.css")),
    ("/page.js", SCRIPT, include_str!("page/page.js")),
    ("/world.js", SCRIPT, include_str!("page/world.js")),
    ("/list.js", SCRIPT, include_str!("page/list.js")),
    ("/text.js", SCRIPT, include_str!("page/text.js")),
    ("/emoji.js", SCRIPT, include_str!("page/emoji.js")),
    ("/blocks.js", SCRIPT, include_str!("page/blocks.js")),
    ("/field.js", SCRIPT, include_str!("page/field.js")),
    ("/modal.js", SCRIPT, include_str!("page/modal.js")),
    ("/sir.js", SCRIPT, include_str!("page/sir.js")),
    ("/slack.js", SCRIPT, include_str!("page/slack.js")),
    ("/message.js", SCRIPT, include_str!("page/message.js")),
    ("/composer.js", SCRIPT, include_str!("page/composer.js")),
    ("/jira.js", SCRIPT, include_str!("page/jira.js")),
    ("/adf.js", SCRIPT, include_str!("page/adf.js")),
    ("/bridge.js", SCRIPT, include_str!("page/bridge.js")),
    ("/controls.js", SCRIPT, include_str!("page/controls.js")),
    ("/tour.js", SCRIPT, include_str!("page/tour.js")),
];

const SCRIPT: &str = "text/javascript";

/// Nothing runs and nothing styles but the page's own files.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The most bytes of an act: a file of 10 MB in base64.
const ACT: usize = 14_000_000;
/// How often the world is looked at for what is new.
const LOOK: Duration = Duration::from_millis(200);

/// The page, bound to its port but not served yet.
pub struct PlaygroundPage {
    desk: Arc<PageContext>,
    listener: TcpListener,
    address: SocketAddr,
}

struct PageContext {
    /// Another one after each new beginning.
    stage: RwLock<Arc<Stage>>,
    begun: Notify,
    acted: Notify,
    port: u16,
}

impl PageContext {
    fn stage(&self) -> Arc<Stage> {
        self.stage.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl PlaygroundPage {
    /// Sets the stage, for a story where one is named, and binds the port on loopback; 0 takes a free one.
    /// Fails: a port could not be bound, or there is no such story.
    pub async fn bind(port: u16, story: Option<&str>) -> Result<Self, StageError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let stage = Arc::new(begin(story).await?);
        let address = listener.local_addr()?;
        let desk = PageContext {
            stage: RwLock::new(stage),
            begun: Notify::new(),
            acted: Notify::new(),
            port: address.port(),
        };
        Ok(Self { desk: Arc::new(desk), listener, address })
    }

    /// What to open in the browser.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Serves the page and lets the bridge work, for ever.
    /// Fails: the server ended.
    pub async fn run(self) -> io::Result<()> {
        let desk = self.desk.clone();
        let files = FILES.iter().fold(Router::new(), |files, (path, kind, text)| {
            files.route(path, get(|| async { file(kind, text) }))
        });
        let app = files
            .route("/favicon.ico", get(StatusCode::NO_CONTENT))
            .route("/state", get(state))
            .route("/news", get(news))
            .route("/stories", post(begins))
            .route("/acts", post(act).layer(DefaultBodyLimit::max(ACT)))
            .layer(middleware::from_fn_with_state(desk.clone(), guard))
            .with_state(desk.clone());
        let bridge = async {
            loop {
                let stage = desk.stage();
                tokio::select! {
                    () = stage.run() => {}
                    () = desk.begun.notified() => {}
                }
            }
        };
        tokio::select! {
            ended = axum::serve(self.listener, app) => ended,
            () = bridge => Ok(()),
        }
    }
}

async fn begin(story: Option<&str>) -> Result<Stage, StageError> {
    let story = story.map(StoryTelling::find).transpose()?;
    Stage::set(Beginning { story, peopled: true }).await
}

/// Another site's page in the same browser must neither read nor act here: not by its own requests, nor by a name
/// of its own for this address.
async fn guard(State(desk): State<Arc<PageContext>>, request: Request, next: Next) -> Response {
    match is_own(request.headers(), desk.port) {
        true => next.run(request).await,
        false => StatusCode::FORBIDDEN.into_response(),
    }
}

fn is_own(headers: &HeaderMap, port: u16) -> bool {
    let value = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or_default());
    let ours = |host: &str| ["127.0.0.1", "localhost"].iter().any(|name| host == format!("{name}:{port}"));
    let origin = value(header::ORIGIN).map(|origin| origin.strip_prefix("http://").unwrap_or_default());
    value(header::HOST).is_some_and(ours) && origin.is_none_or(ours)
}

fn file(kind: &str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, format!("{kind}; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, text).into_response()
}

/// All that there is to see.
async fn state(State(desk): State<Arc<PageContext>>) -> Response {
    reply(StatusCode::OK, &json!(visible::all(&desk.stage())))
}

/// What a page knows already: the stage, and a hash of each thing by its name.
struct PageKnows {
    desk: Arc<PageContext>,
    stage: Option<Arc<Stage>>,
    things: HashMap<String, String>,
}

/// What is new, as it happens: `{anew, set: {name: thing}, gone: [name]}`.
async fn news(
    State(desk): State<Arc<PageContext>>,
) -> sse::Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let known = PageKnows { desk, stage: None, things: HashMap::new() };
    sse::Sse::new(stream::unfold(known, |mut known| async move {
        loop {
            if let Some(news) = known.look() {
                return Some((Ok(sse::Event::default().data(news.to_string())), known));
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = known.desk.acted.notified() => {}
            }
        }
    }))
    .keep_alive(sse::KeepAlive::default())
}

impl PageKnows {
    fn look(&mut self) -> Option<Value> {
        let stage = self.desk.stage();
        let anew = self.stage.as_ref().is_none_or(|known| !Arc::ptr_eq(known, &stage));
        if anew {
            self.things.clear();
        }
        let seen = visible::all(&stage);
        self.stage = Some(stage);
        let mut set = BTreeMap::new();
        let gone: Vec<String> =
            self.things.extract_if(|name, _| !seen.contains_key(name)).map(|(name, _)| name).collect();
        for (name, thing) in seen {
            let hash = text::hash(&thing.to_string());
            if self.things.get(&name) != Some(&hash) {
                self.things.insert(name.clone(), hash);
                set.insert(name, thing);
            }
        }
        (anew || !set.is_empty() || !gone.is_empty())
            .then(|| json!({ "anew": anew, "set": set, "gone": gone }))
    }
}

#[derive(Deserialize)]
struct Begins {
    /// None: an empty playground.
    story: Option<String>,
}

/// Begins anew, perhaps with a story that comes along.
async fn begins(State(desk): State<Arc<PageContext>>, headers: HeaderMap, body: Bytes) -> Response {
    let wanted: Begins = match read(&headers, &body) {
        Ok(wanted) => wanted,
        Err((status, why)) => return reply(status, &json!({ "error": why })),
    };
    let runtime = Handle::current();
    let begun = spawn_blocking(move || {
        let begun = runtime.block_on(begin(wanted.story.as_deref()));
        begun.map_err(|error| error.to_string())
    });
    match begun.await.unwrap_or_else(|_| Err("there is no stage".to_owned())) {
        Ok(stage) => {
            *desk.stage.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(stage);
            desk.begun.notify_one();
            desk.acted.notify_waiters();
            reply(StatusCode::OK, &json!({}))
        }
        Err(error) => reply(StatusCode::CONFLICT, &json!({ "error": error })),
    }
}

async fn act(State(desk): State<Arc<PageContext>>, headers: HeaderMap, body: Bytes) -> Response {
    let act: Act = match read(&headers, &body) {
        Ok(act) => act,
        Err((status, why)) => return reply(status, &json!({ "error": why })),
    };
    // What the bridge waits for stays on one thread, as in Lambda; the server's own requests move between threads.
    let (runtime, stage) = (Handle::current(), desk.stage());
    let happened = spawn_blocking(move || runtime.block_on(act.happen(&stage))).await;
    desk.acted.notify_waiters();
    match happened.unwrap_or_else(|_| Err("the bridge stopped in the middle of this".to_owned())) {
        Ok(answer) => reply(StatusCode::OK, &answer),
        Err(refused) => reply(StatusCode::CONFLICT, &json!({ "error": refused })),
    }
}

fn read<T: for<'a> Deserialize<'a>>(headers: &HeaderMap, body: &Bytes) -> Result<T, (StatusCode, String)> {
    // A form of another site cannot have this type.
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/json") {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "only JSON is taken".to_owned()));
    }
    serde_json::from_slice(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}

fn reply(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_sites_page_is_kept_out() {
        let own = |host: &'static str, origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            origin.map(|origin| headers.insert(header::ORIGIN, HeaderValue::from_static(origin)));
            is_own(&headers, 8080)
        };
        assert!(own("127.0.0.1:8080", None));
        assert!(own("localhost:8080", Some("http://localhost:8080")));
        for (host, origin) in [
            ("127.0.0.1", None),
            ("127.0.0.1:8081", None),
            ("rebound.example:8080", None),
            ("127.0.0.1:8080", Some("https://evil.example")),
            ("127.0.0.1:8080", Some("http://127.0.0.1:8081")),
            ("127.0.0.1:8080", Some("null")),
        ] {
            assert!(!own(host, origin), "{host} {origin:?}");
        }
        assert!(!is_own(&HeaderMap::new(), 8080));
    }

    #[test]
    fn the_page_takes_nothing_from_elsewhere_and_puts_no_text_in_as_markup() {
        let html = FILES[0].2;
        assert_eq!((html.matches("<script").count(), html.matches("<link").count()), (1, 1));
        assert!(!POLICY.contains("unsafe") && !POLICY.contains("http"));
        for (path, kind, text) in FILES {
            for bad in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "style=",
                "<style",
            ] {
                assert!(!text.contains(bad), "{path}: {bad}");
            }
            let imports = text.lines().filter(|line| line.starts_with("import "));
            let own =
                |line: &str| FILES.iter().any(|(path, ..)| line.ends_with(&format!(" from \".{path}\";")));
            assert_eq!(imports.filter(|line| !own(line)).collect::<Vec<_>>(), [""; 0], "{path}");
            assert!(*kind != SCRIPT || text.starts_with("// "), "{path} says the question that it answers");
        }
    }
}
