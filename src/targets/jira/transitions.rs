//! How an issue gets to a status: by a transition that its workflow offers just then.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    IssueField, IssueRef, Jira, JiraRequest,
    answer::{self, Concern},
    fields, text_at,
};
use crate::{
    case::IssueId,
    config::settings::JiraSettings,
    http::{Failure, with},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Digits, as text.
    pub id: String,
    pub to: String,
    /// That status's category: `new`, `indeterminate` or `done`.
    pub category: String,
    /// Of its screen.
    pub fields: Vec<IssueField>,
}

impl Transition {
    pub(crate) fn wants(&self, settings: &JiraSettings, to: &str) -> Vec<String> {
        let given: Vec<&String> = settings.given_on_the_way(to).map(|(id, _)| id).collect();
        let lacking = self.fields.iter().filter(|field| field.is_needed && !given.contains(&&field.id));
        lacking.map(|field| field.id.clone()).collect()
    }
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
        let query = "expand=transitions.fields";
        let ask = JiraRequest { what, place: Concern::Issue, method: Method::GET, path: &path, query };
        let answer = self.ask(ask, None).await?;
        let ways = answer.get("transitions").and_then(Value::as_array);
        Ok(ways.ok_or_else(|| Failure::unreadable(what))?.iter().filter_map(transition).collect())
    }

    pub(crate) fn way<'w>(&self, ways: &'w [Transition], target: &str) -> Option<&'w Transition> {
        Goal { name: target, settings: self.settings }.way(ways)
    }

    /// Moves an issue to a status by its name or, where `target` is a category (`new`, `indeterminate`, `done`),
    /// to the first of that category. What the settings give on the way is given as far as the transition's screen has it.
    /// Repeating it changes nothing. A refusal's `why` can follow "because of".
    pub async fn transition(&self, issue: &IssueId, target: &str) -> Result<Moved, Failure> {
        let target = Goal { name: target, settings: self.settings };
        let (now, ways) = tokio::join!(self.issue_status(IssueRef::Id(issue)), self.transitions(issue));
        if now?.is_in(target.name) {
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
        let mut given = fields::given(self.settings.given_on_the_way(target.name));
        fields::fit(&mut given, &way.fields);
        let body = json!({"transition": {"id": way.id}});
        let body = if given.is_empty() { body } else { with(body, "fields", given) };
        let response = self.send(&ask, Some(&body)).await?;
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
        fields: screen(way),
    })
}

fn screen(way: &Value) -> Vec<IssueField> {
    let fields = way.get("fields").and_then(Value::as_object).into_iter().flatten();
    fields.map(|(id, meta)| IssueField::of(id.clone(), meta)).collect()
}

#[derive(Clone, Copy)]
struct Goal<'a> {
    name: &'a str,
    settings: &'a JiraSettings,
}

impl Goal<'_> {
    /// A name is preferred to a category: a status may be called "Done". Of several ways the first that wants no more than is
    /// given.
    fn way(self, ways: &[Transition]) -> Option<&Transition> {
        let first = |leads: &dyn Fn(&Transition) -> bool| {
            let there = ways.iter().filter(|way| leads(way));
            there.min_by_key(|way| way.wants(self.settings, self.name).len())
        };
        first(&|way| self.is_called(&way.to)).or_else(|| first(&|way| way.category == self.name))
    }

    fn is_called(self, status: &str) -> bool {
        status.trim().to_lowercase() == self.name.trim().to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{case::IssueKey, targets::jira::IssueStatus};

    fn way(id: &str, to: &str, category: &str) -> Transition {
        Transition { id: id.to_owned(), to: to.to_owned(), category: category.to_owned(), fields: vec![] }
    }

    fn settings(more: &str) -> JiraSettings {
        toml::from_str(&format!("api_url = 'https://example.atlassian.net'\nproject = 'SEC'\n{more}"))
            .unwrap()
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
        let settings = settings("");
        let goal = |name| Goal { name, settings: &settings };
        for (target, id) in table {
            assert_eq!(goal(target).way(&ways).map(|way| way.id.as_str()), id, "{target}");
        }
        assert_eq!(goal("done").way(&ways[..1]).map(|way| way.id.as_str()), Some("1"));
    }

    #[test]
    fn of_several_ways_the_one_is_taken_that_wants_no_more_than_is_given() {
        let needed = |id: &str| IssueField { id: id.to_owned(), is_needed: true };
        let ways = [
            Transition {
                fields: vec![needed("resolution"), needed("customfield_1")],
                ..way("1", "Done", "done")
            },
            Transition { fields: vec![needed("resolution")], ..way("2", "Done", "done") },
            Transition { fields: vec![needed("customfield_2")], ..way("3", "Done", "done") },
        ];
        let given = "[transitions.done]\nresolution = 'Fixed'";
        for (more, id, wants) in [("", "2", 1), (given, "2", 0)] {
            let settings = settings(more);
            let way = Goal { name: "Done", settings: &settings }.way(&ways).unwrap();
            assert_eq!((way.id.as_str(), way.wants(&settings, "Done").len()), (id, wants), "{more}");
        }
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
            beside: false,
            creator: None,
            created: None,
            updated: None,
        };
        for (name, there) in [("erledigt", true), ("done", true), ("Done", false), ("new", false)] {
            assert_eq!(now.is_in(name), there, "{name}");
        }
    }
}
