//! What a change of a case or a membership carries. The `Debug` of these values tells nothing of what they hold: it is
//! case text and people's data. Limits: <https://docs.aws.amazon.com/security-ir/latest/APIReference/>.

use std::fmt;

use crate::case::*;

/// What a new case needs: at most 200 accounts, 30 watchers, 200 actors, 600 services, 50 Regions and 200 tags.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCase {
    /// Makes a repetition harmless: 1 to 255 characters.
    pub token: String,
    pub resolver: Resolver,
    /// 1 to 300 characters.
    pub title: String,
    /// 1 to 8,000 characters.
    pub description: String,
    /// `Security Incident` or `Investigation`.
    pub engagement: String,
    pub reported_start: Seconds,
    pub accounts: Vec<String>,
    pub watchers: Vec<Watcher>,
    pub actors: Vec<Actor>,
    pub services: Vec<String>,
    pub regions: Vec<String>,
    pub tags: Vec<(String, String)>,
}

/// What UpdateCase can change. Empty means "leave as it is". At once at most 30 watchers (and 30 in all), 200 actors,
/// 600 services, 50 Regions and 200 accounts, to add as to remove.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CaseChange {
    pub title: Option<String>,
    pub description: Option<String>,
    pub reported_start: Option<Seconds>,
    pub actual_start: Option<Seconds>,
    pub engagement: Option<String>,
    pub add_watchers: Vec<Watcher>,
    pub remove_watchers: Vec<Watcher>,
    pub add_actors: Vec<Actor>,
    pub remove_actors: Vec<Actor>,
    pub add_services: Vec<String>,
    pub remove_services: Vec<String>,
    pub add_regions: Vec<String>,
    pub remove_regions: Vec<String>,
    pub add_accounts: Vec<String>,
    pub remove_accounts: Vec<String>,
    /// 1 to 30 pairs, or empty to leave as they are.
    pub metadata: Vec<(String, String)>,
}

/// What a new membership needs; at most 200 tags.
#[derive(Clone, PartialEq, Eq)]
pub struct NewMembership {
    /// Makes a repetition harmless: 1 to 255 characters.
    pub token: String,
    /// 3 to 50 characters.
    pub name: String,
    pub team: Vec<Responder>,
    /// Opt-in features and whether each is on: at most 2.
    pub features: Vec<(String, bool)>,
    /// Whether it covers the whole organisation; `None` leaves that to the service.
    pub covers_organization: Option<bool>,
    pub tags: Vec<(String, String)>,
}

#[derive(Clone, Default, PartialEq, Eq)]
pub struct MembershipChange {
    pub name: Option<String>,
    /// The whole team, two to ten people: it takes the place of the team that was.
    pub team: Vec<Responder>,
    pub features: Vec<(String, bool)>,
    pub covers_organization: Option<bool>,
    /// At most 5 organizational units.
    pub add_units: Vec<String>,
    pub remove_units: Vec<String>,
    pub undo_cancellation: bool,
}

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
