//! Every operation once, and what it changed read back.

use std::collections::BTreeSet;

use casebridge::aws::sir::*;
use serde_json::json;

use super::*;

#[tokio::test]
async fn every_operation_is_made_and_its_answer_read() {
    let (sir, aws) = pair().await;
    let id = a_case_is_opened_with_all_it_can_have(&aws).await;
    everything_on_it_is_changed(&aws, &id).await;
    comments_are_added_and_edited(&sir, &aws, &id).await;
    files_are_attached(&aws, &id).await;
    tags_are_set_and_taken_away(&aws, &id).await;
    it_is_handed_to_aws_and_investigated(&sir, &aws, &id).await;
    memberships_are_read_and_changed(&sir, &aws).await;
    let heard: BTreeSet<String> = sir.calls().into_iter().map(|call| call.operation).collect();
    let unheard: Vec<_> = Operation::ALL
        .iter()
        .filter(|operation| operation.action().starts_with("security-ir:"))
        .filter(|operation| !heard.contains(operation.name()))
        .collect();
    assert!(unheard.is_empty(), "not called here: {unheard:?}");
}

fn ana() -> Watcher {
    let (name, job_title) = (Some("Ana".to_owned()), Some("Lead".to_owned()));
    Watcher { email: "ana@example.com".to_owned(), name, job_title }
}

fn bo() -> Watcher {
    Watcher { email: "bo@example.com".to_owned(), name: None, job_title: None }
}

fn actor(ip: &str) -> Actor {
    Actor { ip: ip.to_owned(), user_agent: Some("curl/8".to_owned()) }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

async fn a_case_is_opened_with_all_it_can_have(aws: &SirClient) -> CaseId {
    let new = NewCase {
        accounts: texts(&["111122223333"]),
        watchers: vec![ana()],
        actors: vec![actor("203.0.113.7")],
        services: texts(&["Amazon S3"]),
        regions: texts(&["eu-west-1"]),
        tags: vec![("team".to_owned(), "red".to_owned())],
        ..new_case("Key leaked")
    };
    let id = created(aws, new.clone()).await;
    assert_eq!(created(aws, new).await, id, "the token makes the repetition harmless");
    let read = case(aws, &id).await;
    let expected = Case {
        id: id.clone(),
        arn: format!("arn:aws:security-ir:eu-west-1:111122223333:case/{id}"),
        title: "Key leaked".to_owned(),
        description: "A key was seen in a public repository.".to_owned(),
        status: Status::Submitted,
        engagement: "Security Incident".to_owned(),
        resolver: Resolver::Own,
        waits_for_customer: false,
        reported_start: Some(1_711_553_521),
        actual_start: None,
        created: read.created,
        updated: read.updated,
        closed: None,
        closure: None,
        accounts: texts(&["111122223333"]),
        regions: texts(&["eu-west-1"]),
        services: texts(&["Amazon S3"]),
        watchers: vec![ana()],
        actors: vec![actor("203.0.113.7")],
        attachments: Vec::new(),
        metadata: Vec::new(),
    };
    assert_eq!(read, expected);
    assert!(
        read.created.is_some_and(|at| at > 1_700_000_000),
        "seconds, not milliseconds: {:?}",
        read.created
    );
    let page = ask!(aws, Call::ListCases { next: None }, Answer::Cases);
    let summary = CaseSummary {
        id: id.clone(),
        title: "Key leaked".to_owned(),
        status: Status::Submitted,
        resolver: Resolver::Own,
        waits_for_customer: false,
        updated: read.updated,
        created: read.created,
        closed: None,
    };
    assert_eq!(page, Page { items: vec![summary], next: None, total: None });
    id
}

async fn everything_on_it_is_changed(aws: &SirClient, id: &CaseId) {
    let change = CaseChange {
        title: Some("Key leaked and used".to_owned()),
        description: Some("It was used.".to_owned()),
        reported_start: Some(1_711_553_000),
        actual_start: Some(1_711_552_000),
        engagement: Some("Investigation".to_owned()),
        add_watchers: vec![bo()],
        remove_watchers: vec![ana()],
        add_actors: vec![actor("2001:DB8:0:0:0:0:0:1")],
        remove_actors: vec![actor("203.0.113.7")],
        add_services: texts(&["AWS Lambda"]),
        remove_services: texts(&["Amazon S3"]),
        add_regions: texts(&["us-east-1"]),
        remove_regions: texts(&["eu-west-1"]),
        add_accounts: texts(&["444455556666"]),
        remove_accounts: texts(&["111122223333"]),
        metadata: vec![("jira".to_owned(), "SEC-1".to_owned())],
    };
    let before = case(aws, id).await;
    done(aws, Call::UpdateCase { case: id.clone(), change: Box::new(change) }).await;
    done(aws, Call::UpdateCaseStatus { case: id.clone(), status: Status::PostIncident }).await;
    let after = case(aws, id).await;
    let expected = Case {
        title: "Key leaked and used".to_owned(),
        description: "It was used.".to_owned(),
        status: Status::PostIncident,
        engagement: "Investigation".to_owned(),
        reported_start: Some(1_711_553_000),
        actual_start: Some(1_711_552_000),
        updated: after.updated,
        accounts: texts(&["444455556666"]),
        regions: texts(&["us-east-1"]),
        services: texts(&["AWS Lambda"]),
        watchers: vec![bo()],
        actors: vec![actor("2001:DB8:0:0:0:0:0:1")],
        metadata: vec![("jira".to_owned(), "SEC-1".to_owned())],
        ..before
    };
    assert_eq!(after, expected);
    let edits = ask!(aws, Call::ListCaseEdits { case: id.clone(), next: None }, Answer::Edits);
    let actions: Vec<&str> = edits.items.iter().map(|edit| edit.action.as_str()).collect();
    assert!(actions.contains(&"CREATE_CASE") && actions.contains(&"UPDATE_CASE"), "{actions:?}");
    let whole = |edit: &Edit| {
        edit.at.is_some() && edit.principal.contains("assumed-role") && edit.message.len() >= 10
    };
    assert!(edits.items.iter().all(whole));
}

async fn comments_are_added_and_edited(sir: &SirStandin, aws: &SirClient, id: &CaseId) {
    let say = |body: &str| Call::CreateCaseComment {
        case: id.clone(),
        body: body.to_owned(),
        token: "one".to_owned(),
    };
    let comment = ask!(aws, say("hello"), Answer::CommentId);
    assert_eq!(
        ask!(aws, say("hello"), Answer::CommentId),
        comment,
        "the token makes the repetition harmless"
    );
    let edit =
        Call::UpdateCaseComment { case: id.clone(), comment: comment.clone(), body: "hello, all".to_owned() };
    assert_eq!(ask!(aws, edit, Answer::CommentId), comment);
    sir.aws_comments(&CaseId::new(id.as_str()), "security-ir.amazonaws.com", "Summary")
        .expect("an open case");
    let page = ask!(aws, Call::ListComments { case: id.clone(), next: None }, Answer::Comments);
    let told: Vec<(&str, &str)> =
        page.items.iter().map(|comment| (comment.creator.as_str(), comment.body.as_str())).collect();
    assert_eq!(told, [("security-ir.amazonaws.com", "Summary"), (sir.principal().as_str(), "hello, all")]);
    assert!(page.items.iter().all(|comment| comment.created > 0 && comment.updated.is_some()));
}

async fn files_are_attached(aws: &SirClient, id: &CaseId) {
    let (name, token) = ("a.txt".to_owned(), "file".to_owned());
    let upload = Call::GetCaseAttachmentUploadUrl { case: id.clone(), name, bytes: 3, token };
    let url = ask!(aws, upload, Answer::Url);
    let put = reqwest::Client::new()
        .put(url.reveal())
        .header("if-none-match", "*")
        .header("content-type", "application/octet-stream")
        .body("abc");
    assert_eq!(put.send().await.expect("an answer").status(), 200);
    let attachment = case(aws, id).await.attachments.remove(0);
    assert_eq!((attachment.name.as_str(), attachment.status.as_str()), ("a.txt", "Verified"));
    assert!(attachment.created > 0 && attachment.creator.contains("assumed-role"));
    let download = Call::GetCaseAttachmentDownloadUrl { case: id.clone(), attachment: attachment.id };
    let url = ask!(aws, download, Answer::Url);
    let bytes = reqwest::get(url.reveal()).await.expect("an answer").bytes().await.expect("a body");
    assert_eq!(&bytes[..], b"abc");
}

async fn tags_are_set_and_taken_away(aws: &SirClient, id: &CaseId) {
    let arn = case(aws, id).await.arn;
    let tags = vec![("jira".to_owned(), "SEC-1".to_owned()), ("a".to_owned(), String::new())];
    done(aws, Call::TagResource { arn: arn.clone(), tags }).await;
    done(aws, Call::UntagResource { arn: arn.clone(), keys: texts(&["team", "none"]) }).await;
    let tags = ask!(aws, Call::ListTagsForResource { arn }, Answer::Tags);
    assert_eq!(tags, [("a".to_owned(), String::new()), ("jira".to_owned(), "SEC-1".to_owned())]);
}

async fn it_is_handed_to_aws_and_investigated(sir: &SirStandin, aws: &SirClient, id: &CaseId) {
    done(aws, Call::UpdateResolverType { case: id.clone(), resolver: Resolver::Aws }).await;
    sir.aws_changes(
        &CaseId::new(id.as_str()),
        &json!({ "caseStatus": "Ready to Close", "pendingAction": "Customer" }),
    )
    .expect("an open case");
    let handed = case(aws, id).await;
    assert_eq!(
        (handed.resolver, handed.status, handed.waits_for_customer),
        (Resolver::Aws, Status::ReadyToClose, true)
    );
    let step = json!({ "actionType": "Evidence", "title": "Who used it?", "content": "**CloudTrail**", "status": "Waiting" });
    let step = InvestigationId::new(sir.investigates(&CaseId::new(id.as_str()), &step).expect("a case"));
    let (investigation, comment) = (step.clone(), Some("It found him.".to_owned()));
    done(aws, Call::SendFeedback { case: id.clone(), investigation, useful: false, comment }).await;
    let page = ask!(aws, Call::ListInvestigations { case: id.clone(), next: None }, Answer::Investigations);
    let expected = Investigation {
        id: step,
        kind: "Evidence".to_owned(),
        title: "Who used it?".to_owned(),
        content: "**CloudTrail**".to_owned(),
        status: "Waiting".to_owned(),
        updated: page.items[0].updated,
        feedback: Some("NOT_USEFUL".to_owned()),
    };
    assert_eq!(page, Page { items: vec![expected], next: None, total: None });
    done(aws, Call::CloseCase { case: id.clone() }).await;
    let closed = case(aws, id).await;
    assert!(closed.is_closed() && closed.closed.is_some());
    let other = CaseId::new(sir.aws_creates_case("Unusual sign-in"));
    sir.aws_closes(&CaseId::new(other.as_str()), "False Positive").expect("an open case");
    assert_eq!(case(aws, &other).await.closure.as_deref(), Some("False Positive"));
}

async fn memberships_are_read_and_changed(sir: &SirStandin, aws: &SirClient) {
    let id = MembershipId::new(sir.membership_id().expect("a membership"));
    let page = ask!(aws, Call::ListMemberships { next: None }, Answer::Memberships);
    let arn = format!("arn:aws:security-ir:eu-west-1:111122223333:membership/{id}");
    let summary = MembershipSummary {
        id: id.clone(),
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-1".to_owned()),
        arn: Some(arn.clone()),
        status: Some("Active".to_owned()),
    };
    assert_eq!(page, Page { items: vec![summary], next: None, total: None });
    let update = |change| Call::UpdateMembership { membership: id.clone(), change: Box::new(change) };
    let change = MembershipChange {
        name: Some("Second name".to_owned()),
        team: team(),
        features: vec![("Triage".to_owned(), false)],
        covers_organization: Some(false),
        add_units: texts(&["ou-abcd-12345678", "ou-abcd-87654321"]),
        ..MembershipChange::default()
    };
    done(aws, update(change)).await;
    let remove_units = texts(&["ou-abcd-87654321"]);
    done(aws, update(MembershipChange { remove_units, ..MembershipChange::default() })).await;
    let read = ask!(aws, Call::GetMembership { membership: id.clone() }, Answer::Membership);
    let expected = Membership {
        id: id.clone(),
        arn,
        name: "Second name".to_owned(),
        status: "Active".to_owned(),
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        accounts_covered: Some(1),
        customer_type: Some("Organization".to_owned()),
        team: team(),
        features: vec![("Triage".to_owned(), false)],
        covers_organization: Some(false),
        units: texts(&["ou-abcd-12345678"]),
        activated: read.activated,
        deactivated: None,
    };
    assert_eq!(*read, expected);
    accounts_and_metrics_are_read(sir, aws, &id).await;
    a_membership_ends_and_begins(aws, &id).await;
}

fn team() -> Vec<Responder> {
    let person = |name: &str, communication: &[&str]| Responder {
        name: name.to_owned(),
        job_title: "Responder".to_owned(),
        email: format!("{}@example.com", name.to_lowercase()),
        communication: texts(communication),
    };
    vec![person("Ana", &["Case Created", "Case Closed"]), person("Cleo", &[])]
}

async fn accounts_and_metrics_are_read(sir: &SirStandin, aws: &SirClient, id: &MembershipId) {
    let accounts = texts(&["111122223333", "444455556666"]);
    let answer = ask!(
        aws,
        Call::BatchGetMemberAccountDetails { membership: id.clone(), accounts },
        Answer::MemberAccounts
    );
    let (status, relation) = (Some("Associated".to_owned()), Some("Organization".to_owned()));
    assert_eq!(answer.found, [MemberAccount { id: "111122223333".to_owned(), status, relation }]);
    assert_eq!(answer.unread[0].id, "444455556666");
    assert!(!answer.unread[0].why.is_empty());
    let counters = [
        "findingsIngestedSecurityHub",
        "findingsIngestedGuardDuty",
        "findingsTriaged",
        "findingsTriagedFalsePositive",
        "findingsInvestigated",
        "findingsInvestigatedFalsePositive",
        "findingsInvestigatedInProgress",
        "findingsEscalated",
        "findingsEscalatedFalsePositive",
        "findingsEscalatedInProgress",
        "findingsTruePositive",
    ];
    sir.set_finding_metrics(
        counters.iter().zip(1..).map(|(name, count)| ((*name).to_owned(), json!(count))).collect(),
    );
    let asked = Call::GetFindingMetrics { membership: id.clone(), from: 1_793_491_200, to: 1_793_577_600 };
    let expected = FindingMetrics {
        from_security_hub: 1,
        from_guard_duty: 2,
        triaged: 3,
        triaged_false_positive: 4,
        investigated: 5,
        investigated_false_positive: 6,
        investigated_in_progress: 7,
        escalated: 8,
        escalated_false_positive: 9,
        escalated_in_progress: 10,
        true_positive: 11,
    };
    assert_eq!(*ask!(aws, asked, Answer::Metrics), expected);
}

async fn a_membership_ends_and_begins(aws: &SirClient, id: &MembershipId) {
    let cancel = || Call::CancelMembership { membership: id.clone() };
    let status = || async {
        ask!(aws, Call::GetMembership { membership: id.clone() }, Answer::Membership).status.clone()
    };
    done(aws, cancel()).await;
    assert_eq!(status().await, "Cancelled");
    let undo = MembershipChange { undo_cancellation: true, ..MembershipChange::default() };
    done(aws, Call::UpdateMembership { membership: id.clone(), change: Box::new(undo) }).await;
    assert_eq!(status().await, "Active");
    done(aws, cancel()).await;
    let new = NewMembership {
        token: "new".to_owned(),
        name: "Third name".to_owned(),
        team: team(),
        features: vec![("Triage".to_owned(), true)],
        covers_organization: Some(true),
        tags: vec![("team".to_owned(), "red".to_owned())],
    };
    let made = ask!(aws, Call::CreateMembership { new: Box::new(new) }, Answer::MembershipId);
    let read = ask!(aws, Call::GetMembership { membership: made.clone() }, Answer::Membership);
    assert_eq!((read.name.as_str(), read.covers_organization), ("Third name", Some(true)));
    let tags = ask!(aws, Call::ListTagsForResource { arn: read.arn.clone() }, Answer::Tags);
    assert_eq!(tags, [("team".to_owned(), "red".to_owned())]);
}
