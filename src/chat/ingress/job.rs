//! What is to be done at the queue? One verified act of one person, as a value that survives the way there.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    case::{CaseId, Millis, text},
    chat::{
        forms::{FormInput, Modal},
        language::command::CommandLine,
        policy::secret_scan,
        reply::Reply,
    },
    config::settings::Settings,
    runtime::World,
    state::{self, Store, notes::Home, record::stated},
    targets::{
        contract::Said,
        slack::{Beside, Words},
    },
};

/// One act of one person, verified, not yet authorised.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Which act it was: a trigger id, a message's channel and `ts`. The same act always has the same.
    #[serde(rename = "act")]
    pub act: String,
    /// The workspace. Empty for Jira.
    #[serde(rename = "team")]
    pub team: String,
    /// Who did it: a Slack user id. Empty for Jira.
    #[serde(rename = "user")]
    pub user: String,
    /// Where it was done.
    #[serde(rename = "place")]
    pub place: Origin,
    /// What was done.
    #[serde(rename = "did")]
    pub action: Action,
    /// Where the answer goes. Whoever knows it can post: it is a secret.
    #[serde(rename = "response_url", deserialize_with = "stated")]
    pub response_url: Option<String>,
    /// The answer replaces the message that holds the button.
    #[serde(rename = "replaces", default)]
    pub replaces: bool,
    /// When the door took it.
    #[serde(rename = "at")]
    pub at: Millis,
}

/// Where something was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The channel. Empty on the home tab, and for Jira.
    #[serde(rename = "channel")]
    pub channel: String,
    /// The thread, by its first message's `ts`.
    #[serde(rename = "thread", deserialize_with = "stated")]
    pub thread: Option<String>,
}

/// The case of a place: its thread's, else its channel's.
pub async fn case_of(store: &dyn Store, team: &str, place: &Origin) -> state::Result<Option<CaseId>> {
    let channel = &place.channel;
    if let Some(thread) = &place.thread
        && let Some(case) = store.bound(&format!("slack/{team}/{channel}/{thread}")).await?
    {
        return Ok(Some(case));
    }
    store.bound(&format!("slack/{team}/{channel}")).await
}

/// What was done. Its `Debug` tells nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// A line was typed, or a button that holds one was pressed.
    #[serde(rename = "Asked")]
    Asked {
        /// What it says.
        #[serde(rename = "line")]
        line: CommandLine,
        /// As it was typed: it is given back with an error.
        #[serde(rename = "typed")]
        typed: String,
    },
    /// A confirmation's button was pressed; the value is what the button held.
    #[serde(rename = "Confirmed")]
    Confirmed {
        /// The button's value.
        #[serde(rename = "value")]
        value: String,
    },
    /// A form was sent, or says already what it would.
    #[serde(rename = "Filled")]
    Filled {
        /// What it says.
        #[serde(rename = "filled")]
        filled: FormInput,
    },
    /// A form was opened that needs something from the service.
    #[serde(rename = "Opened")]
    Opened {
        /// `V…`
        #[serde(rename = "view")]
        view: String,
        /// The form as it was opened: an update of any other is refused.
        #[serde(rename = "hash", deserialize_with = "stated")]
        hash: Option<String>,
        /// Which form.
        #[serde(rename = "form")]
        form: Modal,
    },
    /// The home page was opened.
    #[serde(rename = "Home")]
    Home,
    /// Something was said to us that could not be understood: the answer stands already.
    #[serde(rename = "Mistaken")]
    Mistaken {
        /// What the person gets to read.
        #[serde(rename = "answer")]
        answer: Reply,
    },
    /// A message was written in a thread or channel that may be a case's.
    #[serde(rename = "Said")]
    Said {
        /// Its `ts`.
        #[serde(rename = "ts")]
        ts: String,
        /// What it says, as mrkdwn.
        #[serde(rename = "text")]
        text: String,
        /// Names of what hangs on it; of a file whose name it does not tell, the id.
        #[serde(rename = "files")]
        files: Vec<String>,
        /// The ids of its files.
        #[serde(rename = "uploads", default, skip_serializing_if = "Vec::is_empty")]
        uploads: Vec<String>,
    },
    /// Such a message holds what looks like a secret: its text was left behind.
    #[serde(rename = "Withheld")]
    Withheld {
        /// What it looks like.
        #[serde(rename = "kind")]
        kind: String,
    },
    /// Such a message is long, and its writer is not known to be somebody who may comment: its text was left behind.
    Unread,
    /// A message was edited in a thread or channel that may be a case's.
    #[serde(rename = "Amended")]
    Amended {
        /// Its `ts`: the message's, not the edit's.
        #[serde(rename = "ts")]
        ts: String,
        /// What it says now, as mrkdwn.
        #[serde(rename = "text")]
        text: String,
        /// As in [`Action::Said`].
        #[serde(rename = "beside", default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
        /// As in [`Action::Said`].
        #[serde(rename = "uploads", default, skip_serializing_if = "Vec::is_empty")]
        uploads: Vec<String>,
    },
    /// Something happened to an issue.
    #[serde(rename = "JiraChanged")]
    JiraChanged {
        /// The issue's id.
        #[serde(rename = "issue")]
        issue: String,
    },
}

impl Action {
    /// Tells acts apart that have the same id: a mention is a message as well.
    fn kind(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "asked",
            Self::Confirmed { .. } => "confirmed",
            Self::Filled { .. } => "filled",
            Self::Opened { .. } => "opened",
            Self::Home => "home",
            Self::Mistaken { .. } => "mistaken",
            Self::Said { .. } | Self::Withheld { .. } | Self::Unread => "said",
            Self::Amended { .. } => "amended",
            Self::JiraChanged { .. } => "jira",
        }
    }
}

/// Before the act of everything that was asked in a form.
const FORM: &str = "form/";

/// The act of a form, by its view's id: opening it and sending it are one act each.
pub fn in_form(view: &str) -> String {
    format!("{FORM}{view}")
}

/// Behind the act of a message's files: they follow its words.
const FILES: &str = "/files";

/// The act of a message's files, by the message's own.
pub fn of_its_files(act: &str) -> String {
    format!("{act}{FILES}")
}

impl Job {
    /// These are the files of a message, which nobody asked to attach.
    pub fn is_of_its_files(&self) -> bool {
        self.act.ends_with(FILES)
    }

    /// It was asked in a form, which nobody else sees.
    pub fn is_of_a_form(&self) -> bool {
        self.act.starts_with(FORM)
    }

    /// Names what the person did: 64 hexadecimal digits. It is the queue's deduplication id, the record's key and
    /// the service's `clientToken`.
    pub fn key(&self) -> String {
        let named = [&self.team, &self.user, &self.act, self.action.kind()].join("|");
        text::hex(&Sha256::digest(named.as_bytes()))
    }

    /// Something that was said for the case, not asked of the bridge.
    pub fn is_a_message(&self) -> bool {
        matches!(self.action, Action::Said { .. } | Action::Amended { .. } | Action::JiraChanged { .. })
    }

    /// What the person typed, to be given back.
    pub fn typed(&self) -> String {
        match &self.action {
            Action::Asked { typed, .. } => typed.clone(),
            Action::Said { text, .. } | Action::Amended { text, .. } => text.clone(),
            Action::Filled { filled } => filled.typed(),
            Action::Confirmed { .. } | Action::Mistaken { .. } | Action::Withheld { .. } => String::new(),
            Action::Unread | Action::Opened { .. } | Action::Home | Action::JiraChanged { .. } => {
                String::new()
            }
        }
    }

    /// Puts it on the inbox, which drops what comes again under the same `id` within five minutes.
    ///
    /// # Errors
    /// Why the inbox did not take it.
    pub async fn put(&self, world: &dyn World, id: &str) -> Result<(), String> {
        let body =
            serde_json::to_string(self).map_err(|error| format!("a job cannot be written: {error}"))?;
        world.enqueue(&self.group(), id, body).await
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
            (Action::JiraChanged { issue }, _) => format!("jira/{issue}"),
            (_, Some(thread)) => format!("slack/{}/{}/{thread}", self.team, self.place.channel),
            (_, None) => format!("slack/{}/{}", self.team, self.place.channel),
        }
    }
}

/// What a person wrote in a case's thread or channel, as its event would have brought it: same act, same key.
pub fn said(settings: &Settings, home: &Home, reply: &Said, now: Millis) -> Job {
    Job { action: words_of(reply, true), ..unread(settings, home, reply, now) }
}

/// What such a message says, where it is read.
pub fn words_of(reply: &Said, read: bool) -> Action {
    let Said { remote, text, files, uploads, .. } = reply;
    if read { judged(remote, text.clone(), files.clone(), uploads.clone()) } else { Action::Unread }
}

/// The same job before the message was read.
pub fn unread(settings: &Settings, home: &Home, reply: &Said, now: Millis) -> Job {
    let place = Origin { channel: home.place.clone(), thread: reply.thread.clone() };
    message(settings, reply.author.clone(), place, &reply.remote, Action::Unread, now)
}

/// A message's text as it goes on its way: a secret stays where it is, and so does all that is not to be read.
pub fn spoken(ts: &str, said: Words, read: bool) -> Action {
    if !read {
        return Action::Unread;
    }
    let uploads = said.beside.iter().filter_map(|one| one.file.clone()).collect();
    judged(ts, said.text, said.beside.iter().map(Beside::called).collect(), uploads)
}

/// A secret stays where it is.
fn judged(ts: &str, text: String, files: Vec<String>, uploads: Vec<String>) -> Action {
    match secret_scan::secret(&text) {
        Some(kind) => Action::Withheld { kind: kind.to_owned() },
        None => Action::Said { ts: ts.to_owned(), text, files, uploads },
    }
}

/// The job that a message makes.
pub fn message(
    settings: &Settings,
    user: String,
    place: Origin,
    act: &str,
    action: Action,
    now: Millis,
) -> Job {
    Job {
        act: format!("{}/{act}", place.channel),
        team: settings.slack.team.clone(),
        user,
        place,
        action,
        response_url: None,
        replaces: false,
        at: now,
    }
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}

/// Tells which act it is and nothing of what was said.
impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} by {} in {}", self.action.kind(), self.user, self.place.channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::language::command::Command;

    fn asked(case: Option<&str>, thread: Option<&str>, act: &str) -> Job {
        let case = case.and_then(crate::case::CaseId::parse);
        Job {
            act: act.to_owned(),
            team: "T1".to_owned(),
            user: "U1".to_owned(),
            place: Origin { channel: "C1".to_owned(), thread: thread.map(str::to_owned) },
            action: Action::Asked {
                line: CommandLine { case, command: Command::Tray },
                typed: String::new(),
            },
            response_url: Some("https://hooks.slack.com/commands/secret".to_owned()),
            replaces: false,
            at: 1,
        }
    }

    #[test]
    fn the_same_act_has_the_same_key_and_any_other_has_another() {
        let key = asked(None, None, "1").key();
        assert_eq!(key.len(), 64);
        let later = Job { at: 2, response_url: None, ..asked(None, None, "1") };
        assert_eq!(later.key(), key);
        for other in [
            asked(None, None, "2"),
            Job { user: "U2".to_owned(), ..asked(None, None, "1") },
            Job { team: "T2".to_owned(), ..asked(None, None, "1") },
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
        let issue = Action::JiraChanged { issue: "10001".to_owned() };
        assert_eq!(Job { action: issue, ..asked(None, None, "1") }.group(), "jira/10001");
    }

    #[test]
    fn a_job_survives_the_way_and_its_debug_tells_no_secret() {
        let job = asked(Some("1234567890"), None, "1");
        let json = serde_json::to_string(&job).unwrap();
        assert!(serde_json::from_str::<Job>(&json).unwrap() == job);
        assert_eq!(format!("{job:?}"), "asked by U1 in C1");
    }

    fn words(text: &str) -> Words {
        Words { text: text.to_owned(), beside: Vec::new() }
    }

    #[test]
    fn a_message_with_a_secret_leaves_its_text_behind() {
        let key = format!("AKIA{}", "IOSFODNN7EXAMPLE");
        let Action::Withheld { kind } = spoken("1.2", words(&format!("it was {key}")), true) else {
            panic!("it goes on")
        };
        assert!(!kind.contains(&key));
        assert!(matches!(spoken("1.2", words("nothing secret"), true), Action::Said { .. }));
    }

    #[test]
    fn a_message_that_is_not_to_be_read_is_not_looked_through_and_is_the_same_act() {
        let reply = Said { remote: "1.2".to_owned(), text: "a text".to_owned(), ..Said::default() };
        let settings = toml::from_str("[slack]\nteam = 'T1'\nchannel = 'C1'").unwrap();
        let home = Home { place: "C1".to_owned(), name: "1.1".to_owned() };
        let before = secret_scan::looked_through();
        let job = unread(&settings, &home, &reply, 1);
        assert!(job.action == Action::Unread && words_of(&reply, false) == Action::Unread);
        assert_eq!(secret_scan::looked_through(), before);
        assert_eq!(job.key(), said(&settings, &home, &reply, 2).key());
        assert_eq!(secret_scan::looked_through(), before + 1);
    }
}
