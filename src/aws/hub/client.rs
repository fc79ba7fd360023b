//! How is a call of Security Hub signed and sent?

use std::time::{Duration, SystemTime};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider},
};
use bytes::Bytes;

use super::{HubAnswer, HubCall, answer, request::UnsignedRequest};
use crate::{
    aws::{requests, signature::Scope, sir::Fault},
    config::environment,
    http::MAX_BODY,
};

/// The longest that a call may take: reads, then changes.
const TIMES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(8));

#[derive(Clone, Debug)]
pub struct Hub {
    http: reqwest::Client,
    credentials: SharedCredentialsProvider,
    region: String,
    endpoint: String,
}

impl Hub {
    /// Takes a client that follows no redirect: it would carry the signature elsewhere. `endpoint` is [`endpoint`]'s.
    pub fn new(
        http: reqwest::Client,
        credentials: SharedCredentialsProvider,
        region: impl Into<String>,
        endpoint: impl Into<String>,
    ) -> Self {
        Self { http, credentials, region: region.into(), endpoint: endpoint.into() }
    }

    pub async fn call(&self, call: HubCall) -> Result<HubAnswer, Fault> {
        let credentials = self
            .credentials
            .provide_credentials()
            .await
            .map_err(|_| Fault::not_sent("There are no AWS credentials."))?;
        let request = self.made(&call, credentials, SystemTime::now())?;
        let response = self.http.execute(request).await.map_err(|error| lost(&error))?;
        read(&call, response).await
    }

    fn made(
        &self,
        call: &HubCall,
        credentials: Credentials,
        now: SystemTime,
    ) -> Result<reqwest::Request, Fault> {
        let signed = self.signed(&UnsignedRequest::of(call), credentials, now);
        let signed = signed.ok_or_else(|| Fault::not_sent("The request could not be signed."))?;
        let mut request = reqwest::Request::try_from(signed)
            .map_err(|_| Fault::not_sent("The request could not be made."))?;
        *request.timeout_mut() = Some(if call.kind().is_read() { TIMES.0 } else { TIMES.1 });
        Ok(request)
    }

    fn signed(
        &self,
        request: &UnsignedRequest,
        credentials: Credentials,
        now: SystemTime,
    ) -> Option<http::Request<Bytes>> {
        let url = format!("{}{}", self.endpoint, request.path);
        let body = Bytes::from(request.body.clone().unwrap_or_default());
        let mut built = http::Request::builder().method(request.method.clone()).uri(&url);
        if request.body.is_some() {
            built = built.header("content-type", "application/json");
        }
        let scope = Scope { service: "securityhub", region: &self.region, now };
        scope.sign(built.body(body).ok()?, credentials)
    }
}

/// Where Security Hub is: where the environment says, else the Region's own address. `variable` reads the environment.
pub fn endpoint(region: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    match environment::endpoint("SECURITYHUB", variable) {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("https://securityhub.{region}.amazonaws.com"),
    }
}

async fn read(call: &HubCall, mut response: reqwest::Response) -> Result<HubAnswer, Fault> {
    let status = response.status();
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    requests::note(header("x-amzn-requestid").as_deref());
    let name = header("x-amzn-errortype");
    let wait = header("retry-after").and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|_| answer::unreadable())? {
        if body.len() + piece.len() > MAX_BODY {
            return Err(answer::unreadable());
        }
        body.extend_from_slice(&piece);
    }
    if status.is_success() {
        answer::read(call, &body)
    } else {
        Err(answer::refusal(status.as_u16(), name.as_deref(), wait, &body))
    }
}

/// No connection came about, or it may have been applied.
fn lost(error: &reqwest::Error) -> Fault {
    if error.is_connect() {
        Fault::not_sent("Security Hub could not be reached.")
    } else {
        answer::unreadable()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_endpoint_is_the_services_own_variable_then_the_common_one_then_the_region() {
        let own = "https://securityhub.eu-west-1.amazonaws.com";
        let (hub, all) =
            (("AWS_ENDPOINT_URL_SECURITYHUB", "http://hub/"), ("AWS_ENDPOINT_URL", "http://all"));
        let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE");
        for (set, expected) in [
            (vec![], own),
            (vec![all], "http://all"),
            (vec![all, hub], "http://hub"),
            (vec![("AWS_ENDPOINT_URL_SECURITYHUB", ""), all], "http://all"),
            (vec![all, hub, ignore], own),
            (vec![hub, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")], "http://hub"),
        ] {
            let set: BTreeMap<_, _> = set.into_iter().collect();
            assert_eq!(
                endpoint("eu-west-1", |name| set.get(name).map(|&url| url.to_owned())),
                expected,
                "{set:?}"
            );
        }
    }

    #[test]
    fn a_signature_names_the_service_the_region_and_the_session() {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", Some("session".to_owned()), None, "test");
        let call = HubCall::GetMembers { accounts: vec!["111122223333".to_owned()] };
        let request = at_hub().made(&call, credentials, SystemTime::UNIX_EPOCH).expect("a request");
        let header = |name: &str| request.headers()[name].to_str().expect("text").to_owned();
        assert!(
            header("authorization").starts_with(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/19700101/eu-west-1/securityhub/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature="
            ),
            "{}",
            header("authorization")
        );
        assert_eq!(header("x-amz-security-token"), "session");
    }

    fn at_hub() -> Hub {
        let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
        let credentials = SharedCredentialsProvider::new(credentials);
        Hub::new(reqwest::Client::new(), credentials, "eu-west-1", "http://hub")
    }

    #[test]
    fn a_read_has_five_seconds_and_a_change_eight() {
        let time = |call| {
            let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
            let made = at_hub().made(&call, credentials, SystemTime::UNIX_EPOCH);
            made.expect("a request").timeout().copied()
        };
        assert_eq!(time(HubCall::GetAdministratorAccount), Some(Duration::from_secs(5)));
        assert_eq!(time(HubCall::DisassociateFromAdministratorAccount), Some(Duration::from_secs(8)));
    }
}
