//! What the functions are told: settings, secrets, environment, and how the SDK is set up by them.

pub mod clock;
pub mod connector;
pub mod environment;
pub mod hosts;
pub mod sdk;
mod seal;
pub mod secrets;
pub mod settings;
