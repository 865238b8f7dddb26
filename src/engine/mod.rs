//! Sessions: captures opened, loaded and indexed off the caller's thread, flows opened again, jobs, progress.
//!
//! Start at [`Session::open`]. The only room with threads. A session owns its files and its [`Index`]; whoever shows it
//! borrows the index for a moment and asks for the rest by [`Request`].

mod attempts;
mod baselines;
mod block;
mod conflicts;
mod core;
mod datagrams;
pub mod follow;
mod health;
mod index;
mod jobs;
mod judge;
mod keylog;
mod links;
mod load;
pub mod parallel;
mod pass;
pub mod rates;
mod readers;
mod session;
mod trust;
mod view;

pub use baselines::Baseline;
pub use follow::StreamMap;
pub use health::{Health, Vantage};
pub use index::{Counts, Index};
pub use jobs::{Answer, JobId, Reply, Request};
pub use links::{Link, LinkKind, Linker};
pub use session::{OpenError, Options, Phase, Progress, Session};
pub use trust::CaError;
pub use view::{FlowRef, FlowView, Source};
