//! A place that takes one post a second, and many cases at once: every post has its slot, none is wasted, and what shows
//! a case comes before what is said of another. In virtual time.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    time::Duration,
};

use async_trait::async_trait;
use casebridge::{
    aws::sir::{self, Answer, Page},
    case::{Case, CaseId, Comment, CommentId, Millis},
    http::{self, Failure},
    runtime::World,
    state::{Store, key::Key, memory::Memory},
    targets::contract::{Found, ReadBack},
};
use futures_util::future::join_all;
use tokio::time::Instant;

use crate::{
    plain::{self, Place},
    suite,
};

const BEGIN: Millis = 1_795_668_500_000;
/// What the function has.
const TIME: Millis = 120_000;

/// Cases with so many comments each, and a clock that stands still while somebody works.
struct Outside {
    store: Memory,
    began: Instant,
    comments: RefCell<BTreeMap<CaseId, usize>>,
    reads: RefCell<BTreeMap<&'static str, Rate>>,
    calls: Cell<usize>,
    /// The order in which comments are listed is not documented.
    newest_first: bool,
    /// Pages that were listed a while ago are not known any more.
    forgets_pages: Cell<bool>,
    asked_pages: RefCell<std::collections::BTreeSet<usize>>,
}

/// Five calls of an operation a second, after a burst of five.
#[derive(Default)]
struct Rate(Millis);

impl Rate {
    fn allows(&mut self, now: Millis) -> bool {
        let next = self.0.max(now) + 200;
        let allowed = next - now <= 1_000;
        self.0 = if allowed { next } else { self.0 };
        allowed
    }
}

#[async_trait(?Send)]
impl World for Outside {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    fn now(&self) -> Millis {
        BEGIN + Millis::try_from(self.began.elapsed().as_millis()).unwrap()
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn send(&self, _: http::Request) -> Result<http::Response, http::TransportError> {
        panic!("the channel is no service")
    }

    async fn call(&self, call: sir::Call) -> Result<Answer, sir::Fault> {
        tokio::time::sleep(Duration::from_millis(40)).await;
        self.calls.set(self.calls.get() + 1);
        if !self.reads.borrow_mut().entry(call.kind().name()).or_default().allows(self.now()) {
            let kind = sir::FaultKind::Throttled { retry_after: None };
            return Err(sir::Fault { kind, message: "Rate exceeded".to_owned() });
        }
        Ok(match call {
            sir::Call::GetCase { case } => Answer::Case(Box::new(Case { id: case, ..suite::case() })),
            sir::Call::ListComments { next: Some(_), .. } if self.forgets_pages.get() => {
                let kind = sir::FaultKind::Invalid { fields: Vec::new() };
                return Err(sir::Fault { kind, message: "The token is expired.".to_owned() });
            }
            sir::Call::ListComments { case, next } => self.page(&case, next.as_deref()),
            sir::Call::ListCaseEdits { .. } => {
                Answer::Edits(Page { items: Vec::new(), next: None, total: None })
            }
            _ => Answer::Investigations(Page { items: Vec::new(), next: None, total: None }),
        })
    }

    async fn enqueue(&self, _: casebridge::runtime::QueueMessage) -> Result<(), String> {
        panic!("nobody speaks there")
    }
}

impl Outside {
    /// Twenty-five comments, which is what the service gives at once.
    fn page(&self, case: &CaseId, next: Option<&str>) -> Answer {
        let count = self.comments.borrow().get(case).copied().unwrap_or_default();
        let from: usize = next.map_or(0, |token| token.parse().unwrap());
        self.asked_pages.borrow_mut().insert(from);
        let comment = |place: usize| {
            let number = if self.newest_first { count - 1 - place } else { place };
            Comment {
                id: CommentId::new(format!("{number:06}")),
                created: BEGIN / 1_000 + i64::try_from(number).unwrap(),
                updated: None,
                creator: "AWS Responder".to_owned(),
                body: format!("comment {number}"),
            }
        };
        let to = (from + 25).min(count);
        let next = (to < count).then(|| to.to_string());
        Answer::Comments(Page { items: (from..to).map(comment).collect(), next, total: None })
    }
}

/// A channel for all cases: what was posted when.
struct Channel {
    spacing: Option<Millis>,
    posts: RefCell<Vec<(Millis, CaseId, String)>>,
    too_fast: Cell<u32>,
    outside: Rc<Outside>,
}

impl Channel {
    async fn post(&self, case: &CaseId, key: &str) -> String {
        let now = self.outside.now();
        let last = self.posts.borrow().last().map(|(at, ..)| *at);
        if last.is_some_and(|last| now - last < self.spacing.unwrap_or(0)) {
            self.too_fast.set(self.too_fast.get() + 1);
        }
        self.posts.borrow_mut().push((now, case.clone(), key.to_owned()));
        tokio::time::sleep(Duration::from_millis(90)).await;
        format!("{case}/{key}")
    }

    /// When the last of such posts was made, after the beginning, in seconds.
    fn last(&self, is_one: impl Fn(&CaseId, &str) -> bool) -> i64 {
        let posts = self.posts.borrow();
        let at = posts.iter().filter(|(_, case, key)| is_one(case, key)).map(|(at, ..)| *at).max();
        (at.unwrap() - BEGIN + 999) / 1_000
    }
}

#[async_trait(?Send)]
impl Place for Channel {
    async fn take(&self, case: &CaseId, key: &str) -> Result<String, Failure> {
        Ok(self.post(case, key).await)
    }

    fn stands(&self, case: &CaseId) -> Option<ReadBack> {
        let posts = self.posts.borrow();
        let ours = posts.iter().filter(|(_, of, _)| of == case).map(|(at, _, key)| Found {
            key: Key(key.clone()),
            remote: format!("{case}/{key}"),
            at: *at,
            ..Found::default()
        });
        Some(ReadBack { ours: ours.collect(), said: Vec::new() })
    }

    fn spacing(&self) -> Option<Millis> {
        self.spacing
    }
}

async fn invoke(outside: &Outside, channel: &Channel, cases: Vec<CaseId>) {
    plain::invoke(outside, channel, cases, TIME).await;
}

fn id(number: usize) -> CaseId {
    CaseId::new(format!("{:010}", 7_000_000_000 + number))
}

fn set() -> (Rc<Outside>, Channel) {
    set_as(Some(1_000), false)
}

fn set_as(spacing: Option<Millis>, newest_first: bool) -> (Rc<Outside>, Channel) {
    let outside = Rc::new(Outside {
        store: Memory::default(),
        began: Instant::now(),
        comments: RefCell::default(),
        reads: RefCell::default(),
        calls: Cell::default(),
        newest_first,
        forgets_pages: Cell::default(),
        asked_pages: RefCell::default(),
    });
    let channel =
        Channel { spacing, posts: RefCell::default(), too_fast: Cell::new(0), outside: outside.clone() };
    (outside, channel)
}

async fn news(outside: &Outside, case: &CaseId, comments: usize) {
    outside.comments.borrow_mut().insert(case.clone(), comments);
    outside.store.hint(case, outside.now(), false).await.unwrap();
}

/// The events come in batches of ten, and a sweep each minute.
async fn run(outside: &Outside, channel: &Channel, cases: &[CaseId], minutes: u64) {
    let batches = cases.chunks(10).map(|batch| invoke(outside, channel, batch.to_vec()));
    let sweeps = (1..=minutes).map(async |minute| {
        tokio::time::sleep(Duration::from_secs(60 * minute)).await;
        let due = outside.store.due(outside.now(), 100).await.unwrap();
        invoke(outside, channel, due).await;
    });
    tokio::join!(join_all(batches), join_all(sweeps));
}

#[tokio::test(start_paused = true)]
async fn ten_cases_of_one_batch_are_shown_within_eleven_seconds() {
    let (outside, channel) = set();
    let cases: Vec<_> = (0..10).map(id).collect();
    for case in &cases {
        news(&outside, case, 3).await;
    }
    run(&outside, &channel, &cases, 1).await;
    assert_eq!((channel.posts.borrow().len(), channel.too_fast.get()), (40, 0));
    let cards = channel.last(|_, key| key == "home");
    assert!(cards <= 11, "the last card after {cards} s");
}

#[tokio::test(start_paused = true)]
async fn forty_eight_cases_are_told_without_a_wasted_second_each_card_before_any_second_line() {
    let (outside, channel) = set();
    let cases: Vec<_> = (0..48).map(id).collect();
    for case in &cases {
        news(&outside, case, 2).await;
    }
    run(&outside, &channel, &cases, 4).await;
    assert_eq!((channel.posts.borrow().len(), channel.too_fast.get()), (144, 0));
    let (cards, all) = (channel.last(|_, key| key == "home"), channel.last(|_, _| true));
    assert!(all <= 160, "the last post after {all} s");
    assert!(cards <= 50, "the last card after {cards} s");
    let posts = channel.posts.borrow();
    let first_line = posts.iter().position(|(.., key)| key != "home").unwrap();
    let late = posts[first_line..].iter().filter(|(.., key)| key == "home").count();
    assert!(late <= 5, "{late} cards after a line of another case");
}

#[tokio::test(start_paused = true)]
async fn a_comment_on_a_case_that_is_known_does_not_wait_for_a_backlog_to_be_told_whole() {
    let (outside, channel) = set();
    let known = id(100);
    news(&outside, &known, 0).await;
    invoke(&outside, &channel, vec![known.clone()]).await;
    let cases: Vec<_> = (0..48).map(id).collect();
    for case in &cases {
        news(&outside, case, 2).await;
    }
    let urgent = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        news(&outside, &known, 1).await;
        invoke(&outside, &channel, vec![known.clone()]).await;
    };
    tokio::join!(run(&outside, &channel, &cases, 4), urgent);
    let told = channel.last(|case, key| *case == known && key != "home");
    assert!(told <= 60, "told after {told} s, of which it waited 5 for its event");
    assert_eq!((channel.posts.borrow().len(), channel.too_fast.get()), (146, 0));
}

/// From the event of one new comment to its line, on a case of so many that are known: seconds, and calls.
async fn one_more(known: usize, newest_first: bool) -> (i64, usize) {
    let (outside, channel) = set_as(None, newest_first);
    let case = id(0);
    news(&outside, &case, known).await;
    for _ in 0..100 {
        invoke(&outside, &channel, vec![case.clone()]).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    assert_eq!(channel.posts.borrow().len(), known + 1, "the card, and what is known");
    news(&outside, &case, known + 1).await;
    let (event, calls) = (outside.now(), outside.calls.get());
    invoke(&outside, &channel, vec![case.clone()]).await;
    let last = channel.posts.borrow().last().unwrap().clone();
    assert_eq!(last.2, format!("comment/{known:06}/0"), "it was told at once");
    ((last.0 - event + 999) / 1_000, outside.calls.get() - calls)
}

#[tokio::test(start_paused = true)]
async fn a_case_of_many_comments_is_told_in_either_order_of_listing() {
    for newest_first in [false, true] {
        for (known, most) in [(300, 15), (1_000, 60)] {
            let (seconds, calls) = one_more(known, newest_first).await;
            assert!(
                seconds <= most,
                "{known} comments, newest first {newest_first}: {seconds} s, {calls} calls"
            );
        }
    }
}

/// A case of so many comments is told whole, in invocations of 30 s, of which a dozen are kept for telling: how many calls
/// one more costs then.
async fn told_in_pieces(known: usize, newest_first: bool) -> usize {
    let (outside, channel) = set_as(None, newest_first);
    let case = id(0);
    news(&outside, &case, known).await;
    for _ in 0..400 {
        if outside.store.due(outside.now(), 1).await.unwrap().is_empty() {
            break;
        }
        plain::invoke(&*outside, &channel, vec![case.clone()], 30_000).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let told: Vec<String> = channel.posts.borrow().iter().skip(1).map(|(.., key)| key.clone()).collect();
    let expected: Vec<String> = (0..known).map(|number| format!("comment/{number:06}/0")).collect();
    assert_eq!(told.len(), known);
    assert_eq!(told, expected, "in order, newest first {newest_first}");
    let mut calls = 0;
    // With the first of them it is asked who opened the case, once for ever.
    for more in 1..=2 {
        news(&outside, &case, known + more).await;
        calls = outside.calls.get();
        invoke(&outside, &channel, vec![case.clone()]).await;
        assert_eq!(channel.posts.borrow().len(), known + 1 + more);
    }
    outside.calls.get() - calls
}

#[tokio::test(start_paused = true)]
async fn a_case_that_one_invocation_cannot_read_is_read_in_pieces_and_told_in_order() {
    for newest_first in [false, true] {
        let calls = told_in_pieces(4_000, newest_first).await;
        assert!(calls <= 4, "newest first {newest_first}: {calls} calls for one more");
    }
}

#[tokio::test(start_paused = true)]
async fn an_edit_of_an_old_comment_is_looked_for_on_all_pages_though_that_takes_several_invocations() {
    for newest_first in [false, true] {
        let (outside, channel) = set_as(None, newest_first);
        let case = id(0);
        news(&outside, &case, 3_000).await;
        let due = async || !outside.store.due(outside.now(), 1).await.unwrap().is_empty();
        while due().await {
            plain::invoke(&*outside, &channel, vec![case.clone()], 30_000).await;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        outside.asked_pages.borrow_mut().clear();
        outside.store.hint(&case, outside.now(), true).await.unwrap();
        for _ in 0..20 {
            plain::invoke(&*outside, &channel, vec![case.clone()], 30_000).await;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        let all: std::collections::BTreeSet<_> = (0..120).map(|page| page * 25).collect();
        assert_eq!(*outside.asked_pages.borrow(), all, "newest first {newest_first}");
        let meta = outside.store.meta(&case).await.unwrap().unwrap();
        assert!(!meta.full, "and it comes to its end");
    }
}

#[tokio::test(start_paused = true)]
async fn a_kept_page_that_is_refused_only_costs_reading_from_the_start() {
    let (outside, channel) = set_as(None, false);
    let case = id(0);
    news(&outside, &case, 60).await;
    invoke(&outside, &channel, vec![case.clone()]).await;
    outside.comments.borrow_mut().insert(case.clone(), 20);
    outside.forgets_pages.set(true);
    news(&outside, &case, 24).await;
    invoke(&outside, &channel, vec![case.clone()]).await;
    outside.forgets_pages.set(false);
    tokio::time::sleep(Duration::from_secs(40)).await;
    news(&outside, &case, 61).await;
    invoke(&outside, &channel, vec![case.clone()]).await;
    assert_eq!(channel.posts.borrow().last().unwrap().2, "comment/000060/0");
    assert_eq!(channel.posts.borrow().len(), 62, "and nothing is told twice");
}
