//! The step under the cursor, decoded to the leaf: a tree of fields, each tied to bytes of a pane.
//!
//! Start at [`Detail::of`]. Panes hold the packets first, then what had to be put together or opened; `packets` decodes
//! the frames, `window` finds stream bytes in the panes, `messages` has one function a kind of step.

mod chain;
mod gap;
mod messages;
mod packets;
mod window;

pub use self::chain::CHAIN;
pub(super) use self::gap::Proof;
use self::packets::Packets;
use super::{Step, Streams, Timeline, What};
use std::ops::Range;

use crate::flow::Trace;
pub use crate::net::tree::Frame;
use crate::net::tree::{ICMP, ICMPV6, TCP};
use crate::proto::tls::certificate::TrustStore;
use crate::vocab::{Field, PacketNumber};

/// Most packets that are decoded for one step; of a step in more packets the first ones are, and the one that shows it.
const MAX_PACKETS: usize = 16;

/// Bytes that fields point into.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pane {
    /// What the bytes are: `Packet 7`, `Client Hello, reassembled from 2 segments`.
    pub title: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// One protocol's part of the tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// Index of the pane its ranges point into.
    pub pane: usize,
    /// The tree; its root is the protocol.
    pub root: Field,
}

/// Everything there is to say of one step.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Detail {
    /// The bytes: the packets' first, then what was reassembled or decrypted.
    pub panes: Vec<Pane>,
    /// The trees: frame, link, IP, TCP, then TLS.
    pub sections: Vec<Section>,
    /// Index of the section that the step is about.
    pub subject: usize,
    /// Where bytes of a pane that was put together or opened come from.
    pub links: Vec<Link>,
}

/// A stretch of a pane whose bytes are another pane's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The pane that was put together, and where in it.
    pub whole: (usize, Range<usize>),
    /// The pane the bytes come from, and where they begin there.
    pub source: (usize, usize),
}

impl Link {
    /// Where a stretch of the whole lies in the source.
    fn down(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let (_, own) = &self.whole;
        let (start, end) = (range.start.max(own.start), range.end.min(own.end));
        let at = |offset: usize| offset - own.start + self.source.1;
        (start < end).then(|| at(start)..at(end))
    }

    /// Where a byte of the source lies in the whole.
    fn up(&self, byte: usize) -> Option<usize> {
        let at = byte.checked_sub(self.source.1)? + self.whole.1.start;
        self.whole.1.contains(&at).then_some(at)
    }
}

impl Detail {
    /// The packets whose frames [`Detail::of`] wants, in order, each after the packets of its earlier IP fragments:
    /// those that carry the step, and those that prove a gap.
    pub fn packets(trace: &Trace, streams: &Streams, timeline: &Timeline, step: usize) -> Vec<PacketNumber> {
        let Some(step) = timeline.steps.get(step) else { return Vec::new() };
        let mut packets = match step.what {
            What::Segment(_) | What::Icmp(_) => Vec::new(),
            What::Gap(_) => Proof::of(trace, streams, step).map_or_else(Vec::new, |proof| proof.packets()),
            _ => {
                let records = timeline.records_of(step);
                let start = records.first().or(step.spans.first()).map_or(0, |range| range.start);
                let end = step.spans.last().map_or(start, |span| span.end);
                // What opens a record is its tag, behind what it holds.
                let end = records.last().filter(|_| step.decrypted).map_or(end, |record| record.end.max(end));
                streams.packets(step.from, start, end, MAX_PACKETS)
            }
        };
        if !packets.contains(&step.packet) {
            packets.push(step.packet);
        }
        packets.sort_unstable();
        packets
    }

    /// Decodes a step. `frames` are the captured frames of [`Detail::packets`]; without them what the flow's trace
    /// holds is decoded all the same. Chains are checked by the authorities that `trust` knows.
    pub fn of(
        trace: &Trace,
        streams: &Streams,
        timeline: &Timeline,
        step: usize,
        frames: &[Frame],
        trust: &TrustStore,
    ) -> Self {
        let Some(of) = timeline.steps.get(step) else { return Self::default() };
        let mut detail = Self::default();
        let packets = Packets::decode(frames, &mut detail);
        packets.sections(trace, of, &mut detail);
        detail.subject = detail.sections.len().saturating_sub(1);
        match of.what {
            What::Segment(_) => detail.look_at(&[TCP]),
            What::Icmp(_) => detail.look_at(&[ICMP, ICMPV6]),
            What::Gap(_) => gap::section(trace, streams, of, &mut detail),
            _ => {
                let source = Source { trace, streams, timeline, packets: &packets, trust, at: step };
                messages::sections(&source, of, &mut detail);
                chain::section(&source, of, &mut detail);
            }
        }
        detail
    }

    /// Where the bytes at `place`, a pane and a range in it, lie in `pane`: there, or in what that pane was put together
    /// from. Of several stretches the one range that holds them all.
    pub fn place_in(&self, pane: usize, place: (usize, Range<usize>)) -> Option<Range<usize>> {
        if place.0 == pane {
            return Some(place.1);
        }
        let below = self.links.iter().filter(|link| link.whole.0 == place.0 && link.source.0 != place.0);
        below
            .filter_map(|link| self.place_in(pane, (link.source.0, link.down(&place.1)?)))
            .reduce(|all, one| all.start.min(one.start)..all.end.max(one.end))
    }

    /// The places that a byte has in panes that were put together from its own, the nearest first.
    pub fn put_together(&self, place: (usize, usize)) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        let mut current = vec![place];
        while let Some((pane, byte)) = current.pop() {
            let above = self.links.iter().filter(|link| link.source.0 == pane);
            for link in above {
                let Some(at) = link.up(byte).map(|at| (link.whole.0, at)) else { continue };
                if at != place && !places.contains(&at) {
                    places.push(at);
                    current.push(at);
                }
            }
        }
        places
    }

    fn look_at(&mut self, names: &[&str]) {
        let place = self.sections.iter().position(|section| names.contains(&section.root.name.as_ref()));
        self.subject = place.unwrap_or(self.subject);
    }

    /// Adds a pane; returns its index.
    fn pane(&mut self, title: impl Into<String>, bytes: Vec<u8>) -> usize {
        self.panes.push(Pane { title: title.into(), bytes });
        self.panes.len() - 1
    }

    fn section(&mut self, pane: usize, root: Field) {
        self.sections.push(Section { pane, root });
    }

    /// Adds the section that the step is about.
    fn subject(&mut self, pane: usize, root: Field) {
        self.section(pane, root);
        self.subject = self.sections.len() - 1;
    }
}

/// Where a step's bytes come from.
struct Source<'a> {
    trace: &'a Trace,
    streams: &'a Streams,
    timeline: &'a Timeline,
    packets: &'a Packets,
    trust: &'a TrustStore,
    at: usize,
}

/// The bytes that keys opened, which are in no packet; none for a step in clear.
fn opened(step: &Step) -> Option<&[u8]> {
    (step.decrypted && !step.body.is_empty()).then_some(&step.body)
}

/// The same tree with all its ranges moved by `by`.
fn shifted(mut field: Field, by: usize) -> Field {
    field.range = field.range.start + by..field.range.end + by;
    field.children = field.children.into_iter().map(|child| shifted(child, by)).collect();
    field
}
