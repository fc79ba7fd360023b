//! What does the page show? What stands in the stand-ins, as far as people see it.

use casebridge::case::UserId;
use serde_json::{Value, json};

use super::standins::{JIRA_SITE, Standins, ana, bo};
use crate::standins::JiraStandin;

/// Everything.
pub fn all(standins: &Standins) -> Value {
    json!({
        "sir": cases(standins),
        "slack": slack(standins),
        "jira": standins.jira.issues().iter().filter_map(|key| issue(&standins.jira, key)).collect::<Vec<_>>(),
        "jira_site": JIRA_SITE,
    })
}

/// Cases, the newest first.
fn cases(standins: &Standins) -> Vec<Value> {
    let state = standins.sir.state();
    let mut cases: Vec<Value> =
        state["cases"].as_object().into_iter().flatten().map(|(id, whole)| case(id, whole)).collect();
    cases.reverse();
    cases
}

fn case(id: &str, whole: &Value) -> Value {
    let case = &whole["case"];
    let comment = |comment: &Value| {
        json!({ "id": comment["commentId"], "by": comment["creator"], "at": comment["createdDate"],
            "text": comment["body"] })
    };
    let comments = whole["comments"].as_array().into_iter().flatten().map(comment).collect::<Vec<_>>();
    let file = |file: &Value| json!({ "name": file["fileName"], "status": file["attachmentStatus"] });
    let files = case["caseAttachments"].as_array().into_iter().flatten().map(file).collect::<Vec<_>>();
    let looked = |step: &Value| {
        json!({ "title": step["title"], "status": step["status"], "content": step["content"],
            "useful": step["feedback"]["usefulness"], "why": step["feedback"]["comment"] })
    };
    let looked = whole["investigations"].as_array().into_iter().flatten().map(looked).collect::<Vec<_>>();
    let emails = case["watchers"].as_array().into_iter().flatten().map(|watcher| watcher["email"].clone());
    json!({ "id": id, "title": case["title"], "status": case["caseStatus"], "resolver": case["resolverType"],
        "pending": case["pendingAction"], "description": case["description"], "watchers": emails.collect::<Vec<_>>(),
        "comments": comments, "files": files, "investigations": looked })
}

/// The channel, and what each person alone sees: messages to them, their Home, and the latest modal.
fn slack(standins: &Standins) -> Value {
    let slack = &standins.slack;
    let (.., bot, _) = slack.app();
    let channel = slack.security();
    let person = |id: &UserId, name: &str| {
        let direct = slack.direct(id);
        let messages = direct.as_ref().map(|direct| slack.messages(direct)).unwrap_or_default();
        json!({ "id": id, "name": name, "view": slack.view(id.as_str()), "home": slack.home(id),
            "direct": { "channel": direct, "messages": messages }, "ephemerals": slack.ephemerals(id) })
    };
    json!({ "channel": channel, "bot": bot, "shortcuts": slack.message_shortcuts(), "messages": slack.messages(&channel),
        "people": [person(&ana(), "Ana"), person(&bo(), "Bo")] })
}

fn issue(jira: &JiraStandin, key: &str) -> Option<Value> {
    let issue = jira.issue(key)?;
    let fields = &issue["fields"];
    let comment = |comment: &Value| {
        json!({ "id": comment["id"], "by": comment["author"]["displayName"], "at": comment["created"],
            "text": JiraStandin::plain(&comment["body"]) })
    };
    let link = |link: &Value| json!({ "title": link["object"]["title"], "url": link["object"]["url"] });
    Some(json!({
        "key": key,
        "summary": fields["summary"],
        "status": fields["status"]["name"],
        "category": fields["status"]["statusCategory"]["key"],
        "labels": fields["labels"],
        "description": JiraStandin::plain(&fields["description"]),
        "links": issue["remotelinks"].as_array().into_iter().flatten().map(link).collect::<Vec<_>>(),
        "comments": jira.comments(key).iter().map(comment).collect::<Vec<_>>(),
    }))
}
