//! A target that cannot be read: what has no answer is sent again under the same id, and the receiver drops doubles.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use async_trait::async_trait;
use casebridge::{
    aws::sir::{self, Answer, Page},
    case::{CaseId, Millis, text},
    config::settings::Settings,
    http::{self, Failure},
    runtime::{
        World,
        gate::{Queues, Slot},
    },
    state::{
        self, Store, TargetKind,
        key::Key,
        memory::Memory,
        notes::{Home, Intent, PlaceNote},
    },
    sync::{context::Context, reconcile::reconcile},
    targets::{
        content::{Content, Links, View},
        contract::{Creation, Entry, Listener, Planner, ReadBack, Target, Unheard},
        telling::{self, Decoration, Effect, Ledger, Picture, What},
    },
};

use crate::suite::{case, picture};

const KIND: TargetKind = TargetKind::new("receiver");

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

    fn take(&self, id: &str) -> Result<String, Failure> {
        self.sent.borrow_mut().push(id.to_owned());
        if !self.took.borrow().iter().any(|taken| taken == id) {
            self.took.borrow_mut().push(id.to_owned());
        }
        match self.dumb.get() || self.times(id) <= usize::from(self.silent) {
            true => Err(Failure::Unknown { why: "no answer".to_owned() }),
            false => Ok(id.to_owned()),
        }
    }
}

impl Planner for Receiver {
    fn kind(&self) -> TargetKind {
        KIND
    }

    fn title(&self) -> &'static str {
        "The receiver"
    }

    fn plan(&self, picture: &Picture, note: &PlaceNote, ledger: &Ledger) -> Vec<Effect> {
        match note.home {
            None => vec![Effect::anchor(self.anchor_fingerprint(&picture.view))],
            Some(_) => telling::comments(self, picture, ledger),
        }
    }

    fn keys(&self, picture: &Picture) -> Vec<Key> {
        telling::text_keys(self, picture)
    }

    fn decoration(&self, _: &Picture, _: &PlaceNote) -> Vec<Decoration> {
        Vec::new()
    }

    fn parts(&self, text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    fn anchor_fingerprint(&self, view: &View) -> String {
        text::hash(&view.case.title)
    }

    fn content_fingerprint(&self, _: &Content) -> String {
        String::new()
    }

    fn anchor(&self, remote: &str, _: &PlaceNote) -> Home {
        Home { place: remote.to_owned(), name: remote.to_owned() }
    }

    fn bindings(&self, _: &Home, _: &PlaceNote) -> Vec<String> {
        Vec::new()
    }

    fn link(&self, _: &Home, _: &mut Links) {}

    fn slot(&self, _: &PlaceNote, _: bool) -> Option<Slot> {
        None
    }

    fn forgets_what_is_gone(&self) -> bool {
        false
    }
}

const UNREADABLE: &str = "a target that cannot be read is not read";

#[async_trait(?Send)]
impl Target for Receiver {
    fn planner(&self) -> &dyn Planner {
        self
    }

    async fn create(&self, creation: &Creation<'_>, _: &PlaceNote) -> Result<String, Failure> {
        self.take(&creation.intent.key.0)
    }

    async fn edit(&self, entry: &Entry<'_>, _: &PlaceNote) -> Result<(), Failure> {
        self.take(&format!("{}/{}", entry.key, entry.hash)).map(drop)
    }

    async fn set(&self, _: &Decoration, _: &Picture, _: &PlaceNote) -> Result<(), Failure> {
        panic!("it has no states")
    }

    async fn delete(&self, _: &str, _: &PlaceNote) -> Result<(), Failure> {
        panic!("{UNREADABLE}")
    }

    async fn find(&self, _: &CaseId, _: &Intent, _: &PlaceNote) -> Result<Option<String>, Failure> {
        panic!("{UNREADABLE}")
    }

    async fn read_back(&self, _: &CaseId, _: &PlaceNote) -> Result<ReadBack, Failure> {
        panic!("{UNREADABLE}")
    }

    fn is_repeatable(&self) -> bool {
        true
    }

    async fn knows_us(&self) -> Result<bool, Failure> {
        Ok(true)
    }
}

/// Nobody speaks there.
struct Nobody;

#[async_trait(?Send)]
impl Listener for Nobody {
    async fn take_up(&self, unheard: &Unheard<'_>) -> state::Result<()> {
        panic!("{:?} said nothing", unheard.kind)
    }
}

/// A case is looked at whenever it is due, for so long.
async fn hours(receiver: &Receiver, hours: i64) -> PlaceNote {
    let settings: Settings = toml::from_str("[slack]\nteam = 'T1'\nchannel = 'C1'").unwrap();
    let outside = Outside { store: Memory::default(), now: Cell::new(1_795_668_500_000) };
    let (id, end) = (case().id, outside.now() + hours * 3_600_000);
    outside.store.hint(&id, outside.now(), false).await.unwrap();
    while outside.now() < end {
        for due in outside.store.due(outside.now(), 10).await.unwrap() {
            let deadline = outside.now() + 60_000;
            let targets: [&dyn Target; 1] = [receiver];
            let context = Context {
                world: &outside,
                settings: &settings,
                targets: &targets,
                listener: &Nobody,
                queues: Queues::default(),
                deadline,
            };
            reconcile(&context, &due).await.unwrap();
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
    let intent = Intent {
        key: Key(ALL[1].to_owned()),
        since: 0,
        attempt: 1,
        plainness: Default::default(),
        hash: String::new(),
        facts: None,
    };
    let creation = Creation { what: &What::Anchor, intent: &intent, picture: &picture };
    let [one, two] = [receiver.create(&creation, &PlaceNote::default()).await, receiver.take(ALL[1])];
    assert_eq!((&one, receiver.took.borrow().len()), (&two, 1));
}
