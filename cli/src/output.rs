//! How is something said to the person at the terminal?

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

/// Writes a text and a line's end. Fails where nobody reads any more.
pub fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// What takes longer than this says that it goes on.
const PATIENCE: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(30);

/// Waits for something, and says beside the answer (stderr) that it goes on, ever more rarely.
pub async fn patiently<T>(what: &str, work: impl Future<Output = T>) -> T {
    let (begun, mut work, mut pause) = (Instant::now(), std::pin::pin!(work), PATIENCE);
    loop {
        match tokio::time::timeout(pause, &mut work).await {
            Ok(done) => return done,
            Err(_) => {
                // Where nobody reads there is nobody to tell.
                let _ = writeln!(io::stderr(), "{what} … ({} s)", begun.elapsed().as_secs());
                pause = (2 * pause).min(LONGEST);
            }
        }
    }
}
