//! A flow's two streams as a conversation: each part cut into blocks, each block laid out in lines only when it is looked
//! at. A stream may be of any size: nothing here sees more than one part. Start at [`Chapter`].

mod chapter;
mod form;
mod lines;
mod names;
mod summary;

pub use chapter::Chapter;
pub use form::As;
pub use lines::{Look, StreamLine, plain};
pub use names::RecordNames;
pub use summary::{Tally, nothing, summary};
