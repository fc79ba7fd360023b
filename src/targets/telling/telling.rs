//! What of the case was not told yet, or reads differently now? Each question gives its effects, in their order.

use std::collections::BTreeMap;

use super::{
    Effect, Ledger, Picture,
    fingerprint::{content_hash, told_by_0_1_0},
    key::{MOST_PARTS, comment_key, investigation_key, nudge_key, part_hash, part_key, pieces, refused_key},
};
use crate::{
    case::{
        Investigation,
        author::{Author, unnamed},
        snapshot::{Facts, changes},
        text,
    },
    state::{
        Destination, Saying, Seen, Told,
        key::Key,
        notes::{CHANGES, PlaceNote},
    },
    targets::content::{Content, Part},
};

/// A text's parts against the ledger: what is new, what reads differently, what fell away.
fn told_parts(
    destination: Destination,
    stem: &str,
    text: &str,
    ledger: &Ledger,
    content: impl Fn(Part) -> Content,
) -> Vec<Effect> {
    let pieces = pieces(destination, text);
    let of = pieces.len();
    let fallen = (of..MOST_PARTS).map(|_| String::new());
    let mut effects = Vec::new();
    for (index, text) in pieces.into_iter().chain(fallen).enumerate() {
        let key = part_key(stem, index);
        let hash = part_hash(&text, of);
        let told = ledger.get(&key);
        if told.is_none() && index >= of {
            break;
        }
        let part = Part { index, of, text };
        effects.extend(match told {
            None => Some(Effect::Add { key, content: content(part), hash }),
            Some(told) => edit(key, told, content(part), hash),
        });
    }
    effects
}

fn edit(key: Key, told: &Told, content: Content, hash: String) -> Option<Effect> {
    let ours = !told.theirs && told.seen != Seen::Deleted;
    (ours && told.hash != hash).then(|| Effect::Edit { key, remote: told.remote.clone(), content, hash })
}

/// In Jira the first part of the description stands in the issue itself.
pub(super) fn description(destination: Destination, picture: &Picture, ledger: &Ledger) -> Vec<Effect> {
    let text = &picture.view.case.description;
    let effects = told_parts(destination, "description", text, ledger, Content::Description);
    let first = part_key("description", 0);
    match destination {
        Destination::Slack => effects,
        Destination::Jira => effects
            .into_iter()
            .filter(|effect| !matches!(effect, Effect::Add { key, .. } if *key == first))
            .collect(),
    }
}

pub(super) fn comments(destination: Destination, picture: &Picture, ledger: &Ledger) -> Vec<Effect> {
    let said = said(picture);
    let mut effects = Vec::new();
    for comment in &picture.comments {
        let saying = said.get(comment.id.as_str()).copied();
        let first = comment_key(comment, 0);
        let place = saying.and_then(|saying| match destination {
            Destination::Slack => saying.slack_ts.clone(),
            Destination::Jira => saying.jira_comment.clone(),
        });
        match place {
            Some(remote) if !ledger.contains_key(&first) => {
                effects.push(Effect::Adopt { key: first, remote, hash: text::hash(&comment.body) });
            }
            Some(_) => {}
            None if ledger.get(&first).is_some_and(|told| told.theirs) => {}
            None => {
                let author = saying.map_or_else(|| Author::of(&comment.creator), |s| s.author.clone());
                let edited = comment.updated.is_some_and(|updated| updated > comment.created);
                let stem = format!("comment/{}", comment.id);
                let speaker = saying.and_then(|saying| saying.speaker.clone());
                // Hashes are of what the case says: whose name stands above it does not make it another text.
                effects.extend(told_parts(destination, &stem, &comment.body, ledger, |mut part| {
                    if part.index == 0 {
                        part.text = unnamed(&part.text, speaker.as_deref()).to_owned();
                    }
                    let (author, speaker) = (author.clone(), speaker.clone());
                    Content::Comment { author, speaker, at: comment.created, edited, part }
                }));
            }
        }
    }
    effects
}

/// Which comment was said through the bridge, and how. One that is still in the making is recognised by its whole
/// text, one comment to one saying, and never where AWS itself speaks.
fn said(picture: &Picture) -> BTreeMap<&str, &Saying> {
    let mut said: BTreeMap<&str, &Saying> = picture
        .sayings
        .iter()
        .filter_map(|saying| saying.comment.as_deref().map(|comment| (comment, saying)))
        .collect();
    let mut making: Vec<&Saying> = picture.sayings.iter().filter(|saying| saying.comment.is_none()).collect();
    making.sort_by_key(|saying| saying.since);
    for comment in &picture.comments {
        let theirs = matches!(Author::of(&comment.creator), Author::Principal(_));
        if !theirs || making.is_empty() || said.contains_key(comment.id.as_str()) {
            continue;
        }
        let hash = text::hash(&comment.body);
        let made =
            |saying: &&Saying| saying.body_hash == hash && comment.created * 1000 + 60_000 >= saying.since;
        if let Some(index) = making.iter().position(made) {
            said.insert(comment.id.as_str(), making.remove(index));
        }
    }
    said
}

pub(super) fn changed_facts(destination: Destination, picture: &Picture, note: &PlaceNote) -> Option<Effect> {
    let new = Facts::of(&picture.view.case);
    let old = note.facts.as_ref()?;
    if *old == new {
        return None;
    }
    let changes = changes(old, &new);
    if changes.is_empty() {
        return Some(Effect::Note(Box::new(new)));
    }
    let key = Key(format!("{CHANGES}{}", note.changes));
    let content = Content::Changes(changes);
    Some(Effect::Add { key, hash: content_hash(destination, &content), content })
}

pub(super) fn investigations(picture: &Picture, ledger: &Ledger) -> Vec<Effect> {
    let tell = |step: &Investigation| {
        let key = investigation_key(step);
        let content = Content::Investigation { case: picture.view.case.id.clone(), step: step.clone() };
        let hash = content_hash(Destination::Slack, &content);
        match ledger.get(&key) {
            None => Some(Effect::Add { key, content, hash }),
            Some(told) if told_by_0_1_0(&told.hash, step) => None,
            Some(told) => edit(key, told, content, hash),
        }
    };
    picture.investigations.iter().filter_map(tell).collect()
}

pub(super) fn nudge(picture: &Picture, ledger: &Ledger) -> Option<Effect> {
    let overdue = picture.overdue?;
    let key = nudge_key(overdue);
    if ledger.contains_key(&key) {
        return None;
    }
    let content = Content::Nudge { for_us: overdue.0, since: overdue.1 };
    Some(Effect::Add { key, content, hash: String::new() })
}

/// Told once a reason; it names the newest status.
pub(super) fn refused_move(picture: &Picture, ledger: &Ledger) -> Option<Effect> {
    let refused = picture.not_moved.as_ref()?;
    let (key, hash) = (refused_key(refused), text::hash(&format!("{}/{}", refused.issue, refused.to)));
    let content = Content::NotMoved(refused.clone());
    match ledger.get(&key) {
        None => Some(Effect::Add { key, content, hash }),
        Some(told) => edit(key, told, content, hash),
    }
}
