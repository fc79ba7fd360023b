//! Casebridge: AWS Security Incident Response cases in Slack and Jira; nothing lost, nothing twice, in order.
//!
//! The modules in reading order.
//!
//! What happened: [`event`] decodes what arrived at `notify`; [`case`] is what a case is, in our own words.
//!
//! What is true: [`look`] reads it through [`sir`], the service's calls as values; [`waiting`] says whose move it is.
//!
//! What do they know: [`knowledge`] is what META keeps, [`facts`] what changed since; [`store`] holds both, [`record`]
//! says how what is written down outlives its code.
//!
//! What is missing: [`plan`] answers with ordered effects; [`content`] is what is told, [`wording`] in which words.
//!
//! Do it, remember: [`perform`] makes an effect happen exactly once, [`gate`] says whether now, [`destination`] what it
//! means at [`slack`] and [`jira`]; [`wire`] is HTTP as values.
//!
//! All of it in turn: [`notify`] for one case, [`verify`] against what stands there, [`sweep`] for what is due.
//!
//! The way back: [`command`] from a person's word to the API; [`hub`] are the six calls of Security Hub.
//!
//! Around it: [`world`] is everything outside, [`settings`], [`secrets`], [`text`].
//!
//! What the product is tried in is the crate `lab/`; the command-line tool is the crate `cli/`.

pub mod address;
pub mod aws;
pub mod case;
pub mod clock;
pub mod command;
pub mod content;
pub mod destination;
pub mod environment;
pub mod event;
pub mod facts;
pub mod gate;
#[cfg(test)]
mod golden;
pub mod http;
pub mod hub;
pub mod jira;
mod kept;
pub mod knowledge;
pub mod live;
pub mod log;
pub mod look;
pub mod metrics;
pub mod news;
pub mod notifier;
pub mod notify;
pub mod perform;
pub mod plan;
pub mod record;
pub mod secrets;
pub mod settings;
pub mod sir;
pub mod slack;
pub mod store;
pub mod sweep;
pub mod text;
pub mod verify;
pub mod waiting;
pub mod wire;
pub mod wording;
pub mod world;
