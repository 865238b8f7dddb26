//! A stretch of a stream in a pane: in the packet that carried it, or put together where several did.

use std::ops::Range;

use super::source::Source;
use super::tree::{Detail, Link};
use crate::timeline::Streams;
use crate::vocab::{Direction, Field, PacketNumber, StreamRange};

/// Most bytes of one pane that is put together.
const MAX_PANE: usize = 256 * 1024;

/// A stretch of a stream and where its bytes are.
pub(super) struct Window {
    /// The pane that holds it.
    pub pane: usize,
    /// Stretches without a gap between them, and where each begins in the pane; in stream order.
    runs: Vec<(StreamRange, usize)>,
    /// The packets that carry it, in stream order, with their part.
    pub parts: Vec<(PacketNumber, StreamRange)>,
}

impl Window {
    /// Opens a window on `range` of a direction's stream. Where one packet carries all of it the window is in that
    /// packet's pane; else its bytes are put together in a pane called `title`.
    pub fn open(source: &Source<'_>, from: Direction, range: StreamRange, title: &str, detail: &mut Detail) -> Self {
        let mut parts: Vec<(PacketNumber, StreamRange)> = Vec::new();
        let mut runs = Vec::new();
        let mut bytes = Vec::new();
        let mut in_packet = Vec::new();
        let mut links = Vec::new();
        for piece in source.streams.pieces_in(from, range) {
            let Some(carrier) = &piece.source else { continue };
            let part = StreamRange::new(piece.range.start.max(range.start), piece.range.end.min(range.end));
            let skip = (part.start - piece.range.start) as usize;
            let there = piece.bytes(source.trace);
            let there = there.get(skip..).unwrap_or_default();
            let there = &there[..there.len().min(part.len() as usize).min(MAX_PANE - bytes.len())];
            if there.is_empty() {
                break;
            }
            runs.push((StreamRange::new(part.start, part.start + there.len() as u64), bytes.len()));
            bytes.extend_from_slice(there);
            match parts.last_mut() {
                Some((packet, last)) if *packet == carrier.packet => last.end = part.end,
                _ => parts.push((carrier.packet, part)),
            }
            if let Some((pane, payload)) = source.packets.payload(carrier.packet) {
                in_packet.push((pane, payload.start + carrier.skip + skip));
                let own = bytes.len() - there.len()..bytes.len();
                links.push((own, (pane, payload.start + carrier.skip + skip)));
            }
        }
        if let Some(window) = Self::in_one_packet(&runs, &in_packet, &parts, bytes.len(), range) {
            return window;
        }
        let gaps = range.len().saturating_sub(bytes.len() as u64);
        let mut title = match parts.len() {
            0 | 1 => title.to_owned(),
            count => format!("{title}, reassembled from {count} segments"),
        };
        if gaps > 0 {
            title = format!("{title}, {gaps} bytes not there");
        }
        let pane = detail.pane(title, bytes);
        detail.links.extend(links.into_iter().map(|(own, source)| Link { whole: (pane, own), source }));
        Self { pane, runs, parts }
    }

    fn in_one_packet(
        runs: &[(StreamRange, usize)],
        in_packet: &[(usize, usize)],
        parts: &[(PacketNumber, StreamRange)],
        there: usize,
        range: StreamRange,
    ) -> Option<Self> {
        let (pane, start) = *in_packet.first()?;
        let all_there = parts.len() == 1 && in_packet.len() == runs.len() && there as u64 == range.len();
        let runs: Vec<_> = runs.iter().zip(in_packet).map(|((run, _), (_, at))| (*run, *at)).collect();
        let in_line = runs.iter().all(|(run, at)| *at == start + (run.start - range.start) as usize);
        (all_there && in_line).then(|| Self { pane, runs, parts: parts.to_vec() })
    }

    /// Where a range of the stream is in the pane; what is missing takes no room.
    pub fn locate(&self, range: StreamRange) -> Range<usize> {
        let start = self.offset(range.start);
        start..self.offset(range.end).max(start)
    }

    fn offset(&self, at: u64) -> usize {
        let run = self.runs.iter().rev().find(|(run, _)| run.start <= at).or(self.runs.first());
        run.map_or(0, |(run, offset)| offset + (at.clamp(run.start, run.end) - run.start) as usize)
    }

    /// The bytes of a range of the stream.
    pub fn bytes<'d>(&self, detail: &'d Detail, range: StreamRange) -> &'d [u8] {
        detail.panes[self.pane].bytes.get(self.locate(range)).unwrap_or_default()
    }

    /// The packets that carry the window, where there are several.
    pub fn section(&self) -> Option<Field> {
        if self.parts.len() < 2 {
            return None;
        }
        let whole = self.runs.first()?.1..self.runs.last().map(|(run, at)| at + run.len() as usize)?;
        let parts = self.parts.iter().map(|(packet, part)| {
            let range = self.locate(*part);
            Field::new("Segment", format!("packet {packet}, {} bytes", range.len()), range)
        });
        let value = format!("{}, {} bytes", self.parts.len(), whole.len());
        Some(Field::new("Reassembled Segments", value, whole).with(parts.collect()))
    }
}

impl Streams {
    /// The packets that carry `start..end` of a direction, at most `most` of them, each once.
    pub(super) fn packets(&self, from: Direction, start: u64, end: u64, most: usize) -> Vec<PacketNumber> {
        let mut packets = Vec::new();
        for piece in self.pieces_in(from, StreamRange::new(start, end.max(start))) {
            let Some(source) = &piece.source else { continue };
            if !packets.contains(&source.packet) {
                packets.push(source.packet);
            }
            if packets.len() == most {
                break;
            }
        }
        packets
    }
}
