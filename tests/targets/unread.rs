//! What every target promises that cannot be read, and drops by its id what it is sent twice.

use std::time::Duration;

use casebridge::{
    http::Failure,
    state::{
        key::{Fingerprint, Plainness},
        notes::{Intent, PlaceNote},
    },
    targets::{
        contract::{Creation, Target},
        telling::{Decoration, Effect, Ledger, Picture},
    },
};

use crate::suite::{Trouble, case};

/// Where such a target is tried.
pub trait Receiver {
    /// What is tried.
    fn target(&self) -> Box<dyn Target + '_>;

    /// A case of which it has something to tell.
    fn picture(&self) -> Picture;

    /// How much of what came was new there.
    fn taken(&self) -> usize;

    /// How much came.
    fn came(&self) -> usize;

    /// From now on whatever comes meets this.
    fn meets(&self, trouble: Trouble);
}

async fn tell(stage: &impl Receiver) -> Result<String, Failure> {
    let (target, picture, note) = (stage.target(), stage.picture(), PlaceNote::default());
    let planned = target.planner().plan(&picture, &note, &Default::default());
    let Some(Effect::Create { key, what, hash }) = planned.first().cloned() else { panic!("{planned:?}") };
    let intent = Intent {
        key,
        since: 0,
        attempt: 1,
        looks: 0,
        plainness: Plainness::Full,
        hash,
        facts: None,
        also: None,
    };
    target.create(&Creation { what: &what, intent: &intent, picture: &picture }, &note).await
}

pub async fn what_comes_twice_is_taken_once(stage: &impl Receiver) {
    assert!(stage.target().is_repeatable());
    let first = tell(stage).await.unwrap();
    assert_eq!(tell(stage).await.unwrap(), first);
    assert_eq!((stage.came(), stage.taken()), (2, 1));
}

pub async fn a_refusal_of_what_it_says_is_no_refusal_of_us(stage: &impl Receiver) {
    stage.meets(Trouble::Content);
    let told = tell(stage).await;
    assert!(matches!(told, Err(Failure::Content { .. })), "{told:?}");
    stage.meets(Trouble::None);
    assert_eq!(stage.target().knows_us().await, Ok(true));
    assert_eq!(stage.taken(), 0, "to ask who we are tells nothing");
}

pub async fn whoever_is_asked_to_wait_hears_for_how_long(stage: &impl Receiver) {
    stage.meets(Trouble::Throttled);
    let Err(Failure::NotApplied { retry_after: Some(wait), .. }) = tell(stage).await else {
        panic!("it was not asked to wait")
    };
    assert!((Duration::from_secs(29)..=Duration::from_secs(30)).contains(&wait), "{wait:?}");
    assert_eq!(stage.taken(), 0);
}

pub async fn without_an_answer_it_is_sent_again_under_its_id(stage: &impl Receiver) {
    stage.meets(Trouble::Unanswered);
    let told = tell(stage).await;
    assert!(matches!(told, Err(Failure::Unknown { .. })), "{told:?}");
    stage.meets(Trouble::None);
    tell(stage).await.unwrap();
    assert_eq!(stage.taken(), 1);
}

pub async fn whoever_is_not_known_hears_so(stage: &impl Receiver) {
    assert_eq!(stage.target().knows_us().await, Ok(true));
    stage.meets(Trouble::Stranger);
    let told = tell(stage).await;
    assert!(matches!(told, Err(Failure::Broken { everywhere: true, .. })), "{told:?}");
    assert_eq!(stage.target().knows_us().await, Ok(false));
    assert_eq!(stage.taken(), 0);
}

pub async fn nothing_is_set_or_looked_for_there(stage: &impl Receiver) {
    let (target, note) = (stage.target(), PlaceNote::default());
    assert_eq!(target.planner().decoration(&stage.picture(), &note, &Ledger::new()), []);
    let state = Decoration::new("home", Fingerprint::default());
    let set = target.set(&state, &stage.picture(), &note).await;
    assert!(matches!(set, Err(Failure::Content { .. })), "{set:?}");
    assert!(target.read_back(&case().id, &note).await.unwrap().ours.is_empty());
    assert_eq!(stage.came(), 0);
}
