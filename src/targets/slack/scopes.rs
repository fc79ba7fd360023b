//! What the app may do in Slack, and why: <https://docs.slack.dev/reference/scopes>.

use crate::config::settings::{Layout, SlackSettings};

/// Makes, names and fills the private channels of restricted cases and of `layout = "channel"`, and sets a channel's topic.
pub const PRIVATE_CHANNELS: &str = "groups:write";

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

/// Each scope with its reason, as the manifest has them.
pub const SCOPES: &[(&str, &str)] = &[
    ("app_mentions:read", "hears `@Casebridge show` in threads, where no slash command runs"),
    (BOOKMARKS[0], "looks which bookmarks a case's channel has, with bookmarks = true"),
    (BOOKMARKS[1], "sets a channel's bookmarks to the console and the issue, with bookmarks = true"),
    ("channels:history", "reads the thread of a case in a public channel: replies become comments"),
    ("channels:read", "looks whether a public channel is shared with another workspace"),
    ("chat:write", "posts and edits cards and lines"),
    ("commands", "takes /sir and the entries of a message's menu"),
    ("files:read", "attaches files of a case's thread to the case"),
    ("groups:history", "reads the thread of a case in a private channel"),
    ("groups:read", "looks whether a private channel is shared with another workspace"),
    (
        PRIVATE_CHANNELS,
        "makes and fills the private channel of a restricted case, and of each with layout = \"channel\"",
    ),
    (PINS, "pins the card in a case's channel, with pin_card = true"),
    (RECEIPTS, "marks a reply that is on its case, waits or was refused"),
    ("usergroups:read", "knows who is in a user group that has a role"),
    ("users:read", "knows who is a member, a guest or a bot"),
    ("users:read.email", "finds whom to watch or invite by their address"),
];

const OPTIONAL: [&str; 5] = [BOOKMARKS[0], BOOKMARKS[1], PINS, PRIVATE_CHANNELS, RECEIPTS];

/// What is needed whatever the settings say.
pub fn needed() -> impl Iterator<Item = &'static str> {
    SCOPES.iter().map(|(scope, _)| *scope).filter(|scope| !OPTIONAL.contains(scope))
}
