//! May this call to the Web API be made, and with which arguments?

use serde_json::{Map, Value, json};

use super::{
    super::{
        exchange::{WireRequest, WireResponse},
        shape::{Shape, misfits},
    },
    methods::{Method, find},
    pace,
    state::{Args, Workspace},
    trouble::{MethodOutput, SlackRefusal, describe, no},
};

pub(super) fn answer(state: &mut Workspace, asked: &WireRequest, name: &str) -> WireResponse {
    let request_id = format!("stand-in-{}", state.next());
    let provided = state.settings.scopes.iter().cloned().collect::<Vec<_>>().join(",");
    let needed = find(name).map(|method| method.scopes[0].join(",")).unwrap_or_default();
    let answer = match perform(state, asked, name) {
        Ok(output) => {
            let mut body = json!({ "ok": true });
            output.into_iter().for_each(|(name, value)| body[name] = value);
            if missing_charset(asked) {
                body["warning"] = "missing_charset".into();
                body["response_metadata"]["warnings"] = json!(["missing_charset"]);
            }
            WireResponse::text(200, "application/json; charset=utf-8", body.to_string())
        }
        Err(trouble) => trouble.answer(),
    };
    answer
        .with("date", &state.clock.http_date())
        .with("x-slack-req-id", &request_id)
        .with("x-oauth-scopes", &provided)
        .with("x-accepted-oauth-scopes", &needed)
}

fn missing_charset(asked: &WireRequest) -> bool {
    is_json(asked) && !asked.content_type().to_ascii_lowercase().contains("charset")
}

fn is_json(asked: &WireRequest) -> bool {
    asked.content_type().starts_with("application/json")
}

fn perform(state: &mut Workspace, asked: &WireRequest, name: &str) -> MethodOutput {
    let method =
        find(name).ok_or_else(|| SlackRefusal::with("unknown_method", json!({ "req_method": name })))?;
    authorize(state, asked)?;
    let args = Args(arguments(method, asked)?);
    let found: Vec<String> = misfits(&Shape::Object(method.fields), &Value::Object(args.0.clone()), "")
        .iter()
        .map(describe)
        .collect();
    if !found.is_empty() {
        return Err(SlackRefusal::because("invalid_arguments", &found));
    }
    permit(state, method, &args)?;
    pace::call(state, name)?;
    (method.work)(state, &args)
}

fn authorize(state: &Workspace, asked: &WireRequest) -> Result<(), SlackRefusal> {
    match asked.header("authorization").map(|header| header.strip_prefix("Bearer ")) {
        None => Err(no("not_authed")),
        Some(Some(token)) if token == state.settings.token => Ok(()),
        Some(_) => Err(no("invalid_auth")),
    }
}

/// The arguments of a JSON body, or of a form and the query.
fn arguments(method: &Method, asked: &WireRequest) -> Result<Map<String, Value>, SlackRefusal> {
    if is_json(asked) && !asked.body.is_empty() {
        if !method.json {
            let why = "this method takes application/x-www-form-urlencoded arguments".to_owned();
            return Err(SlackRefusal::because("invalid_arguments", &[why]));
        }
        return match asked.json() {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_) => Err(no("json_not_object")),
            Err(_) => Err(no("invalid_json")),
        };
    }
    let known = ["application/x-www-form-urlencoded", "multipart/form-data", ""];
    let content_type = asked.content_type().split(';').next().unwrap_or_default();
    if !known.contains(&content_type) {
        return Err(no("invalid_post_type"));
    }
    let typed = |(name, value): (String, String)| {
        let field = method.fields.iter().find(|field| field.name == name);
        let value = field.map_or_else(|| value.clone().into(), |field| typed(&field.kind, &value));
        (name, value)
    };
    Ok(asked.query.iter().cloned().chain(asked.form()).map(typed).collect())
}

/// A form's text as the JSON that the argument wants.
fn typed(kind: &Shape, text: &str) -> Value {
    let plain = || Value::from(text);
    match kind {
        Shape::Text { .. } | Shape::OneOf(_) => plain(),
        Shape::Flag => match text {
            "true" | "1" => true.into(),
            "false" | "0" => false.into(),
            _ => plain(),
        },
        Shape::Number
        | Shape::Whole { .. }
        | Shape::List { .. }
        | Shape::Object(_)
        | Shape::Tagged(_)
        | Shape::Texts { .. }
        | Shape::AnyObject
        | Shape::Any => serde_json::from_str(text).unwrap_or_else(|_| plain()),
    }
}

/// Checks the method's scopes: for a private channel others than for a public one.
fn permit(state: &Workspace, method: &Method, args: &Args) -> Result<(), SlackRefusal> {
    let channel = state.channels.get(&args.channel());
    let private = channel.is_some_and(super::state::Channel::is_private)
        || args.flag("is_private")
        || args.text("types").contains("private_channel");
    let wanted = method.scopes[usize::from(private)];
    let scopes = &state.settings.scopes;
    if wanted.is_empty() || wanted.iter().any(|scope| scopes.contains(*scope)) {
        return Ok(());
    }
    let provided = scopes.iter().cloned().collect::<Vec<_>>().join(",");
    Err(SlackRefusal::with("missing_scope", json!({ "needed": wanted[0], "provided": provided })))
}
