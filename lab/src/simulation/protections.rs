//! What do the promises rest on? Each protection can be taken away at the seam between the product and its world, in what
//! the table keeps and answers and in what the transport brings back, and a promise must be seen to break. The product
//! knows nothing of it.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use casebridge::{
    aws::sir::Answer,
    case::{CaseId, Millis},
    http::{Request, Response, TransportError},
    state::{Note, Seen, TargetKind, Told, key::Key},
};
use serde_json::{Value, json};

/// A rule that a promise rests on. `simulate --mutants` takes each away and must see a promise broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protection {
    /// One worker a case at a time.
    Lease,
    /// The lease outlives the worker and what it sent.
    LeaseLength,
    /// A write under an older lease is refused.
    Fence,
    /// A worker leaves only if nobody asked in the meantime.
    WantCheck,
    /// An addition is written down before it is sent.
    Intent,
    /// What may have been made is looked for before it is made again.
    FindAgain,
    /// It is looked for only when it must have arrived.
    Quarantine,
    /// Nothing is sent long after its intent, or near the end of the function's time.
    SendCheck,
    /// No answer does not mean "not made".
    UnknownIsNotFailure,
    /// No answer does not mean "made".
    UnknownIsNotSuccess,
    /// An addition is remembered as made only after it was sent.
    DoneAfterSend,
    /// What was said through the bridge is not told back to where it was said.
    EchoGuard,
    AllPages,
    /// Pages of comments that are not of one moment are read again.
    OneMoment,
    /// The table is read consistently.
    ConsistentReads,
    /// No client repeats a post by itself.
    NoClientRetry,
    /// What a state was set to is forgotten before it is set to something else.
    ForgetFirst,
    /// A state whose setting was not answered is set once more when an older one can no longer arrive.
    SetAgain,
    /// An older state of a case than one already seen is not told.
    NewestOnly,
    /// A look that finds less than was announced is repeated.
    LookAgain,
    /// The service's word on when to come back is kept, by all workers.
    RetryAfter,
    /// Slots for posts to a channel.
    Pace,
    /// The hourly comparison of thread and issue with the ledger.
    Verify,
    /// Cases whose events never came are found by ListCases.
    Discovery,
    /// The minute sweep through what is due.
    Sweep,
    CommandRecord,
    ClientToken,
    /// What is about to be said through the bridge is written down before it is said.
    SayFirst,
}

impl Protection {
    /// All of them.
    pub const ALL: [Self; 28] = [
        Self::Lease,
        Self::LeaseLength,
        Self::Fence,
        Self::WantCheck,
        Self::Intent,
        Self::FindAgain,
        Self::Quarantine,
        Self::SendCheck,
        Self::UnknownIsNotFailure,
        Self::UnknownIsNotSuccess,
        Self::DoneAfterSend,
        Self::EchoGuard,
        Self::AllPages,
        Self::OneMoment,
        Self::ConsistentReads,
        Self::NoClientRetry,
        Self::ForgetFirst,
        Self::SetAgain,
        Self::NewestOnly,
        Self::LookAgain,
        Self::RetryAfter,
        Self::Pace,
        Self::Verify,
        Self::Discovery,
        Self::Sweep,
        Self::CommandRecord,
        Self::ClientToken,
        Self::SayFirst,
    ];
}

/// The note of what a sweep does besides what is due, as if it were never time to ask for all cases.
pub const NEVER_DISCOVER: (&str, &str) = ("discover", r#"{"next":9000000000000000}"#);

/// By so much an addition seems to be older than it is.
const OLDER: Millis = 600_000;

/// A world that lacks a protection, or none.
#[derive(Default)]
pub struct Without {
    off: Option<Protection>,
    /// Where something is open or owed, as far as the notes say.
    owing: RefCell<HashSet<(CaseId, TargetKind)>>,
    /// When a look was to be repeated that will not be, and when the case is checked next.
    looks: RefCell<HashMap<CaseId, [Option<Millis>; 2]>>,
}

impl Without {
    pub fn new(off: Option<Protection>) -> Self {
        Self { off, ..Self::default() }
    }

    pub fn holds(&self, protection: Protection) -> bool {
        self.off != Some(protection)
    }

    /// What the table keeps of a note that replaces another.
    pub fn kept(&self, (case, of): (&CaseId, Note), was: Option<&str>, json: &str) -> String {
        let (Some(off), Ok(mut note)) = (self.off, serde_json::from_str::<Value>(json)) else {
            return json.to_owned();
        };
        match of {
            Note::Case => self.keep_of_case(off, case, &mut note),
            Note::Of(kind) => self.keep_of_target(off, (case.clone(), kind), was, &mut note),
        }
        note.to_string()
    }

    fn keep_of_case(&self, off: Protection, case: &CaseId, note: &mut Value) {
        match off {
            Protection::Verify => note["verify_at"] = Value::Null,
            Protection::NewestOnly => {
                note["updated"] = Value::Null;
                note["newest"] = Value::Null;
            }
            Protection::LookAgain => {
                let times = ["look_again_at", "verify_at"].map(|name| note[name].as_i64());
                self.looks.borrow_mut().insert(case.clone(), times);
                note["look_again_at"] = Value::Null;
                note["heard"] = note["wanted"].clone();
            }
            _ => {}
        }
    }

    fn keep_of_target(&self, off: Protection, of: (CaseId, TargetKind), was: Option<&str>, note: &mut Value) {
        let mut owing = self.owing.borrow_mut();
        if is_owing(off, note) {
            owing.insert(of)
        } else {
            owing.remove(&of)
        };
        match off {
            Protection::Intent => note["open"] = Value::Null,
            Protection::Quarantine => {
                if let Some(since) = note["open"]["since"].as_i64() {
                    note["open"]["since"] = (since - OLDER).into();
                }
            }
            Protection::SetAgain => note["again"] = json!({}),
            Protection::ForgetFirst => {
                let was: Value = was.and_then(|was| serde_json::from_str(was).ok()).unwrap_or_default();
                for (name, hash) in was["set"].as_object().into_iter().flatten() {
                    if note["set"][name].is_null() {
                        note["set"][name] = hash.clone();
                    }
                }
            }
            _ => {}
        }
    }

    /// The ledger's entry that is written with an intent, before anything was sent.
    pub fn early(&self, json: &str) -> Option<(Key, Told)> {
        if self.holds(Protection::DoneAfterSend) {
            return None;
        }
        let note: Value = serde_json::from_str(json).ok()?;
        let text = |name: &str| note["open"][name].as_str().map(str::to_owned);
        let told =
            Told { remote: "early".to_owned(), hash: text("hash")?, seen: Seen::NotYet(0), theirs: false };
        Some((Key(text("key")?), told))
    }

    /// When a case that is given back is looked at again, and whether all of its pages are read then.
    pub fn comes_back(&self, case: &CaseId, next_at: Option<Millis>, full: bool) -> (Option<Millis>, bool) {
        let owes = self.owing.borrow().iter().any(|(owing, _)| owing == case);
        match (self.off, self.looks.borrow().get(case)) {
            (Some(Protection::Quarantine), _) if owes => (next_at.map(|at| at - OLDER), full),
            (Some(Protection::LookAgain), Some([again @ Some(_), verify])) if !owes => {
                (if next_at == *again { *verify } else { next_at }, false)
            }
            _ => (next_at, full),
        }
    }

    /// What a worker is told of a request's answer.
    pub fn heard(
        &self,
        request: &Request,
        answer: Result<Response, TransportError>,
    ) -> Result<Response, TransportError> {
        match self.off {
            Some(Protection::UnknownIsNotFailure) if is_lost(&answer) => {
                Err(TransportError::NotSent("lost".to_owned()))
            }
            Some(Protection::RetryAfter) => answer.map(|answer| Response { retry_after: None, ..answer }),
            Some(Protection::FindAgain) if self.looks_for(request) => answer.map(emptied),
            _ => answer,
        }
    }

    /// Whether it may be a read that looks for something that may have been added.
    fn looks_for(&self, request: &Request) -> bool {
        self.owing.borrow().iter().any(|(_, kind)| request.url.contains(kind.as_str()))
    }

    /// What a worker is told of a call's answer.
    pub fn answered(&self, answer: &mut Answer) {
        let Answer::Comments(page) = answer else { return };
        match self.off {
            Some(Protection::AllPages) => page.next = None,
            Some(Protection::OneMoment) => page.total = None,
            _ => {}
        }
    }
}

fn is_owing(off: Protection, note: &Value) -> bool {
    let some = |name: &str| note[name].as_object().is_some_and(|some| !some.is_empty());
    let later = || some("again") || some("owed") || note["failures"] != 0;
    some("open") || off == Protection::LookAgain && later()
}

/// Whether nobody knows if a request had its effect.
pub fn is_lost(answer: &Result<Response, TransportError>) -> bool {
    match answer {
        Err(TransportError::Lost(_)) => true,
        Err(TransportError::NotSent(_)) => false,
        Ok(answer) => answer.status >= 500,
    }
}

/// A list without what it lists.
fn emptied(answer: Response) -> Response {
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
    for name in ["messages", "comments", "issues"] {
        if let Some(items) = body.get_mut(name).and_then(Value::as_array_mut) {
            items.clear();
        }
    }
    Response { body: body.to_string().into(), ..answer }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use casebridge::state::{
        Meta, Store,
        agenda::Agenda,
        key::{Fingerprint, Plainness},
        notes::{Intent, Owed, PlaceNote},
    };

    use super::*;
    use crate::simulation::{Bench, Life, Script, play, ready, story::case_id};

    fn has(note: &Value, fields: &[&str]) {
        for field in fields {
            assert!(note.pointer(field).is_some(), "{field} is not in {note}");
        }
    }

    #[test]
    fn a_target_is_remembered_under_the_names_that_are_taken_away() {
        let (key, hash) = (Key("home".to_owned()), Fingerprint::new("hash"));
        let intent = Intent {
            key,
            since: 1,
            attempt: 1,
            looks: 0,
            plainness: Plainness::Full,
            hash,
            facts: None,
            also: None,
        };
        let owed = [("status".to_owned(), Owed::default())].into();
        let note = PlaceNote { open: Some(intent), owed, ..PlaceNote::default() };
        let note = serde_json::to_value(note).unwrap();
        has(&note, &["/open/key", "/open/hash", "/open/since", "/set", "/again", "/owed", "/failures"]);
    }

    #[test]
    fn a_case_is_remembered_under_the_names_that_are_taken_away() {
        let script = Script { life: Some(Life::default()), ..Script::default() };
        let world = play(&Rc::new(Bench::default()), &script);
        let meta: Meta = ready(world.memory.meta(&case_id(0))).unwrap().unwrap().unwrap();
        let note = serde_json::from_str(meta.text(Note::Case).unwrap()).unwrap();
        has(&note, &["/verify_at", "/updated", "/newest", "/look_again_at", "/heard", "/wanted"]);
        let (name, never) = NEVER_DISCOVER;
        assert!(ready(world.memory.note(name)).unwrap().unwrap().is_some(), "{name}");
        assert!(serde_json::from_str::<Agenda>(never).unwrap().next > world.clock.now());
    }
}
