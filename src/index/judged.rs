//! What is found out after the pass, and how the index takes it.

use super::{Explained, Index, Signs};
use crate::diagnose::Verdict;
use crate::flow::{FlowRow, Issues, UnusableCounts};
use crate::proto::TlsFacts;
use crate::timeline::is_midstream;
use crate::vocab::{Cause, Direction, EndedBy, FlowNumber, Noise, Outcome};

/// Why a flow came out as it did.
#[derive(Clone, Copy)]
enum Why {
    /// What was said before, if the outcome is the same.
    AsBefore,
    /// This; nothing where it did not fail.
    Told(Option<(Cause, EndedBy)>),
}

impl Index {
    /// Takes the attempt of every flow, by flow number.
    pub(crate) fn set_attempts(&mut self, attempts: Vec<u32>) {
        self.attempts = attempts;
        self.change();
    }

    /// What shows that a flow is no failure of a handshake, where something does.
    pub fn explained(&self, flow: FlowNumber) -> Option<&Signs> {
        let at = self.explained_at.get(&flow)?;
        self.explained.get(*at).map(|explained| &explained.signs)
    }

    /// All flows that are explained, by what explains them.
    pub fn all_explained(&self) -> &[Explained] {
        &self.explained
    }

    /// Takes what explains flows, in place of what did before; of a flow there is one explanation.
    pub(crate) fn set_explained(&mut self, explained: Vec<Explained>) {
        for flow in std::mem::take(&mut self.explained_at).into_keys() {
            self.set_noise(flow, None);
        }
        for (at, group) in explained.iter().enumerate() {
            for flow in &group.flows {
                self.explained_at.insert(*flow, at);
                self.set_noise(*flow, Some(group.signs.noise()));
            }
        }
        self.explained = explained;
        self.change();
    }

    fn set_noise(&mut self, flow: FlowNumber, noise: Option<Noise>) {
        let Some(row) = self.flows.get_mut(flow) else { return };
        self.counts.take_back(row);
        row.noise = noise;
        self.counts.add(row);
    }

    /// Takes which flows are another side of a connection that the index also has, in place of what was known before.
    pub(crate) fn set_copies(&mut self, copies: Vec<FlowNumber>) {
        let before = std::mem::replace(&mut self.copies, copies);
        for (flows, is_copy) in [(&before, false), (&self.copies, true)] {
            for flow in flows {
                if let Some(row) = self.flows.get_mut(*flow) {
                    row.is_copy = is_copy;
                }
            }
        }
        self.change();
    }

    /// Takes the TLS facts of a flow that was read again.
    pub(crate) fn set_tls(&mut self, flow: FlowNumber, facts: TlsFacts) {
        let slot = self.flows.get(flow).map(|row| row.tls as usize);
        if let Some(known) = slot.and_then(|slot| self.tls.get_mut(slot)) {
            *known = facts;
        }
    }

    /// Marks a flow of which two copies of the same bytes differ.
    pub(crate) fn set_conflict(&mut self, flow: FlowNumber) {
        if let Some(row) = self.flows.get_mut(flow) {
            row.issues.set(Issues::CONFLICT);
        }
    }

    /// Takes the number of flows with bytes sent again whose copies were not compared.
    pub(crate) fn set_uncompared(&mut self, flows: u64) {
        self.uncompared_flows = flows;
    }

    /// Marks a flow of which the beginning or a direction was not captured (so far: the other may come yet).
    pub(crate) fn note_what_lacks(&mut self, flow: FlowNumber) {
        let Some(row) = self.flows.get_mut(flow) else { return };
        row.issues.clear(Issues::MIDSTREAM | Issues::NO_ANSWER);
        if is_midstream(row) {
            row.issues.set(Issues::MIDSTREAM);
        }
        let packets = Direction::BOTH.map(|way| row.sides[way].packets);
        if packets.contains(&0) && packets != [0, 0] {
            row.issues.set(Issues::NO_ANSWER);
        }
    }

    /// Gives a flow an outcome. What was said of it before holds as long as the outcome does.
    pub(crate) fn settle(&mut self, flow: FlowNumber, outcome: Outcome) {
        self.outcome(flow, outcome, Why::AsBefore);
    }

    /// Gives a flow an outcome, and for a failed one why it failed and who ended it, without a finding.
    pub(crate) fn settle_without_finding(&mut self, flow: FlowNumber, outcome: Outcome, why: Option<(Cause, EndedBy)>) {
        self.outcome(flow, outcome, Why::Told(why));
    }

    /// Gives a flow what the rules said of it, in place of what was said before.
    pub(crate) fn judge(&mut self, flow: FlowNumber, verdict: Verdict) {
        let why = verdict.finding.as_ref().map(|finding| (finding.cause, finding.ended_by));
        let Some(row) = self.outcome(flow, verdict.outcome, Why::Told(why)) else { return };
        if row.cause == Some(Cause::PlaintextAnswer) {
            row.issues.set(Issues::PLAINTEXT_ANSWER);
        }
        match verdict.finding {
            Some(finding) => _ = self.findings.insert(flow, finding),
            None => _ = self.findings.remove(&flow),
        }
        if verdict.unusable == UnusableCounts::default() {
            self.unusable.remove(&flow);
        } else {
            self.unusable.insert(flow, verdict.unusable);
        }
        if verdict.notes.is_empty() {
            self.notes.remove(&flow);
        } else {
            self.notes.insert(flow, verdict.notes);
        }
    }

    /// Gives a flow its outcome and, where that is told, why; the row, for what else is known of it.
    fn outcome(&mut self, flow: FlowNumber, outcome: Outcome, why: Why) -> Option<&mut FlowRow> {
        let row = self.flows.get_mut(flow)?;
        self.counts.take_back(row);
        if row.outcome != Some(outcome) {
            row.outcome = Some(outcome);
            // What was said of the flow while it was not over holds no more.
            (row.cause, row.ended_by) = (None, None);
            self.findings.remove(&flow);
            self.notes.remove(&flow);
            self.unusable.remove(&flow);
        }
        if let Why::Told(why) = why {
            (row.cause, row.ended_by) = why.unzip();
        }
        self.counts.add(row);
        Some(row)
    }
}
