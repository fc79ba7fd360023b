//! Who may do what somebody else may not: by name, so that somebody can be woken.

use super::{
    identity,
    roles::{Denied, PersonKind},
};
use crate::{
    case::{MemberId, UserId, text},
    chat::reply::{Button, Paragraph, Reply},
    config::settings::Settings,
    targets::slack::{
        Slack,
        known::{self, Fact},
    },
};

const NAMED: usize = 3;

/// A refusal as the person reads it. Without Slack, and where it tells no name, people are mentioned by their ids: what
/// only one person reads calls nobody.
pub(crate) async fn told(slack: Option<&Slack<'_>>, settings: &Settings, refusal: &Denied) -> Reply {
    let Denied::Role { holders, .. } = refusal else { return Reply::default().marked(&refusal.to_string()) };
    if holders.is_empty() {
        return Reply::default().marked(&refusal.to_string());
    }
    let mut line = Paragraph::default().marked(&refusal.needs()).text(" ");
    let mut buttons = Vec::new();
    for (index, (role, id)) in holders.iter().take(NAMED).enumerate() {
        let name = match slack {
            Some(slack) => named(slack, settings, id).await,
            None => None,
        };
        let line_so_far = if index == 0 { line } else { line.text(", ") };
        line = match name.map(|name| text::cut(&text::one_line(&name), 80)) {
            Some(name) => {
                let user = id.group().is_none().then(|| UserId::new(id.as_str()));
                buttons.extend(user.map(|user| Button::asks(&name, &settings.slack.team, &user)));
                line_so_far.text(name)
            }
            None => line_so_far.member(id),
        }
        .text(format!(" ({role})"));
    }
    let can = match holders.len().saturating_sub(NAMED) {
        0 => " can. ".to_owned(),
        more => format!(" and {more} more can. "),
    };
    Reply::of(line.text(can).marked(&refusal.given())).buttons(buttons)
}

/// How people call a user or a user group of the settings.
async fn named(slack: &Slack<'_>, settings: &Settings, id: &MemberId) -> Option<String> {
    let Some(group) = id.group() else {
        let person = identity::profile(slack, settings, &UserId::new(id.as_str())).await.ok()??;
        return (person.identity.kind == PersonKind::Member).then_some(person.name);
    };
    let find = async || slack.group_handle(&group).await;
    let handle = known::remembered(slack.world, Fact::GroupName(&group), find).await.ok()??;
    Some(format!("@{handle}"))
}
