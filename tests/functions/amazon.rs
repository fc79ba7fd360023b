//! As much of AWS as a function or the tool needs beside the table: a secret, a queue, a log group, who somebody is, and a
//! table that holds only settings.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use casebridge_lab::standins::{AUDIT_GROUP, JiraStandin, SlackStandin};
use serde_json::{Value, json};

use super::fifo::Fifo;

/// What is given: the secret's document, the settings where the table is asked here, and the queue.
pub struct Amazon {
    pub secret: Value,
    pub settings: Option<String>,
    pub inbox: Fifo,
}

impl Amazon {
    /// Its endpoint.
    pub async fn start(self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(Arc::new(self));
        tokio::spawn(async move { axum::serve(listener, app).await });
        endpoint
    }
}

/// Whom AWS takes everybody for who has no session token; such a token is the name of an IAM user.
pub const OPERATOR: &str = "arn:aws:sts::111122223333:assumed-role/ops/ana";

/// The secret's document with which the stand-ins let a function in.
pub fn secret_of(slack: &SlackStandin, jira: &JiraStandin) -> Value {
    json!({
        "slack_bot_token": slack.token(),
        "slack_signing_secret": slack.signing_secret(),
        "jira_email": jira.credentials().0,
        "jira_api_token": jira.credentials().1,
        "jira_webhook_secret": jira.webhook_secret(),
    })
}

/// What a function's environment says: where the table, the rest of AWS and the service are.
pub fn variables_of(
    (dynamodb, name): (&str, &str),
    amazon: &str,
    (sir, logs): (&str, &str),
) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_REGION", "eu-west-1".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.to_owned()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", amazon.to_owned()),
        ("AWS_ENDPOINT_URL_SQS", amazon.to_owned()),
        ("AWS_ENDPOINT_URL_STS", amazon.to_owned()),
        ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", logs.to_owned()),
        ("AWS_ENDPOINT_URL_SECURITY_IR", sir.to_owned()),
        ("CASEBRIDGE_TABLE", name.to_owned()),
        ("CASEBRIDGE_INBOX_URL", format!("{amazon}/111122223333/inbox.fifo")),
        ("CASEBRIDGE_SECRET_ID", "casebridge".to_owned()),
        ("CASEBRIDGE_AUDIT_GROUP", AUDIT_GROUP.to_owned()),
    ]
}

fn arn_of(headers: &HeaderMap) -> String {
    let user = headers.get("x-amz-security-token").and_then(|value| value.to_str().ok());
    user.map_or_else(|| OPERATOR.to_owned(), |user| format!("arn:aws:iam::111122223333:user/{user}"))
}

async fn answer(State(amazon): State<Arc<Amazon>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = match headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default() {
        "secretsmanager.GetSecretValue" if amazon.secret.is_null() => {
            let why = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
            let error = json!({"__type": "ResourceNotFoundException", "Message": why});
            return (StatusCode::BAD_REQUEST, error.to_string());
        }
        "secretsmanager.GetSecretValue" => {
            json!({"ARN": "a", "Name": asked["SecretId"], "SecretString": amazon.secret.to_string()})
        }
        "DynamoDB_20120810.GetItem" => match &amazon.settings {
            Some(toml) => json!({"Item": {"pk": {"S": "SETTINGS"}, "note": {"S": toml}}}),
            None => json!({}),
        },
        "AmazonSQS.SendMessage" => {
            let sent = amazon.inbox.send(&asked);
            tokio::time::sleep(amazon.inbox.slowness()).await;
            match sent {
                Ok(answer) => answer,
                Err(why) => {
                    let error = json!({"__type": "com.amazonaws.sqs#InvalidParameterValue", "message": why});
                    return (StatusCode::BAD_REQUEST, error.to_string());
                }
            }
        }
        "Logs_20140328.PutLogEvents" => json!({}),
        // STS takes forms and answers XML.
        "" if body.starts_with(b"Action=GetCallerIdentity") => {
            let arn = arn_of(&headers);
            let told = format!("<Arn>{arn}</Arn><UserId>A</UserId><Account>111122223333</Account>");
            let told = format!("<GetCallerIdentityResult>{told}</GetCallerIdentityResult>");
            return (
                StatusCode::OK,
                format!("<GetCallerIdentityResponse>{told}</GetCallerIdentityResponse>"),
            );
        }
        _ => return (StatusCode::BAD_REQUEST, json!({"__type": "UnknownOperationException"}).to_string()),
    };
    (StatusCode::OK, answer.to_string())
}
