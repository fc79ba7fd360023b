//! What a person does, up to the job on the inbox; what they then read, and how everything stands, to be compared.

use casebridge::{
    case::{CaseId, MemberId, Ts},
    runtime::QueueMessage,
    state::{
        Note, Store,
        notes::{Home, PlaceNote},
    },
    targets::jira,
    targets::jira::IssueText,
    targets::mark::Mark,
};
use casebridge_lab::stage::{ANA, Stage, ana, chosen, moment, ticked, ts_of, typed};
use casebridge_lab::standins::{SignedRequest, SlackStandin};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

/// How many are prepared at once: the door's patience is real, and many beginners would use it up.
static PREPARING: Semaphore = Semaphore::const_new(4);

/// What Ana does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Types a line; `CASE` is the case's id.
    Types(&'static str),
    /// Types a line that asks back, and confirms it.
    Confirms(&'static str),
    /// Speaks to the bridge in the case's thread, which brings no address for answers.
    Mentions(&'static str),
    /// Writes in the case's thread.
    Replies,
    /// Edits what she wrote in the case's thread.
    Edits,
    /// Chooses a file's message for the case.
    Attaches,
    /// Sends the form of a new case.
    OpensCase,
    /// Sends the form of a new membership.
    OpensMembership,
    /// Opens the form that changes a case's details: it is filled in afterwards.
    OpensForm,
    /// Opens the bridge's page.
    LooksHome,
    /// Sends a form that the bridge's page opened: she gets the answer in her direct messages.
    AsksAtHome,
    /// Says which issue is the case's.
    LinksIssue,
    /// Comments on the case's issue, in Jira.
    CommentsInJira,
    /// Edits her comment on the case's issue, in Jira.
    EditsInJira,
    /// Comments there with a key.
    LeaksInJira,
    /// Comments on an issue that version 0.1.0 made for the case.
    CommentsInOldIssue,
    /// Types a line as one whose role comes from a user group.
    TypesInGroup(&'static str),
}

/// A stage on which all is ready, and the jobs that the act put on the inbox.
pub struct Ready {
    pub act: Act,
    pub stage: Stage,
    pub jobs: Vec<QueueMessage>,
    /// What was to be read before.
    read: Vec<String>,
    /// How everything stood before.
    pub before: Value,
}

/// A case with a file, an investigation, an invitation and a thread.
async fn furnished() -> (Stage, CaseId, Ts) {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.aws_attaches(&case, "log.txt", "bytes").unwrap();
    stage.sir.investigates(&case, &json!({ "title": "Who used the key?", "status": "Completed" })).unwrap();
    let thread = stage.thread_of(&case).await;
    (stage, case, thread)
}

impl Act {
    /// Everything up to the job.
    pub async fn prepare(self) -> Ready {
        let (stage, deliveries) = self.before_the_door().await;
        let _few = PREPARING.acquire().await.unwrap();
        let before = standing(&stage);
        for delivery in &deliveries {
            assert_eq!(stage.deliver(delivery).await.0, 200, "{self:?}");
        }
        let jobs = stage.jobs();
        assert!(!jobs.is_empty(), "{self:?}");
        let read = read(&stage);
        Ready { act: self, stage, jobs, read, before }
    }

    /// Everything up to what Slack or Jira sends.
    pub async fn before_the_door(self) -> (Stage, Vec<SignedRequest>) {
        let _few = PREPARING.acquire().await.unwrap();
        let (mut stage, case, thread) = furnished().await;
        if let Self::TypesInGroup(_) = self {
            let group = stage.slack.add_group("responders", &[ana()]);
            stage.settings.roles.admin = vec![MemberId::new(group)];
        }
        let deliveries = self.deliveries(&stage, &case, &thread).await;
        (stage, deliveries)
    }

    /// What Slack or Jira sends for it.
    async fn deliveries(self, stage: &Stage, case: &CaseId, thread: &Ts) -> Vec<SignedRequest> {
        let line = |line: &str| {
            let (administrator, invitation) = stage.hub.invitation();
            line.replace("CASE", case.as_str())
                .replace("ADMIN", &administrator)
                .replace("INVITATION", &invitation)
        };
        match self {
            Self::Types(text) | Self::TypesInGroup(text) => {
                if text.contains("tag rm") {
                    stage.ana(&line("CASE tag add unit=red")).await;
                }
                vec![stage.slack.types(&ana(), &stage.channel, "/sir", &line(text))]
            }
            Self::Confirms(text) => {
                if text == "hub leave" {
                    stage.ana(&line("hub accept ADMIN INVITATION")).await;
                    stage.presses(&ana(), "confirm/1").await;
                }
                stage.another_asked_for_the_end().await;
                stage.ana(&line(text)).await;
                let ts = ts_of(&stage.latest());
                vec![stage.slack.clicks(&ana(), &stage.channel, &ts, "confirm/1", &Value::Null).unwrap()]
            }
            Self::Mentions(text) => {
                let (.., bot, _) = stage.slack.app();
                let text = format!("<@{bot}> {}", line(text));
                stage.slack.says(&ana(), &stage.channel, &text, Some(thread)).1.split_off(1)
            }
            Self::Replies => {
                stage
                    .slack
                    .says(
                        &ana(),
                        &stage.channel,
                        "It was <@U024BE7LJ>, not <!subteam^S0NOBODY1>",
                        Some(thread),
                    )
                    .1
            }
            Self::Edits => {
                let (ts, sent) = stage.slack.says(&ana(), &stage.channel, "It was Bo", Some(thread));
                delivered(stage, &sent).await;
                vec![stage.slack.edits(&ana(), &stage.channel, &ts, "It was Cy").unwrap()]
            }
            Self::Attaches => {
                let file = ("a.txt", "text/plain");
                let ts = stage.slack.shares(&ana(), &stage.channel, file, "bytes", Some(thread)).1;
                vec![stage.slack.uses_message_shortcut(&ana(), &stage.channel, &ts, "attach_file").unwrap()]
            }
            _ => self.elsewhere(stage, case).await,
        }
    }

    /// What is sent from forms and pages, and by Jira.
    async fn elsewhere(self, stage: &Stage, case: &CaseId) -> Vec<SignedRequest> {
        match self {
            Self::OpensCase => vec![form(stage, "new Second", &NEW_CASE).await],
            Self::OpensMembership => {
                stage.sir.without_membership();
                let team = "Ana Lima | Lead | ana@example.com\nBo Berg | Analyst | bo@example.com";
                vec![form(stage, "membership new", &[("name", "Second"), ("team", team), ("sure", "")]).await]
            }
            Self::OpensForm => {
                stage.ana(&format!("{case} show")).await;
                let ts = ts_of(&stage.latest());
                let edit = action_of(&stage.latest(), "Edit");
                vec![stage.slack.clicks(&ana(), &stage.channel, &ts, &edit, &Value::Null).unwrap()]
            }
            Self::LooksHome => vec![stage.slack.opens_home(&ana())],
            Self::AsksAtHome => {
                delivered(stage, &[stage.slack.opens_home(&ana())]).await;
                let home = stage.slack.home(&ana()).unwrap()["id"].as_str().unwrap().to_owned();
                let new = action_of(&stage.slack.home(&ana()).unwrap(), "New case");
                let click = stage.slack.clicks_in_view(&ana(), &home, &new, &Value::Null).unwrap();
                delivered(stage, &[click]).await;
                vec![filled_in(stage, &NEW_CASE)]
            }
            Self::LinksIssue => {
                let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
                stage.ana(&format!("{case} jira link {key}")).await;
                let ts = ts_of(&stage.latest());
                vec![stage.slack.clicks(&ana(), &stage.channel, &ts, "confirm/1", &Value::Null).unwrap()]
            }
            Self::CommentsInJira => {
                issue(stage, case).await;
                stage.jira.take_webhooks()
            }
            Self::LeaksInJira => {
                let (key, _) = issue(stage, case).await;
                delivered(stage, &stage.jira.take_webhooks()).await;
                let leak = ["It was AKIA", "IOSFODNN7EXAMPLE"].concat();
                stage.jira.person_comments(&stage.jira.ana(), &key, &leak).unwrap();
                stage.jira.take_webhooks()
            }
            Self::CommentsInOldIssue => {
                let key = old_issue(stage, case).await;
                stage.jira.take_webhooks();
                stage.jira.person_comments(&stage.jira.ana(), &key, "It was Bo").unwrap();
                stage.jira.take_webhooks()
            }
            Self::EditsInJira => {
                let (key, comment) = issue(stage, case).await;
                delivered(stage, &stage.jira.take_webhooks()).await;
                let ana = stage.jira.ana();
                stage.jira.person_edits_comment(&ana, &key, &comment, "It was Cy").unwrap();
                stage.jira.take_webhooks()
            }
            _ => Vec::new(),
        }
    }
}

const NEW_CASE: [(&str, &str); 5] = [
    ("title", "Second"),
    ("description", "Found by the form."),
    ("engagement", "Investigation"),
    ("resolver", "Self"),
    ("started", "1795262400"),
];

/// A form that was opened by a line, and sent.
async fn form(stage: &Stage, line: &str, values: &[(&str, &str)]) -> SignedRequest {
    stage.ana(line).await;
    filled_in(stage, values)
}

/// Ana sends the form that she sees.
fn filled_in(stage: &Stage, values: &[(&str, &str)]) -> SignedRequest {
    let view = stage.form(&ana())["id"].as_str().unwrap().to_owned();
    let value = |name: &str, text: &str| match name {
        "engagement" | "resolver" => chosen(text),
        "started" => moment(text.parse().unwrap()),
        "sure" => ticked(),
        _ => typed(text),
    };
    let values: serde_json::Map<_, _> =
        values.iter().map(|(name, text)| ((*name).to_owned(), json!({ "it": value(name, text) }))).collect();
    stage.slack.submits(&ana(), &view, &Value::Object(values)).unwrap()
}

/// The case's issue with a comment of Ana's: its key and the comment's id.
async fn issue(stage: &Stage, case: &CaseId) -> (String, String) {
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    let id = stage.jira.issue(&key).unwrap()["id"].as_str().unwrap().to_owned();
    stage.memory.bind(&format!("jira/{id}"), case).await.unwrap();
    stage.jira.take_webhooks();
    let comment = stage.jira.person_comments(&stage.jira.ana(), &key, "It was Bo").unwrap();
    (key, comment)
}

/// An issue of ours, with what version 0.1.0 noted of it.
async fn old_issue(stage: &Stage, case: &CaseId) -> String {
    let now = casebridge::config::clock::now();
    let words = json!({ "type": "paragraph", "content": [{ "type": "text", "text": "x" }] });
    let description = json!({ "type": "doc", "version": 1, "content": [words] });
    let text = IssueText { case, mark: Mark::new("m"), summary: "x".to_owned(), description };
    let made = stage.bridge().jira().unwrap().create_issue(text).await.unwrap();
    let home = Some(Home { place: made.id.to_string(), name: made.key.to_string() });
    let note = serde_json::to_string(&PlaceNote { home, ..PlaceNote::default() }).unwrap();
    stage.memory.hint(case, now, false).await.unwrap();
    let lease = stage.memory.lease(case, now, now + 60_000).await.unwrap().unwrap();
    stage.memory.save(case, lease.epoch, Note::Of(jira::KIND), &note).await.unwrap();
    stage.memory.release(case, lease.epoch, lease.want, None, false).await.unwrap();
    stage.memory.bind(&format!("jira/{}", made.id), case).await.unwrap();
    made.key.to_string()
}

async fn delivered(stage: &Stage, deliveries: &[SignedRequest]) {
    for delivery in deliveries {
        assert_eq!(stage.deliver(delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
}

/// The action of the button that bears these words.
fn action_of(message: &Value, words: &str) -> String {
    let blocks = message["blocks"].as_array().unwrap().iter();
    let buttons = blocks.flat_map(|block| block["elements"].as_array().into_iter().flatten());
    let found = buttons.into_iter().find(|button| button["text"]["text"] == words).unwrap();
    found["action_id"].as_str().unwrap().to_owned()
}

impl Ready {
    /// What is to be read now, and was not before.
    pub fn news(&self) -> Vec<String> {
        let now = read(&self.stage);
        let old = |index: usize, text: &String| self.read.get(index) == Some(text);
        now.iter()
            .enumerate()
            .filter(|(index, text)| !old(*index, text))
            .map(|(_, text)| without_ids(text))
            .collect()
    }

    pub fn now(&self) -> Value {
        standing(&self.stage)
    }
}

/// Everything that Ana can read and others cannot: messages to her alone, her page, and the form before her.
fn read(stage: &Stage) -> Vec<String> {
    let state = stage.slack.state();
    let home = stage.slack.home(&ana()).map(|home| SlackStandin::shown(&home)).unwrap_or_default();
    let form = stage.slack.view(ANA).map(|view| SlackStandin::shown(&view)).unwrap_or_default();
    let direct = state["channels"].as_object().unwrap().iter().filter(|(id, _)| id.starts_with('D'));
    let direct = direct.flat_map(|(_, channel)| channel["messages"].as_array().unwrap());
    let ephemerals = stage.slack.ephemerals(&ana());
    [home, form].into_iter().chain(ephemerals.iter().chain(direct).map(SlackStandin::shown)).collect()
}

/// How everything stands that a command can change, without times and ids.
fn standing(stage: &Stage) -> Value {
    scrubbed(&json!([stage.sir.state(), stage.hub.administrator()]))
}

/// The same without what two runs never have in common.
fn scrubbed(value: &Value) -> Value {
    match value {
        Value::String(text) => without_ids(text).into(),
        Value::Number(number) if number.as_f64().is_some_and(|number| number > 1e6) => "#".into(),
        Value::Array(items) => items.iter().map(scrubbed).collect(),
        Value::Object(map) => {
            let pairs = map.iter().filter(|(name, _)| *name != "lastUpdatedDate" && *name != "edits");
            let mut pairs: Vec<_> =
                pairs.map(|(name, value)| format!("{}: {}", without_ids(name), scrubbed(value))).collect();
            pairs.sort();
            json!(pairs)
        }
        other => other.clone(),
    }
}

/// A text whose words with a digit in them are all alike, in whatever frame.
pub fn without_ids(text: &str) -> String {
    let word = |word: &str| {
        if word.contains(|each: char| each.is_ascii_digit()) { "#".to_owned() } else { word.to_owned() }
    };
    text.split_whitespace().filter(|word| *word != "```").map(word).collect::<Vec<_>>().join(" ")
}

/// How an act ends where nothing goes wrong.
pub struct Calm {
    pub news: Vec<String>,
    pub standing: Value,
    /// What was asked of the service, then of Security Hub, of Slack and of Jira, each in order.
    pub heard: Vec<String>,
}

impl Act {
    pub async fn calm(self) -> Calm {
        let ready = self.prepare().await;
        let stage = &ready.stage;
        let servers = [&*stage.sir, &*stage.hub, &*stage.slack, &*stage.jira];
        let _ = servers.map(|server| server.take_calls());
        assert_eq!(stage.work(&ready.jobs).await, [""; 0], "{self:?}");
        let calls = servers.into_iter().flat_map(|server| server.take_calls());
        let heard = calls.map(|call| call.operation).collect();
        Calm { news: ready.news(), standing: ready.now(), heard }
    }
}
