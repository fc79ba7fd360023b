//! The ways in: HTTP requests from Slack and Jira, and the inbox behind them.

pub mod act;
pub(crate) mod action;
mod block_actions;
pub(crate) mod context;
mod envelope;
mod events;
mod inbox;
pub mod job;
mod modals;
mod payload;
pub(crate) mod route;
pub mod said;
mod signature;
pub(crate) mod unheard;

use serde_json::Value;

use self::envelope::GatewayRequest;
pub use self::{context::ChatContext, envelope::is_unsigned, unheard::Replies};
use crate::case::Millis;

/// The event is neither a request nor a batch of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither an HTTP request (payload 2.0) nor a batch of SQS messages")]
pub struct NotForUs;

/// Takes what Lambda brought: an HTTP request or a batch of jobs. Nothing new is begun after `deadline`.
///
/// # Errors
/// The event is neither.
pub async fn handle(chat: &ChatContext<'_>, event: &Value, deadline: Millis) -> Result<Value, NotForUs> {
    if event.get("Records").is_some() {
        return Box::pin(inbox::work(chat, event, deadline)).await.ok_or(NotForUs);
    }
    let request = GatewayRequest::read(event).ok_or(NotForUs)?;
    Ok(Box::pin(route::answer(chat, &request)).await.into_value())
}
