//! What people say in a case's issue, and how it becomes comments of the case.

use std::collections::{BTreeSet, HashSet};

use super::{
    comment_edits::{self, Before},
    comments,
    context::ActionError,
    findings::{Findings, HeardBy},
    floor::Floor,
    issue_files, issue_moves,
    listening::{Acting, Conversation, Listening, case_of},
    machine::answers_at_once,
    speech::Speech,
    stays::Stays,
    withdrawal,
    withheld::{IssueNotice, Kept},
};
use crate::{
    case::{AccountId, IssueCommentId, IssueId},
    chat::{
        ingress::{act::CommandKey, context::ChatContext, job::Job},
        policy::{roles, secret_scan},
    },
    http::Failure,
    state::{Seen, Told, key::Key},
    targets::jira::{self, Audience, HeardComment, IssueFile, IssueRef, Person, plain},
};

/// What refuses a comment of a case that is closed, in the audit trail.
pub(super) const CLOSED: &str = "the case is closed";
/// And what AWS does not take.
const REFUSED: &str = "refused by AWS";

/// Something happened to an issue: what people wrote there becomes comments on its case, and stays what they wrote.
pub(super) async fn heard(chat: &ChatContext<'_>, job: &Job, issue: &IssueId) -> Result<(), ActionError> {
    let Some(jira) = chat.jira() else { return Ok(()) };
    let Some((case, note)) = case_of(chat, issue).await? else { return Ok(()) };
    let settings = chat.settings.for_case(note.route.as_ref());
    let chat = &ChatContext { settings: &settings, ..*chat };
    let store = chat.world.store();
    // Many things happen to an issue at once: one look hears all that came before it.
    if Floor::is_heard(store, issue, job.at).await? {
        return Ok(());
    }
    let began = chat.world.now();
    // Before what is said there: a file hangs there no later than the comment that says for whom it is.
    let read = jira.issue_now(IssueRef::Id(issue)).await;
    let files = read.as_ref().ok().and_then(|now| now.files.as_deref());
    let with = Listening::begin(chat, &jira, job).await?;
    let listened = async {
        let conversation = Conversation::read(&jira, &case, issue, note.home.is_some()).await?;
        listen(&with, &conversation, files).await
    };
    let listened = Box::pin(listened).await;
    // What people say comes first, and does not wait for what became of the issue.
    let followed = issue_moves::follow((chat, &jira), (&case, issue), read, &note).await;
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

/// Whether all that is there was dealt with.
async fn listen(
    with: &Listening<'_>,
    conversation: &Conversation<'_>,
    files: Option<&[IssueFile]>,
) -> Result<bool, ActionError> {
    let (case, told) = (conversation.case, with.told(conversation.case).await?);
    let (gate, names) = (with.gate(conversation).await?, conversation.names());
    let (mut kept, mut all_told) = (Vec::new(), true);
    let says_nothing = |comment: &HeardComment| plain(&comment.body, &names).trim().is_empty();
    let (hidden, open): (Vec<_>, Vec<_>) =
        conversation.people.iter().partition(|one| gate.hides(one).is_some() || says_nothing(one));
    all_told &= taken_back(with, conversation, (&hidden, &told)).await?;
    let restricted = hidden.iter().filter_map(|one| Some((one, gate.hides(one)?)));
    let newly = restricted.filter(|(one, _)| !gate.is_older(one.written()));
    kept.extend(newly.map(|(one, why)| Kept::comment(conversation, one, why.rule())));
    for comment in open {
        let Some(heard) = heard_new(with, comment, plain(&comment.body, &names), &told) else { continue };
        if gate.is_older(comment.written()) {
            continue;
        }
        let Some(by) = with.ids(comment.speaker().as_ref()).await? else {
            all_told = false;
            continue;
        };
        let of = |rule: &'static str| Kept::comment(conversation, comment, rule);
        let is_a_machines = || answers_at_once(comment, conversation).then_some(Stays::Machine);
        match gate.stays(comment, &heard.speech.words, &by).or_else(is_a_machines) {
            // What AWS takes no more of was refused before.
            None if of(CLOSED).is_known_to(&told) => {}
            None => match said(with, conversation, &heard).await? {
                Became::Told => {}
                Became::Refused(why, found) => {
                    all_told = false;
                    let one = of(REFUSED).after(found);
                    kept.push(one.told(IssueNotice::refused(comment, case, &why)));
                }
                Became::Late(found) => {
                    kept.push(of(CLOSED).after(found).told(IssueNotice::closed(case)));
                }
            },
            Some(Stays::Secret(kind)) => {
                kept.push(of(secret_scan::RULE).told(IssueNotice::secret(comment, case, kind)));
            }
            Some(Stays::NoRole) if heard.person.account != conversation.me => {
                kept.push(of(roles::RULE).told(IssueNotice::no_role(&heard.person, case)));
            }
            Some(stays @ Stays::Machine) => {
                kept.push(of(stays.rule()).told(IssueNotice::machine(&heard.person, case)));
            }
            Some(stays @ Stays::Bridge) => kept.push(of(stays.rule())),
            Some(Stays::Restricted | Stays::Internal | Stays::Older | Stays::NoRole) => {}
        }
    }
    // Of an issue that was not read nobody knows which files hang there.
    if let Some(files) = files {
        kept.extend(issue_files::begin(with, (conversation, &gate), files, &told).await?);
    }
    Ok(Kept::say_all(with, conversation, (&kept, &told)).await? && all_told)
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
    Refused(String, Findings),
    /// The case is closed.
    Late(Findings),
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
    let (person, found) = (with.profile(person), Findings::of_comment(case));
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
    match outcome {
        // The others' comments still count.
        Err(ActionError::Said(why)) => {
            tracing::warn!(%case, comment = %comment.id, "a comment of an issue was refused");
            found.refused(if found.is_late() { CLOSED } else { REFUSED });
            Ok(if found.is_late() { Became::Late(found) } else { Became::Refused(why.plain(), found) })
        }
        outcome => {
            let heard = HeardBy { who: comment.speaker().map(|it| it.account), issue, act: key };
            with.record(&heard, &found, outcome.as_ref().err()).await;
            outcome.map(|()| Became::Told)
        }
    }
}

/// Takes back what the case has of comments that are not for everybody any more, or are gone. Answers whether all was.
async fn taken_back(
    with: &Listening<'_>,
    conversation: &Conversation<'_>,
    (hidden, told): (&[&HeardComment], &[(Key, Told)]),
) -> Result<bool, ActionError> {
    let open: HashSet<&IssueCommentId> =
        conversation.all().filter(|one| !hidden.contains(one)).map(|comment| &comment.id).collect();
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
    let person = with.profile(&writer);
    let (found, slack) = (Findings::of_comment(case), with.chat.slack());
    found.allowed(withdrawal::RULE);
    let key = &CommandKey::of_issue_withdrawal(issue, remote, &comment.updated);
    let context = with.context(&Acting { key, person: &person, slack: &slack, found: &found });
    let speech = Speech::in_issue(&writer, IssueCommentId::new(remote), String::new());
    let outcome = withdrawal::take_back(&context, case, speech, (jira::KIND, remote)).await;
    let heard = HeardBy { who: comment.speaker().map(|it| it.account), issue, act: key };
    with.record(&heard, &found, outcome.as_ref().err()).await;
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
