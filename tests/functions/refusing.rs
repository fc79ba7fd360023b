//! A function that cannot do its work says so in one line, and does nothing.

use serde_json::{Value, json};

use super::{
    amazon::Amazon,
    fifo::Fifo,
    lambda::{Lambda, log_of},
};

const BINARIES: [&str; 2] = [env!("CARGO_BIN_EXE_notify"), env!("CARGO_BIN_EXE_command")];

fn errors(log: &[String]) -> Vec<Value> {
    let lines = log.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["level"] == "ERROR").collect()
}

#[tokio::test]
async fn all_that_is_missing_from_the_environment_is_named_in_one_line() {
    for binary in BINARIES {
        let lambda = Lambda::start().await;
        let function = lambda.start_function(binary, &[("CASEBRIDGE_TABLE", "cases")]);
        let log = log_of(function).await;
        let errors = errors(&log);
        assert_eq!(errors.len(), 1, "{log:?}");
        assert_eq!(errors[0]["error"], "the environment lacks CASEBRIDGE_INBOX_URL, CASEBRIDGE_SECRET_ID");
        assert_eq!(lambda.asked(), 0, "it asks for no work");
    }
}

#[tokio::test]
async fn bad_settings_are_refused_in_one_line_that_names_the_key_and_its_line() {
    let elsewhere = "[slack]\nteam = 'T1'\nchannel = 'C1'\napi_url = 'https://slack.com.evil.example/api'\n";
    for (settings, problem) in [
        ("[slack]\nteam = 'x'\nchannel = 'C1'\n", "line 2: slack.team"),
        (elsewhere, "line 4: slack.api_url"),
    ] {
        refused(settings, problem).await;
    }
}

/// Both functions do nothing with these settings, and say why.
async fn refused(settings: &str, problem: &str) {
    for binary in BINARIES {
        let lambda = Lambda::start().await;
        let settings = Some(settings.to_owned());
        let secret = json!({"slack_bot_token": "xoxb-secret", "slack_signing_secret": "hush"});
        let endpoint = Amazon { secret, settings, inbox: Fifo::default() }.start().await;
        let mut function = lambda.start_function(binary, &variables(&endpoint));
        lambda.invoke(json!({"Records": [{"messageId": "m1", "body": "{}"}]}));
        let outcome = lambda.outcome().await;
        let kept = json!({"batchItemFailures": [{"itemIdentifier": "m1"}]});
        assert!(outcome.failed || outcome.body == kept, "the message comes again: {outcome:?}");
        function.start_kill().unwrap();
        let log = log_of(function).await;
        let errors = errors(&log);
        let ours: Vec<_> = errors.iter().filter(|line| line["message"] == "nothing is done").collect();
        assert_eq!(ours.len(), 1, "{log:?}");
        let why = ours[0]["error"].as_str().unwrap();
        assert!(why.contains(problem), "{why}");
        assert!(!log.concat().contains("xoxb-secret") && !log.concat().contains("hush"), "{log:?}");
    }
}

fn variables(endpoint: &str) -> [(&'static str, &str); 8] {
    [
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", endpoint),
        ("CASEBRIDGE_TABLE", "cases"),
        ("CASEBRIDGE_INBOX_URL", "http://127.0.0.1:1/111122223333/inbox.fifo"),
        ("CASEBRIDGE_SECRET_ID", "casebridge"),
        ("CASEBRIDGE_AUDIT_GROUP", "/casebridge/tests/audit"),
    ]
}

const SETTINGS: &str = "[slack]\nteam = 'T1'\nchannel = 'C1'\n";

/// What both functions answer a batch, or a request, and what they log meanwhile.
async fn answered(binary: &str, amazon: Amazon, event: Value) -> (super::lambda::Outcome, Vec<String>) {
    let (lambda, endpoint) = (Lambda::start().await, amazon.start().await);
    let mut function = lambda.start_function(binary, &variables(&endpoint));
    lambda.invoke(event);
    let outcome = lambda.outcome().await;
    function.start_kill().unwrap();
    (outcome, log_of(function).await)
}

#[tokio::test]
async fn before_all_is_set_up_a_sweep_succeeds_and_the_door_says_later_and_nobody_is_alarmed() {
    let [notify, command] = BINARIES;
    let sweep = json!({"Records": [{"messageId": "m1", "body": r#"{"sweep":true}"#}]});
    let request = json!({"rawPath": "/slack/events", "requestContext": {"http": {"method": "POST"}}});
    let good = json!({"slack_bot_token": "xoxb-secret", "slack_signing_secret": "hush"});
    for (settings, secret) in [(None, good), (Some(SETTINGS), Value::Null)] {
        let amazon = || Amazon {
            secret: secret.clone(),
            settings: settings.map(str::to_owned),
            inbox: Fifo::default(),
        };
        let (swept, log) = answered(notify, amazon(), sweep.clone()).await;
        assert!(!swept.failed && swept.body == json!({"batchItemFailures": []}), "{swept:?}");
        assert_eq!(errors(&log), Vec::<Value>::new());
        assert!(log.concat().contains("\"NotSetUp\":1") && log.concat().contains("\"Sweeps\":1"), "{log:?}");
        let (asked, log) = answered(command, amazon(), request.clone()).await;
        assert!(!asked.failed && asked.body["statusCode"] == 503, "{asked:?}");
        assert_eq!(errors(&log), Vec::<Value>::new());
    }
}

#[tokio::test]
async fn a_broken_secret_alarms_and_leaves_no_dead_sweep() {
    let [notify, _] = BINARIES;
    let amazon = || Amazon {
        secret: json!({"slack_bot_token": "xoxb-secret"}),
        settings: Some(SETTINGS.to_owned()),
        inbox: Fifo::default(),
    };
    let sweep = json!({"Records": [{"messageId": "m1", "body": r#"{"sweep":true}"#}]});
    let (swept, log) = answered(notify, amazon(), sweep).await;
    assert!(!swept.failed && swept.body == json!({"batchItemFailures": []}), "{swept:?}");
    assert!(log.concat().contains("\"SecretFailures\":1") && !log.concat().contains("\"Sweeps\""), "{log:?}");
}
