//! What is worth saying of a step besides what it is: of a message from its bytes, of a segment from the segment and what
//! its sender did before.

use std::collections::HashMap;

use super::note::{Note, Unanswered};
use super::step::{Page, Step, What};
use crate::flow::{Events, Trace, TraceSegment, Unusable, unusable};
use crate::net::TcpOptions;
use crate::proto::dialogue::Plaintext;
use crate::proto::tls::certificate::CertificateFacts;
use crate::proto::tls::message::{
    Certificate, CertificateRequest, CertificateVerify, ClientHello, CompressedCertificate, EncryptedExtensions,
    NewSessionTicket, ServerHello, ServerKeyExchange,
};
use crate::vocab::iana::{CipherSuite, HandshakeType, ProtocolVersion};
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
/// Headers of an HTTP answer that say who sent it and where to go.
const TELLING_HEADERS: [&str; 5] = ["server", "via", "location", "proxy-authenticate", "www-authenticate"];

/// The version and suite that were chosen, as far as the messages before tell.
#[derive(Clone, Copy, Default)]
pub(super) struct Chosen {
    pub version: Option<ProtocolVersion>,
    pub suite: Option<CipherSuite>,
}

impl Chosen {
    /// Learns from a ServerHello.
    pub fn learn(&mut self, step: &Step) {
        if step.what.message() == Some(HandshakeType::SERVER_HELLO) {
            let hello = ServerHello::decode(step.body.get(4..).unwrap_or_default());
            self.version = Some(hello.selected_version());
            self.suite = hello.cipher_suite.or(self.suite);
        }
    }
}

/// The notes of a whole handshake message.
pub(super) fn message(step: &Step, chosen: Chosen, segments: u16) -> Vec<Note> {
    let body = step.body.get(4..).unwrap_or_default();
    let mut notes = match step.what.message() {
        Some(HandshakeType::CLIENT_HELLO) => client_hello(body),
        Some(HandshakeType::SERVER_HELLO) => server_hello(body, step.what == What::HelloRetryRequest),
        Some(HandshakeType::CERTIFICATE) => certificate(body, chosen, step.time),
        Some(HandshakeType::COMPRESSED_CERTIFICATE) => match CompressedCertificate::decode(body).decompress() {
            Ok(body) => certificate(&body, chosen, step.time),
            Err(_) => vec![Note::DoesNotDecompress],
        },
        Some(HandshakeType::SERVER_KEY_EXCHANGE) => {
            let suite = chosen.suite.and_then(CipherSuite::facts);
            let exchange = ServerKeyExchange::decode(body, suite, chosen.version);
            let scheme = exchange.signature.as_ref().and_then(|signature| signature.scheme).map(Note::Scheme);
            exchange.group().map(Note::Group).into_iter().chain(scheme).collect()
        }
        Some(HandshakeType::CERTIFICATE_REQUEST) => {
            vec![Note::Authorities(CertificateRequest::decode(body, chosen.version).authorities().count())]
        }
        Some(HandshakeType::CERTIFICATE_VERIFY) => {
            CertificateVerify::decode(body, chosen.version).scheme.map(Note::Scheme).into_iter().collect()
        }
        Some(HandshakeType::ENCRYPTED_EXTENSIONS) => {
            EncryptedExtensions::decode(body).alpn().map(|alpn| Note::Alpn(alpn.into())).into_iter().collect()
        }
        Some(HandshakeType::NEW_SESSION_TICKET) => {
            let ticket = NewSessionTicket::decode(body, chosen.version);
            vec![Note::Ticket(ticket.ticket.len(), ticket.lifetime)]
        }
        _ => Vec::new(),
    };
    if segments > 1 {
        notes.push(Note::Segments(segments));
    }
    notes
}

fn client_hello(body: &[u8]) -> Vec<Note> {
    let hello = ClientHello::decode(body);
    let mut notes = vec![Note::ServerName(hello.server_name().map(Into::into)), Note::UpTo(hello.highest_version())];
    for (holds, note) in [
        (hello.has_psk(), Note::OffersToResume),
        (hello.early_data(), Note::AnnouncesEarlyData),
        (hello.cookie().is_some(), Note::ReturnsCookie),
        (!hello.issues.is_empty(), Note::Malformed),
    ] {
        if holds {
            notes.push(note);
        }
    }
    notes
}

fn server_hello(body: &[u8], retry: bool) -> Vec<Note> {
    let hello = ServerHello::decode(body);
    let mut notes = vec![Note::Version(hello.selected_version())];
    notes.extend(hello.cipher_suite.map(Note::Suite));
    notes.extend(hello.selected_group().map(if retry { Note::AsksFor } else { Note::Group }));
    notes.extend(hello.alpn().map(|alpn| Note::Alpn(alpn.into())));
    if hello.pre_shared_key().is_some() {
        notes.push(Note::Resumes);
    }
    if !hello.issues.is_empty() {
        notes.push(Note::Malformed);
    }
    notes
}

fn certificate(body: &[u8], chosen: Chosen, time: Time) -> Vec<Note> {
    let message = Certificate::decode(body, chosen.version);
    let count = message.certificates().count();
    let Some(leaf) = message.certificates().next() else { return vec![Note::NoCertificate] };
    let leaf = CertificateFacts::decode(leaf.der);
    let subject = leaf.common_name.clone().or(leaf.dns_names.first().cloned()).unwrap_or_else(|| leaf.subject.clone());
    let mut notes = vec![Note::Subject(subject), Note::Certificates(count)];
    let now = time.unix_seconds();
    match (leaf.not_before, leaf.not_after) {
        (Some(begins), _) if begins > now => notes.push(Note::NotValidBefore(begins)),
        (_, Some(ends)) if ends < now => notes.push(Note::Expired(ends)),
        (_, Some(ends)) => notes.push(Note::ValidUntil(ends)),
        _ => {}
    }
    notes
}

/// Readable text with what names its sender, where it is an HTTP answer.
pub(super) fn page(bytes: &[u8], text: Plaintext) -> Page {
    let Plaintext { protocol, first_line } = text;
    if !bytes.starts_with(b"HTTP/") {
        return Page { protocol, first_line, headers: Vec::new(), title: None };
    }
    let header = |name| Some((name, http_header(bytes, name)?));
    Page {
        protocol,
        first_line,
        headers: TELLING_HEADERS.into_iter().filter_map(header).collect(),
        title: html_title(bytes),
    }
}

/// The value of an HTTP header, made visible.
fn http_header(bytes: &[u8], name: &str) -> Option<String> {
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
fn html_title(bytes: &[u8]) -> Option<String> {
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
    /// What its receiver cannot use, and why.
    unusable: HashMap<PacketNumber, Unusable>,
}

impl Senders {
    /// Looks through a trace.
    pub fn of(trace: &Trace) -> Self {
        let mut usual_ttl = PerDirection::default();
        for direction in Direction::BOTH {
            usual_ttl[direction] = usual(trace, direction);
        }
        Self {
            usual_ttl,
            first_sent: PerDirection::default(),
            offered: None,
            dscp: PerDirection::default(),
            unusable: unusable(trace).into_iter().collect(),
        }
    }

    /// The notes of the next segment; segments come in capture order.
    pub fn notes(&mut self, segment: &TraceSegment) -> Vec<Note> {
        let mut notes = Vec::new();
        if segment.flags.syn() {
            notes.push(Note::Options(segment.options));
            if segment.flags.ack() {
                let unanswered = self.offered.map(|offered| Unanswered::of(&offered, &segment.options));
                notes.extend(unanswered.filter(|missing| *missing != Unanswered::default()).map(Note::Unanswered));
            } else {
                self.offered = Some(segment.options);
            }
        }
        let sends = segment.payload_len > 0 || segment.flags.syn() || segment.flags.fin();
        let first = &mut self.first_sent[segment.direction];
        let original = first.get(&segment.seq).copied();
        notes.extend(segment.events.each().map(
            |event| match original.filter(|_| event.any(Events::ANY_RETRANSMISSION)) {
                Some(packet) => Note::Copy(event, packet),
                None => Note::Event(event),
            },
        ));
        if sends && !segment.events.any(Events::NOT_PART) {
            first.entry(segment.seq).or_insert(segment.packet);
        }
        if let Some(usual) = self.usual_ttl[segment.direction]
            && usual.abs_diff(segment.ip.ttl) >= TTL_SPREAD
            && !segment.events.any(Events::NOT_PART)
        {
            notes.push(Note::Ttl { own: segment.ip.ttl, usual, from: segment.direction });
        }
        self.marks(segment, &mut notes);
        notes.extend(self.unusable(segment.packet));
        notes
    }

    /// Why the receiver of a packet cannot use it; that it belongs to an earlier connection its event says.
    pub fn unusable(&self, packet: PacketNumber) -> Option<Note> {
        let why = self.unusable.get(&packet).filter(|why| **why != Unusable::EarlierConnection)?;
        Some(Note::Unusable(*why))
    }

    /// What of the IP header's traffic class (RFC 2474, RFC 3168) is worth saying: another DSCP than before, and that a
    /// router marked the packet because its queue grew.
    fn marks(&mut self, segment: &TraceSegment, notes: &mut Vec<Note>) {
        const CONGESTION_EXPERIENCED: u8 = 3;
        let (dscp, ecn) = (segment.ip.traffic_class >> 2, segment.ip.traffic_class & 3);
        let before = self.dscp[segment.direction].replace(dscp).filter(|before| *before != dscp);
        notes.extend(before.map(|before| Note::Dscp(dscp, before)));
        if ecn == CONGESTION_EXPERIENCED {
            notes.push(Note::CongestionExperienced);
        }
    }
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
    use crate::timeline::samples::Sample;

    #[test]
    fn an_answer_in_clear_tells_who_sent_it() {
        let bytes =
            b"HTTP/1.1 403 Forbidden\r\nServer: filter\r\nLocation:  /x\r\n\r\n<html><TITLE>No\x1b[2J way</title>";
        let text = |protocol, first_line: &str| Plaintext { protocol, first_line: first_line.to_owned() };
        let found = page(bytes, text("HTTP", "HTTP/1.1 403 Forbidden"));
        assert_eq!(found.headers, [("server", "filter".to_owned()), ("location", "/x".to_owned())]);
        assert_eq!(found.title.as_deref(), Some("No\\u{1b}[2J way"));
        let banner = page(b"SSH-2.0-x\r\n", text("SSH", "SSH-2.0-x"));
        assert_eq!((banner.headers.len(), banner.title), (0, None));
    }

    /// The notes of the last segment of a flow.
    fn last(lines: &str) -> Vec<Note> {
        let mut steps = Sample::of(lines).timeline.steps;
        steps.retain(|step| step.what.is_segment());
        steps.pop().map(|step| step.notes).unwrap_or_default()
    }

    #[test]
    fn a_segment_is_noted_for_what_is_odd_about_it() {
        let check = |lines: &str, expected: &[Note]| assert_eq!(last(lines), expected, "{lines}");
        check("> hello", &[]);
        check("> hello\n> again", &[Note::Copy(Events::RETRANSMISSION, PacketNumber(4))]);
        check("> hello\n< RST ttl=63", &[Note::Ttl { own: 63, usual: 55, from: Direction::ToClient }]);
        // Ways of one length differ by one.
        check("> hello\n< RST ttl=54", &[]);
        check("> hello\n< server\n< skip=100 23/53", &[Note::Event(Events::LOST_SEGMENT)]);
        // What TCP drops.
        let off = Unusable::OutOfWindow { off: 5000 };
        check("> hello\n< server\n> 23/53\n< skip=5000 RST", &[Note::Unusable(off)]);
    }

    #[test]
    fn the_usual_ttl_is_that_of_nearly_all_packets() {
        let usual = |lines: &str| usual(&Sample::of(lines).trace, Direction::ToClient);
        assert_eq!(usual("> hello\n< server ttl=63"), Some(55), "the first one speaks for a short flow");
        let long = "< 23/100\n".repeat(10);
        assert_eq!(usual(&format!("< 23/100 ttl=63\n{long}")), Some(55));
        assert_eq!(usual(&format!("{long}{}", "< 23/100 ttl=63\n".repeat(8))), None, "two ways");
    }
}
