//! What do people say to each other across console, Slack and Jira? A long conversation about one case, with files, edits,
//! deletions, and comments that are not for everybody.

mod acts;
mod doors;

use std::rc::Rc;

use casebridge::case::Millis;

pub use self::{
    acts::turn,
    doors::{Inbox, Knock, answer, inbox, inbox_again, put, webhooks},
};
use super::world::{BEGIN, Happening, Shared};

/// So many messages are written in it; edits, deletions and restrictions come on top.
const MESSAGES: usize = 200;

/// Where somebody writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Console,
    Slack,
    Jira,
}

/// A file that was put beside a message.
#[derive(Clone, Debug)]
pub struct SharedFile {
    pub name: String,
    /// No other file has them.
    pub bytes: String,
}

/// What somebody wrote, and what became of it where it was written.
#[derive(Clone, Debug)]
pub struct Speech {
    pub side: Side,
    /// How the line that names the speaker must read; of the console the principal.
    pub who: String,
    /// Stands in every version of it, and in nothing else.
    pub token: String,
    /// A channel and a message, or an issue and a comment.
    pub place: (String, String),
    /// Its texts, the newest last: never empty.
    pub said: Vec<String>,
    pub file: Option<SharedFile>,
    /// It was never for everybody.
    pub never_open: bool,
    /// It was deleted, or is not for everybody any more.
    pub taken_back: bool,
    /// Its news came in the order in which it was written.
    pub in_order: bool,
}

impl Speech {
    pub fn text(&self) -> &str {
        self.said.last().map_or("", String::as_str)
    }

    /// It is for everybody, and stands where it was written.
    pub fn stands(&self) -> bool {
        !self.never_open && !self.taken_back
    }
}

#[derive(Default)]
pub struct Conversation {
    pub all: Vec<Speech>,
    pub inbox: Inbox,
}

/// Plans it: a case, and what is said about it from half a minute later on.
pub fn plan(world: &Rc<Shared>, until: Millis) {
    world.plan(BEGIN, Happening::Story(super::story::StoryTurn::Create(0)));
    world.plan(BEGIN + 30_000, Happening::Talk(until));
}
