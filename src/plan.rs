//! What is missing at a destination? From what is true and what is known there, the ordered effects: pure.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use crate::{
    case::{Comment, Investigation, Millis, Seconds},
    content::{Author, Content, Key, Part, View, unnamed},
    facts::{Facts, changes},
    jira,
    knowledge::{CHANGES, CHANNEL, HOME, PlaceNote},
    settings::{Layout, Settings},
    slack,
    store::{Destination, Saying, Seen, Told},
    text,
};

/// What is true of a case: everything that was read.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The case, and what is known beside it.
    pub view: View,
    /// [`home_hash`] of the view.
    pub hash: String,
    /// Oldest first.
    pub comments: Vec<Comment>,
    /// The comments of the last day that were made through the bridge.
    pub sayings: Vec<Saying>,
    /// The AI agent's steps; empty unless AWS works the case.
    pub investigations: Vec<Investigation>,
    /// Whose move it is (ours: `true`) and since when, where that is overdue.
    pub overdue: Option<(bool, Seconds)>,
}

/// One thing to do at a destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make the case's channel.
    Channel {
        /// Its name.
        name: String,
    },
    /// Make the card or the issue.
    Home {
        /// Hash of what it shows.
        hash: String,
    },
    /// Say something new.
    Add {
        /// Marks it.
        key: Key,
        /// What is said.
        content: Content,
        /// Hash of what is said.
        hash: String,
    },
    /// A person said it there already: only remember.
    Adopt {
        /// What it would have been marked with.
        key: Key,
        /// The person's message or comment.
        remote: String,
        /// Hash of what it says.
        hash: String,
    },
    /// Something that was said reads differently now.
    Edit {
        /// Marks it.
        key: Key,
        /// Where it stands.
        remote: String,
        /// What it must say.
        content: Content,
        /// Hash of that.
        hash: String,
    },
    /// Something must be in a state: may be repeated without harm.
    Set {
        /// Under this name it is remembered.
        name: String,
        /// The state.
        setting: Setting,
        /// Hash of the state.
        hash: String,
    },
    /// Only an order changed: remember, say nothing.
    Note(Box<Facts>),
}

/// A state that can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The card; the issue's summary and description.
    Home,
    /// The channel's topic.
    Topic(String),
    /// A person in the channel, by e-mail.
    Invitation(String),
    /// The issue's status: a name or a category.
    Status(String),
    /// A link on the issue.
    Link {
        /// What it is called.
        title: String,
        /// Where it leads.
        url: String,
    },
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channel { .. } => f.write_str("make the channel"),
            Self::Home { .. } => f.write_str("make home"),
            Self::Add { key, .. } => write!(f, "add {key}"),
            Self::Adopt { key, .. } => write!(f, "adopt {key}"),
            Self::Edit { key, .. } => write!(f, "edit {key}"),
            Self::Set { name, .. } => write!(f, "set {name}"),
            Self::Note(_) => f.write_str("note"),
        }
    }
}

/// What was told, by key.
pub type Ledger = HashMap<Key, Told>;

/// The effects that a destination lacks, in the order in which they must happen.
pub fn plan(
    destination: Destination,
    picture: &Picture,
    note: &PlaceNote,
    ledger: &Ledger,
    settings: &Settings,
    now: Millis,
) -> Vec<Effect> {
    let private = destination == Destination::Slack && settings.slack.layout == Layout::Channel;
    if private && note.channel.is_none() {
        return vec![Effect::Channel { name: channel_name(picture, settings) }];
    }
    let hash = picture.hash.clone();
    if note.home.is_none() {
        return vec![Effect::Home { hash }];
    }
    let mut effects = vec![set(HOME, Setting::Home, hash)];
    if private {
        effects.extend(channel_settings(picture, settings));
    }
    if destination == Destination::Jira {
        effects.extend(issue_settings(picture, settings));
    }
    effects.retain(|effect| is_due(effect, note, now));
    effects.extend(description(destination, picture, ledger));
    effects.extend(comments(destination, picture, ledger));
    effects.extend(changed_facts(picture, note));
    if destination == Destination::Slack {
        effects.extend(investigations(picture, ledger));
        effects.extend(nudge(picture, ledger));
    }
    effects
}

/// How many things nobody was told yet: a comment of several parts is one.
pub fn news(effects: &[Effect]) -> usize {
    let new = |effect: &&Effect| match effect {
        Effect::Channel { .. } | Effect::Home { .. } | Effect::Note(_) => true,
        Effect::Add { key, .. } | Effect::Adopt { key, .. } | Effect::Edit { key, .. } => {
            !key.0.starts_with("nudge/") && (!key.0.starts_with("comment/") || key.0.ends_with("/0"))
        }
        Effect::Set { .. } => false,
    };
    effects.iter().filter(new).count()
}

/// The ledger's keys that [`plan`] must know for this picture.
pub fn keys(destination: Destination, picture: &Picture) -> Vec<Key> {
    let description = pieces(destination, &picture.view.case.description).len();
    let mut keys: Vec<Key> = (0..description).map(|index| part_key("description", index)).collect();
    for comment in &picture.comments {
        let pieces = pieces(destination, &comment.body).len();
        keys.extend((0..pieces).map(|index| comment_key(comment, index)));
    }
    keys.extend(picture.investigations.iter().map(investigation_key));
    keys.extend(picture.overdue.map(nudge_key));
    keys
}

/// More keys, where a told text became another: parts of it that are no longer needed may stand there.
pub fn keys_of_edited(destination: Destination, picture: &Picture, ledger: &Ledger) -> Vec<Key> {
    let edited = |key: &Key, hash: &str| {
        ledger.get(key).is_some_and(|told| !told.theirs && told.hash != hash && told.seen != Seen::Deleted)
    };
    let mut keys = Vec::new();
    let mut consider = |stem: &str, text: &str| {
        let pieces = pieces(destination, text);
        let hash = part_hash(pieces.first().map_or("", String::as_str), pieces.len());
        if edited(&part_key(stem, 0), &hash) {
            keys.extend((pieces.len()..MOST_PARTS).map(|index| part_key(stem, index)));
        }
    };
    consider("description", &picture.view.case.description);
    for comment in &picture.comments {
        consider(&format!("comment/{}", comment.id), &comment.body);
    }
    keys
}

/// No text of 12,000 characters has more parts at either destination.
const MOST_PARTS: usize = 32;

fn pieces(destination: Destination, text: &str) -> Vec<String> {
    match destination {
        Destination::Slack => slack::parts(text),
        Destination::Jira => jira::parts(text),
    }
}

fn part_key(stem: &str, index: usize) -> Key {
    Key(format!("{stem}/{index}"))
}

fn comment_key(comment: &Comment, index: usize) -> Key {
    part_key(&format!("comment/{}", comment.id), index)
}

fn investigation_key(step: &Investigation) -> Key {
    Key(format!("investigation/{}", step.id))
}

fn nudge_key((for_us, since): (bool, Seconds)) -> Key {
    Key(format!("nudge/{for_us}/{since}"))
}

/// The hash of a text's part; `of` is how many parts the text has.
pub fn part_hash(text: &str, of: usize) -> String {
    text::hash(&format!("{of}/{text}"))
}

/// A hash of all that a card or an issue may show. Of the view, not of its rendering: it is made at every look.
pub fn home_hash(view: &View) -> String {
    text::hash(&format!("{view:?}"))
}

fn channel_name(picture: &Picture, settings: &Settings) -> String {
    format!("{}{}", settings.slack.channel_prefix, picture.view.case.id)
}

fn set(name: impl Into<String>, setting: Setting, hash: impl Into<String>) -> Effect {
    Effect::Set { name: name.into(), setting, hash: hash.into() }
}

/// A state is due where it differs, or where an older setting may have arrived after it.
fn is_due(effect: &Effect, note: &PlaceNote, now: Millis) -> bool {
    let Effect::Set { name, hash, .. } = effect else { return true };
    let repeat = note.again.get(name).is_some_and(|at| *at <= now);
    repeat || note.set.get(name).is_none_or(|was| was != hash && was != GONE)
}

/// Stands for the hash of a state whose bearer a person deleted.
pub const GONE: &str = "gone";

fn channel_settings(picture: &Picture, settings: &Settings) -> Vec<Effect> {
    let topic = slack::channel_topic(&picture.view);
    let hash = text::hash(&topic);
    let invite = |email: &String| {
        let name = format!("invitation/{}", text::hash(email));
        set(name, Setting::Invitation(email.clone()), "done")
    };
    let topic = set(format!("{CHANNEL}/topic"), Setting::Topic(topic), hash);
    settings.slack.invite.iter().map(invite).chain([topic]).collect()
}

fn issue_settings(picture: &Picture, settings: &Settings) -> Vec<Effect> {
    let links = &picture.view.links;
    let link = |name: &str, title: &str, url: &Option<String>| {
        let url = url.clone()?;
        let hash = text::hash(&url);
        Some(set(format!("link/{name}"), Setting::Link { title: title.to_owned(), url }, hash))
    };
    let status = picture.view.case.status.as_str();
    let target = settings.jira.as_ref().and_then(|jira| jira.status.get(status));
    let transition = target.map(|target| set("status", Setting::Status(target.clone()), text::hash(status)));
    [link("console", "AWS Security Incident Response", &links.console), link("slack", "Slack", &links.slack)]
        .into_iter()
        .flatten()
        .chain(transition)
        .collect()
}

/// A text's parts against the ledger: what is new, what reads differently, what fell away.
fn told_parts(
    destination: Destination,
    stem: &str,
    text: &str,
    ledger: &Ledger,
    content: impl Fn(Part) -> Content,
) -> Vec<Effect> {
    let pieces = pieces(destination, text);
    let of = pieces.len();
    let fallen = (of..MOST_PARTS).map(|_| String::new());
    let mut effects = Vec::new();
    for (index, text) in pieces.into_iter().chain(fallen).enumerate() {
        let key = part_key(stem, index);
        let hash = part_hash(&text, of);
        let told = ledger.get(&key);
        if told.is_none() && index >= of {
            break;
        }
        let part = Part { index, of, text };
        effects.extend(match told {
            None => Some(Effect::Add { key, content: content(part), hash }),
            Some(told) => edit(key, told, content(part), hash),
        });
    }
    effects
}

fn edit(key: Key, told: &Told, content: Content, hash: String) -> Option<Effect> {
    let ours = !told.theirs && told.seen != Seen::Deleted;
    (ours && told.hash != hash).then(|| Effect::Edit { key, remote: told.remote.clone(), content, hash })
}

/// In Jira the first part of the description stands in the issue itself.
fn description(destination: Destination, picture: &Picture, ledger: &Ledger) -> Vec<Effect> {
    let text = &picture.view.case.description;
    let effects = told_parts(destination, "description", text, ledger, Content::Description);
    let first = part_key("description", 0);
    match destination {
        Destination::Slack => effects,
        Destination::Jira => effects
            .into_iter()
            .filter(|effect| !matches!(effect, Effect::Add { key, .. } if *key == first))
            .collect(),
    }
}

fn comments(destination: Destination, picture: &Picture, ledger: &Ledger) -> Vec<Effect> {
    let said = said(picture);
    let mut effects = Vec::new();
    for comment in &picture.comments {
        let saying = said.get(comment.id.as_str()).copied();
        let first = comment_key(comment, 0);
        let place = saying.and_then(|saying| match destination {
            Destination::Slack => saying.slack_ts.clone(),
            Destination::Jira => saying.jira_comment.clone(),
        });
        match place {
            Some(remote) if !ledger.contains_key(&first) => {
                effects.push(Effect::Adopt { key: first, remote, hash: text::hash(&comment.body) });
            }
            Some(_) => {}
            None if ledger.get(&first).is_some_and(|told| told.theirs) => {}
            None => {
                let author = saying.map_or_else(|| Author::of(&comment.creator), |s| s.author.clone());
                let edited = comment.updated.is_some_and(|updated| updated > comment.created);
                let stem = format!("comment/{}", comment.id);
                let speaker = saying.and_then(|saying| saying.speaker.clone());
                // Hashes are of what the case says: whose name stands above it does not make it another text.
                effects.extend(told_parts(destination, &stem, &comment.body, ledger, |mut part| {
                    if part.index == 0 {
                        part.text = unnamed(&part.text, speaker.as_deref()).to_owned();
                    }
                    let (author, speaker) = (author.clone(), speaker.clone());
                    Content::Comment { author, speaker, at: comment.created, edited, part }
                }));
            }
        }
    }
    effects
}

/// Which comment was said through the bridge, and how. One that is still in the making is recognised by its whole
/// text, one comment to one saying, and never where AWS itself speaks.
fn said(picture: &Picture) -> BTreeMap<&str, &Saying> {
    let mut said: BTreeMap<&str, &Saying> = picture
        .sayings
        .iter()
        .filter_map(|saying| saying.comment.as_deref().map(|comment| (comment, saying)))
        .collect();
    let mut making: Vec<&Saying> = picture.sayings.iter().filter(|saying| saying.comment.is_none()).collect();
    making.sort_by_key(|saying| saying.since);
    for comment in &picture.comments {
        let theirs = matches!(Author::of(&comment.creator), Author::Principal(_));
        if !theirs || making.is_empty() || said.contains_key(comment.id.as_str()) {
            continue;
        }
        let hash = text::hash(&comment.body);
        let made =
            |saying: &&Saying| saying.body_hash == hash && comment.created * 1000 + 60_000 >= saying.since;
        if let Some(index) = making.iter().position(made) {
            said.insert(comment.id.as_str(), making.remove(index));
        }
    }
    said
}

fn changed_facts(picture: &Picture, note: &PlaceNote) -> Option<Effect> {
    let new = Facts::of(&picture.view.case);
    let old = note.facts.as_ref()?;
    if *old == new {
        return None;
    }
    let changes = changes(old, &new);
    if changes.is_empty() {
        return Some(Effect::Note(Box::new(new)));
    }
    let key = Key(format!("{CHANGES}{}", note.changes));
    Some(Effect::Add { key, hash: text::hash(&format!("{changes:?}")), content: Content::Changes(changes) })
}

fn investigations(picture: &Picture, ledger: &Ledger) -> Vec<Effect> {
    let tell = |step: &Investigation| {
        let key = investigation_key(step);
        let hash = text::hash(&format!("{step:?}"));
        let content = Content::Investigation { case: picture.view.case.id.clone(), step: step.clone() };
        match ledger.get(&key) {
            None => Some(Effect::Add { key, content, hash }),
            Some(told) => edit(key, told, content, hash),
        }
    };
    picture.investigations.iter().filter_map(tell).collect()
}

fn nudge(picture: &Picture, ledger: &Ledger) -> Option<Effect> {
    let overdue = picture.overdue?;
    let key = nudge_key(overdue);
    if ledger.contains_key(&key) {
        return None;
    }
    let content = Content::Nudge { for_us: overdue.0, since: overdue.1 };
    Some(Effect::Add { key, content, hash: String::new() })
}
