//! The hourly check: what was lost comes, what stands twice goes, and what a person deleted stays deleted.

use casebridge::{
    case::{CaseId, IssueCommentId, IssueId, Status, Ts},
    runtime::World,
    state::{Command, Store, agenda},
    targets::jira,
    targets::jira::{CommentRef, IssueText, Jira},
    targets::mark::Mark,
};
use casebridge_lab::stage::{Stage, ana, count, place_of};
use casebridge_lab::standins::{FaultRule, SlackStandin};
use serde_json::json;

async fn told(stage: &Stage) -> CaseId {
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    case
}

#[tokio::test]
async fn a_message_that_slack_took_and_never_stored_is_sent_again() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.slack.fault(FaultRule::on("chat.postMessage").once().never_stored());
    stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    stage.events().await;
    assert_eq!(count(&stage.lines(&case).await, "two"), 0);
    stage.minutes(90).await;
    assert_eq!(count(&stage.lines(&case).await, "two"), 1);
    assert_eq!(count(&stage.comments(&case).await, "two"), 1);
}

#[tokio::test]
async fn a_line_of_changes_that_was_never_stored_is_told_again_as_it_was() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.slack.fault(FaultRule::on("chat.postMessage").once().never_stored());
    stage.sir.aws_sets_status(&case, &Status::Detection).unwrap();
    stage.events().await;
    stage.sir.aws_changes(&case, &json!({ "title": "Two keys leaked" })).unwrap();
    stage.events().await;
    let lines = stage.lines(&case).await;
    assert_eq!((count(&lines, "→ Detection"), count(&lines, "Two keys")), (0, 2), "{lines:?}");
    stage.minutes(90).await;
    let lines = stage.lines(&case).await;
    assert_eq!((count(&lines, "→ Detection"), count(&lines, "Two keys")), (1, 2), "{lines:?}");
    assert_eq!(count(&stage.comments(&case).await, "→ Detection"), 1);
    // Told once more it is known like any other, and what follows it is told as ever.
    stage.sir.aws_sets_status(&case, &Status::Containment).unwrap();
    stage.events().await;
    stage.minutes(90).await;
    let lines = stage.lines(&case).await;
    assert_eq!((count(&lines, "→ Detection"), count(&lines, "→ Containment")), (1, 1), "{lines:?}");
}

#[tokio::test]
async fn a_card_that_slack_took_and_never_stored_is_begun_again_with_its_thread() {
    let stage = Stage::set().await;
    stage.slack.fault(FaultRule::on("chat.postMessage").once().never_stored());
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.minutes(120).await;
    assert!(stage.lines(&case).await[0].contains("Key leaked"));
    assert_eq!((stage.cards().len(), stage.jira.issues().len()), (1, 1));
}

#[tokio::test]
async fn what_a_person_deleted_stays_deleted() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.minutes(62).await;
    let thread = stage.thread(&case).await;
    let lines = stage.lines(&case).await;
    let ts = thread[place_of(&lines, "one")]["ts"].as_str().unwrap();
    stage.slack.deletes(&stage.channel, &Ts::new(ts)).unwrap();
    let home = stage.place(&case, jira::KIND).await.home.unwrap();
    let id = stage.jira.comments(&home.name)[0]["id"].as_str().unwrap().to_owned();
    stage.jira.person_deletes_comment(&home.name, &id).unwrap();
    stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    stage.events().await;
    stage.minutes(200).await;
    let (lines, comments) = (stage.lines(&case).await, stage.comments(&case).await);
    assert_eq!((count(&lines, "one"), count(&comments, "one")), (0, 0), "{lines:?} {comments:?}");
    assert_eq!((count(&lines, "two"), count(&comments, "two")), (1, 1));
}

#[tokio::test]
async fn a_deleted_card_does_not_come_back_and_the_issue_goes_on() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.minutes(62).await;
    let (channel, card) = stage.card(&case).await;
    stage.slack.deletes(&channel, &card).unwrap();
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    stage.events().await;
    stage.minutes(130).await;
    assert_eq!(count(&stage.comments(&case).await, "two"), 1);
    assert_eq!(stage.issue(&case).await["fields"]["status"]["name"], "In Progress");
    let shown: Vec<String> = stage.cards().iter().map(SlackStandin::shown).collect();
    assert_eq!(count(&shown, "Submitted") + count(&shown, "Detection"), 0, "{shown:?}");
}

#[tokio::test]
async fn a_post_that_arrives_late_is_adopted_and_not_made_again() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    stage.slack.fault(FaultRule::on("chat.postMessage").once().late());
    stage.jira.fault(FaultRule::on("addComment").once().late());
    stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    stage.sir.aws_comments(&case, "AWS Responder", "three").unwrap();
    stage.events().await;
    stage.later(40_000);
    stage.slack.apply_late();
    stage.jira.apply_late();
    stage.minutes(3).await;
    for texts in [stage.lines(&case).await, stage.comments(&case).await] {
        assert_eq!((count(&texts, "two"), count(&texts, "three")), (1, 1), "{texts:#?}");
        assert!(place_of(&texts, "two") < place_of(&texts, "three"), "{texts:#?}");
    }
}

#[tokio::test]
async fn an_issue_whose_answer_was_lost_is_found_by_its_label_though_the_index_lags() {
    let stage = Stage::set().await;
    stage.jira.set_index_lag(Some(std::time::Duration::from_secs(120)));
    stage.jira.fault(FaultRule::on("createIssue").once().reset_after());
    let case = told(&stage).await;
    stage.minutes(3).await;
    assert_eq!(stage.jira.count("createIssue"), 1, "not before it must be found");
    stage.minutes(5).await;
    assert_eq!((stage.jira.count("createIssue"), stage.jira.issues().len()), (1, 1));
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
}

#[tokio::test]
async fn a_reply_whose_event_slack_dropped_is_put_on_the_inbox_until_it_is_answered() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    let (channel, card) = stage.card(&case).await;
    stage.slack.says(&ana(), &channel, "It was Bo's key", Some(&card));
    stage.minutes(62).await;
    let jobs = stage.jobs();
    assert_eq!(jobs.len(), 1);
    assert!(jobs[0].body.contains("It was Bo's key"));
    // Begun, and nothing became of it: the inbox may have given it up.
    let (store, begun) = (stage.world.store(), Command { job: "said".to_owned(), since: 0, answer: None });
    store.begin(&jobs[0].id, &begun, stage.now() + 24 * 3_600_000).await.unwrap();
    stage.minutes(62).await;
    let ids: Vec<String> = stage.jobs().into_iter().map(|job| job.id).collect();
    assert_eq!(ids, [jobs[0].id.clone()], "the same job, which runs once");
    store.finish(&jobs[0].id, "done").await.unwrap();
    stage.minutes(62).await;
    assert_eq!(stage.jobs().len(), 0);
}

#[tokio::test]
async fn a_case_is_not_told_in_a_channel_that_another_workspace_reads_and_is_told_once_it_is_ours() {
    let stage = Stage::set().await;
    stage.slack.set_shared(&stage.channel, true);
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.minutes(3).await;
    assert_eq!(stage.slack.messages(&stage.channel).len(), 0);
    assert_eq!(stage.issue(&case).await["key"].as_str().map(str::is_empty), Some(false), "Jira has it");
    stage.slack.set_shared(&stage.channel, false);
    // Where nobody can tell, nothing is said either.
    stage.slack.fault(FaultRule::on("conversations.info").html(502));
    stage.minutes(10).await;
    assert_eq!(stage.slack.messages(&stage.channel).len(), 0);
    stage.slack.heal();
    stage.minutes(10).await;
    assert_eq!(stage.cards().len(), 1);
}

/// Jira, asked as our own account, by nobody who holds the case.
fn late<'a>(stage: &'a Stage) -> Jira<'a> {
    let (settings, secrets) = (stage.settings.jira.as_ref().unwrap(), &stage.secrets);
    let (email, token) = (&secrets.jira_email, &secrets.jira_api_token);
    Jira { world: &stage.world, settings, email, token, until: i64::MAX }
}

#[tokio::test]
async fn an_older_version_that_arrived_late_in_jira_gives_way_to_the_newest_at_the_next_check() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let comment = stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    let home = stage.place(&case, jira::KIND).await.home.unwrap();
    let id = stage.jira.comments(&home.name)[0]["id"].as_str().unwrap().to_owned();
    let document = |words: &str| {
        let text = json!({"type": "text", "text": words});
        json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text]}]})
    };
    let number = CaseId::new(case.clone());
    let old = IssueText {
        case: &number,
        mark: Mark::new(format!("{case}/home#older")),
        summary: "An older title".to_owned(),
        description: document("older"),
    };
    let issue = IssueId::new(&home.place);
    late(&stage).set_text(&issue, old).await.unwrap();
    let mark = Mark::new(format!("{case}/comment/{comment}/0#older"));
    let told = CommentRef { issue, id: IssueCommentId::new(id) };
    late(&stage).edit_comment(&told, &mark, document("older words")).await.unwrap();
    stage.minutes(65).await;
    assert!(stage.issue(&case).await["fields"]["summary"].as_str().unwrap().contains("Key leaked"));
    let comments = stage.comments(&case).await;
    assert_eq!((count(&comments, "one"), count(&comments, "older words")), (1, 0), "{comments:?}");
    assert_eq!(comments.len(), 1);
}

#[tokio::test]
async fn what_a_person_wrote_into_the_issue_is_left_alone_by_the_check() {
    let stage = Stage::set().await;
    let case = told(&stage).await;
    let home = stage.place(&case, jira::KIND).await.home.unwrap();
    stage.jira.person_edits(&stage.jira.ana(), &home.name, &json!({"summary": "Ana's own words"})).unwrap();
    stage.minutes(130).await;
    assert_eq!(stage.issue(&case).await["fields"]["summary"], "Ana's own words");
}

#[tokio::test]
async fn in_a_channel_of_its_own_a_card_that_was_never_stored_is_made_again_and_nothing_else() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    stage.slack.fault(FaultRule::on("chat.postMessage").once().never_stored());
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    stage.minutes(120).await;
    let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    let shown: Vec<String> = stage.slack.messages(&channel).iter().map(SlackStandin::shown).collect();
    assert_eq!(count(&shown, "one"), 1, "{shown:#?}");
    let cards =
        stage.slack.messages(&channel).iter().filter(|one| one.to_string().contains("/home#")).count();
    assert_eq!(cards, 1, "{shown:#?}");
}

#[tokio::test]
async fn a_file_is_followed_until_its_check_ended_though_no_event_tells_of_it() {
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    let file = stage.sir.aws_attaches(&case, "trail.json", &b"{}"[..]).unwrap();
    stage.sir.set_attachment_status(&case, &file, casebridge_lab::standins::Scan::Pending);
    stage.events().await;
    assert_eq!(count(&stage.lines(&case).await, "Verified"), 0);
    stage.minutes(2).await;
    stage.sir.set_attachment_status(&case, &file, casebridge_lab::standins::Scan::Failed);
    stage.sir.take_events();
    stage.minutes(2).await;
    let (lines, issue) = (stage.lines(&case).await, stage.in_issue(&case).await);
    assert_eq!(count(&lines, "Failed"), 1, "{lines:#?}");
    assert!(issue.contains("trail.json (Failed)"), "{issue}");
    stage.forget_calls();
    stage.minutes(5).await;
    assert_eq!(stage.calls()[0], [""; 0], "nothing is left to follow");
}

/// A case that is told, of which Slack then takes nothing more: the app was removed from the channel.
pub(super) async fn shut_out() -> (Stage, CaseId) {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    stage.slack.fault(FaultRule::on("chat.postMessage").times(u32::MAX).error("not_in_channel"));
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    (stage, case)
}

/// Somebody mended what kept a case waiting for up to an hour, and something says so.
#[tokio::test]
async fn what_waits_for_a_person_is_told_within_a_minute_of_the_word_that_it_is_mended() {
    let (stage, case) = shut_out().await;
    stage.minutes(78).await;
    stage.slack.heal();
    stage.minutes(2).await;
    assert_eq!(count(&stage.lines(&case).await, "one"), 0, "it waits for longer than that");
    agenda::wake(&stage.memory).await.unwrap();
    stage.minutes(1).await;
    assert_eq!(count(&stage.lines(&case).await, "one"), 1);
}

/// It did not list it as due.
#[tokio::test]
async fn an_agenda_that_an_earlier_release_wrote_is_kept_all_the_same() {
    let stage = Stage::set().await;
    let next = stage.now() - 60_000;
    let agenda = format!(r#"{{"next":{next}}}"#);
    let written = stage.memory.note("discover").await.unwrap();
    let unlisted = stage.now() + 10 * 3_600_000;
    assert!(stage.memory.swap_agenda(written.as_deref(), &agenda, unlisted).await.unwrap());
    assert!(!stage.memory.due_list(stage.now(), 1).await.unwrap().agenda);
    // No event tells of it.
    stage.sir.aws_creates_case("Key leaked");
    stage.sir.take_events();
    stage.sweep().await;
    assert_eq!(stage.cards().len(), 1);
    assert!(stage.memory.due_list(stage.now() + 3_600_000, 1).await.unwrap().agenda, "from now on it is");
}

#[tokio::test]
async fn a_settings_push_wakes_what_waits() {
    let stage = Stage::set().await;
    let toml = stage.memory.settings().await.unwrap().unwrap();
    casebridge::state::put_settings(&stage.memory, &toml).await.unwrap();
    assert!(agenda::read(&stage.memory).await.unwrap().wake);
}

/// Nobody comes by to try: the sweep asks by itself.
#[tokio::test]
async fn new_credentials_are_noticed_within_a_minute_though_all_was_left_alone_for_longer() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.events().await;
    let (_, token) = stage.jira.credentials();
    stage.jira.set_token("another");
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    assert_eq!(stage.breaker(jira::KIND).await.trips, 1);
    stage.minutes(78).await;
    let asked = stage.jira.count("getCurrentUser");
    stage.minutes(10).await;
    let asked = stage.jira.count("getCurrentUser") - asked;
    assert!(asked <= 10, "once a minute, not {asked} times in ten");
    stage.jira.set_token(&token);
    stage.minutes(2).await;
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
    assert_eq!(stage.breaker(jira::KIND).await.trips, 0);
    stage.minutes(1).await;
    assert!(!agenda::read(&stage.memory).await.unwrap().broken);
}
