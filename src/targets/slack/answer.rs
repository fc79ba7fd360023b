//! What does an answer of Slack mean? All three layers: the transport, the HTTP status, the body's own verdict.
//!
//! Codes: the "Errors" of each method under <https://docs.slack.dev/reference/methods>.

use std::time::Duration;

use serde_json::Value;

use crate::http::{Failure, Response, word};

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
    /// Not applied; Slack says when. A page that is no longer there is asked for from the start.
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
    (Meaning::Wait, &["ratelimited", "rate_limited", "invalid_cursor"]),
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
            "invalid_payload",
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
        // A page of somebody on the way.
        200..=299 if response.body.starts_with(b"<") => Err(Failure::unreadable(method)),
        200..=299 if response.value().is_none() => Ok(()),
        _ => read(method, response)?.or_failure(method).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Every code that Slack's pages name for the methods we call, by what must come of it.
    const EXPECTED: [(Meaning, &str); 8] = [
        (
            Meaning::Done,
            "already_in_channel already_pinned already_reacted already_archived cant_invite_self",
        ),
        (Meaning::Wait, "ratelimited rate_limited invalid_cursor"),
        (
            Meaning::WaitLong,
            "team_added_to_org org_login_required external_channel_migrating message_limit_exceeded",
        ),
        (Meaning::Unknown, "service_unavailable request_timeout internal_error fatal_error"),
        (
            Meaning::Content,
            "invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text invalid_arguments \
             too_many_attachments invalid_attachments metadata_too_large invalid_metadata_format \
             invalid_metadata_schema metadata_must_be_sent_from_app markdown_text_conflict block_mismatch too_long \
             invalid_name_maxlength invalid_arg_name topic_too_long",
        ),
        (
            Meaning::Gone,
            "message_not_found thread_not_found cant_update_message edit_window_closed trigger_expired \
             expired_trigger_id trigger_exchanged exchanged_trigger_id hash_conflict file_not_found",
        ),
        (
            Meaning::Place,
            "channel_not_found is_archived not_in_channel name_taken messages_tab_disabled restricted_action \
             restricted_action_thread_locked restricted_action_read_only_channel a_code_of_tomorrow",
        ),
        (
            Meaning::Everywhere,
            "invalid_auth not_authed account_inactive token_revoked token_expired missing_scope \
             not_allowed_token_type no_permission access_denied accesslimited team_access_not_granted \
             ekm_access_denied two_factor_setup_required enterprise_is_restricted",
        ),
    ];

    #[test]
    fn each_code_means_what_the_table_says() {
        for (expected, codes) in EXPECTED {
            for code in codes.split_whitespace() {
                assert_eq!(meaning(code), expected, "{code}");
            }
        }
    }

    #[test]
    fn no_code_is_listed_twice() {
        let mut codes: Vec<_> = TABLE.iter().flat_map(|(_, codes)| codes.iter()).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    fn of(status: u16, retry_after: Option<&str>, body: &str) -> Result<Value, Failure> {
        let retry_after = retry_after.map(str::to_owned);
        let response = Response { status, retry_after, body: body.to_owned().into(), ..Response::default() };
        read("chat.update", &response)?.or_failure("chat.update")
    }

    fn not_applied(seconds: Option<u64>, why: &str) -> Failure {
        Failure::NotApplied {
            retry_after: seconds.map(Duration::from_secs),
            why: format!("chat.update: {why}"),
        }
    }

    fn unknown(why: &str) -> Failure {
        Failure::Unknown { why: format!("chat.update: {why}") }
    }

    fn content(why: &str) -> Failure {
        Failure::Content { why: format!("chat.update: {why}") }
    }

    fn gone(why: &str) -> Failure {
        Failure::Gone { why: format!("chat.update: {why}") }
    }

    fn broken(everywhere: bool, why: &str) -> Failure {
        Failure::Broken { everywhere, why: format!("chat.update: {why}") }
    }

    #[test]
    fn transport_status_and_verdict_are_all_looked_at() {
        let html = "<html>";
        let refusal = |code: &str| format!(r#"{{"ok":false,"error":"{code}"}}"#);
        let table = [
            (429, Some("30"), html.to_owned(), not_applied(Some(30), "HTTP-429")),
            (429, Some("0"), refusal("ratelimited"), not_applied(Some(0), "ratelimited")),
            (429, Some("garbage"), String::new(), not_applied(None, "HTTP-429")),
            (429, None, String::new(), not_applied(None, "HTTP-429")),
            (200, Some("7"), refusal("ratelimited"), not_applied(Some(7), "ratelimited")),
            (200, None, refusal("org_login_required"), not_applied(Some(600), "org_login_required")),
            (200, Some("900"), refusal("org_login_required"), not_applied(Some(900), "org_login_required")),
            (500, None, html.to_owned(), unknown("HTTP 500")),
            (503, Some("1"), refusal("channel_not_found"), unknown("HTTP 503")),
            (200, None, refusal("internal_error"), unknown("internal_error")),
            (200, None, html.to_owned(), unknown("unreadable answer")),
            (200, None, String::new(), unknown("unreadable answer")),
            (200, None, r#"{"ok":true"#.to_owned(), unknown("unreadable answer")),
            (200, None, r#"{"ok":"true"}"#.to_owned(), unknown("unreadable answer")),
            (200, None, "[]".to_owned(), unknown("unreadable answer")),
            (303, None, html.to_owned(), unknown("redirected (HTTP 303)")),
            (302, None, r#"{"ok":true}"#.to_owned(), broken(true, "redirected (HTTP 302)")),
            (408, None, String::new(), unknown("HTTP 408")),
            (400, None, String::new(), content("HTTP 400")),
            (413, None, html.to_owned(), content("HTTP 413")),
            (403, None, html.to_owned(), broken(true, "HTTP 403")),
            (404, None, html.to_owned(), broken(true, "HTTP 404")),
            (400, None, refusal("invalid_blocks"), content("invalid_blocks")),
            (404, None, r#"{"ok":true}"#.to_owned(), broken(true, "HTTP 404")),
            (200, None, refusal("message_not_found"), gone("message_not_found")),
            (200, None, refusal("is_archived"), broken(false, "is_archived")),
            (200, None, refusal("token_revoked"), broken(true, "token_revoked")),
            (200, None, refusal("Private text, never logged"), broken(false, "(not a word)")),
            (200, None, r#"{"ok":false}"#.to_owned(), broken(false, "(not a word)")),
            (
                200,
                None,
                r#"{"ok":false,"error":"missing_scope","needed":"chat:write","provided":"x"}"#.to_owned(),
                broken(true, "missing_scope (chat:write)"),
            ),
            (0, None, String::new(), unknown("unreadable answer")),
        ];
        for (status, retry_after, body, expected) in table {
            assert_eq!(of(status, retry_after, &body), Err(expected), "{status} {retry_after:?} {body}");
        }
    }

    #[test]
    fn what_is_done_already_is_done() {
        assert_eq!(of(200, None, r#"{"ok":false,"error":"already_in_channel"}"#), Ok(Value::Null));
        assert_eq!(of(200, None, r#"{"ok":true,"ts":"1"}"#), Ok(json!({"ok": true, "ts": "1"})));
    }

    #[test]
    fn a_response_url_says_ok_or_that_it_is_used_up() {
        let of = |status: u16, body: &str| {
            let body = body.to_owned().into();
            read_response_url("chat.update", &Response { status, body, ..Response::default() })
        };
        assert_eq!(of(200, "ok"), Ok(()));
        assert_eq!(of(200, r#"{"ok":true}"#), Ok(()));
        assert_eq!(of(200, r#"{"ok":false,"error":"invalid_blocks"}"#), Err(content("invalid_blocks")));
        assert_eq!(of(400, r#"{"ok":false,"error":"invalid_payload"}"#), Err(content("invalid_payload")));
        assert_eq!(of(200, r#"{"ok":false,"error":"expired_url"}"#), Err(gone("expired_url")));
        assert_eq!(of(404, "used_url"), Err(gone("HTTP 404")));
        assert_eq!(of(500, ""), Err(unknown("HTTP 500")));
        assert_eq!(of(302, ""), Err(broken(true, "redirected (HTTP 302)")));
    }
}
