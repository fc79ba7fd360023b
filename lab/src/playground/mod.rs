//! How does the bridge work where there is no account? Here, on this machine, by the same code as in Lambda: the
//! [`standins`], the [`stage`] between them, a case's life as a [`story`], and the same on a [`page`].

mod acts;
mod boundary;
mod budgets;
mod clock;
mod feed;
pub mod page;
mod queue;
mod shown;
pub mod stage;
pub mod standins;
pub mod story;
mod switches;
mod table;
pub mod telling;
mod visible;
mod webhook;
mod witness;
mod world;
