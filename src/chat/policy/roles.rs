//! Who may do what: the table of verbs says which role, the settings say who has it. All else is refused.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    case::{AccountId, MemberId, RouteName, TeamId, UserId, text::counted},
    chat::{
        ingress::job::Sender,
        language::{
            command::Command,
            verbs::{self, Subject, Verb},
        },
    },
    config::settings::{Roles, RolesAt, Settings},
};

/// What the audit trail calls it where somebody in Jira has no role.
pub(crate) const RULE: &str = "no role in Jira";

/// What a person may do. Each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Role {
    Viewer,
    Responder,
    /// Closes it, or hands it to AWS.
    Commander,
    Admin,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Viewer => "viewer",
            Self::Responder => "responder",
            Self::Commander => "commander",
            Self::Admin => "admin",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PersonKind {
    /// `is_restricted` and `is_ultra_restricted` are false, and so are all the others.
    #[serde(rename = "Member")]
    Member,
    #[serde(rename = "Guest")]
    Guest,
    #[serde(rename = "Bot")]
    Bot,
    /// A message or a click that another app made.
    #[serde(rename = "OtherApp")]
    OtherApp,
    /// Somebody of another workspace, in a channel that both share.
    #[serde(rename = "Stranger")]
    Stranger,
    #[serde(rename = "Deactivated")]
    Deactivated,
    /// Somebody at a terminal, whom AWS knows and Slack does not: IAM decides. Nobody is remembered as one.
    #[serde(skip)]
    Operator,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) team: TeamId,
    pub(crate) user: UserId,
    pub(crate) kind: PersonKind,
    /// What else the settings may name the person by: the user groups, `S…`, and their id in the whole organisation.
    pub(crate) groups: Vec<MemberId>,
}

impl Identity {
    /// Somebody as far as the settings alone tell: a member who is in no user group.
    pub(crate) fn of_member(sender: &Sender) -> Self {
        let (team, user) = (sender.team.clone(), sender.user.clone());
        Self { team, user, kind: PersonKind::Member, groups: Vec::new() }
    }

    /// Somebody in Jira: whom the settings name there counts as one of ours, for what can be done from there.
    pub(crate) fn of_account(settings: &Settings, account: &AccountId) -> Self {
        let (team, user) = (settings.slack.team.clone(), UserId::new(account.as_str()));
        Self { team, user, kind: PersonKind::Member, groups: Vec::new() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Venue {
    Case,
    Channel,
    /// A direct message, a form, or the App Home: nobody else sees it.
    Direct,
    /// A channel that people of another workspace read too.
    Shared,
}

/// Why somebody may not. Its `Display` is the reply, as plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    Outsider(PersonKind),
    /// Asked where others read along.
    Overheard {
        verb: &'static str,
    },
    /// Asked at a terminal, of what only Slack can show or tell.
    InSlackOnly {
        verb: &'static str,
        instead: &'static str,
    },
    Role {
        verb: &'static str,
        needed: Role,
        has: Option<Role>,
        /// Who has it, users and user groups, those with the least role that is enough first.
        holders: Vec<(Role, MemberId)>,
        /// The route that gives the roles; `None` for those of all other cases.
        route: Option<RouteName>,
    },
    Unknown,
}

impl Denied {
    /// The rule that refused, for the audit trail.
    pub(crate) fn rule(&self) -> String {
        match self {
            Self::Outsider(kind) => format!("outsider: {}", format!("{kind:?}").to_lowercase()),
            Self::Overheard { .. } => "shared channel".to_owned(),
            Self::InSlackOnly { .. } => "needs Slack or Jira".to_owned(),
            Self::Role { needed, .. } => format!("role: {needed}"),
            Self::Unknown => "no verb".to_owned(),
        }
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outsider(kind) => write!(f, "{} Nothing was done.", outsider(*kind)),
            Self::Overheard { verb } => write!(
                f,
                "People of another workspace read this channel, so `{verb}` is not answered here. Ask in a channel \
                 of your own workspace, or in a direct message to yourself. Nothing was done."
            ),
            Self::InSlackOnly { verb, instead } => {
                write!(
                    f,
                    "`{verb}` needs Slack or Jira, and neither is asked here. {instead} Nothing was done."
                )
            }
            Self::Role { holders, .. } => {
                let groups = holders.iter().filter(|(_, id)| id.group().is_some()).count();
                let whose = self::holders(holders.len() - groups, groups);
                write!(f, "{} {whose} {}", self.needs(), self.given())
            }
            Self::Unknown => f.write_str("Nobody may do that. Nothing was done."),
        }
    }
}

impl std::error::Error for Denied {}

impl Denied {
    pub(crate) fn needs(&self) -> String {
        let Self::Role { verb, needed, has, .. } = self else { return String::new() };
        let has = has.map_or("you have none".to_owned(), |role| format!("you are {role}"));
        format!("`{verb}` needs the role {needed}; {has}.")
    }

    pub(crate) fn given(&self) -> String {
        let Self::Role { needed, route, has, .. } = self else { return String::new() };
        let of = route.as_ref().map_or_else(String::new, |route| format!(" of the route {route}"));
        // At the door nobody asks Slack whether somebody is one.
        let guests = if has.is_none() { "; guests can have none" } else { "" };
        format!(
            "Roles are given in Casebridge's settings, under `roles.{needed}`{of}{guests}. Nothing was done."
        )
    }
}

fn outsider(kind: PersonKind) -> &'static str {
    match kind {
        PersonKind::Member | PersonKind::Stranger | PersonKind::Operator => {
            "Only people of this Slack workspace may use Casebridge; you belong to another."
        }
        PersonKind::Guest => {
            "Guests of this Slack workspace may not use Casebridge: ask a full member to do it."
        }
        PersonKind::Bot => "Bots and workflows may not use Casebridge: a person has to do it.",
        PersonKind::OtherApp => "Other apps may not use Casebridge: a person has to do it.",
        PersonKind::Deactivated => "This Slack account is deactivated.",
    }
}

fn holders(people: usize, groups: usize) -> String {
    match (people, groups) {
        (0, 0) => "Nobody has that role yet.".to_owned(),
        (_, 0) => format!("{} may.", counted(people, "person", "people")),
        (0, _) => format!("{} may.", counted(groups, "user group", "user groups")),
        _ => format!(
            "{} and {} may.",
            counted(people, "person", "people"),
            counted(groups, "user group", "user groups")
        ),
    }
}

pub(crate) fn role(settings: &Settings, identity: &Identity) -> Option<Role> {
    if identity.kind == PersonKind::Operator {
        return Some(Role::Admin);
    }
    most(settings, &settings.roles_at_hand(), identity)
}

/// The most that somebody may do by any of these.
pub(crate) fn most(settings: &Settings, all: &[RolesAt<'_>], identity: &Identity) -> Option<Role> {
    let by = |(_, roles): &RolesAt<'_>| granted(settings, roles, identity).map(|(role, _)| role);
    all.iter().filter_map(by).max()
}

fn granted<'a>(settings: &Settings, roles: &'a Roles, identity: &Identity) -> Option<(Role, &'a MemberId)> {
    if outside(settings, identity).is_some() {
        return None;
    }
    let named = |id: &MemberId| *id == identity.user.as_str() || identity.groups.contains(id);
    let is = |id: &&MemberId| **id != "" && named(id);
    let by = |(role, ids): (Role, &'a Vec<MemberId>)| ids.iter().find(is).map(|id| (role, id));
    lists(roles).into_iter().rev().find_map(by)
}

/// By whose roles a verb is judged: about a case by those of the case, a list of cases by all, all else by those of no route.
fn judging<'a>(settings: &'a Settings, verb: &Verb) -> Vec<RolesAt<'a>> {
    match verb.about {
        Subject::Case => settings.roles_at_hand(),
        Subject::Cases => settings.all_roles().collect(),
        Subject::Anything | Subject::Organisation => vec![(None, &settings.roles)],
    }
}

/// What gives somebody a role, for the audit trail: the setting, and whom it names.
pub(crate) fn rule(settings: &Settings, identity: &Identity, command: &Command) -> String {
    if identity.kind == PersonKind::Operator {
        return "iam".to_owned();
    }
    let judging = verbs::of(command).map(|verb| judging(settings, verb)).unwrap_or_default();
    let by = judging.into_iter().filter_map(|(route, roles)| {
        let (role, id) = granted(settings, roles, identity)?;
        Some((role, format!("{}roles.{role}: {id}", route.map_or_else(String::new, of_route))))
    });
    by.max_by_key(|(role, _)| *role).map_or("everybody".to_owned(), |(_, rule)| rule)
}

fn of_route(route: &RouteName) -> String {
    format!("route {route}, ")
}

pub(crate) fn may(
    settings: &Settings,
    identity: &Identity,
    command: &Command,
    place: Venue,
) -> Result<(), Denied> {
    let verb = verbs::of(command).ok_or(Denied::Unknown)?;
    may_use(settings, identity, verb, place)
}

/// Whether somebody may use a verb here. Everything that decides is in this function and in the table.
pub(crate) fn may_use(
    settings: &Settings,
    identity: &Identity,
    verb: &'static Verb,
    place: Venue,
) -> Result<(), Denied> {
    if let Some(kind) = outside(settings, identity) {
        return Err(Denied::Outsider(kind));
    }
    if let (PersonKind::Operator, Some(instead)) = (identity.kind, verb.in_slack) {
        return Err(Denied::InSlackOnly { verb: verb.name, instead });
    }
    let Some(needed) = verb.role else { return Ok(()) };
    let roles = judging(settings, verb);
    let has = match identity.kind {
        PersonKind::Operator => Some(Role::Admin),
        PersonKind::Member
        | PersonKind::Guest
        | PersonKind::Bot
        | PersonKind::OtherApp
        | PersonKind::Stranger
        | PersonKind::Deactivated => most(settings, &roles, identity),
    };
    if has < Some(needed) {
        // Those of no route come first.
        let (route, roles) = roles.first().copied().unwrap_or((None, &settings.roles));
        let (holders, route) = (held(roles, needed), route.cloned());
        return Err(Denied::Role { verb: verb.name, needed, has, holders, route });
    }
    match place {
        Venue::Case | Venue::Channel | Venue::Direct => Ok(()),
        Venue::Shared => Err(Denied::Overheard { verb: verb.name }),
    }
}

pub(crate) fn may_comment(settings: &Settings, identity: &Identity) -> Result<(), Denied> {
    may(settings, identity, &Command::Comment { text: None }, Venue::Case)
}

/// Whom the settings let comment on cases: users and user groups of Slack, accounts and groups of Jira.
pub(crate) fn speakers(roles: &Roles) -> impl Iterator<Item = &MemberId> {
    let needed = verbs::of(&Command::Comment { text: None }).and_then(|verb| verb.role);
    let lists = lists(roles).into_iter().filter(move |(role, _)| Some(*role) >= needed);
    lists.flat_map(|(_, ids)| ids).filter(|id| **id != "")
}

/// What keeps somebody out whatever the roles say.
fn outside(settings: &Settings, identity: &Identity) -> Option<PersonKind> {
    let foreign = identity.team != settings.slack.team;
    match identity.kind {
        PersonKind::Member if foreign || identity.user == "" => Some(PersonKind::Stranger),
        PersonKind::Member | PersonKind::Operator => None,
        kind @ (PersonKind::Guest
        | PersonKind::Bot
        | PersonKind::OtherApp
        | PersonKind::Stranger
        | PersonKind::Deactivated) => Some(kind),
    }
}

fn lists(roles: &Roles) -> [(Role, &Vec<MemberId>); 4] {
    [
        (Role::Viewer, &roles.viewer),
        (Role::Responder, &roles.responder),
        (Role::Commander, &roles.commander),
        (Role::Admin, &roles.admin),
    ]
}

fn held(roles: &Roles, least: Role) -> Vec<(Role, MemberId)> {
    let lists = lists(roles).into_iter().filter(|(role, _)| *role >= least);
    let mut held: Vec<(Role, MemberId)> =
        lists.flat_map(|(role, ids)| ids.iter().map(move |id| (role, id.clone()))).collect();
    held.sort_by(|(a, one), (b, other)| (one, b).cmp(&(other, a)));
    held.dedup_by(|(_, one), (_, other)| one == other);
    // From Jira people only comment: nobody there can do this for somebody in Slack.
    held.retain(|(_, id)| *id != "" && !id.is_of_jira());
    held.sort_by(|(a, one), (b, other)| (a, one).cmp(&(b, other)));
    held
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::language::grammar::parse;

    fn settings() -> Settings {
        toml::from_str(
            r#"
            slack = { team = "T0123", channel = "C0123" }
            roles = { viewer = ["U1", "S1"], responder = ["U2", "S2"], commander = ["U3", "U4", ""], admin = ["U4"] }
            "#,
        )
        .unwrap()
    }

    fn somebody(user: &str, kind: PersonKind) -> Identity {
        Identity { team: TeamId::new("T0123"), user: UserId::new(user), kind, groups: vec![] }
    }

    fn of_groups(groups: &[&str]) -> Identity {
        let groups = groups.iter().map(|group| MemberId::new(*group)).collect();
        Identity { groups, ..somebody("U9", PersonKind::Member) }
    }

    /// Who asks: the letters stand for them in the table below.
    fn identities() -> Vec<(char, Identity)> {
        vec![
            ('n', somebody("U9", PersonKind::Member)),
            ('v', somebody("U1", PersonKind::Member)),
            ('V', of_groups(&["S1", "S8"])),
            ('r', somebody("U2", PersonKind::Member)),
            ('R', of_groups(&["S1", "S2"])),
            ('c', somebody("U3", PersonKind::Member)),
            ('a', somebody("U4", PersonKind::Member)),
            ('g', somebody("U4", PersonKind::Guest)),
            ('b', somebody("U4", PersonKind::Bot)),
            ('o', somebody("U4", PersonKind::OtherApp)),
            ('s', somebody("U4", PersonKind::Stranger)),
            ('d', somebody("U4", PersonKind::Deactivated)),
            ('f', Identity { team: TeamId::new("T9"), ..somebody("U4", PersonKind::Member) }),
            ('e', somebody("", PersonKind::Member)),
            ('E', of_groups(&[""])),
        ]
    }

    /// Verb by verb: who may at a case, in a channel or alone with the app; then who may where strangers read along.
    const TABLE: &str = "
        tray                 vVrRca      -
        show                 vVrRca      -
        comments             vVrRca      -
        history              vVrRca      -
        brief                vVrRca      -
        timeline             vVrRca      -
        take                 rRca        -
        owner                rRca        -
        clock                rRca        -
        comment              rRca        -
        amend                rRca        -
        status               rRca        -
        edit                 rRca        -
        title                rRca        -
        describe             rRca        -
        type                 rRca        -
        started              rRca        -
        metadata             rRca        -
        watch                rRca        -
        unwatch              rRca        -
        watchers             rRca        -
        impact-add           rRca        -
        impact-rm            rRca        -
        actor-add            rRca        -
        actor-rm             rRca        -
        attach               rRca        -
        files                vVrRca      -
        get                  vVrRca      -
        ai                   vVrRca      -
        ai-useful            rRca        -
        ai-useless           rRca        -
        tag-list             rRca        -
        tag-add              rRca        -
        tag-rm               rRca        -
        jira                 rRca        -
        jira-link            rRca        -
        jira-open            rRca        -
        jira-back            rRca        -
        jira-close           rRca        -
        card                 rRca        -
        restrict             ca          -
        restrict-off         ca          -
        close                ca          -
        resolver             ca          -
        list                 vVrRca      -
        new                  rRca        -
        help                 nEvVrRca    nEvVrRca
        whoami               nEvVrRca    nEvVrRca
        doctor               vVrRca      -
        membership-list      vVrRca      -
        membership-show      vVrRca      -
        membership-accounts  vVrRca      -
        membership-metrics   vVrRca      -
        membership-new       a           -
        membership-update    a           -
        membership-cancel    a           -
        membership-resume    a           -
        hub-admin            vVrRca      -
        hub-members          vVrRca      -
        hub-member           vVrRca      -
        hub-products         vVrRca      -
        hub-accept           a           -
        hub-leave            a           -
    ";

    #[test]
    fn each_identity_may_do_at_each_place_what_the_table_says_and_nothing_else() {
        let settings = settings();
        let mut cells = 0;
        let mut rows = 0;
        for row in TABLE.lines().map(str::trim).filter(|row| !row.is_empty()) {
            let columns: Vec<&str> = row.split_whitespace().collect();
            let [name, among_us, overheard] = columns[..] else { panic!("{row}") };
            let verb = verbs::named(&name.replace('-', " ")).unwrap();
            let command = parse(verb.examples[0], 1_795_255_200).unwrap().command;
            rows += 1;
            for (letter, identity) in identities() {
                for (place, allowed) in [
                    (Venue::Case, among_us),
                    (Venue::Channel, among_us),
                    (Venue::Direct, among_us),
                    (Venue::Shared, overheard),
                ] {
                    let answer = may(&settings, &identity, &command, place);
                    assert_eq!(
                        answer.is_ok(),
                        allowed.contains(letter),
                        "{name} {letter} {place:?}: {answer:?}"
                    );
                    cells += 1;
                }
            }
        }
        assert_eq!(rows, verbs::all().count(), "a verb is not in the table above");
        assert_eq!(cells, rows * 15 * 4);
    }

    #[test]
    fn at_a_terminal_iam_decides_and_what_only_slack_can_show_is_refused() {
        let mut settings = settings();
        settings.roles = crate::config::settings::Roles::default();
        let operator =
            Identity { team: TeamId::new(""), ..somebody("arn:aws:iam::1:user/ana", PersonKind::Operator) };
        assert_eq!(rule(&settings, &operator, &Command::Tray), "iam");
        for verb in verbs::all() {
            let answer = may_use(&settings, &operator, verb, Venue::Direct);
            let refusal = verb.in_slack.map(|instead| Denied::InSlackOnly { verb: verb.name, instead });
            assert_eq!(answer.err(), refusal, "{}", verb.name);
        }
        assert!(serde_json::to_string(&PersonKind::Operator).is_err(), "nobody is remembered as one");
    }

    #[test]
    fn without_settings_nobody_has_a_role() {
        let mut settings = settings();
        settings.roles = crate::config::settings::Roles::default();
        for (letter, identity) in identities() {
            assert_eq!(role(&settings, &identity), None, "{letter}");
            assert!(
                may(&settings, &identity, &Command::Show { full: false }, Venue::Case).is_err(),
                "{letter}"
            );
        }
    }

    #[test]
    fn the_highest_of_a_persons_roles_counts() {
        for (letter, identity) in identities() {
            let expected = match letter {
                'v' | 'V' => Some(Role::Viewer),
                'r' | 'R' => Some(Role::Responder),
                'c' => Some(Role::Commander),
                'a' => Some(Role::Admin),
                _ => None,
            };
            assert_eq!(role(&settings(), &identity), expected, "{letter}");
        }
    }

    #[test]
    fn a_refusal_says_what_is_needed_and_how_many_have_it() {
        let mut alone = settings();
        alone.roles.commander.clear();
        alone.roles.admin.clear();
        let shared = |identity: &Identity| may(&settings(), identity, &Command::Watchers, Venue::Shared);
        for (refused, reply) in [
            (
                may(&settings(), &somebody("U1", PersonKind::Member), &Command::Close, Venue::Case),
                "`close` needs the role commander; you are viewer. 2 people may. Roles are given in Casebridge's \
                 settings, under `roles.commander`. Nothing was done.",
            ),
            (
                may(&settings(), &somebody("U9", PersonKind::Member), &Command::Watchers, Venue::Case),
                "`watchers` needs the role responder; you have none. 3 people and 1 user group may. Roles are given \
                 in Casebridge's settings, under `roles.responder`; guests can have none. Nothing was done.",
            ),
            (
                may(&alone, &somebody("U2", PersonKind::Member), &Command::Close, Venue::Direct),
                "`close` needs the role commander; you are responder. Nobody has that role yet. Roles are given in \
                 Casebridge's settings, under `roles.commander`. Nothing was done.",
            ),
            (
                shared(&somebody("U2", PersonKind::Member)),
                "People of another workspace read this channel, so `watchers` is not answered here. Ask in a channel \
                 of your own workspace, or in a direct message to yourself. Nothing was done.",
            ),
            (
                shared(&somebody("U4", PersonKind::Guest)),
                "Guests of this Slack workspace may not use Casebridge: ask a full member to do it. Nothing was done.",
            ),
            (
                shared(&somebody("U4", PersonKind::Bot)),
                "Bots and workflows may not use Casebridge: a person has to do it. Nothing was done.",
            ),
            (
                shared(&somebody("U4", PersonKind::OtherApp)),
                "Other apps may not use Casebridge: a person has to do it. Nothing was done.",
            ),
            (
                shared(&somebody("U4", PersonKind::Stranger)),
                "Only people of this Slack workspace may use Casebridge; you belong to another. Nothing was done.",
            ),
            (
                shared(&somebody("U4", PersonKind::Deactivated)),
                "This Slack account is deactivated. Nothing was done.",
            ),
        ] {
            assert_eq!(refused.unwrap_err().to_string(), reply);
        }
    }
}
