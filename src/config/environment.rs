//! What does a function know from its environment? Names only: settings lie in the table, tokens in the secret.

use reqwest::Url;

use crate::config::hosts;

/// What both functions need. `casebridge settings` needs [`table`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    pub table: String,
    /// `CASEBRIDGE_INBOX_URL`: the address of the FIFO queue that `command` works off, and that both write to.
    pub inbox_url: String,
    /// `CASEBRIDGE_SECRET_ID`: the secret's ARN or name.
    pub secret_id: String,
    /// `CASEBRIDGE_AUDIT_GROUP`: the log group of the audit trail. Where there is none, the function's own log has its lines.
    pub audit_group: Option<String>,
    /// `CASEBRIDGE_WITHOUT`: the rights that the stack's parameters left out.
    pub left_out: LeftOut,
}

/// For which verbs the functions were given no rights, by parameters of the stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// `WithMemberships=false`
    pub memberships: bool,
    /// `WithSecurityHub=false`
    pub hub: bool,
}

impl LeftOut {
    /// A list with commas, empty places among them.
    fn parse(text: &str) -> Self {
        let has = |wanted: &str| text.split(',').any(|name| name.trim() == wanted);
        Self { memberships: has("memberships"), hub: has("hub") }
    }
}

/// Everything that is not right with the environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvironmentError {
    /// Not set, or empty: all of them at once.
    #[error("the environment lacks {}", .0.join(", "))]
    Missing(Vec<&'static str>),
    /// Not an address that may be sent to.
    #[error("CASEBRIDGE_INBOX_URL is not the address of a queue")]
    InboxUrl,
}

const TABLE: &str = "CASEBRIDGE_TABLE";
const INBOX_URL: &str = "CASEBRIDGE_INBOX_URL";
const SECRET_ID: &str = "CASEBRIDGE_SECRET_ID";
const WITHOUT: &str = "CASEBRIDGE_WITHOUT";
const AUDIT_GROUP: &str = "CASEBRIDGE_AUDIT_GROUP";
const PERSON_ROLE: &str = "CASEBRIDGE_PERSON_ROLE";

impl Environment {
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let [table, inbox_url, secret_id] = all([TABLE, INBOX_URL, SECRET_ID], &variable)?;
        if !Url::parse(&inbox_url).is_ok_and(|url| hosts::is_private(&url)) {
            return Err(EnvironmentError::InboxUrl);
        }
        let left_out = LeftOut::parse(&variable(WITHOUT).unwrap_or_default());
        Ok(Self { table, inbox_url, secret_id, audit_group: audit_group(variable).ok(), left_out })
    }
}

/// The log group of the audit trail.
pub fn audit_group(variable: impl Fn(&str) -> Option<String>) -> Result<String, EnvironmentError> {
    all([AUDIT_GROUP], variable).map(|[group]| group)
}

/// The ARN of the role that people's acts run under, each in a session of its own. `command` alone may assume it.
pub fn person_role(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    all([PERSON_ROLE], variable).map(|[role]| role).ok()
}

/// The address of the inbox.
pub fn inbox_url(variable: impl Fn(&str) -> Option<String>) -> Result<String, EnvironmentError> {
    all([INBOX_URL], variable).map(|[url]| url)
}

pub fn table(variable: impl Fn(&str) -> Option<String>) -> Result<String, EnvironmentError> {
    all([TABLE], variable).map(|[table]| table)
}

pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Where the environment says that a service of AWS's is: its own variable, as `AWS_ENDPOINT_URL_SQS`, else
/// `AWS_ENDPOINT_URL`; neither where `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is `true`:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>. `variable` reads one.
pub fn endpoint(service: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let ignored =
        variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|text| text.eq_ignore_ascii_case("true"));
    [&format!("AWS_ENDPOINT_URL_{service}"), "AWS_ENDPOINT_URL"]
        .into_iter()
        .filter(|_| !ignored)
        .filter_map(variable)
        .find(|url| !url.is_empty())
}

fn all<const N: usize>(
    names: [&'static str; N],
    variable: impl Fn(&str) -> Option<String>,
) -> Result<[String; N], EnvironmentError> {
    let values = names.map(|name| variable(name).map(|text| text.trim().to_owned()).unwrap_or_default());
    let missing = names.into_iter().zip(&values).filter(|(_, value)| value.is_empty());
    let missing: Vec<_> = missing.map(|(name, _)| name).collect();
    if missing.is_empty() { Ok(values) } else { Err(EnvironmentError::Missing(missing)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Environment, EnvironmentError> {
        Environment::read(|name| {
            set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn all_that_is_missing_is_named_at_once() {
        let (table, inbox, secret) =
            ((TABLE, "cases"), (INBOX_URL, "https://sqs/inbox.fifo"), (SECRET_ID, "s"));
        assert_eq!(read(&[table, inbox, secret]).unwrap().audit_group, None, "not everybody keeps one");
        let kept = read(&[table, inbox, secret, (AUDIT_GROUP, "a")]).unwrap().audit_group;
        assert_eq!(kept.as_deref(), Some("a"));
        for (set, missing) in [
            (vec![], vec![TABLE, INBOX_URL, SECRET_ID]),
            (vec![inbox], vec![TABLE, SECRET_ID]),
            (vec![table, (INBOX_URL, " "), (SECRET_ID, "")], vec![INBOX_URL, SECRET_ID]),
        ] {
            assert_eq!(read(&set), Err(EnvironmentError::Missing(missing)));
        }
        let text = read(&[table]).unwrap_err().to_string();
        assert_eq!(text, "the environment lacks CASEBRIDGE_INBOX_URL, CASEBRIDGE_SECRET_ID");
        assert_eq!(super::table(|name| (name == TABLE).then(|| "cases".to_owned())).as_deref(), Ok("cases"));
        assert_eq!(super::table(|_| None), Err(EnvironmentError::Missing(vec![TABLE])));
    }

    #[test]
    fn what_the_stack_was_deployed_without_is_known() {
        for (text, memberships, hub) in
            [("", false, false), (",", false, false), ("memberships,", true, false), (",hub", false, true)]
        {
            assert_eq!(LeftOut::parse(text), LeftOut { memberships, hub }, "{text}");
        }
    }

    #[test]
    fn jobs_go_to_an_address_that_keeps_them_private() {
        for url in ["inbox", "http://sqs.example/inbox.fifo", "arn:aws:sqs:eu-west-1:111122223333:inbox.fifo"]
        {
            let set = [(TABLE, "cases"), (INBOX_URL, url), (SECRET_ID, "s")];
            assert_eq!(read(&set), Err(EnvironmentError::InboxUrl), "{url}");
        }
        let here = (INBOX_URL, "http://127.0.0.1:4570/q");
        assert!(read(&[(TABLE, "cases"), here, (SECRET_ID, "s")]).is_ok());
    }
}
