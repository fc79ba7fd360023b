//! The playground, opened in a browser or told as text.

use std::{
    io::{self, IsTerminal, Write},
    process::{Command, Stdio},
};

use casebridge_lab::playground::{
    page::PlaygroundPage,
    stage::StageError,
    story::{self, StoryError},
};

use crate::{commands::CliError, export::rehearsal, output};

/// How the playground is shown.
#[derive(Debug, Default, clap::Args)]
pub struct PlayArgs {
    /// Tells a case's life as text instead, and checks it.
    #[arg(long)]
    once: bool,
    /// The page's port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 0, conflicts_with = "once")]
    port: u16,
    /// Tells a story step by step: key, night, ransomware, exercise, outage, teams, sixty, or a file of such a form. With --once
    /// as text, all of it.
    #[arg(long, value_name = "NAME|FILE")]
    story: Option<String>,
    /// Opens the page in the browser, also where no terminal asks for it.
    #[arg(long, conflicts_with = "once")]
    open: bool,
    /// Prints the address and opens nothing.
    #[arg(long, conflicts_with_all = ["once", "open"])]
    no_open: bool,
}

/// Shows it until it is stopped.
pub async fn run(args: PlayArgs) -> Result<(), CliError> {
    if let (true, Some(story)) = (args.once, &args.story) {
        return Box::pin(tell(story, &mut io::stdout())).await;
    }
    if args.once {
        return Ok(story::tell(&mut io::stdout()).await?);
    }
    let page = PlaygroundPage::bind(args.port, args.story.as_deref()).await.map_err(|error| match error {
        StageError::Start(why) if why.kind() == io::ErrorKind::AddrInUse => CliError::Taken(args.port),
        error @ (StageError::Start(_) | StageError::Live(_) | StageError::Story(_)) => error.into(),
    })?;
    let url = page.url();
    output::say(&format!("The playground is at {url} (Ctrl-C ends it)"))?;
    let opens = args.open || !args.no_open && io::stdout().is_terminal() && has_screen();
    let opened = opens && open(&url);
    output::say(if opened { "It opens in your browser." } else { "Open this address in a browser." })?;
    Ok(page.run().await?)
}

/// Tells a story as text; its end is the export of its first case.
async fn tell(story: &str, out: &mut impl Write) -> Result<(), CliError> {
    let told = Box::pin(story::tell_named(out, story)).await?;
    if let Some(case) = told.stage.cases().first() {
        let lines = rehearsal::export(&told.stage, case).await?;
        told.step(out, "The case is exported, as evidence", &lines).map_err(StoryError::from)?;
    }
    Ok(told.ends(out).map_err(StoryError::from)?)
}

/// Whether a browser could be seen here.
fn has_screen() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Asks the system to open an address; whether it began to.
fn open(url: &str) -> bool {
    let (program, before): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/C", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    let silent = || Stdio::null();
    let began =
        Command::new(program).args(before).arg(url).stdin(silent()).stdout(silent()).stderr(silent()).spawn();
    began.is_ok()
}
