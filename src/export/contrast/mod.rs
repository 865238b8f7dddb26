//! What failing attempts have in common, in every format: [`json`] has all, [`text`] the lines and why there are none.

mod json;
mod text;

pub(super) use json::{ConditionJson, ContrastJson, GroupJson};
pub(super) use text::{write_lines, write_markdown, write_nothing};
