//! The methods of the Web API that we call: <https://docs.slack.dev/reference/methods>.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ApiMethod {
    AuthTest,
    BookmarksAdd,
    BookmarksEdit,
    BookmarksList,
    ChatDelete,
    ChatGetPermalink,
    ChatPostEphemeral,
    ChatPostMessage,
    ChatUpdate,
    ConversationsArchive,
    ConversationsCreate,
    ConversationsHistory,
    ConversationsInfo,
    ConversationsInvite,
    ConversationsList,
    ConversationsMembers,
    ConversationsReplies,
    ConversationsSetTopic,
    FilesInfo,
    PinsAdd,
    ReactionsAdd,
    ReactionsRemove,
    UsergroupsList,
    UsergroupsUsersList,
    UsersInfo,
    UsersLookupByEmail,
    ViewsOpen,
    ViewsPublish,
    ViewsUpdate,
    /// No method: the address that came with what a person did.
    ResponseUrl,
}

impl fmt::Display for ApiMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AuthTest => "auth.test",
            Self::BookmarksAdd => "bookmarks.add",
            Self::BookmarksEdit => "bookmarks.edit",
            Self::BookmarksList => "bookmarks.list",
            Self::ChatDelete => "chat.delete",
            Self::ChatGetPermalink => "chat.getPermalink",
            Self::ChatPostEphemeral => "chat.postEphemeral",
            Self::ChatPostMessage => "chat.postMessage",
            Self::ChatUpdate => "chat.update",
            Self::ConversationsArchive => "conversations.archive",
            Self::ConversationsCreate => "conversations.create",
            Self::ConversationsHistory => "conversations.history",
            Self::ConversationsInfo => "conversations.info",
            Self::ConversationsInvite => "conversations.invite",
            Self::ConversationsList => "conversations.list",
            Self::ConversationsMembers => "conversations.members",
            Self::ConversationsReplies => "conversations.replies",
            Self::ConversationsSetTopic => "conversations.setTopic",
            Self::FilesInfo => "files.info",
            Self::PinsAdd => "pins.add",
            Self::ReactionsAdd => "reactions.add",
            Self::ReactionsRemove => "reactions.remove",
            Self::UsergroupsList => "usergroups.list",
            Self::UsergroupsUsersList => "usergroups.users.list",
            Self::UsersInfo => "users.info",
            Self::UsersLookupByEmail => "users.lookupByEmail",
            Self::ViewsOpen => "views.open",
            Self::ViewsPublish => "views.publish",
            Self::ViewsUpdate => "views.update",
            Self::ResponseUrl => "response_url",
        })
    }
}
