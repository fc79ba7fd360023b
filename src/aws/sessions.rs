//! In whose name does a change arrive at AWS? One role is assumed for each person, with their id as the session's name, so
//! that the ARN in CloudTrail ends with it.

use std::{
    collections::VecDeque,
    error::Error,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use aws_config::{SdkConfig, sts::AssumeRoleProvider};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError},
};
use aws_sdk_sts::{
    error::{ProvideErrorMetadata, SdkError},
    operation::assume_role::AssumeRoleError,
};

use crate::{
    aws::sir::{Fault, FaultKind, fault},
    case::text,
    config::sdk::Timeouts,
};

/// So many people's sessions are kept; whoever asked longest ago goes first.
const MOST: usize = 64;
/// A session that ends within this is not used any more.
const MARGIN: Duration = Duration::from_secs(300);
/// Whoever does something waits for it.
const PATIENCE: Timeouts =
    Timeouts { attempt: Duration::from_millis(1_000), operation: Duration::from_millis(2_500), attempts: 3 };

/// The longest that STS takes: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
const LONGEST: usize = 64;

/// A session's name, as STS takes it: 2 to 64 of letters, digits and `_+=,.@-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionName(String);

impl SessionName {
    /// Of the id of a Slack user or a Jira account. What no name may hold is a dot; a name that would be too long or too
    /// short ends with a hash of the id.
    pub fn of(person: &str) -> Self {
        let fits = |char: &char| char.is_ascii_alphanumeric() || "_+=,.@-".contains(*char);
        let name: String = person.chars().map(|char| if fits(&char) { char } else { '.' }).collect();
        if (2..=LONGEST).contains(&name.len()) {
            return Self(name);
        }
        let hash = text::hash(person);
        Self(format!("{}.{hash}", &name[..name.len().min(LONGEST - 1 - hash.len())]))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The sessions of people under one role.
#[derive(Debug)]
pub struct Sessions {
    role: String,
    /// Whoever asked last stands last.
    kept: Mutex<VecDeque<(SessionName, Credentials)>>,
}

impl Sessions {
    /// Under the role of this ARN.
    pub fn under(role: String) -> Self {
        Self { role, kept: Mutex::default() }
    }

    /// The credentials of somebody's session: those of before while they last.
    pub async fn credentials(&self, name: &SessionName, config: &SdkConfig) -> Result<Credentials, Fault> {
        if let Some(kept) = self.kept(name, SystemTime::now()) {
            return Ok(kept);
        }
        let new = self.begin(name, config).await?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(of, _)| of != name);
        kept.push_back((name.clone(), new.clone()));
        let over = kept.len().saturating_sub(MOST);
        kept.drain(..over);
        Ok(new)
    }

    /// Begins a session; `config` says who asks STS, and where it is.
    pub async fn begin(&self, name: &SessionName, config: &SdkConfig) -> Result<Credentials, Fault> {
        let config = config.to_builder().timeout_config(PATIENCE.timeouts()).retry_config(PATIENCE.retries());
        let provider = AssumeRoleProvider::builder(&self.role).configure(&config.build());
        let provider = provider.session_name(name.as_str()).build().await;
        provider.provide_credentials().await.map_err(|error| why(&error))
    }

    fn kept(&self, name: &SessionName, now: SystemTime) -> Option<Credentials> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|(of, _)| of == name)?;
        let found = kept.remove(at)?;
        let credentials = found.1.clone();
        if credentials.expiry().is_none_or(|ends| ends <= now + MARGIN) {
            return None;
        }
        kept.push_back(found);
        Some(credentials)
    }
}

/// Refused for good, or only for now. Nothing was sent to the service itself.
fn why(error: &CredentialsError) -> Fault {
    let told = error.source().and_then(|source| source.downcast_ref::<SdkError<AssumeRoleError>>());
    let Some(refused) = told.and_then(SdkError::as_service_error) else {
        return Fault::not_sent("AWS STS did not answer.");
    };
    let code = refused.code().unwrap_or_default();
    match fault::of_code(code, None) {
        Some(FaultKind::Throttled { .. } | FaultKind::Unknown) => {
            Fault::not_sent("AWS STS has too much to do just now.")
        }
        _ => Fault { kind: FaultKind::NoSession, message: format!("AWS STS answered: {code}") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(seconds: u64) -> Credentials {
        let ends = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        Credentials::new("ASIAEXAMPLE", "local", None, Some(ends), "tests")
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn each_person_has_a_name_that_sts_takes() {
        let long = "x".repeat(65);
        for (person, expected) in [
            ("U024BE7LH", "U024BE7LH"),
            ("712020:5b10a284-4c20", "712020.5b10a284-4c20"),
            ("ana lima/ü", "ana.lima.."),
            ("", ".e3b0c44298fc1c149afb"),
            ("a", "a.ca978112ca1bbdcafac2"),
        ] {
            assert_eq!(SessionName::of(person).as_str(), expected);
        }
        let (one, other) = (SessionName::of(&long), SessionName::of(&format!("{long}y")));
        assert!(one != other && one.as_str().len() == 64 && one.as_str().starts_with("xxx"), "{one:?}");
    }

    #[test]
    fn a_session_is_used_until_it_is_about_to_end() {
        let sessions = Sessions::under("r".to_owned());
        let (ana, bo) = (SessionName::of("ana"), SessionName::of("bo"));
        sessions.kept.lock().unwrap().push_back((ana.clone(), until(4_000)));
        assert!(sessions.kept(&ana, at(3_699)).is_some());
        assert!(sessions.kept(&bo, at(3_699)).is_none());
        assert!(sessions.kept(&ana, at(3_700)).is_none());
        assert!(sessions.kept(&ana, at(0)).is_none(), "it is gone");
    }
}
