//! What does a failure of the SDK mean? Of the answer's body only the service's message leaves this file. The nine
//! modelled errors: <https://docs.aws.amazon.com/security-ir/latest/APIReference/CommonErrors.html>.

use std::{error, time::Duration};

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_securityir::{
    Error,
    config::http::HttpResponse,
    error::{BuildError, ProvideErrorMetadata, SdkError},
    types::error::ValidationException,
};

use crate::{
    aws::sir::{
        Fault, FaultKind,
        fault::{of_code, of_status},
    },
    config::connector::NoConnection,
};

pub(super) fn fault<E>(error: SdkError<E, HttpResponse>) -> Fault
where
    Error: From<E>,
{
    match error {
        SdkError::ServiceError(context) => {
            let status = context.raw().status().as_u16();
            let wait = retry_after(context.raw());
            answered(Error::from(context.into_err()), status, wait)
        }
        SdkError::ConstructionFailure(_) => Fault::not_sent("The request could not be made."),
        SdkError::DispatchFailure(failure) if failure.as_connector_error().is_some_and(never_left) => {
            Fault::not_sent("Security Incident Response could not be reached.")
        }
        // A time-out, a broken connection, an answer that cannot be read: it may have been applied.
        _ => unreadable(),
    }
}

pub(super) fn unreadable() -> Fault {
    Fault {
        kind: FaultKind::Unknown,
        message: "Security Incident Response gave no readable answer.".to_owned(),
    }
}

pub(super) fn unbuilt(error: BuildError) -> Fault {
    Fault { kind: FaultKind::Invalid { fields: Vec::new() }, message: error.to_string() }
}

fn answered(error: Error, status: u16, retry_after: Option<Duration>) -> Fault {
    let message = error.message().unwrap_or_default().to_owned();
    let kind = match error {
        Error::AccessDeniedException(_) => FaultKind::Denied,
        Error::ConflictException(_) => FaultKind::Conflict,
        Error::InternalServerException(_) => FaultKind::Unknown,
        Error::InvalidTokenException(_) => FaultKind::InvalidToken,
        Error::ResourceNotFoundException(_) => FaultKind::NotFound,
        Error::SecurityIncidentResponseNotActiveException(_) => FaultKind::NotActive,
        Error::ServiceQuotaExceededException(_) => FaultKind::Quota,
        Error::ThrottlingException(_) => FaultKind::Throttled { retry_after },
        Error::ValidationException(error) => FaultKind::Invalid { fields: fields(error) },
        other => {
            other.code().and_then(|code| of_code(code, retry_after)).unwrap_or(of_status(status, retry_after))
        }
    };
    Fault { kind, message }
}

fn fields(error: ValidationException) -> Vec<(String, String)> {
    error.field_list.unwrap_or_default().into_iter().map(|field| (field.name, field.message)).collect()
}

/// `Retry-After` in seconds: the model knows it on two errors only, and the SDK reads no other form.
fn retry_after(response: &HttpResponse) -> Option<Duration> {
    response.headers().get("retry-after").and_then(|text| text.trim().parse().ok()).map(Duration::from_secs)
}

/// Whether it is certain that nothing was sent: no connection came about, or there was nothing to sign with.
fn never_left(error: &(impl error::Error + 'static)) -> bool {
    let mut next = error.source();
    while let Some(error) = next {
        if error.is::<NoConnection>() || error.is::<CredentialsError>() {
            return true;
        }
        next = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use aws_sdk_securityir::operation::close_case::CloseCaseError;

    use super::*;

    type Failed = SdkError<CloseCaseError, HttpResponse>;

    #[test]
    fn a_call_that_ran_out_of_time_may_be_applied_and_one_that_was_never_made_is_not() {
        assert_eq!(fault(Failed::timeout_error("eight seconds")).kind, FaultKind::Unknown);
        assert_eq!(fault(Failed::construction_failure("no case id")).kind, FaultKind::NotSent);
    }
}
