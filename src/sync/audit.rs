//! Does the thread, or the issue, still say what we told? Compares both with the ledger and mends what differs.

use std::collections::{BTreeMap, HashSet};

use tracing::{info, warn};

use crate::{
    case::{Case, CaseId, Millis},
    chat::{
        self,
        policy::{
            identity, length,
            since::{self, Message, Older, Since},
        },
    },
    config::settings::Layout,
    http::Failure,
    runtime::gate,
    state::{
        self, Destination, Seen, Told,
        key::Key,
        notes::{GONE, HOME, PlaceNote},
    },
    sync::reconcile::Desk,
    targets::{Heard, slack},
    telemetry::metrics,
};

/// So many checks must miss something before it is sent again.
const ABSENT: u8 = 3;
/// Records of commands are kept for a day; a message older than this may have lost its record.
const EVENT_LOST: Millis = 82_800_000;

/// What a check found, a finding a key.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Finding {
    /// It is there; remembered from now on.
    Seen(Key, Told),
    /// It is not there, again.
    Absent(Key, Told),
    /// It was never stored, though the answer said so: it is owed again.
    Owed(Key),
    /// A person deleted it.
    Deleted(Key, Told),
    /// It stands there twice: this one is the later.
    Double(String),
    /// It stands there, and we had forgotten.
    Forgotten(Key, Told),
}

/// Compares and mends. The answer is whether something was missed: then the next check comes soon.
///
/// # Errors
/// The table did not answer. A destination that does not answer is left for the next check.
pub async fn verify(
    desk: &Desk<'_>,
    id: &CaseId,
    epoch: u64,
    case: &Case,
    slack: &mut PlaceNote,
    jira: &mut PlaceNote,
) -> Result<bool, state::Error> {
    let mut absent = false;
    for destination in desk.places() {
        let note = match destination {
            Destination::Slack => &mut *slack,
            Destination::Jira => &mut *jira,
        };
        if note.home.is_some() {
            absent |= check(desk, id, epoch, case, *destination, note).await?;
        }
    }
    Ok(absent)
}

async fn check(
    desk: &Desk<'_>,
    id: &CaseId,
    epoch: u64,
    case: &Case,
    destination: Destination,
    note: &mut PlaceNote,
) -> Result<bool, state::Error> {
    match gate::read(desk.world, destination).await {
        Ok(breaker) if breaker.until > desk.world.now() => return Ok(false),
        // Whoever sends says so.
        Err(state::Error::Unreadable(_)) => return Ok(false),
        breaker => breaker.map(drop)?,
    }
    let heard = match desk.destinations.read_back(desk, id, destination, note).await {
        Ok(heard) => heard,
        Err(Failure::Gone { .. }) if destination == Destination::Slack => Vec::new(),
        Err(failure) => {
            warn!(%id, destination = destination.as_str(), %failure, "could not be checked");
            if let Failure::NotApplied { retry_after: Some(time), .. } = failure {
                let wait = Millis::try_from(time.as_millis()).unwrap_or(0);
                gate::throttle(desk.world, destination, desk.world.now() + wait).await?;
            }
            return Ok(false);
        }
    };
    let told: BTreeMap<Key, Told> = desk.world.store().all_told(id, destination).await?.into_iter().collect();
    let findings = compare(&told, &heard);
    let absent = findings.iter().any(|finding| matches!(finding, Finding::Absent(..) | Finding::Owed(_)));
    for finding in findings {
        apply(desk, id, epoch, destination, note, finding).await?;
    }
    if destination == Destination::Slack && !case.is_closed() && desk.settings.slack.replies_are_comments {
        let closed = case.closed.map(|closed| closed * 1_000);
        replies(desk, note, &told, &heard, closed).await?;
    }
    Ok(absent)
}

/// The ledger against what is there: pure.
fn compare(told: &BTreeMap<Key, Told>, heard: &[Heard]) -> Vec<Finding> {
    let mut there: BTreeMap<&Key, Vec<&Heard>> = BTreeMap::new();
    for one in heard {
        if let Some(key) = &one.key {
            there.entry(key).or_default().push(one);
        }
    }
    let mut findings = Vec::new();
    for (key, mut copies) in there.clone() {
        copies.sort_by_key(|copy| copy.at);
        let known = told.get(key);
        let kept =
            known.and_then(|told| copies.iter().position(|copy| copy.remote == told.remote)).unwrap_or(0);
        let first = copies.remove(kept);
        findings.extend(copies.into_iter().map(|copy| Finding::Double(copy.remote.clone())));
        // An issue that we did not make does not say which version stands there: then the ledger's word holds.
        let said = Some(first.hash.clone()).filter(|hash| !hash.is_empty());
        let hash = said.or(known.map(|told| told.hash.clone())).unwrap_or_default();
        let is = Told { remote: first.remote.clone(), hash, seen: Seen::Yes, theirs: false };
        match known {
            Some(told) if told.theirs || told.seen == Seen::Deleted || *told == is => {}
            Some(_) => findings.push(Finding::Seen(key.clone(), is)),
            None => findings.push(Finding::Forgotten(key.clone(), is)),
        }
    }
    let gone = told.iter().filter(|(key, told)| !told.theirs && !there.contains_key(key));
    findings.extend(gone.filter_map(|(key, told)| missed(key.clone(), told.clone())));
    findings
}

fn missed(key: Key, mut told: Told) -> Option<Finding> {
    match told.seen {
        Seen::Deleted => None,
        Seen::Yes => {
            told.seen = Seen::Deleted;
            Some(Finding::Deleted(key, told))
        }
        Seen::NotYet(times) if times + 1 >= ABSENT => Some(Finding::Owed(key)),
        Seen::NotYet(times) => {
            told.seen = Seen::NotYet(times + 1);
            Some(Finding::Absent(key, told))
        }
    }
}

async fn apply(
    desk: &Desk<'_>,
    id: &CaseId,
    epoch: u64,
    destination: Destination,
    note: &mut PlaceNote,
    finding: Finding,
) -> Result<(), state::Error> {
    let store = desk.world.store();
    match finding {
        Finding::Seen(key, told) => {
            if key.0 == HOME && note.set.get(HOME).is_some_and(|hash| *hash != told.hash) {
                // What the card or the issue shows is not what we set last: it is set again.
                note.set.remove(HOME);
            }
            store.tell(id, epoch, destination, &key, &told).await
        }
        Finding::Absent(key, told) | Finding::Forgotten(key, told) => {
            store.tell(id, epoch, destination, &key, &told).await
        }
        Finding::Deleted(key, told) => {
            info!(%id, destination = destination.as_str(), %key, "deleted by a person");
            if key.0 == HOME {
                note.set.insert(HOME.to_owned(), GONE.to_owned());
            }
            store.tell(id, epoch, destination, &key, &told).await
        }
        Finding::Owed(key) => {
            warn!(%id, destination = destination.as_str(), %key, "was never stored: owed again");
            if key.0 == HOME {
                return begin_again(desk, id, epoch, destination, note).await;
            }
            store.untell(id, epoch, destination, &key).await
        }
        Finding::Double(remote) => {
            warn!(%id, destination = destination.as_str(), "stood there twice: the later is removed");
            if let Err(failure) = desk.destinations.delete(destination, note, &remote).await {
                warn!(%id, %failure, "the later could not be removed");
            }
            Ok(())
        }
    }
}

/// The card itself was never stored. In a channel of its own the rest stands without it; in a thread nothing that
/// hangs on it can be seen, so all of it is told anew.
async fn begin_again(
    desk: &Desk<'_>,
    id: &CaseId,
    epoch: u64,
    destination: Destination,
    note: &mut PlaceNote,
) -> Result<(), state::Error> {
    let store = desk.world.store();
    if destination == Destination::Slack && desk.settings.slack.layout == Layout::Channel {
        note.home = None;
        return store.untell(id, epoch, destination, &Key(HOME.to_owned())).await;
    }
    for (key, told) in store.all_told(id, destination).await? {
        if !told.theirs {
            store.untell(id, epoch, destination, &key).await?;
        }
    }
    *note = PlaceNote { channel: note.channel.take(), ..PlaceNote::default() };
    Ok(())
}

/// People's replies whose event never came are put on the inbox, as their event would have been.
async fn replies(
    desk: &Desk<'_>,
    note: &PlaceNote,
    told: &BTreeMap<Key, Told>,
    heard: &[Heard],
    closed: Option<Millis>,
) -> Result<(), state::Error> {
    let now = desk.world.now();
    let Some(home) = &note.home else { return Ok(()) };
    let since = since::seen(desk.world, desk.settings).await?;
    let card = Some(slack::millis(&home.name));
    let known: HashSet<&str> = told.values().map(|told| told.remote.as_str()).collect();
    // What is younger may still come with its event.
    let lost = |one: &&Heard| {
        let age = now - one.at;
        (since::MOMENTS..EVENT_LOST).contains(&age) && !known.contains(one.remote.as_str())
    };
    for one in heard.iter().filter(lost) {
        let Some(reply) = &one.reply else { continue };
        // Nothing is read for what was said too early.
        let message = Message { written: one.at, arrived: one.at, card, closed };
        if since.may_whoever_wrote_it(&message, now).is_err() {
            continue;
        }
        let mut job = chat::ingress::job::unread(desk.settings, home, reply, now);
        let known = match desk.world.store().command(&job.key()).await {
            // Nobody knows what became of it: it must not be done twice.
            Err(state::Error::Unreadable(record)) => {
                metrics::unreadable(&record);
                continue;
            }
            known => known?,
        };
        // Without an answer nothing became of it yet: the inbox may have given it up.
        if known.is_some_and(|known| known.answer.is_some()) {
            continue;
        }
        let Some(read) = is_read(desk, &since, &message, reply).await else { continue };
        job.did = chat::ingress::job::words_of(reply, read);
        let body = serde_json::to_string(&job).map_err(|error| state::Error::Trouble(error.to_string()))?;
        let sent = desk.world.enqueue(&job.group(), &job.key(), body).await;
        sent.map_err(state::Error::Trouble)?;
    }
    Ok(())
}

/// Whether the text of a reply is read; `None` where the reply stays where it is. Who may say nothing hears it from the
/// inbox, and no long text is read for that.
async fn is_read(desk: &Desk<'_>, since: &Since, message: &Message, reply: &slack::Heard) -> Option<bool> {
    let (now, mut by) = (desk.world.now(), vec![reply.user.clone()?]);
    if since.may(message, &by, now).is_err() {
        let groups = identity::groups(&desk.destinations.slack, desk.settings, &by[0]).await;
        let groups =
            groups.inspect_err(|failure| warn!(%failure, "a writer's groups: left for the next check"));
        by.extend(groups.ok()?);
    }
    match since.may(message, &by, now) {
        Ok(()) => Some(true),
        Err(Older::NoRole) => Some(reply.text.len() <= length::SHORT),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;
    use crate::runtime::World;
    use crate::{
        chat::policy::pasted,
        config::{
            sdk::Aws,
            secrets::{Secret, Secrets},
            settings::Settings,
        },
        runtime::live::{Inbox, Job, Live, Safe},
        state::{memory::Memory, notes::Home},
        targets::{Destinations, slack::Slack},
    };

    /// The real world with a table in memory, in which nothing is asked; and the inbox.
    fn world() -> (Live<Memory>, UnboundedReceiver<Job>) {
        let (sender, jobs) = unbounded_channel();
        let safe = Safe::Given(Secrets::default());
        (Live::new(Memory::default(), Aws::default(), Inbox::Channel(sender), safe), jobs)
    }

    fn settings() -> Settings {
        toml::from_str("[slack]\nteam = 'T1'\nchannel = 'C1'\n[roles]\nresponder = ['U1']").unwrap()
    }

    /// A reply of this person, so many milliseconds ago, below a card.
    fn reply(world: &Live<Memory>, user: &str, ago: Millis) -> (PlaceNote, Heard) {
        let ts = |at: Millis| format!("{}.{:03}000", at.div_euclid(1_000), at.rem_euclid(1_000));
        let at = world.now() - ago;
        let home = Home { place: "C1".to_owned(), name: ts(at - 1_000) };
        let said = slack::Heard {
            ts: ts(at),
            thread_ts: Some(home.name.clone()),
            user: Some(user.to_owned()),
            text: "It was Bo's key".to_owned(),
            ..slack::Heard::default()
        };
        let heard = Heard { remote: said.ts.clone(), at, reply: Some(said), ..Heard::default() };
        (PlaceNote { home: Some(home), ..PlaceNote::default() }, heard)
    }

    /// What the check puts on the inbox.
    async fn put(
        world: &Live<Memory>,
        settings: &Settings,
        (note, heard): &(PlaceNote, Heard),
        closed: Option<Millis>,
    ) {
        let token = &Secret::default();
        let slack = Slack { world, settings: &settings.slack, token, until: Millis::MAX };
        let destinations = Destinations::new(slack, None);
        let desk = Desk { world, settings, destinations: &destinations, deadline: Millis::MAX };
        let heard = std::slice::from_ref(heard);
        replies(&desk, note, &BTreeMap::new(), heard, closed).await.unwrap();
    }

    #[tokio::test]
    async fn the_text_of_a_reply_that_was_dealt_with_is_not_looked_through_again() {
        let ((world, mut jobs), settings) = (world(), settings());
        since::seen_at(&world, &settings, 0, 0).await.unwrap();
        let reply = reply(&world, "U1", 3_600_000);
        let before = pasted::looked_through();
        put(&world, &settings, &reply, None).await;
        let job = jobs.try_recv().unwrap();
        assert!(job.body.contains("It was Bo's key"));
        assert_eq!(pasted::looked_through(), before + 1);
        let begun = state::Command { job: String::new(), since: world.now(), answer: None };
        world.store().begin(&job.id, &begun, Millis::MAX).await.unwrap();
        world.store().finish(&job.id, "\"refused\"").await.unwrap();
        put(&world, &settings, &reply, None).await;
        assert!(jobs.try_recv().is_err());
        assert_eq!(pasted::looked_through(), before + 1);
    }

    #[tokio::test]
    async fn a_reply_that_was_written_when_the_case_was_closed_is_left_where_it_is_and_not_looked_through() {
        let ((world, mut jobs), settings) = (world(), settings());
        since::seen_at(&world, &settings, 0, 0).await.unwrap();
        let reply = reply(&world, "U1", 3_600_000);
        let before = pasted::looked_through();
        put(&world, &settings, &reply, Some(reply.1.at)).await;
        assert!(jobs.try_recv().is_err() && pasted::looked_through() == before);
        put(&world, &settings, &reply, Some(reply.1.at + 1)).await;
        assert!(jobs.try_recv().is_ok());
    }

    fn told(remote: &str, seen: Seen) -> Told {
        Told { remote: remote.to_owned(), hash: "h".to_owned(), seen, theirs: false }
    }

    fn heard(key: &str, remote: &str, at: Millis) -> Heard {
        Heard {
            key: Some(Key(key.to_owned())),
            hash: "h".to_owned(),
            remote: remote.to_owned(),
            at,
            reply: None,
        }
    }

    fn key(key: &str) -> Key {
        Key(key.to_owned())
    }

    #[test]
    fn what_is_there_is_seen_and_what_is_known_to_be_there_says_nothing() {
        let ledger = [(key("a"), told("1", Seen::NotYet(2))), (key("b"), told("2", Seen::Yes))].into();
        let findings = compare(&ledger, &[heard("a", "1", 1), heard("b", "2", 2)]);
        assert_eq!(findings, [Finding::Seen(key("a"), told("1", Seen::Yes))]);
    }

    #[test]
    fn what_was_never_seen_is_owed_after_three_checks() {
        let absent = |times| compare(&[(key("a"), told("1", Seen::NotYet(times)))].into(), &[]);
        assert_eq!(absent(0), [Finding::Absent(key("a"), told("1", Seen::NotYet(1)))]);
        assert_eq!(absent(1), [Finding::Absent(key("a"), told("1", Seen::NotYet(2)))]);
        assert_eq!(absent(2), [Finding::Owed(key("a"))]);
    }

    #[test]
    fn what_a_person_deleted_stays_deleted() {
        let ledger = [(key("a"), told("1", Seen::Yes))].into();
        assert_eq!(compare(&ledger, &[]), [Finding::Deleted(key("a"), told("1", Seen::Deleted))]);
        let ledger = [(key("a"), told("1", Seen::Deleted))].into();
        assert_eq!(compare(&ledger, &[]), []);
    }

    #[test]
    fn of_two_with_one_key_the_known_one_stays_else_the_earlier() {
        let copies = [heard("a", "2", 2), heard("a", "1", 1)];
        let ledger = [(key("a"), told("2", Seen::Yes))].into();
        assert_eq!(compare(&ledger, &copies), [Finding::Double("1".to_owned())]);
        assert_eq!(
            compare(&BTreeMap::new(), &copies),
            [Finding::Double("2".to_owned()), Finding::Forgotten(key("a"), told("1", Seen::Yes))]
        );
    }

    #[test]
    fn a_persons_own_message_is_never_missed() {
        let theirs = Told { theirs: true, ..told("1", Seen::Yes) };
        assert_eq!(compare(&[(key("a"), theirs)].into(), &[]), []);
    }
}
