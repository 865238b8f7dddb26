//! The model of the terminal UI and what changes it: no I/O, no clock, no threads, no drawing.
//!
//! Start at the table of keys, [`keys::KEYS`].

pub mod action;
pub mod cursor;
pub mod input;
pub mod key;
pub mod keys;
pub mod list;
pub mod survey;
pub mod tree;

pub use action::Action;
pub use key::Key;
