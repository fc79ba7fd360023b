//! Where can a worker be killed? Just before and just after everything that it asks of the world outside.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// One invocation of a function.
pub struct Boundary<'a> {
    /// Whether the next worker is to be killed that comes to a boundary.
    armed: &'a AtomicBool,
    killed: Notify,
}

impl<'a> Boundary<'a> {
    pub fn new(armed: &'a AtomicBool) -> Self {
        Self { armed, killed: Notify::new() }
    }

    /// Goes on, or ends here for ever.
    pub async fn pass(&self) {
        if self.armed.swap(false, Ordering::SeqCst) {
            self.killed.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// What the invocation answers; nothing where it was killed.
    pub async fn invoke<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.killed.notified() => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_worker_is_killed_and_the_next_is_not() {
        let armed = AtomicBool::new(true);
        for expected in [None, Some(7)] {
            let boundary = Boundary::new(&armed);
            let done = boundary.invoke(async {
                boundary.pass().await;
                7
            });
            assert_eq!(done.await, expected);
        }
    }
}
