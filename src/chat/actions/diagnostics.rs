//! Who somebody is here, what they can say, and whether the bridge works.

use std::collections::BTreeSet;

use super::{
    authority,
    context::{ActionError, CommandContext, Outcome},
    need_to_know,
    next_move::NextMove,
};
use crate::{
    case::{CaseId, MemberId},
    chat::{
        language::{
            command::Command,
            help::{self, HelpPage, Situation},
        },
        policy::roles::{self, Identity, PersonKind, Venue},
        reply::{Button, Paragraph, Reply},
    },
    config::settings::{RolesAt, Settings},
    doctor::{self, Answer, Finding, Patient},
};

pub(crate) struct Help<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) place: Venue,
    pub(crate) situation: Situation,
}

impl Help<'_> {
    /// `help [VERB|all]`. Needs nothing but the settings.
    pub(crate) fn answer(&self, identity: &Identity, topic: Option<&str>) -> Reply {
        match topic {
            None => self.here(identity),
            Some(help::ALL) => self.all(identity),
            Some(topic) => {
                let each = help::pages(topic).into_iter().map(|one| page(&one, identity));
                each.fold(Reply::default(), Reply::line)
            }
        }
    }

    fn here(&self, identity: &Identity) -> Reply {
        let lines = help::fitting(self.settings, identity, self.place, self.situation);
        let head = Paragraph::default().bold(self.situation.headline());
        let all = Command::Help { verb: Some(help::ALL.to_owned()) };
        Reply::of(listed(head, lines)).buttons(vec![Button::run("All commands", all)])
    }

    fn all(&self, identity: &Identity) -> Reply {
        let sections = help::overview(self.settings, identity, self.place);
        sections.iter().fold(Reply::default(), |answer, section| {
            let lines = section.verbs.iter().map(|verb| (verb.usage(), verb.help));
            answer.line(listed(Paragraph::default().bold(section.title), lines))
        })
    }
}

/// How one verb is used.
pub(super) fn page(page: &HelpPage, identity: &Identity) -> Paragraph {
    let alone = identity.kind == PersonKind::Operator;
    let head = Paragraph::default().code(page.0.usage()).text("\n").text(page.about(alone));
    let example =
        |line: Paragraph, example: &&str| line.text("\nFor example: ").code(format!("/sir {example}"));
    page.0.examples.iter().fold(head, example)
}

fn listed(head: Paragraph, lines: impl IntoIterator<Item = (String, &'static str)>) -> Paragraph {
    lines.into_iter().fold(head, |line, (usage, does)| line.text("\n").code(usage).text("  ").text(does))
}

/// `help` at a case: what fits depends on how it stands. Where the service does not tell, what fits any case.
pub(crate) async fn help(context: &CommandContext<'_>, here: Option<&CaseId>, topic: Option<&str>) -> Reply {
    let (settings, identity) = (context.settings, &context.person.identity);
    let may = roles::may(settings, identity, &Command::Show { full: false }, Venue::Case).is_ok();
    let situation = match here {
        None => Situation::Elsewhere,
        Some(case) if topic.is_none() && may => {
            let stands = NextMove::beside(context, case).await;
            stands.map_or(Situation::SomeCase, |(case, next)| Situation::of(&case, next.is_ours()))
        }
        Some(_) => Situation::SomeCase,
    };
    Help { settings, place: authority::place(context.job, here), situation }.answer(identity, topic)
}

pub(crate) fn whoami(context: &CommandContext<'_>) -> Reply {
    let identity = &context.person.identity;
    if context.is_at_a_terminal() {
        let head = Paragraph::of("AWS knows you as ").bold(identity.user.as_str());
        return Reply::of(
            head.text(". What you may do is for IAM to say; no role of the settings counts here."),
        );
    }
    let head = Paragraph::of("You are ").bold(&context.person.name).text(format!(" ({}). ", identity.user));
    let (mut all, mut line) = (context.settings.all_roles(), head);
    line = match all.next().and_then(|at| role_at(context, at)) {
        Some((role, why)) => line.text("Your role is ").bold(role.to_string()).text(format!(": {why}.")),
        None => line
            .text("You have no role here. An admin gives roles in the settings, by user id or user group: ")
            .code(identity.user.as_str())
            .text("."),
    };
    for at in all {
        let Some(((role, why), route)) = role_at(context, at).zip(at.0) else { continue };
        let cases = format!("\nFor the cases of the route {route} it is ");
        line = line.text(cases).bold(role.to_string()).text(format!(": {why}."));
    }
    Reply::of(line).line(Paragraph::of("What you may do: ").code("help"))
}

/// The role that these give whoever asks, and by which name.
fn role_at(context: &CommandContext<'_>, at: RolesAt<'_>) -> Option<(roles::Role, String)> {
    let identity = &context.person.identity;
    let role = roles::most(context.settings, &[at], identity)?;
    let listed = match role {
        roles::Role::Viewer => &at.1.viewer,
        roles::Role::Responder => &at.1.responder,
        roles::Role::Commander => &at.1.commander,
        roles::Role::Admin => &at.1.admin,
    };
    let why = match listed.iter().any(|id| identity.user == id.as_str()) {
        true => "the settings name you".to_owned(),
        false => {
            let groups = identity.groups.iter().map(MemberId::as_str);
            let groups = groups.filter(|group| listed.iter().any(|id| id == group));
            format!("you are in {}", groups.collect::<Vec<_>>().join(", "))
        }
    };
    Some((role, why))
}

/// `doctor`: what is wrong first, then what was not seen, then the names of all that works.
pub(crate) async fn doctor(context: &CommandContext<'_>) -> Outcome {
    let CommandContext { world, settings, slack, jira, secrets, .. } = *context;
    let patient = Patient { world, settings, slack, jira, secrets, until: slack.until };
    let found = Box::pin(doctor::examine(&patient)).await;
    let (mut wrong, mut unseen, mut good) = (Vec::new(), Vec::new(), Vec::new());
    for Finding { check, answer } in found {
        let line = Paragraph::default().bold(check);
        match answer {
            Answer::Wrong { seen, mend } => {
                let told = discreet(context, format!(": does not work: {seen}. {mend}.")).await?;
                wrong.push(line.text(told));
            }
            Answer::NotSeen { why, how } => {
                let told = discreet(context, format!(": not seen: {why}. To see it: {how}.")).await?;
                unseen.push(line.text(told));
            }
            Answer::Ok { .. } => good.push(check),
        }
    }
    let head = match wrong.len() {
        0 => Paragraph::of("Nothing is wrong that can be seen."),
        count => {
            let (is, all) = (if count == 1 { "is" } else { "are" }, count + unseen.len() + good.len());
            Paragraph::of(format!("{count} of {all} checks {is} wrong."))
        }
    };
    let works = Paragraph::of(format!("{} work: {}.", good.len(), good.join(", ")));
    Ok([vec![head], wrong, unseen, vec![works]].concat().into_iter().fold(Reply::default(), Reply::line))
}

/// What a check says, without the ids of cases of which whoever asks may not know.
async fn discreet(context: &CommandContext<'_>, said: String) -> Result<String, ActionError> {
    let numbers = said.split(|letter: char| !letter.is_ascii_digit());
    let cases: BTreeSet<_> = numbers.filter_map(CaseId::parse).collect();
    let mut told = said.clone();
    for case in cases {
        if !need_to_know::may_know(context, &case).await? {
            told = told.replace(case.as_str(), "(restricted)");
        }
    }
    Ok(told)
}
