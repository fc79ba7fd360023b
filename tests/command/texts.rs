//! docs/texts.md: what people read, in one sitting, as Slack and Jira show it.

use std::{fmt::Write, fs};

use casebridge::{
    aws::sir,
    case::{
        CaseId, Investigation, InvestigationId, IssueKey, MemberId, Status, UserId, author::Author,
        snapshot::Change,
    },
    doctor::status::{BridgeStatus, Shut, Waiting, status},
    runtime::World,
    state::{
        key::{Key, Plainness},
        notes::MovedByHand,
        owner::Owner,
    },
    targets::{
        content::{Announcement, Call, Called, Content, Doer, Moment, Notice, Part, ToldChange},
        contract::Announcer,
        jira,
        mark::Mark,
        slack,
    },
};
use casebridge_lab::stage::{ANA, BO, Stage, ana, bo, typed};
use casebridge_lab::standins::{FaultRule, JiraStandin, SlackStandin};
use serde_json::{Value, json};

use super::{
    doctor::examined,
    terminal::{OPS, does},
};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/texts.md");
const REMAKE: &str = "UPDATE_DOCS=1 cargo test --test command texts";
/// What stands below it is written from the tool's source, by `--test errors`.
const TOOL: &str = "\n## What the tool says";
const HEAD: &str = "# What people read\n\nThe texts of Casebridge, as Slack, Jira and a terminal show them: buttons stand in brackets. Written by the renderers themselves; \
     how they are to read stands in [voice.md](voice.md), all that can go wrong in [errors.md](errors.md), all help in \
     [commands.md](commands.md), a whole night in [night.txt](../lab/src/playground/stories/night.txt).\n";
const AT: i64 = 1_795_668_300;

#[tokio::test]
async fn all_texts_stand_in_one_place() {
    let mut page = HEAD.to_owned();
    lines(&mut page);
    told(&mut page).await;
    announced(&mut page).await;
    answers(&mut page).await;
    forms(&mut page).await;
    refusals(&mut page).await;
    stays(&mut page).await;
    at_a_terminal(&mut page).await;
    let rest = fs::read_to_string(PATH).unwrap();
    page.push_str(rest.find(TOOL).map_or("", |at| &rest[at..]));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PATH, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(PATH).unwrap(), page, "{REMAKE}");
}

fn chapter(page: &mut String, title: &str) {
    write!(page, "\n## {title}\n").unwrap();
}

fn shows(page: &mut String, what: &str, text: &str) {
    write!(page, "\n**{what}**\n\n```text\n{}\n```\n", steady(text.trim_end())).unwrap();
}

/// The same whenever it is written: a day, an hour and a name made by chance stand as these.
fn steady(text: &str) -> String {
    const SHAPES: [(&str, &str); 4] = [
        ("0000-00-00", "2026-03-02"),
        ("00:00 UTC", "09:00 UTC"),
        ("00:00]", "09:00]"),
        ("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "0b1c2d3e-0000-4000-8000-000000000001"),
    ];
    let is = |shape: char, it: char| match shape {
        '0' => it.is_ascii_digit(),
        'x' => it.is_ascii_hexdigit(),
        other => it == other,
    };
    let fits = |shape: &str, rest: &str| {
        rest.chars().count() >= shape.chars().count()
            && shape.chars().zip(rest.chars()).all(|(shape, it)| is(shape, it))
    };
    let (mut said, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        if let Some((date, after)) = rest.strip_prefix("<!date^").and_then(|date| date.split_once('>')) {
            said.push_str(&steady(date.rsplit('|').next().unwrap()));
            rest = after;
            continue;
        }
        match SHAPES.iter().find(|(shape, _)| fits(shape, rest)) {
            Some((shape, instead)) => {
                said.push_str(instead);
                rest = &rest[shape.len()..];
            }
            None => {
                said.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    said
}

/// Each thing that a thread or an issue can be told of a case.
fn lines(page: &mut String) {
    chapter(page, "A case's thread and its issue");
    for (what, content) in contents() {
        let message = slack::content(&content, Plainness::Full);
        let in_slack = SlackStandin::shown(&json!({"text": message.text, "blocks": message.blocks}));
        shows(page, what, &in_slack);
        if matches!(content, Content::Comment { .. } | Content::Description(_) | Content::Changes(..)) {
            let in_jira = JiraStandin::plain(&jira::content(&content, Plainness::Full));
            shows(page, &format!("{what}, in Jira"), &in_jira);
        }
    }
}

fn contents() -> Vec<(&'static str, Content)> {
    let part = |text: &str| Part { index: 0, of: 1, text: text.to_owned() };
    let comment = |author, call| Content::Comment {
        author,
        speaker: None,
        at: AT,
        edited: None,
        part: part("Did your team create this key?"),
        call,
    };
    let owner = |by: Option<&str>| Owner {
        user: UserId::new(BO),
        name: "bo".to_owned(),
        since: AT,
        by: by.map(UserId::new),
        email: None,
    };
    let mut all = vec![
        ("The description", Content::Description(part("A key was seen in a public repository."))),
        ("AWS comments", comment(Author::AwsResponder, None)),
        (
            "AWS asks, and somebody is called",
            comment(Author::AwsResponder, Some(Box::new(call(Moment::YourMove)))),
        ),
        (
            "AWS comments, and somebody is called",
            comment(Author::AwsResponder, Some(Box::new(call(Moment::AwsSpoke)))),
        ),
        ("The service comments", comment(Author::Service, None)),
        (
            "Somebody comments in the console",
            comment(
                Author::Principal("arn:aws:sts::111122223333:assumed-role/Admin/ana@example.com".to_owned()),
                None,
            ),
        ),
        ("Changes", Content::Changes(changed(), None)),
        ("Somebody took the case", Content::Taken(owner(None))),
        ("Somebody was given the case", Content::Taken(owner(Some(ANA)))),
        ("The AI agent asks", asked_by_the_agent(None)),
        ("The AI agent asks, and somebody is called", asked_by_the_agent(Some(call_of_the_agent()))),
        (
            "The AI agent is done",
            Content::Investigation { case: case(), step: step("Completed"), call: None },
        ),
        ("It waits for us", Content::Nudge { for_us: true, since: AT }),
        ("It waits for AWS", Content::Nudge { for_us: false, since: AT }),
    ];
    let calls = [
        ("A call: a new case", Moment::NewCase),
        ("A call: AWS asks", Moment::YourMove),
        ("A call: AWS comments", Moment::AwsSpoke),
        ("A call: nobody answered", Moment::Overdue),
        ("A call: a deadline", Moment::Deadline),
        ("A call: closed", Moment::Closed),
    ];
    all.extend(calls.map(|(what, moment)| (what, Content::Call(call(moment)))));
    all.extend(notices().into_iter().map(|(what, notice)| (what, Content::Notice(notice))));
    all
}

/// What one line of changes can say, and by whom.
fn changed() -> Vec<ToldChange> {
    let by = |author| Some(Doer { author, name: "ana".to_owned() });
    let of_ana = || Author::Slack { user: UserId::new(ANA) };
    vec![
        ToldChange {
            change: Change::Field {
                name: "Status",
                old: Some("Submitted".to_owned()),
                new: Some("Detection and Analysis".to_owned()),
            },
            by: by(of_ana()),
        },
        ToldChange {
            change: Change::List {
                name: "Regions",
                added: vec!["eu-west-1".to_owned()],
                removed: vec!["us-east-1".to_owned()],
            },
            by: by(Author::AwsResponder),
        },
        ToldChange { change: Change::Description, by: None },
    ]
}

fn case() -> CaseId {
    CaseId::new("7000000003")
}

fn call(moment: Moment) -> Call {
    let quote = match moment {
        Moment::NewCase | Moment::Closed => Some("Key leaked"),
        Moment::Deadline => Some("NIS2, Early warning"),
        Moment::YourMove | Moment::AwsSpoke | Moment::Overdue => Some("Did your team create this key?"),
    };
    Call {
        key: Key("call/move/1795668300".to_owned()),
        moment,
        at: AT,
        whom: vec![Called::Member(MemberId::new(BO))],
        quote: quote.map(str::to_owned),
        about: None,
        loud: true,
        rule: 0,
        remarks: vec!["Not called, and cannot be invited here: carl".to_owned()],
    }
}

fn call_of_the_agent() -> Box<Call> {
    Box::new(Call { key: Key("call/agent/inv-1".to_owned()), ..call(Moment::YourMove) })
}

fn asked_by_the_agent(call: Option<Box<Call>>) -> Content {
    Content::Investigation { case: case(), step: step("Waiting"), call }
}

fn step(status: &str) -> Investigation {
    Investigation {
        id: InvestigationId::new("inv-1"),
        kind: "Evidence".to_owned(),
        title: "Who used the key?".to_owned(),
        content: "Is the address 203.0.113.9 one of yours?".to_owned(),
        status: status.to_owned(),
        updated: AT,
        feedback: None,
    }
}

fn notices() -> Vec<(&'static str, Notice)> {
    let (issue, other) = (|| IssueKey::new("SEC-12"), || IssueKey::new("SEC-40"));
    let text = str::to_owned;
    let moved = |done| MovedByHand { id: text("1"), to: text("Done"), by: text("Ana Alvarez"), done };
    vec![
        (
            "Jira does not move the issue",
            Notice::NotMoved { issue: issue(), to: text("Done"), why: text("resolution") },
        ),
        (
            "Jira does not assign the issue",
            Notice::NotAssigned { issue: issue(), why: text("Jira knows nobody with this address") },
        ),
        (
            "Somebody moved the issue",
            Notice::Moved { case: case(), issue: issue(), moved: moved(true), stands: Status::Containment },
        ),
        (
            "A file is not copied",
            Notice::NotCopied {
                file: text("memory.img"),
                to: text("this thread"),
                why: text("it is larger than 100 MB"),
            },
        ),
        ("The issue is gone", Notice::Lost { issue: issue(), case: case() }),
        ("An issue stood there twice", Notice::Spare { case: case(), issue: issue(), spare: other() }),
        ("An issue that looks like ours", Notice::Strange { case: case(), issue: issue(), strange: other() }),
        ("The thread is gone", Notice::NoThread { case: case() }),
        ("The case is forgotten soon", Notice::Forgets { case: case(), at: AT }),
    ]
}

const SETTINGS: &str = "[notify]\nnew_case = ['U024BE7LJ']\nyour_move = ['owner', 'U024BE7LJ']\nclosed = ['U024BE7LJ']\n\
     [notify.clocks.NIS2]\n'Early warning' = 24\nNotification = 72\n";

/// A case from its beginning to its end: the card and the issue at each turn, and a person's home.
async fn told(page: &mut String) {
    chapter(page, "The card, the issue and Home");
    let stage = Stage::with("", SETTINGS).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let card = async |page: &mut String, what: &str| shows(page, what, &stage.lines(&case).await[0]);
    card(page, "AWS opened it").await;
    stage.sir.aws_comments(&case, "AWS Responder", "Did your team create this key?").unwrap();
    stage.sir.aws_sets_pending_action(&case, "Customer").unwrap();
    stage.notify().await;
    card(page, "AWS waits for an answer").await;
    stage.ana(&format!("{case} take")).await;
    stage.notify().await;
    card(page, "Ana has it").await;
    shows(page, "The issue", &stage.in_issue(&case).await);
    assert_eq!(stage.deliver(&stage.slack.opens_home(&ana())).await.0, 200);
    assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
    shows(page, "Ana's Home", &SlackStandin::shown(&stage.slack.home(&ana()).unwrap()));
    let ours = stage.sir.console_creates_case("A phishing mail");
    stage.notify().await;
    shows(page, "A case of the team's own", &stage.lines(&ours).await[0]);
    stage.sir.aws_closes(&case, "True Positive").unwrap();
    stage.notify().await;
    card(page, "It is closed").await;
}

/// What is typed about one case, from its beginning on.
const LINES: &[&str] = &[
    "",
    "help",
    "list",
    "list mine",
    "CASE",
    "CASE help",
    "CASE show",
    "CASE show --full",
    "CASE brief",
    "CASE comment It was Bo's key.",
    "CASE comments",
    "CASE amend 100008 It was Bo's key, and it is off.",
    "CASE timeline",
    "CASE history",
    "CASE take",
    "CASE owner",
    "CASE owner <@U024BE7LJ>",
    "CASE owner nobody",
    "CASE brief --post",
    "CASE clock",
    "CASE clock NIS2 from 2h ago",
    "CASE clock NIS2 stop",
    "CASE status",
    "CASE status detect",
    "CASE title Key of the build account leaked",
    "CASE describe Seen in a public repository.",
    "CASE type investigation",
    "CASE started 2026-03-01 09:30 UTC",
    "CASE watch bo@example.com",
    "CASE watch",
    "CASE watchers",
    "CASE unwatch bo@example.com",
    "CASE impact add region eu-central-1",
    "CASE impact add account 444455556666",
    "CASE impact add service \"Amazon S3\"",
    "CASE actor add 203.0.113.9",
    "CASE tag add team=red",
    "CASE tag list",
    "CASE tag rm team",
    "CASE metadata ticket=SEC-12",
    "CASE impact rm region eu-central-1",
    "CASE actor rm 203.0.113.9",
    "CASE attach",
    "CASE files",
    "CASE get 1",
    "CASE ai",
    "CASE ai useful 1 It found the role.",
    "CASE jira",
    "CASE jira open",
    "CASE jira back",
    "CASE jira link SEC-9",
    "CASE card",
    "CASE restrict <@U024BE7LJ>",
    "CASE restrict off",
    "CASE resolver aws",
    "CASE close",
    "help close",
    "whoami",
    "doctor",
    "membership list",
    "membership show",
    "membership accounts 111122223333",
    "membership metrics",
    "membership cancel",
    "hub admin",
    "hub members",
    "hub products",
];

/// What somebody is answered, line by line; of a form, what it shows.
async fn answers(page: &mut String) {
    chapter(page, "What /sir answers");
    let mut stage = Stage::with("", SETTINGS).await;
    stage.settings.roles.responder.push(MemberId::new(BO));
    let case = stage.sir.console_creates_case("Key leaked");
    stage.later(60_000);
    stage.sir.aws_attaches(&case, "log.txt", "bytes").unwrap();
    stage.later(60_000);
    stage.sir.investigates(&case, &json!({ "title": "Who used the key?", "status": "Completed" })).unwrap();
    stage.notify().await;
    for line in LINES {
        asks(page, &stage, line, &case).await;
    }
}

async fn asks(page: &mut String, stage: &Stage, line: &str, case: &CaseId) {
    // Nothing happens in the same second as what came before it.
    stage.later(60_000);
    let line = line.replace("CASE", case.as_str());
    let answer = stage.ana(&line).await;
    shows(page, format!("/sir {line}").trim_end(), &answer);
}

/// What belongs to no case, in the channel of all cases.
async fn announced(page: &mut String) {
    chapter(page, "The channel of all cases");
    let stage = Stage::set().await;
    let target = slack::SlackTarget::new(stage.bridge().slack());
    let id = stage.sir.membership_id().unwrap();
    let read = stage.world.call(sir::Call::GetMembership { membership: id.clone() }).await.unwrap();
    let known = if let sir::Answer::Membership(known) = read { Some(known) } else { None }.unwrap();
    let of = |membership| Announcement::Membership { id: id.clone(), membership, happened: "was changed" };
    for (what, announcement) in [
        ("A membership changed", of(Some(known))),
        ("A membership that cannot be read", of(None)),
        ("Jira refuses us", Announcement::Broken { title: "Jira" }),
        (
            "People archived a case's channel",
            Announcement::Shut { case: Some(case()), place: "C0SECURITY".to_owned() },
        ),
    ] {
        target.announce(&announcement, &Mark::new(what)).await.unwrap();
        shows(page, what, &SlackStandin::shown(stage.slack.messages(&stage.channel).last().unwrap()));
    }
}

/// A form as its reader sees it: above each field its name, below it a hint, and what can be chosen.
fn form(page: &mut String, what: &str, view: &Value) {
    let text = |value: &Value| value["text"].as_str().unwrap_or_default().to_owned();
    let mut lines = vec![text(&view["title"])];
    for block in view["blocks"].as_array().unwrap() {
        if block["type"] != "input" {
            lines.push(SlackStandin::shown(&json!({ "blocks": [block] })));
            continue;
        }
        let optional = if block["optional"] == true { " (optional)" } else { "" };
        lines.push(format!("{}{optional}: ____", text(&block["label"])));
        lines.extend(block["hint"].is_object().then(|| format!("    {}", text(&block["hint"]))));
        let all = block["element"]["options"].as_array().into_iter().flatten();
        let all: Vec<_> = all.map(|option| text(&option["text"])).collect();
        let few = all.len().min(8);
        lines.extend((!all.is_empty()).then(|| format!("    of: {}", all[..few].join(" | "))));
    }
    let ends = [&view["close"], &view["submit"]].map(|end| format!("[{}]", text(end)));
    lines.extend(ends.into_iter().filter(|end| end != "[]"));
    shows(page, what, &lines.join("\n"));
}

async fn forms(page: &mut String) {
    chapter(page, "Forms");
    let stage = Stage::with("", SETTINGS).await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.sir.investigates(&case, &json!({ "title": "Who used the key?", "status": "Completed" })).unwrap();
    stage.notify().await;
    let (channel, card) = stage.card(&case).await;
    for (what, line) in [
        ("A new case: /sir new", "new"),
        ("A comment: /sir CASE comment", "CASE comment"),
        ("What a case says: /sir CASE edit", "CASE edit"),
        ("A membership: /sir membership new", "membership new"),
        ("A membership's details: /sir membership update", "membership update"),
    ] {
        stage.ana(&line.replace("CASE", case.as_str())).await;
        form(page, what, &stage.form(&ana()));
    }
    for (what, line, button) in [
        ("A clock, by its button", "CASE clock", "run/2"),
        ("What the AI agent did was of no use, by its button", "CASE ai", "run/2"),
    ] {
        stage.ana(&line.replace("CASE", case.as_str())).await;
        stage.presses(&ana(), button).await;
        form(page, what, &stage.form(&ana()));
    }
    stage.chooses(&ana(), &card, ("run/more", &format!("{case} close"))).await;
    form(page, "To close a case, by its card", &stage.form(&ana()));
    let (_, ts, sent) = stage.slack.shares(&ana(), &channel, ("log.txt", "text/plain"), "bytes", None);
    stage.deliver(&sent).await;
    for shortcut in ["attach_file", "add_to_case"] {
        let used = stage.slack.uses_message_shortcut(&ana(), &channel, &ts, shortcut).unwrap();
        assert_eq!(stage.deliver(&used).await.0, 200);
        assert_eq!(stage.work(&stage.jobs()).await, [""; 0]);
        form(page, &format!("The shortcut {shortcut} of a message"), &stage.form(&ana()));
    }
    stage.ana("new").await;
    let said = stage.sends(&ana(), &[("title", typed("")), ("accounts", typed("12345"))]).await;
    let errors = said["errors"].as_object().unwrap();
    let errors: Vec<_> =
        errors.iter().map(|(field, why)| format!("{field}: {}", why.as_str().unwrap())).collect();
    shows(page, "What is missing in a form", &errors.join("\n"));
}

/// What is said where neither Slack nor Jira is.
async fn at_a_terminal(page: &mut String) {
    chapter(page, "At a terminal");
    let stage = Stage::set().await;
    let case = stage.sir.console_creates_case("Key leaked");
    stage.notify().await;
    for line in [
        "help",
        "whoami",
        "list",
        "CASE show",
        "CASE comment The host is isolated.",
        "CASE coment The host is isolated.",
        "CASE status detect",
        "CASE take",
        "9999999999 show",
        "CASE close",
        "CASE comment Too late.",
    ] {
        let line = line.replace("CASE", case.as_str());
        let told = does(&stage, OPS, &line).await;
        shows(page, &format!("casebridge do {line}"), &told.said);
    }
    let found = examined(&stage).await;
    shows(page, "casebridge doctor", &found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    stage.world.has_queues([3, 1, 0, 2]);
    let calm = status(&stage.world).await.unwrap();
    let (target, until) = ("jira".to_owned(), calm.at + 600_000);
    let waiting = Waiting { case, target: target.clone(), why: "no_permission".to_owned(), until };
    let shut = |what: &str| Shut { target: target.clone(), what: what.to_owned(), until };
    let troubled = BridgeStatus {
        waiting: vec![waiting.clone(), Waiting { why: "later".to_owned(), ..waiting }],
        breakers: vec![shut("401")],
        quiet: vec![shut("SEC-12")],
        ..calm.clone()
    };
    shows(page, "casebridge status", &calm.to_string());
    shows(page, "casebridge status, where something needs a person", &troubled.to_string());
}

/// What an issue is told where what somebody writes there stays there.
async fn stays(page: &mut String) {
    chapter(page, "What stays in an issue, and what it is told");
    let stage = Stage::with("", SETTINGS).await;
    let case = stage.sir.aws_creates_case("Key leaked");
    stage.notify().await;
    let (ana, issue) = (stage.jira.ana(), stage.home(&case, jira::KIND).await.name);
    let eve = stage.jira.add_user("Eve Example", None);
    let says = |who, words: &str| stage.jira.person_comments(who, &issue, words).unwrap();
    says(&eve, "It was me.");
    heard(page, &stage, &case, "Somebody without a role comments").await;
    says(&ana, "AKIAIOSFODNN7EXAMPLE is the key");
    heard(page, &stage, &case, "A comment holds a secret").await;
    let said = says(&ana, "Wrong case.");
    hears(&stage).await;
    stage.jira.person_deletes_comment(&issue, &said).unwrap();
    heard(page, &stage, &case, "A comment is deleted").await;
    stage.jira.person_attaches(&ana, &issue, "AKIAIOSFODNN7EXAMPLE.txt", "x").unwrap();
    heard(page, &stage, &case, "A file's name holds a secret").await;
    for round in 0..10 {
        stage.sir.aws_comments(&case, "AWS Responder", &format!("Look at host {round}.")).unwrap();
        stage.notify().await;
        stage.later(2_000);
        says(&ana, "Thank you.");
        hears(&stage).await;
    }
    heard(page, &stage, &case, "An account answers each comment at once").await;
    stage.sir.fault(FaultRule::on("CreateCaseComment").error("AccessDeniedException"));
    stage.later(600_000);
    says(&ana, "The host is off.");
    heard(page, &stage, &case, "AWS takes no comment").await;
    stage.sir.heal();
    stage.sir.aws_closes(&case, "True Positive").unwrap();
    stage.notify().await;
    says(&ana, "And the key, too.");
    heard(page, &stage, &case, "The case is closed").await;
}

/// What came of all that happened in Jira.
async fn hears(stage: &Stage) {
    for delivery in stage.jira.take_webhooks() {
        assert_eq!(stage.deliver(&delivery).await.0, 200);
    }
    stage.work(&stage.jobs()).await;
}

async fn heard(page: &mut String, stage: &Stage, case: &CaseId, what: &str) {
    hears(stage).await;
    shows(page, what, stage.comments(case).await.last().unwrap());
    stage.later(60_000);
}

async fn refusals(page: &mut String) {
    chapter(page, "What is not done, and why");
    let mut stage = Stage::with("", SETTINGS).await;
    stage.settings.roles.responder.push(MemberId::new(BO));
    let case = stage.sir.console_creates_case("Key leaked");
    let closed = stage.sir.console_creates_case("An old one");
    stage.sir.aws_closes(&closed, "Duplicate").unwrap();
    let of_aws = stage.sir.aws_creates_case("New country");
    stage.notify().await;
    for (line, case) in [
        ("stauts contain", &case),
        ("status contian", &case),
        ("CASE frobnicate", &case),
        ("9999999999 show", &case),
        ("CASE comment Too late.", &closed),
        ("CASE status contain", &of_aws),
        ("CASE status detect", &case),
        ("CASE status detect", &case),
        ("CASE clock SEC", &case),
        ("CASE clock NIS2 from the day before", &case),
        ("CASE owner <@U0NOBODY00>", &case),
        ("CASE started tomorrow 10:00", &case),
        ("CASE jira link SEC-999", &case),
        ("CASE amend 000123 New words", &case),
        ("CASE watch nobody", &case),
        ("CASE impact add region mars-1", &case),
        ("CASE actor add 300.1.1.1", &case),
        ("CASE get 9", &case),
        ("CASE comment AKIAIOSFODNN7EXAMPLE is the key", &case),
    ] {
        asks(page, &stage, line, case).await;
    }
    let said = stage.types(&bo(), &format!("{case} close")).await;
    shows(page, &format!("Bo, a responder: /sir {case} close"), &said);
    let guest = stage.slack.add_guest("guest", "guest@example.com");
    let said = stage.types(&guest, &format!("{case} show")).await;
    shows(page, &format!("A guest: /sir {case} show"), &said);
    let said = stage.types(&bo(), "membership list").await;
    shows(page, "Bo, a responder: /sir membership list", &said);
}
