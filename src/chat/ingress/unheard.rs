//! What people said in Slack or in an issue and no event brought: a second look, after what stands there was read back.

use async_trait::async_trait;
use tracing::warn;

use super::{
    act::{ActId, CommandKey},
    action::Action,
    job::{Door, Job, Origin, Sender},
    said,
};
use crate::{
    case::{ChannelId, IssueId, MemberId, Millis, TeamId, Ts, UserId, author::Author},
    chat::policy::{
        identity, length,
        since::{self, MessageTimes, Since, TooOld},
    },
    config::settings::{Relay, Settings},
    runtime::World,
    state,
    targets::{
        contract::{Listener, Said, Unheard},
        jira,
        slack::{KIND, MessageRef, Slack},
    },
    telemetry::metrics,
};

/// Records of commands are kept for a day; a message older than this may have lost its record.
const EVENT_LOST: Millis = 82_800_000;

/// What was written this lately may only not be shown yet.
const SETTLED: Millis = 600_000;

/// Puts people's replies and changes of issues whose event never came on the inbox, as their event would have been.
pub struct Replies<'a> {
    /// Everything outside.
    pub world: &'a dyn World,
    /// What the user chose.
    pub settings: &'a Settings,
    /// Knows who belongs to which group.
    pub slack: Slack<'a>,
}

struct Judge<'j> {
    since: Since,
    unheard: &'j Unheard<'j>,
}

#[async_trait(?Send)]
impl Listener for Replies<'_> {
    async fn take_up(&self, unheard: &Unheard<'_>) -> state::Result<()> {
        if unheard.kind == jira::KIND {
            return self.in_issue(unheard).await;
        }
        for remote in &unheard.gone {
            self.taken_away(unheard, &Ts::new(remote)).await?;
        }
        let counts = unheard.kind == KIND && !unheard.case.is_closed();
        let relay = self.settings.slack.relay();
        if !counts || relay == Relay::Off || unheard.said.is_empty() && unheard.edited.is_empty() {
            return Ok(());
        }
        // Whom a message must mention; where nobody can tell, the next check asks again.
        let bot = match relay {
            Relay::Mention => self.slack.me().await.ok().map(|me| me.user_id),
            Relay::All | Relay::Off => None,
        };
        let since = since::seen(self.world, &self.settings.for_case(unheard.route)).await?;
        let judge = Judge { since, unheard };
        for said in &unheard.said {
            // What is younger may still come with its event.
            let age = self.world.now() - said.at;
            let told = said::is_told(&self.settings.slack, &said.text, bot.as_ref());
            if told && (since::MOMENTS..EVENT_LOST).contains(&age) {
                self.one(&judge, said).await?;
            }
        }
        for said in &unheard.edited {
            if self.settings.slack.is_private(&said.text)
                || said::is_told(&self.settings.slack, &said.text, bot.as_ref())
            {
                self.edited(&judge, said).await?;
            }
        }
        Ok(())
    }
}

impl Replies<'_> {
    /// Something changed in an issue within the day: it is heard as if its webhook came now. What is known already is
    /// nothing new.
    async fn in_issue(&self, unheard: &Unheard<'_>) -> state::Result<()> {
        let now = self.world.now();
        let newest = unheard.said.iter().map(|said| said.at).max().unwrap_or_default();
        let nothing_new = unheard.case.is_closed() || now - newest >= EVENT_LOST;
        if nothing_new && unheard.gone.is_empty() {
            return Ok(());
        }
        let issue = IssueId::new(&unheard.anchor.place);
        // No webhook tells when it happened.
        let act = ActId::of_issue(&issue, 0);
        let nobody = Sender {
            team: TeamId::new(""),
            user: UserId::new(""),
            place: Origin::default(),
            at: now,
            door: Door::Webhook,
        };
        let job = nobody.does(act, Action::JiraChanged { issue });
        job.put(self.world, Some(&now.to_string())).await.map_err(state::Error::Trouble)
    }

    /// A message that is on the case is not found in Slack: it is taken back as if its event came now. What is old may be gone
    /// because the workspace keeps nothing longer: that takes back no word.
    async fn taken_away(&self, unheard: &Unheard<'_>, ts: &Ts) -> state::Result<()> {
        let (now, channel) = (self.world.now(), ChannelId::new(&unheard.anchor.place));
        if !(SETTLED..EVENT_LOST).contains(&(now - ts.millis())) {
            return Ok(());
        }
        let sayings = self.world.store().sayings(&unheard.case.id).await?;
        let saying = sayings.into_iter().find(|saying| saying.slack_ts.as_deref() == Some(ts.as_str()));
        let Some(Author::Slack { user }) = saying.map(|saying| saying.author) else { return Ok(()) };
        let act = ActId::of_deletion(&channel, ts);
        let at = MessageRef { channel: channel.clone(), ts: ts.clone() };
        let place = Origin { channel: Some(channel), thread: Some(Ts::new(&unheard.anchor.name)) };
        let team = self.settings.slack.team.clone();
        let job = Sender { team, user, place, at: now, door: Door::Deletion }
            .does(act, Action::Deleted { ts: ts.clone() });
        let known = self.world.store().command(job.key().as_str()).await?;
        if known.is_some_and(|known| known.answer.is_some()) || !self.is_gone(&at).await {
            return Ok(());
        }
        job.put(self.world, None).await.map_err(state::Error::Trouble)
    }

    /// Asked anew, of this message alone; where nobody knows it is left for the next check.
    async fn is_gone(&self, at: &MessageRef) -> bool {
        let gone = self.slack.is_gone(at).await;
        gone.inspect_err(|failure| warn!(%failure, "a message that was not found")).unwrap_or(false)
    }

    async fn one(&self, judge: &Judge<'_>, said: &Said) -> state::Result<()> {
        let now = self.world.now();
        // Nothing is read for what was said too early.
        let message = judge.message(said);
        if judge.since.may_whoever_wrote_it(&message, now).is_err() {
            return Ok(());
        }
        let mut job = said::unread(self.settings, judge.unheard.anchor, said, now);
        if self.is_answered(&job.key()).await? {
            return Ok(());
        }
        let Some(read) = self.is_read(&judge.since, &message, said).await else { return Ok(()) };
        job.action = said::words_of(said, read);
        job.put(self.world, None).await.map_err(state::Error::Trouble)
    }

    /// A message that is on the case was edited: it is read once more, as if the event of the edit came now. Where the case
    /// says that already nothing changes.
    async fn edited(&self, judge: &Judge<'_>, said: &Said) -> state::Result<()> {
        let (now, edit) = (self.world.now(), Ts::new(said.edited.as_deref().unwrap_or_default()));
        if !(SETTLED..EVENT_LOST).contains(&(now - edit.millis())) {
            return Ok(());
        }
        let mut job = said::found_edited(self.settings, judge.unheard.anchor, (said, &edit), now);
        let read = match job.action {
            Action::Unread => said::amended(said::words_unjudged(said)),
            _ => job.action.clone(),
        };
        for action in [job.action.clone(), read] {
            let known = Job { action, ..job.clone() }.key();
            if self.is_answered(&known).await? {
                return Ok(());
            }
        }
        if job.action == Action::Unread {
            let message = judge.message(said);
            let Some(read) = self.is_read(&judge.since, &message, said).await else { return Ok(()) };
            job.action = said::amended(said::words_of(said, read));
        }
        job.put(self.world, Some(&now.to_string())).await.map_err(state::Error::Trouble)
    }

    /// Whether something became of a job. Without an answer nothing did yet: the inbox may have given it up.
    async fn is_answered(&self, key: &CommandKey) -> state::Result<bool> {
        match self.world.store().command(key.as_str()).await {
            // Nobody knows what became of it: it must not be done twice.
            Err(state::Error::Unreadable(record)) => {
                metrics::unreadable(&record);
                Ok(true)
            }
            known => Ok(known?.is_some_and(|known| known.answer.is_some())),
        }
    }

    /// Whether the text of a reply is read; `None` where the reply stays where it is. Who may say nothing hears it from the
    /// inbox, and no long text is read for that.
    async fn is_read(&self, since: &Since, message: &MessageTimes, said: &Said) -> Option<bool> {
        let (now, mut by) = (self.world.now(), vec![MemberId::new(&said.author)]);
        if since.may(message, &by, now).is_err() {
            let groups = identity::groups(&self.slack, self.settings, &UserId::new(&said.author)).await;
            let groups =
                groups.inspect_err(|failure| warn!(%failure, "a writer's groups: left for the next check"));
            by.extend(groups.ok()?.into_iter().map(MemberId::new));
        }
        match since.may(message, &by, now) {
            Ok(()) => Some(true),
            Err(TooOld::NoRole) => Some(said.text.len() <= length::SHORT),
            Err(_) => None,
        }
    }
}

impl Judge<'_> {
    fn message(&self, said: &Said) -> MessageTimes {
        let card = Some(Ts::new(&self.unheard.anchor.name).millis());
        let closed = self.unheard.case.closed.map(|closed| closed * 1_000);
        MessageTimes { written: said.at, arrived: said.at, card, closed }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;
    use crate::{
        case::{Case, Status, snapshot::tests::case},
        chat::policy::secret_scan,
        config::{sdk::Aws, secrets::Secrets},
        runtime::{
            QueueMessage,
            live::{Inbox, Live, Safe},
        },
        state::{memory::Memory, notes::Home},
    };

    /// The real world with a table in memory, in which nothing is asked; and the inbox.
    fn world() -> (Live<Memory>, UnboundedReceiver<QueueMessage>) {
        let (sender, jobs) = unbounded_channel();
        let safe = Safe::Given(Secrets::default());
        (Live::new(Memory::default(), Aws::default(), Inbox::Channel(sender), safe), jobs)
    }

    fn settings() -> Settings {
        toml::from_str("[slack]\nteam = 'T1'\nchannel = 'C1'\n[roles]\nresponder = ['U1']").unwrap()
    }

    /// A reply of this person, so many milliseconds ago, below a card.
    fn reply(world: &Live<Memory>, user: &str, ago: Millis) -> (Home, Said) {
        let ts = |at: Millis| format!("{}.{:03}000", at.div_euclid(1_000), at.rem_euclid(1_000));
        let at = world.now() - ago;
        let home = Home { place: "C1".to_owned(), name: ts(at - 1_000) };
        let said = Said {
            remote: ts(at),
            at,
            author: user.to_owned(),
            thread: Some(home.name.clone()),
            edited: None,
            text: "It was Bo's key".to_owned(),
            files: Vec::new(),
            uploads: vec![],
        };
        (home, said)
    }

    async fn put(
        world: &Live<Memory>,
        settings: &Settings,
        (anchor, said): &(Home, Said),
        closed: Option<Millis>,
    ) {
        let secrets = Secrets::default();
        let slack = Slack::new(world, settings, &secrets, Millis::MAX);
        let case = Case { closed: closed.map(|at| at / 1_000), ..case() };
        let unheard = Unheard {
            kind: KIND,
            anchor,
            case: &case,
            route: None,
            said: vec![said.clone()],
            edited: vec![],
            gone: vec![],
        };
        Replies { world, settings, slack }.take_up(&unheard).await.unwrap();
    }

    #[tokio::test]
    async fn the_text_of_a_reply_that_was_dealt_with_is_not_looked_through_again() {
        let ((world, mut jobs), settings) = (world(), settings());
        since::seen_at(&world, &settings, 0, 0).await.unwrap();
        let reply = reply(&world, "U1", 3_600_000);
        let before = secret_scan::looked_through();
        put(&world, &settings, &reply, None).await;
        let job = jobs.try_recv().unwrap();
        assert!(job.body.contains("It was Bo's key"));
        assert_eq!(secret_scan::looked_through(), before + 1);
        let begun = state::Command { job: String::new(), since: world.now(), answer: None };
        world.store().begin(&job.id, &begun, Millis::MAX).await.unwrap();
        world.store().finish(&job.id, "\"refused\"").await.unwrap();
        put(&world, &settings, &reply, None).await;
        assert!(jobs.try_recv().is_err());
        assert_eq!(secret_scan::looked_through(), before + 1);
    }

    #[tokio::test]
    async fn a_reply_is_brought_between_its_first_minutes_and_a_day_and_on_a_case_that_is_open() {
        for (ago, status, brought) in [
            (since::MOMENTS - 60_000, "Submitted", false),
            (3_600_000, "Submitted", true),
            (EVENT_LOST - 60_000, "Submitted", true),
            (EVENT_LOST + 60_000, "Submitted", false),
            (3_600_000, "Closed", false),
        ] {
            let ((world, mut jobs), settings) = (world(), settings());
            since::seen_at(&world, &settings, 0, 0).await.unwrap();
            let (anchor, said) = reply(&world, "U1", ago);
            let secrets = Secrets::default();
            let slack = Slack::new(&world, &settings, &secrets, Millis::MAX);
            let case = Case { status: Status::from(status.to_owned()), ..case() };
            let unheard = Unheard {
                kind: KIND,
                anchor: &anchor,
                case: &case,
                route: None,
                said: vec![said],
                edited: vec![],
                gone: vec![],
            };
            Replies { world: &world, settings: &settings, slack }.take_up(&unheard).await.unwrap();
            assert_eq!(jobs.try_recv().is_ok(), brought, "{status}, {ago} ms ago");
        }
    }

    #[tokio::test]
    async fn a_reply_that_was_written_when_the_case_was_closed_is_left_where_it_is_and_not_looked_through() {
        let ((world, mut jobs), settings) = (world(), settings());
        since::seen_at(&world, &settings, 0, 0).await.unwrap();
        let reply = reply(&world, "U1", 3_600_000);
        let before = secret_scan::looked_through();
        put(&world, &settings, &reply, Some(reply.1.at)).await;
        assert!(jobs.try_recv().is_err() && secret_scan::looked_through() == before);
        put(&world, &settings, &reply, Some(reply.1.at + 1_000)).await;
        assert!(jobs.try_recv().is_ok());
    }
}
