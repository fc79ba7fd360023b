//! Completions and manual pages, made of the same table of commands.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::CommandFactory;

use crate::commands::Cli;

/// Prints what completes the commands in this shell.
pub fn completions(shell: clap_complete::Shell) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "casebridge", &mut script);
    io::Write::write_all(&mut io::stdout().lock(), &script)
}

/// Writes a page for the tool and one for each command; says where.
pub fn pages(folder: &Path) -> io::Result<String> {
    fs::create_dir_all(folder)?;
    let mut command = Cli::command();
    command.build();
    let written = page(&command, "casebridge", folder)?;
    Ok(written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n"))
}

fn page(command: &clap::Command, name: &str, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let path = folder.join(format!("{name}.1"));
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    fs::write(&path, text)?;
    let mut written = vec![path];
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        written.extend(page(below, &format!("{name}-{}", below.get_name()), folder)?);
    }
    Ok(written)
}
