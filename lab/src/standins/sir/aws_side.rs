//! What does AWS do on its own, and what can a test see and set?

use bytes::Bytes;
use casebridge::case::{AttachmentId, CaseId, CommentId, InvestigationId, MembershipId, Status};
use serde_json::{Map, Value, json};

use super::{
    Order, SirStandin,
    attachments::{self, Announced, CaseFile},
    cases,
    comments::{self, CommentPlace},
    errors::SirRefusal,
    investigations, limits, membership,
    state::{CaseEvent, EditEntry, Principal, Scan, SirAccount},
    sts, typed,
};
use crate::standins::HeardCall;

impl SirStandin {
    fn does<T>(&self, work: impl FnOnce(&mut SirAccount) -> Result<T, SirRefusal>) -> Result<T, String> {
        self.with(work).map_err(|refusal| refusal.to_string())
    }

    /// AWS opens a proactive, AWS-supported case with this title; says its id.
    pub fn aws_creates_case(&self, title: &str) -> CaseId {
        let made = self.aws_creates(json!({ "title": format!("[Proactive case] {title}") }));
        made.unwrap_or_else(|_| CaseId::new(""))
    }

    /// AWS opens a case from CreateCase's members; what is missing is filled in, the resolver is AWS.
    /// Says its id.
    /// Fails when the quota of active cases is used up.
    pub fn aws_creates(&self, values: Value) -> Result<CaseId, String> {
        self.does(|state| create(state, &values))
    }

    /// A customer's person in the console opens a self-managed case; says its id.
    pub fn console_creates_case(&self, title: &str) -> CaseId {
        let values = filled(&json!({ "title": title, "resolverType": "Self" }), self.clock().seconds());
        let made = self.does(|state| {
            let ana = in_the_console(state);
            cases::open(state, &values, &ana)
        });
        made.unwrap_or_else(|_| CaseId::new(""))
    }

    /// The same person changes a case there, by UpdateCase's members.
    /// Fails when there is no such case, it is closed, or a value is not one of the model's.
    pub fn console_changes(&self, case: &CaseId, values: &Value) -> Result<(), String> {
        let values = values.as_object().cloned().unwrap_or_default();
        self.does(|state| {
            let ana = in_the_console(state);
            cases::change(state, case, &values, &ana)
        })
    }

    /// Adds a comment as `AWS Responder`, `security-ir.amazonaws.com`, or any principal of the customer;
    /// says its id.
    /// Fails when there is no such case or it is closed.
    pub fn aws_comments(
        &self,
        case: &CaseId,
        by: impl Into<Principal>,
        body: &str,
    ) -> Result<CommentId, String> {
        self.does(|state| comments::add(state, case, body, &by.into()))
    }

    /// Gives a comment a new body, as `AWS Responder`, the service, or a principal of the customer.
    /// Fails when there is no such comment, the case is closed, or a customer edits what AWS wrote.
    pub fn aws_edits_comment(
        &self,
        place: impl Into<CommentPlace>,
        by: impl Into<Principal>,
        body: &str,
    ) -> Result<(), String> {
        self.does(|state| comments::edit(state, &place.into(), body, &by.into()))
    }

    /// AWS sets any status, `Acknowledged` and `Ready to Close` among them.
    /// Fails when there is no such case or status, or the case is closed.
    pub fn aws_sets_status(&self, case: &CaseId, status: &Status) -> Result<(), String> {
        self.aws_changes(case, &json!({ "caseStatus": status }))
    }

    /// AWS says whose move it is: `Customer` or `None`.
    /// Fails when there is no such case or it is closed.
    pub fn aws_sets_pending_action(&self, case: &CaseId, action: &str) -> Result<(), String> {
        self.aws_changes(case, &json!({ "pendingAction": action }))
    }

    /// AWS changes a case: `caseStatus`, `pendingAction`, and UpdateCase's members.
    /// Fails when there is no such case, it is closed, or a value is not one of the model's.
    pub fn aws_changes(&self, case: &CaseId, values: &Value) -> Result<(), String> {
        self.does(|state| change(state, case, values))
    }

    /// Somebody with the rights tags a case.
    pub fn tags(&self, case: &CaseId, key: &str, value: &str) {
        self.with(|state| {
            if let Ok(case) = state.case(case) {
                case.tags.insert(key.to_owned(), value.into());
            }
        });
    }

    /// AWS closes a case with a closure code such as `False Positive`.
    /// Fails when there is no such case or it is closed already.
    pub fn aws_closes(&self, case: &CaseId, code: &str) -> Result<(), String> {
        self.does(|state| cases::shut(state, case, Some(code), &Principal::RESPONDER)).map(drop)
    }

    /// The AI agent adds an investigation (members of InvestigationAction; what is missing is filled in), or
    /// changes the one whose `investigationId` is given; says the id. No event comes of it.
    /// Fails when there is no such case.
    pub fn investigates(&self, case: &CaseId, action: &Value) -> Result<InvestigationId, String> {
        self.does(|state| investigations::put(state, case, action))
    }

    /// AWS attaches a file, already verified; says the attachment's id.
    /// Fails when there is no such case, it is closed, or it has a file of this name.
    pub fn aws_attaches(
        &self,
        case: &CaseId,
        name: &str,
        bytes: impl Into<Bytes>,
    ) -> Result<AttachmentId, String> {
        let bytes = bytes.into();
        let announced = Announced { case: case.clone(), name: name.to_owned(), length: bytes.len() as u64 };
        self.does(|state| attachments::place(state, &announced, bytes, &Principal::RESPONDER))
    }

    /// The scan ends: `Verified`, `Failed`, or `Pending` again.
    pub fn set_attachment_status(&self, case: &CaseId, attachment: &AttachmentId, scan: Scan) {
        let file = CaseFile { case: case.clone(), attachment: attachment.clone() };
        self.with(|state| attachments::set_status(state, &file, scan));
    }

    /// What an attachment becomes as soon as its bytes have arrived: `Verified` (at first), `Failed`, or
    /// `Pending` until [`set_attachment_status`](Self::set_attachment_status).
    pub fn set_verdict(&self, scan: Scan) {
        self.with(|state| state.settings.verdict = scan);
    }

    /// The bytes uploaded to a case under this file name.
    pub fn attachment(&self, case: &CaseId, name: &str) -> Option<Bytes> {
        self.with(|state| attachments::bytes(state, case, name))
    }

    /// The EventBridge events since the last time they were taken, oldest first.
    pub fn take_events(&self) -> Vec<Value> {
        self.with(|state| std::mem::take(&mut state.outbox))
    }

    /// Everything: `{cases: {ID: {case, comments, edits, investigations, tags}}, memberships: {ID: …}}`.
    pub fn state(&self) -> Value {
        self.with(|state| whole(state))
    }

    /// A case as GetCase answers it.
    pub fn case(&self, id: &CaseId) -> Option<Value> {
        self.with(|state| state.cases.get(id).map(|case| Value::Object(case.wire.clone())))
    }

    /// A case's comments as ListComments answers them, oldest first.
    pub fn comments(&self, case: &CaseId) -> Vec<Value> {
        self.with(|state| state.cases.get(case).map(|case| case.comments.clone()).unwrap_or_default())
    }

    /// The same without so many of the oldest.
    pub fn comments_from(&self, case: &CaseId, known: usize) -> Vec<Value> {
        let after = |comments: &Vec<Value>| comments.iter().skip(known).cloned().collect();
        self.with(|state| state.cases.get(case).map(|case| after(&case.comments)).unwrap_or_default())
    }

    /// The id of the membership that the stand-in started with, or of the one made last.
    pub fn membership_id(&self) -> Option<MembershipId> {
        self.with(|state| state.memberships.keys().next_back().cloned())
    }

    /// The delegated administrator is removed: the membership ends at once.
    /// Fails when there is no such membership.
    pub fn terminates_membership(&self, id: &MembershipId) -> Result<(), String> {
        self.does(|state| membership::terminate(state, id))
    }

    /// Forgets every membership, so that every call about cases is refused as not active.
    pub fn without_membership(&self) {
        self.with(|state| state.memberships.clear());
    }

    /// Adds an account that BatchGetMemberAccountDetails knows: `Associated`, `Disassociated`, `Unassociated`.
    pub fn add_member_account(&self, account: &str, status: &str) {
        let item =
            json!({ "accountId": account, "relationshipStatus": status, "relationshipType": "Organization" });
        self.with(|state| {
            for membership in state.memberships.values_mut() {
                membership.accounts.insert(account.to_owned(), item.clone());
                membership.wire.insert("numberOfAccountsCovered".into(), membership.accounts.len().into());
            }
        });
    }

    /// What GetFindingMetrics counts, by the names of its output; the rest is 0.
    pub fn set_finding_metrics(&self, counters: Value) {
        self.with(|state| state.finding_metrics = counters);
    }

    /// The id of the case that is made next.
    pub fn set_next_case(&self, id: &CaseId) {
        self.with(|state| state.settings.next_case = Some(id.clone()));
    }

    /// A list's page has at most so many items, whatever is asked for: 25 at first.
    pub fn set_page(&self, most: usize) {
        self.with(|state| state.settings.page = most);
    }

    /// Tokens say how many items were shown, not which was the last.
    pub fn count_pages(&self) {
        self.with(|state| state.settings.counted = true);
    }

    /// In which order lists are answered.
    pub fn set_order(&self, order: Order) {
        self.with(|state| state.settings.order = order);
    }

    /// As whom signed requests count, an assumed role's ARN at first.
    pub fn set_principal(&self, principal: &str) {
        self.with(|state| state.settings.principal = Principal::Customer(principal.to_owned()));
    }

    /// The principal as whom signed requests count.
    pub fn principal(&self) -> String {
        self.with(|state| state.settings.principal.name().to_owned())
    }

    /// Whether the role for people trusts whoever asks; at first it does.
    pub fn lets_assume(&self, trusted: bool) {
        self.with(|state| state.settings.lets_assume = trusted);
    }

    /// From now on sessions last so many seconds.
    pub fn set_session_seconds(&self, seconds: i64) {
        self.with(|state| state.settings.session_seconds = Some(seconds));
    }

    /// The tokens of all sessions: secrets for as long as they last.
    pub fn session_tokens(&self) -> Vec<String> {
        self.with(|state| sts::tokens(state))
    }

    /// In which session a request came, by its ARN; none where it came as everybody's.
    pub fn session_of(&self, call: &HeardCall) -> Option<String> {
        let token = call.headers.get("x-amz-security-token")?;
        self.with(|state| sts::of_token(state, token))
    }

    /// The base of presigned URLs, the stand-in's own at first. `{base}/files/…` must lead here.
    pub fn set_files_url(&self, base: &str) {
        self.with(|state| state.settings.files = base.trim_end_matches('/').to_owned());
    }

    /// Most active cases: self-managed and service-managed, 100 and 50 at first.
    pub fn set_quotas(&self, own: usize, service: usize) {
        self.with(|state| state.settings.quotas = [own, service]);
    }

    /// Whether the published rates are enforced (ThrottlingException); at first they are only counted.
    pub fn enforce_rates(&self, enforced: bool) {
        self.with(|state| state.settings.enforce_rates = enforced);
    }

    /// How often each operation was called faster than its published rate.
    pub fn too_fast(&self) -> Vec<(String, u32)> {
        self.with(|state| state.too_fast.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect())
    }
}

/// Founds the membership that the stand-in starts with, without an event.
pub(super) fn found_membership(state: &mut SirAccount) {
    let team = json!([
        { "name": "Ana Alvarez", "jobTitle": "Incident commander", "email": "ana@example.com" },
        { "name": "Bo Berg", "jobTitle": "Responder", "email": "bo@example.com" },
    ]);
    let values = json!({ "membershipName": "Example organisation", "incidentResponseTeam": team });
    drop(membership::open(state, values.as_object().unwrap_or(&Map::new())));
    state.outbox.clear();
}

fn in_the_console(state: &SirAccount) -> Principal {
    let account = &state.settings.account;
    Principal::Customer(format!("arn:aws:sts::{account}:assumed-role/SecurityTeam/ana@example.com"))
}

/// CreateCase's members, filled in: it began an hour ago.
fn filled(values: &Value, now: i64) -> Map<String, Value> {
    let mut whole = json!({
        "resolverType": "AWS",
        "title": "[Proactive case] Unusual activity",
        "description": "Activity was seen that is unusual for this account.",
        "engagementType": "Security Incident",
        "reportedIncidentStartDate": now - 3_600,
        "impactedAccounts": ["111122223333"],
        "watchers": [],
        "impactedAwsRegions": [{ "region": "eu-west-1" }],
    });
    for (name, value) in values.as_object().into_iter().flatten() {
        whole[name] = value.clone();
    }
    whole.as_object().cloned().unwrap_or_default()
}

pub(super) fn create(state: &mut SirAccount, values: &Value) -> Result<CaseId, SirRefusal> {
    let mut values = filled(values, state.clock.seconds());
    let tags = values.entry("tags").or_insert_with(|| json!({}));
    tags["SecurityIncidentResponseManaged"] = "true".into();
    cases::open(state, &values, &Principal::SERVICE)
}

pub(super) fn change(state: &mut SirAccount, id: &CaseId, values: &Value) -> Result<(), SirRefusal> {
    let actor = &Principal::RESPONDER;
    let mut rest = values.as_object().cloned().unwrap_or_default();
    state.open_case(id)?;
    if let Some(status) = rest.remove("caseStatus").as_ref().and_then(Value::as_str) {
        if !limits::STATUSES.contains(&status) || status == "Closed" {
            return Err(SirRefusal::field("caseStatus", "There is no such status, or it is set by closing."));
        }
        cases::set_status(state, id, &Status::from(status.to_owned()), actor);
    }
    if let Some(action) = rest.remove("pendingAction") {
        if action != "Customer" && action != "None" {
            return Err(SirRefusal::field("pendingAction", "There is no such action."));
        }
        let message = format!("The pending action is now {action}.");
        state.open_case(id)?.wire.insert("pendingAction".into(), action);
        state.edited(id, actor, EditEntry { action: "UPDATE_PENDING_ACTION", message });
        state.emit(CaseEvent::Updated, id, actor);
    }
    if rest.is_empty() {
        return Ok(());
    }
    typed::valid_update(id, &rest)?;
    cases::change(state, id, &rest, actor)
}

pub(super) fn whole(state: &SirAccount) -> Value {
    let cases: Map<String, Value> = state
        .cases
        .iter()
        .map(|(id, case)| {
            let value = json!({ "case": case.wire, "comments": case.comments, "edits": case.edits,
                "investigations": case.investigations, "tags": case.tags });
            (id.to_string(), value)
        })
        .collect();
    let memberships: Map<String, Value> = state
        .memberships
        .iter()
        .map(|(id, membership)| {
            (id.to_string(), json!({ "membership": membership.wire, "tags": membership.tags }))
        })
        .collect();
    json!({ "cases": cases, "memberships": memberships })
}
