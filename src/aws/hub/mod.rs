//! What can be asked of Security Hub, and what does it answer? Six operations as values.
//!
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/>
//!
//! The six requests are written and signed here and not by aws-sdk-securityhub, because that crate is 368,503 lines
//! for six small requests; aws-sdk-securityir is 47,645. Measured in one run with warm dependencies (debug profile,
//! `default-https-client` and `rt-tokio` only, a busy machine of two cores): securityir 11 s and 7 s of CPU, 0.5 GB
//! of memory, a library of 30 MB; securityhub 66 s and 47 s of CPU, 2.4 GB of memory, a library of 187 MB.

mod answer;
mod client;
mod request;

use std::fmt;

pub use client::{Hub, endpoint};

use crate::{
    aws::sir::{Operation, Page, UnreadAccount},
    case::Seconds,
};

/// One call of Security Hub, as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is an operation of the API and carries that operation's input")]
pub enum HubCall {
    /// From a member account.
    GetAdministratorAccount,
    /// From an account that no organisation manages.
    AcceptAdministratorInvitation { administrator: String, invitation: String },
    /// From an account that no organisation manages. It cannot be taken back from here.
    DisassociateFromAdministratorAccount,
    /// From the administrator account. `everybody` includes those that are not enabled.
    ListMembers { everybody: bool, next: Option<String> },
    /// From the administrator account.
    GetMembers { accounts: Vec<String> },
    /// All products, or the one with this ARN.
    DescribeProducts { product: Option<String>, next: Option<String> },
}

/// What a call answered. Its `Debug` tells which answer it is and nothing of it.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the answer of the operation that its name says")]
pub enum HubAnswer {
    /// `None` where the account has no administrator.
    Administrator(Option<Administrator>),
    Members(Page<Member>),
    /// What GetMembers found, and the accounts that it could say nothing of.
    Found {
        members: Vec<Member>,
        unread: Vec<UnreadAccount>,
    },
    Products(Page<Product>),
    Done,
}

/// The account that sees our findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    /// Twelve digits.
    pub account: String,
    /// The invitation that made it so.
    pub invitation: Option<String>,
    /// When it invited us.
    pub invited: Option<Seconds>,
    /// As [`Member::status`].
    pub status: Option<String>,
}

/// An account whose findings we see. Its `Debug` tells the account and the status.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Twelve digits.
    pub account: String,
    /// Of the account's owner.
    pub email: Option<String>,
    /// `Created`, `Invited`, `Enabled`, `Removed`, `Resigned`, `Deleted` or `AccountSuspended`.
    pub status: Option<String>,
    /// When it was invited.
    pub invited: Option<Seconds>,
    /// When this last changed.
    pub updated: Option<Seconds>,
}

/// A product that sends findings, or takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Names it in the API.
    pub arn: String,
    /// What people call it.
    pub name: Option<String>,
    /// Who makes it.
    pub company: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// What kinds of product it is.
    pub categories: Vec<String>,
    /// As `SEND_FINDINGS_TO_SECURITY_HUB`.
    pub integrations: Vec<String>,
}

impl HubCall {
    /// Which operation it is.
    pub fn kind(&self) -> Operation {
        match self {
            Self::GetAdministratorAccount => Operation::GetAdministratorAccount,
            Self::AcceptAdministratorInvitation { .. } => Operation::AcceptAdministratorInvitation,
            Self::DisassociateFromAdministratorAccount => Operation::DisassociateFromAdministratorAccount,
            Self::ListMembers { .. } => Operation::ListMembers,
            Self::GetMembers { .. } => Operation::GetMembers,
            Self::DescribeProducts { .. } => Operation::DescribeProducts,
        }
    }
}

impl fmt::Debug for HubAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Administrator(_) => "Administrator",
            Self::Members(_) => "Members",
            Self::Found { .. } => "Found",
            Self::Products(_) => "Products",
            Self::Done => "Done",
        })
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member")
            .field("account", &self.account)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
