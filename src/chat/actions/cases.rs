//! What is a case like, and which cases are there?

use super::{
    context::{Desk, Outcome, Stop},
    format_time::{format_time, next_move, next_move_of},
};
use crate::{
    aws::sir::{self, Call},
    case::{Case, CaseId, CaseSummary, Resolver, Status, text::cut},
    chat::{
        language::command::{self, Ask, Which},
        reply::{Answer, Button, Line},
    },
};

/// The most cases of a list that are shown: the newest.
const SHOWN: usize = 25;

/// The most cases that are read one by one to see who watches them: at five a second, five seconds.
const READ: usize = 25;

/// `show`
pub async fn show(desk: &Desk<'_>, id: &CaseId, full: bool) -> Outcome {
    let case = desk.case(id).await?;
    let mut answer = head(&case);
    if full {
        let tags = tags(desk, &case.arn).await?;
        answer = lists(answer, &case);
        answer = list(answer, "Tags", pairs(&tags));
        answer = answer.line(Line::default().bold("Description")).say(&case.description);
    }
    Ok(answer.buttons(tray_buttons(&case, full)))
}

/// The action tray: what can be done with a case, as buttons.
pub async fn tray(desk: &Desk<'_>, id: &CaseId) -> Outcome {
    let case = desk.case(id).await?;
    Ok(head(&case).buttons(tray_buttons(&case, false)))
}

/// The tags of a case.
pub async fn tags(desk: &Desk<'_>, arn: &str) -> Result<Vec<(String, String)>, Stop> {
    match desk.call(Call::ListTagsForResource { arn: arn.to_owned() }).await? {
        sir::Answer::Tags(tags) => Ok(tags),
        _ => Err(super::context::strange("ListTagsForResource")),
    }
}

/// `list`
pub async fn list_cases(desk: &Desk<'_>, which: Which) -> Outcome {
    let (mut cases, all) = latest(desk).await?;
    cases.retain(|case| (case.status == Status::Closed) == (which == Which::Closed));
    if which == Which::Mine {
        cases = watched(desk, cases).await?;
    }
    let headline = match (which, cases.len()) {
        (Which::Open, 0) => "No case is open.".to_owned(),
        (Which::Closed, 0) => "No case was closed.".to_owned(),
        (Which::Mine, 0) => "You watch no open case.".to_owned(),
        (Which::Open, count) => format!("Open cases: {count}"),
        (Which::Closed, count) => format!("Closed cases: {count}"),
        (Which::Mine, count) => format!("Open cases that you watch: {count}"),
    };
    let mut answer = Answer::of(Line::default().bold(headline));
    for case in cases.iter().take(SHOWN) {
        answer = answer.line(summary(case));
    }
    if cases.len() > SHOWN || !all {
        answer = answer.say("These are the latest. The others are in the AWS console.");
    }
    Ok(answer
        .buttons(cases.iter().take(5).map(|case| open_button(case, &Ask::Show { full: false })).collect()))
}

/// Asks which case is meant, with the latest five open ones as buttons that ask `ask` of it.
pub async fn which(desk: &Desk<'_>, ask: &Ask) -> Outcome {
    let (mut cases, _) = latest(desk).await?;
    cases.retain(|case| case.status != Status::Closed);
    if cases.is_empty() {
        return Ok(Answer::of(Line::of("No case is open. Open one with ").code("new").text("."))
            .give_back(&desk.typed())
            .buttons(vec![Button::run("New case", Ask::New { title: None })]));
    }
    cases.truncate(5);
    let answer = match ask {
        Ask::Tray => Answer::of(Line::default().bold("The latest open cases")),
        _ => Answer::of(
            Line::of("Which case? Choose one, or begin with its id: ")
                .code(format!("{} …", cases[0].id))
                .text("."),
        ),
    };
    let answer = cases.iter().fold(answer, |answer, case| answer.line(summary(case)));
    let buttons: Vec<_> = cases.iter().map(|case| open_button(case, ask)).collect();
    // Slack takes 2,000 characters in a button: a longer text has to be given back instead.
    match buttons.iter().all(|button| button.value.chars().count() <= 2_000) {
        true if *ask == Ask::Tray => {
            let new = Button::run("New case", Ask::New { title: None });
            Ok(answer.buttons(buttons).buttons(vec![new]))
        }
        true => Ok(answer.buttons(buttons)),
        false => Ok(answer.give_back(&desk.typed())),
    }
}

/// The open cases, the latest first, and those of them that the person watches.
pub async fn open(desk: &Desk<'_>) -> Result<(Vec<CaseSummary>, Vec<CaseSummary>), Stop> {
    let (mut cases, _) = latest(desk).await?;
    cases.retain(|case| case.status != Status::Closed);
    let mine = watched(desk, cases.clone()).await?;
    Ok((cases, mine))
}

/// All cases, the latest first; `false` if there are more than could be read.
pub async fn latest(desk: &Desk<'_>) -> Result<(Vec<CaseSummary>, bool), Stop> {
    let open = |answer| match answer {
        sir::Answer::Cases(page) => Some(page),
        _ => None,
    };
    let (mut cases, all) = desk.pages(|next| Call::ListCases { next }, open, |_| false).await?;
    cases.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
    cases.dedup_by(|a, b| a.id == b.id);
    Ok((cases, all))
}

async fn watched(desk: &Desk<'_>, cases: Vec<CaseSummary>) -> Result<Vec<CaseSummary>, Stop> {
    let Some(email) = &desk.person.email else { return Ok(Vec::new()) };
    let mut mine = Vec::new();
    for summary in cases.into_iter().take(READ) {
        let case = desk.case(&summary.id).await?;
        if case.watchers.iter().any(|watcher| watcher.email.eq_ignore_ascii_case(email)) {
            mine.push(summary);
        }
    }
    Ok(mine)
}

fn open_button(case: &CaseSummary, ask: &Ask) -> Button {
    let line = command::Line { case: Some(case.id.clone()), ask: ask.clone() };
    Button::run(cut(&case.title, 75), line)
}

fn summary(case: &CaseSummary) -> Line {
    Line::default().bold(case.id.as_str()).text("  ").text(cut(&case.title, 120)).text(format!(
        "\n{}, next move: {}, changed {}",
        case.status.as_str(),
        next_move_of(case),
        format_time(case.updated)
    ))
}

fn head(case: &Case) -> Answer {
    let resolver = match case.resolver {
        Resolver::Aws => "AWS",
        Resolver::Own => "your team",
    };
    let lines = [
        format!("Status: {}", case.status.as_str()),
        format!("Next move: {}", next_move(case)),
        format!("Worked by: {resolver}"),
        format!("Type: {}", case.engagement),
        format!("Made: {}, last changed: {}", format_time(case.created), format_time(case.updated)),
        format!("Began: {} (reported: {})", format_time(case.actual_start), format_time(case.reported_start)),
    ];
    let closing = case.is_closed().then(|| {
        let why = case.closure.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("Closed: {}{why}", format_time(case.closed))
    });
    Answer::of(Line::default().bold(case.id.as_str()).text("  ").bold(&case.title))
        .say(lines.into_iter().chain(closing).collect::<Vec<_>>().join("\n"))
}

fn lists(answer: Answer, case: &Case) -> Answer {
    let watchers = case.watchers.iter().map(|watcher| watcher.email.clone());
    let actors = case.actors.iter().map(|actor| match &actor.user_agent {
        Some(agent) => format!("{} ({agent})", actor.ip),
        None => actor.ip.clone(),
    });
    let files = case.attachments.iter().map(|file| format!("{} ({})", file.name, file.status));
    let answer = list(answer, "Accounts", case.accounts.clone());
    let answer = list(answer, "Regions", case.regions.clone());
    let answer = list(answer, "Services", case.services.clone());
    let answer = list(answer, "Watchers", watchers.collect());
    let answer = list(answer, "Addresses of the threat actor", actors.collect());
    let answer = list(answer, "Files", files.collect());
    list(answer, "Metadata", pairs(&case.metadata))
}

fn list(answer: Answer, name: &str, items: Vec<String>) -> Answer {
    match items.is_empty() {
        true => answer,
        false => answer.line(Line::default().bold(format!("{name}: ")).text(items.join(", "))),
    }
}

fn pairs(pairs: &[(String, String)]) -> Vec<String> {
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect()
}

/// What can be done with a case. AWS alone sets the status of a case that it works.
fn tray_buttons(case: &Case, full: bool) -> Vec<Button> {
    let ask = |label: &str, ask| Button::run(label, command::Line { case: Some(case.id.clone()), ask });
    let mut buttons = vec![ask("Comments", Ask::Comments { count: 5 })];
    if !full {
        buttons.push(ask("Show all", Ask::Show { full: true }));
    }
    if !case.is_closed() {
        buttons.push(ask("Comment", Ask::Comment { text: None }));
        if case.resolver == Resolver::Own {
            buttons.push(ask("Status", Ask::Status { to: None }));
        }
        buttons.push(ask("Watch", Ask::Watch { people: Vec::new() }));
        buttons.push(ask("Edit", Ask::Edit));
        buttons.push(ask("Files", Ask::Files));
        buttons.push(ask("Attach", Ask::Attach));
        if case.resolver == Resolver::Aws {
            buttons.push(ask("AI agent", Ask::Ai));
        }
        buttons.push(Button { danger: true, ..ask("Close", Ask::Close) });
    }
    buttons
}
