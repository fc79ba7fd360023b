//! The manifest of the Slack app, for this stack and these settings.

use std::{fs, io, path::PathBuf};

use casebridge::{
    config::{
        environment::variable,
        hosts::Reach,
        settings::{Problem, Settings},
    },
    targets::slack::manifest,
};

use crate::settings::lines;

#[derive(Debug, clap::Args)]
pub struct ManifestArgs {
    /// Asks for what these settings need; without it for what any may need.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Where the stack is: its output ApiUrl. Without it CASEBRIDGE_API_URL, or an example.
    #[arg(long, value_name = "URL")]
    stack: Option<String>,
    /// Says what each scope is for.
    #[arg(long, conflicts_with = "link")]
    scopes: bool,
    /// Prints the address at which Slack makes the app of it.
    #[arg(long)]
    link: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("{}: {error}", file.display())]
    File { file: PathBuf, error: io::Error },
    #[error("{}: not good\n{}", file.display(), lines(problems))]
    Bad { file: PathBuf, problems: Vec<Problem> },
}

/// What is to be printed.
pub fn run(asked: &ManifestArgs) -> Result<String, ManifestError> {
    let settings = asked.settings.as_ref().map(read).transpose()?;
    if asked.scopes {
        let scopes = manifest::scopes(settings.as_ref());
        let lines = scopes.iter().map(|(scope, reason)| format!("{scope:<20} {reason}"));
        return Ok(lines.collect::<Vec<_>>().join("\n"));
    }
    let stack = asked.stack.clone().or_else(|| variable("CASEBRIDGE_API_URL"));
    let made = manifest::manifest(stack.as_deref().unwrap_or(manifest::NOWHERE), settings.as_ref());
    Ok(if asked.link { manifest::link(&made) } else { format!("{made:#}") })
}

fn read(file: &PathBuf) -> Result<Settings, ManifestError> {
    let toml = fs::read_to_string(file).map_err(|error| ManifestError::File { file: file.clone(), error })?;
    Settings::parse(&toml, Reach::Loopback)
        .map_err(|problems| ManifestError::Bad { file: file.clone(), problems })
}
