//! How an answer reaches the person, and nobody else.

use serde_json::{Value, json};

use super::reply::Reply;
use crate::{
    chat::ingress::job::Job,
    http::Failure,
    targets::slack::{ConversationRef, Message, Slack},
};

/// The message that a slash command gets in the HTTP response; `None` for silence. What does not fit into one
/// message is not for this way.
pub(crate) fn in_response(answer: &Reply) -> Option<Value> {
    answer.messages().into_iter().next().map(|message| ephemeral(message, false))
}

/// Sends an answer through the `response_url`, or where that is no longer possible as an ephemeral message.
///
/// # Errors
/// Neither was possible for now, or before a person mends it: the answer must be sent again. Where Slack refuses what
/// it says, nothing is left to do.
pub(crate) async fn send(slack: &Slack<'_>, job: &Job, answer: &Reply) -> Result<(), Failure> {
    for (index, message) in answer.messages().into_iter().enumerate() {
        let through = match &job.response_url {
            Some(url) => slack.respond(url, &ephemeral(message.clone(), job.replaces && index == 0)).await,
            None => Err(Failure::Gone { why: "no response_url".to_owned() }),
        };
        let sent = match through {
            Ok(()) => Ok(()),
            // Perhaps it is there already: twice is better than not at all.
            Err(_) => to_person(slack, job, message).await,
        };
        match sent {
            Ok(()) => {}
            Err(
                failure @ (Failure::NotApplied { .. }
                | Failure::Unknown { .. }
                | Failure::Broken { everywhere: true, .. }),
            ) => return Err(failure),
            Err(failure) => tracing::warn!(%failure, "an answer could not be delivered"),
        }
    }
    Ok(())
}

async fn to_person(slack: &Slack<'_>, job: &Job, message: Value) -> Result<(), Failure> {
    let text = message["text"].as_str().unwrap_or_default().to_owned();
    let blocks = message["blocks"].as_array().cloned().unwrap_or_default();
    let message = Message { text, blocks };
    match said(slack, job, &message).await {
        // Said plainly it is still an answer.
        Err(Failure::Content { .. }) => said(slack, job, &Message { blocks: Vec::new(), ..message }).await,
        sent => sent,
    }
}

async fn said(slack: &Slack<'_>, job: &Job, message: &Message) -> Result<(), Failure> {
    let Some(channel) = &job.place.channel else { return slack.direct(&job.user, message).await };
    let place = ConversationRef { channel: channel.clone(), thread: job.place.thread.clone() };
    match slack.ephemeral(&place, &job.user, message).await {
        // They are not in the channel, or we are not: among the two of us nobody else reads it.
        Err(Failure::Broken { everywhere: false, .. } | Failure::Shut { .. } | Failure::Gone { .. }) => {
            slack.direct(&job.user, message).await
        }
        sent => sent,
    }
}

pub(crate) async fn dismiss(slack: &Slack<'_>, response_url: &str) -> Result<(), Failure> {
    slack.respond(response_url, &json!({ "delete_original": true })).await
}

fn ephemeral(mut message: Value, replaces: bool) -> Value {
    message["response_type"] = json!("ephemeral");
    message["replace_original"] = json!(replaces);
    message
}
