//! Jira as a target.

use casebridge::{
    config::{secrets::Secret, settings},
    runtime::live::Live,
    state::{memory::Memory, notes::Home},
    targets::{
        contract::Target,
        jira::{Jira, JiraTarget},
    },
};
use casebridge_lab::standins::{self, FaultRule};
use serde_json::json;

use crate::{
    conforms,
    suite::{Stage, Trouble, world},
};

struct Site {
    jira: standins::JiraStandin,
    world: Live<Memory>,
    settings: settings::JiraSettings,
    email: Secret,
    token: Secret,
}

async fn site() -> Site {
    let jira = standins::JiraStandin::start().await.unwrap();
    let settings = json!({"api_url": jira.url(), "project": "SEC"});
    let (email, token) = jira.credentials();
    let [email, token] = [email, token].map(Secret::new);
    Site { jira, world: world(), settings: serde_json::from_value(settings).unwrap(), email, token }
}

impl Stage for Site {
    fn target(&self) -> Box<dyn Target + '_> {
        let Self { world, settings, email, token, .. } = self;
        Box::new(JiraTarget::new(Jira { world, settings, email, token, until: i64::MAX }))
    }

    fn lines(&self, issue: &Home) -> Vec<String> {
        self.jira
            .comments(&issue.name)
            .iter()
            .map(|comment| standins::JiraStandin::plain(&comment["body"]))
            .collect()
    }

    fn deletes(&self, issue: &Home, remote: &str) {
        self.jira.person_deletes_comment(&issue.name, remote).unwrap();
    }

    fn meets(&self, trouble: Trouble) {
        let comment = || FaultRule::on("addComment");
        match trouble {
            Trouble::None => self.jira.heal(),
            Trouble::Content => self.jira.fault(comment().answers(400)),
            Trouble::Throttled => self.jira.fault(comment().throttled(Some("30"))),
            Trouble::Unanswered => self.jira.fault(comment().reset_after()),
            Trouble::State => self.jira.allow_links("SEC-1", false),
            Trouble::Stranger => self.jira.fault(FaultRule::on_all().answers(401)),
        }
    }

    fn loses(&self, issue: &Home) {
        self.jira.person_deletes(&self.jira.ana(), &issue.name).unwrap();
    }
}

conforms!(site());
