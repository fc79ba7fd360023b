//! Slack as a target: a thread a case, and a channel a case.

use casebridge::{
    case::{ChannelId, Ts},
    config::settings::Layout,
    state::notes::Home,
    targets::{
        contract::Target,
        slack::{Slack, SlackTarget},
    },
};
use casebridge_lab::{
    stage::{self, ana, ts_of},
    standins::{FaultRule, SlackStandin},
};

use crate::{
    conforms,
    suite::{Stage, Trouble},
};

struct Workspace(stage::Stage);

async fn workspace(layout: &str) -> Workspace {
    let lines = format!("layout = '{layout}'\ninvite = ['ana@example.com']");
    Workspace(stage::Stage::with(&lines, "").await)
}

/// Where a card stands.
fn place_of(card: &Home) -> (ChannelId, Ts) {
    (ChannelId::new(&card.place), Ts::new(&card.name))
}

impl Stage for Workspace {
    fn target(&self) -> Box<dyn Target + '_> {
        let (world, settings) = (&self.0.world, &self.0.settings.slack);
        let token = &self.0.secrets.slack_bot_token;
        Box::new(SlackTarget::new(Slack { world, settings, token, until: i64::MAX }))
    }

    fn lines(&self, card: &Home) -> Vec<String> {
        let (channel, ts) = place_of(card);
        let messages = match self.0.settings.slack.layout {
            Layout::Thread => self.0.slack.thread(&channel, &ts),
            Layout::Channel => self.0.slack.messages(&channel),
        };
        messages.iter().map(SlackStandin::shown).collect()
    }

    fn deletes(&self, card: &Home, remote: &str) {
        self.0.slack.deletes(&place_of(card).0, &Ts::new(remote)).unwrap();
    }

    fn meets(&self, trouble: Trouble) {
        let post = || FaultRule::on("chat.postMessage");
        match trouble {
            Trouble::None => self.0.slack.heal(),
            Trouble::Content => self.0.slack.fault(post().error("invalid_blocks")),
            Trouble::Throttled => self.0.slack.fault(post().throttled(Some("30"))),
            Trouble::Unanswered => self.0.slack.fault(post().reset_after()),
            Trouble::State if self.0.settings.slack.layout == Layout::Channel => {
                self.0.slack.fault(FaultRule::on("conversations.invite").error("user_is_restricted"));
            }
            Trouble::State => self.0.slack.fault(FaultRule::on("chat.update").error("invalid_blocks")),
            Trouble::Stranger => self.0.slack.fault(FaultRule::on_all().error("token_revoked")),
        }
    }

    fn loses(&self, card: &Home) {
        let (channel, ts) = place_of(card);
        let messages = [self.0.slack.messages(&channel), self.0.slack.thread(&channel, &ts)].concat();
        for message in messages {
            let _ = self.0.slack.deletes(&channel, &ts_of(&message));
        }
        self.0.slack.archives(&channel, &ana());
    }
}

mod threads {
    use super::*;

    conforms!(workspace("thread"));
}

mod channels {
    use super::*;

    conforms!(workspace("channel"));
}
