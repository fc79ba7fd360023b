//! What is true in the Jira site at this moment?

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use casebridge::case::AccountId;
use serde_json::{Map, Value, json};

use super::{
    super::{
        Endpoint, ServiceClock,
        exchange::SignedRequest,
        rate::{Limit, Meter},
        server::lock,
    },
    refused::{JiraRefusal, message, no_issue},
};

/// The account that the product uses, and what a test may set.
#[derive(Clone)]
pub(super) struct SiteSetup {
    pub(super) url: String,
    pub(super) email: String,
    pub(super) token: String,
    /// The token is expired: whoever bears it is nobody.
    pub(super) expired: bool,
    pub(super) webhook_secret: String,
    pub(super) own: AccountId,
    /// How far search is behind, in milliseconds; none: until told.
    pub(super) lag: Option<i64>,
    /// Most bytes of an attachment.
    pub(super) upload_limit: usize,
    pub(super) enforce_rates: bool,
    pub(super) comment_cap: usize,
    /// Whether anybody wants to hear of changes.
    pub(super) webhook: bool,
}

/// Everything; clones share clock and counters, so that what is rolled back does not use an id twice, and what hardly
/// ever changes.
#[derive(Clone)]
pub struct Site {
    pub(super) clock: ServiceClock,
    counters: Arc<Mutex<BTreeMap<String, u64>>>,
    meter: Meter,
    pub(super) settings: SiteSetup,
    pub(super) users: Arc<BTreeMap<AccountId, Value>>,
    /// Project roles and groups.
    pub(super) circles: Vec<Circle>,
    pub(super) projects: Arc<BTreeMap<String, Value>>,
    pub(super) issue_types: Arc<Vec<Value>>,
    pub(super) statuses: Arc<Vec<Value>>,
    /// Status name → names of those that can follow; all others when there is no entry.
    pub(super) workflow: Arc<BTreeMap<String, Vec<String>>>,
    /// What must be given before an issue gets to a status.
    pub(super) required: Vec<Required>,
    /// Keys of issues that our account may not link; `*` for all.
    pub(super) unlinkable: BTreeSet<String>,
    /// The webhooks that were made by a call, by id.
    pub(super) hooks: BTreeMap<u64, Value>,
    /// Whether an edit that is to mail nobody is refused, where our account may not say so; else it mails.
    pub(super) refuses_quiet: bool,
    /// How many edits mailed the issue's watchers.
    pub(super) mails: usize,
    /// Rights that our account lacks.
    pub(super) denied: BTreeSet<String>,
    /// Fields that the create screen does not have, though an issue has them.
    pub(super) off_create: BTreeSet<String>,
    /// Field id → what createmeta says about it.
    pub(super) fields: Arc<BTreeMap<String, Value>>,
    /// By id, which never changes.
    pub(super) issues: BTreeMap<u64, StoredIssue>,
    pub(super) attachments: BTreeMap<String, StoredAttachment>,
    /// What search sees: issue id → fields.
    pub(super) index: BTreeMap<u64, Arc<Value>>,
    pub(super) unindexed: Vec<(Option<i64>, u64, Option<Arc<Value>>)>,
    pub(super) webhooks: Vec<SignedRequest>,
}

#[derive(Clone)]
pub(super) struct StoredIssue {
    pub(super) id: u64,
    pub(super) key: String,
    pub(super) fields: Map<String, Value>,
    pub(super) properties: BTreeMap<String, Value>,
    /// Oldest first.
    pub(super) comments: Vec<StoredComment>,
    pub(super) links: Vec<Value>,
    /// What changed, oldest first.
    pub(super) histories: Vec<Value>,
    /// What it was called before it was moved.
    pub(super) old_keys: Vec<String>,
    pub(super) watchers: Vec<AccountId>,
    /// Times of the latest writes, in milliseconds.
    pub(super) writes: Vec<i64>,
}

impl StoredIssue {
    /// It answers to every key that it ever had.
    fn is_called(&self, key: &str) -> bool {
        [&self.key].into_iter().chain(&self.old_keys).any(|own| own.eq_ignore_ascii_case(key))
    }
}

/// A field that a transition wants. `*` stands for every issue, or every status.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Required {
    pub(super) key: String,
    pub(super) status: String,
    pub(super) field: String,
    /// A validator of the workflow asks for it, which names no field; else the transition's screen.
    pub(super) in_words: bool,
}

#[derive(Clone)]
pub(super) struct StoredComment {
    pub(super) wire: Value,
    pub(super) properties: BTreeMap<String, Value>,
}

impl StoredComment {
    /// Notes something on it; one of the notes hides it from a service project's customers. Says whether it is new.
    pub(super) fn note(&mut self, key: &str, value: Value) -> bool {
        let new = self.properties.insert(key.to_owned(), value).is_none();
        let internal = |note: &Value| note["internal"] == true;
        self.wire["jsdPublic"] = (!self.properties.get("sd.public.comment").is_some_and(internal)).into();
        new
    }
}

/// A project role or a group: a comment can be for its members alone.
#[derive(Clone)]
pub(super) struct Circle {
    /// `role` or `group`.
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) identifier: String,
    pub(super) members: Vec<AccountId>,
}

#[derive(Clone)]
pub(super) struct StoredAttachment {
    pub(super) wire: Value,
    pub(super) bytes: Bytes,
}

impl Site {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        let settings = SiteSetup {
            url: endpoint.url.clone(),
            email: "casebridge@example.com".into(),
            token: "stand-in-token".into(),
            expired: false,
            webhook_secret: "stand-in-webhook-secret".into(),
            own: AccountId::new("712020:casebridge"),
            lag: Some(0),
            upload_limit: 10 << 20,
            enforce_rates: false,
            comment_cap: 5000,
            webhook: true,
        };
        Self {
            clock: endpoint.clock.clone(),
            counters: Arc::default(),
            meter: Meter::default(),
            settings,
            users: Arc::default(),
            circles: vec![],
            projects: Arc::default(),
            issue_types: Arc::default(),
            statuses: Arc::default(),
            workflow: Arc::default(),
            required: vec![],
            unlinkable: BTreeSet::new(),
            off_create: BTreeSet::new(),
            hooks: BTreeMap::new(),
            refuses_quiet: false,
            mails: 0,
            denied: BTreeSet::from(["ADMINISTER".to_owned()]),
            fields: Arc::default(),
            issues: BTreeMap::new(),
            attachments: BTreeMap::new(),
            index: BTreeMap::new(),
            unindexed: vec![],
            webhooks: vec![],
        }
    }

    /// From now on issues are counted from this number, unless they are beyond it.
    pub(super) fn count_from(&self, number: u64) {
        let mut counters = lock(&self.counters);
        for kind in self.projects.keys().map(String::as_str).chain(["issue"]) {
            let count = counters.entry(kind.to_owned()).or_default();
            *count = (*count).max(number.saturating_sub(1));
        }
    }

    /// The next number of a kind: issues of a project are counted apart from others, and so are comments, links, files.
    pub(super) fn next(&self, kind: &str) -> u64 {
        let mut counters = lock(&self.counters);
        let count = counters.entry(kind.to_owned()).or_default();
        *count += 1;
        *count
    }

    pub(super) fn issue(&mut self, key_or_id: &str) -> Result<&mut StoredIssue, JiraRefusal> {
        let id = key_or_id.parse().ok();
        let named = |issue: &&mut StoredIssue| Some(issue.id) == id || issue.is_called(key_or_id);
        self.issues.values_mut().find(named).ok_or_else(no_issue)
    }

    pub(super) fn permit(&mut self, right: &str, allowed: bool) {
        match allowed {
            true => self.denied.remove(right),
            false => self.denied.insert(right.to_owned()),
        };
    }

    pub(super) fn allow_links(&mut self, key: &str, allowed: bool) {
        match allowed {
            true => self.unlinkable.remove(key),
            false => self.unlinkable.insert(key.to_owned()),
        };
    }

    pub(super) fn api(&self) -> String {
        format!("{}/rest/api/3", self.settings.url)
    }

    /// An edit: whether it mails the issue's watchers hangs on what it asks for, and who may ask for that.
    pub(super) fn mail(&mut self, quietly: bool) -> Result<(), JiraRefusal> {
        let may = ["ADMINISTER", "ADMINISTER_PROJECTS"].iter().any(|right| !self.denied.contains(*right));
        if quietly && !may && self.refuses_quiet {
            let why =
                "To discard the user notification either admin or project admin permissions are required.";
            return Err(message(403, why));
        }
        self.mails += usize::from(!(quietly && may));
        Ok(())
    }

    /// A person as Jira shows them in other things.
    pub(super) fn person(&self, account: &AccountId) -> Value {
        self.users
            .get(account)
            .cloned()
            .unwrap_or_else(|| json!({ "accountId": account, "displayName": "?" }))
    }

    pub(super) fn status(&self, name: &str) -> Option<Value> {
        self.statuses.iter().find(|status| status["name"] == name).cloned()
    }

    /// Lets search know of a change, as late as it is told to.
    pub(super) fn touch(&mut self, id: u64) {
        let when = self.settings.lag.map(|lag| self.clock.millis() + lag);
        let fields = self.issues.get(&id).map(|issue| {
            let mut fields = Value::Object(issue.fields.clone());
            fields["key"] = issue.key.clone().into();
            Arc::new(fields)
        });
        self.unindexed.push((when, id, fields));
    }

    /// Brings the index up to what search may know by now; everything with `all`.
    pub(super) fn reindex(&mut self, all: bool) {
        let now = self.clock.millis();
        let (due, later) = std::mem::take(&mut self.unindexed)
            .into_iter()
            .partition(|(when, _, _)| all || when.is_some_and(|when| when <= now));
        self.unindexed = later;
        let due: Vec<(Option<i64>, u64, Option<Arc<Value>>)> = due;
        for (_, id, fields) in due {
            match fields {
                Some(fields) => self.index.insert(id, fields),
                None => self.index.remove(&id),
            };
        }
    }

    /// Takes one from the bucket of an operation; each refills by so many a second.
    ///
    /// <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>
    pub(super) fn budget(&self, operation: &str, method: &str) -> Result<(), JiraRefusal> {
        let a_second = match (operation, method) {
            ("getIssue", _) => 150,
            ("getAttachmentContent", _) => 300,
            (_, "GET" | "POST") => 100,
            (_, _) => 50,
        };
        let limit = Limit::Bucket(a_second, 1_000 / i64::try_from(a_second).unwrap_or(1));
        match self.meter.count(operation, limit, self.clock.millis()) {
            Err(_) if self.settings.enforce_rates => {
                let answer = super::refused::throttled("jira-burst-based").answer();
                Err(JiraRefusal::with(answer.with("retry-after", "1")))
            }
            Err(_) | Ok(()) => Ok(()),
        }
    }

    /// Counts a write to an issue: 20 in 2 seconds, 100 in 30.
    pub(super) fn pace(&mut self, key: &str) -> Result<(), JiraRefusal> {
        let (now, enforced) = (self.clock.millis(), self.settings.enforce_rates);
        let issue = self.issue(key)?;
        issue.writes.retain(|at| now - at < 30_000);
        let last_two_seconds = issue.writes.iter().filter(|at| now - **at < 2000).count();
        if enforced && (last_two_seconds >= 20 || issue.writes.len() >= 100) {
            let answer = super::refused::throttled("jira-per-issue-on-write").answer();
            return Err(JiraRefusal::with(answer.with("retry-after", "2")));
        }
        issue.writes.push(now);
        Ok(())
    }
}
