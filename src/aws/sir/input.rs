//! What does a change of a case or a membership carry?
//!
//! Limits: <https://docs.aws.amazon.com/security-ir/latest/APIReference/>.
//! The `Debug` of these values tells nothing of what they hold: it is case text and people's data.

use std::fmt;

use crate::case::*;

/// What a new case needs. Limits as in [`Case`].
#[derive(Clone, PartialEq, Eq)]
pub struct NewCase {
    /// Makes a repetition harmless: 1 to 255 characters.
    pub token: String,
    /// Who works it.
    pub resolver: Resolver,
    /// 1 to 300 characters.
    pub title: String,
    /// 1 to 8,000 characters.
    pub description: String,
    /// `Security Incident` or `Investigation`.
    pub engagement: String,
    /// When the incident is said to have begun.
    pub reported_start: Seconds,
    /// At most 200.
    pub accounts: Vec<String>,
    /// At most 30.
    pub watchers: Vec<Watcher>,
    /// At most 200.
    pub actors: Vec<Actor>,
    /// At most 600.
    pub services: Vec<String>,
    /// At most 50.
    pub regions: Vec<String>,
    /// At most 200 pairs.
    pub tags: Vec<(String, String)>,
}

/// What UpdateCase can change. Empty means "leave as it is".
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CaseChange {
    /// 1 to 300 characters.
    pub title: Option<String>,
    /// 1 to 8,000 characters.
    pub description: Option<String>,
    /// When the incident is said to have begun.
    pub reported_start: Option<Seconds>,
    /// When it was found to have begun.
    pub actual_start: Option<Seconds>,
    /// `Security Incident` or `Investigation`.
    pub engagement: Option<String>,
    /// At most 30 at once and in all.
    pub add_watchers: Vec<Watcher>,
    /// Matched by e-mail.
    pub remove_watchers: Vec<Watcher>,
    /// At most 200.
    pub add_actors: Vec<Actor>,
    /// At most 200.
    pub remove_actors: Vec<Actor>,
    /// At most 600.
    pub add_services: Vec<String>,
    /// At most 600.
    pub remove_services: Vec<String>,
    /// At most 50.
    pub add_regions: Vec<String>,
    /// At most 50.
    pub remove_regions: Vec<String>,
    /// At most 200.
    pub add_accounts: Vec<String>,
    /// At most 200.
    pub remove_accounts: Vec<String>,
    /// 1 to 30 pairs, or empty to leave as they are.
    pub metadata: Vec<(String, String)>,
}

/// What a new membership needs.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMembership {
    /// Makes a repetition harmless: 1 to 255 characters.
    pub token: String,
    /// 3 to 50 characters.
    pub name: String,
    /// Two to ten people.
    pub team: Vec<Responder>,
    /// Opt-in features and whether each is on: at most 2.
    pub features: Vec<(String, bool)>,
    /// Whether it covers the whole organisation; `None` leaves that to the service.
    pub covers_organization: Option<bool>,
    /// At most 200 pairs.
    pub tags: Vec<(String, String)>,
}

/// What UpdateMembership can change. Empty means "leave as it is".
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MembershipChange {
    /// 3 to 50 characters.
    pub name: Option<String>,
    /// The whole team, two to ten people: it takes the place of the team that was.
    pub team: Vec<Responder>,
    /// Opt-in features and whether each is on: at most 2.
    pub features: Vec<(String, bool)>,
    /// Whether it covers the whole organisation.
    pub covers_organization: Option<bool>,
    /// At most 5 organizational units.
    pub add_units: Vec<String>,
    /// At most 5 organizational units.
    pub remove_units: Vec<String>,
    /// Takes a cancellation back.
    pub undo_cancellation: bool,
}

/// Writes a type's name for `Debug`, and nothing that it holds.
macro_rules! closed {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

closed! { NewCase CaseChange NewMembership MembershipChange }
