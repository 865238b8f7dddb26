//! However segments cut the records of a flow, down to single bytes, the same is told of it.

use std::sync::Arc;

use super::incomplete::{handshake, record, sealed_finished, server_hello};
use super::{Event, EventKind};
use crate::proto::tls::samples::{self, bytes};
use crate::proto::{FlowReader, Secrets};
use crate::stream::Arrival;
use crate::vocab::{Direction, PacketNumber, PerDirection, Time};

use Direction::{ToClient, ToServer};

/// What is told of a flow: who sends it, where it lies, what it is. That a message only begins is left out.
fn told(segments: &[(Direction, &[u8])]) -> Vec<String> {
    let mut told = Vec::new();
    let mut observer = |event: &Event<'_>| {
        if !matches!(event.kind, EventKind::MessageBegins(_)) {
            told.push(format!("{:?} {:?} {:?}", event.from, event.range, event.kind));
        }
    };
    let mut reader = FlowReader::new(false, &Arc::new(Secrets::default()));
    let mut next = PerDirection { to_server: 1_u32, to_client: 1 };
    for (at, (direction, payload)) in segments.iter().enumerate() {
        let seq = next[*direction];
        next[*direction] += payload.len() as u32;
        let arrival = Arrival {
            direction: *direction,
            seq,
            first_seq: 1,
            ack: Some((next[direction.reversed()], 1)),
            payload,
            payload_len: payload.len() as u32,
            packet: PacketNumber(at as u32 + 1),
            time: Time(at as i64),
        };
        reader.segment(&arrival, &mut observer, &mut |_, _| {});
    }
    reader.finish(&mut observer, &mut |_, _| {});
    told
}

/// Flights, each in one segment; what is told of them holds each of `expected` in turn, and is the same for every other
/// way to cut them.
fn check(flights: &[(Direction, &[u8])], expected: &[&str]) {
    let whole = told(flights);
    let mut rest = whole.iter();
    for wanted in expected {
        assert!(rest.any(|event| event.contains(wanted)), "{wanted} in its turn: {whole:#?}");
    }
    for size in 1..=7 {
        let cut: Vec<_> =
            flights.iter().flat_map(|(from, bytes)| bytes.chunks(size).map(move |part| (*from, part))).collect();
        assert_eq!(told(&cut), whole, "in segments of {size}");
    }
    for (at, (from, bytes)) in flights.iter().enumerate() {
        for cut in 1..bytes.len() {
            let mut segments = flights.to_vec();
            segments.splice(at..=at, [(*from, &bytes[..cut]), (*from, &bytes[cut..])]);
            assert_eq!(told(&segments), whole, "flight {at} cut at {cut}");
        }
    }
}

#[test]
fn a_handshake_of_tls_1_2() {
    let hello = handshake(samples::CLIENT_HELLO);
    // Several messages in one record, and one message in two records.
    let done = bytes("0e000000");
    let answer = [server_hello(0xc02f), record(22, &[&done[..], &done[..]].concat())].concat();
    let exchange = bytes(samples::CLIENT_KEY_EXCHANGE);
    let (one, two) = exchange.split_at(5);
    let last = [record(22, one), record(22, two), record(20, &[1]), sealed_finished()].concat();
    let data = [record(23, &[7; 40]), record(21, &[9; 26])].concat();
    check(
        &[(ToServer, &hello), (ToClient, &answer), (ToServer, &last), (ToServer, &data)],
        &[
            "Message { kind: HandshakeType(1)",
            "Message { kind: HandshakeType(2)",
            "Message { kind: HandshakeType(14)",
            "Message { kind: HandshakeType(14)",
            "Message { kind: HandshakeType(16)",
            "ChangeCipherSpec",
            "Protected { content: ContentType(22)",
            "Protected { content: ContentType(23)",
            "Protected { content: ContentType(21)",
        ],
    );
}

#[test]
fn an_alert_in_clear_and_a_record_that_is_never_finished() {
    let hello = handshake(samples::CLIENT_HELLO);
    let refused = record(21, &[2, 40]);
    let begun = &record(23, &[7; 40])[..20];
    check(
        &[(ToServer, &hello), (ToClient, &refused), (ToServer, begun)],
        &["Message { kind: HandshakeType(1)", "Alert { level: AlertLevel(2)", "Unfinished { content: ContentType(23)"],
    );
}

#[test]
fn a_message_that_cannot_be() {
    let hello = handshake(samples::CLIENT_HELLO);
    let endless = record(22, &[2, 0xff, 0xff, 0xff, 3, 3]);
    let answer = [endless, server_hello(0xc02f)].concat();
    check(
        &[(ToServer, &hello), (ToClient, &answer)],
        &["Message { kind: HandshakeType(1)", "Malformed(ImpossibleLength)", "Message { kind: HandshakeType(2)"],
    );
}

#[test]
fn a_handshake_that_the_end_begins_that_received_the_syn() {
    let hello = handshake(samples::CLIENT_HELLO);
    let answer = server_hello(0xc02f);
    check(
        &[(ToClient, &hello), (ToServer, &answer)],
        &["Turned", "Message { kind: HandshakeType(1)", "Message { kind: HandshakeType(2)"],
    );
    // What the other end said before is of the server of TLS.
    let behind_text = told(&[(ToServer, b"TURN\r\n"), (ToClient, &hello), (ToServer, &answer)]);
    let expected = [
        "ToServer StreamRange { start: 0, end: 6 } Preamble",
        "ToServer StreamRange { start: 0, end: 0 } Turned",
        "ToServer StreamRange { start: 0, end: 0 } Start { opens: true",
        "ToClient StreamRange { start: 6, end: 6 } Start { opens: false",
        "ToServer StreamRange { start: 0, end: 379 } Record",
    ];
    for (event, expected) in behind_text.iter().zip(expected) {
        assert!(event.starts_with(expected), "{event}");
    }
}

#[test]
fn a_server_that_returns_the_hello_turns_nothing() {
    let hello = handshake(samples::CLIENT_HELLO);
    let told = told(&[(ToServer, &hello), (ToClient, &hello)]);
    assert!(!told.iter().any(|event| event.contains("Turned")), "{told:#?}");
}

#[test]
fn a_hello_in_records_of_one_byte_between_empty_ones() {
    let hello = bytes(samples::CLIENT_HELLO);
    let (empty, nothing) = (record(22, &[]), record(23, &[]));
    let bytewise = |message: &[u8]| message.iter().flat_map(|byte| record(22, &[*byte])).collect::<Vec<u8>>();
    let sent = [&empty, &nothing, &bytewise(&hello[..3]), &empty, &record(22, &hello[3..])].map(Vec::as_slice).concat();
    let answer = [&empty[..], &bytewise(&server_hello(0xc02f)[5..])].concat();
    let last = [record(20, &[1]), empty, sealed_finished()].concat();
    check(
        &[(ToServer, &sent), (ToClient, &answer), (ToServer, &last)],
        &[
            "Start { opens: true",
            "Protected { content: ContentType(23), length: 0 }",
            "Message { kind: HandshakeType(1)",
            "Message { kind: HandshakeType(2)",
            "ChangeCipherSpec",
            "Record { content: ContentType(22), length: 0, protected: false }",
            "Protected { content: ContentType(22), length: 40 }",
        ],
    );
}

#[test]
fn a_stream_that_begins_with_a_change_cipher_spec() {
    let (change, hello) = (record(20, &[1]), handshake(samples::CLIENT_HELLO));
    let exchange = handshake(samples::CLIENT_KEY_EXCHANGE);
    let last = [&change[..], &sealed_finished()].concat();
    check(
        &[
            (ToServer, &[&change[..], &hello].concat()),
            (ToClient, &server_hello(0xc02f)),
            (ToServer, &[&exchange[..], &last].concat()),
        ],
        &[
            "ChangeCipherSpec",
            "Message { kind: HandshakeType(1)",
            "Message { kind: HandshakeType(2)",
            "Message { kind: HandshakeType(16)",
            "ChangeCipherSpec",
            "Protected { content: ContentType(22)",
        ],
    );
    // Without a hello the handshake came before.
    check(&[(ToServer, &last)], &["late: true", "ChangeCipherSpec", "Protected { content: ContentType(22)"]);
}
