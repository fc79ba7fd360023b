//! The real SDK against the stand-in: every operation, every error.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_securityir::{
    Client, Config, Error,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    error::{ProvideErrorMetadata, SdkError},
    primitives::{DateTime, DateTimeFormat},
    types::{
        CaseMetadataEntry, CaseStatus, EngagementType, ImpactedAwsRegion, IncidentResponder,
        MembershipAccountsConfigurationsUpdate, ResolverType, SelfManagedCaseStatus, ThreatActorIp,
        UsefulnessRating, Watcher,
    },
};
use serde_json::{Value, json};

use super::{
    super::{FaultRule, HeardCall, http},
    *,
};

fn client(sir: &SirStandin) -> Client {
    let config = Config::builder()
        .http_client(casebridge::config::sdk::http().unwrap())
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(sir.url())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

async fn pair() -> (SirStandin, Client) {
    let sir = SirStandin::start().await.unwrap();
    let client = client(&sir);
    (sir, client)
}

fn watcher(email: &str) -> Watcher {
    Watcher::builder().email(email).build().unwrap()
}

fn responder(email: &str) -> IncidentResponder {
    IncidentResponder::builder().name("Ana").job_title("Lead").email(email).build().unwrap()
}

async fn own_case(client: &Client) -> String {
    let case = client
        .create_case()
        .resolver_type(ResolverType::SelfValue)
        .title("Key leaked")
        .description("A key was seen in a public repository.")
        .engagement_type(EngagementType::SecurityIncident)
        .reported_incident_start_date(DateTime::from_secs(1_711_553_521))
        .set_impacted_accounts(Some(vec!["111122223333".into()]))
        .set_watchers(Some(vec![watcher("ana@example.com")]))
        .impacted_aws_regions(ImpactedAwsRegion::builder().region("eu-west-1".into()).build().unwrap())
        .tags("team", "red")
        .send();
    case.await.unwrap().case_id
}

fn code<E: ProvideErrorMetadata>(error: &E) -> String {
    error.code().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_operation_can_be_called_with_the_sdk() {
    let (sir, client) = pair().await;
    let case = own_case(&client).await;
    cases_can_be_read_and_changed(&client, &case).await;
    comments_and_files_can_be_added(&sir, &client, &case).await;
    investigations_and_tags_can_be_handled(&sir, &client, &case).await;
    memberships_can_be_handled(&client).await;
    let heard: BTreeSet<String> = sir.calls().into_iter().map(|call| call.operation).collect();
    let missing: Vec<&str> = operations::OPERATIONS
        .iter()
        .map(|operation| operation.name)
        .filter(|name| !heard.contains(*name))
        .collect();
    assert_eq!(missing, [""; 0]);
    let of_sdk = |call: &HeardCall| call.operation != "PUT attachment";
    let failed: Vec<_> =
        sir.calls().into_iter().filter(of_sdk).filter(|call| call.status.unwrap() >= 300).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

async fn cases_can_be_read_and_changed(client: &Client, id: &str) {
    let ip = ThreatActorIp::builder().ip_address("2001:DB8:0:0:0:0:0:1").user_agent("curl").build().unwrap();
    let update = client
        .update_case()
        .case_id(id)
        .title("Key leaked and used")
        .watchers_to_add(watcher("bo@example.com"))
        .watchers_to_delete(watcher("ana@example.com"))
        .threat_actor_ip_addresses_to_add(ip)
        .impacted_services_to_add("Amazon S3")
        .case_metadata(CaseMetadataEntry::builder().key("jira").value("SEC-1").build().unwrap());
    update.send().await.unwrap();
    client
        .update_case_status()
        .case_id(id)
        .case_status(SelfManagedCaseStatus::PostIncidentActivities)
        .send()
        .await
        .unwrap();
    let case = client.get_case().case_id(id).send().await.unwrap();
    assert_eq!(case.title(), Some("Key leaked and used"));
    assert_eq!(case.case_status(), Some(&CaseStatus::PostIncidentActivities));
    assert_eq!(case.reported_incident_start_date().unwrap().secs(), 1_711_553_521);
    assert_eq!(case.watchers().iter().map(|watcher| watcher.email()).collect::<Vec<_>>(), ["bo@example.com"]);
    assert_eq!(case.case_metadata()[0].value(), "SEC-1");
    assert_eq!(case.impacted_services(), ["Amazon S3"]);
    let list = client.list_cases().send().await.unwrap();
    assert_eq!((list.items()[0].case_id(), list.total()), (id, Some(1)));
    let edits = client.list_case_edits().case_id(id).send().await.unwrap();
    assert_eq!(edits.items().len(), 3);
    assert!(edits.items()[0].principal().unwrap().contains("assumed-role"));
    let resolver =
        client.update_resolver_type().case_id(id).resolver_type(ResolverType::Aws).send().await.unwrap();
    assert_eq!(resolver.case_status(), Some(&CaseStatus::Submitted));
}

async fn comments_and_files_can_be_added(sir: &SirStandin, client: &Client, id: &str) {
    let comment = client.create_case_comment().case_id(id).body("hello").send().await.unwrap();
    let comment_id = comment.comment_id();
    let edited =
        client.update_case_comment().case_id(id).comment_id(comment_id).body("hello, all").send().await;
    assert_eq!(edited.unwrap().body(), Some("hello, all"));
    let comments = client.list_comments().case_id(id).send().await.unwrap();
    assert_eq!(comments.items()[0].body(), Some("hello, all"));
    let upload = client
        .get_case_attachment_upload_url()
        .case_id(id)
        .file_name("a.txt")
        .content_length(3)
        .send()
        .await
        .unwrap();
    let put = |length: &str| {
        http()
            .put(upload.attachment_presigned_url())
            .header("if-none-match", "*")
            .header("content-type", "application/octet-stream")
            .body(length.to_owned())
    };
    assert_eq!(put("four").send().await.unwrap().status(), 403);
    assert_eq!(put("abc").send().await.unwrap().status(), 200);
    assert_eq!(put("abc").send().await.unwrap().status(), 412);
    let case = client.get_case().case_id(id).send().await.unwrap();
    let attachment = &case.case_attachments()[0];
    assert_eq!((attachment.file_name(), attachment.attachment_status().as_str()), ("a.txt", "Verified"));
    let download = client
        .get_case_attachment_download_url()
        .case_id(id)
        .attachment_id(attachment.attachment_id())
        .send()
        .await;
    let download = http().get(download.unwrap().attachment_presigned_url()).send().await.unwrap();
    assert_eq!(download.text().await.unwrap(), "abc");
    assert_eq!(sir.attachment(&CaseId::new(id), "a.txt").unwrap(), "abc");
}

async fn investigations_and_tags_can_be_handled(sir: &SirStandin, client: &Client, id: &str) {
    let inv = sir
        .investigates(&CaseId::new(id), &json!({ "title": "Who used the key?", "status": "Waiting" }))
        .unwrap();
    client
        .send_feedback()
        .case_id(id)
        .result_id(inv.as_str())
        .usefulness(UsefulnessRating::Useful)
        .send()
        .await
        .unwrap();
    let listed = client.list_investigations().case_id(id).max_results(25).send().await.unwrap();
    let action = &listed.investigation_actions()[0];
    assert_eq!(action.feedback().unwrap().usefulness(), Some(&UsefulnessRating::Useful));
    let arn = client.get_case().case_id(id).send().await.unwrap().case_arn().unwrap().to_owned();
    client.tag_resource().resource_arn(&arn).tags("jira", "SEC-1").send().await.unwrap();
    client.untag_resource().resource_arn(&arn).tag_keys("team").tag_keys("other").send().await.unwrap();
    let tags = client.list_tags_for_resource().resource_arn(&arn).send().await.unwrap();
    assert_eq!(tags.tags().iter().collect::<Vec<_>>(), [(&"jira".to_owned(), &"SEC-1".to_owned())]);
    let closed = client.close_case().case_id(id).send().await.unwrap();
    assert_eq!(closed.case_status(), Some(&CaseStatus::Closed));
    assert!(closed.closed_date().is_some());
}

async fn memberships_can_be_handled(client: &Client) {
    let list = client.list_memberships().send().await.unwrap();
    let id = list.items()[0].membership_id();
    let add = MembershipAccountsConfigurationsUpdate::builder()
        .cover_entire_organization(false)
        .organizational_units_to_add("ou-abcd-12345678")
        .build();
    client
        .update_membership()
        .membership_id(id)
        .membership_accounts_configurations_update(add)
        .send()
        .await
        .unwrap();
    let membership = client.get_membership().membership_id(id).send().await.unwrap();
    let units = membership.membership_accounts_configurations().unwrap().organizational_units();
    assert_eq!(units, ["ou-abcd-12345678"]);
    let details = client.batch_get_member_account_details().membership_id(id);
    let details = details.account_ids("111122223333").account_ids("444455556666").send().await.unwrap();
    assert_eq!((details.items().len(), details.errors()[0].account_id()), (1, "444455556666"));
    let day = |text: &str| DateTime::from_str(text, DateTimeFormat::DateTime).unwrap();
    let metrics = client.get_finding_metrics().membership_id(id);
    let metrics = metrics.start_date(day("2026-11-01T00:00:00Z")).end_date(day("2026-11-02T00:00:00Z"));
    assert_eq!(metrics.send().await.unwrap().findings_triaged(), 0);
    client.cancel_membership().membership_id(id).send().await.unwrap();
    client.update_membership().membership_id(id).undo_membership_cancellation(true).send().await.unwrap();
    client.cancel_membership().membership_id(id).send().await.unwrap();
    let team = [responder("ana@example.com"), responder("bo@example.com")];
    let new =
        client.create_membership().membership_name("Second").set_incident_response_team(Some(team.into()));
    assert!(new.send().await.unwrap().membership_id().starts_with("m-"));
}

#[tokio::test]
async fn every_modelled_error_is_understood_by_the_sdk() {
    let (sir, client) = pair().await;
    for name in [
        "AccessDeniedException",
        "ConflictException",
        "InternalServerException",
        "InvalidTokenException",
        "ResourceNotFoundException",
        "SecurityIncidentResponseNotActiveException",
        "ServiceQuotaExceededException",
        "ThrottlingException",
        "ValidationException",
    ] {
        sir.fault(FaultRule::on("GetCase").once().error(name));
        let error = client.get_case().case_id("1234567890").send().await.unwrap_err();
        assert_eq!(code(&error), name);
        let modelled = match Error::from(error) {
            Error::AccessDeniedException(_) => "AccessDeniedException",
            Error::ConflictException(_) => "ConflictException",
            Error::InternalServerException(_) => "InternalServerException",
            Error::InvalidTokenException(_) => "InvalidTokenException",
            Error::ResourceNotFoundException(_) => "ResourceNotFoundException",
            Error::SecurityIncidentResponseNotActiveException(_) => {
                "SecurityIncidentResponseNotActiveException"
            }
            Error::ServiceQuotaExceededException(_) => "ServiceQuotaExceededException",
            Error::ThrottlingException(error) => {
                assert_eq!(error.retry_after_seconds(), Some(1));
                "ThrottlingException"
            }
            Error::ValidationException(_) => "ValidationException",
            _ => "unhandled",
        };
        assert_eq!(modelled, name);
    }
}

#[tokio::test]
async fn limits_of_the_model_are_enforced_and_named() {
    let (sir, client) = pair().await;
    let case = own_case(&client).await;
    let long = "x".repeat(12_001);
    let error =
        client.create_case_comment().case_id(&case).body(long).send().await.unwrap_err().into_service_error();
    let Error::ValidationException(error) = Error::from(error) else { panic!("not a validation error") };
    assert_eq!(error.field_list()[0].name(), "body");
    assert_eq!(error.reason().as_str(), "FIELD_VALIDATION_FAILED");
    let many = (0..31).fold(client.update_case().case_id(&case), |call, n| {
        call.watchers_to_add(watcher(&format!("w{n}@example.com")))
    });
    assert_eq!(code(&many.send().await.unwrap_err()), "ValidationException");
    let thirty = (0..30).fold(client.update_case().case_id(&case), |call, n| {
        call.watchers_to_add(watcher(&format!("w{n}@example.com")))
    });
    let total = thirty.send().await.unwrap_err();
    assert_eq!(code(&total), "ValidationException", "30 more than the one there is");
    for name in ["a b.txt", "ä.txt", ""] {
        let call = client.get_case_attachment_upload_url().case_id(&case).file_name(name).content_length(1);
        assert_eq!(code(&call.send().await.unwrap_err()), "ValidationException", "{name}");
    }
    let big =
        client.get_case_attachment_upload_url().case_id(&case).file_name("a").content_length(104_857_601);
    assert_eq!(code(&big.send().await.unwrap_err()), "ValidationException");
    assert_eq!(sir.comments(&CaseId::new(&case)), Vec::<Value>::new());
}

#[tokio::test]
async fn a_client_token_makes_one_thing_once() {
    let (sir, client) = pair().await;
    let case = own_case(&client).await;
    let say = |body: &str, token: &str| {
        client.create_case_comment().case_id(&case).body(body).client_token(token).send()
    };
    let first = say("hello", "t1").await.unwrap();
    let again = say("hello", "t1").await.unwrap();
    assert_eq!(first.comment_id(), again.comment_id());
    assert_eq!(code(&say("other", "t1").await.unwrap_err()), "ConflictException");
    assert_ne!(say("hello", "t2").await.unwrap().comment_id(), first.comment_id());
    assert_eq!(sir.comments(&CaseId::new(&case)).len(), 2);
}

#[tokio::test]
async fn the_rules_of_cases_are_kept() {
    let (sir, client) = pair().await;
    let own = own_case(&client).await;
    let back = client.update_case_status().case_id(&own).case_status(SelfManagedCaseStatus::Submitted).send();
    assert_eq!(code(&back.await.unwrap_err()), "ValidationException");
    client.update_resolver_type().case_id(&own).resolver_type(ResolverType::Aws).send().await.unwrap();
    let back = client.update_resolver_type().case_id(&own).resolver_type(ResolverType::SelfValue).send();
    assert_eq!(code(&back.await.unwrap_err()), "ConflictException");
    let case = sir.aws_creates_case("Unusual sign-in");
    let status = client
        .update_case_status()
        .case_id(case.as_str())
        .case_status(SelfManagedCaseStatus::DetectionAndAnalysis);
    assert_eq!(code(&status.send().await.unwrap_err()), "ValidationException");
    let aws = sir.aws_comments(&case, "AWS Responder", "We are looking.").unwrap();
    let edit = client.update_case_comment().case_id(case.as_str()).comment_id(aws).body("no").send();
    assert_eq!(code(&edit.await.unwrap_err()), "AccessDeniedException");
    sir.aws_closes(&case, "False Positive").unwrap();
    let twice = client.close_case().case_id(case.as_str()).send().await.unwrap_err();
    assert_eq!(code(&twice), "ConflictException");
    for refused in [
        code(&client.create_case_comment().case_id(case.as_str()).body("late").send().await.unwrap_err()),
        code(&client.update_case().case_id(case.as_str()).title("late").send().await.unwrap_err()),
        code(
            &client
                .get_case_attachment_upload_url()
                .case_id(case.as_str())
                .file_name("a")
                .content_length(1)
                .send()
                .await
                .unwrap_err(),
        ),
    ] {
        assert_eq!(refused, "ConflictException");
    }
    let missing = client.get_case().case_id("9999999999").send().await.unwrap_err();
    assert_eq!(code(&missing), "ResourceNotFoundException");
    sir.without_membership();
    let inactive = client.get_case().case_id(case.as_str()).send().await.unwrap_err();
    assert_eq!(code(&inactive), "SecurityIncidentResponseNotActiveException");
}

#[tokio::test]
async fn attachments_wait_for_their_scan() {
    let (sir, client) = pair().await;
    let case = own_case(&client).await;
    sir.set_verdict(Scan::Pending);
    let ask =
        || client.get_case_attachment_upload_url().case_id(&case).file_name("a.txt").content_length(1).send();
    let url = ask().await.unwrap();
    assert_eq!(code(&ask().await.unwrap_err()), "ConflictException", "the name is taken");
    let put = http().put(url.attachment_presigned_url()).header("if-none-match", "*");
    let put = put.header("content-type", "application/octet-stream").body("x").send().await.unwrap();
    assert_eq!(put.status(), 200);
    let id = sir.case(&CaseId::new(&case)).unwrap()["caseAttachments"][0]["attachmentId"]
        .as_str()
        .unwrap()
        .to_owned();
    let get = || client.get_case_attachment_download_url().case_id(&case).attachment_id(&id).send();
    for (status, fits) in [(Scan::Pending, false), (Scan::Failed, false), (Scan::Verified, true)] {
        sir.set_attachment_status(&CaseId::new(&case), &AttachmentId::new(&id), status);
        assert_eq!(get().await.is_ok(), fits, "{status:?}");
    }
    let url = get().await.unwrap();
    sir.advance(Duration::from_secs(3601));
    assert_eq!(http().get(url.attachment_presigned_url()).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn events_say_who_but_not_what() {
    let (sir, client) = pair().await;
    let case = own_case(&client).await;
    let comment = client.create_case_comment().case_id(&case).body("hello").send().await.unwrap();
    sir.aws_comments(&CaseId::new(&case), "security-ir.amazonaws.com", "Summary").unwrap();
    client
        .update_case_comment()
        .case_id(&case)
        .comment_id(comment.comment_id())
        .body("x")
        .send()
        .await
        .unwrap();
    sir.aws_sets_status(&CaseId::new(&case), &casebridge::case::Status::Acknowledged).unwrap();
    client.close_case().case_id(&case).send().await.unwrap();
    let events = sir.take_events();
    let told: Vec<(&str, &Value)> =
        events.iter().map(|event| (event["detail-type"].as_str().unwrap(), &event["detail"])).collect();
    assert_eq!(
        told,
        [
            ("Case Created", &json!({ "caseId": case, "createdBy": "111122223333" })),
            ("Case Comment Added", &json!({ "caseId": case, "createdBy": "111122223333" })),
            ("Case Comment Added", &json!({ "caseId": case, "createdBy": "security-ir.amazonaws.com" })),
            ("Case Comment Updated", &json!({ "caseId": case, "updatedBy": "111122223333" })),
            ("Case Updated", &json!({ "caseId": case, "updatedBy": "AWS Responder" })),
            ("Case Closed", &json!({ "caseId": case })),
        ]
    );
    assert_eq!(events[0]["source"], "aws.security-ir");
    assert_eq!(
        events[0]["resources"],
        json!([format!("arn:aws:security-ir:eu-west-1:111122223333:case/{case}")])
    );
    assert_eq!(sir.take_events(), Vec::<Value>::new());
}

#[tokio::test]
async fn comments_come_in_pages_of_25_in_the_order_chosen() {
    let (sir, client) = pair().await;
    let case = sir.aws_creates_case("Busy");
    let ids: Vec<String> = (0..60)
        .map(|n| sir.aws_comments(&case, "AWS Responder", &format!("comment {n}")).unwrap().to_string())
        .collect();
    let read = async || -> Vec<String> {
        let pages = client.list_comments().case_id(case.as_str()).into_paginator().send();
        let pages: Vec<_> = pages.try_collect().await.unwrap();
        assert_eq!(pages.len(), 3);
        pages.iter().flat_map(|page| page.items()).map(|item| item.comment_id().to_owned()).collect()
    };
    let mut newest = read().await;
    newest.reverse();
    assert_eq!(newest, ids);
    sir.set_order(Order::OldestFirst);
    assert_eq!(read().await, ids);
    sir.set_order(Order::Shuffled);
    let mut shuffled = read().await;
    assert_ne!(shuffled, ids);
    shuffled.sort();
    assert_eq!(shuffled, ids);
}

#[tokio::test]
async fn rates_are_counted_and_enforced_when_told() {
    let (sir, client) = pair().await;
    let case = sir.aws_creates_case("Busy");
    let say = || client.create_case_comment().case_id(case.as_str()).body("x").send();
    say().await.unwrap();
    say().await.unwrap();
    assert_eq!(sir.too_fast(), [("CreateCaseComment".to_owned(), 1)]);
    sir.enforce_rates(true);
    assert_eq!(code(&say().await.unwrap_err()), "ThrottlingException");
    sir.advance(Duration::from_secs(1));
    say().await.unwrap();
}

#[tokio::test]
async fn faults_do_what_they_say_to_answer_and_state() {
    let (sir, client) = pair().await;
    let case = sir.aws_creates_case("Faulty");
    let say = || client.create_case_comment().case_id(case.as_str()).body("x").send();
    let on = || FaultRule::on("CreateCaseComment").once();
    for (fault, answered, stored) in [
        (on().answers(503), false, 0),
        (on().html(502), false, 0),
        (on().throttled(Some("30")), false, 0),
        (on().error("InternalServerException"), false, 0),
        (on().reset_before(), false, 0),
        (on().never_stored(), true, 0),
        (on().late(), false, 0),
        (on().reset_after(), false, 1),
        (on().applied_then(503), false, 1),
        (on().applied_then_error("InternalServerException"), false, 1),
        (on().truncated(), false, 1),
        (on().slow(Duration::from_millis(1)), true, 1),
    ] {
        let before = sir.comments(&case).len();
        sir.fault(fault.clone());
        assert_eq!(say().await.is_ok(), answered, "{fault:?}");
        assert_eq!(sir.comments(&case).len() - before, stored, "{fault:?}");
        assert!(sir.calls().last().unwrap().faulty, "{fault:?}");
    }
    assert_eq!(sir.apply_late(), 1);
    assert_eq!(sir.comments(&case).len(), 6);
    sir.fault(FaultRule::on("CreateCaseComment").reset_after());
    let error = say().await.unwrap_err();
    assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");
    sir.heal();
    say().await.unwrap();
}

#[tokio::test]
async fn other_processes_do_the_same_by_http() {
    let (sir, client) = pair().await;
    let http = http();
    let post = async |path: &str, body: Value| -> Value {
        let answer = http.post(format!("{}/_control/{path}", sir.url())).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    };
    let case = post("cases", json!({ "title": "From outside" })).await["caseId"].as_str().unwrap().to_owned();
    post(&format!("cases/{case}/comments"), json!({ "by": "AWS Responder", "body": "hi" })).await;
    post("faults", json!({ "operation": "GetCase", "times": 1, "effect": { "answer": { "status": 503 } } }))
        .await;
    assert!(client.get_case().case_id(&case).send().await.is_err());
    assert_eq!(client.get_case().case_id(&case).send().await.unwrap().title(), Some("From outside"));
    post(&format!("cases/{case}/close"), json!({ "closureCode": "Duplicate" })).await;
    let get = async |path: &str| -> Value {
        http.get(format!("{}/_control/{path}", sir.url())).send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(get("state").await["cases"][&case]["case"]["closureCode"], "Duplicate");
    assert_eq!(get("events").await.as_array().unwrap().len(), 3);
    assert_eq!(get("calls").await.as_array().unwrap().len(), 2);
    let unknown = http.post(format!("{}/_control/nothing", sir.url())).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    let url = format!("{}/_control/settings", sir.url());
    let names = json!({ "nextCase": "4203771659", "membership": "m-4k7c2p9x1w" });
    assert_eq!(http.put(&url).json(&names).send().await.unwrap().status(), 200);
    assert_eq!(post("cases", json!({ "title": "Of this id" })).await["caseId"], "4203771659");
    let membership = client.get_membership().membership_id("m-4k7c2p9x1w").send().await.unwrap();
    assert!(membership.membership_arn().unwrap().ends_with("membership/m-4k7c2p9x1w"));
    assert_eq!(http.put(&url).json(&names).send().await.unwrap().status(), 400, "no id is given twice");
}

#[tokio::test]
async fn what_is_unknown_unsigned_or_extra_is_refused() {
    let (sir, _) = pair().await;
    let http = http();
    let signed = |method: &str, path: &str, body: &str| {
        let credential = "AKIDEXAMPLE/20261121/eu-west-1/security-ir/aws4_request";
        let header = format!(
            "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature={}",
            "0".repeat(64)
        );
        http.request(method.parse().unwrap(), format!("{}{path}", sir.url()))
            .header("authorization", header)
            .header("x-amz-date", "20261121T093000Z")
            .body(body.to_owned())
            .send()
    };
    let kind = |answer: reqwest::Response| {
        let header = answer.headers()["x-amzn-errortype"].to_str().unwrap().to_owned();
        header.split(':').next().unwrap().to_owned()
    };
    assert_eq!(kind(signed("POST", "/v1/nothing", "").await.unwrap()), "ValidationException");
    assert_eq!(kind(signed("DELETE", "/v1/list-cases", "").await.unwrap()), "ValidationException");
    assert_eq!(
        kind(signed("POST", "/v1/list-cases", r#"{"filter":1}"#).await.unwrap()),
        "ValidationException"
    );
    assert_eq!(kind(signed("POST", "/v1/list-cases", "{").await.unwrap()), "ValidationException");
    assert_eq!(
        kind(signed("POST", "/v1/list-cases", r#"{"nextToken":"x"}"#).await.unwrap()),
        "ValidationException"
    );
    assert_eq!(signed("POST", "/v1/list-cases", "{}").await.unwrap().status(), 200);
    let unsigned = http.post(format!("{}/v1/list-cases", sir.url())).send().await.unwrap();
    assert_eq!(unsigned.status(), 403);
    assert_eq!(kind(unsigned), "MissingAuthenticationTokenException");
}
