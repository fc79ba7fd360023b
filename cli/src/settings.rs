//! How do settings get into the table?

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use casebridge::{
    config::{
        environment::{self, variable},
        hosts::Reach,
        sdk::{self, Aws},
        settings::{Problem, Settings},
    },
    state::{self, Store, dynamodb::Dynamo},
};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum SettingsCommand {
    /// Says everything that is wrong with a file: key, line, and what to do.
    Check {
        /// Settings in TOML; docs/settings.md lists the keys.
        file: PathBuf,
    },
    /// Checks a file and stores it; the functions take it up within a minute.
    Push {
        /// Settings in TOML; docs/settings.md lists the keys.
        file: PathBuf,
    },
    /// Shows the settings that are in the table.
    Pull,
}

#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{}: {error}", file.display())]
    File { file: PathBuf, error: io::Error },
    #[error("{}: not good\n{}", file.display(), lines(problems))]
    Bad { file: PathBuf, problems: Vec<Problem> },
    #[error("{0}: the table's name is the output TableName of the stack")]
    Environment(#[from] environment::EnvironmentError),
    #[error(
        "sir.region is {named}, but the table is in {own}. The roles of the stack allow its own Region only, and only \
         there the service's events arrive: deploy the stack in the membership's Region, and leave sir.region out or \
         say {own}. Nothing was stored"
    )]
    Region { named: String, own: String },
    #[error(transparent)]
    Store(#[from] state::Error),
    #[error("there are no settings in the table yet: casebridge settings push FILE")]
    None,
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// Does it; the answer is what to say.
pub async fn run(command: SettingsCommand) -> Result<String, SettingsError> {
    match command {
        SettingsCommand::Check { file } => {
            check(&file, sdk::reach_here().await).map(|_| format!("{}: good", file.display()))
        }
        SettingsCommand::Push { file } => {
            let (toml, settings) = check(&file, sdk::reach_here().await)?;
            let aws = Aws::default();
            let own = aws.config().await.region().map(AsRef::as_ref);
            is_at_home(settings.sir.region.as_deref(), own)?;
            let name = environment::table(variable)?;
            Dynamo::new(Aws::default(), name.as_str()).put_settings(&toml).await?;
            Ok(format!("{} is in {name}; the functions take it up within a minute", file.display()))
        }
        SettingsCommand::Pull => {
            let table = Dynamo::new(Aws::default(), environment::table(variable)?);
            Ok(table.settings().await?.ok_or(SettingsError::None)?.trim_end().to_owned())
        }
    }
}

/// Whether the service is asked where the functions may ask it.
fn is_at_home(named: Option<&str>, own: Option<&str>) -> Result<(), SettingsError> {
    match (named, own) {
        (Some(named), Some(own)) if named != own => {
            Err(SettingsError::Region { named: named.to_owned(), own: own.to_owned() })
        }
        _ => Ok(()),
    }
}

fn check(file: &Path, reach: Reach) -> Result<(String, Settings), SettingsError> {
    let toml =
        fs::read_to_string(file).map_err(|error| SettingsError::File { file: file.to_owned(), error })?;
    match Settings::parse(&toml, reach) {
        Ok(settings) => Ok((toml, settings)),
        Err(problems) => Err(SettingsError::Bad { file: file.to_owned(), problems }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_in_which_the_functions_may_ask_nothing_is_refused() {
        for (named, own) in
            [(None, Some("eu-west-1")), (Some("eu-west-1"), Some("eu-west-1")), (Some("eu-west-1"), None)]
        {
            assert!(is_at_home(named, own).is_ok(), "{named:?} {own:?}");
        }
        let why = is_at_home(Some("us-east-1"), Some("eu-west-1")).expect_err("elsewhere").to_string();
        assert!(why.contains("us-east-1") && why.contains("eu-west-1") && why.contains("Nothing was stored"));
    }
}
