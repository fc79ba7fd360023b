//! Do our limits and the service's agree? Each call is checked, and then made all the same.

use casebridge::aws::sir::{CaseChange, FaultKind, limits};

use super::*;

const SETTABLE: [Status; 4] =
    [Status::Submitted, Status::Detection, Status::Containment, Status::PostIncident];

#[tokio::test]
async fn what_passes_the_check_is_taken_and_what_does_not_is_refused() {
    let (_sir, aws) = pair().await;
    let id = created(&aws, new_case("Limits")).await;
    let texts = texts(&id).into_iter();
    for (number, (call, taken)) in texts.chain(lists(&id)).chain(files(&id)).enumerate() {
        assert_eq!(limits::check(&call).is_ok(), taken, "our check of line {number}: {call:?}");
        match aws.call(call.clone()).await {
            Ok(_) => assert!(taken, "the service took line {number}: {call:?}"),
            Err(fault) => {
                assert!(!taken, "line {number}: {call:?}: {}", fault.message);
                assert!(matches!(fault.kind, FaultKind::Invalid { .. }), "line {number}: {fault:?}");
            }
        }
    }
}

/// As many letters of two bytes.
fn wide(count: usize) -> String {
    "é".repeat(count)
}

fn change(id: &CaseId, change: CaseChange) -> Call {
    Call::UpdateCase { case: id.clone(), change: Box::new(change) }
}

/// Calls at the edge of what a text may be, and whether they pass.
fn texts(id: &CaseId) -> Vec<(Call, bool)> {
    let title = |text| change(id, CaseChange { title: Some(text), ..CaseChange::default() });
    let description = |text| change(id, CaseChange { description: Some(text), ..CaseChange::default() });
    let comment = |text: String| {
        let token = format!("{} bytes", text.len());
        Call::CreateCaseComment { case: id.clone(), body: text, token }
    };
    vec![
        (title(wide(300)), true),
        (title(wide(301)), false),
        (description(wide(8_000)), true),
        (description(wide(8_001)), false),
        (comment(wide(12_000)), true),
        (comment(wide(12_001)), false),
        (comment(String::new()), false),
        (change(id, CaseChange::default()), false),
    ]
}

/// Calls at the edge of what may be on a list, and whether they pass.
fn lists(id: &CaseId) -> Vec<(Call, bool)> {
    let base = CaseChange::default;
    let watch = |email: &str, name| {
        let watcher = Watcher { email: email.to_owned(), name, job_title: None };
        change(id, CaseChange { add_watchers: vec![watcher], ..base() })
    };
    let actor = |ip: &str, user_agent| {
        let actor = Actor { ip: ip.to_owned(), user_agent };
        change(id, CaseChange { add_actors: vec![actor], ..base() })
    };
    let service = |name: &str| change(id, CaseChange { add_services: vec![name.to_owned()], ..base() });
    let region = |name: &str| change(id, CaseChange { add_regions: vec![name.to_owned()], ..base() });
    let account = |digits: &str| change(id, CaseChange { add_accounts: vec![digits.to_owned()], ..base() });
    let pair = || ("key".to_owned(), "value".to_owned());
    let pairs = |count| change(id, CaseChange { metadata: vec![pair(); count], ..base() });
    vec![
        (watch("ana@example.com", Some(wide(50))), true),
        (watch("ana@example.com", Some(wide(51))), false),
        (watch("josé@example.com", None), false),
        (watch("a@b.c", None), false),
        (actor("203.0.113.7", Some(wide(500))), true),
        (actor("203.0.113.7", Some(wide(501))), false),
        (actor("2001:DB8:0:0:0:0:0:1", None), true),
        (actor("2001:db8::1", None), false),
        (actor("203.0.113.0/24", None), false),
        (service("Amazon S3 (us), 100% & more!"), true),
        (service("S3/Glacier"), false),
        (service("S"), false),
        (region("me-central-1"), true),
        (region("ME-CENTRAL-1"), false),
        (account("000000000001"), true),
        (account("1"), false),
        (pairs(30), true),
        (pairs(31), false),
    ]
}

/// Calls at the edge of what a file may be, and whether they pass.
fn files(id: &CaseId) -> Vec<(Call, bool)> {
    let file = |name: &str, bytes| {
        let token = format!("{name} {bytes}");
        Call::GetCaseAttachmentUploadUrl { case: id.clone(), name: name.to_owned(), bytes, token }
    };
    vec![
        (file("evidence-1.tar.gz", 104_857_600), true),
        (file("evidence-2.tar.gz", 104_857_601), false),
        (file("two words.txt", 1), false),
        (file("empty.txt", 0), false),
    ]
}

#[tokio::test]
async fn a_case_goes_where_our_graph_says_and_nowhere_else() {
    let (_sir, aws) = pair().await;
    for (number, way) in
        [&[][..], &[Status::Detection], &[Status::Containment], &[Status::PostIncident]].iter().enumerate()
    {
        for (to_number, to) in SETTABLE.iter().enumerate() {
            let id = created(&aws, new_case(&format!("From {number} to {to_number}"))).await;
            let go = |to: &Status| Call::UpdateCaseStatus { case: id.clone(), status: to.clone() };
            for step in *way {
                done(&aws, go(step)).await;
            }
            let from = case(&aws, &id).await.status;
            let legal = limits::legal_next(Resolver::Own, &from).contains(to);
            assert_eq!(aws.call(go(to)).await.is_ok(), legal, "{from:?} to {to:?}");
        }
    }
}
