//! What is told stands apart from what is only set: a status, a link, a topic, an invitation or a card that is refused
//! is tried by itself and said once; it keeps no comment waiting, no other case, and no other state.

use casebridge_lab::stage::{Stage, ana, count, place_of};
use std::time::Duration;

use casebridge::{
    case::{CaseId, Millis, Status},
    entry::notify::Notifier,
    runtime::{World, breaker},
    state::Store,
    targets::{jira, slack},
    telemetry::report::Report,
};
use casebridge_lab::standins::{Canned, FaultRule, SlackStandin};
use serde_json::json;

/// A case that is told in both places, and another beside it.
async fn two_told(stage: &Stage) -> (CaseId, CaseId) {
    let case = stage.sir.console_creates_case("Key leaked");
    stage.events().await;
    let other = stage.sir.console_creates_case("Another");
    stage.events().await;
    assert_eq!(stage.jira.issues()[0], "SEC-1");
    (case, other)
}

async fn says(stage: &Stage, case: &CaseId, words: &str) {
    stage.sir.aws_comments(case, "AWS Responder", words).unwrap();
    stage.events().await;
}

/// Neither everybody at a destination nor this case there waits for a person.
async fn nobody_waits(stage: &Stage, case: &CaseId) {
    for destination in [slack::KIND, jira::KIND] {
        assert_eq!(stage.breaker(destination).await.trips, 0, "{destination:?}");
        assert_eq!(stage.place(case, destination).await.parked, None, "{destination:?}");
    }
}

/// One look at the case, by a worker with so much time.
async fn look(stage: &Stage, case: &CaseId, time: Millis) -> Report {
    let (world, settings, secrets) = (&stage.world, &stage.settings, &stage.secrets);
    let notifier = Notifier { world, settings, secrets, deadline: world.now() + time };
    stage.memory.hint(case, world.now(), false).await.unwrap();
    Box::pin(notifier.attend(vec![case.clone()])).await.remove(0)
}

fn status(issue: &serde_json::Value) -> &str {
    issue["fields"]["status"]["name"].as_str().unwrap()
}

#[tokio::test]
async fn a_move_that_jira_refuses_keeps_no_comment_back_and_the_thread_says_so_once() {
    for (in_words, why) in [(false, "resolution"), (true, "a rule of its workflow")] {
        let stage = Stage::set().await;
        let (case, other) = two_told(&stage).await;
        stage.expects("/transitions: 400");
        stage.jira.require("SEC-1", "*", "resolution", in_words);
        stage.sir.aws_sets_status(&case, &casebridge::case::Status::Containment).unwrap();
        stage.events().await;
        says(&stage, &case, "URGENT turn the key").await;
        stage.sir.aws_sets_status(&other, &casebridge::case::Status::Detection).unwrap();
        says(&stage, &other, "meanwhile").await;
        stage.sir.aws_closes(&case, "False Positive").unwrap();
        stage.events().await;
        let comments = stage.comments(&case).await;
        let told = ["Containment", "URGENT turn the key", "Closed"].map(|part| place_of(&comments, part));
        assert!(told.is_sorted() && comments.len() == 3, "{comments:#?}");
        assert_eq!(count(&stage.comments(&other).await, "meanwhile"), 1);
        assert_eq!(status(&stage.issue(&other).await), "In Progress");
        // All else of the issue is as it must be.
        let issue = stage.issue(&case).await;
        assert_eq!(status(&issue), "To Do");
        assert!(issue["fields"]["description"].to_string().contains("Closed"), "{issue}");
        nobody_waits(&stage, &case).await;
        stage.minutes(35).await;
        let lines = stage.lines(&case).await;
        let said: Vec<&String> = lines.iter().filter(|line| line.contains("could not be moved")).collect();
        let [said] = said[..] else { panic!("{lines:#?}") };
        for part in ["SEC-1", "Done", why] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert_eq!(stage.comments(&case).await, comments, "in the issue itself nothing more is said");
        let tries = stage.jira.count("doTransition");
        assert!((4..=7).contains(&tries), "tried by itself, ever more seldom: {tries}");
        stage.jira.require_nothing();
        stage.minutes(61).await;
        assert_eq!(status(&stage.issue(&case).await), "Done");
        assert_eq!(stage.lines(&case).await, lines);
    }
}

#[tokio::test]
async fn a_status_to_which_no_way_leads_is_owed_until_one_does() {
    let stage = Stage::set().await;
    let (case, _) = two_told(&stage).await;
    stage.jira.set_workflow("To Do", &["In Review"]);
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    says(&stage, &case, "one").await;
    let lines = stage.lines(&case).await;
    let said = &lines[place_of(&lines, "could not be moved")];
    assert!(said.contains("In Progress") && said.contains("no way there"), "{said}");
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
    stage.jira.set_workflow("To Do", &["In Progress"]);
    stage.minutes(6).await;
    assert_eq!(status(&stage.issue(&case).await), "In Progress");
    assert_eq!(stage.lines(&case).await, lines);
}

#[tokio::test]
async fn a_status_that_is_refused_for_another_reason_is_said_again_and_the_same_reason_is_not() {
    let stage = Stage::set().await;
    let (case, _) = two_told(&stage).await;
    let said = async |parts: [&str; 2]| {
        let lines = stage.lines(&case).await;
        parts.map(|part| {
            lines.iter().filter(|line| line.contains("could not be moved") && line.contains(part)).count()
        })
    };
    stage.expects("/transitions: 400");
    stage.jira.require("SEC-1", "*", "resolution", false);
    for status in [Status::Detection, Status::PostIncident, Status::Detection] {
        stage.sir.aws_sets_status(&case, &status).unwrap();
        stage.events().await;
    }
    assert_eq!(said(["resolution", "customfield_1"]).await, [1, 0]);
    stage.jira.require_nothing();
    stage.jira.require("SEC-1", "*", "customfield_1", false);
    stage.minutes(6).await;
    assert_eq!(said(["resolution", "customfield_1"]).await, [1, 1]);
    // The reason of before comes back: it was said.
    stage.jira.require_nothing();
    stage.minutes(11).await;
    assert_eq!(status(&stage.issue(&case).await), "In Progress");
    stage.jira.require("SEC-1", "*", "resolution", false);
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    stage.minutes(2).await;
    assert_eq!(said(["resolution", "customfield_1"]).await, [1, 1]);
    assert_eq!(
        said(["to Done because of resolution", "In Progress"]).await,
        [1, 1],
        "it names the newest status"
    );
}

#[tokio::test]
async fn the_status_of_a_closed_case_is_tried_for_a_day_and_of_an_open_one_for_as_long_as_it_is_open() {
    let stage = Stage::set().await;
    let (case, _) = two_told(&stage).await;
    stage.expects("/transitions: 400");
    stage.jira.require("SEC-1", "*", "resolution", false);
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    stage.events().await;
    let tries = async |hours: u32| {
        let before = stage.jira.count("doTransition");
        for _ in 0..hours {
            stage.later(3_600_000);
            stage.sweep().await;
        }
        stage.jira.count("doTransition") - before
    };
    tries(30).await;
    assert_eq!(tries(5).await, 5);
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    tries(26).await;
    assert_eq!(tries(10).await, 0);
    assert_eq!(stage.meta(&case).await.next_at, None, "a closed case comes to rest");
    assert_eq!(count(&stage.lines(&case).await, "could not be moved"), 1);
}

#[tokio::test]
async fn a_link_that_may_not_be_made_is_given_up_and_nothing_waits_for_it() {
    let stage = Stage::set().await;
    stage.jira.allow_links("SEC-1", false);
    let case = stage.sir.console_creates_case("Key leaked");
    stage.events().await;
    says(&stage, &case, "one").await;
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    stage.events().await;
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
    assert_eq!(status(&stage.issue(&case).await), "In Progress");
    nobody_waits(&stage, &case).await;
    let other = stage.sir.console_creates_case("Another");
    stage.events().await;
    assert_eq!(stage.issue(&other).await["remotelinks"].as_array().unwrap().len(), 2);
    stage.minutes(180).await;
    nobody_waits(&stage, &case).await;
    let before = stage.jira.count("createOrUpdateRemoteIssueLink");
    assert!(before < 2 + 2 * 6, "{before}");
    stage.minutes(120).await;
    assert_eq!(stage.jira.count("createOrUpdateRemoteIssueLink"), before, "given up");
    assert_eq!(count(&stage.lines(&case).await, "could not"), 0, "it matters to nobody in the thread");
    let refused = breaker::refused_since(&stage.world, jira::KIND, 0).await.unwrap();
    assert_eq!(refused.keys().collect::<Vec<_>>(), ["link"], "the doctor says it");
    assert!(refused["link"].why.contains("403") && case == refused["link"].case.as_str(), "{refused:?}");
    assert_eq!(stage.cards().len(), 2, "and is no notice in the channel");
}

#[tokio::test]
async fn a_topic_or_an_invitation_that_is_refused_keeps_nothing_back_in_a_channel_of_its_own() {
    let refusals = [
        ("conversations.setTopic", "restricted_action"),
        ("conversations.setTopic", "missing_scope"),
        ("conversations.invite", "restricted_action"),
        ("conversations.invite", "cant_invite"),
        ("users.lookupByEmail", "missing_scope"),
        ("users.lookupByEmail", "users_not_found"),
    ];
    for (method, code) in refusals {
        let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
        stage.slack.fault(FaultRule::on(method).error(code));
        let case = stage.sir.console_creates_case("Key leaked");
        says(&stage, &case, "one").await;
        stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
        says(&stage, &case, "two").await;
        let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
        let shown: Vec<String> = stage.slack.messages(&channel).iter().map(SlackStandin::shown).collect();
        assert_eq!((count(&shown, "one"), count(&shown, "two")), (1, 1), "{method} {code}: {shown:#?}");
        assert!(shown[0].contains("Detection"), "{method} {code}: {}", shown[0]);
        nobody_waits(&stage, &case).await;
        let topic = || stage.slack.channel(&channel).unwrap()["topic"]["value"].to_string();
        let joined = || stage.slack.members(&channel).contains(&ana());
        let of_topic = method == "conversations.setTopic";
        assert_eq!((topic().contains("Detection"), joined()), (!of_topic, of_topic), "{method} {code}");
        stage.slack.heal();
        stage.minutes(61).await;
        assert!(topic().contains("Detection") && joined(), "{method} {code}: {}", topic());
    }
}

#[tokio::test]
async fn somebody_who_can_never_be_invited_is_given_up_and_the_case_comes_to_rest() {
    let stage =
        Stage::with("layout = 'channel'\ninvite = ['nobody@example.com', 'ana@example.com']", "").await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.events().await;
    let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    assert!(stage.slack.members(&channel).contains(&ana()));
    stage.minutes(150).await;
    let before = stage.slack.count("users.lookupByEmail");
    assert!((3..=7).contains(&before), "{before}");
    stage.minutes(120).await;
    assert_eq!(stage.slack.count("users.lookupByEmail"), before);
}

#[tokio::test]
async fn a_card_or_an_issue_that_cannot_be_rewritten_keeps_no_line_back_and_is_right_once_it_can() {
    let cards: [(&str, &str); 3] =
        [("chat.update", "msg_too_long"), ("chat.update", "restricted_action"), ("editIssue", "403")];
    for (operation, error) in cards {
        let stage = Stage::with("", "tell = ['comments', 'title']\n").await;
        let (case, other) = two_told(&stage).await;
        let fault = || FaultRule::on(operation).body(&format!("{case}/home")).error(error);
        stage.slack.fault(fault());
        stage.jira.fault(fault());
        stage.sir.aws_changes(&case, &json!({"title": "Two keys leaked"})).unwrap();
        stage.events().await;
        says(&stage, &case, "one").await;
        says(&stage, &other, "meanwhile").await;
        for texts in [stage.lines(&case).await, stage.comments(&case).await] {
            assert!(place_of(&texts, "Two keys leaked") < place_of(&texts, "one"), "{operation}: {texts:#?}");
        }
        assert_eq!(count(&stage.comments(&other).await, "meanwhile"), 1, "{operation}");
        nobody_waits(&stage, &case).await;
        stage.slack.heal();
        stage.jira.heal();
        stage.minutes(61).await;
        assert!(stage.lines(&case).await[0].contains("Two keys leaked"), "{operation} {error}");
        assert_eq!(stage.issue(&case).await["fields"]["summary"], "Two keys leaked", "{operation} {error}");
    }
}

#[tokio::test]
async fn a_state_that_is_not_answered_keeps_nothing_back_either() {
    for operation in ["getTransitions", "doTransition", "createOrUpdateRemoteIssueLink", "editIssue"] {
        let stage = Stage::set().await;
        stage.jira.fault(FaultRule::on(operation).answers(503));
        let case = stage.sir.console_creates_case("Key leaked");
        stage.events().await;
        stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
        says(&stage, &case, "one").await;
        assert_eq!(count(&stage.comments(&case).await, "one"), 1, "{operation}");
        stage.minutes(3).await;
        assert_eq!(
            count(&stage.lines(&case).await, "could not be moved"),
            0,
            "{operation}: nobody refused it"
        );
        stage.jira.heal();
        stage.minutes(6).await;
        let issue = stage.issue(&case).await;
        assert_eq!(status(&issue), "In Progress", "{operation}");
        assert_eq!(issue["remotelinks"].as_array().unwrap().len(), 2, "{operation}");
        assert!(issue["fields"]["description"].to_string().contains("Detection"), "{operation}");
    }
}

#[tokio::test]
async fn a_retry_after_is_kept_by_what_is_told_and_by_what_is_set() {
    let stage = Stage::set().await;
    let (case, _) = two_told(&stage).await;
    let (_, other) = (&case, stage.sir.console_creates_case("One more"));
    stage.events().await;
    let limited = |reason: &str| {
        let headers = [("retry-after", "120"), ("ratelimit-reason", reason)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Canned { status: 429, headers, body: "{}".to_owned() }
    };
    // What Jira counted, and what is asked of it meanwhile: of the issue, and of another.
    for (reason, here, elsewhere) in [
        ("jira-quota-tenant-based", 0, 0),
        ("a-reason-of-tomorrow", 0, 0),
        ("jira-burst-based", 0, 0),
        ("jira-per-issue-on-write", 0, 1),
    ] {
        let words = format!("words under {reason}");
        stage.jira.fault(FaultRule::on("addComment").once().answers_with(limited(reason)));
        says(&stage, &case, &words).await;
        says(&stage, &other, &words).await;
        stage.later(100_000);
        stage.sweep().await;
        let told = async |case| count(&stage.comments(case).await, &words);
        assert_eq!((told(&case).await, told(&other).await), (here, elsewhere), "{reason}");
        stage.minutes(2).await;
        assert_eq!((told(&case).await, told(&other).await), (1, 1), "{reason}");
    }
    // Another endpoint is another count.
    stage.jira.fault(FaultRule::on("doTransition").once().answers_with(limited("jira-burst-based")));
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    stage.events().await;
    says(&stage, &case, "one").await;
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
    stage.minutes(4).await;
    assert_eq!(status(&stage.issue(&case).await), "In Progress");
}

#[tokio::test]
async fn one_channel_that_is_told_too_much_keeps_nothing_from_another() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let (case, other) = two_told(&stage).await;
    let channel = |case: &CaseId| stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    let here = format!("\"{}\"", channel(&case));
    stage.slack.fault(FaultRule::on("chat.postMessage").body(&here).once().throttled(Some("120")));
    for case in [&case, &other] {
        says(&stage, case, "one").await;
    }
    let told = |case: &CaseId| {
        let shown: Vec<String> =
            stage.slack.messages(&channel(case)).iter().map(SlackStandin::shown).collect();
        count(&shown, "one")
    };
    assert_eq!((told(&case), told(&other)), (0, 1));
    stage.minutes(3).await;
    assert_eq!((told(&case), told(&other)), (1, 1));
}

#[tokio::test]
async fn slacks_word_on_a_topic_binds_topics_and_no_lines() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let (case, _) = two_told(&stage).await;
    stage.slack.fault(FaultRule::on("conversations.setTopic").once().throttled(Some("120")));
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    stage.events().await;
    let (channel, _) = stage.card(&case).await;
    let told = || {
        let shown: Vec<String> = stage.slack.messages(&channel).iter().map(SlackStandin::shown).collect();
        (count(&shown, "Detection"), count(&shown, "one"))
    };
    let before = stage.slack.count("conversations.setTopic");
    says(&stage, &case, "one").await;
    assert_eq!(told(), (2, 1), "the line, the card and the comment");
    stage.later(100_000);
    stage.sweep().await;
    assert_eq!(stage.slack.count("conversations.setTopic"), before);
    stage.minutes(2).await;
    let topic = stage.slack.channel(&channel).unwrap()["topic"]["value"].to_string();
    assert!(topic.contains("Detection"), "{topic}");
}

#[tokio::test]
async fn what_takes_long_to_set_leaves_the_case_to_those_who_comment() {
    let people = ["ana@example.com", "bo@example.com", "cleo@example.com"];
    let stage = Stage::with(&format!("layout = 'channel'\ninvite = {people:?}"), "").await;
    stage.slack.add_user("cleo", "cleo@example.com", &json!({}));
    stage.world.slow("users.lookupByEmail", Duration::from_secs(6));
    let case = stage.sir.console_creates_case("Key leaked");
    let took = {
        let before = stage.now();
        look(&stage, &case, 600_000).await;
        stage.now() - before
    };
    assert!(took < 20_000, "two looks at what is to be set, each with one that takes long: {took}");
    assert_eq!(stage.slack.count("users.lookupByEmail"), 2);
    stage.minutes(3).await;
    let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    assert_eq!(stage.slack.members(&channel).len(), 1 + people.len());
}

#[tokio::test]
async fn what_never_answers_goes_last() {
    let people = ["ana@example.com", "bo@example.com", "cleo@example.com"];
    let stage = Stage::with(&format!("layout = 'channel'\ninvite = {people:?}"), "").await;
    stage.slack.add_user("cleo", "cleo@example.com", &json!({}));
    stage.world.slow("users.lookupByEmail", Duration::from_secs(6));
    stage.slack.fault(FaultRule::on("users.lookupByEmail").body("ana").answers(503));
    let case = stage.sir.console_creates_case("Key leaked");
    stage.events().await;
    stage.minutes(2).await;
    let channel = stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    assert_eq!(stage.slack.members(&channel).len(), people.len(), "we, Bo and Cleo");
}

#[tokio::test]
async fn credentials_that_are_refused_open_the_breaker_whoever_sees_it_first() {
    let stage = Stage::set().await;
    let (case, _) = two_told(&stage).await;
    stage.expects("/transitions: 400");
    stage.jira.require("SEC-1", "*", "resolution", false);
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    stage.events().await;
    nobody_waits(&stage, &case).await;
    // Nothing is left to tell; the status is tried, and Jira knows us no more.
    let (_, token) = stage.jira.credentials();
    stage.jira.set_token("another");
    stage.minutes(6).await;
    assert_eq!(stage.breaker(jira::KIND).await.trips, 1);
    stage.jira.set_token(&token);
    stage.jira.require_nothing();
    stage.minutes(130).await;
    assert_eq!(status(&stage.issue(&case).await), "In Progress");
}

#[tokio::test]
async fn a_channel_that_is_mended_is_noticed_by_the_next_event() {
    let stage = Stage::set().await;
    let (case, _) = two_told(&stage).await;
    let us = stage.slack.app().2;
    stage.slack.set_member(&stage.channel, &us, false);
    says(&stage, &case, "one").await;
    assert!(stage.place(&case, slack::KIND).await.parked.is_some());
    stage.minutes(78).await;
    stage.slack.set_member(&stage.channel, &us, true);
    says(&stage, &case, "two").await;
    let lines = stage.lines(&case).await;
    assert!(place_of(&lines, "one") < place_of(&lines, "two"), "{lines:#?}");
    assert_eq!((count(&lines, "one"), count(&lines, "two")), (1, 1));
    nobody_waits(&stage, &case).await;
}

#[tokio::test]
async fn an_expired_token_is_no_lost_issue() {
    let stage = Stage::set().await;
    let (case, other) = two_told(&stage).await;
    stage.jira.set_expired(true);
    says(&stage, &case, "one").await;
    let third = stage.sir.console_creates_case("While nobody knows us");
    stage.events().await;
    assert_eq!(stage.breaker(jira::KIND).await.trips, 1, "everybody is told to replace the token");
    assert!(stage.breaker(jira::KIND).await.why.contains("login"), "and why");
    assert_eq!(count(&stage.lines(&case).await, "one"), 1, "Slack goes on");
    for case in [&case, &other] {
        let parked = stage.place(case, jira::KIND).await.parked.unwrap_or_default();
        assert!(!parked.contains("404") || parked.contains("login"), "{parked}");
    }
    stage.jira.set_expired(false);
    stage.minutes(130).await;
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
    assert_eq!(stage.jira.issues().len(), 3, "of the third as well, once");
    assert!(!stage.comments(&third).await.iter().any(|comment| comment.contains("one")));
    nobody_waits(&stage, &case).await;
}

#[tokio::test]
async fn a_thread_that_takes_no_reply_keeps_its_card_from_nothing() {
    let stage = Stage::set().await;
    let (case, _) = two_told(&stage).await;
    stage.slack.fault(
        FaultRule::on("chat.postMessage").body(&format!("{case}/")).error("restricted_action_thread_locked"),
    );
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Containment).unwrap();
    says(&stage, &case, "one").await;
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    let card = &stage.lines(&case).await[0];
    assert!(card.contains("Closed"), "{card}");
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
    stage.slack.heal();
    stage.minutes(61).await;
    let lines = stage.lines(&case).await;
    assert!(place_of(&lines, "one") > 0, "{lines:#?}");
}

#[tokio::test]
async fn a_line_is_told_before_the_card_shows_the_same() {
    let stage = Stage::set().await;
    let (case, _) = two_told(&stage).await;
    stage.forget_calls();
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.events().await;
    let [_, slack, jira] = stage.calls();
    let order = |calls: &[String], first: &str, then: &str| place_of(calls, first) < place_of(calls, then);
    assert!(order(&slack, "chat.postMessage", "chat.update"), "{slack:?}");
    assert!(
        order(&jira, "addComment", "editIssue") && order(&jira, "addComment", "doTransition"),
        "{jira:?}"
    );
}

#[tokio::test]
async fn what_is_owed_to_a_state_does_not_count_as_waiting_and_says_nothing_of_how_fast_lines_are_told() {
    let stage = Stage::set().await;
    let (case, _) = two_told(&stage).await;
    stage.expects("/transitions: 400");
    stage.jira.require("SEC-1", "*", "resolution", false);
    stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
    let told = look(&stage, &case, 600_000).await;
    assert_eq!((told.waiting, told.tally.parked), (0, 1), "{told:?}");
    assert!(told.lag.is_some_and(|lag| (0..60).contains(&lag)), "{told:?}");
    let now = stage.now();
    let next = stage.meta(&case).await.next_at.unwrap() - now;
    assert!((280_000..=300_000).contains(&next), "{next}");
    for _ in 0..3 {
        stage.later(3_600_000);
        let again = look(&stage, &case, 600_000).await;
        assert_eq!((again.waiting, again.tally.parked, again.lag), (0, 0, None), "said once: {again:?}");
    }
    stage.jira.require_nothing();
    stage.later(3_600_000);
    let set = look(&stage, &case, 600_000).await;
    assert_eq!((set.tally.set, set.lag), (1, None), "{set:?}");
}

#[tokio::test]
async fn a_worker_without_time_for_the_card_leaves_it_due() {
    let stage = Stage::set().await;
    let (case, _) = two_told(&stage).await;
    stage.sir.aws_closes(&case, "False Positive").unwrap();
    stage.sir.take_events();
    stage.world.slow("chat.postMessage", Duration::from_secs(60));
    let report = look(&stage, &case, 65_000).await;
    assert_eq!(report.waiting, 0, "all is told: {report:?}");
    let lines = stage.lines(&case).await;
    assert!(lines.last().unwrap().contains("Closed") && !lines[0].contains("Closed"), "{lines:#?}");
    let now = stage.now();
    assert!(stage.meta(&case).await.next_at.is_some_and(|at| at <= now));
    stage.sweep().await;
    assert!(stage.lines(&case).await[0].contains("Closed"));
}

#[tokio::test]
async fn no_card_and_no_topic_is_set_where_another_workspace_reads_along() {
    for layout in ["thread", "channel"] {
        let lines = format!("layout = '{layout}'\ninvite = ['ana@example.com']");
        let stage = Stage::with(&lines, "").await;
        let (case, _) = two_told(&stage).await;
        let (channel, _) = stage.card(&case).await;
        stage.slack.set_shared(&channel, true);
        // What was known of the channel holds for some minutes.
        stage.minutes(6).await;
        stage.sir.aws_changes(&case, &json!({"title": "SECRET"})).unwrap();
        stage.sir.aws_sets_status(&case, &casebridge::case::Status::Detection).unwrap();
        stage.events().await;
        stage.minutes(12).await;
        let seen = || {
            let topic = stage.slack.channel(&channel).unwrap()["topic"].to_string();
            let shown: Vec<String> = stage.slack.messages(&channel).iter().map(SlackStandin::shown).collect();
            format!("{topic} {}", shown.join("\n"))
        };
        assert!(!seen().contains("SECRET") && !seen().contains("Detection"), "{layout}: {}", seen());
        stage.slack.set_shared(&channel, false);
        stage.minutes(61).await;
        assert!(seen().contains("SECRET") && seen().contains("Detection"), "{layout}: {}", seen());
    }
}

fn forbidden(words: &str) -> Canned {
    let body = json!({"errorMessages": [words], "errors": {}}).to_string();
    let headers = [("content-type".to_owned(), "application/json;charset=UTF-8".to_owned())].into();
    Canned { status: 403, headers, body }
}

/// A place that refuses is one place: whether all would be is asked, and not guessed.
#[tokio::test]
async fn an_issue_that_refuses_comments_keeps_nothing_from_another() {
    let stage = Stage::set().await;
    let (case, other) = two_told(&stage).await;
    let key = stage.issue(&case).await["id"].as_str().unwrap().to_owned();
    let forbidden = forbidden("You may not comment on this issue.");
    let forever = || FaultRule::on("addComment").path(&format!("/issue/{key}/")).times(u32::MAX);
    stage.jira.fault(forever().answers_with(forbidden));
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.sir.aws_comments(&other, "AWS Responder", "one").unwrap();
    stage.events().await;
    assert_eq!(count(&stage.comments(&other).await, "one"), 1);
    stage.forget_calls();
    for _ in 0..12 {
        stage.minutes(60).await;
        says(&stage, &other, "another").await;
    }
    assert_eq!(stage.breaker(jira::KIND).await.trips, 0, "nobody else is kept away");
    assert_eq!(stage.cards().len(), 2, "nor is anybody told so");
    assert!(stage.place(&case, jira::KIND).await.parked.unwrap().contains("403"));
    assert_eq!(count(&stage.comments(&other).await, "another"), 12);
    assert_eq!(count(&stage.lines(&case).await, "one"), 1, "Slack goes on");
    stage.jira.heal();
    says(&stage, &case, "two").await;
    assert_eq!(
        (count(&stage.comments(&case).await, "one"), count(&stage.comments(&case).await, "two")),
        (1, 1)
    );
    nobody_waits(&stage, &case).await;
}

#[tokio::test]
async fn a_project_that_takes_no_issue_keeps_nothing_from_those_it_has() {
    let stage = Stage::set().await;
    let (case, other) = two_told(&stage).await;
    let forbidden = forbidden("You may not create issues in this project.");
    stage.jira.fault(FaultRule::on("createIssue").times(u32::MAX).answers_with(forbidden));
    let asked = stage.jira.count("getCurrentUser");
    let new: Vec<_> = (0..10).map(|n| stage.sir.aws_creates_case(&format!("Key {n} leaked"))).collect();
    stage.events().await;
    assert_eq!(stage.jira.count("getCurrentUser") - asked, 1, "all of them ask once");
    says(&stage, &case, "one").await;
    says(&stage, &other, "one").await;
    for case in [&case, &other] {
        assert_eq!(count(&stage.comments(case).await, "one"), 1);
        nobody_waits(&stage, case).await;
    }
    stage.jira.heal();
    stage.minutes(6).await;
    for case in new {
        assert!(stage.place(&case, jira::KIND).await.home.is_some());
    }
}

#[tokio::test]
async fn a_channel_that_refuses_for_a_reason_of_its_own_keeps_nothing_from_another() {
    let stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']", "").await;
    let (case, other) = two_told(&stage).await;
    let channel = |case: &CaseId| stage.slack.channel_named(&format!("sir-case-{case}")).unwrap();
    let here = format!("\"{}\"", channel(&case));
    stage.slack.fault(FaultRule::on("chat.postMessage").body(&here).times(u32::MAX).error("no_permission"));
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.sir.aws_comments(&other, "AWS Responder", "one").unwrap();
    stage.events().await;
    let lines: Vec<String> = stage.slack.messages(&channel(&other)).iter().map(SlackStandin::shown).collect();
    assert_eq!(count(&lines, "one"), 1);
    assert_eq!(stage.breaker(slack::KIND).await.trips, 0);
    assert!(stage.place(&case, slack::KIND).await.parked.unwrap().contains("no_permission"));
}
