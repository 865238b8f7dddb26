//! What differs between two flows as a whole: their ends, what was acknowledged, what was sent again.

use super::difference::Differences;
use super::milestone::{Said, client_hello, hello_end, is_sealed_alert};
use super::{Difference, Field, OfSender, Side, Value};
use crate::timeline::What;
use crate::vocab::Direction;
use crate::vocab::iana::HandshakeType;

/// Bytes by which two flights of one content may differ: signatures of ECDSA are of no fixed length.
const SIGNATURE_SPREAD: u64 = 4;
/// Bytes that one more record costs: header, content type, tag (RFC 8446 §5.2).
const RECORD_OVERHEAD: u64 = 22;

/// What differs between the flows as a whole.
pub(super) fn whole(baseline: &Side<'_>, subject: &Side<'_>) -> Vec<Difference> {
    let mut differences = Differences::default();
    let (b, s) = (&baseline.trace.row, &subject.trace.row);
    differences.tell(Field::ServerIp, b.server.ip, s.server.ip, 30);
    differences.tell(Field::ServerPort, b.server.port, s.server.port, 35);
    differences.tell(Field::ClientIp, b.client.ip, s.client.ip, 15);
    differences.noise(Field::ClientPort, b.client.port, s.client.port);
    // Of two flows one has the other parity half of the time: what tells is that no good flow has it.
    differences.noise(Field::PortParity, Value::Odd(b.client.port % 2 == 1), Value::Odd(s.client.port % 2 == 1));
    if let (Some(left), Some(right)) = (is_hello_acknowledged(baseline), is_hello_acknowledged(subject)) {
        differences.tell(Field::ClientHelloAcknowledged, left, right, 42);
    }
    for way in Direction::BOTH {
        let (left, right) = (b.sides[way].retransmissions, s.sides[way].retransmissions);
        let field = Field::Sent(way, OfSender::Retransmissions);
        if subject.tls.is_complete() && subject.cause.is_none() {
            // What was lost and came all the same did no harm.
            differences.noise(field, left, right);
        } else {
            differences.tell(field, left, right, 25);
        }
    }
    if let (Some(left), Some(right)) = (baseline.tls.resumed, subject.tls.resumed) {
        differences.tell(Field::Resumed, left, right, 40);
    }
    if let (Some(left), Some(right)) = (server_flight(baseline), server_flight(subject)) {
        let weight = if is_one_flight(&left, &right) { 0 } else { 15 };
        let list = |lengths: Vec<u64>| Value::List(lengths.into_iter().map(Value::from).collect());
        if left != right {
            differences.push(Field::ServerFlight, list(left), list(right), weight, weight == 0);
        }
    }
    // Who closes first after a whole exchange is chance; how a flow ended before that is told by its steps.
    differences.noise(Field::Close, close(baseline), close(subject));
    differences.tell(Field::IcmpErrors, b.icmp_errors, s.icmp_errors, 40);
    differences.0
}

/// Whether the server acknowledged the whole ClientHello; none without one.
fn is_hello_acknowledged(side: &Side<'_>) -> Option<bool> {
    let end = hello_end(side)?;
    let packet = client_hello(side)?.packet;
    let mut later = side.trace.sent(Direction::ToClient).filter(|segment| segment.packet > packet);
    Some(
        later.any(|segment| {
            segment.flags.ack() && !segment.flags.rst() && segment.ack.wrapping_sub(end).cast_signed() >= 0
        }),
    )
}

/// Lengths of the encrypted records of the server's flight; none where there are none.
fn server_flight(side: &Side<'_>) -> Option<Vec<u64>> {
    let records = side.timeline.steps.iter().filter(|step| {
        let said = Said::of(&step.what).filter(|_| !is_sealed_alert(&step.what));
        step.from == Direction::ToClient
            && matches!(step.what, What::Sealed { .. })
            && said.is_some_and(|said| said != Said::One(HandshakeType::NEW_SESSION_TICKET))
    });
    let lengths: Vec<u64> = records.map(|step| step.bytes).collect();
    (!lengths.is_empty()).then_some(lengths)
}

/// Whether two flights may hold the same, whatever their records: as many records are compared row by row.
fn is_one_flight(b: &[u64], s: &[u64]) -> bool {
    let records = b.len().abs_diff(s.len()) as u64;
    let apart = b.iter().sum::<u64>().abs_diff(s.iter().sum());
    records == 0 || apart <= SIGNATURE_SPREAD + RECORD_OVERHEAD * records
}

/// Who ended the connection, and how.
fn close(side: &Side<'_>) -> Value {
    let end = side.trace.first(|segment| segment.flags.fin() || segment.flags.rst());
    Value::Close(end.map(|segment| (segment.direction, segment.flags.rst())))
}
