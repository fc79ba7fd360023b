//! Catching up: how a case stands, and what happened on it in which order. Two calls of the service each.

use std::collections::BTreeMap;

use super::{
    clock, comments,
    context::{ActionError, CommandContext, Outcome},
    history, links, need_to_know,
    next_move::{self, NextMove},
    own_clock,
};
use crate::{
    case::{
        Case, CaseId, Comment, Edit, Seconds,
        author::{Author, unnamed},
        text,
    },
    chat::{
        language::command::Command,
        policy::roles::{self, Venue},
        reply::{Button, Paragraph, Reply},
    },
    state::{
        Saying, case_clocks,
        notes::CaseNote,
        owner::{self, Owner},
    },
    targets::{
        content::Doer,
        slack::{ConversationRef, Message},
        wording,
    },
};

/// How much of what somebody said is repeated.
const WORDS: usize = 300;
/// The most that a timeline shows.
const SHOWN: usize = 30;

pub(crate) async fn show(context: &CommandContext<'_>, id: &CaseId, post: bool) -> Outcome {
    let (case, moves) = NextMove::beside(context, id).await?;
    let (said, _) = comments::at_the_end(context, id, moves.known_to.clone()).await?;
    let facts = facts(context, (&case, &moves), &said).await?;
    let head = Paragraph::default().bold(id.as_str());
    if post {
        return posted(context, id, &Reply::of(head).line(facts.told)).await;
    }
    let sayings = context.or_parked(context.world.store().sayings(id).await)?;
    let answer = Reply::of(head.text("  ").bold(&case.title)).line(facts.told);
    let answer =
        [("AWS said last", true), ("We said last", false)].into_iter().fold(answer, |answer, (who, aws)| {
            match said.iter().rev().find(|one| one.is_of_aws() == aws) {
                Some(one) => answer.line(word(who, one, &sayings)),
                None => answer,
            }
        });
    let links = links::line(&links::of(context, id).await?);
    let timeline = ("Timeline", Command::Timeline { since: None, said: None });
    let take = facts.owner.is_none().then_some(("I take it", Command::Take));
    let hand = ("Hand over…", Command::Owner { to: None });
    let restrict = ("Restrict…", Command::Restrict { people: Vec::new() });
    let may = |command: &Command| {
        roles::may(context.settings, &context.person.identity, command, Venue::Direct).is_ok()
    };
    let open = take.into_iter().chain([hand, restrict]).filter(|(_, it)| !case.is_closed() && may(it));
    let buttons =
        [timeline].into_iter().chain(open).map(|(label, command)| Button::run(label, command.on(id)));
    Ok(answer.line(links).buttons(buttons.collect()))
}

/// How it stands, in words that quote nothing of the case.
struct BriefFacts {
    told: Paragraph,
    owner: Option<Owner>,
}

async fn facts(
    context: &CommandContext<'_>,
    (case, moves): (&Case, &NextMove),
    said: &[Comment],
) -> Result<BriefFacts, ActionError> {
    let owner = context.or_parked(owner::of(context.world.store(), &case.id).await)?;
    let line = Paragraph::of(format!("Status: {}", case.status.as_str()));
    if case.is_closed() {
        return Ok(BriefFacts { told: line.text(", since ").date(case.closed), owner });
    }
    let since = moves.since.or(case.updated);
    let line = line.text(format!("\nNext move: {}, since ", moves.who())).date(since);
    let line = match &owner {
        Some(owner) => line.text("\nOwner: ").text(&owner.name).text(", since ").date(owner.since),
        None => line.text("\nOwner: nobody yet"),
    };
    let line = line.text("\nOpened: ").date(case.created);
    let line = match &moves.opened {
        Some(opener) => line.text(", by ").text(wording::called(opener)),
        None => line,
    };
    let steps = context.settings.notify.escalate_minutes.iter();
    let next = since.filter(|_| {
        case.waits_for_customer && moves.is_ours() && owner.as_ref().is_none_or(|it| Some(it.since) < since)
    });
    let next = next.and_then(|since| {
        let at = steps.map(|minutes| since + Seconds::from(*minutes) * 60);
        at.filter(|at| *at * 1_000 > context.world.now()).min()
    });
    let clocks = context.or_parked(case_clocks::of(context.world.store(), &case.id).await)?;
    let line = match clock::next(context, (case, said.iter().any(Comment::is_of_aws)), &clocks) {
        Some((what, at)) => line.text(format!("\nNext deadline: {what}, ")).date(at),
        None => line,
    };
    let told = match next {
        Some(at) => line.text("\nUnanswered, it calls again: ").date(at),
        None => line,
    };
    Ok(BriefFacts { told, owner })
}

fn word(who: &'static str, comment: &Comment, sayings: &[Saying]) -> Paragraph {
    let saying = sayings.iter().find(|saying| saying.comment.as_deref() == Some(comment.id.as_str()));
    let words = unnamed(&comment.body, saying.and_then(|saying| saying.speaker.as_deref()));
    Paragraph::default()
        .bold(who)
        .text(" (")
        .date(comment.created)
        .text("): ")
        .text(text::cut(&text::one_line(words), WORDS))
}

/// Says it where it was asked, for everybody who reads there.
async fn posted(context: &CommandContext<'_>, id: &CaseId, brief: &Reply) -> Outcome {
    let Some(channel) = context.job.place.channel.clone() else {
        return Err(context.refuse("There is no channel here to post it to."));
    };
    if !need_to_know::may_be_said(context, id, &channel).await? {
        return need_to_know::elsewhere(id);
    }
    // Nobody knows whether an earlier try said it.
    if context.again {
        return Ok(Reply::says(
            "It was being posted before: look whether it stands there, and ask again if not.",
        ));
    }
    let place = ConversationRef { channel, thread: context.job.place.thread.clone() };
    for message in brief.messages() {
        let blocks = message["blocks"].as_array().cloned().unwrap_or_default();
        let text = message["text"].as_str().unwrap_or_default().to_owned();
        context.slack.say(&place, &Message { text, blocks }).await?;
    }
    Ok(Reply::says("It is posted here."))
}

pub(crate) async fn timeline(
    context: &CommandContext<'_>,
    id: &CaseId,
    (read, said): (Option<Seconds>, Option<&str>),
) -> Outcome {
    let since = own_clock::moment(context, said).await?.or(read);
    let CaseNote { known_to, edits, opened, .. } = next_move::note(context, id).await?;
    let (edits, all_edits) = history::at_the_end(context, id, edits).await?;
    let opener = Doer::opening(opened.as_ref());
    let (said, all_said) = comments::at_the_end(context, id, known_to).await?;
    let sayings = context.or_parked(context.world.store().sayings(id).await)?;
    let files = history::file_names(context, id).await?;
    let mut events: Vec<(Seconds, Paragraph)> = said
        .iter()
        .map(|one| (one.created, spoken(one, &sayings)))
        .chain(edits.iter().filter_map(|edit| done(edit, (opener.as_ref(), &sayings), &files)))
        .filter(|(at, _)| since.is_none_or(|since| *at >= since))
        .collect();
    events.sort_by_key(|(at, _)| *at);
    let is_whole = all_edits && all_said && events.len() <= SHOWN;
    let events = events.split_off(events.len().saturating_sub(SHOWN));
    let from = |line: Paragraph| match since {
        Some(since) => line.text(" since ").date(since),
        None => line,
    };
    if events.is_empty() {
        let nothing = Paragraph::of("Nothing happened on case ").bold(id.as_str());
        return Ok(Reply::of(from(nothing).text(".")));
    }
    let before = if is_whole { "" } else { " What was before is in the AWS console." };
    let head = from(Paragraph::of("What happened on case ").bold(id.as_str()));
    let head = head.text(", the newest at the end.").text(before);
    Ok(events.into_iter().fold(Reply::of(head), |answer, (_, line)| answer.line(line)))
}

fn spoken(comment: &Comment, sayings: &[Saying]) -> Paragraph {
    let saying = sayings.iter().find(|saying| saying.comment.as_deref() == Some(comment.id.as_str()));
    let author = saying.map_or_else(|| Author::of(&comment.creator), |saying| saying.author.clone());
    let speaker = saying.and_then(|saying| saying.speaker.as_deref());
    let words = text::one_line(unnamed(&comment.body, speaker));
    Paragraph::default()
        .date(comment.created)
        .text("  ")
        .bold(speaker.map_or_else(|| wording::author(&author), str::to_owned))
        .text(": ")
        .text(text::cut(&words, WORDS))
}

/// What was done; that somebody spoke is told by what they said.
fn done(
    edit: &Edit,
    (opener, sayings): (Option<&Doer>, &[Saying]),
    files: &BTreeMap<String, String>,
) -> Option<(Seconds, Paragraph)> {
    let at = edit.at.filter(|_| edit.action != "CREATE_CASE_COMMENT")?;
    let opener = opener.filter(|_| edit.action == "CREATE_CASE").map(wording::called);
    let who = opener.or_else(|| history::speaker(edit, sayings));
    let who = who.unwrap_or_else(|| history::who(&edit.principal));
    let line = Paragraph::default().date(at).text("  ").bold(who).text(" ").text(history::what(&edit.action));
    let message = text::cut(&history::naming(&edit.message, files), WORDS);
    Some((at, if edit.action == "CREATE_CASE" { line } else { line.text(": ").text(message) }))
}
