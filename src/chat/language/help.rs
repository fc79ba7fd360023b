//! What a person may do, and how it is said.

use std::fmt;

use crate::config::settings::Settings;

use super::verbs::{self, Subject, Verb};
use crate::chat::policy::roles::{Identity, Role, Venue, may_use};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Case,
    Anywhere,
    Organisation,
    Admin,
}

impl Group {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 4] = [Self::Case, Self::Anywhere, Self::Organisation, Self::Admin];

    pub(crate) fn of(verb: &Verb) -> Self {
        match verb.about {
            _ if verb.role == Some(Role::Admin) => Self::Admin,
            Subject::Case => Self::Case,
            Subject::Anything => Self::Anywhere,
            Subject::Organisation => Self::Organisation,
        }
    }

    /// As people read it. `here`: whether the place is a case's.
    pub(crate) fn title(self, here: bool) -> &'static str {
        match self {
            Self::Case if here => "In this case",
            Self::Case => "In a case (in its thread or channel, or with its id before the verb)",
            Self::Anywhere => "Anywhere",
            Self::Organisation => "Organisation",
            Self::Admin => "Admin",
        }
    }
}

/// A heading and the verbs below it. Its `Display` is plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) title: &'static str,
    /// At least one.
    pub(crate) verbs: Vec<&'static Verb>,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title)?;
        self.verbs.iter().try_for_each(|verb| write!(f, "\n{}  {}", verb.usage(), verb.help))
    }
}

/// What this person may do here, by groups; groups of which the person may do nothing are left out.
pub(crate) fn overview(settings: &Settings, identity: &Identity, place: Venue) -> Vec<Section> {
    let allowed = |verb: &&'static Verb| may_use(settings, identity, verb, place).is_ok();
    Group::ALL
        .into_iter()
        .map(|group| Section {
            title: group.title(place == Venue::Case),
            verbs: verbs::all().filter(|verb| Group::of(verb) == group).filter(allowed).collect(),
        })
        .filter(|section| !section.verbs.is_empty())
        .collect()
}

/// How to use one verb. Its `Display` is plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HelpPage(pub &'static Verb);

impl fmt::Display for HelpPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = self.0;
        write!(f, "{}\n{}", verb.usage(), verb.help)?;
        if verb.confirmed {
            f.write_str("\nYou are asked to confirm it.")?;
        }
        match verb.role {
            Some(role) => write!(f, "\nNeeds the role {role}.")?,
            None => f.write_str("\nNeeds no role.")?,
        }
        if !verb.aliases.is_empty() {
            write!(f, "\nAlso: {}", verb.aliases.join(", "))?;
        }
        verb.examples.iter().try_for_each(|example| write!(f, "\nFor example: /sir {example}"))
    }
}

/// The pages of a verb, or of the family that its first word names. `topic` is that of [`super::command::Command::Help`].
pub(crate) fn pages(topic: &str) -> Vec<HelpPage> {
    verbs::all().filter(|verb| verb.name == topic || verb.head() == topic).map(HelpPage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::policy::roles::PersonKind;

    fn settings() -> Settings {
        toml::from_str(
            r#"
            slack = { team = "T0123", channel = "C0123" }
            roles = { viewer = ["U1"], commander = ["U3"], admin = ["U4"] }
            "#,
        )
        .unwrap()
    }

    fn titles(user: &str, place: Venue) -> Vec<(&'static str, usize)> {
        let (team, user) = (crate::case::TeamId::new("T0123"), crate::case::UserId::new(user));
        let identity = Identity { team, user, kind: PersonKind::Member, groups: vec![] };
        let sections = overview(&settings(), &identity, place);
        sections.into_iter().map(|section| (section.title, section.verbs.len())).collect()
    }

    #[test]
    fn help_shows_what_this_person_may_do_here() {
        let elsewhere = "In a case (in its thread or channel, or with its id before the verb)";
        for (user, place, expected) in [
            ("U9", Venue::Case, vec![("Anywhere", 2)]),
            ("U1", Venue::Case, vec![("In this case", 7), ("Anywhere", 4), ("Organisation", 8)]),
            ("U3", Venue::Direct, vec![(elsewhere, 34), ("Anywhere", 5), ("Organisation", 8)]),
            (
                "U4",
                Venue::Case,
                vec![("In this case", 34), ("Anywhere", 5), ("Organisation", 8), ("Admin", 6)],
            ),
            ("U4", Venue::Shared, vec![("Anywhere", 2)]),
        ] {
            assert_eq!(titles(user, place), expected, "{user} {place:?}");
        }
    }

    #[test]
    fn a_page_says_all_about_a_verb() {
        let pages = pages("close");
        assert_eq!(
            pages.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "/sir close\nCloses the case, for ever: nothing reopens it.\nYou are asked to confirm it.\nNeeds the role \
              commander.\nFor example: /sir close\nFor example: /sir 1234567890 close"
            ]
        );
    }

    #[test]
    fn every_topic_that_help_accepts_has_a_page() {
        for verb in verbs::all() {
            assert_eq!(pages(verb.name).first().map(|page| page.0.head()), Some(verb.head()));
            assert!(!pages(verb.head()).is_empty());
        }
        assert_eq!(pages("hub").len(), 6);
        assert_eq!(pages("ai").len(), 3);
    }

    #[test]
    fn a_section_lists_its_verbs() {
        let section =
            Section { title: "Anywhere", verbs: verbs::all().filter(|verb| verb.name == "whoami").collect() };
        assert_eq!(section.to_string(), "Anywhere\n/sir whoami  Your role, and where it comes from.");
    }
}
