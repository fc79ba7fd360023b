//! How does Slack say yes and no?

use serde_json::{Map, Value, json};

use super::super::{
    exchange::WireResponse,
    shape::{Misfit, Mismatch},
};

/// `ok: false`, with what else Slack says about it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SlackRefusal {
    pub(super) error: String,
    pub(super) more: Map<String, Value>,
    /// `Retry-After`, in seconds.
    pub(super) wait: Option<i64>,
}

/// A method's answer without `ok`.
pub(super) type MethodOutput = Result<Map<String, Value>, SlackRefusal>;

pub(super) fn no(error: &str) -> SlackRefusal {
    SlackRefusal { error: error.to_owned(), more: Map::new(), wait: None }
}

/// The members of a JSON object.
pub(super) fn yes(value: Value) -> MethodOutput {
    match value {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

impl SlackRefusal {
    /// With `response_metadata.messages`, as `[ERROR] …`.
    pub(super) fn because(error: &str, why: &[String]) -> Self {
        let messages: Vec<String> = why.iter().map(|why| format!("[ERROR] {why}")).collect();
        Self::with(error, json!({ "errors": why, "response_metadata": { "messages": messages } }))
    }

    pub(super) fn with(error: &str, more: Value) -> Self {
        let more = more.as_object().cloned().unwrap_or_default();
        Self { more, ..no(error) }
    }

    pub(super) fn body(&self) -> Value {
        let mut body = json!({ "ok": false, "error": self.error });
        for (name, value) in &self.more {
            body[name] = value.clone();
        }
        body
    }

    /// On the wire: 200, except for "too many requests".
    pub(super) fn answer(&self) -> WireResponse {
        let status = if self.error == "ratelimited" { 429 } else { 200 };
        let answer = WireResponse::text(status, "application/json; charset=utf-8", self.body().to_string());
        self.wait.iter().fold(answer, |answer, wait| answer.with("retry-after", &wait.to_string()))
    }
}

pub(super) fn describe(misfit: &Misfit) -> String {
    let at = misfit.at.as_str();
    let (parent, name) = at.rsplit_once('/').unwrap_or(("", at));
    let (what, place) = match &misfit.fault {
        Mismatch::Missing => (format!("missing required field: {name}"), parent),
        Mismatch::Unknown => (format!("invalid additional property: {name}"), parent),
        Mismatch::Type(wanted) => {
            let article = if wanted.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
            (format!("must provide {article} {wanted}"), at)
        }
        Mismatch::Short(min) => (format!("must be more than {} characters", min.saturating_sub(1)), at),
        Mismatch::Long(max) => (format!("must be less than {} characters", max.saturating_add(1)), at),
        Mismatch::Few(min) => (format!("no fewer than {min} items allowed"), at),
        Mismatch::Many(max) => (format!("no more than {max} items allowed"), at),
        Mismatch::Range(min, max) => (format!("must be between {min} and {max}"), at),
        Mismatch::NotOneOf(options) => (format!("must be one of: {}", options.join(", ")), at),
        Mismatch::Form => ("must have a valid format".to_owned(), at),
        Mismatch::UnknownTag(tag) => (format!("unsupported type: {tag}"), at),
    };
    format!("{what} [json-pointer:{place}]")
}
