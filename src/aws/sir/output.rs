//! What do the rarer operations answer? Cases, comments and memberships are in [`crate::case`].

use crate::case::*;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipSummary {
    pub id: MembershipId,
    pub account: Option<String>,
    pub region: Option<String>,
    pub arn: Option<String>,
    /// `Active`, `Cancelled` or `Terminated`.
    pub status: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberAccount {
    pub id: String,
    /// `Associated`, `Disassociated` or `Unassociated`.
    pub status: Option<String>,
    /// `Organization` or `Unrelated`.
    pub relation: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadAccount {
    pub id: String,
    pub why: String,
}

/// What BatchGetMemberAccountDetails found of up to 100 accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberAccounts {
    pub found: Vec<MemberAccount>,
    pub unread: Vec<UnreadAccount>,
}

/// What became of findings in the days that were asked for. All are counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FindingMetrics {
    pub from_security_hub: i64,
    pub from_guard_duty: i64,
    pub triaged: i64,
    pub triaged_false_positive: i64,
    pub investigated: i64,
    pub investigated_false_positive: i64,
    pub investigated_in_progress: i64,
    pub escalated: i64,
    pub escalated_false_positive: i64,
    pub escalated_in_progress: i64,
    pub true_positive: i64,
}
