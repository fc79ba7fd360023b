//! How does the bridge work where there is no account? Here, on this machine, by the same code as in Lambda.
//!
//! - [`standins`]: the servers outside, and the settings and secrets that fit them;
//! - [`stage`]: those, and the two functions between them, fed by [`queue`]s;
//! - [`story`]: a case's life, told and checked step by step from what [`shown`] sees;
//! - [`page`]: the same for the browser, which shows what is [`visible`] and sends [`acts`].

pub mod acts;
pub mod page;
pub mod queue;
pub mod shown;
pub mod stage;
pub mod standins;
pub mod story;
pub mod visible;
