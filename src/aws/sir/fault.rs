//! Why did a call not answer, and may it have taken effect all the same?

use std::{fmt, time::Duration};

/// Why a call did not answer. `Display` and `Debug` tell the kind only: the message may quote a case.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind:?}")]
pub struct Fault {
    pub kind: FaultKind,
    pub message: String,
}

/// The kinds of [`Fault`]: the nine modelled errors, and what can happen on the way.
#[derive(Clone, PartialEq, Eq)]
pub enum FaultKind {
    Denied,
    Conflict,
    NotFound,
    NotActive,
    Quota,
    /// ThrottlingException, 429: not applied.
    Throttled {
        /// The service's own word; never undercut.
        retry_after: Option<Duration>,
    },
    /// ValidationException, 400: each field with what is wrong.
    Invalid {
        fields: Vec<(String, String)>,
    },
    InvalidToken,
    /// AWS STS gives no session in the name of whoever asks: nothing was sent.
    NoSession,
    NotSent,
    /// InternalServerException or no readable answer: maybe applied.
    Unknown,
}

impl Fault {
    pub(crate) fn not_sent(message: impl Into<String>) -> Self {
        Self { kind: FaultKind::NotSent, message: message.into() }
    }

    pub fn maybe_applied(&self) -> bool {
        self.kind == FaultKind::Unknown
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Debug for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => f.write_str("Denied"),
            Self::Conflict => f.write_str("Conflict"),
            Self::NotFound => f.write_str("NotFound"),
            Self::NotActive => f.write_str("NotActive"),
            Self::Quota => f.write_str("Quota"),
            Self::Throttled { retry_after } => write!(f, "Throttled({retry_after:?})"),
            Self::Invalid { fields } => {
                let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
                write!(f, "Invalid({names:?})")
            }
            Self::InvalidToken => f.write_str("InvalidToken"),
            Self::NoSession => f.write_str("NoSession"),
            Self::NotSent => f.write_str("NotSent"),
            Self::Unknown => f.write_str("Unknown"),
        }
    }
}

/// What an error code means: those that every AWS service may answer with, and Security Hub's.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>
pub(crate) fn of_code(code: &str, retry_after: Option<Duration>) -> Option<FaultKind> {
    match code.strip_suffix("Exception").unwrap_or(code) {
        "AccessDenied"
        | "ExpiredToken"
        | "InvalidAccess"
        | "IncompleteSignature"
        | "InvalidClientTokenId"
        | "InvalidSignature"
        | "MissingAuthenticationToken"
        | "NotAuthorized"
        | "OptInRequired"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClient" => Some(FaultKind::Denied),
        "LimitExceeded" | "RequestLimitExceeded" | "Throttling" | "TooManyRequests" => {
            Some(FaultKind::Throttled { retry_after })
        }
        "InvalidInput" | "RequestEntityTooLarge" | "Validation" | "ValidationError" => {
            Some(FaultKind::Invalid { fields: Vec::new() })
        }
        "ResourceNotFound" => Some(FaultKind::NotFound),
        "Internal" | "InternalFailure" | "ServiceUnavailable" => Some(FaultKind::Unknown),
        _ => None,
    }
}

/// What a status alone means, where there is no code that we know.
pub(crate) fn of_status(status: u16, retry_after: Option<Duration>) -> FaultKind {
    match status {
        401 | 403 => FaultKind::Denied,
        402 => FaultKind::Quota,
        404 => FaultKind::NotFound,
        // A time-out on the way: whether the service behind it was reached is not told.
        408 => FaultKind::Unknown,
        409 => FaultKind::Conflict,
        423 => FaultKind::InvalidToken,
        429 => FaultKind::Throttled { retry_after },
        400..=499 => FaultKind::Invalid { fields: Vec::new() },
        _ => FaultKind::Unknown,
    }
}
