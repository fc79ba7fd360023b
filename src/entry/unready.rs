//! What the functions do while there are no settings or no secret: "not set up yet" is a state, the rest is trouble.

use serde_json::{Value, json};

use crate::{
    runtime::live::ConfigError,
    sync::trigger::{self, Hint},
    telemetry::metrics,
};

/// What `notify` answers. Sweeps are always taken: the next one comes in a minute. Before all is set up the rest is taken
/// as well, since the first discovery finds the cases; later it waits on the queue.
///
/// # Errors
/// The event is no batch, and nothing can be done with it now.
pub fn notify(why: ConfigError, event: &Value) -> Result<Value, ConfigError> {
    say(&why);
    let records = match event.get("Records").and_then(Value::as_array) {
        Some(records) => records,
        None if why.is_not_set_up() => return Ok(Value::Null),
        None => return Err(why),
    };
    let waiting = records.iter().filter(|record| !why.is_not_set_up() && !is_sweep(record));
    let failures: Vec<Value> =
        waiting.map(|record| json!({ "itemIdentifier": record["messageId"] })).collect();
    Ok(json!({ "batchItemFailures": failures }))
}

/// What `command` answers at its door: come again. Slack and Jira do.
///
/// # Errors
/// The event brings jobs: they wait on the inbox.
pub fn command(why: ConfigError, event: &Value) -> Result<Value, ConfigError> {
    say(&why);
    match event.get("Records") {
        Some(_) => Err(why),
        None => Ok(json!({ "statusCode": 503, "headers": { "retry-after": "60" } })),
    }
}

/// Whether a message is a sweep, which is never worth a second try.
pub(super) fn is_sweep(record: &Value) -> bool {
    record["body"].as_str().is_some_and(|body| trigger::decode(body) == Ok(Hint::Sweep))
}

fn say(why: &ConfigError) {
    if why.is_not_set_up() {
        tracing::info!(%why, "not set up yet");
        return metrics::not_set_up();
    }
    tracing::error!(error = %why, "nothing is done");
    match why {
        ConfigError::Secrets(_) => metrics::secret_failed(),
        ConfigError::Settings(_) => metrics::settings_failed(),
        ConfigError::Store(_) | ConfigError::NoSettings => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::secrets::SecretsError, state};

    fn record(id: &str, body: &str) -> Value {
        json!({ "messageId": id, "body": body })
    }

    #[test]
    fn before_all_is_set_up_nothing_comes_again_and_the_door_says_later() {
        let batch = json!({"Records": [record("1", r#"{"sweep":true}"#), record("2", "{}")]});
        for why in [ConfigError::NoSettings, ConfigError::Secrets(SecretsError::NoValue)] {
            assert!(why.is_not_set_up());
            assert_eq!(notify(why.clone(), &batch), Ok(json!({"batchItemFailures": []})));
            assert_eq!(command(why, &json!({"rawPath": "/"})).unwrap()["statusCode"], 503);
        }
    }

    #[test]
    fn what_is_broken_keeps_all_but_the_sweeps() {
        let batch = json!({"Records": [record("1", r#"{"sweep":true}"#), record("2", "{}")]});
        for why in [
            ConfigError::Settings(vec![]),
            ConfigError::Secrets(SecretsError::NotAnObject),
            ConfigError::Store(state::Error::Trouble("no answer in time".to_owned())),
        ] {
            let kept = json!({"batchItemFailures": [{"itemIdentifier": "2"}]});
            assert_eq!(notify(why.clone(), &batch), Ok(kept));
            assert_eq!(notify(why.clone(), &json!({"detail-type": "x"})), Err(why.clone()));
            assert_eq!(command(why.clone(), &json!({"rawPath": "/"})).unwrap()["statusCode"], 503);
            assert_eq!(command(why.clone(), &batch), Err(why));
        }
    }
}
