//! How does PagerDuty hear it? Each step as one event, which may come twice.

use async_trait::async_trait;

use super::{PagerDuty, PagerDutyPlanner, event};
use crate::{
    case::CaseId,
    http::Failure,
    state::notes::{Intent, PlaceNote},
    targets::{
        content::Content,
        contract::{Creation, Entry, Planner, ReadBack, Target, known_to},
        telling::{Decoration, Picture, What},
    },
};

pub struct PagerDutyTarget<'a> {
    pager: PagerDuty<'a>,
    planner: PagerDutyPlanner,
}

impl<'a> PagerDutyTarget<'a> {
    pub fn new(pager: PagerDuty<'a>) -> Self {
        Self { pager, planner: PagerDutyPlanner }
    }
}

#[async_trait(?Send)]
impl Target for PagerDutyTarget<'_> {
    fn planner(&self) -> &dyn Planner {
        &self.planner
    }

    async fn create(&self, creation: &Creation<'_>, _note: &PlaceNote) -> Result<String, Failure> {
        let What::Content(Content::Page(page, step)) = creation.what else { return Err(not_here()) };
        let view = &creation.picture.view;
        let event = event::event(&view.case.id, &view.links, (page, *step), self.pager.routing_key);
        self.pager.send(&event).await?;
        Ok(event::dedup_key(&view.case.id, &page.name))
    }

    async fn edit(&self, _entry: &Entry<'_>, _note: &PlaceNote) -> Result<(), Failure> {
        Err(not_here())
    }

    async fn set(&self, _state: &Decoration, _picture: &Picture, _note: &PlaceNote) -> Result<(), Failure> {
        Err(not_here())
    }

    async fn delete(&self, _remote: &str, _note: &PlaceNote) -> Result<(), Failure> {
        Err(not_here())
    }

    async fn find(&self, _: &CaseId, _: &Intent, _: &PlaceNote) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    async fn read_back(&self, _case: &CaseId, _note: &PlaceNote) -> Result<ReadBack, Failure> {
        Ok(ReadBack::default())
    }

    fn is_repeatable(&self) -> bool {
        true
    }

    async fn knows_us(&self) -> Result<bool, Failure> {
        known_to(self.pager.probe().await)
    }
}

fn not_here() -> Failure {
    Failure::Content { why: "no such thing in PagerDuty".to_owned() }
}
