//! One flow as a JSON object: the keys of `flows --format json`. Nothing is copied to be written.

use std::borrow::Cow;
use std::net::IpAddr;

use serde::{Serialize, Serializer};

use super::json::{self, Moment, Shown};
use crate::facts::FlowFacts;
use crate::flow::SideFlags;
use crate::net::Endpoint;
use crate::proto::TlsFacts;
use crate::proto::tls::{SeenAlert, SeenMessage};
use crate::vocab::iana::{AlertDescription, AlertLevel, CipherSuite, HandshakeType, NamedGroup, ProtocolVersion};
use crate::vocab::{Cause, Direction, EndedBy, Outcome, PerDirection};

#[derive(Serialize)]
struct End {
    ip: IpAddr,
    port: u16,
}

#[derive(Serialize)]
struct Both<T> {
    to_server: T,
    to_client: T,
}

/// Both directions where at least one has a value.
#[derive(Serialize)]
struct Either<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    to_server: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_client: Option<T>,
}

#[derive(Serialize)]
struct Tcp {
    #[serde(skip_serializing_if = "Option::is_none")]
    syn_rtt: Option<f64>,
    mss: Either<u16>,
    window_scale: Either<u8>,
    retransmissions: Both<u16>,
    ttl: Either<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_by: Option<&'static str>,
    #[serde(skip_serializing_if = "is_zero")]
    icmp_errors: u8,
}

#[derive(Serialize)]
struct Message {
    from: &'static str,
    id: u8,
    name: Shown<HandshakeType>,
    packet: u32,
    #[serde(skip_serializing_if = "is_false")]
    decrypted: bool,
}

#[derive(Serialize)]
struct Alert {
    from: &'static str,
    level: Shown<AlertLevel>,
    level_id: u8,
    id: u8,
    name: Shown<AlertDescription>,
    packet: u32,
    #[serde(skip_serializing_if = "is_false")]
    decrypted: bool,
}

#[derive(Serialize)]
struct Tls<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    sni: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sni_hex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Shown<ProtocolVersion>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_id: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cipher: Option<Shown<CipherSuite>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cipher_id: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alpn: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Shown<NamedGroup>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ja3: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ja3s: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ja4: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_hello_bytes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_hello_segments: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resumed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handshake_time: Option<f64>,
    #[serde(skip_serializing_if = "is_zero_16")]
    certificates: u16,
    start: Both<u64>,
    records: Both<u32>,
    handshake: Messages<'a>,
    alerts: Alerts<'a>,
}

/// The messages, made into objects one at a time as they are written.
struct Messages<'a>(&'a [SeenMessage]);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|message| Message {
            from: message.from.sender(),
            id: message.kind.0,
            name: Shown(message.kind),
            packet: message.packet.0,
            decrypted: message.decrypted,
        }))
    }
}

/// The alerts, likewise.
struct Alerts<'a>(&'a [SeenAlert]);

impl Serialize for Alerts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|alert| Alert {
            from: alert.from.sender(),
            level: Shown(alert.level),
            level_id: alert.level.0,
            id: alert.description.0,
            name: Shown(alert.description),
            packet: alert.packet.0,
            decrypted: alert.decrypted,
        }))
    }
}

/// A flow as it is written.
#[derive(Serialize)]
pub struct FlowJson<'a> {
    flow: u32,
    capture: &'a str,
    client: End,
    server: End,
    first_packet: u32,
    last_packet: u32,
    start: Moment,
    duration: f64,
    packets: Both<u32>,
    bytes: Both<u64>,
    tcp: Tcp,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<Tls<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_by: Option<EndedBy>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    issues: Vec<&'static str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde calls")]
fn is_zero(number: &u8) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde calls")]
fn is_zero_16(number: &u16) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde calls")]
fn is_false(yes: &bool) -> bool {
    !*yes
}

fn end(endpoint: Endpoint) -> End {
    End { ip: endpoint.ip, port: endpoint.port }
}

fn both<A: Copy, T>(sides: &PerDirection<A>, read: impl Fn(&A) -> T) -> Both<T> {
    Both { to_server: read(&sides.to_server), to_client: read(&sides.to_client) }
}

fn either<A: Copy, T>(sides: &PerDirection<A>, read: impl Fn(&A) -> Option<T>) -> Either<T> {
    Either { to_server: read(&sides.to_server), to_client: read(&sides.to_client) }
}

impl<'a> FlowJson<'a> {
    /// The JSON form of a flow's facts.
    pub fn new(facts: &FlowFacts<'a>) -> Self {
        let row = facts.row;
        let sides = &row.sides;
        FlowJson {
            flow: facts.flow.0,
            capture: facts.capture,
            client: end(row.client),
            server: end(row.server),
            first_packet: row.first_packet.0,
            last_packet: row.last_packet.0,
            start: Moment(row.start),
            duration: json::seconds(row.end.nanos_since(row.start)),
            packets: both(sides, |side| side.packets),
            bytes: both(sides, |side| side.bytes),
            tcp: Tcp {
                syn_rtt: row.syn_rtt().map(|nanos| json::seconds(i64::from(nanos))),
                mss: either(sides, |side| (side.mss > 0).then_some(side.mss)),
                window_scale: either(sides, |side| side.flags.has(SideFlags::SCALED).then_some(side.window_scale)),
                retransmissions: both(sides, |side| side.retransmissions),
                ttl: either(sides, |side| (side.packets > 0).then_some(side.ttl)),
                reset_by: row.reset_by.map(Direction::sender),
                closed_by: row.closed_by.map(Direction::sender),
                icmp_errors: row.icmp_errors,
            },
            tls: facts.tls.filter(|tls| tls.is_tls() || !tls.alerts.is_empty()).map(tls_json),
            attempt: facts.attempt,
            outcome: row.outcome,
            cause: row.cause,
            ended_by: row.ended_by,
            issues: row.issues.names().collect(),
        }
    }
}

fn tls_json(tls: &TlsFacts) -> Tls<'_> {
    let is_plain = |bytes: &[u8]| bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    Tls {
        sni: tls.server_name.as_deref().map(String::from_utf8_lossy),
        sni_hex: tls.server_name.as_deref().filter(|name| !is_plain(name)).map(crate::vocab::text::hex),
        version: tls.version.map(Shown),
        version_id: tls.version.map(|version| version.0),
        cipher: tls.cipher.map(Shown),
        cipher_id: tls.cipher.map(|cipher| cipher.0),
        alpn: tls.alpn.as_deref().map(String::from_utf8_lossy),
        group: tls.group.map(Shown),
        ja3: tls.ja3.as_deref(),
        ja3s: tls.ja3s.as_deref(),
        ja4: tls.ja4.as_deref(),
        client_hello_bytes: Some(tls.client_hello_bytes).filter(|count| *count > 0),
        client_hello_segments: Some(tls.client_hello_segments).filter(|count| *count > 0),
        resumed: tls.resumed,
        handshake_time: tls.completed.zip(tls.began).map(|(end, start)| json::seconds(end.nanos_since(start))),
        certificates: tls.certificates,
        start: both(&tls.start, |start| *start),
        records: both(&tls.records, |records| *records),
        handshake: Messages(&tls.messages),
        alerts: Alerts(&tls.alerts),
    }
}
