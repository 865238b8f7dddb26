//! Work done off the caller's thread: flows opened, details decoded, comparisons made, streams followed.
//!
//! A request gets a number; its answers come back under it. The newest request of a kind replaces one of the same kind
//! that still waits, so that a cursor moved quickly does not leave a queue behind it. What takes long has a thread of its
//! own and is given up when a newer request of its kind comes.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::core::Core;
use super::error::Error;
use super::follow::{self, Hunt, Part, Saved, StreamMap};
use super::sort::Unsorted;
use super::view::FlowView;
use crate::cohort::Baseline;
use crate::cohort::rates::Rates;
use crate::compare::Comparison;
use crate::contrast::{Contrast, Progress};
use crate::timeline::Detail;
use crate::vocab::{Direction, FlowNumber, FlowRef};

/// Time between two words about how far work has come.
const TICK: Duration = Duration::from_millis(60);

/// Good flows that are looked for to compare one flow with.
pub const MAX_CANDIDATES: usize = 50;

/// A flow as it was opened, and a step's index in its timeline.
pub type Place = (Arc<FlowView>, usize);

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
    /// A step of each of two flows decoded to the leaf: of the baseline, of the subject.
    Details(Box<[Option<Place>; 2]>),
    /// Two flows side by side.
    Compare {
        /// The good one.
        baseline: FlowRef,
        /// The one in question.
        subject: FlowRef,
    },
    /// The good flows that compare best with a flow, the best first.
    Candidates(FlowNumber),
    /// The failing flow that is best compared with a good one.
    Failing(FlowNumber),
    /// The map of a flow's conversation; it comes at once, and again as it grows.
    Follow(FlowRef),
    /// A part of a conversation.
    Part {
        /// Its map.
        map: Arc<StreamMap>,
        /// The part's number.
        number: usize,
    },
    /// The matches of a pattern in a conversation; word comes as they are counted.
    Search {
        /// Its map.
        map: Arc<StreamMap>,
        /// The search, which takes the counts.
        hunt: Arc<Hunt>,
        /// The part to begin with.
        from: usize,
        /// Whether the parts after it come first.
        forward: bool,
    },
    /// A conversation written to a file; word comes as it is written.
    Save {
        /// Its map.
        map: Arc<StreamMap>,
        /// The direction; both without.
        only: Option<Direction>,
        /// The file.
        path: PathBuf,
        /// Whether a file of that name may be replaced.
        overwrite: bool,
    },
    /// How often handshakes fail, in which cohorts.
    Rates,
    /// What failing attempts have in common; word comes as it is found out.
    Contrast,
    /// Rows put in order.
    Sort(Unsorted),
}

impl Request {
    /// Whose thread does it.
    fn lane(&self) -> usize {
        match self {
            Request::Open(_)
            | Request::Detail { .. }
            | Request::Details(_)
            | Request::Compare { .. }
            | Request::Candidates(_)
            | Request::Failing(_) => 0,
            Request::Part { .. } => 1,
            Request::Follow(_) => 2,
            Request::Search { .. } => 3,
            Request::Save { .. } => 4,
            Request::Rates => 5,
            Request::Sort(_) => 6,
            Request::Contrast => 7,
        }
    }
}

/// Threads at work.
const LANES: usize = 8;
/// The first lane whose work takes long, so that a newer request ends it.
const LONG: usize = 2;

/// What comes back.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The flow.
    Opened(Arc<FlowView>),
    /// The step.
    Detail(Box<Detail>),
    /// The steps of two flows, where they are there.
    Details(Box<[Option<Detail>; 2]>),
    /// The comparison, and both flows.
    Compared {
        /// The good flow.
        baseline: Arc<FlowView>,
        /// The one in question.
        subject: Arc<FlowView>,
        /// Their comparison.
        comparison: Box<Comparison>,
    },
    /// Good flows to compare with, the best first, no more than `MAX_CANDIDATES`; none where no good flow goes to the
    /// same place.
    Candidates(Vec<Baseline>),
    /// The failing flow, and how near the good one is to it; none where no failing flow is near.
    Failing(Option<Baseline>),
    /// The map of a conversation, as far as it has grown.
    Followed(Arc<StreamMap>),
    /// A part of a conversation.
    Part(Arc<Part>),
    /// The search has counted more matches.
    Searched,
    /// So many bytes are written.
    Saving(u64),
    /// What came of saving.
    Saved(Saved),
    /// The failure rates, and the generation of the index that they are of.
    Rates(Arc<Rates>, u64),
    /// So much of the contrast is done.
    Contrasting(Progress),
    /// What failing attempts have in common, and the generation of the index that it is of.
    Contrast(Arc<Contrast>, u64),
    /// The rows' numbers in order.
    Sorted(Vec<u32>),
    /// It could not be done; a line that says why.
    Failed(String),
}

/// An answer to a request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The request.
    pub job: JobId,
    /// The answer.
    pub answer: Answer,
    /// Whether no further answer to it comes.
    pub is_last: bool,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(JobId, Request)>,
    closed: bool,
}

/// What came back and was not taken yet.
#[derive(Default)]
struct Answers {
    replies: Mutex<Vec<Reply>>,
    came: Condvar,
}

impl Answers {
    fn push(&self, reply: Reply) {
        self.replies.lock().push(reply);
        self.came.notify_all();
    }
}

/// What one thread has to do.
#[derive(Default)]
struct Board {
    queue: Mutex<Queue>,
    work: Condvar,
    /// Jobs up to this one are given up.
    given_up: AtomicU64,
    /// The job being worked on.
    current: AtomicU64,
}

/// The workers of a session and what they were asked.
pub(super) struct Jobs {
    boards: [Arc<Board>; LANES],
    answers: Arc<Answers>,
    last: AtomicU64,
}

impl Jobs {
    pub fn start(core: &Core) -> Self {
        let answers: Arc<Answers> = Arc::default();
        let boards = std::array::from_fn(|_| {
            let board: Arc<Board> = Arc::default();
            let (worker, core, answers) = (Arc::clone(&board), core.clone(), Arc::clone(&answers));
            std::thread::spawn(move || {
                while let Some((id, request)) = worker.next() {
                    let mut job = Job { id, board: &worker, answers: &answers, told: Instant::now() };
                    let answer = perform(&core, request, &mut job);
                    answers.push(Reply { job: id, answer, is_last: true });
                }
            });
            board
        });
        Self { boards, answers, last: AtomicU64::new(0) }
    }

    pub fn submit(&self, request: Request) -> JobId {
        let lane = request.lane();
        let board = &self.boards[lane];
        let mut queue = board.queue.lock();
        queue.waiting.retain(|(_, waiting)| std::mem::discriminant(waiting) != std::mem::discriminant(&request));
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        if lane >= LONG {
            board.given_up.store(id - 1, Ordering::Relaxed);
        }
        queue.waiting.push_back((JobId(id), request));
        board.work.notify_one();
        JobId(id)
    }

    /// Gives a job up.
    pub fn give_up(&self, job: JobId) {
        for board in &self.boards[LONG..] {
            let mut queue = board.queue.lock();
            queue.waiting.retain(|(id, _)| *id != job);
            if board.current.load(Ordering::Relaxed) == job.0 {
                board.given_up.fetch_max(job.0, Ordering::Relaxed);
            }
        }
    }

    pub fn answers(&self) -> Vec<Reply> {
        std::mem::take(&mut *self.answers.replies.lock())
    }

    /// Waits until an answer has come, but no longer than `at_most`.
    pub fn wait(&self, at_most: Duration) {
        let mut replies = self.answers.replies.lock();
        if replies.is_empty() {
            self.answers.came.wait_for(&mut replies, at_most);
        }
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        for board in &self.boards {
            board.queue.lock().closed = true;
            board.given_up.store(u64::MAX, Ordering::Relaxed);
            board.work.notify_one();
        }
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
                self.current.store(job.0.0, Ordering::Relaxed);
                return Some(job);
            }
            self.work.wait(&mut queue);
        }
    }
}

/// A request being worked on.
struct Job<'a> {
    id: JobId,
    board: &'a Board,
    answers: &'a Answers,
    told: Instant,
}

impl<'a> Job<'a> {
    /// Whether the job is given up.
    fn until(&self) -> impl Fn() -> bool + use<'a> {
        let (id, board) = (self.id, self.board);
        move || id.0 <= board.given_up.load(Ordering::Relaxed)
    }

    fn tell(&mut self, answer: Answer) {
        self.told = Instant::now();
        self.answers.push(Reply { job: self.id, answer, is_last: false });
    }

    /// Tells how far work has come, now and then.
    fn tick(&mut self, answer: impl FnOnce() -> Answer) {
        if self.told.elapsed() >= TICK {
            self.tell(answer());
        }
    }
}

fn perform(core: &Core, request: Request, job: &mut Job<'_>) -> Answer {
    let failed = |error: Error| Answer::Failed(error.to_string());
    match request {
        Request::Open(flow) => core.view(flow).map_or_else(failed, |view| Answer::Opened(Arc::new(view))),
        Request::Detail { view, step } => {
            core.detail(&view, step).map_or_else(failed, |detail| Answer::Detail(Box::new(detail)))
        }
        Request::Compare { baseline, subject } => {
            let both = core.view(baseline).and_then(|baseline| Ok((baseline, core.view(subject)?)));
            both.map_or_else(failed, |(baseline, subject)| {
                let comparison = Box::new(core.compare(&baseline, &subject));
                Answer::Compared { baseline: Arc::new(baseline), subject: Arc::new(subject), comparison }
            })
        }
        Request::Candidates(flow) => Answer::Candidates(core.candidates(flow, MAX_CANDIDATES)),
        Request::Failing(flow) => Answer::Failing(core.failing(flow)),
        Request::Details(places) => details(core, &places).map_or_else(failed, Answer::Details),
        Request::Rates => {
            let (rates, generation) = core.rates(&job.until());
            Answer::Rates(Arc::new(rates), generation)
        }
        Request::Contrast => {
            let is_over = job.until();
            let found = core.contrast(&is_over, &mut |progress| job.tick(|| Answer::Contrasting(progress)));
            let (contrast, generation) = found.unwrap_or_default();
            Answer::Contrast(Arc::new(contrast), generation)
        }
        Request::Sort(unsorted) => Answer::Sorted(unsorted.sorted()),
        Request::Part { map, number } => map.part(number).map_or_else(failed, |part| Answer::Part(Arc::new(part))),
        Request::Follow(flow) => follow_it(core, flow, job).unwrap_or_else(failed),
        Request::Search { map, hunt, from, forward } => {
            let is_over = job.until();
            let ran = hunt.run(&map, from, forward, &is_over, &mut || job.tick(|| Answer::Searched));
            ran.map_or_else(failed, |()| Answer::Searched)
        }
        Request::Save { map, only, path, overwrite } => {
            let is_over = job.until();
            let saved = follow::save(&map, only, &path, overwrite, &is_over, &mut |bytes| {
                job.tick(|| Answer::Saving(bytes));
            });
            let saved = saved.map_err(|source| Error::Save { path, source: Box::new(source) });
            saved.map_or_else(failed, Answer::Saved)
        }
    }
}

fn details(core: &Core, places: &[Option<Place>; 2]) -> Result<Box<[Option<Detail>; 2]>, Error> {
    let detail = |place: &Option<Place>| place.as_ref().map(|(view, step)| core.detail(view, *step)).transpose();
    Ok(Box::new([detail(&places[0])?, detail(&places[1])?]))
}

fn follow_it(core: &Core, flow: FlowRef, job: &mut Job<'_>) -> Result<Answer, Error> {
    let map = Arc::new(core.follow(flow)?);
    job.tell(Answer::Followed(Arc::clone(&map)));
    map.walk(&job.until(), &mut |part| {
        if part.number == 0 {
            job.tell(Answer::Part(Arc::new(part.clone())));
        }
        job.tick(|| Answer::Followed(Arc::clone(&map)));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Answer::Followed(map))
}
