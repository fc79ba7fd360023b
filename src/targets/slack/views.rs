//! How are forms and the home page shown?

use serde_json::{Value, json};

use super::{Slack, needed, text_at};
use crate::http::Failure;

/// A form that is open: what names it when it is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedView {
    /// `V…`
    pub id: String,
    /// Changes with each update: an update with an older one is refused.
    pub hash: Option<String>,
}

impl Slack<'_> {
    /// Opens a form. `trigger` works once, and for three seconds; later the answer is [`Failure::Gone`].
    pub async fn open_view(&self, trigger: &str, view: &Value) -> Result<OpenedView, Failure> {
        self.view("views.open", &json!({"trigger_id": trigger, "view": view})).await
    }

    /// Puts another form into an open one's place; [`Failure::Gone`] where the person closed it, or where it is
    /// no longer the one that `hash` names.
    pub async fn update_view(
        &self,
        id: &str,
        hash: Option<&str>,
        view: &Value,
    ) -> Result<OpenedView, Failure> {
        let mut body = json!({"view_id": id, "view": view});
        if let Some(hash) = hash {
            body["hash"] = json!(hash);
        }
        self.view("views.update", &body).await
    }

    /// Sets a person's home page.
    pub async fn publish_view(&self, user: &str, view: &Value) -> Result<OpenedView, Failure> {
        self.view("views.publish", &json!({"user_id": user, "view": view})).await
    }

    async fn view(&self, method: &str, body: &Value) -> Result<OpenedView, Failure> {
        let answer = self.write(method, body).await?;
        Ok(OpenedView { id: needed(method, &answer, "/view/id")?, hash: text_at(&answer, "/view/hash") })
    }
}
