//! Slack is down: a line of `/sir` is done at a terminal, and Slack and Jira are told afterwards who did what.

use std::{fs::File, process::Stdio};

use casebridge::{
    case::CaseId,
    config::{clock, secrets::Secrets},
    entry::notify::Notifier,
    runtime::live::{Inbox, Live, Safe},
    state::{Store, dynamodb::Dynamo},
    telemetry::audit::{AuditOutcome, Decision},
};
use casebridge_lab::{
    stage::aws_at,
    standins::{FaultRule, JiraStandin, SlackStandin},
};
use serde_json::{Value, json};

use super::{Deployed, amazon::OPERATOR, table};

impl Deployed {
    /// A minute's turn of `notify`.
    async fn sweep(&self) {
        let store = Dynamo::new(aws_at(&table::endpoint()).await, &self.table.name);
        let secrets = Secrets::parse(&self.standins.secret().to_string()).unwrap();
        let (inbox, _jobs) = tokio::sync::mpsc::unbounded_channel();
        let aws = aws_at(self.standins.sir.url()).await;
        let world = Live::new(store, aws, Inbox::Channel(inbox), Safe::Given(secrets.clone()));
        let settings = world.settings().await.unwrap();
        let notifier = Notifier {
            world: &world,
            settings: &settings,
            secrets: &secrets,
            deadline: clock::now() + 60_000,
        };
        Box::pin(notifier.handle(json!({"sweep": true}))).await.unwrap();
    }

    /// All that people read: in the channel, and below the first issue.
    fn read(&self) -> [String; 2] {
        let slack = &self.standins.slack;
        let lines = slack.messages(&slack.security());
        let lines: Vec<_> = lines.iter().map(SlackStandin::shown).collect();
        let comments = self.standins.jira.comments("SEC-1");
        let comments: Vec<_> = comments.iter().map(|comment| JiraStandin::plain(&comment["body"])).collect();
        [lines.join("\n"), comments.join("\n")]
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn a_case_is_worked_without_slack_jira_and_the_secret_and_both_are_told_by_whom_afterwards() {
    let deployed = Deployed::set("do").await;
    let (sir, slack, jira) = (&deployed.standins.sir, &deployed.standins.slack, &deployed.standins.jira);
    let case = sir.console_creates_case("Key leaked");
    deployed.table.store.hint(&case, clock::now(), false).await.unwrap();
    deployed.sweep().await;
    slack.take_calls();
    jira.take_calls();
    // Both are down, and the operator may not read the secret.
    slack.fault(FaultRule::on_all().answers(503));
    jira.fault(FaultRule::on_all().answers(503));
    let hidden = [("CASEBRIDGE_SECRET_ID", ""), ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1")];
    let does = async |line: &str| {
        let words: Vec<_> = ["do"].into_iter().chain(line.split(' ')).collect();
        deployed.casebridge_with(&words, &hidden, Stdio::null()).await
    };
    for (line, part) in [
        ("list".to_owned(), "Open cases: 1"),
        (format!("{case} show --full"), "Key leaked"),
        (format!("{case} comment The host is isolated."), "Your comment is on case"),
        (format!("{case} status detect"), "Detection and Analysis"),
        (format!("--yes {case} close"), "is closed."),
        ("whoami".to_owned(), OPERATOR),
        ("help status".to_owned(), "casebridge do status [submitted|detect|contain|post]"),
    ] {
        let (good, said) = does(&line).await;
        assert!(good && said.contains(part), "{line}: {said}");
        assert!(!said.contains("/sir"), "{line}: {said}");
    }
    assert_eq!((slack.take_calls().len(), jira.take_calls().len()), (0, 0));
    let (good, said) = does(&format!("{case} comment late")).await;
    assert!(!good && said.contains("is closed, so your comment was not added"), "{said}");
    slack.heal();
    jira.heal();
    deployed.table.store.hint(&case, clock::now(), false).await.unwrap();
    deployed.sweep().await;
    for told in deployed.read() {
        for part in ["The host is isolated.", "Closed", "by ops/ana"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
    let (good, said) = deployed.casebridge(&["audit", "--case", case.as_str(), "--who", OPERATOR]).await;
    let done = format!("{OPERATOR}: close {case} by cli: done (iam)  GetCase");
    assert!(good && said.contains(&done), "{said}");
    assert!(!said.contains("isolated"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn what_is_not_done_says_why_keeps_what_was_typed_and_ends_with_1() {
    let deployed = Deployed::set("do-not").await;
    let sir = &deployed.standins.sir;
    let case = sir.console_creates_case("Key leaked");
    let (id, case) = (&case, case.as_str());
    sir.fault(FaultRule::on("UpdateCase").error("AccessDeniedException"));
    for (line, part) in [
        (vec![case, "coment", "two words"], format!("Did you mean: casebridge do {case} comment two words")),
        (vec![case, "coment", "two words"], format!("You typed: {case} coment two words")),
        (vec![case, "close"], "Nothing was done: it takes --yes before the line".to_owned()),
        (vec![case, "take"], "needs Slack or Jira".to_owned()),
        (vec![case, "title", "x"], "your AWS identity needs security-ir:UpdateCase on it.".to_owned()),
        (vec!["9999999999", "show"], "There is no case 9999999999".to_owned()),
    ] {
        let words: Vec<_> = ["do"].into_iter().chain(line.clone()).collect();
        let (good, said) = deployed.casebridge(&words).await;
        assert!(!good && said.contains(&part), "{line:?}: {said}");
    }
    let secret = deployed.scratch.join("words.txt");
    std::fs::write(&secret, "the key is AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n")
        .unwrap();
    let words = ["do", "--json", case, "comment", "-"];
    let (good, said) = deployed.casebridge_with(&words, &[], File::open(&secret).unwrap().into()).await;
    assert!(!good && said.contains("nothing of it was kept") && !said.contains("AKIA"), "{said}");
    assert_eq!((sir.count("CloseCase"), sir.comments(id).len()), (0, 0));
    let line = deployed.trail().pop().unwrap();
    assert_eq!((line.decision, line.rule.as_str(), line.door.as_str()), (Decision::Refused, "secret", "cli"));
    std::fs::write(&secret, "Who <b>\n\nknows \"it\" & @here?\n").unwrap();
    let (good, said) = deployed.casebridge_with(&words, &[], File::open(&secret).unwrap().into()).await;
    assert!(good, "{said}");
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((told["outcome"].as_str(), told["who"].as_str()), (Some("done"), Some(OPERATOR)));
    assert_eq!(
        sir.comments(id)[0]["body"],
        format!("ops/ana, {OPERATOR} (command line):\nWho <b>\n\nknows \"it\" & @here?")
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn a_case_is_opened_and_given_a_file_at_a_terminal_and_what_is_no_file_is_named() {
    let deployed = Deployed::set("do-new").await;
    let sir = &deployed.standins.sir;
    let (good, blank) = deployed.casebridge(&["do", "new", "Leaked key"]).await;
    assert!(good && blank.contains("\nTitle: Leaked key\n"), "{blank}");
    let filled = blank.replace("Type: ", "Type: Investigation").replace("Resolver: ", "Resolver: Self");
    let form = deployed.scratch.join("case.txt");
    std::fs::write(&form, format!("{filled}Found by hand.")).unwrap();
    let words = ["do", "new", "-"];
    let (good, said) = deployed.casebridge_with(&words, &[], File::open(&form).unwrap().into()).await;
    assert!(good && said.contains("is open"), "{said}");
    let case = CaseId::new(sir.state()["cases"].as_object().unwrap().keys().next().unwrap());
    assert_eq!(sir.case(&case).unwrap()["description"], "Found by hand.");
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    std::fs::write(deployed.scratch.join("auth.log"), &bytes).unwrap();
    std::fs::write(deployed.scratch.join("empty.log"), "").unwrap();
    std::fs::create_dir(deployed.scratch.join("folder")).unwrap();
    let (good, said) = deployed.casebridge(&["do", case.as_str(), "attach", "./auth.log"]).await;
    assert!(good && said.contains("The file is on case"), "{said}");
    assert!(sir.attachment(&case, "auth.log").unwrap() == bytes, "not the bytes that are there");
    for (path, words) in [
        ("absent.log", "absent.log is no file that can be read here"),
        ("folder", "folder is no file that can be read here"),
        ("empty.log", "Nothing was attached"),
    ] {
        let (good, said) = deployed.casebridge(&["do", case.as_str(), "attach", path]).await;
        assert!(!good && said.contains(words), "{path}: {said}");
    }
    assert_eq!(sir.count("GetCaseAttachmentUploadUrl"), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn what_ends_the_service_takes_two_users_and_who_is_nobody_to_aws_or_may_not_ask_the_table_reads_it() {
    let deployed = Deployed::set("do-two").await;
    let words = ["do", "--yes", "membership", "cancel"];
    let ends = async |user: &str| {
        deployed.casebridge_with(&words, &[("AWS_SESSION_TOKEN", user)], Stdio::null()).await
    };
    let (good, said) = deployed.casebridge(&words).await;
    assert!(!good && said.contains("whoever assumes a role chooses the name"), "{said}");
    let (good, said) = ends("ana").await;
    assert!(good && said.contains("takes two people"), "{said}");
    let (good, said) = ends("ana").await;
    assert!(good && said.contains("takes two people"), "{said}");
    assert_eq!(deployed.standins.sir.count("CancelMembership"), 0);
    let (good, said) = ends("bo").await;
    assert!(good && said.contains("is cancelled"), "{said}");
    let line = deployed.trail().pop().unwrap();
    assert_eq!((line.who.as_str(), line.outcome), ("arn:aws:iam::111122223333:user/bo", AuditOutcome::Done));
    assert_eq!(line.rule, "iam, asked for by arn:aws:iam::111122223333:user/ana");
    for (name, value, part) in [
        ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1", "AWS does not tell who you are"),
        ("CASEBRIDGE_TABLE", "elsewhere", "there is no table elsewhere"),
    ] {
        let (good, said) = deployed.casebridge_with(&["do", "list"], &[(name, value)], Stdio::null()).await;
        assert!(!good && said.contains(part), "{said}");
    }
}
