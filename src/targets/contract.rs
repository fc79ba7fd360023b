//! What a target must be able to do: a [`Planner`] says what is to stand there, and is pure; a [`Target`] makes it so,
//! asks once, repeats nothing, and says by [`Failure`] what became of it. One suite, `tests/targets`, holds for all of
//! them.

use async_trait::async_trait;

pub use crate::runtime::gate::Slot;

use super::{
    content::{Announcement, Content, Links, Notice, View},
    mark::Mark,
    telling::{Decoration, Effect, Ledger, Picture, What},
};
use crate::{
    case::{Case, CaseId, DeploymentId, Email, Millis, RouteName, snapshot::Change},
    http::Failure,
    state::{
        self, TargetKind,
        key::{Fingerprint, Key},
        notes::{Home, Intent, PlaceNote},
    },
};

/// An addition of which nothing is known may still arrive within this; longer than send delay, late arrival (seen up to
/// 40 s) and stale reads together.
pub(crate) const QUARANTINE: Millis = 60_000;

/// What is to stand at a target, and where. Pure: from what is true and what is known there.
pub trait Planner {
    fn kind(&self) -> TargetKind;

    fn title(&self) -> &'static str;

    /// What is to be told, in the order in which it must happen, each not before the one before it.
    fn plan(&self, picture: &Picture, note: &PlaceNote, ledger: &Ledger) -> Vec<Effect>;

    /// Whether what is said on a case is told there.
    fn tells_comments(&self) -> bool {
        true
    }

    /// Whether a line of its own says that this changed.
    fn tells_change(&self, _change: &Change) -> bool {
        true
    }

    /// The keys of which [`Self::plan`] must know what was told.
    fn keys(&self, picture: &Picture) -> Vec<Key>;

    /// What is to be set beside it: nothing told waits for it, and it may be set again without harm. None before the
    /// anchor stands.
    fn decoration(&self, _picture: &Picture, _note: &PlaceNote, _ledger: &Ledger) -> Vec<Decoration> {
        Vec::new()
    }

    /// A text as the pieces that one message or comment each can hold; one at least.
    fn parts(&self, text: &str) -> Vec<String>;

    fn anchor_fingerprint(&self, view: &View) -> Fingerprint;

    /// Of what such a content shows, rendered.
    fn content_fingerprint(&self, content: &Content) -> Fingerprint;

    /// What an anchor is that was made under this name.
    fn anchor(&self, remote: &str, note: &PlaceNote) -> Home;

    /// The places that lead to a case with this anchor, so that a command given there needs no case id.
    fn bindings(&self, _anchor: &Home, _note: &PlaceNote) -> Vec<String> {
        Vec::new()
    }

    fn link(&self, _anchor: &Home, _links: &mut Links) {}

    /// What others are to say of what became of the anchor.
    fn notices(&self, _case: &Case, _note: &PlaceNote) -> Vec<Notice> {
        Vec::new()
    }

    /// Which turn a write waits for; `None` where it needs none. Most targets count additions alone.
    fn slot(&self, _note: &PlaceNote, _adds: bool) -> Option<Slot> {
        None
    }

    /// How long after it was sent an addition without an answer is looked for, the first time not before it must have
    /// arrived. What is not found yet is looked for again; after the last time it is sent again.
    fn looks(&self, _key: &Key) -> &'static [Millis] {
        &[QUARANTINE]
    }

    /// Whether what is gone was taken away by people for good. Else it may be hidden for now, and come back.
    fn forgets_what_is_gone(&self) -> bool {
        false
    }

    /// Whether what was told stands without its anchor. Else it is told anew together with it.
    fn stands_alone(&self, _note: &PlaceNote) -> bool {
        false
    }
}

#[async_trait(?Send)]
pub trait Target {
    fn planner(&self) -> &dyn Planner;

    /// What is to be added, with all that must be known of it before it is written down that it is made.
    async fn prepare(&self, what: What, _: &Picture, _: &PlaceNote) -> Result<What, Failure> {
        Ok(what)
    }

    /// Makes something that must be there once, and answers what it is called there.
    async fn create(&self, creation: &Creation<'_>, note: &PlaceNote) -> Result<String, Failure>;

    /// Rewrites something that was told.
    async fn edit(&self, _entry: &Entry<'_>, _note: &PlaceNote) -> Result<(), Failure> {
        Err(not_here())
    }

    async fn set(&self, _: &Decoration, _: &Picture, _: &PlaceNote) -> Result<(), Failure> {
        Err(not_here())
    }

    /// Takes away something of ours that stands there twice.
    async fn delete(&self, _remote: &str, _note: &PlaceNote) -> Result<(), Failure> {
        Err(not_here())
    }

    /// Looks for an addition that may have been made. Only what we wrote ourselves counts. In a target that cannot be
    /// read nothing is found.
    async fn find(&self, _: &CaseId, _: &Intent, _: &PlaceNote) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// Looks for an anchor that we made of a case since it was opened, and that nobody remembers. Only what is ours by
    /// its author and by its mark counts. A target that cannot be read has none.
    async fn recall(&self, _case: &Case, _note: &PlaceNote) -> Result<Option<Found>, Failure> {
        Ok(None)
    }

    /// Other anchors of the case. Only where an answer was lost, or the table, is any of them ours.
    async fn others(&self, _case: &Case, _note: &PlaceNote) -> Result<OtherAnchors, Failure> {
        Ok(OtherAnchors::default())
    }

    /// Lets such an anchor say where the case is told, and bear no mark of the case any more. Repeating it changes nothing.
    async fn set_aside(&self, _case: &CaseId, _spare: &str, _note: &PlaceNote) -> Result<(), Failure> {
        Ok(())
    }

    /// Whether this refusal says for good that nothing can be told below the anchor, though it can be read.
    fn is_evidence(&self, _why: &str) -> bool {
        false
    }

    /// Whether the anchor is gone, asked anew: what could not be found may have been something on it.
    async fn is_gone(&self, _note: &PlaceNote) -> Result<bool, Failure> {
        Ok(false)
    }

    /// Reads back all that stands there of a case; nothing in a target that cannot be read.
    async fn read_back(&self, _case: &CaseId, _note: &PlaceNote) -> Result<ReadBack, Failure> {
        Ok(ReadBack::default())
    }

    /// Whether the target cannot be read, and drops by its key what it is sent twice: then an addition without an
    /// answer is sent again, and nothing is looked for.
    fn is_repeatable(&self) -> bool {
        false
    }

    /// How the person with this address is called; `None` where the target knows nobody.
    async fn name_of(&self, _email: &Email) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    /// Whether the target still knows us: what one state was refused for may be that state's alone.
    async fn knows_us(&self) -> Result<bool, Failure>;

    /// The notes that are asked before anything is sent there, besides what is asked of every target.
    fn notes(&self, _note: &PlaceNote) -> Vec<String> {
        Vec::new()
    }

    /// Until when it holds that no stranger reads what is said of the case; `None` where one does.
    async fn ours_until(&self, _note: &PlaceNote) -> Result<Option<Millis>, Failure> {
        Ok(Some(Millis::MAX))
    }
}

/// What a target cannot do its planner does not ask of it.
pub(crate) fn not_here() -> Failure {
    Failure::Content { why: "the target has no such thing".to_owned() }
}

/// Whether whoever answered who we are knows us.
pub(crate) fn known_to<T>(who: Result<T, Failure>) -> Result<bool, Failure> {
    match who {
        Ok(_) => Ok(true),
        Err(Failure::Broken { .. }) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Somewhere is told what belongs to no case.
#[async_trait(?Send)]
pub trait Announcer {
    fn kind(&self) -> TargetKind;

    /// The turn that an announcement waits for.
    fn slot(&self) -> Slot;

    /// Says it, and answers what it is called there.
    async fn announce(&self, announcement: &Announcement, mark: &Mark) -> Result<String, Failure>;

    /// Looks for one that may have been made since then.
    async fn find(&self, mark: &Mark, since: Millis) -> Result<Option<String>, Failure>;

    /// Whether a stranger would read it.
    async fn is_overheard(&self) -> Result<bool, Failure>;
}

/// Takes up what people said beside what we told, and whose event never came.
#[async_trait(?Send)]
pub trait Listener {
    /// Takes up what of it counts. Where the table does not answer, it is found again at the next check.
    async fn take_up(&self, unheard: &Unheard<'_>) -> state::Result<()>;
}

#[derive(Clone, Copy, Debug)]
pub struct Creation<'c> {
    pub what: &'c What,
    pub intent: &'c Intent,
    pub picture: &'c Picture,
}

#[derive(Clone, Copy, Debug)]
pub struct Entry<'c> {
    pub case: &'c CaseId,
    pub key: &'c Key,
    pub remote: &'c str,
    pub content: &'c Content,
    pub hash: &'c Fingerprint,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadBack {
    /// What bears a mark of ours.
    pub ours: Vec<Found>,
    pub said: Vec<Said>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherAnchors {
    pub ours: Vec<Found>,
    /// What each is called that bears the case's sign, which anybody may set, and is not proven to be ours.
    pub strange: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub key: Key,
    /// The hash of what it says; empty where that cannot be told.
    pub hash: Fingerprint,
    pub remote: String,
    /// When it was said; where only the order is known, a number that rises with it.
    pub at: Millis,
    /// Which deployment wrote it, where it says so.
    pub by: Option<DeploymentId>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub remote: String,
    pub at: Millis,
    /// Who, as the target calls people.
    pub author: String,
    pub thread: Option<String>,
    /// What names its latest edit, where it was edited and the target tells.
    pub edited: Option<String>,
    pub text: String,
    /// The names of what came with it; of a file whose name nobody told, the id.
    pub files: Vec<String>,
    pub uploads: Vec<String>,
}

/// What people said on a case that is not among what we told or know.
#[derive(Clone, Debug)]
pub struct Unheard<'u> {
    pub kind: TargetKind,
    pub anchor: &'u Home,
    pub case: &'u Case,
    /// By which the case is told.
    pub route: Option<&'u RouteName>,
    /// What they said, oldest first.
    pub said: Vec<Said>,
    /// What they said that is on the case, and said otherwise since.
    pub edited: Vec<Said>,
    /// What they said that is on the case and was not found there: what each is called at the target.
    pub gone: Vec<String>,
}
