//! The six operations over the wire, signed as the product signs them.

use serde_json::{Value, json};

use super::{super::http, *};

async fn call(hub: &HubStandin, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let credential = "AKIDEXAMPLE/20261121/eu-west-1/securityhub/aws4_request";
    let header =
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature={}", "0".repeat(64));
    let request = http()
        .request(method.parse().unwrap(), format!("{}{path}", hub.url()))
        .header("authorization", header)
        .header("x-amz-date", "20261121T093000Z");
    let request = body.into_iter().fold(request, |request, body| request.json(&body));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn an_invitation_is_accepted_once_and_left_once() {
    let hub = HubStandin::start().await.unwrap();
    let (account, invitation) = hub.invitation();
    assert_eq!(call(&hub, "GET", "/administrator", None).await, (200, json!({})));
    let accept = json!({ "AdministratorId": account, "InvitationId": invitation });
    assert_eq!(call(&hub, "POST", "/administrator", Some(accept.clone())).await, (200, json!({})));
    let (_, answer) = call(&hub, "GET", "/administrator", None).await;
    assert_eq!(answer["Administrator"]["AccountId"], "444455556666");
    assert!(answer["Administrator"]["InvitedAt"].as_str().unwrap().ends_with('Z'));
    assert_eq!(call(&hub, "POST", "/administrator", Some(accept)).await.0, 400);
    assert_eq!(call(&hub, "POST", "/administrator/disassociate", None).await, (200, json!({})));
    assert_eq!(call(&hub, "POST", "/administrator/disassociate", None).await.0, 404);
    assert_eq!(hub.administrator(), None);
}

#[tokio::test]
async fn members_and_products_are_listed_in_pages() {
    let hub = HubStandin::start().await.unwrap();
    let (_, associated) = call(&hub, "GET", "/members", None).await;
    assert_eq!(associated["Members"].as_array().unwrap().len(), 1);
    let (_, first) = call(&hub, "GET", "/members?OnlyAssociated=false&MaxResults=1", None).await;
    let token = first["NextToken"].as_str().unwrap();
    let (_, second) =
        call(&hub, "GET", &format!("/members?OnlyAssociated=false&NextToken={token}"), None).await;
    assert_eq!(second["Members"][0]["AccountId"], "333344445555");
    assert!(second["NextToken"].is_null());
    let (_, some) =
        call(&hub, "POST", "/members/get", Some(json!({ "AccountIds": ["222233334444", "9"] }))).await;
    assert_eq!(
        (some["Members"].as_array().unwrap().len(), &some["UnprocessedAccounts"][0]["AccountId"]),
        (1, &json!("9"))
    );
    let arn = "arn%3Aaws%3Asecurityhub%3Aeu-west-1%3A%3Aproduct%2Flacework%2Flacework";
    let (_, product) = call(&hub, "GET", &format!("/products?ProductArn={arn}"), None).await;
    assert_eq!(product["Products"][0]["ProductName"], "Lacework");
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_message_and_code() {
    let hub = HubStandin::start().await.unwrap();
    for (method, path, body, status, code) in [
        ("GET", "/nothing", None, 404, "ResourceNotFoundException"),
        ("POST", "/administrator", Some(json!({})), 400, "InvalidInputException"),
        (
            "POST",
            "/administrator",
            Some(json!({ "AdministratorId": " ", "InvitationId": "x" })),
            400,
            "InvalidInputException",
        ),
        ("GET", "/products?MaxResults=101", None, 400, "InvalidInputException"),
        ("GET", "/members?Colour=red", None, 400, "InvalidInputException"),
    ] {
        let (answered, answer) = call(&hub, method, path, body).await;
        assert_eq!((answered, answer["Code"].as_str()), (status, Some(code)), "{method} {path}");
        assert!(answer["Message"].is_string());
    }
    hub.set_organization(true);
    assert_eq!(call(&hub, "POST", "/administrator/disassociate", None).await.0, 400);
    hub.set_enabled(false);
    let (status, answer) = call(&hub, "GET", "/members", None).await;
    assert_eq!((status, &answer["Code"]), (401, &json!("InvalidAccessException")));
    let unsigned = http().get(format!("{}/members", hub.url())).send().await.unwrap();
    assert_eq!(unsigned.status(), 403);
}
