//! Calls over the wire, and what Slack makes of them.

use casebridge::case::TeamId;
use casebridge::case::{ChannelId, Ts, UserId};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};

use super::{
    super::{FaultRule, SignedRequest, http},
    workspace::{ANA, BO},
    *,
};

async fn call(slack: &SlackStandin, method: &str, body: Value) -> Value {
    let request = http()
        .post(format!("{}/api/{method}", slack.url()))
        .bearer_auth(slack.token())
        .header("content-type", "application/json; charset=utf-8")
        .body(body.to_string());
    request.send().await.unwrap().json().await.unwrap()
}

async fn form(slack: &SlackStandin, method: &str, fields: &[(&str, &str)]) -> Value {
    let request = http()
        .post(format!("{}/api/{method}", slack.url()))
        .bearer_auth(slack.token())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(serde_urlencoded::to_string(fields).unwrap());
    request.send().await.unwrap().json().await.unwrap()
}

async fn post(slack: &SlackStandin, more: Value) -> Value {
    let mut body = json!({ "channel": slack.security(), "text": "hello" });
    more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
    call(slack, "chat.postMessage", body).await
}

fn ts(answer: &Value) -> String {
    answer["ts"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

fn error(answer: &Value) -> &str {
    assert_eq!(answer["ok"], false, "{answer}");
    answer["error"].as_str().unwrap()
}

fn section(length: usize) -> Value {
    json!([{ "type": "section", "text": { "type": "mrkdwn", "text": "x".repeat(length) } }])
}

#[tokio::test]
async fn messages_are_posted_answered_changed_and_deleted() {
    let slack = SlackStandin::start().await.unwrap();
    let channel = slack.security();
    let parent =
        ts(&post(&slack, json!({ "metadata": { "event_type": "case", "event_payload": { "key": "k" } } }))
            .await);
    let reply = ts(&post(&slack, json!({ "thread_ts": parent, "blocks": section(5) })).await);
    assert_eq!(slack.thread(&channel, &Ts::new(&parent)).len(), 2);
    assert_eq!(slack.message(&channel, &Ts::new(&parent)).unwrap()["reply_count"], 1);
    let read = |all: &'static str| {
        let (channel, parent) = (channel.clone(), parent.clone());
        let slack = slack.clone();
        async move {
            let fields =
                [("channel", channel.as_str()), ("ts", parent.as_str()), ("include_all_metadata", all)];
            form(&slack, "conversations.replies", &fields).await
        }
    };
    let thread = read("true").await;
    assert_eq!(thread["messages"][0]["metadata"]["event_payload"]["key"], "k");
    assert_eq!(thread["messages"][1]["ts"], reply.as_str());
    assert!(read("false").await["messages"][0]["metadata"].is_null());
    let history = form(&slack, "conversations.history", &[("channel", channel.as_str())]).await;
    assert_eq!(history["messages"].as_array().unwrap().len(), 1, "replies are not in the history");
    let updated =
        call(&slack, "chat.update", json!({ "channel": channel, "ts": reply, "text": "changed" })).await;
    assert!(updated["message"]["blocks"].is_null(), "text alone takes the blocks away");
    call(&slack, "chat.update", json!({ "channel": channel, "ts": parent, "text": "x" })).await;
    assert!(
        slack.message(&channel, &Ts::new(&parent)).unwrap()["metadata"].is_object(),
        "omitted metadata is kept"
    );
    call(&slack, "chat.update", json!({ "channel": channel, "ts": parent, "text": "x", "metadata": {} }))
        .await;
    assert!(slack.message(&channel, &Ts::new(&parent)).unwrap()["metadata"].is_null());
    assert_eq!(call(&slack, "chat.delete", json!({ "channel": channel, "ts": parent })).await["ok"], true);
    assert_eq!(slack.message(&channel, &Ts::new(&parent)).unwrap()["subtype"], "tombstone");
    let link =
        form(&slack, "chat.getPermalink", &[("channel", channel.as_str()), ("message_ts", &reply)]).await;
    assert!(link["permalink"].as_str().unwrap().contains(&format!("?thread_ts={parent}")));
}

#[tokio::test]
async fn each_refusal_has_slacks_own_name() {
    let slack = SlackStandin::start().await.unwrap();
    for scope in ["bookmarks:write", "channels:join", "channels:manage", "pins:write"] {
        slack.grant(scope);
    }
    let (security, archived) = (slack.security(), slack.add_channel("old", false, &[UserId::new(ANA)]));
    slack.set_member(&archived, &UserId::new("U024BE7LB"), true);
    slack.archives(&archived, &UserId::new(ANA));
    let (public, private) = (
        slack.add_channel("talk", false, &[UserId::new(ANA)]),
        slack.add_channel("secret", true, &[UserId::new(ANA)]),
    );
    let (said, _) = slack.says(&UserId::new(ANA), &security, "mine", None);
    let own = ts(&post(&slack, json!({})).await);
    for (method, body, wanted) in [
        ("chat.postMessage", json!({ "channel": "C0NOTHING1", "text": "x" }), "channel_not_found"),
        ("chat.postMessage", json!({ "channel": private, "text": "x" }), "channel_not_found"),
        ("chat.postMessage", json!({ "channel": public, "text": "x" }), "not_in_channel"),
        ("chat.postMessage", json!({ "channel": archived, "text": "x" }), "is_archived"),
        ("chat.postMessage", json!({ "channel": security }), "no_text"),
        ("chat.postMessage", json!({ "channel": security, "text": "x", "colour": 1 }), "invalid_arguments"),
        ("chat.postMessage", json!({ "text": "x" }), "invalid_arguments"),
        ("chat.postMessage", json!({ "channel": security, "blocks": section(3001) }), "invalid_blocks"),
        ("chat.postMessage", json!({ "channel": security, "blocks": "[]" }), "invalid_blocks_format"),
        (
            "chat.postMessage",
            json!({ "channel": security, "text": "x", "metadata": { "event_type": "x" } }),
            "invalid_metadata_format",
        ),
        ("chat.update", json!({ "channel": security, "ts": own, "text": "x".repeat(4001) }), "msg_too_long"),
        ("chat.update", json!({ "channel": security, "ts": said, "text": "x" }), "cant_update_message"),
        ("chat.update", json!({ "channel": security, "ts": "1.000001", "text": "x" }), "message_not_found"),
        ("chat.delete", json!({ "channel": security, "ts": said }), "cant_delete_message"),
        (
            "chat.postEphemeral",
            json!({ "channel": security, "user": "U0NOBODY1", "text": "x" }),
            "user_not_in_channel",
        ),
        ("conversations.create", json!({ "name": "security" }), "name_taken"),
        ("conversations.create", json!({ "name": "Not Good" }), "invalid_name_specials"),
        ("conversations.create", json!({ "name": "x".repeat(81) }), "invalid_name_maxlength"),
        ("conversations.archive", json!({ "channel": archived }), "already_archived"),
        (
            "bookmarks.edit",
            json!({ "channel_id": security, "bookmark_id": "B9", "link": "https://example.com" }),
            "not_found",
        ),
        ("conversations.invite", json!({ "channel": security, "users": ANA }), "already_in_channel"),
        ("conversations.invite", json!({ "channel": security, "users": "U0NOBODY1" }), "user_not_found"),
        ("conversations.setTopic", json!({ "channel": security, "topic": "x".repeat(251) }), "too_long"),
        ("conversations.join", json!({ "channel": private }), "channel_not_found"),
        ("users.lookupByEmail", json!({ "email": "ana@example.com" }), "invalid_arguments"),
        ("pins.add", json!({ "channel": security, "timestamp": "1.000001" }), "message_not_found"),
        ("chat.dance", json!({}), "unknown_method"),
    ] {
        let answer = call(&slack, method, body.clone()).await;
        assert_eq!(error(&answer), wanted, "{method} {body}");
    }
}

#[tokio::test]
async fn too_long_is_named_cut_or_refused() {
    let slack = SlackStandin::start().await.unwrap();
    let many: Value = (0..5).flat_map(|_| section(3000).as_array().unwrap().clone()).collect();
    assert_eq!(error(&post(&slack, json!({ "blocks": many })).await), "msg_blocks_too_long");
    let bad = post(&slack, json!({ "blocks": section(3001) })).await;
    assert_eq!(
        bad["response_metadata"]["messages"][0],
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    );
    let long = post(&slack, json!({ "text": "x".repeat(50_000) })).await;
    assert_eq!(long["message"]["text"].as_str().unwrap().len(), 40_000);
}

#[tokio::test]
async fn tokens_scopes_and_content_types_are_checked() {
    let slack = SlackStandin::start().await.unwrap();
    let url = format!("{}/api/auth.test", slack.url());
    let ask = async |token: Option<&str>| -> Value {
        let request = http().post(&url);
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        request.send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(error(&ask(None).await), "not_authed");
    assert_eq!(error(&ask(Some("xoxb-other")).await), "invalid_auth");
    assert_eq!(ask(Some("xoxb-stand-in")).await["bot_id"], slack.app().1);
    slack.revoke("chat:write");
    let refused = post(&slack, json!({})).await;
    assert_eq!((error(&refused), refused["needed"].as_str()), ("missing_scope", Some("chat:write")));
    assert!(!refused["provided"].as_str().unwrap().contains("chat:write"));
    slack.grant("chat:write");
    let bare = http().post(format!("{}/api/chat.postMessage", slack.url())).bearer_auth(slack.token());
    let bare = bare.json(&json!({ "channel": slack.security(), "text": "x" })).send().await.unwrap();
    assert_eq!(bare.json::<Value>().await.unwrap()["warning"], "missing_charset");
    let found = form(&slack, "users.lookupByEmail", &[("email", "ANA@example.com")]).await;
    assert_eq!(found["user"]["id"], ANA);
    assert_eq!(
        error(&form(&slack, "users.lookupByEmail", &[("email", "no@example.com")]).await),
        "users_not_found"
    );
    let posted = form(
        &slack,
        "chat.postMessage",
        &[("channel", slack.security().as_str()), ("blocks", &section(3).to_string())],
    )
    .await;
    assert_eq!(posted["ok"], true, "forms carry blocks as JSON text");
}

#[tokio::test]
async fn channels_are_made_filled_and_listed() {
    let slack = SlackStandin::start().await.unwrap();
    slack.grant("bookmarks:write");
    slack.grant("pins:write");
    let made = call(&slack, "conversations.create", json!({ "name": "sir-1", "is_private": true })).await;
    let id = made["channel"]["id"].as_str().unwrap().to_owned();
    let users = format!("{ANA},{BO}");
    assert_eq!(
        call(&slack, "conversations.invite", json!({ "channel": id, "users": users })).await["ok"],
        true
    );
    call(&slack, "conversations.setTopic", json!({ "channel": id, "topic": "Case 1" })).await;
    assert_eq!(slack.channel(&ChannelId::new(&id)).unwrap()["topic"]["value"], "Case 1");
    let first = form(&slack, "conversations.members", &[("channel", &id), ("limit", "2")]).await;
    let cursor = first["response_metadata"]["next_cursor"].as_str().unwrap();
    let rest = form(&slack, "conversations.members", &[("channel", &id), ("cursor", cursor)]).await;
    assert_eq!(rest["members"].as_array().unwrap().len(), 1);
    let types = [("types", "public_channel,private_channel")];
    assert_eq!(form(&slack, "conversations.list", &types).await["channels"].as_array().unwrap().len(), 2);
    let bookmark =
        json!({ "channel_id": id, "title": "Case", "type": "link", "link": "https://example.com" });
    assert_eq!(call(&slack, "bookmarks.add", bookmark).await["ok"], true);
    let said = ts(&call(&slack, "chat.postMessage", json!({ "channel": id, "text": "x" })).await);
    for (wanted, method, body) in [
        (Value::Null, "pins.add", json!({ "channel": id, "timestamp": said })),
        (json!("already_pinned"), "pins.add", json!({ "channel": id, "timestamp": said })),
        (Value::Null, "reactions.add", json!({ "channel": id, "timestamp": said, "name": "eyes" })),
        (
            json!("already_reacted"),
            "reactions.add",
            json!({ "channel": id, "timestamp": said, "name": "eyes" }),
        ),
        (Value::Null, "conversations.archive", json!({ "channel": id })),
        (json!("is_archived"), "chat.postMessage", json!({ "channel": id, "text": "x" })),
    ] {
        assert_eq!(call(&slack, method, body).await["error"], wanted, "{method}");
    }
    let group = slack.add_group("red", &[UserId::new(ANA)]);
    assert_eq!(form(&slack, "usergroups.users.list", &[("usergroup", &group)]).await["users"], json!([ANA]));
    assert_eq!(
        form(&slack, "users.info", &[("user", slack.add_guest("g", "g@x.yz").as_str())]).await["user"]["is_restricted"],
        true
    );
}

#[tokio::test]
async fn posts_faster_than_one_a_second_are_counted_and_refused_when_told() {
    let slack = SlackStandin::start().await.unwrap();
    post(&slack, json!({})).await;
    post(&slack, json!({})).await;
    assert_eq!(slack.too_fast(&slack.security()), 1);
    slack.enforce_pace(true);
    let answer = http().post(format!("{}/api/chat.postMessage", slack.url())).bearer_auth(slack.token());
    let answer = answer.json(&json!({ "channel": slack.security(), "text": "x" })).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "1"));
    slack.advance(Duration::from_secs(1));
    assert_eq!(post(&slack, json!({})).await["ok"], true);
}

fn signature_fits(slack: &SlackStandin, delivery: &SignedRequest) -> bool {
    let at = delivery.header("x-slack-request-timestamp").unwrap();
    let mac = Hmac::<sha2::Sha256>::new_from_slice(slack.signing_secret().as_bytes()).unwrap();
    let base = [b"v0:", at.as_bytes(), b":", &delivery.body].concat();
    let wanted = super::super::server::hex(&mac.chain_update(base).finalize().into_bytes());
    delivery.header("x-slack-signature") == Some(&format!("v0={wanted}"))
}

fn fields(delivery: &SignedRequest) -> Value {
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&delivery.body).unwrap();
    fields
        .into_iter()
        .map(|(name, value)| (name, Value::from(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn payload(delivery: &SignedRequest) -> Value {
    serde_json::from_str(fields(delivery)["payload"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_response_url_is_good_for_five_uses_in_half_an_hour() {
    let slack = SlackStandin::start().await.unwrap();
    let command = slack.types(&UserId::new(ANA), &slack.security(), "/sir", "show 1 + 1");
    assert!(signature_fits(&slack, &command));
    assert_eq!(fields(&command)["text"], "show 1 + 1");
    let url = fields(&command)["response_url"].as_str().unwrap().to_owned();
    let answer =
        async |url: &str, body: Value| http().post(url).json(&body).send().await.unwrap().status().as_u16();
    assert_eq!(answer(&url, json!({ "text": "for you" })).await, 200);
    assert_eq!(slack.ephemerals(&UserId::new(ANA))[0]["text"], "for you");
    assert_eq!(answer(&url, json!({ "text": "for all", "response_type": "in_channel" })).await, 200);
    assert_eq!(slack.messages(&slack.security())[0]["subtype"], "bot_message");
    assert_eq!(answer(&url, json!({ "blocks": section(3001) })).await, 400);
    assert_eq!(answer(&url, json!({ "colour": 1 })).await, 400);
    assert_eq!(answer(&url, json!({ "text": "five" })).await, 200);
    assert_eq!(answer(&url, json!({ "text": "six" })).await, 404);
    let late = fields(&slack.types(&UserId::new(ANA), &slack.security(), "/sir", ""))["response_url"]
        .as_str()
        .unwrap()
        .to_owned();
    slack.advance(Duration::from_secs(30 * 60 + 1));
    assert_eq!(answer(&late, json!({ "text": "late" })).await, 404);
    assert_eq!(answer(&format!("{}/commands/T/1/x", slack.url()), json!({ "text": "x" })).await, 404);
}

fn modal(more: Value) -> Value {
    let mut view = json!({ "type": "modal", "title": { "type": "plain_text", "text": "New" },
        "submit": { "type": "plain_text", "text": "Go" }, "blocks": [{ "type": "input", "block_id": "t",
            "label": { "type": "plain_text", "text": "Title" }, "element": { "type": "plain_text_input", "action_id": "v" } }] });
    more.as_object().unwrap().iter().for_each(|(name, value)| view[name] = value.clone());
    view
}

#[tokio::test]
async fn a_modal_opens_by_a_fresh_trigger_once() {
    let slack = SlackStandin::start().await.unwrap();
    let trigger = || {
        fields(&slack.types(&UserId::new(ANA), &slack.security(), "/sir", ""))["trigger_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let open = async |trigger: &str, view: Value| {
        call(&slack, "views.open", json!({ "trigger_id": trigger, "view": view })).await
    };
    let first = trigger();
    let opened = open(&first, modal(json!({ "external_id": "e1" }))).await;
    let (id, hash) = (opened["view"]["id"].as_str().unwrap(), opened["view"]["hash"].clone());
    assert_eq!(error(&open(&first, modal(json!({}))).await), "exchanged_trigger_id");
    let late = trigger();
    slack.advance(Duration::from_millis(3001));
    assert_eq!(error(&open(&late, modal(json!({}))).await), "expired_trigger_id");
    assert_eq!(error(&open("1.2.3", modal(json!({}))).await), "invalid_trigger_id");
    for bad in [
        json!({ "title": { "type": "plain_text", "text": "x".repeat(25) } }),
        json!({ "submit": null }),
        json!({ "private_metadata": "x".repeat(3001) }),
        json!({ "colour": "red" }),
        json!({ "type": "home" }),
    ] {
        assert_eq!(error(&open(&trigger(), modal(bad.clone())).await), "invalid_arguments", "{bad}");
    }
    let update = async |more: Value| {
        let mut body = json!({ "view": modal(json!({})) });
        more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
        call(&slack, "views.update", body).await
    };
    assert_eq!(error(&update(json!({ "view_id": id, "hash": "stale" })).await), "hash_conflict");
    assert_eq!(error(&update(json!({ "view_id": "V0NOTHING" })).await), "not_found");
    assert_eq!(update(json!({ "external_id": "e1", "hash": hash })).await["ok"], true);
    let sent = slack
        .submits(
            &UserId::new(ANA),
            id,
            &json!({ "t": { "v": { "type": "plain_text_input", "value": "Leak" } } }),
        )
        .unwrap();
    assert!(signature_fits(&slack, &sent));
    assert_eq!(payload(&sent)["view"]["state"]["values"]["t"]["v"]["value"], "Leak");
    let home = json!({ "user_id": ANA, "view": { "type": "home", "blocks": section(5) } });
    assert_eq!(call(&slack, "views.publish", home).await["ok"], true);
    assert!(slack.home(&UserId::new(ANA)).is_some());
}

#[tokio::test]
async fn buttons_in_messages_can_be_clicked_and_their_answers_replace() {
    let slack = SlackStandin::start().await.unwrap();
    let channel = slack.security();
    let blocks = json!([{ "type": "actions", "block_id": "a", "elements": [{ "type": "button", "action_id": "close",
        "value": "7000000001", "text": { "type": "plain_text", "text": "Close" } }] }]);
    let sent = ts(&post(&slack, json!({ "blocks": blocks })).await);
    let click = slack.clicks(&UserId::new(BO), &channel, &Ts::new(&sent), "close", &Value::Null).unwrap();
    let body = payload(&click);
    assert_eq!(body["actions"][0]["value"], "7000000001");
    assert_eq!((&body["user"]["id"], &body["container"]["message_ts"]), (&json!(BO), &json!(sent)));
    let url = body["response_url"].as_str().unwrap();
    let answer = json!({ "replace_original": true, "text": "done" });
    assert_eq!(http().post(url).json(&answer).send().await.unwrap().status(), 200);
    assert_eq!(slack.message(&channel, &Ts::new(&sent)).unwrap()["text"], "done");
    assert!(
        slack.clicks(&UserId::new(BO), &channel, &Ts::new(&sent), "close", &Value::Null).is_err(),
        "the button is gone"
    );
}

#[tokio::test]
async fn what_people_do_arrives_as_signed_events() {
    let slack = SlackStandin::start().await.unwrap();
    let channel = slack.security();
    let parent = ts(&post(&slack, json!({})).await);
    let bot = slack.app().2;
    let (said, mut sent) =
        slack.says(&UserId::new(ANA), &channel, &format!("<@{bot}> status"), Some(&Ts::new(&parent)));
    let (file, _, shared) =
        slack.shares(&UserId::new(ANA), &channel, ("a.txt", "text/plain"), "hello", Some(&Ts::new(&parent)));
    sent.push(shared);
    sent.push(slack.edits(&UserId::new(ANA), &channel, &said, "changed").unwrap());
    sent.push(slack.deletes(&channel, &said).unwrap());
    sent.push(slack.archives(&channel, &UserId::new(ANA)));
    sent.push(slack.opens_home(&UserId::new(ANA)));
    assert!(sent.iter().all(|delivery| signature_fits(&slack, delivery)));
    let events: Vec<Value> = sent
        .iter()
        .map(|delivery| serde_json::from_slice::<Value>(&delivery.body).unwrap()["event"].clone())
        .collect();
    let kinds: Vec<&str> =
        events.iter().map(|event| event["subtype"].as_str().or(event["type"].as_str()).unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "message",
            "app_mention",
            "file_share",
            "message_changed",
            "message_deleted",
            "channel_archive",
            "app_home_opened"
        ]
    );
    assert_eq!(events[0]["thread_ts"], parent.as_str());
    assert_eq!(events[2]["files"][0]["id"], file.as_str());
    let info = form(&slack, "files.info", &[("file", &file)]).await;
    let url = info["file"]["url_private_download"].as_str().unwrap();
    let with = http().get(url).bearer_auth(slack.token()).send().await.unwrap();
    assert_eq!(with.text().await.unwrap(), "hello");
    let without = http().get(url).send().await.unwrap();
    assert_eq!(without.status(), 200);
    assert!(without.text().await.unwrap().starts_with("<!DOCTYPE html>"), "a login page");
    let challenge = slack.verifies_url("abc");
    assert!(String::from_utf8_lossy(&challenge.body).contains("url_verification"));
}

#[tokio::test]
async fn text_that_became_live_is_found() {
    let slack = SlackStandin::start().await.unwrap();
    post(&slack, json!({ "text": "safe", "parse": "none" })).await;
    assert_eq!(slack.live(&slack.security()), []);
    post(&slack, json!({ "text": "<!channel> https://evil.example" })).await;
    let kinds: Vec<&str> = slack.live(&slack.security()).iter().map(|live| live.kind).collect();
    assert_eq!(kinds, ["channel", "link"]);
}

#[tokio::test]
async fn an_ok_that_was_never_stored_can_be_had() {
    let slack = SlackStandin::start().await.unwrap();
    slack.fault(FaultRule::on("chat.postMessage").once().never_stored());
    let lost = ts(&post(&slack, json!({})).await);
    assert_eq!(slack.messages(&slack.security()), [Value::Null; 0]);
    let kept = ts(&post(&slack, json!({})).await);
    assert_ne!(lost, kept, "no timestamp is given twice");
    slack.fault(FaultRule::on("chat.postMessage").once().error("internal_error"));
    assert_eq!(error(&post(&slack, json!({})).await), "internal_error");
}

#[tokio::test]
async fn other_processes_do_the_same_by_http() {
    let slack = SlackStandin::start().await.unwrap();
    post(&slack, json!({ "text": "a &amp; b" })).await;
    let http = http();
    let url = |path: &str| format!("{}/_control/{path}", slack.url());
    let shown: Value =
        reqwest::get(url(&format!("shown/{}", slack.security()))).await.unwrap().json().await.unwrap();
    assert_eq!(shown["lines"], json!(["a & b"]));
    let command = json!({ "user": ANA, "channel": slack.security(), "command": "/sir", "text": "list" });
    let sent: Value = http.post(url("commands")).json(&command).send().await.unwrap().json().await.unwrap();
    assert_eq!(sent["path"], "/slack/commands");
    assert!(sent["body"].as_str().unwrap().contains("text=list"));
    let said = json!({ "user": ANA, "channel": slack.security(), "text": "hi" });
    let said: Value = http.post(url("messages")).json(&said).send().await.unwrap().json().await.unwrap();
    assert_eq!(said["deliveries"].as_array().unwrap().len(), 1);
    assert_eq!(slack.state()["channels"][slack.security().as_str()]["messages"].as_array().unwrap().len(), 2);
    for (sharing, status, shared) in [("connected", 200, true), ("nobody", 400, true), ("ours", 200, false)] {
        let asked = json!({ "channel": slack.security(), "sharing": sharing });
        assert_eq!(http.put(url("sharing")).json(&asked).send().await.unwrap().status(), status, "{sharing}");
        assert_eq!(slack.channel(&slack.security()).unwrap()["is_ext_shared"], shared, "{sharing}");
    }
    let names = json!({ "team": "T06CASEBRDG", "channel": "C06SIRCASES" });
    assert_eq!(http.put(url("workspace")).json(&names).send().await.unwrap().status(), 200);
    assert_eq!(
        (slack.security(), slack.app().3),
        (ChannelId::new("C06SIRCASES"), TeamId::new("T06CASEBRDG"))
    );
    assert_eq!(post(&slack, json!({ "text": "c" })).await["ok"], true);
}
