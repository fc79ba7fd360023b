//! Casebridge: AWS Security Incident Response cases in Slack and Jira.
