//! What can be asked of Security Hub, and what does it answer? Six operations as values, written and signed here:
//! building aws-sdk-securityhub takes six times as long as aws-sdk-securityir.
//! <https://docs.aws.amazon.com/securityhub/1.0/APIReference/>

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
pub enum HubCall {
    GetAdministratorAccount,
    /// From an account that no organisation manages.
    AcceptAdministratorInvitation {
        administrator: String,
        invitation: String,
    },
    /// From an account that no organisation manages. It cannot be taken back from here.
    DisassociateFromAdministratorAccount,
    /// From the administrator account. `everybody` includes those that are not enabled.
    ListMembers {
        everybody: bool,
        next: Option<String>,
    },
    GetMembers {
        accounts: Vec<String>,
    },
    DescribeProducts {
        product: Option<String>,
        next: Option<String>,
    },
}

/// What a call answered. Its `Debug` tells which answer it is and nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub enum HubAnswer {
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
    pub account: String,
    pub invitation: Option<String>,
    pub invited: Option<Seconds>,
    /// As [`Member::status`].
    pub status: Option<String>,
}

/// An account whose findings we see. Its `Debug` tells the account and the status.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    pub account: String,
    pub email: Option<String>,
    /// `Created`, `Invited`, `Enabled`, `Removed`, `Resigned`, `Deleted` or `AccountSuspended`.
    pub status: Option<String>,
    pub invited: Option<Seconds>,
    pub updated: Option<Seconds>,
}

/// A product that sends findings, or takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    pub arn: String,
    pub name: Option<String>,
    pub company: Option<String>,
    pub description: Option<String>,
    pub categories: Vec<String>,
    /// As `SEND_FINDINGS_TO_SECURITY_HUB`.
    pub integrations: Vec<String>,
}

impl HubCall {
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
