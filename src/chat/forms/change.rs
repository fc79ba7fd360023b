//! One form for a case's details. Only what the person changed in it is changed on the case.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Modal,
    block::Field,
    field::FieldName,
    new_case::{description, engagement},
    values::{Errors, Values},
};
use crate::{
    aws::sir::{CaseChange, limits},
    case::{Case, Seconds},
    chat::language::when,
    state::record::stated,
};

/// What is to become of a case. `None` leaves it as it is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseEdit {
    /// 1 to 300 characters.
    #[serde(rename = "title", deserialize_with = "stated")]
    pub(crate) title: Option<String>,
    /// 1 to 8,000 characters.
    #[serde(rename = "description", deserialize_with = "stated")]
    pub(crate) description: Option<String>,
    /// `Security Incident` or `Investigation`.
    #[serde(rename = "engagement", deserialize_with = "stated")]
    pub(crate) engagement: Option<String>,
    #[serde(rename = "reported", deserialize_with = "stated")]
    pub(crate) reported: Option<Seconds>,
    #[serde(rename = "actual", deserialize_with = "stated")]
    pub(crate) actual: Option<Seconds>,
}

impl CaseEdit {
    /// What of it is not so yet.
    pub(crate) fn missing(&self, case: &Case) -> CaseChange {
        let Self { title, description, engagement, reported, actual } = self.clone();
        CaseChange {
            title: title.filter(|title| *title != case.title),
            description: description.filter(|text| *text != case.description),
            engagement: engagement.filter(|kind| *kind != case.engagement),
            reported_start: reported.filter(|at| Some(*at) != case.reported_start),
            actual_start: actual.filter(|at| Some(*at) != case.actual_start),
            ..CaseChange::default()
        }
    }

    pub(crate) fn typed(&self) -> String {
        let moment = |at: &Option<Seconds>| at.map(when::written);
        let lines = [
            ("Title", self.title.clone()),
            ("Type", self.engagement.clone()),
            ("Reported start", moment(&self.reported)),
            ("Actual start", moment(&self.actual)),
            ("Description", self.description.clone()),
        ];
        let lines = lines.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?)));
        lines.collect::<Vec<_>>().join("\n")
    }
}

pub(crate) fn filled_in(form: &Modal, case: &Case) -> Value {
    let mut blocks = vec![Field::needed(FieldName::Title, "Title").initial(&case.title).line(300)];
    blocks.extend(description(&case.description));
    blocks.push(engagement(&case.engagement));
    let reported =
        Field::optional(FieldName::Reported, "Reported start").hint("When it is said to have begun.");
    let actual = Field::optional(FieldName::Actual, "Actual start").hint("When it was found to have begun.");
    blocks.extend([reported.moment(case.reported_start), actual.moment(case.actual_start)]);
    form.with("Change it", blocks)
}

pub(crate) fn read(mut values: Values<'_>) -> Result<CaseEdit, Errors> {
    let (title, description) = (values.text(FieldName::Title), values.long(FieldName::Description));
    let changed = |now: &String, before: &str| *now != before.trim();
    let title = Some(title).filter(|title| {
        changed(title, values.before(FieldName::Title)["initial_value"].as_str().unwrap_or_default())
    });
    let description = Some(description).filter(|_| values.is_changed(FieldName::Description));
    if let Some(title) = &title {
        values.checked(FieldName::Title, limits::case::TITLE.check(title));
    }
    if let Some(text) = &description {
        values.checked_long(FieldName::Description, limits::case::DESCRIPTION.check(text));
    }
    let chosen = values.option(FieldName::Engagement).map(str::to_owned);
    let before = &values.before(FieldName::Engagement)["initial_option"]["value"];
    let engagement = chosen.filter(|kind| *before != kind.as_str());
    let moment = |name: FieldName| {
        let before = values.before(name)["initial_date_time"].as_i64();
        values.moment(name).filter(|at| Some(*at) != before)
    };
    let edit = CaseEdit {
        reported: moment(FieldName::Reported),
        actual: moment(FieldName::Actual),
        title,
        description,
        engagement,
    };
    if edit == CaseEdit::default() {
        values.wrong(FieldName::Title, "Nothing was changed in this form yet.");
    }
    values.read(Some(edit))
}
