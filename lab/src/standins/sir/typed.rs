//! How is an operation asked for within this process, without HTTP and a signature?

use casebridge::case::CaseId;
use serde_json::{Map, Value, json};

use super::{
    super::within::Sight,
    Input, SirStandin, checked, done,
    errors::SirRefusal,
    operations::{OPERATIONS, OperationModel, PublishedRate},
    state::SirAccount,
};

/// An error of the model, or of AWS's front door.
#[derive(Clone, Debug, PartialEq)]
pub struct SirRefused {
    /// `ThrottlingException` and the like.
    pub name: String,
    /// The body: `message`, and what the error has besides.
    pub body: Value,
}

impl SirStandin {
    /// What an operation answers to these members, as restJson1 would carry both; null where it answers nothing.
    /// Fails: the service refuses it.
    pub fn ask(
        &self,
        operation: &str,
        members: Map<String, Value>,
        sight: Sight,
    ) -> Result<Value, SirRefused> {
        let refused = |refusal: SirRefusal| refusal.told();
        let known = OPERATIONS.iter().find(|known| known.name == operation);
        let known = known.ok_or_else(|| refused(SirRefusal::invalid("UNKNOWN_OPERATION", &[])))?;
        let work = |state: &mut SirAccount| ask(state, known, members.clone()).map_err(refused);
        self.seen(sight, known.rate == PublishedRate::Read, work)
    }
}

fn ask(state: &mut SirAccount, operation: &OperationModel, members: Map<String, Value>) -> super::Output {
    state.pace(operation.name, operation.rate)?;
    let values = valid(operation, members)?;
    let who = state.settings.principal.clone();
    done(state, operation, &Input { values, who })
}

/// UpdateCase's members, whoever changes them.
pub(super) fn valid_update(case: &CaseId, change: &Map<String, Value>) -> Result<(), SirRefusal> {
    let known = OPERATIONS.iter().find(|known| known.name == "UpdateCase");
    let known = known.ok_or_else(|| SirRefusal::invalid("UNKNOWN_OPERATION", &[]))?;
    let mut members = change.clone();
    members.insert("caseId".to_owned(), json!(case));
    valid(known, members).map(drop)
}

fn valid(operation: &OperationModel, members: Map<String, Value>) -> Result<Map<String, Value>, SirRefusal> {
    let mut parts: [Map<String, Value>; 3] = Default::default();
    for (name, value) in members {
        let has = |fields: &[super::FieldShape]| fields.iter().any(|field| field.name == name);
        let place = [operation.uri, operation.query].into_iter().position(has).unwrap_or(2);
        parts[place].insert(name, value);
    }
    checked(operation, parts)
}
