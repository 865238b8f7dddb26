//! Names for encrypted records, inferred from their length, direction and order: TLS 1.3 still speaks without keys.
//!
//! Start at [`infer`]. Nothing here is seen in the bytes: every step named here is marked as inferred, and its note
//! says from what. Lengths are of record bodies, the content type byte (1) and the tag (mostly 16) included
//! (RFC 8446 §5.2). Records that keys opened are left alone.

use super::{Step, StepKind};
use crate::proto::TlsFacts;
use crate::vocab::Direction::{ToClient, ToServer};
use crate::vocab::iana::{ContentType, HandshakeType, PrfHash, ProtocolVersion};

/// Shortest and longest body that passes for a session ticket: a ticket is a few hundred bytes.
const TICKET_BODY: std::ops::RangeInclusive<u64> = 100..=1500;
/// Bytes by which the tickets of one server differ from each other.
const TICKET_SPREAD: u64 = 16;
/// Longest body of encrypted extensions alone: an application protocol and little else.
const LONGEST_EXTENSIONS: u64 = 300;

/// Name of what the client sends before its Finished.
pub(super) const EARLY_DATA: &str = "Application Data (0-RTT)";

/// Name of a TLS 1.3 server's request for a client certificate.
pub const CERTIFICATE_REQUEST: &str = "Certificate Request";

/// Names the encrypted records of a flow. `steps` are in the order in which they were read.
pub(super) fn infer(steps: &mut [Step], facts: &TlsFacts) {
    if facts.progress.joined_late {
        return;
    }
    match facts.version {
        Some(version) if version.is_tls13() => Tls13::new(steps, facts).infer(),
        version => infer_old(steps, version),
    }
}

/// What an inferred record is called and why.
struct Guess {
    name: String,
    why: String,
}

fn guess(name: impl Into<String>, why: impl Into<String>) -> Guess {
    Guess { name: name.into(), why: why.into() }
}

fn name(step: &mut Step, guess: Guess) {
    step.kind = StepKind::Encrypted;
    step.name = guess.name;
    step.note = format!("inferred: {}", guess.why);
    step.inferred = true;
}

/// Up to TLS 1.2 the record's type is in clear: the first encrypted handshake message is the Finished.
fn infer_old(steps: &mut [Step], version: Option<ProtocolVersion>) {
    let mut finished = [false; 2];
    let mut last = [None; 2];
    for (at, step) in steps.iter().enumerate() {
        if matches!(step.kind, StepKind::Encrypted | StepKind::ApplicationData) {
            last[usize::from(step.from == ToServer)] = Some(at);
        }
    }
    for (at, step) in steps.iter_mut().enumerate() {
        let side = usize::from(step.from == ToServer);
        finished[side] |= is_opened_finished(step);
        if step.kind != StepKind::Encrypted || step.decrypted {
            continue;
        }
        match step.id.map(ContentType) {
            Some(ContentType::HANDSHAKE) if !finished[side] => {
                finished[side] = true;
                name(step, guess("Finished", "the first handshake message after Change Cipher Spec"));
            }
            Some(ContentType::HANDSHAKE) => {
                let message = if step.from == ToServer { "Client Hello or its answer" } else { "Hello Request" };
                let why = format!("a handshake message after the Finished: renegotiation, perhaps a {message}");
                name(step, guess("Encrypted Handshake Message", why));
            }
            Some(ContentType::ALERT) if last[side] == Some(at) && finished[side] => {
                name(step, guess("Encrypted Alert", "the sender's last record, probably close_notify"));
            }
            Some(ContentType::ALERT) => {
                let spoken = version.map_or_else(String::new, |version| format!(" of {version}"));
                name(step, guess("Encrypted Alert", format!("the record's type says so; its text{spoken} needs keys")));
            }
            _ => {}
        }
    }
}

/// Record lengths of one TLS 1.3 connection.
#[derive(Clone, Copy)]
struct Lengths {
    /// Bytes that protection adds: the content type and the tag.
    overhead: u64,
    /// Body of a record with a Finished alone.
    finished: u64,
    hash: &'static str,
}

impl Lengths {
    fn of(facts: &TlsFacts) -> Self {
        let suite = facts.cipher.and_then(crate::vocab::iana::CipherSuite::facts);
        let overhead = 1 + suite.map_or(16, |suite| u64::from(suite.bulk.tag_len));
        let (digest, hash) = match suite.map(|suite| suite.prf) {
            Some(PrfHash::Sha384) => (48, "SHA-384"),
            Some(PrfHash::Sha512) => (64, "SHA-512"),
            _ => (32, "SHA-256"),
        };
        Self { overhead, finished: 4 + digest + overhead, hash }
    }

    /// An alert is two bytes; Java pads records to hide that.
    fn is_alert(self, body: u64) -> bool {
        body == 2 + self.overhead || body == 18 + self.overhead
    }

    /// The key whose signature fits a record with a CertificateVerify alone (RFC 8446 §4.4.3).
    fn signature_key(self, body: u64) -> Option<&'static str> {
        Some(match body.checked_sub(self.overhead + 8)? {
            256 => "RSA-2048",
            384 => "RSA-3072",
            512 => "RSA-4096",
            64 => "Ed25519",
            69..=72 => "ECDSA P-256",
            101..=104 => "ECDSA P-384",
            114 => "Ed448",
            136..=139 => "ECDSA P-521",
            2420 => "ML-DSA-44",
            3309 => "ML-DSA-65",
            4627 => "ML-DSA-87",
            _ => return None,
        })
    }

    /// A Certificate without a certificate: header, empty context, empty list (RFC 8446 §4.4.2).
    fn empty_certificate(self) -> u64 {
        4 + 1 + 3 + self.overhead
    }

    fn finished_why(self, body: u64) -> String {
        format!("{body} bytes, the length of a Finished with {}", self.hash)
    }
}

struct Tls13<'s> {
    steps: &'s mut [Step],
    lengths: Lengths,
    resumed: bool,
}

impl<'s> Tls13<'s> {
    fn new(steps: &'s mut [Step], facts: &TlsFacts) -> Self {
        Self { steps, lengths: Lengths::of(facts), resumed: facts.resumed == Some(true) }
    }

    fn infer(mut self) {
        let is_hello = |step: &Step| {
            let hello = Some(HandshakeType::SERVER_HELLO.0);
            step.kind == StepKind::Message && step.from == ToClient && step.id == hello && !is_retry(step)
        };
        let Some(hello) = self.steps.iter().position(is_hello) else { return };
        self.early_data(hello);
        let records: Vec<usize> = (hello + 1..self.steps.len()).filter(|at| is_closed(&self.steps[*at])).collect();
        let (client, server): (Vec<usize>, Vec<usize>) =
            records.into_iter().partition(|at| self.steps[*at].from == ToServer);
        // What keys opened need not be inferred, nor what comes before it.
        let opened = |from| self.steps.iter().position(|step| step.from == from && is_opened_finished(step));
        let (client_opened, server_opened) = (opened(ToServer), opened(ToClient));
        let early = self.end_of_early_data(hello, &client);
        let answer = client_opened.or_else(|| self.client_flight(&client[early..]));
        // The client answers only a whole flight of the server; what comes later is no part of it.
        let first_answer = client_opened.or_else(|| client.get(early).copied()).unwrap_or(usize::MAX);
        let flight = server.partition_point(|at| *at < first_answer);
        let rest = match server_opened {
            Some(finished) => server.partition_point(|at| *at < finished),
            None => flight.min(self.server_flight(&server[..flight], first_answer < usize::MAX)),
        };
        if let Some(finished) = answer {
            let asked_early = if early > 0 { Some(0) } else { None };
            let client_data = asked_early.or_else(|| client.iter().copied().find(|at| *at > finished));
            self.tickets(&server[rest..], client_data);
        }
        self.last_alert(&client);
        self.last_alert(&server);
    }

    fn body(&self, at: usize) -> u64 {
        self.steps[at].bytes
    }

    fn name(&mut self, at: usize, guess: Guess) {
        name(&mut self.steps[at], guess);
    }

    /// Records that the client sends before the ServerHello are 0-RTT data.
    fn early_data(&mut self, hello: usize) {
        for step in self.steps[..hello].iter_mut().filter(|step| is_closed(step) && step.from == ToServer) {
            step.name = EARLY_DATA.into();
            step.note = "inferred: sent before the Server Hello, with the keys of an earlier session".into();
            step.inferred = true;
        }
    }

    /// Passes over 0-RTT data that goes on after the ServerHello, up to the message that ends it. Returns how many of
    /// the client's records that are.
    fn end_of_early_data(&mut self, hello: usize, client: &[usize]) -> usize {
        let early = self.steps[..hello].iter().any(|step| is_closed(step) && step.from == ToServer);
        let end = 4 + self.lengths.overhead;
        match client.iter().position(|at| self.body(*at) == end) {
            Some(place) if early => {
                for at in &client[..place] {
                    self.steps[*at].name = EARLY_DATA.into();
                    self.steps[*at].inferred = true;
                }
                let why = format!("{end} bytes after 0-RTT data, an empty handshake message");
                self.name(client[place], guess("End Of Early Data", why));
                place + 1
            }
            _ => 0,
        }
    }

    /// Names the client's records up to its Finished; returns where that is.
    fn client_flight(&mut self, client: &[usize]) -> Option<usize> {
        let lengths = self.lengths;
        let &first = client.first()?;
        let body = self.body(first);
        let empty = lengths.empty_certificate();
        if lengths.is_alert(body) && body < lengths.finished {
            let why =
                format!("{body} bytes in place of a Finished, the length of an alert: the client refuses what it got");
            self.name(first, guess("Alert", why));
            return None;
        }
        if body == lengths.finished {
            self.name(first, guess("Finished", lengths.finished_why(body)));
            return Some(first);
        }
        if body == empty + 4 + (lengths.finished - lengths.overhead - 4) {
            let why = format!("{body} bytes, the length of an empty certificate list and a Finished");
            self.name(first, guess("Certificate (empty), Finished", why));
            return Some(first);
        }
        let finished = client.iter().take(4).position(|at| self.body(*at) == lengths.finished);
        let Some(place) = finished else {
            let why = "the client's first record after the server's flight, of no length that tells more";
            self.name(first, guess("Encrypted handshake up to Finished", why));
            return Some(first);
        };
        self.name(client[place], guess("Finished", lengths.finished_why(lengths.finished)));
        if body == empty {
            let why = format!("{empty} bytes before the Finished, the length of an empty certificate list");
            self.name(first, guess("Certificate (empty)", why));
        } else {
            self.certificate_and_proof(&client[..place]);
        }
        Some(client[place])
    }

    /// Names records before a Finished that hold a certificate and its proof.
    fn certificate_and_proof(&mut self, records: &[usize]) {
        let Some((last, before)) = records.split_last() else { return };
        let key = self.lengths.signature_key(self.body(*last)).filter(|_| !before.is_empty());
        let certificates = if let Some(key) = key {
            let why = format!("{} bytes before a Finished, the length of a signature with {key}", self.body(*last));
            self.name(*last, guess("Certificate Verify", why));
            before
        } else {
            records
        };
        let proof = if key.is_some() { "Certificate" } else { "Certificate, Certificate Verify" };
        for at in certificates {
            self.name(*at, guess(proof, "its place before the Finished"));
        }
    }

    /// Names the server's records after its ServerHello; returns how many belong to its flight.
    fn server_flight(&mut self, records: &[usize], answered: bool) -> usize {
        let lengths = self.lengths;
        if records.is_empty() {
            return 0;
        }
        if let Some(place) = records.iter().position(|at| lengths.is_alert(self.body(*at)) && !answered) {
            // A short record that ends the flight unanswered is an alert, unless the flight goes on.
            if place + 1 == records.len() && self.body(records[place]) == 2 + lengths.overhead {
                let why = format!("{} bytes, the length of an alert", self.body(records[place]));
                self.name(records[place], guess("Alert", why));
                return self.server_flight(&records[..place], true).min(place) + 1;
            }
        }
        let finished = records.iter().skip(1).position(|at| self.body(*at) == lengths.finished).map(|at| at + 1);
        let Some(finished) = finished else {
            self.coalesced_flight(records, answered);
            return records.len();
        };
        self.name(records[finished], guess("Finished", lengths.finished_why(lengths.finished)));
        self.extensions(records[0]);
        let middle = &records[1..finished];
        match middle {
            [] => {}
            [request, rest @ ..]
                if rest.len() >= 2 && self.lengths.signature_key(self.body(rest[rest.len() - 1])).is_some() =>
            {
                self.name(*request, guess(CERTIFICATE_REQUEST, "its place between two known messages"));
                self.certificate_and_proof(rest);
            }
            _ => self.certificate_and_proof(middle),
        }
        finished + 1
    }

    fn extensions(&mut self, at: usize) {
        self.name(at, guess("Encrypted Extensions", "always the first record after the Server Hello"));
    }

    /// A flight whose records do not begin where messages do, or that is cut.
    fn coalesced_flight(&mut self, records: &[usize], answered: bool) {
        let (first, rest) = records.split_at(1);
        if self.body(first[0]) <= LONGEST_EXTENSIONS {
            self.extensions(first[0]);
        } else {
            let end = if answered { " to Finished" } else { " and what follows" };
            let why = "the first record after the Server Hello, too long for one message";
            self.name(first[0], guess(format!("Encrypted Extensions{end}"), why));
        }
        for at in rest {
            let guess = match self.lengths.signature_key(self.body(*at)) {
                Some(key) => guess(
                    "Certificate Verify",
                    format!("{} bytes, the length of a signature with {key}", self.body(*at)),
                ),
                None if self.body(*at) > LONGEST_EXTENSIONS => {
                    guess("Certificate", "a long record in the server's flight")
                }
                None => guess("Encrypted Handshake Message", "its place in the server's flight"),
            };
            self.name(*at, guess);
        }
    }

    /// Names the tickets that a server sends after the client's Finished.
    fn tickets(&mut self, server: &[usize], client_data: Option<usize>) {
        let Some(&first) = server.first() else { return };
        let body = self.body(first);
        if !TICKET_BODY.contains(&body) {
            return;
        }
        let second = server.get(1).copied().filter(|at| self.body(*at).abs_diff(body) <= TICKET_SPREAD);
        let unasked = client_data.is_none_or(|data| first < data);
        let why = match (second, unasked) {
            (Some(_), _) => "one of two records of about one length right after the handshake",
            (None, true) => "sent right after the handshake, before the client asked for anything",
            (None, false) if self.resumed && (200..=350).contains(&body) => {
                "the server's first record after a resumption"
            }
            (None, false) => return,
        };
        for at in [Some(first), second].into_iter().flatten() {
            self.name(at, guess("New Session Ticket", why));
        }
    }

    /// A sender's last record of an alert's length closes the connection, most of the time.
    fn last_alert(&mut self, records: &[usize]) {
        let Some(&last) = records.last() else { return };
        let body = self.body(last);
        if self.steps[last].kind == StepKind::ApplicationData && body == 2 + self.lengths.overhead {
            let why = format!("{body} bytes, the length of an alert, and the sender's last record");
            self.name(last, guess("Alert", why));
        }
    }
}

/// Whether a step is a Finished that keys opened.
fn is_opened_finished(step: &Step) -> bool {
    step.kind == StepKind::Message && step.decrypted && step.id == Some(HandshakeType::FINISHED.0)
}

/// Whether a step is an application data record that no key opened.
fn is_closed(step: &Step) -> bool {
    step.kind == StepKind::ApplicationData && !step.decrypted
}

/// Whether a ServerHello asks for another ClientHello.
pub(super) fn is_retry(step: &Step) -> bool {
    step.body.get(6..38) == Some(&crate::proto::tls::message::HELLO_RETRY_RANDOM[..])
}
