//! The command-line tool: playground, settings, stand-ins.

use std::{
    io::{Write, stderr},
    process::ExitCode,
};

use casebridge::cli::{self, Cli};
use clap::Parser;

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    cli::log(&cli);
    match cli::run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody reads there is nobody to tell.
            let _ = writeln!(stderr(), "casebridge: {error}");
            ExitCode::FAILURE
        }
    }
}
