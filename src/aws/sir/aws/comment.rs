//! How do comments and the AI agent's investigations cross the wire?

use aws_sdk_securityir::types;

use super::{PAGE, SirClient, fault::fault, page, present, seconds};
use crate::{
    aws::sir::{Answer, Fault, Page},
    case::*,
};

impl SirClient {
    pub(super) async fn list_comments(&self, case: CaseId, next: Option<String>) -> Result<Answer, Fault> {
        let asked = self.client.list_comments().case_id(case.as_str()).set_next_token(next).max_results(PAGE);
        let answer = asked.customize().config_override(self.policy.read()).send().await.map_err(fault)?;
        let total = answer.total.and_then(|total| total.try_into().ok());
        let page = page(answer.items.unwrap_or_default(), answer.next_token, comment);
        Ok(Answer::Comments(Page { total, ..page }))
    }

    pub(super) async fn create_comment(
        &self,
        case: CaseId,
        body: String,
        token: String,
    ) -> Result<Answer, Fault> {
        let asked = self.client.create_case_comment().case_id(case.as_str()).body(body).client_token(token);
        let answer = asked.customize().config_override(self.policy.write()).send().await.map_err(fault)?;
        present(answer.comment_id).map(|id| Answer::CommentId(CommentId::new(id)))
    }

    pub(super) async fn update_comment(
        &self,
        case: CaseId,
        comment: CommentId,
        body: String,
    ) -> Result<Answer, Fault> {
        let asked =
            self.client.update_case_comment().case_id(case.as_str()).comment_id(comment.as_str()).body(body);
        asked.customize().config_override(self.policy.write()).send().await.map_err(fault)?;
        Ok(Answer::CommentId(comment))
    }

    pub(super) async fn list_investigations(
        &self,
        case: CaseId,
        next: Option<String>,
    ) -> Result<Answer, Fault> {
        let asked =
            self.client.list_investigations().case_id(case.as_str()).set_next_token(next).max_results(PAGE);
        let answer = asked.customize().config_override(self.policy.read()).send().await.map_err(fault)?;
        Ok(Answer::Investigations(page(answer.investigation_actions, answer.next_token, investigation)))
    }

    pub(super) async fn send_feedback(
        &self,
        case: CaseId,
        investigation: InvestigationId,
        useful: bool,
        comment: Option<String>,
    ) -> Result<Answer, Fault> {
        let rating =
            if useful { types::UsefulnessRating::Useful } else { types::UsefulnessRating::NotUseful };
        let asked = self.client.send_feedback().case_id(case.as_str()).result_id(investigation.as_str());
        let asked = asked.usefulness(rating).set_comment(comment);
        asked.customize().config_override(self.policy.write()).send().await.map_err(fault)?;
        Ok(Answer::Done)
    }
}

fn comment(item: types::ListCommentsItem) -> Comment {
    Comment {
        id: CommentId::new(item.comment_id),
        created: seconds(item.created_date).unwrap_or_default(),
        updated: seconds(item.last_updated_date),
        creator: item.creator.unwrap_or_default(),
        body: item.body.unwrap_or_default(),
    }
}

fn investigation(item: types::InvestigationAction) -> Investigation {
    let usefulness = item.feedback.and_then(|feedback| feedback.usefulness);
    Investigation {
        id: InvestigationId::new(item.investigation_id),
        kind: item.action_type.as_str().to_owned(),
        title: item.title,
        content: item.content,
        status: item.status.as_str().to_owned(),
        updated: item.last_updated.secs(),
        feedback: usefulness.map(|rating| rating.as_str().to_owned()),
    }
}
