//! What do the rarer operations answer? Cases, comments and memberships are in [`crate::case`].

use crate::case::*;

/// One line of ListMemberships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipSummary {
    /// Its id.
    pub id: MembershipId,
    /// The account that holds it.
    pub account: Option<String>,
    /// Its Region.
    pub region: Option<String>,
    /// Its ARN: tags hang on it.
    pub arn: Option<String>,
    /// `Active`, `Cancelled` or `Terminated`.
    pub status: Option<String>,
}

/// How an account stands to a membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberAccount {
    /// Twelve digits.
    pub id: String,
    /// `Associated`, `Disassociated` or `Unassociated`.
    pub status: Option<String>,
    /// `Organization` or `Unrelated`.
    pub relation: Option<String>,
}

/// An account that nothing could be said of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadAccount {
    /// Twelve digits.
    pub id: String,
    /// Why, in the service's words.
    pub why: String,
}

/// What BatchGetMemberAccountDetails found of up to 100 accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberAccounts {
    /// Those that are known.
    pub found: Vec<MemberAccount>,
    /// Those that are not.
    pub unread: Vec<UnreadAccount>,
}

/// What became of findings in the days that were asked for. All are counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FindingMetrics {
    /// Came from Security Hub.
    pub from_security_hub: i64,
    /// Came from GuardDuty.
    pub from_guard_duty: i64,
    /// Were triaged.
    pub triaged: i64,
    /// Were false alarms by triage.
    pub triaged_false_positive: i64,
    /// Were investigated.
    pub investigated: i64,
    /// Were false alarms by investigation.
    pub investigated_false_positive: i64,
    /// Are under investigation.
    pub investigated_in_progress: i64,
    /// Were escalated to the customer.
    pub escalated: i64,
    /// Were false alarms after escalation.
    pub escalated_false_positive: i64,
    /// Are escalated and open.
    pub escalated_in_progress: i64,
    /// Were real.
    pub true_positive: i64,
}
