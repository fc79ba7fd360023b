//! What Lambda calls: the handlers of the two functions, and which targets there are.

pub mod notify;
pub mod targets;
pub mod unready;
