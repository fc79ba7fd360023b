//! An organisation has several workspaces: who belongs to ours is known by all that Slack says of them.

use casebridge::case::MemberId;
use casebridge::case::UserId;
use casebridge_lab::stage::Stage;
use serde_json::{Value, json};

use super::words_in_jira::file;

/// Somebody whom Slack describes so: the person's id.
fn somebody(stage: &Stage, about: &str) -> UserId {
    let text = file("slack-grid-users-info.json").replace("T0CASEBRDG", stage.settings.slack.team.as_str());
    let about = serde_json::from_str::<Value>(&text).unwrap()[about]["user"].clone();
    let mut change = json!({ "team_id": about["team_id"], "enterprise_user": about["enterprise_user"] });
    change["enterprise_user"]["id"] = json!("W0CYEXAMPL");
    stage.slack.add_user("cy", "cy@example.com", &change)
}

#[tokio::test]
async fn somebody_of_an_organisation_is_of_each_of_its_workspaces() {
    for about in ["no_team_id", "team_id_is_the_organisation", "team_id_is_another_workspace"] {
        for by_organisation in [false, true] {
            let mut stage = Stage::set().await;
            let cy = somebody(&stage, about);
            let named = if by_organisation { UserId::new("W0CYEXAMPL") } else { cy.clone() };
            stage.settings.roles.responder.push(MemberId::new(named));
            let case = stage.sir.aws_creates_case("Key leaked");
            let thread = stage.thread_of(&case).await;
            let shown = stage.types(&cy, &format!("{case} show")).await;
            assert!(shown.contains("Key leaked"), "{about}: {shown}");
            let (_, sent) = stage.slack.says(&cy, &stage.channel, "We isolated web-2.", Some(&thread));
            assert_eq!(stage.deliver(&sent[0]).await.0, 200);
            assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
            assert_eq!(
                stage.case_comments(&case),
                [format!("cy, {cy} (Slack):\nWe isolated web-2.")],
                "{about}"
            );
        }
    }
}

#[tokio::test]
async fn somebody_of_whom_slack_names_no_workspace_is_a_stranger_and_hears_it() {
    let mut stage = Stage::set().await;
    for change in [
        json!({ "team_id": null }),
        json!({ "team_id": null, "enterprise_user": { "id": "W1", "teams": ["T0OTHERWSP"] } }),
    ] {
        let cy = stage.slack.add_user("cy", "cy@example.com", &change);
        stage.settings.roles.responder.extend([cy.clone(), UserId::new("W1")].map(MemberId::new));
        let shown = stage.types(&cy, "1234567890 show").await;
        assert!(shown.contains("you belong to another"), "{shown}");
    }
}
