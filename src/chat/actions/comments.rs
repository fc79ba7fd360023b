//! What was said on a case, and how does somebody say something?
//!
//! A comment that is made here comes back with the next event. It is told apart from everybody else's by what is
//! written into the store *before* it is made: whose it is, and where it can be read already.

use std::collections::BTreeMap;

use super::{
    attach,
    compare_and_set::closed,
    context::{ActionError, CommandContext, KEPT, Outcome, strange},
    format_time::format_time,
    naming::{self, SlackMessage},
    parts,
};
use crate::{
    aws::sir::{self, Call, limits},
    case::{
        CaseId, Comment, CommentId,
        author::{Author, unnamed},
        text,
    },
    chat::reply::{Paragraph, Reply},
    config::settings::Settings,
    state::{self, NO_LEASE, Saying, Seen, Told, key::Key},
    targets::{jira, slack},
};

/// `comments [N]`
pub async fn latest(context: &CommandContext<'_>, id: &CaseId, count: u8) -> Outcome {
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
        let head = Paragraph::default().bold(named(&author, speaker)).text(format!(
            "  {}{edited}  ({})\n",
            format_time(Some(comment.created)),
            comment.id
        ));
        answer.line(head.text(unnamed(&comment.body, speaker)))
    }))
}

/// The newest comments, the oldest of them first. The service documents no order: where the first page has the
/// newest first, it need not be read to its end.
async fn newest(
    context: &CommandContext<'_>,
    id: &CaseId,
    count: usize,
) -> Result<Vec<Comment>, ActionError> {
    let open = |answer| match answer {
        sir::Answer::Comments(page) => Some(page),
        _ => None,
    };
    let ask = |next| Call::ListComments { case: id.clone(), next };
    let enough = |comments: &[Comment]| {
        comments.len() > count
            && comments.is_sorted_by(|a, b| a.created >= b.created)
            && comments.first().map(|it| it.created) > comments.last().map(|it| it.created)
    };
    let (mut comments, _) = context.pages(ask, open, enough).await?;
    comments.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    comments.dedup_by(|a, b| a.id == b.id);
    let skipped = comments.len().saturating_sub(count);
    Ok(comments.split_off(skipped))
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

/// `comment TEXT`
pub async fn add(context: &CommandContext<'_>, id: &CaseId, words: &str) -> Outcome {
    let spoken = Spoken::slash(context);
    // Whoever asks hears of the limit and may choose; what is said in passing is split.
    let whole = body(context.settings, &spoken.speaker, words);
    limits::case::comment(&whole).map_err(|error| context.refuse(error.to_string()))?;
    let comment = create(context, id, words, &spoken).await?;
    Ok(Reply::of(
        Paragraph::of("Your comment is on case ").bold(id.as_str()).text(format!(" as number {comment}.")),
    ))
}

/// Where something was said already, before it became a comment.
pub struct Spoken {
    author: Author,
    /// Stands before the text.
    speaker: String,
    slack_ts: Option<String>,
    jira_comment: Option<String>,
}

impl Spoken {
    /// What somebody said in no message: a line, a form.
    pub fn slash(context: &CommandContext<'_>) -> Self {
        let author = Author::Slack { user: context.job.user.clone() };
        Self {
            author,
            speaker: format!("{} (Slack)", context.person.name),
            slack_ts: None,
            jira_comment: None,
        }
    }

    /// A comment of an issue, whose text is not ours to repeat there.
    pub fn jira(name: &str, comment: &str) -> Self {
        Self {
            author: Author::Jira { name: name.to_owned() },
            speaker: format!("{name} (Jira)"),
            slack_ts: None,
            jira_comment: Some(comment.to_owned()),
        }
    }
}

/// A message in a case's thread or channel becomes a comment. It is answered only where it cannot.
pub async fn reply(context: &CommandContext<'_>, id: &CaseId, message: &SlackMessage) -> Outcome {
    let words = naming::words(context, message).await?;
    if words.trim().is_empty() {
        return Ok(Reply::silence());
    }
    let spoken = Spoken { slack_ts: Some(message.ts.clone()), ..Spoken::slash(context) };
    create(context, id, &words, &spoken).await?;
    attach::begin(context, id, &message.uploads).await?;
    Ok(Reply::silence())
}

/// Makes a comment, once, or several where one cannot hold it: the same command always has the same `clientToken`s.
/// Answers the first.
pub async fn create(
    context: &CommandContext<'_>,
    id: &CaseId,
    words: &str,
    spoken: &Spoken,
) -> Result<CommentId, ActionError> {
    let text = decided(context, &spoken.speaker, words).await?;
    let mut made = Vec::new();
    for (index, body) in text.bodies.iter().enumerate() {
        let saying = saying(spoken, &parts::token(context.key, index), &text.speaker);
        made.push(
            part(context, id, Saying { body_hash: text::hash(body), since: context.job.at, ..saying }, body)
                .await?,
        );
    }
    context.changed(id).await?;
    made.into_iter().next().ok_or_else(|| strange("a text without a part"))
}

/// What is said, as the first delivery decided: the speaker's name may change between two, and the text under one token
/// must not.
struct Text {
    speaker: Option<String>,
    bodies: Vec<String>,
}

async fn decided(context: &CommandContext<'_>, speaker: &str, words: &str) -> Result<Text, ActionError> {
    let said = (named_line(context.settings, speaker), body(context.settings, speaker, words));
    let (speaker, body) = context.decide("body", said).await?;
    let bodies = parts::bodies(speaker.as_deref(), unnamed(&body, speaker.as_deref()));
    for body in &bodies {
        limits::case::comment(body).map_err(|error| context.refuse(error.to_string()))?;
    }
    Ok(Text { speaker, bodies })
}

/// Makes one comment and remembers where it can be read already.
async fn part(
    context: &CommandContext<'_>,
    id: &CaseId,
    mut saying: Saying,
    body: &str,
) -> Result<CommentId, ActionError> {
    let (store, expires) = (context.world.store(), context.world.now() + KEPT);
    store.say(id, &saying, expires).await?;
    let token = saying.command.clone();
    let call = Call::CreateCaseComment { case: id.clone(), body: body.to_owned(), token };
    let sir::Answer::CommentId(comment) = context.call(call).await? else {
        return Err(strange("CreateCaseComment"));
    };
    saying.comment = Some(comment.to_string());
    store.say(id, &saying, expires).await?;
    told(context, id, &comment, &saying).await?;
    Ok(comment)
}

/// What is written down of something said, before it is known what it says.
fn saying(spoken: &Spoken, command: &str, speaker: &Option<String>) -> Saying {
    Saying {
        command: command.to_owned(),
        since: 0,
        body_hash: String::new(),
        author: spoken.author.clone(),
        speaker: speaker.clone(),
        slack_ts: spoken.slack_ts.clone(),
        jira_comment: spoken.jira_comment.clone(),
        comment: None,
    }
}

/// Remembers where the comment can be read already: it is not told there again.
async fn told(
    context: &CommandContext<'_>,
    id: &CaseId,
    comment: &CommentId,
    saying: &Saying,
) -> Result<(), ActionError> {
    let key = Key(format!("comment/{comment}/0"));
    for (destination, remote) in [(slack::KIND, &saying.slack_ts), (jira::KIND, &saying.jira_comment)] {
        let Some(remote) = remote else { continue };
        let hash = saying.body_hash.clone();
        let told = Told { remote: remote.clone(), hash, seen: Seen::Yes, theirs: true };
        match context.world.store().tell(id, NO_LEASE, destination, &key, &told).await {
            // A worker that holds the case knows already where it can be read.
            Ok(()) | Err(state::Error::Fenced) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn body(settings: &Settings, speaker: &str, words: &str) -> String {
    match named_line(settings, speaker) {
        Some(speaker) => format!("{speaker}:\n{words}"),
        None => words.to_owned(),
    }
}

/// The name that stands before the words, if the settings want it there.
fn named_line(settings: &Settings, speaker: &str) -> Option<String> {
    settings.sir.name_the_speaker.then(|| text::one_line(speaker))
}

/// `amend COMMENT TEXT`: only a comment that the person made here.
pub async fn amend(context: &CommandContext<'_>, id: &CaseId, comment: &CommentId, words: &str) -> Outcome {
    let sayings = context.world.store().sayings(id).await?;
    let own = Author::Slack { user: context.job.user.clone() };
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
    let spoken = Spoken {
        author: saying.author,
        speaker: Spoken::slash(context).speaker,
        slack_ts: saying.slack_ts,
        jira_comment: saying.jira_comment,
    };
    let known = [(comment.clone(), saying.command.clone())].into();
    rewrite(context, id, words, Before { spoken, made: saying.command, known }).await?;
    Ok(Reply::of(Paragraph::of("Comment ").bold(comment.as_str()).text(" says now what you wrote.")))
}

/// A message that became a comment, or several, was edited.
pub async fn edited(context: &CommandContext<'_>, id: &CaseId, message: &SlackMessage) -> Outcome {
    let ts = message.ts.as_str();
    let sayings = context.world.store().sayings(id).await?;
    let mut known: BTreeMap<CommentId, String> = sayings
        .into_iter()
        .filter(|it| it.slack_ts.as_deref() == Some(ts))
        .filter_map(|it| Some((CommentId::new(it.comment?), it.command)))
        .collect();
    if known.is_empty() {
        known = long_ago(context, id, ts).await?;
    }
    if known.is_empty() {
        return Ok(Reply::silence());
    }
    let words = naming::words(context, message).await?;
    // The other parts' tokens are made of the first one's, which is the command's own.
    let is_first = |made: &&String| {
        (1..known.len()).all(|index| known.values().any(|it| *it == parts::token(made, index)))
    };
    let made = known.values().find(is_first).cloned().unwrap_or_else(|| context.key.to_owned());
    let spoken = Spoken { slack_ts: Some(ts.to_owned()), ..Spoken::slash(context) };
    rewrite(context, id, &words, Before { spoken, made, known }).await?;
    Ok(Reply::silence())
}

/// The comments that a message became more than a day ago, from the ledger; by which command is forgotten.
async fn long_ago(
    context: &CommandContext<'_>,
    id: &CaseId,
    ts: &str,
) -> Result<BTreeMap<CommentId, String>, ActionError> {
    let all = context.world.store().all_told(id, slack::KIND).await?;
    let found = all.into_iter().filter(|(_, told)| told.theirs && told.remote == ts);
    let comments = found.filter_map(|(key, _)| Some(CommentId::new(key.0.split('/').nth(1)?)));
    Ok(comments.enumerate().map(|(index, comment)| (comment, parts::token(context.key, index))).collect())
}

/// Whether the case says already what somebody wrote in an issue: `told` are the hashes of the comments that it became.
pub fn is_said(settings: &Settings, spoken: &Spoken, words: &str, told: &[&str]) -> bool {
    parts::hold(named_line(settings, &spoken.speaker).as_deref(), words, told)
}

/// A comment of an issue that became these comments of the case under the command `made` was edited.
pub async fn edited_in_jira(
    context: &CommandContext<'_>,
    id: &CaseId,
    words: &str,
    (spoken, made, comments): (Spoken, &str, Vec<CommentId>),
) -> Result<(), ActionError> {
    let known = comments.into_iter().enumerate().map(|(index, comment)| (comment, parts::token(made, index)));
    rewrite(context, id, words, Before { spoken, made: made.to_owned(), known: known.collect() }).await
}

/// What was said before it was edited.
struct Before {
    spoken: Spoken,
    /// The command under which it was said.
    made: String,
    /// The comments that hold it, and the command under which each is remembered.
    known: BTreeMap<CommentId, String>,
}

async fn rewrite(
    context: &CommandContext<'_>,
    id: &CaseId,
    words: &str,
    before: Before,
) -> Result<(), ActionError> {
    if context.case(id).await?.is_closed() {
        return Err(closed(id).give_back(&context.typed()).into());
    }
    let Before { spoken, made, known } = before;
    // What is remembered at the end takes the place of what was: that must be readable.
    for (destination, remote) in [(slack::KIND, &spoken.slack_ts), (jira::KIND, &spoken.jira_comment)] {
        if remote.is_some() {
            context.or_parked(context.world.store().all_told(id, destination).await)?;
        }
    }
    let text = decided(context, &spoken.speaker, words).await?;
    let standing = standing(context, id, &known).await?;
    let fallen = parts::fallen_away(text.speaker.as_deref());
    for (index, (comment, now)) in standing.iter().enumerate() {
        let body = text.bodies.get(index).unwrap_or(&fallen);
        let command = known.get(comment).map_or_else(|| parts::token(&made, index), Clone::clone);
        // Written first, as when the comment was made: the new text is not told where it can be read already.
        let saying = saying(&spoken, &command, &text.speaker);
        let (since, body_hash) = (context.job.at, text::hash(body));
        let saying = Saying { since, body_hash, comment: Some(comment.to_string()), ..saying };
        context.world.store().say(id, &saying, context.world.now() + KEPT).await?;
        if now.as_ref().is_some_and(|now| now != body) {
            let (case, comment) = (id.clone(), comment.clone());
            context.call(Call::UpdateCaseComment { case, comment, body: body.clone() }).await?;
        }
        told(context, id, comment, &saying).await?;
    }
    for (index, body) in text.bodies.iter().enumerate().skip(standing.len()) {
        let saying = saying(&spoken, &parts::token(&made, index), &text.speaker);
        part(context, id, Saying { body_hash: text::hash(body), since: context.job.at, ..saying }, body)
            .await?;
    }
    // An old comment changed: all pages must be read to see it.
    Ok(context.world.store().hint(id, context.world.now(), true).await?)
}

/// What these comments say now, in the order of their parts; `None` where the case has no such comment.
async fn standing(
    context: &CommandContext<'_>,
    id: &CaseId,
    known: &BTreeMap<CommentId, String>,
) -> Result<Vec<(CommentId, Option<String>)>, ActionError> {
    let open = |answer| match answer {
        sir::Answer::Comments(page) => Some(page),
        _ => None,
    };
    let ask = |next| Call::ListComments { case: id.clone(), next };
    let of = |comments: &[Comment]| comments.iter().filter(|one| known.contains_key(&one.id)).count();
    let (mut comments, _) = context.pages(ask, open, |comments| of(comments) >= known.len()).await?;
    comments.retain(|one| known.contains_key(&one.id));
    comments.sort_by_key(|one| (parts::number(&one.body), one.created, one.id.clone()));
    comments.dedup_by(|a, b| a.id == b.id);
    let gone =
        known.keys().filter(|id| comments.iter().all(|one| one.id != **id)).map(|id| (id.clone(), None));
    let gone: Vec<_> = gone.collect();
    Ok(comments.into_iter().map(|one| (one.id, Some(one.body))).chain(gone).collect())
}
