//! How does a browser on this machine see the playground, and act in it?
//! One page with its own style and scripts, no file from elsewhere. It asks twice a second what stands in SIR, Slack and
//! Jira, and sends back what the person did. `page/page.js` says which script answers which question.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use casebridge::case::text;
use serde::Deserialize;
use serde_json::json;
use tokio::{net::TcpListener, runtime::Handle, task::spawn_blocking};

use super::{
    acts::Act,
    stage::{Stage, StageError},
    visible,
};

/// What the browser may load: where it stands, what it is, and all of it.
const FILES: [(&str, &str, &str); 10] = [
    ("/", "text/html", include_str!("page/page.html")),
    ("/page.css", "text/css", include_str!("page/page.css")),
    ("/page.js", SCRIPT, include_str!("page/page.js")),
    ("/world.js", SCRIPT, include_str!("page/world.js")),
    ("/list.js", SCRIPT, include_str!("page/list.js")),
    ("/text.js", SCRIPT, include_str!("page/text.js")),
    ("/blocks.js", SCRIPT, include_str!("page/blocks.js")),
    ("/field.js", SCRIPT, include_str!("page/field.js")),
    ("/modal.js", SCRIPT, include_str!("page/modal.js")),
    ("/slack.js", SCRIPT, include_str!("page/slack.js")),
];

const SCRIPT: &str = "text/javascript";

/// Nothing runs and nothing styles but the page's own files.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The most bytes of an act: a file of 10 MB in base64.
const ACT: usize = 14_000_000;

/// The page, bound to its port but not served yet.
pub struct PlaygroundPage {
    stage: Arc<Stage>,
    listener: TcpListener,
    address: SocketAddr,
}

struct PageContext {
    stage: Arc<Stage>,
    port: u16,
}

impl PlaygroundPage {
    /// Sets the stage and binds the port on loopback; 0 takes a free one.
    /// Fails: a port could not be bound.
    pub async fn bind(port: u16) -> Result<Self, StageError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let stage = Arc::new(Stage::set().await?);
        let address = listener.local_addr()?;
        Ok(Self { stage, listener, address })
    }

    /// What to open in the browser.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Serves the page and lets the bridge work, for ever.
    /// Fails: the server ended.
    pub async fn run(self) -> io::Result<()> {
        let desk = Arc::new(PageContext { stage: self.stage.clone(), port: self.address.port() });
        let files = FILES.iter().fold(Router::new(), |files, (path, kind, text)| {
            files.route(path, get(|| async { file(kind, text) }))
        });
        let app = files
            .route("/favicon.ico", get(StatusCode::NO_CONTENT))
            .route("/state", get(state))
            .route("/acts", post(act).layer(DefaultBodyLimit::max(ACT)))
            .layer(middleware::from_fn_with_state(desk.clone(), guard))
            .with_state(desk);
        tokio::select! {
            ended = axum::serve(self.listener, app) => ended,
            () = self.stage.run() => Ok(()),
        }
    }
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

#[derive(Deserialize)]
struct KnownVersion {
    #[serde(default)]
    known: String,
}

/// What there is to see; 204 where the page knows it already.
async fn state(
    State(desk): State<Arc<PageContext>>,
    Query(KnownVersion { known }): Query<KnownVersion>,
) -> Response {
    let seen = visible::all(&desk.stage.standins);
    let version = text::hash(&seen.to_string());
    if version == known {
        return StatusCode::NO_CONTENT.into_response();
    }
    reply(StatusCode::OK, &json!({ "version": version, "seen": seen }))
}

async fn act(State(desk): State<Arc<PageContext>>, headers: HeaderMap, body: Bytes) -> Response {
    // A form of another site cannot have this type.
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/json") {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let act: Act = match serde_json::from_slice(&body) {
        Ok(act) => act,
        Err(error) => return reply(StatusCode::BAD_REQUEST, &json!({ "error": error.to_string() })),
    };
    // What the bridge waits for stays on one thread, as in Lambda; the server's own requests move between threads.
    let runtime = Handle::current();
    let happened = spawn_blocking(move || runtime.block_on(act.happen(&desk.stage))).await;
    match happened.unwrap_or_else(|_| Err("the bridge stopped in the middle of this".to_owned())) {
        Ok(answer) => reply(StatusCode::OK, &answer),
        Err(refused) => reply(StatusCode::CONFLICT, &json!({ "error": refused })),
    }
}

fn reply(status: StatusCode, body: &serde_json::Value) -> Response {
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
            assert!(kind != SCRIPT || text.starts_with("// "), "{path} says the question that it answers");
        }
    }
}
