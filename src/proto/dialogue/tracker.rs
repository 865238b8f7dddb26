//! The two sides of a dialogue and what they know of each other.

use std::sync::Arc;

use super::events::{Event, EventKind, Observer};
use super::fast_path::FastPath;
use super::opener::Agreed;
use super::opening::{self, Opening};
use super::records::{Shared, Side, State};
use crate::proto::tls::secrets::Secrets;
use crate::stream::Chunk;
use crate::vocab::iana::ContentType;
use crate::vocab::{Direction, PacketNumber, PerDirection, StreamRange, Time};

/// Bytes of a direction that may come before TLS; after that the flow counts as not TLS.
const MAX_PREAMBLE: u64 = 64 * 1024;
/// Bytes of a record header that tell a hello where no more follow: its type and its version.
const MIN_OPENING: usize = 3;
/// Bytes of the server kept while it is open whether its stream is TLS.
const MAX_HELD: usize = 4 * 1024;

/// Reads both directions of a flow. Memory is bounded: at most one record and one handshake message a direction.
pub struct Dialogue {
    sides: PerDirection<Side>,
    shared: Shared,
    /// Whether the capture lacks the flow's beginning.
    midstream: bool,
    /// When the client began its hello.
    hello_time: Option<Time>,
    /// Whether the client of TLS is the end that received the SYN. Inside, directions are those of TLS.
    turned: bool,
}

impl Dialogue {
    /// A reader of a flow; `midstream` where the capture lacks its beginning. What it cannot read in clear it opens with
    /// `secrets`, where they have those of the flow.
    pub fn new(midstream: bool, secrets: Arc<Secrets>) -> Self {
        let shared = Shared { agreed: Agreed { secrets, ..Agreed::default() }, ..Shared::default() };
        Self { sides: PerDirection::default(), shared, midstream, hello_time: None, turned: false }
    }

    /// Reads a little of both sides, so that the processor has them at hand soon.
    pub fn prefetch(&self) {
        for way in Direction::BOTH {
            self.sides[way].prefetch();
        }
    }

    /// What of a direction can go by from here on without this reader: whole records of application data where they say
    /// nothing new because the handshake is `settled`, else the inside of one.
    pub fn fast_path(&mut self, direction: Direction, settled: bool) -> FastPath {
        let direction = self.way(direction);
        self.sides[direction].fast_path(settled, &self.shared)
    }

    /// Takes note of what went by.
    pub fn note_passed(&mut self, direction: Direction, fast_path: &FastPath) {
        let direction = self.way(direction);
        self.sides[direction].note_passed(fast_path);
    }

    /// Whether nothing of this flow will be read any more, so that the reader can be dropped.
    pub fn is_over(&self) -> bool {
        Direction::BOTH.iter().all(|way| matches!(self.sides[*way].state, State::NotTls))
    }

    /// The direction of TLS that is one of TCP.
    fn way(&self, direction: Direction) -> Direction {
        if self.turned { direction.reversed() } else { direction }
    }

    /// Takes the next stretch of one direction of TCP.
    pub fn feed(&mut self, from: Direction, chunk: &Chunk<'_>, observer: &mut impl Observer) {
        let from = self.way(from);
        match self.sides[from].state {
            // The first copy of a byte is the one that is read.
            _ if matches!(chunk, Chunk::Again { .. }) => {}
            State::Waiting => self.open(from, chunk, observer),
            State::NotTls => {}
            _ if self.precedes_hello(from, chunk) => self.take_late(from, chunk, observer),
            _ => self.sides[from].feed(from, chunk, &mut self.shared, observer),
        }
    }

    /// Ends both directions: what was begun and never finished is told.
    pub fn finish(&mut self, observer: &mut impl Observer) {
        // Too short to tell while more could come; a client that ends there has begun a hello.
        let opener = &self.sides.to_server;
        let held = opener.held();
        if matches!(opener.state, State::Waiting)
            && held.len() >= MIN_OPENING
            && held[0] == ContentType::HANDSHAKE.0
            && opening::opening(held) == Opening::Undecided
        {
            self.begin(Direction::ToServer, 0, Opening::ClientHello, observer);
        }
        // A server's alert alone, where the capture lacks what the client said: it answers a hello.
        let answer = &self.sides.to_client;
        let only_answer = self.sides.to_server.is_gapped() && self.sides.to_server.seen_bytes == 0;
        if matches!(answer.state, State::Waiting) && only_answer && opening::is_alert(answer.held()) {
            self.begin(Direction::ToClient, 0, Opening::ClientHello, observer);
        }
        for from in Direction::BOTH {
            self.sides[from].finish(from, &mut self.shared, observer);
        }
    }

    /// Decides whether TLS begins with this chunk.
    fn open(&mut self, from: Direction, chunk: &Chunk<'_>, observer: &mut impl Observer) {
        let Chunk::Bytes { range, bytes, packet, time, .. } = *chunk else {
            self.sides[from].hold_gap(from, chunk, observer);
            return;
        };
        self.sides[from].hold(range, bytes, packet, time);
        if let Some(skip) = self.opens_as_client(from, bytes) {
            self.turn((packet, time), observer);
            self.begin(Direction::ToServer, skip, Opening::ClientHello, observer);
            return;
        }
        let held = self.sides[from].held();
        let (skip, opening) = match from {
            Direction::ToServer => match opening::opening(held) {
                Opening::Other => match opening::after_proxy_header(held) {
                    Some(after) if after < held.len() => (after, opening::opening(&held[after..])),
                    _ => (0, Opening::Other),
                },
                opening => (0, opening),
            },
            // A server's stream opens TLS only where the client's is not there to say so.
            Direction::ToClient => (0, if self.server_opens(held) { Opening::ClientHello } else { Opening::Other }),
        };
        match opening {
            Opening::ClientHello | Opening::Ssl2Hello => self.begin(from, skip, opening, observer),
            Opening::Undecided if !self.midstream || !opening::is_record_chain(held) => {}
            _ if opening::begins_behind_handshake(held) || self.midstream && opening::is_record_chain(held) => {
                self.shared.joined_late = true;
                self.begin(from, 0, Opening::ClientHello, observer);
            }
            // The capture began inside a record; here the next one begins.
            _ if self.midstream && opening::begins_application_data(bytes) => {
                self.shared.joined_late = true;
                self.begin(from, self.sides[from].held().len() - bytes.len(), Opening::ClientHello, observer);
            }
            _ if from == Direction::ToClient && self.may_answer(held) => {
                // Perhaps a banner before the client's hello, or the answer to one not captured yet: kept for a while.
                if self.sides[from].held().len() > MAX_HELD {
                    self.sides[from].release(from, observer);
                }
            }
            Opening::Other | Opening::Undecided => {
                self.sides[from].release(from, observer);
                if self.sides[from].seen_bytes > MAX_PREAMBLE {
                    self.sides[from].state = State::NotTls;
                    self.sides[from.reversed()].state = State::NotTls;
                }
            }
        }
    }

    /// Held bytes of the end that received the SYN before its ClientHello, of which `bytes` came last, where it begins TLS
    /// as the client. A server that returns the client's own hello comes too late for this.
    fn opens_as_client(&self, from: Direction, bytes: &[u8]) -> Option<usize> {
        let held = self.sides[from].held();
        let before = held.len() - bytes.len();
        let starts = [0, before].into_iter().find(|at| opening::opening(&held[*at..]) == Opening::ClientHello);
        starts.filter(|_| self.may_turn(from))
    }

    fn may_turn(&self, from: Direction) -> bool {
        let other = &self.sides.to_server;
        from == Direction::ToClient && !self.turned && other.state == State::Waiting && other.held().is_empty()
    }

    /// Exchanges the ends: this packet's sender is the client of TLS.
    fn turn(&mut self, (packet, time): (PacketNumber, Time), observer: &mut impl Observer) {
        self.turned = true;
        self.sides.swap();
        self.shared.start.swap();
        observer.event(&Event {
            from: Direction::ToServer,
            first_packet: packet,
            packet,
            began: time,
            time,
            range: StreamRange::default(),
            segments: 1,
            head: 0,
            decrypted: false,
            kind: EventKind::Turned,
        });
    }

    /// Whether these are the server's last words before the hello, captured behind it: what carries them is older.
    fn precedes_hello(&self, from: Direction, chunk: &Chunk<'_>) -> bool {
        let Chunk::Bytes { bytes, time, .. } = chunk else { return false };
        from == Direction::ToClient
            && self.hello_time.is_some_and(|hello| *time < hello)
            && self.sides.to_client.is_unread()
            && !matches!(bytes, [20..=23, 3, ..])
    }

    fn take_late(&mut self, from: Direction, chunk: &Chunk<'_>, observer: &mut impl Observer) {
        let Chunk::Bytes { range, bytes, packet, time, .. } = *chunk else { return };
        let side = &mut self.sides[from];
        side.hold(range, bytes, packet, time);
        side.release(from, observer);
        self.shared.start[from] = side.held_start();
    }

    fn may_answer(&self, held: &[u8]) -> bool {
        self.sides.to_server.seen_bytes == 0
            || opening::begins_server_hello(held)
            || self.may_turn(Direction::ToClient) && opening::opening(held) == Opening::Undecided
    }

    fn server_opens(&self, held: &[u8]) -> bool {
        self.sides.to_server.seen_bytes == 0 && opening::begins_server_hello(held)
    }

    /// TLS begins: in this direction after `skip` held bytes, in the other where its stream stands now, or at its
    /// beginning if this end said nothing before its hello.
    fn begin(&mut self, from: Direction, skip: usize, opening: Opening, observer: &mut impl Observer) {
        let preceded = self.sides[from].begins_after(skip) > 0;
        let other = from.reversed();
        let mut waits = false;
        if matches!(self.sides[other].state, State::Waiting) {
            if preceded || self.midstream {
                // Where the capture lacks something before the hello, the answer to it may have come first.
                let held = self.sides[other].held();
                let answer = (0..held.len())
                    .find(|at| other == Direction::ToClient && opening::begins_server_hello(&held[*at..]));
                let before = answer.unwrap_or(held.len());
                self.sides[other].release_first(before, other, observer);
            }
            self.sides[other].state = State::Records;
            self.shared.start[other] = self.sides[other].held_start();
            waits = true;
        }
        self.sides[from].release_first(skip, from, observer);
        self.shared.start[from] = self.sides[from].held_start();
        self.shared.ssl2 = opening == Opening::Ssl2Hello;
        self.sides[from].state = State::Records;
        if let Some((packet, time)) = self.sides[from].held_origin() {
            self.hello_time = self.hello_time.or(Some(time).filter(|_| from == Direction::ToServer));
            for (end, opens) in [(from, true), (other, false)] {
                if !opens && !waits {
                    continue;
                }
                let start = self.shared.start[end];
                observer.event(&Event {
                    from: end,
                    first_packet: packet,
                    packet,
                    began: time,
                    time,
                    range: StreamRange::new(start, start),
                    segments: 1,
                    head: 0,
                    decrypted: false,
                    kind: EventKind::Start { opens, late: self.shared.joined_late, wrapping: None },
                });
            }
        }
        self.sides[from].resume(from, &mut self.shared, observer);
        if !self.sides[other].held().is_empty() && matches!(self.sides[other].state, State::Records) {
            self.sides[other].resume(other, &mut self.shared, observer);
        }
    }
}
