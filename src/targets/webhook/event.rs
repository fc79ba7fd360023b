//! What the receiver is told, as docs/webhook.schema.json has it: ids, kinds, status, who, times and links; words only
//! where the settings say so.

use serde_json::{Map, Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    case::{Case, CaseId, Millis, Resolver, Seconds, snapshot::Change, text},
    state::key::{Fingerprint, Key},
    targets::{
        content::{Content, Links, Part, ToldChange, View},
        mark::Mark,
        telling, wording,
    },
};

/// The values of these fields are told whatever the settings say: they are words of the service's.
const PLAIN: [&str; 5] = ["Status", "Closure", "Resolver", "Next move", "Type"];

/// A body and the id under which it is sent, however often.
pub(super) struct Event {
    pub(super) id: String,
    pub(super) body: String,
}

/// How an event is told.
#[derive(Clone, Copy)]
pub(super) struct Telling<'t> {
    pub(super) case: &'t CaseId,
    pub(super) key: &'t Key,
    pub(super) hash: &'t Fingerprint,
    pub(super) texts: bool,
}

impl Telling<'_> {
    fn event(&self, kind: &str, at: Seconds, data: Map<String, Value>) -> Event {
        self.event_of(kind, at, (data, None))
    }

    /// Of what was rewritten `since`: that it says the same again, as it once did, is another event.
    fn event_of(
        &self,
        kind: &str,
        at: Seconds,
        (mut data, since): (Map<String, Value>, Option<Seconds>),
    ) -> Event {
        data.insert("case".to_owned(), json!(self.case));
        data.insert("key".to_owned(), json!(self.key));
        let mark = Mark::of(self.case, self.key, self.hash);
        let of = since.map_or_else(|| mark.as_str().to_owned(), |since| format!("{} {since}", mark.as_str()));
        let id = format!("msg_{}", text::hash(&of));
        Event { id, body: json!({ "type": kind, "timestamp": time(at), "data": data }).to_string() }
    }

    /// That there is a case.
    pub(super) fn opened(&self, view: &View) -> Event {
        let Case { title, description, created, .. } = &view.case;
        let mut data = standing(view);
        if self.texts {
            data.extend(object(json!({ "title": title, "description": description })));
        }
        self.event("case.opened", created.unwrap_or_default(), data)
    }

    pub(super) fn told(&self, content: &Content, view: &View) -> Option<Event> {
        let (kind, at, data) = match content {
            Content::Changes(list, _) => {
                let mut data = standing(view);
                data.insert("changes".to_owned(), list.iter().map(|one| self.change(one)).collect());
                ("case.changed", view.case.updated.unwrap_or_default(), data)
            }
            Content::Comment { at, part, .. } if part.index > 0 => {
                ("comment.continued", *at, self.comment(content)?)
            }
            Content::Comment { at, .. } => ("comment.added", *at, self.comment(content)?),
            Content::Investigation { step, .. } => {
                let mut data = object(json!({ "investigation": step.id, "state": step.status }));
                self.word(&mut data, "text", &step.content);
                ("investigation.changed", step.updated, data)
            }
            Content::Taken(owner) => {
                let who = json!({ "name": owner.name, "slack": owner.user });
                ("case.taken", owner.since, object(json!({ "who": who })))
            }
            Content::Description(_)
            | Content::Nudge { .. }
            | Content::Notice(_)
            | Content::Call(_)
            | Content::Page(..) => {
                return None;
            }
        };
        Some(self.event(kind, at, data))
    }

    /// What was told and reads differently now, or is there no more.
    pub(super) fn rewritten(&self, content: &Content, now: Seconds) -> Option<Event> {
        match content {
            Content::Comment { part, edited, .. } => {
                // A part that fell away is one of an edit.
                let kind = if is_withdrawn(&part.text) { "comment.withdrawn" } else { "comment.edited" };
                Some(self.event_of(kind, now, (self.comment(content)?, *edited)))
            }
            Content::Investigation { step, .. } => {
                let mut data = object(json!({ "investigation": step.id, "state": step.status }));
                self.word(&mut data, "text", &step.content);
                Some(self.event_of("investigation.changed", step.updated, (data, Some(step.updated))))
            }
            Content::Changes(..)
            | Content::Description(_)
            | Content::Nudge { .. }
            | Content::Notice(_)
            | Content::Call(_)
            | Content::Taken(_)
            | Content::Page(..) => None,
        }
    }

    fn comment(&self, content: &Content) -> Option<Map<String, Value>> {
        let Content::Comment { author, speaker, at, edited, part: Part { index, of, text }, .. } = content
        else {
            return None;
        };
        let id = self.key.comment_id()?;
        let name = speaker.clone().unwrap_or_else(|| wording::author(author));
        let mut data = object(json!({
            "comment": id, "who": { "name": name }, "said": time(*at), "edited": edited.is_some(),
            "part": { "index": index, "of": of },
        }));
        self.word(&mut data, "text", text);
        Some(data)
    }

    fn word(&self, data: &mut Map<String, Value>, name: &str, words: &str) {
        if self.texts {
            data.insert(name.to_owned(), json!(words));
        }
    }

    fn change(&self, told: &ToldChange) -> Value {
        let mut data = match &told.change {
            Change::Field { name, old, new } => {
                let shown = self.texts || PLAIN.contains(name);
                let values = json!({ "field": name, "from": old, "to": new });
                object(if shown { values } else { json!({ "field": name }) })
            }
            Change::List { name, added, removed } if self.texts => {
                object(json!({ "field": name, "added": added, "removed": removed }))
            }
            Change::List { name, .. } => object(json!({ "field": name })),
            Change::Description => object(json!({ "field": "Description" })),
            Change::Attachment { name, status, .. } => {
                let mut data = object(json!({ "field": "Attachment", "to": status }));
                self.word(&mut data, "name", name);
                data
            }
        };
        if let Some(by) = &told.by {
            let name = if by.name.is_empty() { wording::author(&by.author) } else { by.name.clone() };
            data.insert("who".to_owned(), json!({ "name": name }));
        }
        Value::Object(data)
    }
}

/// Of what is told: the same whatever the case, and whenever.
pub(super) fn fingerprint(content: &Content, texts: bool) -> Fingerprint {
    let (case, key, hash) = (CaseId::new(""), Key(String::new()), Fingerprint::default());
    let telling = Telling { case: &case, key: &key, hash: &hash, texts };
    let data = match content {
        Content::Changes(list, _) => list.iter().map(|one| telling.change(one)).collect(),
        Content::Investigation { step, .. } => json!([step.id, step.status, texts.then_some(&step.content)]),
        Content::Description(_)
        | Content::Comment { .. }
        | Content::Nudge { .. }
        | Content::Notice(_)
        | Content::Call(_)
        | Content::Taken(_)
        | Content::Page(..) => Value::Null,
    };
    telling::fingerprint(vec![data])
}

/// Whether this stands in the place of words that somebody took back.
fn is_withdrawn(text: &str) -> bool {
    text.starts_with("[withdrawn by ") && text.ends_with(']') && !text.contains('\n')
}

/// An event that says nothing, and asks whether it is taken.
pub(super) fn ping(now: Millis) -> Event {
    let body = json!({ "type": "casebridge.ping", "timestamp": time(now / 1_000), "data": {} });
    Event { id: format!("msg_ping_{now}"), body: body.to_string() }
}

fn standing(view: &View) -> Map<String, Value> {
    let Links { console, jira_key, jira, slack } = &view.links;
    let resolver = match view.case.resolver {
        Resolver::Aws => "AWS",
        Resolver::Own => "own",
    };
    let links = [("console", console), ("slack", slack), ("jira", jira)];
    let links: Map<_, _> =
        links.into_iter().filter_map(|(name, link)| Some((name.to_owned(), json!(link.as_ref()?)))).collect();
    let mut data =
        object(json!({ "status": view.case.status.as_str(), "resolver": resolver, "links": links }));
    if let Some(key) = jira_key {
        data.insert("issue".to_owned(), json!(key));
    }
    data
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn time(at: Seconds) -> String {
    let time = OffsetDateTime::from_unix_timestamp(at).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}
