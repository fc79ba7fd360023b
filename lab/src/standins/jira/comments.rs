//! How are comments written, edited and read?

use casebridge::case::AccountId;
use serde_json::{Value, json};

use super::{
    super::{
        exchange::WireResponse,
        shape::{Shape, may, misfits, need, text},
    },
    adf, circles,
    create::PROPERTIES,
    refused::{JiraRefusal, Output, bad_payload, field, invalid_input, message},
    routes::Given,
    state::{Site, StoredComment},
    webhooks,
};

const BODY: Shape = Shape::Object(&[
    need("body", Shape::Any),
    may("properties", PROPERTIES),
    may("visibility", Shape::Any),
    may("parentId", text(0, 30)),
]);

#[derive(Default)]
pub(super) struct Draft {
    pub(super) document: Value,
    properties: Vec<Value>,
    /// Null lifts what there is; none leaves it.
    visibility: Option<Value>,
    parent: Option<String>,
    /// Written in the browser: its editor knows nodes that REST's callers hardly write.
    in_editor: bool,
}

impl Draft {
    pub(super) fn of(document: Value) -> Self {
        Self { document, ..Self::default() }
    }

    pub(super) fn read(body: &Value) -> Result<Self, JiraRefusal> {
        if !misfits(&BODY, body, "").is_empty() {
            return Err(bad_payload());
        }
        Ok(Self {
            document: body["body"].clone(),
            properties: body["properties"].as_array().cloned().unwrap_or_default(),
            visibility: body.get("visibility").cloned(),
            parent: body["parentId"].as_str().map(str::to_owned),
            in_editor: false,
        })
    }

    /// What a person writes: media, macros and the like as well.
    pub(super) fn typed(body: &Value) -> Result<Self, JiraRefusal> {
        Ok(Self { in_editor: true, ..Self::read(body)? })
    }

    fn note_on(&self, comment: &mut StoredComment) {
        for property in &self.properties {
            comment.note(property["key"].as_str().unwrap_or_default(), property["value"].clone());
        }
    }
}

fn read(given: &Given<'_>) -> Result<Draft, JiraRefusal> {
    Draft::read(&given.asked.json().map_err(|_| bad_payload())?)
}

fn check(draft: &Draft) -> Result<(), JiraRefusal> {
    let document = &draft.document;
    match () {
        () if adf::is_too_long(document) => Err(field(
            "comment",
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
        )),
        () if draft.in_editor && document["content"].as_array().is_some_and(|all| !all.is_empty()) => Ok(()),
        () if !document.is_object() => Err(message(400, "Comment body is not valid!")),
        () if !adf::faults(document).is_empty() => Err(invalid_input("comment")),
        () if adf::plain(document).trim().is_empty() => {
            Err(field("comment", "Comment body can not be empty!"))
        }
        () => Ok(()),
    }
}

pub(super) fn create(state: &mut Site, given: &Given<'_>) -> Output {
    let draft = read(given)?;
    state.pace(&given.parts[0])?;
    let wire = add(state, &given.parts[0], &draft, &given.who)?;
    Ok(WireResponse::json(201, &wire))
}

/// Adds a comment, whoever writes it; the answer is the comment as Jira shows it.
pub(super) fn add(state: &mut Site, key: &str, draft: &Draft, who: &AccountId) -> Result<Value, JiraRefusal> {
    check(draft)?;
    let visibility = restriction(state, key, draft, who)?;
    let (now, number, person, api, cap) = (
        state.clock.jira(),
        state.next("comment"),
        state.person(who),
        state.api(),
        state.settings.comment_cap,
    );
    let issue = state.issue(key)?;
    if issue.comments.len() >= cap {
        return Err(message(413, "The issue has as many comments as it can have."));
    }
    let issue_id = issue.id;
    let id = (20_000 + number).to_string();
    let wire = json!({ "self": format!("{api}/issue/{issue_id}/comment/{id}"), "id": id, "author": person,
        "updateAuthor": person, "body": draft.document, "created": now, "updated": now, "jsdPublic": true });
    let mut comment = StoredComment { wire, properties: Default::default() };
    draft.note_on(&mut comment);
    restrict(&mut comment, visibility);
    let wire = comment.wire.clone();
    issue.comments.push(comment);
    issue.fields.insert("updated".into(), now.into());
    state.touch(issue_id);
    webhooks::comment(state, issue_id, "comment_created", &wire);
    Ok(wire)
}

/// Whom a new comment is for. An answer is for those whom the comment above it is for.
fn restriction(state: &mut Site, key: &str, draft: &Draft, who: &AccountId) -> Result<Value, JiraRefusal> {
    let asked = draft.visibility.clone().filter(|visibility| !visibility.is_null());
    match (&draft.parent, asked) {
        (Some(_), Some(_)) => {
            Err(field("visibility", "A child comment is for those whom its parent is for."))
        }
        (Some(parent), None) => Ok(find(state, key, parent, who)?.wire["visibility"].clone()),
        (None, Some(asked)) => circles::restriction(state, &asked, who),
        (None, None) => Ok(Value::Null),
    }
}

fn restrict(comment: &mut StoredComment, visibility: Value) {
    match (comment.wire.as_object_mut(), visibility) {
        (Some(wire), Value::Null) => wire.remove("visibility"),
        (Some(wire), visibility) => wire.insert("visibility".into(), visibility),
        (None, _) => None,
    };
}

pub(super) fn get(state: &mut Site, given: &Given<'_>) -> Output {
    let comment = find(state, &given.parts[0], &given.parts[1], &given.who)?;
    Ok(WireResponse::json(200, &shown(comment, given)))
}

/// A comment that this account may read.
fn find<'a>(
    state: &'a mut Site,
    key: &str,
    id: &str,
    who: &AccountId,
) -> Result<&'a mut StoredComment, JiraRefusal> {
    let circles = state.circles.clone();
    let comments = state.issue(key)?.comments.iter_mut();
    let mut theirs = comments.filter(|comment| circles::may_read(&circles, comment, who));
    let comment = theirs.find(|comment| comment.wire["id"] == id);
    comment.ok_or_else(|| message(404, &format!("Can not find a comment for the id: {id}.")))
}

fn shown(comment: &StoredComment, given: &Given<'_>) -> Value {
    let mut wire = comment.wire.clone();
    if given.asked.query("expand").is_some_and(|expand| expand.split(',').any(|part| part == "properties")) {
        let properties = comment.properties.iter();
        wire["properties"] = properties.map(|(key, value)| json!({ "key": key, "value": value })).collect();
    }
    wire
}

pub(super) fn update(state: &mut Site, given: &Given<'_>) -> Output {
    let draft = read(given)?;
    state.pace(&given.parts[0])?;
    state.mail(given.is_quiet())?;
    let wire = edit(state, &given.parts[0], &given.parts[1], &draft, &given.who)?;
    Ok(WireResponse::json(200, &wire))
}

/// Gives a comment a new body, and more where the draft says so. What it does not speak of stays: a restriction too.
pub(super) fn edit(
    state: &mut Site,
    key: &str,
    id: &str,
    draft: &Draft,
    who: &AccountId,
) -> Result<Value, JiraRefusal> {
    check(draft)?;
    let visibility = match &draft.visibility {
        Some(asked) if !asked.is_null() => Some(circles::restriction(state, asked, who)?),
        other => other.clone(),
    };
    let (now, person) = (state.clock.jira(), state.person(who));
    let comment = find(state, key, id, who)?;
    comment.wire["body"] = draft.document.clone();
    comment.wire["updated"] = now.clone().into();
    comment.wire["updateAuthor"] = person;
    draft.note_on(comment);
    if let Some(visibility) = visibility {
        restrict(comment, visibility);
    }
    let wire = comment.wire.clone();
    let issue = state.issue(key)?;
    issue.fields.insert("updated".into(), now.into());
    let issue_id = issue.id;
    webhooks::comment(state, issue_id, "comment_updated", &wire);
    Ok(wire)
}

pub(super) fn delete(state: &mut Site, given: &Given<'_>) -> Output {
    find(state, &given.parts[0], &given.parts[1], &given.who)?;
    state.pace(&given.parts[0])?;
    remove(state, &given.parts[0], &given.parts[1])?;
    Ok(WireResponse::empty(204))
}

/// The comment is gone for everybody.
pub(super) fn remove(state: &mut Site, key: &str, id: &str) -> Result<(), JiraRefusal> {
    let issue = state.issue(key)?;
    let place = issue.comments.iter().position(|comment| comment.wire["id"] == id);
    let place = place.ok_or_else(|| message(404, &format!("Can not find a comment for the id: {id}.")))?;
    let (comment, issue_id) = (issue.comments.remove(place), issue.id);
    webhooks::comment(state, issue_id, "comment_deleted", &comment.wire);
    Ok(())
}

pub(super) fn list(state: &mut Site, given: &Given<'_>) -> Output {
    let number = |name: &str, otherwise: usize| match given.asked.query(name) {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|_| message(400, &format!("{name} must be a number"))),
    };
    let (start, most) = (number("startAt", 0)?, number("maxResults", 100)?.min(5000));
    let newest_first = match given.asked.query("orderBy") {
        None | Some("created" | "+created") => false,
        Some("-created") => true,
        Some(_) => return Err(message(400, "orderBy must be created, +created or -created")),
    };
    let circles = state.circles.clone();
    let comments = state.issue(&given.parts[0])?.comments.iter();
    let theirs = comments.filter(|comment| circles::may_read(&circles, comment, &given.who));
    let mut comments: Vec<Value> = theirs.map(|comment| shown(comment, given)).collect();
    if newest_first {
        comments.reverse();
    }
    let page: Vec<&Value> = comments.iter().skip(start).take(most).collect();
    let body = json!({ "startAt": start, "maxResults": most, "total": comments.len(), "comments": page });
    Ok(WireResponse::json(200, &body))
}
