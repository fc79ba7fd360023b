//! Who speaks for the team from Jira: whom the settings name, under their own name.

use casebridge::{
    case::{AccountId, CaseId, MemberId},
    targets::jira,
};
use casebridge_lab::{
    stage::{Stage, ana, count},
    standins::JiraStandin,
};
use serde_json::json;

/// All that was heard in Jira, and what follows from it.
pub(super) async fn heard(stage: &Stage) {
    for delivery in stage.jira.take_webhooks() {
        assert_eq!(stage.deliver(&delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
}

/// A case that is told in its issue.
async fn told(stage: &Stage) -> (CaseId, String) {
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let key = stage.home(&case, jira::KIND).await.name;
    heard(stage).await;
    (case, key)
}

fn eve(stage: &Stage) -> AccountId {
    stage.jira.add_user("Eve Example", None)
}

#[tokio::test]
async fn somebody_whom_the_settings_do_not_name_is_told_once_an_issue_that_it_stays_in_jira() {
    let mut stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    let eve = eve(&stage);
    for words in ["We take the risk. Stop the containment.", "At once."] {
        stage.jira.person_comments(&eve, &key, words).unwrap();
        heard(&stage).await;
        heard(&stage).await;
    }
    assert_eq!(stage.case_comments(&case), [""; 0]);
    let notices = stage.comments(&case).await;
    assert_eq!(count(&notices, "no role"), 1, "{notices:#?}");
    let notice = notices.iter().find(|one| one.contains("no role")).unwrap();
    assert!(notice.contains("Eve Example") && notice.contains(eve.as_str()), "{notice}");
    let doctor = stage.ana("doctor").await;
    assert!(!doctor.contains("jira.people: does not work"), "{doctor}");
    stage.later(120_000);
    stage.settings.roles.responder.push(MemberId::new(eve.as_str()));
    stage.jira.person_comments(&eve, &key, "Go on with it.").unwrap();
    heard(&stage).await;
    let line = format!("Eve Example, {eve} (Jira):\nGo on with it.");
    assert_eq!(stage.case_comments(&case), [line], "what was written before the role stays");
    stage.settings.roles =
        casebridge::config::settings::Roles { admin: vec![MemberId::new(ana())], ..Default::default() };
    let doctor = stage.ana("doctor").await;
    assert!(doctor.contains("the settings name no account or group of Jira"), "{doctor}");
}

#[tokio::test]
async fn what_somebody_makes_of_anothers_comment_is_said_under_their_own_name_or_not_at_all() {
    for may in [false, true] {
        let mut stage = Stage::set().await;
        let (case, key) = told(&stage).await;
        let (author, eve) = (stage.jira.ana(), eve(&stage));
        if may {
            stage.settings.roles.responder.push(MemberId::new(eve.as_str()));
        }
        let id = stage.jira.person_comments(&author, &key, "Please go on.").unwrap();
        heard(&stage).await;
        let anas = format!("Ana Alvarez, {author} (Jira):\nPlease go on.");
        for words in ["We take the risk.", "We take the risk, stop."] {
            stage.jira.person_edits_comment(&eve, &key, &id, words).unwrap();
            heard(&stage).await;
            heard(&stage).await;
            let eves = format!("Eve Example, {eve} (Jira):\n{words}");
            let expected = if may { vec![anas.clone(), eves] } else { vec![anas.clone()] };
            assert_eq!(stage.case_comments(&case), expected);
        }
        stage.jira.person_edits_comment(&author, &key, &id, "Go on, please.").unwrap();
        heard(&stage).await;
        let said = stage.case_comments(&case);
        assert_eq!(said[0], format!("Ana Alvarez, {author} (Jira):\nGo on, please."));
        assert_eq!(said.len(), if may { 2 } else { 1 });
    }
}

#[tokio::test]
async fn a_name_that_reads_like_awss_or_like_a_mark_is_quoted_and_the_id_stands_beside_it() {
    let mut stage = Stage::set().await;
    let (case, key) = told(&stage).await;
    let impostor = stage.jira.add_user("ana (Slack)", None);
    let responder = stage.slack.add_user("AWS Responder", "x@example.com", &json!({}));
    stage
        .settings
        .roles
        .responder
        .extend([MemberId::new(impostor.as_str()), MemberId::new(responder.as_str())]);
    stage.jira.person_comments(&impostor, &key, "one").unwrap();
    heard(&stage).await;
    stage.types(&responder, &format!("{case} comment two")).await;
    let expected = [
        format!("\"ana (Slack)\", {impostor} (Jira):\none"),
        format!("\"AWS Responder\", {responder} (Slack):\ntwo"),
    ];
    assert_eq!(stage.case_comments(&case), expected);
    stage.notify().await;
    assert!(stage.lines(&case).await.iter().all(|line| !line.starts_with("AWS Responder")));
}

#[tokio::test]
async fn the_account_of_the_bridge_may_be_a_persons_who_comments_too() {
    let mut stage = Stage::set().await;
    let own = stage.jira.own_account();
    stage.jira.lend_account("Di Example");
    stage.settings.roles.responder.push(MemberId::new(own.as_str()));
    let (case, key) = told(&stage).await;
    stage.sir.aws_comments(&case, "AWS Responder", "Turn the key").unwrap();
    stage.notify().await;
    stage.jira.person_comments(&own, &key, "It is turned.").unwrap();
    heard(&stage).await;
    stage.notify().await;
    heard(&stage).await;
    let said = stage.case_comments(&case);
    assert_eq!((said.len(), count(&said, "It is turned.")), (2, 1), "{said:#?}");
    let told: Vec<String> =
        stage.jira.comments(&key).iter().map(|comment| JiraStandin::plain(&comment["body"])).collect();
    assert_eq!((count(&told, "It is turned."), count(&told, "Turn the key")), (1, 1), "no echo: {told:#?}");
}

#[tokio::test]
async fn whoever_is_in_a_group_of_the_settings_speaks_for_as_long_as_jira_says_so() {
    let mut stage = Stage::set().await;
    let (eve, mallory) = (eve(&stage), stage.jira.add_user("Mallory Example", None));
    let group = stage.jira.add_group("soc", std::slice::from_ref(&eve));
    stage.settings.roles.responder.push(MemberId::new(format!("group:{group}")));
    let (case, key) = told(&stage).await;
    stage.jira.take_calls();
    for (who, words) in [(&eve, "one"), (&mallory, "two"), (&eve, "three")] {
        stage.later(1_000);
        stage.jira.person_comments(who, &key, words).unwrap();
        heard(&stage).await;
    }
    stage.jira.person_attaches(&eve, &key, "auth.log", "bytes").unwrap();
    heard(&stage).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let line = |words: &str| format!("Eve Example, {eve} (Jira):\n{words}");
    let said = [line("one"), line("three"), line("[Attached from Jira]\n- auth.log")];
    assert_eq!(stage.case_comments(&case), said);
    assert_eq!(count(&stage.comments(&case).await, "no role"), 1, "Mallory is in no group");
    let asked = stage.jira.take_calls();
    let asked = asked.iter().filter(|call| call.operation == "getUserGroups").count();
    assert_eq!(asked, 2, "each account once in five minutes");
    let by_group = stage.trail().into_iter().find(|line| line.verb == "attach").unwrap();
    assert_eq!(by_group.rule, format!("roles.responder: group:{group}"));
    // She leaves the group.
    stage.jira.remove_from_group("soc", &eve);
    stage.later(301_000);
    stage.jira.person_comments(&eve, &key, "four").unwrap();
    heard(&stage).await;
    assert_eq!(stage.case_comments(&case), said);
}

#[tokio::test]
async fn where_jira_does_not_tell_the_groups_nothing_leaves_it_until_it_does() {
    let mut stage = Stage::set().await;
    let eve = eve(&stage);
    let group = stage.jira.add_group("soc", std::slice::from_ref(&eve));
    stage.settings.roles.responder.push(MemberId::new(format!("group:{group}")));
    let (case, key) = told(&stage).await;
    stage.later(1_000);
    stage.jira.deny("USER_PICKER");
    stage.jira.person_comments(&eve, &key, "We isolated the host.").unwrap();
    stage.jira.person_attaches(&eve, &key, "auth.log", "bytes").unwrap();
    stage.jira.person_comments(&stage.jira.ana(), &key, "By her own id.").unwrap();
    heard(&stage).await;
    assert_eq!(
        stage.case_comments(&case),
        [format!("Ana Alvarez, {} (Jira):\nBy her own id.", stage.jira.ana())]
    );
    assert_eq!(count(&stage.comments(&case).await, "no role"), 0, "nobody knows that");
    let doctor = stage.ana("doctor").await;
    assert!(
        doctor.contains("jira.people: does not work") && doctor.contains("Browse users and groups"),
        "{doctor}"
    );
    stage.jira.permit("USER_PICKER");
    stage.minutes(65).await;
    while let jobs @ [_, ..] = &stage.jobs()[..] {
        assert_eq!(stage.work(jobs).await, [""; 0]);
    }
    assert_eq!(count(&stage.case_comments(&case), "We isolated the host."), 1);
    assert_eq!(count(&stage.case_comments(&case), "auth.log"), 1);
    let doctor = stage.ana("doctor").await;
    assert!(!doctor.contains("jira.people: does not work"), "{doctor}");
}
