//! Which issue is a case's, and what do people say there?

use sha2::{Digest, Sha256};

use super::{
    comments::{self, Spoken},
    context::{ActionError, CommandContext, Outcome},
    floor::Floor,
    stays::{Stays, stays},
    withheld::Withheld,
};
use crate::{
    case::{CaseId, CommentId, Millis, text},
    chat::{
        ingress::{context::ChatContext, job::Job},
        policy::{
            identity::Profile,
            roles::{Identity, Standing},
        },
        reply::{Paragraph, Reply},
    },
    config::settings::Settings,
    http::Failure,
    state::{
        Note, Told,
        key::Key,
        notes::{self, GONE, HOME, Home, PlaceNote},
        record,
    },
    targets::jira::{self, HeardComment, Jira, Names, plain},
};

/// How long the case's notes are held while an issue is linked: longer than it can take.
const LEASE: Millis = 75_000;

/// `jira`
pub async fn show(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    let Some(jira) = context.jira else { return Ok(no_jira()) };
    Ok(match noted(context, id).await?.home {
        Some(home) => Reply::of(
            Paragraph::of("Case ").bold(id.as_str()).text(" is the issue ").link(&jira.settings.browse(&home.name), &home.name),
        ),
        None => Reply::of(
            Paragraph::of("Case ")
                .bold(id.as_str())
                .text(" has no issue yet. It is made within minutes; if somebody deleted it, make another with ")
                .code("jira open")
                .text(", or choose one with ")
                .code("jira link SEC-12")
                .text("."),
        ),
    })
}

fn no_jira() -> Reply {
    Reply::of(
        Paragraph::of("Jira is not in the settings. Whoever deployed the bridge adds the table ")
            .code("[jira]")
            .text("."),
    )
}

async fn noted(context: &CommandContext<'_>, id: &CaseId) -> Result<PlaceNote, ActionError> {
    let Some(meta) = context.or_parked(context.world.store().meta(id).await)? else {
        return Ok(PlaceNote::default());
    };
    Ok(context.or_parked(meta.note(id, Note::Of(jira::KIND)))?.0)
}

/// `jira open`: an issue that somebody deleted is made again.
pub async fn open(context: &CommandContext<'_>, id: &CaseId) -> Outcome {
    if context.jira.is_none() {
        return Ok(no_jira());
    }
    let note = noted(context, id).await?;
    if note.home.is_some() && note.set.get(HOME).map(String::as_str) != Some(GONE) {
        return show(context, id).await;
    }
    begin_anew(context, id, PlaceNote::default()).await?;
    Ok(Reply::of(
        Paragraph::of("The issue of case ")
            .bold(id.as_str())
            .text(" is being made. The card will link to it."),
    ))
}

const TOLD_ANEW: &str = ". It takes the case's title and description, and the case's whole story is told in it once, \
                         from the beginning. What stands in the issue already stays there; comments that people write in \
                         it from now on go to the case.";

/// `jira link KEY`: from now on everything is told in this issue, from the beginning, and what people write in it from
/// now on goes to the case.
pub async fn link(context: &CommandContext<'_>, id: &CaseId, key: &str) -> Outcome {
    let Some(jira) = context.jira else { return Ok(no_jira()) };
    let issue = match jira.issue_status(key).await {
        Ok(issue) => issue,
        Err(Failure::Gone { .. } | Failure::Content { .. }) => {
            let why = format!("Jira has no issue {key}, or hides it from the bridge.");
            return Ok(context.refuse(why));
        }
        Err(failure) => return Err(failure.into()),
    };
    let place = format!("jira/{}", issue.id);
    match context.world.store().bound(&place).await? {
        Some(other) if other != *id => {
            return Ok(context.refuse(format!("{} is the issue of case {other} already.", issue.key)));
        }
        _ => {}
    }
    let home = Home { place: issue.id.clone(), name: issue.key.clone() };
    let other = noted(context, id).await?.home.as_ref() != Some(&home);
    // Told once: a repetition finds it linked, and must not say that it was so before.
    let anew = context.decide("anew", other).await?;
    if other {
        // First: nothing is heard in the issue before it is bound.
        let now = issue.updated.ok_or_else(|| Failure::unreadable("read issue"))?;
        Floor::raise(context.world.store(), &issue.id, now).await?;
        begin_anew(context, id, PlaceNote { home: Some(home), ..PlaceNote::default() }).await?;
    }
    context.world.store().bind(&place, id).await?;
    context.changed(id).await?;
    let (is, told) = match anew {
        true => (" is now the issue ", TOLD_ANEW),
        false => (" is the issue ", " already: nothing is told in it again."),
    };
    let line = Paragraph::of("Case ").bold(id.as_str()).text(is);
    Ok(Reply::of(line.link(&jira.settings.browse(&issue.key), &issue.key).text(told)))
}

/// Puts another note in the place of the one on Jira and forgets what was told, under the case's lease.
async fn begin_anew(context: &CommandContext<'_>, id: &CaseId, note: PlaceNote) -> Result<(), ActionError> {
    let (store, now) = (context.world.store(), context.world.now());
    store.hint(id, now, true).await?;
    let Some(meta) = store.lease(id, now, now + LEASE).await? else {
        return Err(ActionError::Trouble("the case is being told just now".to_owned()));
    };
    let (_, rest) = context.or_parked(meta.note::<PlaceNote>(id, Note::Of(jira::KIND)))?;
    for (key, _) in context.or_parked(store.all_told(id, jira::KIND).await)? {
        store.untell(id, meta.epoch, jira::KIND, &key).await?;
    }
    let json = record::write(&note, &rest).map_err(|error| ActionError::Trouble(error.to_string()))?;
    store.save(id, meta.epoch, Note::Of(jira::KIND), &json).await?;
    store.release(id, meta.epoch, meta.want, Some(now), true).await?;
    Ok(())
}

/// What is said in a case's issue, as it stands there now.
pub struct Conversation<'a> {
    pub case: &'a CaseId,
    pub issue: &'a str,
    /// The case is noted to be told there; if not, the issue is being made just now.
    pub is_home: bool,
    /// Our account.
    pub me: String,
    /// What people of the site wrote.
    pub people: Vec<HeardComment>,
    /// What everybody else did; we among them.
    pub others: Vec<HeardComment>,
}

/// Something happened to an issue: what people wrote there becomes comments on its case, and stays what they wrote.
pub async fn heard(chat: &ChatContext<'_>, job: &Job, issue: &str) -> Result<(), ActionError> {
    let Some(jira) = chat.jira() else { return Ok(()) };
    let store = chat.world.store();
    let Some(case) = store.bound(&format!("jira/{issue}")).await? else { return Ok(()) };
    notes::readable(store, &case).await?;
    let meta = store.meta(&case).await?.unwrap_or_default();
    let home = meta.note::<PlaceNote>(&case, Note::Of(jira::KIND))?.0.home;
    if home.as_ref().is_some_and(|home| home.place != issue) {
        // The case was linked to another issue since.
        return Ok(());
    }
    match listen(chat, &jira, job, (&case, issue, home.is_some())).await {
        // The issue was deleted meanwhile: nobody says anything there any more.
        Err(ActionError::Failed(Failure::Gone { .. })) => Ok(()),
        outcome => outcome,
    }
}

async fn listen(
    chat: &ChatContext<'_>,
    jira: &Jira<'_>,
    job: &Job,
    (case, issue, is_home): (&CaseId, &str, bool),
) -> Result<(), ActionError> {
    let me = jira.me().await?;
    let (people, others) =
        written(jira, issue).await?.into_iter().partition(|comment| is_a_persons(comment, &me));
    let conversation = Conversation { case, issue, is_home, me, people, others };
    let floor = Floor::of(jira, &conversation).await?;
    let told = chat.world.store().all_told(case, jira::KIND).await?;
    let names = names(&conversation);
    let (mut withheld, mut staying) = (Vec::new(), 0);
    for comment in &conversation.people {
        let known: Vec<_> = told.iter().filter(|(_, told)| told.remote == comment.id).collect();
        let words = plain(&comment.body, &names);
        let is_ours = known.iter().any(|(_, told)| !told.theirs);
        if is_ours || (!known.is_empty() && is_said(chat.settings, comment, &words, &known)) {
            continue;
        }
        match stays(comment, &words, floor, jira.settings) {
            None => said(chat, jira, job, (case, issue), (comment, &words), &known).await?,
            Some(Stays::Secret(kind)) => withheld.push(Withheld { comment, kind }),
            Some(Stays::Restricted | Stays::Internal | Stays::Older) => staying += 1,
        }
    }
    if staying > 0 {
        // How many, and nothing of them.
        tracing::info!(%case, staying, "comments stay in the issue");
    }
    for one in withheld.iter().filter(|one| told.iter().all(|(key, _)| *key != one.key())) {
        one.tell(jira, &conversation).await?;
    }
    Ok(())
}

async fn written(jira: &Jira<'_>, issue: &str) -> Result<Vec<HeardComment>, ActionError> {
    let (mut comments, mut next) = (Vec::new(), Some(0));
    while let Some(start) = next {
        let page = jira.comments(issue, start).await?;
        comments.extend(page.items);
        next = page.next;
    }
    Ok(comments)
}

/// Who speaks in an issue, by account: a mention need not tell a name.
fn names(conversation: &Conversation<'_>) -> Names {
    let all = conversation.people.iter().chain(&conversation.others);
    let known = all.filter(|comment| !comment.author_name.is_empty());
    known.map(|comment| (comment.author.clone(), comment.author_name.clone())).collect()
}

/// By a person of the site: not by us, by another app, or by a customer on a portal.
fn is_a_persons(comment: &HeardComment, me: &str) -> bool {
    comment.account_type == "atlassian" && comment.author != me && comment.mark_by(me).is_none()
}

/// Whether the case says already what a comment says.
fn is_said(settings: &Settings, comment: &HeardComment, words: &str, told: &[&(Key, Told)]) -> bool {
    let hashes: Vec<_> = told.iter().map(|(_, told)| told.hash.as_str()).collect();
    comments::is_said(settings, &spoken(comment), words, &hashes)
}

fn spoken(comment: &HeardComment) -> Spoken {
    Spoken::jira(&comment.author_name, &comment.id)
}

/// Makes a comment of an issue a comment on its case, once: its id is the command. A later text is another command.
async fn said(
    chat: &ChatContext<'_>,
    jira: &Jira<'_>,
    job: &Job,
    (case, issue): (&CaseId, &str),
    (comment, words): (&HeardComment, &str),
    known: &[&(Key, Told)],
) -> Result<(), ActionError> {
    if words.trim().is_empty() {
        return Ok(());
    }
    let made = key(&format!("jira|{issue}|{}", comment.id));
    let later = key(&format!("jira|{issue}|{}|{}", comment.id, comment.updated));
    let identity =
        Identity { team: String::new(), user: String::new(), kind: Standing::OtherApp, groups: Vec::new() };
    let person = Profile { identity, name: comment.author_name.clone(), email: None };
    let slack = chat.slack();
    let context = CommandContext {
        world: chat.world,
        settings: chat.settings,
        job,
        key: if known.is_empty() { &made } else { &later },
        person: &person,
        slack: &slack,
        jira: Some(jira),
        signs: &chat.secrets.slack_signing_secret,
        since: chat.world.now(),
        again: false,
    };
    let spoken = spoken(comment);
    let comments: Vec<_> = known.iter().filter_map(|(key, _)| comment_of(key)).collect();
    let outcome = match comments.is_empty() {
        true => comments::create(&context, case, words, &spoken).await.map(drop),
        false => comments::edited_in_jira(&context, case, words, (spoken, &made, comments)).await,
    };
    match outcome {
        // There is nobody to tell in Jira; the others' comments still count.
        Err(ActionError::Said(_)) => {
            tracing::warn!(%case, comment = comment.id, "a comment of an issue was refused");
            Ok(())
        }
        outcome => outcome,
    }
}

fn key(named: &str) -> String {
    text::hex(&Sha256::digest(named.as_bytes()))
}

/// The case's comment that a key of the ledger is about: `comment/000123/0`.
fn comment_of(key: &Key) -> Option<CommentId> {
    key.0.strip_prefix("comment/")?.split('/').next().map(CommentId::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_wrote_goes_to_the_case() {
        let person = HeardComment {
            author: "a1".to_owned(),
            account_type: "atlassian".to_owned(),
            ..HeardComment::default()
        };
        assert!(is_a_persons(&person, "me"));
        for other in [
            HeardComment { author: "me".to_owned(), ..person.clone() },
            HeardComment { account_type: "app".to_owned(), ..person.clone() },
            HeardComment { account_type: "customer".to_owned(), ..person.clone() },
            HeardComment { account_type: String::new(), ..person },
        ] {
            assert!(!is_a_persons(&other, "me"));
        }
    }
}
