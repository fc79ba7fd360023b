//! Files that hang on an issue: what they are, how their bytes are asked for, and which of them a comment shows.

use reqwest::Method;
use serde_json::Value;

use super::{
    Jira, JiraRequest, KIND,
    answer::{self, Concern},
    clock,
    comments::AccountType,
    text_at,
};
use crate::{
    case::{AccountId, FileId, IssueId, Millis, text},
    http::{Failure, Request, transport::Opened},
    runtime::gate::{self, Counted},
    targets::jira::Person,
};

/// A file as it hangs on an issue. Jira tells of none for whom it is: that is said by the comment that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueFile {
    pub id: FileId,
    pub name: String,
    pub bytes: Option<u64>,
    /// `None` for somebody whose account is gone.
    pub author: Option<Person>,
    pub account_type: AccountType,
    /// By Jira's clock.
    pub created: Option<Millis>,
}

/// What a comment shows of the files on its issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShownFiles {
    pub(crate) names: Vec<String>,
    /// It shows one of which it does not tell the name: the id in a document is not the attachment's.
    pub(crate) some_without_a_name: bool,
}

impl ShownFiles {
    pub(crate) fn of(document: &Value) -> Self {
        let mut shown = Self::default();
        shown.look(document);
        shown
    }

    pub(crate) fn names(&self, file: &str) -> bool {
        self.names.iter().any(|name| name.trim().to_lowercase() == file.trim().to_lowercase())
    }

    fn look(&mut self, node: &Value) {
        let kind = node["type"].as_str().unwrap_or_default();
        let is_linked = node["attrs"]["type"] == "external";
        if matches!(kind, "media" | "mediaInline") && !is_linked {
            let name = ["alt", "__fileName"].iter().find_map(|name| node["attrs"][name].as_str());
            match name {
                Some(name) => self.names.push(name.to_owned()),
                None => self.some_without_a_name = true,
            }
        }
        node["content"].as_array().into_iter().flatten().for_each(|child| self.look(child));
    }
}

impl Jira<'_> {
    /// How a file's bytes are asked for: from Jira itself, which would lead elsewhere otherwise.
    ///
    /// # Errors
    /// The settings name no address.
    pub fn download(&self, file: &FileId) -> Result<Request, Failure> {
        let ask = JiraRequest {
            what: "read file",
            place: Concern::Issue,
            method: Method::GET,
            path: &["attachment", "content", file.as_str()],
            query: "redirect=false",
        };
        Ok(Request::bare(Method::GET, self.url(&ask)?).basic(self.email, self.token))
    }
}

impl Jira<'_> {
    /// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-attachments/#api-rest-api-3-issue-issueidorkey-attachments-post>
    pub(super) async fn attach(&self, issue: &IssueId, name: &str, file: Opened) -> Result<(), Failure> {
        let ask = JiraRequest {
            what: "add file",
            place: Concern::Issue,
            method: Method::POST,
            path: &["issue", issue.as_str(), "attachments"],
            query: "",
        };
        let plain =
            |char: char| if char.is_ascii_alphanumeric() || "._-".contains(char) { char } else { '_' };
        let name: String = name.chars().map(plain).collect();
        // Nobody who writes a file may know what stands between the parts of its form.
        let boundary = text::hash(&format!("{}/{}/{name}", self.token.reveal(), self.world.now()));
        let head = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        let to = Request::bare(ask.method.clone(), self.url(&ask)?)
            .basic(self.email, self.token)
            .header("x-atlassian-token", "no-check")
            .header("content-type", format!("multipart/form-data; boundary={boundary}"));
        let form = file.between(head, format!("\r\n--{boundary}--\r\n"));
        let answer = self.world.fill(to, form).await.map_err(Failure::from_trouble)?;
        let counted = Counted { target: KIND, names: &ask.counted(), about: answer::limited };
        gate::heed(self.world, counted, &answer).await;
        answer::read(ask.what, ask.place, &answer).map(drop)
    }

    /// Takes a file of ours off its issue. One that is gone is as good.
    pub(super) async fn detach(&self, file: &FileId) -> Result<(), Failure> {
        let ask = JiraRequest {
            what: "delete file",
            place: Concern::Issue,
            method: Method::DELETE,
            path: &["attachment", file.as_str()],
            query: "",
        };
        match self.ask(ask, None).await {
            Err(Failure::Gone { .. }) => Ok(()),
            answer => answer.map(drop),
        }
    }
}

/// `None` where the answer does not name them, which does not say that there are none.
pub(super) fn all(issue: &Value) -> Option<Vec<IssueFile>> {
    let files = issue.pointer("/fields/attachment")?.as_array()?;
    Some(files.iter().filter_map(file).collect())
}

fn file(file: &Value) -> Option<IssueFile> {
    let text = |pointer: &str| text_at(file, pointer).unwrap_or_default();
    let id = text_at(file, "/id").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(IssueFile {
        id: FileId::new(id),
        name: text("/filename"),
        bytes: file.get("size").and_then(Value::as_u64),
        author: text_at(file, "/author/accountId")
            .map(|account| Person { account: AccountId::new(account), name: text("/author/displayName") }),
        account_type: AccountType::of(text("/author/accountType")),
        created: clock::millis(&text("/created")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_is_read_with_who_put_it_there_and_without_what_jira_leaves_out() {
        let issue = json!({ "fields": { "attachment": [
            { "id": "40001", "filename": "auth.log", "size": 5, "created": "2026-11-26T05:00:00.000+0000",
              "author": { "accountId": "a1", "displayName": "Ana", "accountType": "atlassian" } },
            { "id": "40002", "filename": "old.log" },
            { "id": "../issue/1", "filename": "elsewhere" },
        ] } });
        let files = all(&issue).unwrap_or_default();
        let [first, second] = &files[..] else { panic!("two files") };
        let ana = Person { account: AccountId::new("a1"), name: "Ana".to_owned() };
        assert_eq!((first.name.as_str(), first.bytes, &first.author), ("auth.log", Some(5), &Some(ana)));
        assert_eq!(
            (first.account_type.clone(), first.created),
            (AccountType::Atlassian, Some(1_795_669_200_000))
        );
        assert_eq!((second.bytes, &second.author, second.created), (None, &None, None));
        assert_eq!(all(&json!({ "fields": { "attachment": [] } })), Some(vec![]));
        assert_eq!(all(&json!({ "fields": { "attachment": null } })), None);
        assert_eq!(all(&json!({})), None);
    }

    #[test]
    fn a_comment_names_the_files_that_it_shows_however_deep_and_says_where_it_cannot() {
        let media = |attrs: Value| json!({ "type": "media", "attrs": attrs });
        let single = |media: Value| json!({ "type": "mediaSingle", "content": [media] });
        let document = json!({ "type": "doc", "content": [
            single(media(json!({ "type": "file", "id": "x", "alt": "Photo.PNG" }))),
            { "type": "panel", "content": [single(media(json!({ "type": "file", "__fileName": "b.log" })))] },
            single(media(json!({ "type": "external", "url": "https://example.com/c.png" }))),
            { "type": "paragraph", "content": [{ "type": "text", "text": "words" }] },
        ] });
        let shown = ShownFiles::of(&document);
        assert_eq!(shown.names, ["Photo.PNG", "b.log"]);
        assert!(shown.names("photo.png ") && !shown.names("c.png") && !shown.some_without_a_name);
        let nameless = json!({ "type": "mediaInline", "attrs": { "type": "file", "id": "x" } });
        assert!(ShownFiles::of(&nameless).some_without_a_name);
    }
}
