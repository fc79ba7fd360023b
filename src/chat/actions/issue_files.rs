//! Files that people put on a case's issue, and how they come to the case: each once, in a job of its own.

use super::{
    attach::{self, Copied, Elsewhere},
    comments,
    context::{ActionError, CommandContext},
    findings::{Findings, HeardBy},
    issue_comments::CLOSED,
    listening::{Acting, Conversation, Listening, case_of},
    origins,
    speech::Speech,
    stays::{Gate, Stays},
    withheld::{IssueNotice, Kept, remember},
};
use crate::{
    case::{Case, FileId, IssueCommentId, IssueId},
    chat::{
        ingress::{act::ActId, action::Action, context::ChatContext, job::Job},
        language::command::Command,
        policy::roles,
    },
    state::{Told, key::Key},
    targets::jira::{AccountType, IssueFile, IssueRef, Person, ShownFiles},
};

const SIGN_IN: &str = "Jira asked us to sign in instead of giving the file.";

/// Under which the ledger keeps that a file was dealt with, and how the check names it.
pub(super) fn key(file: &FileId) -> String {
    format!("file/{file}")
}

/// Puts each new file that may go to the case on its way. Answers those that stay in the issue.
pub(super) async fn begin(
    with: &Listening<'_>,
    (said, gate): (&Conversation<'_>, &Gate<'_>),
    files: &[IssueFile],
    told: &[(Key, Told)],
) -> Result<Vec<Kept>, ActionError> {
    taken_back(with, (said, gate), files, told).await?;
    let mut kept = Vec::new();
    let new = files.iter().filter(|file| is_a_persons(file, said) && !is_known(file, told));
    let new = new.filter(|file| !gate.is_older(file.created));
    for file in new {
        let of = |rule: &'static str| Kept::file(said, file, rule);
        // The check asks again where nobody tells.
        let Some(by) = with.ids(file.author.as_ref()).await? else { continue };
        match gate.file_stays(file, said.all(), &by) {
            None => on_its_way(with, said.issue, file).await?,
            Some(Stays::Older) => {}
            Some(stays @ Stays::Secret(kind)) => {
                let why = format!("its name looks like it holds {kind}.");
                kept.push(of(stays.rule()).told(IssueNotice::file(file, said.case, &why)));
            }
            Some(stays @ Stays::NoRole) => {
                let one = of(stays.rule());
                kept.push(match &file.author {
                    Some(person) => one.told(IssueNotice::no_role(person, said.case)),
                    None => one,
                });
            }
            Some(stays) => kept.push(of(stays.rule())),
        }
    }
    Ok(kept)
}

/// What hangs there no more, or is not for everybody any more, stays on the case, and is copied nowhere.
async fn taken_back(
    with: &Listening<'_>,
    (said, gate): (&Conversation<'_>, &Gate<'_>),
    files: &[IssueFile],
    told: &[(Key, Told)],
) -> Result<(), ActionError> {
    let mut any = false;
    for (key, was, id) in origins::of_issue(told) {
        let stands = files.iter().find(|file| file.id == id);
        let hides = |file| {
            matches!(gate.file_stays(file, said.all(), &[]), Some(Stays::Restricted | Stays::Internal))
        };
        if stands.is_none_or(hides) {
            origins::take_back(with.chat.world.store(), said.case, (key, was)).await?;
            any = true;
        }
    }
    if any {
        with.chat.world.store().hint(said.case, with.chat.world.now(), false).await?;
    }
    Ok(())
}

/// Put there by a person of the site, under an account that is not ours as well: no file of ours bears a mark.
fn is_a_persons(file: &IssueFile, said: &Conversation<'_>) -> bool {
    let is_ours = file.author.as_ref().is_some_and(|author| author.account == said.me);
    file.account_type == AccountType::Atlassian && !is_ours
}

fn is_known(file: &IssueFile, told: &[(Key, Told)]) -> bool {
    let key = key(&file.id);
    told.iter().any(|(known, _)| known.0 == key)
}

async fn on_its_way(with: &Listening<'_>, issue: &IssueId, file: &IssueFile) -> Result<(), ActionError> {
    let job = Job {
        act: ActId::of_issue_file(issue, &file.id),
        action: Action::JiraFile { issue: issue.clone(), file: file.id.clone() },
        ..with.job.clone()
    };
    job.put(with.chat.world, None).await.map_err(ActionError::Trouble)
}

/// Attaches a file of an issue to its case, unless it is there, or may not go there any more.
pub(super) async fn take(
    chat: &ChatContext<'_>,
    job: &Job,
    (issue, id): (&IssueId, &FileId),
) -> Result<(), ActionError> {
    let Some(jira) = chat.jira() else { return Ok(()) };
    let Some((case, note)) = case_of(chat, issue).await? else { return Ok(()) };
    let settings = chat.settings.for_case(note.route.as_ref());
    let chat = &ChatContext { settings: &settings, ..*chat };
    let Some(files) = jira.issue_now(IssueRef::Id(issue)).await?.files else { return Ok(()) };
    let with = Listening::begin(chat, &jira, job).await?;
    let said = Conversation::read(&jira, &case, issue, note.home.is_some()).await?;
    let (told, gate) = (with.told(&case).await?, with.gate(&said).await?);
    let Some(file) = files.iter().find(|file| file.id == *id) else { return Ok(()) };
    let Some(by) = with.ids(file.author.as_ref()).await? else { return Ok(()) };
    // Asked once more: a comment that came meanwhile may say for whom it is.
    let (Some(person), false, None) =
        (&file.author, is_known(file, &told), gate.file_stays(file, said.all(), &by))
    else {
        return Ok(());
    };
    let (mut profile, slack, found) = (with.profile(person), chat.slack(), Findings::of_file(&case));
    profile.identity.groups = by;
    found.allowed(roles::rule(chat.settings, &profile.identity, &Command::Comment { text: None }));
    let key = &job.key();
    let context = with.context(&Acting { key, person: &profile, slack: &slack, found: &found });
    let done = Box::pin(attached(&context, (&said, &told), file, person)).await;
    with.record(&HeardBy { who: Some(person.account.clone()), issue, act: key }, &found, done.as_ref().err())
        .await;
    let notice = match done? {
        FileEnd::Attached => None,
        FileEnd::Late => Some(IssueNotice::closed(&case)),
        FileEnd::Refused(why) => Some(IssueNotice::file(file, &case, &why)),
    };
    let is_known = |notice: &IssueNotice| told.iter().any(|(key, _)| *key == notice.key);
    match notice {
        Some(notice) if !is_known(&notice) && !notice.tell(&jira, &said).await? => Ok(()),
        _ => remember(chat.world.store(), &case, Key(self::key(id)), self::key(id)).await,
    }
}

enum FileEnd {
    Attached,
    Late,
    Refused(String),
}

async fn attached(
    context: &CommandContext<'_>,
    (said, told): (&Conversation<'_>, &[(Key, Told)]),
    file: &IssueFile,
    person: &Person,
) -> Result<FileEnd, ActionError> {
    let case: Case = context.case(said.case).await?;
    if case.is_closed() {
        context.found.refused(CLOSED);
        return Ok(FileEnd::Late);
    }
    let from = match context.jira.map(|jira| jira.download(&file.id)) {
        Some(Ok(from)) => Ok(from),
        Some(Err(failure)) => return Err(failure.into()),
        None => Err("there is no Jira any more."),
    };
    let there = Elsewhere {
        id: &file.id,
        name: &file.name,
        bytes: file.bytes,
        from,
        origin: Some(origins::in_jira(&file.id)),
        place: "Jira",
        sign_in: SIGN_IN,
    };
    let name = match attach::copied(context, &case, &there, &[]).await? {
        Copied::As(name) => name,
        Copied::Not(why) => {
            context.found.refused("refused");
            return Ok(FileEnd::Refused(why));
        }
    };
    if name != file.name || !is_named(said, told, file) {
        let words = format!("{}\n{}", attach::heading("Jira"), attach::line("Jira", &file.name, &name));
        // The issue shows the file itself: no comment of it says this.
        let speech = Speech::in_issue(person, IssueCommentId::new(""), words);
        comments::create(context, said.case, &speech).await?;
    }
    Ok(FileEnd::Attached)
}

/// Whether the case has a comment of the same person that names the file already.
fn is_named(said: &Conversation<'_>, told: &[(Key, Told)], file: &IssueFile) -> bool {
    let account = file.author.as_ref().map(|author| &author.account);
    let theirs = said.people.iter().filter(|one| one.author.as_ref() == account);
    let mut naming = theirs.filter(|one| ShownFiles::of(&one.body).names(&file.name));
    naming.any(|one| told.iter().any(|(_, told)| one.id == told.remote))
}
