//! How is a request signed to a service that is asked without its SDK? One SDK more is minutes of building and a
//! megabyte of function.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use bytes::Bytes;

pub(super) struct Scope<'a> {
    pub(super) service: &'static str,
    pub(super) region: &'a str,
    pub(super) now: SystemTime,
}

impl Scope<'_> {
    /// The same request with its signature over all of its headers and its body.
    pub(super) fn sign(
        &self,
        mut request: http::Request<Bytes>,
        credentials: Credentials,
    ) -> Option<http::Request<Bytes>> {
        let identity = credentials.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.now)
            .settings(SigningSettings::default())
            .build()
            .ok()?;
        let (url, body) = (request.uri().to_string(), request.body().clone());
        let named = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let headers: Vec<_> = request.headers().iter().filter_map(named).collect();
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let method = request.method().clone();
        let signable =
            SignableRequest::new(method.as_str(), &url, headers, SignableBody::Bytes(&body)).ok()?;
        let (instructions, _) = sign(signable, &params.into()).ok()?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        Some(request)
    }
}
