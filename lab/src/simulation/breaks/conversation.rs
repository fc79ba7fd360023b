//! What is broken on the way in: between what people wrote and what stands on the case.

use casebridge::aws::sir::{Answer, Call};
use serde_json::Value;

use super::{
    Break, Forwarding,
    How::{self, Answered, Asked, Backwards, Heard},
};
use crate::simulation::Class;

const fn way_in(name: &'static str, how: How) -> Break {
    Break { name, how, class: Class::Conversation }
}

/// What a conversation must see.
pub const CONVERSATION_BREAKS: &[Break] = &[
    way_in("a comment of Jira for some is let through", Heard(for_everybody)),
    way_in(
        "Ana speaks as Bo",
        Asked(|call| says(call, |body| body.replacen("ana, U024BE7LH", "bo, U024BE7LJ", 1))),
    ),
    way_in("nobody's name stands over what was said in Jira", Asked(|call| says(call, without_speaker))),
    way_in(
        "an edit is lost on its way to AWS",
        Asked(|call| lost(call, |body| !body.contains("[withdrawn"))),
    ),
    way_in("nothing is taken back", Asked(|call| lost(call, |body| body.contains("[withdrawn")))),
    way_in("of what people say a word falls away", Asked(|call| says(call, |body| body.replace("keys", "")))),
    way_in(
        "what people say comes twice",
        Asked(|call| match call {
            Call::CreateCaseComment { .. } => Forwarding::Twice,
            _ => Forwarding::Goes,
        }),
    ),
    way_in("what came last is done first", Backwards),
    way_in(
        "no file of theirs comes to the case",
        Asked(|call| match call {
            Call::GetCaseAttachmentUploadUrl { .. } => Forwarding::Dropped,
            _ => Forwarding::Goes,
        }),
    ),
    way_in(
        "no file of the case is copied",
        Asked(|call| match call {
            Call::GetCaseAttachmentDownloadUrl { .. } => Forwarding::Dropped,
            _ => Forwarding::Goes,
        }),
    ),
    way_in(
        "what people said is told in Slack under another's name",
        Answered(|answer| {
            if let Answer::Comments(page) = answer {
                page.items.iter_mut().for_each(|comment| {
                    comment.body = comment.body.replacen("Ana Alvarez, ", "Di Example, ", 1);
                });
            }
        }),
    ),
];

fn says(call: &mut Call, change: fn(&str) -> String) -> Forwarding {
    if let Call::CreateCaseComment { body, .. } | Call::UpdateCaseComment { body, .. } = call {
        *body = change(body);
    }
    Forwarding::Goes
}

fn lost(call: &Call, concerned: fn(&str) -> bool) -> Forwarding {
    match call {
        Call::UpdateCaseComment { body, .. } if concerned(body) => Forwarding::Dropped,
        _ => Forwarding::Goes,
    }
}

fn without_speaker(body: &str) -> String {
    match body.split_once(" (Jira):\n") {
        Some((_, words)) => words.to_owned(),
        None => body.to_owned(),
    }
}

/// What Jira says of a comment that is for some is taken out of its answers.
fn for_everybody(answer: &mut Value) {
    match answer {
        Value::Array(items) => items.iter_mut().for_each(for_everybody),
        Value::Object(map) => {
            map.remove("visibility");
            map.retain(|name, value| {
                name != "properties" || !value.to_string().contains("sd.public.comment")
            });
            if let Some(public) = map.get_mut("jsdPublic") {
                *public = true.into();
            }
            map.values_mut().for_each(for_everybody);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
