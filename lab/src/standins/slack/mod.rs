//! What would Slack answer?
//! The Web API methods that the product uses, `response_url`s, file downloads, and the people of a workspace.

mod block_kit;
mod composer;
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

use super::{
    Endpoint, ErrorCode, ServiceClock, Standin,
    exchange::{WireRequest, WireResponse},
    standin::ServiceModel,
};
pub use mrkdwn::LiveText;
pub use pace::{Pace, tier};
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
/// Besides what [`Server`](super::Server) offers, its `/_control/` has:
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
/// | `POST groups` | `{handle, user}` | a user group of one person, as `{id}` |
/// | `PUT workspace` | `{team, channel}` | gives the workspace and its first channel these ids |
pub type SlackStandin = Standin<Workspace>;

impl ServiceModel for Workspace {
    fn furnished(endpoint: &Endpoint) -> Self {
        let mut workspace = Self::new(endpoint);
        workspace::people_it(&mut workspace);
        workspace
    }

    fn clock(&self) -> &ServiceClock {
        &self.clock
    }

    fn keep_limits(&mut self) {
        self.settings.pace = Pace::Burst;
    }

    /// A method's name; `response_url`; `download`.
    fn operation(asked: &WireRequest) -> String {
        match asked.path.split('/').nth(1) {
            Some("api") => asked.path.trim_start_matches("/api/").to_owned(),
            Some("commands" | "actions") => "response_url".to_owned(),
            Some("files-pri") => "download".to_owned(),
            Some("upload") => "upload".to_owned(),
            _ => format!("{} {}", asked.method, asked.path),
        }
    }

    fn only_reads(asked: &WireRequest) -> bool {
        ["history", "replies", "info", "list", "members", "lookupByEmail", "test"]
            .iter()
            .any(|verb| asked.path.ends_with(verb))
    }

    fn answer(&mut self, asked: &WireRequest) -> WireResponse {
        match &asked.segments()[..] {
            [first, method] if first == "api" => request::answer(self, asked, method),
            [first, key, _, _] if first == "files-pri" => files::download(self, asked, key),
            [first, _, key] if first == "upload" => files::fill(self, asked, key),
            [first, ..] if first == "commands" || first == "actions" => hooks::answer(self, asked),
            _ => WireResponse::text(404, "text/html", "<!DOCTYPE html><html><body>Not found</body></html>"),
        }
    }

    /// By Slack's own error string; `missing_scope` says what is needed and provided.
    fn error(code: &ErrorCode) -> WireResponse {
        match code.as_str() {
            "throttled" => no("ratelimited").answer(),
            name @ "missing_scope" => {
                let more = serde_json::json!({ "needed": "chat:write", "provided": "commands" });
                SlackRefusal::with(name, more).answer()
            }
            name @ "invalid_blocks" => SlackRefusal::because(
                name,
                &["must be less than 3001 characters [json-pointer:/blocks/0/text/text]".into()],
            )
            .answer(),
            name => no(name).answer(),
        }
    }

    fn control(&mut self, asked: &WireRequest) -> Option<WireResponse> {
        control::answer(self, asked)
    }
}
