//! Parts of screens.

pub mod bar;
pub mod hex;
pub mod ladder;
pub mod plot;
pub mod tree;
