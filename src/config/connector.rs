//! How do the SDK's requests leave? Through reqwest, as those to Slack and Jira do: a second HTTP stack would be a
//! megabyte of each function.

use std::time::Duration;

use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use reqwest::{Body, Client, ClientBuilder, NoProxy, Proxy, redirect};

use crate::config::{environment::variable, hosts};

/// Nothing was sent.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no connection")]
pub(crate) struct NoConnection;

/// Each request once, no redirect, and through the proxy that the environment names. `connect` bounds how long a
/// connection, its encryption included, may take to be made.
pub(crate) fn builder(connect: Duration) -> reqwest::Result<ClientBuilder> {
    let builder = Client::builder()
        .connect_timeout(connect)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    Ok(match hosts::proxy(variable) {
        None => builder.no_proxy(),
        Some(proxy) => builder.proxy(Proxy::https(proxy.url)?.no_proxy(NoProxy::from_string(&proxy.except))),
    })
}

/// The SDK's requests go through this client. The SDK bounds how long an answer may take; the client, a connection.
pub fn through(client: Client) -> SharedHttpClient {
    SharedHttpClient::new(Connector(client))
}

#[derive(Clone, Debug)]
struct Connector(Client);

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(send(self.0.clone(), request))
    }
}

async fn send(client: Client, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let body = |body: SdkBody| body.bytes().map(|bytes| Body::from(bytes.to_vec()));
    let (parts, streamed) = request.into_parts();
    let body = body(streamed).ok_or_else(|| ConnectorError::user("a body that is not in memory".into()))?;
    let request = reqwest::Request::try_from(http::Request::from_parts(parts, body)).map_err(trouble)?;
    let answer = client.execute(request).await.map_err(trouble)?;
    let (parts, body) = http::Response::from(answer).into_parts();
    let bytes = reqwest::Response::from(http::Response::new(body)).bytes().await.map_err(trouble)?;
    let answer = http::Response::from_parts(parts, SdkBody::from(bytes));
    HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None))
}

/// In our own words: the error's would name the address.
fn trouble(error: reqwest::Error) -> ConnectorError {
    match error {
        error if error.is_builder() => ConnectorError::user("the request cannot be made".into()),
        error if error.is_connect() => ConnectorError::io(NoConnection.into()),
        error if error.is_timeout() => ConnectorError::timeout("no answer in time".into()),
        _ => ConnectorError::io("the connection broke".into()),
    }
}
