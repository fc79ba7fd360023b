//! Whoever reads that a case changed reads whose doing it was, in the thread and in the issue.

use casebridge::{
    case::{CaseId, MemberId, UserId},
    state::Store,
};
use casebridge_lab::{
    stage::{ANA, Stage, ana, chosen, moment, typed},
    standins::{FaultRule, Order, SlackStandin},
};
use serde_json::json;

/// How somebody in the console is called who opens a case: by role and session.
const CONSOLE: &str = "SecurityTeam/ana";

/// A case that is told, and a responder called cy.
async fn told(own: bool) -> (Stage, CaseId, UserId) {
    let mut stage = Stage::with("", "tell = ['comments', 'status', 'title']\n").await;
    let cy = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    stage.slack.set_member(&stage.channel, &cy, true);
    stage.settings.roles.responder.push(MemberId::new(cy.clone()));
    let case = match own {
        true => stage.sir.console_creates_case("Key leaked"),
        false => stage.sir.aws_creates_case("Key leaked"),
    };
    stage.notify().await;
    (stage, case, cy)
}

/// The newest line that begins so in the thread, and in the issue.
async fn lines(stage: &Stage, case: &CaseId, field: &str) -> [String; 2] {
    stage.notify().await;
    let all = [stage.lines(case).await, stage.comments(case).await];
    all.map(|all| {
        let lines: Vec<_> = all.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
        let plain = |line: &&String| line.trim_start_matches(['-', '•', '*', ' ']).starts_with(field);
        lines.iter().rev().find(plain).cloned().unwrap()
    })
}

#[tokio::test]
async fn a_change_that_somebody_made_from_slack_names_them_in_both() {
    let (stage, case, cy) = told(true).await;
    let asked = stage.sir.count("ListCaseEdits");
    stage.types(&cy, &format!("{case} status detect")).await;
    let [thread, issue] = lines(&stage, &case, "Status").await;
    assert!(thread.contains(" · by ") && thread.contains(cy.as_str()), "{thread}");
    assert!(issue.ends_with(&format!(" · by cy, {cy} (Slack)")), "{issue}");
    stage.ana(&format!("{case} title Two keys leaked")).await;
    let [thread, issue] = lines(&stage, &case, "Title").await;
    assert!(thread.contains(ANA) && issue.contains(ANA), "{thread} {issue}");
    assert!(!thread.contains(cy.as_str()), "{thread}");
    assert_eq!(stage.sir.count("ListCaseEdits"), asked, "the record says it");
}

/// What card, issue, `brief` and `timeline` say of who opened a case.
async fn opened(stage: &Stage, case: &CaseId) -> [String; 4] {
    stage.notify().await;
    let card = stage.cards().iter().map(SlackStandin::shown).find(|card| card.contains(case.as_str()));
    let of = |text: String, field: &str| text.lines().find(|line| line.contains(field)).unwrap().to_owned();
    let issue = stage.in_issue(case).await;
    [
        of(card.unwrap(), " · opened "),
        issue.lines().skip_while(|line| *line != "Opened by").nth(1).unwrap().to_owned(),
        of(stage.ana(&format!("{case} brief")).await, "Opened: "),
        of(stage.ana(&format!("{case} timeline")).await, "opened the case"),
    ]
}

#[tokio::test]
async fn card_issue_brief_and_timeline_say_who_opened_the_case() {
    let stage = Stage::set().await;
    let aws = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let console = stage.sir.console_creates_case("Key found");
    for (case, who) in [(&aws, "AWS"), (&console, CONSOLE)] {
        for told in opened(&stage, case).await {
            assert!(told.contains(who), "{told}");
        }
    }
    assert_eq!(stage.sir.count("ListCaseEdits"), 2 + 2, "once for each, and for each timeline");
}

#[tokio::test]
async fn whoever_opens_a_case_from_slack_is_named_and_not_the_role_even_where_the_card_is_faster() {
    let stage = Stage::set().await;
    stage.ana("new").await;
    let filled = [
        ("title", typed("Key leaked")),
        ("description", typed("Seen.")),
        ("engagement", chosen("Security Incident")),
        ("resolver", chosen("Self")),
        ("started", moment(1_795_262_400)),
        ("accounts", typed("111122223333")),
        ("regions", json!({ "selected_options": [{ "value": "eu-west-1" }] })),
        ("people", json!({ "selected_users": [ANA] })),
    ];
    stage.sends(&ana(), &filled).await;
    let made = stage.sir.state()["cases"].as_object().unwrap().keys().next().unwrap().clone();
    let case = CaseId::new(&made);
    // As if the service's event had come before the note was written.
    let deeds = format!("deeds/{case}");
    let note = stage.memory.note(&deeds).await.unwrap().unwrap();
    stage.memory.swap_note(&deeds, Some(&note), "[]", None).await.unwrap();
    assert!(opened(&stage, &case).await[0].contains("casebridge-command"));
    let cards = stage.cards().len();
    stage.memory.swap_note(&deeds, Some("[]"), &note, None).await.unwrap();
    stage.memory.hint(&case, stage.now(), false).await.unwrap();
    stage.later(3_000);
    stage.sweep().await;
    for (told, name) in opened(&stage, &case).await.iter().zip([ANA, "ana, U024BE7LH (Slack)", "ana", "ana"])
    {
        assert!(told.contains(name) && !told.contains("casebridge-command"), "{told}");
    }
    assert_eq!(stage.cards().len(), cards, "it is the same card");
}

#[tokio::test]
async fn a_watcher_is_called_by_name_and_no_address_stands_where_others_read() {
    let stage = Stage::with("", "tell = ['comments', 'watchers']\n").await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    stage.ana(&format!("{case} watch")).await;
    let added = lines(&stage, &case, "Watchers").await;
    stage.ana(&format!("{case} unwatch")).await;
    let removed = lines(&stage, &case, "Watchers").await;
    let description = stage.in_issue(&case).await;
    for told in added.iter().chain(&removed).chain([&description]) {
        assert!(!told.replace(CONSOLE, "").contains("example.com"), "{told}");
    }
    for [told, sign] in [[&added[0], "+"], [&added[1], "+"], [&removed[0], "−"], [&removed[1], "−"]] {
        assert!(told.contains(sign) && told.contains("ana"), "{told}");
    }
    stage.events().await;
    assert_eq!(lines(&stage, &case, "Watchers").await, removed, "neither line is another later");
    // Nor of whom neither the case nor Slack names; whoever asks for the list reads it.
    for eve in ["eve@partner.example", "eva@partner.example"] {
        let named_so = json!({ "watchersToAdd": [{ "email": eve, "name": eve }] });
        stage.sir.aws_changes(&case, &named_so).unwrap();
        let told = lines(&stage, &case, "Watchers").await;
        for told in told.iter().chain([&stage.in_issue(&case).await]) {
            assert!(told.contains("somebody at partner.example") && !told.contains("@partner"), "{told}");
        }
        assert!(stage.ana(&format!("{case} watchers")).await.contains(eve));
    }
}

#[tokio::test]
async fn a_watcher_whom_the_case_names_by_the_address_alone_is_called_as_slack_calls_them() {
    let stage = Stage::with("", "tell = ['comments', 'watchers']\n").await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    stage.ana(&format!("{case} watch bo@example.com")).await;
    let typed = lines(&stage, &case, "Watchers").await;
    let shown = stage.in_issue(&case).await;
    stage.ana(&format!("{case} unwatch bo@example.com")).await;
    let removed = lines(&stage, &case, "Watchers").await;
    stage.sir.aws_changes(&case, &json!({ "watchersToAdd": [{ "email": "bo@example.com" }] })).unwrap();
    let by_aws = lines(&stage, &case, "Watchers").await;
    for told in typed.iter().chain(&removed).chain(&by_aws).chain([&shown]) {
        assert!(told.contains("bo") && !told.replace(CONSOLE, "").contains("example.com"), "{told}");
    }
    // While Slack does not tell who it is, the change is told all the same.
    stage.slack.fault(FaultRule::on("users.lookupByEmail").error("internal_error"));
    stage.ana(&format!("{case} unwatch bo@example.com")).await;
    let told = &lines(&stage, &case, "Watchers").await[0];
    assert!(told.contains("somebody at example.com"), "{told}");
}

#[tokio::test]
async fn whoever_closed_it_is_named() {
    let (stage, case, _) = told(true).await;
    stage.ana(&format!("{case} close")).await;
    stage.presses(&ana(), "confirm/1").await;
    let [thread, issue] = lines(&stage, &case, "Status").await;
    assert!(thread.contains("Closed") && thread.contains(ANA), "{thread}");
    assert!(issue.contains("Closed") && issue.contains(ANA), "{issue}");
}

#[tokio::test]
async fn what_aws_changed_is_awss_though_somebody_here_changed_the_same_field_before() {
    let (stage, case, _) = told(false).await;
    stage.ana(&format!("{case} title Two keys leaked")).await;
    stage.notify().await;
    stage.later(600_000);
    stage.sir.aws_changes(&case, &json!({ "title": "Three keys leaked" })).unwrap();
    let [thread, issue] = lines(&stage, &case, "Title").await;
    for line in [thread, issue] {
        assert!(line.contains("Three keys") && line.contains(" · by AWS Responder"), "{line}");
        assert!(!line.contains(ANA), "{line}");
    }
}

#[tokio::test]
async fn of_a_case_with_hundreds_of_edits_the_newest_says_whose_a_change_was() {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let (stage, case, _) = told(false).await;
        stage.sir.set_order(order);
        // More than are read at once.
        for number in 0..630 {
            stage.sir.console_changes(&case, &json!({ "title": format!("Title {number}") })).unwrap();
            stage.later(60_000);
        }
        stage.later(2 * DAY);
        stage.events().await;
        for (title, calls) in [("Three keys leaked", 7), ("Four keys leaked", 2)] {
            stage.sir.aws_changes(&case, &json!({ "title": title })).unwrap();
            let asked = stage.sir.count("ListCaseEdits");
            let [thread, issue] = lines(&stage, &case, "Title").await;
            for line in [thread, issue] {
                assert!(line.contains(title) && line.contains(" · by AWS Responder"), "{order:?}: {line}");
            }
            let asked = stage.sir.count("ListCaseEdits") - asked;
            assert!(asked <= calls, "{order:?} {title}: {asked}");
        }
    }
}

#[tokio::test]
async fn where_the_service_does_not_tell_whose_it_was_the_change_is_told_without() {
    let (stage, case, _) = told(false).await;
    for fault in ["AccessDeniedException", "InternalServerException"] {
        stage.sir.fault(FaultRule::on("ListCaseEdits").error(fault));
        stage.sir.aws_changes(&case, &json!({ "title": fault })).unwrap();
        let [thread, issue] = lines(&stage, &case, "Title").await;
        assert!(thread.contains(fault) && issue.contains(fault), "{thread} {issue}");
        assert!(!thread.contains(" · by ") && !issue.contains(" · by "), "{thread} {issue}");
        stage.sir.heal();
    }
}

#[tokio::test]
async fn without_the_right_to_read_who_opened_a_case_that_is_asked_once() {
    let stage = Stage::set().await;
    stage.sir.fault(FaultRule::on("ListCaseEdits").error("AccessDeniedException"));
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    let asked = stage.sir.count("ListCaseEdits");
    assert!(asked > 0);
    for _ in 0..3 {
        stage.memory.hint(&case, stage.now(), false).await.unwrap();
        stage.later(3_000);
        stage.sweep().await;
    }
    assert_eq!(stage.sir.count("ListCaseEdits"), asked);
    // Where AWS only does not answer now it is asked again.
    let other = stage.sir.console_creates_case("Another key");
    stage.sir.heal();
    stage.sir.fault(FaultRule::on("ListCaseEdits").error("InternalServerException"));
    stage.notify().await;
    stage.sir.heal();
    stage.memory.hint(&other, stage.now(), false).await.unwrap();
    stage.later(3_000);
    stage.sweep().await;
    let (channel, ts) = stage.card(&other).await;
    let card = stage.slack.message(&channel, &ts).unwrap().to_string();
    assert!(card.contains(" by "), "{card}");
}
