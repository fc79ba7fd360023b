//! How does SIR say no?

use std::fmt;

use serde_json::{Value, json};

use super::super::{
    ErrorCode,
    exchange::WireResponse,
    shape::{Misfit, Mismatch},
};

/// An error of the model, ready for the wire.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SirRefusal {
    name: &'static str,
    body: Value,
}

/// Every modelled error with its status, and the unmodelled ones that any AWS service can answer.
const STATUS: &[(&str, u16)] = &[
    ("AccessDeniedException", 403),
    ("ConflictException", 409),
    ("InternalServerException", 500),
    ("InvalidTokenException", 423),
    ("ResourceNotFoundException", 404),
    ("SecurityIncidentResponseNotActiveException", 400),
    ("ServiceQuotaExceededException", 402),
    ("ThrottlingException", 429),
    ("ValidationException", 400),
    ("ExpiredTokenException", 403),
    ("IncompleteSignatureException", 403),
    ("InvalidSignatureException", 403),
    ("MissingAuthenticationTokenException", 403),
    ("UnrecognizedClientException", 403),
    ("RequestEntityTooLargeException", 413),
    ("ServiceUnavailable", 503),
];

/// In words, for whoever acts as AWS.
impl fmt::Display for SirRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        write!(f, "{}: ", self.name)?;
        match self.body["fieldList"].as_array().and_then(|fields| fields.first()) {
            Some(field) => write!(f, "{}: {}", text(&field["name"]), text(&field["message"])),
            None => f.write_str(&text(&self.body["message"])),
        }
    }
}

impl SirRefusal {
    pub(super) fn conflict(message: &str, kind: &str, id: &str) -> Self {
        let body = json!({ "message": message, "resourceId": id, "resourceType": kind });
        Self { name: "ConflictException", body }
    }

    pub(super) fn not_found(kind: &str, id: &str) -> Self {
        let body = json!({ "message": format!("{kind} {id} was not found.") });
        Self { name: "ResourceNotFoundException", body }
    }

    pub(super) fn denied(message: &str) -> Self {
        Self { name: "AccessDeniedException", body: json!({ "message": message }) }
    }

    pub(super) fn not_active() -> Self {
        let message = "There is no active membership for this account in this Region.";
        Self { name: "SecurityIncidentResponseNotActiveException", body: json!({ "message": message }) }
    }

    pub(super) fn quota(message: &str, code: &str) -> Self {
        let body = json!({ "message": message, "resourceId": "case", "resourceType": "case",
            "serviceCode": "security-ir", "quotaCode": code });
        Self { name: "ServiceQuotaExceededException", body }
    }

    pub(super) fn throttled() -> Self {
        let body = json!({ "message": "Rate exceeded", "serviceCode": "security-ir", "quotaCode": "L-RATE" });
        Self { name: "ThrottlingException", body }
    }

    pub(super) fn invalid(reason: &str, fields: &[(&str, &str)]) -> Self {
        let list: Vec<Value> =
            fields.iter().map(|(name, message)| json!({ "name": name, "message": message })).collect();
        let message = fields.first().map_or("The request is not valid.", |(_, message)| message);
        Self {
            name: "ValidationException",
            body: json!({ "message": message, "reason": reason, "fieldList": list }),
        }
    }

    pub(super) fn field(name: &str, message: &str) -> Self {
        Self::invalid("FIELD_VALIDATION_FAILED", &[(name, message)])
    }

    pub(super) fn misfits(misfits: &[Misfit]) -> Self {
        let fields: Vec<(String, String)> =
            misfits.iter().map(|misfit| (field_name(&misfit.at), describe(&misfit.fault))).collect();
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, why)| (name.as_str(), why.as_str())).collect();
        Self::invalid("FIELD_VALIDATION_FAILED", &fields)
    }

    pub(super) fn named(code: &ErrorCode) -> Self {
        let name = STATUS.iter().map(|(known, _)| *known).find(|known| *known == code.as_str());
        match name {
            None if code.as_str() == "throttled" => Self::throttled(),
            Some("ThrottlingException") => Self::throttled(),
            Some("ValidationException") => Self::invalid("OTHER", &[]),
            Some("ConflictException") => Self::conflict("The resource is in conflict.", "case", "0000000000"),
            Some("ServiceQuotaExceededException") => Self::quota("The quota is used up.", "L-87F7FF63"),
            Some(name) => Self { name, body: json!({ "message": name }) },
            None => Self { name: "InternalServerException", body: json!({ "message": "Internal error" }) },
        }
    }

    /// An authorization error of AWS's front door.
    pub(super) fn unauthorized(name: &'static str, message: &str) -> Self {
        Self { name, body: json!({ "message": message }) }
    }

    pub(super) fn told(self) -> super::SirRefused {
        super::SirRefused { name: self.name.to_owned(), body: self.body }
    }

    pub(super) fn answer(&self) -> WireResponse {
        let status = STATUS.iter().find(|(name, _)| *name == self.name).map_or(500, |(_, status)| *status);
        let answer = WireResponse::json(status, &self.body)
            // Real answers carry this suffix now and then; clients must cut it off.
            .with("x-amzn-errortype", &format!("{}:http://internal.amazon.com/coral/", self.name));
        if status == 429 { answer.with("retry-after", "1") } else { answer }
    }
}

/// `/watchers/0/email` → `watchers[0].email`
fn field_name(pointer: &str) -> String {
    let mut name = String::new();
    for part in pointer.split('/').skip(1) {
        match part.parse::<usize>() {
            Ok(index) => name.push_str(&format!("[{index}]")),
            Err(_) if name.is_empty() => name.push_str(part),
            Err(_) => name.push_str(&format!(".{part}")),
        }
    }
    name
}

fn describe(fault: &Mismatch) -> String {
    match fault {
        Mismatch::Missing => "Member must not be null".into(),
        Mismatch::Unknown => "Member is not known".into(),
        Mismatch::Type(wanted) => format!("Member must be of type {wanted}"),
        Mismatch::Short(min) | Mismatch::Few(min) => {
            format!("Member must have length greater than or equal to {min}")
        }
        Mismatch::Long(max) | Mismatch::Many(max) => {
            format!("Member must have length less than or equal to {max}")
        }
        Mismatch::Range(min, max) => format!("Member must be between {min} and {max}, inclusive"),
        Mismatch::NotOneOf(options) => {
            format!("Member must satisfy enum value set: [{}]", options.join(", "))
        }
        Mismatch::Form => "Member must satisfy the regular expression pattern of the model".into(),
        Mismatch::UnknownTag(tag) => format!("Member has the unknown type {tag}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_become_member_names() {
        assert_eq!(field_name("/watchers/0/email"), "watchers[0].email");
        assert_eq!(field_name("/title"), "title");
    }
}
