//! How are lines put into a log group of our own, and read from it? Three operations of CloudWatch Logs, signed by hand:
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html>.

use std::time::{Duration, SystemTime};

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    aws::signature::Scope,
    case::Millis,
    config::{
        environment::{self, variable},
        sdk::Aws,
    },
    http::{MAX_BODY, Page},
};

/// The longest that a line may take to be put: whoever did something waits for it.
const PUT: Duration = Duration::from_millis(1_500);
/// The longest that a search may take.
const FIND: Duration = Duration::from_secs(20);

/// CloudWatch Logs in one Region.
#[derive(Clone, Debug)]
pub struct Logs {
    http: reqwest::Client,
    credentials: SharedCredentialsProvider,
    region: String,
    endpoint: String,
}

/// Where lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogStream {
    pub group: String,
    /// Made with the first line.
    pub name: String,
}

/// What is looked for in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    pub group: String,
    /// The earliest line, in milliseconds since 1970.
    pub since: Option<Millis>,
    /// As <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html> says it.
    pub pattern: Option<String>,
    pub next: Option<String>,
}

/// Why there is no answer. Nothing of a line is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogsError {
    #[error("CloudWatch Logs could not be asked: {0}")]
    NotSent(&'static str),
    #[error("CloudWatch Logs did not answer")]
    NoAnswer,
    #[error("CloudWatch Logs refused: {0}")]
    Refused(String),
}

#[derive(Deserialize)]
struct Put {
    #[serde(rename = "rejectedLogEventsInfo")]
    rejected: Option<Value>,
}

#[derive(Deserialize)]
struct FoundEvents {
    #[serde(default)]
    events: Vec<LogEvent>,
    #[serde(rename = "nextToken")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct LogEvent {
    message: String,
}

impl Logs {
    /// Takes a client that follows no redirect. `endpoint` ends with a slash or has no path.
    pub fn new(
        http: reqwest::Client,
        credentials: SharedCredentialsProvider,
        region: impl Into<String>,
        endpoint: impl Into<String>,
    ) -> Self {
        Self { http, credentials, region: region.into(), endpoint: endpoint.into() }
    }

    /// CloudWatch Logs where the rest of AWS is.
    pub async fn reach(aws: &Aws, http: reqwest::Client) -> Result<Self, LogsError> {
        let config = aws.config().await;
        let credentials = config.credentials_provider();
        let credentials = credentials.ok_or(LogsError::NotSent("there are no AWS credentials"))?;
        let region = config.region().ok_or(LogsError::NotSent("there is no AWS Region"))?;
        let endpoint = endpoint(region.as_ref(), |name| match name {
            "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS" => aws.logs(),
            "AWS_ENDPOINT_URL" => config.endpoint_url().map(str::to_owned).or_else(|| variable(name)),
            _ => variable(name),
        });
        Ok(Self::new(http, credentials, region.as_ref(), endpoint))
    }

    /// Puts a line into a stream, which is made where there is none yet.
    pub async fn put(&self, stream: &LogStream, at: Millis, line: &str) -> Result<(), LogsError> {
        let LogStream { group, name } = stream;
        let event = json!({ "timestamp": at, "message": line });
        let put = json!({ "logGroupName": group, "logStreamName": name, "logEvents": [event] });
        let answer = match self.ask("PutLogEvents", &put, PUT).await {
            Err(LogsError::Refused(code)) if code == "ResourceNotFoundException" => {
                self.begin(stream).await?;
                self.ask("PutLogEvents", &put, PUT).await?
            }
            answer => answer?,
        };
        let answer: Put = serde_json::from_slice(&answer).map_err(|_| LogsError::NoAnswer)?;
        // It answers 200 and drops what it takes for too old or too new.
        match answer.rejected {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(LogsError::Refused("rejectedLogEventsInfo".to_owned())),
        }
    }

    async fn begin(&self, LogStream { group, name }: &LogStream) -> Result<(), LogsError> {
        let made = json!({ "logGroupName": group, "logStreamName": name });
        match self.ask("CreateLogStream", &made, PUT).await {
            Err(LogsError::Refused(code)) if code == "ResourceAlreadyExistsException" => Ok(()),
            made => made.map(drop),
        }
    }

    /// A page of the lines that are looked for, oldest first within a stream.
    pub async fn find(&self, search: &Search) -> Result<Page<String>, LogsError> {
        let mut asked = json!({ "logGroupName": search.group });
        let fields = [
            ("startTime", search.since.map(Value::from)),
            ("filterPattern", search.pattern.clone().map(Value::from)),
            ("nextToken", search.next.clone().map(Value::from)),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                asked[name] = value;
            }
        }
        let found = self.ask("FilterLogEvents", &asked, FIND).await?;
        let FoundEvents { events, next } = serde_json::from_slice(&found).map_err(|_| LogsError::NoAnswer)?;
        Ok(Page { items: events.into_iter().map(|event| event.message).collect(), next, total: None })
    }

    async fn ask(&self, operation: &str, asked: &Value, within: Duration) -> Result<Vec<u8>, LogsError> {
        let request = self.signed(operation, asked).await?;
        let mut request =
            reqwest::Request::try_from(request).map_err(|_| LogsError::NotSent("no such address"))?;
        *request.timeout_mut() = Some(within);
        let answer = self.http.execute(request).await.map_err(|_| LogsError::NoAnswer)?;
        let is_good = answer.status().is_success();
        let body = read(answer).await?;
        if is_good { Ok(body) } else { Err(LogsError::Refused(code(&body))) }
    }

    async fn signed(&self, operation: &str, asked: &Value) -> Result<http::Request<Bytes>, LogsError> {
        let credentials = self.credentials.provide_credentials().await;
        let credentials = credentials.map_err(|_| LogsError::NotSent("there are no AWS credentials"))?;
        let scope = Scope { service: "logs", region: &self.region, now: SystemTime::now() };
        let request = http::Request::post(&self.endpoint)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("Logs_20140328.{operation}"))
            .body(Bytes::from(asked.to_string()));
        let request = request.ok().and_then(|request| scope.sign(request, credentials));
        request.ok_or(LogsError::NotSent("the request could not be signed"))
    }
}

/// Where it is: where the environment says, else the Region's own address. `variable` reads the environment.
fn endpoint(region: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    match environment::endpoint("CLOUDWATCH_LOGS", variable) {
        Some(url) => format!("{}/", url.trim_end_matches('/')),
        None => format!("https://logs.{region}.amazonaws.com/"),
    }
}

async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, LogsError> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|_| LogsError::NoAnswer)? {
        if body.len() + piece.len() > MAX_BODY {
            return Err(LogsError::NoAnswer);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// The error's name, of which nothing can be a text of ours.
fn code(body: &[u8]) -> String {
    let named: Value = serde_json::from_slice(body).unwrap_or_default();
    let name = named["__type"].as_str().unwrap_or_default();
    let name = name.rsplit('#').next().unwrap_or_default();
    let is_name = (1..=80).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_name { name.to_owned() } else { "no known error".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_refusal_only_the_name_is_told() {
        for (body, expected) in [
            (r#"{"__type":"ResourceNotFoundException","message":"a text"}"#, "ResourceNotFoundException"),
            (r#"{"__type":"com.amazonaws.logs#ThrottlingException"}"#, "ThrottlingException"),
            (r#"{"__type":"a text of ours"}"#, "no known error"),
            ("<html>", "no known error"),
        ] {
            assert_eq!(code(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn the_endpoint_is_the_services_own_variable_else_the_region() {
        let at = |name: &str| (name == "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS").then(|| "http://logs".to_owned());
        assert_eq!(endpoint("eu-west-1", at), "http://logs/");
        assert_eq!(endpoint("eu-west-1", |_| None), "https://logs.eu-west-1.amazonaws.com/");
    }
}
