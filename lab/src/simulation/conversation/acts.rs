//! What somebody writes, changes, takes back or restricts at a turn of the conversation.

use std::rc::Rc;

use casebridge::case::{AccountId, CaseId, ChannelId, CommentId, Millis, Ts, UserId};
use serde_json::{Value, json};

use super::{
    super::{
        journal::JournalEntry,
        services::RESPONDERS,
        story::case_id,
        world::{Happening, Shared},
    },
    MESSAGES, SharedFile, Side, Speech,
    doors::{Knock, knocks, webhooks},
};

const AWS: &str = "AWS Responder";

/// Somebody does something; the next turn is planned, until all was said or the time is over.
pub fn turn(world: &Rc<Shared>, until: Millis) {
    let now = world.clock.now();
    let written = world.conversation.borrow().all.len();
    if written >= MESSAGES || now >= until {
        return;
    }
    let left = i64::try_from(MESSAGES - written).unwrap_or(1);
    // Of four turns three write something new.
    let pause = ((until - now) * 3 / 4 / left).max(1_000);
    world.plan(now + world.chance.between(pause / 2, pause), Happening::Talk(until));
    let (case, number) = (case_id(0), written);
    match world.chance.between(0, 99) {
        0..=22 => console(world, &case, number),
        23..=26 => aws_edits(world, &case),
        27..=28 => drop(world.sir().aws_attaches(&case, &format!("from-aws-{number}.txt"), "bytes")),
        29..=51 => slack(world, number, None),
        52..=54 => slack(world, number, Some(file(world, number))),
        55..=60 => slack_edits(world),
        61..=64 => slack_deletes(world),
        65..=84 => jira(world, number, (None, false)),
        85..=87 => jira(world, number, (Some(file(world, number)), false)),
        88..=90 => jira(world, number, (None, true)),
        91..=94 => jira_edits(world),
        95..=97 => jira_deletes(world),
        _ => jira_restricts(world),
    }
    world.happened();
}

/// Names come again; bytes do not.
fn file(world: &Shared, number: usize) -> SharedFile {
    let name = if world.chance.happens(300) { world.chance.between(1, 3) } else { 1_000 + number as i64 };
    SharedFile { name: format!("log-{name}.txt"), bytes: format!("bytes of message {number:03}") }
}

/// Words as people type them, in which the token stands.
fn words(world: &Shared, token: &str) -> String {
    match world.chance.between(0, 19) {
        0..=13 => format!("{token} We look into it."),
        14 | 15 => format!("{token}\n\nÜberprüfe 日本 🔒, then\nturn the keys."),
        16 | 17 => format!("{token} 5 of 6 hosts, *not* all _yet_ (see ~old~ `notes`)"),
        _ => format!("{token} {}", "The log goes on and on. ".repeat(150).trim()),
    }
}

/// As Slack shows them: bold and italic, without their marks.
fn as_slack_shows(words: &str) -> String {
    words.replace("*not*", "not").replace("_yet_", "yet")
}

fn token(number: usize, side: Side) -> String {
    format!("Message {number:03} in {side:?}.")
}

fn add(world: &Shared, speech: Speech) {
    world.note("said", &format!("{} {:?}", speech.token, speech.place));
    world.conversation.borrow_mut().all.push(speech);
}

fn console(world: &Shared, case: &CaseId, number: usize) {
    let token = token(number, Side::Console);
    let text = words(world, &token);
    let Ok(id) = world.sir().aws_comments(case, AWS, &text) else { return };
    let place = (case.to_string(), id.to_string());
    add(world, Speech { in_order: true, ..speech(Side::Console, AWS.to_owned(), (token, place), text) });
}

fn speech(side: Side, who: String, (token, place): (String, (String, String)), text: String) -> Speech {
    let said = vec![text];
    let (file, never_open, taken_back) = (None, false, false);
    Speech { side, who, token, place, said, file, never_open, taken_back, in_order: true }
}

/// One of what was written there and stands, where there is any: its index.
fn some(world: &Shared, side: Side) -> Option<usize> {
    let talk = world.conversation.borrow();
    let theirs = |(_, one): &(usize, &Speech)| one.side == side && one.stands();
    let all: Vec<usize> = talk.all.iter().enumerate().filter(theirs).map(|(index, _)| index).collect();
    let last = i64::try_from(all.len()).ok()?.checked_sub(1).filter(|last| *last >= 0)?;
    // Mostly what was written lately.
    let from = if world.chance.happens(700) { (last - 4).max(0) } else { 0 };
    all.get(usize::try_from(world.chance.between(from, last)).ok()?).copied()
}

/// What it says now that it is edited.
fn edited(world: &Shared, index: usize) -> Option<(String, (String, String))> {
    let mut talk = world.conversation.borrow_mut();
    let one = talk.all.get_mut(index)?;
    let text = format!("{} It was changed {} times.", one.token, one.said.len());
    one.said.push(text.clone());
    world.note("edited", &text);
    Some((text, one.place.clone()))
}

fn take_back(world: &Shared, index: usize) {
    let mut talk = world.conversation.borrow_mut();
    if let Some(one) = talk.all.get_mut(index) {
        one.taken_back = true;
        world.note("taken back", &one.token);
    }
}

fn aws_edits(world: &Shared, case: &CaseId) {
    let Some((text, (_, id))) = some(world, Side::Console).and_then(|index| edited(world, index)) else {
        return;
    };
    drop(world.sir().aws_edits_comment((case, &CommentId::new(id)), AWS, &text));
}

/// The case's card, if it has stood there for long enough that somebody saw it.
fn card(world: &Shared) -> Option<(ChannelId, Option<Ts>)> {
    let mark = format!("{}/home#", case_id(0));
    let journal = world.services.in_slack.borrow();
    let card = journal.all.iter().find(|one| one.mark.starts_with(&mark) && one.gone.is_none())?;
    let seen = world.clock.now() - card.at() > 10_000;
    let shared = world.settings().slack.channel == card.place;
    seen.then(|| (ChannelId::new(&card.place), shared.then(|| Ts::new(&card.id))))
}

/// Ana or Bo, and how the line must name them.
fn in_slack(world: &Shared) -> (UserId, String) {
    let (id, name) = if world.chance.happens(600) { ("U024BE7LH", "ana") } else { ("U024BE7LJ", "bo") };
    (UserId::new(id), format!("{name}, {id} (Slack)"))
}

/// The message's text with what it shows besides.
fn shown(text: &str, file: Option<&SharedFile>, place: &str) -> String {
    match file {
        Some(file) => format!("{text}\n\n[On this {place}: {}]", file.name),
        None => text.to_owned(),
    }
}

fn slack(world: &Rc<Shared>, number: usize, file: Option<SharedFile>) {
    let Some((channel, thread)) = card(world) else { return };
    let (user, who) = in_slack(world);
    let token = token(number, Side::Slack);
    let text = words(world, &token);
    let workspace = world.slack();
    let (ts, sent) = match &file {
        None => workspace.says(&user, &channel, &text, thread.as_ref()),
        Some(file) => {
            let (named, bytes) = ((&*file.name, "text/plain"), file.bytes.clone());
            let sent = workspace.says_with_file(&user, &channel, &text, named, bytes, thread.as_ref());
            let messages = workspace.messages(&channel);
            let last = messages.iter().rfind(|one| one["text"] == text.as_str());
            (Ts::new(last.and_then(|one| one["ts"].as_str()).unwrap_or_default()), sent)
        }
    };
    let text = as_slack_shows(&text);
    world.services.in_slack.borrow_mut().add(JournalEntry {
        place: channel.to_string(),
        thread: thread.map(|thread| thread.to_string()),
        id: ts.to_string(),
        ours: false,
        mark: String::new(),
        said: vec![(world.clock.now(), shown(&text, file.as_ref(), "message in Slack"))],
        gone: None,
    });
    let in_order = knocks(world, sent.into_iter().map(Knock::slack));
    let place = (channel.to_string(), ts.to_string());
    add(world, Speech { file, in_order, ..speech(Side::Slack, who, (token, place), text) });
}

fn slack_edits(world: &Rc<Shared>) {
    let Some(index) = some(world, Side::Slack) else { return };
    let Some((text, (channel, ts))) = edited(world, index) else { return };
    let file = world.conversation.borrow().all[index].file.clone();
    let user =
        if world.conversation.borrow().all[index].who.starts_with("ana") { "U024BE7LH" } else { "U024BE7LJ" };
    let (place, id) = (ChannelId::new(&channel), Ts::new(&ts));
    let Ok(sent) = world.slack().edits(&UserId::new(user), &place, &id, &text) else { return };
    if let Some(shown_there) = world.services.in_slack.borrow_mut().find(&channel, &ts) {
        shown_there.says(world.clock.now(), shown(&text, file.as_ref(), "message in Slack"));
    }
    knocks(world, [Knock::slack(sent)]);
}

fn slack_deletes(world: &Rc<Shared>) {
    let Some(index) = some(world, Side::Slack) else { return };
    let (channel, ts) = world.conversation.borrow().all[index].place.clone();
    let Ok(sent) = world.slack().deletes(&ChannelId::new(&channel), &Ts::new(&ts)) else { return };
    take_back(world, index);
    world.services.in_slack.borrow_mut().remove(&channel, &ts, world.clock.now());
    knocks(world, [Knock::slack(sent)]);
}

/// The case's issue, by its number.
fn issue(world: &Shared) -> Option<String> {
    let journal = world.services.in_jira.borrow();
    let issue = journal.all.iter().find(|one| one.is_issue())?;
    (world.clock.now() - issue.at() > 10_000).then(|| issue.id.clone())
}

/// A document of paragraphs, with the picture of a file.
fn document(text: &str, file: Option<&SharedFile>) -> Value {
    let lines = text.split('\n').enumerate().flat_map(|(index, line)| {
        let words = (!line.is_empty()).then(|| json!({"type": "text", "text": line}));
        (index > 0).then(|| json!({"type": "hardBreak"})).into_iter().chain(words)
    });
    let mut content = vec![json!({"type": "paragraph", "content": lines.collect::<Vec<_>>()})];
    content.extend(file.map(|file| {
        let attrs = json!({"type": "file", "id": "6e7b2f1c", "collection": "", "alt": file.name});
        json!({"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [{"type": "media", "attrs": attrs}]})
    }));
    json!({"type": "doc", "version": 1, "content": content})
}

/// A comment as Jira's editor writes it: for everybody, or for a role, or for the team.
fn comment(world: &Shared, (text, file): (&str, Option<&SharedFile>), for_some: bool) -> Value {
    let body = document(text, file);
    let internal = json!([{"key": "sd.public.comment", "value": {"internal": true}}]);
    match for_some {
        false => json!({"body": body}),
        true if world.chance.happens(700) => {
            json!({"body": body, "visibility": {"type": "role", "value": RESPONDERS}})
        }
        true => json!({"body": body, "properties": internal}),
    }
}

fn jira(world: &Rc<Shared>, number: usize, (file, never_open): (Option<SharedFile>, bool)) {
    let Some(issue) = issue(world) else { return };
    let people = world.jira().responders();
    let (account, name) = &people[usize::from(world.chance.happens(400))];
    let token = token(number, Side::Jira);
    let text = words(world, &token);
    if let Some(file) = &file {
        drop(world.jira().person_attaches(account, &issue, &file.name, file.bytes.clone()));
    }
    let comment = comment(world, (&text, file.as_ref()), never_open);
    let Ok(id) = world.jira().person_writes(account, &issue, &comment) else { return };
    world.services.in_jira.borrow_mut().add(JournalEntry {
        place: issue.clone(),
        thread: None,
        id: id.clone(),
        ours: false,
        mark: String::new(),
        said: vec![(world.clock.now(), shown(&text, file.as_ref(), "comment in Jira"))],
        gone: None,
    });
    let in_order = webhooks(world);
    let who = format!("{name}, {account} (Jira)");
    let one = speech(Side::Jira, who, (token, (issue, id)), text);
    add(world, Speech { file, never_open, in_order, ..one });
}

/// Whoever wrote something in Jira.
fn writer(world: &Shared, index: usize) -> AccountId {
    let talk = world.conversation.borrow();
    let people = world.jira().responders();
    let theirs = people.iter().find(|(account, _)| talk.all[index].who.contains(account.as_str()));
    theirs.map_or_else(|| world.jira().ana(), |(account, _)| account.clone())
}

fn jira_edits(world: &Rc<Shared>) {
    let Some(index) = some(world, Side::Jira) else { return };
    let (account, file) = (writer(world, index), world.conversation.borrow().all[index].file.clone());
    let Some((text, (issue, id))) = edited(world, index) else { return };
    let body = comment(world, (&text, file.as_ref()), false);
    drop(world.jira().person_rewrites(&account, &issue, &id, &body));
    if let Some(shown_there) = world.services.in_jira.borrow_mut().find(&issue, &id) {
        shown_there.says(world.clock.now(), shown(&text, file.as_ref(), "comment in Jira"));
    }
    webhooks(world);
}

fn jira_deletes(world: &Rc<Shared>) {
    let Some(index) = some(world, Side::Jira) else { return };
    let (issue, id) = world.conversation.borrow().all[index].place.clone();
    if world.jira().person_deletes_comment(&issue, &id).is_ok() {
        take_back(world, index);
        world.services.in_jira.borrow_mut().remove(&issue, &id, world.clock.now());
        webhooks(world);
    }
}

/// Somebody makes what everybody could read a thing of some.
fn jira_restricts(world: &Rc<Shared>) {
    let Some(index) = some(world, Side::Jira) else { return };
    let account = writer(world, index);
    let (text, file, (issue, id)) = {
        let talk = world.conversation.borrow();
        let one = &talk.all[index];
        (one.text().to_owned(), one.file.clone(), one.place.clone())
    };
    let body = comment(world, (&text, file.as_ref()), true);
    if world.jira().person_rewrites(&account, &issue, &id, &body).is_ok() {
        take_back(world, index);
        webhooks(world);
    }
}
