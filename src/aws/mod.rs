//! The services of AWS that cases come from, as typed calls with their limits and faults.

pub mod hub;
pub mod sir;
