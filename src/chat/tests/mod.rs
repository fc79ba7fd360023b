//! What holds for all that chat writes down.

mod golden;
