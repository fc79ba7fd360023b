//! What does an answer of Security Hub say?

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Administrator, HubAnswer, HubCall, Member, Product};
use crate::{
    aws::sir::{Fault, FaultKind, Page, UnreadAccount, fault},
    case::Seconds,
};

pub(super) fn read(call: &HubCall, body: &[u8]) -> Result<HubAnswer, Fault> {
    match call {
        HubCall::GetAdministratorAccount => {
            let answer: wire::AdministratorsBody = json(body)?;
            Ok(HubAnswer::Administrator(answer.administrator.map(administrator)))
        }
        HubCall::ListMembers { .. } => {
            let answer: wire::MembersBody = json(body)?;
            Ok(HubAnswer::Members(page(answer.members.into_iter().map(member).collect(), answer.next_token)))
        }
        HubCall::GetMembers { .. } => {
            let answer: wire::MembersBody = json(body)?;
            let members = answer.members.into_iter().map(member).collect();
            let unread = answer.unprocessed_accounts.into_iter().map(unread).collect();
            Ok(HubAnswer::Found { members, unread })
        }
        HubCall::DescribeProducts { .. } => {
            let answer: wire::ProductsBody = json(body)?;
            Ok(HubAnswer::Products(page(
                answer.products.into_iter().map(product).collect(),
                answer.next_token,
            )))
        }
        HubCall::AcceptAdministratorInvitation { .. } | HubCall::DisassociateFromAdministratorAccount => {
            Ok(HubAnswer::Done)
        }
    }
}

/// What a refusal means. `name` is the header `x-amzn-errortype`, which says it best where it is sent.
pub(super) fn refusal(status: u16, name: Option<&str>, wait: Option<Duration>, body: &[u8]) -> Fault {
    let told: wire::RefusalBody = serde_json::from_slice(body).unwrap_or_default();
    let code = name.map(str::to_owned).or(told.code).or(told.kind).unwrap_or_default();
    // As `namespace#Name:http://…`.
    let code = code.split(':').next().unwrap_or_default().rsplit('#').next().unwrap_or_default();
    let kind = fault::of_code(code, wait).unwrap_or_else(|| fault::of_status(status, wait));
    Fault { kind, message: told.message.unwrap_or_default() }
}

pub(super) fn unreadable() -> Fault {
    Fault { kind: FaultKind::Unknown, message: "Security Hub gave no readable answer.".to_owned() }
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body).map_err(|_| unreadable())
}

fn page<T>(items: Vec<T>, next: Option<String>) -> Page<T> {
    Page { items, next: next.filter(|token| !token.is_empty()), total: None }
}

/// Security Hub writes times as text, unlike Security Incident Response. One that cannot be read is left out.
fn seconds(text: Option<String>) -> Option<Seconds> {
    OffsetDateTime::parse(&text?, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp)
}

fn administrator(item: wire::AdministratorBody) -> Administrator {
    Administrator {
        account: item.account_id,
        invitation: item.invitation_id,
        invited: seconds(item.invited_at),
        status: item.member_status,
    }
}

fn member(item: wire::MemberBody) -> Member {
    Member {
        account: item.account_id,
        email: item.email,
        status: item.member_status,
        invited: seconds(item.invited_at),
        updated: seconds(item.updated_at),
    }
}

fn unread(item: wire::UnprocessedBody) -> UnreadAccount {
    UnreadAccount { id: item.account_id, why: item.processing_result.unwrap_or_default() }
}

fn product(item: wire::ProductBody) -> Product {
    Product {
        arn: item.product_arn,
        name: item.product_name,
        company: item.company_name,
        description: item.description,
        categories: item.categories,
        integrations: item.integration_types,
    }
}

mod wire {
    use super::Deserialize;

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub(crate) struct AdministratorsBody {
        pub administrator: Option<AdministratorBody>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub(crate) struct AdministratorBody {
        #[serde(default)]
        pub account_id: String,
        pub invitation_id: Option<String>,
        pub invited_at: Option<String>,
        pub member_status: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub(crate) struct MembersBody {
        #[serde(default)]
        pub members: Vec<MemberBody>,
        #[serde(default)]
        pub unprocessed_accounts: Vec<UnprocessedBody>,
        pub next_token: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub(crate) struct MemberBody {
        #[serde(default)]
        pub account_id: String,
        pub email: Option<String>,
        pub member_status: Option<String>,
        pub invited_at: Option<String>,
        pub updated_at: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub(crate) struct UnprocessedBody {
        #[serde(default)]
        pub account_id: String,
        pub processing_result: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub(crate) struct ProductsBody {
        pub products: Vec<ProductBody>,
        pub next_token: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    pub(crate) struct ProductBody {
        pub product_arn: String,
        pub product_name: Option<String>,
        pub company_name: Option<String>,
        pub description: Option<String>,
        #[serde(default)]
        pub categories: Vec<String>,
        #[serde(default)]
        pub integration_types: Vec<String>,
    }

    #[derive(Default, Deserialize)]
    pub(crate) struct RefusalBody {
        // Security Hub itself writes capitals; what refuses in front of it does not.
        #[serde(rename = "Code", alias = "code")]
        pub code: Option<String>,
        #[serde(rename = "__type")]
        pub kind: Option<String>,
        #[serde(rename = "Message", alias = "message")]
        pub message: Option<String>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_without_an_administrator_says_nothing() {
        let answer = read(&HubCall::GetAdministratorAccount, b"{}").expect("readable");
        assert_eq!(answer, HubAnswer::Administrator(None));
    }

    #[test]
    fn a_time_is_read_as_security_hub_writes_it() {
        for (text, expected) in [
            ("2020-06-01T20:15:15.289Z", Some(1_591_042_515)),
            ("2020-06-01T20:15:15+00:00", Some(1_591_042_515)),
            ("yesterday", None),
        ] {
            assert_eq!(seconds(Some(text.to_owned())), expected, "{text}");
        }
    }

    #[test]
    fn an_answer_that_is_no_json_may_hide_a_change_that_was_made() {
        let fault = read(&HubCall::DescribeProducts { product: None, next: None }, b"<html>")
            .expect_err("unreadable");
        assert!(fault.maybe_applied());
    }

    #[test]
    fn each_refusal_has_its_kind_whether_the_header_or_the_body_names_it() {
        let body = br#"{"Message":"Told by the service","Code":"InvalidInputException"}"#;
        let wait = Some(Duration::from_secs(7));
        let invalid = FaultKind::Invalid { fields: Vec::new() };
        for (status, name, body, expected) in [
            (400, None, &body[..], invalid.clone()),
            (400, Some("InvalidInputException"), b"{}", invalid),
            (401, Some("InvalidAccessException"), b"{}", FaultKind::Denied),
            (403, Some("AccessDeniedException:http://internal/"), b"{}", FaultKind::Denied),
            (404, None, br#"{"__type":"com.amazon#ResourceNotFoundException"}"#, FaultKind::NotFound),
            (409, Some("ResourceConflictException"), b"{}", FaultKind::Conflict),
            (429, Some("LimitExceededException"), b"{}", FaultKind::Throttled { retry_after: wait }),
            (429, None, b"<html>", FaultKind::Throttled { retry_after: wait }),
            (500, Some("InternalException"), b"{}", FaultKind::Unknown),
            (503, None, b"", FaultKind::Unknown),
            (302, None, b"", FaultKind::Unknown),
        ] {
            assert_eq!(refusal(status, name, wait, body).kind, expected, "{status} {name:?}");
        }
        assert_eq!(refusal(400, None, None, body).message, "Told by the service");
    }
}
