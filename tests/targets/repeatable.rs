//! A target that cannot be read: what has no answer is sent again under the same id, and the receiver drops doubles.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use async_trait::async_trait;
use casebridge::{
    aws::sir::{self, Answer, Page},
    case::{CaseId, Millis},
    http::{self, Failure},
    runtime::World,
    state::{
        self, Store,
        key::Key,
        memory::Memory,
        notes::{Intent, PlaceNote},
    },
    targets::{
        contract::{Creation, ReadBack, Target},
        telling::What,
    },
};

use crate::{
    plain::{KIND, Place, Plain, invoke},
    suite::{case, picture},
};

/// The case of the suite, and a clock that only waiting moves.
struct Outside {
    store: Memory,
    now: Cell<Millis>,
}

#[async_trait(?Send)]
impl World for Outside {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    fn now(&self) -> Millis {
        self.now.get()
    }

    async fn sleep(&self, time: Duration) {
        self.now.set(self.now.get() + Millis::try_from(time.as_millis()).unwrap());
    }

    async fn send(&self, _: http::Request) -> Result<http::Response, http::TransportError> {
        panic!("the receiver is no service")
    }

    async fn call(&self, call: sir::Call) -> Result<Answer, sir::Fault> {
        Ok(match call {
            sir::Call::GetCase { .. } => Answer::Case(Box::new(case())),
            sir::Call::ListComments { .. } => {
                Answer::Comments(Page { items: picture().comments, next: None, total: None })
            }
            _ => Answer::Investigations(Page { items: Vec::new(), next: None, total: None }),
        })
    }

    async fn enqueue(&self, _: casebridge::runtime::QueueMessage) -> Result<(), String> {
        panic!("nobody speaks there")
    }
}

/// What it was sent, and what it took of it.
#[derive(Default)]
struct Receiver {
    sent: RefCell<Vec<String>>,
    took: RefCell<Vec<String>>,
    /// So many times each it takes something and says nothing.
    silent: u8,
    /// It never answers.
    dumb: Cell<bool>,
}

impl Receiver {
    fn times(&self, id: &str) -> usize {
        self.sent.borrow().iter().filter(|sent| *sent == id).count()
    }
}

#[async_trait(?Send)]
impl Place for Receiver {
    async fn take(&self, _: &CaseId, id: &str) -> Result<String, Failure> {
        self.sent.borrow_mut().push(id.to_owned());
        if !self.took.borrow().iter().any(|taken| taken == id) {
            self.took.borrow_mut().push(id.to_owned());
        }
        match self.dumb.get() || self.times(id) <= usize::from(self.silent) {
            true => Err(Failure::Unknown { why: "no answer".to_owned() }),
            false => Ok(id.to_owned()),
        }
    }

    fn stands(&self, _: &CaseId) -> Option<ReadBack> {
        None
    }
}

/// A case is looked at whenever it is due, for so long.
async fn hours(receiver: &Receiver, hours: i64) -> PlaceNote {
    let outside = Outside { store: Memory::default(), now: Cell::new(1_795_668_500_000) };
    let (id, end) = (case().id, outside.now() + hours * 3_600_000);
    outside.store.hint(&id, outside.now(), false).await.unwrap();
    while outside.now() < end {
        for due in outside.store.due(outside.now(), 10).await.unwrap() {
            invoke(&outside, receiver, vec![due], 60_000).await;
        }
        outside.sleep(Duration::from_secs(60)).await;
    }
    let meta = outside.store.meta(&id).await.unwrap().unwrap();
    meta.note(&id, state::Note::Of(KIND)).unwrap().0
}

const ALL: [&str; 3] = ["home", "comment/100001/0", "comment/100002/0"];

#[tokio::test]
async fn what_has_no_answer_is_sent_again_under_its_id_and_taken_once_in_its_order() {
    for silent in 0..3 {
        let receiver = Receiver { silent, ..Receiver::default() };
        let note = hours(&receiver, 3).await;
        assert_eq!(*receiver.took.borrow(), ALL, "{silent}");
        for id in ALL {
            assert_eq!(receiver.times(id), usize::from(silent) + 1, "{id}, {silent}");
        }
        assert_eq!((note.open, note.parked), (None, None));
    }
}

#[tokio::test]
async fn one_that_never_answers_needs_a_person_and_gets_nothing_out_of_order() {
    let receiver = Receiver { dumb: Cell::new(true), ..Receiver::default() };
    let note = hours(&receiver, 3).await;
    assert_eq!(note.parked.as_deref(), Some("not_seen_after_attempts"));
    assert_eq!(*receiver.took.borrow(), ALL[..1]);
    assert!(receiver.times("home") < 30, "{}", receiver.times("home"));
}

#[tokio::test]
async fn a_receiver_drops_what_it_has() {
    let (receiver, picture) = (Receiver::default(), picture());
    let target = Plain(&receiver);
    let intent = Intent {
        key: Key(ALL[1].to_owned()),
        since: 0,
        attempt: 1,
        looks: 0,
        plainness: Default::default(),
        hash: Default::default(),
        facts: None,
        also: None,
    };
    let creation = Creation { what: &What::Anchor, intent: &intent, picture: &picture };
    let one = target.create(&creation, &PlaceNote::default()).await;
    let two = target.create(&creation, &PlaceNote::default()).await;
    assert_eq!((&one, receiver.took.borrow().len()), (&two, 1));
}
