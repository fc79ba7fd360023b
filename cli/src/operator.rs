//! Who is at this terminal, as AWS knows them, and what they did, in the audit trail.

use std::io;

use casebridge::{
    aws::logs::{LogStream, Logs, LogsError, Search},
    case::{CaseId, text},
    config::{
        clock,
        environment::{self, variable},
        sdk::Aws,
    },
    http::transport::Transport,
    telemetry::audit::{AuditLine, AuditOutcome},
};

use crate::{audit, output};

#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    #[error("{0}: the name of the audit trail's log group is the output AuditGroup of the stack")]
    Environment(#[from] environment::EnvironmentError),
    #[error("AWS does not tell who you are: look at your credentials")]
    Nobody,
    #[error("there is no HTTP client")]
    NoClient,
    #[error(transparent)]
    Logs(#[from] LogsError),
}

/// The operator, and where the lines about them go.
pub struct Operator {
    /// The ARN, as CloudTrail has it.
    pub arn: String,
    logs: Logs,
    group: String,
}

impl Operator {
    /// Asks AWS who the operator is, if there is an audit trail to be written into.
    ///
    /// # Errors
    /// Where there is one, whoever is not known changes nothing.
    pub async fn identify(aws: &Aws) -> Result<Option<Self>, OperatorError> {
        let Ok(group) = environment::audit_group(variable) else { return Ok(None) };
        let arn = arn(aws).await.ok_or(OperatorError::Nobody)?;
        Ok(Some(Self { arn, logs: logs(aws).await?, group }))
    }

    /// One whose trail is this stand-in's.
    #[cfg(test)]
    pub fn at(logs: &str, arn: &str) -> Self {
        let credentials = aws_sdk_sts::config::Credentials::new("AKIDEXAMPLE", "local", None, None, "tests");
        let credentials = aws_sdk_sts::config::SharedCredentialsProvider::new(credentials);
        let http = Transport::default().client(clock::now()).expect("a client");
        let logs = Logs::new(http, credentials, "eu-west-1", logs);
        Self { arn: arn.to_owned(), logs, group: casebridge_lab::standins::AUDIT_GROUP.to_owned() }
    }

    /// What the trail says of a case, oldest first.
    ///
    /// # Errors
    /// The trail did not answer.
    pub async fn acts_on(&self, case: &CaseId) -> Result<Vec<AuditLine>, LogsError> {
        let pattern = Some(format!("{{ {} }}", audit::about(case)));
        let search = Search { group: self.group.clone(), since: None, pattern, next: None };
        audit::read(&self.logs, search).await
    }

    /// Puts a line about them into the trail.
    ///
    /// # Errors
    /// The trail did not take it.
    pub async fn record(&self, line: AuditLine) -> Result<(), LogsError> {
        let now = clock::now();
        let line = AuditLine { at: AuditLine::time(now), who: self.arn.clone(), ..line };
        let stream = LogStream { group: self.group.clone(), name: "casebridge".to_owned() };
        self.logs.put(&stream, now, &line.json()).await
    }
}

/// What is done at a terminal, as a line of the trail.
pub fn line(verb: &str, case: Option<&CaseId>, outcome: AuditOutcome) -> AuditLine {
    let on = case.map_or("", CaseId::as_str);
    AuditLine {
        act: text::hash(&format!("{verb} {on} {}", clock::now())),
        door: "cli".to_owned(),
        verb: verb.to_owned(),
        case: case.cloned(),
        outcome,
        ..AuditLine::default()
    }
}

/// Puts what was done into the trail, where there is one; what that does not take is said, with the line to keep.
pub async fn record(operator: Option<&Operator>, line: AuditLine) -> io::Result<()> {
    let Some(operator) = operator else { return Ok(()) };
    match operator.record(line.clone()).await {
        Ok(()) => Ok(()),
        Err(error) => {
            let line = AuditLine { who: operator.arn.clone(), ..line }.json();
            output::say(&format!("The audit trail does not know of it ({error}). Keep this line:\n{line}"))
        }
    }
}

/// The ARN of who asks, as AWS tells it.
pub async fn arn(aws: &Aws) -> Option<String> {
    let identity = aws_sdk_sts::Client::new(aws.config().await).get_caller_identity().send().await.ok()?;
    identity.arn().filter(|arn| !arn.is_empty()).map(str::to_owned)
}

/// CloudWatch Logs, as the operator may ask it.
pub async fn logs(aws: &Aws) -> Result<Logs, OperatorError> {
    let http = Transport::default().client(clock::now()).map_err(|_| OperatorError::NoClient)?;
    Ok(Logs::reach(aws, http).await?)
}
