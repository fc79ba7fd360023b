//! What was true of each case on the service's side, and since when? Written down as it happened, from what the service
//! itself keeps.

use std::collections::BTreeMap;

use casebridge::case::{CaseId, CommentId, Millis};
use serde_json::{Map, Value};

use crate::standins::SirStandin;

/// A comment, with all that it ever said.
#[derive(Clone, Debug)]
pub struct Remark {
    pub id: CommentId,
    pub creator: String,
    /// What it said, since when: never empty.
    pub said: Vec<(Millis, String)>,
}

impl Remark {
    pub fn at(&self) -> Millis {
        self.said.first().map_or(0, |(at, _)| *at)
    }

    pub fn text(&self) -> &str {
        self.said.last().map_or("", |(_, text)| text)
    }
}

#[derive(Clone, Debug, Default)]
pub struct CaseHistory {
    /// What GetCase answered but for its times of change, since when: never empty.
    pub was: Vec<(Millis, Map<String, Value>)>,
    /// The oldest first.
    pub comments: Vec<Remark>,
}

impl CaseHistory {
    pub fn is(&self, field: &str) -> &str {
        self.was.last().and_then(|(_, is)| is.get(field)?.as_str()).unwrap_or_default()
    }

    pub fn is_closed(&self) -> bool {
        self.is("caseStatus") == "Closed"
    }
}

#[derive(Default)]
pub struct History(pub BTreeMap<CaseId, CaseHistory>);

impl History {
    /// How many cases there are, and how many comments.
    pub fn size(&self) -> [usize; 2] {
        [self.0.len(), self.0.values().map(|life| life.comments.len()).sum()]
    }

    /// Something happened to a case, perhaps to an older comment: writes down what is true of it now.
    pub fn look(&mut self, sir: &SirStandin, (case, edited): (&CaseId, bool), now: Millis) {
        let Some(Value::Object(mut is)) = sir.case(case) else { return };
        is.remove("lastUpdatedDate");
        let life = self.0.entry(case.clone()).or_default();
        if life.was.last().is_none_or(|(_, was)| *was != is) {
            life.was.push((now, is));
        }
        let known = if edited { 0 } else { life.comments.len() };
        for (index, comment) in (known..).zip(sir.comments_from(case, known)) {
            let text = |name: &str| comment[name].as_str().unwrap_or_default().to_owned();
            match life.comments.get_mut(index) {
                None => life.comments.push(Remark {
                    id: CommentId::new(text("commentId")),
                    creator: text("creator"),
                    said: vec![(now, text("body"))],
                }),
                Some(known) if known.text() != comment["body"] => known.said.push((now, text("body"))),
                Some(_) => {}
            }
        }
    }
}
