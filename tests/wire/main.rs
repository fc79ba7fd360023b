//! What does the core do when a service says no, in every way in which one can? Every call that it makes to Slack and
//! Jira and every read of the service, times every fault: the reaction is data, and compared.
//!
//! What each answer *means* is tested with the clients (tests/clients); here is what follows from it: what META says
//! then, how many requests were made, when the bridge comes back, and that everything stands once in the end.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod acts;
mod asked;
mod calls;
mod covered;
mod door;
mod faults;
mod inbox;
mod kept;
mod news;
mod reaction;
mod reads;
mod refused;
mod service;
mod writes;

use futures_util::{StreamExt, future::ready, stream};

/// How many cells are worked through side by side: enough that those that wait for a slow answer hold nobody up.
const AT_ONCE: usize = 48;

/// Every cell of a table; one that is not as it must be says how.
async fn all_right<F: Future<Output = Option<String>>>(cells: impl IntoIterator<Item = F>) {
    let cells = stream::iter(cells).buffer_unordered(AT_ONCE);
    let wrong: Vec<String> = cells.filter_map(ready).collect().await;
    assert!(wrong.is_empty(), "{} cells:\n{}", wrong.len(), wrong.join("\n"));
}
