//! Rules: why a flow failed, who ended it, how sure that is, which packets prove it.
//!
//! Start at [`Finding`], what a rule gives.

mod finding;

pub use finding::{ClientReport, Evidence, Finding, Role};
