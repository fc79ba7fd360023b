//! What people do in Slack, and what they then read.

use casebridge::{
    aws::sir,
    case::{CaseId, Ts, UserId, text},
    runtime::World,
    state::Store,
    targets::{
        content::{Links, View},
        mark::Mark,
        slack::{self, ConversationRef},
    },
};
use serde_json::{Map, Value, json};

use super::{Stage, ts_of};
use crate::standins::SlackStandin;

/// An admin, where the settings name nobody else.
pub const ANA: &str = "U024BE7LH";
/// Somebody without a role.
pub const BO: &str = "U024BE7LJ";

/// [`ANA`], as the stand-in knows her.
pub fn ana() -> UserId {
    UserId::new(ANA)
}

/// [`BO`], as the stand-in knows him.
pub fn bo() -> UserId {
    UserId::new(BO)
}

impl Stage {
    /// Ana types a line; everything that follows happens. What she reads, in full.
    pub async fn ana(&self, line: &str) -> String {
        self.types(&ana(), line).await
    }

    /// The same by anybody.
    pub async fn types(&self, user: &UserId, line: &str) -> String {
        let (status, said) = self.deliver(&self.slack.types(user, &self.channel, "/sir", line)).await;
        assert_eq!(status, 200);
        if !said.is_null() {
            assert_eq!(said["response_type"], "ephemeral");
            assert_eq!(SlackStandin::block_complaints(&said["blocks"]), [""; 0]);
            return SlackStandin::shown(&said);
        }
        let before = self.slack.ephemerals(user).len();
        assert_eq!(self.work(&self.jobs()).await, [""; 0]);
        self.since(user, before)
    }

    /// What only this person can read since there were `before` messages.
    pub fn since(&self, user: &UserId, before: usize) -> String {
        let messages = self.slack.ephemerals(user);
        messages[before.min(messages.len())..].iter().map(SlackStandin::shown).collect::<Vec<_>>().join("\n")
    }

    /// The latest message that only Ana can read.
    pub fn latest(&self) -> Value {
        self.slack.ephemerals(&ana()).pop().unwrap()
    }

    /// Ana links an issue to a case, and confirms it. What she then reads.
    pub async fn links(&self, case: &CaseId, key: &str) -> String {
        self.ana(&format!("{case} jira link {key}")).await;
        self.presses(&ana(), "confirm/1").await
    }

    /// Somebody presses the button of this action in the latest message, and everything follows. What they then read.
    pub async fn presses(&self, user: &UserId, action: &str) -> String {
        self.clicks(user, &ts_of(&self.latest()), action).await;
        let messages = self.slack.ephemerals(user);
        messages.last().map(SlackStandin::shown).unwrap_or_default()
    }

    /// Somebody presses a button of a message; what stands behind it happens.
    pub async fn clicks(&self, user: &UserId, ts: &Ts, action: &str) {
        let click = self.slack.clicks(user, &self.channel, ts, action, &Value::Null).unwrap();
        assert_eq!(self.deliver(&click).await.0, 200);
        assert_eq!(self.work(&self.jobs()).await, [""; 0]);
    }

    /// Somebody chooses in a menu of a message; what stands behind it happens.
    pub async fn chooses(&self, user: &UserId, ts: &Ts, (menu, value): (&str, &str)) {
        let option = json!({ "selected_option": { "value": value } });
        let click = self.slack.clicks(user, &self.channel, ts, menu, &option).unwrap();
        assert_eq!(self.deliver(&click).await.0, 200);
        assert_eq!(self.work(&self.jobs()).await, [""; 0]);
    }

    /// The form that somebody sees.
    pub fn form(&self, user: &UserId) -> Value {
        self.slack.view(user.as_str()).unwrap()
    }

    /// Somebody sends the form that they see: what the door answers. What follows from it happens.
    pub async fn sends(&self, user: &UserId, values: &[(&str, Value)]) -> Value {
        let view = self.form(user)["id"].as_str().unwrap().to_owned();
        let values: Map<_, _> =
            values.iter().map(|(name, value)| ((*name).to_owned(), json!({ "it": value }))).collect();
        let sent = self.slack.submits(user, &view, &Value::Object(values)).unwrap();
        let (status, said) = self.deliver(&sent).await;
        assert_eq!(status, 200);
        assert_eq!(self.work(&self.jobs()).await, [""; 0]);
        said
    }
}

impl Stage {
    /// Another admin asked for this call a moment ago, while things stood so.
    pub async fn another_asked(&self, call: &str, stands: &str) {
        let asked =
            json!({ "who": "U0SOMEBODY", "at": self.now() - 1, "seen": text::hash(stands), "taken": null });
        let (name, expires) = (format!("second/{call}"), Some(i64::MAX));
        let old = self.memory.note(&name).await.unwrap();
        assert!(self.memory.swap_note(&name, old.as_deref(), &asked.to_string(), expires).await.unwrap());
    }

    /// The same of all that always takes two: the membership is active, and the administrator the one who invited.
    pub async fn another_asked_for_the_end(&self) {
        let membership = self.sir.membership_id().unwrap();
        self.another_asked(&format!("CancelMembership {:?}", membership.as_str()), "Active").await;
        let (administrator, _) = self.hub.invitation();
        let stands = format!("{administrator} Some(\"Enabled\")");
        self.another_asked("DisassociateFromAdministratorAccount", &stands).await;
    }
}

/// Threads without `notify`.
impl Stage {
    /// Says that a thread is a case's, and starts it.
    pub async fn thread_of(&self, case: &CaseId) -> Ts {
        let (ts, _) = self.slack.says(&ana(), &self.channel, "a card", None);
        self.bind_thread(case, &ts).await;
        ts
    }

    /// The same, under the case's own card.
    pub async fn card_of(&self, case: &CaseId) -> Ts {
        let read = self.world.call(sir::Call::GetCase { case: case.clone() }).await.unwrap();
        let sir::Answer::Case(read) = read else { panic!("{read:?}") };
        let view = View {
            case: *read,
            links: Links::default(),
            waiting_since: None,
            answered: false,
            agent_waits: false,
            owner: None,
            opened: None,
            last_word: None,
        };
        let channel = ConversationRef { channel: self.channel.clone(), thread: None };
        let card = slack::card(&view);
        let ts = self.bridge().slack().post(&channel, &Mark::new("home"), &card).await.unwrap();
        self.bind_thread(case, &ts).await;
        ts
    }

    async fn bind_thread(&self, case: &CaseId, ts: &Ts) {
        let place = format!("slack/{}/{}/{ts}", self.settings.slack.team, self.channel);
        self.memory.bind(&place, case).await.unwrap();
    }
}

/// What was typed into a field.
pub fn typed(text: &str) -> Value {
    json!({ "type": "plain_text_input", "value": text })
}

/// What was chosen in a menu.
pub fn chosen(value: &str) -> Value {
    json!({ "type": "static_select", "selected_option": { "value": value } })
}

/// A box that was ticked.
pub fn ticked() -> Value {
    json!({ "type": "checkboxes", "selected_options": [{ "value": "yes" }] })
}

/// A moment that was chosen.
pub fn moment(at: i64) -> Value {
    json!({ "type": "datetimepicker", "selected_date_time": at })
}
