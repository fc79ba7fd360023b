//! How people reach the bridge: the door for the world, and the inbox behind it.

pub mod block_actions;
pub mod context;
pub mod envelope;
pub mod events;
pub mod inbox;
pub mod job;
pub mod modals;
pub mod payload;
pub mod route;
pub mod signature;
pub mod unheard;
