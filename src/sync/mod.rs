//! From the service to the targets: what arrived, what is true, what is missing, doing it, and looking again. No target is
//! named here.

pub mod announcements;
pub mod apply;
pub mod audit;
pub mod context;
pub mod observe;
pub mod reconcile;
pub mod resync;
pub mod trigger;
