//! Is what any release put on the queue, into a form, a button or a record still read as it was meant?

use serde_json::json;

use crate::chat::reply::{Button, Paragraph as Told, Reply};
use crate::{
    case::{
        CaseId, ChannelId, FileId, InvestigationId, IssueId, MemberId, MembershipId, TeamId, TriggerId, Ts,
        UserId, ViewId, Watcher,
    },
    chat::{
        forms::{FormInput, Modal, ModalKind, new_case},
        ingress::{
            act::{ActId, CommandKey},
            action::Action,
            job::{Door, Job, Origin},
            said::said,
        },
        language::{
            command::{Command, CommandLine, InvestigationRef, MembershipCommand},
            grammar::parse,
            verbs,
        },
        policy::{
            confirmation::{Confirmation, LIFETIME},
            roles::{self, Identity},
        },
    },
    state::{golden, notes::Home},
    targets::slack::{Beside, Heard, said_by_a_person},
};

/// 2026-11-26T06:20:00Z.
const NOW: i64 = 1_795_674_000;

/// A line for each verb, and for each shape of its arguments.
const LINES: &[&str] = &[
    "tray",
    "1234567890 restrict <@U024BE7LH> <@U024BE7LJ>",
    "1234567890 restrict off",
    "1234567890 tray",
    "help",
    "help membership new",
    "whoami",
    "doctor",
    "show",
    "1234567890 show --full",
    "list open",
    "list closed",
    "list mine",
    "comments 5",
    "history 10",
    "new",
    "new Leaked key in the build account",
    "comment",
    "1234567890 comment The host is isolated & \"quiet\".",
    "1234567890 amend 000123 It was isolated at 14:02 UTC.",
    "status",
    "1234567890 status submitted",
    "1234567890 status detect",
    "1234567890 status contain",
    "1234567890 status post",
    "edit",
    "1234567890 title Leaked key",
    "1234567890 describe A key of the build role was used from 203.0.113.9.",
    "1234567890 type incident",
    "1234567890 type investigation",
    "1234567890 started 2026-11-20T14:00:00Z",
    "1234567890 started 2026-11-20T14:00:00Z --reported",
    "1234567890 metadata ticket=SEC-12 team=\"Blue team\"",
    "watch",
    "1234567890 watch ana@example.com <@U0ANAEXAMP>",
    "1234567890 unwatch ana@example.com",
    "watchers",
    "1234567890 impact add account 111122223333",
    "1234567890 impact add service AWS Lambda",
    "1234567890 impact rm region eu-west-1",
    "1234567890 actor add 203.0.113.9 Boto3/1.34 Linux",
    "1234567890 actor rm 203.0.113.9",
    "attach",
    "files",
    "1234567890 get 2",
    "ai",
    "1234567890 ai useful 1 It found the role.",
    "1234567890 ai useless inv-0123456789ab",
    "tag list",
    "1234567890 tag add team=blue cost-centre=\"4 711\"",
    "1234567890 tag rm team",
    "1234567890 close",
    "1234567890 resolver aws",
    "1234567890 take",
    "owner",
    "1234567890 owner <@U0ANAEXAMP>",
    "1234567890 owner nobody",
    "brief",
    "1234567890 brief --post",
    "clock",
    "1234567890 clock NIS2 from yesterday 14:00",
    "1234567890 clock NIS2",
    "1234567890 clock NIS2 stop",
    "timeline",
    "1234567890 timeline 2026-11-26T02:00:00Z",
    "1234567890 timeline yesterday 14:00",
    "1234567890 started 2026-11-20 14:00 --reported",
    "jira",
    "1234567890 jira link SEC-12",
    "1234567890 jira open",
    "1234567890 jira back",
    "1234567890 jira close SEC-14",
    "1234567890 card",
    "membership list",
    "membership show",
    "membership show m-abcdef1234567890",
    "membership accounts 111122223333",
    "membership metrics 2026-10-01 2026-10-31",
    "membership new",
    "membership new \"Example Corp\" --member \"Ana Lima|Lead|ana@example.com\" --member \"Bo Ek|Analyst|bo@example.com\" \
     --triage on --whole-organization yes",
    "membership update",
    "membership update --add-unit ou-ab12-cd34ef56 --remove-unit ou-ab12-gh78ij90",
    "membership update m-abcdef1234567890 --name \"Example Corp\" --triage off --whole-organization no \
     --member \"Ana Lima|Lead|ana@example.com\" --member \"Bo Ek|Analyst|bo@example.com\"",
    "membership cancel",
    "membership cancel m-abcdef1234567890",
    "membership resume",
    "membership resume m-abcdef1234567890",
    "hub admin",
    "hub members",
    "hub member 111122223333",
    "hub products",
    "hub accept 111122223333 7ab938c5d52d7904ad09f9e7c20cc4eb",
    "hub leave",
];

fn lines() -> impl Iterator<Item = (&'static str, CommandLine)> {
    LINES.iter().map(|text| (*text, parse(text, NOW).unwrap()))
}

fn case() -> CaseId {
    CaseId::new("1234567890")
}

fn place() -> Origin {
    Origin { channel: Some(ChannelId::new("C0SECURITY")), thread: Some(Ts::new("1795668300.000100")) }
}

fn job(act: &str, action: Action) -> Job {
    Job {
        act: ActId::of_trigger(&TriggerId::new(act)),
        team: TeamId::new("T0CASEBRDG"),
        user: UserId::new("U0ANAEXAMP"),
        place: place(),
        action,
        response_url: None,
        replaces: false,
        at: 1_795_674_000_123,
        door: Door::Unknown,
    }
}

#[test]
fn every_line_that_any_release_put_on_the_queue_is_read_as_it_was_meant() {
    for verb in verbs::all() {
        assert!(lines().any(|(_, line)| verbs::of(&line.command) == Some(verb)), "no line for {}", verb.name);
    }
    let asked = |(text, line)| {
        let action = Action::Asked { line, typed: format!("{text} ") };
        let response_url = Some("https://hooks.slack.com/commands/T0CASEBRDG/1/x".to_owned());
        let place = Origin { thread: None, ..place() };
        (text, Job { response_url, place, ..job("1795674000.123.0123456789abcdef", action) })
    };
    golden::check_json("jobs-asked", &lines().map(asked).collect::<Vec<_>>());
}

/// What a form says, where no line does.
fn filled() -> Vec<(&'static str, Action)> {
    let attach = |case, before| FormInput::Attach {
        case,
        files: vec![FileId::new("F0AUTHLOG1"), FileId::new("F0TRAILJSN")],
        before,
    };
    let edit = crate::chat::forms::CaseEdit {
        title: Some("Leaked key".to_owned()),
        description: Some("Used from\n203.0.113.9".to_owned()),
        engagement: Some("Investigation".to_owned()),
        reported: Some(NOW - 7_200),
        actual: None,
    };
    let of = |text: &str| match parse(text, NOW).unwrap().command {
        Command::Membership(membership) => membership,
        _ => MembershipCommand::List,
    };
    let new = of(
        "membership new Example --member \"Ana Lima|Lead|ana@example.com\" --member \"Bo Ek|Lead|bo@example.com\"",
    );
    [
        ("new case", FormInput::New(Box::new(new_case::sample()))),
        ("edit", FormInput::Edit { case: case(), edit: Box::new(edit) }),
        ("membership", FormInput::Membership(new)),
        ("change of a membership", FormInput::Membership(of("membership update --triage on"))),
        ("files", attach(Some(case()), 0)),
        ("files of this thread, the second", attach(None, 1)),
    ]
    .map(|(name, filled)| (name, Action::Filled { filled }))
    .into()
}

#[test]
fn every_job_that_any_release_put_on_the_queue_is_read_as_it_was_meant() {
    let form = Modal { kind: ModalKind::Edit { case: case() }, place: place() };
    let acts = vec![
        ("confirmed", Action::Confirmed { value: "c2lnbmVk.e30".to_owned() }),
        (
            "form opened",
            Action::Opened {
                view: ViewId::new("V0FORMVIEW"),
                hash: Some("1.h".to_owned()),
                form: form.clone(),
            },
        ),
        ("form opened, without a hash", Action::Opened { view: ViewId::new("V0FORMVIEW"), hash: None, form }),
        ("home", Action::Home),
        ("mistaken", Action::Mistaken { answer: answers().remove(1).1 }),
        ("said", said_with("It was <@U0BOEXAMPL> &amp; me", &[], &[])),
        ("said with files", said_with("", &["auth.log"], &[])),
        (
            "said with files to attach",
            said_with("see", &["auth.log", "F0CONNECT1"], &["F0AUTHLOG1", "F0CONNECT1"]),
        ),
        ("withheld", Action::Withheld { kind: "an AWS access key".to_owned() }),
        ("amended", amended_with("It was me", &[])),
        ("amended with files", amended_with("It was me", &["auth.log"])),
        ("deleted", Action::Deleted { ts: Ts::new(SAID_AT) }),
        ("issue changed", Action::JiraChanged { issue: IssueId::new("10001") }),
        ("file of an issue", Action::JiraFile { issue: IssueId::new("10001"), file: FileId::new("40001") }),
    ];
    let acts = acts.into_iter().chain(filled());
    let mut jobs: Vec<_> = acts.map(|(name, action)| (name, job("form/V0FORMVIEW", action))).collect();
    jobs.push(("pressed for one person", Job { replaces: true, ..job("1.2.x", Action::Home) }));
    jobs.push((
        "at the door of nobody",
        Job { place: Origin::default(), ..job("10001/1795674000123", Action::Home) },
    ));
    jobs.push(("brought by the check", Job { door: Door::Unknown, ..brought() }));
    let pressed = job("1795674000.123.0123456789abcdef", Action::Confirmed { value: "v".to_owned() });
    jobs.push(("by a named way", Job { door: Door::Button, ..pressed }));
    golden::check_json("jobs", &jobs);
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

const SAID_AT: &str = "1795669199.000100";

fn said_with(text: &str, files: &[&str], uploads: &[&str]) -> Action {
    Action::Said {
        ts: Ts::new(SAID_AT),
        text: text.to_owned(),
        files: texts(files),
        uploads: uploads.iter().map(|id| FileId::new(*id)).collect(),
    }
}

fn amended_with(text: &str, files: &[&str]) -> Action {
    Action::Amended {
        ts: Ts::new(SAID_AT),
        text: text.to_owned(),
        files: texts(files),
        uploads: files.iter().map(|id| FileId::new(*id)).collect(),
    }
}

/// A reply whose event never came.
fn brought() -> Job {
    let settings = toml::from_str("[slack]\nteam = 'T0CASEBRDG'\nchannel = 'C0SECURITY'").unwrap();
    let home = Home { place: "C0SECURITY".to_owned(), name: "1795668300.000100".to_owned() };
    // Before uploads were told.
    let file = Beside { name: "auth.log".to_owned(), file: None };
    let reply = Heard {
        thread_ts: Some(Ts::new(&home.name)),
        user: Some(UserId::new("U0ANAEXAMP")),
        text: "It was me".to_owned(),
        beside: vec![file],
        ..Heard::at(Ts::new("1795669199.000100"))
    };
    said(&settings, &home, &said_by_a_person(reply).unwrap(), 1_795_674_000_123)
}

#[test]
fn every_form_that_any_release_opened_is_read_as_it_was_meant() {
    let rate = |step, useful| ModalKind::Rate { case: case(), step, useful };
    let confirmation = Some("c2lnbmVk.e30".to_owned());
    let forms = [
        ("new case", ModalKind::New { title: None }),
        ("comment", ModalKind::Comment { case: Some(case()), text: String::new() }),
        ("comment on a chosen case", ModalKind::Comment { case: None, text: String::new() }),
        ("edit", ModalKind::Edit { case: case() }),
        ("close, being filled in", ModalKind::Close { case: case(), confirmation: None }),
        ("close", ModalKind::Close { case: case(), confirmation }),
        ("useful", rate(InvestigationRef::Number(2), true)),
        ("useless", rate(InvestigationRef::Id(InvestigationId::new("inv-0123456789ab")), false)),
        ("membership", ModalKind::Membership),
        ("change of the membership", ModalKind::MembershipChange { membership: None }),
        ("change of a membership", {
            ModalKind::MembershipChange { membership: Some(MembershipId::new("m-abcdef1234567890")) }
        }),
        ("files", ModalKind::Attach { files: vec![FileId::new("F0AUTHLOG1")] }),
        ("case", ModalKind::Case { case: case() }),
        ("clock", ModalKind::Clock { case: case() }),
        ("owner", ModalKind::Owner { case: case() }),
        ("restrict", ModalKind::Restrict { case: case() }),
    ];
    let forms: Vec<_> =
        forms.into_iter().map(|(name, kind)| (name, Modal { kind, place: place() })).collect();
    let metadata = |form: &Modal| form.view(NOW)["private_metadata"].as_str().unwrap().to_owned();
    golden::check("forms", &forms, metadata, |text| {
        Modal::of(&json!({ "callback_id": crate::chat::forms::CALLBACK, "private_metadata": text }))
            .unwrap()
            .unwrap()
    });
}

#[test]
fn what_lacks_something_or_holds_something_unknown_is_refused_or_kept_whole() {
    let may_lack = ["door", "replaces", "before", "communication", "beside", "uploads", "said"];
    golden::damage::<Job>("jobs", &may_lack, &[]);
    golden::damage::<Job>("jobs-asked", &may_lack, &[]);
    golden::damage::<Modal>("forms", &[], &[]);
    golden::damage::<Reply>("answers", &[], &[]);
    golden::damage::<(String, Reply)>("decided-changes", &[], &[]);
    golden::later::<Job>("jobs");
    golden::later::<Modal>("forms");
    golden::later::<Reply>("answers");
}

#[test]
fn every_button_that_any_release_showed_is_read_as_it_was_meant() {
    let quoted = |text: &String| serde_json::to_string(text).unwrap();
    let unquoted = |json: &str| serde_json::from_str::<String>(json).unwrap();
    let values: Vec<_> = lines().map(|(name, line)| (name, Button::run("x", line).value)).collect();
    golden::check("buttons", &values, quoted, unquoted);
    for (name, value) in golden::all("buttons") {
        assert_eq!(parse(&unquoted(&value), NOW), parse(&name, NOW), "{name}");
    }
}

const KEY: &[u8] = b"a key of the test";

#[test]
fn every_confirmation_that_any_release_signed_is_opened_as_it_was_meant() {
    let who = |user: &str| Identity {
        team: TeamId::new("T0CASEBRDG"),
        user: UserId::new(user),
        kind: roles::PersonKind::Member,
        groups: vec![],
    };
    let of = |line: &str, version| Confirmation {
        line: parse(line, NOW).unwrap(),
        team: TeamId::new("T0CASEBRDG"),
        user: UserId::new("U0ANAEXAMP"),
        version,
        expires: NOW + LIFETIME,
        asked: CommandKey::known(
            "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c".to_owned(),
        ),
    };
    let samples: Vec<_> = verbs::all()
        .filter(|verb| verb.confirmed)
        .map(|verb| {
            let line = lines().find(|(_, line)| {
                verbs::of(&line.command) == Some(verb) && !crate::chat::forms::is_wanted(&line.command, false)
            });
            let text = line.unwrap().0;
            (text, of(text, text.starts_with("1234567890").then_some(NOW - 60)))
        })
        .collect();
    golden::check(
        "confirmations",
        &samples,
        |asked| serde_json::to_string(&asked.encode(KEY).unwrap()).unwrap(),
        |json| {
            Confirmation::open(&serde_json::from_str::<String>(json).unwrap(), KEY, &who("U0ANAEXAMP"), NOW)
                .unwrap()
        },
    );
}

fn answers() -> Vec<(&'static str, Reply)> {
    let line =
        Told::of("Case ").bold("1234567890").text(" is ").code("open").link("https://a.example/1", "here");
    let buttons = vec![
        Button::run("Comment", "1234567890 comment"),
        Button::confirm("Close the case", "c2lnbmVk.e30".to_owned()),
        Button::dismiss("Leave it"),
    ];
    vec![
        ("silence", Reply::silence()),
        ("lines", Reply::of(line.clone()).give_back("comment \"é\"")),
        ("buttons", Reply::of(line).buttons(buttons)),
        ("who may", Reply::of(Told::of("Ask ").member(&MemberId::new("U0ANAEXAMP")))),
        ("times", Reply::of(Told::of("Made ").date(NOW).text(", ended ").date(None))),
    ]
}

#[test]
fn every_answer_and_decision_that_any_release_recorded_is_read_as_it_was_meant() {
    golden::check_json("answers", &answers());
    let text = |text: &str| text.to_owned();
    let (speaker, body) = (Some(text("ana (Slack)")), text("ana (Slack):\nIt was me"));
    golden::check_json(
        "decided-bodies",
        &[("named", (speaker, body)), ("unnamed", (None, text("It was me")))],
    );
    let seen = answers().into_iter().map(|(name, answer)| (name, (text("58c64f4b7a3b2c1d0e9f"), answer)));
    golden::check_json("decided-changes", &seen.collect::<Vec<_>>());
    golden::check_json("decided-flags", &[("yes", true), ("no", false)]);
    golden::check_json(
        "decided-words",
        &[("holds", None), ("does not", Some(text("The case has changed.")))],
    );
    golden::check_json("decided-names", &[("file", text("auth_log-2.txt"))]);
    let ana = Watcher { email: text("ana@example.com"), name: Some(text("Ana")), job_title: None };
    golden::check_json("decided-watchers", &[("nobody", vec![]), ("ana", vec![ana])]);
}
