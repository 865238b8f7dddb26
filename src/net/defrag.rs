//! IP fragments put together, within bounds; overlaps are flagged.

use std::collections::HashMap;
use std::net::IpAddr;

use etherparse::{IpFragOffset, IpNumber, defrag::IpDefragBuf};

use crate::vocab::{PacketNumber, Time};

/// Datagrams that may be incomplete at a time; the oldest gives way.
const MAX_DATAGRAMS: usize = 1024;
/// Nanoseconds after which an incomplete datagram is given up (RFC 8200 §4.5: 60 s).
const TIMEOUT: i64 = 60 * Time::SECOND;

/// What tells one fragmented datagram from another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Key {
    pub src: IpAddr,
    pub dst: IpAddr,
    pub id: u32,
    pub protocol: u8,
}

/// One fragment's place in its datagram.
pub(super) struct Fragment<'a> {
    pub key: Key,
    pub offset: IpFragOffset,
    pub more: bool,
    pub bytes: &'a [u8],
}

struct Partial {
    buffer: IpDefragBuf,
    since: Time,
    packets: Vec<PacketNumber>,
    overlapped: bool,
}

/// Incomplete datagrams.
#[derive(Default)]
pub(super) struct Defrag {
    partial: HashMap<Key, Partial, foldhash::fast::RandomState>,
    /// Fragments that covered bytes already received.
    pub overlaps: u64,
}

impl Defrag {
    /// Adds a fragment. A complete datagram's payload, the packets that carried it in order of arrival, and whether some
    /// of them overlap.
    pub fn add(
        &mut self,
        fragment: &Fragment<'_>,
        packet: PacketNumber,
        time: Time,
    ) -> Option<(Vec<u8>, Vec<PacketNumber>, bool)> {
        if self.partial.len() >= MAX_DATAGRAMS {
            self.make_room(time);
        }
        let partial = self.partial.entry(fragment.key).or_insert_with(|| Partial {
            buffer: IpDefragBuf::new(IpNumber(fragment.key.protocol), Vec::new(), Vec::new()),
            since: time,
            packets: Vec::new(),
            overlapped: false,
        });
        let start = fragment.offset.byte_offset();
        let end = usize::from(start) + fragment.bytes.len();
        if partial
            .buffer
            .sections()
            .iter()
            .any(|s| usize::from(s.start) < end && usize::from(start) < usize::from(s.end))
        {
            self.overlaps += 1;
            partial.overlapped = true;
        }
        if partial.buffer.add(fragment.offset, fragment.more, fragment.bytes).is_err() {
            self.partial.remove(&fragment.key);
            return None;
        }
        partial.packets.push(packet);
        if !partial.buffer.is_complete() {
            return None;
        }
        let done = self.partial.remove(&fragment.key)?;
        Some((done.buffer.take_bufs().0, done.packets, done.overlapped))
    }

    fn make_room(&mut self, now: Time) {
        self.partial.retain(|_, partial| now.nanos_since(partial.since) < TIMEOUT);
        if self.partial.len() >= MAX_DATAGRAMS
            && let Some(oldest) = self.partial.iter().min_by_key(|(_, partial)| partial.since).map(|(key, _)| *key)
        {
            self.partial.remove(&oldest);
        }
    }
}
