//! What would be done for a case, asked before it is done.

use casebridge::{entry::notify::Notifier, runtime::World, state::Store, targets::jira};
use casebridge_lab::stage::{Log, Stage};
use casebridge_lab::standins::FaultRule;

async fn shown(stage: &Stage, case: &casebridge::case::CaseId) -> Vec<String> {
    let (world, settings, secrets) = (&stage.world, &stage.settings, &stage.secrets);
    let notifier = Notifier { world, settings, secrets, deadline: world.now() + 60_000 };
    notifier.preview(case).await.unwrap().iter().map(ToString::to_string).collect()
}

/// Whoever tries the bridge first sees what it would do, and then has it done.
#[tokio::test]
async fn who_only_observes_is_told_nothing_until_they_say_so() {
    let mut stage = Stage::set().await;
    stage.settings.sir.observe = true;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    let (before, log) = (stage.everything(), Log::begin());
    stage.events().await;
    assert!(log.text().contains("would be told"), "{}", log.text());
    stage.later(2 * 3_600_000);
    stage.sweep().await;
    assert_eq!(stage.everything(), before);
    assert!(stage.meta(&case).await.targets.is_empty(), "nothing is noted as told");
    stage.settings.sir.observe = false;
    let toml = toml::to_string(&stage.settings).unwrap();
    casebridge::state::put_settings(&stage.memory, &toml).await.unwrap();
    stage.minutes(1).await;
    assert_eq!(shown(&stage, &case).await, ["slack: nothing is owed", "jira: nothing is owed"]);
    assert_eq!(stage.comments(&case).await.len(), 1);
}

#[tokio::test]
async fn what_a_target_lacks_is_shown_and_nothing_is_changed() {
    let stage = Stage::set().await;
    let case = stage.sir.aws_creates_case("Key leaked");
    assert_eq!(shown(&stage, &case).await, ["slack:\n  make home", "jira:\n  make home"]);
    assert!(stage.memory.meta(&case).await.unwrap().is_none(), "nobody wrote of it");
    stage.events().await;
    assert_eq!(shown(&stage, &case).await, ["slack: nothing is owed", "jira: nothing is owed"]);
    stage.jira.fault(FaultRule::on("addComment").times(9).answers(403));
    let comment = stage.sir.aws_comments(&case, "AWS Responder", "one").unwrap();
    let owed = format!("add comment/{comment}/0");
    assert!(shown(&stage, &case).await.iter().all(|target| target.contains(&owed)));
    stage.events().await;
    let before = stage.everything();
    let [slack, jira] = &shown(&stage, &case).await[..] else { panic!("two targets") };
    assert_eq!(slack, "slack: nothing is owed");
    assert!(jira.contains("parked: ") && jira.contains("waits until ") && jira.contains(&owed), "{jira}");
    assert_eq!(stage.everything(), before);
    assert!(stage.place(&case, jira::KIND).await.parked.is_some());
}
