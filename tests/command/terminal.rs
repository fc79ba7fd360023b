//! What somebody asks at a terminal, with their own rights at AWS: the same acts, and neither Slack nor Jira is asked anything.

use casebridge::{
    case::CaseId,
    chat::{self, Terminal, Told},
    state::Store,
    targets::slack,
    telemetry::audit::{AuditOutcome, Decision},
};
use casebridge_lab::{stage::Stage, standins::FaultRule};

pub const OPS: &str = "arn:aws:sts::111122223333:assumed-role/ops/ana";
/// Those whose name nobody chooses for themselves.
pub const USER: &str = "arn:aws:iam::111122223333:user/ana";
pub const OTHER: &str = "arn:aws:iam::111122223333:user/bo";
const SSO: &str =
    "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/cy@example.com";

/// Does a line, and what it asks to confirm.
pub async fn does(stage: &Stage, arn: &str, line: &str) -> Told {
    static ACTS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let act = || format!("act-{}", ACTS.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let (chat, words) = (stage.bridge(), line.split(' ').map(str::to_owned).collect::<Vec<_>>());
    let terminal = Terminal::of(&chat, arn);
    let told = Box::pin(terminal.asks(&act(), &words)).await.unwrap();
    match told.confirm.clone() {
        Some(value) => Box::pin(terminal.confirms(&act(), value)).await.unwrap(),
        None => told,
    }
}

#[tokio::test]
async fn no_verb_asks_slack_or_jira_and_each_answers() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    stage.sir.aws_attaches(&case, "auth.log", "03:10 web-2 is off\n").unwrap();
    stage.forget_calls();
    for verb in chat::verbs::all() {
        for example in verb.examples {
            let line = example.trim_start_matches("1234567890").trim_start();
            let line = if verb.is_of_a_case() { format!("{case} {line}") } else { line.to_owned() };
            let told = does(&stage, OPS, &line).await;
            assert!(!told.said.is_empty() && !told.said.contains("/sir"), "{line}: {}", told.said);
            let [_, slack, jira] = stage.calls();
            assert_eq!((slack, jira), (Vec::new(), Vec::new()), "{line}");
        }
    }
    assert!(stage.trail().iter().all(|line| line.door == "cli" && line.who == OPS));
}

#[tokio::test]
async fn help_at_a_terminal_names_no_role() {
    let stage = Stage::set().await;
    for verb in ["close", "comment", "membership cancel"] {
        let told = does(&stage, OPS, &format!("help {verb}")).await;
        assert!(told.said.contains("AWS decides whether you may."), "{}", told.said);
        assert!(!told.said.contains("role"), "{}", told.said);
    }
    assert!(stage.ana("help close").await.contains("Needs the role commander."));
}

#[tokio::test]
async fn what_was_done_is_told_afterwards_in_slack_and_jira_with_who_did_it_and_mentions_nobody() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    let told = does(&stage, OPS, &format!("{case} comment The host is isolated.")).await;
    assert_eq!(told.outcome, AuditOutcome::Done, "{}", told.said);
    assert!(told.said.starts_with(&format!("Your comment is on case {case} as number")), "{}", told.said);
    does(&stage, OPS, &format!("{case} title Key of the build role")).await;
    let told = does(&stage, OPS, &format!("{case} close")).await;
    assert_eq!((told.outcome, told.said.as_str()), (AuditOutcome::Done, &*format!("Case {case} is closed.")));
    let body = format!("ana, {OPS} (command line):\nThe host is isolated.");
    assert_eq!(stage.case_comments(&case), [body.replacen("ana", "ops/ana", 1)]);
    stage.notify().await;
    let (lines, comments) = (stage.lines(&case).await, stage.comments(&case).await);
    for told in [lines.join("\n"), comments.join("\n")] {
        for part in ["The host is isolated.", "Closed", "by ops/ana"] {
            assert!(told.contains(part), "{part}: {told}");
        }
        assert!(!told.contains("<@arn") && !told.contains("command line"), "{told}");
    }
    let said = stage.thread(&case).await.iter().map(ToString::to_string).collect::<String>();
    assert!(!said.contains("\"user_id\":\"arn"), "{said}");
}

#[tokio::test]
async fn a_comment_of_ones_own_is_amended_and_nobody_elses() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let told = does(&stage, OPS, &format!("{case} comment It was 14:00.")).await;
    let number = told.said.rsplit(' ').next().unwrap().trim_end_matches('.').to_owned();
    let told = does(&stage, USER, &format!("{case} amend {number} It was 15:00.")).await;
    assert!(told.said.contains("not one that you made here"), "{}", told.said);
    let told = does(&stage, OPS, &format!("{case} amend {number} It was 16:00.")).await;
    assert_eq!(told.outcome, AuditOutcome::Done);
    assert_eq!(stage.case_comments(&case), [format!("ops/ana, {OPS} (command line):\nIt was 16:00.")]);
}

#[tokio::test]
async fn what_is_not_understood_keeps_what_was_typed_and_what_needs_slack_says_so() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let told = does(&stage, OPS, &format!("{case} coment The host")).await;
    assert_eq!(told.outcome, AuditOutcome::NotDone);
    assert!(
        told.said.contains(&format!("Did you mean: casebridge do {case} comment The host")),
        "{}",
        told.said
    );
    assert!(told.said.ends_with(&format!("You typed: {case} coment The host")), "{}", told.said);
    for (line, part) in [
        ("take", "needs Slack or Jira"),
        ("restrict @bo", "Whoever may know of the case is somebody in Slack: wait"),
        ("watch", "Say the address instead"),
        ("brief --post", "no channel here"),
        ("comment", "needs more than was said"),
        ("jira link SEC-12", "Wait until they answer."),
    ] {
        let told = does(&stage, OPS, &format!("{case} {line}")).await;
        assert_eq!(told.outcome, AuditOutcome::NotDone, "{line}: {}", told.said);
        assert!(told.said.contains(part), "{line}: {}", told.said);
    }
    assert_eq!(stage.sir.count("UpdateCase"), 0);
}

#[tokio::test]
async fn a_secret_is_withheld_and_whoever_lacks_a_right_reads_which() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let told = does(
        &stage,
        OPS,
        &format!("{case} comment AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    )
    .await;
    assert!(told.said.contains("nothing of it was kept") && !told.said.contains("AKIA"), "{}", told.said);
    let line = stage.trail().pop().unwrap();
    assert_eq!((line.decision, line.rule.as_str(), line.door.as_str()), (Decision::Refused, "secret", "cli"));
    assert_eq!(stage.case_comments(&case), [""; 0]);
    stage.sir.fault(FaultRule::on("CloseCase").error("AccessDeniedException"));
    let told = does(&stage, OPS, &format!("{case} close")).await;
    let sentence = "AWS does not let you do this: your AWS identity needs security-ir:CloseCase on it. Nothing was changed.";
    assert_eq!((told.outcome, told.said.as_str()), (AuditOutcome::NotDone, sentence));
}

#[tokio::test]
async fn a_case_of_which_only_some_may_know_is_left_alone_and_not_listed() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Payroll of the board");
    stage.notify().await;
    stage.ana(&format!("{case} restrict <@U024BE7LH>")).await;
    // It has its own channel, in which Slack knows who is.
    stage.notify().await;
    let comments = stage.case_comments(&case);
    stage.forget_calls();
    for line in [&format!("{case} show"), &format!("{case} close"), &format!("{case} comment x"), "list"] {
        let told = does(&stage, OPS, line).await;
        assert!(!told.said.contains("Payroll"), "{line}: {}", told.said);
        let [_, slack, jira] = stage.calls();
        assert_eq!((slack, jira), (Vec::new(), Vec::new()), "{line}");
    }
    let told = does(&stage, OPS, &format!("{case} restrict off")).await;
    assert!(told.said.starts_with(&format!("Only some may know of case {case}")), "{}", told.said);
    assert_eq!(stage.case_comments(&case), comments);
    assert_eq!(stage.sir.count("CloseCase"), 0);
    let line = stage.trail().pop().unwrap();
    assert_eq!(
        (line.decision, line.rule.as_str(), line.who.as_str()),
        (Decision::Refused, "restricted", OPS)
    );
    assert!(stage.meta(&case).await.targets.contains_key(slack::KIND.as_str()));
}

#[tokio::test]
async fn a_closed_case_takes_nothing_more() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.aws_closes(&case, "Duplicate").unwrap();
    for line in ["comment late", "status contain", "title x"] {
        let told = does(&stage, OPS, &format!("{case} {line}")).await;
        assert!(told.said.contains("is closed"), "{line}: {}", told.said);
        assert_eq!(told.outcome, AuditOutcome::NotDone, "{line}");
    }
}

#[tokio::test]
async fn what_ends_the_service_takes_two_whom_aws_tells_apart() {
    let stage = Stage::set().await;
    let ends = async |arn: &str| does(&stage, arn, "membership cancel").await;
    let told = ends(OPS).await;
    assert!(told.said.contains("AWS does not tell who you are"), "{}", told.said);
    assert_eq!(stage.trail().pop().unwrap().decision, Decision::Refused);
    // Of somebody in Slack nobody tells whether they are this one.
    stage.another_asked_for_the_end().await;
    for arn in [USER, USER, SSO] {
        let told = ends(arn).await;
        assert!(told.said.contains("takes two people"), "{arn}: {}", told.said);
        assert_eq!(told.outcome, AuditOutcome::Asked);
    }
    assert_eq!(stage.sir.count("CancelMembership"), 0);
    ends(USER).await;
    let told = ends(OTHER).await;
    assert_eq!(told.outcome, AuditOutcome::Done, "{}", told.said);
    assert_eq!(stage.sir.count("CancelMembership"), 1);
    let line = stage.trail().pop().unwrap();
    assert_eq!((line.who.as_str(), line.rule.as_str()), (OTHER, &*format!("iam, asked for by {USER}")));
}

#[tokio::test]
async fn a_call_without_an_answer_is_found_out_and_made_once() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.fault(FaultRule::on("CreateCaseComment").once().reset_after());
    let told = does(&stage, OPS, &format!("{case} comment once")).await;
    assert_eq!(told.outcome, AuditOutcome::Done, "{}", told.said);
    assert_eq!(stage.case_comments(&case).len(), 1);
    assert!(stage.memory.meta(&case).await.unwrap().is_some());
}

fn cases(stage: &Stage) -> Vec<CaseId> {
    stage.sir.state()["cases"].as_object().unwrap().keys().map(CaseId::new).collect()
}

#[tokio::test]
async fn a_case_is_opened_by_a_blank_that_is_filled_in_and_told_with_who_opened_it() {
    let stage = Stage::set().await;
    let blank = does(&stage, OPS, "new Leaked key").await;
    assert!(
        blank.outcome == AuditOutcome::Shown && blank.said.contains("\nTitle: Leaked key\n"),
        "{}",
        blank.said
    );
    assert_eq!(stage.sir.count("CreateCase"), 0);
    let unfinished = does(&stage, OPS, &format!("new {}", blank.said)).await;
    assert_eq!(unfinished.outcome, AuditOutcome::NotDone);
    assert!(unfinished.said.contains("Resolver: Who works it?"), "{}", unfinished.said);
    let filled =
        blank.said.replace("Type: ", "Type: Security Incident").replace("Resolver: ", "Resolver: Self");
    let filled = format!("new {filled}A key of the build role\nwas used from 203.0.113.9.");
    // Nobody hears of the first time: it is found out, and done once.
    stage.sir.fault(FaultRule::on("CreateCase").once().reset_after());
    let told = does(&stage, OPS, &filled).await;
    assert_eq!(told.outcome, AuditOutcome::Done, "{}", told.said);
    let [case] = <[_; 1]>::try_from(cases(&stage)).unwrap();
    assert!(told.said.starts_with(&format!("Case {case} is open. It is told as soon as")), "{}", told.said);
    let kept = stage.sir.case(&case).unwrap();
    assert_eq!(kept["description"], "A key of the build role\nwas used from 203.0.113.9.");
    let line = stage.trail().pop().unwrap();
    assert_eq!((line.verb.as_str(), line.door.as_str(), line.who.as_str()), ("new", "cli", OPS));
    assert_eq!((line.case.as_ref(), line.decision), (Some(&case), Decision::Allowed));
    stage.notify().await;
    let (channel, ts) = stage.card(&case).await;
    let card = stage.slack.message(&channel, &ts).unwrap().to_string();
    assert!(card.contains("ops/ana") && card.contains("Leaked key"), "{card}");
    let withheld = does(
        &stage,
        OPS,
        &filled.replace("build role", "role AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    )
    .await;
    assert!(withheld.said.contains("nothing of it was kept"), "{}", withheld.said);
    assert_eq!(cases(&stage).len(), 1);
}

#[tokio::test]
async fn a_file_at_hand_goes_on_the_case_under_who_brought_it_and_a_closed_case_takes_none() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(chat::brings(&words(&format!("{case} attach ./auth log.txt"))), None, "one path is one word");
    assert_eq!(chat::brings(&words(&format!("{case} comment attach x"))), None);
    assert_eq!(chat::brings(&words(&format!("{case} attach ./auth.log"))), Some(case.clone()));
    let how = does(&stage, OPS, &format!("{case} attach")).await;
    assert!(how.said.contains("casebridge do 7000000003 attach FILE"), "{}", how.said);
    let file = b"03:10 web-2 is off\n";
    stage.world.has_at_hand(file);
    let bridge = stage.bridge();
    let terminal = Terminal::of(&bridge, OPS);
    let bring = async |act: &str, name: &str, bytes: u64| {
        Box::pin(terminal.brings(act, case.clone(), (name, bytes))).await.unwrap()
    };
    let told = bring("one", "auth log.txt", file.len() as u64).await;
    assert_eq!(told.outcome, AuditOutcome::Done, "{}", told.said);
    assert!(told.said.starts_with("The file is on case"), "{}", told.said);
    assert_eq!(stage.sir.attachment(&case, "auth_log.txt").as_deref(), Some(&file[..]));
    let body = format!(
        "ops/ana, {OPS} (command line):\n[Attached from command line]\n- auth_log.txt (in command line: auth log.txt)"
    );
    assert_eq!(stage.case_comments(&case), [body]);
    let line = stage.trail().pop().unwrap();
    assert_eq!((line.verb.as_str(), line.door.as_str(), line.who.as_str()), ("attach", "cli", OPS));
    let told = bring("two", "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY.txt", 19).await;
    assert!(told.said.contains("give it another name"), "{}", told.said);
    let told = bring("three", "empty.txt", 0).await;
    assert!(told.said.contains("Nothing was attached"), "{}", told.said);
    stage.sir.aws_closes(&case, "Duplicate").unwrap();
    let told = bring("four", "late.txt", 19).await;
    assert!(told.outcome == AuditOutcome::NotDone && told.said.contains("is closed"), "{}", told.said);
    assert_eq!(stage.sir.case(&case).unwrap()["caseAttachments"].as_array().unwrap().len(), 1);
}
