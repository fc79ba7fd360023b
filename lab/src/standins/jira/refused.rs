//! How does Jira say no?

use serde_json::{Map, Value, json};

use super::super::exchange::Answer;

/// A refusal, ready for the wire.
#[derive(Clone, Debug)]
pub(super) struct Refused(Box<Answer>);

impl Refused {
    pub(super) fn with(answer: Answer) -> Self {
        Self(Box::new(answer))
    }

    pub(super) fn answer(self) -> Answer {
        *self.0
    }
}

/// What a call answers.
pub(super) type Output = Result<Answer, Refused>;

/// `{errorMessages: […], errors: {}}`
pub(super) fn message(status: u16, text: &str) -> Refused {
    Refused::with(Answer::json(status, &json!({ "errorMessages": [text], "errors": {} })))
}

/// `{errorMessages: [], errors: {field: …}}`
pub(super) fn fields(errors: Map<String, Value>) -> Refused {
    Refused::with(Answer::json(400, &json!({ "errorMessages": [], "errors": errors })))
}

/// One field's error.
pub(super) fn field(name: &str, why: &str) -> Refused {
    fields(Map::from_iter([(name.to_owned(), why.into())]))
}

/// What Jira says about a document that it cannot read; it does not say where.
pub(super) fn invalid_input(name: &str) -> Refused {
    Refused::with(Answer::json(
        400,
        &json!({ "errorMessages": ["INVALID_INPUT"], "errors": { name: "INVALID_INPUT" } }),
    ))
}

pub(super) fn no_issue() -> Refused {
    message(404, "Issue does not exist or you do not have permission to see it.")
}

pub(super) fn bad_payload() -> Refused {
    message(400, "Invalid request payload. Refer to the REST API documentation and try again.")
}

pub(super) fn unauthorized() -> Refused {
    let text = "Client must be authenticated to access this resource.";
    let answer = Answer::text(401, "text/plain;charset=UTF-8", text);
    Refused::with(
        answer
            .with("x-seraph-loginreason", "AUTHENTICATED_FAILED")
            .with("www-authenticate", "OAuth realm=\"jira\""),
    )
}

/// What the bearer of an expired token gets.
pub(super) fn expired(operation: &str) -> Output {
    let failed = |answer: Answer| answer.with("x-seraph-loginreason", "AUTHENTICATED_FAILED");
    match operation {
        "getCurrentUser" => Err(unauthorized()),
        "searchAndReconsileIssuesUsingJqlPost" => {
            Ok(failed(Answer::json(200, &json!({ "issues": [], "isLast": true }))))
        }
        _ => Err(Refused::with(failed(no_issue().answer()))),
    }
}

/// Too many requests, with the reason that Jira names.
pub(super) fn throttled(reason: &str) -> Refused {
    let answer = message(429, "Rate limit exceeded.").answer();
    Refused::with(answer.with("ratelimit-reason", reason).with("x-ratelimit-remaining", "0"))
}

/// An error by its status, for faults.
pub(super) fn by_status(name: &str) -> Answer {
    let refused = match name {
        "throttled" => throttled("jira-burst-based"),
        "401" => unauthorized(),
        "403" => message(403, "You do not have permission to do this."),
        "404" => no_issue(),
        "409" => message(409, "The issue was changed by somebody else meanwhile."),
        "413" => message(413, "The request is too large, or the issue has as many of these as it can have."),
        "429" => Refused::with(throttled("jira-burst-based").answer().with("retry-after", "1")),
        name => message(name.parse().unwrap_or(500), "Something went wrong."),
    };
    refused.answer()
}
