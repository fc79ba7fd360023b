//! A case goes where its route says, and is for those whom its route names: at every door, and for ever.

use casebridge::{
    case::{CaseId, ChannelId, MemberId, RouteName, UserId},
    config::settings::{Roles, Route},
    targets::{jira, slack},
};
use casebridge_lab::{
    stage::{ANA, BO, Stage, ana, bo, typed},
    standins::SlackStandin,
};
use serde_json::Value;

use super::jira_people::heard;

const TITLE: &str = "Payments are down";

/// A route that fits a title with this word, and goes nowhere else.
pub(super) fn route(name: &str) -> Route {
    Route {
        name: RouteName::new(name),
        account: None,
        region: None,
        title: Some(name.to_owned()),
        engagement: None,
        tag: None,
        channel: None,
        channel_prefix: None,
        invite: None,
        project: None,
        issue_type: None,
        roles: None,
    }
}

/// Cases of payments have a channel and a project of their own, and Bo works them; Ana is the admin of all others.
pub(super) async fn stage() -> Stage {
    let mut stage = Stage::with("", &format!("[roles]\nadmin = ['{ANA}']\n")).await;
    let (.., bot, _) = stage.slack.app();
    let channel = stage.slack.add_channel("payments", true, &[ana(), bo(), bot]);
    stage.jira.add_project("PAY", "Payments");
    let roles = Roles { responder: vec![MemberId::new(BO)], ..Roles::default() };
    let (channel, project, roles) = (Some(channel), Some("PAY".to_owned()), Some(roles));
    stage.settings.routes = vec![Route { channel, project, roles, ..route("payments") }];
    stage
}

fn routed(stage: &mut Stage) -> &mut Route {
    &mut stage.settings.routes[0]
}

fn channel(stage: &Stage) -> ChannelId {
    stage.settings.routes[0].channel.clone().unwrap()
}

/// What a channel shows.
fn shown(stage: &Stage, channel: &ChannelId) -> String {
    stage.slack.messages(channel).iter().map(SlackStandin::shown).collect::<Vec<_>>().join("\n")
}

async fn told(stage: &Stage, title: &str) -> CaseId {
    let case = stage.sir.console_creates_case(title);
    stage.notify().await;
    case
}

async fn says(stage: &Stage, user: &UserId, case: &CaseId, text: &str) {
    let (channel, card) = stage.card(case).await;
    for delivery in stage.slack.says(user, &channel, text, Some(&card)).1 {
        assert_eq!(stage.deliver(&delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
}

async fn home_of(stage: &Stage, user: &UserId) -> String {
    assert_eq!(stage.deliver(&stage.slack.opens_home(user)).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    stage.slack.home(user).map(|home| home.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn a_case_goes_to_the_channel_and_the_project_of_the_first_route_that_fits_and_others_do_not() {
    let mut stage = stage().await;
    stage.settings.routes.push(Route { project: Some("SEC".to_owned()), ..route("down") });
    let (case, other) = (told(&stage, TITLE).await, told(&stage, "Key leaked").await);
    assert_eq!(stage.card(&case).await.0, channel(&stage));
    assert!(stage.home(&case, jira::KIND).await.name.starts_with("PAY-"));
    assert_eq!(stage.card(&other).await.0, stage.channel);
    assert!(stage.home(&other, jira::KIND).await.name.starts_with("SEC-"));
    assert!(!shown(&stage, &stage.channel).contains(TITLE));
    stage.sir.aws_comments(&case, "AWS Responder", "We look into it").unwrap();
    stage.notify().await;
    assert!(shown(&stage, &channel(&stage)).contains("We look into it"));
    assert!(stage.comments(&case).await[0].contains("We look into it"));
}

#[tokio::test]
async fn each_condition_of_a_route_is_asked_and_a_tag_costs_one_call_of_a_new_case() {
    let conditions: [fn(&mut Route); 5] = [
        |route| route.account = Some("111122223333".to_owned()),
        |route| route.region = Some("eu-west-1".to_owned()),
        |route| route.title = Some("LEAKED".to_owned()),
        |route| route.engagement = Some("Security Incident".to_owned()),
        |route| route.tag = Some("team=red".to_owned()),
    ];
    for (at, condition) in conditions.iter().enumerate() {
        let mut stage = stage().await;
        routed(&mut stage).title = None;
        condition(routed(&mut stage));
        let case = stage.sir.console_creates_case("Key leaked");
        stage.sir.tags(&case, "team", "red");
        stage.forget_calls();
        stage.notify().await;
        let asked = stage.calls()[0].iter().filter(|call| *call == "ListTagsForResource").count();
        assert_eq!(asked, usize::from(at == 4), "{at}");
        let is_fitting = stage.card(&case).await.0 == channel(&stage);
        let read = stage.sir.case(&case).unwrap();
        assert_eq!(is_fitting, at != 1 || read.to_string().contains("eu-west-1"), "{at}: {read}");
    }
}

#[tokio::test]
async fn what_changes_later_moves_no_case_that_was_told() {
    let mut stage = stage().await;
    let (case, other) = (told(&stage, TITLE).await, told(&stage, "Key leaked").await);
    let (at, key) = (stage.card(&case).await, stage.home(&case, jira::KIND).await);
    let before = stage.card(&other).await;
    let titles = [(&case, "Something else", &bo()), (&other, TITLE, &ana())]
        .map(|(case, title, user)| (format!("{case} title {title}"), user.clone()));
    for (line, user) in titles {
        stage.types(&user, &line).await;
    }
    let (.., bot, _) = stage.slack.app();
    let second = stage.slack.add_channel("second", true, &[bot]);
    routed(&mut stage).channel = Some(second.clone());
    routed(&mut stage).project = Some("SEC".to_owned());
    stage.sir.aws_comments(&case, "AWS Responder", "One").unwrap();
    stage.sir.aws_comments(&other, "AWS Responder", "Two").unwrap();
    stage.notify().await;
    stage.minutes(70).await;
    assert_eq!((stage.card(&case).await, stage.home(&case, jira::KIND).await), (at, key));
    assert_eq!(stage.card(&other).await, before);
    assert!(stage.lines(&case).await.iter().any(|line| line.contains("One")));
    assert!(stage.lines(&other).await.iter().any(|line| line.contains("Two")));
    assert_eq!(stage.slack.messages(&second), [Value::Null; 0]);
    assert!(stage.types(&bo(), &format!("{case} show")).await.contains("Something else"), "nor its people");
    assert!(stage.ana(&format!("{other} show")).await.contains(TITLE));
}

#[tokio::test]
async fn a_case_that_was_told_before_there_were_routes_goes_by_none() {
    let mut stage = stage().await;
    let routes = std::mem::take(&mut stage.settings.routes);
    let case = told(&stage, TITLE).await;
    stage.settings.routes = routes;
    stage.sir.aws_comments(&case, "AWS Responder", "One").unwrap();
    stage.notify().await;
    assert_eq!(stage.card(&case).await.0, stage.channel);
    assert!(stage.ana(&format!("{case} show")).await.contains(TITLE));
    assert!(stage.types(&bo(), &format!("{case} show")).await.contains("needs the role viewer"));
}

#[tokio::test]
async fn whoever_a_route_does_not_name_may_nothing_with_its_cases_and_whom_it_names_nothing_else() {
    let stage = stage().await;
    let fresh = stage.sir.console_creates_case(TITLE);
    for is_told in [false, true] {
        if is_told {
            stage.notify().await;
        }
        let answer = stage.ana(&format!("{fresh} show")).await;
        assert!(!answer.contains(TITLE) && answer.contains("needs the role viewer"), "{is_told}: {answer}");
        assert!(answer.contains("of the route payments") && answer.contains("bo"), "{answer}");
        for line in ["list", "tray", "list closed"] {
            assert!(!stage.ana(line).await.contains(TITLE), "{line}");
        }
        assert!(!home_of(&stage, &ana()).await.contains(TITLE));
        assert!(stage.types(&bo(), &format!("{fresh} show")).await.contains(TITLE), "{is_told}");
        assert!(stage.types(&bo(), "list").await.contains(TITLE), "{is_told}");
        assert!(home_of(&stage, &bo()).await.contains(TITLE), "{is_told}");
    }
    let other = told(&stage, "Key leaked").await;
    assert!(stage.types(&bo(), &format!("{other} show")).await.contains("you have none"));
    for text in [stage.types(&bo(), "list").await, home_of(&stage, &bo()).await] {
        assert!(!text.contains("Key leaked"), "{text}");
    }
    for line in ["membership list", "new Mine", "doctor", "hub admin"] {
        assert!(stage.types(&bo(), line).await.contains("needs the role"), "{line}");
    }
    says(&stage, &ana(), &fresh, "It is the vendor").await;
    says(&stage, &bo(), &other, "It is the vendor").await;
    assert_eq!((stage.case_comments(&fresh).len(), stage.case_comments(&other).len()), (0, 0));
    says(&stage, &bo(), &fresh, "It is the vendor").await;
    assert_eq!(stage.case_comments(&fresh).len(), 1);
    let told = stage.types(&bo(), "whoami").await;
    assert!(
        told.contains("no role here") && told.contains("For the cases of the route payments it is responder"),
        "{told}"
    );
    let by = stage.trail().into_iter().filter(|line| line.case.as_ref() == Some(&fresh) && line.who == BO);
    assert!(by.into_iter().all(|line| line.rule == format!("route payments, roles.responder: {BO}")));
}

#[tokio::test]
async fn forms_and_buttons_ask_by_the_route_of_their_case() {
    let stage = stage().await;
    let case = told(&stage, TITLE).await;
    stage.types(&ana(), &format!("{case} edit")).await;
    let form = SlackStandin::shown(&stage.form(&ana()));
    assert!(!form.contains(TITLE) && form.contains("needs the role responder"), "{form}");
    stage.types(&ana(), &format!("{case} comment")).await;
    let before = stage.slack.ephemerals(&ana()).len();
    stage.sends(&ana(), &[("text", typed("It was the vendor"))]).await;
    assert!(stage.since(&ana(), before).contains("needs the role responder"));
    stage.types(&bo(), &format!("{case} edit")).await;
    assert!(stage.form(&bo()).to_string().contains(TITLE));
    stage.sends(&bo(), &[("title", typed("Payments again"))]).await;
    let (at, card) = stage.card(&case).await;
    for (user, may) in [(ana(), false), (bo(), true)] {
        let click = stage.slack.clicks(&user, &at, &card, "run/take", &Value::Null).unwrap();
        assert_eq!(stage.deliver(&click).await.0, 200);
        assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        let owner = stage.types(&bo(), &format!("{case} owner")).await;
        assert_eq!(!owner.contains("nobody"), may, "{owner}");
    }
}

#[tokio::test]
async fn who_speaks_in_an_issue_is_asked_by_the_route_of_its_case() {
    let mut stage = stage().await;
    let (theirs, eve) = (stage.jira.ana(), stage.jira.add_user("Eve Example", None));
    stage.settings.roles.responder.push(MemberId::new(theirs.as_str()));
    let roles = routed(&mut stage).roles.as_mut().unwrap();
    roles.responder.push(MemberId::new(eve.as_str()));
    let (case, other) = (told(&stage, TITLE).await, told(&stage, "Key leaked").await);
    for (case, may, may_not) in [(&case, &eve, &theirs), (&other, &theirs, &eve)] {
        let key = stage.home(case, jira::KIND).await.name;
        for account in [may_not, may] {
            stage.jira.person_comments(account, &key, &format!("by {account}")).unwrap();
            heard(&stage).await;
        }
        let comments = stage.case_comments(case);
        assert!(comments.len() == 1 && comments[0].ends_with(&format!("by {may}")), "{comments:?}");
    }
    // The hourly check finds by the same rule what no webhook brought.
    for account in [&theirs, &eve] {
        let key = stage.home(&case, jira::KIND).await.name;
        stage.jira.person_comments(account, &key, "later").unwrap();
    }
    stage.jira.take_webhooks();
    stage.minutes(125).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.case_comments(&case).len(), 2, "{:?}", stage.case_comments(&case));
}

#[tokio::test]
async fn a_reply_whose_event_was_lost_is_judged_by_the_route_of_its_case() {
    let stage = stage().await;
    let case = told(&stage, TITLE).await;
    let (at, card) = stage.card(&case).await;
    stage.minutes(70).await;
    for (user, text) in [(ana(), "not this"), (bo(), "but this")] {
        stage.slack.says(&user, &at, text, Some(&card));
    }
    stage.minutes(70).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    let comments = stage.case_comments(&case);
    assert!(comments.len() == 1 && comments[0].ends_with("but this"), "{comments:?}");
}

#[tokio::test]
async fn a_role_that_a_route_gives_later_makes_no_earlier_word_a_comment() {
    let mut stage = stage().await;
    let case = told(&stage, TITLE).await;
    stage.settings.roles.responder.push(MemberId::new(BO));
    routed(&mut stage).roles.as_mut().unwrap().responder.clear();
    stage.minutes(70).await;
    let (at, card) = stage.card(&case).await;
    stage.slack.says(&bo(), &at, "before the role", Some(&card));
    stage.later(180_000);
    routed(&mut stage).roles.as_mut().unwrap().responder.push(MemberId::new(BO));
    stage.minutes(70).await;
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    assert_eq!(stage.case_comments(&case), [""; 0]);
}

#[tokio::test]
async fn of_a_route_that_the_settings_lost_only_the_admins_of_all_others_may_anything() {
    let mut stage = stage().await;
    let case = told(&stage, TITLE).await;
    stage.settings.roles.commander.push(MemberId::new(BO));
    routed(&mut stage).name = RouteName::new("paiments");
    assert!(stage.types(&bo(), &format!("{case} show")).await.contains("you have none"));
    assert!(stage.ana(&format!("{case} show")).await.contains(TITLE));
    for (user, may) in [(bo(), false), (ana(), true)] {
        assert_eq!(stage.types(&user, "list").await.contains(TITLE), may);
    }
    says(&stage, &bo(), &case, "Am I heard?").await;
    assert_eq!(stage.case_comments(&case), [""; 0]);
    // It is told where it was.
    stage.sir.aws_comments(&case, "AWS Responder", "One").unwrap();
    stage.notify().await;
    assert!(shown(&stage, &channel(&stage)).contains("One"));
}

#[tokio::test]
async fn without_roles_of_its_own_a_route_leaves_people_as_they_are() {
    let mut stage = stage().await;
    routed(&mut stage).roles = None;
    let case = told(&stage, TITLE).await;
    assert!(stage.ana(&format!("{case} show")).await.contains(TITLE));
    assert!(stage.ana("list").await.contains(TITLE));
    assert!(stage.types(&bo(), &format!("{case} show")).await.contains("you have none"));
    let (other, issue) =
        (told(&stage, "Key leaked").await, stage.jira.person_creates(&stage.jira.ana(), "Another"));
    assert!(issue.starts_with("PAY-"));
    let answer = stage.ana(&format!("{case} jira link {issue}")).await;
    assert!(answer.contains(&format!("Make {issue} the issue")), "{answer}");
    let answer = stage.ana(&format!("{other} jira link {issue}")).await;
    assert!(answer.contains("is not in the project SEC"), "{answer}");
}

#[tokio::test]
async fn closing_takes_two_where_the_route_says_so() {
    let mut stage = stage().await;
    let roles = routed(&mut stage).roles.as_mut().unwrap();
    (roles.commander, roles.close_takes_two) = (vec![MemberId::new(BO)], true);
    let (case, other) = (told(&stage, TITLE).await, told(&stage, "Key leaked").await);
    for (case, user, words) in [(&case, bo(), "takes two people"), (&other, ana(), "closed")] {
        stage.types(&user, &format!("{case} close")).await;
        let said =
            stage.slack.ephemerals(&user).pop().map(|one| SlackStandin::shown(&one)).unwrap_or_default();
        let ts = stage.slack.ephemerals(&user).pop().unwrap();
        stage.clicks(&user, &casebridge_lab::stage::ts_of(&ts), "confirm/1").await;
        let answer =
            stage.slack.ephemerals(&user).pop().map(|one| SlackStandin::shown(&one)).unwrap_or_default();
        assert!(answer.contains(words), "{said}\n{answer}");
    }
}

#[tokio::test]
async fn with_the_table_lost_a_case_is_found_where_it_was_told_whatever_fits_it_now() {
    let stage = stage().await;
    let (case, other) = (told(&stage, TITLE).await, told(&stage, "Key leaked").await);
    stage.types(&bo(), &format!("{case} title Something else")).await;
    stage.ana(&format!("{other} title {TITLE}")).await;
    stage.notify().await;
    let at = [stage.card(&case).await, stage.card(&other).await];
    let keys = [stage.home(&case, jira::KIND).await, stage.home(&other, jira::KIND).await];
    stage.later(300_000);
    stage.memory.restore(&casebridge::state::memory::Memory::default());
    stage.sir.aws_comments(&case, "AWS Responder", "One").unwrap();
    stage.sir.aws_comments(&other, "AWS Responder", "Two").unwrap();
    stage.notify().await;
    stage.minutes(130).await;
    assert_eq!([stage.card(&case).await, stage.card(&other).await], at);
    assert_eq!([stage.home(&case, jira::KIND).await, stage.home(&other, jira::KIND).await], keys);
    for (case, word) in [(&case, "One"), (&other, "Two")] {
        let lines = stage.lines(case).await;
        assert_eq!(lines.iter().filter(|line| line.contains(word)).count(), 1, "{lines:#?}");
        assert_eq!(stage.place(case, slack::KIND).await.parked, None);
    }
    let cards = |channel: &ChannelId| {
        stage
            .slack
            .messages(channel)
            .iter()
            .filter(|one| one.get("thread_ts").is_none_or(|ts| *ts == one["ts"]))
            .count()
    };
    assert_eq!([cards(&channel(&stage)), cards(&stage.channel)], [1, 1]);
}

#[tokio::test]
async fn with_a_channel_a_case_a_route_names_and_fills_its_own() {
    let mut stage = stage().await;
    let mut settings = stage.settings.slack.clone();
    settings.layout = casebridge::config::settings::Layout::Channel;
    settings.invite = vec![casebridge::case::Email::new("ana@example.com")];
    stage.settings.slack = settings;
    let route = routed(&mut stage);
    (route.channel, route.channel_prefix) = (None, Some("pay-".to_owned()));
    route.invite = Some(vec![casebridge::case::Email::new("bo@example.com")]);
    let (case, other) = (told(&stage, TITLE).await, told(&stage, "Key leaked").await);
    stage.minutes(2).await;
    let own = stage.slack.channel_named(&format!("pay-{case}")).unwrap();
    assert!(stage.slack.members(&own).contains(&bo()) && !stage.slack.members(&own).contains(&ana()));
    let own = stage.slack.channel_named(&format!("sir-case-{other}")).unwrap();
    assert!(stage.slack.members(&own).contains(&ana()));
}
