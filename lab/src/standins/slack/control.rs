//! How do other processes do what people do in Slack?

use casebridge::case::{ChannelId, TeamId, Ts, UserId};
use serde_json::{Value, json};

use super::{
    super::exchange::{WireRequest, WireResponse},
    mrkdwn::shown,
    person::{archives, clicks, deletes, says, types},
    state::Workspace,
    workspace::{grouped, live_of, renamed, share, whole},
};

pub(super) fn answer(state: &mut Workspace, asked: &WireRequest) -> Option<WireResponse> {
    let (parts, body) = asked.order();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (user, channel, ts) =
        (UserId::new(text("user")), ChannelId::new(text("channel")), Ts::new(text("ts")));
    let done: Result<Value, String> = match (asked.method.as_str(), &parts[..]) {
        ("GET", ["state"]) => Ok(whole(state)),
        ("GET", ["shown", id]) => state
            .channels
            .get(&ChannelId::new(*id))
            .map(|channel| json!({ "lines": channel.messages.values().map(|message| shown(message)).collect::<Vec<_>>() }))
            .ok_or_else(|| "no such channel".to_owned()),
        ("GET", ["live", id]) => state
            .channels
            .get(&ChannelId::new(*id))
            .map(|channel| json!(live_of(channel)))
            .ok_or_else(|| "no such channel".to_owned()),
        ("POST", ["commands"]) => {
            Ok(types(state, &user, &channel, &text("command"), &text("text")).to_json())
        }
        ("POST", ["messages"]) => {
            let (ts, sent) = says(state, &user, &channel, &text("text"), body["thread_ts"].as_str().map(Ts::new).as_ref());
            let sent: Vec<Value> = sent.iter().map(super::super::SignedRequest::to_json).collect();
            Ok(json!({ "ts": ts, "deliveries": sent }))
        }
        ("POST", ["clicks"]) => clicks(state, &user, &channel, &ts, &text("action_id"), &body["chosen"])
            .map(|sent| sent.to_json()),
        ("POST", ["deletions"]) => deletes(state, &channel, &ts).map(|sent| sent.to_json()),
        ("PUT", ["sharing"]) => serde_json::from_value(body["sharing"].clone())
            .map(|sharing| {
                share(state, &channel, sharing);
                Value::Null
            })
            .map_err(|error| error.to_string()),
        ("PUT", ["workspace"]) => Ok(renamed(state, &TeamId::new(text("team")), &channel)),
        ("POST", ["groups"]) => Ok(json!({ "id": grouped(state, &text("handle"), &[user]) })),
        ("POST", ["archives"]) => Ok(archives(state, &channel, &user, true).to_json()),
        _ => return None,
    };
    Some(done.map_or_else(
        |error| WireResponse::json(400, &json!({ "ok": false, "error": error })),
        |value| WireResponse::json(200, &value),
    ))
}
