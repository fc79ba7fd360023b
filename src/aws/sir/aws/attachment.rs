//! How do the links to a case's files cross the wire? The files themselves go to and from S3.

use super::{SirClient, fault::fault, present};
use crate::{
    aws::sir::{Answer, Fault},
    case::*,
    config::secrets::Secret,
};

impl SirClient {
    pub(super) async fn upload_url(
        &self,
        case: CaseId,
        name: String,
        bytes: u64,
        token: String,
    ) -> Result<Answer, Fault> {
        // The service takes at most 100 MiB; what does not fit its type is certainly more.
        let length = i64::try_from(bytes).unwrap_or(i64::MAX);
        let asked = self.client.get_case_attachment_upload_url().case_id(case.as_str()).file_name(name);
        let asked = asked.content_length(length).client_token(token);
        let answer = asked.customize().config_override(self.policy.write()).send().await.map_err(fault)?;
        present(answer.attachment_presigned_url).map(|url| Answer::Url(Secret::new(url)))
    }

    pub(super) async fn download_url(&self, case: CaseId, attachment: AttachmentId) -> Result<Answer, Fault> {
        let asked = self.client.get_case_attachment_download_url().case_id(case.as_str());
        let asked = asked.attachment_id(attachment.as_str());
        let answer = asked.customize().config_override(self.policy.read()).send().await.map_err(fault)?;
        present(answer.attachment_presigned_url).map(|url| Answer::Url(Secret::new(url)))
    }
}
