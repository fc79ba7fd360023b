//! What the app may do in Slack, and why: <https://docs.slack.dev/reference/scopes>.

use crate::config::settings::{Attachments, Layout, Settings, SlackSettings};

/// Makes, names and fills the private channels of restricted cases and of `layout = "channel"`, and sets a channel's topic.
pub const PRIVATE_CHANNELS: &str = "groups:write";

/// Invites people into a public channel.
const INVITATIONS: &str = "channels:write.invites";

/// Puts receipts on people's messages. Without it there are none.
pub const RECEIPTS: &str = "reactions:write";

/// Looks which bookmarks a case's channel has, and sets them.
pub const BOOKMARKS: [&str; 2] = ["bookmarks:read", "bookmarks:write"];

/// Pins a case's card.
pub const PINS: &str = "pins:write";

/// What the settings ask for that makes a case's own channel easier to use.
pub fn of_furniture(settings: &SlackSettings) -> impl Iterator<Item = &'static str> {
    let has_rooms = settings.layout == Layout::Channel;
    let bookmarks = BOOKMARKS.into_iter().filter(move |_| has_rooms && settings.bookmarks);
    bookmarks.chain((has_rooms && settings.pin_card).then_some(PINS))
}

/// Copies the files of a case into its thread.
pub const COPIES: &str = "files:write";

/// Each scope with its reason, as the manifest has them.
pub const SCOPES: &[(&str, &str)] = &[
    ("app_mentions:read", "hears `@Casebridge show` in threads, where no slash command runs"),
    (BOOKMARKS[0], "looks which bookmarks a case's channel has, with bookmarks = true"),
    (BOOKMARKS[1], "sets a channel's bookmarks to the console and the issue, with bookmarks = true"),
    ("channels:history", "reads the thread of a case in a public channel: replies become comments"),
    ("channels:read", "looks whether a public channel is shared with another workspace"),
    (INVITATIONS, "invites whom [notify] calls, where cases are told in a public channel"),
    ("chat:write", "posts and edits cards and lines"),
    ("commands", "takes /sir and the entries of a message's menu"),
    ("files:read", "attaches files of a case's thread to the case"),
    (COPIES, "copies the files of a case into its thread, with attachments = \"copy\""),
    ("groups:history", "reads the thread of a case in a private channel"),
    ("groups:read", "looks whether a private channel is shared with another workspace"),
    (
        PRIVATE_CHANNELS,
        "makes and fills the private channel of a restricted case, and of each with layout = \"channel\"; invites whom \
         [notify] calls into a private one",
    ),
    (PINS, "pins the card in a case's channel, with pin_card = true"),
    (RECEIPTS, "marks a reply that is on its case, waits or was refused"),
    ("usergroups:read", "knows who is in a user group that has a role"),
    ("users:read", "knows who is a member, a guest or a bot"),
    ("users:read.email", "finds whom to watch or invite by their address"),
];

/// Whether the app must be allowed this, by these settings.
pub fn is_wanted(settings: &Settings, scope: &str) -> bool {
    match scope {
        INVITATIONS => settings.notify.calls_somebody(),
        COPIES => settings.slack.attachments == Attachments::Copy,
        PRIVATE_CHANNELS => settings.makes_channels() || settings.notify.calls_somebody(),
        _ if scope == PINS || BOOKMARKS.contains(&scope) => {
            of_furniture(&settings.slack).any(|wanted| wanted == scope)
        }
        _ => true,
    }
}

/// What cases wait for by these settings; of the rest `doctor` says one by one what is missed.
pub fn needed(settings: &Settings) -> impl Iterator<Item = &'static str> {
    const APART: [&str; 5] = [BOOKMARKS[0], BOOKMARKS[1], PINS, RECEIPTS, COPIES];
    let is_apart =
        move |scope: &str| APART.contains(&scope) || scope == PRIVATE_CHANNELS && settings.makes_channels();
    SCOPES.iter().map(|(scope, _)| *scope).filter(move |scope| is_wanted(settings, scope) && !is_apart(scope))
}
