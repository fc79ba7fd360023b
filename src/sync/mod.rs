//! From the service to the targets: what arrived, what is true, what is missing, doing it, and looking again. No target is
//! named here.

pub(crate) mod announcements;
pub(crate) mod apply;
pub(crate) mod audit;
pub mod context;
pub mod forget;
pub(crate) mod observe;
pub(crate) mod others;
pub(crate) mod reading;
pub mod reconcile;
pub mod resync;
pub mod trigger;
