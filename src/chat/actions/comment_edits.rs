//! How what was said on a case is said otherwise: by a command, in a message, or in an issue.

use std::{collections::BTreeMap, time::Duration};

use super::{
    comments::{Text, decided, part, told},
    compare_and_set::closed,
    context::{ActionError, CommandContext, Outcome, RECORD_TTL},
    naming::{self, SlackMessage},
    parts, receipts,
    speech::Speech,
    withdrawal::{self, Withdrawn},
};
use crate::{
    aws::sir::{Call, ask},
    case::{
        CaseId, Comment, CommentId, IssueCommentId, Millis, Ts,
        author::{name_in, speaker_in, unnamed},
        text,
    },
    chat::{
        ingress::act::CommandKey,
        reply::{Paragraph, Reply},
    },
    state::{
        Saying, Seen,
        earlier::{self, Earlier, InPlace},
    },
    targets::{jira, slack},
};

/// So often a list is read once more that lacks a comment which was made, this long after each other.
const LAGS: usize = 3;
const LAG: Duration = Duration::from_secs(2);
/// So long after it was asked for the inbox brings again what is about a comment that is not in the list. Nobody can take
/// one off a case.
const LATE: Millis = 600_000;

pub(super) struct Before {
    made: CommandKey,
    known: BTreeMap<CommentId, CommandKey>,
}

impl Before {
    /// Comments, and by which command each was made, as far as that is known; `made` is for those of which it is not.
    pub(super) fn of(made: CommandKey, comments: Vec<(CommentId, Option<CommandKey>)>) -> Self {
        let command = |(index, (comment, command)): (usize, (CommentId, Option<CommandKey>))| {
            (comment, command.unwrap_or_else(|| made.part(index)))
        };
        let known = comments.into_iter().enumerate().map(command).collect();
        Self { made, known }
    }

    pub(super) fn in_issue(made: CommandKey, comments: Vec<CommentId>) -> Self {
        let known =
            comments.into_iter().enumerate().map(|(index, comment)| (comment, made.part(index))).collect();
        Self { made, known }
    }
}

/// `amend COMMENT TEXT`: only a comment that the person made here.
pub(super) async fn amend(
    context: &CommandContext<'_>,
    id: &CaseId,
    comment: &CommentId,
    words: &str,
) -> Outcome {
    let sayings = context.world.store().sayings(id).await?;
    let own = context.author();
    let saying =
        sayings.into_iter().find(|it| it.comment.as_deref() == Some(comment.as_str()) && it.author == own);
    let Some(saying) = saying else {
        return Ok(Reply::of(
            Paragraph::of("Comment ").bold(comment.as_str()).text(
                " is not one that you made here within the last day, so it stays as it is. You can add another with ",
            ).code("comment …").text("."),
        )
        .give_back(&context.typed()));
    };
    let speech = Speech {
        author: saying.author,
        slack_ts: saying.slack_ts.map(Ts::new),
        jira_comment: saying.jira_comment.map(IssueCommentId::new),
        ..Speech::typed(context, naming::called(context, words).await?)
    };
    let made = CommandKey::known(saying.command);
    let known = [(comment.clone(), made.clone())].into();
    rewrite(context, id, &speech, &Before { made, known }).await?;
    Ok(Reply::of(Paragraph::of("Comment ").bold(comment.as_str()).text(" now says what you wrote.")))
}

pub(super) async fn edited(context: &CommandContext<'_>, id: &CaseId, message: &SlackMessage) -> Outcome {
    let sayings = context.world.store().sayings(id).await?;
    let mut known: BTreeMap<_, _> = sayings
        .into_iter()
        .filter(|it| it.slack_ts.as_deref() == Some(message.ts.as_str()))
        .filter_map(|it| Some((CommentId::new(it.comment?), CommandKey::known(it.command))))
        .collect();
    if known.is_empty() {
        known = long_ago(context, id, &message.ts).await?;
    }
    if known.is_empty() {
        return Ok(Reply::silence());
    }
    let words = naming::words(context, message).await?;
    if words.trim().is_empty() {
        return withdrawal::of_message(context, &message.ts, Some(id.clone())).await;
    }
    // The other parts' tokens are made of the first one's, which is the command's own.
    let is_first =
        |made: &&CommandKey| (1..known.len()).all(|index| known.values().any(|it| *it == made.part(index)));
    let made = known.values().find(is_first).unwrap_or(context.key).clone();
    let speech = Speech::in_message(context, &message.ts, words);
    rewrite(context, id, &speech, &Before { made, known }).await?;
    receipts::on_the_case(context).await;
    Ok(Reply::silence())
}

/// The comments that a message became more than a day ago, from the ledger; by which command is forgotten.
async fn long_ago(
    context: &CommandContext<'_>,
    id: &CaseId,
    ts: &Ts,
) -> Result<BTreeMap<CommentId, CommandKey>, ActionError> {
    let all = context.world.store().all_told(id, slack::KIND).await?;
    let found = all.into_iter().filter(|(_, told)| told.theirs && *ts == told.remote.as_str());
    let comments = found.filter_map(|(key, _)| key.comment_id());
    Ok(comments.enumerate().map(|(index, comment)| (comment, context.key.part(index))).collect())
}

/// Puts what is said now in the place of what was said before.
pub(super) async fn rewrite(
    context: &CommandContext<'_>,
    id: &CaseId,
    speech: &Speech,
    before: &Before,
) -> Result<(), ActionError> {
    if context.case(id).await?.is_closed() {
        context.found.comes_late();
        return Err(closed(id).give_back(&context.typed()).into());
    }
    readable(context, id, speech).await?;
    let text = decided(context, speech).await?;
    let standing = standing(context, id, before).await?;
    if standing.iter().any(|(_, body)| body.is_none()) {
        return Err(context.refuse("The case does not list the comment that this is about."));
    }
    let rewriting = Rewrite { speech, before, text: &text, ends: Ends::Edited };
    replace(context, id, &rewriting, &standing).await?;
    for (index, body) in text.bodies.iter().enumerate().skip(standing.len()) {
        let saying = speech.saying(&before.made.part(index), text.speaker.as_deref());
        part(context, id, saying, body).await?;
    }
    // An old comment changed: all pages must be read to see it.
    Ok(context.world.store().hint(id, context.world.now(), true).await?)
}

/// Those of a case's comments that are known, in the order of their parts.
async fn listed(
    context: &CommandContext<'_>,
    id: &CaseId,
    known: &BTreeMap<CommentId, CommandKey>,
) -> Result<Vec<Comment>, ActionError> {
    let page = |next| ask::comments(id, next);
    let of = |comments: &[Comment]| comments.iter().filter(|one| known.contains_key(&one.id)).count();
    let (mut comments, _) = context.pages(page, |comments| of(comments) >= known.len()).await?;
    comments.retain(|one| known.contains_key(&one.id));
    comments.sort_by_key(|one| (parts::number(&one.body), one.created, one.id.clone()));
    comments.dedup_by(|a, b| a.id == b.id);
    Ok(comments)
}

/// What is remembered at the end takes the place of what was: that must be readable.
async fn readable(context: &CommandContext<'_>, id: &CaseId, speech: &Speech) -> Result<(), ActionError> {
    for (destination, is_there) in
        [(slack::KIND, speech.slack_ts.is_some()), (jira::KIND, speech.jira_comment.is_some())]
    {
        if is_there {
            context.or_parked(context.world.store().all_told(id, destination).await)?;
        }
    }
    Ok(())
}

/// Puts in the place of what was said that it was taken back. Its line of the speaker stays.
pub(super) async fn withdraw(
    context: &CommandContext<'_>,
    id: &CaseId,
    speech: Speech,
    before: &Before,
) -> Result<Withdrawn, ActionError> {
    let is_closed = context.case(id).await?.is_closed();
    readable(context, id, &speech).await?;
    let standing = standing(context, id, before).await?;
    let bodies = || standing.iter().filter_map(|(_, body)| body.as_deref());
    let line = bodies().find_map(|body| speaker_in(body, speech.place()));
    let name = line.map_or_else(|| speech.author_name(context), |line| name_in(line).to_owned());
    let words = withdrawal::words(&name, context.job.at);
    let speaker = line.map_or_else(|| speech.speaker.clone(), str::to_owned);
    let had_files = bodies().any(text::names_files);
    let speech = Speech { words, speaker, ..speech.by(&name) };
    let text = decided(context, &speech).await?;
    let ends = if is_closed { Ends::WithdrawnOfClosed } else { Ends::Withdrawn };
    replace(context, id, &Rewrite { speech: &speech, before, text: &text, ends }, &standing).await?;
    context.world.store().hint(id, context.world.now(), true).await?;
    let body = text.bodies.first().map_or("", String::as_str);
    let words = unnamed(body, text.speaker.as_deref()).to_owned();
    Ok(Withdrawn { words, stays_at_aws: is_closed, had_files })
}

/// Why what was said before stands there no more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Edited,
    Withdrawn,
    /// Of a case on which AWS changes nothing any more.
    WithdrawnOfClosed,
}

struct Rewrite<'a> {
    speech: &'a Speech,
    before: &'a Before,
    text: &'a Text,
    ends: Ends,
}

async fn replace(
    context: &CommandContext<'_>,
    id: &CaseId,
    rewriting: &Rewrite<'_>,
    standing: &[(CommentId, Option<String>)],
) -> Result<(), ActionError> {
    let Rewrite { speech, before, text, ends } = rewriting;
    let fallen = parts::fallen_away(text.speaker.as_deref());
    for (index, (comment, now)) in standing.iter().enumerate() {
        let body = text.bodies.get(index).unwrap_or(&fallen);
        let command = before.known.get(comment).cloned().unwrap_or_else(|| before.made.part(index));
        // Written first, as when the comment was made: the new text is not told where it can be read already.
        let saying = speech.saying(&command, text.speaker.as_deref());
        let (since, body_hash) = (context.job.at, text::hash(body));
        let saying = Saying { since, body_hash, comment: Some(comment.to_string()), ..saying };
        context.world.store().say(id, &saying, context.world.now() + RECORD_TTL).await?;
        if let Some(now) = now.as_ref().filter(|now| *now != body) {
            let text = (now.as_str(), body.as_str());
            exchange(context, id, comment, &Exchange { rewriting, text }).await?;
        }
        let seen = if *ends == Ends::Edited { Seen::Yes } else { Seen::Deleted };
        told(context, id, &saying, seen).await?;
    }
    Ok(())
}

struct Exchange<'a> {
    rewriting: &'a Rewrite<'a>,
    /// What stands there, and what is to stand there.
    text: (&'a str, &'a str),
}

/// Keeps what a comment says, and then lets it say something else.
async fn exchange(
    context: &CommandContext<'_>,
    id: &CaseId,
    comment: &CommentId,
    Exchange { rewriting: Rewrite { speech, text, ends, .. }, text: (now, body) }: &Exchange<'_>,
) -> Result<(), ActionError> {
    let store = context.world.store();
    let by = text.speaker.clone().unwrap_or_else(|| speech.speaker.clone());
    let (text, until, withdrawn) = ((*now).to_owned(), context.job.at, *ends != Ends::Edited);
    earlier::keep(store, id, comment, &Earlier { text, until, by, withdrawn }).await?;
    let (case, comment, body) = (id.clone(), comment.clone(), (*body).to_owned());
    if *ends == Ends::WithdrawnOfClosed {
        let instead = InPlace { comment, of: text::hash(now), shown: body };
        return Ok(earlier::put_in_place(store, id, &instead).await?);
    }
    context.call(Call::UpdateCaseComment { case, comment, body }).await.map(drop)
}

/// What these comments say now, in the order of their parts; `None` where the case has no such comment. What was made a
/// moment ago is not missing where the service's list does not have it yet: a list is seconds old at most.
async fn standing(
    context: &CommandContext<'_>,
    id: &CaseId,
    Before { known, .. }: &Before,
) -> Result<Vec<(CommentId, Option<String>)>, ActionError> {
    let mut comments = listed(context, id, known).await?;
    for _ in 0..LAGS {
        if comments.len() >= known.len() {
            break;
        }
        context.world.sleep(LAG).await;
        comments = listed(context, id, known).await?;
    }
    if comments.len() < known.len() && context.world.now() - context.job.at < LATE {
        return Err(ActionError::Later("the case does not list a comment that was made".to_owned()));
    }
    let gone =
        known.keys().filter(|id| comments.iter().all(|one| one.id != **id)).map(|id| (id.clone(), None));
    let gone: Vec<_> = gone.collect();
    Ok(comments.into_iter().map(|one| (one.id, Some(one.body))).chain(gone).collect())
}
