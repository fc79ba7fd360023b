//! From people to the service: what they say, who may, what is done about it, and what they get to read.

pub(crate) mod actions;
pub(crate) mod deliver;
pub(crate) mod forms;
pub(crate) mod ingress;
pub(crate) mod language;
pub(crate) mod policy;
pub(crate) mod reply;

pub use self::{
    actions::{
        Redeliver, adopt, execute,
        terminal::{Terminal, Told, brings},
    },
    ingress::{ChatContext, NotForUs, Replies, act, handle, is_unsigned, job, said},
    language::{command::CommandLine, grammar, user_error::UserError, verbs, when::moment},
    policy::{secret_scan, since},
};

#[cfg(test)]
mod tests;
