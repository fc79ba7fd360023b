//! Settings are pushed by somebody, and the trail says by whom.

use casebridge::{case::text, state::Store, telemetry::audit::AuditOutcome};

use super::{Deployed, amazon::OPERATOR};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn a_push_stores_the_file_and_the_trail_names_who_pushed_which_version_and_nothing_of_it() {
    let deployed = Deployed::set("push").await;
    let toml = deployed.table.store.settings().await.unwrap().unwrap() + "\n# again\n";
    std::fs::write(deployed.scratch.join("casebridge.toml"), &toml).unwrap();
    let (good, said) = deployed.casebridge(&["settings", "push", "casebridge.toml"]).await;
    assert!(good && !said.contains("No trail"), "{said}");
    assert_eq!(deployed.table.store.settings().await.unwrap().as_deref(), Some(toml.as_str()));
    let [line] = <[_; 1]>::try_from(deployed.trail()).unwrap();
    assert_eq!(
        (line.who.as_str(), line.door.as_str(), line.verb.as_str()),
        (OPERATOR, "cli", "settings push")
    );
    assert_eq!((line.version, line.outcome), (text::hash(&toml), AuditOutcome::Done));
    let kept = deployed.standins.logs.lines().concat();
    assert!(!kept.contains("C0") && !kept.contains("slack"), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn what_the_trail_does_not_take_is_said_with_the_line_to_keep() {
    let deployed = Deployed::set("push-untold").await;
    let toml = deployed.table.store.settings().await.unwrap().unwrap() + "\n# again\n";
    std::fs::write(deployed.scratch.join("casebridge.toml"), &toml).unwrap();
    let refused = casebridge_lab::standins::FaultRule::on("PutLogEvents").error("AccessDeniedException");
    deployed.standins.logs.fault(refused);
    let (good, said) = deployed.casebridge(&["settings", "push", "casebridge.toml"]).await;
    assert!(
        !good && said.contains("Keep this line") && said.contains("\"verb\":\"settings push\""),
        "{said}"
    );
}
