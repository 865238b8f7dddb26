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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn key(id: u32, kind: Kind) -> Key {
        let [src, dst] = [1, 2].map(|last| IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)));
        Key { src, dst, id, kind }
    }

    fn fragment(key: Key, offset: u16, more: bool, bytes: &[u8]) -> Fragment<'_> {
        let offset = IpFragOffset::try_new(offset).expect("an offset of 13 bits");
        Fragment { key, offset, more, bytes }
    }

    /// Fragments of one TCP segment: when each came in seconds, its offset in units of eight bytes, its bytes, whether
    /// more follow. Then the datagrams that they give, whether with overlaps, and how many packets stay without one.
    fn check(fragments: &[(i64, u16, &str, bool)], datagrams: &[(&str, bool)], missing: u64) {
        let mut defrag = Defrag::default();
        let mut complete = Vec::new();
        for (at, (seconds, offset, bytes, more)) in fragments.iter().enumerate() {
            let fragment = fragment(key(7, Kind::Ip(6)), *offset, *more, bytes.as_bytes());
            complete.extend(defrag.add(&fragment, &[PacketNumber(at as u32 + 1)], Time(seconds * Time::SECOND)));
        }
        let complete = complete.iter().map(|datagram| (String::from_utf8_lossy(&datagram.bytes), datagram.overlapped));
        let expected: Vec<_> = datagrams.iter().map(|(bytes, overlapped)| ((*bytes).into(), *overlapped)).collect();
        assert_eq!(complete.collect::<Vec<_>>(), expected);
        assert_eq!(defrag.missing(), missing);
    }

    #[test]
    fn fragments_in_any_order_give_the_datagram() {
        check(&[(0, 0, "abcdefgh", true), (0, 1, "ij", false)], &[("abcdefghij", false)], 0);
        check(&[(0, 1, "ij", false), (0, 0, "abcdefgh", true)], &[("abcdefghij", false)], 0);
        let last_first = [(0, 2, "q", false), (0, 1, "ijklmnop", true), (0, 0, "abcdefgh", true)];
        check(&last_first, &[("abcdefghijklmnopq", false)], 0);
    }

    #[test]
    fn overlaps_are_told() {
        let twice = [(0, 0, "abcdefgh", true), (0, 0, "ABCDEFGH", true), (0, 1, "ij", false)];
        check(&twice, &[("ABCDEFGHij", true)], 0);
        let partly = [(0, 0, "abcdefghijklmnop", true), (0, 1, "IJKLMNOPQ", false)];
        check(&partly, &[("abcdefghIJKLMNOPQ", true)], 0);
    }

    #[test]
    fn packets_captured_twice_leave_nothing_behind() {
        let (first, last) = ((0, 0, "abcdefgh", true), (0, 1, "ij", false));
        check(&[first, first, last, last], &[("abcdefghij", true)], 0);
        check(&[first, last, first, last], &[("abcdefghij", false), ("abcdefghij", false)], 0);
    }

    #[test]
    fn what_stays_incomplete_is_counted() {
        check(&[(0, 0, "abcdefgh", true), (0, 2, "q", false)], &[], 2);
        // Another datagram with the same number: the first one's time is over (RFC 8200 §4.5).
        let later = |seconds| [(0, 0, "abcdefgh", true), (seconds, 0, "ABCDEFGH", true), (seconds, 1, "IJ", false)];
        check(&later(60), &[("ABCDEFGHIJ", false)], 1);
        check(&later(59), &[("ABCDEFGHIJ", true)], 0);
    }

    #[test]
    fn what_cannot_be_is_given_up() {
        // Two ends; a length that leaves the next one no offset.
        check(&[(0, 1, "ij", false), (0, 2, "q", false)], &[], 2);
        check(&[(0, 0, "abc", true)], &[], 1);
    }

    #[test]
    fn only_what_may_carry_tcp_is_missing() {
        let vxlan = &[0xc0, 0, 0x12, 0xb5, 0, 0, 0, 0][..];
        let dns = &[0xc0, 0, 0, 53, 0, 0, 0, 0][..];
        for (kind, bytes, missing) in [
            (Kind::Ip(6), dns, 1),
            (Kind::Ip(1), dns, 0),
            (Kind::Ip(17), dns, 0),
            (Kind::Ip(17), vxlan, 1),
            (Kind::Capwap(5247, 5247), dns, 1),
        ] {
            let mut defrag = Defrag::default();
            assert!(defrag.add(&fragment(key(7, kind), 0, true, bytes), &[PacketNumber(1)], Time(0)).is_none());
            assert_eq!(defrag.missing(), missing, "{kind:?}");
        }
    }

    #[test]
    fn of_too_many_datagrams_the_oldest_gives_way() {
        let mut defrag = Defrag::default();
        for id in 0..=MAX_DATAGRAMS as u32 {
            let fragment = fragment(key(id, Kind::Ip(6)), 0, true, b"abcdefgh");
            assert!(defrag.add(&fragment, &[PacketNumber(id)], Time(i64::from(id))).is_none());
        }
        assert_eq!((defrag.partial.len(), defrag.given_up), (MAX_DATAGRAMS, 1));
        assert!(!defrag.partial.contains_key(&key(0, Kind::Ip(6))));
    }
}
