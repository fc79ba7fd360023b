//! What stands on a person's home page.

use casebridge_lab::stage::{Stage, ana};
use casebridge_lab::standins::SlackStandin;
use serde_json::{Value, json};

#[tokio::test]
async fn the_home_page_shows_open_cases_whose_move_it_is_and_opens_them() {
    let stage = Stage::set().await;
    let mine = stage.sir.console_creates_case("Key leaked <!channel>");
    let other = stage.sir.aws_creates_case("New country");
    let closed = stage.sir.console_creates_case("Old");
    stage.sir.aws_closes(&closed, "Duplicate").unwrap();
    stage.ana(&format!("{mine} watch")).await;
    assert_eq!(stage.deliver(&stage.slack.opens_home(&ana())).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let home = stage.slack.home(&ana()).unwrap();
    let shown = SlackStandin::shown(&home);
    let at = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words}: {shown}"));
    assert!(at("Cases that you watch") < at(mine.as_str()) && at(mine.as_str()) < at("Other open cases"));
    assert!(at("Other open cases") < at(other.as_str()) && !shown.contains(closed.as_str()));
    assert!(shown.contains("next move: your team, since ") && shown.contains("next move: AWS"), "{shown}");
    assert_eq!(SlackStandin::live_in(&home).len(), 0);
    let id = home["id"].as_str().unwrap();
    let click = stage.slack.clicks_in_view(&ana(), id, "run/2", &Value::Null).unwrap();
    assert_eq!(stage.deliver(&click).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let form = SlackStandin::shown(&stage.form(&ana()));
    assert!(form.contains("Next move") && form.contains("Key leaked <!channel>"), "{form}");
    let live = SlackStandin::live_in(&stage.form(&ana()));
    assert!(live.iter().all(|live| live.kind == "link" && live.text.contains("console")), "{live:?}");
}

#[test]
fn the_app_has_the_tab_in_which_the_answers_of_its_home_page_stand() {
    let manifest: Value = serde_json::from_str(include_str!("../../slack-manifest.json")).unwrap();
    // Without it Slack refuses a direct message with `messages_tab_disabled`.
    assert_eq!(manifest["features"]["app_home"]["messages_tab_enabled"], true);
}

#[tokio::test]
async fn whoever_may_see_no_case_sees_none_on_their_page() {
    let stage = Stage::set().await;
    stage.sir.console_creates_case("Key leaked");
    let nobody = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    stage.deliver(&stage.slack.opens_home(&nobody)).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let shown = SlackStandin::shown(&stage.slack.home(&nobody).unwrap());
    assert!(shown.contains("needs the role viewer") && !shown.contains("Key leaked"), "{shown}");
    assert_eq!(stage.sir.calls().len(), 0);
}
