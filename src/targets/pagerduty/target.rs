//! How does PagerDuty hear it? Each step as one event, which may come twice.

use async_trait::async_trait;

use super::{PagerDuty, PagerDutyPlanner, event};
use crate::{
    http::Failure,
    state::notes::PlaceNote,
    targets::{
        content::Content,
        contract::{Creation, Planner, Target, known_to, not_here},
        telling::What,
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
        Ok(event::dedup_key(&view.case.id, &page.name, self.pager.routing_key))
    }

    fn is_repeatable(&self) -> bool {
        true
    }

    async fn knows_us(&self) -> Result<bool, Failure> {
        known_to(self.pager.probe().await)
    }
}
