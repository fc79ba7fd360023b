//! What can a person do in the playground? As AWS, in Slack, and in Jira.

use base64::{Engine, prelude::BASE64_STANDARD};
use casebridge::case::{CaseId, ChannelId, Ts, UserId};
use serde::Deserialize;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::standins::SignedRequest;

/// One thing that somebody does, as the page sends it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// AWS opens a case that it works, or the customer's team one of its own.
    OpensCase {
        title: String,
        aws: bool,
    },
    AwsComments {
        case: CaseId,
        text: String,
    },
    /// AWS sets the status, or whose move it is.
    AwsChanges {
        case: CaseId,
        /// `caseStatus` or `pendingAction`.
        change: Value,
    },
    AwsCloses {
        case: CaseId,
    },
    /// AWS's AI agent has looked into a case.
    Investigates {
        case: CaseId,
        title: String,
        content: String,
    },
    /// All events of SIR arrive once more.
    EventsAgain {},
    /// Somebody types a line and sends it: a message, or a slash command.
    Says {
        user: UserId,
        /// As it was typed.
        text: String,
        thread: Option<Ts>,
    },
    /// Somebody writes a message that has a file from their own disk with it.
    Shares {
        user: UserId,
        /// What they write; empty for the file alone.
        text: String,
        thread: Option<Ts>,
        name: String,
        /// What kind of file the browser takes it for.
        mimetype: String,
        /// All of it, in base64.
        bytes: String,
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
        /// Elsewhere than in the channel `security`: in direct messages.
        #[serde(default)]
        channel: Option<ChannelId>,
        ts: Ts,
        /// The button's `action_id`.
        action: String,
        #[serde(default)]
        chosen: Value,
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
    JiraComments {
        issue: String,
        text: String,
    },
    JiraMoves {
        issue: String,
        status: String,
    },
}

impl Act {
    /// Does it. What the bridge makes of it follows by itself.
    /// Fails: the stand-in refuses: in its own words.
    pub async fn happen(self, stage: &Stage) -> Result<Value, String> {
        match self.done(stage)? {
            ActOutcome::Outside => Ok(json!({})),
            ActOutcome::Sent(deliveries) => {
                let mut answer = json!({});
                for delivery in deliveries {
                    let answered = stage.deliver(&delivery).await;
                    answer = json!({ "status": answered.status, "body": answered.body });
                }
                Ok(answer)
            }
            ActOutcome::Submitted { user, view, delivery } => {
                Ok(submitted(stage, &user, &view, &delivery).await)
            }
        }
    }

    fn done(self, stage: &Stage) -> Result<ActOutcome, String> {
        let (sir, slack, jira) = (&stage.standins.sir, &stage.standins.slack, &stage.standins.jira);
        let channel = slack.security();
        let sent = |delivery| ActOutcome::Sent(vec![delivery]);
        match self {
            Self::OpensCase { title, aws: true } => sir.aws_creates(json!({ "title": title })).map(outside),
            Self::OpensCase { title, aws: false } => Ok(outside(sir.console_creates_case(&title))),
            Self::AwsComments { case, text } => sir.aws_comments(&case, "AWS Responder", &text).map(outside),
            Self::AwsChanges { case, change } => sir.aws_changes(&case, &change).map(outside),
            Self::AwsCloses { case } => sir.aws_closes(&case, "Investigation Completed").map(outside),
            Self::Investigates { case, title, content } => {
                let action = json!({ "title": title, "content": content, "status": "Completed" });
                sir.investigates(&case, &action).map(outside)
            }
            Self::EventsAgain {} => Ok(outside(stage.again())),
            Self::Says { user, text, thread } => {
                Ok(ActOutcome::Sent(slack.enters(&user, &channel, &text, thread.as_ref())))
            }
            Self::Shares { user, text, thread, name, mimetype, bytes } => {
                let bytes = BASE64_STANDARD.decode(bytes).map_err(|error| error.to_string())?;
                let file = (name.as_str(), mimetype.as_str());
                let text = slack.typed(&text)["text"].as_str().unwrap_or_default().to_owned();
                Ok(ActOutcome::Sent(slack.says_with_file(
                    &user,
                    &channel,
                    &text,
                    file,
                    bytes,
                    thread.as_ref(),
                )))
            }
            Self::OpensHome { user } => Ok(sent(slack.opens_home(&user))),
            Self::Chooses { user, channel, ts, shortcut } => {
                slack.uses_message_shortcut(&user, &channel, &ts, &shortcut).map(sent)
            }
            Self::Clicks { user, channel: place, ts, action, chosen } => {
                slack.clicks(&user, &place.unwrap_or(channel), &ts, &action, &chosen).map(sent)
            }
            Self::ClicksInView { user, view, action, chosen } => {
                slack.clicks_in_view(&user, &view, &action, &chosen).map(sent)
            }
            Self::Submits { user, view, values } => {
                let delivery = slack.submits(&user, &view, &values)?;
                Ok(ActOutcome::Submitted { user, view, delivery })
            }
            Self::Leaves { user, view } => slack.closes(&user, &view).map(sent),
            Self::JiraComments { issue, text } => {
                jira.person_comments(&jira.ana(), &issue, &text).map(outside)
            }
            Self::JiraMoves { issue, status } => jira.person_moves(&jira.ana(), &issue, &status).map(outside),
        }
    }
}

enum ActOutcome {
    /// It happened in a stand-in: events and webhooks tell of it.
    Outside,
    /// Slack sends these.
    Sent(Vec<SignedRequest>),
    /// A modal was submitted: what the answer says happens to it.
    Submitted { user: UserId, view: String, delivery: SignedRequest },
}

fn outside<T>(_: T) -> ActOutcome {
    ActOutcome::Outside
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_does_not_know_is_refused() {
        let read = |text: &str| serde_json::from_str::<Act>(text).is_ok();
        assert!(read(r#"{"do": "says", "user": "U024BE7LH", "text": "/sir list", "thread": null}"#));
        assert!(read(r#"{"do": "events_again"}"#));
        for bad in [
            r#"{"do": "format"}"#,
            r#"{"do": "says", "user": "U1"}"#,
            r#"{"do": "events_again", "x": 1}"#,
            "{}",
        ] {
            assert!(!read(bad), "{bad}");
        }
    }
}
