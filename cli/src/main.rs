//! The command-line tool: playground, settings, stand-ins, what would be done.

mod account;
mod act;
mod adopt;
mod audit;
mod choices;
mod commands;
mod doctor;
mod exercise;
mod export;
mod forget;
mod manifest;
mod manual;
mod operator;
mod output;
mod plan;
mod play;
mod queue;
mod settings;
mod setup;
mod status;
mod terminal;
mod vault;

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
