//! How is news of a membership told in Slack?

use super::{
    line::{self, Line},
    message::Message,
    mrkdwn::Mrkdwn,
};
use crate::{case::Membership, text, wording};

/// How much of a list is shown.
const LIST: usize = 400;

/// What a membership now is, and what `happened` to it, as `was created`.
///
/// The team's e-mail addresses stay out of the channel.
pub fn membership(membership: &Membership, happened: &'static str) -> Message {
    let head = Line::new()
        .bold("Membership")
        .own(" ")
        .strong(&text::cut(&membership.name, 50))
        .own(" ")
        .own(happened);
    let facts = facts(membership);
    let text = facts.iter().fold(head.mrkdwn().clone(), |text, fact| text.markup("\n").then(fact.mrkdwn()));
    let list = line::list(facts.into_iter().map(Line::section).collect());
    Message::new(text, vec![line::block(vec![head.section()]), line::block(vec![list])])
}

fn facts(membership: &Membership) -> Vec<Line> {
    let label = |name: &'static str| Line::new().bold(name).own(" ");
    let fact = |name, value: &str| (!value.is_empty()).then(|| label(name).text(&text::cut(value, 100)));
    let list = |name, items: Vec<String>| {
        (!items.is_empty()).then(|| label(name).text(&wording::some_of(&items, LIST)))
    };
    let date = |name, at: Option<i64>| at.map(|at| label(name).date(at));
    let team = membership.team.iter().map(|one| format!("{} ({})", one.name, one.job_title)).collect();
    let on = |wanted: bool| {
        let features = membership.features.iter().filter(|(_, on)| *on == wanted);
        features.map(|(name, _)| name.clone()).collect()
    };
    let covered = membership.accounts_covered.and_then(|count| usize::try_from(count).ok());
    [
        fact("Status", &membership.status),
        fact("Id", membership.id.as_str()),
        fact("Account", &membership.account),
        fact("Region", &membership.region),
        covered.map(|count| label("Accounts covered").number(count)),
        fact("Kind", membership.customer_type.as_deref().unwrap_or_default()),
        membership.covers_organization.map(|all| {
            label("Covers").own(if all { "the whole organization" } else { "chosen organizational units" })
        }),
        list("Organizational units", membership.units.clone()),
        list("Response team", team),
        list("Switched on", on(true)),
        list("Switched off", on(false)),
        date("Active since", membership.activated),
        date("Ended", membership.deactivated),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is said of a membership that can no longer be read: its id and what happened.
pub fn unread_membership(id: &str, happened: &'static str) -> Message {
    let text: Mrkdwn =
        Line::new().bold("Membership").own(" ").text(id).own(" ").own(happened).mrkdwn().clone();
    Message::new(text, Vec::new())
}
