//! What somebody did, as a value that survives the way over the queue.

use serde::{Deserialize, Serialize};

use crate::{
    case::{FileId, IssueId, Ts, ViewId},
    chat::{
        forms::{FormInput, Modal},
        language::command::CommandLine,
        reply::Reply,
    },
    state::record::stated,
};

/// What was done. Its `Debug` tells nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Action {
    #[serde(rename = "Asked")]
    Asked {
        #[serde(rename = "line")]
        line: CommandLine,
        /// Given back with an error.
        #[serde(rename = "typed")]
        typed: String,
    },
    /// A confirmation's button was pressed; the value is what the button held.
    #[serde(rename = "Confirmed")]
    Confirmed {
        #[serde(rename = "value")]
        value: String,
    },
    #[serde(rename = "Filled")]
    Filled {
        #[serde(rename = "filled")]
        filled: FormInput,
    },
    #[serde(rename = "Opened")]
    Opened {
        #[serde(rename = "view")]
        view: ViewId,
        /// The form as it was opened: an update of any other is refused.
        #[serde(rename = "hash", deserialize_with = "stated")]
        hash: Option<String>,
        #[serde(rename = "form")]
        form: Modal,
    },
    #[serde(rename = "Home")]
    Home,
    /// Something was said to us that could not be understood: the answer stands already.
    #[serde(rename = "Mistaken")]
    Mistaken {
        #[serde(rename = "answer")]
        answer: Reply,
    },
    #[serde(rename = "Said")]
    Said {
        #[serde(rename = "ts")]
        ts: Ts,
        /// As mrkdwn.
        #[serde(rename = "text")]
        text: String,
        /// Names of what hangs on it; of a file whose name it does not tell, the id.
        #[serde(rename = "files")]
        files: Vec<String>,
        #[serde(rename = "uploads", default, skip_serializing_if = "Vec::is_empty")]
        uploads: Vec<FileId>,
    },
    /// Such a message holds what looks like a secret of this kind: its text was left behind.
    #[serde(rename = "Withheld")]
    Withheld {
        #[serde(rename = "kind")]
        kind: String,
    },
    /// Such a message is long, and its writer is not known to be somebody who may comment: its text was left behind.
    Unread,
    #[serde(rename = "Amended")]
    Amended {
        /// The message's, not the edit's.
        #[serde(rename = "ts")]
        ts: Ts,
        #[serde(rename = "text")]
        text: String,
        /// As in [`Action::Said`].
        #[serde(rename = "beside", default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
        #[serde(rename = "uploads", default, skip_serializing_if = "Vec::is_empty")]
        uploads: Vec<FileId>,
    },
    /// A message was deleted, or became one that stays in Slack.
    #[serde(rename = "Deleted")]
    Deleted {
        #[serde(rename = "ts")]
        ts: Ts,
    },
    #[serde(rename = "JiraChanged")]
    JiraChanged {
        #[serde(rename = "issue")]
        issue: IssueId,
    },
    /// A file hangs on an issue that the case does not have yet.
    #[serde(rename = "JiraFile")]
    JiraFile {
        #[serde(rename = "issue")]
        issue: IssueId,
        #[serde(rename = "file")]
        file: FileId,
    },
}

impl Action {
    /// Tells apart what was done in one act: a mention is a message as well.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "asked",
            Self::Confirmed { .. } => "confirmed",
            Self::Filled { .. } => "filled",
            Self::Opened { .. } => "opened",
            Self::Home => "home",
            Self::Mistaken { .. } => "mistaken",
            Self::Said { .. } | Self::Withheld { .. } | Self::Unread => "said",
            Self::Amended { .. } => "amended",
            Self::Deleted { .. } => "deleted",
            Self::JiraChanged { .. } => "jira",
            Self::JiraFile { .. } => "jira file",
        }
    }

    pub(crate) fn typed(&self) -> String {
        match self {
            Self::Asked { typed, .. } => typed.clone(),
            Self::Said { text, .. } | Self::Amended { text, .. } => text.clone(),
            Self::Filled { filled } => filled.typed(),
            Self::Confirmed { .. } | Self::Mistaken { .. } | Self::Withheld { .. } => String::new(),
            Self::Deleted { .. }
            | Self::Unread
            | Self::Opened { .. }
            | Self::Home
            | Self::JiraChanged { .. }
            | Self::JiraFile { .. } => String::new(),
        }
    }
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}
