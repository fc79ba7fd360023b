//! How is what happens on a case told in its thread?

use serde_json::{Value, json};

use super::{
    card,
    line::{self, Line, short},
    message::{Message, TEXT, parts},
    mrkdwn,
};
use crate::{
    case::{
        CaseId, Investigation, IssueKey, Seconds, Status, UserId, author::Author, snapshot::Change, somebody,
        text,
    },
    state::key::Plainness,
    targets::{
        content::{Call, Called, Content, Doer, Moment, Notice, Part, ToldChange},
        telling::is_of_the_agent,
        wording,
    },
};

/// How much outside text one message may show in all: some 13,200 characters of blocks are refused.
const BODY: usize = 9_000;
/// How much of one value, or of one list, a line of changes shows, after escaping. A title has 300 characters.
const VALUE: usize = 600;
/// How much of what AWS asked a call repeats.
const QUOTE: usize = 200;
/// How many of the cases for which nobody is called are named, and how much of their titles.
const NAMED: usize = 30;
const TITLE: usize = 60;
const WAITING: &str = "Waiting";

pub fn content(content: &Content, plainness: Plainness) -> Message {
    match plainness {
        Plainness::Full => full(content),
        Plainness::Plain => full(content).without_blocks(),
        Plainness::Stub => stub(content),
    }
}

fn full(content: &Content) -> Message {
    match content {
        Content::Changes(list, call) => changes(list, call.as_deref()),
        Content::Description(part) => {
            told(which(Line::new().bold("Description"), part), &part.text, "This part fell away.")
        }
        Content::Comment { author, speaker: _, at, edited, part, call } => {
            let line = which(head(calling(call.as_deref()), author, (*at, edited.is_some())), part);
            told(remarked(line, call.as_deref()), &part.text, "This part fell away.")
        }
        Content::Investigation { case, step, call } => {
            let head = remarked(step_head(asking(step, call.as_deref()), step), call.as_deref());
            let mut message = told(head, &step.content, "Nothing to read yet.");
            message.blocks.extend(rate(case, step));
            message
        }
        Content::Nudge { for_us, since } => {
            let waits = if *for_us { "👉 Your team's move, since " } else { "⏳ AWS's move, since " };
            alone(Line::new().own(waits).date(*since))
        }
        Content::Notice(said) => {
            let mut message = alone(notice(said));
            message.blocks.extend(ways_on(said));
            message
        }
        Content::Call(call) => alone(called(call)),
        Content::Taken(owner) => {
            let line = match &owner.by {
                Some(by) => Line::new().own("🙋 ").user(by).own(" gave this case to ").user(&owner.user),
                None => Line::new().own("🙋 ").user(&owner.user).own(" took this case"),
            };
            alone(line.own(" · ").date(owner.since))
        }
        // It is told where it wakes somebody, and nowhere else.
        Content::Page(page, _) => alone(Line::new().own(wording::moment(page.moment))),
    }
}

/// The call after which nobody is called for each further case.
pub(super) fn many(call: &Call, rest: &[(CaseId, String)]) -> Message {
    let line = called(call).own(" · More cases call at once, and nobody is called for each of them: ");
    let each = rest.iter().take(NAMED).enumerate().fold(line, |line, (index, (case, title))| {
        let line = if index == 0 { line } else { line.own(", ") };
        line.strong(case.as_str()).own(" ").text(&short(title, TITLE))
    });
    alone(match rest.len().saturating_sub(NAMED) {
        0 => each,
        more => each.own(", and more: ").number(more),
    })
}

/// What matters first: it is all that a locked phone shows.
fn called(call: &Call) -> Line {
    let line = begun(call);
    let line = match call.quote.as_deref().map(|quote| short(quote, QUOTE)).filter(|it| !it.is_empty()) {
        Some(quote) => line.own(": ").text(&quote),
        None => line,
    };
    let line = match call.moment {
        Moment::Overdue | Moment::YourMove => line.own(" · since ").date(call.at),
        Moment::Deadline => line.own(" · ").date(call.at),
        Moment::NewCase | Moment::AwsSpoke | Moment::Closed => line,
    };
    remarked(whom(line, call), Some(call))
}

/// The same where the words that call follow.
fn calling(call: Option<&Call>) -> Line {
    call.map_or_else(Line::new, |call| whom(begun(call), call).own(" · "))
}

fn begun(call: &Call) -> Line {
    let line = match call.moment {
        Moment::NewCase => Line::new().own("🚨 "),
        Moment::YourMove | Moment::Overdue => Line::new().own("👉 "),
        Moment::AwsSpoke => Line::new().own("💬 "),
        Moment::Closed => Line::new().own("✅ "),
        Moment::Deadline => Line::new().own("⏰ "),
    };
    match is_of_the_agent(&call.key) {
        true => line.bold(wording::AGENT_WAITS),
        false => line.bold(wording::moment(call.moment)),
    }
}

fn whom(line: Line, call: &Call) -> Line {
    call.whom.iter().fold(line, |line, one| match one {
        Called::Member(id) => line.own(" ").member(id),
        // Whom Slack does not know it cannot call.
        Called::Email(email) => line.own(" ").text(&somebody(email)),
    })
}

/// What its readers are told of those who are not called, after all else.
fn remarked(line: Line, call: Option<&Call>) -> Line {
    let remarks = call.into_iter().flat_map(|call| &call.remarks);
    remarks.fold(line, |line, remark| line.own(" · ").text(remark))
}

/// What can be done about it, as buttons.
fn ways_on(said: &Notice) -> Option<Value> {
    match said {
        Notice::NotMoved { .. }
        | Notice::NotAssigned { .. }
        | Notice::NotCopied { .. }
        | Notice::Forgets { .. } => None,
        Notice::Moved { case, stands, moved, .. } => {
            let close = (format!("{case} close"), "Close case…");
            let back = (format!("{case} jira back"), "Put it back");
            let offers_close = moved.done && *stands != Status::Closed;
            Some(card::some_buttons(offers_close.then_some(close).into_iter().chain([back])))
        }
        Notice::Lost { case, .. } => Some(card::one_button(&format!("{case} jira open"), "New issue")),
        Notice::Spare { case, spare, .. } => {
            Some(card::one_button(&format!("{case} jira close {spare}"), &format!("Close {spare}")))
        }
        Notice::Strange { case, strange, .. } => {
            Some(card::one_button(&format!("{case} jira link {strange}"), &format!("Link {strange}")))
        }
        Notice::NoThread { case } => Some(card::one_button(&format!("{case} card"), "New card")),
    }
}

fn notice(said: &Notice) -> Line {
    let of = |issue: &IssueKey| Line::new().own("⚠️ ").strong(&value(issue.as_str()));
    match said {
        Notice::NotMoved { issue, to, why } => of(issue)
            .own(" could not be moved to ")
            .strong(&value(to))
            .own(" because of ")
            .text(&value(why))
            .own(". Casebridge tries again by itself; nothing else waits for it."),
        Notice::NotAssigned { issue, why } => of(issue)
            .own(" was not assigned to the owner of the case: ")
            .text(&value(why))
            .own(". Assign it in Jira; nothing waits for it."),
        Notice::NotCopied { file, to, why } => Line::new()
            .own("⚠️ ")
            .strong(&value(file))
            .own(" was not copied to ")
            .text(&value(to))
            .own(": ")
            .text(&value(why))
            .own(". It is on the case: ")
            .strong("/sir files")
            .own(" gives it."),
        Notice::Moved { issue, moved, stands, .. } => {
            let line = Line::new().own("🔀 ").strong(&value(issue.as_str())).own(" was moved to ");
            let line = line.strong(&value(&moved.to)).own(" by ").strong(&value(&moved.by));
            match stands {
                Status::Closed => line.own("; the case is closed."),
                stands @ (Status::Submitted | Status::Acknowledged | Status::Detection | Status::Containment | Status::PostIncident | Status::ReadyToClose | Status::Other(_)) => line.own("; the case is still open: ").text(&value(stands.as_str())).own("."),
            }
        }
        Notice::Lost { issue, case } => of(issue)
            .own(" was deleted, or is hidden from Casebridge: nothing more of this case is told in Jira. ")
            .strong(&format!("/sir {case} jira open"))
            .own(" makes a new issue with the whole story."),
        Notice::Spare { issue, spare, .. } => of(spare)
            .own(" was made for this case as well: Jira's answer was lost. The case is told in ")
            .strong(&value(issue.as_str()))
            .own(" alone, and ")
            .strong(&value(spare.as_str()))
            .own(" says so."),
        Notice::Strange { issue, strange, .. } => Line::new()
            .own("🔗 ")
            .strong(&value(strange.as_str()))
            .own(" has this case's label, but Casebridge did not make it and leaves it alone. The case is told in ")
            .strong(&value(issue.as_str()))
            .own("."),
        Notice::NoThread { case } => Line::new()
            .own("⚠️ The thread of case ")
            .strong(case.as_str())
            .own(" was deleted, or takes no replies, so nothing more of it is told in Slack. ")
            .strong(&format!("/sir {case} card"))
            .own(" makes a new card with the whole story."),
        Notice::Forgets { case, at } => Line::new()
            .own("🗄️ On ")
            .date(*at)
            .own(" Casebridge deletes its own record of this case, except for hashes. AWS keeps the case. To keep the record as evidence: ")
            .strong(&format!("casebridge export {case} --key FILE")),
    }
}

/// A line, and under it a text from outside; `nothing` where that is blank.
fn told(head: Line, outside: &str, nothing: &'static str) -> Message {
    let room = TEXT.saturating_sub(head.length() + 20);
    let mrkdwn = head.mrkdwn().clone().markup("\n");
    let outside = text::cut_by(outside, BODY, mrkdwn::weight);
    let mut blocks = vec![line::block(vec![head.section()])];
    // Blank is also what has no width: Slack takes no text without a visible character.
    if text::visible(&outside).trim().is_empty() {
        let nothing = if outside.is_empty() { nothing } else { "(blank)" };
        blocks.push(line::block(vec![Line::new().own(nothing).section()]));
        return Message::new(mrkdwn.markup(nothing), blocks);
    }
    blocks.extend(
        parts(&outside).iter().map(|part| line::body(part)).filter(|body| !body.is_empty()).map(line::block),
    );
    Message::new(mrkdwn.fence(&outside, room), blocks)
}

fn alone(line: Line) -> Message {
    let text = line.mrkdwn().clone();
    Message::new(text, vec![line::block(vec![line.section()])])
}

fn head(line: Line, author: &Author, (at, edited): (Seconds, bool)) -> Line {
    let line = said_by(line, author).own(" · ").date(at);
    if edited { line.own(" · edited") } else { line }
}

pub(super) fn said_by(line: Line, author: &Author) -> Line {
    match author {
        Author::AwsResponder => line.bold("AWS Responder"),
        Author::Service => line.bold("AWS service").own(" (AI generated, verify)"),
        Author::Slack { user } => line.user(&UserId::new(text::cut(user.as_str(), 30))),
        Author::Jira { .. } | Author::Principal(_) => line.strong(&wording::author(author)),
    }
}

fn which(line: Line, part: &Part) -> Line {
    match wording::which_part(part) {
        Some(_) => line.own(" · part ").number(part.index + 1).own(" of ").number(part.of),
        None => line,
    }
}

/// The call of a step, for as long as it waits.
fn asking(step: &Investigation, call: Option<&Call>) -> Line {
    calling(call.filter(|_| step.status == WAITING))
}

fn step_head(line: Line, step: &Investigation) -> Line {
    let head = line.own("🤖 ").bold("AWS AI agent").own(" (AI generated, verify) · ");
    let head = head.text(&text::cut(&step.kind, 40)).own(" · ").text(&text::cut(&step.status, 40));
    let head = head.own(" · ").strong(&text::cut(&step.title, 200));
    if step.status == WAITING { head.own(" · to answer, write a comment") } else { head }
}

/// Buttons that say whether it was of use, once there is something to judge and as long as nobody has. Their values
/// are lines as a person would type them. What else an id from outside might hold never gets into one.
fn rate(case: &CaseId, step: &Investigation) -> Option<Value> {
    let plain = step.id.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let judged = step.status != "Completed" || step.feedback.is_some();
    if judged || !plain || step.id.as_str().len() > 100 {
        return None;
    }
    let button = |number: usize, verb: &str, label: &str| {
        json!({
            "type": "button", "action_id": format!("run/{number}"), "value": format!("{case} ai {verb} {}", step.id),
            "text": {"type": "plain_text", "text": label, "emoji": false},
        })
    };
    let elements = [button(1, "useful", "Useful"), button(2, "useless", "Not useful")];
    Some(json!({"type": "actions", "elements": elements}))
}

fn changes(list: &[ToldChange], call: Option<&Call>) -> Message {
    let mut lines: Vec<Line> = Vec::new();
    let mut length = 0;
    for (index, change) in list.iter().enumerate() {
        let line = by(changed(&change.change), change.by.as_ref());
        length += line.length();
        if length > BODY {
            let more = text::counted(list.len() - index, "more change", "more changes");
            lines.push(Line::new().own("and ").text(&more).own(": see the card, or `/sir show`"));
            break;
        }
        lines.push(line);
    }
    let head = call.map(|call| remarked(whom(begun(call), call), Some(call)));
    let text = line::text_of(&head.iter().chain(&lines).cloned().collect::<Vec<_>>());
    let sections: Vec<Value> = lines.into_iter().map(Line::section).collect();
    let all = head.map(Line::section).into_iter().chain([line::list(sections)]);
    Message::new(text, vec![line::block(all.collect())])
}

fn by(line: Line, doer: Option<&Doer>) -> Line {
    match doer {
        Some(doer) => said_by(line.own(" · by "), &doer.author),
        None => line,
    }
}

fn changed(change: &Change) -> Line {
    match change {
        Change::Field { name, old, new } => {
            let line = Line::new().bold(name).own(" ");
            match (old, new) {
                (Some(old), Some(new)) => line.struck(&value(old)).own(" → ").text(&value(new)),
                (None, Some(new)) => line.text(&value(new)),
                (Some(old), None) => line.struck(&value(old)).own(" → nothing"),
                (None, None) => line.own("changed"),
            }
        }
        Change::List { name, added, removed } => {
            let line = Line::new().bold(name);
            let line = if added.is_empty() { line } else { line.own(" + ").text(&some_of(added)) };
            if removed.is_empty() { line } else { line.own(" − ").struck(&some_of(removed)) }
        }
        Change::Description => Line::new().bold("Description").own(" changed: it is rewritten above"),
        Change::Attachment { name, status, old } => {
            let line = Line::new().bold("Attachment").own(" ").text(&value(name)).own(" ");
            match old {
                Some(old) => line.struck(&value(old)).own(" → ").text(&value(status)),
                None => line.own("new, ").text(&value(status)),
            }
        }
    }
}

fn value(outside: &str) -> String {
    short(outside, VALUE)
}

fn some_of(items: &[String]) -> String {
    short(&wording::some_of(items, VALUE), VALUE)
}

/// One line that names what could not be shown, and says where to read it.
fn stub(content: &Content) -> Message {
    let line = match content {
        Content::Changes(_, call) => calling(call.as_deref()).own("A change of this case"),
        Content::Description(part) => which(Line::new().own("The description"), part),
        Content::Comment { author, speaker: _, at, edited: _, part, call } => {
            let line = calling(call.as_deref()).own("A comment by ");
            which(said_by(line, author).own(" of ").date(*at), part)
        }
        Content::Investigation { step, call, .. } => {
            asking(step, call.as_deref()).own("A step of the AI agent")
        }
        Content::Nudge { .. } => Line::new().own("A reminder"),
        Content::Notice(_) => Line::new().own("What became of the case's issue or thread"),
        Content::Call(call) => called(&Call { quote: None, ..call.clone() }).own(". The rest"),
        Content::Taken(_) => Line::new().own("Who took the case"),
        Content::Page(..) => Line::new().own("An alert"),
    };
    alone(line.own(" could not be shown here. Read it in the AWS console, or with /sir show."))
        .without_blocks()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::case::IssueKey;
    use crate::case::{fuzz, growth::is_steady};

    const NOON: i64 = 1_795_262_400;
    const DATE: &str = "<!date^1795262400^{date_short_pretty} {time}|2026-11-21 12:00 UTC>";

    fn text(text: &str) -> Value {
        json!({"type": "text", "text": text})
    }

    fn styled(text: &str, style: &str) -> Value {
        json!({"type": "text", "text": text, "style": {style: true}})
    }

    fn date() -> Value {
        let format = "{date_short_pretty} {time}";
        json!({"type": "date", "timestamp": NOON, "format": format, "fallback": "2026-11-21 12:00 UTC"})
    }

    fn rich(elements: Value) -> Value {
        json!({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]})
    }

    fn comment(author: Author, index: usize, of: usize, text: &str) -> Content {
        let part = Part { index, of, text: text.to_owned() };
        Content::Comment {
            author,
            speaker: None,
            at: NOON,
            edited: (index > 0).then_some(NOON),
            part,
            call: None,
        }
    }

    fn told_by_nobody(list: Vec<Change>) -> Vec<ToldChange> {
        list.into_iter().map(|change| ToldChange { change, by: None }).collect()
    }

    #[test]
    fn a_comment_says_who_spoke_and_when_and_then_their_very_words() {
        let message =
            content(&comment(Author::AwsResponder, 0, 1, "Look at *role*\n<admin>"), Plainness::Full);
        let expected = [
            rich(json!([styled("AWS Responder", "bold"), text(" · "), date()])),
            rich(json!([text("Look at *role*\n<admin>")])),
        ];
        assert_eq!(message.blocks, expected);
        assert_eq!(
            message.text,
            format!("*AWS Responder* · {DATE}\n```\nLook at *role*\n&lt;admin&gt;\n```")
        );
    }

    #[test]
    fn the_speaker_is_named_as_far_as_we_know_them() {
        let arn = "arn:aws:sts::123456789012:assumed-role/Admin/ana@example.com";
        let table = [
            (Author::Service, json!([styled("AWS service", "bold"), text(" (AI generated, verify)")])),
            (
                Author::Slack { user: UserId::new("U024BE7LH") },
                json!([{"type": "user", "user_id": "U024BE7LH"}]),
            ),
            (Author::Slack { user: UserId::new("U1> <!channel>") }, json!([text("U1> <!channel>")])),
            (Author::Jira { name: "Ana".to_owned() }, json!([styled("Ana (Jira)", "bold")])),
            (Author::Principal(arn.to_owned()), json!([styled("Admin/ana", "bold")])),
        ];
        for (author, mut elements) in table {
            let message = content(&comment(author, 1, 3, "x"), Plainness::Full);
            let head = elements.as_array_mut().unwrap();
            head.extend([text(" · "), date(), text(" · edited"), text(" · part ")]);
            head.extend([text("2"), text(" of "), text("3")]);
            assert_eq!(message.blocks[0], rich(elements));
        }
    }

    #[test]
    fn changes_are_a_line_each() {
        let some = |text: &str| Some(text.to_owned());
        let list = vec![
            Change::Field { name: "Status", old: some("Submitted"), new: some("Acknowledged") },
            Change::Field { name: "Closure", old: None, new: some("Duplicate") },
            Change::Field { name: "Began", old: some("1"), new: None },
            Change::List {
                name: "Regions",
                added: vec!["eu-west-1".to_owned()],
                removed: vec!["x".to_owned()],
            },
            Change::Description,
            Change::Attachment {
                name: "a.txt".to_owned(),
                status: "Verified".to_owned(),
                old: some("Pending"),
            },
            Change::Attachment { name: "b.txt".to_owned(), status: "Pending".to_owned(), old: None },
        ];
        let section = |elements: Value| json!({"type": "rich_text_section", "elements": elements});
        let bold = |name: &str| styled(name, "bold");
        let struck = |name: &str| styled(name, "strike");
        let lines = json!([
            section(json!([
                bold("Status"),
                text(" "),
                struck("Submitted"),
                text(" → "),
                text("Acknowledged")
            ])),
            section(json!([bold("Closure"), text(" "), text("Duplicate")])),
            section(json!([bold("Began"), text(" "), struck("1"), text(" → nothing")])),
            section(json!([bold("Regions"), text(" + "), text("eu-west-1"), text(" − "), struck("x")])),
            section(json!([bold("Description"), text(" changed: it is rewritten above")])),
            section(json!([
                bold("Attachment"),
                text(" "),
                text("a.txt"),
                text(" "),
                struck("Pending"),
                text(" → "),
                text("Verified"),
            ])),
            section(json!([
                bold("Attachment"),
                text(" "),
                text("b.txt"),
                text(" "),
                text("new, "),
                text("Pending")
            ])),
        ]);
        let message = content(&Content::Changes(told_by_nobody(list), None), Plainness::Full);
        let list = json!({"type": "rich_text_list", "style": "bullet", "elements": lines});
        assert_eq!(message.blocks, [json!({"type": "rich_text", "elements": [list]})]);
        assert!(message.text.starts_with("*Status* `Submitted` → `Acknowledged`\n*Closure* `Duplicate`\n"));
    }

    #[test]
    fn lists_code_and_addresses_of_a_comment_are_laid_out_and_nothing_else_is() {
        let outside = "*Do* <!here> now:\n2. run `id`\n3. see https://a.example/b.\n- <@U1>\n```\n*a*\n```";
        let message = content(&comment(Author::AwsResponder, 0, 1, outside), Plainness::Full);
        let section = |elements: Value| json!({"type": "rich_text_section", "elements": elements});
        let code = json!({"type": "text", "text": "id", "style": {"code": true}});
        let address = json!({"type": "link", "url": "https://a.example/b"});
        let expected = json!({"type": "rich_text", "elements": [
            section(json!([text("*Do* <!here> now:")])),
            {"type": "rich_text_list", "style": "ordered", "offset": 1, "elements": [
                section(json!([text("run "), code])),
                section(json!([text("see "), address, text(".")])),
            ]},
            {"type": "rich_text_list", "style": "bullet", "elements": [section(json!([text("<@U1>")]))]},
            {"type": "rich_text_preformatted", "elements": [text("*a*")]},
        ]});
        assert_eq!(message.blocks[1], expected);
    }

    #[test]
    fn what_jira_refuses_says_which_issue_where_to_and_because_of_what() {
        let [to, why] = ["Done", "resolution"].map(str::to_owned);
        let refused = Notice::NotMoved { issue: IssueKey::new("SEC-12"), to, why };
        let message = content(&Content::Notice(refused), Plainness::Full);
        let expected = "⚠️ `SEC-12` could not be moved to `Done` because of `resolution`. Casebridge tries again by itself; \
                        nothing else waits for it.";
        assert_eq!(message.text, expected);
        let lost = Notice::Lost { issue: IssueKey::new("SEC-12"), case: CaseId::new("1234567890") };
        let text = content(&Content::Notice(lost), Plainness::Full).text;
        assert!(
            text.starts_with("⚠️ `SEC-12` was deleted") && text.contains("`/sir 1234567890 jira open`"),
            "{text}"
        );
        let [issue, spare] = ["SEC-12", "SEC-14"].map(IssueKey::new);
        let message = content(
            &Content::Notice(Notice::Spare { case: CaseId::new("1234567890"), issue, spare }),
            Plainness::Full,
        );
        let expected = "⚠️ `SEC-14` was made for this case as well: Jira's answer was lost. The case is told in `SEC-12` \
                        alone, and `SEC-14` says so.";
        assert_eq!(message.text, expected);
        assert_eq!(message.blocks[1]["elements"][0]["value"], "1234567890 jira close SEC-14");
    }

    #[test]
    fn an_issue_that_is_not_proven_to_be_ours_is_offered_by_a_button() {
        let [issue, strange] = ["SEC-12", "SEC-40"].map(IssueKey::new);
        let message = content(
            &Content::Notice(Notice::Strange { case: CaseId::new("1234567890"), issue, strange }),
            Plainness::Full,
        );
        let expected = "🔗 `SEC-40` has this case's label, but Casebridge did not make it and leaves it alone. The case is \
                        told in `SEC-12`.";
        assert_eq!(message.text, expected);
        assert_eq!(message.blocks[1]["elements"][0]["value"], "1234567890 jira link SEC-40");
    }

    #[test]
    fn plainer_is_text_only_and_plainest_is_one_line_that_says_where_to_read_on() {
        let comment = comment(Author::AwsResponder, 1, 2, "secret\nwords");
        let plain = content(&comment, Plainness::Plain);
        assert_eq!(plain.blocks, [] as [Value; 0]);
        assert_eq!(
            plain.text,
            format!("*AWS Responder* · {DATE} · edited · part 2 of 2\n```\nsecret\nwords\n```")
        );
        let stub = content(&comment, Plainness::Stub);
        assert_eq!(stub.blocks, [] as [Value; 0]);
        let expected = format!(
            "A comment by *AWS Responder* of {DATE} · part 2 of 2 could not be shown here. Read it in the AWS \
             console, or with /sir show."
        );
        assert_eq!(stub.text, expected);
    }

    #[test]
    fn a_part_that_fell_away_and_one_without_a_visible_character_still_say_something() {
        for (part, expected) in [("", "This part fell away."), (" \n\u{200b}", "(blank)")] {
            let message = content(&comment(Author::AwsResponder, 0, 1, part), Plainness::Full);
            assert_eq!(message.blocks[1], rich(json!([text(expected)])), "{part:?}");
        }
    }

    #[test]
    fn fuzzed_no_text_becomes_a_mention_or_a_link_of_its_own() {
        fuzz::texts("slack_shown", |text| {
            for part in parts(text) {
                let shown =
                    content(&comment(Author::Principal(text.to_owned()), 0, 1, &part), Plainness::Full);
                let blocks = json!(shown.blocks).to_string();
                for kind in ["user", "usergroup", "channel", "broadcast"] {
                    assert!(!blocks.contains(&format!("\"type\":\"{kind}\"")), "{kind} in {blocks}");
                }
                let lead = shown.text.replace("<!date^", "");
                assert!(!lead.contains("<!") && !lead.contains("<@") && !lead.contains("<http"), "{lead}");
            }
        });
    }

    #[test]
    fn twice_the_words_are_shown_in_twice_the_time() {
        is_steady(|text| content(&comment(Author::AwsResponder, 0, 1, text), Plainness::Full).blocks.len());
        is_steady(|text| {
            content(&comment(Author::Principal(text.to_owned()), 0, 1, "x"), Plainness::Full).text
        });
    }
}
