//! Whose doing a change of a case is, noted before it is made.

use super::context::{ActionError, CommandContext};
use crate::{
    aws::sir::{Call, CaseChange},
    case::{CaseId, Resolver, snapshot, text},
    state::{
        self,
        deeds::{self, Deed, DeedField},
    },
    telemetry::metrics,
};

impl CommandContext<'_> {
    /// Notes who is about to change what. Where the earlier notes cannot be read, the change is made without.
    pub(crate) async fn noted(&self, call: &Call) -> Result<(), ActionError> {
        match sets(call) {
            Some((case, sets)) => self.sets(case, sets).await,
            None => Ok(()),
        }
    }

    /// Notes who opened a case: it has an id only now.
    pub(crate) async fn opened(&self, case: &CaseId) -> Result<(), ActionError> {
        self.sets(case, vec![DeedField::new(deeds::OPENED, [])]).await
    }

    async fn sets(&self, case: &CaseId, sets: Vec<DeedField>) -> Result<(), ActionError> {
        let deed = Deed {
            act: self.key.to_string(),
            who: self.author(),
            name: text::cut(&text::one_line(&self.person.name), 80),
            at: self.world.now(),
            sets,
        };
        match deeds::note(self.world.store(), case, &deed).await {
            Err(state::Error::Unreadable(record)) => {
                metrics::unreadable(&record);
                Ok(())
            }
            noted => Ok(noted?),
        }
    }
}

fn sets(call: &Call) -> Option<(&CaseId, Vec<DeedField>)> {
    match call {
        Call::UpdateCaseStatus { case, status } => {
            Some((case, vec![DeedField::new("Status", [status.as_str()])]))
        }
        Call::CloseCase { case } => {
            Some((case, vec![DeedField::new("Status", ["Closed"]), DeedField::new("Closure", [])]))
        }
        // The service sets the case back, and whose move it is, with it.
        Call::UpdateResolverType { case, resolver: Resolver::Aws | Resolver::Own } => {
            Some((case, ["Resolver", "Status", "Next move"].map(|name| DeedField::new(name, [])).into()))
        }
        Call::UpdateCase { case, change } => Some((case, fields(change))),
        Call::GetCaseAttachmentUploadUrl { case, name, .. } => {
            Some((case, vec![DeedField::new("Attachment", [name.as_str()])]))
        }
        _ => None,
    }
}

/// Destructured whole, so that a new field must be considered here.
fn fields(change: &CaseChange) -> Vec<DeedField> {
    let CaseChange {
        title,
        description,
        reported_start,
        actual_start,
        engagement,
        add_watchers,
        remove_watchers,
        add_actors,
        remove_actors,
        add_services,
        remove_services,
        add_regions,
        remove_regions,
        add_accounts,
        remove_accounts,
        metadata,
    } = change;
    let one = |name: &str, value: Option<&str>| value.map(|value| DeedField::new(name, [value]));
    let list = |name: &str, items: Vec<&str>| (!items.is_empty()).then(|| DeedField::new(name, items));
    let [reported, actual] = [reported_start, actual_start].map(|at| snapshot::date(*at));
    [
        one("Title", title.as_deref()),
        description.as_ref().map(|_| DeedField::new("Description", [])),
        one("Reported start", reported.as_deref()),
        one("Actual start", actual.as_deref()),
        one("Type", engagement.as_deref()),
        list("Watchers", add_watchers.iter().chain(remove_watchers).map(|one| one.email.as_str()).collect()),
        list(
            "Threat actor addresses",
            add_actors.iter().chain(remove_actors).map(|one| one.ip.as_str()).collect(),
        ),
        list("Services", texts(add_services, remove_services)),
        list("Regions", texts(add_regions, remove_regions)),
        list("Accounts", texts(add_accounts, remove_accounts)),
        (!metadata.is_empty()).then(|| DeedField::new("Metadata", [])),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn texts<'a>(added: &'a [String], removed: &'a [String]) -> Vec<&'a str> {
    added.iter().chain(removed).map(String::as_str).collect()
}
