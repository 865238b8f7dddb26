//! The model of the terminal UI and what changes it: no I/O, no clock, no threads, no drawing.
//!
//! Start at [`update()`]: something happened ([`Msg`]), the [`Model`] changes, [`Effect`]s are to be done. The keys are
//! one table, [`keys::KEYS`]. The screens are one table too, [`screen`]: each knows its own state and what the keys do with
//! it ([`component::Component`]), and gives back what concerns others ([`component::Then`]); `update` carries both to and
//! fro and knows no screen but the list, below all others, and the contrast, whose strongest claim the list shows.

pub mod action;
pub mod compare;
pub mod component;
pub mod contrast;
pub mod cursor;
pub mod follow;
pub mod help;
pub mod input;
pub mod key;
pub mod keys;
pub mod list;
pub mod model;
pub mod msg;
pub mod packets;
pub mod page;
pub mod prompt;
pub mod rates;
pub mod screen;
pub mod screens;
pub mod subject;
pub mod timeline;
mod told;

mod command;
#[cfg(test)]
mod testing;
mod update;

pub use action::Action;
pub use key::Key;
pub use model::{Model, Overlay};
pub use msg::{Both, Copied, Effect, MAX_COPY, Msg, Pane, PaneSize, Saved, Slot, Target};
pub use prompt::Prompt;
pub use screen::Screen;
pub use subject::Opened;
pub use update::update;
