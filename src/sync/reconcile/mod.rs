//! How is a case brought up to date? Hint, lease, look, plan, perform, release.

mod edits;
pub(crate) mod keep;
mod notes;
mod picture;
pub mod preview;
mod restrict;
mod route;
mod schedule;
mod team;
mod whose;

use std::mem;

use futures_util::future::{join, join_all, join3};
use tracing::warn;

use self::{
    notes::Notes,
    schedule::{LOOK_AGAIN, come_back, next_verify, pause_after, remember},
};
use super::context::{Context, Lease};
use crate::{
    aws::sir::{Answer, Call},
    case::{Case, CaseId, Comment, Millis, author::Author, turn},
    runtime::{breaker, deployments, gate, note},
    state::{
        self, Leaving, Meta, Store, TargetKind, Unread, case_clocks, deeds, earlier,
        notes::{CaseNote, PlaceNote},
        owner,
    },
    sync::{
        apply::{Hand, Left, Standing, Worker, reconsider},
        audit,
        observe::{self, KnownLedgers, Look, Looking, More, ObserveError},
        reading::ReadingError,
        trigger::Asking,
    },
    targets::{
        contract::Target,
        telling::{self, Ledger, Picture},
    },
    telemetry::{
        metrics,
        report::{Report, Tally},
    },
};

/// The lease goes on for this long after the worker's time: what it sent may arrive 40 s late.
const LEASE_MARGIN: Millis = 45_000;
/// A turn is not begun with less time than this.
const LEAST_TURN: Millis = 12_000;
/// The pause after something was found that cannot be read: a person may have mended it, or a newer release can.
const UNREADABLE_PAUSE: Millis = 3_600_000;

/// The pause after a case was only watched; no longer than what a push wakes.
const WATCHED_PAUSE: Millis = 3_600_000;

/// An index may be late by hours.
const LATEST_FOUND: Millis = 3 * 3_600_000;

/// After so long without a look that saw the case, somebody is to hear of it.
const UNSEEN: Millis = 300_000;

struct TurnEnd {
    /// When to come back; `None` for a case that is at rest.
    next_at: Option<Millis>,
    /// What was announced was seen and told: an old comment that somebody edited need no more be looked for on all pages.
    done: bool,
}

impl TurnEnd {
    /// Nobody need come back.
    fn over() -> Self {
        Self { next_at: None, done: true }
    }

    /// Nothing was seen.
    fn blind(until: Millis) -> Self {
        Self { next_at: Some(until), done: false }
    }
}

/// Why a case was left.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReconcileError {
    /// Nobody will come back for what was asked.
    #[error("what was asked was not noted: {0}")]
    NotNoted(state::Error),
    /// What was asked is noted.
    #[error(transparent)]
    Store(#[from] state::Error),
}

/// Brings a case up to date, as far as it can be now, where it is due or somebody asks for it. Whatever remains is written
/// down with its time. A case of which something cannot be read is left as it is, with an alarm, and tried again each hour.
///
/// # Errors
/// The table did not answer, or the lease was taken over.
pub async fn reconcile(
    context: &Context<'_>,
    case: &CaseId,
    asked: Option<&Asking>,
) -> Result<Report, ReconcileError> {
    let begun = vec![PlaceNote::default(); context.targets.len()];
    let names = [asked_first(context, begun.iter()), told_by_people(case).to_vec()].concat();
    note::forget(context.world, &told_by_people(case));
    let (taken, _) = join(take(context, case, asked), note::fetch(context.world, &names)).await;
    match taken? {
        Ok(meta) => Ok(held(context, case, asked, meta).await?),
        Err(report) => Ok(report),
    }
}

/// Says in the log how much would be told of a case, tells nothing, and leaves it due within the hour: the push that ends
/// the watching wakes it.
///
/// # Errors
/// As [`reconcile`].
pub async fn watch(
    context: &Context<'_>,
    case: &CaseId,
    asked: Option<&Asking>,
) -> Result<Report, ReconcileError> {
    let meta = match take(context, case, asked).await? {
        Ok(meta) => meta,
        Err(report) => return Ok(report),
    };
    match preview::preview(context, case).await {
        Ok(all) => all.iter().for_each(|one| one.log(case)),
        Err(trouble) => warn!(%case, %trouble, "nobody knows what would be told"),
    }
    let next = context.world.now() + WATCHED_PAUSE;
    context.world.store().put_off(case, Some(meta.epoch), next).await?;
    Ok(Report::default())
}

/// Takes a case where nobody holds it; else what is to be reported of it.
async fn take(
    context: &Context<'_>,
    case: &CaseId,
    asked: Option<&Asking>,
) -> Result<Result<Meta, Report>, ReconcileError> {
    let (store, now) = (context.world.store(), context.world.now());
    let until = context.deadline + LEASE_MARGIN;
    let leased = match asked {
        Some(asking) => store.take_up(case, now, until, asking.asked()).await,
        None => store.lease(case, now, until).await,
    };
    match leased {
        Ok(meta) => Ok(meta.ok_or_else(Report::default)),
        Err(state::Error::Unreadable(record)) => Ok(Err(park(context, case, None, &record).await?)),
        Err(trouble) if asked.is_some() => Err(ReconcileError::NotNoted(trouble)),
        Err(trouble) => Err(trouble.into()),
    }
}

const EVENTS: usize = 10;

/// Gives a case back as it was where its events came before: that they came again says nothing new. Else they are
/// remembered, and the answer is `None`.
async fn heard_again(
    context: &Context<'_>,
    (lease, meta): (&Lease<'_>, &Meta),
    asking: &Asking,
    notes: &mut Notes,
) -> Result<Option<Report>, state::Error> {
    let note = &mut notes.case.note;
    let times = asking.asked().times;
    if !asking.is_known(&note.events) || meta.want != note.wanted + times {
        note.events.extend(asking.events().iter().cloned());
        note.events.drain(..note.events.len().saturating_sub(EVENTS));
        return Ok(None);
    }
    (note.wanted, note.heard) = (meta.want, note.heard + times);
    let next_at = note.rests_until;
    let leaving = Leaving { want: meta.want, next_at, full: meta.full, notes: notes.changed()? };
    let left = context.world.store().leave(lease.case, lease.epoch, &leaving).await?;
    Ok(left.then(Report::default))
}

/// The notes that are asked before anything is sent.
fn asked_first<'n>(context: &Context<'_>, notes: impl Iterator<Item = &'n PlaceNote>) -> Vec<String> {
    let of = |(target, note): (&&dyn Target, &PlaceNote)| {
        let kind: TargetKind = target.planner().kind();
        [breaker::name(kind), gate::quiet_note(kind)]
            .into_iter()
            .chain(target.notes(note))
            .collect::<Vec<_>>()
    };
    let each = context.targets.iter().zip(notes).flat_map(of);
    each.chain([deployments::NAME.to_owned()]).collect()
}

/// The notes of what people did with the case through us: each turn reads them anew.
fn told_by_people(case: &CaseId) -> [String; 3] {
    [owner::name(case), deeds::name(case), case_clocks::name(case)]
}

async fn held(
    context: &Context<'_>,
    case: &CaseId,
    asked: Option<&Asking>,
    meta: Meta,
) -> Result<Report, state::Error> {
    let lease = Lease { case, epoch: meta.epoch };
    match Box::pin(hold(context, &lease, asked, meta)).await {
        Err(state::Error::Unreadable(record)) => park(context, case, Some(lease.epoch), &record).await,
        held => held,
    }
}

/// A case of which something cannot be read is left as it is, with an alarm.
async fn park(
    context: &Context<'_>,
    case: &CaseId,
    epoch: Option<u64>,
    record: &Unread,
) -> Result<Report, state::Error> {
    metrics::unreadable(record);
    context.world.store().put_off(case, epoch, context.world.now() + UNREADABLE_PAUSE).await?;
    Ok(Report { waiting: 1, ..Report::default() })
}

/// Turn after turn, as long as somebody asks for the case meanwhile.
async fn hold(
    context: &Context<'_>,
    lease: &Lease<'_>,
    asked: Option<&Asking>,
    mut meta: Meta,
) -> Result<Report, state::Error> {
    let (case, store) = (lease.case, context.world.store());
    let mut report = Report::default();
    let mut notes = Notes::read(case, &meta, &context.kinds())?;
    if let Some(asking) = asked
        && let Some(report) = heard_again(context, (lease, &meta), asking, &mut notes).await?
    {
        return Ok(report);
    }
    notes.say_changed = asked.is_some_and(Asking::is_of_a_change);
    loop {
        let turn = Box::pin(turn(context, lease, &meta, &mut notes, &mut report));
        let TurnEnd { next_at, done } = turn.await?;
        let full = meta.full && !done;
        notes.case.note.rests_until = next_at;
        let leaving = Leaving { want: meta.want, next_at, full, notes: notes.changed()? };
        if store.leave(case, meta.epoch, &leaving).await? {
            return Ok(report);
        }
        let Some(newer) = store.meta(case).await? else { return Ok(report) };
        if newer.epoch != meta.epoch {
            return Err(state::Error::Fenced);
        }
        meta.full = newer.full;
        meta.want = newer.want;
        note::forget(context.world, &told_by_people(case));
        if context.deadline - context.world.now() < LEAST_TURN {
            let leaving =
                Leaving { want: meta.want, next_at: Some(context.world.now()), full: meta.full, ..leaving };
            store.leave(case, meta.epoch, &leaving).await?;
            return Ok(report);
        }
    }
}

/// One look and what follows from it.
async fn turn(
    context: &Context<'_>,
    lease: &Lease<'_>,
    meta: &Meta,
    notes: &mut Notes,
    report: &mut Report,
) -> Result<TurnEnd, state::Error> {
    let (world, started) = (context.world, context.world.now());
    if notes.case.note.forgotten {
        return Ok(TurnEnd::over());
    }
    let verify = notes.case.note.verify_at.is_some_and(|at| at <= started);
    let told = match mem::take(&mut notes.are_new) {
        true => KnownLedgers::nothing(context.targets.len()),
        false => KnownLedgers::default(),
    };
    let at = Seeing { id: lease.case, full: meta.full || verify, told: &told };
    let seen = match see_first(context, &at, meta, notes).await? {
        Ok(seen) => seen,
        Err(trouble) => {
            let again = blind(lease.case, &trouble, meta.want, &mut notes.case.note);
            let since = *notes.case.note.unseen_since.get_or_insert(started);
            if is_gone(&trouble, started - since) {
                return Ok(TurnEnd::over());
            }
            count_unseen(started - since, report);
            return Ok(TurnEnd::blind(world.now() + again));
        }
    };
    notes.case.note.unseen_since = None;
    if notes.case.note.is_older(&seen, started) {
        return Ok(TurnEnd::blind(started + LOOK_AGAIN));
    }
    notes.case.note.seen(&seen);
    if let Some(turn) = ended(context, &seen.case, notes).await? {
        return Ok(turn);
    }
    passes(&seen, &mut notes.case.note);
    let verify = verify && seen.more == More::Nothing;
    // What was told is known otherwise once it was compared with what stands there.
    let told = if verify { KnownLedgers::default() } else { told };
    if verify {
        let absent = verify_each(context, lease, &seen, notes).await?;
        notes.case.note.verify_at = Some(next_verify(context, started, absent));
        let over = seen.case.is_closed() && !absent && !may_show_late(&seen.case, notes, started);
        notes.case.note.verified_closed = over;
    }
    if meta.want > notes.case.note.wanted {
        notes.targets.iter_mut().for_each(|target| reconsider(&mut target.note, started));
    }
    let done = report.tally.done;
    let ToldAll { left, news, call_at } = tell(context, lease, (&seen, &told), notes, report).await?;
    remember(context, &seen, schedule::AskedBefore { want: meta.want, news, started }, &mut notes.case.note);
    let next_at = come_back(context, &seen, &notes.case.note, &left).into_iter().chain(call_at).min();
    report.waiting = schedule::waiting(&left);
    // How fast what is new is told: what is only set, comes by itself, or is told nowhere any more says nothing of that.
    if news > 0 && report.waiting == 0 && report.tally.done > done {
        report.lag = seen.case.updated.map(|updated| world.now() / 1_000 - updated);
    }
    let settled = left.iter().all(|left| left.told == Standing::Settled);
    if settled {
        notes.case.note.told(&seen);
    }
    let done = settled && seen.more == More::Nothing && notes.case.note.look_again_at.is_none();
    Ok(TurnEnd { next_at, done })
}

/// Whether a search may still find what was made twice for a case that is closed meanwhile.
fn may_show_late(case: &Case, notes: &Notes, now: Millis) -> bool {
    let may_be_two = notes.targets.iter().any(|target| target.note.maybe_two);
    may_be_two && case.closed.is_some_and(|closed| now < closed * 1_000 + LATEST_FOUND)
}

/// A turn that ends before anything is told: the case is kept no longer, or who may know of it is not known yet.
async fn ended(
    context: &Context<'_>,
    case: &Case,
    notes: &mut Notes,
) -> Result<Option<TurnEnd>, state::Error> {
    if keep::is_over(context, case, notes).await? {
        return Ok(Some(TurnEnd::over()));
    }
    let judged = restrict::judged(context, case, notes).await?;
    Ok((!judged).then(|| TurnEnd::blind(context.world.now() + LOOK_AGAIN)))
}

/// Whose move it is now, and since when.
fn passes(seen: &Look, note: &mut CaseNote) {
    let known = turn::Turn { waiting: note.waiting, turned: note.turned, answered: note.answered };
    let now = known.passed(&seen.case, &seen.comments);
    (note.waiting, note.turned, note.answered) = (now.waiting, now.turned, now.answered);
    note.agent_waits = seen.investigations.iter().any(|step| step.status == "Waiting");
}

/// Reads the case, and beside it what is asked before anything is sent, and who changed it.
async fn see_first(
    context: &Context<'_>,
    at: &Seeing<'_>,
    meta: &Meta,
    notes: &mut Notes,
) -> Result<Result<Look, ObserveError>, state::Error> {
    let asked = meta.want > notes.case.note.wanted;
    let changed = mem::take(&mut notes.say_changed) || notes.case.note.opened.is_none();
    let first = ask_first(context, at.id, &notes.targets, asked);
    let known = notes.case.note.clone();
    let edits = whose::beside(context, at.id, (changed, &known));
    let (seen, (), edits) = join3(see(context, at, &mut notes.case.note), first, edits).await;
    if let Some(edits) = edits {
        notes.heard(edits);
    }
    seen
}

/// What is asked before anything is sent, beside the first read of the case: where something is to be expected.
async fn ask_first(context: &Context<'_>, case: &CaseId, notes: &[notes::Noted<PlaceNote>], asked: bool) {
    let places = asked_first(context, notes.iter().map(|noted| &noted.note));
    let names = [places, told_by_people(case).to_vec()].concat();
    // Where the table does not answer, it is asked again before the first effect.
    if note::fetch(context.world, &names).await.is_err() {
        return;
    }
    let unshown = context.targets.iter().zip(notes).filter(|(_, noted)| asked || noted.note.home.is_none());
    join_all(unshown.map(async |(target, noted)| {
        let broken = breaker::read(context.world, target.planner().kind()).await;
        if broken.is_ok_and(|breaker| breaker.until <= context.world.now()) {
            drop(target.ours_until(&noted.note).await);
        }
    }))
    .await;
}

/// The tags of a case for which somebody may be called, where a rule of `[notify]` asks for them. Where nobody says them no
/// such rule fits.
async fn tags(context: &Context<'_>, case: &Case) -> Vec<(String, String)> {
    let calls = !case.is_closed()
        || case.closed.or(case.updated).is_some_and(|at| telling::is_fresh(at, context.world.now() / 1_000));
    tags_for(context, case, calls && context.settings.notify.asks_for_tags()).await
}

async fn tags_for(context: &Context<'_>, case: &Case, asks: bool) -> Vec<(String, String)> {
    if !asks {
        return Vec::new();
    }
    match context.world.call(Call::ListTagsForResource { arn: case.arn.clone() }).await {
        Ok(Answer::Tags(tags)) => tags,
        answer => {
            let why = answer.err().map(|fault| fault.kind);
            warn!(case = %case.id, ?why, "nobody says which tags a case has: no rule for a tag fits it");
            Vec::new()
        }
    }
}

struct Seeing<'s> {
    id: &'s CaseId,
    full: bool,
    told: &'s KnownLedgers,
}

/// A look with so much time that what it sees can still be told.
async fn see(
    context: &Context<'_>,
    at: &Seeing<'_>,
    note: &mut CaseNote,
) -> Result<Result<Look, ObserveError>, state::Error> {
    let (kinds, tellers, until) = (context.kinds(), context.tellers(), context.deadline - LEAST_TURN);
    let Context { world, crowd, .. } = *context;
    let looking = Looking { world, id: at.id, kinds: &kinds, tellers: &tellers, until, told: at.told, crowd };
    match observe::look(&looking, note, at.full).await {
        Err(ObserveError::Store(error)) => Err(error),
        seen => Ok(seen),
    }
}

/// After how long it is tried again.
fn blind(case: &CaseId, trouble: &ObserveError, want: u64, note: &mut CaseNote) -> Millis {
    match trouble {
        ObserveError::Reading(ReadingError::Sir(fault)) => {
            warn!(%case, why = ?fault.kind, "the service did not answer");
            let asked_since = mem::replace(&mut note.wanted, want) < want;
            pause_after(&fault.kind, asked_since)
        }
        ObserveError::Reading(ReadingError::OutOfTime) => {
            warn!(%case, "there was no time to read it whole");
            0
        }
        ObserveError::Reading(ReadingError::Circle) => UNREADABLE_PAUSE,
        ObserveError::Torn | ObserveError::Store(_) => LOOK_AGAIN,
    }
}

/// A case that could not be read for long is as late as one that was read and not told.
fn count_unseen(unseen: Millis, report: &mut Report) {
    if unseen >= UNSEEN {
        report.waiting = 1;
        report.lag = Some(unseen / 1_000);
    }
}

fn is_gone(trouble: &ObserveError, unseen: Millis) -> bool {
    match trouble {
        ObserveError::Reading(ReadingError::Sir(fault)) => schedule::is_none(&fault.kind, unseen),
        ObserveError::Reading(ReadingError::OutOfTime | ReadingError::Circle)
        | ObserveError::Torn
        | ObserveError::Store(_) => false,
    }
}

/// The answer is whether something was missed.
async fn verify_each(
    context: &Context<'_>,
    lease: &Lease<'_>,
    seen: &Look,
    notes: &mut Notes,
) -> Result<bool, state::Error> {
    let mut absent = false;
    for (target, noted) in context.targets.iter().zip(&mut notes.targets) {
        let audited = audit::Audited { lease, target: *target, case: &seen.case };
        absent |= audit::verify(context, &audited, &mut noted.note).await?;
    }
    Ok(absent)
}

/// Tells all targets at once; again where one made what another shows: a card links to its issue, a thread says what the
/// issue's place refuses.
async fn tell(
    context: &Context<'_>,
    lease: &Lease<'_>,
    (seen, told): (&Look, &KnownLedgers),
    notes: &mut Notes,
    report: &mut Report,
) -> Result<ToldAll, state::Error> {
    let sayings = match seen.comments.iter().any(is_a_principals) {
        true => context.world.store().sayings(lease.case).await?,
        false => Vec::new(),
    };
    let comments = shown(context.world.store(), seen).await?;
    let owner = note::text(context.world, &owner::name(lease.case)).await?;
    let clocks = note::text(context.world, &case_clocks::name(lease.case)).await?;
    let (owner, clocks) = (owner::read(lease.case, owner)?, case_clocks::read(lease.case, clocks)?);
    let (tags, team) = join(tags(context, &seen.case), team::of(context, &seen.case)).await;
    let known =
        picture::KnownBeside { comments, sayings, owner, clocks: clocks.clone(), tags: tags.clone(), team };
    whose::opener(context, &seen.case, notes).await?;
    let mut picture = picture::of(context, seen, known, notes);
    picture.deeds = whose::deeds(context, lease.case, seen, notes).await?;
    picture.names = whose::names(context, seen, notes).await;
    let mut ledgers = told.get().cloned().unwrap_or_else(|| vec![Ledger::new(); context.targets.len()]);
    if told.get().is_none() {
        read_ledgers(context, &picture, notes, &mut ledgers).await?;
    }
    let news = news(context, &picture, notes, &ledgers);
    let mut left = Vec::new();
    for _ in 0..3 {
        left = settle(context, lease, &picture, notes, &mut ledgers, report).await?;
        let links = picture::links(context, notes, lease.case);
        let notices = picture::notices(context, &seen.case, notes);
        if links == picture.view.links && notices == picture.notices {
            break;
        }
        picture.view.links = links;
        if mem::replace(&mut picture.notices, notices.clone()) != notices && told.get().is_none() {
            // It may have been told before.
            read_ledgers(context, &picture, notes, &mut ledgers).await?;
        }
    }
    Ok(ToldAll {
        left,
        news,
        call_at: picture::calling(context, (seen, &clocks, &tags), &picture.view, &notes.case.note).next_at(),
    })
}

/// What came of telling all targets.
struct ToldAll {
    left: Vec<Left>,
    news: usize,
    /// When somebody is to be called by the clock alone.
    call_at: Option<Millis>,
}

async fn settle(
    context: &Context<'_>,
    lease: &Lease<'_>,
    picture: &Picture,
    notes: &mut Notes,
    ledgers: &mut [Ledger],
    report: &mut Report,
) -> Result<Vec<Left>, state::Error> {
    let one = async |(target, noted, ledger): (&&dyn Target, &mut notes::Noted<_>, &mut Ledger)| {
        let worker = Worker::new(context, lease, *target, &noted.rest);
        let mut hand = Hand { picture, note: &mut noted.note, ledger, tally: Tally::default() };
        let left = Box::pin(worker.settle(&mut hand)).await;
        let (tally, saved, broken) = (hand.tally, worker.saved.get(), worker.broken.get());
        // One that it has with others is theirs to watch.
        let shut = noted.note.channel.clone().filter(|_| worker.shut.get());
        // Where all read it is not named.
        let shut = shut.map(|place| (noted.note.restricted.is_none().then(|| lease.case.clone()), place));
        if saved {
            noted.stands_otherwise();
        }
        (left, tally, broken.then(|| target.planner().kind()), shut)
    };
    let each = context.targets.iter().zip(&mut notes.targets).zip(ledgers);
    let each = each.map(|((target, noted), ledger)| one((target, noted, ledger)));
    // All to their end: one target in trouble must not cut another off in the middle of an effect.
    let done = join_all(each).await;
    let mut all = Vec::new();
    for (left, tally, broken, shut) in done {
        report.tally.add(&tally);
        report.broken.extend(broken);
        report.shut = report.shut.take().or(shut);
        all.push(left);
    }
    all.into_iter().map(|left| unless_unreadable(context, left)).collect()
}

/// What a target is asked of before anything is sent, a breaker or a gate, belongs to no case: one that cannot be read
/// holds up its target alone.
fn unless_unreadable(context: &Context<'_>, left: Result<Left, state::Error>) -> Result<Left, state::Error> {
    match left {
        Err(state::Error::Unreadable(record)) => {
            metrics::unreadable(&record);
            let told = Standing::Waiting(context.world.now() + UNREADABLE_PAUSE);
            Ok(Left { told, decorate_at: None })
        }
        left => left,
    }
}

async fn read_ledgers(
    context: &Context<'_>,
    picture: &Picture,
    notes: &Notes,
    ledgers: &mut [Ledger],
) -> Result<(), state::Error> {
    let (store, case) = (context.world.store(), &picture.view.case.id);
    let one = async |(target, noted, ledger): (&&dyn Target, &notes::Noted<PlaceNote>, &mut Ledger)| {
        let planner = target.planner();
        let mut keys = planner.keys(picture);
        keys.extend(noted.note.open.iter().map(|intent| intent.key.clone()));
        keys.sort();
        keys.dedup();
        let at = observe::At { store, case, kind: planner.kind() };
        observe::ledger(&at, keys, ledger).await?;
        let more = telling::keys_of_edited(planner, picture, ledger);
        observe::ledger(&at, more, ledger).await
    };
    let each = context.targets.iter().zip(&notes.targets).zip(ledgers);
    let each = each.map(|((target, noted), ledger)| one((target, noted, ledger)));
    join_all(each).await.into_iter().collect()
}

/// How much of what was seen nobody was told yet: to be held against how much was announced.
fn news(context: &Context<'_>, picture: &Picture, notes: &Notes, ledgers: &[Ledger]) -> usize {
    let each = context.targets.iter().zip(&notes.targets).zip(ledgers);
    let count = each
        .map(|((target, noted), ledger)| telling::news(&target.planner().plan(picture, &noted.note, ledger)));
    count.max().unwrap_or(0)
}

/// The comments as they are to be shown: on a closed case AWS changes none that was taken back.
async fn shown(store: &dyn Store, seen: &Look) -> Result<Vec<Comment>, state::Error> {
    match seen.case.is_closed() {
        true => earlier::shown(store, &seen.case.id, seen.comments.clone()).await,
        false => Ok(seen.comments.clone()),
    }
}

fn is_a_principals(comment: &Comment) -> bool {
    Author::of(&comment.creator).is_a_principal()
}
