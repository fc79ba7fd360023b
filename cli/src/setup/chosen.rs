//! Which settings are to be stored?

use std::io;

use casebridge::{
    config::clock,
    targets::{jira::Jira, slack::Slack},
};

use super::{BOT, EMAIL, Setup, SetupError, TIME, TOKEN, tokens::refused};
use crate::{
    choices::{self, ChoicesError, ROLES},
    output, settings, terminal,
};

impl Setup {
    /// The settings to be stored; `None` where those that are there stay.
    pub(super) async fn chosen_settings(
        &self,
        site: &str,
        replace: bool,
    ) -> Result<Option<String>, SetupError> {
        if let (Some(_), true, false) = (&self.held, self.chooser.is_person(), replace) {
            output::say("the settings that are stored stay; --replace-settings asks for others")?;
            return Ok(None);
        }
        let draft = self.draft(site)?;
        let (bot, email, token) = (self.secret(BOT.0), self.secret(EMAIL.0), self.secret(TOKEN.0));
        let until = clock::now() + TIME;
        let slack = Slack { world: &self.live, settings: &draft.slack, token: &bot, until };
        let team = output::patiently("asking Slack", slack.login())
            .await
            .map_err(|why| refused(why, SetupError::Slack))?
            .me
            .team_id;
        let of_team =
            casebridge::config::settings::SlackSettings { team: team.clone(), ..draft.slack.clone() };
        let slack = Slack { settings: &of_team, ..slack };
        let jira = draft.jira.as_ref().map(|settings| Jira {
            world: &self.live,
            settings,
            email: &email,
            token: &token,
            until,
        });
        let channel = self.until_good(async || self.chooser.channel(&slack).await).await?;
        let mut toml = choices::slack_table(&team, &channel, self.slack_api_url().as_deref());
        if let Some(jira) = &jira {
            toml += &self.until_good(async || self.chooser.project(jira).await).await?;
        }
        let mut roles = Vec::new();
        for role in &ROLES {
            let ids =
                self.until_good(async || self.chooser.members(role, &slack, jira.as_ref()).await).await?;
            roles.push((role.0, ids));
        }
        toml += &choices::roles_table(&roles);
        self.parse(&toml)?;
        self.is_to_be_stored(toml, replace)
    }

    /// Settings that are there already may have been changed by hand.
    fn is_to_be_stored(&self, toml: String, replace: bool) -> Result<Option<String>, SetupError> {
        match &self.held {
            Some((held, _)) if *held == toml => {}
            Some((held, _)) => {
                output::say(&settings::difference(held, &toml))?;
                if !replace {
                    output::say(
                        "other settings are stored, and they stay: --replace-settings replaces them",
                    )?;
                    return Ok(None);
                }
            }
            None => output::say(&toml)?,
        }
        if self.chooser.is_person() && !terminal::agrees("Store these settings?")? {
            return Err(SetupError::Io(io::Error::other("nothing was stored")));
        }
        Ok(Some(toml))
    }

    /// Asks a person again after an answer that does not fit.
    async fn until_good<T>(&self, ask: impl AsyncFn() -> Result<T, ChoicesError>) -> Result<T, SetupError> {
        loop {
            match ask().await {
                Err(error) if self.chooser.is_person() && error.is_mistyped() => {
                    output::say(&error.to_string())?
                }
                answer => return Ok(answer?),
            }
        }
    }
}
