//! A flow's conversation, of any size, part by part: nothing here holds more than a few parts at a time.
//!
//! Start at [`StreamMap`]: it knows the places from which the flow can be read again. [`Part`] is what lies between two
//! of them; a [`Hunt`] searches them all; [`Saved`] says what came of writing them to a file.

mod hunt;
mod map;
mod part;
mod pattern;
mod repeats;
mod save;
mod walk;

pub use hunt::{Hunt, Lead};
pub use map::{Extent, StreamMap};
pub use part::{Part, Piece, Record};
pub use pattern::{Match, Pattern, Syntax};
pub use repeats::Repeat;
pub(in crate::engine) use save::save;
pub use save::{Saved, at_home};
