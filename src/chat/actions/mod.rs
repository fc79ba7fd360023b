//! How is a job done once, and answered the same however often it is delivered?
//!
//! The record of a command is begun before anything is done and holds its answer at the end: a repetition is answered
//! from it. In between, each step can be taken again: a `clientToken` where the service knows one, a comparison of what
//! is with what is wanted elsewhere (`settle`).

mod ai;
mod attach;
mod authority;
mod cases;
mod close;
mod comments;
mod compare_and_set;
mod confirm;
mod context;
pub mod diagnostics;
mod dispatch;
mod fault;
mod fields;
mod files;
mod floor;
mod format_time;
mod forms;
mod history;
mod home;
mod hub;
mod issue;
mod lists;
mod membership;
mod naming;
mod older;
mod parts;
mod retry;
mod status;
mod stays;
mod submit;
mod tags;
mod withheld;

use sha2::{Digest, Sha256};

use self::{
    authority::authorised,
    context::{Desk, KEPT, Outcome, Stop},
    naming::Message,
    retry::{MENDED, WAIT, is_for_now, is_soon_over, known},
};
use super::{deliver, reply::Answer};
use crate::{
    case::{CaseId, Millis, text},
    chat::{
        forms::{Filled, Form},
        ingress::{
            context::Bridge,
            job::{Did, Job, case_of},
        },
        language::{
            command::{Ask, Hub, Line, Membership},
            verbs::{self, About},
        },
        policy::{
            confirmation::Confirmation,
            identity::Profile,
            roles::{self, Role},
        },
    },
    runtime::World,
    state::{self, Command, Store, Unread},
};

/// So long the inbox brings a job again by itself, five times at most.
const TOLD_FOR: Millis = 30 * 60 * 1_000;

/// Nobody knows yet what became of the job: it must be delivered again. For the log: never a text or a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Somebody did not answer, or not as hoped.
    #[error("{0}")]
    Unknown(String),
    /// A record cannot be read.
    #[error(transparent)]
    Unreadable(Unread),
}

impl<E: Into<Stop>> From<E> for Trouble {
    fn from(error: E) -> Self {
        match error.into() {
            Stop::Trouble(why) | Stop::Later(why) => Self::Unknown(why),
            Stop::Unreadable(record) => Self::Unreadable(record),
            Stop::Failed(failure) => Self::Unknown(failure.to_string()),
            Stop::Said(_) | Stop::Unsettled(_) | Stop::HandedOn => {
                Self::Unknown("an answer where none was due".to_owned())
            }
        }
    }
}

/// Does a job and answers it.
///
/// # Errors
/// It must be delivered again.
pub async fn execute(bridge: &Bridge<'_>, job: &Job) -> Result<(), Trouble> {
    if let Did::JiraChanged { issue } = &job.did {
        return Ok(issue::heard(bridge, job, issue).await?);
    }
    let (slack, since) = (bridge.slack(), bridge.world.now());
    let answer = match known(bridge, job).await? {
        Ok(Some(person)) => recorded(bridge, job, &person, since).await?,
        Ok(None) => {
            refused(bridge, job, Answer::says("This workspace does not know you. Nothing was done.")).await?
        }
        Err(answer) => refused(bridge, job, answer).await?,
    };
    Ok(deliver::send(&slack, job, &answer).await?)
}

/// Refuses somebody of whom nothing is known, and every delivery with the same words. The record of what was said in a
/// thread stays open: the hourly check finds it again once Slack tells who said it.
async fn refused(bridge: &Bridge<'_>, job: &Job, answer: Answer) -> Result<Answer, Trouble> {
    let (store, key) = (bridge.world.store(), job.key());
    match begin(bridge, job, &key).await? {
        Some(Command { answer: Some(answer), .. }) => read(&key, &answer),
        known if job.is_a_message() => Ok(for_now(bridge, known.map(|known| known.since), answer)),
        None => finish(store, &key, &answer).await,
        // An earlier delivery may have done it: that nothing was done would be a lie.
        Some(_) => Err(Trouble::Unknown("nobody knows whose command it is, and it was begun".to_owned())),
    }
}

/// What is said while the record stays open. The check brings a reply each hour; that nothing became of it is told
/// while the inbox itself brings it, and not each hour.
fn for_now(bridge: &Bridge<'_>, first: Option<Millis>, answer: Answer) -> Answer {
    match first.is_some_and(|first| bridge.world.now() - first > TOLD_FOR) {
        true => Answer::silence(),
        false => answer,
    }
}

/// Writes down that a command was begun; what is known of it where it was begun before.
async fn begin(bridge: &Bridge<'_>, job: &Job, key: &str) -> Result<Option<Command>, Trouble> {
    let begun = Command { job: written(job), since: job.at, answer: None };
    Ok(bridge.world.store().begin(key, &begun, bridge.world.now() + KEPT).await?)
}

/// The answer from now on, unless there was one already.
async fn finish(store: &dyn Store, key: &str, answer: &Answer) -> Result<Answer, Trouble> {
    let json = serde_json::to_string(answer).map_err(|error| Trouble::Unknown(error.to_string()))?;
    read(key, &store.finish(key, &json).await?)
}

/// The answer of the record, or the answer that is now found and recorded.
async fn recorded(
    bridge: &Bridge<'_>,
    job: &Job,
    person: &Profile,
    since: Millis,
) -> Result<Answer, Trouble> {
    let work = match work(bridge, job, person) {
        Ok(work) => work,
        Err(answer) => return Ok(answer),
    };
    // A message where no case is (yet) leaves no record: the hourly check finds it again once the thread is known.
    if work.is_a_message() && here(bridge.world, job).await?.is_none() {
        return Ok(Answer::silence());
    }
    let known = begin(bridge, job, &work.key).await?;
    let first = known.as_ref().map(|known| known.since);
    if let Some(answer) = known.and_then(|known| known.answer) {
        return if work.is_a_part() { Ok(Answer::silence()) } else { read(&work.key, &answer) };
    }
    let (slack, jira) = (bridge.slack(), bridge.jira());
    let desk = Desk {
        world: bridge.world,
        settings: bridge.settings,
        job,
        key: &work.key,
        person,
        slack: &slack,
        jira: jira.as_ref(),
        signs: &bridge.secrets.slack_signing_secret,
        since,
        again: first.is_some() && work.changes(),
    };
    let answer = match done(&desk, &work).await? {
        Ended::Settled(answer) => answer,
        Ended::Unsettled(answer) => return Ok(for_now(bridge, first, answer)),
        Ended::HandedOn => return Ok(Answer::silence()),
    };
    // A link to a file needs no other right to be used: it is kept nowhere.
    if matches!(&work.did, Doing::Asked { line: Line { ask: Ask::Get { .. }, .. } }) {
        return Ok(answer);
    }
    finish(bridge.world.store(), &work.key, &answer).await
}

fn read(key: &str, answer: &str) -> Result<Answer, Trouble> {
    Ok(state::read_answer(key, answer)?)
}

/// The record says who did what kind of thing, where and when: not what was said, and not where to answer.
fn written(job: &Job) -> String {
    format!("{job:?}")
}

/// What is to be done, and the key under which that is done once.
struct Work {
    key: String,
    did: Doing,
}

impl Work {
    /// Whether something outside may be another when it is done.
    fn changes(&self) -> bool {
        match &self.did {
            Doing::Asked { line } => changes(&line.ask),
            Doing::Opened { .. } | Doing::Home => false,
            _ => true,
        }
    }

    /// Whether it was said for the case.
    fn is_a_message(&self) -> bool {
        matches!(
            self.did,
            Doing::Said { .. } | Doing::Withheld { .. } | Doing::Unread | Doing::Amended { .. }
        )
    }

    /// Whether a job after this one answers for it.
    fn is_a_part(&self) -> bool {
        matches!(&self.did, Doing::Filled { filled } if filled.is_a_part())
    }
}

/// Whether what is asked may change something.
fn changes(ask: &Ask) -> bool {
    verbs::of(ask).is_some_and(|verb| verb.role > Some(Role::Viewer))
}

enum Doing {
    Asked { line: Line },
    Confirmed { confirmation: Box<Confirmation> },
    Said { message: Message },
    Withheld { kind: String },
    Unread,
    Amended { message: Message },
    Filled { filled: Filled },
    Opened { view: String, hash: Option<String>, form: Form },
    Home,
}

/// Reads what the job asks for. A confirmation is good once, whatever number of times its button was pressed: its key
/// is that of the question.
fn work(bridge: &Bridge<'_>, job: &Job, person: &Profile) -> Result<Work, Answer> {
    let key = job.key();
    let did = match job.did.clone() {
        Did::Asked { line, .. } => Doing::Asked { line },
        Did::Said { ts, text, files, uploads } => {
            Doing::Said { message: Message { ts, text, files, uploads } }
        }
        Did::Withheld { kind } => Doing::Withheld { kind },
        Did::Unread => Doing::Unread,
        Did::Amended { ts, text, files, uploads } => {
            Doing::Amended { message: Message { ts, text, files, uploads } }
        }
        Did::Filled { filled } => Doing::Filled { filled },
        Did::Opened { view, hash, form } => Doing::Opened { view, hash, form },
        Did::Home => Doing::Home,
        Did::Mistaken { answer } => return Err(answer),
        Did::JiraChanged { .. } => return Err(Answer::silence()),
        Did::Confirmed { value } => {
            let signs = bridge.secrets.slack_signing_secret.reveal().as_bytes();
            // When it was pressed counts, not when it is delivered.
            let opened = Confirmation::open(&value, signs, &person.identity, job.at / 1_000);
            let confirmation = Box::new(opened.map_err(|rejected| Answer::says(rejected.to_string()))?);
            let key = text::hex(&Sha256::digest(format!("confirmed|{}", confirmation.asked)));
            return Ok(Work { key, did: Doing::Confirmed { confirmation } });
        }
    };
    Ok(Work { key, did })
}

/// How it ended.
enum Ended {
    /// For good: every repetition is answered so.
    Settled(Answer),
    /// For now: the record stays open.
    Unsettled(Answer),
    /// The rest of it is done, and answered, by a later job.
    HandedOn,
}

/// Does it; where a call had no answer, once more after a moment: every step can be taken again. What took long is left
/// to the queue: it must end in time.
async fn done(desk: &Desk<'_>, work: &Work) -> Result<Ended, Trouble> {
    let first = attempt(desk, work).await;
    let unsure = match &first {
        Err(Stop::Trouble(_)) => true,
        Err(Stop::Failed(failure)) => is_soon_over(failure),
        _ => false,
    };
    let outcome = match unsure && desk.is_patient() {
        true => {
            tracing::info!("a command is tried again");
            desk.world.sleep(WAIT).await;
            attempt(&Desk { again: work.changes(), ..*desk }, work).await
        }
        false => first,
    };
    match outcome {
        Ok(answer) | Err(Stop::Said(answer)) => Ok(Ended::Settled(answer)),
        Err(Stop::Unsettled(answer)) => Ok(Ended::Unsettled(answer)),
        Err(Stop::HandedOn) => Ok(Ended::HandedOn),
        Err(Stop::Failed(failure)) if !is_for_now(&failure) => {
            let answer = desk.refuse(format!("This could not be done ({failure}).")).say(MENDED);
            Ok(Ended::Settled(answer))
        }
        Err(stop) => Err(stop.into()),
    }
}

async fn attempt(desk: &Desk<'_>, work: &Work) -> Outcome {
    let here = desk.or_parked(here(desk.world, desk.job).await)?;
    // Boxed: one verb's future is large, and the compiler follows no deeper.
    match &work.did {
        Doing::Asked { line } => Box::pin(asked(desk, line, here)).await,
        Doing::Confirmed { confirmation } => Box::pin(confirmed(desk, confirmation, here)).await,
        Doing::Filled { filled } => Box::pin(submit::done(desk, filled, here)).await,
        Doing::Opened { view, hash, form } => {
            Box::pin(forms::fill(desk, view, hash.as_deref(), form, here.as_ref())).await
        }
        Doing::Home => Box::pin(home::show(desk)).await,
        Doing::Said { .. } | Doing::Withheld { .. } | Doing::Unread | Doing::Amended { .. } => {
            Box::pin(spoken(desk, work, here)).await
        }
    }
}

/// The case of the thread, else of the channel.
async fn here(world: &dyn World, job: &Job) -> state::Result<Option<CaseId>> {
    case_of(world.store(), &job.team, &job.place).await
}

/// A message in a thread or channel: a comment, if the place is a case's.
async fn spoken(desk: &Desk<'_>, work: &Work, here: Option<CaseId>) -> Outcome {
    let Some(case) = here else { return Ok(Answer::silence()) };
    // Asked first: that the settings hold is noted as soon as somebody's words prove it.
    let judged = match &work.did {
        Doing::Said { message } if roles::may_comment(desk.settings, &desk.person.identity).is_ok() => {
            desk.readable(&case).await?;
            older::judged(desk, &case, &message.ts).await?
        }
        _ => Ok(()),
    };
    authorised(desk, &Ask::Comment { text: None }, Some(&case)).await?;
    desk.readable(&case).await?;
    if let Err(older) = judged
        && !older::is_begun(desk, &case).await?
    {
        return Ok(Answer::says(older.to_string()).give_back(&desk.typed()));
    }
    match &work.did {
        Doing::Said { message } => comments::reply(desk, &case, message).await,
        Doing::Amended { message } => comments::edited(desk, &case, message).await,
        Doing::Withheld { kind } => Ok(Answer::says(format!(
            "Your message looks like it holds {kind}, so it was not put on the case. Whoever reads this channel may \
             have seen it: revoke it, and say the same without it."
        ))),
        Doing::Unread => Ok(Answer::says(
            "Your message is long, and when it came you were not known to be somebody who may comment, so it was not \
             read and not put on the case. Now you may: say it again.",
        )),
        _ => Ok(Answer::silence()),
    }
}

/// What a line asks, before it is confirmed if it must be.
async fn asked(desk: &Desk<'_>, line: &Line, here: Option<CaseId>) -> Outcome {
    authorised(desk, &line.ask, here.as_ref()).await?;
    let verb = verbs::of(&line.ask);
    if verb.is_none_or(|verb| verb.about != About::Case) {
        return match dispatch::is_form(&line.ask) {
            false if verb.is_some_and(|verb| verb.confirmed) => confirm::ask(desk, None, &line.ask).await,
            _ => dispatch::anywhere(desk, &line.ask, here.as_ref()).await,
        };
    }
    let case = line.case.clone().or(here);
    if let Some(case) = case.as_ref().filter(|_| changes(&line.ask)) {
        desk.readable(case).await?;
    }
    match case {
        None => cases::which(desk, &line.ask).await,
        Some(case) if verb.is_some_and(|verb| verb.confirmed) => close::asked(desk, &case, &line.ask).await,
        Some(case) => dispatch::of_case(desk, &case, &line.ask).await,
    }
}

/// What a line asks, once it is confirmed. Who may is asked again: a role can end.
async fn confirmed(desk: &Desk<'_>, confirmation: &Confirmation, here: Option<CaseId>) -> Outcome {
    let Line { case, ask } = &confirmation.line;
    authorised(desk, ask, here.as_ref()).await?;
    let version = match case {
        Some(case) => {
            desk.readable(case).await?;
            desk.case(case).await?.updated
        }
        None => None,
    };
    if let Some(answer) = confirm::still_holds(desk, confirmation, version).await? {
        return Ok(answer);
    }
    match (ask, case) {
        (Ask::Close, Some(case)) => close::close(desk, case).await,
        (Ask::Resolver, Some(case)) => close::hand_over(desk, case).await,
        (Ask::Membership(Membership::New { values: Some(values) }), _) => {
            membership::create(desk, values).await
        }
        (Ask::Membership(Membership::Update { membership: id, change }), _) => {
            membership::update(desk, id.as_ref(), change).await
        }
        (Ask::Membership(Membership::Cancel { membership: id }), _) => {
            membership::cancel(desk, id.as_ref()).await
        }
        (Ask::Membership(Membership::Resume { membership: id }), _) => {
            membership::resume(desk, id.as_ref()).await
        }
        (Ask::Hub(Hub::Accept { administrator, invitation }), _) => {
            hub::accept(desk, administrator, invitation).await
        }
        (Ask::Hub(Hub::Leave), _) => hub::leave(desk).await,
        _ => Ok(Answer::says("This needs no confirmation. Nothing was done: ask again.")),
    }
}
