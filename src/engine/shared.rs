//! What the threads of a session have in common: the index, the files, how far things are, and whether to stop.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::{Condvar, Mutex, RwLock};

use super::damage::Damage;
use super::error::Error;
use crate::capture::OpenFile;
use crate::flow::FlowRow;
use crate::index::Index;
use crate::proto::Secrets;
use crate::proto::tls::certificate::TrustStore;
use crate::vocab::{FlowNumber, PacketNumber};

/// How far loading and judging are.
#[derive(Default)]
pub(super) struct Status {
    /// Flows judged before the end, and their last packet then.
    pub judged: HashMap<FlowNumber, PacketNumber>,
    /// What is wrong with the captures.
    pub troubles: Vec<Damage>,
    /// Flows read again with secrets that came late: the secrets' revision and the flow's last packet then.
    pub reopened: HashMap<FlowNumber, (u64, PacketNumber)>,
    /// Whether an input turned out, while being read, to be no capture.
    pub not_a_capture: bool,
    /// How long everything took, once it is done.
    pub took: Option<Duration>,
    /// Whether everything is read and being judged.
    pub diagnosing: bool,
}

/// What the threads of a session have in common.
pub(super) struct Shared {
    pub index: RwLock<Index>,
    /// The files in the order in which they are read; nothing for those not begun yet.
    pub files: RwLock<Vec<Option<OpenFile>>>,
    pub status: Mutex<Status>,
    /// Told once everything is read and judged.
    done: Condvar,
    pub secrets: Arc<Secrets>,
    pub trust: Arc<TrustStore>,
    /// Bytes read, uncompressed.
    pub bytes: AtomicU64,
    /// Packets indexed.
    pub packets: AtomicU64,
    /// Flows found.
    pub flows: AtomicU64,
    cancelled: AtomicBool,
}

impl Shared {
    /// Of files of which none is begun yet.
    pub fn new(names: Vec<String>, secrets: Arc<Secrets>, trust: Arc<TrustStore>) -> Self {
        Self {
            files: RwLock::new(vec![None; names.len()]),
            index: RwLock::new(Index::new(names)),
            status: Mutex::default(),
            done: Condvar::new(),
            secrets,
            trust,
            bytes: AtomicU64::new(0),
            packets: AtomicU64::new(0),
            flows: AtomicU64::new(0),
            cancelled: AtomicBool::new(false),
        }
    }

    /// Ends loading and judging.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Takes note that everything is read and judged, and how long that took.
    pub fn finish(&self, took: Duration) {
        self.status.lock().took = Some(took);
        self.done.notify_all();
    }

    /// Waits until everything is read and judged, but no longer than `at_most`; whether it is.
    pub fn wait_for(&self, at_most: Duration) -> bool {
        let mut status = self.status.lock();
        if status.took.is_none() {
            self.done.wait_for(&mut status, at_most);
        }
        status.took.is_some()
    }

    /// Whether no further packet can come.
    pub fn is_loaded(&self) -> bool {
        let status = self.status.lock();
        status.diagnosing || status.took.is_some() || self.is_cancelled()
    }

    /// A flow's row as the index has it now; an error that says which flows there are.
    pub fn row(&self, flow: FlowNumber) -> Result<FlowRow, Error> {
        let index = self.index.read();
        index.row(flow).cloned().ok_or_else(|| Error::NoFlow { flow, flows: index.len() })
    }
}
