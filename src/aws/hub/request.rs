//! What does a call of Security Hub look like on the wire?

use reqwest::Method;

use super::HubCall;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UnsignedRequest {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) body: Option<String>,
}

const MEMBERS: &str = "50";
const PRODUCTS: &str = "100";

impl UnsignedRequest {
    /// Spells a call out: <https://docs.aws.amazon.com/securityhub/1.0/APIReference/>.
    pub(super) fn of(call: &HubCall) -> Self {
        match call {
            HubCall::GetAdministratorAccount => get("/administrator", &[]),
            HubCall::AcceptAdministratorInvitation { administrator, invitation } => {
                let body =
                    serde_json::json!({ "AdministratorId": administrator, "InvitationId": invitation });
                post("/administrator", Some(body))
            }
            HubCall::DisassociateFromAdministratorAccount => post("/administrator/disassociate", None),
            HubCall::ListMembers { everybody, next } => {
                let only = if *everybody { "false" } else { "true" };
                get(
                    "/members",
                    &[
                        ("OnlyAssociated", Some(only)),
                        ("MaxResults", Some(MEMBERS)),
                        ("NextToken", next.as_deref()),
                    ],
                )
            }
            HubCall::GetMembers { accounts } => {
                post("/members/get", Some(serde_json::json!({ "AccountIds": accounts })))
            }
            HubCall::DescribeProducts { product, next } => get(
                "/products",
                &[
                    ("ProductArn", product.as_deref()),
                    ("MaxResults", Some(PRODUCTS)),
                    ("NextToken", next.as_deref()),
                ],
            ),
        }
    }
}

fn get(path: &str, query: &[(&str, Option<&str>)]) -> UnsignedRequest {
    // Pairs of strings can always be written; what has no value is left out.
    let query = serde_urlencoded::to_string(query).unwrap_or_default();
    let path = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    UnsignedRequest { method: Method::GET, path, body: None }
}

fn post(path: &str, body: Option<serde_json::Value>) -> UnsignedRequest {
    UnsignedRequest { method: Method::POST, path: path.to_owned(), body: body.map(|body| body.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_has_the_method_path_and_body_of_the_api() {
        let next = Some("a+b/c=".to_owned());
        let arn = "arn:aws:securityhub:us-east-1::product/aws/guardduty".to_owned();
        let accept = HubCall::AcceptAdministratorInvitation {
            administrator: "111122223333".to_owned(),
            invitation: "7ab938c5d52d7904ad09f9e7c20cc4eb".to_owned(),
        };
        for (call, line, body) in [
            (HubCall::GetAdministratorAccount, "GET /administrator", None),
            (
                accept,
                "POST /administrator",
                Some(
                    r#"{"AdministratorId":"111122223333","InvitationId":"7ab938c5d52d7904ad09f9e7c20cc4eb"}"#,
                ),
            ),
            (HubCall::DisassociateFromAdministratorAccount, "POST /administrator/disassociate", None),
            (
                HubCall::ListMembers { everybody: false, next: None },
                "GET /members?OnlyAssociated=true&MaxResults=50",
                None,
            ),
            (
                HubCall::ListMembers { everybody: true, next },
                "GET /members?OnlyAssociated=false&MaxResults=50&NextToken=a%2Bb%2Fc%3D",
                None,
            ),
            (
                HubCall::GetMembers { accounts: vec!["111122223333".to_owned()] },
                "POST /members/get",
                Some(r#"{"AccountIds":["111122223333"]}"#),
            ),
            (HubCall::DescribeProducts { product: None, next: None }, "GET /products?MaxResults=100", None),
            (
                HubCall::DescribeProducts { product: Some(arn), next: None },
                "GET /products?ProductArn=arn%3Aaws%3Asecurityhub%3Aus-east-1%3A%3Aproduct%2Faws%2Fguardduty&MaxResults=100",
                None,
            ),
        ] {
            let request = UnsignedRequest::of(&call);
            assert_eq!(format!("{} {}", request.method, request.path), line);
            assert_eq!(request.body.as_deref(), body, "{call:?}");
        }
    }
}
