//! What do the three operations take and answer?

use serde_json::{Value, json};

use super::{super::exchange::WireRequest, LogLine, LogsAccount, LogsRefusal, pattern};

/// Lines that are older or newer than this are dropped, though the answer is 200.
const OLDEST: i64 = 14 * 24 * 60 * 60 * 1_000;
const NEWEST: i64 = 2 * 60 * 60 * 1_000;

const PAGE: usize = 100;

pub(super) fn perform(
    state: &mut LogsAccount,
    operation: &str,
    asked: &WireRequest,
) -> Result<Value, LogsRefusal> {
    let asked = asked.json().map_err(|_| invalid("the body is not JSON"))?;
    match operation {
        "CreateLogStream" => begin(state, &asked),
        "PutLogEvents" => put(state, &asked),
        "FilterLogEvents" => find(state, &asked),
        _ => Err(LogsRefusal("UnknownOperationException", operation.to_owned())),
    }
}

fn begin(state: &mut LogsAccount, asked: &Value) -> Result<Value, LogsRefusal> {
    let (group, name) = (text(asked, "logGroupName")?, text(asked, "logStreamName")?);
    if name.is_empty() || name.len() > 512 || name.contains([':', '*']) {
        return Err(invalid("logStreamName"));
    }
    let streams = state.groups.get_mut(group).ok_or_else(|| missing("group"))?;
    if streams.contains_key(name) {
        return Err(LogsRefusal("ResourceAlreadyExistsException", "The stream exists.".to_owned()));
    }
    streams.insert(name.to_owned(), Vec::new());
    Ok(json!({}))
}

fn put(state: &mut LogsAccount, asked: &Value) -> Result<Value, LogsRefusal> {
    let (group, name) = (text(asked, "logGroupName")?, text(asked, "logStreamName")?);
    let now = state.clock.millis();
    let streams = state.groups.get_mut(group).ok_or_else(|| missing("group"))?;
    let lines = streams.get_mut(name).ok_or_else(|| missing("stream"))?;
    let events = asked["logEvents"].as_array().filter(|events| !events.is_empty());
    let events = events.ok_or_else(|| invalid("logEvents"))?;
    let mut last = i64::MIN;
    let mut rejected = false;
    for event in events {
        let at = event["timestamp"].as_i64().ok_or_else(|| invalid("timestamp"))?;
        let message = text(event, "message")?;
        if at < last || message.is_empty() || message.len() > 1_048_550 {
            return Err(invalid("logEvents"));
        }
        last = at;
        match (now - OLDEST..=now + NEWEST).contains(&at) {
            true => lines.push(LogLine { at, message: message.to_owned() }),
            false => rejected = true,
        }
    }
    Ok(match rejected {
        true => json!({ "rejectedLogEventsInfo": { "tooOldLogEventEndIndex": 1 } }),
        false => json!({ "nextSequenceToken": "49600000" }),
    })
}

fn find(state: &LogsAccount, asked: &Value) -> Result<Value, LogsRefusal> {
    let streams = state.groups.get(text(asked, "logGroupName")?).ok_or_else(|| missing("group"))?;
    let since = asked["startTime"].as_i64().unwrap_or(0);
    let pattern = asked["filterPattern"].as_str();
    let begin =
        asked["nextToken"].as_str().map_or(Some(0), |token| token.strip_prefix("page-")?.parse().ok());
    let begin: usize = begin.ok_or_else(|| invalid("nextToken"))?;
    let mut found = Vec::new();
    for (name, line) in streams.iter().flat_map(|(name, lines)| lines.iter().map(move |line| (name, line))) {
        let is_meant = pattern.map_or(Some(true), |pattern| pattern::matches(pattern, &line.message));
        if is_meant.ok_or_else(|| invalid("filterPattern"))? && line.at >= since {
            found.push(json!({ "logStreamName": name, "timestamp": line.at, "message": line.message,
                "ingestionTime": line.at, "eventId": found.len().to_string() }));
        }
    }
    let more = found.len() > begin + PAGE;
    let page: Vec<_> = found.into_iter().skip(begin).take(PAGE).collect();
    let mut answer = json!({ "events": page, "searchedLogStreams": [] });
    if more {
        answer["nextToken"] = json!(format!("page-{}", begin + PAGE));
    }
    Ok(answer)
}

fn text<'a>(asked: &'a Value, name: &str) -> Result<&'a str, LogsRefusal> {
    asked[name].as_str().ok_or_else(|| invalid(name))
}

fn invalid(what: &str) -> LogsRefusal {
    LogsRefusal("InvalidParameterException", what.to_owned())
}

fn missing(what: &str) -> LogsRefusal {
    LogsRefusal("ResourceNotFoundException", format!("The specified log {what} does not exist."))
}
