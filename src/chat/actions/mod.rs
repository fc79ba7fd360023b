//! A job is done once, and answered the same however often it is delivered.
//!
//! The record of a command is begun before anything is done and holds its answer at the end: a repetition is answered
//! from it. In between, each step can be taken again: a `clientToken` where the service knows one, elsewhere a comparison
//! of what is with what is wanted (`compare_and_set`).

pub mod adopt;
mod ai;
mod attach;
mod authority;
mod begin_anew;
mod brief;
mod card;
mod cases;
mod clock;
mod close;
mod comment_edits;
mod comments;
mod compare_and_set;
mod confirm;
mod context;
mod deeds;
pub(crate) mod diagnostics;
mod dispatch;
mod fault;
mod fields;
mod files;
pub(crate) mod findings;
mod floor;
mod forms;
mod freeze;
mod history;
mod home;
mod hub;
mod issue;
mod issue_comments;
mod issue_files;
mod issue_moves;
mod links;
mod listening;
mod lists;
mod machine;
mod membership;
mod naming;
mod need_to_know;
mod next_move;
mod older;
mod origins;
mod own_clock;
mod owner;
mod parts;
mod receipts;
mod resolved;
mod restrict;
mod retry;
mod routes;
mod second;
mod speech;
mod status;
mod stays;
mod submit;
mod tags;
pub mod terminal;
mod withdrawal;
mod withheld;

use std::borrow::Cow;

use futures_util::future::join;

use self::{
    authority::authorised,
    context::{ActionError, CommandContext, Outcome, RECORD_TTL},
    findings::{AuditEnd, Findings, Refusal, record},
    resolved::{ResolvedAction, ResolvedJob, changes, work},
    retry::{MENDED, WAIT, is_for_now, is_soon_over},
};
use super::{deliver, reply::Reply};
use crate::{
    case::{CaseId, Millis},
    chat::{
        ingress::{
            act::CommandKey,
            action::Action,
            context::ChatContext,
            job::{Job, case_of},
        },
        language::{
            command::{Command, CommandLine, HubCommand, MembershipCommand},
            verbs::{self, Subject},
        },
        policy::{
            confirmation::{Confirmation, ConfirmationError},
            identity::Profile,
            length, roles, secret_scan,
            since::TooOld,
        },
    },
    runtime::{World, gate, note},
    state::{self, Store, Unread, restricted},
    targets::{
        jira::Jira,
        slack::{self, known},
    },
    telemetry::audit::AuditOutcome,
};

/// So long the inbox brings a job again by itself, five times at most.
const TOLD_FOR: Millis = 30 * 60 * 1_000;

/// Nobody knows yet what became of the job: it must be delivered again. For the log: never a text or a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Redeliver {
    /// Somebody did not answer, or not as hoped.
    #[error("{0}")]
    Unknown(String),
    /// The table does not let us; with which code it says so.
    #[error("the table does not let us ({0})")]
    Denied(String),
    /// A record cannot be read.
    #[error(transparent)]
    Unreadable(Unread),
}

impl<E: Into<ActionError>> From<E> for Redeliver {
    fn from(error: E) -> Self {
        match error.into() {
            ActionError::Trouble(why) | ActionError::Later(why) => Self::Unknown(why),
            ActionError::Denied(code) => Self::Denied(code),
            ActionError::Unreadable(record) => Self::Unreadable(record),
            ActionError::Failed(failure) => Self::Unknown(failure.to_string()),
            ActionError::Said(_) | ActionError::Unsettled(_) | ActionError::HandedOn => {
                Self::Unknown("an answer where none was due".to_owned())
            }
        }
    }
}

/// Does a job and answers it.
///
/// # Errors
/// It must be delivered again.
pub async fn execute(chat: &ChatContext<'_>, job: &Job) -> Result<(), Redeliver> {
    if let Action::JiraChanged { issue } = &job.action {
        return Ok(issue_comments::heard(chat, job, issue).await?);
    }
    if let Action::JiraFile { issue, file } = &job.action {
        return Ok(issue_files::take(chat, job, (issue, file)).await?);
    }
    let (slack, begun) = (chat.slack(), Begun::read(chat, job).await);
    let answer = match retry::known(chat, job).await? {
        Ok(Some(person)) => recorded(chat, job, &person, &begun).await?,
        // Whoever it was: what nobody reads there any more is taken back.
        _ if matches!(job.action, Action::Deleted { .. }) => {
            recorded(chat, job, &withdrawal::somebody(job), &begun).await?
        }
        Ok(None) => Answered::kept(
            refused(chat, job, Reply::says("This workspace does not know you. Nothing was done.")).await?,
        ),
        Err(answer) => Answered::kept(refused(chat, job, answer).await?),
    };
    let Answered { reply, keep, .. } = answer;
    let keep = async {
        match &keep {
            Some(key) => finish(chat.world.store(), key, &reply).await.map(drop),
            None => Ok(()),
        }
    };
    let (sent, kept) = join(deliver::send(&slack, job, &reply), keep).await;
    kept?;
    sent?;
    receipts::answered(&slack, job, &reply).await;
    Ok(())
}

/// What is read at once before a job is done.
struct Begun {
    at: Millis,
    /// The case of the thread, else of the channel.
    here: state::Result<Option<CaseId>>,
}

impl Begun {
    /// With what is known of who asks and who reads along. What the table does not tell now is asked again.
    async fn read(chat: &ChatContext<'_>, job: &Job) -> Self {
        let at = chat.world.now();
        let channel = job.place.channel.as_ref().map(|channel| known::Fact::Channel(channel).to_string());
        let person = known::Fact::Person(&job.user).to_string();
        let names = [person, gate::quiet_note(slack::KIND), restricted::NAME.to_owned()];
        let names: Vec<String> = names.into_iter().chain(channel).collect();
        note::forget(chat.world, &[restricted::NAME.to_owned()]);
        let (_, here) = join(note::fetch(chat.world, &names), here(chat.world, job)).await;
        Self { at, here }
    }
}

/// An answer, and the record that is to hold it where it does not yet: of what changed nothing a second try would only
/// answer once more.
struct Answered {
    reply: Reply,
    keep: Option<CommandKey>,
    outcome: AuditOutcome,
}

impl Answered {
    fn kept(reply: Reply) -> Self {
        Self { reply, keep: None, outcome: AuditOutcome::NotDone }
    }
}

/// Refuses somebody of whom nothing is known, and every delivery with the same words. The record of what was said in a
/// thread stays open: the hourly check finds it again once Slack tells who said it.
async fn refused(chat: &ChatContext<'_>, job: &Job, answer: Reply) -> Result<Reply, Redeliver> {
    let (store, key) = (chat.world.store(), job.key());
    match begin(chat, job, &key).await? {
        Some(state::Command { answer: Some(answer), .. }) => read(&key, &answer),
        known if job.is_a_message() => Ok(for_now(chat, known.map(|known| known.since), answer)),
        None => {
            findings::refused(chat.world, job, Refusal::of(None, "nobody knows who it is")).await;
            finish(store, &key, &answer).await
        }
        // An earlier delivery may have done it: that nothing was done would be a lie.
        Some(_) => Err(Redeliver::Unknown("nobody knows whose command it is, and it was begun".to_owned())),
    }
}

/// What is said while the record stays open. The check brings a reply each hour; that nothing became of it is told
/// while the inbox itself brings it, and not each hour.
fn for_now(chat: &ChatContext<'_>, first: Option<Millis>, answer: Reply) -> Reply {
    match first.is_some_and(|first| chat.world.now() - first > TOLD_FOR) {
        true => Reply::silence(),
        false => answer,
    }
}

/// Writes down that a command was begun; what is known of it where it was begun before.
async fn begin(
    chat: &ChatContext<'_>,
    job: &Job,
    key: &CommandKey,
) -> Result<Option<state::Command>, Redeliver> {
    let begun = state::Command { job: written(job), since: job.at, answer: None };
    Ok(chat.world.store().begin(key.as_str(), &begun, chat.world.now() + RECORD_TTL).await?)
}

/// The answer from now on, unless there was one already.
async fn finish(store: &dyn Store, key: &CommandKey, answer: &Reply) -> Result<Reply, Redeliver> {
    let json = serde_json::to_string(answer).map_err(|error| Redeliver::Unknown(error.to_string()))?;
    read(key, &store.finish(key.as_str(), &json).await?)
}

async fn recorded(
    chat: &ChatContext<'_>,
    job: &Job,
    person: &Profile,
    begun: &Begun,
) -> Result<Answered, Redeliver> {
    let work = match work(chat, job, person) {
        Ok(work) => work,
        Err(rejected) => return Ok(Answered::kept(rejected.told(chat, job).await)),
    };
    // A message where no case is (yet) leaves no record: the hourly check finds it again once the thread is known.
    if work.is_a_message() && begun.here.clone()?.is_none() {
        return Ok(Answered::kept(Reply::silence()));
    }
    let (slack, jira, found) = (chat.slack(), chat.jira(), Findings::of(work.verb()));
    let context = CommandContext {
        world: chat.world,
        settings: chat.settings,
        job,
        key: &work.key,
        person,
        slack: &slack,
        jira: jira.as_ref(),
        secrets: chat.secrets,
        since: begun.at,
        again: false,
        found: &found,
    };
    // By whose roles a message is judged its case says, where there are routes.
    let here = begun.here.as_ref().ok().filter(|_| chat.settings.routes.is_empty());
    let (known, judged) = join(begin(chat, job, &work.key), judged(&context, &work, here)).await;
    let known = known?;
    let first = known.as_ref().map(|known| known.since);
    if let Some(answer) = known.and_then(|known| known.answer) {
        let reply = if work.is_a_part() { Reply::silence() } else { read(&work.key, &answer)? };
        return Ok(Answered::kept(reply));
    }
    let context = CommandContext { again: first.is_some() && work.changes(), ..context };
    if context.again {
        found.again();
    }
    // What was read as of a first delivery does not hold for a later one.
    let judged = judged.filter(|_| !context.again);
    let ended = done(&context, &work, (&begun.here, judged)).await;
    record(chat.world, job, &found, Ended::of(&ended)).await;
    let outcome = found.outcome(Ended::of(&ended));
    let answer = match ended? {
        Ended::Settled(answer) | Ended::Refused(answer) => answer,
        Ended::Unsettled(answer) => return Ok(Answered::kept(for_now(chat, first, answer))),
        Ended::HandedOn => return Ok(Answered::kept(Reply::silence())),
    };
    // A link to a file needs no other right to be used: it is kept nowhere.
    if matches!(
        &work.action,
        ResolvedAction::Asked { line: CommandLine { command: Command::Get { .. }, .. } }
    ) {
        return Ok(Answered { reply: answer, keep: None, outcome });
    }
    if !work.changes() {
        return Ok(Answered { reply: answer, keep: Some(work.key), outcome });
    }
    let reply = finish(chat.world.store(), &work.key, &answer).await?;
    Ok(Answered { reply, keep: None, outcome })
}

fn read(key: &CommandKey, answer: &str) -> Result<Reply, Redeliver> {
    Ok(state::read_answer(key.as_str(), answer)?)
}

/// The record says who did what kind of thing, where and when: not what was said, and not where to answer.
fn written(job: &Job) -> String {
    format!("{job:?}")
}

enum Ended {
    /// For good: every repetition is answered so.
    Settled(Reply),
    /// As well, and nothing was changed.
    Refused(Reply),
    /// For now: the record stays open.
    Unsettled(Reply),
    HandedOn,
}

impl Ended {
    fn of(ended: &Result<Self, Redeliver>) -> AuditEnd {
        match ended {
            Ok(Self::Settled(_) | Self::HandedOn) => AuditEnd::Answered,
            Ok(Self::Refused(_) | Self::Unsettled(_)) => AuditEnd::Refused,
            Err(_) => AuditEnd::Unknown,
        }
    }
}

/// Does it; where a call had no answer, once more after a moment: every step can be taken again. What took long is left
/// to the queue: it must end in time.
async fn done(
    context: &CommandContext<'_>,
    work: &ResolvedJob,
    (here, judged): (&state::Result<Option<CaseId>>, Option<Judged>),
) -> Result<Ended, Redeliver> {
    let first = attempt(context, work, (here, judged)).await;
    let unsure = match &first {
        Err(ActionError::Trouble(_)) => true,
        Err(ActionError::Failed(failure)) => is_soon_over(failure),
        _ => false,
    };
    let outcome = match unsure && context.is_patient() {
        true => {
            tracing::info!("a command is tried again");
            context.world.sleep(WAIT).await;
            attempt(&CommandContext { again: work.changes(), ..*context }, work, (here, None)).await
        }
        false => first,
    };
    match outcome {
        Ok(answer) => Ok(Ended::Settled(answer)),
        Err(ActionError::Said(answer)) => Ok(Ended::Refused(answer)),
        Err(ActionError::Unsettled(answer)) => Ok(Ended::Unsettled(answer)),
        Err(ActionError::HandedOn) => Ok(Ended::HandedOn),
        Err(ActionError::Failed(failure)) if !is_for_now(&failure) => {
            let answer = context.refusal(format!("This could not be done ({failure}).")).say(MENDED);
            Ok(Ended::Refused(answer))
        }
        Err(stop) => Err(stop.into()),
    }
}

async fn attempt(
    context: &CommandContext<'_>,
    work: &ResolvedJob,
    (known, judged): (&state::Result<Option<CaseId>>, Option<Judged>),
) -> Outcome {
    let here = match known {
        Ok(here) => here.clone(),
        Err(_) => context.or_parked(here(context.world, context.job).await)?,
    };
    let case = work.case().or(here.as_ref());
    if let Some(case) = case {
        context.found.on(case);
    }
    let settings = match work.form_of().or(case) {
        Some(case) => Box::pin(routes::settings_for(context, case)).await?,
        None => Cow::Borrowed(context.settings),
    };
    let jira = Jira::new(context.world, &settings, context.secrets, Millis::MAX);
    let context = &CommandContext { settings: &settings, jira: jira.as_ref(), ..*context };
    if let Some(case) = case {
        Box::pin(need_to_know::gate(context, case)).await?;
    }
    // Boxed: one verb's future is large, and the compiler follows no deeper.
    match &work.action {
        ResolvedAction::Asked { line } => Box::pin(asked(context, line, here)).await,
        ResolvedAction::Confirmed { confirmation } => Box::pin(confirmed(context, confirmation, here)).await,
        ResolvedAction::Filled { filled } => Box::pin(submit::done(context, filled, here)).await,
        ResolvedAction::Opened { opened, form } => {
            Box::pin(forms::fill(context, opened, form, here.as_ref())).await
        }
        ResolvedAction::Home => Box::pin(home::show(context)).await,
        ResolvedAction::Said { .. }
        | ResolvedAction::Withheld { .. }
        | ResolvedAction::Unread
        | ResolvedAction::Amended { .. } => Box::pin(spoken(context, work, (here, judged))).await,
        ResolvedAction::Deleted { ts } => Box::pin(withdrawal::of_message(context, ts, here)).await,
    }
}

/// The case of the thread, else of the channel.
async fn here(world: &dyn World, job: &Job) -> state::Result<Option<CaseId>> {
    case_of(world.store(), &job.team, &job.place).await
}

/// What the table says of a message before it is a comment.
struct Judged {
    is_deleted: Result<bool, ActionError>,
    timely: Result<Option<Result<(), TooOld>>, ActionError>,
}

/// Asks it of a message in the thread or channel of a case.
async fn judged(
    context: &CommandContext<'_>,
    work: &ResolvedJob,
    here: Option<&Option<CaseId>>,
) -> Option<Judged> {
    let case = here?.as_ref().filter(|_| work.is_a_message())?;
    let (is_deleted, timely) = join(withdrawal::came_first(context), timely(context, work, case)).await;
    Some(Judged { is_deleted, timely })
}

/// A message in a thread or channel: a comment, if the place is a case's.
async fn spoken(
    context: &CommandContext<'_>,
    work: &ResolvedJob,
    (here, known): (Option<CaseId>, Option<Judged>),
) -> Outcome {
    let known = if known.is_none() { judged(context, work, Some(&here)).await } else { known };
    let (Some(case), Some(Judged { is_deleted, timely })) = (here, known) else {
        return Ok(Reply::silence());
    };
    if is_deleted? {
        return Ok(Reply::silence());
    }
    let judged = timely?;
    authorised(context, &Command::Comment { text: None }, Some(&case)).await?;
    if judged.is_none() {
        context.readable(&case).await?;
    }
    if let Some(Err(older)) = judged
        && !older::is_begun(context, &case).await?
    {
        context.found.refused("older than its comments");
        return Ok(Reply::says(older.to_string()).give_back(&context.typed()));
    }
    match &work.action {
        ResolvedAction::Withheld { .. } => context.found.refused(secret_scan::RULE),
        ResolvedAction::Unread => context.found.refused(length::RULE),
        ResolvedAction::Asked { .. }
        | ResolvedAction::Confirmed { .. }
        | ResolvedAction::Said { .. }
        | ResolvedAction::Amended { .. }
        | ResolvedAction::Deleted { .. }
        | ResolvedAction::Filled { .. }
        | ResolvedAction::Opened { .. }
        | ResolvedAction::Home => {}
    }
    match &work.action {
        ResolvedAction::Said { message } => comments::reply(context, &case, message).await,
        ResolvedAction::Amended { message } => comment_edits::edited(context, &case, message).await,
        ResolvedAction::Withheld { kind } => Ok(Reply::says(secret_scan::withheld(kind))),
        ResolvedAction::Unread => Ok(Reply::says(
            "Your message is long, and when it came you were not known to be somebody who may comment, so it was not \
             read and not put on the case. Now you may: say it again.",
        )),
        ResolvedAction::Asked { .. }
        | ResolvedAction::Confirmed { .. }
        | ResolvedAction::Deleted { .. }
        | ResolvedAction::Filled { .. }
        | ResolvedAction::Opened { .. }
        | ResolvedAction::Home => Ok(Reply::silence()),
    }
}

/// Whether the words of somebody who may comment may still become one, on a case whose record can be read. Asked first:
/// that the settings hold is noted as soon as somebody's words prove it.
async fn timely(
    context: &CommandContext<'_>,
    work: &ResolvedJob,
    case: &CaseId,
) -> Result<Option<Result<(), TooOld>>, ActionError> {
    match &work.action {
        ResolvedAction::Said { message }
            if roles::may_comment(context.settings, &context.person.identity).is_ok() =>
        {
            let judged = older::judged(context, case, &message.ts);
            let (readable, judged) = join(context.readable(case), judged).await;
            readable?;
            judged.map(Some)
        }
        ResolvedAction::Asked { .. }
        | ResolvedAction::Confirmed { .. }
        | ResolvedAction::Said { .. }
        | ResolvedAction::Withheld { .. }
        | ResolvedAction::Unread
        | ResolvedAction::Amended { .. }
        | ResolvedAction::Deleted { .. }
        | ResolvedAction::Filled { .. }
        | ResolvedAction::Opened { .. }
        | ResolvedAction::Home => Ok(None),
    }
}

/// What a line asks, before it is confirmed if it must be.
async fn asked(context: &CommandContext<'_>, line: &CommandLine, here: Option<CaseId>) -> Outcome {
    authorised(context, &line.command, here.as_ref()).await?;
    let verb = verbs::of(&line.command);
    if verb.is_none_or(|verb| verb.about != Subject::Case) {
        return match dispatch::is_form(&line.command) {
            false if verb.is_some_and(|verb| verb.confirmed) => {
                confirm::ask(context, None, &line.command).await
            }
            _ => dispatch::anywhere(context, &line.command, here.as_ref()).await,
        };
    }
    let case = line.case.clone().or(here);
    if let Some(case) = case.as_ref().filter(|_| changes(&line.command)) {
        context.readable(case).await?;
    }
    match case {
        None => cases::which(context, &line.command).await,
        Some(case) if verb.is_some_and(|verb| verb.confirmed) => match &line.command {
            Command::JiraLink { key } => issue::ask_to_link(context, &case, key).await,
            Command::Unrestrict => restrict::ask_to_lift(context, &case).await,
            command => close::asked(context, &case, command).await,
        },
        Some(case) => dispatch::of_case(context, &case, &line.command).await,
    }
}

/// What a line asks, once it is confirmed. Who may is asked again: a role can end.
async fn confirmed(
    context: &CommandContext<'_>,
    confirmation: &Confirmation,
    here: Option<CaseId>,
) -> Outcome {
    let CommandLine { case, command } = &confirmation.line;
    authorised(context, command, here.as_ref()).await?;
    let version = match case {
        Some(case) => {
            context.readable(case).await?;
            context.case(case).await?.updated
        }
        None => None,
    };
    if let Some(answer) = confirm::still_holds(context, confirmation, version).await? {
        context.found.refused(ConfirmationError::Changed.rule());
        return Ok(answer);
    }
    match (command, case) {
        (Command::Close, Some(case)) => close::close(context, case).await,
        (Command::Resolver, Some(case)) => close::hand_over(context, case).await,
        (Command::JiraLink { key }, Some(case)) => issue::link(context, case, key).await,
        (Command::Unrestrict, Some(case)) => restrict::lift(context, case).await,
        (Command::Membership(MembershipCommand::New { values: Some(values) }), _) => {
            membership::create(context, values).await
        }
        (Command::Membership(MembershipCommand::Update { membership: id, change }), _) => {
            membership::update(context, id.as_ref(), change).await
        }
        (Command::Membership(MembershipCommand::Cancel { membership: id }), _) => {
            membership::cancel(context, id.as_ref()).await
        }
        (Command::Membership(MembershipCommand::Resume { membership: id }), _) => {
            membership::resume(context, id.as_ref()).await
        }
        (Command::Hub(HubCommand::Accept { administrator, invitation }), _) => {
            hub::accept(context, administrator, invitation).await
        }
        (Command::Hub(HubCommand::Leave), _) => hub::leave(context).await,
        _ => Ok(Reply::says("This needs no confirmation. Nothing was done: ask again.")),
    }
}
