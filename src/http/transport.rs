//! How does a request reach Slack or Jira? Once: no retry, no redirect, nothing unencrypted.

use std::{
    net::ToSocketAddrs,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use reqwest::{
    Client, RequestBuilder, Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

use crate::{
    case::Millis,
    config::{connector, hosts},
    http::{self, MAX_BODY, Request, Response, TransportError},
};

/// The longest that a connection, its encryption included, may take to be made. Part of [`http::TIMEOUT`].
const CONNECT: Duration = Duration::from_secs(2);

/// The longest that the copy of a file may take: 100 MiB at 6 MiB a second, within what a job may take.
const COPY: Duration = Duration::from_secs(18);

/// What [`COPY`] may take twice, for a file's way in and out, and a margin; in milliseconds.
pub(crate) const LONGEST_COPY: Millis = 2 * COPY.as_secs().cast_signed() * 1_000 + 2_000;

/// How long connections are kept between two requests, in milliseconds of the wall clock: Lambda stops the process
/// between invocations, and a connection that died meanwhile takes a request with it.
const KEPT: Millis = 10_000;

/// A file on its way: read piece by piece, once.
pub struct Opened {
    pieces: BoxStream<'static, Result<Bytes, String>>,
    bytes: u64,
}

impl Opened {
    /// One that is there as a whole.
    pub fn of(bytes: u64, whole: Bytes) -> Self {
        Self { pieces: stream::iter([Ok(whole)]).boxed(), bytes }
    }

    fn answered(bytes: u64, answer: reqwest::Response) -> Self {
        let pieces = answer.bytes_stream().map(|piece| piece.map_err(|_| "the connection broke".to_owned()));
        Self { pieces: pieces.boxed(), bytes }
    }

    /// The same with this before and after it: a form that holds a file.
    pub(crate) fn between(self, before: String, after: String) -> Self {
        let bytes = self.bytes + (before.len() + after.len()) as u64;
        let whole = |text: String| stream::iter([Ok(Bytes::from(text))]);
        Self { pieces: whole(before).chain(self.pieces).chain(whole(after)).boxed(), bytes }
    }

    /// How long it is.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All of it, for whoever knows that it is small.
    ///
    /// # Errors
    /// It broke off.
    pub async fn read(mut self) -> Result<Bytes, String> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.pieces.next().await {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole.freeze())
    }
}

pub enum Source {
    Opened(Opened),
    /// A page to sign in at was answered, as Slack does with 200.
    SignIn,
    Refused {
        status: u16,
    },
    Length {
        bytes: u64,
    },
}

/// A client, and when it was used last.
type KeptClient = Option<(Millis, Client)>;

#[derive(Clone)]
pub struct Transport {
    connect: Duration,
    timeout: Duration,
    copy: Duration,
    clients: Arc<Mutex<[KeptClient; 2]>>,
}

impl Default for Transport {
    fn default() -> Self {
        Self { connect: CONNECT, timeout: http::TIMEOUT, copy: COPY, clients: Arc::default() }
    }
}

impl Transport {
    /// One for where no function waits: a copy may take so long.
    pub fn lasting(copy: Duration) -> Self {
        Self { copy, ..Self::default() }
    }

    pub fn client(&self, now: Millis) -> Result<Client, TransportError> {
        self.client_for(false, now)
    }

    /// Of two: one goes anywhere, the other to public addresses only.
    fn client_for(&self, only_public: bool, now: Millis) -> Result<Client, TransportError> {
        let mut kept = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let [anywhere, public] = &mut *kept;
        let kept = if only_public { public } else { anywhere };
        let fresh = kept.take().filter(|(used, _)| (*used..used.saturating_add(KEPT)).contains(&now));
        let client = match fresh {
            Some((_, client)) => client,
            None => self.build(only_public)?,
        };
        *kept = Some((now, client.clone()));
        Ok(client)
    }

    fn build(&self, only_public: bool) -> Result<Client, TransportError> {
        let builder = connector::builder(self.connect).map_err(|_| not_sent("HTTPS_PROXY is no address"))?;
        let builder = if only_public { builder.dns_resolver(PublicNames) } else { builder };
        builder.timeout(self.timeout).build().map_err(|_| not_sent("there is no HTTP client"))
    }

    /// Of a file whose length nobody told whoever gives it must say it.
    pub async fn open(
        &self,
        from: Request,
        bytes: Option<u64>,
        now: Millis,
    ) -> Result<Source, TransportError> {
        let answer =
            self.request(from, now)?.timeout(self.copy).send().await.map_err(|error| trouble(&error))?;
        let status = answer.status().as_u16();
        let is_page = answer
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        Ok(match (answer.content_length(), bytes) {
            _ if status != 200 => Source::Refused { status },
            (Some(given), bytes) if bytes.is_none_or(|bytes| bytes == given) => {
                Source::Opened(Opened::answered(given, answer))
            }
            // A page of that very length is a file that is a page.
            _ if is_page => Source::SignIn,
            (Some(given), _) => Source::Length { bytes: given },
            (None, Some(bytes)) => Source::Opened(Opened::answered(bytes, answer)),
            (None, None) => return Err(not_sent("nobody says how long the file is")),
        })
    }

    /// Sends an opened file on, piece by piece: memory holds one piece at a time.
    pub async fn fill(&self, to: Request, file: Opened, now: Millis) -> Result<Response, TransportError> {
        let body = reqwest::Body::wrap_stream(file.pieces);
        let to = self.request(to, now)?.timeout(self.copy).header("content-length", file.bytes).body(body);
        read(to.send().await.map_err(|error| trouble(&error))?).await
    }

    /// Opens a connection, which the next request to this place uses. Nothing is said and nobody named; that it fails is
    /// seen by whoever needs it.
    pub async fn connect(&self, url: &str, now: Millis) {
        let head = Request::bare(reqwest::Method::HEAD, url.to_owned());
        if let Ok(request) = self.request(head, now) {
            let _ = request.send().await;
        }
    }

    pub async fn send(&self, request: Request, now: Millis) -> Result<Response, TransportError> {
        read(self.request(request, now)?.send().await.map_err(|error| trouble(&error))?).await
    }

    fn request(&self, request: Request, now: Millis) -> Result<RequestBuilder, TransportError> {
        let url = Url::parse(&request.url).map_err(|_| not_sent("the address cannot be read"))?;
        if !hosts::is_private(&url) {
            return Err(not_sent("the address is not https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(not_sent("there is a name in the address"));
        }
        let mut built =
            self.client_for(request.only_public, now)?.request(request.method, url).body(request.body);
        for (name, value) in request.headers {
            built = built.header(name, value);
        }
        Ok(built)
    }
}

/// Finds where a name leads, and takes it only where each of its addresses is public.
#[derive(Clone, Copy, Debug)]
struct PublicNames;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let find = move || (name.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
            let found = tokio::task::spawn_blocking(find).await??;
            match found.iter().all(|address| hosts::is_public(address.ip())) {
                true => Ok(Box::new(found.into_iter()) as Addrs),
                false => Err("a name that leads to a private address".into()),
            }
        })
    }
}

async fn read(mut answer: reqwest::Response) -> Result<Response, TransportError> {
    let status = answer.status().as_u16();
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let [retry_after, login, limit, scopes, date] =
        ["retry-after", "x-seraph-loginreason", "ratelimit-reason", "x-oauth-scopes", "date"].map(header);
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| trouble(&error))? {
        if body.len() + piece.len() > MAX_BODY {
            return Err(TransportError::Lost("the answer is too long".to_owned()));
        }
        body.extend_from_slice(&piece);
    }
    Ok(Response { status, retry_after, login, limit, scopes, date, body: body.into() })
}

fn not_sent(why: impl Into<String>) -> TransportError {
    TransportError::NotSent(why.into())
}

/// Told in our own words: the error's would name the address, which may be secret.
fn trouble(error: &reqwest::Error) -> TransportError {
    match error {
        error if error.is_builder() => not_sent("the request cannot be made"),
        error if error.is_connect() => not_sent("no connection"),
        error if error.is_timeout() => TransportError::Lost("no answer in time".to_owned()),
        _ => TransportError::Lost("the connection broke".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::{TcpListener, TcpStream},
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
    };

    use reqwest::Method;

    use super::*;

    fn server(answer: impl Fn(TcpStream) + Send + 'static) -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heard = Arc::<AtomicUsize>::default();
        let count = heard.clone();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 4096]);
                answer(stream);
            }
        });
        (address, heard)
    }

    fn says(text: impl Into<String>) -> String {
        let text = text.into();
        server(move |mut stream| drop(stream.write_all(text.as_bytes()))).0
    }

    fn http() -> Transport {
        let (connect, timeout) = (Duration::from_millis(300), Duration::from_millis(600));
        Transport { connect, timeout, copy: COPY, clients: Arc::default() }
    }

    #[tokio::test]
    async fn a_name_that_leads_to_a_private_address_is_not_reached_though_somebody_listens_there() {
        let (address, heard) = server(|_| {});
        let port = address.rsplit(':').next().unwrap();
        let ask = |url: String| Request::bare(Method::GET, url).only_public();
        let url = format!("http://localhost:{port}/");
        let refused = http().send(ask(url.clone()), 0).await;
        assert_eq!(refused, Err(not_sent("no connection")));
        assert_eq!(heard.load(Ordering::SeqCst), 0);
        let _ = http().send(Request::bare(Method::GET, url), 0).await;
        assert_eq!(heard.load(Ordering::SeqCst), 1, "anybody else reaches it");
    }

    async fn get(url: &str) -> Result<Response, TransportError> {
        http().send(Request::bare(Method::GET, url.to_owned()), 0).await
    }

    #[tokio::test]
    async fn what_never_left_is_told_apart_from_what_may_have_arrived() {
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let silent = || server(std::mem::forget).0;
        let lost = |why: &str| TransportError::Lost(why.to_owned());
        for (url, expected) in [
            (format!("http://{nobody}/"), not_sent("no connection")),
            ("https://name.invalid/".to_owned(), not_sent("no connection")),
            (format!("https://{}/", says("no TLS")), not_sent("no connection")),
            (format!("https://{}/", silent()), not_sent("no connection")),
            (format!("http://{}/", silent()), lost("no answer in time")),
            (format!("http://{}/", says("")), lost("the connection broke")),
            (
                format!("http://{}/", says("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab")),
                lost("the connection broke"),
            ),
            (format!("http://{}/", says("nonsense\r\n\r\n")), lost("the connection broke")),
            (
                format!("http://{}/", says(format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(MAX_BODY + 1)))),
                lost("the answer is too long"),
            ),
        ] {
            assert_eq!(get(&url).await, Err(expected), "{url}");
        }
    }

    #[tokio::test]
    async fn nothing_goes_where_it_would_not_be_private() {
        let (address, heard) = server(drop);
        let port = address.rsplit(':').next().unwrap();
        for (url, why) in [
            ("http://name.invalid/".to_owned(), "the address is not https"),
            (format!("http://0.0.0.0:{port}/"), "the address is not https"),
            (format!("ftp://{address}/"), "the address is not https"),
            (format!("http://ana@{address}/"), "there is a name in the address"),
            (format!("http://:pw@{address}/"), "there is a name in the address"),
            ("/api".to_owned(), "the address cannot be read"),
        ] {
            assert_eq!(get(&url).await, Err(not_sent(why)), "{url}");
        }
        let request = Request::bare(Method::GET, format!("http://{address}/")).header("x-token", "a\r\nb: c");
        assert_eq!(http().send(request, 0).await, Err(not_sent("the request cannot be made")));
        assert_eq!(heard.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn an_answer_is_read_whatever_its_status_and_no_redirect_is_followed() {
        let (other, heard) = server(drop);
        let moved = format!("HTTP/1.1 302 Found\r\nlocation: http://{other}/\r\ncontent-length: 2\r\n\r\nno");
        let answer = get(&format!("http://{}/", says(moved))).await.unwrap();
        assert_eq!((answer.status, answer.retry_after, &answer.body[..]), (302, None, &b"no"[..]));
        assert_eq!(heard.load(Ordering::SeqCst), 0);
        let slow = "HTTP/1.1 429 Slow\r\nRetry-After: 30\r\ncontent-length: 0\r\n\r\n";
        let answer = get(&format!("http://{}/", says(slow))).await.unwrap();
        assert_eq!((answer.status, answer.retry_after.as_deref(), answer.body.len()), (429, Some("30"), 0));
    }

    #[tokio::test]
    async fn a_connection_that_was_idle_for_long_is_not_used_again() {
        let (address, connections) = server(|mut stream| {
            thread::spawn(move || {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                while stream.write_all(answer).is_ok() && stream.read(&mut [0; 4096]).is_ok_and(|n| n > 0) {}
            });
        });
        let http = http();
        for (now, expected) in [(0, 1), (KEPT - 1, 1), (2 * KEPT - 2, 1), (3 * KEPT - 2, 2), (0, 3)] {
            let request = Request::bare(Method::GET, format!("http://{address}/"));
            assert_eq!(http.send(request, now).await.unwrap().status, 200);
            assert_eq!(connections.load(Ordering::SeqCst), expected, "at {now}");
        }
    }

    #[derive(Debug, PartialEq)]
    enum Copied {
        Put(u16),
        SignIn,
        Refused(u16),
        Length(u64),
    }

    async fn copy(from: String, to: String, bytes: u64) -> Result<Copied, TransportError> {
        let to = Request::bare(Method::PUT, to).header("if-none-match", "*");
        Ok(match http().open(Request::bare(Method::GET, from), Some(bytes), 0).await? {
            Source::Opened(file) => Copied::Put(http().fill(to, file, 0).await?.status),
            Source::SignIn => Copied::SignIn,
            Source::Refused { status } => Copied::Refused(status),
            Source::Length { bytes } => Copied::Length(bytes),
        })
    }

    async fn copied(from: &str, bytes: u64) -> (Result<Copied, TransportError>, Vec<u8>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = Vec::new();
            stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                heard.extend_from_slice(&piece[..length]);
                if heard.ends_with(b"end") {
                    let _ =
                        stream.write_all(b"HTTP/1.1 412 Precondition Failed\r\ncontent-length: 0\r\n\r\n");
                }
            }
            heard
        });
        let copied = copy(format!("http://{}/", says(from)), format!("http://{address}/"), bytes).await;
        drop(TcpStream::connect(address));
        (copied, heard.join().unwrap())
    }

    #[tokio::test]
    async fn a_copy_carries_its_length_and_its_bytes_and_nothing_leaves_unless_the_source_is_what_was_said() {
        let file = |head: &str| format!("HTTP/1.1 {head}\r\n\r\nthe end");
        let page = "content-type: text/html; charset=utf-8\r\ncontent-length: 7";
        for head in ["content-length: 7", page] {
            let (became, heard) = copied(&file(&format!("200 OK\r\n{head}")), 7).await;
            assert_eq!(became, Ok(Copied::Put(412)), "{head}");
            let heard = String::from_utf8(heard).unwrap().to_lowercase();
            assert!(heard.contains("content-length: 7\r\n") && heard.ends_with("\r\n\r\nthe end"), "{heard}");
            assert!(heard.contains("if-none-match: *") && !heard.contains("transfer-encoding"), "{heard}");
        }
        for (head, bytes, expected) in [
            ("403 Forbidden\r\ncontent-length: 7", 7, Copied::Refused(403)),
            ("302 Found\r\nlocation: /\r\ncontent-length: 7", 7, Copied::Refused(302)),
            (&format!("200 OK\r\n{page}"), 5_000, Copied::SignIn),
            ("200 OK\r\ncontent-type: text/html", 7, Copied::SignIn),
            ("200 OK\r\ncontent-length: 6", 7, Copied::Length(6)),
        ] {
            let (became, heard) = copied(&file(head), bytes).await;
            assert_eq!((became, heard.len()), (Ok(expected), 0), "{head}");
        }
    }

    #[tokio::test]
    async fn a_copy_sends_its_beginning_before_its_end_has_come() {
        let (begun, wait) = std::sync::mpsc::channel::<()>();
        let wait = Mutex::new(wait);
        let (from, _) = server(move |mut stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbegin");
            if wait.lock().unwrap().recv_timeout(Duration::from_secs(10)).is_ok() {
                let _ = stream.write_all(b" end");
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = Vec::new();
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                heard.extend_from_slice(&piece[..length]);
                if heard.ends_with(b"begin") {
                    let _ = begun.send(());
                }
                if heard.ends_with(b" end") {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                }
            }
        });
        let (from, to) = (format!("http://{from}/"), format!("http://{to}/"));
        assert_eq!(copy(from, to, 9).await, Ok(Copied::Put(200)));
    }
}
