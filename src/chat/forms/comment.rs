//! The form of a comment, and that of why an investigation was of use or not.

use serde_json::Value;

use super::{
    block::{Field, note},
    choice,
    field::FieldName,
    values::{Errors, Values},
};
use crate::{
    aws::sir::limits,
    case::CaseId,
    chat::language::command::{Command, CommandLine},
};

const TEXT: FieldName = FieldName::Text;
const WHY: FieldName = FieldName::Why;

pub(crate) fn blocks(case: Option<&CaseId>, text: &str) -> Vec<Value> {
    let mut blocks = match case {
        Some(case) => {
            vec![note(&format!("On case {case}. Everybody who can see the case reads it, AWS included."))]
        }
        None => choice::blocks(None),
    };
    blocks.extend(text_blocks(text));
    blocks
}

pub(crate) fn text_blocks(text: &str) -> Vec<Value> {
    let hint =
        "Slack takes 3,000 characters here, a case 12,000: what you type in more room begins a new line.";
    Field::needed(TEXT, "Comment").hint(hint).initial(text).long(limits::case::MOST_OF_A_COMMENT)
}

pub(crate) fn read(mut values: Values<'_>, case: Option<CaseId>) -> Result<CommandLine, Errors> {
    let text = values.long(TEXT);
    values.checked_long(TEXT, limits::case::COMMENT.check(&text));
    let case = match case {
        Some(case) => Some(case),
        None => choice::chosen(&mut values, TEXT),
    };
    values
        .read(case)
        .map(|case| CommandLine { case: Some(case), command: Command::Comment { text: Some(text) } })
}

pub(crate) fn reason(useful: bool) -> Vec<Value> {
    let label = if useful { "What was useful?" } else { "What was not useful?" };
    vec![Field::optional(WHY, label).hint("AWS reads it. At most 1,000 characters.").short_lines(1_000)]
}

pub(crate) fn read_reason(mut values: Values<'_>) -> Result<Option<String>, Errors> {
    let why = values.text(WHY);
    let why = (!why.is_empty()).then_some(why);
    if let Some(why) = &why {
        values.checked(WHY, limits::case::FEEDBACK.check(why));
    }
    values.read(Some(why))
}
