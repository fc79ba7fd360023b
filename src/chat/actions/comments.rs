//! What was said on a case, and how does somebody say something?
//!
//! A comment that is made here comes back with the next event. It is told apart from everybody else's by what is
//! written into the store *before* it is made: whose it is, and where it can be read already.

use super::{
    desk::{Desk, KEPT, Outcome, Stop, strange},
    moment::moment,
    naming::{self, Message},
    settle::closed,
};
use crate::{
    aws::sir::{self, Call, limits},
    case::{
        CaseId, Comment, CommentId,
        author::{Author, unnamed},
        text,
    },
    chat::answer::{Answer, Line},
    config::settings::Settings,
    state::{self, Destination, NO_LEASE, Saying, Seen, Told, key::Key},
};

/// `comments [N]`
pub async fn latest(desk: &Desk<'_>, id: &CaseId, count: u8) -> Outcome {
    let count = usize::from(count);
    let comments = newest(desk, id, count).await?;
    if comments.is_empty() {
        return Ok(Answer::of(
            Line::of("Nobody has commented on case ")
                .bold(id.as_str())
                .text(" yet. Begin with ")
                .code("comment …")
                .text("."),
        ));
    }
    let sayings = desk.or_parked(desk.world.store().sayings(id).await)?;
    let headline =
        Line::of("The latest comments on case ").bold(id.as_str()).text(", the newest at the end:");
    Ok(comments.iter().fold(Answer::of(headline), |answer, comment| {
        let saying = sayings.iter().find(|saying| saying.comment.as_deref() == Some(comment.id.as_str()));
        let author = saying.map_or_else(|| Author::of(&comment.creator), |saying| saying.author.clone());
        let speaker = saying.and_then(|saying| saying.speaker.as_deref());
        let edited = if comment.updated.is_some_and(|at| at > comment.created) { ", edited" } else { "" };
        let head = Line::default().bold(named(&author, speaker)).text(format!(
            "  {}{edited}  ({})\n",
            moment(Some(comment.created)),
            comment.id
        ));
        answer.line(head.text(unnamed(&comment.body, speaker)))
    }))
}

/// The newest comments, the oldest of them first. The service documents no order: where the first page has the
/// newest first, it need not be read to its end.
async fn newest(desk: &Desk<'_>, id: &CaseId, count: usize) -> Result<Vec<Comment>, Stop> {
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
    let (mut comments, _) = desk.pages(ask, open, enough).await?;
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
pub async fn add(desk: &Desk<'_>, id: &CaseId, words: &str) -> Outcome {
    let comment = create(desk, id, words, &Spoken::slash(desk)).await?;
    Ok(Answer::of(
        Line::of("Your comment is on case ").bold(id.as_str()).text(format!(" as number {comment}.")),
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
    pub fn slash(desk: &Desk<'_>) -> Self {
        let author = Author::Slack { user: desk.job.user.clone() };
        Self { author, speaker: format!("{} (Slack)", desk.person.name), slack_ts: None, jira_comment: None }
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
pub async fn reply(desk: &Desk<'_>, id: &CaseId, message: &Message) -> Outcome {
    let words = naming::words(desk, message).await?;
    if words.trim().is_empty() {
        return Ok(Answer::silence());
    }
    let spoken = Spoken { slack_ts: Some(message.ts.clone()), ..Spoken::slash(desk) };
    create(desk, id, &words, &spoken).await?;
    Ok(Answer::silence())
}

/// Makes a comment, once: the same command always has the same `clientToken`.
pub async fn create(desk: &Desk<'_>, id: &CaseId, words: &str, spoken: &Spoken) -> Result<CommentId, Stop> {
    // The speaker's name may change between two deliveries; the text under one token must not.
    let settings = desk.settings;
    let said = (named_line(settings, &spoken.speaker), body(settings, &spoken.speaker, words));
    let (speaker, body) = desk.decide("body", said).await?;
    limits::case::comment(&body).map_err(|error| desk.refuse(error.to_string()))?;
    let mut saying = Saying { speaker, ..saying(desk, &body, spoken) };
    let (store, expires) = (desk.world.store(), desk.world.now() + KEPT);
    store.say(id, &saying, expires).await?;
    let call = Call::CreateCaseComment { case: id.clone(), body: body.clone(), token: desk.key.to_owned() };
    let sir::Answer::CommentId(comment) = desk.call(call).await? else {
        return Err(strange("CreateCaseComment"));
    };
    saying.comment = Some(comment.to_string());
    store.say(id, &saying, expires).await?;
    told(desk, id, &comment, &body, spoken).await?;
    desk.changed(id).await?;
    Ok(comment)
}

fn saying(desk: &Desk<'_>, body: &str, spoken: &Spoken) -> Saying {
    Saying {
        command: desk.key.to_owned(),
        since: desk.job.at,
        body_hash: text::hash(body),
        author: spoken.author.clone(),
        speaker: None,
        slack_ts: spoken.slack_ts.clone(),
        jira_comment: spoken.jira_comment.clone(),
        comment: None,
    }
}

/// Remembers where the comment can be read already: it is not told there again.
async fn told(
    desk: &Desk<'_>,
    id: &CaseId,
    comment: &CommentId,
    body: &str,
    spoken: &Spoken,
) -> Result<(), Stop> {
    let key = Key(format!("comment/{comment}/0"));
    for (destination, remote) in
        [(Destination::Slack, &spoken.slack_ts), (Destination::Jira, &spoken.jira_comment)]
    {
        let Some(remote) = remote else { continue };
        let told = Told { remote: remote.clone(), hash: text::hash(body), seen: Seen::Yes, theirs: true };
        match desk.world.store().tell(id, NO_LEASE, destination, &key, &told).await {
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
pub async fn amend(desk: &Desk<'_>, id: &CaseId, comment: &CommentId, words: &str) -> Outcome {
    let sayings = desk.world.store().sayings(id).await?;
    let own = Author::Slack { user: desk.job.user.clone() };
    let saying =
        sayings.into_iter().find(|it| it.comment.as_deref() == Some(comment.as_str()) && it.author == own);
    let Some(saying) = saying else {
        return Ok(Answer::of(
            Line::of("Comment ").bold(comment.as_str()).text(
                " is not one that you made here within the last day, so it stays as it is. You can add another with ",
            ).code("comment …").text("."),
        )
        .give_back(&desk.typed()));
    };
    rewrite(desk, id, comment, words, &Spoken::slash(desk).speaker, saying).await?;
    Ok(Answer::of(Line::of("Comment ").bold(comment.as_str()).text(" says now what you wrote.")))
}

/// A message that became a comment was edited.
pub async fn edited(desk: &Desk<'_>, id: &CaseId, message: &Message) -> Outcome {
    let ts = message.ts.as_str();
    let sayings = desk.world.store().sayings(id).await?;
    let found = sayings.into_iter().find(|it| it.slack_ts.as_deref() == Some(ts) && it.comment.is_some());
    let saying = match found {
        Some(saying) => saying,
        None => match long_ago(desk, id, ts).await? {
            Some(saying) => saying,
            None => return Ok(Answer::silence()),
        },
    };
    let Some(comment) = saying.comment.clone().map(CommentId::new) else { return Ok(Answer::silence()) };
    let words = naming::words(desk, message).await?;
    rewrite(desk, id, &comment, &words, &Spoken::slash(desk).speaker, saying).await?;
    Ok(Answer::silence())
}

/// The comment that a message became more than a day ago, from the ledger.
async fn long_ago(desk: &Desk<'_>, id: &CaseId, ts: &str) -> Result<Option<Saying>, Stop> {
    let all = desk.world.store().all_told(id, Destination::Slack).await?;
    let found = all.into_iter().find(|(_, told)| told.theirs && told.remote == ts);
    let comment = found.and_then(|(key, _)| key.0.split('/').nth(1).map(str::to_owned));
    let spoken = Spoken { slack_ts: Some(ts.to_owned()), ..Spoken::slash(desk) };
    Ok(comment.map(|comment| Saying { comment: Some(comment), ..saying(desk, "", &spoken) }))
}

/// Whether the case says already what somebody wrote in an issue: `told` is the hash of the comment that it became.
pub fn is_said(settings: &Settings, spoken: &Spoken, words: &str, told: &str) -> bool {
    text::hash(&body(settings, &spoken.speaker, words)) == told
}

/// A comment of an issue that became a comment of the case under the command `made` was edited.
pub async fn edited_in_jira(
    desk: &Desk<'_>,
    id: &CaseId,
    comment: &CommentId,
    words: &str,
    (spoken, made): (&Spoken, &str),
) -> Result<(), Stop> {
    let before =
        Saying { command: made.to_owned(), comment: Some(comment.to_string()), ..saying(desk, "", spoken) };
    rewrite(desk, id, comment, words, &spoken.speaker, before).await
}

async fn rewrite(
    desk: &Desk<'_>,
    id: &CaseId,
    comment: &CommentId,
    words: &str,
    speaker: &str,
    before: Saying,
) -> Result<(), Stop> {
    if desk.case(id).await?.is_closed() {
        return Err(closed(id).give_back(&desk.typed()).into());
    }
    // What is remembered at the end takes the place of what was: that must be readable.
    for (destination, remote) in
        [(Destination::Slack, &before.slack_ts), (Destination::Jira, &before.jira_comment)]
    {
        if remote.is_some() {
            desk.or_parked(desk.world.store().all_told(id, destination).await)?;
        }
    }
    let said = (named_line(desk.settings, speaker), body(desk.settings, speaker, words));
    let (speaker, body) = desk.decide("body", said).await?;
    limits::case::comment(&body).map_err(|error| desk.refuse(error.to_string()))?;
    // Written first, as when the comment was made: the new text is not told where it can be read already.
    let saying = Saying { body_hash: text::hash(&body), speaker, ..before };
    desk.world.store().say(id, &saying, desk.world.now() + KEPT).await?;
    if body_of(desk, id, comment).await?.is_some_and(|now| now != body) {
        let call = Call::UpdateCaseComment { case: id.clone(), comment: comment.clone(), body: body.clone() };
        desk.call(call).await?;
    }
    let spoken = Spoken {
        author: saying.author,
        speaker: String::new(),
        slack_ts: saying.slack_ts,
        jira_comment: saying.jira_comment,
    };
    told(desk, id, comment, &body, &spoken).await?;
    // An old comment changed: all pages must be read to see it.
    Ok(desk.world.store().hint(id, desk.world.now(), true).await?)
}

/// What a comment says now; `None` where the case has no such comment.
async fn body_of(desk: &Desk<'_>, id: &CaseId, comment: &CommentId) -> Result<Option<String>, Stop> {
    let open = |answer| match answer {
        sir::Answer::Comments(page) => Some(page),
        _ => None,
    };
    let ask = |next| Call::ListComments { case: id.clone(), next };
    let found = |comments: &[Comment]| comments.iter().any(|one| one.id == *comment);
    let (comments, _) = desk.pages(ask, open, found).await?;
    Ok(comments.into_iter().find(|one| one.id == *comment).map(|one| one.body))
}
