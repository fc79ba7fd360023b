//! Deadlines are counted from when a person says, and said before they are over: with the clock moved by hand.

use casebridge::case::CaseId;
use casebridge_lab::stage::{ANA, BO, Stage, ana};
use serde_json::json;

const CLOCKS: &str =
    "[notify]\nremind_minutes = [30, 120]\n[notify.clocks.NIS2]\n'Early warning' = 24\n'Notification' = 72\n";

async fn stage(more: &str) -> (Stage, CaseId) {
    let stage = Stage::with("", &CLOCKS.replace("[notify]\n", &format!("[notify]\n{more}"))).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    (stage, case)
}

async fn said(stage: &Stage, case: &CaseId) -> Vec<String> {
    let mut lines = stage.lines(case).await;
    lines.retain(|line| line.starts_with("⏰"));
    lines
}

#[tokio::test]
async fn each_deadline_is_said_before_and_when_it_is_over_and_never_twice() {
    let (stage, case) = stage("").await;
    stage.types(&ana(), &format!("{case} take")).await;
    let answer = stage.types(&ana(), &format!("{case} clock nis2 from 2h ago")).await;
    assert!(answer.contains("NIS2 runs from") && answer.contains("Early warning"), "{answer}");
    let begun = stage.now() - 2 * 3_600_000;
    stage.soon().await;
    assert_eq!(said(&stage, &case).await.len(), 0, "22 hours are left");
    // The reminders and the end of both, in minutes after the start.
    let mut reached = 120;
    for (at, count) in
        [(1_319, 0), (1_322, 1), (1_412, 2), (1_442, 3), (4_199, 3), (4_202, 4), (4_292, 5), (4_322, 6)]
    {
        stage.later((at - reached - 1) * 60_000);
        stage.minutes(1).await;
        reached = at;
        let lines = said(&stage, &case).await;
        assert_eq!(lines.len(), count, "minute {at}: {lines:#?}");
    }
    let lines = said(&stage, &case).await;
    assert!(
        lines[0].starts_with("⏰ Deadline: NIS2, Early warning · ") && lines[0].contains(ANA),
        "{lines:#?}"
    );
    assert!(lines[2].contains("NIS2, Early warning: it is over"), "{lines:#?}");
    assert!(lines[5].contains("NIS2, Notification: it is over"), "{lines:#?}");
    assert!(stage.now() - begun >= 72 * 3_600_000);
    stage.minutes(60).await;
    assert_eq!(said(&stage, &case).await.len(), 6);
}

#[tokio::test]
async fn a_clock_is_on_the_persons_own_time_and_said_back_and_stops_when_told_to() {
    let (stage, case) = stage("").await;
    stage.slack.set_user(&ana(), &json!({ "tz": "America/New_York", "tz_offset": -18_000 }));
    let local = stage.types(&ana(), &format!("{case} clock NIS2 from yesterday 14:00")).await;
    let utc = stage.types(&ana(), &format!("{case} clock NIS2 from yesterday 14:00 UTC")).await;
    let hour = |said: &str| said.split("runs from ").nth(1).unwrap()[11..16].to_owned();
    assert_eq!((hour(&local), hour(&utc)), ("19:00".to_owned(), "14:00".to_owned()), "{local} {utc}");
    let shown = stage.types(&ana(), &format!("{case} clock")).await;
    assert!(
        shown.contains("NIS2 runs from")
            && shown.contains(", started by ana")
            && shown.contains("AWS's first response: by"),
        "{shown}"
    );
    assert!(stage.types(&ana(), &format!("{case} brief")).await.contains("Next deadline: "));
    for (line, words) in [
        ("clock NIS3", "There are: NIS2."),
        ("clock NIS2 from someday", "not a moment that I can read"),
        ("clock NIS2 from 2099-01-01", "not come yet"),
        ("clock NIS2 stop", "is stopped"),
        ("clock NIS2 stop", "No clock NIS2 runs"),
        ("clock", "No clock runs for case"),
    ] {
        let answer = stage.types(&ana(), &format!("{case} {line}")).await;
        assert!(answer.contains(words), "{line}: {answer}");
    }
    stage.minutes(100).await;
    assert_eq!(said(&stage, &case).await.len(), 0);
}

#[tokio::test]
async fn awss_own_first_response_is_counted_where_somebody_is_named_for_it_until_aws_speaks() {
    let (stage, silent) = stage(&format!("deadline = ['{BO}']\n")).await;
    let spoke = stage.sir.aws_creates_case("Answered");
    stage.sir.aws_comments(&spoke, "AWS Responder", "We look at it.").unwrap();
    stage.notify().await;
    stage.minutes(14).await;
    assert_eq!(said(&stage, &silent).await, [""; 0], "no reminder is due before its clock began");
    stage.minutes(6).await;
    let lines = said(&stage, &silent).await;
    assert!(lines.len() == 1 && lines[0].contains("AWS's first response: it is over"), "{lines:#?}");
    assert_eq!(said(&stage, &spoke).await.len(), 0);
}
