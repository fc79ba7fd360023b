//! The command-line tool: playground, settings, stand-ins, what would be done.

mod account;
mod audit;
mod commands;
mod doctor;
mod export;
mod operator;
mod output;
mod plan;
mod play;
mod settings;

use std::{
    io::{Write, stderr},
    process::ExitCode,
};

use clap::Parser;

use self::commands::Cli;

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    commands::log(&cli);
    match commands::run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody reads there is nobody to tell.
            let _ = writeln!(stderr(), "casebridge: {error}");
            ExitCode::FAILURE
        }
    }
}
