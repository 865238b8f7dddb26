//! A session: captures loading or loaded, and the flows in them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, RwLockReadGuard};

use super::core::Core;
use super::damage::Damage;
use super::error::Error;
use super::follow::StreamMap;
use super::jobs::{JobId, Jobs, Reply, Request};
use super::keylog::KeyLog;
use super::load;
use super::shared::Shared;
use super::trust;
use super::view::FlowView;
use crate::capture::{Input, open_all};
use crate::cohort::Baseline;
use crate::compare::Comparison;
use crate::flow::Trace;
use crate::index::Index;
use crate::proto::Secrets;
use crate::proto::tls::certificate::TrustStore;
use crate::timeline::Detail;
use crate::vocab::{FlowNumber, FlowRef};

/// What to open.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files, folders or `-`.
    pub captures: Vec<String>,
    /// Captures whose flows are good ones to compare with.
    pub baseline: Vec<String>,
    /// A TLS key log in NSS format.
    pub keylog: Option<PathBuf>,
    /// Files and folders of authorities to know besides the common roots, in PEM or DER.
    pub ca: Vec<PathBuf>,
    /// Whether to go on reading a file that grows.
    pub follow: bool,
}

/// What a session is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Reading and indexing.
    Loading,
    /// Judging the flows that did not simply succeed.
    Diagnosing,
    /// All is known.
    Done,
    /// Stopped before the end.
    Cancelled,
}

/// How far loading is.
#[derive(Clone, Debug)]
pub struct Progress {
    /// What the session is doing.
    pub phase: Phase,
    /// Bytes read, uncompressed.
    pub bytes: u64,
    /// Bytes to read in all, where that is known.
    pub total: Option<u64>,
    /// Packets indexed.
    pub packets: u64,
    /// Flows found.
    pub flows: u64,
    /// Time since loading began, or what it took.
    pub elapsed: Duration,
    /// What is wrong with the captures.
    pub troubles: Vec<Damage>,
}

/// Opened captures.
pub struct Session {
    shared: Arc<Shared>,
    baseline: Option<Box<Session>>,
    total: Option<u64>,
    began: Instant,
    loader: Mutex<Option<JoinHandle<()>>>,
    jobs: OnceLock<Jobs>,
}

impl Session {
    /// Opens the captures and begins to load them; returns at once.
    ///
    /// # Errors
    ///
    /// Where a capture, the baseline, the key log or an authority cannot be opened; what is damaged inside a capture is no
    /// error.
    pub fn open(options: &Options) -> Result<Session, Error> {
        // One store for both: a key log does not say which captures it belongs to.
        let secrets = Arc::new(Secrets::default());
        let trust = Arc::new(trust::read(&options.ca)?);
        let keylog = match &options.keylog {
            Some(path) => {
                Some(KeyLog::open(path, &secrets).map_err(|source| Error::KeyLog { path: path.clone(), source })?)
            }
            None => None,
        };
        let baseline = if options.baseline.is_empty() {
            None
        } else {
            let inputs = open_all(&options.baseline)?;
            Some(Box::new(Self::begin(inputs, None, (Arc::clone(&secrets), Arc::clone(&trust)), None, false)))
        };
        let inputs = open_all(&options.captures)?;
        Ok(Self::begin(inputs, baseline, (secrets, trust), keylog, options.follow))
    }

    fn begin(
        inputs: Vec<Input>,
        baseline: Option<Box<Session>>,
        (secrets, trust): (Arc<Secrets>, Arc<TrustStore>),
        keylog: Option<KeyLog>,
        follow: bool,
    ) -> Session {
        let total = inputs.iter().map(|input| input.size.filter(|_| !input.compressed)).sum();
        let names = inputs.iter().map(|input| input.name.clone()).collect();
        let shared = Arc::new(Shared::new(names, secrets, trust));
        let began = Instant::now();
        let loading = Arc::clone(&shared);
        let loader = std::thread::spawn(move || {
            load::load(&loading, inputs, keylog, follow);
            loading.status.lock().diagnosing = true;
            super::judge::judge_all(&loading);
            super::conflicts::note(&loading);
            loading.finish(began.elapsed());
        });
        Session { shared, baseline, total, began, loader: Mutex::new(Some(loader)), jobs: OnceLock::new() }
    }

    /// Waits until everything is loaded and judged.
    pub fn wait(&self) {
        if let Some(baseline) = &self.baseline {
            baseline.wait();
        }
        if let Some(loader) = self.loader.lock().take() {
            // A panic there has told of itself; what was indexed stays.
            let _ = loader.join();
        }
    }

    /// Waits until everything is loaded and judged, the baseline left out, but no longer than `at_most`; whether nothing
    /// more comes.
    pub fn wait_for(&self, at_most: Duration) -> bool {
        let ended = |loader: &Option<JoinHandle<()>>| loader.as_ref().is_none_or(JoinHandle::is_finished);
        self.shared.wait_for(at_most) || ended(&self.loader.lock())
    }

    /// Stops loading; what was indexed stays usable.
    pub fn cancel(&self) {
        self.shared.cancel();
    }

    /// How far loading is.
    pub fn progress(&self) -> Progress {
        let status = self.shared.status.lock();
        let phase = match (status.took, self.shared.is_cancelled(), status.diagnosing) {
            (Some(_), true, _) => Phase::Cancelled,
            (Some(_), ..) => Phase::Done,
            (None, _, true) => Phase::Diagnosing,
            (None, ..) => Phase::Loading,
        };
        Progress {
            phase,
            bytes: self.shared.bytes.load(Ordering::Relaxed),
            total: self.total,
            packets: self.shared.packets.load(Ordering::Relaxed),
            flows: self.shared.flows.load(Ordering::Relaxed),
            elapsed: status.took.unwrap_or_else(|| self.began.elapsed()),
            troubles: status.troubles.clone(),
        }
    }

    /// Whether an input turned out, while being read, to be no capture.
    pub fn is_not_a_capture(&self) -> bool {
        self.shared.status.lock().not_a_capture
    }

    /// The index, borrowed for a moment: loading waits meanwhile.
    pub fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.shared.index.read()
    }

    /// The baseline's session, where there is one.
    pub fn baseline(&self) -> Option<&Session> {
        self.baseline.as_deref()
    }

    fn core(&self) -> Core {
        let baseline = self.baseline.as_ref().map(|baseline| Arc::clone(&baseline.shared));
        Core { main: Arc::clone(&self.shared), baseline }
    }

    /// Reads a flow's packets again. Blocks on the disk.
    ///
    /// # Errors
    ///
    /// Where there is no such flow, or its packets can no longer be read.
    pub fn view(&self, flow: FlowRef) -> Result<FlowView, Error> {
        self.core().view(flow)
    }

    /// The map of a flow's conversation, for whoever reads it part by part.
    ///
    /// # Errors
    ///
    /// Where there is no such flow.
    pub fn follow(&self, flow: FlowRef) -> Result<StreamMap, Error> {
        self.core().follow(flow)
    }

    /// Reads the segments of many flows again, sorted, and gives each flow's to `each`. Blocks on the disk. How
    /// many flows could not be read.
    ///
    /// # Errors
    ///
    /// What `each` returns.
    pub fn traces(
        &self,
        flows: &[FlowNumber],
        each: &mut dyn FnMut(FlowNumber, &Trace) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        self.core().traces(flows, each)
    }

    /// Decodes a step of an opened flow to the leaf. Blocks on the disk.
    ///
    /// # Errors
    ///
    /// Where the packets can no longer be read.
    pub fn detail(&self, view: &FlowView, step: usize) -> Result<Detail, Error> {
        self.core().detail(view, step)
    }

    /// Compares two opened flows.
    pub fn compare(&self, baseline: &FlowView, subject: &FlowView) -> Comparison {
        self.core().compare(baseline, subject)
    }

    /// The best good flow to compare a flow with; `None` where no flow is good and goes to the same place.
    pub fn nearest(&self, flow: FlowNumber) -> Option<Baseline> {
        self.core().nearest(flow)
    }

    /// The failing flow that is best compared with a good one; `None` where no failing flow is near.
    pub fn failing(&self, good: FlowNumber) -> Option<Baseline> {
        self.core().failing(good)
    }

    /// The good flows that compare best with a flow, the best first, up to `count`.
    pub fn candidates(&self, flow: FlowNumber, count: usize) -> Vec<Baseline> {
        self.core().candidates(flow, count)
    }

    /// A baseline for each of some flows, the most important ones first; flows without one are left out.
    pub fn baselines(&self, flows: &[FlowNumber]) -> BTreeMap<FlowNumber, Baseline> {
        self.core().baselines(flows)
    }

    /// Asks for something without waiting; the answer comes by [`Session::answers`] under the returned number.
    pub fn submit(&self, request: Request) -> JobId {
        self.jobs.get_or_init(|| Jobs::start(&self.core())).submit(request)
    }

    /// Gives up a request that takes long: to follow, to search, to save.
    pub fn give_up(&self, job: JobId) {
        if let Some(jobs) = self.jobs.get() {
            jobs.give_up(job);
        }
    }

    /// Waits until an answer has come, but no longer than `at_most`.
    pub fn wait_for_answer(&self, at_most: Duration) {
        if let Some(jobs) = self.jobs.get() {
            jobs.wait(at_most);
        }
    }

    /// The answers that came since the last call, in the order in which the work was done.
    pub fn answers(&self) -> Vec<Reply> {
        self.jobs.get().map_or_else(Vec::new, Jobs::answers)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.cancel();
    }
}
