//! Every door by which words come to a case × every reason for which they stay: the same answer at each.

use casebridge::{
    case::{CaseId, MemberId, Ts, UserId},
    config::settings::Relay,
    targets::jira,
};
use casebridge_lab::{
    stage::{Stage, ana, count, typed},
    standins::SignedRequest,
};
use serde_json::json;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Slash,
    Form,
    Mention,
    Shortcut,
    Reply,
    Edit,
    Check,
    Jira,
    JiraEdit,
    JiraCheck,
}

use Door::*;

const DOORS: [Door; 10] = [Slash, Form, Mention, Shortcut, Reply, Edit, Check, Jira, JiraEdit, JiraCheck];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// There is none: the words go.
    Nothing,
    NoRole,
    Secret,
    /// In the name of a file that comes with the words.
    SecretName,
    /// In the name of somebody whom the words mention.
    SecretPerson,
    Empty,
    Closed,
    /// Written before its writer had a role.
    Older,
    /// Written before the issue was the case's.
    Linked,
    /// Said while a switch kept in Slack what people say there.
    Switched,
    /// For one role in Jira; begins with `//` in Slack.
    Kept,
    /// Longer than a comment may be.
    Long,
    /// A machine wrote it: a bot in Slack, another bridge in Jira.
    Machine,
}

use Reason::*;

const REASONS: [Reason; 13] = [
    Nothing,
    NoRole,
    Secret,
    SecretName,
    SecretPerson,
    Empty,
    Closed,
    Older,
    Linked,
    Switched,
    Kept,
    Long,
    Machine,
];

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comes {
    Goes,
    /// It stays, and its writer reads why.
    Told,
    Stays,
}

use Comes::*;

impl Door {
    fn is_in_jira(self) -> bool {
        matches!(self, Jira | JiraEdit | JiraCheck)
    }

    /// Words are said to everybody there, and not to the bridge.
    fn is_said(self) -> bool {
        self.is_in_jira() || matches!(self, Reply | Edit | Check)
    }
}

/// `None` where the door knows no such reason.
fn expected(door: Door, reason: Reason) -> Option<Comes> {
    Some(match reason {
        Nothing => Goes,
        Secret => Told,
        NoRole if door == JiraEdit => return None,
        NoRole => Told,
        SecretName if matches!(door, Slash | Form | Mention | Check | JiraEdit | Edit) => return None,
        SecretName => Told,
        // In a form nobody is mentioned.
        SecretPerson if door == Form => return None,
        SecretPerson => Told,
        // Slack and Jira take no empty words; a command without any is answered with its form.
        // What it said before is taken back.
        Empty if matches!(door, Edit | JiraEdit) => Told,
        Empty if door.is_said() => Stays,
        Empty => return None,
        // What was said after the closing, and heard by nobody, is of no case any more.
        Closed if matches!(door, Check | JiraCheck) => Stays,
        Closed => Told,
        // Commands are of now.
        Older if matches!(door, Check | JiraCheck) => Stays,
        Older => return None,
        Linked if door.is_in_jira() => Stays,
        Linked => return None,
        Switched if matches!(door, Reply | Edit | Check) => Stays,
        Switched => return None,
        Kept if matches!(door, Reply | Check | Jira | JiraCheck) => Stays,
        // What it said before is taken back.
        Kept if matches!(door, Edit | JiraEdit) => Told,
        Kept => return None,
        // What is said in passing is split; whoever asks hears of the limit, and may choose.
        Long if door.is_said() => Goes,
        Long => Told,
        Machine if matches!(door, Reply | Check | Jira | JiraCheck) => Stays,
        Machine => return None,
    })
}

struct Cell {
    stage: Stage,
    case: CaseId,
    thread: Ts,
    issue: String,
    reason: Reason,
    /// What was answered at once.
    answered: String,
    /// What stood in the issue before it was the case's, and its news.
    before: Option<(String, Vec<SignedRequest>)>,
    /// Somebody who is called as a key reads.
    odd: UserId,
}

const WORDS: &str = "web-2 is isolated";
const BEFORE: &str = "what it said before";

async fn work(stage: &Stage) {
    while let jobs @ [_, ..] = &stage.jobs()[..] {
        assert_eq!(stage.work(jobs).await, [""; 0]);
    }
}

impl Cell {
    async fn of(door: Door, reason: Reason) -> Self {
        let stage = Stage::set().await;
        let case = stage.sir.aws_creates_case("Key leaked");
        stage.notify().await;
        let thread = stage.card(&case).await.1;
        let name = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
        let odd = stage.slack.add_user(&name, "odd@example.com", &json!({}));
        let mut before = None;
        if reason == Linked {
            let words = if door == JiraEdit { BEFORE } else { WORDS };
            let ana = stage.jira.ana();
            let key = stage.jira.person_creates(&ana, "Key leaked");
            let id = stage.jira.person_comments(&ana, &key, words).unwrap();
            before = Some((id, stage.jira.take_webhooks()));
            stage.links(&case, &key).await;
            stage.minutes(2).await;
            assert_eq!(stage.home(&case, jira::KIND).await.name, key, "it is linked");
        }
        let issue = stage.home(&case, jira::KIND).await.name;
        stage.jira.take_webhooks();
        Self { stage, case, thread, issue, reason, answered: String::new(), before, odd }
    }

    fn words(&self) -> String {
        let key = self.key();
        match self.reason {
            Secret => format!("{WORDS} {key}"),
            SecretPerson => format!("{WORDS}, <@{}>", self.odd),
            Kept => format!("// {WORDS}"),
            Empty => String::new(),
            Long => format!("{WORDS}{}", " and so on".repeat(1_300)),
            _ => WORDS.to_owned(),
        }
    }

    fn key(&self) -> String {
        ["AKIA", "IOSFODNN7EXAMPLE"].concat()
    }

    async fn deliver(&self, sent: &[SignedRequest]) {
        for delivery in sent {
            assert_eq!(self.stage.deliver(delivery).await.0, 200);
        }
        work(&self.stage).await;
    }

    async fn hears(&self) {
        self.deliver(&self.stage.jira.take_webhooks()).await;
    }

    /// What its writer has read by now, wherever that was.
    async fn read(&self) -> String {
        let direct = self.stage.slack.direct(&ana()).map(|channel| self.stage.slack.messages(&channel));
        let notices = self.stage.comments(&self.case).await;
        let is_notice = |one: &String| {
            ["withheld", "stays in Jira", "taken back", "stays here"].iter().any(|it| one.contains(it))
        };
        let notices: Vec<_> = notices.into_iter().filter(is_notice).collect();
        format!("{}{}{direct:?}{notices:?}", self.answered, self.stage.since(&ana(), 0))
    }

    /// What there is to be refused for, where it is not in the words.
    async fn prepare(&mut self) {
        match self.reason {
            NoRole => self.stage.settings.roles = Default::default(),
            Switched => self.stage.settings.slack.relay = Some(Relay::Off),
            Older => {
                self.stage.settings.roles = Default::default();
                self.stage.minutes(15).await;
            }
            Closed => {
                self.stage.sir.aws_closes(&self.case, "Duplicate").unwrap();
                self.stage.notify().await;
            }
            _ => {}
        }
    }

    /// What people say goes to the case from now on.
    async fn switch_on(&mut self) {
        self.stage.minutes(2).await;
        self.stage.settings.slack.relay = Some(Relay::All);
        self.stage.minutes(2).await;
    }

    /// After the words were written.
    async fn check(&mut self) {
        if self.reason == Switched {
            self.switch_on().await;
        }
        if self.reason == Older {
            self.stage.minutes(2).await;
            let roles = "[slack]\nteam = 'T1'\nchannel = 'C1'\n[roles]\nresponder = ['A', 'B']";
            let settings: casebridge::config::settings::Settings = toml::from_str(roles).unwrap();
            self.stage.settings.roles = settings.roles;
            let jira = self.stage.jira.ana();
            self.stage.settings.roles.responder = vec![MemberId::new(ana()), MemberId::new(jira.as_str())];
        }
        self.stage.minutes(130).await;
        work(&self.stage).await;
    }

    async fn by(&mut self, door: Door) {
        match door {
            Slash | Form | Mention | Shortcut => self.asked(door).await,
            Reply | Edit | Check => self.said(door).await,
            Jira | JiraEdit | JiraCheck => self.in_jira(door).await,
        }
    }

    async fn asked(&mut self, door: Door) {
        self.prepare().await;
        let (stage, words) = (&self.stage, self.words());
        match door {
            Slash => self.answered = stage.ana(&format!("{} comment {words}", self.case)).await,
            Form => {
                let line = format!("{} comment", self.case);
                let (_, said) =
                    stage.deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", &line)).await;
                work(stage).await;
                self.answered = if said.is_null() { String::new() } else { said.to_string() };
                self.fills(self.answered.is_empty() && self.reason != NoRole, &self.words()).await;
            }
            Mention => {
                let (.., bot, _) = stage.slack.app();
                let text = format!("<@{bot}> comment {words}");
                self.deliver(&stage.slack.says(&ana(), &stage.channel, &text, Some(&self.thread)).1).await;
            }
            _ => {
                let mut message = json!({ "text": format!("// {words}") });
                if self.reason == SecretName {
                    message["files"] = json!([{ "name": self.file_name() }]);
                }
                let (ts, sent) = stage.slack.writes(&ana(), &stage.channel, &message, Some(&self.thread));
                self.deliver(&sent).await;
                let chosen = stage.slack.uses_message_shortcut(&ana(), &stage.channel, &ts, "add_to_case");
                self.deliver(&[chosen.unwrap()]).await;
                let text = match self.reason {
                    SecretName => format!("{words} {}", self.file_name()),
                    // As the form shows the message.
                    SecretPerson => format!("{WORDS}, @{}", self.odd),
                    _ => words,
                };
                self.fills(self.reason != NoRole, &text).await;
            }
        }
    }

    fn file_name(&self) -> String {
        format!("{}.txt", self.key())
    }

    /// Sends the form that was opened. What it says of its fields is read in the form.
    async fn fills(&self, is_open: bool, words: &str) {
        if !is_open {
            return;
        }
        let answer = self.stage.sends(&ana(), &[("text", typed(words))]).await;
        work(&self.stage).await;
        if answer["response_action"] == "errors" {
            let why = answer["errors"]["text"].as_str().unwrap();
            let words = if self.reason == Long { "too many" } else { "looks like it holds" };
            assert!(why.contains(words), "{answer}");
        }
    }

    async fn said(&mut self, door: Door) {
        let text = if door == Edit { BEFORE.to_owned() } else { self.words() };
        if door != Edit || self.reason == Switched {
            self.prepare().await;
        }
        let mut message = json!({ "text": text });
        if self.reason == SecretName {
            message["files"] = json!([{ "name": self.file_name() }]);
        }
        let (channel, thread) = (self.stage.channel.clone(), self.thread.clone());
        let writer = if self.reason == Machine { self.stage.slack.add_bot("echo") } else { ana() };
        let (ts, sent) = self.stage.slack.writes(&writer, &channel, &message, Some(&thread));
        if door == Check {
            return self.check().await;
        }
        self.deliver(&sent).await;
        if door == Edit {
            match self.reason {
                Switched => self.switch_on().await,
                _ => self.prepare().await,
            }
            let change = json!({ "text": self.words() });
            let edit = self.stage.slack.rewrites(&ana(), &channel, &ts, &change).unwrap();
            self.deliver(&[edit]).await;
        }
    }

    async fn in_jira(&mut self, door: Door) {
        let (ana, key) = (self.stage.jira.ana(), self.issue.clone());
        self.stage.jira.add_role("Ours", &[ana.clone(), self.stage.jira.own_account()]);
        let (mut id, news) = self.before.take().unwrap_or_default();
        if door == JiraEdit && id.is_empty() {
            id = self.stage.jira.person_comments(&ana, &key, BEFORE).unwrap();
            self.hears().await;
            self.stage.later(1_000);
        }
        self.prepare().await;
        self.stage.jira.take_webhooks();
        let words = match self.reason {
            Kept => WORDS.to_owned(),
            SecretName => format!("{WORDS} {}", self.file_name()),
            SecretPerson => format!("{WORDS}, "),
            _ => self.words(),
        };
        let mut text = json!([{ "type": "text", "text": words }]);
        if self.reason == SecretPerson {
            let person = json!({ "id": ana.as_str(), "text": format!("@{}", self.key()) });
            text.as_array_mut().unwrap().push(json!({ "type": "mention", "attrs": person }));
        }
        let text = if self.reason == Empty { json!([]) } else { text };
        let mut comment = json!({ "body": { "type": "doc", "version": 1,
            "content": [{ "type": "paragraph", "content": text }] } });
        if self.reason == Kept {
            comment["visibility"] = json!({ "type": "role", "value": "Ours" });
        }
        if self.reason == Machine {
            comment["properties"] = json!([{ "key": "casebridge", "value": { "mark": "home#x" } }]);
        }
        match door {
            JiraEdit => self.stage.jira.person_rewrites(&ana, &key, &id, &comment).unwrap(),
            _ if self.reason == Linked => {}
            _ => drop(self.stage.jira.person_writes(&ana, &key, &comment).unwrap()),
        }
        match door {
            JiraCheck => {
                self.stage.jira.take_webhooks();
                self.check().await;
            }
            _ => {
                self.deliver(&news).await;
                self.hears().await;
            }
        }
    }
}

async fn came(door: Door, reason: Reason) -> Comes {
    let mut cell = Cell::of(door, reason).await;
    let before = cell.read().await;
    Box::pin(cell.by(door)).await;
    let said = cell.stage.case_comments(&cell.case);
    for text in &said {
        assert!(!text.contains("AKIA"), "{door:?} × {reason:?}: {text}");
    }
    let went = if reason == Empty { said.len() - count(&said, "[withdrawn by") } else { count(&said, WORDS) };
    let form = cell.stage.sir.count("CreateCaseComment") + cell.stage.sir.count("UpdateCaseComment");
    assert!(went <= 1, "{door:?} × {reason:?}: {said:#?}");
    match went {
        0 if cell.read().await != before || (form == 0 && door.answers_in_the_form(reason)) => Told,
        0 => Stays,
        _ => Goes,
    }
}

impl Door {
    /// The form stays open and says it at the field: seen in [`Cell::fills`].
    fn answers_in_the_form(self, reason: Reason) -> bool {
        matches!(self, Form | Shortcut) && matches!(reason, Secret | SecretName | Long)
    }
}

#[tokio::test]
async fn each_door_gives_the_same_answer_for_the_same_reason() {
    let mut wrong = Vec::new();
    for reason in REASONS {
        for door in DOORS {
            let Some(expected) = expected(door, reason) else { continue };
            let came = Box::pin(came(door, reason)).await;
            if came != expected {
                wrong.push(format!("{door:?} × {reason:?}: {came:?}, not {expected:?}"));
            }
        }
    }
    assert_eq!(wrong, [""; 0], "{wrong:#?}");
}
