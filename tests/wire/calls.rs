//! The calls that the core makes, and how each is brought about.

use casebridge::{
    case::{CaseId, CommentId},
    state::TargetKind,
    targets::{jira, slack},
};
use casebridge_lab::stage::Stage;
use serde_json::json;

/// What a call is for: what follows from its failure hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Adds something that must be there once.
    Add,
    /// The same, in a place of the whole destination: no issue is there yet that could be gone.
    AddHome,
    /// Sets a state.
    Set,
    /// Rewrites what was told.
    Edit,
}

/// What is to happen on the case so that the call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It is heard of for the first time.
    Creation,
    /// Somebody comments.
    Comment,
    /// A comment is edited.
    Edit,
    /// Title and status change.
    Change,
}

/// A call: where, the service's name of it, what it is for, what brings it about, Slack's layout, and a part of the body
/// that tells it from others of its name; empty where the whole body does.
pub type Call = (TargetKind, &'static str, Kind, Cause, &'static str, &'static str);

/// Every call that tells something.
pub const CALLS: [Call; 16] = [
    (slack::KIND, "chat.postMessage", Kind::Add, Cause::Creation, "thread", "/home#"),
    (slack::KIND, "chat.postMessage", Kind::Add, Cause::Comment, "thread", "/comment/"),
    (slack::KIND, "chat.update", Kind::Set, Cause::Change, "thread", "/home#"),
    (slack::KIND, "chat.update", Kind::Edit, Cause::Edit, "thread", "/comment/"),
    (slack::KIND, "conversations.create", Kind::Add, Cause::Creation, "channel", ""),
    (slack::KIND, "conversations.setTopic", Kind::Set, Cause::Creation, "channel", "topic"),
    (slack::KIND, "conversations.invite", Kind::Set, Cause::Creation, "channel", "channel"),
    (slack::KIND, "users.lookupByEmail", Kind::Set, Cause::Creation, "channel", "email"),
    (jira::KIND, "createIssue", Kind::AddHome, Cause::Creation, "thread", "project"),
    (jira::KIND, "addComment", Kind::Add, Cause::Comment, "thread", "/comment/"),
    (jira::KIND, "editIssue", Kind::Set, Cause::Change, "thread", ""),
    (jira::KIND, "getIssue", Kind::Set, Cause::Change, "thread", ""),
    (jira::KIND, "getTransitions", Kind::Set, Cause::Change, "thread", ""),
    (jira::KIND, "doTransition", Kind::Set, Cause::Change, "thread", ""),
    (
        jira::KIND,
        "createOrUpdateRemoteIssueLink",
        Kind::Set,
        Cause::Creation,
        "thread",
        "AWS Security Incident Response",
    ),
    (jira::KIND, "updateComment", Kind::Edit, Cause::Edit, "thread", ""),
];

/// A stage with a case, up to just before the cause; the first comment's id.
pub async fn prepare(cause: Cause, layout: &str) -> (Stage, CaseId, Option<CommentId>) {
    let lines = match layout {
        "channel" => "layout = 'channel'\ninvite = ['ana@example.com']",
        _ => "",
    };
    let stage = Stage::with(lines, "").await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.take_events();
    let mut comment = None;
    if cause != Cause::Creation {
        comment = Some(stage.sir.aws_comments(&case, "AWS Responder", "the first").unwrap());
        stage.events().await;
        stage.minutes(2).await;
    }
    (stage, case, comment)
}

/// The cause, and its events.
pub async fn happen(stage: &Stage, cause: Cause, case: &CaseId, comment: Option<&CommentId>) {
    match cause {
        Cause::Creation | Cause::Comment => {
            stage.sir.aws_comments(case, "AWS Responder", "the second").unwrap();
        }
        Cause::Edit => {
            let first = (case, comment.unwrap());
            stage.sir.aws_edits_comment(first, "AWS Responder", "the second").unwrap();
        }
        Cause::Change => {
            stage.sir.aws_changes(case, &json!({"title": "Two keys leaked"})).unwrap();
            stage.sir.aws_sets_status(case, &casebridge::case::Status::Detection).unwrap();
        }
    }
    let events = stage.sir.take_events();
    stage.arrive(&events[events.len() - 1..]).await;
}
