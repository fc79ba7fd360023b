//! Who may: identities, roles, confirmations, and what nobody may paste.

pub(crate) mod confirmation;
pub(crate) mod identity;
pub(crate) mod length;
pub(crate) mod roles;
pub mod secret_scan;
pub mod since;
pub(crate) mod whose;
