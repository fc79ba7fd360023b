//! What people write in a case's issue becomes comments on the case; which issue that is can be asked and chosen.

use casebridge_lab::stage::{Log, Stage, ana, ts_of};
use std::time::Duration;

use casebridge::{
    case::{CaseId, IssueId, RouteName, author::Author},
    state::{
        NO_LEASE, Note, Seen, Store, Told,
        key::Key,
        notes::{Home, PlaceNote},
    },
    targets::jira,
    targets::jira::IssueText,
    targets::mark::Mark,
    telemetry::audit::AuditOutcome,
};
use casebridge_lab::standins::{FaultRule, JiraStandin, SignedRequest, SlackStandin};

use serde_json::{Value, json};

/// A case with the issue that belongs to it.
async fn issue(stage: &Stage) -> (CaseId, String) {
    let case = stage.sir.aws_creates_case("Key leaked");
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    let id = stage.jira.issue(&key).unwrap()["id"].as_str().unwrap().to_owned();
    stage.memory.bind(&format!("jira/{id}"), &case).await.unwrap();
    stage.jira.take_webhooks();
    (case, key)
}

async fn webhooks(stage: &Stage) -> Vec<SignedRequest> {
    let sent = stage.jira.take_webhooks();
    assert!(!sent.is_empty());
    for delivery in &sent {
        assert_eq!(stage.deliver(delivery).await.0, 200, "{}", delivery.path);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    sent
}

/// A case with an issue that is linked to it, in which the case is told already.
async fn linked(stage: &Stage) -> (CaseId, String) {
    let case = stage.sir.aws_creates_case("Key leaked");
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    stage.links(&case, &key).await;
    stage.notify().await;
    webhooks(stage).await;
    (case, key)
}

/// A comment as REST takes it, with more than words.
fn comment(text: &str, more: Value) -> Value {
    let words = json!({ "type": "text", "text": text });
    let body =
        json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [words] }] });
    let mut comment = json!({ "body": body });
    comment.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    comment
}

/// A role and a group of which Ana and the bridge are members, as restrictions.
fn circles(stage: &Stage) -> [Value; 2] {
    let (ana, own) = (stage.jira.ana(), stage.jira.own_account());
    let role = stage.jira.add_role("Counsel", &[ana.clone(), own.clone()]);
    let group = stage.jira.add_group("counsel-and-hr", &[ana.clone(), own.clone()]);
    [
        json!({ "visibility": { "type": "role", "value": "Counsel", "identifier": role } }),
        json!({ "visibility": { "type": "group", "value": "counsel-and-hr", "identifier": group } }),
    ]
}

/// What the case's comments say, below the lines that name the speakers.
fn said(stage: &Stage, case: &CaseId) -> Vec<String> {
    let bodies = stage.case_comments(case).into_iter();
    bodies.map(|body| body.split_once(":\n").map_or(body.clone(), |(_, words)| words.to_owned())).collect()
}

#[tokio::test]
async fn a_comment_for_one_role_or_group_leaves_no_trace_outside_jira() {
    let (stage, log) = (Stage::set().await, Log::begin());
    let (case, key) = linked(&stage).await;
    let ana = stage.jira.ana();
    let [role, group] = circles(&stage);
    let writes = |text: &str, more: &Value| {
        stage.jira.person_writes(&ana, &key, &comment(text, more.clone())).unwrap()
    };
    let suspect = writes("The suspect works here.", &role);
    writes("Do not tell the vendor.", &group);
    let more = json!({ "parentId": suspect });
    writes("Agreed: the suspect must not know.", &more);
    writes("The host web-2 is isolated.", &json!({}));
    webhooks(&stage).await;
    stage.notify().await;
    assert_eq!(said(&stage, &case), ["The host web-2 is isolated."]);
    assert!(stage.slack.state().to_string().contains("web-2"), "the thread is told");
    let outside = stage.outside_jira() + &log.text();
    for word in ["suspect", "vendor", "Counsel", "counsel-and-hr"] {
        assert!(!outside.contains(word), "{word} in {outside}");
    }
}

#[tokio::test]
async fn an_edit_that_restricts_a_comment_keeps_its_new_text_in_jira_until_the_restriction_is_lifted() {
    let stage = Stage::set().await;
    let (case, key) = linked(&stage).await;
    let ana = stage.jira.ana();
    let [role, _] = circles(&stage);
    let id = stage.jira.person_comments(&ana, &key, "It was Bo").unwrap();
    webhooks(&stage).await;
    let rewrites = async |text: &str, more: Value| {
        stage.jira.person_rewrites(&ana, &key, &id, &comment(text, more)).unwrap();
        webhooks(&stage).await;
        stage.notify().await;
    };
    rewrites("It was Cy", role).await;
    rewrites("It was Di", json!({})).await;
    assert!(said(&stage, &case)[0].starts_with("[withdrawn by Ana Alvarez, "), "what it said before as well");
    assert!(!stage.outside_jira().contains("It was Cy") && !stage.outside_jira().contains("It was Di"));
    rewrites("It was Ed", json!({ "visibility": null })).await;
    assert_eq!(said(&stage, &case), ["It was Ed"]);
}

/// What makes a comment of a service project an internal note, or takes that away.
fn internal(is: bool) -> Value {
    json!({ "properties": [{ "key": "sd.public.comment", "value": { "internal": is } }] })
}

#[tokio::test]
async fn an_internal_note_stays_in_jira_unless_the_settings_let_it_out() {
    for notes_too in [false, true] {
        let (mut stage, log) = (Stage::set().await, Log::begin());
        stage.settings.jira.as_mut().unwrap().internal_notes_are_comments = notes_too;
        let (case, key) = linked(&stage).await;
        let ana = stage.jira.ana();
        let [role, _] = circles(&stage);
        let writes =
            |text: &str, more: Value| stage.jira.person_writes(&ana, &key, &comment(text, more)).unwrap();
        let changed = writes("We told the customer.", json!({}));
        writes("The customer must not hear of web-3.", internal(true));
        writes("The suspect works here.", role);
        webhooks(&stage).await;
        let told = ["We told the customer.", "The customer must not hear of web-3."];
        assert_eq!(said(&stage, &case), told[..if notes_too { 2 } else { 1 }]);
        let rewritten = comment("They shouted.", internal(true));
        stage.jira.person_rewrites(&ana, &key, &changed, &rewritten).unwrap();
        webhooks(&stage).await;
        stage.notify().await;
        let outside = stage.outside_jira() + &log.text();
        assert_eq!(outside.contains("They shouted."), notes_too);
        assert_eq!(outside.contains("web-3"), notes_too);
        assert!(!outside.contains("suspect"));
    }
}

#[tokio::test]
async fn notes_from_before_the_setting_stay_in_jira_when_it_lets_others_out() {
    let mut stage = Stage::set().await;
    let (case, key) = linked(&stage).await;
    let ana = stage.jira.ana();
    let writes = |stage: &Stage, text: &str| {
        stage.jira.person_writes(&ana, &key, &comment(text, internal(true))).unwrap()
    };
    let before = writes(&stage, "The customer must not hear of web-3.");
    webhooks(&stage).await;
    stage.settings.jira.as_mut().unwrap().internal_notes_are_comments = true;
    writes(&stage, "The customer knows of web-2.");
    let rewritten = comment("Nor of web-3's owner.", internal(true));
    stage.jira.person_rewrites(&ana, &key, &before, &rewritten).unwrap();
    webhooks(&stage).await;
    assert_eq!(said(&stage, &case), ["The customer knows of web-2."]);
    stage.settings.jira.as_mut().unwrap().internal_notes_are_comments = false;
    writes(&stage, "Nor of web-4.");
    webhooks(&stage).await;
    stage.settings.jira.as_mut().unwrap().internal_notes_are_comments = true;
    stage.jira.person_comments(&ana, &key, "Done.").unwrap();
    webhooks(&stage).await;
    assert_eq!(said(&stage, &case), ["The customer knows of web-2.", "Done."]);
}

#[tokio::test]
async fn the_bridges_own_comments_are_internal_and_known_as_its_own() {
    let mut stage = Stage::set().await;
    stage.settings.jira.as_mut().unwrap().internal_notes_are_comments = true;
    let (case, key) = linked(&stage).await;
    stage.sir.aws_comments(&case, "AWS Responder", "Turn the key").unwrap();
    stage.notify().await;
    let there = stage.jira.comments(&key);
    assert!(!there.is_empty() && there.iter().all(|comment| comment["jsdPublic"] == false), "{there:?}");
    webhooks(&stage).await;
    assert_eq!(stage.case_comments(&case), ["Turn the key"]);
}

/// Written in two halves, so that no scanner takes this file for a leak.
const KEY: [&str; 2] = ["AKIA", "IOSFODNN7EXAMPLE"];

fn leak() -> String {
    format!("The leaked key is {}, please block it.", KEY.concat())
}

/// What the bridge says in an issue of comments that it withheld.
fn notices(stage: &Stage, key: &str) -> Vec<String> {
    let all = stage.jira.comments(key).into_iter();
    let ours = all.filter(|comment| comment["author"]["accountId"] == stage.jira.own_account().as_str());
    ours.map(|comment| JiraStandin::plain(&comment["body"]))
        .filter(|text| text.contains("withheld"))
        .collect()
}

#[tokio::test]
async fn a_comment_with_a_secret_stays_in_jira_and_its_issue_is_told_so_once() {
    let (stage, log) = (Stage::set().await, Log::begin());
    let (case, key) = linked(&stage).await;
    let ana = stage.jira.ana();
    let leaked = stage.jira.person_comments(&ana, &key, &leak()).unwrap();
    stage.jira.person_comments(&ana, &key, "It was in the build log.").unwrap();
    let sent = webhooks(&stage).await;
    assert_eq!(said(&stage, &case), ["It was in the build log."]);
    let [notice] = &notices(&stage, &key)[..] else { panic!("one notice: {:?}", stage.jira.comments(&key)) };
    for words in ["Ana Alvarez's comment", case.as_str(), "an AWS access key id", "revoke it"] {
        assert!(notice.contains(words), "{words} in {notice}");
    }
    // The same webhooks, a day later, and the one of the notice itself; then somebody deletes the notice.
    stage.world.stops_the_clock(casebridge::config::clock::now() + 90_000_000);
    for delivery in &sent {
        stage.deliver(delivery).await;
    }
    webhooks(&stage).await;
    assert_eq!(notices(&stage, &key).len(), 1);
    let notice = stage.jira.comments(&key).pop().unwrap()["id"].as_str().unwrap().to_owned();
    stage.jira.person_deletes_comment(&key, &notice).unwrap();
    webhooks(&stage).await;
    stage.notify().await;
    assert_eq!((notices(&stage, &key).len(), said(&stage, &case).len()), (0, 1));
    // An edit that leaves a secret in it is told again: its author takes it for mended.
    stage.jira.person_edits_comment(&ana, &key, &leaked, &format!("{} It is revoked.", leak())).unwrap();
    webhooks(&stage).await;
    webhooks(&stage).await;
    assert_eq!((notices(&stage, &key).len(), said(&stage, &case).len()), (1, 1));
    let outside = stage.outside_jira() + &log.text();
    assert!(!outside.contains(KEY[1]) && !outside.contains("please block it"), "{outside}");
    assert!(!notices(&stage, &key).concat().contains(KEY[1]));
    stage.jira.person_edits_comment(&ana, &key, &leaked, "The key is blocked.").unwrap();
    webhooks(&stage).await;
    assert_eq!(said(&stage, &case), ["It was in the build log.", "The key is blocked."]);
}

#[tokio::test]
async fn an_edit_that_adds_a_secret_leaves_the_case_as_it_was() {
    let stage = Stage::set().await;
    let (case, key) = linked(&stage).await;
    let ana = stage.jira.ana();
    let [role, _] = circles(&stage);
    let restricted = stage.jira.person_writes(&ana, &key, &comment(&leak(), role)).unwrap();
    let id = stage.jira.person_comments(&ana, &key, "It was Bo").unwrap();
    webhooks(&stage).await;
    stage.jira.person_edits_comment(&ana, &key, &id, &leak()).unwrap();
    webhooks(&stage).await;
    webhooks(&stage).await;
    assert_eq!(said(&stage, &case), ["It was Bo"]);
    assert_eq!(notices(&stage, &key).len(), 1, "none of {restricted}, which is not for everybody");
    assert!(!stage.outside_jira().contains(KEY[1]));
    stage.jira.person_edits_comment(&ana, &key, &id, "It was Cy").unwrap();
    webhooks(&stage).await;
    assert_eq!(said(&stage, &case), ["It was Cy"]);
}

#[tokio::test]
async fn a_secret_that_is_on_the_case_already_is_not_said_to_be_withheld() {
    let stage = Stage::set().await;
    let (case, key) = linked(&stage).await;
    let id = stage.jira.person_comments(&stage.jira.ana(), &key, &leak()).unwrap();
    let body = format!("Ana Alvarez, 5b10ac8d82e05b22cc7d4ef5 (Jira):\n{}", leak());
    let comment = stage.sir.aws_comments(&case, "Ana", &body).unwrap();
    let told = Told { remote: id, hash: casebridge::case::text::hash(&body), seen: Seen::Yes, theirs: true };
    let (case_id, ledger_key) = (case.clone(), Key(format!("comment/{comment}/0")));
    stage.memory.tell(&case_id, NO_LEASE, jira::KIND, &ledger_key, &told).await.unwrap();
    webhooks(&stage).await;
    assert_eq!((notices(&stage, &key).len(), stage.case_comments(&case).len()), (0, 1));
}

#[tokio::test]
async fn a_notice_is_told_once_wherever_its_worker_is_stopped() {
    let stage = Stage::set().await;
    for at in 1.. {
        let (case, key) = linked(&stage).await;
        stage.jira.person_comments(&stage.jira.ana(), &key, &leak()).unwrap();
        for delivery in stage.jira.take_webhooks() {
            stage.deliver(&delivery).await;
        }
        let job = stage.job();
        let ended = stage.until(&job, at).await;
        casebridge::chat::execute(&stage.bridge(), &job).await.unwrap();
        assert_eq!((notices(&stage, &key).len(), stage.case_comments(&case).len()), (1, 0), "moment {at}");
        if ended {
            assert!(at > 10, "{at} moments");
            break;
        }
    }
}

#[tokio::test]
async fn a_notice_that_jira_does_not_take_keeps_no_comment_back() {
    for (fault, comes_again) in [("403", false), ("413", false), ("429", true), ("500", true)] {
        let stage = Stage::set().await;
        let (case, key) = linked(&stage).await;
        let ana = stage.jira.ana();
        stage.jira.person_comments(&ana, &key, &leak()).unwrap();
        stage.jira.person_comments(&ana, &key, "It was in the build log.").unwrap();
        stage.jira.fault(FaultRule::on("addComment").error(fault));
        stage.deliver(&stage.jira.take_webhooks()[0]).await;
        let jobs = stage.jobs();
        assert_eq!(!stage.work(&jobs).await.is_empty(), comes_again, "{fault}");
        assert_eq!(said(&stage, &case), ["It was in the build log."], "{fault}");
        stage.jira.heal();
        stage.world.stops_the_clock(casebridge::config::clock::now() + 90_000);
        assert_eq!(stage.work(&jobs).await, [""; 0]);
        assert_eq!((notices(&stage, &key).len(), said(&stage, &case).len()), (1, 1), "{fault}");
    }
}

#[tokio::test]
async fn comments_behind_the_first_page_pass_the_same_gate_and_a_refused_one_keeps_no_other_back() {
    let stage = Stage::set().await;
    let (case, key) = linked(&stage).await;
    let (ana, own) = (stage.jira.ana(), stage.jira.own_account());
    let [role, _] = circles(&stage);
    for n in 0..100 {
        stage.jira.person_comments(&own, &key, &format!("{n}")).unwrap();
    }
    stage.jira.take_webhooks();
    stage.jira.person_writes(&ana, &key, &comment("The suspect works here.", role)).unwrap();
    stage.jira.person_comments(&ana, &key, "not for AWS").unwrap();
    stage.sir.fault(FaultRule::on("CreateCaseComment").body("not for AWS").error("ValidationException"));
    stage.jira.person_comments(&ana, &key, "It was Bo").unwrap();
    webhooks(&stage).await;
    assert_eq!(said(&stage, &case), ["It was Bo"]);
    assert!(!stage.outside_jira().contains("suspect"));
}

#[tokio::test]
async fn a_persons_comment_becomes_one_on_the_case_and_the_issue_is_not_told() {
    let stage = Stage::set().await;
    let (case, key) = issue(&stage).await;
    let id = case.clone();
    let comment = stage.jira.person_comments(&stage.jira.ana(), &key, "It was *Bo*").unwrap();
    let sent = webhooks(&stage).await;
    for delivery in &sent {
        stage.deliver(delivery).await;
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let [body] = &stage.case_comments(&case)[..] else { panic!("one comment") };
    assert!(body.ends_with(" (Jira):\nIt was *Bo*"), "{body}");
    let saying = &stage.memory.sayings(&id).await.unwrap()[0];
    assert!(matches!(saying.author, Author::Jira { .. }));
    assert_eq!(saying.jira_comment.as_deref(), Some(comment.as_str()));
    let told = Key(format!("comment/{}/0", saying.comment.as_deref().unwrap()));
    let told = stage.memory.told(&id, jira::KIND, &[told]).await.unwrap()[0].clone().unwrap();
    assert!(told.theirs && told.remote == comment);
    stage.jira.person_edits_comment(&stage.jira.ana(), &key, &comment, "It was Cy").unwrap();
    webhooks(&stage).await;
    let [body] = &stage.case_comments(&case)[..] else { panic!("still one comment") };
    assert!(body.ends_with("It was Cy"), "{body}");
    assert_eq!(stage.sir.count("UpdateCaseComment"), 1);
}

#[tokio::test]
async fn another_issue_and_a_forged_webhook_are_nothing_to_a_case() {
    let stage = Stage::set().await;
    let (case, _) = issue(&stage).await;
    let other = stage.jira.person_creates(&stage.jira.ana(), "Lunch");
    stage.jira.person_comments(&stage.jira.ana(), &other, "Pizza").unwrap();
    webhooks(&stage).await;
    let mut forged = stage.jira.signed("{\"issue\":{\"id\":\"10001\"},\"timestamp\":1}");
    forged.body.push(b' ');
    assert_eq!(stage.deliver(&forged).await.0, 401);
    for odd in ["{}", "{\"issue\":null}", "{\"issue\":{\"id\":\"../x\"}}"] {
        assert_eq!(stage.deliver(&stage.jira.signed(odd)).await.0, 200, "{odd}");
    }
    assert_eq!(stage.jobs().len(), 0);
    assert_eq!(stage.case_comments(&case).len(), 0);
}

#[tokio::test]
async fn the_issue_is_shown_and_another_can_be_chosen() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    assert!(stage.ana(&format!("{case} jira")).await.contains("has no issue yet"));
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    let asked = stage.ana(&format!("{case} jira link {key}")).await;
    assert!(asked.contains(&key) && asked.contains("whoever sees that issue reads it"), "{asked}");
    assert!(
        stage.ana(&format!("{case} jira")).await.contains("has no issue yet"),
        "nothing is done before it is confirmed"
    );
    let shown = stage.links(&case, &key).await;
    assert!(shown.contains(&key) && shown.contains("whole story is told in it once"), "{shown}");
    let again = stage.ana(&format!("{case} jira link {key}")).await;
    assert!(again.contains("already. Nothing was changed."), "{again}");
    let open = stage.ana(&format!("{case} jira open")).await;
    assert!(open.contains(&key) && open.contains("Nothing was changed."), "{open}");
    let ends: Vec<_> = stage.trail().iter().rev().take(2).map(|line| line.outcome).collect();
    assert_eq!(ends, [AuditOutcome::NotDone; 2], "the trail says no more than was done");
    assert!(stage.ana(&format!("{case} jira")).await.contains(&key));
    let meta = stage.memory.meta(&case).await.unwrap().unwrap();
    let note: PlaceNote = serde_json::from_str(&meta.targets["jira"]).unwrap();
    let Some(Home { place, name }) = note.home else { panic!("no home") };
    assert_eq!(name, key);
    assert_eq!(stage.memory.bound(&format!("jira/{place}")).await.unwrap(), Some(case.clone()));
    assert!(meta.next_at.is_some(), "it is to be told there");
    let other = stage.sir.aws_creates_case("Another");
    let shown = stage.ana(&format!("{other} jira link {key}")).await;
    assert!(shown.contains("already") && shown.contains("Nothing was changed"), "{shown}");
    assert!(stage.ana(&format!("{other} jira link SEC-999")).await.contains("no issue SEC-999"));
    assert!(stage.ana(&format!("{other} jira open")).await.contains("is being made"));
    // Somebody is telling the case just now: the link waits for them.
    let now = casebridge::config::clock::now();
    let lease = stage.memory.lease(&case, now, now + 60_000).await.unwrap().unwrap();
    let second = stage.jira.person_creates(&stage.jira.ana(), "Second");
    stage.ana(&format!("{case} jira link {second}")).await;
    stage.deliver(&confirms(&stage)).await;
    let jobs = stage.jobs();
    assert_eq!(stage.work(&jobs).await, ["m0"]);
    stage.memory.save(&case, lease.epoch, Note::Case, "{}").await.unwrap();
    stage.memory.release(&case, lease.epoch, lease.want, None, false).await.unwrap();
}

#[tokio::test]
async fn linking_an_issue_says_the_same_however_often_it_is_delivered() {
    let stage = Stage::set().await;
    // A case a moment: there are more of these than the service lets be open at once.
    stage.sir.set_quotas(200, 200);
    for at in 1.. {
        let case = stage.sir.aws_creates_case("Key leaked");
        let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
        stage.jira.person_comments(&stage.jira.ana(), &key, "HR suspects a colleague.").unwrap();
        stage.ana(&format!("{case} jira link {key}")).await;
        stage.deliver(&confirms(&stage)).await;
        let job = stage.job();
        let ended = stage.until(&job, at).await;
        // Perhaps it was stopped while it held the case's notes: nobody waits for it longer than 75 s.
        stage.world.stops_the_clock(casebridge::config::clock::now() + 80_000);
        casebridge::chat::execute(&stage.bridge(), &job).await.unwrap();
        stage.world.stops_the_clock(0);
        let shown = SlackStandin::shown(&stage.latest());
        assert!(
            shown.contains("is now the issue") && !shown.contains("is told in it again"),
            "moment {at}: {shown}"
        );
        stage.jira.person_comments(&stage.jira.ana(), &key, "It was Bo").unwrap();
        webhooks(&stage).await;
        assert_eq!(said(&stage, &case), ["It was Bo"], "moment {at}");
        if ended {
            break;
        }
    }
}

/// Ana presses the button that confirms what she asked last.
fn confirms(stage: &Stage) -> SignedRequest {
    let ts = ts_of(&stage.latest());
    stage.slack.clicks(&ana(), &stage.channel, &ts, "confirm/1", &Value::Null).unwrap()
}

/// Ana comments, and all webhooks come.
async fn comments(stage: &Stage, key: &str, text: &str) -> String {
    let id = stage.jira.person_comments(&stage.jira.ana(), key, text).unwrap();
    webhooks(stage).await;
    id
}

#[tokio::test]
async fn nothing_older_than_the_link_ever_leaves_an_issue_whatever_the_clocks_say() {
    for (jira_ahead, we_ahead) in [(0, 0), (3_600, 0), (0, 3_600_000)] {
        let stage = Stage::set().await;
        stage.jira.advance(Duration::from_secs(jira_ahead));
        let case = stage.sir.aws_creates_case("Key leaked");
        let (author, own) = (stage.jira.ana(), stage.jira.own_account());
        let counsel = json!({ "visibility": { "type": "role", "value": "Counsel" } });
        stage.jira.add_role("Counsel", std::slice::from_ref(&author));
        let key = stage.jira.person_creates(&author, "HR inquiry");
        let old = stage.jira.person_comments(&author, &key, "HR suspects a colleague.").unwrap();
        let hidden = comment("The colleague is Bo.", counsel);
        let hidden = stage.jira.person_writes(&author, &key, &hidden).unwrap();
        stage.ana(&format!("{case} jira link {key}")).await;
        stage.deliver(&confirms(&stage)).await;
        stage.world.stops_the_clock(casebridge::config::clock::now() + we_ahead);
        assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        stage.sir.aws_comments(&case, "AWS Responder", "Turn the key").unwrap();
        stage.notify().await;
        webhooks(&stage).await;
        assert_eq!(stage.case_comments(&case), ["Turn the key"]);
        assert!(
            stage.jira.comments(&key).iter().any(|comment| comment["author"]["accountId"] == own.as_str())
        );
        // An edit makes nothing younger, and neither does the end of a restriction that hid it even from us.
        stage.jira.person_edits_comment(&author, &key, &old, "HR suspects two colleagues.").unwrap();
        let open = comment("The colleague is Bo.", json!({ "visibility": null }));
        stage.jira.person_rewrites(&author, &key, &hidden, &open).unwrap();
        comments(&stage, &key, "The key is turned.").await;
        assert_eq!(said(&stage, &case), ["Turn the key", "The key is turned."]);
        assert!(!stage.outside_jira().contains("colleague"));
    }
}

#[tokio::test]
async fn linking_the_same_issue_again_loses_nothing_that_was_written_since() {
    let stage = Stage::set().await;
    let (case, key) = linked(&stage).await;
    let ana = stage.jira.ana();
    stage.jira.person_comments(&ana, &key, "It was Bo").unwrap();
    let late = stage.jira.take_webhooks();
    stage.ana(&format!("{case} jira link {key}")).await;
    for delivery in &late {
        stage.deliver(delivery).await;
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(said(&stage, &case), ["It was Bo"]);
}

#[tokio::test]
async fn an_issue_counts_only_while_it_is_the_cases_also_when_it_is_linked_a_second_time() {
    let stage = Stage::set().await;
    let (case, first) = linked(&stage).await;
    let ana = stage.jira.ana();
    let known = comments(&stage, &first, "one").await;
    let second = stage.jira.person_creates(&ana, "Another");
    stage.jira.person_comments(&ana, &second, "old in the second").unwrap();
    stage.links(&case, &second).await;
    stage.notify().await;
    webhooks(&stage).await;
    comments(&stage, &first, "meanwhile").await;
    stage.jira.person_edits_comment(&ana, &first, &known, "one, edited meanwhile").unwrap();
    webhooks(&stage).await;
    comments(&stage, &second, "two").await;
    stage.links(&case, &first).await;
    stage.notify().await;
    comments(&stage, &second, "too late").await;
    comments(&stage, &first, "three").await;
    stage.notify().await;
    assert_eq!(said(&stage, &case), ["one", "two", "three"]);
    assert_eq!(stage.granted("CreateCaseComment"), 3);
}

/// The case's note on its issue, as version 0.1.0 wrote it.
async fn noted_before(stage: &Stage, case: &CaseId, key: &str) {
    let now = casebridge::config::clock::now();
    let id = stage.jira.issue(key).unwrap()["id"].as_str().unwrap().to_owned();
    let home = json!({ "channel": null, "home": { "place": id, "name": key }, "set": {}, "again": {}, "facts": null,
        "changes": 0, "open": null, "not_before": 0, "failures": 0, "parked": null });
    stage.memory.hint(case, now, false).await.unwrap();
    let lease = stage.memory.lease(case, now, now + 60_000).await.unwrap().unwrap();
    stage.memory.save(case, lease.epoch, Note::Of(jira::KIND), &home.to_string()).await.unwrap();
    stage.memory.release(case, lease.epoch, lease.want, None, false).await.unwrap();
    stage.memory.bind(&format!("jira/{id}"), case).await.unwrap();
    stage.jira.take_webhooks();
}

#[tokio::test]
async fn an_issue_that_an_earlier_version_made_loses_nothing_and_one_that_it_linked_tells_no_past() {
    let stage = Stage::set().await;
    let ana = stage.jira.ana();
    let bridge = stage.bridge();
    let jira = bridge.jira().unwrap();
    let case = stage.sir.aws_creates_case("Key leaked");
    let (id, description) = (case.clone(), comment("x", json!({}))["body"].clone());
    let text = IssueText { case: &id, mark: Mark::new("m"), summary: "x".to_owned(), description };
    let made = jira.create_issue(text).await.unwrap().key.to_string();
    noted_before(&stage, &case, &made).await;
    stage.jira.person_comments(&ana, &made, "one").unwrap();
    jira.comment(&IssueId::new(&made), &Mark::new("m"), comment("ours", json!({}))["body"].clone())
        .await
        .unwrap();
    comments(&stage, &made, "two").await;
    assert_eq!(said(&stage, &case), ["one", "two"]);

    let case = stage.sir.aws_creates_case("Another");
    let theirs = stage.jira.person_creates(&ana, "HR inquiry");
    noted_before(&stage, &case, &theirs).await;
    stage.jira.person_comments(&ana, &theirs, "HR suspects a colleague.").unwrap();
    jira.comment(&IssueId::new(&theirs), &Mark::new("m"), comment("ours", json!({}))["body"].clone())
        .await
        .unwrap();
    stage.jira.advance(Duration::from_millis(1));
    comments(&stage, &theirs, "one").await;
    comments(&stage, &theirs, "two").await;
    assert_eq!(said(&stage, &case), ["one", "two"]);

    let case = stage.sir.aws_creates_case("A third");
    let theirs = stage.jira.person_creates(&ana, "HR inquiry");
    noted_before(&stage, &case, &theirs).await;
    comments(&stage, &theirs, "Nobody knows whether this is older than the link.").await;
    comments(&stage, &theirs, "This is not.").await;
    assert_eq!(said(&stage, &case), ["This is not."]);
}

#[tokio::test]
async fn an_issue_that_is_gone_is_said_to_be_gone_and_another_can_be_made() {
    let stage = Stage::set().await;
    let (case, key) = issue(&stage).await;
    noted_before(&stage, &case, &key).await;
    assert!(
        stage.ana(&format!("{case} jira open")).await.contains(&format!("The issue of case {case} is {key}"))
    );
    let now = casebridge::config::clock::now();
    let lease = stage.memory.lease(&case, now, now + 60_000).await.unwrap().unwrap();
    let gone = lease.targets["jira"].replace("\"set\":{}", "\"set\":{\"home\":\"gone\"}");
    assert_ne!(gone, lease.targets["jira"]);
    stage.memory.save(&case, lease.epoch, Note::Of(jira::KIND), &gone).await.unwrap();
    stage.memory.release(&case, lease.epoch, lease.want, None, false).await.unwrap();
    let shown = stage.ana(&format!("{case} jira")).await;
    assert!(shown.contains("was deleted, or is hidden") && shown.contains("jira open"), "{shown}");
    assert!(stage.ana(&format!("{case} jira open")).await.contains("is being made"));
    let meta = stage.memory.meta(&case).await.unwrap().unwrap();
    assert_eq!(
        serde_json::from_str::<PlaceNote>(&meta.targets["jira"]).unwrap(),
        PlaceNote { route: Some(RouteName::new("")), ..PlaceNote::default() }
    );
}
