//! The plainest target that keeps the contract, a line a comment below an anchor, and an invocation that works cases there.

use async_trait::async_trait;
use casebridge::{
    case::{CaseId, Millis},
    config::settings::Settings,
    http::Failure,
    runtime::{
        World,
        gate::{Queues, Slot},
    },
    state::{
        self, TargetKind,
        key::{Fingerprint, Key},
        notes::{Home, Intent, PlaceNote},
    },
    sync::{context::Context, reconcile::reconcile},
    targets::{
        content::{Content, Links, View},
        contract::{Creation, Entry, Listener, Planner, ReadBack, Target, Unheard},
        telling::{self, Decoration, Effect, Ledger, Picture},
    },
};
use futures_util::{StreamExt, stream};

pub const KIND: TargetKind = TargetKind::new("plain");

/// Where a [`Plain`] target leads: what becomes of what is sent there, and what can be read of it.
#[async_trait(?Send)]
pub trait Place {
    async fn take(&self, case: &CaseId, key: &str) -> Result<String, Failure>;

    /// `None` where nothing can be read, and what comes twice is dropped.
    fn stands(&self, case: &CaseId) -> Option<ReadBack>;

    /// Between two additions, where the place takes them only so fast.
    fn spacing(&self) -> Option<Millis> {
        None
    }
}

pub struct Plain<'p>(pub &'p dyn Place);

impl Planner for Plain<'_> {
    fn kind(&self) -> TargetKind {
        KIND
    }

    fn title(&self) -> &'static str {
        "The plain one"
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

    fn decoration(&self, _: &Picture, _: &PlaceNote, _: &Ledger) -> Vec<Decoration> {
        Vec::new()
    }

    fn parts(&self, text: &str) -> Vec<String> {
        vec![text.to_owned()]
    }

    fn anchor_fingerprint(&self, view: &View) -> Fingerprint {
        Fingerprint::of(&view.case.title)
    }

    fn content_fingerprint(&self, _: &Content) -> Fingerprint {
        Fingerprint::default()
    }

    fn anchor(&self, remote: &str, _: &PlaceNote) -> Home {
        Home { place: "C1".to_owned(), name: remote.to_owned() }
    }

    fn bindings(&self, _: &Home, _: &PlaceNote) -> Vec<String> {
        Vec::new()
    }

    fn link(&self, _: &Home, _: &mut Links) {}

    fn slot(&self, _: &PlaceNote, adds: bool) -> Option<Slot> {
        let spacing = self.0.spacing().filter(|_| adds)?;
        Some(Slot { place: "C1".to_owned(), spacing, own: None })
    }

    fn forgets_what_is_gone(&self) -> bool {
        false
    }
}

#[async_trait(?Send)]
impl Target for Plain<'_> {
    fn planner(&self) -> &dyn Planner {
        self
    }

    async fn create(&self, creation: &Creation<'_>, _: &PlaceNote) -> Result<String, Failure> {
        self.0.take(&creation.picture.view.case.id, &creation.intent.key.0).await
    }

    async fn edit(&self, _: &Entry<'_>, _: &PlaceNote) -> Result<(), Failure> {
        panic!("nothing is edited")
    }

    async fn set(&self, _: &Decoration, _: &Picture, _: &PlaceNote) -> Result<(), Failure> {
        panic!("it has no states")
    }

    async fn delete(&self, _: &str, _: &PlaceNote) -> Result<(), Failure> {
        panic!("nothing is deleted")
    }

    async fn find(&self, _: &CaseId, _: &Intent, _: &PlaceNote) -> Result<Option<String>, Failure> {
        panic!("what is read answers everything, and what is not read is sent again")
    }

    async fn read_back(&self, case: &CaseId, _: &PlaceNote) -> Result<ReadBack, Failure> {
        Ok(self.0.stands(case).unwrap_or_else(|| panic!("a target that cannot be read is not read")))
    }

    fn is_repeatable(&self) -> bool {
        self.0.stands(&CaseId::new("")).is_none()
    }

    async fn knows_us(&self) -> Result<bool, Failure> {
        Ok(true)
    }
}

struct Nobody;

#[async_trait(?Send)]
impl Listener for Nobody {
    async fn take_up(&self, unheard: &Unheard<'_>) -> state::Result<()> {
        assert_eq!(unheard.said, [], "nobody speaks there");
        Ok(())
    }
}

/// One invocation of so many milliseconds with these cases, ten at a time.
pub async fn invoke(world: &dyn World, place: &dyn Place, cases: Vec<CaseId>, time: Millis) {
    let settings: Settings = toml::from_str("[slack]\nteam = 'T1'\nchannel = 'C1'").unwrap();
    let deadline = world.now() + time;
    let (target, queues) = (Plain(place), Queues::default());
    let targets: [&dyn Target; 1] = [&target];
    let context = Context {
        world,
        settings: &settings,
        targets: &targets,
        listener: &Nobody,
        queues,
        crowd: false,
        deadline,
    };
    let each = stream::iter(cases).map(async |case| {
        if deadline - world.now() > 15_000 {
            reconcile(&context, &case, None).await.unwrap();
        }
    });
    each.buffer_unordered(10).collect::<Vec<_>>().await;
}
