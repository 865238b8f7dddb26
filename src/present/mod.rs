//! What a screen shows, as rows of (role, text): made from facts, findings and steps, without colours or a terminal.
//!
//! Start at [`role::Role`], the meanings a piece of text can have. One file a topic: the [`list`], the [`ladder`] and its [`flights`], the
//! field tree and bytes in [`detail`], the streams in [`follow`], [`packets`] and
//! their [`plot`]s, two flows in [`compare`], a [`finding`]. [`words`] says what differs, for the screen and for files.

pub mod apart;
pub mod beside;
pub mod causes;
pub mod chart;
pub mod compare;
pub mod conditions;
pub mod contrast;
pub mod detail;
pub mod finding;
pub mod flights;
pub mod folds;
pub mod follow;
mod glyphs;
pub mod header;
pub mod health;
pub mod ladder;
pub mod links;
pub mod list;
pub mod list_search;
pub mod noise;
pub mod overview;
pub mod packets;
pub mod page;
pub mod plot;
pub mod rates;
pub mod reference;
pub mod role;
mod unfound;
pub mod values;
pub mod words;
pub mod wrap;

pub use role::Role;
