//! Every operation and every example of the help, through signed requests of Slack.

use casebridge::{aws::sir::Operation, case::Ts, chat::verbs};
use casebridge_lab::stage::{ANA, Stage, ana, chosen, moment, ticked, typed};
use casebridge_lab::standins::SlackStandin;
use serde_json::json;

/// A line, and where it asks for confirmation that as well.
async fn says(stage: &Stage, line: &str) {
    let shown = stage.ana(line).await;
    let question =
        stage.slack.ephemerals(&ana()).pop().is_some_and(|it| it.to_string().contains("confirm/1"));
    if question && !shown.is_empty() {
        stage.presses(&ana(), "confirm/1").await;
    }
}

/// What no line says: a new case, an edit, a file.
async fn says_without_a_line(stage: &Stage, thread: &Ts) {
    stage.ana("new Second").await;
    let new = [
        ("title", typed("Second")),
        ("description", typed("Found by the form.")),
        ("engagement", chosen("Investigation")),
        ("resolver", chosen("Self")),
        ("started", moment(1_795_262_400)),
    ];
    stage.sends(&ana(), &new).await;
    let (ts, sent) = stage.slack.says(&ana(), &stage.channel, "It was Bo", Some(thread));
    stage.deliver(&sent[0]).await;
    stage.deliver(&stage.slack.edits(&ana(), &stage.channel, &ts, "It was Cy").unwrap()).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let file = stage.slack.shares(&ana(), &stage.channel, ("a.txt", "text/plain"), "bytes", Some(thread)).1;
    let shortcut = stage.slack.uses_message_shortcut(&ana(), &stage.channel, &file, "attach_file").unwrap();
    stage.deliver(&shortcut).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
}

#[tokio::test]
async fn each_of_the_31_operations_is_asked_for_through_slack() {
    let stage = Stage::set().await;
    let ours = stage.sir.console_creates_case("Key leaked");
    stage.sir.aws_attaches(&ours, "log.txt", "bytes").unwrap();
    stage.sir.investigates(&ours, &json!({ "title": "Who used the key?", "status": "Completed" })).unwrap();
    let (administrator, invitation) = stage.hub.invitation();
    let thread = stage.thread_of(&ours).await;
    says_without_a_line(&stage, &thread).await;
    for line in [
        "list",
        "show --full",
        "comments",
        "history",
        "status detect",
        "title Two keys",
        "get 1",
        "ai useful 1 Yes.",
        "tag add team=red",
        "tag rm team",
        "resolver aws",
        "close",
    ] {
        let line = if line == "list" { line.to_owned() } else { format!("{ours} {line}") };
        says(&stage, &line).await;
    }
    stage.another_asked_for_the_end().await;
    for line in [
        "membership list",
        "membership show",
        "membership accounts 111122223333",
        "membership metrics",
        "membership update --name \"New name\"",
        "membership cancel",
        "hub admin",
        "hub members",
        "hub member 222233334444",
        "hub products",
    ] {
        says(&stage, line).await;
    }
    says(&stage, &format!("hub accept {administrator} {invitation}")).await;
    says(&stage, "hub leave").await;
    stage.ana("membership new").await;
    let team = typed("Ana Lima | Lead | ana@example.com\nBo Berg | Analyst | bo@example.com");
    stage.sends(&ana(), &[("name", typed("Second")), ("team", team), ("sure", ticked())]).await;
    let missing: Vec<_> = Operation::ALL
        .iter()
        .map(|operation| operation.name())
        .filter(|name| stage.granted(name) + stage.hub.count(name) == 0)
        .collect();
    assert_eq!((missing, Operation::ALL.len()), (Vec::<&str>::new(), 31));
}

#[tokio::test]
async fn every_example_of_the_help_is_understood_and_answered_by_the_stand_ins() {
    for verb in verbs::all() {
        for example in verb.examples {
            let stage = Stage::set().await;
            let case = stage.sir.console_creates_case("Key leaked");
            stage.sir.aws_attaches(&case, "log.txt", "bytes").unwrap();
            for title in ["Who used the key?", "From where?"] {
                stage.sir.investigates(&case, &json!({ "title": title, "status": "Completed" })).unwrap();
            }
            let place = format!("slack/{}/{}", stage.settings.slack.team, stage.channel);
            casebridge::state::Store::bind(&stage.memory, &place, &case).await.unwrap();
            let line = example.replace("1234567890", case.as_str());
            let (status, said) =
                stage.deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", &line)).await;
            assert_eq!(status, 200, "{line}");
            assert_eq!(stage.work(&stage.jobs()).await, [""; 0], "{line}");
            let shown = format!("{}{}", SlackStandin::shown(&said), stage.since(&ana(), 0));
            assert!(
                !shown.contains("How to say it") && !shown.contains("more than was said"),
                "{line}: {shown}"
            );
            assert!(!shown.is_empty() || stage.slack.view(ANA).is_some(), "{line} is not answered");
        }
    }
}
