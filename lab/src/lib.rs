//! Casebridge where there is no account: what stands for the services, and what the product is tried in.
//!
//! [`standins`]: servers that stand for SIR, Security Hub, Slack and Jira.
//!
//! [`simulation`]: the product in seeded worlds in which everything goes wrong.
//!
//! [`playground`]: a case's life as people see it, in the browser or told as text.
//!
//! [`load`]: the product among services that take their time, for what it costs.
//!
//! [`stage`]: where the tests of whole flows run.

pub mod load;
pub mod playground;
pub mod simulation;
pub mod stage;
pub mod standins;
