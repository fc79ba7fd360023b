//! How does a case look in Slack?
//! A button's `value` is the line that it stands for, as a person would type it: `1234567890 comment`.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::{
    line::{self, Line},
    message::Message,
    mrkdwn::{Mrkdwn, http_url},
    thread,
};
use crate::{
    aws::sir::limits,
    case::{Case, Status, author::Author, text},
    config::settings::{Relay, SlackSettings},
    http::with,
    targets::{
        content::{Doer, LastWord, View},
        wording,
    },
};

/// The longest header: <https://docs.slack.dev/reference/block-kit/blocks/header-block>.
const HEADER: usize = 150;
const LABEL: usize = 75;
/// How much of a list the card shows; "Show all" shows the rest.
const LIST: usize = 300;
/// How much of the last word it repeats.
const WORDS: usize = 150;

/// The steps of a case, and how the status is typed that leads there.
const STEPS: [(&str, Status, &str); 4] = [
    ("Submitted", Status::Submitted, "submitted"),
    ("Detect", Status::Detection, "detect"),
    ("Contain", Status::Containment, "contain"),
    ("Post", Status::PostIncident, "post"),
];

/// A case's card, to be read in two seconds: what, how far, whose move, whose case, the last word; then the facts. A
/// closed case looks closed: its title struck, its facts small, no button that changes it.
pub fn card(view: &View) -> Message {
    let case = &view.case;
    let mut blocks = if case.is_closed() { closed_facts(view) } else { open_facts(view) };
    blocks.push(buttons(view));
    // A locked phone shows the beginning of it.
    let text = Mrkdwn::new().code(&title(case)).markup(" · ");
    let text = match case.is_closed() {
        true => text.markup("Closed"),
        false => status(text.markup(wording::whose_move(view)).markup(" · "), case),
    };
    Message::new(text.markup(" · Case ").code(case.id.as_str()), blocks)
}

/// The same, and below it where what people say there goes.
pub(super) fn card_with_replies(view: &View, settings: &SlackSettings) -> Message {
    let mut message = card(view);
    if !view.case.is_closed() {
        let words = where_replies_go(view, settings);
        message.blocks.push(json!({"type": "context", "elements": [plain(&words)]}));
    }
    message
}

fn where_replies_go(view: &View, settings: &SlackSettings) -> String {
    let issue = view.links.jira_key.as_ref().map(|key| format!(" and {}", text::one_line(key.as_str())));
    let there = format!("AWS{}", issue.unwrap_or_default());
    let keep = &settings.private_prefix;
    match settings.relay() {
        Relay::All => format!("Replies here go to {there}. Start with {keep} to keep a line here."),
        Relay::Mention => {
            format!("Replies here that mention Casebridge go to {there}; all others stay here.")
        }
        Relay::Off => {
            "Replies here stay here. What begins with @Casebridge comment goes to the case.".to_owned()
        }
    }
}

/// A channel's topic: at most 250 characters. Slack makes links and mentions of what it finds in a topic, and
/// nothing stops it: so there is no text from outside in it.
pub fn channel_topic(view: &View) -> String {
    let word = |text: &str| {
        text.chars().filter(|char| char.is_ascii_alphanumeric() || " -,".contains(*char)).collect()
    };
    let status: String = word(view.case.status.as_str());
    let mut topic = format!("{status} · {} · case {}", wording::whose_move(view), view.case.id);
    if let Some(key) = &view.links.jira_key {
        let key: String = word(key.as_str());
        topic.push_str(&format!(" · {key}"));
    }
    text::cut(&topic, 250)
}

fn open_facts(view: &View) -> Vec<Value> {
    let case = &view.case;
    let title = title(case);
    // A header cannot hold a long one, and it stands once.
    let head = match title.encode_utf16().count() <= HEADER {
        true => json!({"type": "header", "text": plain(&title)}),
        false => line::block(vec![Line::new().strong(&title).section()]),
    };
    let mut lines = vec![stepper(case), whose_move(view), whose_case(view)];
    lines.extend(view.last_word.as_ref().map(last_word));
    let mut blocks = vec![head];
    blocks.extend(lines.into_iter().map(|line| line::block(vec![line.section()])));
    blocks.extend(context(fields(view)));
    blocks
}

/// `● Submitted ● Detection and Analysis ○ Contain ○ Post`: where it stands in full, and bold.
fn stepper(case: &Case) -> Line {
    let at = match &case.status {
        Status::Submitted | Status::Acknowledged => 0,
        Status::Detection => 1,
        Status::Containment => 2,
        Status::PostIncident | Status::ReadyToClose => 3,
        Status::Closed => STEPS.len(),
        Status::Other(text) => return Line::new().own("Status: ").text(&text::cut(text, 100)),
    };
    STEPS.iter().enumerate().fold(Line::new(), |line, (index, (name, ..))| {
        let line = if index == 0 { line } else { line.own("  ") };
        match index.cmp(&at) {
            Ordering::Less => line.own("● ").own(name),
            Ordering::Equal => line.own("● ").strong(case.status.as_str()),
            Ordering::Greater => line.own("○ ").own(name),
        }
    })
}

/// By whom it was opened, where anybody says that.
fn opened_by(line: Line, view: &View) -> Line {
    match &view.opened {
        Some(Doer { author: Author::Service, .. }) => line.own(" by ").bold("AWS"),
        Some(doer) => thread::said_by(line.own(" by "), &doer.author),
        None => line,
    }
}

fn whose_case(view: &View) -> Line {
    let line = match &view.owner {
        Some(owner) => Line::new().own("🙋 ").user(&owner.user).own(" has it, since ").date(owner.since),
        None => Line::new().own("🙋 Nobody has taken it"),
    };
    let line = match view.case.created {
        Some(created) => line.own(" · opened ").date(created),
        None => line,
    };
    opened_by(line, view)
}

fn last_word(word: &LastWord) -> Line {
    let line = Line::new().own("💬 ").strong(&wording::author(&word.author));
    let words = text::cut(&text::one_line(&word.text), WORDS);
    line.own(", ").date(word.at).own(": ").text(&words)
}

fn closed_facts(view: &View) -> Vec<Value> {
    let case = &view.case;
    let mut closed = Mrkdwn::new().strong("Closed");
    if let Some(at) = case.closed {
        closed = closed.markup(" ").date(at);
    }
    if let Some(code) = &case.closure {
        closed = closed.markup(" as ").code(&text::cut(code, 100));
    }
    let mut facts = vec![closed.object()];
    facts.extend(fields(view));
    let title = Line::new().own("✅ ").struck(&title(case));
    let mut blocks = vec![line::block(vec![title.section()])];
    blocks.extend(context(facts));
    blocks
}

/// At most 300 characters: a title's limit.
fn title(case: &Case) -> String {
    let title = text::one_line(&case.title);
    if title.is_empty() { "(no title)".to_owned() } else { text::cut(&title, 300) }
}

fn whose_move(view: &View) -> Line {
    let line = Line::new().own(if view.is_ours() { "👉 " } else { "⏳ " }).bold(wording::whose_move(view));
    match view.waiting_since {
        Some(since) => line.own(", since ").date(since),
        None => line,
    }
}

/// Nine at most, and a tenth where it is closed: the limit of a context's elements.
fn fields(view: &View) -> Vec<Value> {
    let case = &view.case;
    let began = case.actual_start.or(case.reported_start);
    let label = |name: &'static str| Mrkdwn::new().markup(name).markup(" ");
    let list = |name, items: &[String]| {
        (!items.is_empty()).then(|| label(name).code(&wording::some_of(items, LIST)))
    };
    [
        Some(label("Case").code(case.id.as_str())),
        view.links.jira_key.as_ref().map(|key| label("Jira").code(&text::cut(key.as_str(), 100))),
        Some(label("Resolver").markup(wording::resolver(case.resolver))),
        Some(label("Type").code(&text::cut(&case.engagement, 100))),
        list("Accounts", &case.accounts),
        list("Regions", &case.regions),
        list("Services", &case.services),
        Some(label("Watchers").number(case.watchers.len())),
        began.map(|at| label("Began").date(at)),
    ]
    .into_iter()
    .flatten()
    .map(|field| field.object())
    .collect()
}

fn status(line: Mrkdwn, case: &Case) -> Mrkdwn {
    match &case.status {
        Status::Other(text) => line.code(&text::cut(text, 100)),
        Status::Submitted => line.markup("Submitted"),
        Status::Acknowledged => line.markup("Acknowledged"),
        Status::Detection => line.markup("Detection and Analysis"),
        Status::Containment => line.markup("Containment, Eradication and Recovery"),
        Status::PostIncident => line.markup("Post-incident Activities"),
        Status::ReadyToClose => line.markup("Ready to Close"),
        Status::Closed => line.markup("Closed"),
    }
}

fn context(elements: Vec<Value>) -> Option<Value> {
    (!elements.is_empty()).then(|| with(json!({"type": "context"}), "elements", elements))
}

/// What can be done here: three buttons, the status in place, and a menu. The status of a case that AWS works is set by
/// AWS alone.
fn buttons(view: &View) -> Value {
    let case = &view.case;
    let button = |verb: &str, label: &str| {
        let name = verb.split(' ').next().unwrap_or_default();
        let mut button = entry(&format!("{} {verb}", case.id), label);
        (button["type"], button["action_id"]) = (json!("button"), json!(format!("run/{name}")));
        button
    };
    let mut elements = match case.is_closed() {
        true => vec![button("brief", "Brief"), button("show --full", "Show all")],
        false => {
            let second = if view.owner.is_some() { ("brief", "Brief") } else { ("take", "I take it") };
            vec![button("comment", "Comment"), button(second.0, second.1), button("tray", "More")]
        }
    };
    elements.extend(statuses(case));
    elements.push(menu(view));
    with(json!({"type": "actions"}), "elements", elements)
}

/// Where a case of ours can go, chosen where it is shown.
fn statuses(case: &Case) -> Option<Value> {
    let next = limits::legal_next(case.resolver, &case.status);
    let option =
        |(name, _, typed): &(&str, Status, &str)| entry(&format!("{} status {typed}", case.id), name);
    let can = |step: &&(&str, Status, &str)| step.1 == case.status || next.contains(&step.1);
    let options: Vec<_> = STEPS.iter().filter(can).map(option).collect();
    let now = STEPS.iter().find(|step| step.1 == case.status).map(option);
    (!next.is_empty() && !case.is_closed()).then(|| {
        let mut select = json!({
            "type": "static_select", "action_id": "run/status", "placeholder": plain("Status"), "options": options,
        });
        if let Some(now) = now {
            select["initial_option"] = now;
        }
        select
    })
}

/// At most five. What leads somewhere does nothing here.
fn menu(view: &View) -> Value {
    let (case, open) = (&view.case, !view.case.is_closed());
    let jira = view.links.jira_key.as_ref().map_or("Jira".to_owned(), |key| format!("Jira {key}"));
    let line = |verb: &str, label: &str| Some(entry(&format!("{} {verb}", case.id), label));
    let link = |url: Option<&String>, value: &str, label: &str| {
        let mut option = entry(value, label);
        option["url"] = json!(http_url(url?)?);
        Some(option)
    };
    let options = [
        line("timeline", "Timeline"),
        if open { line("show --full", "Show all") } else { None },
        if open { line("close", "Close…") } else { None },
        link(view.links.console.as_ref(), "link:console", "AWS console"),
        link(view.links.jira.as_ref(), "link:jira", &jira),
    ];
    let options: Vec<_> = options.into_iter().flatten().collect();
    json!({"type": "overflow", "action_id": "run/more", "options": options})
}

/// What can be pressed or chosen: what it stands for, and how it is called.
fn entry(value: &str, label: &str) -> Value {
    let label = text::cut_by(&text::one_line(label), LABEL, char::len_utf16);
    json!({"text": plain(&label), "value": value})
}

pub(super) fn one_button(line: &str, label: &str) -> Value {
    some_buttons([(line.to_owned(), label)])
}

pub(super) fn some_buttons<'a>(lines: impl IntoIterator<Item = (String, &'a str)>) -> Value {
    let button = |(index, (line, label)): (usize, (String, &str))| {
        let label = text::cut_by(&text::one_line(label), LABEL, char::len_utf16);
        json!({"type": "button", "action_id": format!("run/{}", index + 1), "value": line, "text": plain(&label)})
    };
    json!({"type": "actions", "elements": lines.into_iter().enumerate().map(button).collect::<Vec<_>>()})
}

/// Text that is never read as markup, nor as an emoji's name.
fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text, "emoji": false})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;
    use crate::{
        case::{AttachmentId, CaseId, IssueKey, Resolver, UserId, Watcher, author::Author},
        state::owner::Owner,
        targets::content::Links,
    };

    const NOON: i64 = 1_795_262_400;

    fn view() -> View {
        let attachment = crate::case::Attachment {
            id: AttachmentId::new("11111111-1111-1111-1111-111111111111"),
            name: "trail.json".to_owned(),
            status: "Verified".to_owned(),
            creator: "123456789012".to_owned(),
            created: NOON,
        };
        let case = Case {
            id: CaseId::new("1234567890"),
            arn: "arn:aws:security-ir:eu-west-1:123456789012:case/1234567890".to_owned(),
            title: "Unusual API calls <prod> & more".to_owned(),
            description: "Somebody calls.".to_owned(),
            status: Status::Detection,
            engagement: "Security Incident".to_owned(),
            resolver: Resolver::Own,
            waits_for_customer: false,
            reported_start: Some(NOON - 7_200),
            actual_start: None,
            created: Some(NOON - 3_600),
            updated: Some(NOON),
            closed: None,
            closure: None,
            accounts: vec!["123456789012".to_owned(), "210987654321".to_owned()],
            regions: vec!["eu-west-1".to_owned()],
            services: vec![],
            watchers: vec![Watcher { email: "ana@example.com".to_owned(), ..Watcher::default() }],
            actors: vec![],
            attachments: vec![attachment],
            metadata: vec![],
        };
        let links = Links {
            console: Some("https://eu-west-1.console.aws.amazon.com/security-ir/home".to_owned()),
            jira_key: Some(IssueKey::new("SEC-12")),
            jira: Some("https://example.atlassian.net/browse/SEC-12".to_owned()),
            slack: None,
        };
        View::waiting(case, links, NOON)
    }

    fn mrkdwn(text: &str) -> Value {
        json!({"type": "mrkdwn", "text": text, "verbatim": true})
    }

    /// What each element of the card stands for.
    fn actions(message: &Message) -> Vec<String> {
        let all = message.blocks.last().unwrap()["elements"].as_array().unwrap().iter();
        all.flat_map(|one| match one["options"].as_array() {
            Some(options) => {
                options.iter().map(|option| option["value"].as_str().unwrap().to_owned()).collect()
            }
            None => vec![one["value"].as_str().unwrap().to_owned()],
        })
        .collect()
    }

    fn lines(message: &Message) -> Vec<String> {
        let section = |block: &Value| {
            let elements = block["elements"][0]["elements"].as_array().cloned().unwrap_or_default();
            let text = |one: &Value| {
                ["text", "fallback", "user_id"].iter().find_map(|name| one[*name].as_str().map(str::to_owned))
            };
            elements.iter().filter_map(text).collect::<String>()
        };
        message.blocks.iter().filter(|block| block["type"] == "rich_text").map(section).collect()
    }

    #[test]
    fn an_open_case_says_what_how_far_whose_move_whose_case_and_the_last_word_and_then_its_facts() {
        let mut view = view();
        view.owner = Some(Owner {
            user: UserId::new("U0ANAEXAMP"),
            name: "Ana".to_owned(),
            since: NOON,
            by: None,
            email: None,
        });
        view.last_word = Some(LastWord {
            author: Author::AwsResponder,
            at: NOON,
            text: "Did your team\ncreate this key?".to_owned(),
        });
        let message = card(&view);
        assert_eq!(message.blocks[0]["text"]["text"], "Unusual API calls <prod> & more");
        assert_eq!(
            lines(&message),
            [
                "● Submitted  ● Detection and Analysis  ○ Contain  ○ Post",
                "👉 Your team's move, since 2026-11-21 12:00 UTC",
                "🙋 U0ANAEXAMP has it, since 2026-11-21 12:00 UTC · opened 2026-11-21 11:00 UTC",
                "💬 AWS Responder, 2026-11-21 12:00 UTC: Did your team create this key?",
            ]
        );
        let facts = message.blocks[5]["elements"].as_array().unwrap();
        assert_eq!(facts[0], mrkdwn("Case `1234567890`"));
        assert_eq!(facts[4], mrkdwn("Accounts `123456789012, 210987654321`"));
        let text = "`Unusual API calls &lt;prod&gt; &amp; more` · Your team's move · Detection and Analysis · Case \
                    `1234567890`";
        assert_eq!(message.text, text);
        assert_eq!(message.blocks.len(), 7);
    }

    #[test]
    fn it_says_who_opened_the_case_where_anybody_does() {
        let user = || UserId::new("U024BE7LH");
        let arn = "arn:aws:sts::111122223333:assumed-role/Admin/ana@example.com";
        for (author, expected) in [
            (None, " · opened 2026-11-21 11:00 UTC"),
            (Some(Author::Service), " · opened 2026-11-21 11:00 UTC by AWS"),
            (Some(Author::AwsResponder), " · opened 2026-11-21 11:00 UTC by AWS Responder"),
            (Some(Author::Slack { user: user() }), " · opened 2026-11-21 11:00 UTC by U024BE7LH"),
            (Some(Author::Principal(arn.to_owned())), " · opened 2026-11-21 11:00 UTC by Admin/ana"),
        ] {
            let opened = author.map(|author| Doer { author, name: "Ana".to_owned() });
            let line = &lines(&card(&View { opened, ..view() }))[2];
            assert_eq!(line.strip_prefix("🙋 Nobody has taken it"), Some(expected));
        }
    }

    #[test]
    fn it_has_three_buttons_the_status_in_place_and_a_menu() {
        let message = card(&view());
        let id = |line: &str| format!("1234567890 {line}");
        let expected = [
            id("comment"),
            id("take"),
            id("tray"),
            id("status detect"),
            id("status contain"),
            id("status post"),
            id("timeline"),
            id("show --full"),
            id("close"),
            "link:console".to_owned(),
            "link:jira".to_owned(),
        ];
        assert_eq!(actions(&message), expected);
        let elements = &message.blocks.last().unwrap()["elements"];
        assert_eq!(elements[3]["initial_option"]["value"], "1234567890 status detect");
        let kinds: Vec<_> = elements.as_array().unwrap().iter().map(|one| one["type"].clone()).collect();
        assert_eq!(kinds, ["button", "button", "button", "static_select", "overflow"]);
        let owner =
            Owner { user: UserId::new("U1"), name: "Ana".to_owned(), since: NOON, by: None, email: None };
        assert!(actions(&card(&View { owner: Some(owner), ..view() })).contains(&id("brief")));
    }

    #[test]
    fn a_closed_case_looks_closed_and_offers_no_change() {
        let mut view = view();
        view.case.status = Status::Closed;
        view.case.closed = Some(NOON);
        view.case.closure = Some("Investigation Completed".to_owned());
        let message = card(&view);
        let title = json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            {"type": "text", "text": "✅ "},
            {"type": "text", "text": "Unusual API calls <prod> & more", "style": {"strike": true}},
        ]}]});
        assert_eq!(message.blocks[0], title);
        let kinds: Vec<_> = message.blocks.iter().map(|block| block["type"].clone()).collect();
        assert_eq!(kinds, ["rich_text", "context", "actions"]);
        let closed = "*Closed* <!date^1795262400^{date_short_pretty} {time}|2026-11-21 12:00 UTC> as \
                      `Investigation Completed`";
        assert_eq!(message.blocks[1]["elements"][0], mrkdwn(closed));
        let lines = [
            "1234567890 brief",
            "1234567890 show --full",
            "1234567890 timeline",
            "link:console",
            "link:jira",
        ];
        assert_eq!(actions(&message), lines);
        assert_eq!(
            message.text, "`Unusual API calls &lt;prod&gt; &amp; more` · Closed · Case `1234567890`",
            "closed, once"
        );
    }

    #[test]
    fn the_status_of_a_case_that_aws_works_cannot_be_set_here() {
        let mut view = view();
        view.case.resolver = Resolver::Aws;
        view.links = Links::default();
        let lines = ["comment", "take", "tray", "timeline", "show --full", "close"];
        assert_eq!(actions(&card(&view)), lines.map(|line| format!("1234567890 {line}")));
    }

    #[test]
    fn the_card_says_whose_move_it_is() {
        let waits = |view: &mut View| view.case.waits_for_customer = true;
        type Change = fn(&mut View);
        let table: [(&str, Change); 6] = [
            ("⏳ AWS's move", |_| {}),
            ("👉 Your move: AWS waits for an answer", waits),
            ("⏳ AWS's move", |view| (view.case.waits_for_customer, view.answered) = (true, true)),
            ("👉 Your move: the AI agent of AWS waits for an answer", |view| view.agent_waits = true),
            ("👉 Your move: the AI agent of AWS waits for an answer", |view| {
                (view.case.waits_for_customer, view.answered, view.agent_waits) = (true, true, true);
            }),
            ("👉 Your team's move", |view| view.case.resolver = Resolver::Own),
        ];
        for (expected, change) in table {
            let mut view = view();
            view.case.resolver = Resolver::Aws;
            change(&mut view);
            let (message, line) = (card(&view), whose_move(&view));
            let (mark, words) = expected.split_once(' ').unwrap();
            assert!(message.text.contains(&format!("· {words} ·")), "{}", message.text);
            let shown = json!(line::block(vec![line.section()])).to_string();
            assert!(shown.contains(mark) && shown.contains(words), "{shown}");
        }
    }

    #[test]
    fn a_long_title_stands_whole_and_once() {
        let mut view = view();
        view.case.title = "t".repeat(300);
        let message = card(&view);
        assert_eq!(message.blocks[0].pointer("/elements/0/elements/0/text"), Some(&json!("t".repeat(300))));
        assert_eq!(serde_json::to_string(&message.blocks).unwrap().matches("ttt").count(), 100);
    }

    #[test]
    fn a_topic_says_no_word_from_outside() {
        let mut view = view();
        assert_eq!(
            channel_topic(&view),
            "Detection and Analysis · Your team's move · case 1234567890 · SEC-12"
        );
        view.case.status = Status::Other("<!channel> @here https://evil".to_owned() + &"x".repeat(400));
        let topic = channel_topic(&view);
        assert!(topic.starts_with("channel here httpsevilxxx") && topic.chars().count() == 250, "{topic}");
    }

    #[test]
    fn twice_the_title_is_shown_in_twice_the_time() {
        is_steady(|text| {
            let mut view = view();
            view.case.title = text.to_owned();
            view.case.status = Status::Other(text.to_owned());
            (card(&view).blocks.len(), channel_topic(&view)).0
        });
        is_steady(|text| Mrkdwn::new().code(text).fence(text, 3_000));
    }
}
