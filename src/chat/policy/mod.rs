//! Who may: identities, roles, confirmations, and what nobody may paste.

pub mod confirmation;
pub mod identity;
pub mod length;
pub mod roles;
pub mod secret_scan;
pub mod since;
