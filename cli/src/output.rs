//! How is something said to the person at the terminal?

use std::io::{self, Write};

/// Writes a text and a line's end. Fails where nobody reads any more.
pub fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}
