//! How people reach the bridge: the door for the world, and the inbox behind it.

pub mod bridge;
pub mod click;
pub mod door;
pub mod envelope;
pub mod happened;
pub mod inbox;
pub mod job;
pub mod opening;
pub mod payload;
pub mod signature;
pub mod typed;
pub mod unheard;
