//! What a person may do, and how it is said.

use std::fmt;

use crate::{
    case::{Case, Resolver},
    config::settings::Settings,
};

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
            Subject::Cases | Subject::Anything => Self::Anywhere,
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

/// The topic under which help tells everything.
pub(crate) const ALL: &str = "all";

/// The most lines of help at once: what a phone shows without scrolling. A headline is one of them.
const LINES: usize = 7;

/// Where somebody asks for help, as far as that decides what fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Situation {
    /// At no case.
    Elsewhere,
    /// At a case of which nothing is known just now.
    SomeCase,
    /// It is the user's own team's move on a case that AWS works.
    AwsWaits,
    AwsWorks,
    Ours,
    Closed,
}

impl Situation {
    /// `ours`: it is the user's own team's move, and nobody answered yet.
    pub(crate) fn of(case: &Case, ours: bool) -> Self {
        match (case.is_closed(), case.resolver) {
            (true, _) => Self::Closed,
            (_, Resolver::Own) => Self::Ours,
            (_, Resolver::Aws) if ours => Self::AwsWaits,
            (_, Resolver::Aws) => Self::AwsWorks,
        }
    }

    pub(crate) fn headline(self) -> &'static str {
        match self {
            Self::Elsewhere => "What you can do here",
            Self::SomeCase => "What you can do with this case",
            Self::AwsWaits => "AWS waits for your answer. What you can do",
            Self::AwsWorks => "AWS works this case. What you can do meanwhile",
            Self::Ours => "Your team works this case. What you can do",
            Self::Closed => "This case is closed. What you can still do",
        }
    }

    /// What fits, the most useful first: the verb that decides who may, the line, what it does.
    fn hints(self) -> &'static [(&'static str, &'static str, &'static str)] {
        const ANSWER: (&str, &str, &str) =
            ("comment", "comment TEXT", "Answer AWS; a reply in the thread does the same.");
        const COMMENT: (&str, &str, &str) =
            ("comment", "comment TEXT", "Say something on the case; a reply in the thread does the same.");
        const LATEST: (&str, &str, &str) = ("comments", "comments", "What was said last.");
        const SHOW: (&str, &str, &str) = ("show", "show", "The case as it stands.");
        const BRIEF: (&str, &str, &str) = ("brief", "brief", "How it stands, in six lines.");
        const TAKE: (&str, &str, &str) = ("take", "take", "It is yours, and nobody else is called.");
        const WATCH: (&str, &str, &str) = ("watch", "watch", "Get the case's e-mails.");
        const ATTACH: (&str, &str, &str) = ("attach", "attach", "How to put a file on the case.");
        const CLOSE: (&str, &str, &str) = ("close", "close", "Close it, for ever.");
        const HISTORY: (&str, &str, &str) = ("history", "history", "Who changed what.");
        const FULL: (&str, &str, &str) = ("show", "show --full", "All that is known of it.");
        const NEW: (&str, &str, &str) = ("new", "new", "Open a case.");
        match self {
            Self::Elsewhere => &[
                ("tray", "", "The latest open cases, as buttons."),
                NEW,
                ("list", "list mine", "The open cases that you have or watch."),
                ("show", "1234567890 show", "A case, by its id."),
                ("doctor", "doctor", "Whether every part of the bridge works."),
                ("whoami", "whoami", "Your role, and where it comes from."),
            ],
            Self::SomeCase => &[BRIEF, COMMENT, TAKE, SHOW, ATTACH, WATCH, CLOSE],
            Self::AwsWaits => &[ANSWER, TAKE, BRIEF, LATEST, ATTACH, SHOW, CLOSE],
            Self::AwsWorks => {
                &[BRIEF, COMMENT, LATEST, ("ai", "ai", "What AWS's AI agent found."), TAKE, ATTACH, CLOSE]
            }
            Self::Ours => &[
                ("status", "status", "Move it on: the next statuses as buttons."),
                BRIEF,
                COMMENT,
                TAKE,
                ATTACH,
                ("resolver", "resolver aws", "Hand it to AWS, for ever."),
                CLOSE,
            ],
            Self::Closed => &[FULL, ("timeline", "timeline", "What happened, in its order."), HISTORY, NEW],
        }
    }
}

/// What this person may do here that fits, at most seven lines of it: each as it is typed, and what it does.
pub(crate) fn fitting(
    settings: &Settings,
    identity: &Identity,
    place: Venue,
    situation: Situation,
) -> Vec<(String, &'static str)> {
    let may =
        |name: &str| verbs::named(name).is_some_and(|verb| may_use(settings, identity, verb, place).is_ok());
    let fitting = situation.hints().iter().filter(|(verb, ..)| may(verb)).take(LINES);
    let lines: Vec<_> =
        fitting.map(|(_, line, does)| (format!("/sir {line}").trim_end().to_owned(), *does)).collect();
    match lines.is_empty() {
        true => vec![("/sir whoami".to_owned(), "Your role, and who gives roles.")],
        false => lines,
    }
}

/// How to use one verb. Its `Display` is plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HelpPage(pub &'static Verb);

impl HelpPage {
    /// All that it says between its usage and its examples; `alone`: where AWS alone decides who may.
    pub(crate) fn about(&self, alone: bool) -> String {
        let verb = self.0;
        let confirmed = if verb.confirmed { "\nYou are asked to confirm it." } else { "" };
        let role = match verb.role {
            Some(_) if alone => "\nAWS decides whether you may.".to_owned(),
            Some(role) => format!("\nNeeds the role {role}."),
            None => "\nNeeds no role.".to_owned(),
        };
        let also = match verb.aliases {
            [] => String::new(),
            aliases => format!("\nAlso: {}", aliases.join(", ")),
        };
        format!("{}{confirmed}{role}{also}", verb.help)
    }
}

impl fmt::Display for HelpPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.0.usage(), self.about(false))?;
        self.0.examples.iter().try_for_each(|example| write!(f, "\nFor example: /sir {example}"))
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
            ("U1", Venue::Case, vec![("In this case", 9), ("Anywhere", 4), ("Organisation", 8)]),
            ("U3", Venue::Direct, vec![(elsewhere, 44), ("Anywhere", 5), ("Organisation", 8)]),
            (
                "U4",
                Venue::Case,
                vec![("In this case", 44), ("Anywhere", 5), ("Organisation", 8), ("Admin", 6)],
            ),
            ("U4", Venue::Shared, vec![("Anywhere", 2)]),
        ] {
            assert_eq!(titles(user, place), expected, "{user} {place:?}");
        }
    }

    #[test]
    fn help_fits_the_case_the_person_and_a_phone() {
        let fit = |user: &str, situation| {
            let (team, user) = (crate::case::TeamId::new("T0123"), crate::case::UserId::new(user));
            let identity = Identity { team, user, kind: PersonKind::Member, groups: vec![] };
            let lines = fitting(&settings(), &identity, Venue::Case, situation);
            lines.into_iter().map(|(line, _)| line).collect::<Vec<_>>()
        };
        let all = [
            Situation::Elsewhere,
            Situation::SomeCase,
            Situation::AwsWaits,
            Situation::AwsWorks,
            Situation::Ours,
            Situation::Closed,
        ];
        for situation in all {
            for (verb, line, _) in situation.hints() {
                let read = crate::chat::language::grammar::parse(line, 1_795_255_200).unwrap();
                assert_eq!(verbs::of(&read.command).map(|verb| verb.name), Some(*verb), "{line}");
            }
            assert!(fit("U4", situation).len() <= LINES);
        }
        assert_eq!(fit("U3", Situation::AwsWaits)[0], "/sir comment TEXT");
        assert!(!fit("U3", Situation::AwsWaits).iter().any(|line| line.contains("status")));
        assert!(fit("U3", Situation::Ours).contains(&"/sir close".to_owned()));
        assert!(!fit("U3", Situation::Closed).iter().any(|line| line.contains("close")));
        assert_eq!(fit("U1", Situation::Closed), ["/sir show --full", "/sir timeline", "/sir history"]);
        assert_eq!(fit("U9", Situation::Ours), ["/sir whoami"]);
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
