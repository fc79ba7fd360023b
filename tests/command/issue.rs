//! What people write in a case's issue becomes comments on the case; which issue that is can be asked and chosen.

use casebridge::{
    case::CaseId,
    content::{Author, Key},
    knowledge::{Home, PlaceNote},
    standin::Delivery,
    store::{Destination, Note, Store},
};

use super::stage::Stage;

/// A case with the issue that belongs to it.
async fn issue(stage: &Stage) -> (String, String) {
    let case = stage.sir.aws_creates_case("Key leaked");
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    let id = stage.jira.issue(&key).unwrap()["id"].as_str().unwrap().to_owned();
    stage.memory.bind(&format!("jira/{id}"), &CaseId::parse(&case).unwrap()).await.unwrap();
    stage.jira.take_webhooks();
    (case, key)
}

async fn webhooks(stage: &Stage) -> Vec<Delivery> {
    let sent = stage.jira.take_webhooks();
    assert!(!sent.is_empty());
    for delivery in &sent {
        assert_eq!(stage.deliver(delivery).await.0, 200, "{}", delivery.path);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    sent
}

#[tokio::test]
async fn a_persons_comment_becomes_one_on_the_case_and_the_issue_is_not_told() {
    let stage = Stage::set().await;
    let (case, key) = issue(&stage).await;
    let id = CaseId::parse(&case).unwrap();
    let comment = stage.jira.person_comments(&stage.jira.ana(), &key, "It was *Bo*").unwrap();
    let sent = webhooks(&stage).await;
    for delivery in &sent {
        stage.deliver(delivery).await;
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let [body] = &stage.comments(&case)[..] else { panic!("one comment") };
    assert!(body.ends_with(" (Jira):\nIt was *Bo*"), "{body}");
    let saying = &stage.memory.sayings(&id).await.unwrap()[0];
    assert!(matches!(saying.author, Author::Jira { .. }));
    assert_eq!(saying.jira_comment.as_deref(), Some(comment.as_str()));
    let told = Key(format!("comment/{}/0", saying.comment.as_deref().unwrap()));
    let told = stage.memory.told(&id, Destination::Jira, &[told]).await.unwrap()[0].clone().unwrap();
    assert!(told.theirs && told.remote == comment);
    stage.jira.person_edits_comment(&stage.jira.ana(), &key, &comment, "It was Cy").unwrap();
    webhooks(&stage).await;
    let [body] = &stage.comments(&case)[..] else { panic!("still one comment") };
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
    assert_eq!(stage.comments(&case).len(), 0);
}

#[tokio::test]
async fn the_issue_is_shown_and_another_can_be_chosen() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    let id = CaseId::parse(&case).unwrap();
    assert!(stage.ana(&format!("{case} jira")).await.contains("has no issue yet"));
    let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
    let shown = stage.ana(&format!("{case} jira link {key}")).await;
    assert!(shown.contains(&key) && shown.contains("whole story is told in it once"), "{shown}");
    let again = stage.ana(&format!("{case} jira link {key}")).await;
    assert!(again.contains("already: nothing is told in it again"), "{again}");
    assert!(stage.ana(&format!("{case} jira")).await.contains(&key));
    let meta = stage.memory.meta(&id).await.unwrap().unwrap();
    let note: PlaceNote = serde_json::from_str(meta.jira.as_deref().unwrap()).unwrap();
    let Some(Home { place, name }) = note.home else { panic!("no home") };
    assert_eq!(name, key);
    assert_eq!(stage.memory.bound(&format!("jira/{place}")).await.unwrap(), Some(id.clone()));
    assert!(meta.next_at.is_some(), "it is to be told there");
    let other = stage.sir.aws_creates_case("Another");
    let shown = stage.ana(&format!("{other} jira link {key}")).await;
    assert!(shown.contains("already") && shown.contains("Nothing was changed"), "{shown}");
    assert!(stage.ana(&format!("{other} jira link SEC-999")).await.contains("no issue SEC-999"));
    assert!(stage.ana(&format!("{other} jira open")).await.contains("is being made"));
    // Somebody is telling the case just now: the link waits for them.
    let now = casebridge::clock::now();
    let lease = stage.memory.lease(&id, now, now + 60_000).await.unwrap().unwrap();
    let second = stage.jira.person_creates(&stage.jira.ana(), "Second");
    let typed =
        stage.slack.types(super::stage::ANA, &stage.channel, "/sir", &format!("{case} jira link {second}"));
    stage.deliver(&typed).await;
    let jobs = stage.jobs();
    assert_eq!(stage.work(&jobs).await, ["m0"]);
    stage.memory.save(&id, lease.epoch, Note::Case, "{}").await.unwrap();
    stage.memory.release(&id, lease.epoch, lease.want, None, false).await.unwrap();
}

#[tokio::test]
async fn linking_an_issue_says_the_same_however_often_it_is_delivered() {
    let stage = Stage::set().await;
    for at in 1.. {
        let case = stage.sir.aws_creates_case("Key leaked");
        let key = stage.jira.person_creates(&stage.jira.ana(), "Key leaked");
        let typed =
            stage.slack.types(super::stage::ANA, &stage.channel, "/sir", &format!("{case} jira link {key}"));
        stage.deliver(&typed).await;
        let job = stage.job();
        let before = stage.slack.ephemerals(super::stage::ANA).len();
        let ended = stage.until(&job, at).await;
        // Perhaps it was stopped while it held the case's notes: nobody waits for it longer than 75 s.
        stage.world.stops_the_clock(casebridge::clock::now() + 80_000);
        casebridge::command::execute::execute(&stage.bridge(), &job).await.unwrap();
        stage.world.stops_the_clock(0);
        let shown = stage.since(super::stage::ANA, before);
        assert!(shown.contains("is now the issue") && !shown.contains("already"), "moment {at}: {shown}");
        if ended {
            break;
        }
    }
}
