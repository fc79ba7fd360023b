//! What belongs to no case, said in the channel of all cases.

use async_trait::async_trait;

use super::{
    KIND, Message, known, membership,
    method::ApiMethod,
    planner::turn_in,
    target::{SlackTarget, in_channel, ts},
    unread_membership,
};
use crate::{
    case::{CaseId, Millis},
    http::{Failure, Pages},
    state::TargetKind,
    targets::{
        content::Announcement,
        contract::{Announcer, Slot},
        mark::Mark,
    },
};

#[async_trait(?Send)]
impl Announcer for SlackTarget<'_> {
    fn kind(&self) -> TargetKind {
        KIND
    }

    fn slot(&self) -> Slot {
        turn_in(&self.slack.settings.channel)
    }

    async fn announce(&self, announcement: &Announcement, mark: &Mark) -> Result<String, Failure> {
        let message = match announcement {
            Announcement::Membership { id, membership: None, happened } => unread_membership(id, happened),
            Announcement::Membership { membership: Some(known), happened, .. } => membership(known, happened),
            Announcement::Broken { title } => broken(title),
            Announcement::Shut { case, place } => shut(case.as_ref(), place),
        };
        self.slack
            .post(&in_channel(self.slack.settings.channel.clone()), mark, &message)
            .await
            .map(String::from)
    }

    async fn find(&self, mark: &Mark, since: Millis) -> Result<Option<String>, Failure> {
        let me = self.me().await?;
        let oldest = ts(since / 1_000 - 60);
        let (mut cursor, mut pages) = (None, Pages::default());
        loop {
            let page = self.slack.history(&self.slack.settings.channel, &oldest, cursor.as_deref()).await?;
            if let Some(found) = page
                .items
                .iter()
                .find(|heard| heard.mark_by(me).is_some_and(|other| other.as_str() == mark.as_str()))
            {
                return Ok(Some(found.ts.to_string()));
            }
            cursor = pages.follow(ApiMethod::ConversationsHistory, page.next)?;
            if cursor.is_none() {
                return Ok(None);
            }
        }
    }

    async fn is_overheard(&self) -> Result<bool, Failure> {
        known::is_shared(&self.slack, &self.slack.settings.channel).await
    }
}

fn broken(title: &str) -> Message {
    let text = format!(
        "Casebridge cannot reach {title}: it refuses our credentials or rights. Nothing is lost; what is owed is sent as \
         soon as they are mended. See docs/operations.md."
    );
    Message { text, blocks: Vec::new() }
}

fn shut(case: Option<&CaseId>, place: &str) -> Message {
    let case = case.map_or_else(|| "A restricted case".to_owned(), |case| format!("Case {case}"));
    let text = format!(
        "{case} cannot be told in its channel <#{place}>: the channel is archived. Nothing is lost; once it is in use \
         again, all is told there within a minute."
    );
    Message { text, blocks: Vec::new() }
}
