//! How do settings get into the table?

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Subcommand;

use crate::{
    aws::Aws,
    environment::{self, variable},
    settings::{Problem, Settings},
    store::{self, Store, dynamodb::Dynamo},
};

/// What can be done with settings.
#[derive(Debug, Subcommand)]
pub enum Command {
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

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be read.
    #[error("{}: {error}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// All that is wrong, a line each.
    #[error("{}: not good\n{}", file.display(), lines(problems))]
    Bad {
        /// Which.
        file: PathBuf,
        /// What.
        problems: Vec<Problem>,
    },
    /// Nobody said which table.
    #[error("{0}: the table's name is the output TableName of the stack")]
    Environment(#[from] environment::Error),
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Nothing has been pushed yet.
    #[error("there are no settings in the table yet: casebridge settings push FILE")]
    None,
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// Does it; the answer is what to say.
///
/// # Errors
/// See [`Error`].
pub async fn run(command: Command) -> Result<String, Error> {
    match command {
        Command::Check { file } => check(&file).map(|_| format!("{}: good", file.display())),
        Command::Push { file } => {
            let toml = check(&file)?;
            let name = environment::table(variable)?;
            Dynamo::new(Aws::default(), name.as_str()).put_settings(&toml).await?;
            Ok(format!("{} is in {name}; the functions take it up within a minute", file.display()))
        }
        Command::Pull => {
            let table = Dynamo::new(Aws::default(), environment::table(variable)?);
            Ok(table.settings().await?.ok_or(Error::None)?.trim_end().to_owned())
        }
    }
}

/// The text of a file with good settings.
fn check(file: &Path) -> Result<String, Error> {
    let toml = fs::read_to_string(file).map_err(|error| Error::File { file: file.to_owned(), error })?;
    match Settings::parse(&toml) {
        Ok(_) => Ok(toml),
        Err(problems) => Err(Error::Bad { file: file.to_owned(), problems }),
    }
}
