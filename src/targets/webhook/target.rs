//! How does the receiver hear it? Each thing as one event, which may come twice under its id.

use async_trait::async_trait;

use super::{
    ENDED, Webhook, WebhookPlanner,
    event::{Event, Telling},
};
use crate::{
    http::Failure,
    state::{
        key::Plainness,
        notes::{Intent, PlaceNote},
    },
    targets::{
        contract::{Creation, Entry, Planner, Target, known_to, not_here},
        telling::What,
    },
};

pub struct WebhookTarget<'a> {
    webhook: Webhook<'a>,
    planner: WebhookPlanner<'a>,
}

impl<'a> WebhookTarget<'a> {
    pub fn new(webhook: Webhook<'a>) -> Self {
        Self { planner: WebhookPlanner { settings: webhook.settings }, webhook }
    }

    async fn send(&self, event: Option<Event>) -> Result<String, Failure> {
        let event = event.ok_or_else(not_here)?;
        self.webhook.send(&event).await?;
        Ok(event.id)
    }
}

#[async_trait(?Send)]
impl Target for WebhookTarget<'_> {
    fn planner(&self) -> &dyn Planner {
        &self.planner
    }

    /// What is refused is sent once more without its words.
    async fn create(&self, creation: &Creation<'_>, _note: &PlaceNote) -> Result<String, Failure> {
        let Creation { what, intent: Intent { key, hash, plainness, .. }, picture } = creation;
        let texts = self.webhook.settings.texts && *plainness == Plainness::Full;
        let telling = Telling { case: &picture.view.case.id, key, hash, texts };
        self.send(match what {
            What::Container(_) => None,
            What::Anchor => Some(telling.opened(&picture.view)),
            What::Content(content) => telling.told(content, &picture.view),
        })
        .await
    }

    async fn edit(&self, entry: &Entry<'_>, _note: &PlaceNote) -> Result<(), Failure> {
        let Entry { case, key, content, hash, .. } = *entry;
        let telling = Telling { case, key, hash, texts: self.webhook.settings.texts };
        self.send(telling.rewritten(content, self.webhook.world.now() / 1_000)).await.map(drop)
    }

    fn is_repeatable(&self) -> bool {
        true
    }

    async fn knows_us(&self) -> Result<bool, Failure> {
        known_to(self.webhook.ping().await)
    }

    fn notes(&self, _note: &PlaceNote) -> Vec<String> {
        vec![ENDED.to_owned()]
    }
}
