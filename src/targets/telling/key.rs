//! Under which key is something told, and which of them must be looked up? Keys come from what is told alone.

use super::{Ledger, Picture, calls::taken_key};
use crate::{
    case::{Comment, CommentId, Investigation, Seconds, text},
    state::{
        Seen,
        key::{Fingerprint, Key},
        notes::LOST,
    },
    targets::{content::Notice, contract::Planner},
};

pub fn text_keys(planner: &dyn Planner, picture: &Picture) -> Vec<Key> {
    let description = planner.parts(&picture.view.case.description).len();
    let mut keys: Vec<Key> = (0..description).map(|index| part_key(Stem::Description, index)).collect();
    for comment in &picture.comments {
        let stem = Stem::Comment(&comment.id);
        keys.extend((0..planner.parts(&comment.body).len()).map(|index| part_key(stem, index)));
    }
    keys
}

/// The keys of what comes by itself: steps of the AI agent, reminders, refusals.
pub(crate) fn other_keys(picture: &Picture) -> Vec<Key> {
    let steps = picture.investigations.iter().map(investigation_key);
    let reminders = picture.overdue.map(nudge_key);
    let calls = picture.calls.iter().map(|call| call.key.clone());
    let all = steps.chain(reminders).chain(picture.notices.iter().map(notice_key));
    all.chain(calls).chain(taken_key(picture)).collect()
}

/// More keys, where a told text became another: parts of it that are no longer needed may stand there.
pub(crate) fn keys_of_edited(planner: &dyn Planner, picture: &Picture, ledger: &Ledger) -> Vec<Key> {
    let edited = |key: &Key, hash: &Fingerprint| {
        ledger
            .get(key)
            .is_some_and(|told| !told.theirs && told.hash != hash.as_str() && told.seen != Seen::Deleted)
    };
    let mut keys = Vec::new();
    let mut consider = |stem: Stem<'_>, text: &str| {
        let parts = planner.parts(text);
        let hash = part_hash(parts.first().map_or("", String::as_str), parts.len());
        if edited(&part_key(stem, 0), &hash) {
            keys.extend((parts.len()..MOST_PARTS).map(|index| part_key(stem, index)));
        }
    };
    consider(Stem::Description, &picture.view.case.description);
    for comment in &picture.comments {
        consider(Stem::Comment(&comment.id), &comment.body);
    }
    keys
}

/// No text of 12,000 characters has more parts at any target.
pub(super) const MOST_PARTS: usize = 32;

#[derive(Clone, Copy)]
pub(crate) enum Stem<'a> {
    Description,
    Comment(&'a CommentId),
}

pub(crate) fn part_key(stem: Stem<'_>, index: usize) -> Key {
    match stem {
        Stem::Description => Key::description(index),
        Stem::Comment(id) => Key::comment(id, index),
    }
}

/// A comment's first part: whether it is known, the comment is.
pub(crate) fn comment_key(comment: &Comment) -> Key {
    part_key(Stem::Comment(&comment.id), 0)
}

pub(super) fn investigation_key(step: &Investigation) -> Key {
    Key(format!("investigation/{}", step.id))
}

/// The key of the line that says when the case is forgotten.
pub(super) const FORGETS: &str = "forgets";

pub(super) fn nudge_key((for_us, since): (bool, Seconds)) -> Key {
    Key(format!("nudge/{for_us}/{since}"))
}

/// Once a reason, whatever the status; once an issue.
pub(super) fn notice_key(notice: &Notice) -> Key {
    Key(match notice {
        Notice::NotMoved { why, .. } => format!("refused/status/{}", text::hash(why)),
        Notice::NotAssigned { why, .. } => format!("refused/assignee/{}", text::hash(why)),
        Notice::NotCopied { file, to, .. } => format!("refused/file/{}", text::hash(&format!("{to}/{file}"))),
        Notice::Moved { issue, moved, .. } => format!("moved/{issue}/{}", moved.id),
        Notice::Lost { issue, .. } => format!("refused/lost/{issue}"),
        Notice::Spare { spare, .. } => format!("spare/{spare}"),
        Notice::Strange { strange, .. } => format!("strange/{strange}"),
        Notice::NoThread { .. } => LOST.to_owned(),
        Notice::Forgets { .. } => FORGETS.to_owned(),
    })
}

/// The hash of a text's part; `of` is how many parts the text has.
pub(crate) fn part_hash(text: &str, of: usize) -> Fingerprint {
    Fingerprint::of(&format!("{of}/{text}"))
}
