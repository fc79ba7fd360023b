//! What would Security Hub answer?
//!
//! The six operations about administrator, members and products
//! (<https://docs.aws.amazon.com/securityhub/1.0/APIReference/>). Which account calls is up to the test: an account
//! that has members is an administrator, one that has been invited can accept.

mod operations;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::{
    Endpoint, ErrorCode, ServiceClock, Standin,
    exchange::{WireRequest, WireResponse},
    sigv4,
    standin::ServiceModel,
};
use operations::{name_of, perform};

/// A running stand-in of AWS Security Hub.
///
/// It starts enabled, invited by account `444455556666` ([`invitation`](Self::invitation)), with two members and
/// the products that SIR takes findings from. Besides what [`Server`](super::Server) offers, its `/_control/` has:
///
/// | request | body | answer |
/// |---|---|---|
/// | `GET state` | | `{administrator, invitations, members, products}` |
/// | `POST members` | a member | adds one |
pub type HubStandin = Standin<HubAccount>;

/// Everything, in the wire's own words.
#[derive(Clone)]
pub struct HubAccount {
    clock: ServiceClock,
    region: String,
    enabled: bool,
    /// Whether AWS Organizations manages the account: then it cannot leave by itself.
    organization: bool,
    administrator: Option<Value>,
    invitations: Vec<Value>,
    members: Vec<Value>,
    products: Vec<Value>,
}

struct HubRefusal(u16, &'static str, String);

impl HubRefusal {
    fn answer(&self) -> WireResponse {
        let Self(status, name, message) = self;
        let answer = WireResponse::json(*status, &json!({ "Message": message, "Code": name }));
        answer.with("x-amzn-errortype", name)
    }

    fn named(name: &str) -> Self {
        match name {
            "throttled" | "LimitExceededException" => {
                Self(429, "LimitExceededException", "Rate exceeded".into())
            }
            "InvalidInputException" => Self(400, "InvalidInputException", "Invalid input".into()),
            "InvalidAccessException" => {
                Self(401, "InvalidAccessException", "Account is not subscribed".into())
            }
            "ResourceNotFoundException" => Self(404, "ResourceNotFoundException", "Not found".into()),
            "AccessDeniedException" => Self(403, "AccessDeniedException", "User is not authorized".into()),
            _ => Self(500, "InternalException", "Internal error".into()),
        }
    }
}

impl HubStandin {
    /// The account and the id of the invitation that is waiting at first.
    pub fn invitation(&self) -> (String, String) {
        ("444455556666".into(), "7ab938c5d52d7904ad09f9e7c20cc4eb".into())
    }

    /// Adds a member as ListMembers shows it; `AccountId` and `MemberStatus` at least.
    pub fn add_member(&self, member: Value) {
        self.with(|state| state.members.push(member));
    }

    /// Adds a product as DescribeProducts shows it; `ProductArn` at least.
    pub fn add_product(&self, product: Value) {
        self.with(|state| state.products.push(product));
    }

    /// Whether Security Hub is on; every call is refused with InvalidAccessException when it is not.
    pub fn set_enabled(&self, enabled: bool) {
        self.with(|state| state.enabled = enabled);
    }

    /// Whether AWS Organizations manages the account; then it can neither accept nor leave.
    pub fn set_organization(&self, managed: bool) {
        self.with(|state| state.organization = managed);
    }

    /// The administrator as GetAdministratorAccount shows it, when there is one.
    pub fn administrator(&self) -> Option<Value> {
        self.with(|state| state.administrator.clone())
    }
}

fn furnished(clock: ServiceClock) -> HubAccount {
    let now = clock.iso();
    let member = |account: &str, status: &str| {
        json!({ "AccountId": account, "Email": format!("{account}@example.com"), "MasterId": "111122223333",
            "AdministratorId": "111122223333", "MemberStatus": status, "InvitedAt": now, "UpdatedAt": now })
    };
    let product = |path: &str, name: &str, company: &str| {
        json!({ "ProductArn": format!("arn:aws:securityhub:eu-west-1::product/{path}"), "ProductName": name,
            "CompanyName": company, "Description": format!("{name} sends findings."), "Categories": ["Endpoint Security"],
            "IntegrationTypes": ["SEND_FINDINGS_TO_SECURITY_HUB"] })
    };
    let invitation = json!({ "AccountId": "444455556666", "InvitationId": "7ab938c5d52d7904ad09f9e7c20cc4eb",
        "InvitedAt": now, "MemberStatus": "Invited" });
    HubAccount {
        region: "eu-west-1".into(),
        enabled: true,
        organization: false,
        administrator: None,
        invitations: vec![invitation],
        members: vec![member("222233334444", "Enabled"), member("333344445555", "Invited")],
        products: vec![
            product("crowdstrike/crowdstrike-falcon", "CrowdStrike Falcon", "CrowdStrike"),
            product("lacework/lacework", "Lacework", "Lacework"),
            product("trend-micro/cloud-one", "Cloud One", "Trend Micro"),
        ],
        clock,
    }
}

impl ServiceModel for HubAccount {
    fn furnished(endpoint: &Endpoint) -> Self {
        furnished(endpoint.clock.clone())
    }

    fn clock(&self) -> &ServiceClock {
        &self.clock
    }

    fn keep_limits(&mut self) {}

    fn operation(asked: &WireRequest) -> String {
        let name = name_of(asked.method.as_str(), &asked.path).map(str::to_owned);
        name.unwrap_or_else(|| format!("{} {}", asked.method, asked.path))
    }

    fn only_reads(_: &WireRequest) -> bool {
        false
    }

    fn answer(&mut self, asked: &WireRequest) -> WireResponse {
        if let Some((name, why)) = sigv4::refusal(asked, "securityhub", &self.region) {
            return HubRefusal(403, name, why).answer();
        }
        match perform(self, asked) {
            Ok(output) => WireResponse::json(200, &output),
            Err(refused) => refused.answer(),
        }
    }

    fn error(code: &ErrorCode) -> WireResponse {
        HubRefusal::named(code.as_str()).answer()
    }

    fn control(&mut self, asked: &WireRequest) -> Option<WireResponse> {
        let Self { administrator, invitations, members, products, .. } = self;
        let (parts, body) = asked.order();
        Some(match (asked.method.as_str(), &parts[..]) {
            ("GET", ["state"]) => WireResponse::json(
                200,
                &json!({ "administrator": administrator, "invitations": invitations, "members": members,
                    "products": products }),
            ),
            ("POST", ["members"]) => {
                members.push(body);
                WireResponse::json(200, &json!({}))
            }
            _ => return None,
        })
    }
}
