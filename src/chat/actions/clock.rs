//! Which clocks run on a case, and what they are counted to. When one starts a person says: nothing that happens on a
//! case is what a rule means by "aware".

use super::{
    context::{ActionError, CommandContext, Outcome},
    own_clock,
};
use crate::{
    case::{Case, CaseId, Resolver, Seconds},
    chat::{
        language::{
            command::{ClockChange, Command},
            user_error::nearest,
        },
        reply::{Button, Paragraph, Reply},
    },
    state::case_clocks::{self, CaseClock},
    targets::telling::{FIRST_RESPONSE, deadline},
};

/// `clock`: those that run, and those that can be started.
pub(crate) async fn show(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let running = running(context, id).await?;
    let case = context.case(id).await?;
    let head = match running.is_empty() {
        true => Paragraph::of("No clock runs for case ").bold(id.as_str()).text("."),
        false => of(id).text(" has these clocks:"),
    };
    let mut answer = Reply::of(head);
    for clock in &running {
        let starter = context.profile(&clock.by).await?.map(|person| person.name);
        answer = answer.line(told(context, clock, starter.as_deref()));
    }
    let answer = match first_response(&case) {
        Some(at) => answer.line(
            Paragraph::of("AWS's first response: by ").date(at).text(", with every reasonable effort."),
        ),
        None => answer,
    };
    let idle = context.settings.notify.clocks.keys();
    let idle = idle.filter(|name| !running.iter().any(|clock| clock.name == **name));
    let start = |name| Command::Clock { name, change: ClockChange::Start { from: None } }.on(id);
    let now = |name: &String| Button::run(format!("Start {name} now"), start(Some(name.clone())));
    let mut buttons: Vec<_> = idle.take(4).map(now).collect();
    if !context.settings.notify.clocks.is_empty() {
        buttons.push(Button::run("Start one from a moment…", start(None)));
    }
    Ok(answer.buttons(buttons))
}

/// `clock NAME [from WHEN]`: it runs from then, whether it ran before or not.
pub(crate) async fn start(
    context: &CommandContext<'_>,
    id: &CaseId,
    (typed, from): (&str, Option<&str>),
) -> Outcome {
    let name = named(context, typed)?;
    let asked = context.job.at / 1_000;
    let start = match from {
        None => Some(asked),
        Some(words) => own_clock::moment(context, Some(words)).await?,
    };
    let Some(start) = start else {
        let why = Paragraph::of("That is not a moment that I can read. Write it as ").text(LOCAL_FORMS);
        return Err(Reply::of(why.text(".")).give_back(&context.typed()).into());
    };
    if start > asked {
        return Err(
            context.refuse("That moment has not come yet. A clock starts now, or at a time in the past.")
        );
    }
    context.case(id).await?;
    let clock = CaseClock { name: name.clone(), start, by: context.job.user.clone() };
    let at = (id, context.world.now());
    case_clocks::change(context.world.store(), at, |all| {
        all.retain(|other| other.name != name);
        all.push(clock.clone());
    })
    .await?;
    context.changed_here(id).await?;
    Ok(Reply::of(of(id).text(":")).line(told(context, &clock, Some(&context.person.name))))
}

/// `clock NAME stop`: nobody is reminded of it any more.
pub(crate) async fn stop(context: &CommandContext<'_>, id: &CaseId, typed: &str) -> Outcome {
    let running = running(context, id).await?;
    let Some(clock) = running.iter().find(|clock| clock.name.eq_ignore_ascii_case(typed)) else {
        return Err(context.refuse(format!("No clock {typed} runs on case {id}.")));
    };
    let at = (id, context.world.now());
    case_clocks::change(context.world.store(), at, |all| all.retain(|other| other.name != clock.name))
        .await?;
    context.changed_here(id).await?;
    Ok(Reply::of(
        Paragraph::of("The clock ")
            .bold(&clock.name)
            .text(" of case ")
            .bold(id.as_str())
            .text(" is stopped."),
    ))
}

const LOCAL_FORMS: &str = "2h ago, yesterday 14:00, today 9:30, 2026-11-20 14:00 (on your own clock, as Slack knows it), or \
                           2026-11-20T14:00:00Z";

async fn running(context: &CommandContext<'_>, id: &CaseId) -> Result<Vec<CaseClock>, ActionError> {
    context.or_parked(case_clocks::of(context.world.store(), id).await)
}

/// The settings' own name of a clock.
fn named(context: &CommandContext<'_>, typed: &str) -> Result<String, ActionError> {
    let known = &context.settings.notify.clocks;
    if let Some(name) = known.keys().find(|name| name.eq_ignore_ascii_case(typed)) {
        return Ok(name.clone());
    }
    if known.is_empty() {
        return Err(
            context.refuse("The settings have no clocks: whoever deployed the bridge adds [notify.clocks].")
        );
    }
    let names: Vec<_> = known.keys().map(String::as_str).collect();
    let near = nearest(typed, names.iter().copied());
    let why = match near {
        Some(near) => format!("There is no clock {typed}. Is it {near}?"),
        None => format!("There is no clock {typed}. There are: {}.", names.join(", ")),
    };
    Err(context.refuse(why))
}

/// Its start, said back on the reader's own clock, and its deadlines.
/// Who started it stands there by name, where Slack tells it.
fn told(context: &CommandContext<'_>, clock: &CaseClock, starter: Option<&str>) -> Paragraph {
    let line = Paragraph::default().bold(&clock.name).text(" runs from ").date(clock.start);
    let line = match starter {
        Some(name) => line.text(", started by ").text(name),
        None => line,
    };
    let deadlines = context.settings.notify.clocks.get(&clock.name).into_iter().flatten();
    let mut deadlines: Vec<(Seconds, &String)> =
        deadlines.map(|(name, hours)| (deadline(clock.start, *hours), name)).collect();
    deadlines.sort();
    deadlines.into_iter().fold(line, |line, (at, name)| {
        let passed = at * 1_000 <= context.world.now();
        line.text(format!("\n{name}: ")).date(at).text(if passed { " (passed)" } else { "" })
    })
}

pub(crate) fn next(
    context: &CommandContext<'_>,
    (case, answered): (&Case, bool),
    clocks: &[CaseClock],
) -> Option<(String, Seconds)> {
    let now = context.world.now();
    let first = first_response(case).filter(|at| !answered && at * 1_000 > now);
    let first = first.map(|at| ("AWS's first response".to_owned(), at));
    deadlines(context, clocks).chain(first).min_by_key(|(_, at)| *at)
}

/// The deadlines of clocks that are still to come.
pub(crate) fn deadlines(
    context: &CommandContext<'_>,
    clocks: &[CaseClock],
) -> impl Iterator<Item = (String, Seconds)> {
    let of = |clock: &CaseClock| {
        let (name, start) = (clock.name.clone(), clock.start);
        let deadlines = context.settings.notify.clocks.get(&clock.name).into_iter().flatten();
        deadlines.map(move |(what, hours)| (format!("{name}, {what}"), deadline(start, *hours)))
    };
    let now = context.world.now();
    clocks.iter().flat_map(of).filter(move |(_, at)| at * 1_000 > now)
}

/// When AWS is to have answered first, while it has not.
fn first_response(case: &Case) -> Option<Seconds> {
    let waits = case.resolver == Resolver::Aws && case.status == crate::case::Status::Submitted;
    case.created.filter(|_| waits && !case.is_closed()).map(|created| created + FIRST_RESPONSE)
}

fn of(id: &CaseId) -> Paragraph {
    Paragraph::of("Case ").bold(id.as_str())
}
