//! What of a case is to stand in Jira? An issue with its description; what is told, as comments on it; and its status
//! and links.

use std::borrow::Cow;

use super::{KIND, content, description, parts, summary};
use crate::{
    case::{Case, Email, IssueKey, Millis, snapshot::Change},
    config::settings::{self, Assignee},
    state::{
        TargetKind,
        key::{Fingerprint, Key, Plainness},
        notes::{HOME, Home, PlaceNote},
    },
    targets::{
        attachments::Copying,
        content::{Content, Links, Notice, View},
        contract::{Planner, QUARANTINE, Slot},
        telling::{self, Decoration, Effect, Ledger, Picture, Stem, What, part_key},
    },
};

/// 20 writes in 2 s and 100 in 30 s an issue: <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>.
const SPACING: Millis = 330;
const AT_ONCE: i64 = 8;
/// Its search index lags, mostly by seconds, at times by hours: one search that finds nothing proves nothing.
const LOOKS: [Millis; 3] = [QUARANTINE, 300_000, 600_000];
/// After so many refusals an issue goes without a link.
const LINKS: u32 = 5;
/// After so many refusals an issue goes without its assignee.
const ASSIGNED: u32 = 2;
pub const STATUS: &str = "status";
const ASSIGNEE: &str = "assignee";
const LEVEL: &str = "level";

#[derive(Clone, Copy, Debug)]
pub struct JiraPlanner<'a> {
    pub settings: &'a settings::JiraSettings,
    pub routes: &'a [settings::Route],
}

pub(super) enum IssueState<'s> {
    Text,
    Status(&'s str),
    Link {
        title: &'static str,
        url: String,
    },
    Level(&'s str),
    /// By whose address Jira finds them, where it is known.
    Assignee(Option<Email>),
}

impl<'a> JiraPlanner<'a> {
    /// The settings as they are for this case: a route may name another project.
    pub(super) fn settings_for(&self, note: &PlaceNote) -> Cow<'a, settings::JiraSettings> {
        match settings::called(self.routes, note.route.as_ref()) {
            Some(route) => Cow::Owned(route.jira(self.settings.clone())),
            None => Cow::Borrowed(self.settings),
        }
    }

    /// The level under which the issue of a restricted case stands.
    pub(super) fn level(&self, note: &PlaceNote) -> Option<&'a str> {
        self.settings.restricted_level.as_deref().filter(|_| note.restricted.is_some())
    }

    pub(super) fn copying(&self) -> Copying {
        Copying { attachments: self.settings.attachments, most_mb: self.settings.attachments_mb }
    }

    /// Whether an issue may show the case at all.
    fn may_have_one(&self, note: &PlaceNote) -> bool {
        note.restricted.is_none() || self.settings.restricted_level.is_some()
    }

    /// Whether only those read it who may.
    fn is_hidden_enough(&self, note: &PlaceNote) -> bool {
        match self.level(note) {
            Some(level) => note.set.get(LEVEL).is_some_and(|set| *set == Fingerprint::of(level).as_str()),
            None => note.restricted.is_none(),
        }
    }

    pub(super) fn states(&self, picture: &Picture, note: &PlaceNote) -> Vec<(Decoration, IssueState<'a>)> {
        if !self.may_have_one(note) {
            return Vec::new();
        }
        let level = self
            .level(note)
            .map(|level| (Decoration::new(LEVEL, Fingerprint::of(level)), IssueState::Level(level)));
        if !self.is_hidden_enough(note) {
            return level.into_iter().collect();
        }
        let View { case, links, .. } = &picture.view;
        let text = (Decoration::new(HOME, self.anchor_fingerprint(&picture.view)), IssueState::Text);
        let console = links.console.as_ref().map(|url| link(LinkTo::Console, url));
        let slack = links.slack.as_ref().map(|url| link(LinkTo::Slack, url));
        let status = self.status(case).map(|(target, hash)| {
            let state = Decoration { needs_a_person: true, ..Decoration::new(STATUS, hash) };
            (state, IssueState::Status(target))
        });
        // People act on the status: it does not wait for the rest.
        [level, status, Some(text), console, slack, self.assignee(&picture.view)]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Once each time that somebody takes the case, or is given it: what people do by hand stays.
    fn assignee(&self, view: &View) -> Option<(Decoration, IssueState<'a>)> {
        let wanted = self.settings.assignee == Assignee::Owner && !view.case.is_closed();
        let owner = view.owner.as_ref().filter(|_| wanted)?;
        let taken = Fingerprint::of(&format!("{}/{}", owner.user, owner.since));
        let state = Decoration::new(ASSIGNEE, taken).given_up_after(ASSIGNED);
        Some((state, IssueState::Assignee(owner.email.clone())))
    }

    /// Told once a reason.
    fn not_assigned(note: &PlaceNote, issue: IssueKey) -> Option<Notice> {
        let owed = note.owed.get(ASSIGNEE)?;
        Some(Notice::NotAssigned { issue, why: owed.why.clone()? })
    }

    /// Told once a reason: the field, the rule or the code.
    fn not_moved(&self, case: &Case, note: &PlaceNote, issue: IssueKey) -> Option<Notice> {
        let (to, hash) = self.status(case)?;
        let owed = note.owed.get(STATUS).filter(|owed| owed.hash == hash)?;
        Some(Notice::NotMoved { issue, to: to.to_owned(), why: owed.why.clone()? })
    }

    fn status(&self, case: &Case) -> Option<(&'a str, Fingerprint)> {
        let status = case.status.as_str();
        let target = self.settings.status.get(status)?;
        Some((target, Fingerprint::of(status)))
    }
}

enum LinkTo {
    Console,
    Slack,
}

fn link(to: LinkTo, url: &str) -> (Decoration, IssueState<'static>) {
    let (name, title) = match to {
        LinkTo::Console => ("link/console", "AWS Security Incident Response"),
        LinkTo::Slack => ("link/slack", "Slack"),
    };
    let state = Decoration::new(name, Fingerprint::of(url)).given_up_after(LINKS);
    (state, IssueState::Link { title, url: url.to_owned() })
}

impl Planner for JiraPlanner<'_> {
    fn kind(&self) -> TargetKind {
        KIND
    }

    fn title(&self) -> &'static str {
        "Jira"
    }

    fn tells_comments(&self) -> bool {
        self.settings.tells("comments")
    }

    fn tells_change(&self, change: &Change) -> bool {
        self.settings.tells(&change.set().0.to_lowercase().replace(' ', "_"))
    }

    /// The first part of the description stands in the issue itself.
    fn plan(&self, picture: &Picture, note: &PlaceNote, ledger: &Ledger) -> Vec<Effect> {
        if !self.may_have_one(note) {
            return Vec::new();
        }
        if note.home.is_none() {
            return vec![Effect::anchor(self.anchor_fingerprint(&picture.view))];
        }
        if !self.is_hidden_enough(note) {
            return Vec::new();
        }
        let first = part_key(Stem::Description, 0);
        let stands = |effect: &Effect| matches!(effect, Effect::Create { key, what: What::Content(_), .. } if *key == first);
        let mut effects = telling::description(self, picture, ledger);
        effects.retain(|effect| !stands(effect));
        effects.extend(telling::comments(self, picture, ledger));
        effects.extend(telling::changed_facts(self, picture, note));
        effects
    }

    fn keys(&self, picture: &Picture) -> Vec<Key> {
        let mut keys = telling::text_keys(self, picture);
        keys.extend(self.copying().keys(&picture.view.case));
        keys
    }

    fn decoration(&self, picture: &Picture, note: &PlaceNote, ledger: &Ledger) -> Vec<Decoration> {
        if note.home.is_none() {
            return Vec::new();
        }
        let mut states: Vec<_> = self.states(picture, note).into_iter().map(|(state, _)| state).collect();
        if self.is_hidden_enough(note) {
            states.extend(self.copying().states(&picture.view.case, note, ledger));
        }
        states
    }

    fn parts(&self, text: &str) -> Vec<String> {
        parts(text)
    }

    fn anchor_fingerprint(&self, view: &View) -> Fingerprint {
        telling::fingerprint(vec![summary(&view.case).into(), description(view)])
    }

    fn content_fingerprint(&self, shown: &Content) -> Fingerprint {
        telling::fingerprint(vec![content(shown, Plainness::Full)])
    }

    /// An issue brings its id and key, `10001/SEC-1`.
    fn anchor(&self, remote: &str, _note: &PlaceNote) -> Home {
        let (id, key) = remote.split_once('/').unwrap_or((remote, remote));
        Home { place: id.to_owned(), name: key.to_owned() }
    }

    fn bindings(&self, anchor: &Home, _note: &PlaceNote) -> Vec<String> {
        vec![format!("{KIND}/{}", anchor.place)]
    }

    fn link(&self, anchor: &Home, links: &mut Links) {
        let key = IssueKey::new(&anchor.name);
        links.jira = Some(self.settings.browse(&key));
        links.jira_key = Some(key);
    }

    fn notices(&self, case: &Case, note: &PlaceNote) -> Vec<Notice> {
        let Some(home) = note.home.as_ref() else { return Vec::new() };
        let issue = IssueKey::new(&home.name);
        if note.is_gone() {
            return vec![Notice::Lost { issue, case: case.id.clone() }];
        }
        let moved = note.moved.clone().map(|moved| Notice::Moved {
            case: case.id.clone(),
            issue: issue.clone(),
            moved,
            stands: case.status.clone(),
        });
        let spares = note.spares.iter().map(|spare| Notice::Spare {
            case: case.id.clone(),
            issue: issue.clone(),
            spare: IssueKey::new(&spare.name),
        });
        // Of a restricted case nothing is told in an issue that others may read.
        let offered = note.strange.iter().filter(|_| note.restricted.is_none());
        let strange = offered.map(|strange| Notice::Strange {
            case: case.id.clone(),
            issue: issue.clone(),
            strange: IssueKey::new(&strange.name),
        });
        let first = self.not_moved(case, note, issue.clone()).into_iter();
        let second = Self::not_assigned(note, issue.clone());
        let copies = self.copying().notices(case, note, issue.as_str());
        first.chain(second).chain(copies).chain(moved).chain(spares).chain(strange).collect()
    }

    /// Issues are made as fast as cases come; an issue is written to by whoever holds its case.
    fn slot(&self, note: &PlaceNote, _adds: bool) -> Option<Slot> {
        let place = note.home.as_ref()?.place.clone();
        Some(Slot { place, spacing: SPACING, own: Some(AT_ONCE) })
    }

    fn looks(&self, key: &Key) -> &'static [Millis] {
        if key.0 == HOME { &LOOKS } else { &[QUARANTINE] }
    }

    /// An issue that we may not see is gone as well.
    fn forgets_what_is_gone(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::{MemberId, snapshot::tests::case},
        config::settings::Settings,
    };

    #[test]
    fn a_strange_issue_is_offered_unless_only_some_may_know_of_the_case() {
        let toml = "[slack]\nteam = 'T1'\nchannel = 'C1'\n[jira]\napi_url = 'https://x.atlassian.net'\nproject = 'SEC'";
        let settings: Settings = toml::from_str(toml).unwrap();
        let planner = JiraPlanner { settings: settings.jira.as_ref().unwrap(), routes: &[] };
        let issue = |place: &str, name: &str| Home { place: place.to_owned(), name: name.to_owned() };
        let open = PlaceNote {
            home: Some(issue("1", "SEC-1")),
            strange: vec![issue("40", "SEC-40")],
            ..PlaceNote::default()
        };
        let offered = |note: &PlaceNote| {
            let notices = planner.notices(&case(), note);
            notices.iter().filter(|notice| matches!(notice, Notice::Strange { .. })).count()
        };
        let restricted = PlaceNote { restricted: Some(vec![MemberId::new("U1")]), ..open.clone() };
        assert_eq!((offered(&open), offered(&restricted)), (1, 0));
    }
}
