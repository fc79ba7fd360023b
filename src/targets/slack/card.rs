//! How does a case look in Slack?
//! A button's `value` is the line that it stands for, as a person would type it: `1234567890 comment`.

use serde_json::{Value, json};

use super::{
    line::{self, Line},
    message::Message,
    mrkdwn::{Mrkdwn, http_url},
};
use crate::{
    case::{Case, Resolver, Status, text},
    http::with,
    targets::{content::View, wording},
};

/// The longest header: <https://docs.slack.dev/reference/block-kit/blocks/header-block>.
const HEADER: usize = 150;
const LABEL: usize = 75;
/// How much of a list the card shows; "Show all" shows the rest.
const LIST: usize = 300;

/// A case's card. A closed case looks closed: its title struck, its facts small, no button that changes it.
pub fn card(view: &View) -> Message {
    let case = &view.case;
    let mut blocks = if case.is_closed() { closed_facts(case) } else { open_facts(view) };
    blocks.push(buttons(view));
    let head =
        Mrkdwn::new().markup("Case ").code(case.id.as_str()).markup(" ").code(&text::cut(&case.title, 300));
    let text = status(head.markup(" · "), case).markup(" · ").markup(wording::whose_move(view));
    Message::new(text, blocks)
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
    let header = text::cut_by(&title, HEADER, char::len_utf16);
    let mut blocks = vec![json!({"type": "header", "text": plain(&header)})];
    if header != title {
        blocks.push(line::block(vec![Line::new().text(&title).section()]));
    }
    blocks.push(line::block(vec![whose_move(view).section()]));
    blocks.push(with(json!({"type": "section"}), "fields", fields(case)));
    blocks.extend(context(dates(case)));
    blocks
}

fn closed_facts(case: &Case) -> Vec<Value> {
    let mut closed = Mrkdwn::new().strong("Closed");
    if let Some(at) = case.closed {
        closed = closed.markup(" ").date(at);
    }
    if let Some(code) = &case.closure {
        closed = closed.markup(" as ").code(&text::cut(code, 100));
    }
    let mut facts = vec![closed.object()];
    facts.extend(fields(case));
    let title = Line::new().own("✅ ").struck(&title(case));
    let mut blocks = vec![line::block(vec![title.section()])];
    blocks.extend(context(facts));
    blocks.extend(context(dates(case)));
    blocks
}

/// At most 300 characters: a title's limit.
fn title(case: &Case) -> String {
    let title = text::one_line(&case.title);
    if title.is_empty() { "(no title)".to_owned() } else { text::cut(&title, 300) }
}

fn whose_move(view: &View) -> Line {
    let ours = view.case.resolver == Resolver::Own || view.case.waits_for_customer || view.agent_waits;
    let line = Line::new().own(if ours { "👉 " } else { "⏳ " }).bold(wording::whose_move(view));
    match view.waiting_since {
        Some(since) => line.own(", since ").date(since),
        None => line,
    }
}

/// At most ten: the limit of a section's fields and of a context's elements. That a case is closed is said above.
fn fields(case: &Case) -> Vec<Value> {
    let began = case.actual_start.or(case.reported_start);
    let label = |name: &'static str| Mrkdwn::new().strong(name).markup("\n");
    let list = |name, items: &[String]| {
        (!items.is_empty()).then(|| label(name).code(&wording::some_of(items, LIST)))
    };
    [
        (!case.is_closed()).then(|| status(label("Status"), case)),
        Some(label("Resolver").markup(wording::resolver(case.resolver))),
        Some(label("Type").code(&text::cut(&case.engagement, 100))),
        Some(label("Case").code(case.id.as_str())),
        list("Accounts", &case.accounts),
        list("Regions", &case.regions),
        list("Services", &case.services),
        Some(label("Watchers").number(case.watchers.len())),
        Some(label("Attachments").number(case.attachments.len())),
        began.map(|at| label("Incident began").date(at)),
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

fn dates(case: &Case) -> Vec<Value> {
    [("Created", case.created), ("Updated", case.updated)]
        .into_iter()
        .filter_map(|(name, at)| Some(Mrkdwn::new().markup(name).markup(" ").date(at?).object()))
        .collect()
}

fn context(elements: Vec<Value>) -> Option<Value> {
    (!elements.is_empty()).then(|| with(json!({"type": "context"}), "elements", elements))
}

/// What can be done here. The status of a case that AWS works is set by AWS alone.
fn buttons(view: &View) -> Value {
    let case = &view.case;
    let open = !case.is_closed();
    let mut buttons = Vec::new();
    let mut add = |shown: bool, verb: &str, label: &str| {
        if shown {
            let action = format!("run/{}", buttons.len() + 1);
            let value = format!("{} {verb}", case.id);
            buttons.push(CardButton { action: &action, value: &value, label }.element());
        }
    };
    add(open, "comment", "Comment");
    add(open && case.resolver == Resolver::Own, "status", "Status");
    add(open, "watch", "Watch");
    add(open, "close", "Close");
    add(true, "show --full", "Show all");
    // Everything else that can be done with the case, `attach` and `edit` among it.
    add(open, "tray", "More");
    let jira = match &view.links.jira_key {
        Some(key) => format!("Jira {key}"),
        None => "Jira".to_owned(),
    };
    let value = case.id.as_str();
    let console = CardButton { action: "link:console", value, label: "Console" };
    let jira = CardButton { action: "link:jira", value, label: &jira };
    buttons.extend(console.link(view.links.console.as_deref()));
    buttons.extend(jira.link(view.links.jira.as_deref()));
    with(json!({"type": "actions"}), "elements", buttons)
}

struct CardButton<'a> {
    action: &'a str,
    value: &'a str,
    label: &'a str,
}

impl CardButton<'_> {
    fn element(&self) -> Value {
        let label = text::cut_by(&text::one_line(self.label), LABEL, char::len_utf16);
        json!({"type": "button", "action_id": self.action, "value": self.value, "text": plain(&label)})
    }

    fn link(&self, url: Option<&str>) -> Option<Value> {
        let mut button = self.element();
        button["url"] = json!(http_url(url?)?);
        Some(button)
    }
}

/// Text that is never read as markup, nor as an emoji's name.
fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text, "emoji": false})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::{AttachmentId, CaseId, IssueKey, Watcher},
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
        View { case, links, waiting_since: Some(NOON), agent_waits: false }
    }

    fn mrkdwn(text: &str) -> Value {
        json!({"type": "mrkdwn", "text": text, "verbatim": true})
    }

    fn actions(message: &Message) -> Vec<String> {
        let last = message.blocks.last().unwrap();
        let buttons = last["elements"].as_array().unwrap();
        buttons.iter().map(|button| button["value"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn an_open_case_shows_what_it_is_whose_move_it_is_and_what_can_be_done() {
        let button = |action: &str, value: &str, label: &str| {
            json!({
                "type": "button", "action_id": action, "value": value,
                "text": {"type": "plain_text", "text": label, "emoji": false},
            })
        };
        let link = |action: &str, label: &str, url: &str| {
            let mut button = button(action, "1234567890", label);
            button["url"] = json!(url);
            button
        };
        let date = |at: i64, utc: &str| format!("<!date^{at}^{{date_short_pretty}} {{time}}|{utc}>");
        let expected = [
            json!({"type": "header", "text": {
                "type": "plain_text", "text": "Unusual API calls <prod> & more", "emoji": false,
            }}),
            json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
                {"type": "text", "text": "👉 "},
                {"type": "text", "text": "Your team's move", "style": {"bold": true}},
                {"type": "text", "text": ", since "},
                {
                    "type": "date", "timestamp": NOON, "format": "{date_short_pretty} {time}",
                    "fallback": "2026-11-21 12:00 UTC",
                },
            ]}]}),
            json!({"type": "section", "fields": [
                mrkdwn("*Status*\nDetection and Analysis"),
                mrkdwn("*Resolver*\nYour team"),
                mrkdwn("*Type*\n`Security Incident`"),
                mrkdwn("*Case*\n`1234567890`"),
                mrkdwn("*Accounts*\n`123456789012, 210987654321`"),
                mrkdwn("*Regions*\n`eu-west-1`"),
                mrkdwn("*Watchers*\n1"),
                mrkdwn("*Attachments*\n1"),
                mrkdwn(&format!("*Incident began*\n{}", date(NOON - 7_200, "2026-11-21 10:00 UTC"))),
            ]}),
            json!({"type": "context", "elements": [
                mrkdwn(&format!("Created {}", date(NOON - 3_600, "2026-11-21 11:00 UTC"))),
                mrkdwn(&format!("Updated {}", date(NOON, "2026-11-21 12:00 UTC"))),
            ]}),
            json!({"type": "actions", "elements": [
                button("run/1", "1234567890 comment", "Comment"),
                button("run/2", "1234567890 status", "Status"),
                button("run/3", "1234567890 watch", "Watch"),
                button("run/4", "1234567890 close", "Close"),
                button("run/5", "1234567890 show --full", "Show all"),
                button("run/6", "1234567890 tray", "More"),
                link("link:console", "Console", "https://eu-west-1.console.aws.amazon.com/security-ir/home"),
                link("link:jira", "Jira SEC-12", "https://example.atlassian.net/browse/SEC-12"),
            ]}),
        ];
        let message = card(&view());
        assert_eq!(message.blocks, expected);
        let text = "Case `1234567890` `Unusual API calls &lt;prod&gt; &amp; more` · Detection and Analysis · \
                    Your team's move";
        assert_eq!(message.text, text);
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
        assert_eq!(kinds, ["rich_text", "context", "context", "actions"]);
        let closed = "*Closed* <!date^1795262400^{date_short_pretty} {time}|2026-11-21 12:00 UTC> as \
                      `Investigation Completed`";
        assert_eq!(message.blocks[1]["elements"][0], mrkdwn(closed));
        assert_eq!(actions(&message), ["1234567890 show --full", "1234567890", "1234567890"]);
        assert!(message.text.ends_with("· Closed · Closed"), "{}", message.text);
    }

    #[test]
    fn the_status_of_a_case_that_aws_works_cannot_be_set_here() {
        let mut view = view();
        view.case.resolver = Resolver::Aws;
        view.links = Links::default();
        let lines = ["comment", "watch", "close", "show --full", "tray"];
        assert_eq!(actions(&card(&view)), lines.map(|line| format!("1234567890 {line}")));
    }

    #[test]
    fn the_card_says_whose_move_it_is() {
        let table = [
            (Resolver::Aws, false, false, "AWS's move"),
            (Resolver::Aws, true, false, "Your move: AWS waits for an answer"),
            (Resolver::Aws, false, true, "Your move: the AI agent of AWS waits for an answer"),
            (Resolver::Own, false, false, "Your team's move"),
        ];
        for (resolver, waits_for_customer, agent_waits, expected) in table {
            let mut view = View { agent_waits, ..view() };
            view.case.resolver = resolver;
            view.case.waits_for_customer = waits_for_customer;
            assert!(card(&view).text.ends_with(expected), "{}", card(&view).text);
        }
    }

    #[test]
    fn a_title_longer_than_a_header_is_shown_whole_below_it() {
        let mut view = view();
        view.case.title = "t".repeat(300);
        let blocks = card(&view).blocks;
        assert_eq!(blocks[0]["text"]["text"].as_str().map(|text| text.chars().count()), Some(150));
        assert_eq!(blocks[1].pointer("/elements/0/elements/0/text"), Some(&json!("t".repeat(300))));
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
}
