//! How do other processes do what AWS does?

use bytes::Bytes;
use casebridge::case::{AttachmentId, CaseId, CommentId, MembershipId};
use serde_json::{Value, json};

use super::{
    super::exchange::{WireRequest, WireResponse},
    Order,
    attachments::{self, Announced, CaseFile},
    aws_side::{change, create, whole},
    cases,
    comments::{self, CommentPlace},
    errors::SirRefusal,
    investigations, membership,
    state::{Principal, Scan, SirAccount},
};

pub(super) fn answer(state: &mut SirAccount, asked: &WireRequest) -> Option<WireResponse> {
    let (parts, body) = asked.order();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let case = || CaseId::new(parts.get(1).copied().unwrap_or_default());
    let by = || Principal::from(text("by").as_str());
    let done = match (asked.method.as_str(), &parts[..]) {
        ("GET", ["state"]) => Ok(whole(state)),
        ("GET", ["events"]) => Ok(json!(state.outbox)),
        ("DELETE", ["events"]) => Ok(json!(std::mem::take(&mut state.outbox))),
        ("POST", ["cases"]) => create(state, &body).map(|id| json!({ "caseId": id })),
        ("PUT", ["cases", _]) => change(state, &case(), &body).map(|()| json!({})),
        ("POST", ["cases", _, "close"]) => {
            cases::shut(state, &case(), body["closureCode"].as_str(), &Principal::RESPONDER)
        }
        ("POST", ["cases", _, "comments"]) => {
            comments::add(state, &case(), &text("body"), &by()).map(|id| json!({ "commentId": id }))
        }
        ("PUT", ["cases", _, "comments", comment]) => {
            let place = CommentPlace { case: case(), comment: CommentId::new(*comment) };
            comments::edit(state, &place, &text("body"), &by()).map(|()| json!({}))
        }
        ("POST", ["cases", _, "investigations"]) => {
            investigations::put(state, &case(), &body).map(|id| json!({ "investigationId": id }))
        }
        ("POST", ["cases", _, "attachments"]) => {
            let (name, bytes) = (text("fileName"), Bytes::from(text("text")));
            let announced = Announced { case: case(), name, length: bytes.len() as u64 };
            attachments::place(state, &announced, bytes, &Principal::RESPONDER)
                .map(|id| json!({ "attachmentId": id }))
        }
        ("PUT", ["cases", _, "attachments", attachment]) => {
            let file = CaseFile { case: case(), attachment: AttachmentId::new(*attachment) };
            match Scan::named(&text("attachmentStatus")) {
                Some(scan) => {
                    attachments::set_status(state, &file, scan);
                    Ok(json!({}))
                }
                None => Err(SirRefusal::field("attachmentStatus", "There is no such status.")),
            }
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
            ("principal", Some(principal)) => settings.principal = Principal::Customer(principal.to_owned()),
            ("verdict", Some(verdict)) if let Some(scan) = Scan::named(verdict) => settings.verdict = scan,
            ("files", Some(base)) => settings.files = base.trim_end_matches('/').to_owned(),
            ("enforceRates", None) => settings.enforce_rates = value == true,
            ("nextCase", Some(id)) if state.cases.contains_key(&CaseId::new(id)) => {
                return Err(SirRefusal::field(name, "There is such a case."));
            }
            ("nextCase", Some(id)) => settings.next_case = Some(CaseId::new(id)),
            ("membership", Some(id)) => membership::renamed(&mut state.memberships, &MembershipId::new(id)),
            _ => return Err(SirRefusal::field(name, "The stand-in has no such setting or value.")),
        }
    }
    Ok(())
}
