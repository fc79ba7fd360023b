//! The names of all fields: a block's `block_id`, and what an error is about.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldName {
    Accounts,
    Actors,
    Actual,
    Add,
    Case,
    Description,
    Engagement,
    Name,
    Organization,
    People,
    Regions,
    Remove,
    Reported,
    Resolver,
    Services,
    Started,
    Sure,
    Tags,
    Team,
    Text,
    Title,
    Triage,
    Watchers,
    Why,
}

impl FieldName {
    const LONG: [Self; 2] = [Self::Description, Self::Text];

    pub(crate) fn of_long_text(name: &str) -> Option<Self> {
        Self::LONG.into_iter().find(|field| field.as_str() == name)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Actors => "actors",
            Self::Actual => "actual",
            Self::Add => "add",
            Self::Case => "case",
            Self::Description => "description",
            Self::Engagement => "engagement",
            Self::Name => "name",
            Self::Organization => "organization",
            Self::People => "people",
            Self::Regions => "regions",
            Self::Remove => "remove",
            Self::Reported => "reported",
            Self::Resolver => "resolver",
            Self::Services => "services",
            Self::Started => "started",
            Self::Sure => "sure",
            Self::Tags => "tags",
            Self::Team => "team",
            Self::Text => "text",
            Self::Title => "title",
            Self::Triage => "triage",
            Self::Watchers => "watchers",
            Self::Why => "why",
        }
    }

    /// A field of this name's long text, the first at 0.
    pub(crate) fn part(self, index: usize) -> BlockId {
        BlockId { field: self, part: index }
    }
}

/// A field, or a further one of its long text: `description`, `description/1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockId {
    field: FieldName,
    part: usize,
}

impl From<FieldName> for BlockId {
    fn from(field: FieldName) -> Self {
        field.part(0)
    }
}

impl fmt::Display for BlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            0 => f.write_str(self.field.as_str()),
            part => write!(f, "{}/{part}", self.field.as_str()),
        }
    }
}
