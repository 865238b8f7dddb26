//! What is told of flows of which the capture lacks something: a ChangeCipherSpec, the beginning, the end of a message;
//! and of those that encrypt nothing.

use std::sync::Arc;

use super::{Event, EventKind};
use crate::proto::tls::samples::{self, bytes};
use crate::proto::{FlowReader, Secrets};
use crate::stream::Arrival;
use crate::vocab::{Direction, PacketNumber, Time};

/// A segment: who sends it, how many bytes before it are missing, and what it carries.
type Sent<'a> = (Direction, u32, &'a [u8]);

use Direction::{ToClient, ToServer};

/// The event's name, of a message that of its type.
fn name(event: &Event<'_>) -> Option<String> {
    Some(match event.kind {
        EventKind::Message { kind, .. } => kind.to_string(),
        EventKind::Protected { .. } => "protected".to_owned(),
        EventKind::Malformed(_) => "malformed".to_owned(),
        EventKind::Cut { bytes, announced } => format!("cut: {} of {announced}", bytes.len()),
        EventKind::Gap => "gap".to_owned(),
        _ => return None,
    })
}

fn check(midstream: bool, segments: &[Sent<'_>], expected: &[&str]) {
    let mut told = Vec::new();
    let mut observer = |event: &Event<'_>| told.extend(name(event));
    let mut reader = FlowReader::new(midstream, &Arc::new(Secrets::default()));
    let mut next = [1_u32; 2];
    for (at, (direction, missing, payload)) in segments.iter().enumerate() {
        let (own, other) = match direction {
            ToServer => (0, 1),
            ToClient => (1, 0),
        };
        let seq = next[own] + missing;
        next[own] = seq + payload.len() as u32;
        let arrival = Arrival {
            direction: *direction,
            seq,
            first_seq: 1,
            ack: Some((next[other], 1)),
            payload,
            payload_len: payload.len() as u32,
            packet: PacketNumber(at as u32 + 1),
            time: Time(at as i64),
        };
        reader.segment(&arrival, &mut observer, &mut |_, _| {});
    }
    // What is missing is known to be so once it is acknowledged, or at the end.
    reader.finish(&mut observer, &mut |_, _| {});
    assert_eq!(told, expected);
}

pub(super) fn record(content: u8, body: &[u8]) -> Vec<u8> {
    [&[content, 3, 3][..], &(body.len() as u16).to_be_bytes(), body].concat()
}

pub(super) fn handshake(sample: &str) -> Vec<u8> {
    record(22, &bytes(sample))
}

/// A ServerHello of TLS 1.2 that chooses `suite`.
pub(super) fn server_hello(suite: u16) -> Vec<u8> {
    let mut message = bytes(samples::SERVER_HELLO_12);
    let at = 4 + 2 + 32 + 1 + usize::from(message[4 + 2 + 32]);
    message[at..at + 2].copy_from_slice(&suite.to_be_bytes());
    record(22, &message)
}

/// A Finished under AES-GCM: the explicit nonce first.
pub(super) fn sealed_finished() -> Vec<u8> {
    let body = [&[0; 8][..], &[0x9d; 32]].concat();
    record(22, &body)
}

#[test]
fn a_finished_behind_a_lost_change_cipher_spec_is_taken_for_encrypted() {
    let (hello, answer) = (handshake(samples::CLIENT_HELLO), server_hello(0xc02f));
    let (exchange, finished) = (handshake(samples::CLIENT_KEY_EXCHANGE), sealed_finished());
    check(
        false,
        &[(ToServer, 0, &hello), (ToClient, 0, &answer), (ToServer, 0, &exchange), (ToServer, 6, &finished)],
        &["client_hello", "server_hello", "client_key_exchange", "gap", "protected"],
    );
    // A message in clear behind a gap is still one.
    check(
        false,
        &[(ToServer, 0, &hello), (ToClient, 0, &answer), (ToServer, 20, &exchange)],
        &["client_hello", "server_hello", "gap", "client_key_exchange"],
    );
}

#[test]
fn a_flow_joined_in_its_handshake_is_read_where_it_is_in_clear() {
    let done = handshake("0e000000");
    let (exchange, change) = (handshake(samples::CLIENT_KEY_EXCHANGE), record(20, &[1]));
    let finished = sealed_finished();
    check(
        true,
        &[(ToClient, 0, &done), (ToServer, 0, &exchange), (ToServer, 0, &change), (ToServer, 0, &finished)],
        &["server_hello_done", "client_key_exchange", "protected"],
    );
    check(true, &[(ToServer, 0, &finished)], &["protected"]);
}

#[test]
fn a_second_hello_behind_a_hello_retry_request_that_was_not_captured_is_one() {
    let (hello, change) = (handshake(samples::CLIENT_HELLO), record(20, &[1]));
    let again = [&change[..], &hello].concat();
    let expected = ["client_hello", "client_hello"];
    check(false, &[(ToServer, 0, &hello), (ToServer, 0, &again)], &expected);
    check(false, &[(ToServer, 0, &hello), (ToServer, 0, &change), (ToServer, 0, &hello)], &expected);
    // What only looks like its beginning is sealed.
    let sealed = record(22, &[&[1, 0, 0, 40][..], &[0x9d; 36]].concat());
    check(
        false,
        &[(ToServer, 0, &hello), (ToServer, 0, &change), (ToServer, 0, &sealed)],
        &["client_hello", "protected"],
    );
}

#[test]
fn a_finished_under_a_null_cipher_is_in_clear_with_a_mac_behind_it() {
    let (hello, change) = (handshake(samples::CLIENT_HELLO), record(20, &[1]));
    let finished = [&[20, 0, 0, 12][..], &[0x5a; 12]].concat();
    // TLS_RSA_WITH_NULL_SHA256 has a MAC of 32 bytes, TLS_RSA_WITH_NULL_SHA one of 20.
    for (suite, mac) in [(0x003b, 32), (0x0002, 20)] {
        let answer = server_hello(suite);
        let sent = record(22, &[&finished[..], &vec![0xee; mac]].concat());
        check(
            false,
            &[(ToServer, 0, &hello), (ToClient, 0, &answer), (ToServer, 0, &change), (ToServer, 0, &sent)],
            &["client_hello", "server_hello", "finished"],
        );
    }
}

#[test]
fn a_message_that_a_gap_cuts_is_told_as_far_as_it_goes() {
    let hello = handshake(samples::CLIENT_HELLO);
    let answer = server_hello(0xc02f);
    let cut = format!("cut: 100 of {}", hello.len());
    check(
        false,
        &[(ToServer, 0, &hello[..100]), (ToServer, hello.len() as u32 - 100, &[]), (ToClient, 0, &answer)],
        &["server_hello", &cut, "gap"],
    );
    let rest = hello.len() as u32 - 100;
    let exchange = handshake(samples::CLIENT_KEY_EXCHANGE);
    check(
        false,
        &[(ToServer, 0, &hello[..100]), (ToServer, rest, &exchange), (ToClient, 0, &answer)],
        &["server_hello", &cut, "gap", "client_key_exchange"],
    );
}
