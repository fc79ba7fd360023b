//! What Lambda calls: the handlers of the two functions.

pub mod notify;
