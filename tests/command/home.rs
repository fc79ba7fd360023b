//! What stands on a person's home page.

use casebridge::case::{MemberId, UserId};
use casebridge_lab::stage::{BO, Stage, ana, bo};
use casebridge_lab::standins::{LiveText, Order, SlackStandin};
use serde_json::{Value, json};

#[tokio::test]
async fn the_home_page_shows_open_cases_whose_move_it_is_and_opens_them() {
    let stage = Stage::set().await;
    let mine = stage.sir.console_creates_case("Key leaked <!channel>");
    let other = stage.sir.aws_creates_case("New country");
    let closed = stage.sir.console_creates_case("Old");
    stage.sir.aws_closes(&closed, "Duplicate").unwrap();
    stage.ana(&format!("{mine} watch")).await;
    stage.notify().await;
    assert_eq!(stage.deliver(&stage.slack.opens_home(&ana())).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let home = stage.slack.home(&ana()).unwrap();
    let shown = SlackStandin::shown(&home);
    let at = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words}: {shown}"));
    assert!(at("Your cases") < at(mine.as_str()) && at(mine.as_str()) < at("Other open cases"));
    assert!(at("Other open cases") < at(other.as_str()) && !shown.contains(closed.as_str()));
    assert!(shown.contains("next move: your team, since ") && shown.contains("next move: AWS"), "{shown}");
    let places = ["console.aws.amazon.com", "/archives/", "/browse/"];
    let leads = |live: &LiveText| live.kind == "link" && places.iter().any(|place| live.text.contains(place));
    assert!(SlackStandin::live_in(&home).iter().all(leads), "{:?}", SlackStandin::live_in(&home));
    let id = home["id"].as_str().unwrap();
    let click = stage.slack.clicks_in_view(&ana(), id, "run/2", &Value::Null).unwrap();
    assert_eq!(stage.deliver(&click).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let form = SlackStandin::shown(&stage.form(&ana()));
    assert!(form.contains("Next move") && form.contains("Key leaked <!channel>"), "{form}");
    let live = SlackStandin::live_in(&stage.form(&ana()));
    assert!(live.iter().all(leads), "{live:?}");
}

const NIS2: &str = "[notify.clocks.NIS2]\n'Early warning' = 24\n";

async fn home_of(stage: &Stage, user: &UserId) -> Value {
    assert_eq!(stage.deliver(&stage.slack.opens_home(user)).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.slack.home(user).unwrap()
}

#[tokio::test]
async fn the_home_page_says_who_has_a_case_when_something_is_due_and_leads_to_where_it_is_told() {
    let mut stage = Stage::with("", NIS2).await;
    stage.settings.roles.viewer.push(MemberId::new(BO));
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    assert!(SlackStandin::shown(&home_of(&stage, &ana()).await).contains("Owner: nobody yet"));
    stage.ana(&format!("{case} take")).await;
    stage.ana(&format!("{case} clock NIS2")).await;
    let page = home_of(&stage, &ana()).await;
    let shown = SlackStandin::shown(&page);
    let at = |words: &str| shown.find(words).unwrap_or_else(|| panic!("{words}: {shown}"));
    assert!(at("Your cases") < at(case.as_str()) && at(case.as_str()) < at("Other open cases"));
    assert!(shown.contains("Owner: ana. Next deadline: NIS2, Early warning, "), "{shown}");
    let (channel, card) = stage.card(&case).await;
    let thread = format!("/archives/{channel}/p{}", card.as_str().replace('.', ""));
    for place in [&thread, "/browse/SEC-1", "console.aws.amazon.com"] {
        assert!(page.to_string().contains(place), "{place} in {page}");
    }
    let theirs = SlackStandin::shown(&home_of(&stage, &bo()).await);
    assert!(theirs.find("Other open cases") < theirs.find(case.as_str()), "{theirs}");
}

#[tokio::test]
async fn a_home_page_of_many_cases_costs_two_calls_of_the_service() {
    let stage = Stage::set().await;
    for number in 0..60 {
        stage.sir.console_creates_case(&format!("Case {number}"));
    }
    stage.forget_calls();
    let shown = SlackStandin::shown(&home_of(&stage, &ana()).await);
    assert_eq!(stage.calls()[0], ["ListCases"; 2]);
    assert_eq!(shown.matches("Owner: nobody yet").count(), 25, "{shown}");
    assert!(shown.contains("There are more cases"), "{shown}");
}

#[tokio::test]
async fn catching_up_costs_two_calls_of_the_service_however_much_was_said() {
    for (order, comments) in [(Order::OldestFirst, 20), (Order::NewestFirst, 120), (Order::OldestFirst, 120)]
    {
        let stage = Stage::set().await;
        stage.sir.set_order(order);
        let case = stage.sir.aws_creates_case("Key leaked");
        for number in 0..comments {
            stage.sir.aws_comments(&case, "AWS Responder", &format!("Word {number}.")).unwrap();
            stage.later(60_000);
        }
        stage.notify().await;
        stage.minutes(10).await;
        let last = format!("Word {}.", comments - 1);
        for asked in ["brief", "timeline"] {
            stage.forget_calls();
            let answer = stage.ana(&format!("{case} {asked}")).await;
            let calls = &stage.calls()[0];
            assert!((1..=2).contains(&calls.len()), "{order:?} {comments} {asked}: {calls:?}");
            assert!(answer.contains(&last), "{order:?} {asked}: {answer}");
        }
    }
}

#[tokio::test]
async fn the_list_of_ones_own_cases_costs_one_call_however_many_are_open() {
    let stage = Stage::set().await;
    let mut all = Vec::new();
    for number in 0..12 {
        all.push(stage.sir.console_creates_case(&format!("Case {number}")));
    }
    stage.ana(&format!("{} watch", all[3])).await;
    stage.ana(&format!("{} take", all[7])).await;
    stage.events().await;
    stage.forget_calls();
    let list = stage.ana("list mine").await;
    assert_eq!(stage.calls()[0], ["ListCases"]);
    let named: Vec<_> = all.iter().filter(|case| list.contains(case.as_str())).collect();
    assert_eq!(named, [&all[3], &all[7]], "{list}");
    assert!(list.contains("Open cases that you have or watch: 2"), "{list}");
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
