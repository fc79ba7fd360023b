//! Forms and the home page.

use serde_json::{Value, json};

use super::{Slack, method::ApiMethod, needed, text_at};
use crate::{
    case::{TriggerId, UserId, ViewId},
    http::Failure,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedView {
    pub id: ViewId,
    /// Changes with each update: an update with an older one is refused.
    pub hash: Option<String>,
}

impl Slack<'_> {
    /// Opens a form; [`Failure::Gone`] where the trigger is used up or too old.
    pub async fn open_view(&self, trigger: &TriggerId, view: &Value) -> Result<OpenedView, Failure> {
        self.view(ApiMethod::ViewsOpen, &json!({"trigger_id": trigger, "view": view})).await
    }

    /// Puts another form into an open one's place; [`Failure::Gone`] where the person closed it, or where it changed
    /// since.
    pub async fn update_view(&self, opened: &OpenedView, view: &Value) -> Result<OpenedView, Failure> {
        let mut body = json!({"view_id": opened.id, "view": view});
        if let Some(hash) = &opened.hash {
            body["hash"] = json!(hash);
        }
        self.view(ApiMethod::ViewsUpdate, &body).await
    }

    pub async fn publish_view(&self, user: &UserId, view: &Value) -> Result<OpenedView, Failure> {
        self.view(ApiMethod::ViewsPublish, &json!({"user_id": user, "view": view})).await
    }

    async fn view(&self, method: ApiMethod, body: &Value) -> Result<OpenedView, Failure> {
        let answer = self.write(method, body).await?;
        let id = ViewId::new(needed(method, &answer, "/view/id")?);
        Ok(OpenedView { id, hash: text_at(&answer, "/view/hash") })
    }
}
