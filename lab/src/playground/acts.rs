//! What can a person do in the playground? As AWS, in Slack, in Jira, and to the world itself.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use casebridge::case::{AttachmentId, CaseId, ChannelId, CommentId, Millis, Ts, UserId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    feed::{FeedEntry, FeedKind},
    stage::Stage,
    switches::{Place, Trouble},
};
use crate::standins::{Scan, Sight, SignedRequest};

/// The most time that passes at once, in seconds: a week.
const MOST: i64 = 604_800;

/// One thing that somebody does, as the page and the stories say it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Act {
    Aws(AwsAct),
    Slack(SlackAct),
    Jira(JiraAct),
    World(WorldAct),
}

/// What AWS does, and the customer's team in the console.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum AwsAct {
    /// AWS opens a case that it works, or the customer's team one of its own.
    OpensCase {
        title: String,
        aws: bool,
        /// CreateCase's other members.
        #[serde(default)]
        more: Value,
    },
    AwsComments {
        case: CaseId,
        text: String,
        /// It waits for an answer.
        #[serde(default)]
        asks: bool,
    },
    AwsEditsComment {
        case: CaseId,
        comment: CommentId,
        text: String,
    },
    /// AWS changes a case: `caseStatus`, `pendingAction`, and UpdateCase's members.
    AwsChanges {
        case: CaseId,
        change: Value,
    },
    AwsAttaches {
        case: CaseId,
        name: String,
        /// All of it, in base64.
        bytes: String,
    },
    AwsScans {
        case: CaseId,
        attachment: AttachmentId,
        /// Whether nothing bad was found.
        clean: bool,
    },
    AwsCloses {
        case: CaseId,
        /// `False Positive` and the like.
        #[serde(default)]
        code: Option<String>,
    },
    /// AWS's AI agent has looked into a case.
    Investigates {
        case: CaseId,
        title: String,
        content: String,
    },
    /// The membership gets another name.
    MembershipChanges {
        name: String,
    },
    MembershipEnds {},
}

/// What people do in Slack.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum SlackAct {
    /// Somebody types a line and sends it: a message, or a slash command.
    Says {
        user: UserId,
        /// Elsewhere than in the channel `security`.
        #[serde(default)]
        channel: Option<ChannelId>,
        /// As it was typed.
        text: String,
        #[serde(default)]
        thread: Option<Ts>,
    },
    /// Somebody writes a message that has a file from their own disk with it.
    Shares {
        user: UserId,
        #[serde(default)]
        channel: Option<ChannelId>,
        /// What they write; empty for the file alone.
        text: String,
        #[serde(default)]
        thread: Option<Ts>,
        name: String,
        /// What kind of file the browser takes it for.
        mimetype: String,
        /// All of it, in base64.
        bytes: String,
    },
    Edits {
        user: UserId,
        #[serde(default)]
        channel: Option<ChannelId>,
        ts: Ts,
        text: String,
    },
    Deletes {
        user: UserId,
        #[serde(default)]
        channel: Option<ChannelId>,
        ts: Ts,
    },
    /// Somebody puts an emoji to a message, or takes it away.
    Reacts {
        user: UserId,
        #[serde(default)]
        channel: Option<ChannelId>,
        ts: Ts,
        /// Without colons.
        name: String,
    },
    OpensHome {
        user: UserId,
    },
    /// Somebody chooses a shortcut in a message's menu.
    Chooses {
        user: UserId,
        channel: ChannelId,
        ts: Ts,
        /// The shortcut's `callback_id`.
        shortcut: String,
    },
    /// Somebody presses a button in a message.
    Clicks {
        user: UserId,
        #[serde(default)]
        channel: Option<ChannelId>,
        ts: Ts,
        /// The button's `action_id`.
        action: String,
        #[serde(default)]
        chosen: Value,
    },
    /// Somebody presses the newest button that bears this label.
    Presses {
        user: UserId,
        label: String,
    },
    /// Somebody presses a button in a modal.
    ClicksInView {
        user: UserId,
        view: String,
        /// The button's `action_id`.
        action: String,
        #[serde(default)]
        chosen: Value,
    },
    Submits {
        user: UserId,
        view: String,
        /// `{block_id: {action_id: {type, value, …}}}`
        values: Value,
    },
    Leaves {
        user: UserId,
        view: String,
    },
}

/// What people do in Jira: Ana Alvarez does it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "do", deny_unknown_fields)]
pub enum JiraAct {
    #[serde(rename = "jira_comments")]
    Comments {
        issue: String,
        text: String,
        /// The project role for whose members alone it is.
        #[serde(default)]
        role: Option<String>,
    },
    #[serde(rename = "jira_edits_comment")]
    EditsComment { issue: String, comment: String, text: String },
    #[serde(rename = "jira_attaches")]
    Attaches {
        issue: String,
        name: String,
        /// All of it, in base64.
        bytes: String,
    },
    #[serde(rename = "jira_deletes_comment")]
    DeletesComment { issue: String, comment: String },
    #[serde(rename = "jira_moves")]
    Moves { issue: String, status: String },
    /// Fields by their names.
    #[serde(rename = "jira_edits")]
    Edits { issue: String, fields: Value },
    #[serde(rename = "jira_deletes")]
    Deletes { issue: String },
}

/// What is done to the world itself.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum WorldAct {
    /// All events of SIR arrive once more.
    EventsAgain {},
    Passes {
        seconds: i64,
    },
    /// The clock runs, or stands still.
    Runs {
        runs: bool,
    },
    Switches {
        place: Place,
        trouble: Trouble,
        on: bool,
        #[serde(default)]
        issue: Option<String>,
    },
    /// What would be done for a case now?
    Plans {
        case: CaseId,
    },
    /// The story's next step.
    GoesOn {},
}

impl Act {
    /// Does it. What the bridge makes of it follows by itself.
    /// Fails: a stand-in refuses: in its own words.
    pub async fn happen(self, stage: &Stage) -> Result<Value, String> {
        match self {
            Self::Aws(act) => act.happen(stage),
            Self::Slack(act) => act.happen(stage).await,
            Self::Jira(act) => act.happen(stage),
            Self::World(act) => Box::pin(act.happen(stage)).await,
        }
    }
}

impl AwsAct {
    fn happen(self, stage: &Stage) -> Result<Value, String> {
        let sir = &stage.standins.sir;
        match self {
            Self::OpensCase { title, aws: true, more } => {
                sir.aws_creates(with(json!({ "title": title }), &more)).map(|case| json!({ "case": case }))
            }
            Self::OpensCase { title, aws: false, .. } => {
                Ok(json!({ "case": sir.console_creates_case(&title) }))
            }
            Self::AwsComments { case, text, asks } => {
                if asks {
                    sir.aws_sets_pending_action(&case, "Customer")?;
                }
                sir.aws_comments(&case, "AWS Responder", &text).map(nothing)
            }
            Self::AwsEditsComment { case, comment, text } => {
                sir.aws_edits_comment((case, comment), "AWS Responder", &text).map(nothing)
            }
            Self::AwsChanges { case, change } => sir.aws_changes(&case, &change).map(nothing),
            Self::AwsAttaches { case, name, bytes } => {
                sir.aws_attaches(&case, &name, decoded(&bytes)?).map(nothing)
            }
            Self::AwsScans { case, attachment, clean } => {
                let scan = if clean { Scan::Verified } else { Scan::Failed };
                {
                    sir.set_attachment_status(&case, &attachment, scan);
                    Ok(json!({}))
                }
            }
            Self::AwsCloses { case, code } => {
                sir.aws_closes(&case, code.as_deref().unwrap_or("Investigation Completed")).map(nothing)
            }
            Self::Investigates { case, title, content } => {
                let action = json!({ "title": title, "content": content, "status": "Completed" });
                sir.investigates(&case, &action).map(nothing)
            }
            Self::MembershipChanges { name } => {
                let membership = sir.membership_id().ok_or("there is no membership")?;
                let members = json!({ "membershipId": membership, "membershipName": name });
                let members = members.as_object().cloned().unwrap_or_default();
                sir.ask("UpdateMembership", members, Sight::Now).map(nothing).map_err(|refused| refused.name)
            }
            Self::MembershipEnds {} => {
                let membership = sir.membership_id().ok_or("there is no membership")?;
                sir.terminates_membership(&membership).map(nothing)
            }
        }
    }
}

impl SlackAct {
    async fn happen(self, stage: &Stage) -> Result<Value, String> {
        let slack = &stage.standins.slack;
        let security = slack.security();
        let at = |channel: Option<ChannelId>| channel.unwrap_or_else(|| security.clone());
        let sent = match self {
            Self::Says { user, channel, text, thread } => {
                slack.enters(&user, &at(channel), &text, thread.as_ref())
            }
            Self::Shares { user, channel, text, thread, name, mimetype, bytes } => {
                let text = slack.typed(&text)["text"].as_str().unwrap_or_default().to_owned();
                let (channel, bytes) = (at(channel), decoded(&bytes)?);
                slack.says_with_file(&user, &channel, &text, (&name, &mimetype), bytes, thread.as_ref())
            }
            Self::Edits { user, channel, ts, text } => {
                vec![slack.rewrites(&user, &at(channel), &ts, &slack.typed(&text))?]
            }
            Self::Deletes { user: _, channel, ts } => vec![slack.deletes(&at(channel), &ts)?],
            Self::Reacts { user, channel, ts, name } => {
                slack.reacts(&user, &at(channel), &ts, &name)?;
                vec![]
            }
            Self::OpensHome { user } => vec![slack.opens_home(&user)],
            Self::Chooses { user, channel, ts, shortcut } => {
                vec![slack.uses_message_shortcut(&user, &channel, &ts, &shortcut)?]
            }
            Self::Clicks { user, channel, ts, action, chosen } => {
                vec![slack.clicks(&user, &at(channel), &ts, &action, &chosen)?]
            }
            Self::Presses { user, label } => {
                let (channel, ts, action) = button(stage, &user, &label).ok_or("there is no such button")?;
                vec![slack.clicks(&user, &channel, &ts, &action, &Value::Null)?]
            }
            Self::ClicksInView { user, view, action, chosen } => {
                vec![slack.clicks_in_view(&user, &view, &action, &chosen)?]
            }
            Self::Submits { user, view, values } => {
                let delivery = slack.submits(&user, &view, &values)?;
                return Ok(submitted(stage, &user, &view, &delivery).await);
            }
            Self::Leaves { user, view } => vec![slack.closes(&user, &view)?],
        };
        let mut answer = json!({});
        for delivery in sent {
            if let Some(answered) = stage.arrive(delivery).await {
                answer = json!({ "status": answered.status, "body": answered.body });
            }
        }
        Ok(answer)
    }
}

impl JiraAct {
    fn happen(self, stage: &Stage) -> Result<Value, String> {
        let jira = &stage.standins.jira;
        let ana = jira.ana();
        match self {
            Self::Comments { issue, text, role: None } => {
                jira.person_comments(&ana, &issue, &text).map(nothing)
            }
            Self::Comments { issue, text, role: Some(role) } => {
                let comment =
                    json!({ "body": paragraph(&text), "visibility": { "type": "role", "value": role } });
                jira.person_writes(&ana, &issue, &comment).map(nothing)
            }
            Self::EditsComment { issue, comment, text } => {
                jira.person_edits_comment(&ana, &issue, &comment, &text).map(nothing)
            }
            Self::Attaches { issue, name, bytes } => {
                jira.person_attaches(&ana, &issue, &name, decoded(&bytes)?).map(nothing)
            }
            Self::DeletesComment { issue, comment } => {
                jira.person_deletes_comment(&issue, &comment).map(nothing)
            }
            Self::Moves { issue, status } => jira.person_moves(&ana, &issue, &status).map(nothing),
            Self::Edits { issue, fields } => jira.person_edits(&ana, &issue, &fields).map(nothing),
            Self::Deletes { issue } => jira.person_deletes(&ana, &issue).map(nothing),
        }
    }
}

impl WorldAct {
    async fn happen(self, stage: &Stage) -> Result<Value, String> {
        match self {
            Self::EventsAgain {} => Ok(json!({ "events": stage.again() })),
            Self::Passes { seconds } => {
                stage.pass(Millis::from(seconds.clamp(0, MOST)) * 1_000).await;
                Ok(json!({}))
            }
            Self::Runs { runs } => {
                stage.clock.set_runs(runs);
                Ok(json!({}))
            }
            Self::Switches { place, trouble, on, issue } => {
                switches(stage, (place, trouble), on, issue).await
            }
            Self::Plans { case } => stage.plan(&case).await.map(|plan| json!({ "plan": plan })),
            Self::GoesOn {} => super::telling::goes_on(stage).await,
        }
    }
}

async fn switches(
    stage: &Stage,
    (place, trouble): (Place, Trouble),
    on: bool,
    issue: Option<String>,
) -> Result<Value, String> {
    let about = || {
        let newest = || stage.standins.jira.issues().pop();
        let issue = issue.or_else(newest).and_then(|key| stage.standins.jira.some_of(&key, "summary"));
        let name = |name: &str| issue.as_ref().map_or("", |issue| issue[name].as_str().unwrap_or_default());
        format!("{} {}", name("key"), name("id")).trim().to_owned()
    };
    let wanted = on.then(|| if trouble == Trouble::Forbidden { about() } else { String::new() });
    stage.switch((place, trouble), wanted)?;
    let name = json!([place, trouble]);
    let how = if on { "on" } else { "off" };
    let (place, name) = (name[0].as_str().unwrap_or_default(), name[1].as_str().unwrap_or_default());
    stage.tells(FeedEntry::new(FeedKind::Switched, place, name).went(how));
    if trouble == Trouble::Archived {
        let slack = &stage.standins.slack;
        let (channel, ana) = (slack.security(), slack.ana());
        let delivery = if on { slack.archives(&channel, &ana) } else { slack.unarchives(&channel, &ana) };
        stage.arrive(delivery).await;
    }
    Ok(json!({}))
}

/// The newest button of a label that somebody sees: where, in which message, its `action_id`.
fn button(stage: &Stage, user: &UserId, label: &str) -> Option<(ChannelId, Ts, String)> {
    let slack = &stage.standins.slack;
    let channel = slack.security();
    let mut seen: Vec<(ChannelId, Value)> =
        slack.messages(&channel).into_iter().map(|message| (channel.clone(), message)).collect();
    seen.extend(
        slack
            .ephemerals(user)
            .into_iter()
            .map(|message| (ChannelId::new(message["channel"].as_str().unwrap_or_default()), message)),
    );
    seen.sort_by(|(_, a), (_, b)| a["ts"].as_str().cmp(&b["ts"].as_str()));
    seen.iter().rev().find_map(|(channel, message)| {
        let blocks = message["blocks"].as_array()?;
        let elements = blocks.iter().flat_map(|block| {
            block["elements"].as_array().into_iter().flatten().chain([&block["accessory"]])
        });
        let mut buttons = elements.filter(|element| element["type"] == "button");
        let found = buttons.find(|button| button["text"]["text"] == label)?;
        Some((channel.clone(), Ts::new(message["ts"].as_str()?), found["action_id"].as_str()?.to_owned()))
    })
}

/// An empty answer closes the modal, `errors` are for the person, who stays in it.
async fn submitted(stage: &Stage, user: &UserId, view: &str, delivery: &SignedRequest) -> Value {
    let answered = stage.deliver(delivery).await;
    if answered.status == 200 && answered.body["response_action"] != "errors" {
        // It may be gone already: then there is nothing to close.
        drop(stage.standins.slack.closes(user, view));
    }
    json!({ "status": answered.status, "body": answered.body })
}

fn nothing<T>(_: T) -> Value {
    json!({})
}

fn decoded(bytes: &str) -> Result<Bytes, String> {
    BASE64_STANDARD.decode(bytes).map(Bytes::from).map_err(|error| error.to_string())
}

fn with(mut value: Value, more: &Value) -> Value {
    for (name, member) in more.as_object().into_iter().flatten() {
        value[name] = member.clone();
    }
    value
}

fn paragraph(text: &str) -> Value {
    json!({ "type": "doc", "version": 1,
        "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_does_not_know_is_refused() {
        let read = |text: &str| serde_json::from_str::<Act>(text).is_ok();
        assert!(read(r#"{"do": "says", "user": "U024BE7LH", "text": "/sir list"}"#));
        assert!(read(r#"{"do": "events_again"}"#));
        assert!(read(r#"{"do": "switches", "place": "slack", "trouble": "down", "on": true}"#));
        for bad in [
            r#"{"do": "format"}"#,
            r#"{"do": "says", "user": "U1"}"#,
            r#"{"do": "events_again", "x": 1}"#,
            r#"{"do": "switches", "place": "moon", "trouble": "down", "on": true}"#,
            "{}",
        ] {
            assert!(!read(bad), "{bad}");
        }
    }
}
