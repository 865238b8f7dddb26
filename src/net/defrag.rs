//! Fragments put together, of IP and of CAPWAP, within bounds; overlaps are flagged, what stays incomplete is counted.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

use etherparse::{IpFragOffset, IpNumber, defrag::IpDefragBuf};

use super::tunnel;
use crate::vocab::{PacketNumber, Time};

/// Datagrams that may be incomplete at a time; the oldest gives way.
const MAX_DATAGRAMS: usize = 1024;
/// Nanoseconds after which an incomplete datagram is given up (RFC 8200 §4.5: 60 s).
const TIMEOUT: i64 = 60 * Time::SECOND;

/// Complete datagrams that are remembered, so that second copies of their fragments are not taken for a rest of others.
const REMEMBERED: usize = 256;

/// What a datagram is that came in fragments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Kind {
    /// The payload of an IP header, of this protocol.
    Ip(u8),
    /// The payload of a CAPWAP header, between these UDP ports.
    Capwap(u16, u16),
}

/// What tells one fragmented datagram from another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Key {
    pub src: IpAddr,
    pub dst: IpAddr,
    pub id: u32,
    pub kind: Kind,
}

/// One fragment's place in its datagram.
pub(super) struct Fragment<'a> {
    pub key: Key,
    pub offset: IpFragOffset,
    pub more: bool,
    pub bytes: &'a [u8],
}

/// A datagram put together.
pub(super) struct Complete {
    pub bytes: Vec<u8>,
    /// The packets that carried its fragments, in order of arrival.
    pub packets: Vec<PacketNumber>,
    /// Whether a fragment covered bytes already received.
    pub overlapped: bool,
}

struct Partial {
    buffer: IpDefragBuf,
    since: Time,
    packets: Vec<PacketNumber>,
    overlapped: bool,
    /// Whether there may be TCP in it.
    matters: bool,
    /// Whether it began after a datagram of the same key was complete: the same packets captured a second time.
    is_copy: bool,
}

/// Incomplete datagrams.
#[derive(Default)]
pub(super) struct Defrag {
    partial: HashMap<Key, Partial, foldhash::fast::RandomState>,
    /// Fragments that covered bytes already received.
    pub overlaps: u64,
    /// Packets with fragments of datagrams that were given up and may have carried TCP.
    given_up: u64,
    /// What was complete last.
    complete: VecDeque<Key>,
}

impl Defrag {
    /// Adds a fragment that `packets` carried; the datagram, where it is the last one.
    pub fn add(&mut self, fragment: &Fragment<'_>, packets: &[PacketNumber], time: Time) -> Option<Complete> {
        if self.partial.len() >= MAX_DATAGRAMS {
            self.make_room(time);
        }
        let mut entry = match self.partial.entry(fragment.key) {
            // The number was used for another datagram since.
            Entry::Occupied(mut known) if time.nanos_since(known.get().since) >= TIMEOUT => {
                self.given_up += known.insert(Partial::new(fragment.key.kind, time)).lost();
                known
            }
            Entry::Occupied(known) => known,
            Entry::Vacant(vacant) => vacant.insert_entry(Partial::new(fragment.key.kind, time)),
        };
        let partial = entry.get_mut();
        partial.is_copy |= partial.packets.is_empty() && self.complete.contains(&fragment.key);
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
        partial.matters |= start == 0 && fragment.key.kind == Kind::Ip(17) && tunnel::is_port(fragment.bytes);
        for packet in packets {
            if !partial.packets.contains(packet) {
                partial.packets.push(*packet);
            }
        }
        if partial.buffer.add(fragment.offset, fragment.more, fragment.bytes).is_err() {
            self.given_up += entry.remove().lost();
            return None;
        }
        if !partial.buffer.is_complete() {
            return None;
        }
        let Partial { buffer, packets, overlapped, .. } = entry.remove();
        self.complete.truncate(REMEMBERED - 1);
        self.complete.push_front(fragment.key);
        Some(Complete { bytes: buffer.take_bufs().0, packets, overlapped })
    }

    /// Packets with fragments that may carry TCP, of datagrams that are not complete and of those given up.
    pub fn missing(&self) -> u64 {
        self.given_up + self.partial.values().map(Partial::lost).sum::<u64>()
    }

    fn make_room(&mut self, now: Time) {
        let mut given_up = 0;
        self.partial.retain(|_, partial| {
            let keep = now.nanos_since(partial.since) < TIMEOUT;
            given_up += if keep { 0 } else { partial.lost() };
            keep
        });
        if self.partial.len() >= MAX_DATAGRAMS
            && let Some(oldest) = self.partial.iter().min_by_key(|(_, partial)| partial.since).map(|(key, _)| *key)
        {
            given_up += self.partial.remove(&oldest).map_or(0, |partial| partial.lost());
        }
        self.given_up += given_up;
    }
}

impl Partial {
    fn new(kind: Kind, since: Time) -> Self {
        let (number, matters) = match kind {
            Kind::Ip(protocol) => (protocol, tunnel::may_carry_tcp(protocol)),
            Kind::Capwap(..) => (17, true),
        };
        let buffer = IpDefragBuf::new(IpNumber(number), Vec::new(), Vec::new());
        Self { buffer, since, packets: Vec::new(), overlapped: false, matters, is_copy: false }
    }

    fn lost(&self) -> u64 {
        if self.matters && !self.is_copy { self.packets.len() as u64 } else { 0 }
    }
}
