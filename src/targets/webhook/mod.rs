//! A webhook after Standard Webhooks, <https://www.standardwebhooks.com>: what happens on a case as JSON, for whoever
//! receives it. It cannot be read, and drops by its `webhook-id` what it is sent twice.

mod answer;
mod event;
mod planner;
mod signature;
mod target;

pub use self::{planner::WebhookPlanner, target::WebhookTarget};
use crate::{
    case::{Millis, text},
    config::{secrets::Secrets, settings::WebhookSettings},
    http::{Failure, Response},
    runtime::{
        World,
        gate::{self, Counted},
        note,
    },
    state::TargetKind,
};

pub const KIND: TargetKind = TargetKind::new("webhook");

/// The note of the receiver that wants nothing more.
const ENDED: &str = "webhook/ended";

/// How the receiver is reached.
#[derive(Clone, Copy)]
pub struct Webhook<'a> {
    pub world: &'a dyn World,
    pub settings: &'a WebhookSettings,
    pub secrets: &'a Secrets,
    /// Nothing is sent that could be answered after this.
    pub until: Millis,
}

impl Webhook<'_> {
    /// Sends an event. To one who wants nothing more nothing is sent.
    async fn send(&self, event: &event::Event) -> Result<(), Failure> {
        if self.has_ended().await? {
            return Ok(());
        }
        let response = self.ask(event).await?;
        if response.status == 410 {
            self.end().await?;
        }
        answer::read(&response)
    }

    async fn ask(&self, event: &event::Event) -> Result<Response, Failure> {
        let Self { world, settings, secrets, until } = self;
        let keys = secrets.webhook_keys().ok_or_else(|| Failure::Broken {
            everywhere: true,
            why: "webhook_secret cannot be read".to_owned(),
        })?;
        let signed = signature::Signed::new(&event.id, world.now() / 1_000, event.body.clone());
        let request = signed.request(&settings.url, &keys);
        let names = ["event".to_owned()];
        gate::send(*world, Counted { target: KIND, names: &names, about: |_| 0 }, request, *until).await
    }

    /// Whether the receiver said 410 to what we are told now, under the secret that we have now.
    pub async fn has_ended(&self) -> Result<bool, Failure> {
        let noted = note::text(self.world, ENDED).await;
        let noted = noted.map_err(|_| Failure::NotApplied { retry_after: None, why: ENDED.to_owned() })?;
        Ok(noted.as_deref() == Some(self.receiver().as_str()))
    }

    async fn end(&self) -> Result<(), Failure> {
        let store = self.world.store();
        let old = store.note(ENDED).await.ok().flatten();
        let receiver = self.receiver();
        let noted = store.swap_note(ENDED, old.as_deref(), &receiver, None).await;
        note::wrote(self.world, ENDED, Some(receiver));
        noted.map(drop).map_err(|_| Failure::NotApplied { retry_after: None, why: ENDED.to_owned() })
    }

    fn receiver(&self) -> String {
        text::hash(&format!("{} {}", self.settings.url, self.secrets.webhook_secret.reveal()))
    }

    /// Whether the receiver takes what we sign: an event that says nothing.
    pub async fn ping(&self) -> Result<(), Failure> {
        if self.has_ended().await? {
            return Err(Failure::Broken {
                everywhere: true,
                why: "the receiver ended it (HTTP 410)".to_owned(),
            });
        }
        answer::read(&self.ask(&event::ping(self.world.now())).await?)
    }
}
