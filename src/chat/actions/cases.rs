//! A case as it stands, and the lists of cases.

use std::cell::Cell;

use futures_util::future::try_join_all;

use super::{
    context::{ActionError, CommandContext, Outcome},
    home, need_to_know,
    next_move::NextMove,
};
use crate::{
    aws::sir::ask,
    case::{Case, CaseId, CaseSummary, Resolver, Status, text::cut},
    chat::{
        language::command::{CaseFilter, ClockChange, Command},
        reply::{Button, Paragraph, Reply},
    },
};

/// The most cases of a list that are shown: the newest.
const SHOWN: usize = 25;

/// The most cases that are read one by one, because they were told nowhere yet: at five a second, five seconds.
const READ: usize = 25;

pub(crate) async fn show(context: &CommandContext<'_>, id: &CaseId, full: bool) -> Outcome {
    let (case, next) = NextMove::beside(context, id).await?;
    let answer = if full { whole(context, &case, next).await? } else { head(&case, next) };
    Ok(answer.buttons(tray_buttons(&case, full)))
}

/// All that is known of a case, without anything to press.
pub(crate) async fn in_full(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let (case, next) = NextMove::beside(context, id).await?;
    whole(context, &case, next).await
}

async fn whole(context: &CommandContext<'_>, case: &Case, next: NextMove) -> Outcome {
    let tags = tags(context, &case.arn).await?;
    let answer = list(lists(head(case, next), case), "Tags", pairs(&tags));
    Ok(answer.line(Paragraph::default().bold("Description")).say(&case.description))
}

pub(crate) async fn tray(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let (case, next) = NextMove::beside(context, id).await?;
    Ok(head(&case, next).buttons(tray_buttons(&case, false)))
}

pub(crate) async fn tags(
    context: &CommandContext<'_>,
    arn: &str,
) -> Result<Vec<(String, String)>, ActionError> {
    context.ask(ask::tags(arn)).await
}

pub(crate) async fn list_cases(context: &CommandContext<'_>, which: CaseFilter) -> Outcome {
    let (mut cases, all) = latest(context).await?;
    cases.retain(|case| (case.status == Status::Closed) == (which == CaseFilter::Closed));
    if which == CaseFilter::Mine {
        cases = mine(context, cases).await?;
    }
    let headline = match (which, cases.len()) {
        (CaseFilter::Open, 0) => "No case is open.".to_owned(),
        (CaseFilter::Closed, 0) => "No case was closed.".to_owned(),
        (CaseFilter::Mine, 0) => "You have, and watch, no open case.".to_owned(),
        (CaseFilter::Open, count) => format!("Open cases: {count}"),
        (CaseFilter::Closed, count) => format!("Closed cases: {count}"),
        (CaseFilter::Mine, count) => format!("Open cases that you have or watch: {count}"),
    };
    let mut answer = Reply::of(Paragraph::default().bold(headline));
    let shown = &cases[..cases.len().min(SHOWN)];
    for line in summaries(context, shown).await? {
        answer = answer.line(line);
    }
    if cases.len() > SHOWN || !all {
        answer = answer.say("These are the latest. The others are in the AWS console.");
    }
    Ok(answer.buttons(
        cases.iter().take(5).map(|case| open_button(case, &Command::Show { full: false })).collect(),
    ))
}

/// Asks which case is meant, with the latest five open ones as buttons that ask `ask` of it.
pub(crate) async fn which(context: &CommandContext<'_>, command: &Command) -> Outcome {
    let (mut cases, _) = latest(context).await?;
    cases.retain(|case| case.status != Status::Closed);
    if cases.is_empty() {
        return Ok(Reply::of(Paragraph::of("No case is open. Open one with ").code("new").text("."))
            .give_back(&context.typed())
            .buttons(vec![Button::run("New case", Command::New { title: None })]));
    }
    cases.truncate(5);
    let answer = match command {
        Command::Tray => Reply::of(Paragraph::default().bold("The latest open cases")),
        _ => Reply::of(
            Paragraph::of("Which case? Choose one, or begin with its id: ")
                .code(format!("{} …", cases[0].id))
                .text("."),
        ),
    };
    let answer = summaries(context, &cases).await?.into_iter().fold(answer, Reply::line);
    let buttons: Vec<_> = cases.iter().map(|case| open_button(case, command)).collect();
    // Slack takes 2,000 characters in a button: a longer text has to be given back instead.
    match buttons.iter().all(|button| button.value.chars().count() <= 2_000) {
        true if *command == Command::Tray => {
            let new = Button::run("New case", Command::New { title: None });
            Ok(answer.buttons(buttons).buttons(vec![new]))
        }
        true => Ok(answer.buttons(buttons)),
        false => Ok(answer.give_back(&context.typed())),
    }
}

/// All cases, the latest first; `false` if there are more than could be read.
pub(crate) async fn latest(context: &CommandContext<'_>) -> Result<(Vec<CaseSummary>, bool), ActionError> {
    latest_of(context, usize::MAX).await
}

/// The same of no more than the first so many pages.
pub(crate) async fn latest_of(
    context: &CommandContext<'_>,
    pages: usize,
) -> Result<(Vec<CaseSummary>, bool), ActionError> {
    let read = Cell::new(0);
    let enough = |_: &[CaseSummary]| read.replace(read.get() + 1) + 1 >= pages;
    let (mut cases, all) = context.pages(ask::cases, enough).await?;
    cases.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
    cases.dedup_by(|a, b| a.id == b.id);
    Ok((need_to_know::visible(context, cases).await?, all))
}

/// Those that whoever asks has, or watches: as the table knows them, which costs no call.
async fn mine(
    context: &CommandContext<'_>,
    cases: Vec<CaseSummary>,
) -> Result<Vec<CaseSummary>, ActionError> {
    let known = try_join_all(cases.iter().map(|case| home::is_mine(context, case))).await?;
    let (mut mine, mut read) = (Vec::new(), 0);
    for (summary, known) in cases.into_iter().zip(known) {
        let is_mine = match known {
            Some(known) => known,
            None if read == READ => false,
            None => {
                read += 1;
                let email = context.person.email.as_deref().unwrap_or_default();
                let case = context.case(&summary.id).await?;
                case.watchers.iter().any(|watcher| watcher.email.eq_ignore_ascii_case(email))
            }
        };
        mine.extend(is_mine.then_some(summary));
    }
    Ok(mine)
}

fn open_button(case: &CaseSummary, command: &Command) -> Button {
    let line = command.clone().on(&case.id);
    Button::run(cut(&case.title, 75), line)
}

async fn summaries(
    context: &CommandContext<'_>,
    cases: &[CaseSummary],
) -> Result<Vec<Paragraph>, ActionError> {
    let each = cases.iter().map(async |case| Ok(summary(case, NextMove::of_summary(context, case).await?)));
    try_join_all(each).await
}

fn summary(case: &CaseSummary, next: NextMove) -> Paragraph {
    Paragraph::default()
        .bold(case.id.as_str())
        .text("  ")
        .text(cut(&case.title, 120))
        .text(format!("\n{}, next move: {}, changed ", case.status.as_str(), next.who()))
        .date(case.updated)
}

fn head(case: &Case, next: NextMove) -> Reply {
    let resolver = match case.resolver {
        Resolver::Aws => "AWS",
        Resolver::Own => "your team",
    };
    let facts = Paragraph::of(format!("Status: {}", case.status.as_str()))
        .text(format!("\nNext move: {}", next.who()))
        .text(format!("\nWorked by: {resolver}\nType: "))
        .text(&case.engagement)
        .text("\nOpened: ")
        .date(case.created)
        .text(", last changed: ")
        .date(case.updated)
        .text("\nBegan: ")
        .date(case.actual_start)
        .text(" (reported: ")
        .date(case.reported_start)
        .text(")");
    let facts = match case.is_closed() {
        true => {
            let why = case.closure.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
            facts.text("\nClosed: ").date(case.closed).text(why)
        }
        false => facts,
    };
    Reply::of(Paragraph::default().bold(case.id.as_str()).text("  ").bold(&case.title)).line(facts)
}

fn lists(answer: Reply, case: &Case) -> Reply {
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
    let answer = list(answer, "Threat actor addresses", actors.collect());
    let answer = list(answer, "Files", files.collect());
    list(answer, "Metadata", pairs(&case.metadata))
}

fn list(answer: Reply, name: &str, items: Vec<String>) -> Reply {
    match items.is_empty() {
        true => answer,
        false => answer.line(Paragraph::default().bold(format!("{name}: ")).text(items.join(", "))),
    }
}

fn pairs(pairs: &[(String, String)]) -> Vec<String> {
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect()
}

/// What can be done with a case. AWS alone sets the status of a case that it works.
fn tray_buttons(case: &Case, full: bool) -> Vec<Button> {
    let command = |label: &str, command: Command| Button::run(label, command.on(&case.id));
    let mut buttons = vec![command("Comments", Command::Comments { count: 5 })];
    if !full {
        buttons.push(command("Show all", Command::Show { full: true }));
    }
    if !case.is_closed() {
        buttons.push(command("Comment", Command::Comment { text: None }));
        if case.resolver == Resolver::Own {
            buttons.push(command("Status", Command::Status { to: None }));
        }
        buttons.push(command("Watch", Command::Watch { people: Vec::new() }));
        buttons.push(command("Edit", Command::Edit));
        buttons.push(command("Files", Command::Files));
        buttons.push(command("Attach", Command::Attach));
        if case.resolver == Resolver::Aws {
            buttons.push(command("AI agent", Command::Ai));
        }
        buttons.push(command("Brief", Command::Brief { post: false }));
        buttons.push(command(
            "Clocks",
            Command::Clock { name: None, change: ClockChange::Start { from: None } },
        ));
        buttons.push(Button { danger: true, ..command("Close", Command::Close) });
    }
    buttons
}
