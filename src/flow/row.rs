//! One flow's row in the index: a fixed size, filled segment by segment.

use std::time::Duration;

use super::bits::bits;
use super::holes::Holes;
use crate::net::{Endpoint, Segment, TcpOptions};
use crate::vocab::{Cause, Direction, EndedBy, Gravity, Noise, Outcome, PacketNumber, PerDirection, Time};

bits! {
    /// What one end was seen to do.
    SideFlags: u16 {
        /// Sent a SYN (without ACK).
        SYN = 1,
        /// Sent a SYN-ACK.
        SYN_ACK = 2,
        /// Sent a FIN.
        FIN = 4,
        /// Sent a RST.
        RST = 8,
        /// Sent payload.
        DATA = 0x10,
        /// Sent anything, so that its sequence numbers are known.
        SEEN = 0x20,
        /// Its base sequence number is known, from itself or from an acknowledgment.
        BASE = 0x40,
        /// Its SYN had a window scale option.
        SCALED = 0x80,
        /// Its SYN had a timestamps option.
        TIMESTAMPS = 0x100,
        /// Its SYN had SACK-permitted.
        SACK = 0x200,
        /// Its last segment was a keep-alive.
        KEEP_ALIVE = 0x400,
        /// Its last segment was a zero-window probe.
        ZERO_WINDOW_PROBE = 0x800,
        /// Something was acknowledged by it.
        ACKED = 0x1000,
        /// It acknowledged the other end's FIN.
        ACKED_FIN = 0x2000,
        /// Its last segment was a SYN, whose window is not scaled.
        LAST_SYN = 0x4000,
    }
}

/// What a failed flow is a failure of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failed {
    /// Of the TLS handshake, or of what was to lead to it once TCP was up.
    Tls,
    /// Of TCP, which never came up.
    Connect,
    /// Of nothing: the client left by itself, or only looked whether somebody answers.
    Left,
}

bits! {
    /// What is wrong with the capture of a flow.
    Issues: u8 {
        /// Bytes that one end had were not captured.
        GAP = 1,
        /// Two different byte strings for one sequence range.
        CONFLICT = 2,
        /// The capture lacks the flow's beginning.
        MIDSTREAM = 4,
        /// One direction has no packet.
        NO_ANSWER = 8,
        /// Packets were cut by the snap length.
        TRUNCATED_PACKETS = 0x10,
        /// IP fragments overlapped.
        FRAGMENT_OVERLAP = 0x20,
        /// Readable text answered where TLS was expected.
        PLAINTEXT_ANSWER = 0x40,
    }
}

impl Issues {
    /// The issues' names as used in output, in the order of their bits.
    pub const NAMES: [&'static str; 7] =
        ["gap", "conflict", "midstream", "no-answer", "truncated-packets", "fragment-overlap", "plaintext-answer"];

    /// Those that are set, one by one.
    pub fn each(self) -> impl Iterator<Item = Issues> {
        (0..Self::NAMES.len()).map(|bit| Issues(1 << bit)).filter(move |issue| self.has(*issue))
    }

    /// The names of those that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().enumerate().filter(move |(bit, _)| self.0 >> bit & 1 == 1).map(|(_, name)| name)
    }
}

/// Segments of one direction among which a second copy is looked for: two captures of a burst come interleaved.
pub(super) const PRINTS: usize = 4;

/// One end's TCP, as sent by it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Side {
    /// TCP payload bytes as the headers state them, retransmissions included.
    pub bytes: u64,
    /// Packets, duplicates included.
    pub packets: u32,
    /// Initial sequence number, or the first one seen less one.
    pub base_seq: u32,
    /// The sequence number after the highest one sent.
    pub next_seq: u32,
    /// The last acknowledgment number it sent.
    pub ack: u32,
    /// The sequence number up to which the other end may acknowledge: what comes before was captured, or was already
    /// told to be missing.
    pub(crate) ackable: u32,
    /// When `next_seq` last grew: microseconds since the flow began, wrapping.
    pub(crate) next_seq_micros: u32,
    /// When its last segment was captured: microseconds since the flow began, wrapping.
    pub(crate) micros: u32,
    /// What its last segments are recognised by when they are captured twice, the newest first: 24 bits of a hash, and
    /// the time in units of 16.4 ms, wrapping.
    pub(crate) prints: [u32; PRINTS],
    /// Window of its last segment, not scaled.
    pub window: u16,
    /// Maximum segment size of its SYN in bytes; 0 where it stated none.
    pub mss: u16,
    /// Retransmitted segments, up to 65,535.
    pub retransmissions: u16,
    /// The pause that its last segment broke, in tenths of a second; 0 for none.
    pub(super) pause: u16,
    /// What it was seen to do.
    pub flags: SideFlags,
    /// TTL or hop limit of its first packet.
    pub ttl: u8,
    /// Window scale shift of its SYN.
    pub window_scale: u8,
    pub(crate) duplicate_acks: u8,
}

impl Side {
    /// The sequence number of stream offset 0: the byte after the SYN.
    pub fn first_seq(&self) -> u32 {
        self.base_seq.wrapping_add(1)
    }
}

/// One TCP connection.
#[derive(Clone, Debug)]
pub struct FlowRow {
    /// Who opened it.
    pub client: Endpoint,
    /// Who was connected to.
    pub server: Endpoint,
    /// Each end's TCP.
    pub sides: PerDirection<Side>,
    /// Time of the first packet.
    pub start: Time,
    /// Time of the last packet.
    pub end: Time,
    /// The first packet.
    pub first_packet: PacketNumber,
    /// The last packet.
    pub last_packet: PacketNumber,
    /// Nanoseconds from the first SYN to the SYN-ACK, plus one; 0 where one of them is missing.
    pub(crate) syn_rtt_nanos_plus_one: u64,
    /// Microseconds from the last SYN to the ACK that completes TCP's handshake, plus one; 0 where one is missing.
    pub(crate) first_rtt_micros_plus_one: u32,
    /// Where the room above keeps what it knows of the flow's TLS; `u32::MAX` for nothing.
    pub tls: u32,
    /// The longest pause behind which both ends went on, in tenths of a second; 0 for none.
    pub(super) longest_pause: u16,
    /// Which hardware addresses each direction's first packet has, where the room above knows them by numbers from 1; 0 for
    /// none.
    pub links: PerDirection<u16>,
    /// ICMP errors that quote it, up to 255.
    pub icmp_errors: u8,
    /// What is wrong with its capture.
    pub issues: Issues,
    /// How it came out, as far as is known yet.
    pub outcome: Option<Outcome>,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// Who made success impossible.
    pub ended_by: Option<EndedBy>,
    /// What it is that looks like a failure and is none, as other flows show.
    pub noise: Option<Noise>,
    /// Whether it is another side of a connection that the capture also has on this side of an address translation.
    pub is_copy: bool,
    /// Who sent the first RST.
    pub reset_by: Option<Direction>,
    /// Who sent the first FIN.
    pub closed_by: Option<Direction>,
    /// What each end sent that was not captured yet.
    pub(super) holes: Option<Box<PerDirection<Holes>>>,
    /// Whether an earlier flow had the same ends.
    pub reuses_ports: bool,
}

impl FlowRow {
    pub(crate) fn new(client: Endpoint, server: Endpoint, packet: PacketNumber, time: Time) -> Self {
        Self {
            client,
            server,
            sides: PerDirection::default(),
            start: time,
            end: time,
            first_packet: packet,
            last_packet: packet,
            syn_rtt_nanos_plus_one: 0,
            first_rtt_micros_plus_one: 0,
            holes: None,
            reuses_ports: false,
            tls: u32::MAX,
            longest_pause: 0,
            links: PerDirection::default(),
            icmp_errors: 0,
            issues: Issues::default(),
            outcome: None,
            cause: None,
            ended_by: None,
            noise: None,
            is_copy: false,
            reset_by: None,
            closed_by: None,
        }
    }

    /// The row as it was before the flow's first segment, to be filled again: its ends are kept, and what only the whole
    /// capture tells.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self {
            issues: self.issues,
            reuses_ports: self.reuses_ports,
            outcome: self.outcome,
            ..Self::new(self.client, self.server, self.first_packet, self.start)
        }
    }

    /// Whether a segment between these ends, either way, may be of this flow.
    pub fn joins(&self, a: Endpoint, b: Endpoint) -> bool {
        (self.client == a && self.server == b) || (self.client == b && self.server == a)
    }

    /// Which way a packet from `src` goes.
    pub fn direction_from(&self, src: Endpoint) -> Direction {
        if src == self.client { Direction::ToServer } else { Direction::ToClient }
    }

    /// The end that sends in `direction`.
    pub fn sender(&self, direction: Direction) -> Endpoint {
        match direction {
            Direction::ToServer => self.client,
            Direction::ToClient => self.server,
        }
    }

    /// By how many bits the window of what is sent in a direction is shifted, SYNs left out (RFC 7323 §2.2); `None` where
    /// the capture lacks a SYN and with it what was agreed.
    pub fn window_shift(&self, direction: Direction) -> Option<u8> {
        let both = |wanted: fn(SideFlags) -> bool| Direction::BOTH.iter().all(|way| wanted(self.sides[*way].flags));
        let scaled = both(|flags| flags.has(SideFlags::SCALED));
        both(|flags| flags.any(SideFlags::SYN | SideFlags::SYN_ACK))
            .then(|| if scaled { self.sides[direction].window_scale } else { 0 })
    }

    /// From the first SYN to the SYN-ACK.
    pub fn syn_rtt(&self) -> Option<Duration> {
        self.syn_rtt_nanos_plus_one.checked_sub(1).map(Duration::from_nanos)
    }

    /// When an end's last segment was captured: to the microsecond, in flows of up to 71 minutes.
    pub fn last_sent(&self, direction: Direction) -> Time {
        Time(self.start.0 + i64::from(self.sides[direction].micros) * 1_000)
    }

    /// Whether both ends' SYNs were seen.
    pub fn handshake_seen(&self) -> bool {
        self.sides.to_server.flags.has(SideFlags::SYN) && self.sides.to_client.flags.has(SideFlags::SYN_ACK)
    }

    /// What it is a failure of, where it failed.
    pub fn failed(&self) -> Option<Failed> {
        let is_up = self.sides.to_client.flags.has(SideFlags::SYN_ACK);
        (self.outcome == Some(Outcome::Failed)).then_some(match self.cause {
            Some(Cause::SynUnanswered | Cause::ConnectionRefused) => Failed::Connect,
            Some(Cause::IcmpUnreachable) if !is_up => Failed::Connect,
            Some(Cause::ClientGaveUp) => Failed::Left,
            _ if self.noise.is_some() => Failed::Left,
            _ => Failed::Tls,
        })
    }

    /// How grave its failure is, where it failed: what looks like one and is none comes last.
    pub fn gravity(&self) -> Option<Gravity> {
        self.failed().map(|failed| match (failed, self.cause) {
            (Failed::Left, _) => Gravity::Left,
            (Failed::Connect, _) => Gravity::NotConnected,
            (Failed::Tls, cause) => cause.map_or(Gravity::CutOff, Cause::gravity),
        })
    }

    /// Whether a handshake failed: TCP was up, and the client did not merely leave.
    pub fn is_failed_handshake(&self) -> bool {
        self.failed() == Some(Failed::Tls)
    }

    /// Whether the flow is over: reset, or closed from both ends.
    pub fn is_closed(&self) -> bool {
        self.reset_by.is_some() || Direction::BOTH.iter().all(|way| self.sides[*way].flags.has(SideFlags::FIN))
    }

    /// Client and server exchanged, where the first packets misled.
    pub fn swap_ends(&mut self) {
        std::mem::swap(&mut self.client, &mut self.server);
        self.sides.swap();
        self.links.swap();
        if let Some(holes) = &mut self.holes {
            holes.swap();
        }
        self.reset_by = self.reset_by.map(Direction::reversed);
        self.closed_by = self.closed_by.map(Direction::reversed);
    }

    /// Takes note of a segment: counts, first and last, TTL, options. The judgement of its events comes before.
    pub(super) fn count(&mut self, segment: &Segment<'_>, direction: Direction, packet: PacketNumber, time: Time) {
        self.last_packet = packet;
        self.end = self.end.max(time);
        let side = &mut self.sides[direction];
        side.packets += 1;
        side.bytes += u64::from(segment.payload_len);
        if side.packets == 1 {
            side.ttl = segment.ip.ttl;
        }
        if segment.flags.syn() {
            let options = TcpOptions::decode(segment.options);
            side.mss = options.mss.unwrap_or(0);
            side.window_scale = options.window_scale.unwrap_or(0).min(14);
            let mut learned = if segment.flags.ack() { SideFlags::SYN_ACK } else { SideFlags::SYN };
            for (present, flag) in [
                (options.window_scale.is_some(), SideFlags::SCALED),
                (options.timestamps.is_some(), SideFlags::TIMESTAMPS),
                (options.sack_permitted, SideFlags::SACK),
            ] {
                if present {
                    learned.set(flag);
                }
            }
            if segment.flags.ack() && self.syn_rtt_nanos_plus_one == 0 && self.sides.to_server.flags.has(SideFlags::SYN)
            {
                self.syn_rtt_nanos_plus_one = time.nanos_since(self.start).max(0).unsigned_abs() + 1;
            }
            self.sides[direction].flags.set(learned);
        }
        if segment.payload.len() < segment.payload_len as usize {
            self.issues.set(Issues::TRUNCATED_PACKETS);
        }
    }
}
