//! What the codes of the Web API mean: the "Errors" of each method under <https://docs.slack.dev/reference/methods>.

use std::fmt;

use crate::http::word;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Done,
    /// Not applied; Slack says when. A page that is no longer there is asked for from the start.
    Wait,
    WaitLong,
    /// "Some part of the operation may have succeeded."
    Unknown,
    Content,
    Gone,
    Place,
    /// People closed this channel for now.
    Shut,
    Everywhere,
}

/// What Slack says in `error`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    pub(super) fn new(code: impl Into<String>) -> Self {
        Self(code.into())
    }

    pub(super) fn is_one_of(&self, codes: &[&str]) -> bool {
        codes.contains(&self.0.as_str())
    }

    /// By the one table. A code that is not in it was refused, so it is not [`Meaning::Unknown`]: a person must look.
    pub(super) fn meaning(&self) -> Meaning {
        let row = TABLE.iter().find(|(_, codes)| self.is_one_of(codes));
        row.map_or_else(|| self.by_spelling(), |(meaning, _)| *meaning)
    }

    fn by_spelling(&self) -> Meaning {
        let starts = ["invalid_metadata", "metadata_", "invalid_name", "invalid_blocks", "invalid_arg"];
        let ends = ["_too_long", "_too_large"];
        let ours = starts.iter().any(|start| self.0.starts_with(start))
            || ends.iter().any(|end| self.0.ends_with(end));
        if ours { Meaning::Content } else { Meaning::Place }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word(&self.0))
    }
}

/// People let nobody reply to a message.
pub(super) const NO_REPLIES: &str = "cannot_reply_to_message";

const TABLE: [(Meaning, &[&str]); 9] = [
    (
        Meaning::Done,
        &[
            "already_in_channel",
            "already_pinned",
            "already_reacted",
            "no_reaction",
            "already_archived",
            "cant_invite_self",
        ],
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
            NO_REPLIES,
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
    (Meaning::Shut, &["is_archived"]),
    (
        Meaning::Place,
        &[
            "channel_not_found",
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code that Slack's pages name for the methods we call, by what must come of it.
    const EXPECTED: [(Meaning, &str); 9] = [
        (
            Meaning::Done,
            "already_in_channel already_pinned already_reacted no_reaction already_archived cant_invite_self",
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
        (Meaning::Shut, "is_archived"),
        (
            Meaning::Place,
            "channel_not_found not_in_channel name_taken messages_tab_disabled restricted_action \
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
                assert_eq!(Code::new(code).meaning(), expected, "{code}");
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
}
