//! Casebridge: AWS Security Incident Response cases in Slack and Jira.

#[cfg(feature = "playground")]
pub mod standin;
