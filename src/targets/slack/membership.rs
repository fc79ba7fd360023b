//! How is news of a membership told in Slack?

use super::{
    line::{self, Line, short},
    message::Message,
    mrkdwn::Mrkdwn,
};
use crate::{
    case::{Membership, MembershipId, text},
    targets::wording,
};

/// How much of a list is shown, after escaping.
const LIST: usize = 600;
/// How much of a fact is shown, after escaping.
const FACT: usize = 100;

/// What a membership now is, and what `happened` to it, as `was created`. The team's e-mail addresses stay out of the
/// channel.
pub fn membership(membership: &Membership, happened: &'static str) -> Message {
    let head = Line::new()
        .bold("Membership")
        .own(" ")
        .strong(&text::cut(&membership.name, 50))
        .own(" ")
        .own(happened);
    let mut lines = vec![head];
    lines.extend(facts(membership));
    let text = line::text_of(&lines);
    let mut sections = lines.into_iter().map(Line::section);
    let head = line::block(sections.next().into_iter().collect());
    Message::new(text, vec![head, line::block(vec![line::list(sections.collect())])])
}

fn facts(membership: &Membership) -> Vec<Line> {
    let label = |name: &'static str| Line::new().bold(name).own(" ");
    let fact = |name, value: &str| (!value.is_empty()).then(|| label(name).text(&short(value, FACT)));
    let list = |name, items: Vec<String>| {
        (!items.is_empty()).then(|| label(name).text(&short(&wording::some_of(&items, LIST), LIST)))
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
pub fn unread_membership(id: &MembershipId, happened: &'static str) -> Message {
    let text: Mrkdwn = Line::new()
        .bold("Membership")
        .own(" ")
        .text(&text::cut(id.as_str(), 40))
        .own(" ")
        .own(happened)
        .mrkdwn()
        .clone();
    Message::new(text, Vec::new())
}
