//! Who somebody is here, what they can say, and whether the bridge works.

use super::context::{CommandContext, Outcome};
use crate::{
    aws::sir::Call,
    case::{MemberId, Millis},
    chat::{
        language::help,
        policy::roles::{self, Identity, Venue},
        reply::{Paragraph, Reply},
    },
    config::settings::Settings,
    runtime::breaker::{self, Refused},
    state,
    targets::{jira, slack},
};

/// `help [VERB]`. Needs nothing but the settings.
pub(crate) fn help(settings: &Settings, identity: &Identity, place: Venue, topic: Option<&str>) -> Reply {
    let Some(topic) = topic else {
        let sections = help::overview(settings, identity, place);
        return sections.iter().fold(Reply::default(), |answer, section| {
            let lines: Vec<_> = section.verbs.iter().map(|verb| (verb.usage(), verb.help)).collect();
            let head = Paragraph::default().bold(section.title);
            answer.line(
                lines
                    .iter()
                    .fold(head, |line, (usage, help)| line.text("\n").code(usage).text("  ").text(*help)),
            )
        });
    };
    help::pages(topic).iter().fold(Reply::default(), |answer, page| answer.say(page.to_string()))
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
