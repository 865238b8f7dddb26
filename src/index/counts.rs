//! Flows by outcome.

use crate::vocab::Outcome;

/// Flows by outcome.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// The handshake is complete.
    pub ok: usize,
    /// A try that ended without a usable connection.
    pub failed: usize,
    /// The capture cannot tell.
    pub incomplete: usize,
    /// TCP alone, without a byte of the client.
    pub unused: usize,
    /// Neither TLS nor an attempt at it.
    pub not_tls: usize,
    /// Not judged yet.
    pub pending: usize,
}

impl Counts {
    /// Flows that have an outcome.
    pub(super) fn judged(self) -> usize {
        let Counts { ok, failed, incomplete, unused, not_tls, pending: _ } = self;
        ok + failed + incomplete + unused + not_tls
    }

    /// The count of an outcome.
    pub(super) fn of(&mut self, outcome: Outcome) -> &mut usize {
        match outcome {
            Outcome::Ok => &mut self.ok,
            Outcome::Failed => &mut self.failed,
            Outcome::Incomplete => &mut self.incomplete,
            Outcome::Unused => &mut self.unused,
            Outcome::NotTls => &mut self.not_tls,
        }
    }
}
