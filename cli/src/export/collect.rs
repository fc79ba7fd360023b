//! What is known of a case, read from everybody who knows something: the service, the table, the trail, Slack and Jira.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use casebridge::{
    aws::sir::{Fault, FaultKind, Page, Question, ask},
    case::{self, Case, CaseId, Edit, IssueId, Millis, UserId},
    http::Failure,
    runtime::World,
    state::{self, Note, Seen, TargetKind, deeds, earlier, notes::PlaceNote, owner},
    targets::{
        jira::{self, Jira},
        slack::{self, Slack},
    },
    telemetry::audit::AuditLine,
};

use super::{
    entry::{
        EarlierText, EntryKind, ExportedComment, ExportedFile, ExportedStep, TimelineEntry, ToldLine, moment,
    },
    files::{self, FileError},
};

/// How often a call that was refused for now is made.
const TRIES: u32 = 6;

#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    #[error("the service does not give the case: {operation} answered {fault}")]
    Service { operation: &'static str, fault: Fault },
    #[error("the table does not tell of the case: {0}")]
    Store(#[from] state::Error),
    #[error(transparent)]
    Files(#[from] FileError),
}

/// Whom to ask.
pub struct Sources<'a> {
    pub world: &'a dyn World,
    pub slack: Slack<'a>,
    pub jira: Option<Jira<'a>>,
    /// The lines of the trail about the case, or why there are none.
    pub trail: Result<Vec<AuditLine>, String>,
    /// Texts that were taken back are told, too.
    pub withdrawn: bool,
    /// Where files go, if they are wanted.
    pub files: Option<&'a std::path::Path>,
}

/// All of a case, in the order of a timeline.
pub async fn case(sources: &Sources<'_>, id: &CaseId) -> Result<Vec<TimelineEntry>, CollectError> {
    let mut found = of_service(sources, id).await?;
    found.extend(of_record(sources, id).await?);
    found.extend(match &sources.trail {
        Ok(lines) => lines.iter().map(act).collect(),
        Err(why) => vec![missing("the audit trail", why)],
    });
    found.extend(people(sources, &found).await);
    super::entry::sort(&mut found);
    Ok(found)
}

fn missing(what: &str, why: impl ToString) -> TimelineEntry {
    TimelineEntry { at: None, what: EntryKind::Missing { what: what.to_owned(), why: why.to_string() } }
}

fn act(line: &AuditLine) -> TimelineEntry {
    TimelineEntry { at: Some(line.at.clone()), what: EntryKind::Act { line: line.clone() } }
}

async fn of_service(sources: &Sources<'_>, id: &CaseId) -> Result<Vec<TimelineEntry>, CollectError> {
    let world = sources.world;
    let case = asked(world, ask::case(id)).await?;
    let edits = pages(world, |next| ask::edits(id, next)).await?;
    let mut found: Vec<TimelineEntry> = edits.into_iter().map(edit).collect();
    let said = pages(world, |next| ask::comments(id, next)).await?;
    found.extend(with_record(sources, id, said).await?);
    match pages(world, |next| ask::investigations(id, next)).await {
        Ok(steps) => found.extend(steps.into_iter().map(step)),
        // Cases that AWS does not work have none, and the service may say so by refusing.
        Err(why) if case.resolver == case::Resolver::Aws => {
            found.push(missing("what AWS's agent found", why));
        }
        Err(_) => {}
    }
    let tags = match asked(world, ask::tags(&case.arn)).await {
        Ok(tags) => tags,
        Err(why) => {
            found.push(missing("the case's tags", why));
            Vec::new()
        }
    };
    found.extend(files(sources, &case).await?);
    let at = case.updated;
    found.push(TimelineEntry::seconds(at, EntryKind::Case { case: Box::new(case), tags }));
    Ok(found)
}

async fn files(sources: &Sources<'_>, case: &Case) -> Result<Vec<TimelineEntry>, CollectError> {
    let mut found = Vec::new();
    for (index, file) in case.attachments.iter().enumerate() {
        let fetched = match sources.files {
            Some(folder) => files::fetch(sources.world, folder, &case.id, (index + 1, file)).await?,
            None => files::not_asked(),
        };
        let (id, creator) = (file.id.to_string(), file.creator.clone());
        let (name, status) = (file.name.clone(), file.status.clone());
        let what = EntryKind::File(ExportedFile { id, name, status, creator, fetched });
        found.push(TimelineEntry::seconds(file.created, what));
    }
    Ok(found)
}

fn edit(Edit { at, principal, action, message }: Edit) -> TimelineEntry {
    TimelineEntry::seconds(at, EntryKind::Edit { principal, action, message })
}

/// What was said, with what the record has of it. A text that was withdrawn is left out, also where its case shows it
/// still, unless it is asked for.
async fn with_record(
    sources: &Sources<'_>,
    id: &CaseId,
    mut said: Vec<case::Comment>,
) -> Result<Vec<TimelineEntry>, CollectError> {
    let store = sources.world.store();
    if !sources.withdrawn {
        said = earlier::shown(store, id, said).await?;
    }
    let mut found = Vec::new();
    for case::Comment { id: comment, created, updated, creator, body } in said {
        let earlier = earlier::of(store, id, &comment).await?.into_iter().map(|one| EarlierText {
            until: AuditLine::time(one.until),
            by: one.by,
            withdrawn: one.withdrawn,
            text: (!one.withdrawn || sources.withdrawn).then_some(one.text),
        });
        let earlier = earlier.collect();
        let updated = updated.filter(|at| *at != created).map(moment);
        let comment = ExportedComment { id: comment.to_string(), creator, updated, body, earlier };
        found.push(TimelineEntry::seconds(created, EntryKind::Comment(comment)));
    }
    Ok(found)
}

fn step(found: case::Investigation) -> TimelineEntry {
    let case::Investigation { id, kind, title, content, status, updated, feedback } = found;
    let id = id.to_string();
    TimelineEntry::seconds(
        updated,
        EntryKind::Investigation(ExportedStep { id, step: kind, title, content, status, feedback }),
    )
}

/// What the table knows. What cannot be read there is said.
async fn of_record(sources: &Sources<'_>, id: &CaseId) -> Result<Vec<TimelineEntry>, CollectError> {
    let store = sources.world.store();
    let mut found = Vec::new();
    let Some(meta) = store.meta(id).await? else {
        return Ok(vec![missing("what was told in Slack and Jira", "the table does not know the case")]);
    };
    for kind in [slack::KIND, jira::KIND] {
        let place = match meta.note::<PlaceNote>(id, Note::Of(kind)) {
            Ok((place, _)) => place,
            Err(why) => {
                found.push(missing(&format!("where it is told in {kind}"), why));
                continue;
            }
        };
        let times = times(sources, kind, &place, &mut found).await;
        if let Some(home) = &place.home {
            let (target, place, name) = (kind.to_string(), home.place.clone(), home.name.clone());
            found.push(TimelineEntry { at: None, what: EntryKind::Place { target, place, name } });
        }
        match store.all_told(id, kind).await {
            Ok(told) => found.extend(told.iter().map(|(key, told)| told_there(kind, &key.0, told, &times))),
            Err(why) => found.push(missing(&format!("what was told in {kind}"), why)),
        }
    }
    match owner::of(store, id).await {
        Ok(owner) => found.extend(owner.map(|owner| {
            let (user, name) = (owner.user.to_string(), owner.name);
            TimelineEntry::seconds(owner.since, EntryKind::Owner { user, name })
        })),
        Err(why) => found.push(missing("who has the case", why)),
    }
    match deeds::of(store, id).await {
        Ok(deeds) => found.extend(deeds.into_iter().map(deed)),
        Err(why) => found.push(missing("who set what in the last day", why)),
    }
    Ok(found)
}

fn deed(deed: deeds::Deed) -> TimelineEntry {
    let who = match &deed.who {
        case::author::Author::Slack { user } => user.to_string(),
        other => format!("{other:?}"),
    };
    let fields = deed.sets.into_iter().map(|set| set.field).collect();
    TimelineEntry::at(deed.at, EntryKind::Deed { who, name: deed.name, fields })
}

fn told_there(
    kind: TargetKind,
    key: &str,
    told: &state::Told,
    times: &BTreeMap<String, Millis>,
) -> TimelineEntry {
    let seen = match told.seen {
        Seen::NotYet(_) => "not looked for yet",
        Seen::Yes => "stands there",
        Seen::Deleted => "was deleted there",
    };
    let by = if told.theirs { "a person" } else { "Casebridge" };
    let (target, key, hash) = (kind.to_string(), key.to_owned(), told.hash.clone());
    let what = EntryKind::Told(ToldLine { target, key, remote: told.remote.clone(), by, seen, hash });
    match times.get(&told.remote) {
        Some(at) => TimelineEntry::at(*at, what),
        None if kind == slack::KIND => TimelineEntry::ts(&told.remote, what),
        None => TimelineEntry { at: None, what },
    }
}

/// When each comment of the issue was written, as Jira says: its ids do not tell.
async fn times(
    sources: &Sources<'_>,
    kind: TargetKind,
    place: &PlaceNote,
    found: &mut Vec<TimelineEntry>,
) -> BTreeMap<String, Millis> {
    let (Some(jira), Some(home)) = (&sources.jira, &place.home) else { return BTreeMap::new() };
    if kind != jira::KIND {
        return BTreeMap::new();
    }
    match written(jira, &IssueId::new(&home.place)).await {
        Ok(times) => times,
        Err(why) => {
            found.push(missing("when it was told in Jira", why));
            BTreeMap::new()
        }
    }
}

async fn written(jira: &Jira<'_>, issue: &IssueId) -> Result<BTreeMap<String, Millis>, Failure> {
    let (mut times, mut start) = (BTreeMap::new(), 0);
    loop {
        let page = jira.comments(issue, start).await?;
        times.extend(page.items.iter().filter_map(|one| Some((one.id.to_string(), one.written()?))));
        match page.next {
            Some(next) if next > start => start = next,
            _ => return Ok(times),
        }
    }
}

/// How those are called whose ids stand in the trail.
async fn people(sources: &Sources<'_>, found: &[TimelineEntry]) -> Vec<TimelineEntry> {
    let ids = found.iter().filter_map(|entry| match &entry.what {
        EntryKind::Act { line } if !line.team.is_empty() => Some(line.who.clone()),
        _ => None,
    });
    let mut people = Vec::new();
    for id in ids.collect::<BTreeSet<_>>() {
        match sources.slack.user(&UserId::new(&id)).await {
            Ok(Some(person)) => {
                people.push(TimelineEntry { at: None, what: EntryKind::Person { id, name: person.name } });
            }
            Ok(None) => {}
            Err(why) => {
                people.push(missing("how people are called", format!("Slack does not tell: {why}")));
                break;
            }
        }
    }
    people
}

fn strange(operation: &'static str) -> CollectError {
    let fault = Fault { kind: FaultKind::Unknown, message: String::new() };
    CollectError::Service { operation, fault }
}

/// Asks what changes nothing; what is refused for now is waited for.
pub async fn asked<T>(world: &dyn World, question: Question<T>) -> Result<T, CollectError> {
    let operation = question.call().operation();
    for attempt in 0.. {
        let fault = match Box::pin(world.call(question.call().clone())).await {
            Ok(answer) => match question.answered(answer) {
                Ok(answer) => return Ok(answer),
                Err(fault) => return Err(CollectError::Service { operation, fault }),
            },
            Err(fault) => fault,
        };
        let least = Duration::from_secs(1 << attempt);
        let wait = match &fault.kind {
            FaultKind::Throttled { retry_after } => retry_after.unwrap_or_default().max(least),
            FaultKind::Unknown | FaultKind::NotSent => least,
            _ => return Err(CollectError::Service { operation, fault }),
        };
        if attempt + 1 >= TRIES {
            return Err(CollectError::Service { operation, fault });
        }
        world.sleep(wait).await;
    }
    Err(strange(operation))
}

/// All pages; one whose token was seen before would never end.
async fn pages<T>(
    world: &dyn World,
    page: impl Fn(Option<String>) -> Question<Page<T>>,
) -> Result<Vec<T>, CollectError> {
    let (mut items, mut next, mut seen) = (Vec::new(), None, BTreeSet::new());
    loop {
        let question = page(next);
        let operation = question.call().operation();
        let page = asked(world, question).await?;
        items.extend(page.items);
        next = page.next;
        match &next {
            Some(token) if seen.insert(token.clone()) => {}
            Some(_) => return Err(strange(operation)),
            None => return Ok(items),
        }
    }
}
