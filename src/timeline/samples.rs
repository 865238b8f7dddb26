//! Flows written as lines, for the tests of this room and of those above.
//!
//! A line is a packet: `> ` or `< `, then words. Each comes 10 ms after the one before and acknowledges what the other
//! end sent; sequence numbers go on by themselves.
//!
//! | word | is |
//! | --- | --- |
//! | `SYN`, `FIN`, `RST` | a flag; all but the first packet have ACK |
//! | `bare` | it has no ACK |
//! | `hello`, `server`, `retry` | a record with a ClientHello, a ServerHello, a HelloRetryRequest of TLS 1.3 |
//! | `server:1305` | the same ServerHello with another suite |
//! | `head`, `tail` | the first 40 bytes of that ClientHello's record, and the others |
//! | `server12`, `certificate`, `done` | a record with a message of a TLS 1.2 server; the certificate signed itself |
//! | `alert:2:40` | an alert of this level and number |
//! | `bytes:0a1b` | these bytes |
//! | `23/53` | a record of this content type with a body of so many bytes |
//! | `http` | the first line of an answer in clear |
//! | `ttl=63` | another TTL than 64 of the client and 55 of the server |
//! | `id=7`, `dscp=46` | its IP identification, and its DSCP where that is not 0 |
//! | `wait=500` | it comes so many milliseconds after the packet before; below 0, it was sent before that one |
//! | `again` | what its sender sent last |
//! | `lost` | it was sent and not captured |
//! | `old` | it acknowledges no more than its sender did before |
//! | `skip=100` | so many bytes before it were not captured |
//! | `next=0` | its sender goes on as if it had sent so many bytes |
//! | `early=300` | it carries bytes that lie so many bytes further on: what is before them comes later |

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::{Streams, Timeline};
use crate::flow::{FlowRow, Trace};
use crate::net::{Endpoint, IpFacts, LinkFacts, Segment, TcpFlags};
use crate::proto::tls::message::HELLO_RETRY_RANDOM;
use crate::proto::tls::samples;
use crate::proto::{Secrets, TlsFacts};
use crate::vocab::{Direction, PacketNumber, PerDirection, Time};

/// Sequence number of each end's SYN.
const FIRST_SEQ: u32 = 1000;
/// Nanoseconds of a millisecond.
const MILLISECOND: i64 = 1_000_000;
/// Bytes of a ClientHello's record that are its head.
const HEAD: usize = 40;
/// TCP's handshake.
pub(crate) const OPENING: &str = "> SYN\n< SYN\n>\n";

/// What is known of a flow that was written down.
pub(crate) struct Sample {
    pub trace: Trace,
    pub timeline: Timeline,
    pub streams: Streams,
    pub tls: TlsFacts,
}

impl Sample {
    /// Reads lines, behind TCP's handshake.
    pub fn of(lines: &str) -> Self {
        Self::all_of(&format!("{OPENING}{lines}"))
    }

    /// Reads lines, the first packets among them.
    pub fn all_of(lines: &str) -> Self {
        let trace = trace(lines);
        let (timeline, streams, tls) = Timeline::build(&trace, &Arc::new(Secrets::default()));
        Self { trace, timeline, streams, tls }
    }

    /// The same with its ends named by their part in TLS.
    pub fn by_parts_in_tls(self) -> Self {
        if !self.tls.turned {
            return self;
        }
        let trace = self.trace.turned();
        let (timeline, streams, tls) = Timeline::build(&trace, &Arc::new(Secrets::default()));
        Self { trace, timeline, streams, tls }
    }
}

fn end(last: u8) -> Endpoint {
    Endpoint { ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)), port: if last == 1 { 50_000 } else { 443 } }
}

/// The trace of lines.
pub(crate) fn trace(lines: &str) -> Trace {
    let mut trace = Trace::new(&FlowRow::new(end(1), end(2), PacketNumber(1), Time(0)));
    let mut sent = PerDirection { to_server: FIRST_SEQ, to_client: FIRST_SEQ };
    let mut last: PerDirection<(u32, Vec<u8>)> = PerDirection::default();
    let mut acknowledged: PerDirection<u32> = PerDirection::default();
    let (mut now, mut at) = (0, 0);
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (way, words) = line.split_at(1);
        let from = if way == ">" { Direction::ToServer } else { Direction::ToClient };
        let mut packet = Packet::read(words);
        let mut seq = sent[from].wrapping_add(packet.skip + packet.early);
        if packet.again {
            (seq, packet.payload) = last[from].clone();
        }
        now += packet.wait * MILLISECOND;
        let first = at == 0;
        let flags = TcpFlags(packet.flags | if first || packet.bare { 0 } else { TcpFlags::ACK });
        if !packet.old {
            acknowledged[from] = sent[from.reversed()];
        }
        let (src, dst) = if from == Direction::ToServer { (end(1), end(2)) } else { (end(2), end(1)) };
        let usual = if from == Direction::ToServer { 64 } else { 55 };
        let segment = Segment {
            src,
            dst,
            seq,
            ack: if flags.ack() { acknowledged[from] } else { 0 },
            flags,
            window: 1000,
            checksum: 0,
            urgent: 0,
            options: &[],
            payload: &packet.payload,
            payload_len: packet.payload.len() as u32,
            ip: IpFacts {
                ttl: packet.ttl.unwrap_or(usual),
                id: packet.id,
                traffic_class: packet.dscp << 2,
                ..IpFacts::default()
            },
            link: LinkFacts::default(),
            fragments: &[],
        };
        if !packet.lost {
            at += 1;
            trace.segment(&segment, PacketNumber(at), Time(now));
        }
        let length = segment.payload_len + u32::from(flags.syn()) + u32::from(flags.fin());
        if !packet.again {
            // What came early leaves a hole, which the next packet fills.
            let length = packet.next.unwrap_or(length);
            sent[from] = if packet.early > 0 { sent[from] } else { seq.wrapping_add(length) };
        }
        last[from] = (seq, packet.payload);
    }
    trace
}

/// A line, read.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word that stands in a line or does not")]
struct Packet {
    flags: u16,
    payload: Vec<u8>,
    ttl: Option<u8>,
    id: Option<u16>,
    dscp: u8,
    wait: i64,
    skip: u32,
    early: u32,
    next: Option<u32>,
    again: bool,
    bare: bool,
    lost: bool,
    old: bool,
}

impl Packet {
    fn read(words: &str) -> Self {
        let mut packet = Self { wait: 10, ..Self::default() };
        for word in words.split_whitespace() {
            let (name, value) = word.split_once(['=', ':', '/']).unwrap_or((word, ""));
            let number = || value.parse::<u16>().expect("a number");
            match name {
                "SYN" => packet.flags |= TcpFlags::SYN,
                "FIN" => packet.flags |= TcpFlags::FIN,
                "RST" => packet.flags |= TcpFlags::RST,
                "ttl" => packet.ttl = Some(number() as u8),
                "id" => packet.id = Some(number()),
                "dscp" => packet.dscp = number() as u8,
                "wait" => packet.wait = value.parse().expect("a number"),
                "skip" => packet.skip = u32::from(number()),
                "next" => packet.next = Some(u32::from(number())),
                "early" => packet.early = u32::from(number()),
                "again" => packet.again = true,
                "bare" => packet.bare = true,
                "lost" => packet.lost = true,
                "old" => packet.old = true,
                "bytes" => packet.payload.extend(samples::bytes(value)),
                "alert" => {
                    let numbers = value.split(':').map(|part| part.parse().expect("a number"));
                    packet.payload.extend(record(21, &numbers.collect::<Vec<u8>>()));
                }
                "head" => packet.payload.extend_from_slice(&record(22, &client_hello())[..HEAD]),
                "tail" => packet.payload.extend_from_slice(&record(22, &client_hello())[HEAD..]),
                "server12" => packet.payload.extend(record(22, &samples::bytes(samples::SERVER_HELLO_12))),
                "certificate" => packet.payload.extend(record(22, &samples::bytes(samples::CERTIFICATE_12))),
                "done" => packet.payload.extend(record(22, &samples::bytes(samples::SERVER_HELLO_DONE))),
                "http" => packet.payload.extend_from_slice(b"HTTP/1.1 403 Forbidden\r\nServer: filter\r\n\r\n"),
                "hello" => packet.payload.extend(record(22, &client_hello())),
                "retry" => packet.payload.extend(record(22, &server_hello(0x1301, &HELLO_RETRY_RANDOM))),
                "server" => {
                    let suite = if value.is_empty() { "1301" } else { value };
                    let suite = u16::from_str_radix(suite, 16).expect("a suite");
                    packet.payload.extend(record(22, &server_hello(suite, &[7; 32])));
                }
                content => {
                    let content = content.parse().unwrap_or_else(|_| panic!("no such word: {word}"));
                    let body =
                        if content == 20 { vec![1; usize::from(number())] } else { vec![0xaa; usize::from(number())] };
                    packet.payload.extend(record(content, &body));
                }
            }
        }
        packet
    }
}

/// A record around its body.
fn record(content: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16).to_be_bytes();
    [&[content, 3, 3], &length[..], body].concat()
}

/// A handshake message around its body.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32).to_be_bytes();
    [&[kind], &length[1..], body].concat()
}

fn extensions(extensions: &[(u8, &[u8])]) -> Vec<u8> {
    let one = |(kind, body): &(u8, &[u8])| [&[0, *kind, 0, body.len() as u8], *body].concat();
    let all: Vec<u8> = extensions.iter().flat_map(one).collect();
    [&(all.len() as u16).to_be_bytes()[..], &all].concat()
}

/// A ClientHello that asks for `a.test`, with three suites, up to TLS 1.3.
fn client_hello() -> Vec<u8> {
    let suites = [0, 6, 0x13, 1, 0x13, 2, 0x13, 5];
    let name = b"\0\x09\0\0\x06a.test";
    let extensions = extensions(&[(0, name), (43, &[2, 3, 4])]);
    message(1, &[&[3, 3], &[5; 32][..], &[0], &suites, &[1, 0], &extensions].concat())
}

fn server_hello(suite: u16, random: &[u8; 32]) -> Vec<u8> {
    let extensions = extensions(&[(43, &[3, 4])]);
    message(2, &[&[3, 3], &random[..], &[0], &suite.to_be_bytes(), &[0], &extensions].concat())
}
