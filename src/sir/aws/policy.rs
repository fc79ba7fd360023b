//! How long may a call take, and what may the SDK repeat by itself?

use std::time::Duration;

use aws_sdk_securityir::config::{
    Builder, Config,
    interceptors::InterceptorContext,
    retry::{ClassifyRetry, RetryAction, RetryConfig},
    timeout::TimeoutConfig,
};

/// What is laid over the client's own configuration, call by call.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    read: Builder,
    write: Builder,
}

impl Default for Policy {
    fn default() -> Self {
        Self { read: read(), write: write() }
    }
}

impl Policy {
    /// For a call that changes nothing.
    pub(super) fn read(&self) -> Builder {
        self.read.clone()
    }

    /// For a call that changes something.
    pub(super) fn write(&self) -> Builder {
        self.write.clone()
    }
}

/// A read may be repeated once: 5 s an attempt, 10 s in all.
fn read() -> Builder {
    let times = TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(10));
    let retry = RetryConfig::standard().with_max_attempts(2).with_initial_backoff(Duration::from_millis(200));
    Config::builder().timeout_config(times.build()).retry_config(retry).retry_classifier(Patience)
}

/// A change is sent once and has 8 s. A client library that repeats it by itself would double it unseen.
fn write() -> Builder {
    let times = TimeoutConfig::builder().operation_timeout(Duration::from_secs(8));
    Config::builder().timeout_config(times.build()).retry_config(RetryConfig::disabled())
}

/// Forbids the SDK to repeat what the service asked to wait for, and what will not get better.
///
/// The SDK's own pause does not look at `Retry-After`, and it repeats InvalidTokenException (423), which the model
/// calls retryable.
#[derive(Debug)]
struct Patience;

impl ClassifyRetry for Patience {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(response) = context.response() else { return RetryAction::NoActionIndicated };
        let told_to_wait = response.headers().contains_key("retry-after");
        match response.status().as_u16() {
            423 | 429 => RetryAction::RetryForbidden,
            _ if told_to_wait => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Patience"
    }
}
