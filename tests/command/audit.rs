//! Who did what, and who tried to: a line of the audit trail for every act and every refusal, whichever way it came.

use casebridge::{
    case::{CaseId, MemberId, Ts, UserId},
    runtime::QueueMessage,
    telemetry::audit::{AuditLine, AuditOutcome, Decision},
};
use casebridge_lab::{
    stage::{ANA, Log, Stage, ana, ts_of, typed},
    standins::{FaultRule, SignedRequest},
};
use serde_json::{Value, json};

/// A stage whose second person is a responder.
async fn two() -> (Stage, UserId, CaseId, Ts) {
    let mut stage = Stage::set().await;
    let bo = stage.slack.add_user("cy", "cy@example.com", &json!({}));
    stage.slack.set_member(&stage.channel, &bo, true);
    stage.settings.roles.responder.push(MemberId::new(bo.clone()));
    let case = stage.sir.console_creates_case("Key leaked");
    let card = stage.card_of(&case).await;
    (stage, bo, case, card)
}

/// What a line says of the act: verb, decision, rule, outcome.
fn said(line: &AuditLine) -> (&str, &str, Decision, &str, AuditOutcome) {
    (&line.door, &line.verb, line.decision, &line.rule, line.outcome)
}

async fn all(stage: &Stage, sent: Vec<SignedRequest>) {
    for delivery in sent {
        assert_eq!(stage.deliver(&delivery).await.0, 200);
    }
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
}

#[tokio::test]
async fn who_closed_the_case_and_who_tried_to_stands_in_the_trail() {
    let (stage, bo, case, _) = two().await;
    stage.types(&bo, &format!("{case} close")).await;
    stage.ana(&format!("{case} close")).await;
    stage.presses(&ana(), "confirm/1").await;
    let [tried, asked, closed] = <[_; 3]>::try_from(stage.trail()).unwrap();
    let (allowed, refused) = (Decision::Allowed, Decision::Refused);
    assert_eq!(said(&tried), ("slash", "close", refused, "role: commander", AuditOutcome::NotDone));
    assert_eq!((tried.who, tried.case), (bo.to_string(), Some(case.clone())));
    let rule = format!("roles.admin: {ANA}");
    assert_eq!(said(&asked), ("slash", "close", allowed, rule.as_str(), AuditOutcome::Asked));
    assert_eq!(said(&closed), ("button", "close", allowed, rule.as_str(), AuditOutcome::Done));
    assert_eq!((closed.who.as_str(), closed.case.as_ref()), (ANA, Some(&case)));
    assert_eq!(closed.team, stage.settings.slack.team.as_str());
    assert_eq!(closed.channel, stage.channel.as_str());
    let request = closed.aws.iter().find(|request| request.operation == "CloseCase").unwrap();
    assert!(request.id.starts_with("00000000-0000-4000-8000-"), "{request:?}");
}

#[tokio::test]
async fn who_tried_it_in_a_cases_own_channel_stands_in_the_trail_of_that_case() {
    let mut stage = Stage::with("layout = 'channel'\ninvite = ['ana@example.com']\n", "").await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    let (nobody, own) =
        (stage.slack.add_user("eve", "eve@example.com", &json!({})), stage.card(&case).await.0);
    stage.slack.set_member(&own, &nobody, true);
    stage.channel = own;
    for line in ["close", &format!("comment {}", ["AKIA", "IOSFODNN7EXAMPLE"].concat())] {
        stage.types(&nobody, line).await;
        let tried = stage.trail().pop().unwrap();
        assert_eq!((tried.decision, tried.case.as_ref()), (Decision::Refused, Some(&case)), "{tried:?}");
    }
    stage.types(&nobody, "membership cancel").await;
    assert_eq!(stage.trail().pop().unwrap().case, None, "that is about no case");
}

/// Every way in, and what the trail then says of it.
async fn ways(stage: &Stage, user: &UserId, case: &CaseId, card: &Ts) -> Vec<(&'static str, AuditLine)> {
    let (slack, channel) = (&stage.slack, &stage.channel);
    let (.., bot, _) = slack.app();
    let shared = slack.shares(user, channel, ("log.txt", "text/plain"), "bytes", Some(card)).1;
    let (ts, first) = slack.says(user, channel, "CANARY first", Some(card));
    let ways: Vec<(&str, Vec<SignedRequest>)> = vec![
        ("slash", vec![slack.types(user, channel, "/sir", &format!("{case} title CANARY title"))]),
        ("button", vec![slack.clicks(user, channel, card, "run/take", &Value::Null).unwrap()]),
        ("shortcut", vec![slack.uses_message_shortcut(user, channel, &shared, "attach_file").unwrap()]),
        ("mention", slack.says(user, channel, &format!("<@{bot}> describe CANARY text"), Some(card)).1),
        ("reply", first),
        ("edit", vec![slack.edits(user, channel, &ts, "CANARY second").unwrap()]),
        ("home", vec![slack.opens_home(user)]),
    ];
    let mut told = Vec::new();
    for (door, sent) in ways {
        let before = stage.trail().len();
        all(stage, sent).await;
        let lines = stage.trail().split_off(before);
        assert_eq!(lines.len(), 1, "{door}: {lines:?}");
        told.extend(lines.into_iter().map(|line| (door, line)));
    }
    told
}

#[tokio::test]
async fn every_way_in_leaves_one_line_that_says_who_and_where_and_nothing_that_was_said() {
    let (stage, bo, case, card) = two().await;
    for (door, line) in Box::pin(ways(&stage, &bo, &case, &card)).await {
        assert_eq!((line.door.as_str(), line.who.as_str()), (door, bo.as_str()), "{line:?}");
        assert_eq!(line.decision, Decision::Allowed, "{line:?}");
        assert_eq!(line.rule, format!("roles.responder: {bo}"));
        if door != "home" {
            assert_eq!((line.case.as_ref(), line.channel.as_str()), (Some(&case), stage.channel.as_str()));
        }
        if ["slash", "mention", "reply", "edit"].contains(&door) {
            assert_eq!(line.outcome, AuditOutcome::Done, "{line:?}");
            assert!(line.aws.iter().all(|request| !request.id.is_empty()), "{line:?}");
        }
    }
    let whole = stage.logs.lines().join("\n");
    for private in ["CANARY", "Key leaked", "cy@example.com", "hooks", "\"cy\"", "log.txt"] {
        assert!(!whole.contains(private), "{private} in {whole}");
    }
}

#[tokio::test]
async fn every_refusal_leaves_one_line_that_says_by_which_rule() {
    let (mut stage, bo, case, card) = two().await;
    stage.settings.roles.responder.clear();
    for (door, line) in Box::pin(ways(&stage, &bo, &case, &card)).await {
        let needed = if door == "home" { "role: viewer" } else { "role: responder" };
        assert_eq!((line.door.as_str(), line.who.as_str()), (door, bo.as_str()), "{line:?}");
        assert_eq!((line.decision, line.rule.as_str()), (Decision::Refused, needed), "{line:?}");
        assert_eq!((line.outcome, line.aws.len()), (AuditOutcome::NotDone, 0), "{line:?}");
        assert!(!line.verb.is_empty(), "{line:?}");
    }
}

#[tokio::test]
async fn a_form_leaves_a_line_when_it_is_opened_and_one_when_it_is_sent() {
    let (stage, _, case, _) = two().await;
    stage.ana(&format!("{case} edit")).await;
    stage.sends(&ana(), &[("title", typed("Two keys leaked"))]).await;
    let lines = stage.trail();
    let said: Vec<_> = lines.iter().map(|line| (line.door.as_str(), line.verb.as_str())).collect();
    assert_eq!(said, [("slash", "edit"), ("form", "edit")]);
    assert_eq!(lines[1].outcome, AuditOutcome::Done);
    assert_eq!(lines[1].case, Some(case));
}

#[tokio::test]
async fn what_holds_a_secret_is_refused_by_name_whichever_way_it_comes_and_the_line_does_not_hold_it() {
    let (stage, bo, case, card) = two().await;
    let key = ["AKIA", "IOSFODNN7EXAMPLA"].concat();
    let (.., bot, _) = stage.slack.app();
    let (slack, channel) = (&stage.slack, &stage.channel);
    for sent in [
        vec![slack.types(&bo, channel, "/sir", &format!("comment {key}"))],
        slack.says(&bo, channel, &format!("<@{bot}> comment {key}"), Some(&card)).1,
        slack.says(&bo, channel, &key, Some(&card)).1,
    ] {
        let before = stage.trail().len();
        all(&stage, sent).await;
        let [line] = <[_; 1]>::try_from(stage.trail().split_off(before)).unwrap();
        assert_eq!((line.decision, line.rule.as_str()), (Decision::Refused, "secret"), "{line:?}");
    }
    stage.ana(&format!("{case} edit")).await;
    stage.sends(&ana(), &[("description", typed(&format!("it was {key}")))]).await;
    let last = stage.trail().pop().unwrap();
    assert_eq!((last.door.as_str(), last.verb.as_str(), last.rule.as_str()), ("form", "edit", "secret"));
    assert!(!stage.logs.lines().join("\n").contains(&key));
}

#[tokio::test]
async fn a_confirmation_that_does_not_hold_says_why() {
    let (mut stage, bo, case, _) = two().await;
    stage.settings.roles.commander.push(MemberId::new(bo.clone()));
    stage.ana(&format!("{case} close")).await;
    let ts = ts_of(&stage.latest());
    let click = stage.slack.clicks(&ana(), &stage.channel, &ts, "confirm/1", &Value::Null).unwrap();
    stage.deliver(&click).await;
    let [job] = <[_; 1]>::try_from(stage.jobs()).unwrap();
    let mut stolen: Value = serde_json::from_str(&job.body).unwrap();
    (stolen["user"], stolen["response_url"]) = (json!(bo), Value::Null);
    stage.work(&[QueueMessage { body: stolen.to_string(), ..job.clone() }]).await;
    let line = stage.trail().pop().unwrap();
    assert_eq!((line.who.as_str(), line.rule.as_str()), (bo.as_str(), "confirmation: somebody else's"));
    stage.later(360_000);
    let mut late: Value = serde_json::from_str(&job.body).unwrap();
    late["at"] = json!(stage.now());
    stage.work(&[QueueMessage { body: late.to_string(), ..job }]).await;
    assert_eq!(stage.trail().pop().unwrap().rule, "confirmation: expired");
    assert_eq!(stage.sir.count("CloseCase"), 0);
}

#[tokio::test]
async fn what_the_service_refuses_is_not_done_and_what_it_does_not_answer_is_unknown() {
    let (stage, _, case, _) = two().await;
    stage.sir.fault(FaultRule::on("UpdateCase").error("AccessDeniedException"));
    stage.ana(&format!("{case} title Mine")).await;
    let line = stage.trail().pop().unwrap();
    assert_eq!((line.decision, line.outcome), (Decision::Allowed, AuditOutcome::NotDone));
    stage.sir.heal();
    stage.sir.fault(FaultRule::on("UpdateCase").error("InternalServerException"));
    stage.deliver(&stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} title Two"))).await;
    let jobs = stage.jobs();
    assert_eq!(stage.work(&jobs).await, ["m0"]);
    let unknown = stage.trail().pop().unwrap();
    assert_eq!(unknown.outcome, AuditOutcome::Unknown);
    stage.sir.heal();
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    let done = stage.trail().pop().unwrap();
    assert_eq!((done.outcome, &done.act), (AuditOutcome::Done, &unknown.act), "one act");
    let before = stage.trail().len();
    assert_eq!(stage.work(&jobs).await, [""; 0]);
    assert_eq!(stage.trail().len(), before, "a repetition is no act");
}

#[tokio::test]
async fn a_comment_in_the_issue_names_its_writers_account_and_one_with_a_secret_is_a_refusal() {
    let (stage, _, _, _) = two().await;
    let case = stage.sir.aws_creates_case("In Jira too");
    stage.notify().await;
    let issue = stage.issue(&case).await;
    let id = issue["id"].as_str().unwrap();
    let account = stage.jira.ana();
    stage.jira.take_webhooks();
    let key = ["AKIA", "IOSFODNN7EXAMPLA"].concat();
    for (text, decision, rule) in
        [("we isolated it", Decision::Allowed, ""), (key.as_str(), Decision::Refused, "secret")]
    {
        let before = stage.trail().len();
        stage.jira.person_comments(&account, issue["key"].as_str().unwrap(), text).unwrap();
        all(&stage, stage.jira.take_webhooks()).await;
        let [line] = <[_; 1]>::try_from(stage.trail().split_off(before)).unwrap();
        assert_eq!((line.door.as_str(), line.verb.as_str()), ("webhook", "comment"));
        assert_eq!(
            (line.who.as_str(), line.issue.as_str(), line.case.as_ref()),
            (account.as_str(), id, Some(&case))
        );
        assert_eq!((line.decision, line.rule.as_str()), (decision, rule));
    }
}

#[tokio::test]
async fn what_stays_in_the_issue_leaves_one_line_of_each_text_and_none_of_its_words() {
    let (stage, _, _, _) = two().await;
    let case = stage.sir.aws_creates_case("In Jira too");
    stage.notify().await;
    let key = stage.issue(&case).await["key"].as_str().unwrap().to_owned();
    let (ana, eve) = (stage.jira.ana(), stage.jira.add_user("Eve Example", None));
    stage.jira.add_role("Counsel", &[ana.clone(), stage.jira.own_account()]);
    let comment = |text: &str, more: Value| {
        let words = json!({ "type": "paragraph", "content": [{ "type": "text", "text": text }] });
        let mut comment = json!({ "body": { "type": "doc", "version": 1, "content": [words] } });
        comment.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        comment
    };
    let counsel = json!({ "visibility": { "type": "role", "value": "Counsel" } });
    let note = json!({ "properties": [{ "key": "sd.public.comment", "value": { "internal": true } }] });
    stage.later(1_000);
    stage.jira.take_webhooks();
    let restricted = stage.jira.person_writes(&ana, &key, &comment("suspect one", counsel.clone())).unwrap();
    stage.jira.person_writes(&ana, &key, &comment("suspect two", note)).unwrap();
    for words in ["suspect three", "suspect four"] {
        stage.jira.person_comments(&eve, &key, words).unwrap();
    }
    stage.sir.fault(FaultRule::on("CreateCaseComment").error("AccessDeniedException"));
    stage.jira.person_comments(&ana, &key, "suspect five").unwrap();
    let before = stage.trail().len();
    for _ in 0..3 {
        all(&stage, stage.jira.take_webhooks()).await;
        stage.minutes(65).await;
    }
    let rules = |stage: &Stage| {
        let mut rules: Vec<_> = stage.trail()[before..]
            .iter()
            .map(|line| (line.rule.clone(), line.decision, line.outcome, line.who.clone()))
            .collect();
        rules.sort_by(|a, b| a.0.cmp(&b.0));
        rules
    };
    let line =
        |rule: &str, who: &str| (rule.to_owned(), Decision::Refused, AuditOutcome::NotDone, who.to_owned());
    let (ana_id, eve_id) = (ana.as_str(), eve.as_str());
    let expected = [
        line("an internal note in Jira", ana_id),
        line("for some in Jira only", ana_id),
        line("no role in Jira", eve_id),
        line("no role in Jira", eve_id),
        line("refused by AWS", ana_id),
    ];
    assert_eq!(rules(&stage), expected);
    let asked = |line: &AuditLine| line.aws.iter().any(|request| request.operation == "CreateCaseComment");
    assert!(stage.trail()[before..].iter().any(asked), "with the request that was refused");
    let notices = stage.comments(&case).await;
    assert_eq!(casebridge_lab::stage::count(&notices, "is not on case"), 1, "{notices:#?}");
    // Another text is another line; what AWS takes at last is on the case.
    stage.sir.heal();
    stage.jira.person_rewrites(&ana, &key, &restricted, &comment("suspect six", counsel)).unwrap();
    all(&stage, stage.jira.take_webhooks()).await;
    assert_eq!(rules(&stage).iter().filter(|line| line.0 == "for some in Jira only").count(), 2);
    assert_eq!(stage.case_comments(&case), [format!("Ana Alvarez, {ana} (Jira):\nsuspect five")]);
    let trail = serde_json::to_string(&stage.trail()).unwrap();
    assert!(!trail.contains("suspect") && !trail.contains("Counsel"), "{trail}");
}

#[tokio::test]
async fn a_line_that_the_trail_does_not_take_stands_in_the_functions_own_log_and_the_act_is_done() {
    let (stage, _, case, _) = two().await;
    for fault in ["AccessDeniedException", "ServiceUnavailableException"] {
        stage.logs.fault(FaultRule::on("PutLogEvents").error(fault));
        let log = Log::begin();
        stage.ana(&format!("{case} title {fault}")).await;
        let text = log.text();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let kept = lines.iter().find(|line| line["message"].as_str().unwrap_or("").contains("audit trail"));
        let kept: AuditLine = serde_json::from_str(kept.unwrap()["audit"].as_str().unwrap()).unwrap();
        assert_eq!((kept.who.as_str(), kept.verb.as_str(), kept.case), (ANA, "title", Some(case.clone())));
        stage.logs.heal();
    }
    assert_eq!(stage.trail(), []);
    assert_eq!(stage.granted("UpdateCase"), 2);
}

#[tokio::test]
async fn what_nothing_came_of_is_not_done_and_what_something_came_of_is_done() {
    let mut stage = Stage::with("", "[notify.clocks.NIS2]\n'Early warning' = 24\n").await;
    let [case, other] = ["Key leaked", "Root used"].map(|title| stage.sir.console_creates_case(title));
    stage.notify().await;
    let theirs = stage.issue(&other).await["key"].as_str().unwrap().to_owned();
    for (line, outcome) in [
        ("clock NIS3", AuditOutcome::NotDone),
        ("clock NIS2 from someday", AuditOutcome::NotDone),
        ("clock NIS2 from 2099-01-01", AuditOutcome::NotDone),
        ("clock NIS2 stop", AuditOutcome::NotDone),
        ("clock NIS2", AuditOutcome::Done),
        ("owner <@U0NOBODY1>", AuditOutcome::NotDone),
        ("take", AuditOutcome::Done),
        ("restrict <@U0NOBODY1>", AuditOutcome::NotDone),
        ("restrict off", AuditOutcome::NotDone),
        ("jira link HR-1", AuditOutcome::NotDone),
        (&*format!("jira link {theirs}"), AuditOutcome::NotDone),
        ("jira close SEC-99", AuditOutcome::NotDone),
        ("jira back", AuditOutcome::Done),
    ] {
        let answer = stage.ana(&format!("{case} {line}")).await;
        let trail = stage.trail();
        assert_eq!(trail.last().unwrap().outcome, outcome, "{line}: {answer}\n{:?}", trail.last());
    }
    stage.settings.jira = None;
    for line in ["jira open", "jira link SEC-1", "jira close SEC-1", "jira back"] {
        stage.ana(&format!("{case} {line}")).await;
        assert_eq!(stage.trail().last().unwrap().outcome, AuditOutcome::NotDone, "{line}");
    }
}

#[tokio::test]
async fn whoever_asks_what_everybody_may_leaves_no_line() {
    let (stage, bo, _, _) = two().await;
    for line in ["help", "whoami", "shwo"] {
        stage.types(&bo, line).await;
    }
    assert_eq!(stage.trail(), []);
}
