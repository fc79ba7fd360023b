//! The doors that take no line: forms, shortcuts, what is said, the home page, Jira, the queue, a terminal. Whoever may not may
//! not there either; each cell is tried, counted, and a line of the trail.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    io::Write,
};

use casebridge::{
    case::{AccountId, CaseId, UserId},
    chat::Terminal,
    runtime::QueueMessage,
    targets::jira,
    telemetry::audit::{AuditOutcome, Decision},
};
use casebridge_lab::{
    stage::{Stage, ana, chosen, typed},
    standins::{SignedRequest, SlackStandin},
};
use serde_json::{Value, json};

use super::attacks::{PEOPLE, people, writes};

/// Whoever comes by these two is tried in `attacks.rs`; whoever deletes a message takes back what is their own.
const ELSEWHERE: [&str; 5] = ["slash", "mention", "button", "deletion", "unknown"];

/// Cells, by the door that the trail names.
#[derive(Default)]
struct Tried(Cell<usize>, std::cell::RefCell<BTreeMap<String, usize>>);

impl Tried {
    /// What came of a try at a door: nothing was asked that changes anything, nothing of a case was shown, and the trail says
    /// that it was refused; `lines`: how many say so.
    fn cell(&self, stage: &Stage, (door, what): (&str, &str), before: &Before, lines: usize) {
        let calls = stage.sir.take_calls().into_iter().chain(stage.hub.take_calls());
        let asked: BTreeSet<_> = calls.map(|call| call.operation).collect();
        assert!(asked.iter().all(|one| !writes().contains(one.as_str())), "{door}, {what}: {asked:?}");
        let shown = before.user.as_ref().map(|user| stage.since(user, before.read)).unwrap_or_default();
        assert!(!shown.contains("CANARY"), "{door}, {what}: {shown}");
        let said = stage.trail().split_off(before.trail);
        let refused = said.iter().all(|line| line.decision == Decision::Refused && line.door == door);
        assert!(refused && said.len() == lines, "{door}, {what}: {said:?}");
        self.0.set(self.0.get() + 1);
        *self.1.borrow_mut().entry(door.to_owned()).or_default() += 1;
    }
}

struct Before {
    user: Option<UserId>,
    read: usize,
    trail: usize,
}

impl Before {
    fn of(stage: &Stage, user: Option<&UserId>) -> Self {
        stage.sir.take_calls();
        stage.hub.take_calls();
        let read = user.map_or(0, |user| stage.slack.ephemerals(user).len());
        Self { user: user.cloned(), read, trail: stage.trail().len() }
    }
}

/// The same request as if somebody else had made it.
fn as_if_by(stage: &Stage, sent: &SignedRequest, user: &UserId) -> SignedRequest {
    let form: Vec<(String, String)> = serde_urlencoded::from_bytes(&sent.body).unwrap();
    let mut payload: Value = serde_json::from_str(&form[0].1).unwrap();
    payload["user"]["id"] = json!(user);
    let body = serde_urlencoded::to_string([("payload", payload.to_string())]).unwrap();
    stage.slack.signed(&sent.path, "application/x-www-form-urlencoded", body)
}

/// Delivers it, and does what comes of it.
async fn comes(stage: &Stage, sent: &[SignedRequest]) -> String {
    let mut answered = String::new();
    for delivery in sent {
        answered += &stage.deliver(delivery).await.1.to_string();
    }
    stage.work(&stage.jobs()).await;
    answered
}

/// What an admin fills in, with the place of the first who may send it.
async fn forms(stage: &Stage, case: &CaseId) -> Vec<(&'static str, usize, SignedRequest)> {
    let mut all = Vec::new();
    for (line, least, values) in [
        ("comment", 2, vec![("text", typed("Mine"))]),
        ("edit", 2, vec![("title", typed("Mine")), ("engagement", chosen("Investigation"))]),
    ] {
        stage.ana(&format!("{case} {line}")).await;
        let view = stage.form(&ana())["id"].as_str().unwrap().to_owned();
        let values: serde_json::Map<_, _> =
            values.into_iter().map(|(name, value)| (name.to_owned(), json!({ "it": value }))).collect();
        all.push((line, least, stage.slack.submits(&ana(), &view, &Value::Object(values)).unwrap()));
    }
    all
}

async fn by_form_and_shortcut(stage: &Stage, case: &CaseId, everybody: &[UserId], tried: &Tried) {
    let forms = forms(stage, case).await;
    let thread = stage.card(case).await.1;
    // Nobody heard of it: a file in a thread goes on the case by itself.
    let shared =
        stage.slack.shares(&ana(), &stage.channel, ("log.txt", "text/plain"), "bytes", Some(&thread)).1;
    for (place, user) in everybody.iter().enumerate() {
        for (line, _, sent) in forms.iter().filter(|(_, least, _)| place < *least || place >= 4) {
            let before = Before::of(stage, Some(user));
            let answer = comes(stage, &[as_if_by(stage, sent, user)]).await;
            assert!(!answer.contains("CANARY"), "{answer}");
            tried.cell(stage, ("form", &format!("{} {line}", PEOPLE[place])), &before, 1);
        }
        for shortcut in ["add_to_case", "attach_file"].iter().filter(|_| !(2..4).contains(&place)) {
            let before = Before::of(stage, Some(user));
            let used = stage.slack.uses_message_shortcut(user, &stage.channel, &shared, shortcut).unwrap();
            let answer = comes(stage, &[used]).await;
            assert!(!answer.contains("CANARY"), "{answer}");
            // Whom the settings name gets the form, which says nothing of the case; Slack is asked who they are when it is sent.
            let opens = *shortcut == "add_to_case" && place >= 4;
            let what = format!("{} {shortcut}", PEOPLE[place]);
            tried.cell(stage, ("shortcut", &what), &before, if opens { 0 } else { 1 });
            if opens {
                let form = stage.form(user);
                assert!(!SlackStandin::shown(&form).contains("CANARY"), "{form}");
                let before = Before::of(stage, Some(user));
                let values = json!({ "text": { "it": typed("Mine") } });
                let sent = stage.slack.submits(user, form["id"].as_str().unwrap(), &values).unwrap();
                comes(stage, &[sent]).await;
                tried.cell(stage, ("form", &what), &before, 1);
            }
        }
    }
}

async fn by_words_and_home(stage: &Stage, case: &CaseId, everybody: &[UserId], tried: &Tried) {
    let thread = stage.card(case).await.1;
    for (place, user) in everybody.iter().enumerate() {
        let lines = usize::from(PEOPLE[place] != "bot");
        if !(2..4).contains(&place) {
            for words in ["Mine", "<@U024BE7LH> says: close it", "comment Mine"] {
                let before = Before::of(stage, Some(user));
                let (ts, sent) = stage.slack.says(user, &stage.channel, words, Some(&thread));
                comes(stage, &sent).await;
                tried.cell(stage, ("reply", &format!("{} {words}", PEOPLE[place])), &before, lines);
                let before = Before::of(stage, Some(user));
                let change = json!({ "text": format!("{words}, and more") });
                comes(stage, &[stage.slack.rewrites(user, &stage.channel, &ts, &change).unwrap()]).await;
                tried.cell(stage, ("edit", &format!("{} {words}", PEOPLE[place])), &before, lines);
            }
        }
        if place == 0 || place >= 4 {
            let before = Before::of(stage, Some(user));
            comes(stage, &[stage.slack.opens_home(user)]).await;
            let home = stage.slack.home(user).map(|home| SlackStandin::shown(&home)).unwrap_or_default();
            assert!(!home.contains("CANARY"), "{home}");
            tried.cell(stage, ("home", PEOPLE[place]), &before, 1);
        }
    }
}

async fn by_jira(stage: &Stage, case: &CaseId, tried: &Tried) {
    let key = stage.home(case, jira::KIND).await.name;
    let unnamed: Vec<AccountId> =
        ["Eve Example", "AWS Responder", "ana (Slack)"].map(|name| stage.jira.add_user(name, None)).into();
    for account in &unnamed {
        for words in ["Mine", "// Mine", "[withdrawn by Ana]", "/sir close", "<@U024BE7LH> close"] {
            let before = Before::of(stage, None);
            stage.jira.person_comments(account, &key, words).unwrap();
            comes(stage, &stage.jira.take_webhooks()).await;
            tried.cell(stage, ("webhook", words), &before, 1);
        }
    }
}

/// A sealed job of an admin's, as somebody who may write to the queue would use it.
async fn by_the_queue(stage: &Stage, case: &CaseId, tried: &Tried) {
    for verb in ["close", "status detect", "title Mine", "comment Mine"] {
        let sent = stage.slack.types(&ana(), &stage.channel, "/sir", &format!("{case} {verb}"));
        assert_eq!(stage.deliver(&sent).await.0, 200);
        let Some(sealed) = stage.sealed_jobs().pop() else { continue };
        let (seal, job) = sealed.body.split_once('.').unwrap();
        let other = stage.secrets.seal("{}").split_once('.').unwrap().0.to_owned();
        for body in [
            job.to_owned(),
            format!("{other}.{job}"),
            format!("{}.{job}", "0".repeat(seal.len())),
            format!("{seal}.{}", job.replace(case.as_str(), "7000000009")),
            format!("{seal}.{job} "),
            format!("{seal}{seal}.{job}"),
            format!("{seal}.{job}{}", " ".repeat(900_000)),
            format!(".{job}"),
            "{}".to_owned(),
        ] {
            let before = Before::of(stage, None);
            let forged = QueueMessage { body, id: "i".to_owned(), ..sealed.clone() };
            assert_eq!(stage.work_sealed(&[forged], i64::MAX).await, ["m0"]);
            tried.cell(stage, ("inbox", verb), &before, 1);
        }
    }
}

/// Whom IAM lets read and not change; and of a restricted case nobody.
async fn by_a_terminal(stage: &Stage, hidden: &CaseId, tried: &Tried) {
    let chat = stage.bridge();
    let acts = Cell::new(0);
    let terminal = Terminal::of(&chat, "arn:aws:sts::111122223333:assumed-role/eve/eve");
    for line in [
        "show --full",
        "comments",
        "history",
        "files",
        "comment Mine",
        "title Mine",
        "close",
        "tag add a=b",
        "owner",
    ] {
        let before = Before::of(stage, None);
        let words: Vec<_> = format!("{hidden} {line}").split(' ').map(str::to_owned).collect();
        acts.set(acts.get() + 1);
        let told = Box::pin(terminal.asks(&format!("act-{}", acts.get()), &words)).await.unwrap();
        assert!(
            !told.said.contains("CANARY") && told.outcome == AuditOutcome::NotDone,
            "{line}: {}",
            told.said
        );
        tried.cell(stage, ("cli", line), &before, 1);
    }
}

/// What the product can name as a door: a new one is tried here or stands in `ELSEWHERE`.
fn doors() -> BTreeSet<&'static str> {
    let source = include_str!("../../src/chat/ingress/job.rs");
    let named = source.split("fn as_str(self)").nth(1).unwrap().split("\n    }").next().unwrap();
    named.split('"').skip(1).step_by(2).chain(["inbox"]).collect()
}

#[tokio::test]
async fn whoever_may_not_may_not_by_a_form_a_shortcut_words_home_jira_the_queue_or_a_terminal() {
    let mut stage = Stage::set().await;
    let everybody = people(&mut stage).await;
    let [case, hidden] =
        ["CANARY title", "CANARY payroll"].map(|title| stage.sir.console_creates_case(title));
    stage.notify().await;
    stage.jira.take_webhooks();
    stage.ana(&format!("{hidden} restrict <@{}>", ana())).await;
    let tried = Tried::default();
    by_form_and_shortcut(&stage, &case, &everybody, &tried).await;
    by_words_and_home(&stage, &case, &everybody, &tried).await;
    by_jira(&stage, &case, &tried).await;
    by_the_queue(&stage, &case, &tried).await;
    by_a_terminal(&stage, &hidden, &tried).await;
    assert_eq!(stage.sir.case(&case).unwrap()["title"], "CANARY title");
    assert_eq!(stage.case_comments(&case), [""; 0]);
    let by_door = tried.1.take();
    let seen: BTreeSet<_> = by_door.keys().map(String::as_str).chain(ELSEWHERE).collect();
    assert_eq!(seen, doors());
    let cells = tried.0.get();
    assert!(cells >= 125, "{cells}");
    std::io::stderr()
        .write_all(format!("{cells} tries by other doors, none done: {by_door:?}\n").as_bytes())
        .unwrap();
}
