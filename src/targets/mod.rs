//! What does an effect mean at Slack, and what at Jira? From effects to the clients' calls, and back from what is read.

pub mod content;
pub mod jira;
pub mod slack;
pub mod telling;
pub mod wording;

use tokio::sync::OnceCell;

use crate::{
    case::{CaseId, Millis, text},
    config::settings::Layout,
    http::Failure,
    state::{
        Destination,
        key::Key,
        notes::{CHANNEL, HOME, Intent, PlaceNote},
    },
    sync::{
        apply::{What, Worker},
        reconcile::Desk,
    },
    targets::{
        content::Content,
        jira::{IssueText, Jira, Moved},
        slack::Slack,
        telling::{Picture, Setting},
    },
};

/// Slack and Jira, each asked at most once who we are.
pub struct Destinations<'a> {
    /// Slack.
    pub slack: Slack<'a>,
    /// Jira, where the settings have it.
    pub jira: Option<Jira<'a>>,
    slack_me: OnceCell<slack::Me>,
    jira_me: OnceCell<String>,
}

/// Something that stands at a destination, as it was read back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Which of ours it is.
    pub key: Option<Key>,
    /// The hash of what it says.
    pub hash: String,
    /// The message's `ts`, the comment's id.
    pub remote: String,
    /// When it was said.
    pub at: Millis,
    /// It is a person's message in Slack.
    pub reply: Option<slack::Heard>,
}

/// Marks a message or comment of ours: `1234567890/comment/000123/0#hash`.
fn mark(case: &CaseId, key: &Key, hash: &str) -> String {
    format!("{case}/{key}#{hash}")
}

/// Reads a mark of ours on this case.
fn unmark(case: &CaseId, mark: &str) -> Option<(Key, String)> {
    let (key, hash) = mark.strip_prefix(case.as_str())?.strip_prefix('/')?.rsplit_once('#')?;
    Some((Key(key.to_owned()), hash.to_owned()))
}

impl<'a> Destinations<'a> {
    /// Slack, and Jira where there is one.
    pub fn new(slack: Slack<'a>, jira: Option<Jira<'a>>) -> Self {
        Self { slack, jira, slack_me: OnceCell::new(), jira_me: OnceCell::new() }
    }

    async fn slack_me(&self) -> Result<&slack::Me, Failure> {
        self.slack_me.get_or_try_init(|| self.slack.me()).await
    }

    fn jira(&self) -> Result<&Jira<'a>, Failure> {
        let why = "no [jira] in the settings".to_owned();
        self.jira.as_ref().ok_or(Failure::Broken { everywhere: false, why })
    }

    async fn jira_me(&self) -> Result<&str, Failure> {
        let jira = self.jira()?;
        self.jira_me.get_or_try_init(|| jira.me()).await.map(String::as_str)
    }

    /// Makes an addition and answers what it is called there.
    ///
    /// # Errors
    /// As the client's answer means: see [`Failure`].
    pub async fn add(
        &self,
        worker: &Worker<'_>,
        what: &What,
        intent: &Intent,
        picture: &Picture,
        note: &PlaceNote,
    ) -> Result<String, Failure> {
        let mark = mark(worker.case, &intent.key, &intent.hash);
        match (worker.destination, what) {
            (Destination::Slack, What::Channel(name)) => self.slack.create_channel(name, true).await,
            (Destination::Slack, What::Home) => {
                let channel = note.channel.as_deref().unwrap_or(&worker.settings.slack.channel);
                self.slack.post(channel, None, &mark, &slack::card(&picture.view)).await
            }
            (Destination::Slack, What::Content(content)) => {
                let (channel, thread) = place(worker.settings.slack.layout, note)?;
                let message = slack::content(content, intent.plainness);
                self.slack.post(channel, thread, &mark, &message).await
            }
            (Destination::Jira, What::Home) => {
                let issue = issue_text(worker.case, mark, picture);
                self.jira()?.create_issue(issue).await.map(|made| format!("{}/{}", made.id, made.key))
            }
            (Destination::Jira, What::Content(content)) => {
                let body = jira::content(content, intent.plainness);
                self.jira()?.comment(issue(note)?, &mark, body).await
            }
            (Destination::Jira, What::Channel(_)) => {
                Err(Failure::Broken { everywhere: false, why: "Jira has no channels".to_owned() })
            }
        }
    }

    /// Looks for an addition that may have been made. Only what we wrote ourselves counts.
    ///
    /// # Errors
    /// As the client's answer means: see [`Failure`].
    pub async fn find(
        &self,
        worker: &Worker<'_>,
        intent: &Intent,
        note: &PlaceNote,
    ) -> Result<Option<String>, Failure> {
        match (worker.destination, intent.key.0.as_str()) {
            // A second creation answers with the channel that the first one made.
            (Destination::Slack, CHANNEL) => Ok(None),
            (Destination::Slack, HOME) => {
                let channel = note.channel.as_deref().unwrap_or(&worker.settings.slack.channel);
                let oldest = format!("{}.000000", (intent.since - EARLIER).max(0) / 1_000);
                self.find_in_channel(worker.case, channel, &oldest, &intent.key).await
            }
            (Destination::Slack, _) => {
                let (channel, thread) = place(worker.settings.slack.layout, note)?;
                let heard = match thread {
                    Some(thread) => self.thread(worker.case, channel, thread).await?,
                    None => self.channel(worker.case, channel, "0").await?,
                };
                Ok(remote(&heard, &intent.key))
            }
            (Destination::Jira, HOME) => {
                let found = self.jira()?.find_issue(worker.case).await?;
                Ok(found.map(|issue| format!("{}/{}", issue.id, issue.key)))
            }
            (Destination::Jira, _) => {
                let heard = self.comments(worker.case, issue(note)?).await?;
                Ok(remote(&heard, &intent.key))
            }
        }
    }

    /// Whether a destination still knows us: what one state was refused for may be that state's alone.
    ///
    /// # Errors
    /// Nobody can tell now.
    pub async fn knows_us(&self, destination: Destination) -> Result<bool, Failure> {
        let who = match destination {
            Destination::Slack => self.slack.me().await.map(drop),
            Destination::Jira => self.jira()?.me().await.map(drop),
        };
        match who {
            Ok(()) => Ok(true),
            Err(Failure::Broken { .. }) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// Sets a state.
    ///
    /// # Errors
    /// As the client's answer means: see [`Failure`].
    pub async fn set(
        &self,
        worker: &Worker<'_>,
        setting: &Setting,
        hash: &str,
        picture: &Picture,
        note: &PlaceNote,
    ) -> Result<(), Failure> {
        match (worker.destination, setting) {
            (Destination::Slack, Setting::Home) => {
                let home = note.home.as_ref().ok_or_else(no_home)?;
                let mark = mark(worker.case, &Key(HOME.to_owned()), hash);
                self.slack.update(&home.place, &home.name, &mark, &slack::card(&picture.view)).await
            }
            (Destination::Slack, Setting::Topic(topic)) => {
                self.slack.set_topic(note.channel.as_deref().unwrap_or_default(), topic).await
            }
            (Destination::Slack, Setting::Invitation(email)) => self.invite(email, note).await,
            (Destination::Jira, Setting::Home) => {
                let text = issue_text(worker.case, mark(worker.case, &Key(HOME.to_owned()), hash), picture);
                self.jira()?.set_text(issue(note)?, text).await
            }
            (Destination::Jira, Setting::Status(target)) => {
                match self.jira()?.transition(issue(note)?, target).await? {
                    Moved::There => Ok(()),
                    Moved::NotPossible { .. } => {
                        Err(Failure::Content { why: "its workflow, which has no way there".to_owned() })
                    }
                }
            }
            (Destination::Jira, Setting::Link { title, url }) => {
                let id = format!("casebridge/{}/{}", worker.case, text::hash(title));
                self.jira()?.remote_link(issue(note)?, &id, url, title).await
            }
            (Destination::Slack, Setting::Status(_) | Setting::Link { .. })
            | (Destination::Jira, Setting::Topic(_) | Setting::Invitation(_)) => {
                Err(Failure::Content { why: "no such setting here".to_owned() })
            }
        }
    }

    /// Somebody whom Slack does not know, or who may not come, keeps nobody else waiting.
    async fn invite(&self, email: &str, note: &PlaceNote) -> Result<(), Failure> {
        let channel = note.channel.as_deref().unwrap_or_default();
        let Some(user) = self.slack.user_by_email(email).await? else {
            return Err(Failure::Content { why: "users_not_found".to_owned() });
        };
        match self.slack.invite(channel, &[user]).await?.first() {
            Some((_, code)) => Err(Failure::Content { why: code.clone() }),
            None => Ok(()),
        }
    }

    /// Rewrites something that was told.
    ///
    /// # Errors
    /// As the client's answer means: see [`Failure`].
    pub async fn edit(
        &self,
        worker: &Worker<'_>,
        key: &Key,
        remote: &str,
        content: &Content,
        hash: &str,
        note: &PlaceNote,
    ) -> Result<(), Failure> {
        let plainness = crate::state::key::Plainness::Full;
        let mark = mark(worker.case, key, hash);
        match worker.destination {
            Destination::Slack => {
                let (channel, _) = place(worker.settings.slack.layout, note)?;
                self.slack.update(channel, remote, &mark, &slack::content(content, plainness)).await
            }
            Destination::Jira => {
                let body = jira::content(content, plainness);
                self.jira()?.edit_comment(issue(note)?, remote, &mark, body).await
            }
        }
    }

    /// Takes away something of ours that stands there twice.
    ///
    /// # Errors
    /// As the client's answer means: see [`Failure`].
    pub async fn delete(
        &self,
        destination: Destination,
        note: &PlaceNote,
        remote: &str,
    ) -> Result<(), Failure> {
        let home = note.home.as_ref().ok_or_else(no_home)?;
        match destination {
            Destination::Slack => self.slack.delete(&home.place, remote).await,
            Destination::Jira => self.jira()?.delete_comment(&home.place, remote).await,
        }
    }

    /// Reads back all that stands there of a case.
    ///
    /// # Errors
    /// As the client's answer means: see [`Failure`].
    pub async fn read_back(
        &self,
        desk: &Desk<'_>,
        case: &CaseId,
        destination: Destination,
        note: &PlaceNote,
    ) -> Result<Vec<Heard>, Failure> {
        let home = note.home.as_ref().ok_or_else(no_home)?;
        match (destination, desk.settings.slack.layout) {
            (Destination::Slack, Layout::Thread) => self.thread(case, &home.place, &home.name).await,
            (Destination::Slack, Layout::Channel) => self.channel(case, &home.place, "0").await,
            (Destination::Jira, _) => {
                let mut heard = self.comments(case, &home.place).await?;
                heard.push(self.issue_itself(case, &home.place, &home.name).await?);
                Ok(heard)
            }
        }
    }

    /// The issue stands for its own key: it is there if it can be read.
    async fn issue_itself(&self, case: &CaseId, id: &str, key: &str) -> Result<Heard, Failure> {
        let mark = self.jira()?.issue_status(id).await?.mark;
        let hash = mark.and_then(|mark| unmark(case, &mark)).map(|(_, hash)| hash).unwrap_or_default();
        Ok(Heard { key: Some(Key(HOME.to_owned())), hash, remote: format!("{id}/{key}"), ..Heard::default() })
    }

    async fn find_in_channel(
        &self,
        case: &CaseId,
        channel: &str,
        oldest: &str,
        key: &Key,
    ) -> Result<Option<String>, Failure> {
        Ok(remote(&self.channel(case, channel, oldest).await?, key))
    }

    async fn channel(&self, case: &CaseId, channel: &str, oldest: &str) -> Result<Vec<Heard>, Failure> {
        let me = self.slack_me().await?;
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.slack.history(channel, oldest, cursor.as_deref()).await?;
            all.extend(page.items.into_iter().map(|one| heard(case, one, me)));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }

    async fn thread(&self, case: &CaseId, channel: &str, thread: &str) -> Result<Vec<Heard>, Failure> {
        let me = self.slack_me().await?;
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.slack.replies(channel, thread, cursor.as_deref()).await?;
            all.extend(page.items.into_iter().map(|one| heard(case, one, me)));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(all);
            }
        }
    }

    async fn comments(&self, case: &CaseId, issue: &str) -> Result<Vec<Heard>, Failure> {
        let me = self.jira_me().await?;
        let (mut all, mut start) = (Vec::new(), 0);
        loop {
            let page = self.jira()?.comments(issue, start).await?;
            for one in page.items {
                let (key, hash) = one.mark_by(me).and_then(|mark| unmark(case, mark)).unzip();
                // Ids rise with time.
                let at = one.id.parse().unwrap_or(Millis::MAX);
                all.push(Heard { key, hash: hash.unwrap_or_default(), remote: one.id, at, reply: None });
            }
            match page.next {
                Some(next) => start = next,
                None => return Ok(all),
            }
        }
    }
}

/// A card is looked for from this long before its intent: Slack's clock is not ours.
const EARLIER: Millis = 60_000;

fn heard(case: &CaseId, one: slack::Heard, me: &slack::Me) -> Heard {
    let (key, hash) = one.mark_by(me).and_then(|mark| unmark(case, mark)).unzip();
    let at = slack::millis(&one.ts);
    let spoken = matches!(one.subtype.as_deref(), None | Some("file_share" | "thread_broadcast"));
    let persons = spoken && one.bot_id.is_none() && one.user.is_some();
    Heard { key, hash: hash.unwrap_or_default(), remote: one.ts.clone(), at, reply: persons.then_some(one) }
}

/// The earliest that bears this key.
fn remote(heard: &[Heard], key: &Key) -> Option<String> {
    let ours = heard.iter().filter(|one| one.key.as_ref() == Some(key));
    ours.min_by_key(|one| one.at).map(|one| one.remote.clone())
}

fn no_home() -> Failure {
    Failure::Broken { everywhere: false, why: "no home".to_owned() }
}

/// The channel, and under `layout = "thread"` the thread.
fn place(layout: Layout, note: &PlaceNote) -> Result<(&str, Option<&str>), Failure> {
    match (layout, &note.home, &note.channel) {
        (Layout::Thread, Some(home), _) => Ok((&home.place, Some(&home.name))),
        (Layout::Channel, Some(home), _) => Ok((&home.place, None)),
        // The card was never stored: what stands in the case's own channel stands there without it.
        (Layout::Channel, None, Some(channel)) => Ok((channel, None)),
        _ => Err(no_home()),
    }
}

fn issue_text<'c>(case: &'c CaseId, mark: String, picture: &Picture) -> IssueText<'c> {
    let (summary, description) = (jira::summary(&picture.view.case), jira::description(&picture.view));
    IssueText { case, mark, summary, description }
}

fn issue(note: &PlaceNote) -> Result<&str, Failure> {
    note.home.as_ref().map(|home| home.place.as_str()).ok_or_else(no_home)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{golden, notes::Home};

    #[test]
    fn a_channel_of_its_own_is_searched_without_a_card_and_a_thread_is_not() {
        let home = Home { place: "C1".to_owned(), name: "1.1".to_owned() };
        let carded = PlaceNote { home: Some(home), ..PlaceNote::default() };
        let bare = PlaceNote { channel: Some("C2".to_owned()), ..PlaceNote::default() };
        assert_eq!(place(Layout::Thread, &carded), Ok(("C1", Some("1.1"))));
        assert_eq!(place(Layout::Channel, &carded), Ok(("C1", None)));
        assert_eq!(place(Layout::Channel, &bare), Ok(("C2", None)));
        assert_eq!(place(Layout::Thread, &bare), Err(no_home()));
        assert_eq!(place(Layout::Channel, &PlaceNote::default()), Err(no_home()));
    }

    #[test]
    fn a_mark_reads_back_and_one_of_another_case_does_not() {
        let (case, key) = (CaseId::new("1234567890"), Key("comment/000001/0".to_owned()));
        let text = mark(&case, &key, "abc");
        assert_eq!(unmark(&case, &text), Some((key, "abc".to_owned())));
        assert_eq!(unmark(&CaseId::new("1234567891"), &text), None);
        assert_eq!(unmark(&case, "1234567890"), None);
    }

    #[test]
    fn every_mark_that_any_release_left_is_read_as_it_was_meant() {
        let case = CaseId::new("7000000003");
        let of = |key: &str, hash: &str| (Key(key.to_owned()), hash.to_owned());
        golden::check(
            "marks",
            &[
                ("card", of("home", "0ff94921abf810966091")),
                ("comment", of("comment/100001/0", "58c64f4b7a3b2c1d0e9f")),
                ("changes", of("changes/12", "58c64f4b7a3b2c1d0e9f")),
                ("step", of("investigation/inv-0123456789ab", "58c64f4b7a3b2c1d0e9f")),
                ("reminder", of("nudge/true/1795668300", "")),
            ],
            |(key, hash)| serde_json::to_string(&mark(&case, key, hash)).unwrap(),
            |json| unmark(&case, &serde_json::from_str::<String>(json).unwrap()).unwrap(),
        );
    }
}
