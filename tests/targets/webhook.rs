//! A webhook as a target.

use casebridge::targets::{
    contract::Target,
    telling::Picture,
    webhook::{Webhook, WebhookTarget},
};
use casebridge_lab::{stage, standins::FaultRule};

use crate::{conforms_unread, suite, suite::Trouble, unread::Receiver};

struct Hook(stage::Stage);

async fn hook() -> Hook {
    Hook(stage::Stage::with("", "[webhook]\nurl = '{webhook}/in'\ntexts = true\n").await)
}

impl Receiver for Hook {
    fn target(&self) -> Box<dyn Target + '_> {
        let (world, settings) = (&self.0.world, self.0.settings.webhook.as_ref().unwrap());
        Box::new(WebhookTarget::new(Webhook { world, settings, secrets: &self.0.secrets, until: i64::MAX }))
    }

    fn picture(&self) -> Picture {
        suite::picture()
    }

    fn taken(&self) -> usize {
        self.0.webhook.events().len()
    }

    fn came(&self) -> usize {
        self.0.webhook.count("event")
    }

    fn meets(&self, trouble: Trouble) {
        let rule = || FaultRule::on("event");
        match trouble {
            Trouble::None => self.0.webhook.heal(),
            Trouble::Content | Trouble::State => self.0.webhook.fault(rule().error("invalid")),
            Trouble::Throttled => self.0.webhook.fault(rule().throttled(Some("30"))),
            Trouble::Unanswered => self.0.webhook.fault(rule().reset_after()),
            Trouble::Stranger => {
                self.0.webhook.knows_only("whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCBvZiBieXRlcw==")
            }
        }
    }
}

conforms_unread!(hook());
