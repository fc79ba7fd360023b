//! Jira as a target.

use casebridge::{
    state::notes::Home,
    targets::{
        contract::Target,
        jira::{Jira, JiraTarget},
    },
};
use casebridge_lab::{
    stage,
    standins::{FaultRule, JiraStandin},
};

use crate::{
    conforms,
    suite::{Stage, Trouble},
};

struct Site(stage::Stage);

async fn site() -> Site {
    Site(stage::Stage::set().await)
}

impl Stage for Site {
    fn target(&self) -> Box<dyn Target + '_> {
        let (world, settings, secrets) =
            (&self.0.world, self.0.settings.jira.as_ref().unwrap(), &self.0.secrets);
        let (email, token) = (&secrets.jira_email, &secrets.jira_api_token);
        Box::new(JiraTarget::new(Jira { world, settings, email, token, until: i64::MAX }))
    }

    fn lines(&self, issue: &Home) -> Vec<String> {
        self.0.jira.comments(&issue.name).iter().map(|comment| JiraStandin::plain(&comment["body"])).collect()
    }

    fn deletes(&self, issue: &Home, remote: &str) {
        self.0.jira.person_deletes_comment(&issue.name, remote).unwrap();
    }

    fn meets(&self, trouble: Trouble) {
        let comment = || FaultRule::on("addComment");
        match trouble {
            Trouble::None => self.0.jira.heal(),
            Trouble::Content => self.0.jira.fault(comment().answers(400)),
            Trouble::Throttled => self.0.jira.fault(comment().throttled(Some("30"))),
            Trouble::Unanswered => self.0.jira.fault(comment().reset_after()),
            Trouble::State => self.0.jira.allow_links("SEC-1", false),
            Trouble::Stranger => self.0.jira.fault(FaultRule::on_all().answers(401)),
        }
    }

    fn loses(&self, issue: &Home) {
        self.0.jira.person_deletes(&self.0.jira.ana(), &issue.name).unwrap();
    }
}

conforms!(site());
