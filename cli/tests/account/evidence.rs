//! A case is exported, verified, and found changed, by the tool alone.

use casebridge::{config::clock, state::Store};
use casebridge_lab::{playground::standins::Standins, stage::Canary};

use super::{Deployed, amazon::OPERATOR};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn a_case_is_exported_signed_and_verified_and_whoever_took_it_is_in_the_trail() {
    let deployed = Deployed::set("export").await;
    let sir = &deployed.standins.sir;
    let case = sir.aws_creates_case("Key leaked");
    sir.aws_comments(&case, "AWS Responder", "Did you make it?").unwrap();
    sir.aws_attaches(&case, "auth.log", "03:10 web-2 is off\n").unwrap();
    let other = sir.aws_creates_case("Of others");
    for (on, words) in [(&case, "We look."), (&other, "They look.")] {
        let (good, said) = deployed.casebridge(&["do", on.as_str(), "comment", words]).await;
        assert!(good, "{said}");
    }
    let (good, said) = deployed.casebridge(&["keypair", "key"]).await;
    assert!(good && said.contains("key.pub verifies"), "{said}");
    let export = ["export", case.as_str(), "--key", "key", "--attachments"];
    let (good, said) = deployed.casebridge(&export).await;
    assert!(good, "{said}");
    let folder = format!("case-{case}");
    assert!(said.contains(&folder) && !said.contains("not in it"), "{said}");
    let Standins { slack, jira, .. } = &deployed.standins;
    let canary = Canary::of(&deployed.standins.secret(), slack, jira, sir);
    for file in ["timeline.jsonl", "case.html", "manifest.json", "attachments/01-auth.log"] {
        let text = std::fs::read_to_string(deployed.scratch.join(&folder).join(file)).unwrap();
        assert_eq!(canary.secrets_in(&text), [""; 0], "{file}");
    }
    let timeline = std::fs::read_to_string(deployed.scratch.join(&folder).join("timeline.jsonl")).unwrap();
    let acts: Vec<_> = timeline.lines().filter(|line| line.contains("\"door\":\"cli\"")).collect();
    let [act] = acts[..] else { panic!("not what the trail has of the case: {acts:?}") };
    assert!(
        act.contains(OPERATOR) && act.contains("\"verb\":\"comment\"") && act.contains(case.as_str()),
        "{act}"
    );
    assert!(timeline.contains("We look.") && !timeline.contains("They look."), "{timeline}");
    let [.., line] = &deployed.trail()[..] else { panic!("nothing in the trail") };
    assert_eq!(canary.all_in(&line.json()), [""; 0]);
    assert_eq!(
        (line.who.as_str(), line.verb.as_str(), line.case.as_ref()),
        (OPERATOR, "export", Some(&case))
    );
    let verify = ["verify", &folder, "--key", "key.pub"];
    let (good, said) = deployed.casebridge(&verify).await;
    assert!(good && said.contains("is as it was exported") && said.contains(OPERATOR), "{said}");
    let (good, said) = deployed.casebridge(&export).await;
    assert!(!good && said.contains("is there already"), "{said}");
    std::fs::write(deployed.scratch.join(&folder).join("attachments/01-auth.log"), "03:10 web-2 is on\n")
        .unwrap();
    let (good, said) = deployed.casebridge(&verify).await;
    assert!(!good && said.contains("attachments/01-auth.log differs"), "{said}");
    let unheard = sir.aws_creates_case("Nobody asked yet");
    let (good, said) = deployed.casebridge(&["export", unheard.as_str(), "--key", "key"]).await;
    assert!(good && said.contains("the table does not know the case"), "{said}");
    let (good, said) = deployed.casebridge(&["export", "9999999999", "--key", "key"]).await;
    assert!(!good && said.contains("the service does not give the case"), "{said}");
    assert!(!deployed.scratch.join("case-9999999999.part").exists(), "nothing half-done stays");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs DynamoDB: CASEBRIDGE_TEST_DYNAMODB=http://127.0.0.1:8000 cargo test"]
async fn a_closed_case_is_forgotten_an_open_one_is_not_and_the_trail_says_who_did_it() {
    let deployed = Deployed::set("forget").await;
    let (sir, store) = (&deployed.standins.sir, &deployed.table.store);
    let case = sir.console_creates_case("Key leaked");
    store.hint(&case, clock::now(), false).await.unwrap();
    let forget = ["forget", case.as_str()];
    let (good, said) = deployed.casebridge(&forget).await;
    assert!(!good && said.contains("is open"), "{said}");
    assert_eq!(deployed.trail(), []);
    sir.aws_closes(&case, "Duplicate").unwrap();
    let (good, said) = deployed.casebridge(&forget).await;
    assert!(good && said.contains("holds nothing of case") && said.contains("audit trail"), "{said}");
    let [line] = <[_; 1]>::try_from(deployed.trail()).unwrap();
    assert_eq!((line.who.as_str(), line.verb.as_str(), line.case), (OPERATOR, "forget", Some(case.clone())));
    assert_eq!(store.meta(&case).await.unwrap().unwrap().next_at, None);
    let (good, said) = deployed.casebridge(&["forget", "9999999999"]).await;
    assert!(!good && said.contains("the table knows no such case"), "{said}");
}
