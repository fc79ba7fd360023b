//! How does Jira say no?

use serde_json::{Map, Value, json};

use super::super::{ErrorCode, exchange::WireResponse};

#[derive(Clone, Debug)]
pub(super) struct JiraRefusal(Box<WireResponse>);

impl JiraRefusal {
    pub(super) fn with(answer: WireResponse) -> Self {
        Self(Box::new(answer))
    }

    pub(super) fn answer(self) -> WireResponse {
        *self.0
    }
}

pub(super) type Output = Result<WireResponse, JiraRefusal>;

/// `{errorMessages: […], errors: {}}`
pub(super) fn message(status: u16, text: &str) -> JiraRefusal {
    JiraRefusal::with(WireResponse::json(status, &json!({ "errorMessages": [text], "errors": {} })))
}

/// `{errorMessages: [], errors: {field: …}}`
pub(super) fn fields(errors: Map<String, Value>) -> JiraRefusal {
    JiraRefusal::with(WireResponse::json(400, &json!({ "errorMessages": [], "errors": errors })))
}

pub(super) fn field(name: &str, why: &str) -> JiraRefusal {
    fields(Map::from_iter([(name.to_owned(), why.into())]))
}

/// What Jira says about a document that it cannot read; it does not say where.
pub(super) fn invalid_input(name: &str) -> JiraRefusal {
    JiraRefusal::with(WireResponse::json(
        400,
        &json!({ "errorMessages": ["INVALID_INPUT"], "errors": { name: "INVALID_INPUT" } }),
    ))
}

pub(super) fn no_issue() -> JiraRefusal {
    message(404, "Issue does not exist or you do not have permission to see it.")
}

pub(super) fn bad_payload() -> JiraRefusal {
    message(400, "Invalid request payload. Refer to the REST API documentation and try again.")
}

pub(super) fn unauthorized() -> JiraRefusal {
    let text = "Client must be authenticated to access this resource.";
    let answer = WireResponse::text(401, "text/plain;charset=UTF-8", text);
    JiraRefusal::with(
        answer
            .with("x-seraph-loginreason", "AUTHENTICATED_FAILED")
            .with("www-authenticate", "OAuth realm=\"jira\""),
    )
}

/// What the bearer of an expired token gets.
pub(super) fn expired(operation: &str) -> Output {
    let failed = |answer: WireResponse| answer.with("x-seraph-loginreason", "AUTHENTICATED_FAILED");
    match operation {
        "getCurrentUser" => Err(unauthorized()),
        "searchAndReconsileIssuesUsingJqlPost" => {
            Ok(failed(WireResponse::json(200, &json!({ "issues": [], "isLast": true }))))
        }
        _ => Err(JiraRefusal::with(failed(no_issue().answer()))),
    }
}

pub(super) fn throttled(reason: &str) -> JiraRefusal {
    let answer = message(429, "Rate limit exceeded.").answer();
    JiraRefusal::with(answer.with("ratelimit-reason", reason).with("x-ratelimit-remaining", "0"))
}

pub(super) fn by_status(code: &ErrorCode) -> WireResponse {
    let refused = match code.as_str() {
        "throttled" => throttled("jira-burst-based"),
        "401" => unauthorized(),
        "403" => message(403, "You do not have permission to do this."),
        "404" => no_issue(),
        "409" => message(409, "The issue was changed by somebody else meanwhile."),
        "413" => message(413, "The request is too large, or the issue has as many of these as it can have."),
        "429" => JiraRefusal::with(throttled("jira-burst-based").answer().with("retry-after", "1")),
        name => message(name.parse().unwrap_or(500), "Something went wrong."),
    };
    refused.answer()
}
