//! What of the case was not told yet, or reads differently now? Each question gives its effects, in their order.

use std::collections::BTreeMap;

use super::{
    Effect, Ledger, Picture, What,
    calls::{calls, is_of_the_move},
    fingerprint::told_by_0_1_0,
    key::{MOST_PARTS, Stem, comment_key, investigation_key, notice_key, nudge_key, part_hash, part_key},
};
use crate::{
    case::{
        Comment, Investigation, Resolver, Status,
        author::{Author, unnamed},
        snapshot::{Change, Facts, changes},
        text,
    },
    state::{
        Saying, Seen, Told,
        deeds::{self, Deed},
        key::{Fingerprint, Key},
        notes::PlaceNote,
    },
    targets::{
        content::{Content, Doer, Moment, Notice, Part, ToldChange},
        contract::Planner,
        wording,
    },
};

/// A text's parts against the ledger: what is new, what reads differently, what fell away.
fn told_parts(
    parts: Vec<String>,
    stem: Stem<'_>,
    ledger: &Ledger,
    content: impl Fn(Part) -> Content,
) -> Vec<Effect> {
    let of = parts.len();
    let fallen = (of..MOST_PARTS).map(|_| String::new());
    let mut effects = Vec::new();
    for (index, text) in parts.into_iter().chain(fallen).enumerate() {
        let key = part_key(stem, index);
        let hash = part_hash(&text, of);
        let told = ledger.get(&key);
        if told.is_none() && index >= of {
            break;
        }
        let part = Part { index, of, text };
        effects.extend(match told {
            None => Some(Effect::add(key, content(part), hash)),
            Some(told) => edit(key, told, content(part), hash),
        });
    }
    effects
}

fn edit(key: Key, told: &Told, content: Content, hash: Fingerprint) -> Option<Effect> {
    let ours = !told.theirs && told.seen != Seen::Deleted;
    (ours && told.hash != hash.as_str()).then(|| Effect::Edit {
        key,
        remote: told.remote.clone(),
        content,
        hash,
    })
}

pub fn description(planner: &dyn Planner, picture: &Picture, ledger: &Ledger) -> Vec<Effect> {
    let parts = planner.parts(&picture.view.case.description);
    told_parts(parts, Stem::Description, ledger, Content::Description)
}

/// The comments, oldest first. What a person said here already is only remembered.
pub fn comments(planner: &dyn Planner, picture: &Picture, ledger: &Ledger) -> Vec<Effect> {
    let said = said(picture);
    let tell = |comment: &Comment| {
        let saying = said.get(comment.id.as_str()).copied();
        let (first, here) = (comment_key(comment), saying.and_then(|saying| saying.at(planner.kind())));
        match here {
            Some(_) if ledger.contains_key(&first) => Vec::new(),
            Some(remote) => {
                let (remote, hash) = (remote.to_owned(), Fingerprint::of(&comment.body));
                vec![Effect::Adopt { key: first, remote, hash }]
            }
            None if ledger.get(&first).is_some_and(|told| told.theirs) => Vec::new(),
            None if !planner.tells_comments() && !ledger.contains_key(&first) => Vec::new(),
            None => {
                let parts = planner.parts(&comment.body);
                told_parts(parts, Stem::Comment(&comment.id), ledger, |part| shown(comment, saying, part))
            }
        }
    };
    picture.comments.iter().flat_map(tell).collect()
}

/// Hashes are of what the case says: whose name stands above it does not make it another text.
fn shown(comment: &Comment, saying: Option<&Saying>, mut part: Part) -> Content {
    let author = saying.map_or_else(|| Author::of(&comment.creator), |saying| saying.author.clone());
    let speaker = saying.and_then(|saying| saying.speaker.clone());
    if part.index == 0 {
        part.text = unnamed(&part.text, speaker.as_deref()).to_owned();
    }
    let edited = comment.updated.filter(|updated| *updated > comment.created);
    Content::Comment { author, speaker, at: comment.created, edited, part, call: None }
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

/// What changed of the case's fields since it was last told; before it the lines of before that were never stored.
pub(crate) fn changed_facts(planner: &dyn Planner, picture: &Picture, note: &PlaceNote) -> Vec<Effect> {
    let line = |number: u32, before: &Facts, after: &Facts| {
        let told = changes(before, after).into_iter().filter(|change| planner.tells_change(change));
        let shown = told.map(|change| told_change(picture, change, (before, after)));
        let content =
            Content::Changes(Some(shown.collect::<Vec<_>>()).filter(|told| !told.is_empty())?, None);
        let hash = planner.content_fingerprint(&content);
        Some(Effect::add(Key::changes(number), content, hash))
    };
    let owed = note.lines.iter().filter(|(_, line)| line.owed);
    let mut effects: Vec<Effect> =
        owed.filter_map(|(number, of)| line(*number, &of.before, &of.after)).collect();
    let new = Facts::of(&picture.view.case);
    if let Some(old) = note.facts.as_ref().filter(|old| **old != new) {
        effects.push(line(note.changes, old, &new).unwrap_or_else(|| Effect::Note(Box::new(new))));
    }
    effects
}

/// What is said, what changed, who is called and what the agent did, in this order and a line a fact: a comment or a step
/// that calls does so by its own message, and that the move passed to us is said by what calls for it.
pub(crate) fn talk(
    planner: &dyn Planner,
    picture: &Picture,
    note: &PlaceNote,
    ledger: &Ledger,
) -> Vec<Effect> {
    let mut effects = comments(planner, picture, ledger);
    let comments = effects.len();
    effects.extend(investigations(planner, picture, ledger));
    let calls = calls(picture, ledger, &mut effects);
    let steps = effects.split_off(comments);
    let planned = effects.iter().chain(&calls).filter_map(Effect::call).map(|call| &call.key);
    let told = picture.calls.iter().map(|call| &call.key).filter(|key| ledger.contains_key(key));
    let says_the_move = planned.chain(told).any(is_of_the_move);
    let changed = changed_facts(planner, picture, note);
    let newest = Key::changes(note.changes);
    effects.extend(changed.into_iter().map(|effect| match effect {
        Effect::Create { key, what: What::Content(Content::Changes(list, _)), .. }
            if says_the_move && key == newest =>
        {
            without_the_move(planner, picture, (key, list))
        }
        effect @ (Effect::Create { .. } | Effect::Adopt { .. } | Effect::Edit { .. } | Effect::Note(_)) => {
            effect
        }
    }));
    let apart: Vec<_> =
        calls.into_iter().filter_map(|call| told_with_the_closing(&mut effects, call)).collect();
    effects.extend(apart);
    effects.extend(steps);
    effects
}

/// Who is called because the case is closed is called by the message that says so; `None` for such a call.
fn told_with_the_closing(effects: &mut [Effect], call: Effect) -> Option<Effect> {
    let closed = |told: &ToldChange| matches!(&told.change, Change::Field { name: "Status", new: Some(new), .. } if Status::from(new.clone()) == Status::Closed);
    let place = effects.iter_mut().rev().find_map(|effect| match effect {
        Effect::Create { what: What::Content(Content::Changes(list, place)), .. } => {
            list.iter().any(closed).then_some(place)
        }
        Effect::Create { .. } | Effect::Adopt { .. } | Effect::Edit { .. } | Effect::Note(_) => None,
    });
    match (place, call) {
        (Some(place), Effect::Create { what: What::Content(Content::Call(call)), .. })
            if call.moment == Moment::Closed =>
        {
            *place = Some(Box::new(call));
            None
        }
        (_, call) => Some(call),
    }
}

fn without_the_move(
    planner: &dyn Planner,
    picture: &Picture,
    (key, mut list): (Key, Vec<ToldChange>),
) -> Effect {
    let ours = wording::resolver(Resolver::Own);
    list.retain(|told| {
        !matches!(&told.change, Change::Field { name: "Next move", new: Some(new), .. } if new == ours)
    });
    if list.is_empty() {
        return Effect::Note(Box::new(Facts::of(&picture.view.case)));
    }
    let content = Content::Changes(list, None);
    let hash = planner.content_fingerprint(&content);
    Effect::add(key, content, hash)
}

fn told_change(picture: &Picture, change: Change, (before, after): (&Facts, &Facts)) -> ToldChange {
    let doer = |deed: &Deed| Doer { author: deed.who.clone(), name: deed.name.clone() };
    let by = deeds::doer(&picture.deeds, &change).map(doer);
    ToldChange { change: change.naming_people([&after.names, &before.names, &picture.names]), by }
}

pub fn investigations(planner: &dyn Planner, picture: &Picture, ledger: &Ledger) -> Vec<Effect> {
    let tell = |step: &Investigation| {
        let key = investigation_key(step);
        let case = picture.view.case.id.clone();
        let content = Content::Investigation { case, step: step.clone(), call: None };
        let hash = planner.content_fingerprint(&content);
        match ledger.get(&key) {
            None => Some(Effect::add(key, content, hash)),
            Some(told) if told_by_0_1_0(&told.hash, step) => None,
            Some(told) => edit(key, told, content, hash),
        }
    };
    picture.investigations.iter().filter_map(tell).collect()
}

pub(crate) fn nudge(picture: &Picture, ledger: &Ledger) -> Option<Effect> {
    let overdue = picture.overdue?;
    let key = nudge_key(overdue);
    if ledger.contains_key(&key) {
        return None;
    }
    let content = Content::Nudge { for_us: overdue.0, since: overdue.1 };
    Some(Effect::add(key, content, Fingerprint::default()))
}

/// What became of another target's anchor. That it could not be moved is told once a reason, and names the newest status.
pub(crate) fn notices(picture: &Picture, ledger: &Ledger) -> Vec<Effect> {
    picture.notices.iter().filter_map(|notice| told_notice(notice, ledger)).collect()
}

fn told_notice(notice: &Notice, ledger: &Ledger) -> Option<Effect> {
    let key = notice_key(notice);
    let hash = match notice {
        Notice::NotMoved { issue, to, .. } => Fingerprint::of(&format!("{issue}/{to}")),
        Notice::NotCopied { .. } => Fingerprint::default(),
        Notice::Moved { moved, .. } => Fingerprint::of(&moved.id),
        Notice::NotAssigned { issue, .. }
        | Notice::Lost { issue, .. }
        | Notice::Spare { issue, .. }
        | Notice::Strange { issue, .. } => Fingerprint::of(issue.as_str()),
        Notice::NoThread { case } | Notice::Forgets { case, .. } => Fingerprint::of(case.as_str()),
    };
    let content = Content::Notice(notice.clone());
    match ledger.get(&key) {
        None => Some(Effect::add(key, content, hash)),
        Some(told) => edit(key, told, content, hash),
    }
}
