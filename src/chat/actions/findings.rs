//! What is found out about an act while it is done, and the line of the audit trail that comes of it.

use std::cell::RefCell;

use crate::{
    aws::sir::Operation,
    case::{AccountId, CaseId, IssueId, Millis},
    chat::{
        ingress::{
            act::CommandKey,
            job::{Door, Job},
        },
        language::{
            command::Command,
            verbs::{self, Verb},
        },
    },
    runtime::World,
    telemetry::audit::{AuditLine, AuditOutcome, AwsRequest, Decision},
};

/// What is known so far. One act has one, however often it is tried within one delivery.
#[derive(Debug, Default)]
pub(crate) struct Findings(RefCell<FoundSoFar>);

#[derive(Clone, Debug, Default)]
struct FoundSoFar {
    verb: Option<&'static Verb>,
    case: Option<CaseId>,
    decision: Decision,
    rule: String,
    asked: bool,
    /// It was refused because the case is closed.
    late: bool,
    /// A request was made that changed something, or may have; or an earlier delivery made one.
    changed: bool,
    requests: Vec<AwsRequest>,
}

impl FoundSoFar {
    /// Whether AWS is asked to change something; what is about the issue alone is not.
    fn is_for_aws(&self) -> bool {
        let of = |name: &str| Operation::ALL.iter().find(|operation| operation.name() == name);
        let operations = self.verb.map_or(&[][..], |verb| verb.operations);
        operations.iter().filter_map(|name| of(name)).any(|operation| !operation.is_read())
    }
}

impl Findings {
    pub(crate) fn of(verb: Option<&'static Verb>) -> Self {
        Self(RefCell::new(FoundSoFar { verb, ..FoundSoFar::default() }))
    }

    pub(crate) fn of_comment(case: &CaseId) -> Self {
        let found = Self::of(verbs::of(&Command::Comment { text: None }));
        found.on(case);
        found
    }

    /// Of a file that goes to a case.
    pub(crate) fn of_file(case: &CaseId) -> Self {
        let found = Self::of(verbs::of(&Command::Attach));
        found.on(case);
        found
    }

    pub(crate) fn on(&self, case: &CaseId) {
        self.0.borrow_mut().case = Some(case.clone());
    }

    pub(crate) fn allowed(&self, rule: impl Into<String>) {
        let mut found = self.0.borrow_mut();
        (found.decision, found.rule) = (Decision::Allowed, rule.into());
    }

    pub(crate) fn refused(&self, rule: impl Into<String>) {
        let mut found = self.0.borrow_mut();
        (found.decision, found.rule) = (Decision::Refused, rule.into());
    }

    /// Something else decided as well.
    pub(crate) fn also(&self, rule: &str) {
        let mut found = self.0.borrow_mut();
        found.rule = format!("{}, {rule}", found.rule);
    }

    pub(crate) fn asks(&self) {
        self.0.borrow_mut().asked = true;
    }

    pub(crate) fn comes_late(&self) {
        self.0.borrow_mut().late = true;
    }

    pub(crate) fn is_late(&self) -> bool {
        self.0.borrow().late
    }

    /// An earlier delivery ended nobody knows how.
    pub(crate) fn again(&self) {
        self.0.borrow_mut().changed = true;
    }

    /// A request was made; `id` is what AWS called it.
    pub(crate) fn called(&self, operation: Operation, id: Option<String>, may_change: bool) {
        let request = AwsRequest { operation: operation.name().to_owned(), id: id.unwrap_or_default() };
        let mut found = self.0.borrow_mut();
        found.changed |= may_change;
        found.requests.push(request);
    }

    pub(super) fn outcome(&self, ended: AuditEnd) -> AuditOutcome {
        let found = self.0.borrow();
        match ended {
            _ if found.decision == Decision::Refused => AuditOutcome::NotDone,
            AuditEnd::Unknown => AuditOutcome::Unknown,
            AuditEnd::Refused => AuditOutcome::NotDone,
            AuditEnd::Answered if found.asked => AuditOutcome::Asked,
            AuditEnd::Answered if !found.verb.is_some_and(Verb::changes) => AuditOutcome::Shown,
            AuditEnd::Answered if found.changed || !found.is_for_aws() => AuditOutcome::Done,
            AuditEnd::Answered => AuditOutcome::NotDone,
        }
    }

    /// Whether the trail has a line of it: help is shown to everybody, and what is no case's thread asks for nothing.
    fn matters(&self) -> bool {
        let found = self.0.borrow();
        found.decision == Decision::Refused || found.verb.is_some_and(|verb| verb.role.is_some())
    }

    /// What came of it, without who did it and where.
    fn line(&self, ended: AuditEnd, now: Millis) -> AuditLine {
        let outcome = self.outcome(ended);
        let found = self.0.borrow().clone();
        AuditLine {
            at: AuditLine::time(now),
            verb: found.verb.map_or("", |verb| verb.name).to_owned(),
            case: found.case,
            decision: found.decision,
            rule: found.rule,
            outcome,
            aws: found.requests,
            ..AuditLine::default()
        }
    }

    fn line_of(&self, job: &Job, ended: AuditEnd, now: Millis) -> AuditLine {
        AuditLine {
            act: job.key().into(),
            door: job.door.as_str().to_owned(),
            team: job.team.to_string(),
            who: job.user.to_string(),
            channel: job.place.channel.as_ref().map(ToString::to_string).unwrap_or_default(),
            thread: job.place.thread.as_ref().map(ToString::to_string).unwrap_or_default(),
            ..self.line(ended, now)
        }
    }

    pub(crate) fn line_in_issue(&self, heard: &HeardBy<'_>, ended: AuditEnd, now: Millis) -> AuditLine {
        AuditLine {
            act: heard.act.to_string(),
            door: Door::Webhook.as_str().to_owned(),
            who: heard.who.as_ref().map(ToString::to_string).unwrap_or_default(),
            issue: heard.issue.to_string(),
            ..self.line(ended, now)
        }
    }
}

/// Why somebody was refused before anything was asked of anybody.
pub(crate) struct Refusal {
    pub(crate) verb: Option<&'static Verb>,
    pub(crate) rule: String,
    pub(crate) case: Option<CaseId>,
}

impl Refusal {
    pub(crate) fn of(verb: Option<&'static Verb>, rule: &str) -> Self {
        Self { verb, rule: rule.to_owned(), case: None }
    }
}

pub(crate) async fn refused(world: &dyn World, job: &Job, refusal: Refusal) {
    let found = Findings::of(refusal.verb);
    found.refused(refusal.rule);
    if let Some(case) = &refusal.case {
        found.on(case);
    }
    record(world, job, &found, AuditEnd::Refused).await;
}

/// Who wrote something in an issue, or put a file there, and under which key it is done.
pub(crate) struct HeardBy<'a> {
    pub(crate) who: Option<AccountId>,
    pub(crate) issue: &'a IssueId,
    pub(crate) act: &'a CommandKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuditEnd {
    Answered,
    /// There is a final answer, and nothing was changed.
    Refused,
    Unknown,
}

/// Writes the line of somebody's act. Before its record is closed: an act that is delivered again because its worker died
/// is written twice under one name, and never not at all.
pub(crate) async fn record(world: &dyn World, job: &Job, findings: &Findings, ended: AuditEnd) {
    if findings.matters() {
        world.record(findings.line_of(job, ended, world.now())).await;
    }
}
