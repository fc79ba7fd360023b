//! Files that people put into Slack: what they are, what they are called, and how their bytes are asked for.

use reqwest::Method as HttpMethod;
use serde_json::Value;

use super::{
    Slack,
    answer::BodyVerdict,
    method::ApiMethod,
    reading::{DELETED, HIDDEN},
    response_url::{FILE_HOSTS, allowed},
    text_at,
};
use crate::{
    case::FileId,
    http::{Failure, Request},
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

    /// What people call a file of which a message tells only the id.
    pub async fn file_name(&self, id: &FileId) -> Result<String, Failure> {
        match self.try_read(ApiMethod::FilesInfo, &[("file", id.as_str())]).await? {
            BodyVerdict::No(refusal) if refusal.code.is_one_of(&["file_deleted"]) => Ok(DELETED.to_owned()),
            BodyVerdict::No(refusal)
                if refusal.code.is_one_of(&["file_not_found", "access_denied", "not_visible"]) =>
            {
                Ok(HIDDEN.to_owned())
            }
            verdict => {
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
