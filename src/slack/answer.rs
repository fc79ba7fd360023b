//! What does an answer of Slack mean? All three layers: the transport, the HTTP status, the body's own verdict.
//!
//! Codes: the "Errors" of each method under <https://docs.slack.dev/reference/methods>.

use std::time::Duration;

use serde_json::Value;

use crate::wire::{Failure, Response, word};

/// What Slack asks to wait for where a refusal lasts and Slack names no time: a migration, a monthly limit.
const LONG: Duration = Duration::from_secs(600);

/// What Slack said, once it could be read.
pub(super) enum Said {
    /// `ok: true`, the whole answer.
    Yes(Value),
    /// `ok: false`
    No(Refusal),
}

/// `ok: false`
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// `error`
    pub code: String,
    /// `needed`: the scope that is missing.
    pub needed: Option<String>,
    /// `Retry-After`
    pub wait: Option<Duration>,
    /// `errors`: who was refused, and why, when several people were invited.
    pub people: Vec<(String, String)>,
}

impl Said {
    /// The answer, where the refusal needs no look.
    pub fn or_failure(self, method: &str) -> Result<Value, Failure> {
        match self {
            Self::Yes(value) => Ok(value),
            Self::No(refusal) => refusal.or_done(method),
        }
    }
}

impl Refusal {
    /// `Null` where the refusal says that it is done already, otherwise what it means.
    pub fn or_done(&self, method: &str) -> Result<Value, Failure> {
        let why = match &self.needed {
            Some(scope) => format!("{method}: {} ({})", word(&self.code), word(scope)),
            None => format!("{method}: {}", word(&self.code)),
        };
        Err(match meaning(&self.code) {
            Meaning::Done => return Ok(Value::Null),
            Meaning::Wait => Failure::NotApplied { retry_after: self.wait, why },
            Meaning::WaitLong => Failure::NotApplied { retry_after: Some(self.wait.unwrap_or(LONG)), why },
            Meaning::Unknown => Failure::Unknown { why },
            Meaning::Content => Failure::Content { why },
            Meaning::Gone => Failure::Gone { why },
            Meaning::Place => Failure::Broken { everywhere: false, why },
            Meaning::Everywhere => Failure::Broken { everywhere: true, why },
        })
    }
}

/// Reads an answer as far as the body's verdict.
pub(super) fn read(method: &str, response: &Response) -> Result<Said, Failure> {
    let body = response.value();
    let verdict = body.as_ref().and_then(|body| body.get("ok")).and_then(Value::as_bool);
    match (response.status, body, verdict) {
        (429, body, _) => {
            Err(Failure::NotApplied { retry_after: response.wait(), why: limited(method, body) })
        }
        (500.., ..) => Err(Failure::Unknown { why: format!("{method}: HTTP {}", response.status) }),
        (200..=299, Some(body), Some(true)) => Ok(Said::Yes(body)),
        (200..=299 | 400..=499, Some(body), Some(false)) => Ok(Said::No(refusal(&body, response))),
        (300..=399, ..) => Err(Failure::redirected(method, response.status)),
        (400..=499, ..) => Err(refused_by_status(method, response.status)),
        _ => Err(Failure::unreadable(method)),
    }
}

fn limited(method: &str, body: Option<Value>) -> String {
    let code = body.as_ref().and_then(|body| body.get("error")).and_then(Value::as_str);
    format!("{method}: {}", word(code.unwrap_or("HTTP-429")))
}

fn refusal(body: &Value, response: &Response) -> Refusal {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let errors = body.get("errors").and_then(Value::as_array).into_iter().flatten();
    Refusal {
        code: text(body, "error").unwrap_or_default(),
        needed: text(body, "needed"),
        wait: response.wait(),
        people: errors.filter_map(|error| Some((text(error, "user")?, text(error, "error")?))).collect(),
    }
}

/// A 4xx that Slack itself did not write: a proxy, or not the Web API.
pub(super) fn refused_by_status(method: &str, status: u16) -> Failure {
    let why = format!("{method}: HTTP {status}");
    match status {
        408 => Failure::Unknown { why },
        425 => Failure::NotApplied { retry_after: None, why },
        400 | 413 | 414 | 422 => Failure::Content { why },
        _ => Failure::Broken { everywhere: true, why },
    }
}

/// What a code means, whatever the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// It is as we want it.
    Done,
    /// Not applied; Slack says when.
    Wait,
    /// Not applied, and not for a while.
    WaitLong,
    /// "Some part of the operation may have succeeded."
    Unknown,
    /// Our rendering.
    Content,
    /// A person deleted, or time took, what we would change.
    Gone,
    /// This channel needs a person.
    Place,
    /// The app, its token or its scopes need a person.
    Everywhere,
}

/// The one table. A code that is not in it was refused, so it is not [`Meaning::Unknown`]: a person must look.
fn meaning(code: &str) -> Meaning {
    TABLE
        .iter()
        .find(|(_, codes)| codes.contains(&code))
        .map(|(meaning, _)| *meaning)
        .unwrap_or_else(|| by_spelling(code))
}

/// Families of codes that grow.
fn by_spelling(code: &str) -> Meaning {
    let content = ["invalid_metadata", "metadata_", "invalid_name", "invalid_blocks", "invalid_arg"];
    let endings = ["_too_long", "_too_large"];
    if content.iter().any(|start| code.starts_with(start)) || endings.iter().any(|end| code.ends_with(end)) {
        Meaning::Content
    } else {
        Meaning::Place
    }
}

const TABLE: [(Meaning, &[&str]); 8] = [
    (
        Meaning::Done,
        &["already_in_channel", "already_pinned", "already_reacted", "already_archived", "cant_invite_self"],
    ),
    (Meaning::Wait, &["ratelimited", "rate_limited"]),
    (
        Meaning::WaitLong,
        &["team_added_to_org", "org_login_required", "external_channel_migrating", "message_limit_exceeded"],
    ),
    (Meaning::Unknown, &["internal_error", "fatal_error", "request_timeout", "service_unavailable"]),
    (
        Meaning::Content,
        &[
            "invalid_blocks",
            "invalid_blocks_format",
            "msg_blocks_too_long",
            "msg_too_long",
            "no_text",
            "too_long",
            "invalid_arguments",
            "invalid_attachments",
            "too_many_attachments",
            "metadata_too_large",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "metadata_must_be_sent_from_app",
            "markdown_text_conflict",
            "block_mismatch",
            "invalid_json",
            "json_not_object",
            "invalid_form_data",
            "invalid_charset",
        ],
    ),
    (
        Meaning::Gone,
        &[
            "message_not_found",
            "thread_not_found",
            "cant_update_message",
            "cant_delete_message",
            "edit_window_closed",
            "file_not_found",
            "file_deleted",
            "not_found",
            "view_not_found",
            "hash_conflict",
            "trigger_expired",
            "expired_trigger_id",
            "trigger_exchanged",
            "exchanged_trigger_id",
            "invalid_trigger_id",
            "user_not_in_channel",
            "used_url",
            "expired_url",
        ],
    ),
    (
        Meaning::Place,
        &[
            "channel_not_found",
            "is_archived",
            "not_in_channel",
            "invalid_channel",
            "messages_tab_disabled",
            "name_taken",
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_only_channel",
            "restricted_action_thread_locked",
            "restricted_action_non_threadable_channel",
            "method_not_supported_for_channel_type",
        ],
    ),
    (
        Meaning::Everywhere,
        &[
            "invalid_auth",
            "not_authed",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "missing_scope",
            "not_allowed_token_type",
            "no_permission",
            "access_denied",
            "accesslimited",
            "team_access_not_granted",
            "team_not_found",
            "ekm_access_denied",
            "two_factor_setup_required",
            "enterprise_is_restricted",
            "method_deprecated",
            "deprecated_endpoint",
            "unknown_method",
        ],
    ),
];

/// Reads the answer of a `response_url`: a plain `ok`, or a verdict as everywhere; 404 once it is used up.
pub(super) fn read_response_url(method: &str, response: &Response) -> Result<(), Failure> {
    match response.status {
        404 | 410 => Err(Failure::Gone { why: format!("{method}: HTTP {}", response.status) }),
        200..=299 if response.value().is_none() => Ok(()),
        _ => read(method, response)?.or_failure(method).map(drop),
    }
}
