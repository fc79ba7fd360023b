//! How is AWS reached? One configuration for all of its clients, loaded when the first is needed.

use std::{sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig, timeout::TimeoutConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use reqwest::Url;
use tokio::sync::OnceCell;

use crate::config::{
    connector,
    environment::{self, variable},
    hosts::{self, Reach},
};

/// The services without which nothing is done, as their variables name them.
const SERVICES: [&str; 4] = ["DYNAMODB", "SECRETS_MANAGER", "SQS", "SECURITY_IR"];

const CONNECT: Duration = Duration::from_secs(1);

/// The account's credentials, Region and endpoints, as the environment tells them. Clones share them.
///
/// Nothing is read before the first call: a process is ready without having loaded a certificate.
#[derive(Clone, Default)]
pub struct Aws {
    config: Arc<OnceCell<SdkConfig>>,
    security_hub: Option<String>,
    logs: Option<String>,
}

impl Aws {
    /// What the environment says, with one connection pool for all clients.
    pub async fn config(&self) -> &SdkConfig {
        self.config.get_or_init(load).await
    }

    pub async fn reach(&self) -> Reach {
        reach(self.config().await, variable)
    }

    /// The Region, once there are credentials as well. Nothing is asked of a service but of what gives credentials.
    ///
    /// # Errors
    /// [`Unready`]: what is missing.
    pub async fn ready(&self) -> Result<String, Unready> {
        let config = self.config().await;
        let region = config.region().ok_or(Unready::Region)?.as_ref().to_owned();
        let provider = config.credentials_provider().ok_or(Unready::Credentials)?;
        provider.provide_credentials().await.map_err(|_| Unready::Credentials)?;
        Ok(region)
    }

    #[must_use]
    pub fn with_security_hub(self, url: &str) -> Self {
        Self { security_hub: Some(url.to_owned()), ..self }
    }

    #[must_use]
    pub fn with_logs(self, url: &str) -> Self {
        Self { logs: Some(url.to_owned()), ..self }
    }

    pub fn logs(&self) -> Option<String> {
        self.logs.clone().or_else(|| variable("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"))
    }

    pub fn security_hub(&self) -> Option<String> {
        self.security_hub.clone().or_else(|| variable("AWS_ENDPOINT_URL_SECURITYHUB"))
    }
}

/// What is missing before anything can be asked of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unready {
    Region,
    Credentials,
}

impl From<SdkConfig> for Aws {
    fn from(config: SdkConfig) -> Self {
        Self { config: Arc::new(OnceCell::new_with(Some(config))), security_hub: None, logs: None }
    }
}

/// How far the tokens may go, as environment and profile say. Nobody is asked for a Region or for credentials.
pub async fn reach_here() -> Reach {
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12()).no_credentials();
    reach(&config.region(Region::from_static("us-east-1")).load().await, variable)
}

/// To this machine only while each of the services is on it: one that is elsewhere may hold real tokens. `variable`
/// reads the environment, which counts for nothing where whoever made the configuration said where AWS is.
fn reach(config: &SdkConfig, variable: impl Fn(&str) -> Option<String>) -> Reach {
    let said = config.service_config().is_none() || config.get_origin("endpoint_url").is_client_config();
    let endpoint = |service| {
        let own = if said { None } else { environment::endpoint(service, &variable) };
        own.or_else(|| config.endpoint_url().map(str::to_owned))
    };
    let is_here = |url: String| Url::parse(&url).is_ok_and(|url| hosts::is_loopback(&url));
    match SERVICES.into_iter().all(|service| endpoint(service).is_some_and(is_here)) {
        true => Reach::Loopback,
        false => Reach::Services,
    }
}

async fn load() -> SdkConfig {
    defaults().load().await
}

/// What the environment says, with one connection pool.
pub fn defaults() -> ConfigLoader {
    let config = aws_config::defaults(BehaviorVersion::v2026_01_12());
    match http() {
        Some(http) => config.http_client(http),
        None => config,
    }
}

/// What the SDK's requests leave through. Where there is none, each call says so.
pub fn http() -> Option<SharedHttpClient> {
    let client = connector::builder(CONNECT).and_then(reqwest::ClientBuilder::build);
    client.ok().map(connector::through)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    pub attempt: Duration,
    pub operation: Duration,
    /// The first one included.
    pub attempts: u32,
}

impl Timeouts {
    pub(crate) fn timeouts(self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .operation_attempt_timeout(self.attempt)
            .operation_timeout(self.operation)
            .build()
    }

    /// Pauses short enough that all attempts fit.
    pub fn retries(self) -> RetryConfig {
        RetryConfig::standard()
            .with_max_attempts(self.attempts)
            .with_initial_backoff(Duration::from_millis(50))
            .with_max_backoff(Duration::from_millis(500))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What follows from an endpoint of the configuration, said by its maker or not, and these variables.
    async fn reach_with(endpoint: Option<&str>, set: &[(&str, &str)]) -> Reach {
        let config = aws_config::defaults(BehaviorVersion::v2026_01_12()).no_credentials();
        let mut config = config.region(Region::from_static("eu-west-1"));
        if let Some(endpoint) = endpoint {
            config = config.endpoint_url(endpoint);
        }
        let found = |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, text)| (*text).to_owned());
        reach(&config.load().await, found)
    }

    #[tokio::test]
    async fn a_token_stays_on_this_machine_only_while_all_of_aws_is_on_it() {
        let here = "http://127.0.0.1:4570";
        let own = SERVICES.map(|service| format!("AWS_ENDPOINT_URL_{service}"));
        let each: Vec<_> = own.iter().map(|name| (name.as_str(), here)).collect();
        let common = ("AWS_ENDPOINT_URL", "http://localhost:4570");
        let away = "https://secretsmanager.eu-west-1.amazonaws.com";
        let secret_away = ("AWS_ENDPOINT_URL_SECRETS_MANAGER", away);
        for (set, expected) in [
            (vec![], Reach::Services),
            (vec![common], Reach::Loopback),
            (each.clone(), Reach::Loopback),
            (each[1..].to_vec(), Reach::Services),
            (vec![("AWS_ENDPOINT_URL", "http://[::1]:1")], Reach::Loopback),
            (vec![("AWS_ENDPOINT_URL", "http://127.0.0.1.evil.example")], Reach::Services),
            (vec![("AWS_ENDPOINT_URL", "https://aws.example")], Reach::Services),
            (vec![("AWS_ENDPOINT_URL", "127.0.0.1")], Reach::Services),
            (vec![common, secret_away], Reach::Services),
            (vec![common, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")], Reach::Services),
        ] {
            assert_eq!(reach_with(None, &set).await, expected, "{set:?}");
        }
        assert_eq!(reach_with(Some(here), &[secret_away]).await, Reach::Loopback, "as it was made");
        assert_eq!(reach_with(Some(away), &[common]).await, Reach::Services, "as it was made");
        let by_hand = SdkConfig::builder().endpoint_url(here).build();
        assert_eq!(reach(&by_hand, |name| (name == secret_away.0).then(|| away.to_owned())), Reach::Loopback);
    }
}
