//! What one pass over the captures leaves: a row a flow, its TLS facts, a few bytes a packet, what happened beside TCP;
//! and the pass itself, block by block.
//!
//! No thread, no clock, no file: whoever reads the captures gives [`Pass::block`] what [`Numbered`] decoded. Start at
//! [`Index`].

mod block;
mod datagrams;
mod health;
mod pass;
mod readers;

use std::collections::BTreeMap;
use std::io;

pub(crate) use block::{Block, Numbered};
pub(crate) use datagrams::{Lookup, QuicTry, Quoted};
pub use health::{Health, Vantage};
pub(crate) use pass::Pass;

use datagrams::Datagrams;
use health::Tally;

use crate::diagnose::Finding;
use crate::facts::FlowFacts;
use crate::flow::{FlowRow, FlowTable, PacketIndex, PacketPlace};
use crate::net::Unread;
use crate::proto::TlsFacts;
use crate::vocab::{Chunked, FlowNumber, Outcome, PacketNumber};

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

/// All flows of a session's captures.
#[derive(Default)]
pub struct Index {
    pub(crate) flows: FlowTable,
    pub(crate) tls: Chunked<TlsFacts>,
    pub(crate) packets: PacketIndex,
    pub(crate) findings: BTreeMap<FlowNumber, Finding>,
    pub(crate) attempts: Vec<u32>,
    pub(crate) unread: BTreeMap<Unread, u64>,
    pub(crate) names: Vec<String>,
    pub(crate) counts: Counts,
    pub(crate) generation: u64,
    pub(crate) fragment_overlaps: u64,
    pub(crate) unread_flows: u64,
    pub(crate) uncompared_flows: u64,
    pub(crate) tally: Tally,
    pub(crate) dropped: Option<u64>,
    pub(crate) datagrams: Datagrams,
}

impl Index {
    /// Number of flows.
    pub fn len(&self) -> usize {
        self.flows.len()
    }

    /// Whether there is no flow.
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }

    /// All that is known of a flow.
    pub fn facts(&self, flow: FlowNumber) -> Option<FlowFacts<'_>> {
        let row = self.flows.get(flow)?;
        let capture = self.names.get(self.packets.file(row.first_packet)).map_or("", String::as_str);
        let attempt = self.attempts.get(flow.index()).copied();
        Some(FlowFacts { flow, capture, row, tls: self.tls.get(row.tls as usize), attempt })
    }

    /// A flow's row, or in a line why there is none.
    pub(crate) fn row(&self, flow: FlowNumber) -> io::Result<&FlowRow> {
        self.flows.get(flow).ok_or_else(|| {
            let text = match self.len() {
                0 => "the capture has no flow".to_owned(),
                len => format!("no flow {flow}; flows are numbered 0 to {}", len - 1),
            };
            io::Error::new(io::ErrorKind::NotFound, text)
        })
    }

    /// All flows by number.
    pub fn iter(&self) -> impl Iterator<Item = FlowFacts<'_>> {
        (0..self.len()).filter_map(|number| self.facts(FlowNumber(number as u32)))
    }

    /// Why a flow failed.
    pub fn finding(&self, flow: FlowNumber) -> Option<&Finding> {
        self.findings.get(&flow)
    }

    /// All findings by flow number.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.values()
    }

    /// Flows by outcome.
    pub fn counts(&self) -> Counts {
        let Counts { ok, failed, incomplete, unused, not_tls, .. } = self.counts;
        Counts { pending: self.flows.len() - ok - failed - incomplete - unused - not_tls, ..self.counts }
    }

    /// Grows with every change, so that what was derived from the index can be told stale.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Packets that gave no segment, by reason.
    pub fn unread(&self) -> impl Iterator<Item = (Unread, u64)> {
        self.unread.iter().map(|(reason, count)| (*reason, *count))
    }

    /// The capture files in the order in which they are read, as the user named them.
    pub fn captures(&self) -> &[String] {
        &self.names
    }

    /// What the captures lack, what they have twice, where they were taken.
    pub fn health(&self) -> Health {
        Health::of(self)
    }

    /// Number of packets, read or not.
    pub fn packets(&self) -> usize {
        self.packets.len()
    }

    /// Where a flow's packets lie, each with the packets of its earlier fragments.
    pub(crate) fn places(&self, flow: FlowNumber, row: &FlowRow) -> Vec<(PacketPlace, Vec<PacketPlace>)> {
        self.places_between(flow, row.first_packet, row.last_packet)
    }

    /// The same for those of its packets that are in a stretch of the capture, both ends included.
    pub(crate) fn places_between(
        &self,
        flow: FlowNumber,
        first: PacketNumber,
        last: PacketNumber,
    ) -> Vec<(PacketPlace, Vec<PacketPlace>)> {
        let places = self.packets.places_of(flow, first, last);
        places.into_iter().map(|place| (place, self.fragments(place.packet))).collect()
    }

    /// The same for many flows, sorted: one walk over the whole index.
    pub(crate) fn places_of_many(&self, flows: &[FlowNumber]) -> Vec<Vec<(PacketPlace, Vec<PacketPlace>)>> {
        let with_fragments = |place: PacketPlace| (place, self.fragments(place.packet));
        let places = self.packets.places_of_many(flows);
        places.into_iter().map(|places| places.into_iter().map(with_fragments).collect()).collect()
    }

    /// Where a packet lies, after the packets of its earlier fragments.
    pub(crate) fn with_fragments(&self, packet: PacketNumber) -> Vec<PacketPlace> {
        self.fragments(packet).into_iter().chain(self.packets.place(packet)).collect()
    }

    fn fragments(&self, packet: PacketNumber) -> Vec<PacketPlace> {
        self.packets.fragments_of(packet).filter_map(|earlier| self.packets.place(earlier)).collect()
    }

    /// Gives a flow its outcome; the row, for what else is known of it.
    pub(crate) fn judged(&mut self, flow: FlowNumber, outcome: Outcome) -> Option<&mut FlowRow> {
        let row = self.flows.get_mut(flow)?;
        if row.outcome != Some(outcome) {
            if let Some(before) = row.outcome {
                *self.counts.of(before) -= 1;
            }
            *self.counts.of(outcome) += 1;
            row.outcome = Some(outcome);
            // What was said of the flow while it was not over holds no more.
            (row.cause, row.ended_by) = (None, None);
            self.findings.remove(&flow);
        }
        Some(row)
    }
}
