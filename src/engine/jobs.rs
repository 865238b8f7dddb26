//! Work done off the caller's thread: flows opened, details decoded, comparisons made.
//!
//! A request gets a number; its answer comes back under it. The newest request of a kind replaces one of the same kind
//! that still waits, so that a cursor moved quickly does not leave a queue behind it.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use super::core::Core;
use super::view::{FlowRef, FlowView};
use crate::compare::Comparison;
use crate::timeline::Detail;
use crate::vocab::FlowNumber;

/// A request's number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct JobId(pub u64);

/// What can be asked for.
#[derive(Clone, Debug)]
pub enum Request {
    /// All there is to see of a flow.
    Open(FlowRef),
    /// A step decoded to the leaf.
    Detail {
        /// The flow, as it was opened.
        view: Arc<FlowView>,
        /// The step's index in its timeline.
        step: usize,
    },
    /// Two flows side by side.
    Compare {
        /// The good one.
        baseline: FlowRef,
        /// The one in question.
        subject: FlowRef,
    },
    /// The best good flow to compare a flow with, and why it is that one.
    Nearest(FlowNumber),
}

/// What comes back.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The flow.
    Opened(Arc<FlowView>),
    /// The step.
    Detail(Box<Detail>),
    /// The comparison, and both flows.
    Compared {
        /// The good flow.
        baseline: Arc<FlowView>,
        /// The one in question.
        subject: Arc<FlowView>,
        /// Their comparison.
        comparison: Box<Comparison>,
    },
    /// The best good flow and why it is that one; `None` where no flow is good.
    Nearest(Option<(FlowRef, String)>),
    /// It could not be done; a line that says why.
    Failed(String),
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(JobId, Request)>,
    next: u64,
    closed: bool,
}

#[derive(Default)]
struct Board {
    queue: Mutex<Queue>,
    work: Condvar,
    answers: Mutex<Vec<(JobId, Answer)>>,
}

/// The worker of a session and what it was asked.
pub(super) struct Jobs {
    board: Arc<Board>,
}

impl Jobs {
    pub fn start(core: Core) -> Self {
        let board = Arc::new(Board::default());
        let worker = Arc::clone(&board);
        std::thread::spawn(move || {
            while let Some((id, request)) = worker.next() {
                let answer = perform(&core, &request);
                worker.answers.lock().push((id, answer));
            }
        });
        Self { board }
    }

    pub fn submit(&self, request: Request) -> JobId {
        let mut queue = self.board.queue.lock();
        queue.waiting.retain(|(_, waiting)| std::mem::discriminant(waiting) != std::mem::discriminant(&request));
        queue.next += 1;
        let id = JobId(queue.next);
        queue.waiting.push_back((id, request));
        self.board.work.notify_one();
        id
    }

    pub fn answers(&self) -> Vec<(JobId, Answer)> {
        std::mem::take(&mut *self.board.answers.lock())
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.board.queue.lock().closed = true;
        self.board.work.notify_one();
    }
}

impl Board {
    /// The next request; waits for one. `None` once the session is gone.
    fn next(&self) -> Option<(JobId, Request)> {
        let mut queue = self.queue.lock();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(job) = queue.waiting.pop_front() {
                return Some(job);
            }
            self.work.wait(&mut queue);
        }
    }
}

fn perform(core: &Core, request: &Request) -> Answer {
    let failed = |error: std::io::Error| Answer::Failed(error.to_string());
    match request {
        Request::Open(flow) => core.view(*flow).map_or_else(failed, |view| Answer::Opened(Arc::new(view))),
        Request::Detail { view, step } => {
            core.detail(view, *step).map_or_else(failed, |detail| Answer::Detail(Box::new(detail)))
        }
        Request::Compare { baseline, subject } => {
            let both = core.view(*baseline).and_then(|baseline| Ok((baseline, core.view(*subject)?)));
            both.map_or_else(failed, |(baseline, subject)| {
                let comparison = Box::new(super::core::compare(&baseline, &subject));
                Answer::Compared { baseline: Arc::new(baseline), subject: Arc::new(subject), comparison }
            })
        }
        Request::Nearest(flow) => Answer::Nearest(core.nearest(*flow)),
    }
}
