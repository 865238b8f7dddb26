//! The fields, one row each.

use std::borrow::Cow;

use super::{FlowFacts, Value};
use crate::vocab::{Direction, text};

/// One fact of a flow.
pub struct Field {
    /// Its name in filters, documentation and (with dots as nesting) JSON.
    pub name: &'static str,
    /// Its heading as a column.
    pub title: &'static str,
    /// What it says, its unit and source.
    pub doc: &'static str,
    /// Columns it wants in a table.
    pub width: u16,
    /// Reads it; `None` where it does not apply.
    pub get: for<'a> fn(&FlowFacts<'a>) -> Option<Value<'a>>,
}

macro_rules! fields {
    ($($name:literal, $title:literal, $width:literal, $doc:literal, |$facts:ident| $get:expr;)+) => {
        /// Every field, in the order of the documentation.
        pub const FIELDS: &[Field] = &[$(Field {
            name: $name,
            title: $title,
            doc: $doc,
            width: $width,
            get: |$facts| $get,
        },)+];
    };
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a field's getter")]
fn integer<'a>(number: impl Into<i64>) -> Option<Value<'a>> {
    Some(Value::Integer(number.into()))
}

fn count<'a>(number: u64) -> Option<Value<'a>> {
    integer(i64::try_from(number).unwrap_or(i64::MAX))
}

#[expect(clippy::unnecessary_wraps, clippy::needless_pass_by_value, reason = "the shape of a field's getter")]
fn owned<'a>(text: impl ToString) -> Option<Value<'a>> {
    Some(Value::Text(Cow::Owned(text.to_string())))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a field's getter")]
fn name(text: &'static str) -> Option<Value<'static>> {
    Some(Value::Text(Cow::Borrowed(text)))
}

/// Bytes of the capture as text; what is no UTF-8 or could disturb a terminal is written as an escape.
fn bytes<'a>(bytes: Option<&[u8]>) -> Option<Value<'a>> {
    bytes.map(|bytes| Value::Text(Cow::Owned(text::visible_bytes(bytes))))
}

fields! {
    "flow", "Flow", 6, "Number of the TCP connection, from 0, as Wireshark's tcp.stream.", |f| integer(f.flow.0);
    "capture", "Capture", 16, "File that holds the first packet.", |f| Some(Value::Text(f.capture.into()));
    "start", "Time", 15, "Time of the first packet.", |f| Some(Value::Time(f.row.start));
    "duration", "Duration", 9, "Seconds from the first packet to the last.",
        |f| Some(Value::Seconds(f.row.end.since(f.row.start)));
    "client.ip", "Client", 15, "Address of the end that opened the connection.", |f| Some(Value::Ip(f.row.client.ip));
    "client.port", "Port", 5, "Its TCP port.", |f| integer(f.row.client.port);
    "server.ip", "Server", 15, "Address of the end that was connected to.", |f| Some(Value::Ip(f.row.server.ip));
    "server.port", "Port", 5, "Its TCP port.", |f| integer(f.row.server.port);
    "tls.sni", "Server name", 28, "Server name indication of the first ClientHello (RFC 6066 §3).",
        |f| bytes(f.tls?.server_name.as_deref());
    "tls.version", "Version", 7, "Version of the first ServerHello (RFC 8446 §4.2.1).",
        |f| owned(f.tls?.version?);
    "tls.cipher", "Cipher suite", 30, "Cipher suite of the first ServerHello (IANA TLS Cipher Suites).",
        |f| owned(f.tls?.cipher?);
    "tls.alpn", "ALPN", 8, "Application protocol the server chose (RFC 7301), where it is in clear.",
        |f| bytes(f.tls?.alpn.as_deref());
    "tls.group", "Group", 16, "Key exchange group the server chose (IANA TLS Supported Groups).",
        |f| owned(f.tls?.group?);
    "tls.ja3", "JA3", 32, "JA3 of the first ClientHello.", |f| Some(Value::Text(f.tls?.ja3.as_deref()?.into()));
    "tls.ja3s", "JA3S", 32, "JA3S of the first ServerHello.", |f| Some(Value::Text(f.tls?.ja3s.as_deref()?.into()));
    "tls.ja4", "JA4", 36, "JA4 of the first ClientHello.", |f| Some(Value::Text(f.tls?.ja4.as_deref()?.into()));
    "tls.client_hello_bytes", "CH bytes", 8, "Length of the first ClientHello in bytes, header included.",
        |f| f.tls.filter(|tls| tls.client_hello_bytes > 0).and_then(|tls| integer(tls.client_hello_bytes));
    "tls.client_hello_segments", "CH segs", 7, "TCP segments that carried the first ClientHello.",
        |f| f.tls.filter(|tls| tls.client_hello_segments > 0).and_then(|tls| integer(tls.client_hello_segments));
    "tls.resumed", "Resumed", 7, "Whether an earlier session was resumed.", |f| Some(Value::Bool(f.tls?.resumed?));
    "tls.certificates", "Certs", 5, "Certificates seen in clear or decrypted, of both directions.",
        |f| integer(f.tls?.certificates);
    "tls.handshake_time", "Handshake", 9, "Seconds from the first byte of the ClientHello to the end of the handshake.",
        |f| { let tls = f.tls?; Some(Value::Seconds(tls.completed?.since(tls.began?))) };
    "outcome", "Outcome", 10, "How it came out: ok, failed, incomplete, unused or not-tls.",
        |f| name(f.row.outcome?.name());
    "cause", "Cause", 28, "Why it failed.", |f| name(f.row.cause?.name());
    "ended_by", "Ended by", 9, "Who made success impossible.", |f| name(f.row.ended_by?.name());
    "attempt", "Attempt", 7, "Flows that are one try of one client share a number.", |f| integer(f.attempt?);
    "packets", "Packets", 7, "Packets of both directions.",
        |f| count(Direction::BOTH.iter().map(|way| u64::from(f.row.sides[*way].packets)).sum());
    "bytes", "Bytes", 8, "TCP payload of both directions in bytes, retransmissions included.",
        |f| count(Direction::BOTH.iter().map(|way| f.row.sides[*way].bytes).sum());
    "bytes.to_server", "Up", 8, "TCP payload from the client in bytes.", |f| count(f.row.sides.to_server.bytes);
    "bytes.to_client", "Down", 8, "TCP payload from the server in bytes.", |f| count(f.row.sides.to_client.bytes);
    "tcp.retransmissions", "Retr", 4, "Retransmitted segments of both directions.",
        |f| count(Direction::BOTH.iter().map(|way| u64::from(f.row.sides[*way].retransmissions)).sum());
    "tcp.syn_rtt", "SYN RTT", 8, "Seconds from the SYN to the SYN-ACK.",
        |f| Some(Value::Seconds(f64::from(f.row.syn_rtt()?) / 1e9));
    "tcp.ttl.to_server", "TTL up", 6, "TTL or hop limit of the client's first packet.",
        |f| (f.row.sides.to_server.packets > 0).then(|| Value::Integer(f.row.sides.to_server.ttl.into()));
    "tcp.ttl.to_client", "TTL dn", 6, "TTL or hop limit of the server's first packet.",
        |f| (f.row.sides.to_client.packets > 0).then(|| Value::Integer(f.row.sides.to_client.ttl.into()));
    "tcp.mss.to_server", "MSS up", 6, "MSS of the client's SYN in bytes.",
        |f| (f.row.sides.to_server.mss > 0).then(|| Value::Integer(f.row.sides.to_server.mss.into()));
    "tcp.mss.to_client", "MSS dn", 6, "MSS of the server's SYN-ACK in bytes.",
        |f| (f.row.sides.to_client.mss > 0).then(|| Value::Integer(f.row.sides.to_client.mss.into()));
    "tcp.reset_by", "Reset by", 8, "Whose address the first RST bears: client or server.",
        |f| name(f.row.reset_by?.sender());
    "tcp.closed_by", "Closed by", 9, "Whose address the first FIN bears: client or server.",
        |f| name(f.row.closed_by?.sender());
    "icmp_errors", "ICMP", 4, "ICMP errors that quote the flow.", |f| integer(f.row.icmp_errors);
    "issues", "Issues", 16, "What is wrong with its capture.",
        |f| owned(f.row.issues.names().collect::<Vec<_>>().join(" ")).filter(|_| f.row.issues.0 != 0);
}

/// The field of this name.
pub fn by_name(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}
