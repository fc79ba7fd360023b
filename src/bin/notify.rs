//! The Lambda function that brings cases to Slack and Jira.

#![recursion_limit = "256"]

use casebridge::{
    aws::sir::aws::SirClient,
    config::{
        clock,
        environment::{Environment, variable},
    },
    entry::{notify::Notifier, unready},
    runtime::live::Live,
    telemetry::log,
};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let environment =
        Environment::read(variable).inspect_err(|error| tracing::error!(%error, "cannot start"))?;
    let live = Live::of(environment, SirClient::reading);
    live.warm().await;
    let live = &live;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let deadline = clock::deadline(event.context.deadline, clock::now());
        let chosen = match live.chosen().await {
            Ok(chosen) => chosen,
            Err(why) => return Ok(unready::notify(why, &event.payload)?),
        };
        live.taken_up().await;
        let (settings, secrets) = (&chosen.settings, &chosen.secrets);
        let notifier = Notifier { world: live, settings, secrets, deadline };
        Ok::<Value, Error>(notifier.handle(event.payload).await?)
    }))
    .await
}
