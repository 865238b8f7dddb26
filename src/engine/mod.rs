//! Sessions: captures opened, loaded and indexed off the caller's thread, flows opened again, jobs, progress.
//!
//! Start at [`Session::open`]. The only room with threads. A session owns its files and its [`Index`](crate::index::Index); whoever shows it
//! borrows the index for a moment and asks for the rest by [`Request`].

mod conflicts;
mod core;
mod damage;
mod error;
pub mod follow;
mod jobs;
mod judge;
mod keylog;
mod load;
pub mod parallel;
mod reread;
mod session;
mod shared;
pub mod sort;
mod traces;
mod trust;
mod view;

pub use damage::{Damage, Wrong};
pub use error::Error;
pub use follow::StreamMap;
#[cfg(feature = "ui")]
pub use jobs::Place;
pub use jobs::{Answer, JobId, MAX_CANDIDATES, Reply, Request};
pub use session::{Options, Phase, Progress, Session};
pub use view::FlowView;
