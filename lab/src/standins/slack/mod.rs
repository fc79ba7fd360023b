//! What would Slack answer?
//!
//! The Web API methods that the product uses, `response_url`s, file downloads, and the people of a workspace.

mod block_kit;
mod control;
mod conversations;
mod elements;
mod files;
mod hooks;
mod manifest;
mod marks;
mod messages;
mod methods;
mod mrkdwn;
mod pace;
mod people;
mod person;
mod request;
mod rich_text;
mod sent;
mod state;
mod threads;
mod trouble;
mod views;
mod workspace;
mod written;

#[cfg(test)]
mod tests;

use std::{
    io,
    ops::Deref,
    sync::{Arc, Mutex},
};

use super::{
    Server, ServiceClock,
    exchange::{WireRequest, WireResponse},
    past::Past,
    server::{Service, bind, lock, on_state},
};
pub use mrkdwn::LiveText;
pub use pace::Pace;
use state::Workspace;
use trouble::{SlackRefusal, no};
pub use workspace::Sharing;

/// A running stand-in of Slack.
///
/// It starts with the app installed (token `xoxb-stand-in`, signing secret `stand-in-signing-secret`), with Ana
/// (`U024BE7LH`, `ana@example.com`) and Bo (`U024BE7LJ`, `bo@example.com`), and with the public channel
/// `security` ([`security`](Self::security)), in which Ana, Bo and the bot are. People's actions are methods
/// that change the workspace and give back the signed requests that Slack would send for them.
///
/// Besides what [`Server`] offers, its `/_control/` has:
///
/// | request | body | answer |
/// |---|---|---|
/// | `GET state` | | [`state`](Self::state) |
/// | `GET shown/CHANNEL` | | `{lines: […]}`, see [`shown`](Self::shown) |
/// | `GET live/CHANNEL` | | [`live`](Self::live) of every message |
/// | `POST commands` | `{user, channel, command, text}` | a delivery `{path, headers, body}` |
/// | `POST messages` | `{user, channel, text, thread_ts?}` | `{ts, deliveries: […]}` |
/// | `POST clicks` | `{user, channel, ts, action_id}` | a delivery |
/// | `POST deletions` | `{channel, ts}` | a delivery |
/// | `POST archives` | `{channel}` | a delivery |
/// | `PUT sharing` | `{channel, sharing}`: `ours`, `invited`, `connected`, `organisation` | who else reads a channel |
/// | `PUT workspace` | `{team, channel}` | gives the workspace and its first channel these ids |
#[derive(Clone, Debug)]
pub struct SlackStandin {
    server: Server,
    world: Arc<World>,
}

struct World {
    state: Mutex<Workspace>,
    past: Past<Workspace>,
}

impl World {
    fn new(clock: ServiceClock, url: String) -> Arc<Self> {
        let mut state = Workspace::new(clock, url);
        workspace::people_it(&mut state);
        Arc::new(Self { state: Mutex::new(state), past: Past::default() })
    }

    /// Works on the state, which may be something else afterwards.
    fn with<T>(&self, work: impl FnOnce(&mut Workspace) -> T) -> T {
        let mut state = lock(&self.state);
        self.past.remember(state.clock.millis(), &state);
        work(&mut state)
    }

    fn done(&self, asked: &WireRequest) -> WireResponse {
        match only_reads(asked) {
            true => answer(&mut lock(&self.state), asked),
            false => self.with(|state| answer(state, asked)),
        }
    }
}

fn only_reads(asked: &WireRequest) -> bool {
    ["history", "replies", "info", "list", "members", "lookupByEmail", "test"]
        .iter()
        .any(|verb| asked.path.ends_with(verb))
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl SlackStandin {
    /// Starts a stand-in on a free port of loopback. The Web API is at `{url}/api/`.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start() -> io::Result<Self> {
        let (listener, url) = bind().await?;
        let clock = ServiceClock::default();
        let world = World::new(clock.clone(), url.clone());
        let server = Server::run(listener, url, clock, world.clone());
        Ok(Self { server, world })
    }

    /// One that only this process can ask, on this clock and at this base URL, with Slack's limits enforced: see
    /// [`Server::answer`].
    pub fn within(clock: ServiceClock, url: &str) -> Self {
        let world = World::new(clock.clone(), url.to_owned());
        let server = Server::within(url.to_owned(), clock, world.clone());
        let slack = Self { server, world };
        slack.enforce(Pace::Burst);
        slack
    }
}

impl Deref for SlackStandin {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Service for World {
    /// A method's name; `response_url`; `download`.
    fn operation(&self, asked: &WireRequest) -> String {
        match asked.path.split('/').nth(1) {
            Some("api") => asked.path.trim_start_matches("/api/").to_owned(),
            Some("commands" | "actions") => "response_url".to_owned(),
            Some("files-pri") => "download".to_owned(),
            _ => format!("{} {}", asked.method, asked.path),
        }
    }

    fn answer(&self, asked: &WireRequest, keep: bool) -> WireResponse {
        match keep {
            true => self.done(asked),
            false => on_state(&self.state, false, |state| answer(state, asked)),
        }
    }

    fn answer_as_of(&self, asked: &WireRequest, seen: i64) -> WireResponse {
        let before = self.past.at(seen, |state| answer(state, asked));
        before.unwrap_or_else(|| self.answer(asked, true))
    }

    /// By Slack's own error string; `missing_scope` says what is needed and provided.
    fn error(&self, name: &str) -> WireResponse {
        match name {
            "throttled" => no("ratelimited").answer(),
            "missing_scope" => {
                let more = serde_json::json!({ "needed": "chat:write", "provided": "commands" });
                SlackRefusal::with(name, more).answer()
            }
            "invalid_blocks" => SlackRefusal::because(
                name,
                &["must be less than 3001 characters [json-pointer:/blocks/0/text/text]".into()],
            )
            .answer(),
            name => no(name).answer(),
        }
    }

    fn control(&self, what: &str, asked: &WireRequest) -> Option<WireResponse> {
        self.with(|state| control::answer(state, what, asked))
    }
}

fn answer(state: &mut Workspace, asked: &WireRequest) -> WireResponse {
    match &asked.segments()[..] {
        [first, method] if first == "api" => request::answer(state, asked, method),
        [first, key, _, _] if first == "files-pri" => files::download(state, asked, key),
        [first, ..] if first == "commands" || first == "actions" => hooks::answer(state, asked),
        _ => WireResponse::text(404, "text/html", "<!DOCTYPE html><html><body>Not found</body></html>"),
    }
}
