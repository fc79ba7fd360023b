//! How is AWS reached? One configuration for all of its clients, loaded when the first is needed.

use std::{sync::Arc, time::Duration};

use aws_config::{BehaviorVersion, SdkConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_types::retry::RetryConfig;
use tokio::sync::OnceCell;

/// The longest that a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(1);

/// The account's credentials, Region and endpoints, as the environment tells them. Clones share them.
///
/// Nothing is read before the first call: a process is ready without having loaded a certificate.
#[derive(Clone, Default)]
pub struct Aws(Arc<OnceCell<SdkConfig>>);

impl Aws {
    /// What the environment says, with one connection pool for all clients.
    pub async fn config(&self) -> &SdkConfig {
        self.0.get_or_init(load).await
    }
}

impl From<SdkConfig> for Aws {
    /// For whoever has a configuration already.
    fn from(config: SdkConfig) -> Self {
        Self(Arc::new(OnceCell::new_with(Some(config))))
    }
}

async fn load() -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .build_https();
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
