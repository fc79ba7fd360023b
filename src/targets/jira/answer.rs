//! What does an answer of Jira mean? <https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#status-codes>; 429:
//! <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>.

use serde_json::Value;

use crate::http::{Failure, Response, word};

/// Whom a request concerns: what a 404 means hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concern {
    Site,
    Issue,
}

/// The fields that our rendering fills. Jira's word on any other is a matter of the project's set-up.
const RENDERED: [&str; 5] = ["summary", "description", "comment", "body", "commentBody"];

/// Reads an answer: `Null` where there is nothing to read (204).
pub(super) fn read(what: &str, place: Concern, response: &Response) -> Result<Value, Failure> {
    let status = response.status;
    let why = format!("{what}: HTTP {status}");
    if is_a_stranger(response) {
        return Err(Failure::Broken { everywhere: true, why: format!("{why}: the login failed") });
    }
    Err(match status {
        204 => return Ok(Value::Null),
        200..=299 => return response.value().ok_or_else(|| Failure::unreadable(what)),
        300..=399 => Failure::redirected(what, status),
        400 | 413 | 422 => refused(place, response, why),
        401 | 403 => Failure::Broken { everywhere: true, why },
        404 | 410 if place == Concern::Issue => Failure::Gone { why },
        408 => Failure::Unknown { why },
        // A conflict with another update, too early, too many: not applied, and it may be soon.
        409 | 425 | 429 => Failure::NotApplied { retry_after: response.wait(), why },
        402..=499 => Failure::Broken { everywhere: true, why },
        _ => Failure::Unknown { why },
    })
}

/// Which of what [`super::JiraRequest`] is counted as an answer with a `Retry-After` is about. A reason that is not
/// known binds all.
pub(super) fn limited(response: &Response) -> usize {
    let reason = response.limit.as_deref().unwrap_or_default();
    match reason {
        "jira-per-issue-on-write" => 2,
        "jira-burst-based" => 1,
        _ => 0,
    }
}

/// Whether Jira took us for nobody. With an expired token it does so silently where others may look without one: an
/// issue is not there, a search finds nothing.
fn is_a_stranger(response: &Response) -> bool {
    let reason = response.login.as_deref().unwrap_or_default();
    ["AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED"].iter().any(|failed| reason.contains(failed))
}

/// What is wrong with what we sent: our rendering, unless Jira names other fields only.
fn refused(place: Concern, response: &Response, why: String) -> Failure {
    let fields = fields(response);
    let why = match fields.is_empty() {
        true => why,
        false => format!("{why}: {}", fields.join(", ")),
    };
    let rendered = fields.is_empty() || fields.iter().any(|field| RENDERED.contains(&field.as_str()));
    match rendered {
        true => Failure::Content { why },
        false => Failure::Broken { everywhere: place == Concern::Site, why },
    }
}

/// The names of the fields that Jira complains of; its messages may quote what we sent, so they stay out.
pub(super) fn fields(response: &Response) -> Vec<String> {
    let body = response.value().unwrap_or_default();
    let errors = body.get("errors").and_then(Value::as_object).into_iter().flatten();
    errors.map(|(field, _)| word(field).to_owned()).take(5).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        Concern::{Issue, Site},
        *,
    };

    fn of(place: Concern, status: u16, retry_after: Option<&str>, body: &str) -> Result<Value, Failure> {
        let retry_after = retry_after.map(str::to_owned);
        read(
            "comment",
            place,
            &Response { status, retry_after, body: body.to_owned().into(), ..Response::default() },
        )
    }

    fn not_applied(seconds: Option<u64>, why: &str) -> Failure {
        Failure::NotApplied { retry_after: seconds.map(Duration::from_secs), why: why.to_owned() }
    }

    fn unknown(why: &str) -> Failure {
        Failure::Unknown { why: why.to_owned() }
    }

    fn content(why: &str) -> Failure {
        Failure::Content { why: why.to_owned() }
    }

    fn broken(everywhere: bool, why: &str) -> Failure {
        Failure::Broken { everywhere, why: why.to_owned() }
    }

    #[test]
    fn whoever_is_taken_for_nobody_is_refused_everywhere_whatever_the_status() {
        for (status, body) in [(200, r#"{"issues":[]}"#), (404, "{}"), (401, ""), (204, "")] {
            let login = Some("AUTHENTICATED_FAILED".to_owned());
            let response = Response { status, login, body: body.into(), ..Response::default() };
            let why = format!("comment: HTTP {status}: the login failed");
            let refused = read("comment", Issue, &response);
            assert_eq!(refused, Err(Failure::Broken { everywhere: true, why }));
        }
        let known =
            Response { status: 200, login: Some("OK".to_owned()), body: "{}".into(), ..Response::default() };
        assert!(read("comment", Issue, &known).is_ok());
    }

    #[test]
    fn each_status_means_what_the_table_says() {
        let html = "<html>Service Unavailable</html>";
        let table = [
            (Site, 301, "", broken(true, "comment: redirected (HTTP 301)")),
            (Site, 302, html, broken(true, "comment: redirected (HTTP 302)")),
            (Site, 303, "", unknown("comment: redirected (HTTP 303)")),
            (Issue, 400, html, content("comment: HTTP 400")),
            (Issue, 400, r#"{"errorMessages":["secret"],"errors":{}}"#, content("comment: HTTP 400")),
            (Issue, 400, r#"{"errors":{"comment":"secret"}}"#, content("comment: HTTP 400: comment")),
            (
                Site,
                400,
                r#"{"errors":{"description":"x","labels":"y"}}"#,
                content("comment: HTTP 400: description, labels"),
            ),
            (Site, 400, r#"{"errors":{"project":"x"}}"#, broken(true, "comment: HTTP 400: project")),
            (
                Site,
                400,
                r#"{"errors":{"customfield_1":"x"}}"#,
                broken(true, "comment: HTTP 400: customfield_1"),
            ),
            (Issue, 400, r#"{"errors":{"resolution":"x"}}"#, broken(false, "comment: HTTP 400: resolution")),
            (Issue, 400, r#"{"errors":{"a b":"x"}}"#, broken(false, "comment: HTTP 400: (not a word)")),
            (Issue, 401, "", broken(true, "comment: HTTP 401")),
            (Issue, 403, html, broken(true, "comment: HTTP 403")),
            (Issue, 404, "", Failure::Gone { why: "comment: HTTP 404".to_owned() }),
            (Site, 404, html, broken(true, "comment: HTTP 404")),
            (Issue, 405, "", broken(true, "comment: HTTP 405")),
            (Issue, 408, "", unknown("comment: HTTP 408")),
            (Issue, 409, "{}", not_applied(None, "comment: HTTP 409")),
            (Site, 410, "", broken(true, "comment: HTTP 410")),
            (Issue, 413, "{}", content("comment: HTTP 413")),
            (Issue, 422, "{}", content("comment: HTTP 422")),
            (Issue, 429, html, not_applied(None, "comment: HTTP 429")),
            (Issue, 500, "", unknown("comment: HTTP 500")),
            (Issue, 503, html, unknown("comment: HTTP 503")),
            (Issue, 504, "{}", unknown("comment: HTTP 504")),
            (Issue, 200, html, unknown("comment: unreadable answer")),
            (Issue, 201, r#"{"id":"1"#, unknown("comment: unreadable answer")),
            (Issue, 200, "", unknown("comment: unreadable answer")),
            (Issue, 0, "", unknown("comment: HTTP 0")),
        ];
        for (place, status, body, expected) in table {
            assert_eq!(of(place, status, None, body), Err(expected), "{place:?} {status} {body}");
        }
    }

    #[test]
    fn what_jira_says_of_waiting_is_kept_to_the_second() {
        for (header, seconds) in [("0", Some(0)), ("1", Some(1)), ("1847", Some(1847)), ("later", None)] {
            let expected = not_applied(seconds, "comment: HTTP 429");
            assert_eq!(of(Issue, 429, Some(header), ""), Err(expected), "{header}");
        }
    }

    #[test]
    fn an_answer_without_a_body_is_an_answer_only_where_jira_promises_none() {
        assert_eq!(of(Issue, 204, None, ""), Ok(Value::Null));
        assert_eq!(of(Issue, 200, None, "[1]"), Ok(serde_json::json!([1])));
    }
}
