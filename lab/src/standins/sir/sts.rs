//! What does AWS STS answer to AssumeRole in the same account, and as whom does its session arrive at the service?
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{super::exchange::WireRequest, SirAccount, SirRefusal, WireResponse, sigv4, state::Principal};

/// The one role that anybody may assume.
pub const PERSON_ROLE: &str = "arn:aws:iam::111122223333:role/casebridge-PersonRole";
/// The one that it knows.
pub(super) const OPERATION: &str = "AssumeRole";
/// In seconds: what STS gives where nobody asks for a time, the least and the most of a chained role.
const LASTS: i64 = 3_600;
const TIMES: std::ops::RangeInclusive<i64> = 900..=3_600;

/// A session that was given out.
#[derive(Clone)]
pub(super) struct IssuedSession {
    key: String,
    token: String,
    arn: String,
    /// In seconds since 1970.
    until: i64,
}

pub(super) fn is_meant(asked: &WireRequest) -> bool {
    asked.method == "POST"
        && asked.path == "/"
        && asked.content_type().starts_with("application/x-www-form-urlencoded")
}

fn member(asked: &WireRequest, name: &str) -> Option<String> {
    asked.form().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// AssumeRole.
pub(super) fn answer(state: &mut SirAccount, asked: &WireRequest) -> WireResponse {
    let answer = match assumed(state, asked) {
        Ok(session) => {
            let ends =
                OffsetDateTime::from_unix_timestamp(session.until).unwrap_or(OffsetDateTime::UNIX_EPOCH);
            let ends = ends.format(&Rfc3339).unwrap_or_default();
            let IssuedSession { key, token, arn, .. } = session;
            let credentials = format!(
                "<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>local</SecretAccessKey>\
                 <SessionToken>{token}</SessionToken><Expiration>{ends}</Expiration></Credentials>"
            );
            let user = format!(
                "<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:{}</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>",
                arn.rsplit('/').next().unwrap_or_default()
            );
            let told = format!("<AssumeRoleResult>{credentials}{user}</AssumeRoleResult>");
            let xml = format!(
                "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">{told}</AssumeRoleResponse>"
            );
            WireResponse::text(200, "text/xml", xml)
        }
        Err((status, code, why)) => {
            let told = format!("<Type>Sender</Type><Code>{code}</Code><Message>{why}</Message>");
            let xml = format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>{told}</Error></ErrorResponse>"
            );
            WireResponse::text(status, "text/xml", xml)
        }
    };
    answer.with("x-amzn-requestid", &state.request_id())
}

type Refused = (u16, &'static str, String);

fn assumed(state: &mut SirAccount, asked: &WireRequest) -> Result<IssuedSession, Refused> {
    let invalid = |why: &str| (400, "ValidationError", why.to_owned());
    if let Some((name, why)) = sigv4::refusal(asked, "sts", &state.settings.region) {
        return Err((403, name.strip_suffix("Exception").unwrap_or(name), why));
    }
    let action = ["Action", "Version"].map(|name| member(asked, name).unwrap_or_default());
    if action != [OPERATION, "2011-06-15"] {
        let [action, version] = action;
        return Err((
            400,
            "InvalidAction",
            format!("Could not find operation {action} for version {version}"),
        ));
    }
    let name = member(asked, "RoleSessionName").unwrap_or_default();
    let fits = |char: char| char.is_ascii_alphanumeric() || "_+=,.@-".contains(char);
    if !(2..=64).contains(&name.len()) || !name.chars().all(fits) {
        return Err(invalid("Value at 'roleSessionName' failed to satisfy constraint: [\\w+=,.@-]{2,64}"));
    }
    let lasts = match member(asked, "DurationSeconds") {
        None => state.settings.session_seconds.unwrap_or(LASTS),
        Some(text) => text.parse().ok().filter(|time| TIMES.contains(time)).ok_or_else(|| {
            invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
        })?,
    };
    let role = member(asked, "RoleArn").unwrap_or_default();
    if role != PERSON_ROLE || !state.settings.lets_assume {
        let who = state.settings.principal.name().to_owned();
        let why = format!("User: {who} is not authorized to perform: sts:AssumeRole on resource: {role}");
        return Err((403, "AccessDenied", why));
    }
    let path = role.rsplit('/').next().unwrap_or_default();
    let session = IssuedSession {
        key: format!("ASIA{:016}", state.next()),
        token: format!("session-{}", state.uuid()),
        arn: format!("arn:aws:sts::{}:assumed-role/{path}/{name}", state.settings.account),
        until: state.clock.seconds() + lasts,
    };
    state.sessions.push(session.clone());
    Ok(session)
}

/// As whom a signed request counts: the session whose key and token it bears, else whoever callers are.
pub(super) fn principal(state: &SirAccount, asked: &WireRequest) -> Result<Principal, SirRefusal> {
    let header = asked.header("authorization").unwrap_or_default();
    let key = header.split_once("Credential=").and_then(|(_, rest)| rest.split('/').next());
    let key = key.filter(|key| key.starts_with("ASIA"));
    let Some(key) = key else { return Ok(state.settings.principal.clone()) };
    let token = asked.header("x-amz-security-token");
    let known = state.sessions.iter().find(|session| session.key == key && Some(&*session.token) == token);
    let Some(session) = known else {
        let why = "The security token included in the request is invalid.";
        return Err(SirRefusal::unauthorized("UnrecognizedClientException", why));
    };
    if session.until <= state.clock.seconds() {
        let why = "The security token included in the request is expired";
        return Err(SirRefusal::unauthorized("ExpiredTokenException", why));
    }
    Ok(Principal::Customer(session.arn.clone()))
}

/// The ARN of the session that a token is of.
pub(super) fn of_token(state: &SirAccount, token: &str) -> Option<String> {
    state.sessions.iter().find(|session| session.token == token).map(|session| session.arn.clone())
}

pub(super) fn tokens(state: &SirAccount) -> Vec<String> {
    state.sessions.iter().map(|session| session.token.clone()).collect()
}
