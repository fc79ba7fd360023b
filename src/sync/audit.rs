//! Does what stands at a target still say what we told? Compares both and mends what differs.

use std::collections::{BTreeMap, HashSet};

use tracing::{info, warn};

use crate::{
    case::{Case, snapshot::Facts},
    http::Failure,
    runtime::breaker,
    state::{
        self, Seen, Told,
        key::Key,
        notes::{GONE, HOME, PlaceNote},
    },
    sync::{
        context::{Context, Lease},
        others,
    },
    targets::contract::{Found, OtherAnchors, ReadBack, Said, Target, Unheard},
};

/// How the key of a case's comment begins.
const COMMENT: &str = "comment/";

/// So many strange anchors are offered: anybody may set a label.
const STRANGE: usize = 3;

/// So many checks must miss something before it is sent again.
const ABSENT: u8 = 3;

pub(crate) struct Audited<'a> {
    pub(crate) lease: &'a Lease<'a>,
    pub(crate) target: &'a dyn Target,
    pub(crate) case: &'a Case,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Discrepancy {
    Seen(Key, Told),
    /// It is not there, again.
    Absent(Key, Told),
    /// It was never stored, though the answer said so: it is owed again.
    Owed(Key),
    Deleted(Key, Told),
    Double(String),
    Forgotten(Key, Told),
}

/// Compares and mends. The answer is whether something was missed: then the next check comes soon. A target that does
/// not answer is left for the next check.
pub(crate) async fn verify(
    context: &Context<'_>,
    audited: &Audited<'_>,
    note: &mut PlaceNote,
) -> Result<bool, state::Error> {
    let kind = audited.target.planner().kind();
    if note.home.is_none() || note.is_lost() || audited.target.is_repeatable() {
        return Ok(false);
    }
    match breaker::read(context.world, kind).await {
        Ok(breaker) if breaker.until > context.world.now() => return Ok(false),
        // Whoever sends says so.
        Err(state::Error::Unreadable(_)) => return Ok(false),
        breaker => breaker.map(drop)?,
    }
    let Some(mut there) = read_back(audited, note).await else { return Ok(false) };
    let told = audited.told(context).await?;
    others::tell_apart(context.world, &mut there.ours).await?;
    others::heed(context, audited, note, (&told, &there.ours)).await?;
    let findings = compare(&told, &there.ours);
    outgrow(audited, note, &there.ours);
    let absent =
        findings.iter().any(|finding| matches!(finding, Discrepancy::Absent(..) | Discrepancy::Owed(_)));
    for finding in findings {
        audited.apply(context, note, finding).await?;
    }
    let is_fresh = told.get(&Key(HOME.to_owned())).is_some_and(|told| told.seen != Seen::Yes);
    audited.set_spares_aside(context, note, is_fresh).await?;
    // What people say where another deployment tells the case it takes up itself.
    if let Some(anchor) = note.home.as_ref().filter(|_| note.another.is_none()) {
        let gone = gone(&told, &there);
        let (said, known) = apart(&told, there.said);
        let edited = known.into_iter().filter(|one| one.edited.is_some()).collect();
        let (case, route) = (audited.case, note.route.as_ref());
        let unheard = Unheard { kind, anchor, case, route, said, edited, gone };
        context.listener.take_up(&unheard).await?;
    }
    Ok(absent)
}

/// Remembers what stands there and is not in the ledger, and mends nothing: what is missing may only be too new. The
/// answer is whether there was any.
pub(crate) async fn learn(
    context: &Context<'_>,
    audited: &Audited<'_>,
    note: &mut PlaceNote,
    there: &mut ReadBack,
) -> Result<bool, state::Error> {
    let told = audited.told(context).await?;
    others::tell_apart(context.world, &mut there.ours).await?;
    others::heed(context, audited, note, (&told, &there.ours)).await?;
    outgrow(audited, note, &there.ours);
    let mut forgotten = false;
    for finding in compare(&told, &there.ours) {
        match finding {
            Discrepancy::Forgotten(..) => forgotten = true,
            Discrepancy::Seen(..) => {}
            Discrepancy::Absent(..)
            | Discrepancy::Owed(_)
            | Discrepancy::Deleted(..)
            | Discrepancy::Double(_) => continue,
        }
        audited.apply(context, note, finding).await?;
    }
    Ok(forgotten)
}

/// Where lines of changes stand that are later than any we know of, the table is an earlier one. Which changes they
/// tell nobody knows: what the case is now counts as told, and the next line gets a number of its own.
fn outgrow(audited: &Audited<'_>, note: &mut PlaceNote, found: &[Found]) {
    let Some(last) = found.iter().filter_map(|one| one.key.line()).max().filter(|last| *last >= note.changes)
    else {
        return;
    };
    let being_told = note.open.as_ref().is_some_and(|intent| intent.key.line().is_some());
    if !being_told {
        note.changes = last.saturating_add(1);
        note.facts = Some(Facts::of(audited.case));
    }
}

/// `None` where the target does not answer now.
async fn read_back(audited: &Audited<'_>, note: &PlaceNote) -> Option<ReadBack> {
    let (case, planner) = (audited.lease.case, audited.target.planner());
    match audited.target.read_back(case, note).await {
        Ok(there) => Some(there),
        Err(Failure::Gone { .. }) if planner.forgets_what_is_gone() => Some(ReadBack::default()),
        Err(failure) => {
            warn!(%case, destination = planner.kind().as_str(), %failure, "could not be checked");
            None
        }
    }
}

/// What people said that is not among what is known, and what is.
fn apart(told: &BTreeMap<Key, Told>, said: Vec<Said>) -> (Vec<Said>, Vec<Said>) {
    let known: HashSet<&str> = told.values().map(|told| told.remote.as_str()).collect();
    said.into_iter().partition(|one| !known.contains(one.remote.as_str()))
}

/// What people said there, as far as the case has it, that does not stand there now. An edit, or another's, has a name of its
/// own behind the comment's.
fn gone(told: &BTreeMap<Key, Told>, there: &ReadBack) -> Vec<String> {
    let whole = |remote: &str| remote.split('/').next().unwrap_or_default().to_owned();
    let ours = there.ours.iter().map(|one| whole(&one.remote));
    let stands: HashSet<String> = there.said.iter().map(|one| whole(&one.remote)).chain(ours).collect();
    let on_the_case = told.iter().filter(|(key, told)| {
        key.0.starts_with(COMMENT) && told.theirs && told.seen != Seen::Deleted && !told.remote.is_empty()
    });
    let mut gone: Vec<_> = on_the_case.map(|(_, told)| told.remote.clone()).collect();
    gone.retain(|remote| !stands.contains(&whole(remote)));
    gone.sort_unstable();
    gone.dedup();
    gone
}

fn compare(told: &BTreeMap<Key, Told>, found: &[Found]) -> Vec<Discrepancy> {
    let mut there: BTreeMap<&Key, Vec<&Found>> = BTreeMap::new();
    for one in found {
        there.entry(&one.key).or_default().push(one);
    }
    let mut findings = Vec::new();
    for (key, mut copies) in there.clone() {
        copies.sort_by_key(|copy| copy.at);
        let known = told.get(key);
        let kept =
            known.and_then(|told| copies.iter().position(|copy| copy.remote == told.remote)).unwrap_or(0);
        let first = copies.remove(kept);
        // Two lines of changes with one number that say different things are two lines. What another deployment told is
        // its own.
        copies.retain(|copy| (copy.hash == first.hash || key.line().is_none()) && copy.by.is_none());
        findings.extend(copies.into_iter().map(|copy| Discrepancy::Double(copy.remote.clone())));
        // An issue that we did not make does not say which version stands there: then the ledger's word holds.
        let said = Some(first.hash.to_string()).filter(|hash| !hash.is_empty());
        let hash = said.or(known.map(|told| told.hash.clone())).unwrap_or_default();
        let is = Told { remote: first.remote.clone(), hash, seen: Seen::Yes, theirs: false };
        match known {
            Some(told) if told.theirs || told.seen == Seen::Deleted || *told == is => {}
            Some(_) => findings.push(Discrepancy::Seen(key.clone(), is)),
            None => findings.push(Discrepancy::Forgotten(key.clone(), is)),
        }
    }
    let gone = told.iter().filter(|(key, told)| !told.theirs && !there.contains_key(key));
    findings.extend(gone.filter_map(|(key, told)| missed(key.clone(), told.clone())));
    findings
}

fn missed(key: Key, mut told: Told) -> Option<Discrepancy> {
    match told.seen {
        Seen::Deleted => None,
        Seen::Yes => {
            told.seen = Seen::Deleted;
            Some(Discrepancy::Deleted(key, told))
        }
        Seen::NotYet(times) if times + 1 >= ABSENT => Some(Discrepancy::Owed(key)),
        Seen::NotYet(times) => {
            told.seen = Seen::NotYet(times + 1);
            Some(Discrepancy::Absent(key, told))
        }
    }
}

impl Audited<'_> {
    async fn told(&self, context: &Context<'_>) -> Result<BTreeMap<Key, Told>, state::Error> {
        let (store, kind) = (context.world.store(), self.target.planner().kind());
        Ok(store.all_told(self.lease.case, kind).await?.into_iter().collect())
    }

    async fn apply(
        &self,
        context: &Context<'_>,
        note: &mut PlaceNote,
        finding: Discrepancy,
    ) -> Result<(), state::Error> {
        let (id, kind, store) = (self.lease.case, self.target.planner().kind(), context.world.store());
        let destination = kind.as_str();
        match finding {
            Discrepancy::Seen(key, told) => {
                self.rename(&key, &told, note);
                if key.0 == HOME && note.set.get(HOME).is_some_and(|hash| *hash != told.hash) {
                    // What the anchor shows is not what we set last: it is set again.
                    note.set.remove(HOME);
                }
                if let Some(number) = key.line() {
                    note.lines.remove(&number);
                }
                self.lease.tell(store, kind, (&key, &told)).await
            }
            Discrepancy::Absent(key, told) | Discrepancy::Forgotten(key, told) => {
                self.lease.tell(store, kind, (&key, &told)).await
            }
            Discrepancy::Deleted(key, told) => {
                info!(%id, destination, %key, "deleted by a person");
                if key.0 == HOME {
                    note.set.insert(HOME.to_owned(), GONE.to_owned());
                }
                self.lease.tell(store, kind, (&key, &told)).await
            }
            Discrepancy::Owed(key) => {
                warn!(%id, destination, %key, "was never stored: owed again");
                if key.0 == HOME {
                    return self.begin_again(context, note).await;
                }
                if let Some(line) = key.line().and_then(|number| note.lines.get_mut(&number)) {
                    line.owed = true;
                }
                self.lease.untell(store, kind, &key).await
            }
            Discrepancy::Double(remote) => {
                warn!(%id, destination, "stood there twice: the later is removed");
                if let Err(failure) = self.target.delete(&remote, note).await {
                    warn!(%id, %failure, "the later could not be removed");
                }
                Ok(())
            }
        }
    }

    /// One anchor stands for the case. What another says is said once, and it is left to people. One that nobody saw yet may
    /// have been made by two deployments at once.
    async fn set_spares_aside(
        &self,
        context: &Context<'_>,
        note: &mut PlaceNote,
        is_fresh: bool,
    ) -> Result<(), state::Error> {
        if !(note.maybe_two || is_fresh) || note.home.is_none() || note.another.is_some() {
            return Ok(());
        }
        let (id, planner) = (self.lease.case, self.target.planner());
        let mut others = self.target.others(self.case, note).await.unwrap_or_else(|failure| {
            warn!(%id, destination = planner.kind().as_str(), %failure, "what stands there twice is not known");
            OtherAnchors::default()
        });
        others.strange.truncate(STRANGE);
        let strange = others.strange.iter().map(|remote| planner.anchor(remote, note));
        note.strange = strange.collect();
        others::tell_apart(context.world, &mut others.ours).await?;
        for Found { remote, by, .. } in others.ours {
            if let Some(by) = by {
                others::beside(context, self, &by).await?;
                continue;
            }
            if !note.maybe_two {
                continue;
            }
            warn!(%id, destination = planner.kind().as_str(), "an anchor stood there twice: the other is set aside");
            if let Err(failure) = self.target.set_aside(id, &remote, note).await {
                warn!(%id, %failure, "the other could not be set aside");
            }
            let spare = planner.anchor(&remote, note);
            if !note.spares.contains(&spare) {
                note.spares.push(spare);
            }
        }
        Ok(())
    }

    /// An anchor may be called otherwise since people moved it.
    fn rename(&self, key: &Key, told: &Told, note: &mut PlaceNote) {
        let anchor = self.target.planner().anchor(&told.remote, note);
        if let Some(home) = note.home.as_mut().filter(|home| key.0 == HOME && home.place == anchor.place) {
            home.name = anchor.name;
        }
    }

    /// The anchor itself was never stored. Where the rest stands without it, it is made alone; else nothing that hangs
    /// on it can be seen, so all of it is told anew.
    async fn begin_again(&self, context: &Context<'_>, note: &mut PlaceNote) -> Result<(), state::Error> {
        let (planner, store) = (self.target.planner(), context.world.store());
        if planner.stands_alone(note) {
            note.home = None;
            return self.lease.untell(store, planner.kind(), &Key(HOME.to_owned())).await;
        }
        for (key, told) in store.all_told(self.lease.case, planner.kind()).await? {
            if !told.theirs {
                self.lease.untell(store, planner.kind(), &key).await?;
            }
        }
        *note = note.begun_anew();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        case::{DeploymentId, Millis},
        state::key::Fingerprint,
    };

    fn told(remote: &str, seen: Seen) -> Told {
        Told { remote: remote.to_owned(), hash: "h".to_owned(), seen, theirs: false }
    }

    fn heard(key: &str, remote: &str, at: Millis) -> Found {
        let [key, hash, remote] = [key, "h", remote].map(str::to_owned);
        Found { key: Key(key), hash: Fingerprint::new(hash), remote, at, by: None }
    }

    fn key(key: &str) -> Key {
        Key(key.to_owned())
    }

    #[test]
    fn what_is_there_is_seen_and_what_is_known_to_be_there_says_nothing() {
        let ledger = [(key("a"), told("1", Seen::NotYet(2))), (key("b"), told("2", Seen::Yes))].into();
        let findings = compare(&ledger, &[heard("a", "1", 1), heard("b", "2", 2)]);
        assert_eq!(findings, [Discrepancy::Seen(key("a"), told("1", Seen::Yes))]);
    }

    #[test]
    fn what_was_never_seen_is_owed_after_three_checks() {
        let absent = |times| compare(&[(key("a"), told("1", Seen::NotYet(times)))].into(), &[]);
        assert_eq!(absent(0), [Discrepancy::Absent(key("a"), told("1", Seen::NotYet(1)))]);
        assert_eq!(absent(1), [Discrepancy::Absent(key("a"), told("1", Seen::NotYet(2)))]);
        assert_eq!(absent(2), [Discrepancy::Owed(key("a"))]);
    }

    #[test]
    fn what_a_person_deleted_stays_deleted() {
        let ledger = [(key("a"), told("1", Seen::Yes))].into();
        assert_eq!(compare(&ledger, &[]), [Discrepancy::Deleted(key("a"), told("1", Seen::Deleted))]);
        let ledger = [(key("a"), told("1", Seen::Deleted))].into();
        assert_eq!(compare(&ledger, &[]), []);
    }

    #[test]
    fn of_two_with_one_key_the_known_one_stays_else_the_earlier() {
        let copies = [heard("a", "2", 2), heard("a", "1", 1)];
        let ledger = [(key("a"), told("2", Seen::Yes))].into();
        assert_eq!(compare(&ledger, &copies), [Discrepancy::Double("1".to_owned())]);
        assert_eq!(
            compare(&BTreeMap::new(), &copies),
            [Discrepancy::Double("2".to_owned()), Discrepancy::Forgotten(key("a"), told("1", Seen::Yes))]
        );
    }

    #[test]
    fn two_lines_of_changes_with_one_number_are_two_lines_if_they_say_different_things() {
        let line = |remote: &str, hash: &str| Found {
            hash: Fingerprint::new(hash),
            ..heard("changes/3", remote, 1)
        };
        let ledger = [(key("changes/3"), told("2", Seen::Yes))].into();
        assert_eq!(compare(&ledger, &[line("1", "other"), line("2", "h")]), []);
        assert_eq!(
            compare(&ledger, &[line("1", "h"), line("2", "h")]),
            [Discrepancy::Double("1".to_owned())]
        );
    }

    #[test]
    fn what_another_deployment_told_is_taken_for_told_and_is_no_double() {
        let by = Some(DeploymentId::new("other"));
        let copies = [heard("a", "1", 1), Found { by: by.clone(), ..heard("a", "2", 2) }];
        let ledger = [(key("a"), told("1", Seen::Yes))].into();
        assert_eq!(compare(&ledger, &copies), []);
        assert_eq!(
            compare(&BTreeMap::new(), &[Found { by, ..heard("a", "2", 2) }]),
            [Discrepancy::Forgotten(key("a"), told("2", Seen::Yes))]
        );
    }

    #[test]
    fn a_persons_own_message_is_never_missed() {
        let theirs = Told { theirs: true, ..told("1", Seen::Yes) };
        assert_eq!(compare(&[(key("a"), theirs)].into(), &[]), []);
    }
}
