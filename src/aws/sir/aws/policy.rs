//! How long may a call take, and what may the SDK repeat by itself?

use std::time::Duration;

use super::whole;
use crate::aws::requests;

use aws_sdk_securityir::{
    config::{
        Builder, Config, ConfigBag, Intercept, RuntimeComponents,
        interceptors::{BeforeDeserializationInterceptorContextRef, InterceptorContext},
        retry::{ClassifyRetry, RetryAction, RetryConfig},
        timeout::TimeoutConfig,
    },
    error::BoxError,
};

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
    pub(super) fn read(&self) -> Builder {
        self.read.clone()
    }

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
    let config = Config::builder().timeout_config(times.build()).retry_config(retry);
    let config = config.retry_classifier(ReadRetries).interceptor(RequestIds);
    config.interceptor(NotNothing).interceptor(whole::Characters)
}

/// A change is sent once and has 8 s. A client library that repeats it by itself would double it unseen.
fn write() -> Builder {
    let times = TimeoutConfig::builder().operation_timeout(Duration::from_secs(8));
    let config = Config::builder().timeout_config(times.build()).retry_config(RetryConfig::disabled());
    config.interceptor(RequestIds)
}

/// Takes what the service called a request, whatever it answered.
#[derive(Debug)]
struct RequestIds;

impl Intercept for RequestIds {
    fn name(&self) -> &'static str {
        "RequestIds"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        requests::note(context.response().headers().get("x-amzn-requestid"));
        Ok(())
    }
}

/// A read's answer always says something. The SDK takes nothing at all for an answer whose lists are empty: then there
/// would be no case, no comment and no membership.
#[derive(Debug)]
struct NotNothing;

impl Intercept for NotNothing {
    fn name(&self) -> &'static str {
        "NotNothing"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let is_nothing = response.body().content_length() == Some(0)
            || response.headers().get("content-length") == Some("0");
        match response.status().is_success() && is_nothing {
            true => Err("an answer without anything in it".into()),
            false => Ok(()),
        }
    }
}

/// Forbids the SDK to repeat what the service asked to wait for, and what will not get better: its own pause does not
/// look at `Retry-After`, and it repeats InvalidTokenException (423), which the model calls retryable.
#[derive(Debug)]
struct ReadRetries;

impl ClassifyRetry for ReadRetries {
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
        "ReadRetries"
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_securityir::config::BehaviorVersion;

    use super::*;

    #[test]
    fn a_read_has_ten_seconds_for_two_attempts_and_a_change_has_eight_for_one() {
        let second = Duration::from_secs;
        for (builder, whole, attempt, attempts) in
            [(read(), second(10), Some(second(5)), 2), (write(), second(8), None, 1)]
        {
            let config = builder.behavior_version(BehaviorVersion::v2026_01_12()).build();
            let times = config.timeout_config().expect("times");
            assert_eq!(
                (times.operation_timeout(), times.operation_attempt_timeout()),
                (Some(whole), attempt)
            );
            assert_eq!(config.retry_config().map(RetryConfig::max_attempts), Some(attempts));
        }
    }
}
