//! Slack as a target: a thread a case, and a channel a case.

use casebridge::{
    case::{ChannelId, Ts, UserId},
    config::{secrets::Secret, settings},
    runtime::live::Live,
    state::{memory::Memory, notes::Home},
    targets::{
        contract::Target,
        slack::{Slack, SlackTarget},
    },
};
use casebridge_lab::standins::{self, FaultRule};
use serde_json::json;

use crate::{
    conforms,
    suite::{Stage, Trouble, world},
};

const ANA: &str = "U024BE7LH";

struct Workspace {
    slack: standins::SlackStandin,
    world: Live<Memory>,
    settings: settings::SlackSettings,
    token: Secret,
}

async fn workspace(layout: &str) -> Workspace {
    let slack = standins::SlackStandin::start().await.unwrap();
    let (_, _, _, team) = slack.app();
    let settings = json!({
        "api_url": format!("{}/api", slack.url()),
        "team": team,
        "channel": slack.security(),
        "layout": layout,
        "invite": ["ana@example.com"],
    });
    let token = Secret::new(slack.token());
    Workspace { slack, world: world(), settings: serde_json::from_value(settings).unwrap(), token }
}

impl Stage for Workspace {
    fn target(&self) -> Box<dyn Target + '_> {
        let Self { world, settings, token, .. } = self;
        Box::new(SlackTarget::new(Slack { world, settings, token, until: i64::MAX }))
    }

    fn lines(&self, card: &Home) -> Vec<String> {
        let messages = match self.settings.layout {
            settings::Layout::Thread => self.slack.thread(&ChannelId::new(&card.place), &Ts::new(&card.name)),
            settings::Layout::Channel => self.slack.messages(&ChannelId::new(&card.place)),
        };
        messages.iter().map(standins::SlackStandin::shown).collect()
    }

    fn deletes(&self, card: &Home, remote: &str) {
        self.slack.deletes(&ChannelId::new(&card.place), &Ts::new(remote)).unwrap();
    }

    fn meets(&self, trouble: Trouble) {
        let post = || FaultRule::on("chat.postMessage");
        match trouble {
            Trouble::None => self.slack.heal(),
            Trouble::Content => self.slack.fault(post().error("invalid_blocks")),
            Trouble::Throttled => self.slack.fault(post().throttled(Some("30"))),
            Trouble::Unanswered => self.slack.fault(post().reset_after()),
            Trouble::State if self.settings.layout == settings::Layout::Channel => {
                self.slack.fault(FaultRule::on("conversations.invite").error("user_is_restricted"));
            }
            Trouble::State => self.slack.fault(FaultRule::on("chat.update").error("invalid_blocks")),
            Trouble::Stranger => self.slack.fault(FaultRule::on_all().error("token_revoked")),
        }
    }

    fn loses(&self, card: &Home) {
        for message in self.slack.messages(&ChannelId::new(&card.place)) {
            let _ =
                self.slack.deletes(&ChannelId::new(&card.place), &Ts::new(message["ts"].as_str().unwrap()));
        }
        for message in self.slack.thread(&ChannelId::new(&card.place), &Ts::new(&card.name)) {
            let _ =
                self.slack.deletes(&ChannelId::new(&card.place), &Ts::new(message["ts"].as_str().unwrap()));
        }
        self.slack.archives(&ChannelId::new(&card.place), &UserId::new(ANA));
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
