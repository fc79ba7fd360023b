//! Under which key is something told, and which of them must be looked up? Keys come from what is told alone.

use super::{Ledger, Picture};
use crate::{
    case::{Comment, Investigation, Seconds, text},
    state::{Destination, Seen, key::Key, notes::STATUS},
    targets::{content::NotMoved, jira, slack},
};

/// The ledger's keys that [`plan`](super::plan()) must know for this picture.
pub fn keys(destination: Destination, picture: &Picture) -> Vec<Key> {
    let description = pieces(destination, &picture.view.case.description).len();
    let mut keys: Vec<Key> = (0..description).map(|index| part_key("description", index)).collect();
    for comment in &picture.comments {
        let pieces = pieces(destination, &comment.body).len();
        keys.extend((0..pieces).map(|index| comment_key(comment, index)));
    }
    keys.extend(picture.investigations.iter().map(investigation_key));
    keys.extend(picture.overdue.map(nudge_key));
    keys.extend(picture.not_moved.as_ref().map(refused_key));
    keys
}

/// More keys, where a told text became another: parts of it that are no longer needed may stand there.
pub fn keys_of_edited(destination: Destination, picture: &Picture, ledger: &Ledger) -> Vec<Key> {
    let edited = |key: &Key, hash: &str| {
        ledger.get(key).is_some_and(|told| !told.theirs && told.hash != hash && told.seen != Seen::Deleted)
    };
    let mut keys = Vec::new();
    let mut consider = |stem: &str, text: &str| {
        let pieces = pieces(destination, text);
        let hash = part_hash(pieces.first().map_or("", String::as_str), pieces.len());
        if edited(&part_key(stem, 0), &hash) {
            keys.extend((pieces.len()..MOST_PARTS).map(|index| part_key(stem, index)));
        }
    };
    consider("description", &picture.view.case.description);
    for comment in &picture.comments {
        consider(&format!("comment/{}", comment.id), &comment.body);
    }
    keys
}

/// No text of 12,000 characters has more parts at either destination.
pub(super) const MOST_PARTS: usize = 32;

pub(super) fn pieces(destination: Destination, text: &str) -> Vec<String> {
    match destination {
        Destination::Slack => slack::parts(text),
        Destination::Jira => jira::parts(text),
    }
}

pub(super) fn part_key(stem: &str, index: usize) -> Key {
    Key(format!("{stem}/{index}"))
}

pub(super) fn comment_key(comment: &Comment, index: usize) -> Key {
    part_key(&format!("comment/{}", comment.id), index)
}

pub(super) fn investigation_key(step: &Investigation) -> Key {
    Key(format!("investigation/{}", step.id))
}

pub(super) fn nudge_key((for_us, since): (bool, Seconds)) -> Key {
    Key(format!("nudge/{for_us}/{since}"))
}

/// Once a reason, whatever the status.
pub(super) fn refused_key(refused: &NotMoved) -> Key {
    Key(format!("refused/{STATUS}/{}", text::hash(&refused.why)))
}

/// The hash of a text's part; `of` is how many parts the text has.
pub fn part_hash(text: &str, of: usize) -> String {
    text::hash(&format!("{of}/{text}"))
}
