//! Is this request signed the way AWS wants it for this service?
//! Only the form is checked, not the signature: a stand-in has no secret keys.

use super::exchange::WireRequest;

/// The account-independent reason for refusing, as AWS names it.
pub(crate) fn refusal(asked: &WireRequest, service: &str, region: &str) -> Option<(&'static str, String)> {
    let Some(header) = asked.header("authorization") else {
        return Some(("MissingAuthenticationTokenException", "Missing Authentication Token".to_owned()));
    };
    let Some(scope) = scope(header) else {
        let why = "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.";
        return Some(("IncompleteSignatureException", why.to_owned()));
    };
    if asked.header("x-amz-date").is_none_or(|date| date.len() != 16 || !date.ends_with('Z')) {
        let why = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
        return Some(("IncompleteSignatureException", why.to_owned()));
    }
    let [_, _, signed_region, signed_service, end] = scope;
    let why = match () {
        () if end != "aws4_request" => {
            "Credential should be scoped with a valid terminator: 'aws4_request'.".into()
        }
        () if signed_service != service => {
            format!("Credential should be scoped to correct service: '{service}'.")
        }
        () if signed_region != region => {
            format!("Credential should be scoped to a valid region, not '{signed_region}'.")
        }
        () => return None,
    };
    Some(("InvalidSignatureException", why))
}

/// The five parts of `Credential`, when the header has the right form.
fn scope(header: &str) -> Option<[&str; 5]> {
    let parameters = header.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let value =
        |name: &str| parameters.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let signature = value("Signature")?;
    let hex = signature.len() == 64 && signature.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    let signed = value("SignedHeaders")?.split(';').any(|header| header == "host");
    let parts: Vec<&str> = value("Credential")?.split('/').collect();
    (hex && signed).then(|| parts.try_into().ok())?
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, Method};

    use super::*;

    fn refused(authorization: Option<&str>, date: Option<&str>) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for (name, value) in [("authorization", authorization), ("x-amz-date", date)] {
            value.map(|value| headers.insert(name, value.parse().unwrap()));
        }
        let asked = WireRequest {
            method: Method::GET,
            path: "/".into(),
            query: vec![],
            headers,
            body: Default::default(),
        };
        refusal(&asked, "security-ir", "eu-west-1").map(|(name, _)| name)
    }

    #[test]
    fn only_a_signature_scoped_to_service_and_region_is_let_in() {
        let hex = "0".repeat(64);
        let header = |scope: &str, signed: &str, hex: &str| {
            format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders={signed}, Signature={hex}"
            )
        };
        let date = Some("20261121T093000Z");
        let good = header("20261121/eu-west-1/security-ir/aws4_request", "host;x-amz-date", &hex);
        assert_eq!(refused(Some(&good), date), None);
        for (header, date, name) in [
            (None, date, "MissingAuthenticationTokenException"),
            (Some("Bearer x".to_owned()), date, "IncompleteSignatureException"),
            (Some(good.clone()), None, "IncompleteSignatureException"),
            (
                Some(header("20261121/eu-west-1/security-ir/aws4_request", "host", "00")),
                date,
                "IncompleteSignatureException",
            ),
            (
                Some(header("20261121/eu-west-1/security-ir/aws4_request", "x-amz-date", &hex)),
                date,
                "IncompleteSignatureException",
            ),
            (
                Some(header("20261121/eu-west-1/s3/aws4_request", "host", &hex)),
                date,
                "InvalidSignatureException",
            ),
            (
                Some(header("20261121/us-east-1/security-ir/aws4_request", "host", &hex)),
                date,
                "InvalidSignatureException",
            ),
        ] {
            assert_eq!(refused(header.as_deref(), date), Some(name), "{header:?}");
        }
    }
}
