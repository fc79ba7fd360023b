//! Which account is asked, and what keeps this machine from it: each fault in a sentence of its own, with its mend.

use std::{fs, path::PathBuf, time::Duration};

use casebridge::{
    config::{
        environment::{self, Environment, variable},
        hosts::Reach,
        sdk::{Aws, Timeouts, Unready},
    },
    runtime::live::{Live, MakeSir},
    state::dynamodb::{Dynamo, Unusable, is_of_credentials},
};

/// How long a person waits for the table: a slow line is no absent table, and no request behind this one runs out of time.
const PATIENCE: Timeouts =
    Timeouts { attempt: Duration::from_secs(5), operation: Duration::from_secs(15), attempts: 3 };

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error(
        "there is no AWS profile \"{0}\" in the files of the AWS CLI: `aws configure list-profiles` lists them. Set \
         AWS_PROFILE to one of these, or unset it"
    )]
    Profile(String),
    #[error(
        "no AWS Region is set: export AWS_REGION=… (the Region of the stack), or give the profile one with \
         `aws configure set region …`"
    )]
    Region,
    #[error(
        "there are no AWS credentials here: `aws sso login` or `aws configure` makes them, or set AWS_PROFILE. \
         `aws sts get-caller-identity` says whose they are"
    )]
    Credentials,
    #[error(
        "AWS does not take these credentials ({0}): they are wrong, or their time is over. Log in again \
         (`aws sso login`), and see `aws sts get-caller-identity`"
    )]
    Refused(String),
    #[error(
        "these credentials may not {what} ({code}): use those of the account and role that deployed the stack; \
         `aws sts get-caller-identity` says whose they are"
    )]
    Denied { what: String, code: String },
    #[error(
        "nobody answers at {url}. It is what AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_{service} or the profile's endpoint_url \
         names: start what should be there, or unset it"
    )]
    Endpoint { url: String, service: &'static str },
    #[error(
        "{service} in {region} does not answer: is that the name of a Region (AWS_REGION), and does this machine reach the \
         internet, or need HTTPS_PROXY?"
    )]
    Silent { service: &'static str, region: String },
    #[error(
        "there is no table {table} in {region}: CASEBRIDGE_TABLE is the output TableName of the stack, and AWS_REGION \
         the stack's Region. `aws dynamodb list-tables --region {region}` lists what is there"
    )]
    NoTable { table: String, region: String },
    #[error(
        "the table {0} is not Casebridge's: its keys are others. CASEBRIDGE_TABLE is the output TableName of the stack"
    )]
    NotOurs(String),
    #[error("{0}: the table's name is the output TableName of the stack")]
    Environment(#[from] environment::EnvironmentError),
    #[error("the table {table} in {region} does not do what it should: {why}")]
    Other { table: String, region: String, why: String },
}

/// The table of an account that can be asked.
pub struct Account {
    pub aws: Aws,
    pub region: String,
    /// How far tokens may go from here.
    pub reach: Reach,
    pub name: String,
    pub table: Dynamo,
}

impl Account {
    /// The account of the environment. Its table was asked for something harmless.
    pub async fn open() -> Result<Self, AccountError> {
        let name = environment::table(variable)?;
        let aws = Aws::default();
        let region = ready(&aws).await?;
        let table = Dynamo::new(aws.clone(), name.as_str()).with_patience(PATIENCE);
        let reach = aws.reach().await;
        let account = Self { aws, region, reach, name, table };
        match account.table.is_usable().await {
            Ok(()) => Ok(account),
            Err(why) => Err(account.explain(why)),
        }
    }

    /// Secrets Manager, as whoever asks may use it.
    pub async fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(self.aws.config().await)
    }

    fn explain(&self, why: Unusable) -> AccountError {
        let (table, region) = (self.name.clone(), self.region.clone());
        match why {
            Unusable::Absent => AccountError::NoTable { table, region },
            Unusable::NotOurs => AccountError::NotOurs(table),
            Unusable::Unknown(code) => AccountError::Refused(code),
            Unusable::Denied(code) => AccountError::Denied { what: format!("read the table {table}"), code },
            Unusable::Silent => silence("DynamoDB", "DYNAMODB", &region),
            Unusable::Other(why) => AccountError::Other { table, region, why },
        }
    }
}

/// What the functions work with, for a person who waits. `make_sir` says which calls there are.
pub fn live(environment: Environment, make_sir: MakeSir) -> Live<Dynamo> {
    Live::of(environment, make_sir).with_patience(PATIENCE)
}

/// The Region, where there are credentials and a profile.
pub async fn ready(aws: &Aws) -> Result<String, AccountError> {
    if let Some(missing) = missing_profile() {
        return Err(AccountError::Profile(missing));
    }
    aws.ready().await.map_err(|unready| match unready {
        Unready::Region => AccountError::Region,
        Unready::Credentials => AccountError::Credentials,
    })
}

/// Nobody answered; `variable` names the service in the environment.
pub fn silence(service: &'static str, named: &'static str, region: &str) -> AccountError {
    match environment::endpoint(named, variable) {
        Some(url) => AccountError::Endpoint { url: shown(&url), service: named },
        None => AccountError::Silent { service, region: region.to_owned() },
    }
}

/// What a code means that a service refuses whoever asks with, if it means that.
pub fn refusal(code: &str, what: String) -> Option<AccountError> {
    let code = code.to_owned();
    match code.as_str() {
        "AccessDeniedException" => Some(AccountError::Denied { what, code }),
        _ if is_of_credentials(&code) => Some(AccountError::Refused(code)),
        _ => None,
    }
}

/// What stands before an `@` may be a password.
fn shown(url: &str) -> String {
    match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, rest)) => format!("{scheme}://{rest}"),
        None => url.to_owned(),
    }
}

/// The profile that the environment names, if no file has it: the SDK passes over it without a word.
fn missing_profile() -> Option<String> {
    let name = variable("AWS_PROFILE").filter(|name| !name.is_empty() && name != "default")?;
    let texts = [("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials")]
        .map(|(named, usual)| file(named, usual).and_then(|path| fs::read_to_string(path).ok()));
    let has = texts.iter().flatten().any(|text| names_profile(text, &name));
    (!has).then_some(name)
}

fn file(named: &str, usual: &str) -> Option<PathBuf> {
    let home = || variable("HOME").or_else(|| variable("USERPROFILE"));
    match variable(named) {
        Some(path) => Some(path.into()),
        None => Some(PathBuf::from(home()?).join(".aws").join(usual)),
    }
}

fn names_profile(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let section = line.trim().strip_prefix('[').and_then(|rest| rest.split(']').next());
        let section = section.map(str::trim).unwrap_or_default();
        section == name || section.strip_prefix("profile").is_some_and(|rest| rest.trim() == name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_found_in_either_file_of_the_aws_cli() {
        for (text, is_there) in [
            ("[profile work]\nregion = eu-west-1", true),
            ("[work]\naws_access_key_id = x", true),
            (" [ profile  work ] # mine", true),
            ("[profile workshop]", false),
            ("region = work", false),
            ("", false),
        ] {
            assert_eq!(names_profile(text, "work"), is_there, "{text}");
        }
    }

    #[test]
    fn a_password_in_an_endpoint_is_not_repeated() {
        assert_eq!(shown("http://ana:pw@127.0.0.1:1/x"), "http://127.0.0.1:1/x");
        assert_eq!(shown("http://127.0.0.1:1"), "http://127.0.0.1:1");
    }
}
