//! Who answers questions: the person at this terminal. What is secret is not shown while it is typed.

use std::io::{self, BufRead, IsTerminal, Write};

/// Asks for a line.
pub fn ask(question: &str) -> io::Result<String> {
    is_here()?;
    let mut out = io::stdout().lock();
    write!(out, "{question}: ")?;
    out.flush()?;
    let mut line = String::new();
    // Where the input ends nobody answers any more: an empty answer would be asked for again for ever.
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(nobody());
    }
    Ok(line.trim().to_owned())
}

/// Asks for something secret.
pub fn ask_secret(question: &str) -> io::Result<String> {
    is_here()?;
    Ok(rpassword::prompt_password(format!("{question} (not shown): "))?.trim().to_owned())
}

/// Asks whether something is to be done.
pub fn agrees(question: &str) -> io::Result<bool> {
    let answer = ask(&format!("{question} [Y/n]"))?;
    Ok(!answer.to_lowercase().starts_with('n'))
}

fn is_here() -> io::Result<()> {
    if io::stdin().is_terminal() { Ok(()) } else { Err(nobody()) }
}

fn nobody() -> io::Error {
    io::Error::other("nobody is here to ask: use --non-interactive FILE")
}
