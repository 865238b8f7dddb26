//! Flows by outcome, and the failed ones by what they are failures of.

use crate::flow::{Failed, FlowRow};
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
    /// Failed ones that TCP never brought up.
    pub unconnected: usize,
    /// Failed ones that the client left by itself.
    pub left: usize,
    /// Not judged yet.
    pub pending: usize,
}

impl Counts {
    /// Flows that have an outcome.
    pub(super) fn judged(self) -> usize {
        let Counts { ok, failed, incomplete, unused, not_tls, unconnected: _, left: _, pending: _ } = self;
        ok + failed + incomplete + unused + not_tls
    }

    /// Handshakes that failed: once TCP was up, and not because the client left.
    pub fn failed_handshakes(self) -> usize {
        self.failed.saturating_sub(self.unconnected + self.left)
    }

    /// Counts what is known of a flow.
    pub(super) fn add(&mut self, row: &FlowRow) {
        self.each(row, |count| *count += 1);
    }

    /// Takes back what was counted of a flow, before something else becomes known of it.
    pub(super) fn take_back(&mut self, row: &FlowRow) {
        self.each(row, |count| *count -= 1);
    }

    fn each(&mut self, row: &FlowRow, change: impl Fn(&mut usize)) {
        if let Some(outcome) = row.outcome {
            change(self.of(outcome));
        }
        match row.failed() {
            Some(Failed::Connect) => change(&mut self.unconnected),
            Some(Failed::Left) => change(&mut self.left),
            Some(Failed::Tls) | None => {}
        }
    }

    /// The count of an outcome.
    fn of(&mut self, outcome: Outcome) -> &mut usize {
        match outcome {
            Outcome::Ok => &mut self.ok,
            Outcome::Failed => &mut self.failed,
            Outcome::Incomplete => &mut self.incomplete,
            Outcome::Unused => &mut self.unused,
            Outcome::NotTls => &mut self.not_tls,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Index;
    use super::super::testing::Flow;
    use crate::vocab::{Cause, FlowNumber, Outcome};

    #[test]
    fn what_tcp_did_not_bring_up_and_who_left_are_no_failed_handshakes() {
        let failed = |cause, is_silent| Flow {
            outcome: Some(Outcome::Failed),
            cause: Some(cause),
            is_silent,
            ..Flow::default()
        };
        let mut index = Index::of(&[
            failed(Cause::SynUnanswered, true),
            failed(Cause::ClientGaveUp, false),
            failed(Cause::ResetAfterClientHello, false),
            Flow::default(),
        ]);
        let counts = index.counts();
        assert_eq!((counts.ok, counts.failed, counts.unconnected, counts.left), (1, 3, 1, 1));
        assert_eq!(counts.failed_handshakes(), 1);
        // What is judged anew is counted anew.
        index.settle(FlowNumber(1), Outcome::Ok);
        let counts = index.counts();
        assert_eq!((counts.ok, counts.failed, counts.left, counts.failed_handshakes()), (2, 2, 0, 1));
    }
}
