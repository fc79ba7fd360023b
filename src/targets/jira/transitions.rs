//! How an issue gets to a status: by a transition that its workflow offers just then.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    IssueRef, IssueStatus, Jira, JiraRequest,
    answer::{self, Concern},
    text_at,
};
use crate::{case::IssueId, http::Failure};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Digits, as text.
    pub id: String,
    pub to: String,
    /// That status's category: `new`, `indeterminate` or `done`.
    pub category: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    There,
    NotPossible { possible: Vec<String> },
}

impl Jira<'_> {
    pub async fn transitions(&self, issue: &IssueId) -> Result<Vec<Transition>, Failure> {
        let what = "transitions";
        let path = ["issue", issue.as_str(), "transitions"];
        let ask = JiraRequest { what, place: Concern::Issue, method: Method::GET, path: &path, query: "" };
        let answer = self.ask(ask, None).await?;
        let ways = answer.get("transitions").and_then(Value::as_array);
        Ok(ways.ok_or_else(|| Failure::unreadable(what))?.iter().filter_map(transition).collect())
    }

    /// Moves an issue to a status by its name or, where `target` is a category (`new`, `indeterminate`, `done`),
    /// to the first of that category. Repeating it changes nothing. A refusal's `why` can follow "because of".
    pub async fn transition(&self, issue: &IssueId, target: &str) -> Result<Moved, Failure> {
        let target = Goal(target);
        let (now, ways) = tokio::join!(self.issue_status(IssueRef::Id(issue)), self.transitions(issue));
        if target.is_met_by(&now?) {
            return Ok(Moved::There);
        }
        let ways = ways?;
        let Some(way) = target.way(&ways) else {
            return Ok(Moved::NotPossible { possible: ways.into_iter().map(|way| way.to).collect() });
        };
        let path = ["issue", issue.as_str(), "transitions"];
        let ask = JiraRequest {
            what: "transition",
            place: Concern::Issue,
            method: Method::POST,
            path: &path,
            query: "",
        };
        let response = self.send(&ask, Some(&json!({"transition": {"id": way.id}}))).await?;
        let read = answer::read(ask.what, ask.place, &response);
        read.map(|_| Moved::There).map_err(|failure| because(failure, &answer::fields(&response)))
    }
}

/// A screen names the fields that it wants; a validator of the workflow says it in words, which may quote anything.
fn because(failure: Failure, fields: &[String]) -> Failure {
    let named = || match fields {
        [] => "a rule of its workflow".to_owned(),
        fields => fields.join(", "),
    };
    match failure {
        Failure::Content { .. } => Failure::Content { why: named() },
        Failure::Broken { everywhere: false, .. } => Failure::Broken { everywhere: false, why: named() },
        Failure::Broken { everywhere: true, .. }
        | Failure::NotApplied { .. }
        | Failure::Unknown { .. }
        | Failure::Gone { .. }
        | Failure::Shut { .. } => failure,
    }
}

fn transition(way: &Value) -> Option<Transition> {
    Some(Transition {
        id: text_at(way, "/id")?,
        to: text_at(way, "/to/name")?,
        category: text_at(way, "/to/statusCategory/key").unwrap_or_default(),
    })
}

#[derive(Clone, Copy)]
struct Goal<'a>(&'a str);

impl Goal<'_> {
    fn is_met_by(self, now: &IssueStatus) -> bool {
        self.is_called(&now.status) || now.category == self.0
    }

    /// A name is preferred to a category: a status may be called "Done".
    fn way(self, ways: &[Transition]) -> Option<&Transition> {
        let by_category = || ways.iter().find(|way| way.category == self.0);
        ways.iter().find(|way| self.is_called(&way.to)).or_else(by_category)
    }

    fn is_called(self, status: &str) -> bool {
        status.trim().to_lowercase() == self.0.trim().to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::IssueKey;

    fn way(id: &str, to: &str, category: &str) -> Transition {
        Transition { id: id.to_owned(), to: to.to_owned(), category: category.to_owned() }
    }

    #[test]
    fn a_status_is_reached_by_its_name_or_its_category() {
        let ways = [
            way("1", "Cancelled", "done"),
            way("2", "DONE", "done"),
            way("3", "In Progress", "indeterminate"),
        ];
        let table = [
            ("done", Some("2")),
            ("Done", Some("2")),
            ("in progress", Some("3")),
            ("indeterminate", Some("3")),
            ("Indeterminate", None),
            ("To Do", None),
            ("new", None),
        ];
        for (target, id) in table {
            assert_eq!(Goal(target).way(&ways).map(|way| way.id.as_str()), id, "{target}");
        }
        assert_eq!(Goal("done").way(&ways[..1]).map(|way| way.id.as_str()), Some("1"));
    }

    #[test]
    fn an_issue_that_stands_there_already_is_not_moved() {
        let now = IssueStatus {
            id: IssueId::new("1"),
            key: IssueKey::new("A-1"),
            status: "Erledigt".to_owned(),
            category: "done".to_owned(),
            mark: None,
            case: None,
            creator: None,
            created: None,
            updated: None,
        };
        for (target, there) in [("erledigt", true), ("done", true), ("Done", false), ("new", false)] {
            assert_eq!(Goal(target).is_met_by(&now), there, "{target}");
        }
    }
}
