//! `casebridge audit` tells what the trail says, and only what was asked for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::process::Command;

use casebridge_lab::stage::{ANA, Stage, ana, bo};
use casebridge_lab::standins::AUDIT_GROUP;

/// What the tool says: whether it is content, and its words.
async fn audit(logs: &str, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_casebridge"));
    command.arg("audit").args(arguments).env_clear().envs([
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", logs),
        ("CASEBRIDGE_AUDIT_GROUP", AUDIT_GROUP),
    ]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closed_this_case_and_who_tried_to_is_told() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.types(&bo(), &format!("{case} close")).await;
    stage.ana(&format!("{case} close")).await;
    stage.presses(&ana(), "confirm/1").await;
    stage.ana("list").await;
    let (good, said) = audit(stage.logs.url(), &["--case", case.as_str()]).await;
    assert!(good, "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    for (line, part) in [
        (lines[0], "U024BE7LJ: close"),
        (lines[0], "refused (role: commander)"),
        (lines[1], "asked to confirm"),
        (lines[2], &format!("{ANA}: close {case} by button in {}: done (roles.admin: {ANA})", stage.channel)),
        (lines[2], "CloseCase 00000000-0000-4000-8000-"),
    ] {
        assert!(line.contains(part), "{part} in {said}");
    }
    let (_, whose) = audit(stage.logs.url(), &["--who", "U024BE7LJ", "--json"]).await;
    assert_eq!(whose.lines().count(), 1, "{whose}");
    assert!(whose.starts_with("{\"at\":"), "{whose}");
    let (good, none) = audit(stage.logs.url(), &["--since", "2026-01-01", "--who", "U9"]).await;
    assert!(good && none.contains("says nothing"), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_looked_for_is_said() {
    for (arguments, part) in [
        (["--case", "7"], "is no case id"),
        (["--since", "soon"], "is no moment"),
        (["--who", "a\" || \"b"], "is no id"),
    ] {
        let (good, said) = audit("http://127.0.0.1:1", &arguments).await;
        assert!(!good && said.contains(part), "{said}");
    }
    let (good, said) = audit("http://127.0.0.1:1", &[]).await;
    assert!(!good && said.contains("nobody answers at http://127.0.0.1:1"), "{said}");
}
