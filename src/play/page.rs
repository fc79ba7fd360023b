//! How does a browser on this machine see the playground, and act in it?
//!
//! One page, no file from elsewhere. It asks twice a second what stands in SIR, Slack and Jira, and sends back what
//! the person did.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use super::{
    acts::Act,
    stage::{self, Stage},
    visible,
};
use crate::text;

const HTML: &str = include_str!("page.html");

/// The page, bound to its port but not served yet.
pub struct Page {
    stage: Arc<Stage>,
    listener: TcpListener,
    address: SocketAddr,
}

struct Desk {
    stage: Arc<Stage>,
    port: u16,
}

impl Page {
    /// Sets the stage and binds the port on loopback; 0 takes a free one.
    ///
    /// # Errors
    /// A port could not be bound.
    pub async fn bind(port: u16) -> Result<Self, stage::Error> {
        let stage = Arc::new(Stage::set().await?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { stage, listener, address })
    }

    /// What to open in the browser.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Serves the page and lets the bridge work, for ever.
    ///
    /// # Errors
    /// The server ended.
    pub async fn run(self) -> io::Result<()> {
        let desk = Arc::new(Desk { stage: self.stage.clone(), port: self.address.port() });
        let app = Router::new()
            .route("/", get(page))
            .route("/state", get(state))
            .route("/acts", post(act))
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
async fn guard(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
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

async fn page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy(HTML)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, HTML).into_response()
}

/// Nothing runs and nothing styles but what stands in the page itself.
fn policy(html: &str) -> String {
    let hash = |tag: &str| {
        let inside =
            html.split_once(&format!("<{tag}>")).and_then(|(_, rest)| rest.split_once(&format!("</{tag}>")));
        BASE64_STANDARD.encode(Sha256::digest(inside.map(|(inside, _)| inside).unwrap_or_default()))
    };
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        hash("script"),
        hash("style"),
    )
}

#[derive(Deserialize)]
struct Known {
    #[serde(default)]
    known: String,
}

/// What there is to see; 204 where the page knows it already.
async fn state(State(desk): State<Arc<Desk>>, Query(Known { known }): Query<Known>) -> Response {
    let seen = visible::all(&desk.stage.standins);
    let version = text::hash(&seen.to_string());
    if version == known {
        return StatusCode::NO_CONTENT.into_response();
    }
    reply(StatusCode::OK, &json!({ "version": version, "seen": seen }))
}

async fn act(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Response {
    // A form of another site cannot have this type.
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/json") {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let act: Act = match serde_json::from_slice(&body) {
        Ok(act) => act,
        Err(error) => return reply(StatusCode::BAD_REQUEST, &json!({ "error": error.to_string() })),
    };
    match act.happen(&desk.stage).await {
        Ok(answer) => reply(StatusCode::OK, &answer),
        Err(refused) => reply(StatusCode::CONFLICT, &json!({ "error": refused })),
    }
}

fn reply(status: StatusCode, body: &serde_json::Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_the_pages_own_script_and_style_and_nothing_else() {
        let policy = policy("<style>a</style><script>b</script>");
        // printf b | openssl dgst -sha256 -binary | base64
        assert!(
            policy.contains("script-src 'sha256-PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0='"),
            "{policy}"
        );
        assert!(
            policy.contains("style-src 'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"));
    }

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
        assert_eq!(HTML.matches("<script").count(), 1);
        assert_eq!(HTML.matches("<style").count(), 1);
        for bad in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            " src=",
            "<link",
            "style=",
        ] {
            assert!(!HTML.contains(bad), "{bad}");
        }
    }
}
