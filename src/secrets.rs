//! Which secrets does the bridge hold, and how are they kept out of every log?

/// A secret text. Its `Debug` says nothing; [`Secret::reveal`] is for the line that sends or verifies.
#[derive(Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// The JSON document in Secrets Manager.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Secrets {
    /// `xoxb-…`
    pub slack_bot_token: Secret,
    /// Signs what Slack sends.
    pub slack_signing_secret: Secret,
    /// The one before, while it is being replaced.
    #[serde(default)]
    pub slack_signing_secret_previous: Option<Secret>,
    /// Whose API token it is. Needed with Jira only, as are the next two.
    #[serde(default)]
    pub jira_email: Secret,
    /// Logs in at Jira.
    #[serde(default)]
    pub jira_api_token: Secret,
    /// Signs what Jira sends.
    #[serde(default)]
    pub jira_webhook_secret: Secret,
    /// The one before, while it is being replaced.
    #[serde(default)]
    pub jira_webhook_secret_previous: Option<Secret>,
}
