//! Which secrets does the bridge hold, and how are they kept out of every log?

use aws_sdk_secretsmanager::{Client, error::ProvideErrorMetadata};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value};

use crate::config::settings::Settings;

/// A secret text. Its `Debug` says nothing; [`Secret::reveal`] is for the line that sends or verifies.
#[derive(Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Secrets {
    /// `xoxb-…`
    pub slack_bot_token: Secret,
    pub slack_signing_secret: Secret,
    #[serde(default)]
    pub slack_signing_secret_previous: Option<Secret>,
    /// Whose API token it is. Needed with Jira only, as are the next two.
    #[serde(default)]
    pub jira_email: Secret,
    #[serde(default)]
    pub jira_api_token: Secret,
    #[serde(default)]
    pub jira_webhook_secret: Secret,
    #[serde(default)]
    pub jira_webhook_secret_previous: Option<Secret>,
    /// Names the service of PagerDuty that rings. Needed with PagerDuty only.
    #[serde(default)]
    pub pagerduty_routing_key: Secret,
    /// One or two `whsec_…`, with a blank between. Needed with a webhook only.
    #[serde(default)]
    pub webhook_secret: Secret,
}

/// Why there are no secrets. Nothing of them is told: serde's own words would quote what it could not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    #[error("the secret cannot be read: {0}")]
    Unread(String),
    #[error("the secret has no value yet: `casebridge setup` asks for what belongs there")]
    NoValue,
    #[error("the secret is not a JSON object")]
    NotAnObject,
    #[error("the secret lacks {}", .0.join(", "))]
    Missing(Vec<&'static str>),
    #[error(
        "webhook_secret is not one or two secrets as whsec_… of 24 to 64 bytes in Base64, with a blank between"
    )]
    Webhook,
}

const SLACK: [&str; 2] = ["slack_bot_token", "slack_signing_secret"];
const JIRA: [&str; 3] = ["jira_email", "jira_api_token", "jira_webhook_secret"];

impl Secrets {
    /// Reads the document. What is needed with Jira only may be absent, see [`Secrets::suffice`].
    pub fn parse(json: &str) -> Result<Self, SecretsError> {
        let object: Map<String, Value> = serde_json::from_str(json).map_err(|_| SecretsError::NotAnObject)?;
        let get = |name: &str| {
            let text = object.get(name).and_then(Value::as_str).map(str::trim);
            text.filter(|text| !text.is_empty()).map(Secret::new)
        };
        let missing: Vec<_> = SLACK.into_iter().filter(|name| get(name).is_none()).collect();
        if !missing.is_empty() {
            return Err(SecretsError::Missing(missing));
        }
        Ok(Self {
            slack_bot_token: get("slack_bot_token").unwrap_or_default(),
            slack_signing_secret: get("slack_signing_secret").unwrap_or_default(),
            slack_signing_secret_previous: get("slack_signing_secret_previous"),
            jira_email: get("jira_email").unwrap_or_default(),
            jira_api_token: get("jira_api_token").unwrap_or_default(),
            jira_webhook_secret: get("jira_webhook_secret").unwrap_or_default(),
            jira_webhook_secret_previous: get("jira_webhook_secret_previous"),
            pagerduty_routing_key: get("pagerduty_routing_key").unwrap_or_default(),
            webhook_secret: get("webhook_secret").unwrap_or_default(),
        })
    }

    pub fn suffice(&self, settings: &Settings) -> Result<(), SecretsError> {
        let values = [&self.jira_email, &self.jira_api_token, &self.jira_webhook_secret];
        let jira = JIRA.into_iter().zip(values).map(|(name, value)| (name, value, settings.jira.is_some()));
        let others = [
            ("pagerduty_routing_key", &self.pagerduty_routing_key, settings.pagerduty.is_some()),
            ("webhook_secret", &self.webhook_secret, settings.webhook.is_some()),
        ];
        let missing = jira.chain(others).filter(|(_, value, needed)| *needed && value.reveal().is_empty());
        let missing: Vec<_> = missing.map(|(name, ..)| name).collect();
        if !missing.is_empty() {
            return Err(SecretsError::Missing(missing));
        }
        match settings.webhook.is_some() && self.webhook_keys().is_none() {
            true => Err(SecretsError::Webhook),
            false => Ok(()),
        }
    }

    /// What signs a webhook, the newest first: the bytes that each `whsec_…` stands for. `None` where one is none.
    pub(crate) fn webhook_keys(&self) -> Option<Vec<Vec<u8>>> {
        let all = self.webhook_secret.reveal().split_whitespace();
        let bytes = |text: &str| BASE64_STANDARD.decode(text.strip_prefix("whsec_")?).ok();
        let keys: Option<Vec<_>> = all.map(bytes).collect();
        let good = |keys: &Vec<Vec<u8>>| {
            (1..=2).contains(&keys.len()) && keys.iter().all(|key| (24..=64).contains(&key.len()))
        };
        keys.filter(good)
    }

    /// The secrets, and of which version of the document they are.
    pub async fn load(client: &Client, id: &str) -> Result<(Self, Option<String>), SecretsError> {
        let value = client.get_secret_value().secret_id(id).send().await.map_err(|error| {
            // Of a secret that is not there the service says the same, without the label.
            let unlabelled = error.message().is_some_and(|message| message.contains("AWSCURRENT"));
            match error.code() {
                Some("ResourceNotFoundException") if unlabelled => SecretsError::NoValue,
                code => SecretsError::Unread(code.unwrap_or("no answer").to_owned()),
            }
        })?;
        let secrets = Self::parse(value.secret_string().unwrap_or_default())?;
        Ok((secrets, value.version_id().map(str::to_owned)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = r#"{"slack_bot_token": "xoxb-1", "slack_signing_secret": " 8f74\n", "jira_email": "ana@example.com",
        "jira_api_token": "ATATT1", "jira_webhook_secret": "w", "jira_webhook_secret_previous": "v", "more": 1}"#;

    fn settings(jira: bool) -> Settings {
        let jira =
            if jira { "[jira]\napi_url = 'https://example.atlassian.net'\nproject = 'SEC'" } else { "" };
        toml::from_str(&format!("[slack]\nteam = 'T1'\nchannel = 'C1'\n{jira}")).unwrap()
    }

    #[test]
    fn a_document_is_read_without_the_blanks_that_pasting_leaves() {
        let secrets = Secrets::parse(ALL).unwrap();
        assert_eq!(secrets.slack_signing_secret.reveal(), "8f74");
        assert_eq!(secrets.slack_signing_secret_previous, None);
        assert_eq!(secrets.jira_webhook_secret_previous, Some(Secret::new("v")));
        assert_eq!(secrets.suffice(&settings(true)), Ok(()));
    }

    #[test]
    fn all_that_is_missing_is_named_at_once_and_only_what_the_settings_need() {
        for (json, expected) in [
            ("{}", SecretsError::Missing(SLACK.to_vec())),
            (r#"{"slack_bot_token": 1, "slack_signing_secret": " "}"#, SecretsError::Missing(SLACK.to_vec())),
            (r#"{"slack_bot_token": "x"}"#, SecretsError::Missing(vec!["slack_signing_secret"])),
            ("", SecretsError::NotAnObject),
            (r#"["slack_bot_token"]"#, SecretsError::NotAnObject),
            (r#""xoxb-1""#, SecretsError::NotAnObject),
        ] {
            assert_eq!(Secrets::parse(json).unwrap_err(), expected, "{json}");
        }
        let slack = Secrets::parse(r#"{"slack_bot_token": "x", "slack_signing_secret": "y"}"#).unwrap();
        assert_eq!(slack.suffice(&settings(false)), Ok(()));
        assert_eq!(slack.suffice(&settings(true)), Err(SecretsError::Missing(JIRA.to_vec())));
    }

    #[test]
    fn neither_debug_nor_an_error_tells_a_secret() {
        let told = format!("{:?}", Secrets::parse(ALL).unwrap());
        for secret in ["xoxb", "8f74", "ana@", "ATATT"] {
            assert!(!told.contains(secret), "{told}");
        }
        for json in [r#""xoxb-1""#, r#"{"slack_bot_token": "xoxb-1", "#, r#"{"slack_bot_token": ["xoxb-1"]}"#]
        {
            let error = Secrets::parse(json).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("xoxb"), "{error:?}");
        }
    }
}
