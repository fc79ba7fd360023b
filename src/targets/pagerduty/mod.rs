//! PagerDuty, which wakes somebody: an alert a case and reason, through the Events API v2.
//! <https://developer.pagerduty.com/docs/events-api-v2-overview>. It cannot be read, and drops by its `dedup_key` what it
//! is sent twice.

mod answer;
mod event;
mod planner;
mod target;

use reqwest::Method;
use serde_json::Value;

pub use self::{planner::PagerDutyPlanner, target::PagerDutyTarget};
use crate::{
    case::Millis,
    config::{secrets::Secret, settings::PagerDutySettings},
    http::{Failure, Request},
    runtime::{
        World,
        gate::{self, Counted},
    },
    state::TargetKind,
};

pub const KIND: TargetKind = TargetKind::new("pagerduty");

/// How PagerDuty is reached.
#[derive(Clone, Copy)]
pub struct PagerDuty<'a> {
    pub world: &'a dyn World,
    pub settings: &'a PagerDutySettings,
    pub routing_key: &'a Secret,
    /// Nothing is sent that could be answered after this.
    pub until: Millis,
}

impl PagerDuty<'_> {
    async fn send(&self, event: &Value) -> Result<(), Failure> {
        let Self { world, settings, until, .. } = self;
        let request = Request::json(Method::POST, format!("{}/v2/enqueue", settings.api_url), event);
        let names = ["enqueue".to_owned()];
        let counted = Counted { target: KIND, names: &names, about: |_| 0 };
        answer::read(&gate::send(*world, counted, request, *until).await?)
    }

    /// Whether PagerDuty takes our key: it drops the end of an alert that there never was, and wakes nobody.
    pub async fn probe(&self) -> Result<(), Failure> {
        self.send(&event::probe(self.routing_key)).await
    }
}
