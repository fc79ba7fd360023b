//! What is to be done at the queue: one verified act of one person, as a value that survives the way there.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{
    act::{ActId, CommandKey},
    action::Action,
};
use crate::{
    case::{CaseId, ChannelId, Millis, TeamId, TriggerId, Ts, UserId, text},
    chat::language::command::CommandLine,
    runtime::{QueueMessage, World},
    state::{self, Store, record::stated},
};

/// One act of one person, verified, not yet authorised.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    #[serde(rename = "act")]
    pub(crate) act: ActId,
    /// Empty for Jira.
    #[serde(rename = "team")]
    pub(crate) team: TeamId,
    /// Who did it. Empty for Jira.
    #[serde(rename = "user")]
    pub(crate) user: UserId,
    #[serde(rename = "place")]
    pub(crate) place: Origin,
    #[serde(rename = "did")]
    pub(crate) action: Action,
    /// Where the answer goes. Whoever knows it can post: it is a secret.
    #[serde(rename = "response_url", deserialize_with = "stated")]
    pub(crate) response_url: Option<String>,
    #[serde(rename = "replaces", default)]
    pub(crate) replaces: bool,
    #[serde(rename = "at")]
    pub(crate) at: Millis,
    #[serde(rename = "door", default, skip_serializing_if = "Door::is_unknown")]
    pub(crate) door: Door,
}

/// By which way something came to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// A job that an earlier release wrote does not say.
    #[default]
    Unknown,
    Slash,
    Button,
    Form,
    Shortcut,
    Mention,
    Reply,
    Edit,
    Deletion,
    Home,
    Webhook,
    /// A terminal; it comes over no queue.
    Cli,
}

impl Door {
    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Slash => "slash",
            Self::Button => "button",
            Self::Form => "form",
            Self::Shortcut => "shortcut",
            Self::Mention => "mention",
            Self::Reply => "reply",
            Self::Edit => "edit",
            Self::Deletion => "deletion",
            Self::Home => "home",
            Self::Webhook => "webhook",
            Self::Cli => "cli",
        }
    }
}

/// Makes the controls in all texts harmless, before anybody acts on them. Whether there were any.
fn tame(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let harmless = text::harmless(text);
            let differs = harmless != *text;
            *text = harmless;
            differs
        }
        Value::Array(all) => all.iter_mut().fold(false, |before, one| tame(one) | before),
        Value::Object(all) => all.values_mut().fold(false, |before, one| tame(one) | before),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Where something was done; there the answer goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// None on the home tab, and for Jira.
    #[serde(rename = "channel", serialize_with = "or_empty", deserialize_with = "unless_empty")]
    pub(crate) channel: Option<ChannelId>,
    /// The thread, by its first message.
    #[serde(rename = "thread", deserialize_with = "stated")]
    pub(crate) thread: Option<Ts>,
}

fn or_empty<S: Serializer>(channel: &Option<ChannelId>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(channel.as_ref().map_or("", ChannelId::as_str))
}

fn unless_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Option<ChannelId>, D::Error> {
    let channel = ChannelId::deserialize(from)?;
    Ok(Some(channel).filter(|channel| *channel != ""))
}

impl Origin {
    /// A channel, outside of its threads.
    pub fn channel(channel: ChannelId) -> Self {
        Self { channel: Some(channel), thread: None }
    }

    /// Nobody else reads what is said there: a direct message, or no channel at all.
    pub(crate) fn is_direct(&self) -> bool {
        self.channel.as_ref().is_none_or(|channel| channel.as_str().starts_with('D'))
    }

    fn name(&self) -> &str {
        self.channel.as_ref().map_or("", ChannelId::as_str)
    }
}

/// The case of a place: its thread's, else its channel's.
pub(crate) async fn case_of(
    store: &dyn Store,
    team: &TeamId,
    place: &Origin,
) -> state::Result<Option<CaseId>> {
    let channel = place.name();
    if let Some(thread) = &place.thread
        && let Some(case) = store.bound(&format!("slack/{team}/{channel}/{thread}")).await?
    {
        return Ok(Some(case));
    }
    store.bound(&format!("slack/{team}/{channel}")).await
}

/// Who did something, where and when.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The person's workspace.
    pub team: TeamId,
    /// The person.
    pub user: UserId,
    /// Where it was done.
    pub place: Origin,
    /// When it arrived.
    pub at: Millis,
    /// By which way.
    pub door: Door,
}

impl Sender {
    /// The job of a line that was typed.
    pub fn asks(self, trigger: &TriggerId, line: CommandLine, typed: String) -> Job {
        self.does(ActId::of_trigger(trigger), Action::Asked { line, typed })
    }

    pub(crate) fn does(self, act: ActId, action: Action) -> Job {
        let Self { team, user, place, at, door } = self;
        Job { act, team, user, place, action, response_url: None, replaces: false, at, door }
    }
}

impl Job {
    /// Where the answer goes, if Slack named an address for it.
    #[must_use]
    pub fn answered_at(self, response_url: Option<String>) -> Self {
        Self { response_url, ..self }
    }

    /// These are the files of a message, which nobody asked to attach.
    pub(crate) fn is_of_its_files(&self) -> bool {
        self.act.is_of_files()
    }

    /// It was asked in a form, which nobody else sees.
    pub(crate) fn is_of_a_form(&self) -> bool {
        self.act.is_of_form()
    }

    /// Names what the person did.
    pub fn key(&self) -> CommandKey {
        let named = [self.team.as_str(), self.user.as_str(), self.act.as_str(), self.action.kind()];
        CommandKey::of(named.join("|"))
    }

    /// Something that was said for the case, not asked of the bridge.
    pub(crate) fn is_a_message(&self) -> bool {
        matches!(
            self.action,
            Action::Said { .. }
                | Action::Amended { .. }
                | Action::Deleted { .. }
                | Action::JiraChanged { .. }
                | Action::JiraFile { .. }
        )
    }

    /// Under which key the message is taken back that this is about.
    pub(crate) fn deletion(&self) -> CommandKey {
        let deleted = Action::Deleted { ts: Ts::new("") };
        Self { act: self.act.deletion(), action: deleted, ..self.clone() }.key()
    }

    pub(crate) fn typed(&self) -> String {
        self.action.typed()
    }

    /// Puts it on the inbox, which drops what comes again under the same key within five minutes. `again`: what tells it
    /// apart where it is meant to come again.
    pub(crate) async fn put(&self, world: &dyn World, again: Option<&str>) -> Result<(), String> {
        let unwritten = |error: serde_json::Error| format!("a job cannot be written: {error}");
        let mut tamed = serde_json::to_value(self).map_err(unwritten)?;
        let body = match tame(&mut tamed) {
            true => tamed.to_string(),
            false => serde_json::to_string(self).map_err(unwritten)?,
        };
        let key = self.key();
        let id = again.map_or_else(|| key.to_string(), |again| format!("{key}-{again}"));
        world.enqueue(QueueMessage { group: self.group(), id, body }).await
    }

    /// What is done one after the other: the acts on one case, else in one thread, channel or issue.
    pub fn group(&self) -> String {
        let group = self.whole_group();
        // The queue takes no longer name.
        if group.len() <= 128 { group } else { text::hash(&group) }
    }

    fn whole_group(&self) -> String {
        match (&self.action, &self.place.thread) {
            (Action::Asked { line: CommandLine { case: Some(case), .. }, .. }, _) => format!("case/{case}"),
            // Whoever opened a form waits for it, whatever else is being done to the case.
            (Action::Opened { view, .. }, _) => format!("view/{view}"),
            (Action::Home, _) => format!("home/{}/{}", self.team, self.user),
            (Action::Filled { filled }, _) if filled.case().is_some() => {
                format!("case/{}", filled.case().map(CaseId::as_str).unwrap_or_default())
            }
            (Action::JiraChanged { issue } | Action::JiraFile { issue, .. }, _) => format!("jira/{issue}"),
            (_, Some(thread)) => format!("slack/{}/{}/{thread}", self.team, self.place.name()),
            (_, None) => format!("slack/{}/{}", self.team, self.place.name()),
        }
    }
}

/// Tells which act it is and nothing of what was said.
impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} by {} in {}", self.action.kind(), self.user, self.place.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::language::command::Command;

    fn asked(case: Option<&str>, thread: Option<&str>, act: &str) -> Job {
        let case = case.and_then(crate::case::CaseId::parse);
        Job {
            act: ActId::of_trigger(&TriggerId::new(act)),
            team: TeamId::new("T1"),
            user: UserId::new("U1"),
            place: Origin { channel: Some(ChannelId::new("C1")), thread: thread.map(Ts::new) },
            action: Action::Asked {
                line: CommandLine { case, command: Command::Tray },
                typed: String::new(),
            },
            response_url: Some("https://hooks.slack.com/commands/secret".to_owned()),
            replaces: false,
            at: 1,
            door: Door::Slash,
        }
    }

    #[test]
    fn the_same_act_has_the_same_key_and_any_other_has_another() {
        let key = asked(None, None, "1").key();
        assert_eq!(key.as_str().len(), 64);
        let later = Job { at: 2, response_url: None, ..asked(None, None, "1") };
        assert_eq!(later.key(), key);
        for other in [
            asked(None, None, "2"),
            Job { user: UserId::new("U2"), ..asked(None, None, "1") },
            Job { team: TeamId::new("T2"), ..asked(None, None, "1") },
            Job { action: Action::Confirmed { value: String::new() }, ..asked(None, None, "1") },
        ] {
            assert_ne!(other.key(), key);
        }
    }

    #[test]
    fn acts_on_one_case_come_one_after_the_other() {
        assert_eq!(asked(Some("1234567890"), Some("1.2"), "1").group(), "case/1234567890");
        assert_eq!(asked(None, Some("1.2"), "1").group(), "slack/T1/C1/1.2");
        assert_eq!(asked(None, None, "1").group(), "slack/T1/C1");
        let issue = Action::JiraChanged { issue: crate::case::IssueId::new("10001") };
        assert_eq!(Job { action: issue, ..asked(None, None, "1") }.group(), "jira/10001");
    }

    #[test]
    fn a_job_survives_the_way_and_its_debug_tells_no_secret() {
        let job = asked(Some("1234567890"), None, "1");
        let json = serde_json::to_string(&job).unwrap();
        assert!(serde_json::from_str::<Job>(&json).unwrap() == job);
        assert_eq!(format!("{job:?}"), "asked by U1 in C1");
    }
}
