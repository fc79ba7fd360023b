//! Do card and issue show how the case stands, and does each lead to the other?

use casebridge::case::CaseId;
use casebridge::case::{ChannelId, Ts};

use super::{
    super::{faults::Set, history::CaseHistory, journal::JournalEntry, world::Shared},
    Defect, Findings, TargetView,
    fields::{rows, says_whose_move},
    read::plain,
};

/// Asks of a case's card and issue.
pub fn judge(
    judge: &mut Findings<'_>,
    world: &Shared,
    (id, life): (&CaseId, &CaseHistory),
    [slack, jira]: &[TargetView<'_>; 2],
) {
    let (card, issue) = (standing(slack), standing(jira));
    let raw_card = card
        .and_then(|card| world.slack().message(&ChannelId::new(&card.place), &Ts::new(&card.id)))
        .unwrap_or_default();
    let raw_issue = issue.and_then(|issue| world.jira().issue(&issue.id)).unwrap_or_default();
    let key = raw_issue["key"].as_str().unwrap_or_default().to_owned();
    let refusals = world.services.refusals.borrow();
    let first = world.jira().issues().first().is_some_and(|first| *first == key);
    let never = |what| first && refusals.never_end(what);
    let mut wrong: Vec<(Defect, String)> = Vec::new();
    if let Some(card) = card.filter(|_| !refusals.never_end(Set::Card)) {
        let lines = card_lines(life);
        let lacks = lines.iter().filter(|line| !plain(card.text()).contains(line.as_str()));
        wrong.extend(lacks.map(|line| (Defect::OutOfOrder, format!("the card of {id} does not say {line}"))));
        if !key.is_empty() && !raw_card.to_string().contains(&format!("/browse/{key}\"")) {
            wrong.push((Defect::Lost, format!("the card of {id} does not lead to {key}")));
        }
    }
    wrong.extend(whole(slack, life).map(|why| (Defect::Lost, format!("{why} in the thread of {id}"))));
    let settings = world.settings();
    let wanted = settings.jira.as_ref().and_then(|jira| jira.status.get(life.is("caseStatus")));
    let held = never(Set::StatusByField) || never(Set::StatusInWords);
    let moved = wanted.is_some_and(|wanted| raw_issue["fields"]["status"]["name"] == **wanted);
    if !held && !moved {
        wrong.push((
            Defect::OutOfOrder,
            format!("the issue of {id} does not stand for {}", life.is("caseStatus")),
        ));
    }
    let says_so = slack.told.iter().any(|shown| super::told(shown.text()) == super::ReadText::NotMoved);
    if (held && !moved || world.says_what_is_refused) && !says_so {
        wrong.push((
            Defect::Lost,
            format!("the thread of {id} does not say that its issue could not be moved"),
        ));
    }
    if let Some(issue) = issue {
        let card = card.map(link).unwrap_or_default();
        let text = !never(Set::IssueText);
        let says = plain(issue.text());
        let lacks = issue_lines(life).into_iter().filter(|line| text && !says.contains(line.as_str()));
        wrong
            .extend(lacks.map(|line| (Defect::OutOfOrder, format!("the issue of {id} does not say {line}"))));
        let rows = rows(life, issue.text()).into_iter().filter(|_| text);
        wrong.extend(rows.map(|row| (Defect::OutOfOrder, format!("the table of {id}'s issue lacks {row}"))));
        if text && !says_whose_move(life, issue.text()) {
            wrong.push((Defect::OutOfOrder, format!("the issue of {id} does not say whose move it is")));
        }
        if text && !raw_issue["fields"]["description"].to_string().contains(&card) {
            wrong.push((Defect::Lost, format!("the issue of {id} does not lead to its card")));
        }
        if !never(Set::Link) && !raw_issue["remotelinks"].to_string().contains(&card) {
            wrong.push((Defect::Lost, format!("the issue of {id} has no link to its card")));
        }
    }
    drop(refusals);
    judge.found.extend(wrong);
}

/// What stands, where a person took nothing away.
fn standing<'a>(place: &TargetView<'a>) -> Option<&'a JournalEntry> {
    place.homes.iter().find(|home| home.gone.is_none()).copied()
}

/// How Slack calls the place of a message.
fn link(card: &JournalEntry) -> String {
    format!("/archives/{}/p{}", card.place, card.id.replace('.', ""))
}

fn card_lines(life: &CaseHistory) -> Vec<String> {
    let mut lines = vec![plain(life.is("title"))];
    match life.is_closed() {
        true => lines.extend(["Closed".to_owned(), life.is("closureCode").to_owned()]),
        false => lines.push(life.is("caseStatus").to_owned()),
    }
    lines
}

/// What an issue must say: title, state and description.
fn issue_lines(life: &CaseHistory) -> Vec<String> {
    let names = ["title", "caseStatus", "description", "closureCode"];
    names.iter().map(|name| plain(life.is(name))).collect()
}

/// Whether the description stands below the card.
fn whole(slack: &TargetView<'_>, life: &CaseHistory) -> Option<String> {
    let mut parts: Vec<(usize, String)> = Vec::new();
    for shown in slack.told.iter().filter(|shown| shown.gone.is_none()) {
        if let super::ReadText::Description { words, part: (index, _) } = super::told(shown.text()) {
            parts.push((index, words));
        }
    }
    parts.sort();
    let stands: String = parts.iter().map(|(_, words)| words.as_str()).collect();
    let gone = slack.told.iter().any(|shown| shown.gone.is_some());
    let is = plain(life.is("description"));
    (!gone && plain(&stands) != is).then(|| format!("the description reads {stands:?}"))
}
