//! How are comments written, set, taken away and read back?

use serde_json::{Value, json};

use super::{Ask, Jira, PROPERTY, answer::Place, clock, text_at};
use crate::{
    case::Millis,
    http::{Failure, Page, with},
};

/// How many comments are read at once.
const PAGE: u64 = 100;

/// Who reads a comment in Jira.
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

/// A comment as it is read back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeardComment {
    /// Names it on the site.
    pub id: String,
    /// The account that wrote it.
    pub author: String,
    /// Their name, as others see it.
    pub author_name: String,
    /// `atlassian`, `app` or `customer`.
    pub account_type: String,
    /// Who reads it there.
    pub audience: Audience,
    /// Our mark. Anybody who may edit the comment can set it: see [`HeardComment::mark_by`].
    pub mark: Option<String>,
    /// When it was written, as Jira writes a time.
    pub created: String,
    /// When it was last changed.
    pub updated: String,
    /// The document.
    pub body: Value,
}

impl HeardComment {
    /// The mark, if we (our account id) wrote the comment.
    pub fn mark_by(&self, me: &str) -> Option<&str> {
        if self.author == me { self.mark.as_deref() } else { None }
    }

    /// When it was written, by Jira's clock; `None` where that cannot be read.
    pub fn written(&self) -> Option<Millis> {
        clock::millis(&self.created)
    }

    /// When it was last changed, by Jira's clock.
    pub fn changed(&self) -> Option<Millis> {
        clock::millis(&self.updated)
    }
}

impl Jira<'_> {
    /// Writes a comment and answers its id. `mark` finds it again, as a property that is part of the one request.
    ///
    /// In a service project the comment is internal: what is said on a case is not for the portal's customers.
    pub async fn comment(&self, issue: &str, mark: &str, body: Value) -> Result<String, Failure> {
        let path = ["issue", issue, "comment"];
        let ask = Ask { what: "comment", place: Place::Issue, method: "POST", path: &path, query: "" };
        let properties = json!([
            {"key": PROPERTY, "value": {"mark": mark}},
            {"key": NOTE, "value": {"internal": true}},
        ]);
        let answer = self.ask(ask, Some(&with(json!({"properties": properties}), "body", body))).await?;
        text_at(&answer, "/id").ok_or_else(|| Failure::unreadable("comment"))
    }

    /// Sets what one of our comments says, and the mark with it. Repeating it changes nothing.
    pub async fn edit_comment(&self, issue: &str, id: &str, mark: &str, body: Value) -> Result<(), Failure> {
        let path = ["issue", issue, "comment", id];
        let ask = Ask { what: "edit comment", place: Place::Issue, method: "PUT", path: &path, query: "" };
        let properties = json!([{"key": PROPERTY, "value": {"mark": mark}}]);
        self.ask(ask, Some(&with(json!({"properties": properties}), "body", body))).await.map(drop)
    }

    /// Takes one of our comments away. One that is gone already is as good.
    pub async fn delete_comment(&self, issue: &str, id: &str) -> Result<(), Failure> {
        let path = ["issue", issue, "comment", id];
        let ask =
            Ask { what: "delete comment", place: Place::Issue, method: "DELETE", path: &path, query: "" };
        match self.ask(ask, None).await {
            Err(Failure::Gone { .. }) => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// A page of an issue's comments from the `start`th on (counted from 0), the oldest first.
    pub async fn comments(&self, issue: &str, start: u64) -> Result<Page<HeardComment, u64>, Failure> {
        let path = ["issue", issue, "comment"];
        let query = format!("startAt={start}&maxResults={PAGE}&orderBy=created&expand=properties");
        let ask = Ask { what: "comments", place: Place::Issue, method: "GET", path: &path, query: &query };
        page(&self.ask(ask, None).await?, start).ok_or_else(|| Failure::unreadable("comments"))
    }

    /// Reads one comment.
    pub async fn comment_by_id(&self, issue: &str, id: &str) -> Result<HeardComment, Failure> {
        let path = ["issue", issue, "comment", id];
        let query = "expand=properties";
        let ask = Ask { what: "read comment", place: Place::Issue, method: "GET", path: &path, query };
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
        id: text_at(comment, "/id")?,
        author: text("/author/accountId"),
        author_name: text("/author/displayName"),
        account_type: text("/author/accountType"),
        audience: audience(comment),
        mark: property(comment, PROPERTY).and_then(|property| text_at(property, "/mark")),
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

/// A property of a comment.
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
            id: "10".to_owned(),
            author: "a1".to_owned(),
            author_name: "Ana".to_owned(),
            account_type: "atlassian".to_owned(),
            audience: Audience::Everybody,
            mark: Some("card".to_owned()),
            created: "2026-11-21T10:00:00.000+0000".to_owned(),
            updated: "2026-11-21T11:00:00.000+0000".to_owned(),
            body: json!({"type": "doc"}),
        };
        assert_eq!(heard(&comment("10")), Some(expected.clone()));
        assert_eq!(expected.mark_by("a1"), Some("card"));
        assert_eq!(expected.mark_by("a2"), None, "a mark that somebody else set");
        assert_eq!(HeardComment::default().mark_by(""), None);
    }

    #[test]
    fn a_comment_is_for_everybody_only_where_nothing_says_otherwise() {
        let of = |visibility: Value| audience(&with(comment("10"), "visibility", visibility));
        assert_eq!((audience(&comment("10")), of(Value::Null)), (Audience::Everybody, Audience::Everybody));
        let role = json!({"type": "role", "value": "Legal", "identifier": "10002"});
        for restricted in [role, json!({"type": "user"}), json!({}), json!([]), json!("all"), json!(false)] {
            assert_eq!(of(restricted.clone()), Audience::Restricted, "{restricted}");
        }
        assert_eq!(HeardComment::default().audience, Audience::Restricted);
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
