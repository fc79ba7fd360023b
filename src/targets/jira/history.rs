//! What an issue is now: where it stands, who moved it there last, and which files hang on it.

use serde_json::Value;

use super::{
    IssueFile, IssueRef, IssueStatus, Jira, clock, files,
    issues::{FIELDS, OURS},
    text_at,
};
use crate::{
    case::{AccountId, Millis},
    http::Failure,
};

/// Somebody set an issue to a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusMove {
    /// Of the change; it rises with time.
    pub id: String,
    pub to: String,
    /// `None` for somebody whose account is gone.
    pub by: Option<AccountId>,
    pub name: String,
    /// By Jira's clock.
    pub at: Millis,
}

/// What an issue is, but for what people say in it.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueNow {
    pub stands: IssueStatus,
    /// The last that somebody did to its status.
    pub last: Option<StatusMove>,
    /// `None` where Jira does not name them.
    pub files: Option<Vec<IssueFile>>,
}

impl Jira<'_> {
    /// Reads all of it at once; [`Failure::Gone`] where the issue is deleted, or hidden from us.
    pub async fn issue_now(&self, issue: IssueRef<'_>) -> Result<IssueNow, Failure> {
        let query = format!("{FIELDS},attachment&{OURS}&expand=changelog");
        let answer = self.read_issue(issue, &query).await?;
        let stands = IssueStatus::of(&answer).ok_or_else(|| Failure::unreadable("read issue"))?;
        Ok(IssueNow { stands, last: last_move(&answer), files: files::all(&answer) })
    }
}

/// Of a page of changes, in whatever order it is.
fn last_move(issue: &Value) -> Option<StatusMove> {
    let all = issue.pointer("/changelog/histories").and_then(Value::as_array)?;
    let moves = all.iter().filter_map(status_move);
    moves.max_by_key(|one| (one.at, one.id.parse::<u64>().unwrap_or_default()))
}

fn status_move(change: &Value) -> Option<StatusMove> {
    let items = change.get("items").and_then(Value::as_array)?;
    let item = items.iter().rfind(|item| item["field"] == "status")?;
    Some(StatusMove {
        id: text_at(change, "/id")?,
        to: text_at(item, "/toString")?,
        by: text_at(change, "/author/accountId").map(AccountId::new),
        name: text_at(change, "/author/displayName").unwrap_or_else(|| "somebody".to_owned()),
        at: clock::millis(&text_at(change, "/created")?)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_move_is_the_newest_whatever_the_order_and_whatever_else_changed() {
        let change = |id: &str, minute: u32, field: &str, to: &str| {
            json!({ "id": id, "created": format!("2026-11-26T10:{minute:02}:00.000+0000"),
                    "author": { "accountId": "a1", "displayName": "Ana" }, "items": [{ "field": field, "toString": to }] })
        };
        let mut all = vec![
            change("9", 1, "status", "In Progress"),
            change("10", 2, "status", "Done"),
            change("11", 3, "labels", "x"),
        ];
        for _ in 0..2 {
            let found = last_move(&json!({ "changelog": { "histories": all } })).unwrap();
            assert_eq!((found.id.as_str(), found.to.as_str(), found.name.as_str()), ("10", "Done", "Ana"));
            all.reverse();
        }
        assert_eq!(
            last_move(&json!({ "changelog": { "histories": [change("11", 3, "labels", "x")] } })),
            None
        );
        assert_eq!(last_move(&json!({})), None);
    }
}
