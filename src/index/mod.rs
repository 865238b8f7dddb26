//! What one pass over the captures leaves: a row a flow, its TLS facts, a few bytes a packet, what happened beside TCP;
//! and the pass itself, block by block.
//!
//! No thread, no clock, no file: whoever reads the captures gives `Pass::block` what `Numbered` decoded. What is found
//! out after the pass is added by the methods of `judged`. Start at [`Index`].

mod apart;
mod block;
mod counts;
mod datagrams;
mod health;
mod judged;
mod links;
mod neighbours;
mod noise;
mod pass;
mod place;
mod readers;
mod tally;
#[cfg(test)]
pub(crate) mod testing;
mod watch;

use std::collections::{BTreeMap, HashMap};

pub use apart::Apart;
pub(crate) use block::{Block, Numbered};
pub use counts::Counts;
pub(crate) use datagrams::Quoted;
pub use datagrams::{Lookup, QuicTry};
pub use health::Health;
pub use neighbours::Neighbours;
pub use noise::{Explained, Hello, Signs, Winner};
pub(crate) use pass::Pass;
pub(crate) use place::Place;

use datagrams::Datagrams;
use tally::Tally;
use watch::Watch;

use crate::diagnose::{Break, Finding, Note};
use crate::facts::{CapturedOn, FlowFacts};
use crate::flow::{EndsHasher, FlowRow, FlowTable, PacketIndex, PacketPlace, UnusableCounts};
use crate::net::Unread;
use crate::proto::TlsFacts;
use crate::vocab::{Chunked, FlowNumber, PacketNumber, PerDirection};

/// All flows of a session's captures.
#[derive(Default)]
pub struct Index {
    flows: FlowTable,
    /// By [`FlowRow::tls`].
    tls: Chunked<TlsFacts>,
    packets: PacketIndex,
    findings: BTreeMap<FlowNumber, Finding>,
    notes: BTreeMap<FlowNumber, Vec<Note>>,
    unusable: BTreeMap<FlowNumber, UnusableCounts>,
    attempts: Vec<u32>,
    explained: Vec<Explained>,
    /// By flow: its place in `explained`.
    explained_at: HashMap<FlowNumber, usize>,
    /// Flows that are another side of a connection.
    copies: Vec<FlowNumber>,
    apart: Apart,
    names: Vec<String>,
    counts: Counts,
    generation: u64,
    fragment_overlaps: u64,
    unread_flows: u64,
    uncompared_flows: u64,
    tally: Tally,
    watch: Watch,
    dropped: Option<u64>,
    datagrams: Datagrams,
    neighbours: Neighbours,
    /// By [`FlowRow::links`] less one.
    links: Vec<CapturedOn>,
    unkept_links: u64,
}

impl Index {
    /// An index of nothing yet of the captures of these names.
    pub(crate) fn new(names: Vec<String>) -> Self {
        Self { names, ..Self::default() }
    }

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
        let links =
            PerDirection { to_server: self.link(row.links.to_server), to_client: self.link(row.links.to_client) };
        Some(FlowFacts { flow, capture, row, tls: self.tls.get(row.tls as usize), attempt, links })
    }

    /// The link of a number.
    fn link(&self, link: u16) -> Option<CapturedOn> {
        self.links.get(usize::from(link).checked_sub(1)?).copied()
    }

    /// A flow's row.
    pub(crate) fn row(&self, flow: FlowNumber) -> Option<&FlowRow> {
        self.flows.get(flow)
    }

    /// All rows by number.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (FlowNumber, &FlowRow)> {
        self.flows.iter()
    }

    /// The TLS facts of a row; nothing where the flow has no payload.
    pub(crate) fn tls(&self, row: &FlowRow) -> Option<&TlsFacts> {
        self.tls.get(row.tls as usize)
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

    /// What is worth saying of a flow beside its outcome.
    pub fn notes(&self, flow: FlowNumber) -> &[Note] {
        self.notes.get(&flow).map_or(&[], Vec::as_slice)
    }

    /// Flows by outcome.
    pub fn counts(&self) -> Counts {
        Counts { pending: self.flows.len() - self.counts.judged(), ..self.counts }
    }

    /// Grows with every change, so that what was derived from the index can be told stale.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Packets that gave no segment: what was not read, and what carries no TCP.
    pub fn apart(&self) -> &Apart {
        &self.apart
    }

    /// Whether there is a TCP segment among the packets.
    pub fn has_tcp(&self) -> bool {
        !self.tally.is_empty()
    }

    /// The capture files in the order in which they are read, as the user named them.
    pub fn captures(&self) -> &[String] {
        &self.names
    }

    /// Number of packets, read or not.
    pub fn packets(&self) -> usize {
        self.packets.len()
    }

    /// Which machines say by ARP that an address is theirs.
    pub fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }

    /// What happened beside TCP.
    pub(crate) fn datagrams(&self) -> &Datagrams {
        &self.datagrams
    }

    /// Segments that show that others were not captured, as a share of all.
    pub(crate) fn missing_share(&self) -> f64 {
        self.tally.missing_share()
    }

    /// The spans in which the capture did not watch, by time.
    pub fn breaks(&self) -> Vec<Break> {
        self.watch.breaks(&self.names)
    }

    /// How the ends of a connection are hashed, for whoever decodes ahead of the pass.
    pub(crate) fn hasher(&self) -> EndsHasher {
        self.flows.hasher()
    }

    /// Where those of a flow's packets lie that are in a stretch of the capture, both ends included.
    pub(crate) fn places_between(&self, flow: FlowNumber, first: PacketNumber, last: PacketNumber) -> Vec<Place> {
        self.packets.places_of(flow, first, last).into_iter().map(|place| self.with_fragments(place)).collect()
    }

    /// Where the packets of many flows lie, which are sorted: one walk over the whole index.
    pub(crate) fn places_of_many(&self, flows: &[FlowNumber]) -> Vec<Vec<Place>> {
        let places = self.packets.places_of_many(flows).into_iter();
        places.map(|places| places.into_iter().map(|place| self.with_fragments(place)).collect()).collect()
    }

    /// Where a packet lies.
    pub(crate) fn place(&self, packet: PacketNumber) -> Option<Place> {
        self.packets.place(packet).map(|place| self.with_fragments(place))
    }

    fn with_fragments(&self, last: PacketPlace) -> Place {
        let earlier =
            self.packets.fragments_of(last.packet).filter_map(|earlier| self.packets.place(earlier)).collect();
        Place { earlier, last }
    }

    /// Begins another file: the packets that follow are its.
    pub(crate) fn begin_file(&mut self, number: usize) {
        self.packets.begin_file(number);
        self.watch.begin_file(number);
    }

    /// Takes note that all files are read: what the capturing system says it dropped, and what was counted while decoding.
    pub(crate) fn end_files(&mut self, dropped: Option<u64>, decoder: &Numbered) {
        self.dropped = dropped;
        self.fragment_overlaps = decoder.fragment_overlaps();
        self.unkept_links = decoder.unkept_links();
        self.apart.count_unread(Unread::FragmentsMissing, decoder.missing_fragments());
        self.change();
    }

    /// Says that what was derived from the index is stale.
    pub(crate) fn change(&mut self) {
        self.generation += 1;
    }
}
