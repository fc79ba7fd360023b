//! Whose long text is read: nothing that takes its time is done with the text of somebody who may not comment.

use super::{
    identity,
    roles::{self, Identity},
};
use crate::{
    chat::{
        ingress::{context::ChatContext, job::Sender},
        reply::Reply,
    },
    config::settings::Settings,
    http::Failure,
};

/// The longest text that is read whoever wrote it, in bytes: to look through it takes no longer than to verify the
/// request that brings it.
pub(crate) const SHORT: usize = 4_000;

/// What refuses a longer one, in the audit trail.
pub(crate) const RULE: &str = "long text of somebody without a role";

/// Whether a text of so many bytes is read. Slack is asked only where a user group might give its writer the role.
pub(crate) async fn is_read(chat: &ChatContext<'_>, sender: &Sender, length: usize) -> Result<bool, Failure> {
    let settings = chat.settings;
    if length <= SHORT || roles::may_comment(settings, &Identity::of_member(sender)).is_ok() {
        return Ok(true);
    }
    if sender.team != settings.slack.team || !identity::are_named_otherwise(settings) {
        return Ok(false);
    }
    match identity::profile(&chat.slack(), settings, &sender.user).await {
        Ok(person) => Ok(person.is_some_and(|person| roles::may_comment(settings, &person.identity).is_ok())),
        Err(failure @ (Failure::NotApplied { .. } | Failure::Unknown { .. })) => Err(failure),
        // Only a person can mend that. Whoever does the job will say so.
        Err(_) => Ok(false),
    }
}

/// What somebody gets to read whose long text was not read.
pub(crate) fn unread(settings: &Settings, sender: &Sender) -> Reply {
    let refusal = roles::may_comment(settings, &Identity::of_member(sender)).err();
    let why = refusal.map_or_else(|| "Nothing was done.".to_owned(), |refusal| refusal.to_string());
    Reply::says("So long a text is read only from somebody who may comment on cases.").marked(&why)
}

/// What somebody gets to read of whom Slack does not tell who they are.
pub(crate) fn unknown() -> Reply {
    Reply::says(
        "Slack does not tell the bridge just now who you are. Nothing was done: please try again in a minute.",
    )
}
