//! Micro-benchmarks of the way from a file's bytes to what is shown: `cargo bench`.
//!
//! The handshake is a recorded one with a chain of three certificates; packets are those of a fixture.

use std::path::Path;
use std::sync::Arc;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use shakedown::internal::capture::{Found, Scanner};
use shakedown::internal::flow::FlowTable;
use shakedown::internal::net::{Decoded, Decoder};
use shakedown::internal::proto::dialogue::{Event, FactsObserver};
use shakedown::internal::proto::tls::certificate::{CertificateFacts, Review, Sender, TrustStore};
use shakedown::internal::proto::tls::fingerprint;
use shakedown::internal::proto::tls::message::{Certificate, ClientHello, ServerHello, ServerKeyExchange};
use shakedown::internal::proto::tls::tree::{Context, handshake_message};
use shakedown::internal::proto::{FlowReader, Secrets};
use shakedown::internal::stream::Arrival;
use shakedown::internal::vocab::iana::{CipherSuite, ProtocolVersion};
use shakedown::{Direction, PacketNumber, Time, TlsFacts};

/// Ethernet, in the numbers of pcap.
const ETHERNET: u16 = 1;
/// Payload of a segment on an Ethernet path with timestamps.
const SEGMENT: usize = 1448;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// The messages of the recorded handshake and their senders.
fn messages() -> Vec<(Direction, Vec<u8>)> {
    let lines = include_str!("handshake-tls12.txt").lines().filter(|line| !line.starts_with('#'));
    let bytes = |hex: &str| {
        (0..hex.len() / 2).filter_map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).ok()).collect::<Vec<u8>>()
    };
    let messages = lines.filter_map(|line| {
        let (sender, hex) = line.split_once(' ')?;
        Some((if sender == "client" { Direction::ToServer } else { Direction::ToClient }, bytes(hex)))
    });
    messages.collect()
}

fn message(kind: u8) -> Vec<u8> {
    messages().into_iter().find(|(_, bytes)| bytes[0] == kind).map(|(_, bytes)| bytes).expect("the handshake has it")
}

fn chain() -> Vec<Vec<u8>> {
    let message = message(11);
    let decoded = Certificate::decode(&message[4..], Some(ProtocolVersion::TLS_1_2));
    decoded.certificates().map(|entry| entry.der.to_vec()).collect()
}

fn context(from: Direction) -> Context {
    let hello = message(2);
    let suite = ServerHello::decode(&hello[4..]).cipher_suite;
    Context { version: Some(ProtocolVersion::TLS_1_2), suite, ..Context::new(from) }
}

/// The bytes of a fixture's capture.
fn capture() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/one-percent/capture.pcapng");
    std::fs::read(path).expect("the fixture is there")
}

fn frames(capture: &[u8]) -> Vec<(Vec<u8>, Time)> {
    let mut frames = Vec::new();
    let scan = Scanner::default().scan(capture, 0, true, &mut |found| {
        if let Found::Packet(packet) = found {
            frames.push((packet.data.to_vec(), packet.time));
        }
    });
    assert!(scan.is_ok() && !frames.is_empty(), "the fixture has packets");
    frames
}

mod handshake {
    use shakedown::internal::proto::dialogue::Observer as _;
    use shakedown::internal::proto::tls::Fingerprints;

    use super::{
        Arc, Arrival, Bencher, BytesCount, Certificate, CertificateFacts, CipherSuite, ClientHello, Context, Direction,
        Event, FactsObserver, FlowReader, PacketNumber, ProtocolVersion, SEGMENT, Secrets, ServerHello,
        ServerKeyExchange, Time, TlsFacts, black_box, context, handshake_message, message, messages,
    };

    /// Every message, every field to the leaf, certificates and all.
    #[divan::bench]
    fn decode_full_to_the_leaf(bencher: Bencher<'_, '_>) {
        let context = context(Direction::ToServer);
        let messages = messages();
        let bytes: usize = messages.iter().map(|(_, bytes)| bytes.len()).sum();
        bencher.counter(BytesCount::new(bytes)).bench_local(|| {
            for (from, bytes) in &messages {
                black_box(handshake_message(black_box(bytes), Context { from: *from, ..context }));
            }
        });
    }

    /// The hellos, the chain with its facts, and the key exchange, as rules and facts want them.
    #[divan::bench]
    fn decode_for_rules(bencher: Bencher<'_, '_>) {
        let messages = messages();
        let suite = ServerHello::decode(&message(2)[4..]).cipher_suite.and_then(CipherSuite::facts);
        bencher.bench_local(|| {
            for (_, bytes) in &messages {
                let body = black_box(&bytes[4..]);
                match bytes[0] {
                    1 => drop(black_box(ClientHello::decode(body))),
                    2 => drop(black_box(ServerHello::decode(body))),
                    11 => {
                        let message = Certificate::decode(body, Some(ProtocolVersion::TLS_1_2));
                        for entry in message.certificates() {
                            drop(black_box(CertificateFacts::decode(entry.der)));
                        }
                    }
                    12 => drop(black_box(ServerKeyExchange::decode(body, suite, Some(ProtocolVersion::TLS_1_2)))),
                    _ => {}
                }
            }
        });
    }

    /// From segments to the facts of the flow, as the index pass reads it.
    #[divan::bench]
    fn read_from_segments(bencher: Bencher<'_, '_>) {
        let segments = segments();
        let secrets = Arc::new(Secrets::default());
        bencher.bench_local(|| {
            let (mut facts, mut prints) = (TlsFacts::default(), Fingerprints::default());
            let mut reader = FlowReader::new(false, &secrets);
            let mut observer = |event: &Event<'_>| FactsObserver::new(&mut facts, &mut prints).event(event);
            for (from, offset, payload) in &segments {
                let arrival = Arrival {
                    direction: *from,
                    seq: 1 + *offset,
                    first_seq: 1,
                    ack: None,
                    payload,
                    payload_len: payload.len() as u32,
                    packet: PacketNumber(1),
                    time: Time(0),
                };
                reader.segment(black_box(&arrival), &mut observer, &mut |_, _| {});
            }
            facts
        });
    }

    fn segments() -> Vec<(Direction, u32, Vec<u8>)> {
        let mut segments = Vec::new();
        let mut sent = [0_u32; 2];
        for (from, bytes) in messages() {
            let finished = bytes[0] == 20;
            let mut stream = if finished { vec![20, 3, 3, 0, 1, 1] } else { Vec::new() };
            stream.extend([22, 3, 3]);
            stream.extend((bytes.len() as u16).to_be_bytes());
            stream.extend(bytes);
            for part in stream.chunks(SEGMENT) {
                let sent = &mut sent[usize::from(from == Direction::ToServer)];
                segments.push((from, *sent, part.to_vec()));
                *sent += part.len() as u32;
            }
        }
        segments
    }
}

mod certificate {
    use super::{Bencher, CertificateFacts, ItemsCount, Review, Sender, TrustStore, black_box, chain};

    /// Names, dates, keys and extensions of three certificates.
    #[divan::bench]
    fn facts_of_three(bencher: Bencher<'_, '_>) {
        let chain = chain();
        bencher.counter(ItemsCount::new(chain.len())).bench_local(|| {
            for der in &chain {
                drop(black_box(CertificateFacts::decode(black_box(der))));
            }
        });
    }

    /// Order, trust, name, validity, and the three signatures.
    #[divan::bench]
    fn review_of_three(bencher: Bencher<'_, '_>) {
        let chain: Vec<CertificateFacts> = chain().iter().map(|der| CertificateFacts::decode(der)).collect();
        let trust = TrustStore::default();
        bencher.bench_local(|| Review::of(black_box(&chain), Sender::Server(Some("api.example.test")), 0, &trust));
    }
}

mod client_hello {
    use super::{Bencher, ClientHello, black_box, fingerprint, message};

    #[divan::bench]
    fn decode_and_facts(bencher: Bencher<'_, '_>) {
        let message = message(1);
        bencher.bench_local(|| {
            let hello = ClientHello::decode(black_box(&message[4..]));
            black_box((hello.server_name(), hello.highest_version(), hello.alpn().next(), hello.has_psk()));
        });
    }

    #[divan::bench]
    fn ja3(bencher: Bencher<'_, '_>) {
        let message = message(1);
        let hello = ClientHello::decode(&message[4..]);
        bencher.bench_local(|| fingerprint::ja3(black_box(&hello)));
    }

    #[divan::bench]
    fn ja4(bencher: Bencher<'_, '_>) {
        let message = message(1);
        let hello = ClientHello::decode(&message[4..]);
        bencher.bench_local(|| fingerprint::ja4(black_box(&hello)));
    }
}

mod packet {
    use super::{
        Bencher, Decoded, Decoder, ETHERNET, FlowTable, ItemsCount, PacketNumber, Scanner, black_box, capture, frames,
    };

    /// The blocks of a pcapng file; the time is of all of them, the rate is packets.
    #[divan::bench]
    fn frame_pcapng_blocks(bencher: Bencher<'_, '_>) {
        let capture = capture();
        let packets = frames(&capture).len();
        bencher.counter(ItemsCount::new(packets)).bench_local(|| {
            let mut count = 0_usize;
            let _ = Scanner::default().scan(black_box(&capture), 0, true, &mut |_| count += 1);
            count
        });
    }

    #[divan::bench]
    fn decode_ethernet_ip_tcp(bencher: Bencher<'_, '_>) {
        let frames = frames(&capture());
        let mut decoder = Decoder::default();
        bencher.counter(ItemsCount::new(frames.len())).bench_local(|| {
            for (data, time) in &frames {
                black_box(decoder.decode(ETHERNET, black_box(data), PacketNumber(1), *time).opened());
            }
        });
    }

    /// Hash of the ends, flow, events and counters; the flows are those of the fixture, found again each time.
    #[divan::bench]
    fn find_flow_and_count(bencher: Bencher<'_, '_>) {
        let frames = frames(&capture());
        let mut decoder = Decoder::default();
        let mut segments = Vec::new();
        for (data, time) in &frames {
            if let Decoded::Tcp(segment) = decoder.decode(ETHERNET, data, PacketNumber(1), *time).opened() {
                segments.push((segment.src, segment.dst, data, *time));
            }
        }
        let mut table = FlowTable::default();
        let hasher = table.hasher();
        let mut decoder = Decoder::default();
        bencher.counter(ItemsCount::new(segments.len())).bench_local(|| {
            for (src, dst, data, time) in &segments {
                let hash = hasher.hash(*src, *dst);
                if let Decoded::Tcp(segment) = decoder.decode(ETHERNET, data, PacketNumber(1), *time).opened() {
                    black_box(table.segment(&segment, hash, PacketNumber(1), *time));
                }
            }
        });
    }
}
