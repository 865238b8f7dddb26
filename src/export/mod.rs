//! Facts and findings as JSON, CSV, Markdown and text; never made from display strings.
//!
//! One file a command's output. [`json`] holds what all JSON has in common: escaping, times.

pub mod flows;
pub mod json;
