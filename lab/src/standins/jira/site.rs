//! What can a test see and set in the Jira site, and what do people do there?

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use casebridge::case::AccountId;
use serde_json::{Map, Value, json};

use super::{
    super::exchange::SignedRequest,
    JiraStandin, adf, attachments,
    comments::{self, Draft},
    create, issues,
    refused::JiraRefusal,
    state::{Circle, Required, Site},
    transitions, webhooks,
};

/// The person that every site starts with.
const ANA: &str = "5b10ac8d82e05b22cc7d4ef5";

const DI: &str = "712020:0d1";

/// The people, the project, the statuses and the fields that every site starts with.
pub(super) fn furnish(state: &mut Site) {
    let own = state.settings.own.clone();
    Arc::make_mut(&mut state.users).insert(own.clone(), user(&state.settings.url, &own, "Casebridge", "app"));
    let mut ana = user(&state.settings.url, &AccountId::new(ANA), "Ana Alvarez", "atlassian");
    ana["emailAddress"] = "ana@example.com".into();
    Arc::make_mut(&mut state.users).insert(AccountId::new(ANA), ana);
    let project = json!({ "id": "10000", "key": "SEC", "name": "Security", "projectTypeKey": "software" });
    Arc::make_mut(&mut state.projects).insert("SEC".into(), project);
    let kinds = [("10001", "Task"), ("10002", "Incident"), ("10003", "Bug")];
    state.issue_types = Arc::new(
        kinds.iter().map(|(id, name)| json!({ "id": id, "name": name, "subtask": false })).collect(),
    );
    let category = |key: &str| match key {
        "new" => json!({ "id": 2, "key": "new", "colorName": "blue-gray", "name": "To Do" }),
        "done" => json!({ "id": 3, "key": "done", "colorName": "green", "name": "Done" }),
        _ => json!({ "id": 4, "key": "indeterminate", "colorName": "yellow", "name": "In Progress" }),
    };
    let statuses = [
        ("10000", "To Do", "new"),
        ("3", "In Progress", "indeterminate"),
        ("10001", "In Review", "indeterminate"),
        ("10002", "Done", "done"),
    ];
    let status = |(id, name, key): &(&str, &str, &str)| json!({ "id": id, "name": name, "statusCategory": category(key) });
    state.statuses = Arc::new(statuses.iter().map(status).collect());
    for (id, name, kind) in [
        ("project", "Project", "project"),
        ("issuetype", "Issue Type", "issuetype"),
        ("summary", "Summary", "summary"),
        ("description", "Description", "doc"),
        ("environment", "Environment", "doc"),
        ("labels", "Labels", "labels"),
        ("priority", "Priority", "priority"),
        ("security", "Security Level", "securitylevel"),
        ("assignee", "Assignee", "user"),
        ("reporter", "Reporter", "user"),
        ("duedate", "Due date", "string"),
    ] {
        add_field(state, id, name, kind);
    }
}

fn add_field(state: &mut Site, id: &str, name: &str, kind: &str) {
    let needed = matches!(id, "project" | "issuetype" | "summary");
    let meta =
        json!({ "fieldId": id, "key": id, "name": name, "required": needed, "schema": { "type": kind } });
    Arc::make_mut(&mut state.fields).insert(id.to_owned(), meta);
}

/// A role's identifier is a number, a group's is not.
fn add_circle(state: &mut Site, kind: &'static str, name: &str, members: &[AccountId]) -> String {
    let identifier = match kind {
        "role" => (10_100 + state.next("role")).to_string(),
        _ => format!("{:08x}-0000-4000-8000-00000000000b", state.next("group")),
    };
    let members = members.to_vec();
    state.circles.push(Circle { kind, name: name.to_owned(), identifier: identifier.clone(), members });
    identifier
}

fn user(url: &str, account: &AccountId, name: &str, kind: &str) -> Value {
    json!({ "self": format!("{url}/rest/api/3/user?accountId={account}"), "accountId": account, "accountType": kind,
        "displayName": name, "active": true, "timeZone": "Europe/Berlin" })
}

impl JiraStandin {
    fn does<T>(&self, work: impl FnOnce(&mut Site) -> Result<T, JiraRefusal>) -> Result<T, String> {
        self.with(work).map_err(|refused| String::from_utf8_lossy(&refused.answer().body).into_owned())
    }

    /// E-mail and API token that are let in.
    pub fn credentials(&self) -> (String, String) {
        self.with(|state| (state.settings.email.clone(), state.settings.token.clone()))
    }

    /// From now on the token is expired, or not. Where others may look without one Jira takes its bearer for nobody, and
    /// only a header says so: an issue is not there, a search finds nothing.
    pub fn set_expired(&self, expired: bool) {
        self.with(|state| state.settings.expired = expired);
    }

    /// Takes another token from now on.
    pub fn set_token(&self, token: &str) {
        self.with(|state| state.settings.token = token.to_owned());
    }

    /// The secret that signs webhooks.
    pub fn webhook_secret(&self) -> String {
        self.with(|state| state.settings.webhook_secret.clone())
    }

    /// The bridge's account is a person's, who lent it.
    pub fn lend_account(&self, name: &str) {
        self.with(|state| {
            let own = state.settings.own.clone();
            let person = user(&state.settings.url, &own, name, "atlassian");
            Arc::make_mut(&mut state.users).insert(own, person);
        });
    }

    /// The account id of the product itself.
    pub fn own_account(&self) -> AccountId {
        self.with(|state| state.settings.own.clone())
    }

    /// The account id of Ana, whom every site has.
    pub fn ana(&self) -> AccountId {
        AccountId::new(ANA)
    }

    /// Two people who answer for cases, with the names that are shown: Ana, and Di, whom the first call adds.
    pub fn responders(&self) -> [(AccountId, String); 2] {
        let di = AccountId::new(DI);
        self.with(|state| {
            let person = user(&state.settings.url, &di, "Di Example", "atlassian");
            Arc::make_mut(&mut state.users).entry(di.clone()).or_insert(person);
        });
        [(self.ana(), "Ana Alvarez".to_owned()), (di, "Di Example".to_owned())]
    }

    /// Adds a person; says the account id. Without an e-mail they hide it.
    pub fn add_user(&self, name: &str, email: Option<&str>) -> AccountId {
        self.with(|state| {
            let account = AccountId::new(format!("712020:{:08x}", state.next("person")));
            let mut user = user(&state.settings.url, &account, name, "atlassian");
            if let Some(email) = email {
                user["emailAddress"] = email.into();
            }
            Arc::make_mut(&mut state.users).insert(account.clone(), user);
            account
        })
    }

    /// Adds a project role: comments can be for its members alone. Says its identifier.
    pub fn add_role(&self, name: &str, members: &[AccountId]) -> String {
        self.with(|state| add_circle(state, "role", name, members))
    }

    /// The names of all project roles.
    pub fn roles(&self) -> Vec<String> {
        let is_role = |circle: &&Circle| circle.kind == "role";
        self.with(|state| state.circles.iter().filter(is_role).map(|circle| circle.name.clone()).collect())
    }

    /// The same with a group.
    pub fn add_group(&self, name: &str, members: &[AccountId]) -> String {
        self.with(|state| add_circle(state, "group", name, members))
    }

    /// Adds a project besides `SEC`.
    pub fn add_project(&self, key: &str, name: &str) {
        self.with(|state| {
            let id = (11_000 + state.next("project")).to_string();
            let project = json!({ "id": id, "key": key, "name": name, "projectTypeKey": "software" });
            Arc::make_mut(&mut state.projects).insert(key.to_owned(), project);
        });
    }

    /// Puts a field on the screens. Kinds: `string`, `doc`, `labels`, `user`, `priority`; anything else takes any value.
    pub fn add_field(&self, id: &str, name: &str, kind: &str) {
        self.with(|state| add_field(state, id, name, kind));
    }

    /// A new issue wants this field from now on.
    pub fn need_field(&self, id: &str, name: &str, kind: &str) {
        self.with(|state| {
            add_field(state, id, name, kind);
            if let Some(meta) = Arc::make_mut(&mut state.fields).get_mut(id) {
                meta["required"] = true.into();
            }
        });
    }

    /// Takes a field off the create screen: a new issue with it is refused, an edit is not.
    pub fn hide_at_creation(&self, id: &str) {
        self.with(|state| state.off_create.insert(id.to_owned()));
    }

    /// Takes a field off the screens, so that setting it is refused.
    pub fn remove_field(&self, id: &str) {
        self.with(|state| Arc::make_mut(&mut state.fields).remove(id));
    }

    /// Says which statuses can follow one; without this any other can.
    pub fn set_workflow(&self, from: &str, to: &[&str]) {
        self.with(|state| {
            let to = to.iter().map(|name| (*name).to_owned()).collect();
            Arc::make_mut(&mut state.workflow).insert(from.to_owned(), to)
        });
    }

    /// From now on an issue gets to a status only with this field. The transition's screen names it in its refusal; a
    /// validator of the workflow (`in_words`) does not. `*` stands for every issue, or every status.
    pub fn require(&self, key: &str, status: &str, field: &str, in_words: bool) {
        let [key, status, field] = [key, status, field].map(str::to_owned);
        self.with(|state| state.required.push(Required { key, status, field, in_words }));
    }

    /// No transition wants anything any more.
    pub fn require_nothing(&self) {
        self.with(|state| state.required.clear());
    }

    /// Whether the product's account may link an issue, `*` for all of them; at first it may.
    pub fn allow_links(&self, key: &str, allowed: bool) {
        self.with(|state| state.allow_links(key, allowed));
    }

    /// Takes a right away from our account: `CREATE_ISSUES`.
    pub fn deny(&self, right: &str) {
        self.with(|state| state.permit(right, false));
    }

    /// Somebody leaves a group.
    pub fn remove_from_group(&self, name: &str, account: &AccountId) {
        self.with(|state| {
            let groups = state.circles.iter_mut().filter(|circle| circle.kind == "group");
            let group = groups.filter(|circle| circle.name == name);
            group.for_each(|circle| circle.members.retain(|member| member != account));
        });
    }

    /// The same right given. Our account is no administrator at first.
    pub fn permit(&self, right: &str) {
        self.with(|state| state.permit(right, true));
    }

    /// An edit that is to mail nobody is refused from now on, where our account may not say so: administers neither the
    /// project nor the site. At first it mails then.
    pub fn refuse_quiet_edits(&self) {
        self.with(|state| state.refuses_quiet = true);
    }

    /// How many edits mailed an issue's watchers.
    pub fn mails(&self) -> usize {
        self.with(|state| state.mails)
    }

    /// The webhooks that were made by a call.
    pub fn webhooks_made(&self) -> Vec<Value> {
        self.with(|state| state.hooks.values().cloned().collect())
    }

    /// How far search is behind; none: until [`index_now`](Self::index_now).
    pub fn set_index_lag(&self, lag: Option<Duration>) {
        let lag = lag.map(|lag| i64::try_from(lag.as_millis()).unwrap_or(i64::MAX));
        self.with(|state| state.settings.lag = lag);
    }

    /// Search knows everything up to now.
    pub fn index_now(&self) {
        self.with(|state| state.reindex(true));
    }

    /// Most bytes of an attachment, 10 MiB at first.
    pub fn set_upload_limit(&self, bytes: usize) {
        self.with(|state| state.settings.upload_limit = bytes);
    }

    /// Most comments on an issue, 5,000 at first.
    pub fn set_comment_cap(&self, comments: usize) {
        self.with(|state| state.settings.comment_cap = comments);
    }

    /// Whether more than 20 writes to an issue in 2 s, or 100 in 30 s, are refused; at first they are not.
    pub fn enforce_rates(&self, enforced: bool) {
        self.with(|state| state.settings.enforce_rates = enforced);
    }

    /// Whether there is a webhook, which hears of every change; at first there is.
    pub fn set_webhook(&self, there: bool) {
        self.with(|state| state.settings.webhook = there);
    }

    /// Keys of all issues, oldest first.
    pub fn issues(&self) -> Vec<String> {
        self.with(|state| state.issues.values().map(|issue| issue.key.clone()).collect())
    }

    /// An issue by key or id, as `getIssue` answers it, with `properties`, `remotelinks` and `watchers`.
    pub fn issue(&self, key: &str) -> Option<Value> {
        self.with(|state| shown(state, key))
    }

    /// Some of an issue's fields, by a comma list of names, with all of its `properties`.
    pub fn some_of(&self, key: &str, names: &str) -> Option<Value> {
        self.with(|state| {
            let api = state.api();
            let issue = state.issue(key).ok()?;
            let mut shown = issues::show(issue, &api, names);
            shown["properties"] = json!(issue.properties);
            Some(shown)
        })
    }

    /// One comment, as [`comments`](Self::comments) shows it.
    pub fn comment(&self, key: &str, id: &str) -> Option<Value> {
        self.with(|state| {
            let mut comments = state.issue(key).ok()?.comments.iter();
            comments.find(|comment| comment.wire["id"] == id).map(|comment| {
                let mut wire = comment.wire.clone();
                wire["properties"] = json!(comment.properties);
                wire
            })
        })
    }

    /// An issue's comments, oldest first, with their properties as an object.
    pub fn comments(&self, key: &str) -> Vec<Value> {
        self.with(|state| {
            let issue = state.issue(key).map(|issue| issue.comments.clone()).unwrap_or_default();
            issue
                .into_iter()
                .map(|mut comment| {
                    comment.wire["properties"] = json!(comment.properties);
                    comment.wire
                })
                .collect()
        })
    }

    /// The text of an Atlassian document.
    pub fn plain(document: &Value) -> String {
        adf::plain(document)
    }

    /// What is wrong with an Atlassian document, as JSON pointers; empty when Jira takes it.
    pub fn document_faults(document: &Value) -> Vec<String> {
        adf::faults(document).into_iter().map(|misfit| misfit.at).collect()
    }

    /// The bytes of an attachment of an issue, by file name.
    pub fn attachment(&self, key: &str, name: &str) -> Option<Bytes> {
        self.with(|state| {
            let list = state.issue(key).ok()?.fields.get("attachment")?.as_array()?.clone();
            let file = list.into_iter().find(|file| file["filename"] == name)?;
            state.attachments.get(file["id"].as_str()?).map(|file| file.bytes.clone())
        })
    }

    /// The webhooks since the last time they were taken, those about our own changes among them.
    pub fn take_webhooks(&self) -> Vec<SignedRequest> {
        self.with(|state| std::mem::take(&mut state.webhooks))
    }

    /// Any body, signed: for webhooks that Jira would never send.
    pub fn signed(&self, body: impl Into<Vec<u8>>) -> SignedRequest {
        self.with(|state| webhooks::sign(state, body.into()))
    }

    /// A person opens an issue; says its key.
    pub fn person_creates(&self, account: &AccountId, summary: &str) -> String {
        self.does(|state| create::by_person(state, summary, account)).unwrap_or_default()
    }

    /// A person comments; says the comment's id.
    /// Fails when there is no such issue or the text is empty.
    pub fn person_comments(&self, account: &AccountId, key: &str, text: &str) -> Result<String, String> {
        self.person_writes(account, key, &json!({ "body": adf::paragraph(text) }))
    }

    /// A person comments with all that the editor takes: a document as `body`, and perhaps `visibility`, `properties`,
    /// `parentId`. Says the comment's id.
    /// Fails when Jira would refuse it: no such issue, an empty body, a restriction to others than their own.
    pub fn person_writes(&self, account: &AccountId, key: &str, comment: &Value) -> Result<String, String> {
        let added = self.does(|state| comments::add(state, key, &Draft::typed(comment)?, account))?;
        Ok(added["id"].as_str().unwrap_or_default().to_owned())
    }

    /// A person edits a comment.
    /// Fails when there is no such comment or the text is empty.
    pub fn person_edits_comment(
        &self,
        account: &AccountId,
        key: &str,
        id: &str,
        text: &str,
    ) -> Result<(), String> {
        self.does(|state| comments::edit(state, key, id, &Draft::of(adf::paragraph(text)), account)).map(drop)
    }

    /// A person edits a comment, as [`person_writes`](Self::person_writes) makes one. `visibility: null` lifts a
    /// restriction.
    /// Fails when Jira would refuse it.
    pub fn person_rewrites(
        &self,
        account: &AccountId,
        key: &str,
        id: &str,
        comment: &Value,
    ) -> Result<(), String> {
        self.does(|state| comments::edit(state, key, id, &Draft::typed(comment)?, account)).map(drop)
    }

    /// A person deletes a comment.
    /// Fails when there is no such comment.
    pub fn person_deletes_comment(&self, key: &str, id: &str) -> Result<(), String> {
        self.does(|state| comments::remove(state, key, id))
    }

    /// A person hangs a file on an issue; says its id. A comment that shows it is one more act.
    /// Fails when there is no such issue.
    pub fn person_attaches(
        &self,
        account: &AccountId,
        key: &str,
        name: &str,
        bytes: impl Into<Bytes>,
    ) -> Result<String, String> {
        let file = (name, bytes.into());
        let added = self.does(|state| attachments::put(state, key, file, account))?;
        Ok(added["id"].as_str().unwrap_or_default().to_owned())
    }

    /// A person drags an issue to a status, as a board allows whatever the workflow says.
    /// Fails when there is no such issue or status.
    pub fn person_moves(&self, account: &AccountId, key: &str, status: &str) -> Result<(), String> {
        let to = self.with(|state| state.status(status)).ok_or("no such status")?;
        self.does(|state| transitions::place(state, key, &to, account))
    }

    /// A person moves an issue to another project; says its new key.
    /// Fails when there is no such issue or project.
    pub fn person_transfers(&self, account: &AccountId, key: &str, project: &str) -> Result<String, String> {
        self.does(|state| issues::move_to(state, key, project, account))
    }

    /// A person edits fields.
    /// Fails when there is no such issue, or a field does not take the value.
    pub fn person_edits(&self, account: &AccountId, key: &str, fields: &Value) -> Result<(), String> {
        let fields: Map<String, Value> = fields.as_object().cloned().unwrap_or_default();
        self.does(|state| issues::change(state, key, fields, account))
    }

    /// A person deletes an issue.
    /// Fails when there is no such issue.
    pub fn person_deletes(&self, account: &AccountId, key: &str) -> Result<(), String> {
        self.does(|state| issues::remove(state, key, account))
    }

    /// Everything: `{issues: {KEY: …}}`, each as [`issue`](Self::issue).
    pub fn state(&self) -> Value {
        self.with(whole)
    }
}

pub(super) fn shown(state: &mut Site, key: &str) -> Option<Value> {
    let api = state.api();
    let issue = state.issue(key).ok()?;
    let mut shown = issues::show(issue, &api, "*all");
    shown["properties"] = json!(issue.properties);
    shown["remotelinks"] = json!(issue.links);
    shown["watchers"] = json!(issue.watchers);
    Some(shown)
}

pub(super) fn whole(state: &mut Site) -> Value {
    let keys: Vec<String> = state.issues.values().map(|issue| issue.key.clone()).collect();
    let issues: Map<String, Value> =
        keys.into_iter().filter_map(|key| shown(state, &key).map(|issue| (key, issue))).collect();
    json!({ "issues": issues })
}
