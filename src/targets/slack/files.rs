//! Files that people put into Slack: what they are, what they are called, and how their bytes are asked for.

use reqwest::Method as HttpMethod;
use serde_json::{Value, json};

use super::{
    Slack,
    answer::BodyVerdict,
    messages::ConversationRef,
    method::ApiMethod,
    needed,
    reading::{DELETED, HIDDEN},
    response_url::{FILE_HOSTS, allowed},
    text_at,
};
use crate::{
    case::FileId,
    http::{Failure, Request, transport::Opened},
    targets::attachments::later,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub id: FileId,
    pub name: String,
    /// In bytes.
    pub size: Option<u64>,
    /// Where it is read, with our token.
    pub url: Option<String>,
}

impl Slack<'_> {
    pub async fn file(&self, id: &FileId) -> Result<File, Failure> {
        let answer = self.read(ApiMethod::FilesInfo, &[("file", id.as_str())]).await?;
        answer.get("file").and_then(file).ok_or_else(|| Failure::unreadable(ApiMethod::FilesInfo))
    }

    /// How a file's bytes are asked for, with our token; `None` for an address that is not Slack's own: whoever gets
    /// the token may act for us.
    pub fn download(&self, url: &str) -> Option<Request> {
        allowed(url, &FILE_HOSTS, self.settings)
            .map(|url| Request::bare(HttpMethod::GET, url).bearer(self.token))
    }

    /// Puts a file into a conversation. Until the last of its three steps nobody sees it:
    /// <https://docs.slack.dev/messaging/working-with-files#upload>
    pub(super) async fn upload(&self, to: &ConversationRef, name: &str, file: Opened) -> Result<(), Failure> {
        let method = ApiMethod::FilesGetUploadUrlExternal;
        let length = file.bytes().to_string();
        let unseen = |failure| match failure {
            Failure::Unknown { why } => Failure::NotApplied { retry_after: None, why },
            known @ (Failure::NotApplied { .. }
            | Failure::Content { .. }
            | Failure::Gone { .. }
            | Failure::Broken { .. }
            | Failure::Shut { .. }) => known,
        };
        let place = self.read(method, &[("filename", name), ("length", &length)]).await.map_err(unseen)?;
        let (url, id) = (needed(method, &place, "/upload_url"), needed(method, &place, "/file_id"));
        let (url, id) = (url.map_err(unseen)?, id.map_err(unseen)?);
        let url = allowed(&url, &FILE_HOSTS, self.settings)
            .ok_or_else(|| Failure::Content { why: format!("{method}: not an address of Slack's") })?;
        let bytes = Request::bare(HttpMethod::POST, url).header("content-type", "application/octet-stream");
        match self.world.fill(bytes, file).await.map_err(|trouble| later(&trouble.to_string()))?.status {
            200 => {}
            status @ 400..=499 if status != 429 => {
                return Err(Failure::Content { why: format!("Slack did not take it (HTTP {status})") });
            }
            status => return Err(later(&format!("HTTP {status}"))),
        }
        let mut body = json!({ "files": [{ "id": id, "title": name }], "channel_id": to.channel });
        if let Some(thread) = &to.thread {
            body["thread_ts"] = json!(thread);
        }
        self.write(ApiMethod::FilesCompleteUploadExternal, &body).await.map(drop)
    }

    /// Takes a file of ours away, wherever it was shared. One that is gone is as good.
    pub(super) async fn delete_file(&self, id: &FileId) -> Result<(), Failure> {
        let method = ApiMethod::FilesDelete;
        match self.try_write(method, &json!({ "file": id })).await? {
            BodyVerdict::No(refusal) if refusal.code.is_one_of(&["file_not_found", "file_deleted"]) => Ok(()),
            verdict @ (BodyVerdict::Yes(_) | BodyVerdict::No(_)) => verdict.or_failure(method).map(drop),
        }
    }

    /// What people call a file of which a message tells only the id.
    pub async fn file_name(&self, id: &FileId) -> Result<String, Failure> {
        match self.try_read(ApiMethod::FilesInfo, &[("file", id.as_str())]).await? {
            BodyVerdict::No(refusal) if refusal.code.is_one_of(&["file_deleted"]) => Ok(DELETED.to_owned()),
            BodyVerdict::No(refusal)
                if refusal.code.is_one_of(&["file_not_found", "access_denied", "not_visible"]) =>
            {
                Ok(HIDDEN.to_owned())
            }
            verdict @ (BodyVerdict::Yes(_) | BodyVerdict::No(_)) => {
                let answer = verdict.or_failure(ApiMethod::FilesInfo)?;
                let name = text_at(&answer, "/file/name").or_else(|| text_at(&answer, "/file/title"));
                Ok(name.unwrap_or_else(|| "a file without a name".to_owned()))
            }
        }
    }
}

fn file(file: &Value) -> Option<File> {
    Some(File {
        id: text_at(file, "/id").map(FileId::new)?,
        name: text_at(file, "/name").unwrap_or_default(),
        size: file.get("size").and_then(Value::as_u64),
        url: text_at(file, "/url_private_download").or_else(|| text_at(file, "/url_private")),
    })
}
