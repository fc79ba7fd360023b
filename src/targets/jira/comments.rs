//! How comments are written, set, taken away and read back.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Jira, JiraRequest, PROPERTY, answer::Concern, clock, text_at};
use crate::{
    case::{AccountId, IssueCommentId, IssueId, Millis},
    http::{Failure, Page, with},
    targets::mark::Mark,
};

const PAGE: u64 = 100;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Whoever sees the issue, on a service project's portal too.
    Everybody,
    /// The team of a service project: an internal note.
    Team,
    /// One project role or group; or it cannot be read for whom it is.
    #[default]
    Restricted,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HeardComment {
    pub id: IssueCommentId,
    pub author: Option<AccountId>,
    pub author_name: String,
    /// Who wrote it as it stands; `None` where Jira does not say.
    pub editor: Option<Person>,
    pub account_type: AccountType,
    pub audience: Audience,
    /// Our mark. Anybody who may edit the comment can set it: see [`HeardComment::mark_by`].
    pub mark: Option<Mark>,
    /// When it was written, as Jira writes a time.
    pub created: String,
    pub updated: String,
    pub body: Value,
}

/// Somebody in Jira.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub account: AccountId,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountType {
    Atlassian,
    App,
    Customer,
    /// What this version does not know, or what Jira does not say.
    Other(String),
}

impl AccountType {
    pub(super) fn of(text: String) -> Self {
        match text.as_str() {
            "atlassian" => Self::Atlassian,
            "app" => Self::App,
            "customer" => Self::Customer,
            _ => Self::Other(text),
        }
    }
}

impl HeardComment {
    /// One of which only the id is known: for whom it is cannot be read.
    pub fn of(id: IssueCommentId) -> Self {
        Self {
            id,
            author: None,
            author_name: String::new(),
            editor: None,
            account_type: AccountType::Other(String::new()),
            audience: Audience::default(),
            mark: None,
            created: String::new(),
            updated: String::new(),
            body: Value::Null,
        }
    }

    pub fn is_by(&self, account: &AccountId) -> bool {
        self.author.as_ref() == Some(account)
    }

    pub fn mark_by(&self, me: &AccountId) -> Option<&Mark> {
        self.mark.as_ref().filter(|_| self.is_by(me))
    }

    /// Whose words stand there: its author's until somebody edits it. `None` where nobody can tell.
    pub fn speaker(&self) -> Option<Person> {
        let author = || Some(Person { account: self.author.clone()?, name: self.author_name.clone() });
        if self.updated == self.created { author() } else { self.editor.clone() }
    }

    pub fn written(&self) -> Option<Millis> {
        clock::millis(&self.created)
    }

    pub fn changed(&self) -> Option<Millis> {
        clock::millis(&self.updated)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentRef {
    pub issue: IssueId,
    pub id: IssueCommentId,
}

impl CommentRef {
    fn path(&self) -> [&str; 4] {
        ["issue", self.issue.as_str(), "comment", self.id.as_str()]
    }
}

impl Jira<'_> {
    /// Writes a comment and answers its id. `mark` finds it again, as a property that is part of the one request.
    /// In a service project the comment is internal: what is said on a case is not for the portal's customers.
    pub async fn comment(
        &self,
        issue: &IssueId,
        mark: &Mark,
        body: Value,
    ) -> Result<IssueCommentId, Failure> {
        let path = ["issue", issue.as_str(), "comment"];
        let ask = JiraRequest {
            what: "comment",
            place: Concern::Issue,
            method: Method::POST,
            path: &path,
            query: "",
        };
        let properties = json!([
            {"key": PROPERTY, "value": self.sign(mark)},
            {"key": NOTE, "value": {"internal": true}},
        ]);
        let answer = self.ask(ask, Some(&with(json!({"properties": properties}), "body", body))).await?;
        text_at(&answer, "/id").map(IssueCommentId::new).ok_or_else(|| Failure::unreadable("comment"))
    }

    /// Sets what one of our comments says, and the mark with it. Repeating it changes nothing.
    pub async fn edit_comment(&self, at: &CommentRef, mark: &Mark, body: Value) -> Result<(), Failure> {
        let path = at.path();
        let ask = JiraRequest {
            what: "edit comment",
            place: Concern::Issue,
            method: Method::PUT,
            path: &path,
            query: "",
        };
        let properties = json!([{"key": PROPERTY, "value": self.sign(mark)}]);
        self.edit_quietly(ask, &with(json!({"properties": properties}), "body", body)).await
    }

    /// Takes one of our comments away. One that is gone already is as good.
    pub async fn delete_comment(&self, at: &CommentRef) -> Result<(), Failure> {
        let path = at.path();
        let ask = JiraRequest {
            what: "delete comment",
            place: Concern::Issue,
            method: Method::DELETE,
            path: &path,
            query: "",
        };
        match self.ask(ask, None).await {
            Err(Failure::Gone { .. }) => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// What stands beside what we write.
    pub(super) fn sign(&self, mark: &Mark) -> Value {
        mark.signed(self.world.deployment()).payload()
    }

    /// A page of an issue's comments from the `start`th on (counted from 0), the oldest first.
    pub async fn comments(&self, issue: &IssueId, start: u64) -> Result<Page<HeardComment, u64>, Failure> {
        let path = ["issue", issue.as_str(), "comment"];
        let query = format!("startAt={start}&maxResults={PAGE}&orderBy=created&expand=properties");
        let ask = JiraRequest {
            what: "comments",
            place: Concern::Issue,
            method: Method::GET,
            path: &path,
            query: &query,
        };
        page(&self.ask(ask, None).await?, start).ok_or_else(|| Failure::unreadable("comments"))
    }

    pub async fn comment_by_id(&self, at: &CommentRef) -> Result<HeardComment, Failure> {
        let path = at.path();
        let query = "expand=properties";
        let ask = JiraRequest {
            what: "read comment",
            place: Concern::Issue,
            method: Method::GET,
            path: &path,
            query,
        };
        heard(&self.ask(ask, None).await?).ok_or_else(|| Failure::unreadable("read comment"))
    }
}

/// Jira may give fewer than were asked for: the next page begins where this one ends.
fn page(answer: &Value, start: u64) -> Option<Page<HeardComment, u64>> {
    let comments = answer.get("comments")?.as_array()?;
    let end = start + u64::try_from(comments.len()).ok()?;
    let total = answer.get("total")?.as_u64()?;
    let items = comments.iter().filter_map(heard).collect();
    Some(Page { items, next: (end < total && !comments.is_empty()).then_some(end), total: Some(total) })
}

fn heard(comment: &Value) -> Option<HeardComment> {
    let text = |pointer: &str| text_at(comment, pointer).unwrap_or_default();
    Some(HeardComment {
        id: IssueCommentId::new(text_at(comment, "/id")?),
        author: text_at(comment, "/author/accountId").map(AccountId::new),
        author_name: text("/author/displayName"),
        editor: text_at(comment, "/updateAuthor/accountId").map(|account| Person {
            account: AccountId::new(account),
            name: text("/updateAuthor/displayName"),
        }),
        account_type: AccountType::of(text("/author/accountType")),
        audience: audience(comment),
        mark: property(comment, PROPERTY).and_then(Mark::of_payload),
        created: text("/created"),
        updated: text("/updated"),
        body: comment.get("body").cloned().unwrap_or_default(),
    })
}

/// The property that makes an internal note. Jira shows its effect as `jsdPublic`, which is true outside of service
/// projects.
const NOTE: &str = "sd.public.comment";

/// What cannot be read for whom it is counts as restricted.
fn audience(comment: &Value) -> Audience {
    let not_null = |value: &&Value| !value.is_null();
    let restricted = comment.get("visibility").filter(not_null).is_some();
    let public = comment.get("jsdPublic").filter(not_null).map_or(Some(true), Value::as_bool);
    let note = property(comment, NOTE).filter(not_null);
    let internal = note.map_or(Some(false), |note| note.get("internal").and_then(Value::as_bool));
    match (restricted, public, internal) {
        (false, Some(true), Some(false)) => Audience::Everybody,
        (false, Some(_), Some(_)) => Audience::Team,
        _ => Audience::Restricted,
    }
}

fn property<'a>(comment: &'a Value, key: &str) -> Option<&'a Value> {
    let properties = comment.get("properties").and_then(Value::as_array)?;
    let named = |property: &&Value| property.get("key").and_then(Value::as_str) == Some(key);
    properties.iter().find(named)?.get("value")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comment(id: &str) -> Value {
        json!({
            "id": id, "author": {"accountId": "a1", "displayName": "Ana", "accountType": "atlassian"},
            "created": "2026-11-21T10:00:00.000+0000", "updated": "2026-11-21T11:00:00.000+0000",
            "body": {"type": "doc"},
            "properties": [{"key": "other", "value": 1}, {"key": "casebridge", "value": {"mark": "card"}}],
        })
    }

    #[test]
    fn a_comment_is_heard_with_its_author_and_its_mark() {
        let expected = HeardComment {
            id: IssueCommentId::new("10"),
            author: Some(AccountId::new("a1")),
            author_name: "Ana".to_owned(),
            editor: None,
            account_type: AccountType::Atlassian,
            audience: Audience::Everybody,
            mark: Some(Mark::new("card")),
            created: "2026-11-21T10:00:00.000+0000".to_owned(),
            updated: "2026-11-21T11:00:00.000+0000".to_owned(),
            body: json!({"type": "doc"}),
        };
        assert_eq!(heard(&comment("10")), Some(expected.clone()));
        assert_eq!(expected.mark_by(&AccountId::new("a1")), Some(&Mark::new("card")));
        assert_eq!(expected.mark_by(&AccountId::new("a2")), None, "a mark that somebody else set");
    }

    #[test]
    fn a_comment_is_for_everybody_only_where_nothing_says_otherwise() {
        let of = |visibility: Value| audience(&with(comment("10"), "visibility", visibility));
        assert_eq!((audience(&comment("10")), of(Value::Null)), (Audience::Everybody, Audience::Everybody));
        let role = json!({"type": "role", "value": "Legal", "identifier": "10002"});
        for restricted in [role, json!({"type": "user"}), json!({}), json!([]), json!("all"), json!(false)] {
            assert_eq!(of(restricted.clone()), Audience::Restricted, "{restricted}");
        }
        assert_eq!(HeardComment::of(IssueCommentId::new("10")).audience, Audience::Restricted);
    }

    #[test]
    fn an_internal_note_is_for_the_team_by_the_flag_or_by_the_property() {
        let of = |public: Value, note: Value| {
            let note = json!([{"key": NOTE, "value": note}]);
            audience(&with(with(comment("10"), "jsdPublic", public), "properties", note))
        };
        let internal = |is: bool| json!({"internal": is});
        for (public, note, expected) in [
            (json!(true), internal(false), Audience::Everybody),
            (json!(true), Value::Null, Audience::Everybody),
            (Value::Null, internal(false), Audience::Everybody),
            (json!(false), internal(false), Audience::Team),
            (json!(false), Value::Null, Audience::Team),
            (json!(true), internal(true), Audience::Team),
            (json!("no"), internal(false), Audience::Restricted),
            (json!(0), internal(true), Audience::Restricted),
            (json!(true), json!("internal"), Audience::Restricted),
            (json!(true), json!({"internal": "true"}), Audience::Restricted),
        ] {
            assert_eq!(of(public.clone(), note.clone()), expected, "{public} {note}");
        }
        let role = json!({"type": "role", "value": "Legal"});
        let note = with(with(comment("10"), "jsdPublic", false), "visibility", role);
        assert_eq!(audience(&note), Audience::Restricted, "a note for one role is for that role");
    }

    #[test]
    fn the_next_page_begins_where_this_one_ended_whatever_was_asked_for() {
        let answer = |total: u64, ids: &[&str]| json!({"total": total, "comments": ids.iter().map(|id| comment(id)).collect::<Vec<_>>()});
        let next = |answer: &Value, start| page(answer, start).map(|page| page.next);
        assert_eq!(next(&answer(3, &["1", "2"]), 0), Some(Some(2)));
        assert_eq!(next(&answer(3, &["3"]), 2), Some(None));
        assert_eq!(
            next(&answer(3, &[]), 2),
            Some(None),
            "no endless loop where comments were deleted meanwhile"
        );
        assert_eq!(next(&json!({"comments": []}), 0), None);
    }
}
