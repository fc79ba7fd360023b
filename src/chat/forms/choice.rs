//! A menu of the open cases, filled in once the service has named them.

use serde_json::{Value, json};

use super::{
    block::{Choice, Field, MOST_OPTIONS, note},
    field::FieldName,
    values::{Errors, Values},
};
use crate::{
    case::{CaseId, CaseSummary},
    chat::reply::Reply,
};

const NAME: FieldName = FieldName::Case;

/// The menu, as soon as there is one; before that, that it comes.
pub(crate) fn blocks(cases: Option<&[CaseSummary]>) -> Vec<Value> {
    let Some(cases) = cases else { return vec![note("One moment: the open cases are being read …")] };
    let options: Vec<_> = cases
        .iter()
        .take(MOST_OPTIONS)
        .map(|case| Choice::new(case.id.to_string(), format!("{}  {}", case.id, case.title)))
        .collect();
    match options.is_empty() {
        true => vec![note("No case is open.")],
        false => vec![Field::needed(NAME, "Case").one_of(&options)],
    }
}

pub(crate) fn read(mut values: Values<'_>) -> Result<CaseId, Errors> {
    let case = chosen(&mut values, NAME);
    values.read(case)
}

/// The chosen case; where there is none yet, the field `name` says so.
pub(crate) fn chosen(values: &mut Values<'_>, name: FieldName) -> Option<CaseId> {
    let case = values.option(NAME).and_then(CaseId::parse);
    if case.is_none() {
        values.wrong(
            name,
            "No case is chosen yet. The list of open cases appears above: try again in a moment.",
        );
    }
    case
}

/// What the form for files, or the one for a comment, shows once the open cases are known.
pub(crate) fn filled_in(form: &super::Modal, cases: &[CaseSummary]) -> Value {
    let mut shown = blocks(Some(cases));
    if cases.is_empty() {
        return form.saying(&Reply::says("No case is open. Open one first, and try again."));
    }
    let submit = match &form.kind {
        super::ModalKind::Comment { text, .. } => {
            shown.extend(super::comment::text_blocks(text));
            "Add it"
        }
        _ => "Attach",
    };
    let mut view = form.with(submit, shown);
    view["clear_on_close"] = json!(true);
    view
}
