//! How is a stand-in asked within this process, without a socket?

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use casebridge::http::{Request, Response};

use super::{
    Server,
    exchange::{WireRequest, WireResponse},
    fault::ErrorCode,
};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It is done, and sees what is.
    Now,
    /// It sees what was at this time, in milliseconds: for a request that only reads.
    AsOf(i64),
    /// It is answered as if it were done, and is not.
    Unkept,
}

impl Server {
    /// Answers at once, on the server's clock, what would have been answered over HTTP. Such a request is not among
    /// the [`calls`](Self::calls), and no [`FaultRule`](super::FaultRule) strikes it: whoever asks in this way makes its own.
    pub fn answer(&self, request: &Request, sight: Sight) -> Response {
        received(self.service().answer(&self.asked(request), sight))
    }

    /// The service's own error, as [`FaultTarget::error`](super::FaultTarget::error) makes it.
    pub fn refusal(&self, code: impl Into<ErrorCode>) -> Response {
        received(self.service().error(&code.into()))
    }

    fn asked(&self, request: &Request) -> WireRequest {
        let (place, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
        let header = |(name, value): &(&'static str, String)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?))
        };
        WireRequest {
            method: request.method.clone(),
            path: place.strip_prefix(self.url()).unwrap_or(place).to_owned(),
            query: serde_urlencoded::from_str(query).unwrap_or_default(),
            headers: request.headers.iter().filter_map(header).collect::<HeaderMap>(),
            body: request.body.clone(),
        }
    }
}

fn received(answer: WireResponse) -> Response {
    let header = |name| answer.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Response {
        status: answer.status.as_u16(),
        retry_after: header("retry-after"),
        login: header("x-seraph-loginreason"),
        limit: header("ratelimit-reason"),
        scopes: header("x-oauth-scopes"),
        date: header("date"),
        body: answer.body,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use casebridge::config::secrets::Secret;
    use serde_json::{Value, json};

    use super::*;
    use crate::standins::{Endpoint, JiraStandin, Order, Pace, ServiceClock, SirStandin, SlackStandin};

    const BEGIN: i64 = 1_790_000_000_000;

    fn members(value: Value) -> serde_json::Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn post(slack: &SlackStandin, text: &str, sight: Sight) -> Response {
        let body = json!({ "channel": slack.security(), "text": text });
        let request = Request::json(Method::POST, format!("{}/api/chat.postMessage", slack.url()), &body);
        slack.answer(&request.bearer(&Secret::new(slack.token())), sight)
    }

    #[test]
    fn the_same_acts_give_the_same_state_in_every_run() {
        let run = || {
            let clock = ServiceClock::standing(BEGIN);
            let (sir, slack) = (
                SirStandin::within(Endpoint::new("https://security-ir.within", &clock)),
                SlackStandin::within(Endpoint::new("https://slack.within", &clock)),
            );
            let case = sir.aws_creates_case("One");
            clock.set(BEGIN + 60_000);
            sir.aws_comments(&case, "AWS Responder", "Two").unwrap();
            assert_eq!(post(&slack, "Three", Sight::Now).status, 200);
            (sir.state(), sir.take_events(), slack.state())
        };
        assert_eq!(run(), run());
    }

    #[test]
    fn an_operation_is_answered_as_over_http_and_at_most_five_times_a_second() {
        let clock = ServiceClock::standing(BEGIN);
        let sir = SirStandin::within(Endpoint::new("https://security-ir.within", &clock));
        sir.set_order(Order::OldestFirst);
        sir.set_page(1);
        let case = sir.aws_creates_case("One");
        for body in ["first", "second"] {
            sir.aws_comments(&case, "AWS Responder", body).unwrap();
        }
        let page = sir.ask("ListComments", members(json!({ "caseId": case })), Sight::Now).unwrap();
        assert_eq!((&page["items"][0]["body"], &page["total"]), (&json!("first"), &json!(2)));
        assert!(page["nextToken"].is_string(), "a page is as small as the service wants");
        let get = || sir.ask("GetCase", members(json!({ "caseId": case })), Sight::Now);
        let answers: Vec<bool> = (0..6).map(|_| get().is_ok()).collect();
        assert_eq!(answers, [true, true, true, true, true, false]);
        assert_eq!(get().unwrap_err().name, "ThrottlingException");
        clock.set(BEGIN + 1_000);
        assert!(get().is_ok());
        let unknown = sir.ask("ListComments", members(json!({ "caseId": case, "x": 1 })), Sight::Now);
        assert_eq!(unknown.unwrap_err().name, "ValidationException");
    }

    #[test]
    fn a_read_can_be_seconds_old_and_what_is_not_kept_is_counted_all_the_same() {
        let clock = ServiceClock::standing(BEGIN);
        let slack = SlackStandin::within(Endpoint::new("https://slack.within", &clock));
        slack.enforce(Pace::Steady);
        slack.remember_the_past();
        clock.set(BEGIN + 10_000);
        assert_eq!(post(&slack, "one", Sight::Now).status, 200);
        let history = |sight| {
            let channel = slack.security();
            let form = [("channel", channel.as_str())];
            let request = Request::form(format!("{}/api/conversations.history", slack.url()), &form);
            let answer = slack.answer(&request.bearer(&Secret::new(slack.token())), sight);
            answer.value().unwrap()["messages"].as_array().unwrap().len()
        };
        assert_eq!([history(Sight::Now), history(Sight::AsOf(BEGIN + 9_999))], [1, 0]);
        clock.set(BEGIN + 11_000);
        assert_eq!((post(&slack, "lost", Sight::Unkept).status, history(Sight::Now)), (200, 1));
        let early = post(&slack, "early", Sight::Now);
        assert_eq!((early.status, early.retry_after.as_deref()), (429, Some("1")));
    }

    #[test]
    fn slack_takes_a_burst_of_posts_and_twenty_topics_a_minute() {
        let clock = ServiceClock::standing(BEGIN);
        let slack = SlackStandin::within(Endpoint::new("https://slack.within", &clock));
        slack.grant("channels:manage");
        let posted: Vec<u16> = (0..26).map(|_| post(&slack, "x", Sight::Now).status).collect();
        assert_eq!((posted[24], posted[25]), (200, 429));
        let topic = || {
            let body = json!({ "channel": slack.security(), "topic": "x" });
            let url = format!("{}/api/conversations.setTopic", slack.url());
            let request = Request::json(Method::POST, url, &body).bearer(&Secret::new(slack.token()));
            slack.answer(&request, Sight::Now)
        };
        assert!((0..20).all(|_| topic().status == 200));
        clock.set(BEGIN + 30_500);
        assert_eq!((topic().status, topic().retry_after.as_deref()), (429, Some("30")));
    }

    #[test]
    fn jira_keeps_its_budget_and_knows_its_own_errors() {
        let clock = ServiceClock::standing(BEGIN);
        let jira = JiraStandin::within(Endpoint::new("https://jira.within", &clock));
        let (email, token) = jira.credentials();
        let url = format!("{}/rest/api/3/myself", jira.url());
        let request = Request::bare(Method::GET, url).basic(&Secret::new(email), &Secret::new(token));
        let answers: Vec<u16> = (0..101).map(|_| jira.answer(&request, Sight::Now).status).collect();
        assert_eq!((answers[99], answers[100]), (200, 429));
        assert_eq!(jira.refusal("404").status, 404);
    }
}
