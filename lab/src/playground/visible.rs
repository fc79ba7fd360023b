//! What does the page show? What stands in the stand-ins, as far as people see it, and what the bridge does. Each thing
//! has a name, so that only what is new need be sent.

use std::collections::BTreeMap;

use casebridge::case::{CaseId, UserId};
use serde_json::{Value, json};

use super::{
    feed::lock,
    stage::Stage,
    standins::{JIRA_SITE, Standins},
    switches::Switches,
    telling,
};
use crate::standins::shown_alerts;

/// Everything, by its name: `sir/7000000001`, `message/C…/1790000000.000100`, `issue/SEC-1`, `step/17`.
pub fn all(stage: &Stage) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    sir(&mut all, &stage.standins);
    slack(&mut all, &stage.standins);
    jira(&mut all, stage);
    bridge(&mut all, stage);
    all
}

fn sir(all: &mut BTreeMap<String, Value>, standins: &Standins) {
    let state = standins.sir.state();
    for (id, whole) in state["cases"].as_object().into_iter().flatten() {
        all.insert(format!("sir/{id}"), whole.clone());
    }
    let memberships = state["memberships"].as_object().into_iter().flatten();
    let shown: Vec<Value> = memberships.map(|(_, whole)| whole["membership"].clone()).collect();
    all.insert("memberships".to_owned(), json!(shown));
}

/// Channels with their messages, and what each person alone sees: their Home, the latest modal, messages to them.
fn slack(all: &mut BTreeMap<String, Value>, standins: &Standins) {
    let slack = &standins.slack;
    let (.., bot, team) = slack.app();
    let state = slack.state();
    let mut channels = Vec::new();
    for (id, whole) in state["channels"].as_object().into_iter().flatten() {
        let mut channel = whole["channel"].clone();
        channel["members"] = whole["members"].clone();
        channels.push(channel);
        for message in whole["messages"].as_array().into_iter().flatten() {
            let ts = message["ts"].as_str().unwrap_or_default();
            all.insert(format!("message/{id}/{ts}"), message.clone());
        }
    }
    let people: Vec<Value> = slack.people().iter().map(|user| person(standins, user)).collect();
    for person in &people {
        let id = UserId::new(person["id"].as_str().unwrap_or_default());
        let own = json!({ "view": slack.view(id.as_str()), "home": slack.home(&id),
            "direct": slack.direct(&id), "ephemerals": slack.ephemerals(&id) });
        all.insert(format!("own/{id}"), own);
    }
    all.insert(
        "slack".to_owned(),
        json!({ "team": team, "bot": bot, "security": slack.security(), "channels": channels, "people": people,
            "shortcuts": slack.message_shortcuts(), "commands": slack.commands() }),
    );
}

fn person(standins: &Standins, user: &Value) -> Value {
    let id = UserId::new(user["id"].as_str().unwrap_or_default());
    let kind = match () {
        () if user["is_stranger"] == true => "stranger",
        () if user["is_restricted"] == true => "guest",
        () => standins.role(&id).unwrap_or("nobody"),
    };
    json!({ "id": id, "name": user["real_name"], "email": user["profile"]["email"], "role": kind })
}

fn jira(all: &mut BTreeMap<String, Value>, stage: &Stage) {
    let jira = &stage.standins.jira;
    let changes = lock(&stage.changes).clone();
    for key in jira.issues() {
        let Some(mut issue) = jira.issue(&key) else { continue };
        let history: Vec<&Value> =
            changes.iter().filter(|(of, _)| *of == key).map(|(_, entry)| entry).collect();
        issue["history"] = json!(history);
        issue["comments"] = json!(jira.comments(&key));
        all.insert(format!("issue/{key}"), issue);
    }
    all.insert(
        "jira".to_owned(),
        json!({ "site": JIRA_SITE, "own": jira.own_account(), "roles": jira.roles() }),
    );
}

fn bridge(all: &mut BTreeMap<String, Value>, stage: &Stage) {
    for (number, at, entry) in stage.feed.all() {
        let mut entry = json!(entry);
        entry["at"] = at.into();
        all.insert(format!("step/{number:08}"), entry);
    }
    let [events, jobs] = stage.waiting();
    let held: Vec<Value> = stage
        .held()
        .into_iter()
        .map(|(case, target, why, until)| json!({ "case": case, "target": target, "why": why, "until": until }))
        .collect();
    let comments: BTreeMap<CaseId, usize> = stage.comments();
    all.insert(
        "bridge".to_owned(),
        json!({ "counters": stage.counters(), "webhook": stage.webhook_counters(), "events": events, "jobs": jobs, "held": held, "budgets": stage.budgets.all(), "comments": comments }),
    );
    let on: Vec<Value> = stage
        .switches
        .all()
        .into_iter()
        .map(|(place, trouble, about)| json!({ "place": place, "trouble": trouble, "about": about }))
        .collect();
    let known: Vec<Value> = Switches::known()
        .into_iter()
        .map(|(trouble, places)| json!({ "trouble": trouble, "places": places }))
        .collect();
    let outside = json!({ "pager": shown_alerts(&stage.standins.pager.alerts()), "webhook": stage.standins.webhook.events() });
    all.insert("outside".to_owned(), outside);
    all.insert("switches".to_owned(), json!({ "on": on, "known": known }));
    all.insert("story".to_owned(), telling::shown(stage));
    // Seconds: what changes more often would be sent more often.
    let (now, runs) = (stage.clock.now().div_euclid(1_000), stage.clock.runs());
    all.insert("clock".to_owned(), json!({ "now": now, "runs": runs, "hurried": stage.clock.is_hurried() }));
}
