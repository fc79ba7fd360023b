//! Who somebody is here, what they can say, and whether the bridge works.

use super::{
    authority,
    context::{CommandContext, Outcome},
};
use crate::{
    aws::sir::Call,
    case::{CaseId, MemberId, Millis},
    chat::{
        language::{
            command::Command,
            help::{self, Situation},
        },
        policy::roles::{self, Identity, Venue},
        reply::{Button, Paragraph, Reply},
    },
    config::settings::Settings,
    runtime::breaker::{self, Refused},
    state,
    targets::{jira, slack},
};

/// Who asks for help of whom, and where.
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
            Some(topic) => help::pages(topic).iter().fold(Reply::default(), |answer, page| {
                answer.line(page.0.examples.iter().fold(Paragraph::of(page.head()), |line, example| {
                    line.text("\nFor example: ").code(format!("/sir {example}"))
                }))
            }),
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
            context.case(case).await.map_or(Situation::SomeCase, |case| Situation::of(&case))
        }
        Some(_) => Situation::SomeCase,
    };
    Help { settings, place: authority::place(context.job, here), situation }.answer(identity, topic)
}

pub(crate) fn whoami(context: &CommandContext<'_>) -> Reply {
    let identity = &context.person.identity;
    let roles = &context.settings.roles;
    let why = |role: roles::Role| {
        let listed = match role {
            roles::Role::Viewer => &roles.viewer,
            roles::Role::Responder => &roles.responder,
            roles::Role::Commander => &roles.commander,
            roles::Role::Admin => &roles.admin,
        };
        match listed.iter().any(|id| identity.user == id.as_str()) {
            true => "the settings name you".to_owned(),
            false => {
                let groups = identity.groups.iter().map(MemberId::as_str);
                let groups = groups.filter(|group| listed.iter().any(|id| id == group));
                format!("you are in {}", groups.collect::<Vec<_>>().join(", "))
            }
        }
    };
    let head = Paragraph::of("You are ").bold(&context.person.name).text(format!(" ({}). ", identity.user));
    Reply::of(match roles::role(context.settings, identity) {
        Some(role) => head.text("Your role is ").bold(role.to_string()).text(format!(": {}.", why(role))),
        None => head
            .text("You have no role here. An admin gives roles in the settings, by user id or user group: ")
            .code(identity.user.as_str())
            .text("."),
    })
    .line(Paragraph::of("What you may do: ").code("help"))
}

/// What was refused longer ago is not spoken of.
const REFUSED: Millis = 86_400_000;

const SHARED: &str = "It is shared with another workspace, whose people read everything that is told there. End the \
                      sharing, or name another channel in the settings: slack.channel.";

/// `doctor`: asks every service that the bridge needs something harmless.
pub(crate) async fn doctor(context: &CommandContext<'_>) -> Outcome {
    let slack = context.slack.me().await.map(drop).map_err(|failure| failure.to_string());
    let jira = match &context.jira {
        Some(jira) => Some(jira.me().await.map(drop).map_err(|failure| failure.to_string())),
        None => None,
    };
    let alone = match context.slack.is_shared(&context.settings.slack.channel).await {
        Ok(false) => Ok(()),
        Ok(true) => Err(SHARED.to_owned()),
        Err(failure) => Err(failure.to_string()),
    };
    let call = |call: Call| async {
        context.world.call(call).await.map(drop).map_err(|fault| format!("{fault} {}", fault.message))
    };
    let refused = refused(context).await.unwrap_or_default();
    let lines = [
        ("Slack", Some(slack)),
        ("The channel of the settings", Some(alone)),
        ("Jira", jira),
        ("Security Incident Response, cases", Some(call(Call::ListCases { next: None }).await)),
        ("Security Incident Response, membership", Some(call(Call::ListMemberships { next: None }).await)),
        (
            "The table",
            Some(context.world.store().note("doctor").await.map(drop).map_err(|error| error.to_string())),
        ),
    ];
    let answer = lines.into_iter().fold(Reply::default(), |answer, (name, found)| {
        answer.line(match found {
            None => Paragraph::default().bold(name).text(": not in the settings."),
            Some(Ok(())) => Paragraph::default().bold(name).text(": works."),
            Some(Err(why)) => Paragraph::default().bold(name).text(": does not work. ").text(why),
        })
    });
    Ok(refused.into_iter().fold(answer, Reply::line))
}

/// What Slack or Jira refused of that for which nothing waits: a line each.
async fn refused(context: &CommandContext<'_>) -> Result<Vec<Paragraph>, state::Error> {
    let mut lines = Vec::new();
    for target in [slack::KIND, jira::KIND] {
        let refusals = breaker::refused_since(context.world, target, context.world.now() - REFUSED).await?;
        lines.extend(refusals.into_iter().map(|(what, Refused { case, why, .. })| {
            let line =
                Paragraph::of("In the last day ").bold(target.as_str()).text(" refused the ").code(what);
            line.text(" of case ").bold(case).text(": ").text(why).text(". Nothing else waits for it.")
        }));
    }
    Ok(lines)
}
