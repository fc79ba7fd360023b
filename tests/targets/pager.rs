//! PagerDuty as a target.

use casebridge::targets::{
    content::{Moment, Page},
    contract::Target,
    pagerduty::{PagerDuty, PagerDutyTarget},
    telling::Picture,
};
use casebridge_lab::{stage, standins::FaultRule};

use crate::{conforms_unread, suite, suite::Trouble, unread::Receiver};

struct Pager(stage::Stage);

async fn pager() -> Pager {
    Pager(stage::Stage::with("", "[pagerduty]\napi_url = '{pager}'\n").await)
}

impl Receiver for Pager {
    fn target(&self) -> Box<dyn Target + '_> {
        let (world, settings) = (&self.0.world, self.0.settings.pagerduty.as_ref().unwrap());
        let routing_key = &self.0.secrets.pagerduty_routing_key;
        Box::new(PagerDutyTarget::new(PagerDuty { world, settings, routing_key, until: i64::MAX }))
    }

    fn picture(&self) -> Picture {
        let page = Page {
            name: "overdue/1795668400".to_owned(),
            moment: Moment::Overdue,
            at: 1_795_668_400,
            due: true,
            taken: false,
        };
        Picture { pages: vec![page], ..suite::picture() }
    }

    fn taken(&self) -> usize {
        self.0.pager.alerts().len()
    }

    fn came(&self) -> usize {
        self.0.pager.count("v2/enqueue")
    }

    fn meets(&self, trouble: Trouble) {
        let rule = || FaultRule::on("v2/enqueue");
        match trouble {
            Trouble::None => self.0.pager.heal(),
            Trouble::Content | Trouble::State => self.0.pager.fault(rule().error("invalid")),
            Trouble::Throttled => self.0.pager.fault(rule().throttled(Some("30"))),
            Trouble::Unanswered => self.0.pager.fault(rule().reset_after()),
            Trouble::Stranger => self.0.pager.fault(rule().error("key")),
        }
    }
}

conforms_unread!(pager());
