//! What is worth saying of a step in a line: the note beside its name.
//!
//! Notes of messages come from the message alone, notes of segments from the segment and what its sender did before.

use std::collections::HashMap;

use super::inferred::is_retry;
use super::{Step, StepKind};
use crate::flow::{Events, Trace, TraceSegment};
use crate::net::TcpOptions;
use crate::proto::tls::certificate::CertificateFacts;
use crate::proto::tls::message::{
    Certificate, CertificateRequest, CertificateVerify, ClientHello, CompressedCertificate, EncryptedExtensions,
    NewSessionTicket, ServerHello, ServerKeyExchange,
};
use crate::vocab::iana::{AlertDescription, CipherSuite, HandshakeType, ProtocolVersion};
use crate::vocab::text::visible_bytes;
use crate::vocab::{Direction, PacketNumber, PerDirection, Time};

/// Least difference between a packet's TTL and its sender's usual one that is worth a note.
const TTL_SPREAD: u8 = 2;
/// Share of a sender's packets (one in so many) above which another TTL is no exception.
const TTL_RARE: usize = 4;
/// Packets up to which a direction is too short for a vote on its TTL.
const FEW_PACKETS: usize = 8;
/// Bytes of a plain-text answer that are searched for its headers and title.
const MAX_TEXT: usize = 16 * 1024;

/// The version and suite that were chosen, as far as the messages before tell.
#[derive(Clone, Copy, Default)]
pub(super) struct Chosen {
    pub version: Option<ProtocolVersion>,
    pub suite: Option<CipherSuite>,
}

impl Chosen {
    /// Learns from a ServerHello.
    pub fn learn(&mut self, step: &Step) {
        if step.kind == StepKind::Message && step.id == Some(HandshakeType::SERVER_HELLO.0) {
            let hello = ServerHello::decode(step.body.get(4..).unwrap_or_default());
            self.version = Some(hello.selected_version());
            self.suite = hello.cipher_suite.or(self.suite);
        }
    }
}

/// The note of a whole handshake message.
pub(super) fn message(step: &Step, chosen: Chosen, segments: u16) -> String {
    let body = step.body.get(4..).unwrap_or_default();
    let mut parts = match step.id.map(HandshakeType) {
        Some(HandshakeType::CLIENT_HELLO) => client_hello(body),
        Some(HandshakeType::SERVER_HELLO) => server_hello(body, is_retry(step)),
        Some(HandshakeType::CERTIFICATE) => certificate(body, chosen, step.time),
        Some(HandshakeType::COMPRESSED_CERTIFICATE) => match CompressedCertificate::decode(body).decompress() {
            Ok(body) => certificate(&body, chosen, step.time),
            Err(_) => vec!["does not decompress".into()],
        },
        Some(HandshakeType::SERVER_KEY_EXCHANGE) => {
            let suite = chosen.suite.and_then(CipherSuite::facts);
            let exchange = ServerKeyExchange::decode(body, suite, chosen.version);
            let scheme = exchange.signature.and_then(|signature| signature.scheme).map(|scheme| scheme.to_string());
            exchange.group().map(|group| group.to_string()).into_iter().chain(scheme).collect()
        }
        Some(HandshakeType::CERTIFICATE_REQUEST) => {
            let request = CertificateRequest::decode(body, chosen.version);
            let authorities = request.authorities().count();
            vec![match authorities {
                0 => "of any CA".into(),
                count => format!("of {}", counted(count, "CA", "CAs")),
            }]
        }
        Some(HandshakeType::CERTIFICATE_VERIFY) => {
            let scheme = CertificateVerify::decode(body, chosen.version).scheme;
            scheme.map(|scheme| scheme.to_string()).into_iter().collect()
        }
        Some(HandshakeType::ENCRYPTED_EXTENSIONS) => {
            let alpn = EncryptedExtensions::decode(body).alpn();
            alpn.map(|alpn| format!("ALPN {}", visible_bytes(alpn))).into_iter().collect()
        }
        Some(HandshakeType::NEW_SESSION_TICKET) => {
            let ticket = NewSessionTicket::decode(body, chosen.version);
            vec![format!("{} bytes, for {} s", ticket.ticket.len(), ticket.lifetime)]
        }
        _ => Vec::new(),
    };
    if segments > 1 {
        parts.push(format!("in {segments} segments"));
    }
    parts.join(", ")
}

fn client_hello(body: &[u8]) -> Vec<String> {
    let hello = ClientHello::decode(body);
    let name = hello.server_name().map_or_else(|| "no server name".into(), visible_bytes);
    let mut parts = vec![name, format!("up to {}", hello.highest_version())];
    for (holds, text) in [
        (hello.has_psk(), "offers to resume"),
        (hello.early_data(), "announces 0-RTT data"),
        (hello.cookie().is_some(), "returns a cookie"),
        (!hello.issues.is_empty(), "malformed"),
    ] {
        if holds {
            parts.push(text.into());
        }
    }
    parts
}

fn server_hello(body: &[u8], retry: bool) -> Vec<String> {
    let hello = ServerHello::decode(body);
    let mut parts = vec![hello.selected_version().to_string()];
    parts.extend(hello.cipher_suite.map(|suite| suite.to_string()));
    let group = hello.selected_group();
    parts.extend(group.map(|group| if retry { format!("asks for {group}") } else { group.to_string() }));
    parts.extend(hello.alpn().map(|alpn| format!("ALPN {}", visible_bytes(alpn))));
    if hello.pre_shared_key().is_some() {
        parts.push("resumes".into());
    }
    if !hello.issues.is_empty() {
        parts.push("malformed".into());
    }
    parts
}

fn certificate(body: &[u8], chosen: Chosen, time: Time) -> Vec<String> {
    let message = Certificate::decode(body, chosen.version);
    let count = message.certificates().count();
    let Some(leaf) = message.certificates().next() else { return vec!["no certificate".into()] };
    let leaf = CertificateFacts::decode(leaf.der);
    let subject = leaf.common_name.clone().or(leaf.dns_names.first().cloned()).unwrap_or_else(|| leaf.subject.clone());
    let mut parts = vec![crate::vocab::text::visible(&subject), counted(count, "certificate", "certificates")];
    let now = time.unix_seconds();
    match (leaf.not_before, leaf.not_after) {
        (Some(begins), _) if begins > now => parts.push(format!("not valid before {}", date(begins))),
        (_, Some(ends)) if ends < now => parts.push(format!("expired {}", date(ends))),
        (_, Some(ends)) => parts.push(format!("valid until {}", date(ends))),
        _ => {}
    }
    parts
}

/// A day as `2026-11-24`, of seconds since 1970.
fn date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| "an impossible date".into(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// `1 certificate`, `3 certificates`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What an alert means, without its full stop.
pub(super) fn alert(description: AlertDescription) -> String {
    description.meaning().unwrap_or("not a registered alert").trim_end_matches('.').to_owned()
}

/// The note of readable text: its first line, and of an HTTP answer what names its sender.
pub(super) fn text(bytes: &[u8], first_line: String) -> String {
    if !bytes.starts_with(b"HTTP/") {
        return first_line;
    }
    let mut parts = vec![first_line];
    for header in ["server", "via", "location", "proxy-authenticate", "www-authenticate"] {
        parts.extend(http_header(bytes, header).map(|value| format!("{header}: {value}")));
    }
    parts.extend(html_title(bytes).map(|title| format!("title: {title}")));
    parts.join("; ")
}

/// The value of an HTTP header, made visible.
pub(super) fn http_header(bytes: &[u8], name: &str) -> Option<String> {
    let head = &bytes[..bytes.len().min(MAX_TEXT)];
    let lines = head.split(|byte| *byte == b'\n').skip(1).take_while(|line| !matches!(line, [] | [b'\r']));
    lines
        .filter_map(|line| {
            let (key, value) = line.split_at_checked(name.len())?;
            key.eq_ignore_ascii_case(name.as_bytes()).then_some(value.strip_prefix(b":")?)
        })
        .map(|value| visible_bytes(value.trim_ascii()))
        .next()
}

/// The title of a page, made visible.
pub(super) fn html_title(bytes: &[u8]) -> Option<String> {
    let text = &bytes[..bytes.len().min(MAX_TEXT)];
    let find = |from: usize, wanted: &[u8]| {
        let place = text[from..].windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted))?;
        Some(from + place)
    };
    let start = find(0, b"<title>")? + 7;
    let end = find(start, b"</title")?;
    Some(visible_bytes(text[start..end].trim_ascii()))
}

/// What senders did before: to say of which packet a segment is a copy, and whose TTL is out of line.
pub(super) struct Senders {
    usual_ttl: PerDirection<Option<u8>>,
    /// The packet that first sent a sequence number.
    first_sent: PerDirection<HashMap<u32, PacketNumber>>,
    /// The options of the last SYN.
    offered: Option<TcpOptions>,
    /// The DSCP of the packet before.
    dscp: PerDirection<Option<u8>>,
}

impl Senders {
    /// Looks through a trace.
    pub fn of(trace: &Trace) -> Self {
        let mut usual_ttl = PerDirection::default();
        for direction in Direction::BOTH {
            usual_ttl[direction] = usual(trace, direction);
        }
        Self { usual_ttl, first_sent: PerDirection::default(), offered: None, dscp: PerDirection::default() }
    }

    /// The note of the next segment; segments come in capture order.
    pub fn note(&mut self, segment: &TraceSegment) -> String {
        let mut parts: Vec<String> = Vec::new();
        if segment.flags.syn() {
            parts.push(options(segment));
            if segment.flags.ack() {
                parts.extend(self.offered.and_then(|offered| unanswered(&offered, &segment.options)));
            } else {
                self.offered = Some(segment.options);
            }
        }
        let sends = segment.payload_len > 0 || segment.flags.syn() || segment.flags.fin();
        let first = &mut self.first_sent[segment.direction];
        let original = first.get(&segment.seq).copied();
        for event in segment.events.names() {
            match original.filter(|_| is_copy_event(event)) {
                Some(packet) => parts.push(format!("{event} of packet {packet}")),
                None => parts.push(event.to_owned()),
            }
        }
        if sends && !segment.events.any(Events::NOT_PART) {
            first.entry(segment.seq).or_insert(segment.packet);
        }
        if let Some(usual) = self.usual_ttl[segment.direction]
            && usual.abs_diff(segment.ip.ttl) >= TTL_SPREAD
            && !segment.events.any(Events::NOT_PART)
        {
            parts.push(format!("TTL {}, the {}'s other packets {usual}", segment.ip.ttl, segment.direction.sender()));
        }
        parts.extend(self.marks(segment));
        parts.join(", ")
    }

    /// What of the IP header's traffic class (RFC 2474, RFC 3168) is worth saying: another DSCP than before, and that a
    /// router marked the packet because its queue grew.
    fn marks(&mut self, segment: &TraceSegment) -> Vec<String> {
        const CONGESTION_EXPERIENCED: u8 = 3;
        let (dscp, ecn) = (segment.ip.traffic_class >> 2, segment.ip.traffic_class & 3);
        let before = self.dscp[segment.direction].replace(dscp).filter(|before| *before != dscp);
        let changed = before.map(|before| format!("DSCP {dscp}, before {before}"));
        let congested = (ecn == CONGESTION_EXPERIENCED).then(|| "ECN: congestion experienced".to_owned());
        changed.into_iter().chain(congested).collect()
    }
}

/// The options of a SYN that its SYN-ACK does not answer: the server does without, or something on the way took them out.
fn unanswered(offered: &TcpOptions, answered: &TcpOptions) -> Option<String> {
    let missing: Vec<&str> = [
        (offered.window_scale.is_some() && answered.window_scale.is_none(), "window scale"),
        (offered.sack_permitted && !answered.sack_permitted, "SACK"),
        (offered.timestamps.is_some() && answered.timestamps.is_none(), "timestamps"),
    ]
    .into_iter()
    .filter_map(|(is_missing, name)| is_missing.then_some(name))
    .collect();
    (!missing.is_empty()).then(|| format!("without the {} of the SYN", missing.join(" and ")))
}

fn is_copy_event(event: &str) -> bool {
    event.ends_with("retransmission")
}

fn options(segment: &TraceSegment) -> String {
    let options = &segment.options;
    let mut parts = Vec::new();
    parts.extend(options.mss.map(|mss| format!("MSS {mss}")));
    parts.extend(options.window_scale.map(|shift| format!("window scale {shift}")));
    for (holds, text) in
        [(options.sack_permitted, "SACK"), (options.timestamps.is_some(), "timestamps"), (options.fast_open, "TFO")]
    {
        if holds {
            parts.push(text.into());
        }
    }
    if parts.is_empty() { "no options".into() } else { parts.join(", ") }
}

/// The TTL that nearly all packets of a direction have; none where there is no such one.
pub(crate) fn usual(trace: &Trace, direction: Direction) -> Option<u8> {
    let mut counts = [0_usize; 256];
    // A second copy was captured elsewhere, where the TTL may differ.
    let own = || trace.sent(direction).filter(|segment| !segment.events.any(Events::NOT_PART));
    for segment in own() {
        counts[usize::from(segment.ip.ttl)] += 1;
    }
    let total: usize = counts.iter().sum();
    // In a short flow the first packet speaks for its sender: nothing on the way had a reason to forge it yet.
    if total <= FEW_PACKETS {
        return own().next().map(|segment| segment.ip.ttl);
    }
    let (ttl, count) = counts.iter().enumerate().max_by_key(|(_, count)| **count)?;
    ((total - count) * TTL_RARE <= total).then_some(ttl as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &[u8] =
        b"HTTP/1.1 403 Forbidden\r\nServer: filter\r\nLocation:  /x\r\n\r\n<html><TITLE>No\x1b[2J way</title>";

    #[test]
    fn an_answer_in_clear_tells_who_sent_it() {
        let note = text(PAGE, "HTTP/1.1 403 Forbidden".into());
        assert_eq!(note, "HTTP/1.1 403 Forbidden; server: filter; location: /x; title: No\\u{1b}[2J way");
        assert_eq!(text(b"SSH-2.0-x\r\n", "SSH-2.0-x".into()), "SSH-2.0-x");
    }

    #[test]
    fn what_a_syn_offers_in_vain_is_said() {
        let offered = TcpOptions {
            window_scale: Some(7),
            sack_permitted: true,
            timestamps: Some((1, 0)),
            ..TcpOptions::default()
        };
        assert_eq!(unanswered(&offered, &offered), None);
        let answered = TcpOptions { sack_permitted: true, ..TcpOptions::default() };
        let said = unanswered(&offered, &answered);
        assert_eq!(said.as_deref(), Some("without the window scale and timestamps of the SYN"));
        assert_eq!(unanswered(&answered, &offered), None);
    }

    #[test]
    fn dates_are_days() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(i64::MAX), "an impossible date");
    }
}
