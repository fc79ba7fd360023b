//! Two deployments tell cases in the same channel and project: each notices the other, and nothing is told twice.

use casebridge::{
    case::{CaseId, Status},
    doctor::status::status,
    runtime::deployments,
    state::memory::Memory,
    targets::{jira, slack},
};
use casebridge_lab::stage::{Log, Stage, ana, count};
use serde_json::{Value, json};

const SAYS: &str = "another deployment tells this case";

/// Two tables at one desk: each is a deployment of its own.
struct Two {
    stage: Stage,
    tables: [Memory; 2],
    now: usize,
}

impl Two {
    /// The first tells a case; an hour later the second is deployed.
    async fn after_a_case() -> (Self, CaseId) {
        let stage = Stage::set().await;
        let case = stage.sir.aws_creates_case("Key leaked");
        stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
        stage.events().await;
        stage.later(3_600_000);
        (Self { tables: [stage.memory.copy(), Memory::default()], stage, now: 0 }, case)
    }

    /// Who works from now on.
    fn be(&mut self, deployment: usize) {
        self.tables[self.now] = self.stage.memory.copy();
        self.stage.memory.restore(&self.tables[deployment]);
        self.stage.world.signs_as(deployment);
        self.now = deployment;
        // What it read a moment ago was the other's.
        self.stage.later(2_000);
    }

    /// What happened comes to both, to this one first; then so many minutes pass, with a sweep of both in each.
    async fn pass(&mut self, first: usize, minutes: u32) {
        let events = self.stage.sir.take_events();
        for deployment in [first, 1 - first] {
            self.be(deployment);
            assert_eq!(self.stage.arrive(&events).await, [""; 0]);
        }
        for _ in 0..minutes {
            self.stage.later(56_000);
            for deployment in [first, 1 - first] {
                self.be(deployment);
                self.stage.sweep().await;
            }
        }
    }

    /// The same where the other is no more.
    async fn alone(&mut self, deployment: usize, minutes: u32) {
        self.be(deployment);
        self.stage.events().await;
        self.stage.minutes(minutes).await;
    }

    /// How often these words stand in the thread, and in the issue.
    async fn stands(&self, case: &CaseId, words: &str) -> (usize, usize) {
        let lines = self.stage.lines(case).await;
        (count(&lines[1..], words), count(&self.stage.comments(case).await, words))
    }

    async fn is_parked(&self, case: &CaseId) -> bool {
        let mut parked = false;
        for kind in [slack::KIND, jira::KIND] {
            let why = self.stage.place(case, kind).await.parked;
            parked |= why.as_deref() == Some("told_by_another_deployment");
        }
        parked
    }
}

#[tokio::test]
async fn a_second_deployment_leaves_each_case_to_the_first_and_both_go_on_so_whoever_hears_first() {
    for first in [0, 1] {
        let (mut two, case) = Two::after_a_case().await;
        let log = Log::begin();
        two.pass(first, 3).await;
        two.stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
        two.stage.sir.aws_sets_status(&case, &Status::Acknowledged).unwrap();
        two.pass(first, 20).await;
        two.stage.sir.aws_comments(&case, "AWS Responder", "three").unwrap();
        two.pass(first, 130).await;
        for words in ["one", "two", "three", "Acknowledged"] {
            assert_eq!(two.stands(&case, words).await, (1, 1), "{words} {first}");
        }
        assert_eq!((two.stage.cards().len(), two.stage.jira.issues().len()), (1, 1));
        two.be(1);
        assert!(two.is_parked(&case).await, "the second says so");
        let said = status(&two.stage.world).await.unwrap();
        assert!(!said.is_calm() && said.to_string().contains("OTHER      deployment one told"), "{said}");
        two.be(0);
        assert!(status(&two.stage.world).await.unwrap().others.is_empty());
        assert!(!two.is_parked(&case).await, "the first is not disturbed");
        assert_eq!(log.text().matches(SAYS).count(), 1, "once: {}", log.text());
    }
}

#[tokio::test]
async fn a_new_case_is_told_by_the_first_alone() {
    for first in [0, 1] {
        let (mut two, _) = Two::after_a_case().await;
        two.pass(first, 1).await;
        let new = two.stage.sir.aws_creates_case("Another key");
        two.stage.sir.aws_comments(&new, "AWS Responder", "news").unwrap();
        two.pass(first, 40).await;
        assert_eq!((two.stage.cards().len(), two.stage.jira.issues().len()), (2, 2));
        assert_eq!(two.stands(&new, "news").await, (1, 1));
    }
}

#[tokio::test]
async fn where_neither_knew_of_the_other_both_say_so_take_nothing_away_and_one_tells_what_comes_next() {
    for layout in ["thread", "channel"] {
        let stage = Stage::with(&format!("layout = '{layout}'\ninvite = ['ana@example.com']"), "").await;
        let mut two = Two { tables: [stage.memory.copy(), Memory::default()], stage, now: 0 };
        let case = two.stage.sir.aws_creates_case("Key leaked");
        two.stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
        let log = Log::begin();
        two.pass(0, 70).await;
        let stands = two.stage.slack.state().to_string().matches("one").count();
        assert_eq!(two.stage.jira.issues().len(), 2, "nobody could know");
        assert_eq!(log.text().matches(SAYS).count(), 2, "each once: {}", log.text());
        let new = two.stage.sir.aws_creates_case("Another key");
        two.stage.sir.aws_comments(&new, "AWS Responder", "news").unwrap();
        two.pass(0, 90).await;
        assert_eq!(two.stage.jira.issues().len(), 3);
        let (lines, comments) = (two.stage.slack.state().to_string(), two.stage.comments(&new).await);
        assert_eq!((lines.matches("one").count(), count(&comments, "news")), (stands, 1), "{layout}");
        assert_eq!(log.text().matches("stood there twice").count(), 0, "{}", log.text());
    }
}

#[tokio::test]
async fn what_the_first_tells_no_more_the_second_does_and_the_first_yields_when_it_comes_back() {
    let (mut two, case) = Two::after_a_case().await;
    two.pass(0, 2).await;
    two.stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    two.alone(1, 5).await;
    assert_eq!(two.stands(&case, "two").await, (0, 0), "the first may only be late");
    two.alone(1, 15).await;
    assert_eq!(two.stands(&case, "two").await, (1, 1));
    let new = two.stage.sir.aws_creates_case("Another key");
    two.alone(1, 1).await;
    assert!(two.stage.lines(&new).await[0].contains("Another key"), "and new cases at once");
    two.stage.sir.aws_comments(&case, "AWS Responder", "three").unwrap();
    two.alone(1, 1).await;
    assert_eq!(two.stands(&case, "three").await, (1, 1), "and it is the first from now on");
    let log = Log::begin();
    two.pass(0, 70).await;
    two.stage.sir.aws_comments(&case, "AWS Responder", "four").unwrap();
    two.pass(0, 70).await;
    for words in ["one", "two", "three", "four"] {
        assert_eq!(two.stands(&case, words).await, (1, 1), "{words}");
    }
    assert_eq!((two.stage.cards().len(), two.stage.jira.issues().len()), (2, 2));
    two.be(0);
    assert!(two.is_parked(&case).await);
    assert!(log.text().contains(SAYS));
}

#[tokio::test]
async fn a_table_that_was_restored_under_another_name_goes_on_at_once_and_says_nothing() {
    let (mut two, case) = Two::after_a_case().await;
    two.alone(0, 1).await;
    let backup = two.stage.memory.copy();
    let after = two.stage.sir.aws_creates_case("After the backup");
    two.stage.sir.aws_comments(&case, "AWS Responder", "two").unwrap();
    two.alone(0, 10).await;
    two.tables[1] = backup;
    let log = Log::begin();
    two.alone(1, 3).await;
    two.stage.sir.aws_comments(&case, "AWS Responder", "three").unwrap();
    two.stage.sir.aws_comments(&after, "AWS Responder", "three").unwrap();
    two.alone(1, 2).await;
    for (case, words) in [(&case, "one"), (&case, "two"), (&case, "three"), (&after, "three")] {
        assert_eq!(two.stands(case, words).await, (1, 1), "{words}");
    }
    assert_eq!((two.stage.cards().len(), two.stage.jira.issues().len()), (2, 2));
    assert!(!two.is_parked(&case).await && !two.is_parked(&after).await);
    assert_eq!(log.text().matches("another deployment").count(), 0, "{}", log.text());
    two.alone(1, 65).await;
    let known = deployments::read(&two.stage.world).await.unwrap();
    assert!(known.calls_itself("one") && known.calls_itself("another"));
}

#[tokio::test]
async fn an_issue_that_a_person_links_is_ours_at_once_whoever_made_it() {
    let stage = Stage::set().await;
    stage.world.signs_as(1);
    stage.sir.aws_creates_case("Of another deployment");
    stage.events().await;
    stage.later(3_600_000);
    stage.memory.restore(&Memory::default());
    stage.world.signs_as(0);
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    stage.later(600_000);
    stage.types(&ana(), &format!("{case} jira link SEC-1")).await;
    stage.presses(&ana(), "confirm/1").await;
    assert!(stage.soon().await);
    assert_eq!(stage.home(&case, jira::KIND).await.name, "SEC-1");
    assert_eq!(count(&stage.comments(&case).await, "one"), 1);
    assert_eq!(signatures(&stage, &case).await, ["one"; 2]);
}

#[tokio::test]
async fn what_nobody_signed_is_ours() {
    let stage = Stage::set().await;
    stage.world.signs_as(2);
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    stage.events().await;
    assert_eq!(signatures(&stage, &case).await, [const { Value::Null }; 2], "as 0.1.0 left it");
    stage.later(3_600_000);
    stage.world.signs_as(1);
    stage.memory.restore(&Memory::default());
    stage.minutes(3).await;
    stage.sir.aws_changes(&case, &json!({"title": "Key found"})).unwrap();
    stage.events().await;
    assert_eq!((stage.cards().len(), stage.jira.issues().len()), (1, 1));
    assert_eq!(count(&stage.lines(&case).await, "Key found"), 2, "the card, and a line");
    assert_eq!(signatures(&stage, &case).await, ["another"; 2]);
}

/// Who signed the card, and the issue.
async fn signatures(stage: &Stage, case: &CaseId) -> [Value; 2] {
    let card = stage.thread(case).await[0]["metadata"]["event_payload"]["by"].clone();
    [card, stage.issue(case).await["properties"]["casebridge"]["by"].clone()]
}
