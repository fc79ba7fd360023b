//! How do other processes do what people do in Jira?

use casebridge::case::AccountId;
use serde_json::{Value, json};

use super::{
    super::{
        SignedRequest,
        exchange::{WireRequest, WireResponse},
    },
    adf, comments, create, issues,
    refused::{JiraRefusal, message},
    site::whole,
    state::{Required, Site},
    transitions,
};

pub(super) fn answer(state: &mut Site, asked: &WireRequest) -> Option<WireResponse> {
    let (parts, body) = asked.order();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let by = AccountId::new(text("by"));
    let done: Result<Value, JiraRefusal> = match (asked.method.as_str(), &parts[..]) {
        ("GET", ["state"]) => Ok(whole(state)),
        ("DELETE", ["webhooks"]) => {
            let sent: Vec<Value> =
                std::mem::take(&mut state.webhooks).iter().map(SignedRequest::to_json).collect();
            Ok(json!(sent))
        }
        ("POST", ["issues"]) => {
            create::by_person(state, &text("summary"), &by).map(|key| json!({ "key": key }))
        }
        ("POST", ["issues", key, "comments"]) => {
            let draft = json!({ "body": adf::paragraph(&text("text")), "visibility": body["visibility"],
                "properties": body["properties"].as_array().cloned().unwrap_or_default() });
            comments::Draft::read(&draft).and_then(|draft| comments::add(state, key, &draft, &by))
        }
        ("DELETE", ["issues", key, "comments", id]) => comments::remove(state, key, id).map(|()| json!({})),
        ("PUT", ["issues", key, "status"]) => match state.status(&text("status")) {
            Some(to) => transitions::place(state, key, &to, &by).map(|()| json!({})),
            None => Err(message(400, "no such status")),
        },
        ("PUT", ["issues", key]) => {
            let fields = body["fields"].as_object().cloned().unwrap_or_default();
            issues::change(state, key, fields, &by).map(|()| json!({}))
        }
        ("PUT", ["issues", key, "required"]) => {
            let (status, field, in_words) = (text("status"), text("field"), body["inWords"] == true);
            state.required.push(Required { key: (*key).to_owned(), status, field, in_words });
            Ok(json!({}))
        }
        ("DELETE", ["required"]) => {
            state.required.clear();
            Ok(json!({}))
        }
        ("PUT", ["issues", key, "links"]) => {
            state.allow_links(key, body["allowed"] == true);
            Ok(json!({}))
        }
        ("DELETE", ["issues", key]) => issues::remove(state, key, &by).map(|()| json!({})),
        ("PUT", ["rights"]) => {
            state.permit(&text("name"), body["allowed"] == true);
            Ok(json!({}))
        }
        ("PUT", ["settings"]) => {
            state.count_from(body["nextIssue"].as_u64().unwrap_or_default());
            Ok(json!({}))
        }
        ("POST", ["index"]) => {
            state.reindex(true);
            Ok(json!({}))
        }
        _ => return None,
    };
    Some(done.map_or_else(JiraRefusal::answer, |value| WireResponse::json(200, &value)))
}
