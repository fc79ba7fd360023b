//! What is true in SIR at this moment?

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use casebridge::case::{AttachmentId, CaseId, MembershipId};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    super::{
        Endpoint, ServiceClock,
        rate::{Limit, Meter},
        server::hex,
    },
    Order,
    errors::SirRefusal,
    operations::PublishedRate,
    pages::Listing,
    sts::IssuedSession,
};

/// What a test may set before or while it runs.
#[derive(Clone, Debug)]
pub(super) struct SirSetup {
    pub(super) account: String,
    pub(super) region: String,
    /// Who the callers are: every signed request counts as this principal.
    pub(super) principal: Principal,
    pub(super) order: Order,
    pub(super) counted: bool,
    /// Base of presigned URLs.
    pub(super) files: String,
    pub(super) enforce_rates: bool,
    /// What an attachment becomes when its bytes have arrived.
    pub(super) verdict: Scan,
    /// Active cases allowed: self-managed, service-managed.
    pub(super) quotas: [usize; 2],
    pub(super) next_case: Option<CaseId>,
    /// Whether the role for people trusts the caller.
    pub(super) lets_assume: bool,
    /// How long a session lasts where nobody asks for a time; none is as STS has it.
    pub(super) session_seconds: Option<i64>,
    pub(super) page: usize,
}

/// Everything; clones share clock and counters, so that what is rolled back does not use an id twice.
#[derive(Clone)]
pub struct SirAccount {
    pub(super) clock: ServiceClock,
    counter: Arc<AtomicU64>,
    /// Counts requests: each answer names its own.
    requests: Arc<AtomicU64>,
    pub(super) settings: SirSetup,
    pub(super) cases: BTreeMap<CaseId, StoredCase>,
    pub(super) memberships: BTreeMap<MembershipId, StoredMembership>,
    /// `operation/token` → (input, output)
    pub(super) tokens: BTreeMap<String, (Value, Value)>,
    pub(super) outbox: Vec<Value>,
    pub(super) sessions: Vec<IssuedSession>,
    pub(super) finding_metrics: Value,
    meter: Meter,
    pub(super) too_fast: BTreeMap<&'static str, u32>,
}

/// One case: what GetCase answers, and what hangs on it.
#[derive(Clone)]
pub(super) struct StoredCase {
    pub(super) wire: Map<String, Value>,
    /// Items of ListComments, oldest first.
    pub(super) comments: Vec<Value>,
    /// Items of ListCaseEdits, oldest first.
    pub(super) edits: Vec<Value>,
    /// Items of ListInvestigations, oldest first.
    pub(super) investigations: Vec<Value>,
    pub(super) tags: Map<String, Value>,
    pub(super) uploads: BTreeMap<AttachmentId, Upload>,
}

/// The bytes of an attachment.
#[derive(Clone)]
pub(super) struct Upload {
    pub(super) length: u64,
    pub(super) bytes: Option<Bytes>,
    /// When the upload URL ends, in seconds since 1970.
    pub(super) until: i64,
}

/// One membership: what GetMembership answers, and what hangs on it.
#[derive(Clone)]
pub(super) struct StoredMembership {
    pub(super) wire: Map<String, Value>,
    pub(super) tags: Map<String, Value>,
    /// Account id → item of BatchGetMemberAccountDetails.
    pub(super) accounts: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    Customer(String),
    /// `AWS Responder` or `security-ir.amazonaws.com`.
    Aws(&'static str),
}

impl Principal {
    /// Who works AWS-supported cases.
    pub(super) const RESPONDER: Self = Self::Aws("AWS Responder");
    pub(super) const SERVICE: Self = Self::Aws("security-ir.amazonaws.com");

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Customer(principal) => principal,
            Self::Aws(principal) => principal,
        }
    }
}

/// Whoever is not AWS is a principal of the customer.
impl From<&str> for Principal {
    fn from(name: &str) -> Self {
        let aws = [Self::RESPONDER, Self::SERVICE].into_iter().find(|known| known.name() == name);
        aws.unwrap_or_else(|| Self::Customer(name.to_owned()))
    }
}

impl From<&String> for Principal {
    fn from(name: &String) -> Self {
        name.as_str().into()
    }
}

/// What the scan of an attachment said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// It is still on its way.
    Pending,
    /// The file can be fetched.
    Verified,
    /// The file is not given out.
    Failed,
}

impl Scan {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Verified => "Verified",
            Self::Failed => "Failed",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Pending, Self::Verified, Self::Failed].into_iter().find(|scan| scan.name() == name)
    }
}

pub(super) enum Resource {
    Case(CaseId),
    Membership(MembershipId),
}

#[derive(Clone, Copy)]
pub(super) enum CaseEvent {
    Created,
    Updated,
    CommentAdded,
    CommentUpdated,
    Closed,
}

impl CaseEvent {
    /// The `detail-type`, and where the detail names who did it.
    const fn wire(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Created => ("Case Created", Some("createdBy")),
            Self::Updated => ("Case Updated", Some("updatedBy")),
            Self::CommentAdded => ("Case Comment Added", Some("createdBy")),
            Self::CommentUpdated => ("Case Comment Updated", Some("updatedBy")),
            Self::Closed => ("Case Closed", None),
        }
    }
}

pub(super) struct EditEntry {
    pub(super) action: &'static str,
    pub(super) message: String,
}

impl SirAccount {
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        let settings = SirSetup {
            account: "111122223333".into(),
            region: "eu-west-1".into(),
            principal: Principal::Customer(
                "arn:aws:sts::111122223333:assumed-role/casebridge-command/casebridge-command".into(),
            ),
            order: Order::NewestFirst,
            counted: false,
            files: endpoint.url.clone(),
            enforce_rates: false,
            verdict: Scan::Verified,
            quotas: [100, 50],
            next_case: None,
            lets_assume: true,
            session_seconds: None,
            page: 25,
        };
        Self {
            clock: endpoint.clock.clone(),
            counter: Arc::default(),
            requests: Arc::default(),
            settings,
            cases: BTreeMap::new(),
            memberships: BTreeMap::new(),
            tokens: BTreeMap::new(),
            outbox: vec![],
            sessions: vec![],
            finding_metrics: json!({}),
            meter: Meter::default(),
            too_fast: BTreeMap::new(),
        }
    }

    pub(super) fn next(&self) -> u64 {
        self.counter.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// What the service calls the request that it answers.
    pub(super) fn request_id(&self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.requests.fetch_add(1, Ordering::SeqCst) + 1)
    }

    pub(super) fn uuid(&self) -> String {
        let hex = hex(&Sha256::digest(format!("uuid {}", self.next())));
        format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
    }

    pub(super) fn case(&mut self, id: &CaseId) -> Result<&mut StoredCase, SirRefusal> {
        self.cases.get_mut(id).ok_or_else(|| SirRefusal::not_found("Case", id.as_str()))
    }

    /// A case that can still be changed; a closed one is read-only for ever.
    pub(super) fn open_case(&mut self, id: &CaseId) -> Result<&mut StoredCase, SirRefusal> {
        let case = self.case(id)?;
        if case.wire["caseStatus"] == "Closed" {
            return Err(SirRefusal::conflict(
                "The case is closed and cannot be changed.",
                "case",
                id.as_str(),
            ));
        }
        Ok(case)
    }

    pub(super) fn listing(&self) -> Listing {
        Listing { order: self.settings.order, most: self.settings.page, counted: self.settings.counted }
    }

    pub(super) fn membership(&mut self, id: &MembershipId) -> Result<&mut StoredMembership, SirRefusal> {
        self.memberships.get_mut(id).ok_or_else(|| SirRefusal::not_found("Membership", id.as_str()))
    }

    pub(super) fn is_active(&self) -> bool {
        self.memberships.values().any(|membership| membership.wire["membershipStatus"] == "Active")
    }

    pub(super) fn arn(&self, resource: &Resource) -> String {
        let SirSetup { account, region, .. } = &self.settings;
        let (kind, id) = match resource {
            Resource::Case(id) => ("case", id.as_str()),
            Resource::Membership(id) => ("membership", id.as_str()),
        };
        format!("arn:aws:security-ir:{region}:{account}:{kind}/{id}")
    }

    /// Remembers a change of a case: when, by whom, and for ListCaseEdits.
    pub(super) fn edited(&mut self, id: &CaseId, by: &Principal, entry: EditEntry) {
        let now = self.clock.epoch();
        let EditEntry { action, message } = entry;
        if let Some(case) = self.cases.get_mut(id) {
            case.wire.insert("lastUpdatedDate".into(), now.clone());
            case.edits.push(json!({ "eventTimestamp": now, "principal": by.name(), "action": action,
                "message": message }));
        }
    }

    /// Puts the event that the service would emit for a case into the outbox.
    pub(super) fn emit(&mut self, event: CaseEvent, id: &CaseId, by: &Principal) {
        let mut detail = json!({ "caseId": id });
        let (detail_type, key) = event.wire();
        if let Some(key) = key {
            detail[key] = match by {
                Principal::Customer(_) => self.settings.account.clone().into(),
                Principal::Aws(name) => (*name).into(),
            };
        }
        self.emit_event(detail_type, self.arn(&Resource::Case(id.clone())), detail);
    }

    pub(super) fn emit_event(&mut self, detail_type: &'static str, arn: String, detail: Value) {
        let event = json!({
            "version": "0",
            "id": self.uuid(),
            "detail-type": detail_type,
            "source": "aws.security-ir",
            "account": self.settings.account,
            "time": self.clock.iso(),
            "region": self.settings.region,
            "resources": [arn],
            "detail": detail,
        });
        self.outbox.push(event);
    }

    /// Counts a call against its published rate; refuses it when rates are enforced.
    pub(super) fn pace(&mut self, operation: &'static str, rate: PublishedRate) -> Result<(), SirRefusal> {
        let allowed = match rate {
            PublishedRate::Read => 5,
            PublishedRate::Write => 1,
            PublishedRate::Unpublished => return Ok(()),
        };
        let fast = self.meter.count(operation, Limit::Window(allowed, 1_000), self.clock.millis()).is_err();
        if fast {
            *self.too_fast.entry(operation).or_default() += 1;
        }
        if fast && self.settings.enforce_rates { Err(SirRefusal::throttled()) } else { Ok(()) }
    }
}
