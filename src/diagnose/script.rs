//! Flows written as lines, for tests: when, who, what.
//!
//! A line is `MILLISECONDS > WORDS` (the client sends) or `MILLISECONDS < WORDS` (the server does); the time is that
//! since the line before. Sequence and acknowledgment numbers follow from what was sent.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::case::Case;
use super::context::Context;
use crate::flow::{FlowTable, Trace};
use crate::net::{Endpoint, IpFacts, LinkFacts, Segment, TcpFlags};
use crate::proto::Secrets;
use crate::proto::tls::samples;
use crate::timeline::Timeline;
use crate::vocab::{Direction, FlowNumber, PacketNumber, PerDirection, Time};

/// TCP's handshake with a round trip of 20 ms, captured at the client.
pub(super) const OPENING: &str = "0 > S\n 20 < SA\n 0 > A\n";

/// A flow as it was captured, and when the capture ended.
pub(super) struct Script {
    trace: Trace,
    last: Time,
}

struct Line {
    from: Direction,
    time: Time,
    flags: u16,
    ttl: u8,
    payload: Vec<u8>,
    seq: u32,
    ack: u32,
}

#[derive(Clone, Default)]
struct End {
    next: u32,
    acknowledged: u32,
    last: (u32, Vec<u8>),
}

impl Script {
    /// Reads lines. Words:
    /// - flags: `S`, `SA`, `A`, `F`, `R` (without ACK), `RA`; what has payload has `A` anyway;
    /// - `t63`: its TTL, else 64 of the client and 55 of the server;
    /// - payload: `hello`, `head` and `tail` of one, `server-hello` (TLS 1.2), `certificate`, `done`, `text`,
    ///   `alert:2:40`, `hex:160303`, `zeros:1400`, `sealed:23:100` (an encrypted record of a type and a length);
    /// - `again`: the sender's last payload again;
    /// - `lost`: sent, and not captured;
    /// - `old`: acknowledges no more than its sender had acknowledged before.
    pub fn parse(lines: &str) -> Self {
        let mut ends = PerDirection {
            to_server: End { next: 1000, ..End::default() },
            to_client: End { next: 5000, ..End::default() },
        };
        let mut micros = 0.0;
        let mut captured = Vec::new();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut words = line.split_whitespace();
            micros += words.next().and_then(|word| word.parse::<f64>().ok()).expect("milliseconds") * 1000.0;
            let from = match words.next() {
                Some(">") => Direction::ToServer,
                Some("<") => Direction::ToClient,
                other => panic!("{other:?} in {line}"),
            };
            let words: Vec<&str> = words.collect();
            let read = read(from, Time(micros as i64 * 1000), &words, &mut ends);
            if !words.contains(&"lost") {
                captured.push(read);
            }
        }
        trace(&captured)
    }

    /// What `tell` says of the flow as a case, `wait` seconds after its last packet.
    pub fn case<T>(&self, context: Context, wait: f64, tell: impl FnOnce(&Case<'_>) -> T) -> T {
        let (timeline, streams, tls) = Timeline::build(&self.trace, &Arc::new(Secrets::default()));
        let capture_end = Time(self.last.0 + (wait * 1e9) as i64);
        let context = Context { capture_end, ..context };
        tell(&Case::new(FlowNumber(0), &self.trace, &timeline, &streams, &tls, &context))
    }
}

fn read(from: Direction, time: Time, words: &[&str], ends: &mut PerDirection<End>) -> Line {
    let heard = ends[from.reversed()].next;
    let end = &mut ends[from];
    let mut line = Line { from, time, flags: TcpFlags::ACK, ttl: 64, payload: Vec::new(), seq: end.next, ack: heard };
    if from == Direction::ToClient {
        line.ttl = 55;
    }
    for word in words {
        match *word {
            "S" => line.flags = TcpFlags::SYN,
            "SA" => line.flags |= TcpFlags::SYN,
            "A" | "lost" => {}
            "F" => line.flags |= TcpFlags::FIN,
            "R" => line.flags = TcpFlags::RST,
            "RA" => line.flags |= TcpFlags::RST,
            "again" => (line.seq, line.payload) = end.last.clone(),
            "old" => line.ack = end.acknowledged,
            word => match word.strip_prefix('t').and_then(|ttl| ttl.parse().ok()) {
                Some(ttl) => line.ttl = ttl,
                None => line.payload = payload(word),
            },
        }
    }
    if !line.payload.is_empty() {
        end.last = (line.seq, line.payload.clone());
    }
    end.acknowledged = line.ack;
    if line.flags & TcpFlags::RST == 0 {
        let takes = u32::from(line.flags & TcpFlags::SYN > 0) + u32::from(line.flags & TcpFlags::FIN > 0);
        end.next = end.next.max(line.seq + line.payload.len() as u32 + takes);
    }
    line
}

fn payload(word: &str) -> Vec<u8> {
    let record = |kind: u8, body: &[u8]| {
        let length = (body.len() as u16).to_be_bytes();
        [&[kind, 3, 3, length[0], length[1]], body].concat()
    };
    let message = |hex: &str| record(22, &samples::bytes(hex));
    let hello = || message(samples::CLIENT_HELLO);
    let number = |digits: &str| digits.parse::<usize>().expect("a number");
    match word.split(':').collect::<Vec<_>>().as_slice() {
        ["hello"] => hello(),
        ["head"] => hello()[..200].to_vec(),
        ["tail"] => hello()[200..].to_vec(),
        ["server-hello"] => message(samples::SERVER_HELLO_12),
        ["certificate"] => message(samples::CERTIFICATE_12),
        ["done"] => message(samples::SERVER_HELLO_DONE),
        ["text"] => b"HTTP/1.1 400 Bad Request\r\nServer: gate\r\n\r\n<title>no</title>".to_vec(),
        ["alert", level, description] => record(21, &[number(level) as u8, number(description) as u8]),
        ["hex", bytes] => samples::bytes(bytes),
        ["zeros", length] => vec![0; number(length)],
        ["sealed", kind, length] => record(number(kind) as u8, &vec![0x5a; number(length)]),
        other => panic!("{other:?}"),
    }
}

fn trace(lines: &[Line]) -> Script {
    let end = |last: u8, port: u16| Endpoint { ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)), port };
    let (client, server) = (end(1, 50_000), end(2, 443));
    let mut table = FlowTable::default();
    let mut segments = Vec::new();
    for line in lines {
        let (src, dst) = if line.from == Direction::ToServer { (client, server) } else { (server, client) };
        segments.push(Segment {
            src,
            dst,
            seq: line.seq,
            ack: if line.flags & TcpFlags::ACK > 0 { line.ack } else { 0 },
            flags: TcpFlags(line.flags),
            window: 64_000,
            checksum: segments.len() as u16,
            urgent: 0,
            options: &[],
            payload: &line.payload,
            payload_len: line.payload.len() as u32,
            ip: IpFacts { ttl: line.ttl, ..IpFacts::default() },
            link: LinkFacts::default(),
            fragments: &[],
        });
    }
    let first = segments.first().expect("a segment");
    let hash = table.hasher().hash(first.src, first.dst);
    let packet = |at: usize| PacketNumber(at as u32 + 1);
    let placed = table.segment(first, hash, packet(0), lines[0].time);
    let mut trace = Trace::new(table.get(placed.flow).expect("just made"));
    for (at, (segment, line)) in segments.iter().zip(lines).enumerate() {
        trace.segment(segment, packet(at), line.time);
    }
    Script { trace, last: lines.last().map_or(Time(0), |line| line.time) }
}
