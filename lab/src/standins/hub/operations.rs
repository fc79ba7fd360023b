//! What do the six operations take and answer?

use serde_json::{Map, Value, json};

use super::{
    super::{
        exchange::WireRequest,
        shape::{FieldShape, Shape, formed, list, may, misfits, need, text},
    },
    HubAccount, HubRefusal,
};

type Operation = (&'static str, &'static str, &'static str, &'static [FieldShape], Work);
type Work = fn(&mut HubAccount, &Map<String, Value>) -> Result<Value, HubRefusal>;

/// Name, method, path, members (in the body or the query), and what it does.
const OPERATIONS: &[Operation] = &[
    ("DisassociateFromAdministratorAccount", "POST", "/administrator/disassociate", &[], disassociate),
    ("GetAdministratorAccount", "GET", "/administrator", &[], administrator),
    (
        "AcceptAdministratorInvitation",
        "POST",
        "/administrator",
        &[need("AdministratorId", FILLED), need("InvitationId", FILLED)],
        accept,
    ),
    (
        "DescribeProducts",
        "GET",
        "/products",
        &[
            may("NextToken", ANY),
            may("MaxResults", Shape::Whole { min: 1, max: 100 }),
            may("ProductArn", FILLED),
        ],
        products,
    ),
    ("GetMembers", "POST", "/members/get", &[need("AccountIds", list(0, usize::MAX, &FILLED))], members),
    (
        "ListMembers",
        "GET",
        "/members",
        &[
            may("OnlyAssociated", Shape::Flag),
            may("MaxResults", Shape::Whole { min: 1, max: 50 }),
            may("NextToken", ANY),
        ],
        list_members,
    ),
];

const ANY: Shape = text(0, usize::MAX);
const FILLED: Shape = formed(1, usize::MAX, |value| !value.trim().is_empty());

pub(super) fn name_of(method: &str, path: &str) -> Option<&'static str> {
    found(method, path).map(|operation| operation.0)
}

fn found(method: &str, path: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.1 == method && operation.2 == path.trim_end_matches('/'))
}

pub(super) fn perform(state: &mut HubAccount, asked: &WireRequest) -> Result<Value, HubRefusal> {
    let operation = found(asked.method.as_str(), &asked.path);
    let (_, _, _, fields, work) = operation.ok_or_else(|| HubRefusal::named("ResourceNotFoundException"))?;
    let mut values = match asked.body.is_empty() {
        true => Map::new(),
        false => match asked.json() {
            Ok(Value::Object(body)) => body,
            _ => return Err(invalid("The body is not a JSON object.")),
        },
    };
    for (name, value) in &asked.query {
        let kind = fields.iter().find(|field| field.name == name).map(|field| field.kind);
        let value = match kind {
            Some(Shape::Whole { .. } | Shape::Flag) => {
                serde_json::from_str(value).unwrap_or_else(|_| value.clone().into())
            }
            _ => value.clone().into(),
        };
        values.insert(name.clone(), value);
    }
    let values = Value::Object(values);
    if let Some(misfit) = misfits(&Shape::Object(fields), &values, "").first() {
        return Err(invalid(&format!("Invalid parameter {}: {:?}", misfit.at, misfit.fault)));
    }
    if !state.enabled {
        return Err(HubRefusal::named("InvalidAccessException"));
    }
    work(state, values.as_object().unwrap_or(&Map::new()))
}

fn invalid(message: &str) -> HubRefusal {
    HubRefusal(400, "InvalidInputException", message.to_owned())
}

fn administrator(state: &mut HubAccount, _: &Map<String, Value>) -> Result<Value, HubRefusal> {
    Ok(state
        .administrator
        .as_ref()
        .map_or_else(|| json!({}), |administrator| json!({ "Administrator": administrator })))
}

fn accept(state: &mut HubAccount, values: &Map<String, Value>) -> Result<Value, HubRefusal> {
    if state.organization || state.administrator.is_some() {
        return Err(invalid("The account has an administrator already."));
    }
    let wanted = |invitation: &Value| {
        invitation["AccountId"] == values["AdministratorId"]
            && invitation["InvitationId"] == values["InvitationId"]
    };
    let at = state.invitations.iter().position(wanted);
    let at = at.ok_or_else(|| {
        HubRefusal(404, "ResourceNotFoundException", "The invitation was not found.".into())
    })?;
    let mut administrator = state.invitations.remove(at);
    administrator["MemberStatus"] = "Enabled".into();
    administrator["InvitedAt"] = state.clock.iso().into();
    state.administrator = Some(administrator);
    Ok(json!({}))
}

fn disassociate(state: &mut HubAccount, _: &Map<String, Value>) -> Result<Value, HubRefusal> {
    if state.organization {
        return Err(invalid("Only the administrator account can disassociate a member of an organization."));
    }
    match state.administrator.take() {
        Some(_) => Ok(json!({})),
        None => Err(HubRefusal(404, "ResourceNotFoundException", "The account has no administrator.".into())),
    }
}

fn members(state: &mut HubAccount, values: &Map<String, Value>) -> Result<Value, HubRefusal> {
    let (mut found, mut rest) = (vec![], vec![]);
    for id in values["AccountIds"].as_array().into_iter().flatten() {
        match state.members.iter().find(|member| member["AccountId"] == *id) {
            Some(member) => found.push(member.clone()),
            None => rest.push(json!({ "AccountId": id, "ProcessingResult": "The account is not a member." })),
        }
    }
    Ok(json!({ "Members": found, "UnprocessedAccounts": rest }))
}

fn list_members(state: &mut HubAccount, values: &Map<String, Value>) -> Result<Value, HubRefusal> {
    let associated = values.get("OnlyAssociated").and_then(Value::as_bool).unwrap_or(true);
    let shown = |member: &&Value| !associated || member["MemberStatus"] == "Enabled";
    let members = state.members.iter().filter(shown).cloned().collect();
    page("Members", members, values, 50)
}

fn products(state: &mut HubAccount, values: &Map<String, Value>) -> Result<Value, HubRefusal> {
    let wanted = |product: &&Value| values.get("ProductArn").is_none_or(|arn| product["ProductArn"] == *arn);
    let products = state.products.iter().filter(wanted).cloned().collect();
    page("Products", products, values, 100)
}

fn page(
    name: &str,
    items: Vec<Value>,
    values: &Map<String, Value>,
    most: usize,
) -> Result<Value, HubRefusal> {
    let start = match values.get("NextToken").and_then(Value::as_str) {
        None => 0,
        Some(token) => token
            .strip_prefix("token-")
            .and_then(|at| at.parse::<usize>().ok())
            .ok_or_else(|| invalid("The NextToken is not valid."))?,
    };
    let size = values.get("MaxResults").and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
    let end = items.len().min(start + size.unwrap_or(most));
    let shown: Vec<&Value> = items.iter().take(end).skip(start).collect();
    let mut output = json!({ name: shown });
    if end < items.len() {
        output["NextToken"] = format!("token-{end}").into();
    }
    Ok(output)
}
