//! Which tokens are there, and does Slack or Jira take each?

use std::io::{self, Read};

use casebridge::{
    config::{clock, environment::variable},
    http::Failure,
    targets::{
        jira::Jira,
        slack::{Slack, manifest},
    },
};

use super::{BOT, EMAIL, SIGNING, Setup, SetupArgs, SetupError, TIME, TOKEN, WEBHOOK};
use crate::{choices::Chooser, output, terminal, vault::Document};

const SIGNING_PLACE: &str = "Signing Secret (Basic Information)";

impl Setup {
    /// Asks for a token that is not there, or once more for one that was not taken.
    fn token(&mut self, (name, place): (&'static str, &'static str), anew: bool) -> Result<(), SetupError> {
        match (&self.chooser, self.has(name) && !anew) {
            (_, true) => Ok(()),
            (Chooser::File(_), false) => Err(SetupError::Missing(name, place)),
            (Chooser::Person, false) => {
                let text = match name == EMAIL.0 {
                    true => terminal::ask(place)?,
                    false => terminal::ask_secret(place)?,
                };
                self.document.insert(name.to_owned(), text.into());
                Ok(())
            }
        }
    }

    pub(super) async fn tokens_of_slack(&mut self, anew: bool) -> Result<(), SetupError> {
        if !self.has(BOT.0) {
            output::say(&app(variable("CASEBRIDGE_API_URL").as_deref()))?;
        }
        for tries in 0.. {
            match self.try_slack(anew || tries > 0).await {
                Err(error) if self.chooser.is_person() && error.is_mistyped() => {
                    output::say(&error.to_string())?
                }
                done => return done,
            }
        }
        Ok(())
    }

    async fn try_slack(&mut self, anew: bool) -> Result<(), SetupError> {
        self.token(BOT, anew)?;
        let (draft, token, until) = (self.draft("")?, self.secret(BOT.0), clock::now() + TIME);
        let slack = Slack { world: &self.live, settings: &draft.slack, token: &token, until };
        let login = output::patiently("asking Slack", slack.login())
            .await
            .map_err(|why| refused(why, SetupError::Slack))?;
        self.token((SIGNING, SIGNING_PLACE), anew)?;
        let signing = self.secret(SIGNING);
        let is_hex =
            signing.reveal().len() == 32 && signing.reveal().bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex && !draft.slack.api_url.starts_with("http://") {
            return Err(SetupError::Signing);
        }
        output::say(&format!("Slack knows the app in the workspace {}", login.me.team_id))?;
        Ok(())
    }

    /// Also says where Jira is; empty where there is none.
    pub(super) async fn tokens_of_jira(&mut self, asked: &SetupArgs) -> Result<String, SetupError> {
        let site = match (&self.held, self.chooser.is_person() && !asked.replace_settings) {
            (Some((_, held)), true) => {
                held.jira.as_ref().map(|jira| jira.api_url.clone()).unwrap_or_default()
            }
            _ => self.chooser.site()?,
        };
        if site.is_empty() {
            return Ok(site);
        }
        for tries in 0.. {
            match self.try_jira(&site, asked.replace_tokens || tries > 0).await {
                Err(error) if self.chooser.is_person() && error.is_mistyped() => {
                    output::say(&error.to_string())?
                }
                done => {
                    done?;
                    break;
                }
            }
        }
        if !self.has(WEBHOOK) {
            self.document.insert(WEBHOOK.to_owned(), random()?.into());
        }
        Ok(site)
    }

    async fn try_jira(&mut self, site: &str, anew: bool) -> Result<(), SetupError> {
        self.token(EMAIL, anew)?;
        self.token(TOKEN, anew)?;
        let draft = self.draft(site)?;
        let (email, token) = (self.secret(EMAIL.0), self.secret(TOKEN.0));
        if let Some(settings) = &draft.jira {
            let until = clock::now() + TIME;
            let jira = Jira { world: &self.live, settings, email: &email, token: &token, until };
            let me = output::patiently("asking Jira", jira.me())
                .await
                .map_err(|why| refused(why, SetupError::Jira))?;
            output::say(&format!("Jira knows the account {me}"))?;
        }
        Ok(())
    }
}

/// That somebody is not answered says nothing of their token.
pub(super) fn refused(why: Failure, refused: fn(Failure) -> SetupError) -> SetupError {
    match why {
        Failure::NotApplied { .. } | Failure::Unknown { .. } => SetupError::Unanswered(why),
        Failure::Content { .. } | Failure::Gone { .. } | Failure::Broken { .. } | Failure::Shut { .. } => {
            refused(why)
        }
    }
}

/// How the app is made.
fn app(stack: Option<&str>) -> String {
    let Some(stack) = stack else {
        return "CASEBRIDGE_API_URL is not set: the output Setup of the stack sets it, and then the link to make the Slack \
                app of stands here"
            .to_owned();
    };
    format!(
        "By hand: make the Slack app. Open this, choose the workspace, Create, then Install to Workspace:\n\n{}\n",
        manifest::link(&manifest::manifest(stack, None))
    )
}

/// The tokens on standard input; none where it is empty.
pub(super) fn given() -> Result<Document, SetupError> {
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text)?;
    match text.trim() {
        "" => Ok(Document::new()),
        text => serde_json::from_str(text).map_err(|_| SetupError::Tokens),
    }
}

fn random() -> Result<String, SetupError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|_| SetupError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
