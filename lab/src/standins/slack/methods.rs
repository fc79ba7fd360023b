//! Which methods does the Web API have here, with which arguments and scopes?
//! <https://docs.slack.dev/reference/methods>

use super::{
    super::shape::{FieldShape, Shape, list, may, need, text},
    conversations, files, marks, messages, people,
    state::{Args, Workspace},
    threads,
    trouble::MethodOutput,
    views,
};

pub(super) struct Method {
    pub(super) name: &'static str,
    /// Read methods take form or query arguments only.
    pub(super) json: bool,
    /// Any one of these, for public and for private channels; none needed when empty.
    pub(super) scopes: [&'static [&'static str]; 2],
    pub(super) fields: &'static [FieldShape],
    pub(super) work: fn(&mut Workspace, &Args) -> MethodOutput,
}

const ID: Shape = text(1, 255);
const TEXT: Shape = text(0, usize::MAX);
const LIMIT: FieldShape = may("limit", Shape::Whole { min: 1, max: 1000 });
const CURSOR: FieldShape = may("cursor", TEXT);
const TEAM: FieldShape = may("team_id", ID);
const CHANNEL: FieldShape = need("channel", ID);
const VIEW: FieldShape = need("view", Shape::AnyObject);
const NO_SCOPE: [&[&str]; 2] = [&[], &[]];

const fn same(scopes: &'static [&'static str]) -> [&'static [&'static str]; 2] {
    [scopes, scopes]
}

const CONTENT: [FieldShape; 4] = [
    may("text", TEXT),
    may("blocks", Shape::Any),
    may("attachments", list(0, usize::MAX, &Shape::AnyObject)),
    may("markdown_text", TEXT),
];
const PARSE: FieldShape = may("parse", Shape::OneOf(&["none", "full", "client"]));
const LINK_NAMES: FieldShape = may("link_names", Shape::Flag);

pub(super) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

const WRITE: Method =
    Method { name: "", json: true, scopes: same(&["chat:write"]), fields: &[], work: people::auth_test };
const READ: Method = Method { json: false, scopes: NO_SCOPE, ..WRITE };

pub(super) const METHODS: &[Method] = &[
    Method { name: "auth.test", json: true, work: people::auth_test, ..READ },
    Method {
        name: "bookmarks.add",
        scopes: same(&["bookmarks:write"]),
        fields: &[
            need("channel_id", ID),
            need("title", text(1, 255)),
            need("type", Shape::OneOf(&["link"])),
            may("link", text(1, 3000)),
            may("emoji", TEXT),
        ],
        work: marks::bookmark,
        ..WRITE
    },
    Method {
        name: "bookmarks.edit",
        scopes: same(&["bookmarks:write"]),
        fields: &[
            need("channel_id", ID),
            need("bookmark_id", ID),
            may("title", text(1, 255)),
            may("link", text(1, 3000)),
            may("emoji", TEXT),
        ],
        work: marks::edit_bookmark,
        ..WRITE
    },
    Method {
        name: "bookmarks.list",
        scopes: same(&["bookmarks:read"]),
        fields: &[need("channel_id", ID)],
        work: marks::bookmarks,
        ..READ
    },
    Method { name: "chat.delete", fields: &[CHANNEL, need("ts", ID)], work: messages::delete, ..WRITE },
    Method {
        name: "chat.getPermalink",
        fields: &[CHANNEL, need("message_ts", ID)],
        work: messages::permalink,
        ..READ
    },
    Method {
        name: "chat.postEphemeral",
        fields: &[
            CHANNEL,
            need("user", ID),
            CONTENT[0],
            CONTENT[1],
            CONTENT[2],
            CONTENT[3],
            PARSE,
            LINK_NAMES,
            may("thread_ts", ID),
            may("username", TEXT),
            may("icon_emoji", TEXT),
            may("icon_url", TEXT),
        ],
        work: messages::post_ephemeral,
        ..WRITE
    },
    Method {
        name: "chat.postMessage",
        fields: &[
            CHANNEL,
            CONTENT[0],
            CONTENT[1],
            CONTENT[2],
            CONTENT[3],
            PARSE,
            LINK_NAMES,
            may("thread_ts", ID),
            may("reply_broadcast", Shape::Flag),
            may("unfurl_links", Shape::Flag),
            may("unfurl_media", Shape::Flag),
            may("mrkdwn", Shape::Flag),
            may("metadata", Shape::AnyObject),
            may("username", TEXT),
            may("icon_emoji", TEXT),
            may("icon_url", TEXT),
        ],
        work: messages::post,
        ..WRITE
    },
    Method {
        name: "chat.update",
        fields: &[
            CHANNEL,
            need("ts", ID),
            CONTENT[0],
            CONTENT[1],
            CONTENT[2],
            CONTENT[3],
            PARSE,
            LINK_NAMES,
            may("reply_broadcast", Shape::Flag),
            may("metadata", Shape::AnyObject),
            may("unfurl_links", Shape::Flag),
            may("unfurl_media", Shape::Flag),
        ],
        work: messages::update,
        ..WRITE
    },
    Method {
        name: "conversations.archive",
        scopes: [&["channels:manage"], &["groups:write"]],
        fields: &[CHANNEL],
        work: conversations::archive,
        ..WRITE
    },
    Method {
        name: "conversations.create",
        scopes: [&["channels:manage"], &["groups:write"]],
        fields: &[need("name", TEXT), may("is_private", Shape::Flag), TEAM],
        work: conversations::create,
        ..WRITE
    },
    Method {
        name: "conversations.history",
        scopes: [&["channels:history"], &["groups:history"]],
        fields: &[
            CHANNEL,
            CURSOR,
            LIMIT,
            may("latest", TEXT),
            may("oldest", TEXT),
            may("inclusive", Shape::Flag),
            may("include_all_metadata", Shape::Flag),
        ],
        work: threads::history,
        ..READ
    },
    Method {
        name: "conversations.info",
        scopes: [&["channels:read"], &["groups:read"]],
        fields: &[CHANNEL, may("include_num_members", Shape::Flag), may("include_locale", Shape::Flag)],
        work: conversations::info,
        ..READ
    },
    Method {
        name: "conversations.invite",
        scopes: [&["channels:manage", "channels:write.invites"], &["groups:write", "groups:write.invites"]],
        fields: &[CHANNEL, need("users", text(1, usize::MAX)), may("force", Shape::Flag)],
        work: conversations::invite,
        ..WRITE
    },
    Method {
        name: "conversations.join",
        scopes: same(&["channels:join"]),
        fields: &[CHANNEL],
        work: conversations::join,
        ..WRITE
    },
    Method {
        name: "conversations.list",
        scopes: [&["channels:read"], &["groups:read"]],
        fields: &[CURSOR, LIMIT, may("types", TEXT), may("exclude_archived", Shape::Flag), TEAM],
        work: conversations::list,
        ..READ
    },
    Method {
        name: "conversations.members",
        scopes: [&["channels:read"], &["groups:read"]],
        fields: &[CHANNEL, CURSOR, LIMIT],
        work: conversations::members,
        ..READ
    },
    Method {
        name: "conversations.replies",
        scopes: [&["channels:history"], &["groups:history"]],
        fields: &[
            CHANNEL,
            need("ts", ID),
            CURSOR,
            LIMIT,
            may("latest", TEXT),
            may("oldest", TEXT),
            may("inclusive", Shape::Flag),
            may("include_all_metadata", Shape::Flag),
        ],
        work: threads::replies,
        ..READ
    },
    Method {
        name: "conversations.setPurpose",
        scopes: [&["channels:manage"], &["groups:write"]],
        fields: &[CHANNEL, need("purpose", TEXT)],
        work: conversations::set_purpose,
        ..WRITE
    },
    Method {
        name: "conversations.setTopic",
        scopes: [&["channels:manage", "channels:write.topic"], &["groups:write", "groups:write.topic"]],
        fields: &[CHANNEL, need("topic", TEXT)],
        work: conversations::set_topic,
        ..WRITE
    },
    Method {
        name: "files.completeUploadExternal",
        scopes: same(&["files:write"]),
        fields: &[
            need("files", list(1, 100, &Shape::AnyObject)),
            may("channel_id", ID),
            may("channels", TEXT),
            may("thread_ts", ID),
            may("initial_comment", TEXT),
            may("blocks", Shape::Any),
        ],
        work: files::complete,
        ..WRITE
    },
    Method {
        name: "files.delete",
        scopes: same(&["files:write"]),
        fields: &[need("file", ID)],
        work: files::delete,
        ..WRITE
    },
    Method {
        name: "files.getUploadURLExternal",
        scopes: same(&["files:write"]),
        fields: &[
            need("filename", text(1, 255)),
            need("length", Shape::Whole { min: 1, max: 1 << 30 }),
            may("alt_txt", text(0, 1000)),
            may("snippet_type", TEXT),
        ],
        work: files::upload_url,
        ..READ
    },
    Method {
        name: "files.info",
        scopes: same(&["files:read"]),
        fields: &[need("file", ID), CURSOR, LIMIT],
        work: files::info,
        ..READ
    },
    Method {
        name: "pins.add",
        scopes: same(&["pins:write"]),
        fields: &[CHANNEL, need("timestamp", ID)],
        work: marks::pin,
        ..WRITE
    },
    Method {
        name: "reactions.add",
        scopes: same(&["reactions:write"]),
        fields: &[CHANNEL, need("timestamp", ID), need("name", ID)],
        work: marks::react,
        ..WRITE
    },
    Method {
        name: "reactions.remove",
        scopes: same(&["reactions:write"]),
        fields: &[CHANNEL, need("timestamp", ID), need("name", ID)],
        work: marks::unreact,
        ..WRITE
    },
    Method {
        name: "usergroups.list",
        scopes: same(&["usergroups:read"]),
        fields: &[
            may("include_users", Shape::Flag),
            may("include_disabled", Shape::Flag),
            may("include_count", Shape::Flag),
            TEAM,
        ],
        work: people::groups,
        ..READ
    },
    Method {
        name: "usergroups.users.list",
        scopes: same(&["usergroups:read"]),
        fields: &[need("usergroup", ID), may("include_disabled", Shape::Flag), TEAM],
        work: people::group_users,
        ..READ
    },
    Method {
        name: "users.info",
        scopes: same(&["users:read"]),
        fields: &[need("user", ID), may("include_locale", Shape::Flag)],
        work: people::info,
        ..READ
    },
    Method {
        name: "users.lookupByEmail",
        scopes: same(&["users:read.email"]),
        fields: &[need("email", ID)],
        work: people::by_email,
        ..READ
    },
    Method {
        name: "views.open",
        scopes: NO_SCOPE,
        fields: &[need("trigger_id", ID), VIEW],
        work: views::open,
        ..WRITE
    },
    Method {
        name: "views.publish",
        scopes: NO_SCOPE,
        fields: &[need("user_id", ID), VIEW, may("hash", TEXT)],
        work: views::publish,
        ..WRITE
    },
    Method {
        name: "views.push",
        scopes: NO_SCOPE,
        fields: &[need("trigger_id", ID), VIEW],
        work: views::push,
        ..WRITE
    },
    Method {
        name: "views.update",
        scopes: NO_SCOPE,
        fields: &[VIEW, may("view_id", ID), may("external_id", ID), may("hash", TEXT)],
        work: views::update,
        ..WRITE
    },
];
