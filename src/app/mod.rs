//! The model of the terminal UI and what changes it: no I/O, no clock, no threads, no drawing.
//!
//! Start at [`update()`]: something happened ([`Msg`]), the [`Model`] changes, [`Effect`]s are to be done. The keys are
//! one table, [`keys::KEYS`]. One file a screen's state: [`list`], [`timeline`] with its [`tree`], [`follow`],
//! [`packets`], [`compare`], [`rates`].

pub mod action;
pub mod compare;
pub mod cursor;
pub mod follow;
pub mod groups;
pub mod help;
pub mod input;
pub mod key;
pub mod keys;
pub mod list;
pub mod model;
pub mod msg;
pub mod packets;
pub mod rates;
pub mod survey;
pub mod timeline;
pub mod tree;

mod copy;
mod motion;
mod prompt;
mod update;

pub use action::Action;
pub use copy::MAX_COPY;
pub use key::Key;
pub use model::{Model, Opened, Overlay, Prompt, Screen, Subject};
pub use msg::{Copied, Effect, Laid, Msg, Pane, Saved, Slot, Target};
pub use update::update;
