//! How do other processes do what AWS does?

use serde_json::{Value, json};

use super::{
    super::exchange::{WireRequest, WireResponse},
    Order, attachments,
    aws_side::{actor, change, create, whole},
    cases, comments,
    errors::SirRefusal,
    investigations, membership,
    state::{Principal, SirAccount},
};

pub(super) fn answer(state: &mut SirAccount, asked: &WireRequest) -> Option<WireResponse> {
    let (parts, body) = asked.order();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let responder = Principal::Aws("AWS Responder");
    let done = match (asked.method.as_str(), &parts[..]) {
        ("GET", ["state"]) => Ok(whole(state)),
        ("GET", ["events"]) => Ok(json!(state.outbox)),
        ("DELETE", ["events"]) => Ok(json!(std::mem::take(&mut state.outbox))),
        ("POST", ["cases"]) => create(state, &body).map(|id| json!({ "caseId": id })),
        ("PUT", ["cases", id]) => change(state, id, &body).map(|()| json!({})),
        ("POST", ["cases", id, "close"]) => cases::shut(state, id, body["closureCode"].as_str(), responder),
        ("POST", ["cases", id, "comments"]) => {
            comments::add(state, id, &text("body"), actor(&text("by"))).map(|id| json!({ "commentId": id }))
        }
        ("PUT", ["cases", id, "comments", comment]) => {
            comments::edit(state, id, comment, &text("body"), actor(&text("by"))).map(|()| json!({}))
        }
        ("POST", ["cases", id, "investigations"]) => {
            investigations::put(state, id, &body).map(|id| json!({ "investigationId": id }))
        }
        ("POST", ["cases", id, "attachments"]) => {
            attachments::place(state, id, &text("fileName"), text("text").into(), responder)
                .map(|id| json!({ "attachmentId": id }))
        }
        ("PUT", ["cases", id, "attachments", attachment]) => {
            attachments::set_status(state, id, attachment, &text("attachmentStatus"));
            Ok(json!({}))
        }
        ("PUT", ["settings"]) => set(state, &body).map(|()| json!({})),
        _ => return None,
    };
    Some(done.map_or_else(|refusal| refusal.answer(), |value| WireResponse::json(200, &value)))
}

fn set(state: &mut SirAccount, body: &Value) -> Result<(), SirRefusal> {
    let settings = &mut state.settings;
    for (name, value) in body.as_object().into_iter().flatten() {
        match (name.as_str(), value.as_str()) {
            ("order", Some("newest first")) => settings.order = Order::NewestFirst,
            ("order", Some("oldest first")) => settings.order = Order::OldestFirst,
            ("order", Some("shuffled")) => settings.order = Order::Shuffled,
            ("principal", Some(principal)) => settings.principal = principal.to_owned(),
            ("verdict", Some("Verified")) => settings.verdict = "Verified",
            ("verdict", Some("Failed")) => settings.verdict = "Failed",
            ("verdict", Some("Pending")) => settings.verdict = "Pending",
            ("files", Some(base)) => settings.files = base.trim_end_matches('/').to_owned(),
            ("enforceRates", None) => settings.enforce_rates = value == true,
            ("nextCase", Some(id)) if state.cases.contains_key(id) => {
                return Err(SirRefusal::field(name, "There is such a case."));
            }
            ("nextCase", Some(id)) => settings.next_case = Some(id.to_owned()),
            ("membership", Some(id)) => membership::renamed(&mut state.memberships, id),
            _ => return Err(SirRefusal::field(name, "The stand-in has no such setting or value.")),
        }
    }
    Ok(())
}
