//! What holds for the whole grammar, and for the manual that is written from it.

mod manual;
mod properties;
