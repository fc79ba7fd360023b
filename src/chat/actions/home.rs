//! A person's home page: the open cases, theirs first, whose move it is, since when, who has each and what waits. One or two
//! calls of the service, however many cases there are: all else is what the table knows.

use futures_util::future::try_join_all;
use serde_json::json;

use super::{
    authorised, cases, clock,
    context::{ActionError, CommandContext, Outcome},
    links,
    next_move::NextMove,
};
use crate::{
    case::{CaseSummary, Seconds, Status, text::cut},
    chat::{
        language::command::{CaseFilter, Command},
        reply::{Button, Paragraph, Reply},
    },
    http::Failure,
    state::{
        Note, case_clocks,
        notes::{CaseNote, PlaceNote},
        owner::{self, Owner},
    },
    targets::{content::Links, slack},
};

/// The most cases that the page shows: Slack takes 100 blocks.
const SHOWN: usize = 25;

/// The most pages of ListCases that are read for it.
const PAGES: usize = 2;

pub(crate) async fn show(context: &CommandContext<'_>) -> Outcome {
    let page = match page(context).await {
        Err(ActionError::Said(answer)) if answer.is_silence() => return Ok(answer),
        Err(ActionError::Said(answer)) => answer,
        page => page?,
    };
    let view = json!({ "type": "home", "blocks": page.view_blocks() });
    match context.slack.publish_view(&context.job.user, &view).await {
        Ok(_) => Ok(Reply::silence()),
        Err(failure @ (Failure::NotApplied { .. } | Failure::Unknown { .. })) => Err(failure.into()),
        Err(failure) => {
            tracing::warn!(%failure, "a home page could not be set");
            Ok(Reply::silence())
        }
    }
}

async fn page(context: &CommandContext<'_>) -> Outcome {
    authorised(context, &Command::List { which: CaseFilter::Mine }, None).await?;
    let (mut open, all) = cases::latest_of(context, PAGES).await?;
    open.retain(|case| case.status != Status::Closed);
    let cases = try_join_all(open.into_iter().map(|case| HomeCase::known(context, case))).await?;
    let (mine, others): (Vec<_>, Vec<_>) = cases.into_iter().partition(|case| case.is_mine);
    let new = Button::run("New case", Command::New { title: None });
    let answer = Reply::default().buttons(vec![new]);
    let answer = section(answer, ["Your cases", "You have, and watch, no open case."], &mine);
    let room = SHOWN.saturating_sub(mine.len());
    let answer =
        section(answer, ["Other open cases", "No other case is open."], &others[..others.len().min(room)]);
    Ok(match all && mine.len() <= SHOWN && others.len() <= room {
        true => answer,
        false => answer.say("There are more cases: see the AWS console."),
    })
}

fn section(answer: Reply, [title, none]: [&str; 2], cases: &[HomeCase]) -> Reply {
    let answer = answer.line(Paragraph::default().bold(title));
    if cases.is_empty() {
        return answer.say(none);
    }
    cases.iter().take(SHOWN).fold(answer, |answer, case| {
        let tray = Command::Tray.on(&case.case.id);
        answer.line(case.told()).buttons(vec![Button::run("Open", tray)])
    })
}

/// An open case, and what the table knows of it.
struct HomeCase {
    case: CaseSummary,
    next: NextMove,
    owner: Option<Owner>,
    deadline: Option<(String, Seconds)>,
    links: Links,
    /// Whoever looks has it, or watches it.
    is_mine: bool,
    /// What it was told of says who watches it.
    is_told: bool,
}

/// Whether whoever asks has the case, or watches it; `None` of one that was told nowhere yet.
pub(super) async fn is_mine(
    context: &CommandContext<'_>,
    case: &CaseSummary,
) -> Result<Option<bool>, ActionError> {
    let HomeCase { is_mine, is_told, .. } = HomeCase::known(context, case.clone()).await?;
    Ok((is_mine || is_told).then_some(is_mine))
}

impl HomeCase {
    /// What cannot be read is left out: the page shows many cases.
    async fn known(context: &CommandContext<'_>, case: CaseSummary) -> Result<Self, ActionError> {
        let (store, id) = (context.world.store(), &case.id);
        let names = [owner::name(id), case_clocks::name(id)];
        let (meta, notes) = futures_util::future::join(store.meta(id), store.notes(&names)).await;
        let (meta, mut notes) = (context.or_left_out(meta)?, notes?.into_iter());
        let meta = meta.unwrap_or_default();
        let owner = context.or_left_out(owner::read(id, notes.next().flatten()))?;
        let clocks = context.or_left_out(case_clocks::read(id, notes.next().flatten()))?;
        let (note, _) = context.or_left_out(meta.note::<CaseNote>(id, Note::Case))?;
        let (told, _) = context.or_left_out(meta.note::<PlaceNote>(id, Note::Of(slack::KIND)))?;
        let facts = told.facts;
        let email = context.person.email.as_deref();
        let is_told = facts.is_some();
        let watches = facts.zip(email).is_some_and(|(facts, email)| facts.is_watched_by(email));
        let has = owner.as_ref().is_some_and(|owner| owner.user == context.job.user);
        Ok(Self {
            next: NextMove::by(&case, note),
            deadline: clock::deadlines(context, &clocks).min_by_key(|(_, at)| *at),
            links: links::in_meta(context, id, Some(&meta)).unwrap_or_default(),
            is_mine: has || watches,
            is_told,
            owner,
            case,
        })
    }

    fn told(&self) -> Paragraph {
        let Self { case, next, .. } = self;
        let waits = if case.waits_for_customer && next.is_ours() { ". AWS waits for an answer" } else { "" };
        let line = Paragraph::default()
            .bold(case.id.as_str())
            .text("  ")
            .text(cut(&case.title, 120))
            .text(format!("\n{}, next move: {}, since ", case.status.as_str(), next.who()))
            .date(next.since.or(case.updated))
            .text(waits);
        let line = match &self.owner {
            Some(owner) => line.text("\nOwner: ").text(&owner.name),
            None => line.text("\nOwner: nobody yet"),
        };
        let line = match &self.deadline {
            Some((what, at)) => line.text(format!(". Next deadline: {what}, ")).date(*at),
            None => line,
        };
        links::after(line.text("\n"), &self.links)
    }
}
