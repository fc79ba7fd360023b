//! Every example of what arrives is what the doors take, signed as it says.

use casebridge::{
    case::{ChannelId, TeamId},
    chat::job::Job,
    config::secrets::Secret,
};
use casebridge_lab::stage::Stage;
use serde_json::Value;

/// When the examples were signed: 2026-11-22T00:00:00Z.
const SIGNED: i64 = 1_795_305_600_000;

fn example(path: &str) -> Value {
    let file = format!("{}/events/{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn files(folder: &str) -> Vec<String> {
    let folder = format!("{}/events/{folder}", env!("CARGO_MANIFEST_DIR"));
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

async fn stage() -> Stage {
    let mut stage = Stage::set().await;
    stage.settings.slack.team = TeamId::new("T06CASEBRDG");
    stage.settings.slack.channel = ChannelId::new("C06SIRCASES");
    stage.secrets.slack_signing_secret = Secret::new("casebridge-example-signing-secret");
    stage.secrets.jira_webhook_secret = Secret::new("casebridge-example-webhook-secret");
    stage.world.stops_the_clock(SIGNED);
    stage
}

#[tokio::test]
async fn every_request_is_let_in_and_puts_on_the_inbox_what_it_should() {
    let stage = stage().await;
    let mut taken = Vec::new();
    for folder in ["slack", "jira"] {
        for name in files(folder) {
            let event = example(&format!("{folder}/{name}"));
            let answer = casebridge::chat::handle(&stage.bridge(), &event, i64::MAX).await.unwrap();
            assert_eq!(answer["statusCode"], 200, "{name}");
            let jobs =
                stage.jobs().iter().map(|job| serde_json::from_str(&job.body).unwrap()).collect::<Vec<Job>>();
            taken.extend(jobs.iter().map(|job| format!("{name}: {job:?}")));
        }
    }
    let expected = [
        "app-home-opened.json: home by U024BE7LH in ",
        "app-mention.json: asked by U024BE7LH in C06SIRCASES",
        "block-actions.json: asked by U024BE7LH in C06SIRCASES",
        "file-share.json: said by U024BE7LH in C06SIRCASES",
        // Its form cannot be opened: the example's trigger is none that the stand-in gave out.
        "message-shortcut.json: mistaken by U024BE7LH in C06SIRCASES",
        "slash-command.json: asked by U024BE7LH in C06SIRCASES",
        "thread-reply.json: said by U024BE7LH in C06SIRCASES",
        "view-submission.json: asked by U024BE7LH in C06SIRCASES",
        "comment-created.json: jira by  in ",
        "issue-updated.json: jira by  in ",
    ];
    assert_eq!(taken, expected);
    stage.world.stops_the_clock(SIGNED + 301_000);
    let late = casebridge::chat::handle(&stage.bridge(), &example("slack/slash-command.json"), i64::MAX)
        .await
        .unwrap();
    assert_eq!(late["statusCode"], 401);
}

#[tokio::test]
async fn the_job_on_the_inbox_is_the_one_that_the_slash_command_makes() {
    let stage = stage().await;
    casebridge::chat::handle(&stage.bridge(), &example("slack/slash-command.json"), i64::MAX).await.unwrap();
    let [made] = <[_; 1]>::try_from(stage.jobs()).unwrap();
    let batch = example("lambda/command-inbox.json");
    let record = &batch["Records"][0];
    let there = stage.secrets.unseal(record["body"].as_str().unwrap()).unwrap();
    let there: Value = serde_json::from_str(there).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&made.body).unwrap(), there);
    assert_eq!(record["attributes"]["MessageGroupId"], made.group);
    assert_eq!(record["attributes"]["MessageDeduplicationId"], made.id);
}
