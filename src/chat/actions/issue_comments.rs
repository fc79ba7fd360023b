//! What people say in a case's issue, and how it becomes comments of the case.

use std::collections::{BTreeSet, HashSet};

use super::{
    TOLD_FOR,
    comment_edits::{self, Before},
    comments,
    context::{ActionError, CommandContext},
    findings::{AuditEnd, Findings, HeardBy},
    floor::Floor,
    issue_moves,
    speech::Speech,
    stays::{Gate, Stays},
    withdrawal,
    withheld::IssueNotice,
};
use crate::{
    case::{AccountId, CaseId, IssueCommentId, IssueId, Millis},
    chat::{
        ingress::{act::CommandKey, context::ChatContext, job::Job},
        policy::{
            identity::Profile,
            roles::{self, Identity},
            secret_scan, since,
        },
    },
    http::Failure,
    state::{
        Note, Seen, Told,
        key::Key,
        notes::{self, PlaceNote},
    },
    targets::{
        jira::{self, AccountType, Audience, HeardComment, Jira, Names, Person, plain},
        slack::Slack,
    },
};

/// What refuses a comment of a case that is closed, in the audit trail.
const CLOSED: &str = "the case is closed";

/// What is said in a case's issue, as it stands there now.
pub(super) struct Conversation<'a> {
    pub(super) case: &'a CaseId,
    pub(super) issue: &'a IssueId,
    /// The case is noted to be told there; if not, the issue is being made just now.
    pub(super) is_home: bool,
    pub(super) me: AccountId,
    pub(super) people: Vec<HeardComment>,
    /// What everybody else did; we among them.
    pub(super) others: Vec<HeardComment>,
}

/// Something happened to an issue: what people wrote there becomes comments on its case, and stays what they wrote.
pub(super) async fn heard(chat: &ChatContext<'_>, job: &Job, issue: &IssueId) -> Result<(), ActionError> {
    let Some(jira) = chat.jira() else { return Ok(()) };
    let store = chat.world.store();
    let Some(case) = store.bound(&format!("jira/{issue}")).await? else { return Ok(()) };
    notes::readable(store, &case).await?;
    let meta = store.meta(&case).await?.unwrap_or_default();
    let note = meta.note::<PlaceNote>(&case, Note::Of(jira::KIND))?.0;
    let home = note.home.as_ref();
    if home.is_some_and(|home| *issue != home.place.as_str()) {
        // The case was linked to another issue since.
        return Ok(());
    }
    // Many things happen to an issue at once: one look hears all that came before it.
    if Floor::is_heard(store, issue, job.at).await? {
        return Ok(());
    }
    let began = chat.world.now();
    let listened = listen(&Listening { chat, jira: &jira, job }, &case, issue, home.is_some()).await;
    // What people say comes first, and does not wait for what became of the issue.
    let followed = issue_moves::follow((chat, &jira), (&case, issue), &note).await;
    match listened {
        Ok(true) => {
            followed?;
            Floor::hear(store, issue, began).await
        }
        // A word to somebody is still owed.
        Ok(false) => followed,
        // The issue was deleted meanwhile: nobody says anything there any more.
        Err(ActionError::Failed(Failure::Gone { .. })) => followed,
        Err(error) => Err(error),
    }
}

struct Listening<'a> {
    chat: &'a ChatContext<'a>,
    jira: &'a Jira<'a>,
    job: &'a Job,
}

/// Who does something there, and under which key.
struct Acting<'a> {
    key: &'a CommandKey,
    person: &'a Profile,
    slack: &'a Slack<'a>,
    found: &'a Findings,
}

impl Listening<'_> {
    fn context<'c>(&'c self, acting: &Acting<'c>) -> CommandContext<'c> {
        let Acting { key, person, slack, found } = *acting;
        let ChatContext { world, settings, secrets } = *self.chat;
        CommandContext {
            world,
            settings,
            job: self.job,
            key,
            person,
            slack,
            jira: Some(self.jira),
            secrets,
            since: world.now(),
            again: false,
            found,
        }
    }

    async fn record(&self, heard: &HeardBy<'_>, found: &Findings, error: Option<&ActionError>) {
        let ended = match error {
            None => AuditEnd::Answered,
            Some(ActionError::Said(_)) => AuditEnd::Refused,
            Some(_) => AuditEnd::Unknown,
        };
        let world = self.chat.world;
        world.record(found.line_in_issue(heard, ended, world.now())).await;
    }
}

/// Whether all that is there was dealt with.
async fn listen(
    with: &Listening<'_>,
    case: &CaseId,
    issue: &IssueId,
    is_home: bool,
) -> Result<bool, ActionError> {
    let Listening { chat, jira, job } = with;
    let me = jira.me().await?;
    let (people, others) =
        written(jira, issue).await?.into_iter().partition(|comment| is_a_persons(comment, &me));
    let conversation = Conversation { case, issue, is_home, me, people, others };
    let floor = Floor::of(jira, &conversation).await?;
    let told = chat.world.store().all_told(case, jira::KIND).await?;
    let gate = Gate {
        floor,
        since: &since::seen(chat.world, chat.settings).await?,
        settings: jira.settings,
        came: came(job, chat.world.now()),
        ahead: job.act.happened().map_or(0, |happened| job.at - happened),
    };
    let names = names(&conversation);
    let (mut notices, mut staying, mut all_told) = (Vec::new(), 0, true);
    let says_nothing = |comment: &HeardComment| plain(&comment.body, &names).trim().is_empty();
    let (hidden, open): (Vec<_>, Vec<_>) =
        conversation.people.iter().partition(|one| gate.hides(one).is_some() || says_nothing(one));
    all_told &= taken_back(with, &conversation, (&hidden, &told)).await?;
    staying += hidden.len();
    for comment in open {
        let Some(heard) = heard_new(with, comment, plain(&comment.body, &names), &told) else { continue };
        match gate.stays(comment, &heard.speech.words) {
            None => match said(with, &conversation, &heard).await? {
                Became::Told => {}
                Became::Refused => all_told = false,
                Became::Late => notices.push((IssueNotice::closed(case), comment, CLOSED)),
            },
            Some(Stays::Secret(kind)) => {
                notices.push((IssueNotice::secret(comment, case, kind), comment, secret_scan::RULE))
            }
            Some(Stays::NoRole) if heard.person.account != conversation.me => {
                notices.push((IssueNotice::no_role(&heard.person, case), comment, roles::RULE));
            }
            Some(Stays::Restricted | Stays::Internal | Stays::Older | Stays::NoRole) => staying += 1,
        }
    }
    if staying > 0 {
        // How many, and nothing of them.
        tracing::info!(%case, staying, "comments stay in the issue");
    }
    let mut known: HashSet<_> = told.iter().map(|(key, _)| key.clone()).collect();
    notices.retain(|(one, ..)| known.insert(one.key.clone()));
    for (one, comment, rule) in &notices {
        all_told &= one.tell(jira, &conversation).await?;
        let found = Findings::of_comment(case);
        found.refused(*rule);
        let act = &CommandKey::of_issue_comment(issue, &comment.id);
        let heard = HeardBy { comment, issue, act };
        chat.world.record(found.line_in_issue(&heard, AuditEnd::Refused, chat.world.now())).await;
    }
    Ok(all_told)
}

/// When the news came, where it is tried again by the inbox itself; later it is judged as of now.
fn came(job: &Job, now: Millis) -> Millis {
    if now - job.at < TOLD_FOR { job.at } else { now }
}

/// What a comment says now, if the case does not say it yet. What another person made of it is that person's word: it is
/// known under a name of its own, and its author's stays what it was.
fn heard_new<'a>(
    with: &Listening<'_>,
    comment: &'a HeardComment,
    words: String,
    told: &'a [(Key, Told)],
) -> Option<NewComment<'a>> {
    let author = Person {
        account: comment.author.clone().unwrap_or_else(|| AccountId::new("")),
        name: comment.author_name.clone(),
    };
    let known = |id: &IssueCommentId| told.iter().filter(|(_, told)| *id == told.remote).collect::<Vec<_>>();
    let of_author = NewComment {
        comment,
        speech: Speech::in_issue(&author, comment.id.clone(), words),
        known: known(&comment.id),
        person: author,
    };
    let is_ours = of_author.known.iter().any(|(_, told)| !told.theirs);
    if is_ours || of_author.is_said(with) {
        return None;
    }
    let Some(editor) = comment.speaker().filter(|speaker| speaker.account != of_author.person.account) else {
        return Some(of_author);
    };
    let id = IssueCommentId::new(format!("{}/by/{}", comment.id, editor.account));
    let known = known(&id);
    let speech = Speech::in_issue(&editor, id, of_author.speech.words);
    let of_editor = NewComment { comment, speech, known, person: editor };
    (!of_editor.is_said(with)).then_some(of_editor)
}

async fn written(jira: &Jira<'_>, issue: &IssueId) -> Result<Vec<HeardComment>, ActionError> {
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
    known.filter_map(|comment| Some((comment.author.clone()?.into(), comment.author_name.clone()))).collect()
}

/// By a person of the site: not by us, by another app, or by a customer on a portal. Ours is what bears our mark: a person
/// may have lent us the account.
fn is_a_persons(comment: &HeardComment, me: &AccountId) -> bool {
    comment.account_type == AccountType::Atlassian && comment.mark_by(me).is_none()
}

struct NewComment<'a> {
    comment: &'a HeardComment,
    speech: Speech,
    known: Vec<&'a (Key, Told)>,
    person: Person,
}

impl NewComment<'_> {
    fn is_said(&self, with: &Listening<'_>) -> bool {
        let hashes: Vec<_> = self.known.iter().map(|(_, told)| told.hash.as_str()).collect();
        !hashes.is_empty() && self.speech.is_said_by(with.chat.settings, &hashes)
    }
}

enum Became {
    Told,
    /// It may be taken when it comes again.
    Refused,
    /// The case is closed.
    Late,
}

/// Makes a comment of an issue a comment on its case, once: its id is the command. A later text is another command.
async fn said(
    with: &Listening<'_>,
    conversation: &Conversation<'_>,
    heard: &NewComment<'_>,
) -> Result<Became, ActionError> {
    let NewComment { comment, speech, known, person } = heard;
    let Conversation { case, issue, .. } = conversation;
    let id = speech.jira_comment.as_ref().unwrap_or(&comment.id);
    let made = CommandKey::of_issue_comment(issue, id);
    let later = CommandKey::of_issue_edit(issue, id, &comment.updated);
    let identity = Identity::of_account(with.chat.settings, &person.account);
    let person = Profile { identity, name: person.name.clone(), email: None };
    let found = Findings::of_comment(case);
    let slack = with.chat.slack();
    let key = if known.is_empty() { &made } else { &later };
    let context = with.context(&Acting { key, person: &person, slack: &slack, found: &found });
    let comments: Vec<_> = known.iter().filter_map(|(key, _)| key.comment_id()).collect();
    let outcome = match comments.is_empty() {
        true => comments::create(&context, case, speech).await.map(drop),
        false => {
            let before = Before::in_issue(made.clone(), comments);
            comment_edits::rewrite(&context, case, speech, &before).await
        }
    };
    with.record(&HeardBy { comment, issue, act: key }, &found, outcome.as_ref().err()).await;
    match outcome {
        // The others' comments still count.
        Err(ActionError::Said(_)) => {
            tracing::warn!(%case, comment = %comment.id, "a comment of an issue was refused");
            Ok(if found.is_late() { Became::Late } else { Became::Refused })
        }
        outcome => outcome.map(|()| Became::Told),
    }
}

/// Takes back what the case has of comments that are not for everybody any more, or are gone. Answers whether all was.
async fn taken_back(
    with: &Listening<'_>,
    conversation: &Conversation<'_>,
    (hidden, told): (&[&HeardComment], &[(Key, Told)]),
) -> Result<bool, ActionError> {
    let all = conversation.people.iter().chain(&conversation.others);
    let open: HashSet<&IssueCommentId> =
        all.filter(|one| !hidden.contains(one)).map(|comment| &comment.id).collect();
    let is_owed = |one: &Told| one.seen != Seen::Deleted || !is_known_as_withdrawn(&one.remote, told);
    let theirs = told.iter().filter(|(key, one)| {
        key.comment_id().is_some() && one.theirs && !one.remote.is_empty() && is_owed(one)
    });
    let gone: BTreeSet<&str> = theirs.map(|(_, told)| told.remote.as_str()).collect();
    let mut all_told = true;
    for remote in gone {
        let id = IssueCommentId::new(remote.split('/').next().unwrap_or_default());
        let comment = match hidden.iter().find(|comment| comment.id == id) {
            _ if open.contains(&id) => continue,
            // It was an internal note when the settings let it out, and is the same still.
            Some(comment) if comment.audience == Audience::Team && comment.updated == comment.created => {
                continue;
            }
            Some(comment) => (*comment).clone(),
            None if is_there(with, conversation.issue, &id).await? => continue,
            None => HeardComment::of(id),
        };
        all_told &= take_back(with, conversation, &comment, remote).await?;
    }
    Ok(all_told)
}

/// Whether the issue was told of it. A word to somebody may be owed where the text is taken back already.
fn is_known_as_withdrawn(remote: &str, told: &[(Key, Told)]) -> bool {
    let id = remote.split('/').next().unwrap_or_default();
    told.iter().any(|(key, _)| key.0.starts_with(&IssueNotice::of_withdrawn(id)))
}

/// Asked anew: what a page left out may stand there.
async fn is_there(with: &Listening<'_>, issue: &IssueId, id: &IssueCommentId) -> Result<bool, ActionError> {
    let at = jira::CommentRef { issue: issue.clone(), id: id.clone() };
    match with.jira.comment_by_id(&at).await {
        Ok(_) => Ok(true),
        Err(Failure::Gone { .. }) => Ok(false),
        Err(failure) => Err(failure.into()),
    }
}

async fn take_back(
    with: &Listening<'_>,
    conversation: &Conversation<'_>,
    comment: &HeardComment,
    remote: &str,
) -> Result<bool, ActionError> {
    let Conversation { case, issue, .. } = conversation;
    let writer = Person {
        account: comment.author.clone().unwrap_or_else(|| AccountId::new("")),
        name: comment.author_name.clone(),
    };
    let identity = Identity::of_account(with.chat.settings, &writer.account);
    let person = Profile { identity, name: writer.name.clone(), email: None };
    let (found, slack) = (Findings::of_comment(case), with.chat.slack());
    found.allowed(withdrawal::RULE);
    let key = &CommandKey::of_issue_withdrawal(issue, remote, &comment.updated);
    let context = with.context(&Acting { key, person: &person, slack: &slack, found: &found });
    let speech = Speech::in_issue(&writer, IssueCommentId::new(remote), String::new());
    let outcome = withdrawal::take_back(&context, case, speech, (jira::KIND, remote)).await;
    with.record(&HeardBy { comment, issue, act: key }, &found, outcome.as_ref().err()).await;
    match outcome {
        Ok(Some(withdrawn)) => {
            IssueNotice::withdrawn(comment, case, &withdrawn).tell(with.jira, conversation).await
        }
        Ok(None) => Ok(true),
        Err(ActionError::Said(_)) => {
            tracing::warn!(%case, comment = %comment.id, "a comment of an issue could not be taken back");
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::mark::Mark;

    #[test]
    fn only_what_people_wrote_goes_to_the_case() {
        let me = AccountId::new("me");
        let person = HeardComment {
            author: Some(AccountId::new("a1")),
            account_type: AccountType::Atlassian,
            ..HeardComment::of(IssueCommentId::new("1"))
        };
        assert!(is_a_persons(&person, &me));
        let lent = HeardComment { author: Some(me.clone()), ..person.clone() };
        assert!(is_a_persons(&lent, &me), "whose account is ours as well");
        for other in [
            HeardComment { author: Some(me.clone()), mark: Some(Mark::new("home")), ..person.clone() },
            HeardComment { account_type: AccountType::App, ..person.clone() },
            HeardComment { account_type: AccountType::Customer, ..person.clone() },
            HeardComment { account_type: AccountType::Other(String::new()), ..person },
        ] {
            assert!(!is_a_persons(&other, &me));
        }
    }
}
