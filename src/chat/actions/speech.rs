//! What somebody said for a case: who, in which words, and where it can be read already.

use super::{context::CommandContext, parts::Named};
use crate::{
    case::{
        IssueCommentId, Ts,
        author::{Author, plain_name},
        text,
    },
    chat::ingress::act::CommandKey,
    config::settings::Settings,
    state::Saying,
    targets::jira::Person,
};

/// Where somebody spoke whom AWS knows.
pub(super) const TERMINAL: &str = "command line";

/// Who speaks, by name and id, and where: `Ana Lima, U024BE7LH (Slack)`.
fn line(name: &str, id: &str, place: &str) -> String {
    format!("{}, {id} ({place})", plain_name(name))
}

/// What somebody said, before it becomes a comment.
pub(super) struct Speech {
    pub(super) author: Author,
    /// Stands before the words.
    pub(super) speaker: String,
    /// What stood there before this release.
    pub(super) earlier: Option<String>,
    pub(super) words: String,
    pub(super) slack_ts: Option<Ts>,
    /// The issue's comment that says it already: the words are not ours to repeat there.
    pub(super) jira_comment: Option<IssueCommentId>,
}

impl Speech {
    /// What somebody said in no message: a line, a form.
    pub(super) fn typed(context: &CommandContext<'_>, words: impl Into<String>) -> Self {
        let (author, user) = (context.author(), context.job.user.as_str());
        let place = if context.is_at_a_terminal() { TERMINAL } else { "Slack" };
        let speaker = line(&context.person.name, user, place);
        Self { author, speaker, earlier: None, words: words.into(), slack_ts: None, jira_comment: None }
    }

    pub(super) fn in_message(context: &CommandContext<'_>, ts: &Ts, words: String) -> Self {
        Self { slack_ts: Some(ts.clone()), ..Self::typed(context, words) }
    }

    pub(super) fn in_issue(person: &Person, comment: IssueCommentId, words: String) -> Self {
        Self {
            speaker: line(&person.name, person.account.as_str(), "Jira"),
            earlier: Some(format!("{} (Jira)", person.name)),
            author: Author::Jira { name: plain_name(&person.name) },
            words,
            slack_ts: None,
            jira_comment: Some(comment),
        }
    }

    /// Where it was said, as the line of the speaker names the place.
    pub(super) fn place(&self) -> &'static str {
        match self.author {
            Author::Principal(_) => TERMINAL,
            _ if self.jira_comment.is_some() => "Jira",
            Author::AwsResponder | Author::Service | Author::Slack { .. } | Author::Jira { .. } => "Slack",
        }
    }

    pub(super) fn author_name(&self, context: &CommandContext<'_>) -> String {
        match &self.author {
            Author::Jira { name } => name.clone(),
            Author::AwsResponder | Author::Service | Author::Slack { .. } | Author::Principal(_) => {
                plain_name(&context.person.name)
            }
        }
    }

    /// Whoever is called so said it, where the place tells people by name alone.
    pub(super) fn by(self, name: &str) -> Self {
        match self.author {
            Author::Jira { .. } => Self { author: Author::Jira { name: name.to_owned() }, ..self },
            Author::AwsResponder | Author::Service | Author::Slack { .. } | Author::Principal(_) => self,
        }
    }

    /// The name that stands before the words, if the settings want it there.
    pub(super) fn named_line(&self, settings: &Settings) -> Option<String> {
        settings.sir.name_the_speaker.then(|| text::one_line(&self.speaker))
    }

    pub(super) fn body(&self, settings: &Settings) -> String {
        match self.named_line(settings) {
            Some(speaker) => format!("{speaker}:\n{}", self.words),
            None => self.words.clone(),
        }
    }

    /// Whether comments with these hashes, in any order, are those that say it.
    pub(super) fn is_said_by(&self, settings: &Settings, hashes: &[&str]) -> bool {
        let (now, words) = (self.named_line(settings), self.words.as_str());
        let earlier = now.as_ref().and(self.earlier.as_deref().map(text::one_line));
        let lines = [now.as_deref(), earlier.as_deref()];
        lines.into_iter().any(|speaker| Named { speaker, words }.is_held_by(hashes))
    }

    /// What is written down of a part of it before that is sent, without what the part says.
    pub(super) fn saying(&self, command: &CommandKey, speaker: Option<&str>) -> Saying {
        Saying {
            command: command.to_string(),
            since: 0,
            body_hash: String::new(),
            author: self.author.clone(),
            speaker: speaker.map(str::to_owned),
            slack_ts: self.slack_ts.clone().map(String::from),
            jira_comment: self.jira_comment.clone().map(String::from),
            comment: None,
        }
    }
}
