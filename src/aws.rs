//! How is AWS reached? One configuration for all of its clients, loaded when the first is needed.

use std::{sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, SdkConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_types::retry::RetryConfig;
use tokio::sync::OnceCell;

use crate::{address, environment::variable};

/// The longest that a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(1);

/// The account's credentials, Region and endpoints, as the environment tells them. Clones share them.
///
/// Nothing is read before the first call: a process is ready without having loaded a certificate.
#[derive(Clone, Default)]
pub struct Aws {
    config: Arc<OnceCell<SdkConfig>>,
    security_hub: Option<String>,
}

impl Aws {
    /// What the environment says, with one connection pool for all clients.
    pub async fn config(&self) -> &SdkConfig {
        self.config.get_or_init(load).await
    }

    /// The same with Security Hub at an address of its own.
    #[must_use]
    pub fn with_security_hub(self, url: &str) -> Self {
        Self { security_hub: Some(url.to_owned()), ..self }
    }

    /// Where Security Hub is, if somebody said so: here, else in the environment.
    pub fn security_hub(&self) -> Option<String> {
        self.security_hub.clone().or_else(|| variable("AWS_ENDPOINT_URL_SECURITYHUB"))
    }
}

impl From<SdkConfig> for Aws {
    /// For whoever has a configuration already.
    fn from(config: SdkConfig) -> Self {
        Self { config: Arc::new(OnceCell::new_with(Some(config))), security_hub: None }
    }
}

async fn load() -> SdkConfig {
    let proxy = address::proxy(variable)
        .and_then(|proxy| ProxyConfig::https(proxy.url).ok().map(|config| config.no_proxy(proxy.except)));
    let http = Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder();
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(|components| components.sleep_impl()));
        connector.set_proxy_config(proxy.clone());
        connector.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build()
    });
    aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http).load().await
}

/// How long a client waits, and how often it tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For one attempt.
    pub attempt: Duration,
    /// For all attempts together.
    pub operation: Duration,
    /// The first one included.
    pub attempts: u32,
}

impl Patience {
    /// Timeouts of each attempt and of the whole.
    pub fn timeouts(self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(CONNECT)
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
