//! What can be done on the command line?

use std::{
    io::Write,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use casebridge::telemetry::log;
use casebridge_lab::{
    playground::{stage::StageError, standins::Standins, story},
    simulation::{self, Task},
};
use clap::{Parser, Subcommand};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    act, adopt, audit, doctor, exercise,
    export::{self, keys, verify},
    forget, manifest, manual, output, plan, play, queue, settings, setup, status,
};

/// AWS Security Incident Response cases in Slack and Jira.
#[derive(Debug, Parser)]
#[command(name = "casebridge", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<CliCommand>,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// Opens the playground in the browser: SIR, Slack and Jira on this machine (the default).
    Play(play::PlayArgs),
    /// Serves the stand-ins of SIR, Slack, Jira and Security Hub until it is stopped.
    Standins {
        /// Where to write their addresses, settings and secrets, as JSON.
        #[arg(long, value_name = "FILE")]
        port_file: PathBuf,
    },
    /// Sets a deployed stack up: tokens, settings, Jira's webhook, and whether all works. Done again, it changes nothing.
    Setup(setup::SetupArgs),
    /// Opens a case of its own, waits until Slack and Jira show it and a comment on it, and closes it.
    Exercise,
    /// Prints the manifest of the Slack app.
    Manifest(manifest::ManifestArgs),
    /// Checks settings, stores them in the table CASEBRIDGE_TABLE, or shows those that are there.
    Settings {
        #[command(subcommand)]
        command: settings::SettingsCommand,
    },
    /// Does what /sir does in Slack, with your own rights at AWS: for when Slack is down, which is told of it afterwards.
    ///
    /// Ends with 0 where it was done or shown, with 1 where nothing was changed.
    Do(act::ActArgs),
    /// Tells who did what, and who tried to, from the audit trail in the log group CASEBRIDGE_AUDIT_GROUP.
    Audit(audit::AuditArgs),
    /// Writes all that is known of a case into a folder, signed: timeline, a page to print, its files if asked.
    Export(export::ExportArgs),
    /// Says whether an exported folder is as it was, and which file and line is not.
    Verify {
        /// What `casebridge export` made.
        folder: PathBuf,
        /// The public key of who exported it.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Forgets all that the table holds of a closed case; the audit trail and exported folders stay.
    Forget {
        /// The case's id.
        case: String,
    },
    /// Makes a key that signs exports, and beside it, as FILE.pub, the one that verifies them.
    Keypair {
        /// Where the private key goes.
        file: PathBuf,
    },
    /// Shows what would be done for a case now, and changes nothing.
    Plan {
        /// The case's id.
        case: String,
    },
    /// Asks whether everything works: what was seen, what is wrong and how to mend it, what was not seen.
    ///
    /// Ends with 1 where something is wrong.
    Doctor {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        /// Says only what is wrong or was not seen.
        #[arg(long, conflicts_with = "json")]
        quiet: bool,
    },
    /// Shows how things stand: what is due, what waits for a person, which service is left alone, and the dead letters.
    ///
    /// Ends with 1 where something needs a person.
    Status(status::StatusArgs),
    /// Looks at a case once more as a whole, or brings an event once more. Nothing is told twice.
    Replay(queue::ReplayArgs),
    /// Puts dead letters back on their queue. Nothing is done twice.
    Redrive(queue::RedriveArgs),
    /// Takes over from AWS's sample integration: the issues that it made go on as the cases' issues.
    Adopt(adopt::AdoptArgs),
    /// Prints what completes this tool's commands in a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Writes the manual's pages into a folder.
    Man {
        /// The folder; it is made.
        folder: PathBuf,
    },
    /// Runs the bridge in many seeded worlds in which everything goes wrong, and counts what is lost or doubled.
    Simulate {
        /// So many worlds; 1,000 where nothing else is asked for.
        #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
        seeds: Option<u64>,
        /// Worlds for so many minutes, and what was begun by then.
        #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1440), conflicts_with = "seeds")]
        minutes: Option<u64>,
        /// The first of them. Without --seeds or --minutes: tells this one world, line by line.
        #[arg(long)]
        seed: Option<u64>,
        /// How hard the worlds are: `usual`, in which every promise holds, `hard`, in which it does not yet, or
        /// `conversation`: two hundred messages across console, Slack and Jira, which must end the same on all three.
        #[arg(long, value_enum, default_value_t = ClassArg::Usual, conflicts_with_all = ["mutants", "crash_points"])]
        class: ClassArg,
        /// Takes each protection away and sees that a promise breaks; breaks what people see, and sees it noticed.
        #[arg(long, conflicts_with_all = ["seeds", "minutes", "seed"])]
        mutants: bool,
        /// Kills a case's whole life at each moment just before or after something outside was read or changed.
        #[arg(long, conflicts_with_all = ["seeds", "minutes", "seed", "mutants"])]
        crash_points: bool,
    },
}

/// How hard simulated worlds are.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ClassArg {
    /// As hard as the product stands.
    Usual,
    /// As hard as the real one: what fails there is listed in docs/decisions/0007-worlds-that-still-fail.md.
    Hard,
    /// Two hundred messages about one case across console, Slack and Jira, with files, edits, deletions and restricted comments.
    Conversation,
}

impl From<ClassArg> for simulation::Class {
    fn from(class: ClassArg) -> Self {
        match class {
            ClassArg::Usual => Self::Usual,
            ClassArg::Hard => Self::Hard,
            ClassArg::Conversation => Self::Conversation,
        }
    }
}

/// Why a command did not do what it should. Its `Display` is for the person who typed it.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("{0}")]
    Story(#[from] story::StoryError),
    #[error("{0}")]
    Stage(#[from] StageError),
    #[error("{0}")]
    Settings(#[from] settings::SettingsError),
    #[error("{0}")]
    Audit(#[from] audit::AuditError),
    #[error(transparent)]
    Act(#[from] act::ActError),
    #[error("{0}")]
    Export(#[from] export::ExportError),
    #[error("{0}")]
    Forget(#[from] forget::ForgettingError),
    #[error("{0}")]
    Verify(#[from] verify::VerifyError),
    #[error("{0}")]
    Key(#[from] keys::KeyError),
    #[error("{0}")]
    Plan(#[from] plan::PlanError),
    #[error(
        "port {0} is in use by another program, perhaps by another playground: leave --port out, which takes a free \
         one, or name another"
    )]
    Taken(u16),
    #[error(transparent)]
    Setup(#[from] setup::SetupError),
    #[error(transparent)]
    Exercise(#[from] exercise::ExerciseError),
    #[error(transparent)]
    Manifest(#[from] manifest::ManifestError),
    #[error(transparent)]
    Adopt(#[from] adopt::RunError),
    #[error(transparent)]
    Status(#[from] status::StatusError),
    #[error(transparent)]
    Queue(#[from] queue::QueueError),
    #[error(transparent)]
    Doctor(#[from] doctor::DoctorError),
    #[error("something is wrong: see above")]
    Unwell,
    #[error("the simulation failed: its output tells which seed")]
    Simulation,
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// What the bridge logs goes to stderr from now on: its own warnings, or what `RUST_LOG` says. In simulated worlds everything
/// fails all the time: there it is silent.
pub fn log(cli: &Cli) {
    let simulates = matches!(cli.command, Some(CliCommand::Simulate { .. }));
    let usual = if simulates { "off" } else { "off,casebridge=warn" };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let _ = tracing_subscriber::registry().with(log::filter(usual)).with(lines).try_init();
}

/// Does what was asked.
pub async fn run(cli: Cli) -> Result<(), CliError> {
    match cli.command.unwrap_or_else(|| CliCommand::Play(play::PlayArgs::default())) {
        CliCommand::Play(args) => play::run(args).await?,
        CliCommand::Standins { port_file } => standins(&port_file).await?,
        CliCommand::Simulate { mutants: true, .. } => simulate(Task::Mutants)?,
        CliCommand::Simulate { crash_points: true, .. } => simulate(Task::CrashPoints { every: 1 })?,
        CliCommand::Simulate { seed, minutes: Some(minutes), class, .. } => {
            let (first, time) = (seed.unwrap_or(0), Duration::from_secs(60 * minutes));
            simulate(Task::Minutes { first, time, class: class.into() })?;
        }
        CliCommand::Simulate { seed: Some(seed), seeds: None, class, .. } => {
            simulate(Task::One(seed, class.into()))?;
        }
        CliCommand::Simulate { seed, seeds, class, .. } => {
            let (first, count) = (seed.unwrap_or(0), seeds.unwrap_or(1_000));
            simulate(Task::Seeds { first, count, class: class.into() })?;
        }
        CliCommand::Audit(asked) => {
            output::say(&output::patiently("reading the audit trail", audit::run(&asked)).await?)?;
        }
        CliCommand::Do(asked) => Box::pin(act::run(&asked)).await?,
        CliCommand::Plan { case } => output::say(&planned(&case).await?)?,
        CliCommand::Status(asked) => stands(&asked).await?,
        CliCommand::Replay(asked) => output::say(&replayed(&asked).await?)?,
        CliCommand::Redrive(asked) => {
            output::say(&output::patiently("moving dead letters", queue::redrive(&asked)).await?)?;
        }
        CliCommand::Adopt(asked) => {
            output::say(&output::patiently("adopting", adopt::run(&asked)).await?)?;
        }
        CliCommand::Completions { shell } => manual::completions(shell)?,
        CliCommand::Man { folder } => output::say(&manual::pages(&folder)?)?,
        CliCommand::Export(asked) => {
            output::say(&output::patiently("exporting", Box::pin(export::run(&asked))).await?)?;
        }
        CliCommand::Verify { folder, key } => output::say(&verified(folder, key).await?)?,
        CliCommand::Forget { case } => {
            output::say(&output::patiently("asking AWS", Box::pin(forget::run(&case))).await?)?;
        }
        CliCommand::Keypair { file } => output::say(&keys::make(&file)?)?,
        CliCommand::Doctor { json, quiet } => {
            let visit = output::patiently("asking Slack, Jira and AWS", doctor::run()).await?;
            output::say(&if json { visit.json() } else { visit.text(quiet) })?;
            if !visit.is_well() {
                return Err(CliError::Unwell);
            }
        }
        CliCommand::Setup(args) => {
            if !Box::pin(setup::run(args)).await? {
                return Err(CliError::Unwell);
            }
        }
        CliCommand::Exercise => exercise::run().await?,
        CliCommand::Manifest(args) => output::say(&manifest::run(&args)?)?,
        CliCommand::Settings { command } => {
            output::say(&output::patiently("asking", settings::run(command)).await?)?
        }
    }
    Ok(())
}

async fn stands(asked: &status::StatusArgs) -> Result<(), CliError> {
    let (told, calm) = output::patiently("asking how things stand", status::run(asked)).await?;
    if !told.is_empty() {
        output::say(&told)?;
    }
    if calm { Ok(()) } else { Err(CliError::Unwell) }
}

async fn replayed(asked: &queue::ReplayArgs) -> Result<String, CliError> {
    Ok(match asked.dry_run {
        true => planned(&asked.what).await?,
        false => output::patiently("asking AWS", queue::replay(asked)).await?,
    })
}

async fn verified(folder: PathBuf, key: PathBuf) -> Result<String, CliError> {
    let reading = tokio::task::spawn_blocking(move || verify::run(&folder, &key));
    Ok(output::patiently("reading the folder", reading).await.map_err(std::io::Error::other)??)
}

async fn planned(case: &str) -> Result<String, plan::PlanError> {
    output::patiently("reading the case and what was told of it", plan::run(case)).await
}

/// How often it is said how far a simulation is.
const PROGRESS: Duration = Duration::from_secs(2);

fn simulate(task: Task) -> Result<(), CliError> {
    let said = Mutex::new(Instant::now());
    let done = |worlds: u64| {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.elapsed() >= PROGRESS {
            *said = Instant::now();
            // Where nobody reads there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "{worlds} worlds are done");
        }
    };
    match simulation::report_with(task, &mut std::io::stdout(), &done)? {
        true => Ok(()),
        false => Err(CliError::Simulation),
    }
}

async fn standins(port_file: &std::path::Path) -> Result<(), CliError> {
    let standins = Standins::start().await?;
    standins.write_ports(port_file)?;
    output::say(&format!("Stand-ins of SIR, Slack, Jira and Security Hub: see {}", port_file.display()))?;
    std::future::pending::<()>().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// Every text below a folder with this ending.
    fn texts(folder: &Path, end: &str, found: &mut Vec<(String, String)>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                texts(&path, end, found);
            } else if path.to_string_lossy().ends_with(end) {
                found.push((path.display().to_string(), fs::read_to_string(&path).unwrap_or_default()));
            }
        }
    }

    /// What is typed of a command, without what a shell or a reader adds; a number stands for N.
    fn typed(text: &str) -> Vec<String> {
        let text = text.split(['#', '|', '>', '<', '&', ';', '\n', '…']).next().unwrap_or_default();
        let word =
            |word: &str| if word == "N" { "7".to_owned() } else { word.trim_matches(['"', '\'']).to_owned() };
        text.split_whitespace().map(word).collect()
    }

    fn commands(text: &str) -> Vec<Vec<String>> {
        let in_code = text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("casebridge "));
        let lines = text.lines().map(str::trim_start).filter(|line| line.starts_with("casebridge "));
        in_code.chain(lines).map(typed).filter(|words| words.len() > 1).collect()
    }

    fn takes(words: &[String]) -> Result<(), String> {
        use clap::error::ErrorKind::{self, DisplayHelp, DisplayVersion, MissingRequiredArgument};
        match Cli::try_parse_from(words) {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.kind(), DisplayHelp | DisplayVersion) => Ok(()),
            // It may be named without what it is given.
            Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Ok(()),
            Err(error) if error.kind() == MissingRequiredArgument => Ok(()),
            Err(error) => Err(format!("{}: {}", words.join(" "), error.kind())),
        }
    }

    #[test]
    fn every_command_in_the_documents_is_one_that_there_is() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = Vec::new();
        texts(&top.join("docs"), ".md", &mut found);
        found.push(("README.md".to_owned(), fs::read_to_string(top.join("README.md")).expect("README.md")));
        let (mut count, mut wrong) = (0, Vec::new());
        for (file, text) in &found {
            // Between fences a backtick is no quote.
            let fenced: Vec<_> = text.split("```").collect();
            for (number, part) in fenced.iter().enumerate() {
                let words = if number % 2 == 1 { commands(&part.replace('`', " ")) } else { commands(part) };
                count += words.len();
                wrong.extend(
                    words.iter().filter_map(|words| Some(format!("{file}: {}", takes(words).err()?))),
                );
            }
        }
        assert!(count > 40, "{count} commands");
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn every_command_that_a_message_names_is_one_that_there_is() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut found = Vec::new();
        texts(&top.join("src"), ".rs", &mut found);
        texts(&top.join("cli/src"), ".rs", &mut found);
        let (mut count, mut wrong) = (0, Vec::new());
        for (file, text) in &found {
            // A text that goes on in the next line is one text.
            let text: Vec<_> = text.split("\\\n").map(str::trim_start).collect();
            let text = text.concat();
            for code in text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)) {
                if code.starts_with("casebridge ") && !code.contains('{') {
                    count += 1;
                    wrong.extend(takes(&typed(code)).err().map(|why| format!("{file}: {why}")));
                }
            }
        }
        assert!(count > 20, "{count} commands");
        assert_eq!(wrong, [""; 0]);
    }
}
