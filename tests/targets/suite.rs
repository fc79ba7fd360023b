//! What every target promises, whatever it is.

use std::{collections::BTreeMap, time::Duration};

use casebridge::{
    case::{Case, CaseId, Comment, CommentId, Resolver, Status, author::Author},
    http::Failure,
    state::{
        key::{Fingerprint, Key, Plainness},
        notes::{HOME, Home, Intent, PlaceNote},
    },
    targets::{
        content::{Content, Links, Part, View},
        contract::{Creation, Entry, Target},
        telling::{Decoration, Ledger, Picture, What},
    },
};

/// Where a target is tried.
pub trait Stage {
    /// What is tried.
    fn target(&self) -> Box<dyn Target + '_>;

    /// What people read below the anchor, in its order.
    fn lines(&self, anchor: &Home) -> Vec<String>;

    /// A person deletes what is called so.
    fn deletes(&self, anchor: &Home, remote: &str);

    /// From now on everything that would tell meets this.
    fn meets(&self, trouble: Trouble);

    /// The anchor and all that hangs on it goes.
    fn loses(&self, anchor: &Home);
}

/// What a stage can make happen to whatever is told next.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// What it says is refused.
    Content,
    /// It is to wait 30 seconds.
    Throttled,
    /// It is applied, and the answer is lost.
    Unanswered,
    /// A state is refused for its own sake.
    State,
    /// Nobody knows us any more.
    Stranger,
    /// All is well again.
    None,
}

pub fn case() -> Case {
    Case {
        id: CaseId::new("7000000003"),
        arn: String::new(),
        title: "Key leaked".to_owned(),
        description: "It was seen in a public repository.".to_owned(),
        status: Status::Submitted,
        engagement: "Security Incident".to_owned(),
        resolver: Resolver::Aws,
        waits_for_customer: false,
        reported_start: None,
        actual_start: None,
        created: Some(1_795_668_300),
        updated: Some(1_795_668_300),
        closed: None,
        closure: None,
        accounts: vec!["111122223333".to_owned()],
        regions: Vec::new(),
        services: Vec::new(),
        watchers: Vec::new(),
        actors: Vec::new(),
        attachments: Vec::new(),
        metadata: Vec::new(),
    }
}

pub fn picture() -> Picture {
    let links = Links { console: Some("https://console.example.com/1".to_owned()), ..Links::default() };
    let comment = |id: &str, body: &str| Comment {
        id: CommentId::new(id),
        created: 1_795_668_400,
        updated: None,
        creator: "AWS Responder".to_owned(),
        body: body.to_owned(),
    };
    Picture {
        view: View {
            case: case(),
            links,
            waiting_since: None,
            answered: false,
            agent_waits: false,
            owner: None,
            last_word: None,
            opened: None,
        },
        comments: vec![comment("100001", "one"), comment("100002", "two")],
        sayings: Vec::new(),
        deeds: vec![],
        names: BTreeMap::new(),
        investigations: Vec::new(),
        overdue: None,
        calls: Vec::new(),
        pages: Vec::new(),
        notices: Vec::new(),
        team: Vec::new(),
    }
}

pub fn said(text: &str) -> Content {
    let part = Part { index: 0, of: 1, text: text.to_owned() };
    Content::Comment {
        author: Author::AwsResponder,
        speaker: None,
        at: 1_795_668_400,
        edited: None,
        part,
        call: None,
    }
}

fn intent(key: &str, hash: &str) -> Intent {
    let (key, hash) = (Key(key.to_owned()), Fingerprint::new(hash));
    Intent { key, since: 0, attempt: 1, looks: 0, plainness: Plainness::Full, hash, facts: None, also: None }
}

async fn make(target: &dyn Target, what: What, key: &str, note: &PlaceNote) -> Result<String, Failure> {
    let picture = picture();
    target.create(&Creation { what: &what, intent: &intent(key, "h1"), picture: &picture }, note).await
}

async fn tell(target: &dyn Target, number: u32, note: &PlaceNote) -> Result<String, Failure> {
    let content = What::Content(said(&format!("line {number}")));
    make(target, content, &format!("comment/{number:06}/0"), note).await
}

/// A target with its container, where the plan asks for one, and its anchor.
async fn anchored(target: &dyn Target) -> PlaceNote {
    let mut note = PlaceNote::default();
    for _ in 0..2 {
        let effects = target.planner().plan(&picture(), &note, &Default::default());
        let casebridge::targets::telling::Effect::Create { key, what, .. } = effects[0].clone() else {
            panic!("{effects:?}")
        };
        let remote = make(target, what.clone(), &key.0, &note).await.unwrap();
        match what {
            What::Container(_) => note.channel = Some(remote),
            What::Anchor => {
                note.home = Some(target.planner().anchor(&remote, &note));
                return note;
            }
            What::Content(_) => panic!("told before there is an anchor"),
        }
    }
    panic!("no anchor is planned")
}

fn anchor(note: &PlaceNote) -> &Home {
    note.home.as_ref().unwrap()
}

fn count(stage: &impl Stage, note: &PlaceNote, words: &str) -> usize {
    stage.lines(anchor(note)).iter().filter(|line| line.contains(words)).count()
}

async fn find(target: &dyn Target, key: &str, note: &PlaceNote) -> Option<String> {
    target.find(&case().id, &intent(key, ""), note).await.unwrap()
}

fn key(number: u32) -> Key {
    Key(format!("comment/{number:06}/0"))
}

pub async fn what_is_made_stands_once_in_its_order_and_is_found_again(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    let mut remotes = Vec::new();
    for number in 1..=5 {
        remotes.push(tell(&*target, number, &note).await.unwrap());
    }
    let lines = stage.lines(anchor(&note));
    let places: Vec<_> = (1..=5)
        .map(|number| lines.iter().position(|line| line.contains(&format!("line {number}"))).unwrap())
        .collect();
    assert!(places.is_sorted(), "{lines:#?}");
    for (number, remote) in (1..).zip(&remotes) {
        assert_eq!(count(stage, &note, &format!("line {number}")), 1);
        assert_eq!(find(&*target, &key(number).0, &note).await.as_ref(), Some(remote));
    }
    assert_eq!(find(&*target, "comment/000009/0", &note).await, None);
    let anchor_again = find(&*target, HOME, &PlaceNote { home: None, ..note.clone() }).await.unwrap();
    assert_eq!(target.planner().anchor(&anchor_again, &note), *anchor(&note));
}

pub async fn what_is_read_back_says_which_of_ours_it_is_and_what_it_says(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    for number in 1..=3 {
        tell(&*target, number, &note).await.unwrap();
    }
    let there = target.read_back(&case().id, &note).await.unwrap();
    let mut told: Vec<_> = there.ours.iter().filter(|found| found.key.0 != HOME).collect();
    told.sort_by_key(|found| (found.at, found.remote.clone()));
    assert_eq!(told.iter().map(|found| found.key.clone()).collect::<Vec<_>>(), [key(1), key(2), key(3)]);
    assert!(there.ours.iter().all(|found| found.hash.as_str() == "h1"), "{there:?}");
    assert_eq!(there.ours.len(), 4, "the anchor as well");
    assert_eq!(there.said, []);
    let of_another = target.read_back(&CaseId::new("7000000004"), &note).await.unwrap();
    assert!(
        of_another.ours.iter().all(|found| found.key.0 == HOME && found.hash.as_str().is_empty()),
        "{of_another:?}"
    );
}

pub async fn what_reads_differently_is_rewritten_in_its_place(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    let remote = tell(&*target, 1, &note).await.unwrap();
    tell(&*target, 2, &note).await.unwrap();
    let (case, key, content) = (case().id, key(1), said("other words"));
    let entry =
        Entry { case: &case, key: &key, remote: &remote, content: &content, hash: &Fingerprint::new("h2") };
    for _ in 0..2 {
        target.edit(&entry, &note).await.unwrap();
    }
    let lines = stage.lines(anchor(&note));
    assert_eq!((count(stage, &note, "line 1"), count(stage, &note, "other words")), (0, 1), "{lines:#?}");
    let place = |words: &str| lines.iter().position(|line| line.contains(words));
    assert!(place("other words") < place("line 2"), "{lines:#?}");
    let there = target.read_back(&case, &note).await.unwrap();
    let hash = there.ours.iter().find(|found| found.key == key).map(|found| found.hash.as_str());
    assert_eq!(hash, Some("h2"));
}

pub async fn what_a_person_deleted_is_gone_and_cannot_be_rewritten(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    let remote = tell(&*target, 1, &note).await.unwrap();
    stage.deletes(anchor(&note), &remote);
    let there = target.read_back(&case().id, &note).await.unwrap();
    assert!(there.ours.iter().all(|found| found.key != key(1)), "{there:?}");
    let (case, key, content) = (case().id, key(1), said("other words"));
    let entry =
        Entry { case: &case, key: &key, remote: &remote, content: &content, hash: &Fingerprint::new("h2") };
    let edited = target.edit(&entry, &note).await;
    assert!(matches!(edited, Err(Failure::Gone { .. })), "{edited:?}");
    assert_eq!(count(stage, &note, "other words"), 0);
    // What stands twice is taken away, and what is gone already is no trouble.
    let second = tell(&*target, 2, &note).await.unwrap();
    target.delete(&second, &note).await.unwrap();
    assert_eq!(count(stage, &note, "line 2"), 0);
}

pub async fn a_refusal_of_what_it_says_is_no_refusal_of_us(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    stage.meets(Trouble::Content);
    let told = tell(&*target, 1, &note).await;
    assert!(matches!(told, Err(Failure::Content { .. })), "{told:?}");
    stage.meets(Trouble::None);
    assert_eq!(count(stage, &note, "line 1"), 0);
    assert_eq!(target.knows_us().await, Ok(true));
}

pub async fn whoever_is_asked_to_wait_hears_for_how_long_and_nothing_was_made(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    stage.meets(Trouble::Throttled);
    let Err(Failure::NotApplied { retry_after: Some(wait), .. }) = tell(&*target, 1, &note).await else {
        panic!("it was not asked to wait")
    };
    assert!((Duration::from_secs(29)..=Duration::from_secs(30)).contains(&wait), "{wait:?}");
    stage.meets(Trouble::None);
    assert_eq!(count(stage, &note, "line 1"), 0);
}

pub async fn without_an_answer_nobody_knows_and_it_is_found_if_it_was_made(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    stage.meets(Trouble::Unanswered);
    let told = tell(&*target, 1, &note).await;
    assert!(matches!(told, Err(Failure::Unknown { .. })), "{told:?}");
    stage.meets(Trouble::None);
    assert_eq!(count(stage, &note, "line 1"), 1);
    let remote = find(&*target, &key(1).0, &note).await.unwrap();
    target.delete(&remote, &note).await.unwrap();
    assert_eq!(count(stage, &note, "line 1"), 0, "it was found where it stands");
}

pub async fn nothing_is_made_where_the_place_is_gone(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    tell(&*target, 1, &note).await.unwrap();
    stage.loses(anchor(&note));
    let told = tell(&*target, 2, &note).await;
    let here = |failure: &Failure| {
        matches!(
            failure,
            Failure::Gone { .. } | Failure::Shut { .. } | Failure::Broken { everywhere: false, .. }
        )
    };
    assert!(told.as_ref().is_err_and(here), "this place's alone, and known not to be made: {told:?}");
    let there = target.read_back(&case().id, &note).await;
    let nothing = there.as_ref().map_or_else(here, |there| there.ours.is_empty());
    assert!(nothing, "{there:?}");
}

/// The state that stands beside the anchor's.
fn state(target: &dyn Target, note: &PlaceNote) -> Decoration {
    let states = target.planner().decoration(&picture(), note, &Ledger::new());
    states.iter().find(|state| state.name.contains('/')).or(states.first()).unwrap().clone()
}

pub async fn a_state_that_cannot_be_set_says_so_and_what_is_told_goes_on(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    stage.meets(Trouble::State);
    let set = target.set(&state(&*target, &note), &picture(), &note).await;
    let refused = |failure: &Failure| matches!(failure, Failure::Content { .. } | Failure::Broken { .. });
    assert!(set.as_ref().is_err_and(refused), "{set:?}");
    assert_eq!(target.knows_us().await, Ok(true), "what looks like everybody's refusal can be told from one");
    tell(&*target, 1, &note).await.unwrap();
    assert_eq!(count(stage, &note, "line 1"), 1);
    let unknown = Decoration::new("no state of any target", Fingerprint::default());
    let set = target.set(&unknown, &picture(), &note).await;
    assert!(matches!(set, Err(Failure::Content { .. })), "{set:?}");
}

pub async fn a_state_may_be_set_twice(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    let states = target.planner().decoration(&picture(), &note, &Ledger::new());
    assert!(states.iter().any(|state| state.name == HOME), "{states:?}");
    let before =
        target.planner().decoration(&picture(), &PlaceNote { home: None, ..note.clone() }, &Ledger::new());
    assert_eq!(before, [], "nothing is set before there is an anchor");
    for state in states.iter().chain(&states) {
        target.set(state, &picture(), &note).await.unwrap();
    }
    let there = target.read_back(&case().id, &note).await.unwrap();
    let hash = states.iter().find(|state| state.name == HOME).map(|state| state.hash.as_str());
    let anchors: Vec<_> = there.ours.iter().filter(|found| found.key.0 == HOME).collect();
    assert_eq!(anchors.iter().map(|found| Some(found.hash.as_str())).collect::<Vec<_>>(), [hash]);
}

pub async fn whoever_is_not_known_hears_so(stage: &impl Stage) {
    let target = stage.target();
    let note = anchored(&*target).await;
    assert_eq!(target.knows_us().await, Ok(true));
    stage.meets(Trouble::Stranger);
    let told = tell(&*target, 1, &note).await;
    assert!(matches!(told, Err(Failure::Broken { everywhere: true, .. })), "{told:?}");
    assert_eq!(target.knows_us().await, Ok(false));
    stage.meets(Trouble::None);
    assert_eq!(count(stage, &note, "line 1"), 0);
}
