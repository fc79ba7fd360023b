//! What would AWS Security Incident Response answer?
//! All 25 operations as restJson1 (`security-ir/2018-05-10`), with the model's limits, the documented rules,
//! and a side door for what AWS does on its own. At `POST /` it is the account's STS, with AssumeRole: who a request counts as
//! hangs on the session that it bears.

mod attachments;
mod aws_side;
mod cases;
mod comments;
mod control;
mod errors;
mod investigations;
mod limits;
mod membership;
mod operations;
mod pages;
mod state;
mod sts;
mod tags;
mod typed;

#[cfg(test)]
mod tests;

use casebridge::case::{AttachmentId, CaseId, MembershipId};
use serde_json::{Map, Value, json};

use super::{
    Endpoint, ErrorCode, ServiceClock, Standin,
    exchange::{WireRequest, WireResponse},
    shape::{FieldShape, Shape, misfits},
    sigv4,
    standin::ServiceModel,
};
use attachments::CaseFile;
use errors::SirRefusal;
use operations::OperationModel;
pub use state::Scan;
use state::{Principal, SirAccount};
pub use sts::PERSON_ROLE;
pub use typed::SirRefused;

/// In which order lists are answered; the service documents none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    NewestFirst,
    OldestFirst,
    /// Neither, but the same at every call.
    Shuffled,
}

/// A running stand-in of AWS Security Incident Response.
///
/// It starts with one active membership and no case. Besides what [`Server`](super::Server) offers, its `/_control/` has:
///
/// | request | body | method |
/// |---|---|---|
/// | `GET state` | | [`state`](Self::state) |
/// | `GET events` | | what is in the outbox, left there |
/// | `DELETE events` | | [`take_events`](Self::take_events) |
/// | `POST cases` | `{title, …}` | [`aws_creates`](Self::aws_creates) |
/// | `POST cases/ID/comments` | `{by, body}` | [`aws_comments`](Self::aws_comments) |
/// | `PUT cases/ID/comments/ID` | `{by, body}` | [`aws_edits_comment`](Self::aws_edits_comment) |
/// | `PUT cases/ID` | any of `caseStatus`, `pendingAction`, `caseMetadata`, UpdateCase's members | [`aws_changes`](Self::aws_changes) |
/// | `POST cases/ID/close` | `{closureCode}` | [`aws_closes`](Self::aws_closes) |
/// | `POST cases/ID/investigations` | members of an InvestigationAction | [`investigates`](Self::investigates) |
/// | `POST cases/ID/attachments` | `{fileName, text}` | [`aws_attaches`](Self::aws_attaches) |
/// | `PUT cases/ID/attachments/ID` | `{attachmentStatus}` | [`set_attachment_status`](Self::set_attachment_status) |
/// | `PUT settings` | any of `order`, `principal`, `verdict`, `files`, `enforceRates`, `nextCase` (its id), `membership` (the first one's id) | |
pub type SirStandin = Standin<SirAccount>;

/// An operation's input: the members of path, query and body together, and who asks.
struct Input {
    values: Map<String, Value>,
    who: Principal,
}

impl Input {
    /// A member that the model says is a string; empty when it is absent.
    fn text(&self, name: &str) -> &str {
        self.values.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn case(&self) -> CaseId {
        CaseId::new(self.text("caseId"))
    }

    fn membership(&self) -> MembershipId {
        MembershipId::new(self.text("membershipId"))
    }
}

/// What an operation answers; null is an empty body.
type Output = Result<Value, SirRefusal>;

impl ServiceModel for SirAccount {
    fn furnished(endpoint: &Endpoint) -> Self {
        let mut account = Self::new(endpoint);
        aws_side::found_membership(&mut account);
        account
    }

    fn clock(&self) -> &ServiceClock {
        &self.clock
    }

    fn keep_limits(&mut self) {
        self.settings.enforce_rates = true;
    }

    fn operation(asked: &WireRequest) -> String {
        let parts = asked.segments();
        if sts::is_meant(asked) {
            return sts::OPERATION.to_owned();
        }
        match operations::find(asked.method.as_str(), &parts) {
            Some((operation, _)) => operation.name.to_owned(),
            None if parts.first().is_some_and(|part| part == "files") => {
                format!("{} attachment", asked.method)
            }
            None => format!("{} {}", asked.method, asked.path),
        }
    }

    fn only_reads(asked: &WireRequest) -> bool {
        asked.method == "GET" || asked.path.contains("/list-")
    }

    fn answer(&mut self, asked: &WireRequest) -> WireResponse {
        if let [first, case, id] = &asked.segments()[..]
            && first == "files"
        {
            let file = CaseFile { case: CaseId::new(case), attachment: AttachmentId::new(id) };
            return attachments::storage(self, asked, &file);
        }
        if sts::is_meant(asked) {
            return sts::answer(self, asked);
        }
        let answer = perform(self, asked).unwrap_or_else(|refusal| refusal.answer());
        answer.with("x-amzn-requestid", &self.request_id())
    }

    fn error(code: &ErrorCode) -> WireResponse {
        SirRefusal::named(code).answer()
    }

    fn control(&mut self, asked: &WireRequest) -> Option<WireResponse> {
        control::answer(self, asked)
    }
}

fn perform(state: &mut SirAccount, asked: &WireRequest) -> Result<WireResponse, SirRefusal> {
    let Some((operation, uri)) = operations::find(asked.method.as_str(), &asked.segments()) else {
        return Err(SirRefusal::invalid("UNKNOWN_OPERATION", &[]));
    };
    if let Some((name, why)) = sigv4::refusal(asked, "security-ir", &state.settings.region) {
        return Err(SirRefusal::unauthorized(name, &why));
    }
    let who = sts::principal(state, asked)?;
    let output = state
        .pace(operation.name, operation.rate)
        .and_then(|()| read(operation, uri, asked))
        .and_then(|values| done(state, operation, &Input { values, who }))?;
    Ok(match output {
        Value::Null => WireResponse::empty(operation.success),
        output => WireResponse::json(operation.success, &output),
    })
}

/// What an operation answers to checked members.
fn done(state: &mut SirAccount, operation: &OperationModel, input: &Input) -> Output {
    let about_cases = !operation.path.contains("membership") && !operation.path.contains("tags");
    if about_cases && !state.is_active() {
        return Err(SirRefusal::not_active());
    }
    once(state, operation.name, input)
}

/// The operation's members, checked against the model.
fn read(
    operation: &OperationModel,
    uri: Vec<(&str, String)>,
    asked: &WireRequest,
) -> Result<Map<String, Value>, SirRefusal> {
    let uri = uri.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let query = query(operation.query, asked)?;
    let body = match asked.body.is_empty() {
        true => Map::new(),
        false => match asked.json() {
            Ok(Value::Object(body)) => body,
            _ => {
                return Err(SirRefusal::invalid(
                    "CANNOT_PARSE",
                    &[("body", "The body is not a JSON object.")],
                ));
            }
        },
    };
    checked(operation, [uri, query, body])
}

/// The members of path, query and body in one, if each is as the model wants it.
fn checked(
    operation: &OperationModel,
    [uri, query, body]: [Map<String, Value>; 3],
) -> Result<Map<String, Value>, SirRefusal> {
    let mut values = Map::new();
    let mut found = vec![];
    for (fields, map) in [(operation.uri, uri), (operation.query, query), (operation.body, body)] {
        let map = Value::Object(map);
        found.extend(misfits(&Shape::Object(fields), &map, ""));
        if let Value::Object(map) = map {
            values.extend(map);
        }
    }
    if found.is_empty() { Ok(values) } else { Err(SirRefusal::misfits(&found)) }
}

/// Query parameters as JSON: numbers where the model wants numbers, a list for `tagKeys`.
fn query(fields: &[FieldShape], asked: &WireRequest) -> Result<Map<String, Value>, SirRefusal> {
    let mut map = Map::new();
    for (name, value) in &asked.query {
        let kind = fields.iter().find(|field| field.name == name).map(|field| field.kind);
        match kind {
            Some(Shape::List { .. }) => {
                let entry = map.entry(name.clone()).or_insert_with(|| json!([]));
                entry.as_array_mut().into_iter().for_each(|list| list.push(value.clone().into()));
            }
            Some(Shape::Whole { .. }) => {
                let number: i64 =
                    value.parse().map_err(|_| SirRefusal::field(name, "Member must be an integer"))?;
                map.insert(name.clone(), number.into());
            }
            _ => {
                map.insert(name.clone(), value.clone().into());
            }
        }
    }
    Ok(map)
}

/// Dispatches; the same `clientToken` gives the same answer, and a conflict when the rest differs.
fn once(state: &mut SirAccount, name: &str, input: &Input) -> Output {
    let Some(token) = input.values.get("clientToken").and_then(Value::as_str) else {
        return dispatch(state, name, input);
    };
    let key = format!("{name}/{token}");
    let given = Value::Object(input.values.clone());
    match state.tokens.get(&key) {
        Some((before, output)) if *before == given => return Ok(output.clone()),
        Some(_) => {
            return Err(SirRefusal::conflict(
                "The client token was used with other input.",
                "clientToken",
                token,
            ));
        }
        None => {}
    }
    let output = dispatch(state, name, input)?;
    state.tokens.insert(key, (given, output.clone()));
    Ok(output)
}

fn dispatch(state: &mut SirAccount, name: &str, input: &Input) -> Output {
    match name {
        "BatchGetMemberAccountDetails" => membership::accounts(state, input),
        "CancelMembership" => membership::cancel(state, input),
        "CloseCase" => cases::close(state, input),
        "CreateCase" => cases::create(state, input),
        "CreateCaseComment" => comments::create(state, input),
        "CreateMembership" => membership::create(state, input),
        "GetCase" => cases::get(state, input),
        "GetCaseAttachmentDownloadUrl" => attachments::download_url(state, input),
        "GetCaseAttachmentUploadUrl" => attachments::upload_url(state, input),
        "GetFindingMetrics" => membership::metrics(state, input),
        "GetMembership" => membership::get(state, input),
        "ListCaseEdits" => cases::edits(state, input),
        "ListCases" => cases::list(state, input),
        "ListComments" => comments::list(state, input),
        "ListInvestigations" => investigations::list(state, input),
        "ListMemberships" => membership::list(state, input),
        "ListTagsForResource" => tags::list(state, input),
        "SendFeedback" => investigations::feedback(state, input),
        "TagResource" => tags::add(state, input),
        "UntagResource" => tags::remove(state, input),
        "UpdateCase" => cases::update(state, input),
        "UpdateCaseComment" => comments::update(state, input),
        "UpdateCaseStatus" => cases::update_status(state, input),
        "UpdateMembership" => membership::update(state, input),
        "UpdateResolverType" => cases::update_resolver(state, input),
        _ => Err(SirRefusal::invalid("UNKNOWN_OPERATION", &[])),
    }
}
