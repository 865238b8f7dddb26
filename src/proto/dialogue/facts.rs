//! An observer that keeps of a dialogue what the index keeps of a flow.

use super::events::{Event, EventKind, Observer};
use super::sealed::{Lengths, Part, Standing};
use crate::proto::TlsFacts;
use crate::proto::tls::message::{Certificate, ClientHello, CompressedCertificate, EncryptedExtensions, ServerHello};
use crate::proto::tls::{ClientPrints, Fingerprints, SeenAlert, SeenMessage};
use crate::proto::upgrade;
use crate::vocab::Direction;
use crate::vocab::iana::{ContentType, HandshakeType, ProtocolVersion};

/// Bytes of a record's header.
const RECORD_HEADER: u32 = 5;

/// How far from its record's header on the part of a message lies in the stream, where records may cut the message.
fn stream_offset(event: &Event<'_>, body: &[u8], part: &[u8]) -> Option<u32> {
    let EventKind::Message { pieces, .. } = event.kind else { return None };
    let mut offset = (4 + (part.as_ptr().addr() - body.as_ptr().addr())) as u64;
    for piece in pieces {
        let length = piece.end - piece.start;
        if offset < length {
            return Some((piece.start + offset - event.range.start) as u32 + RECORD_HEADER);
        }
        offset -= length;
    }
    None
}

/// Messages and alerts listed of one flow; more are passed over.
const MAX_LISTED: usize = 64;

/// Fills a flow's [`TlsFacts`] from what its dialogue tells.
pub struct FactsObserver<'a> {
    facts: &'a mut TlsFacts,
    prints: &'a mut Fingerprints,
}

impl<'a> FactsObserver<'a> {
    /// An observer that goes on filling `facts`; fingerprints come from `prints`.
    pub fn new(facts: &'a mut TlsFacts, prints: &'a mut Fingerprints) -> Self {
        Self { facts, prints }
    }

    fn message(&mut self, event: &Event<'_>, kind: HandshakeType, bytes: &[u8]) {
        if self.facts.messages.len() < MAX_LISTED {
            let decrypted = event.decrypted;
            self.facts.messages.push(SeenMessage { packet: event.packet, from: event.from, kind, decrypted });
        }
        let body = bytes.get(4..).unwrap_or_default();
        match kind {
            HandshakeType::HELLO_REQUEST | HandshakeType::CLIENT_HELLO if event.decrypted => {
                self.facts.progress.renegotiation = true;
            }
            HandshakeType::CLIENT_HELLO => self.client_hello(event, body),
            HandshakeType::SERVER_HELLO => self.server_hello(body),
            HandshakeType::CERTIFICATE => self.certificates(event.from, body),
            HandshakeType::COMPRESSED_CERTIFICATE => {
                if let Ok(body) = CompressedCertificate::decode(body).decompress() {
                    self.certificates(event.from, &body);
                }
            }
            HandshakeType::CERTIFICATE_REQUEST => self.facts.progress.certificate_request = true,
            HandshakeType::ENCRYPTED_EXTENSIONS => {
                let alpn = EncryptedExtensions::decode(body).alpn().map(Into::into);
                self.facts.alpn = alpn.or(self.facts.alpn.take());
            }
            HandshakeType::SERVER_KEY_EXCHANGE => self.key_exchange(body),
            HandshakeType::NEW_SESSION_TICKET if event.decrypted => {
                // Sent after the client's Finished it shows that the server took that.
                let progress = &mut self.facts.progress;
                progress.application_data.to_client |=
                    self.facts.version.is_some_and(ProtocolVersion::is_tls13) && progress.finished.to_server;
            }
            HandshakeType::FINISHED if event.decrypted => self.finished(event),
            _ => {}
        }
    }

    fn client_hello(&mut self, event: &Event<'_>, body: &[u8]) {
        let facts = &mut *self.facts;
        facts.progress.hello_begun = true;
        if facts.progress.client_hello {
            return;
        }
        facts.progress.client_hello = true;
        facts.began = Some(facts.began.unwrap_or(event.began));
        facts.client_hello_bytes = body.len() as u32 + 4;
        facts.client_hello_segments = event.segments;
        let hello = ClientHello::decode(body);
        facts.progress.alpn_offered = hello.alpn().next().is_some();
        facts.client_random = hello.random.last_chunk::<8>().map(|tail| u64::from_be_bytes(*tail));
        facts.server_name = hello.server_name().map(Into::into);
        facts.offers = Some(self.prints.offers(&hello));
        facts.first_segment = event.head + RECORD_HEADER;
        facts.server_name_at = hello.server_name().and_then(|name| stream_offset(event, body, name)).unwrap_or(0);
        let ClientPrints { ja3, ja4 } = self.prints.client(&hello);
        (facts.ja3, facts.ja4) = (Some(ja3), Some(ja4));
        facts.resumable_session = if hello.session_id.is_empty() { None } else { Some(hello.session_id.into()) };
        if !hello.issues.is_empty() {
            facts.progress.malformed = true;
        }
    }

    fn server_hello(&mut self, body: &[u8]) {
        let hello = ServerHello::decode(body);
        let facts = &mut *self.facts;
        let retry = hello.is_hello_retry_request();
        if facts.version.is_none() {
            facts.version = Some(hello.selected_version());
            facts.cipher = hello.cipher_suite;
            facts.ja3s = Some(self.prints.server(&hello));
        }
        facts.group = hello.selected_group().or(facts.group);
        facts.alpn = hello.alpn().map(Into::into).or(facts.alpn.take());
        if retry {
            facts.progress.retry = true;
        } else {
            facts.progress.server_hello = true;
            if facts.version.is_some_and(|version| version >= ProtocolVersion::TLS_1_3) {
                facts.resumed = Some(hello.pre_shared_key().is_some());
            } else if !hello.session_id.is_empty() {
                // An echoed session identifier resumes (RFC 5246 §7.3); a certificate that follows says otherwise.
                facts.resumed = Some(facts.resumable_session.as_deref() == Some(hello.session_id));
            }
        }
        if !hello.issues.is_empty() {
            facts.progress.malformed = true;
        }
    }

    fn certificates(&mut self, from: Direction, body: &[u8]) {
        let certificate = Certificate::decode(body, self.facts.version);
        if from == Direction::ToClient && self.facts.leaf.is_none() {
            let leaf = certificate.certificates().next().and_then(|leaf| leaf.der.last_chunk::<8>());
            self.facts.leaf = leaf.map(|tail| u64::from_be_bytes(*tail));
        }
        let count = certificate.certificates().count();
        self.facts.certificates = self.facts.certificates.saturating_add(count as u16);
        if self.facts.version.is_some_and(|version| version < ProtocolVersion::TLS_1_3) {
            self.facts.resumed = Some(false);
        }
    }

    fn key_exchange(&mut self, body: &[u8]) {
        let suite = self.facts.cipher.and_then(crate::vocab::iana::CipherSuite::facts);
        let exchange = crate::proto::tls::message::ServerKeyExchange::decode(body, suite, self.facts.version);
        self.facts.group = exchange.group().or(self.facts.group);
    }

    /// A Finished that keys opened, or the record that must hold it.
    fn finished(&mut self, event: &Event<'_>) {
        let progress = &mut self.facts.progress;
        progress.finished[event.from] = true;
        if self.facts.version.is_some_and(ProtocolVersion::is_tls13) {
            // The client answers only a whole flight of the server.
            progress.finished.to_client |= event.from == Direction::ToServer;
        } else if event.from == Direction::ToServer && !progress.finished.to_client && self.facts.resumed.is_none() {
            // A full handshake: the client finishes first.
            self.facts.resumed = Some(false);
        }
        self.complete(event);
    }

    /// Application data that keys opened, 0-RTT data left out.
    fn application_data(&mut self, event: &Event<'_>) {
        if event.from == Direction::ToServer && !self.facts.progress.finished.to_server {
            // The keys come into use with its Finished, which was not to be seen.
            self.finished(event);
        }
        let progress = &mut self.facts.progress;
        // A TLS 1.3 server may speak before it has the client's Finished; that says nothing of what it thinks of it.
        progress.application_data[event.from] |= progress.finished.to_server;
    }

    /// A whole encrypted record.
    fn protected(&mut self, event: &Event<'_>, content: ContentType, length: u16) {
        // A record of nothing, which some stacks send before they have keys, says nothing.
        if length == 0 {
            return;
        }
        let progress = &mut self.facts.progress;
        progress.sealed = true;
        let from = event.from;
        if self.facts.version.is_some_and(|version| version >= ProtocolVersion::TLS_1_3) {
            self.protected_13(event, length);
            return;
        }
        match content {
            ContentType::APPLICATION_DATA => progress.application_data[from] = true,
            ContentType::HANDSHAKE if progress.finished[from] => progress.renegotiation = true,
            ContentType::ALERT if !progress.application_data[from] => progress.early_alert[from] = true,
            // What else a hole hides, the message behind it can be any.
            ContentType::HANDSHAKE if !progress.finished[from] && progress.changed_cipher[from] => self.finished(event),
            _ => {}
        }
    }

    /// A whole encrypted record of TLS 1.3, which does not say what it holds.
    fn protected_13(&mut self, event: &Event<'_>, length: u16) {
        let lengths = Lengths::of(self.facts);
        let progress = &mut self.facts.progress;
        let standing = Standing {
            server_hello: progress.server_hello,
            client_protected: progress.client_protected,
            client_finished: progress.finished.to_server,
        };
        let part = standing.part(event.from, u64::from(length), lengths);
        progress.client_protected |=
            event.from == Direction::ToServer && matches!(part, Part::Handshake | Part::Finished);
        match (event.from, part) {
            (_, Part::Finished) => {
                // The client answers only a whole flight of the server.
                progress.finished.to_server = true;
                progress.finished.to_client = true;
                self.complete(event);
            }
            (Direction::ToServer, Part::Alert) if !standing.client_finished => progress.early_alert.to_server = true,
            // A short request can be as long as an alert; behind one nobody speaks.
            (Direction::ToServer, Part::Alert) if !progress.application_data.to_server => {
                progress.application_data.to_server = std::mem::replace(&mut progress.late_alert, true);
            }
            (Direction::ToClient, Part::Alert) if standing.client_finished && !progress.application_data.to_client => {
                progress.early_alert.to_client = true;
            }
            (from, Part::Application) => progress.application_data[from] = true,
            _ => {}
        }
    }

    /// Notes what the first bytes before TLS say of the flow.
    fn preamble_begins(&mut self, from: Direction, bytes: &[u8]) {
        let progress = &mut self.facts.progress;
        match from {
            Direction::ToServer => {
                let socks = matches!(bytes, [4, 1 | 2, ..] | [5, 1..=8, ..]) && bytes.len() < 64;
                progress.tunnel_asked = bytes.starts_with(b"CONNECT ") || socks;
                // Where the capture lacks what came before it.
                progress.tls_hint |= matches!(bytes, [20..=23, 3, 0..=4, _, _, ..]);
            }
            Direction::ToClient => {
                let alert = matches!(bytes, [21, 3, 0..=4, 0, 2, ..]);
                let head = &bytes[..bytes.len().min(2048)];
                let named = head.windows(5).any(|window| window.eq_ignore_ascii_case(b"https"));
                progress.tls_hint |= alert || named && head.starts_with(b"HTTP/1.") && head.get(9) == Some(&b'4');
            }
        }
    }

    fn complete(&mut self, event: &Event<'_>) {
        if self.facts.is_complete() && self.facts.completed.is_none() {
            self.facts.completed = Some(event.time);
            self.facts.resumable_session = None;
        }
    }
}

impl Observer for FactsObserver<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let from = event.from;
        match event.kind {
            EventKind::Preamble(bytes) => {
                if self.facts.preamble_bytes[from] == 0 {
                    self.preamble_begins(from, bytes);
                }
                self.facts.progress.preamble |= !bytes.is_empty();
                self.facts.progress.upgrade_sought |= from == Direction::ToServer
                    && (upgrade::request(bytes).is_some() || upgrade::asks_for_offers(bytes));
                self.facts.preamble_bytes[from] += bytes.len() as u32;
            }
            EventKind::Turned => self.facts.turn(),
            EventKind::Start { opens, late, wrapping } => {
                self.facts.start[from] = event.range.start;
                self.facts.wrapping = wrapping;
                if !opens {
                    return;
                }
                if late {
                    self.facts.progress.joined_late = true;
                } else if from == Direction::ToServer {
                    self.facts.progress.hello_begun = true;
                    self.facts.began = Some(self.facts.began.unwrap_or(event.began));
                }
            }
            EventKind::Record { .. } => self.facts.records[from] = self.facts.records[from].saturating_add(1),
            EventKind::MessageBegins(kind) => {
                self.facts.progress.hello_begun |= kind == HandshakeType::CLIENT_HELLO;
            }
            EventKind::Message { kind, bytes, .. } => self.message(event, kind, bytes),
            EventKind::Ssl2Hello(_) => {
                self.facts.progress.hello_begun = true;
                self.facts.progress.client_hello = true;
                self.facts.records[from] = self.facts.records[from].saturating_add(1);
            }
            EventKind::Unfinished { .. } => self.facts.progress.unfinished[from] = true,
            EventKind::Malformed(_) | EventKind::BadTag { .. } => self.facts.progress.malformed = true,
            EventKind::Alert { level, description } => {
                if self.facts.alerts.len() < MAX_LISTED {
                    let (packet, decrypted) = (event.packet, event.decrypted);
                    self.facts.alerts.push(SeenAlert { packet, from, level, description, decrypted });
                }
            }
            EventKind::ApplicationData { early, .. } if !early => self.application_data(event),
            EventKind::ChangeCipherSpec => self.facts.progress.changed_cipher[from] = true,
            EventKind::ApplicationData { .. }
            | EventKind::Cut { .. }
            | EventKind::TooLong { .. }
            | EventKind::Heartbeat(_) => {}
            EventKind::Protected { content, length } => self.protected(event, content, length),
            EventKind::Foreign(_) => self.facts.progress.foreign[from] = true,
            EventKind::Gap => self.facts.progress.gap |= !self.facts.is_complete(),
        }
    }
}
