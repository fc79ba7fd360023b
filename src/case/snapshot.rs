//! What changed on a case since we last told of it?

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    case::stated::stated,
    case::{Case, Resolver, Seconds, Status, somebody, text},
};

const WATCHERS: &str = "Watchers";

/// What a destination was told of a case: small enough to keep, complete enough to say what changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    #[serde(rename = "title")]
    title: String,
    #[serde(rename = "description_hash")]
    description_hash: String,
    #[serde(rename = "status")]
    status: Status,
    #[serde(rename = "engagement")]
    engagement: String,
    #[serde(rename = "resolver")]
    resolver: Resolver,
    #[serde(rename = "waits_for_customer")]
    waits_for_customer: bool,
    #[serde(rename = "reported_start", deserialize_with = "stated")]
    reported_start: Option<Seconds>,
    #[serde(rename = "actual_start", deserialize_with = "stated")]
    actual_start: Option<Seconds>,
    #[serde(rename = "closure", deserialize_with = "stated")]
    closure: Option<String>,
    #[serde(rename = "accounts")]
    accounts: Vec<String>,
    #[serde(rename = "regions")]
    regions: Vec<String>,
    #[serde(rename = "services")]
    services: Vec<String>,
    #[serde(rename = "watchers")]
    watchers: Vec<String>,
    /// From a watcher's address to their name, where the case has one.
    #[serde(rename = "names", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) names: BTreeMap<String, String>,
    #[serde(rename = "actors")]
    actors: Vec<String>,
    /// From the attachment's id to its name and status.
    #[serde(rename = "attachments")]
    attachments: BTreeMap<String, (String, String)>,
    #[serde(rename = "metadata")]
    metadata: Vec<(String, String)>,
}

impl Facts {
    /// The facts of a case. Destructured whole, so that a new field of [`Case`] must be considered here.
    pub fn of(case: &Case) -> Self {
        let Case {
            id: _,
            arn: _,
            title,
            description,
            status,
            engagement,
            resolver,
            waits_for_customer,
            reported_start,
            actual_start,
            created: _,
            updated: _,
            closed: _,
            closure,
            accounts,
            regions,
            services,
            watchers,
            actors,
            attachments,
            metadata,
        } = case;
        Self {
            title: title.clone(),
            description_hash: text::hash(description),
            status: status.clone(),
            engagement: engagement.clone(),
            resolver: *resolver,
            waits_for_customer: *waits_for_customer,
            reported_start: *reported_start,
            actual_start: *actual_start,
            closure: closure.clone(),
            accounts: accounts.clone(),
            regions: regions.clone(),
            services: services.clone(),
            watchers: watchers.iter().map(|watcher| watcher.email.clone()).collect(),
            names: watchers
                .iter()
                .filter_map(|watcher| Some((watcher.email.clone(), watcher.named()?.to_owned())))
                .collect(),
            actors: actors.iter().map(|actor| actor.ip.clone()).collect(),
            attachments: attachments
                .iter()
                .map(|file| (file.id.to_string(), (file.name.clone(), file.status.clone())))
                .collect(),
            metadata: metadata.clone(),
        }
    }
}

impl Facts {
    /// From each file's id to its name.
    pub(crate) fn into_file_names(self) -> impl Iterator<Item = (String, String)> {
        self.attachments.into_iter().map(|(id, (name, _))| (id, name))
    }

    /// The same, once it was told that the service waits for us.
    #[must_use]
    pub(crate) fn with_our_move(self) -> Self {
        Self { waits_for_customer: true, ..self }
    }

    /// Whether somebody with this address watches it.
    pub(crate) fn is_watched_by(&self, email: &str) -> bool {
        self.watchers.iter().any(|watcher| watcher.eq_ignore_ascii_case(email))
    }
}

/// What changed, in the order in which a card shows it. Empty where nothing did.
pub fn changes(old: &Facts, new: &Facts) -> Vec<Change> {
    let fields = [
        field("Status", Some(old.status.as_str()), Some(new.status.as_str())),
        field("Closure", old.closure.as_deref(), new.closure.as_deref()),
        field("Title", Some(&old.title), Some(&new.title)),
        field("Resolver", Some(resolver(old.resolver)), Some(resolver(new.resolver))),
        // Nobody has the next move in a closed case.
        field("Next move", Some(next_move(old)), Some(next_move(new)))
            .filter(|_| new.status != Status::Closed),
        field("Type", Some(&old.engagement), Some(&new.engagement)),
        field("Reported start", date(old.reported_start).as_deref(), date(new.reported_start).as_deref()),
        field("Actual start", date(old.actual_start).as_deref(), date(new.actual_start).as_deref()),
        list("Accounts", &old.accounts, &new.accounts),
        list("Regions", &old.regions, &new.regions),
        list("Services", &old.services, &new.services),
        list(WATCHERS, &old.watchers, &new.watchers),
        list("Threat actor addresses", &old.actors, &new.actors),
        list("Metadata", &pairs(&old.metadata), &pairs(&new.metadata)),
        (old.description_hash != new.description_hash).then_some(Change::Description),
    ];
    fields.into_iter().flatten().chain(attachments(old, new)).collect()
}

fn field(name: &'static str, old: Option<&str>, new: Option<&str>) -> Option<Change> {
    (old != new).then(|| Change::Field { name, old: old.map(str::to_owned), new: new.map(str::to_owned) })
}

/// The order of a list means nothing, so a list that was only reordered did not change.
fn list(name: &'static str, old: &[String], new: &[String]) -> Option<Change> {
    let missing = |from: &[String], other: &[String]| -> Vec<String> {
        from.iter().filter(|item| !other.contains(item)).cloned().collect()
    };
    let (added, removed) = (missing(new, old), missing(old, new));
    (!added.is_empty() || !removed.is_empty()).then_some(Change::List { name, added, removed })
}

/// Files do not go one by one (the service deletes them all a week after closing), so only what comes is told.
fn attachments(old: &Facts, new: &Facts) -> Vec<Change> {
    let told = |id: &String| old.attachments.get(id).map(|(_, status)| status.clone());
    new.attachments
        .iter()
        .map(|(id, (name, status))| (told(id), name, status))
        .filter(|(before, _, status)| before.as_ref() != Some(*status))
        .map(|(old, name, status)| Change::Attachment { name: name.clone(), status: status.clone(), old })
        .collect()
}

/// Metadata as people write it, `KEY=VALUE`.
pub(crate) fn pairs(metadata: &[(String, String)]) -> Vec<String> {
    metadata.iter().map(|(key, value)| format!("{key}={value}")).collect()
}

fn resolver(resolver: Resolver) -> &'static str {
    match resolver {
        Resolver::Aws => "AWS",
        Resolver::Own => "Your team",
    }
}

fn next_move(facts: &Facts) -> &'static str {
    match (facts.waits_for_customer, facts.resolver) {
        (true, _) | (false, Resolver::Own) => "Your team",
        (false, Resolver::Aws) => "AWS",
    }
}

/// A moment as a change shows it.
pub(crate) fn date(seconds: Option<Seconds>) -> Option<String> {
    let at = time::OffsetDateTime::from_unix_timestamp(seconds?).ok()?;
    at.format(&time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC")).ok()
}

/// One change of one field. `None` where there was, or is, nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Field {
        name: &'static str,
        old: Option<String>,
        new: Option<String>,
    },
    List {
        name: &'static str,
        added: Vec<String>,
        removed: Vec<String>,
    },
    /// The description was changed; its parts above were rewritten in place.
    Description,
    Attachment {
        name: String,
        status: String,
        /// The status before; `None` where the file is new.
        old: Option<String>,
    },
}

impl Change {
    /// What was set, and to what: of a list, what came and what went. No value where only that it changed is known.
    pub(crate) fn set(&self) -> (&'static str, Vec<&str>) {
        match self {
            Self::Field { name, new, .. } => (name, vec![new.as_deref().unwrap_or_default()]),
            Self::List { name, added, removed } => {
                (name, added.iter().chain(removed).map(String::as_str).collect())
            }
            Self::Description => ("Description", Vec::new()),
            Self::Attachment { name, .. } => ("Attachment", vec![name]),
        }
    }

    /// Whose addresses it names.
    pub(crate) fn addresses(&self) -> Vec<&str> {
        match self {
            Self::List { name: WATCHERS, added, removed } => {
                added.iter().chain(removed).map(String::as_str).collect()
            }
            Self::List { .. } | Self::Field { .. } | Self::Description | Self::Attachment { .. } => {
                Vec::new()
            }
        }
    }

    /// As people are to read it: by their names, as far as somebody knows them, and not by their addresses.
    pub(crate) fn naming_people(self, known: [&BTreeMap<String, String>; 3]) -> Self {
        let Self::List { name: name @ WATCHERS, added, removed } = self else { return self };
        let called = |email: &String| known.iter().find_map(|names| names.get(email));
        let of = |email: String| called(&email).cloned().unwrap_or_else(|| somebody(&email));
        let [added, removed] = [added, removed].map(|list| list.into_iter().map(of).collect());
        Self::List { name, added, removed }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::case::{Attachment, AttachmentId, CaseId, Watcher};

    pub(crate) fn case() -> Case {
        Case {
            id: CaseId::new("1234567890"),
            arn: "arn:aws:security-ir:eu-west-1:111122223333:case/1234567890".to_owned(),
            title: "Unusual sign-ins".to_owned(),
            description: "Root user signed in from a new country.".to_owned(),
            status: Status::Submitted,
            engagement: "Security Incident".to_owned(),
            resolver: Resolver::Aws,
            waits_for_customer: false,
            reported_start: Some(1_790_000_000),
            actual_start: None,
            created: Some(1_790_000_100),
            updated: Some(1_790_000_100),
            closed: None,
            closure: None,
            accounts: vec!["111122223333".to_owned()],
            regions: vec!["eu-west-1".to_owned()],
            services: vec!["IAM".to_owned()],
            watchers: vec![],
            actors: vec![],
            attachments: vec![],
            metadata: vec![],
        }
    }

    #[test]
    fn every_changed_field_is_named_with_what_it_was_and_is() {
        let old = case();
        let mut new = case();
        new.status = Status::Detection;
        new.title = "Root sign-ins".to_owned();
        new.waits_for_customer = true;
        new.actual_start = Some(0);
        new.description.push('!');
        new.regions = vec!["us-east-1".to_owned()];
        new.watchers = vec![Watcher { email: "ana@example.com".to_owned(), ..Watcher::default() }];
        new.attachments = vec![Attachment {
            id: AttachmentId::new("a"),
            name: "log.txt".to_owned(),
            status: "Pending".to_owned(),
            creator: String::new(),
            created: 0,
        }];
        let field = |name, old: &str, new: &str| Change::Field {
            name,
            old: (!old.is_empty()).then(|| old.to_owned()),
            new: Some(new.to_owned()),
        };
        let list = |name, added: &[&str], removed: &[&str]| Change::List {
            name,
            added: added.iter().map(|text| (*text).to_owned()).collect(),
            removed: removed.iter().map(|text| (*text).to_owned()).collect(),
        };
        assert_eq!(
            changes(&Facts::of(&old), &Facts::of(&new)),
            [
                field("Status", "Submitted", "Detection and Analysis"),
                field("Title", "Unusual sign-ins", "Root sign-ins"),
                field("Next move", "AWS", "Your team"),
                field("Actual start", "", "1970-01-01 00:00 UTC"),
                list("Regions", &["us-east-1"], &["eu-west-1"]),
                list("Watchers", &["ana@example.com"], &[]),
                Change::Description,
                Change::Attachment { name: "log.txt".to_owned(), status: "Pending".to_owned(), old: None },
            ]
        );
    }

    #[test]
    fn a_closed_case_has_no_next_move() {
        let mut old = case();
        old.waits_for_customer = true;
        let mut new = old.clone();
        new.waits_for_customer = false;
        new.status = Status::Closed;
        let told = changes(&Facts::of(&old), &Facts::of(&new));
        assert!(matches!(told[..], [Change::Field { name: "Status", .. }]), "{told:?}");
    }

    #[test]
    fn nothing_changed_says_nothing_and_neither_does_another_order() {
        let mut old = case();
        old.accounts = vec!["1".to_owned(), "2".to_owned()];
        let mut new = old.clone();
        new.accounts.reverse();
        assert_eq!(changes(&Facts::of(&old), &Facts::of(&new)), []);
    }
}
