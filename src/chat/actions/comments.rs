//! What was said on a case, and how somebody says something.
//!
//! A comment that is made here comes back with the next event. It is told apart from everybody else's by what is
//! written into the store *before* it is made: whose it is, and where it can be read already.

use futures_util::future::join;

use super::{
    attach,
    context::{ActionError, CommandContext, Outcome, RECORD_TTL, strange},
    freeze::Frozen,
    naming::{self, SlackMessage},
    parts::Named,
    receipts,
    speech::Speech,
};
use crate::{
    aws::sir::{ask, limits},
    case::{
        CaseId, Comment, CommentId, Seconds,
        author::{Author, unnamed},
        text,
    },
    chat::{
        policy::secret_scan,
        reply::{Paragraph, Reply},
    },
    state::{self, NO_LEASE, Saying, Seen, Told, key::Key},
    targets::{jira, slack},
};

pub(crate) async fn latest(context: &CommandContext<'_>, id: &CaseId, count: u8) -> Outcome {
    let count = usize::from(count);
    let comments = newest(context, id, count).await?;
    if comments.is_empty() {
        return Ok(Reply::of(
            Paragraph::of("Nobody has commented on case ")
                .bold(id.as_str())
                .text(" yet. Begin with ")
                .code("comment …")
                .text("."),
        ));
    }
    let sayings = context.or_parked(context.world.store().sayings(id).await)?;
    let headline =
        Paragraph::of("The latest comments on case ").bold(id.as_str()).text(", the newest at the end:");
    Ok(comments.iter().fold(Reply::of(headline), |answer, comment| {
        let saying = sayings.iter().find(|saying| saying.comment.as_deref() == Some(comment.id.as_str()));
        let author = saying.map_or_else(|| Author::of(&comment.creator), |saying| saying.author.clone());
        let speaker = saying.and_then(|saying| saying.speaker.as_deref());
        let edited = if comment.updated.is_some_and(|at| at > comment.created) { ", edited" } else { "" };
        let head = Paragraph::default()
            .bold(named(&author, speaker))
            .text("  ")
            .date(comment.created)
            .text(format!("{edited}  ({})\n", comment.id));
        answer.line(head.text(unnamed(&comment.body, speaker)))
    }))
}

/// The newest comments, the oldest of them first. The service documents no order: where the first page has the
/// newest first, it need not be read to its end.
pub(super) async fn newest(
    context: &CommandContext<'_>,
    id: &CaseId,
    count: usize,
) -> Result<Vec<Comment>, ActionError> {
    let page = |next| ask::comments(id, next);
    let enough = |comments: &[Comment]| comments.len() > count && falls(comments, |one| one.created);
    let (comments, _) = context.pages(page, enough).await?;
    let comments = in_order(comments);
    let skipped = comments.len().saturating_sub(count);
    Ok(comments.into_iter().skip(skipped).collect())
}

/// The newest comments that one call brings, the oldest of them first, and whether that is all: the first page where the
/// newest come first; else the page at which the bridge begins its own looks. Where neither is known, more pages are read.
pub(super) async fn at_the_end(
    context: &CommandContext<'_>,
    id: &CaseId,
    known_to: Option<String>,
) -> Result<(Vec<Comment>, bool), ActionError> {
    if let Some(hint) = known_to
        && let Ok(page) = context.ask(ask::comments(id, Some(hint))).await
        && page.next.is_none()
    {
        return Ok((in_order(page.items), false));
    }
    let enough = |comments: &[Comment]| falls(comments, |one| one.created);
    let (comments, all) = context.pages(|next| ask::comments(id, next), enough).await?;
    Ok((in_order(comments), all))
}

/// Whether the newest come first.
pub(super) fn falls<T>(items: &[T], at: impl Fn(&T) -> Seconds) -> bool {
    items.is_sorted_by(|a, b| at(a) >= at(b)) && items.first().map(&at) > items.last().map(&at)
}

fn in_order(mut comments: Vec<Comment>) -> Vec<Comment> {
    comments.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    comments.dedup_by(|a, b| a.id == b.id);
    comments
}

fn named(author: &Author, speaker: Option<&str>) -> String {
    match author {
        Author::AwsResponder => "AWS Responder".to_owned(),
        Author::Service => "AWS Security Incident Response".to_owned(),
        Author::Slack { .. } => speaker.unwrap_or("Through Slack").to_owned(),
        Author::Jira { name } => format!("{name}, in Jira"),
        Author::Principal(principal) => principal.clone(),
    }
}

pub(super) async fn add(context: &CommandContext<'_>, id: &CaseId, words: &str) -> Outcome {
    let speech = Speech::typed(context, naming::called(context, words).await?);
    // Whoever asks hears of the limit and may choose; what is said in passing is split.
    limits::case::COMMENT
        .check(&speech.body(context.settings))
        .map_err(|error| context.refuse(error.to_string()))?;
    let comment = create(context, id, &speech).await?;
    Ok(Reply::of(
        Paragraph::of("Your comment is on case ").bold(id.as_str()).text(format!(" as number {comment}.")),
    ))
}

/// A message in a case's thread or channel becomes a comment. It is answered only where it cannot.
pub(super) async fn reply(context: &CommandContext<'_>, id: &CaseId, message: &SlackMessage) -> Outcome {
    let words = naming::words(context, message).await?;
    if words.trim().is_empty() {
        return Ok(Reply::silence());
    }
    receipts::taken_up(context).await;
    create(context, id, &Speech::in_message(context, &message.ts, words)).await?;
    attach::begin(context, id, &message.uploads).await?;
    receipts::on_the_case(context).await;
    Ok(Reply::silence())
}

/// Makes a comment, once, or several where one cannot hold it: the same command always has the same `clientToken`s.
/// Answers the first.
pub(super) async fn create(
    context: &CommandContext<'_>,
    id: &CaseId,
    speech: &Speech,
) -> Result<CommentId, ActionError> {
    let (text, noted) = decided_and_noted(context, id, speech).await?;
    let mut made = Vec::new();
    for (index, body) in text.bodies.iter().enumerate() {
        let saying = said_so(context, speech.saying(&context.key.part(index), text.speaker.as_deref()), body);
        if noted.as_ref() != Some(&saying) {
            note(context, id, &saying).await?;
        }
        made.push(make(context, id, saying, body).await?);
    }
    context.changed(id).await?;
    made.into_iter().next().ok_or_else(|| strange("a text without a part"))
}

/// What is said, as the first delivery decided: the speaker's name may change between two, and the text under one token
/// must not.
pub(super) struct Text {
    pub(super) speaker: Option<String>,
    pub(super) bodies: Vec<String>,
}

pub(super) async fn decided(context: &CommandContext<'_>, speech: &Speech) -> Result<Text, ActionError> {
    let said = proposed(context, speech)?;
    text_of(context, context.freeze(Frozen::Body, said).await?)
}

/// The speaker's line and the whole text, as they are now.
type Said = (Option<String>, String);

fn proposed(context: &CommandContext<'_>, speech: &Speech) -> Result<Said, ActionError> {
    // Each door asks before; a name that only Slack told is known here at last.
    if let Some(kind) = secret_scan::secret(&speech.words) {
        context.found.refused(secret_scan::RULE);
        return Err(Reply::says(secret_scan::withheld(kind)).into());
    }
    let line = speech.named_line(context.settings).map(|line| text::harmless(&line));
    Ok((line, text::harmless(&speech.body(context.settings))))
}

fn text_of(context: &CommandContext<'_>, (speaker, body): Said) -> Result<Text, ActionError> {
    let words = unnamed(&body, speaker.as_deref());
    let bodies = Named { speaker: speaker.as_deref(), words }.bodies();
    for body in &bodies {
        limits::case::COMMENT.check(body).map_err(|error| context.refuse(error.to_string()))?;
    }
    Ok(Text { speaker, bodies })
}

/// Decides what is said while its first part is noted as it reads now: an earlier delivery seldom decided otherwise.
async fn decided_and_noted(
    context: &CommandContext<'_>,
    id: &CaseId,
    speech: &Speech,
) -> Result<(Text, Option<Saying>), ActionError> {
    let said = proposed(context, speech)?;
    let now = text_of(context, said.clone())?;
    let first = now.bodies.first();
    let saying =
        first.map(|body| said_so(context, speech.saying(&context.key.part(0), now.speaker.as_deref()), body));
    let noting = async {
        match &saying {
            Some(saying) => note(context, id, saying).await,
            None => Ok(()),
        }
    };
    let (decided, noted) = join(context.freeze(Frozen::Body, said), noting).await;
    noted?;
    Ok((text_of(context, decided?)?, saying))
}

/// Makes one comment and remembers where it can be read already.
pub(super) async fn part(
    context: &CommandContext<'_>,
    id: &CaseId,
    saying: Saying,
    body: &str,
) -> Result<CommentId, ActionError> {
    let saying = said_so(context, saying, body);
    note(context, id, &saying).await?;
    make(context, id, saying, body).await
}

fn said_so(context: &CommandContext<'_>, saying: Saying, body: &str) -> Saying {
    Saying { body_hash: text::hash(body), since: context.job.at, ..saying }
}

/// Written before the comment is made, so that it is told apart when it comes back.
async fn note(context: &CommandContext<'_>, id: &CaseId, saying: &Saying) -> Result<(), ActionError> {
    Ok(context.world.store().say(id, saying, context.world.now() + RECORD_TTL).await?)
}

async fn make(
    context: &CommandContext<'_>,
    id: &CaseId,
    saying: Saying,
    body: &str,
) -> Result<CommentId, ActionError> {
    let comment = context.ask(ask::new_comment(id, body, saying.command.clone())).await?;
    let saying = Saying { comment: Some(comment.to_string()), ..saying };
    note(context, id, &saying).await?;
    told(context, id, &saying, Seen::Yes).await?;
    Ok(comment)
}

/// Remembers where the comment can be read already, or could be: it is not told there again.
pub(super) async fn told(
    context: &CommandContext<'_>,
    id: &CaseId,
    saying: &Saying,
    seen: Seen,
) -> Result<(), ActionError> {
    let Some(comment) = &saying.comment else { return Ok(()) };
    let key = Key::comment(&CommentId::new(comment.as_str()), 0);
    for (destination, remote) in [(slack::KIND, &saying.slack_ts), (jira::KIND, &saying.jira_comment)] {
        let Some(remote) = remote else { continue };
        let hash = saying.body_hash.clone();
        let told = Told { remote: remote.clone(), hash, seen, theirs: true };
        match context.world.store().tell(id, NO_LEASE, destination, &key, &told).await {
            // A worker that holds the case knows already where it can be read.
            Ok(()) | Err(state::Error::Fenced) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
