//! The step under the cursor, decoded to the leaf: a tree of fields, each tied to bytes of a pane.
//!
//! Start at [`Detail::of`]. Panes hold the packets first, then what had to be put together or opened; `packets` decodes
//! the frames, `window` finds stream bytes in the panes, `messages` has one function a kind of step.

mod chain;
mod gap;
mod messages;
mod packets;
mod source;
mod tree;
mod window;

pub(super) use self::gap::Proof;
use self::packets::Packets;
use self::source::Source;
pub use self::tree::{Detail, Section, Topic};
use super::{Streams, Timeline, What};
use crate::flow::Trace;
pub use crate::net::tree::Frame;
use crate::proto::tls::certificate::TrustStore;
use crate::vocab::PacketNumber;

/// Most packets that are decoded for one step; of a step in more packets the first ones are, and the one that shows it.
const MAX_PACKETS: usize = 16;

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
        let packets = Packets::decode(frames, trace, &mut detail);
        packets.sections(trace, of, &mut detail);
        match of.what {
            What::Segment(_) | What::Icmp(_) => {}
            What::Gap(_) => gap::section(trace, streams, of, &mut detail),
            _ => {
                let source = Source { trace, streams, timeline, packets: &packets, trust, at: step };
                messages::sections(&source, of, &mut detail);
                chain::section(&source, of, &mut detail);
            }
        }
        detail
    }
}
