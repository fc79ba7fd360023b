//! The Lambda function that takes what people say, in Slack and in Jira, back to the case.

#![recursion_limit = "256"]

use std::sync::Arc;

use casebridge::{
    aws::sir::aws::SirClient,
    chat::{self, ChatContext},
    config::{
        clock,
        environment::{Environment, person_role, variable},
    },
    entry::unready,
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
    let live = Live::of(environment, SirClient::new).in_names_under(person_role(variable));
    live.warm().await;
    let live = &live;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let deadline = clock::deadline(event.context.deadline, clock::now());
        let chosen = match Box::pin(live.chosen()).await {
            Ok(chosen) => chosen,
            Err(why) => return Ok(unready::command(why, &event.payload)?),
        };
        live.taken_up().await;
        let bridge = ChatContext { world: live, settings: &chosen.settings, secrets: &chosen.secrets };
        let answer = chat::handle(&bridge, &event.payload, deadline).await?;
        if !chat::is_unsigned(&answer) {
            return Ok::<Value, Error>(answer);
        }
        // Perhaps the signing secret was replaced a moment ago.
        let secrets = Box::pin(live.secrets_again()).await?;
        match Arc::ptr_eq(&secrets, &chosen.secrets) {
            true => Ok(answer),
            false => {
                Ok(chat::handle(&ChatContext { secrets: &secrets, ..bridge }, &event.payload, deadline)
                    .await?)
            }
        }
    }))
    .await
}
