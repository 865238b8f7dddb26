//! The sealed records of a whole flow, named once all of them are known.

use super::{Holds, Inferred, Lengths, Why};
use crate::proto::TlsFacts;
use crate::vocab::Direction::{ToClient, ToServer};
use crate::vocab::iana::{ContentType, HandshakeType, ProtocolVersion};
use crate::vocab::{Direction, PerDirection};

/// Shortest and longest body that passes for a session ticket: a ticket is a few hundred bytes.
const TICKET_BODY: std::ops::RangeInclusive<u64> = 100..=1500;
/// The same for the one ticket of a resumption that comes late.
const LATE_TICKET_BODY: std::ops::RangeInclusive<u64> = 200..=350;
/// Bytes by which the tickets of one server differ from each other.
const TICKET_SPREAD: u64 = 16;
/// Longest body of encrypted extensions alone: an application protocol and little else.
const LONGEST_EXTENSIONS: u64 = 300;
/// Records of a client's last flight in a handshake: Certificate, CertificateVerify, Finished, and one more.
const LAST_FLIGHT: usize = 4;

/// What was told of a flow, as far as its sealed records are judged by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Told {
    /// A ServerHello that is no HelloRetryRequest.
    ServerHello,
    /// A `ChangeCipherSpec`.
    ChangeCipherSpec,
    /// A Finished that keys opened.
    Finished,
    /// A record of application data that keys opened.
    Opened,
    /// A whole record that no key opened: what its header says it holds, and the length of its body in bytes.
    Sealed(ContentType, u64),
    /// Anything else.
    Other,
}

/// Infers what the sealed records of a flow hold. `told` is in the order in which it was read; the answer has an entry
/// for each of its own. Records that keys opened are left alone.
pub fn infer(told: &[(Direction, Told)], facts: &TlsFacts) -> Vec<Option<Inferred>> {
    if facts.progress.joined_late {
        return vec![None; told.len()];
    }
    match facts.version {
        Some(version) if version.is_tls13() => Tls13::new(told, facts).infer(),
        version => infer_old(told, version),
    }
}

/// Up to TLS 1.2 the record's type is in clear: the first sealed handshake message behind its sender's ChangeCipherSpec is
/// the Finished. Where the capture lacks that, it can be any.
fn infer_old(told: &[(Direction, Told)], version: Option<ProtocolVersion>) -> Vec<Option<Inferred>> {
    let is_record =
        |of: Direction, told: &(Direction, Told)| told.0 == of && matches!(told.1, Told::Sealed(..) | Told::Opened);
    let last = |of| told.iter().rposition(|one| is_record(of, one));
    let (last_of_client, last_of_server) = (last(ToServer), last(ToClient));
    let (mut changed, mut finished) = (PerDirection::<bool>::default(), PerDirection::<bool>::default());
    let mut one = |at: usize, from: Direction, told: Told| {
        let (changed, finished) = (&mut changed[from], &mut finished[from]);
        let last = if from == ToServer { last_of_client } else { last_of_server };
        let (holds, why) = match told {
            Told::ChangeCipherSpec => {
                *changed = true;
                return None;
            }
            Told::Finished => {
                *finished = true;
                return None;
            }
            Told::Sealed(ContentType::HANDSHAKE, _) if *finished => (Holds::SomeMessage, Why::AfterFinished(from)),
            Told::Sealed(ContentType::HANDSHAKE, _) if !*changed => (Holds::SomeMessage, Why::BehindGap),
            Told::Sealed(ContentType::HANDSHAKE, _) => {
                *finished = true;
                (Holds::Message(HandshakeType::FINISHED), Why::AfterChangeCipherSpec)
            }
            Told::Sealed(ContentType::ALERT, _) if last == Some(at) && *finished => {
                (Holds::AlertByType, Why::TypeAndLast)
            }
            Told::Sealed(ContentType::ALERT, _) => (Holds::AlertByType, Why::Type(version)),
            _ => return None,
        };
        Some(Inferred { holds, why })
    };
    told.iter().enumerate().map(|(at, (from, told))| one(at, *from, *told)).collect()
}

/// The sealed records of TLS 1.3, where the type is sealed too.
struct Tls13<'t> {
    told: &'t [(Direction, Told)],
    found: Vec<Option<Inferred>>,
    lengths: Lengths,
    resumed: bool,
}

impl<'t> Tls13<'t> {
    fn new(told: &'t [(Direction, Told)], facts: &TlsFacts) -> Self {
        let found = vec![None; told.len()];
        Self { told, found, lengths: Lengths::of(facts), resumed: facts.resumed == Some(true) }
    }

    fn infer(mut self) -> Vec<Option<Inferred>> {
        let Some(hello) = self.told.iter().position(|told| *told == (ToClient, Told::ServerHello)) else {
            return self.found;
        };
        self.early_data(hello);
        let records: Vec<usize> = (hello + 1..self.told.len()).filter(|at| self.is_sealed(*at)).collect();
        let (client, server): (Vec<usize>, Vec<usize>) = records.into_iter().partition(|at| self.from(*at) == ToServer);
        // What keys opened need not be inferred, nor what comes before it.
        let opened = |from| self.told.iter().position(|told| *told == (from, Told::Finished));
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
        self.found
    }

    fn from(&self, at: usize) -> Direction {
        self.told[at].0
    }

    /// Length of a sealed record's body.
    fn body(&self, at: usize) -> u64 {
        match self.told[at].1 {
            Told::Sealed(_, body) => body,
            _ => 0,
        }
    }

    fn is_sealed(&self, at: usize) -> bool {
        matches!(self.told[at].1, Told::Sealed(ContentType::APPLICATION_DATA, _))
    }

    fn name(&mut self, at: usize, holds: Holds, why: Why) {
        self.found[at] = Some(Inferred { holds, why });
    }

    fn message(&mut self, at: usize, kind: HandshakeType, why: Why) {
        self.name(at, Holds::Message(kind), why);
    }

    /// Names a Finished, by its length.
    fn finished(&mut self, at: usize) {
        let why = Why::Finished(self.lengths.finished(), self.lengths.hash);
        self.message(at, HandshakeType::FINISHED, why);
    }

    /// Records that the client sends before the ServerHello are 0-RTT data.
    fn early_data(&mut self, hello: usize) {
        for at in (0..hello).filter(|at| self.is_sealed(*at) && self.from(*at) == ToServer).collect::<Vec<_>>() {
            self.name(at, Holds::EarlyData, Why::BeforeServerHello);
        }
    }

    /// Passes over 0-RTT data that goes on after the ServerHello, up to the message that ends it. Returns how many of
    /// the client's records that are.
    fn end_of_early_data(&mut self, hello: usize, client: &[usize]) -> usize {
        let early = (0..hello).any(|at| self.is_sealed(at) && self.from(at) == ToServer);
        let end = self.lengths.end_of_early_data();
        match client.iter().position(|at| self.body(*at) == end) {
            Some(place) if early => {
                for at in &client[..place] {
                    self.name(*at, Holds::EarlyData, Why::BeforeEndOfEarlyData);
                }
                self.message(client[place], HandshakeType::END_OF_EARLY_DATA, Why::EmptyMessage(end));
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
        if lengths.is_alert(body) && body < lengths.finished() {
            self.name(first, Holds::Alert, Why::AlertForFinished(body));
            return None;
        }
        if body == lengths.finished() {
            self.finished(first);
            return Some(first);
        }
        if body == lengths.empty_certificate_to_finished() {
            self.name(first, Holds::EmptyCertificateToFinished, Why::EmptyListAndFinished(body));
            return Some(first);
        }
        let finished = client.iter().take(LAST_FLIGHT).position(|at| self.body(*at) == lengths.finished());
        let Some(place) = finished else {
            self.name(first, Holds::UpToFinished, Why::FirstOfClient);
            return Some(first);
        };
        self.finished(client[place]);
        if body == lengths.empty_certificate() {
            self.name(first, Holds::EmptyCertificate, Why::EmptyListBeforeFinished(body));
        } else {
            self.certificate_and_proof(&client[..place]);
        }
        Some(client[place])
    }

    /// Names records before a Finished that hold a certificate and its proof.
    fn certificate_and_proof(&mut self, records: &[usize]) {
        let Some((last, before)) = records.split_last() else { return };
        let body = self.body(*last);
        let key = self.lengths.signature_key(body).filter(|_| !before.is_empty());
        let (certificates, holds) = if let Some(key) = key {
            self.message(*last, HandshakeType::CERTIFICATE_VERIFY, Why::SignatureBeforeFinished(body, key));
            (before, Holds::Message(HandshakeType::CERTIFICATE))
        } else {
            (records, Holds::CertificateAndVerify)
        };
        for at in certificates {
            self.name(*at, holds, Why::BeforeFinished);
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
            let body = self.body(records[place]);
            if place + 1 == records.len() && body == lengths.alert() {
                self.name(records[place], Holds::Alert, Why::AlertLength(body));
                return self.server_flight(&records[..place], true).min(place) + 1;
            }
        }
        let finished = records.iter().skip(1).position(|at| self.body(*at) == lengths.finished()).map(|at| at + 1);
        let Some(finished) = finished else {
            self.coalesced_flight(records, answered);
            return records.len();
        };
        self.finished(records[finished]);
        self.extensions(records[0]);
        let middle = &records[1..finished];
        match middle {
            [] => {}
            [request, rest @ ..]
                if rest.len() >= 2 && self.lengths.signature_key(self.body(rest[rest.len() - 1])).is_some() =>
            {
                self.message(*request, HandshakeType::CERTIFICATE_REQUEST, Why::BetweenKnown);
                self.certificate_and_proof(rest);
            }
            _ => self.certificate_and_proof(middle),
        }
        finished + 1
    }

    fn extensions(&mut self, at: usize) {
        self.message(at, HandshakeType::ENCRYPTED_EXTENSIONS, Why::BehindServerHello);
    }

    /// A flight whose records do not begin where messages do, or that is cut.
    fn coalesced_flight(&mut self, records: &[usize], answered: bool) {
        let (first, rest) = records.split_at(1);
        if self.body(first[0]) <= LONGEST_EXTENSIONS {
            self.extensions(first[0]);
        } else {
            let holds = if answered { Holds::ExtensionsToFinished } else { Holds::ExtensionsAndMore };
            self.name(first[0], holds, Why::TooLongForOne);
        }
        for at in rest {
            let body = self.body(*at);
            match self.lengths.signature_key(body) {
                Some(key) => self.message(*at, HandshakeType::CERTIFICATE_VERIFY, Why::Signature(body, key)),
                None if body > LONGEST_EXTENSIONS => {
                    self.message(*at, HandshakeType::CERTIFICATE, Why::LongInFlight);
                }
                None => self.name(*at, Holds::SomeMessage, Why::PlaceInFlight),
            }
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
            (Some(_), _) => Why::OneOfTwo,
            (None, true) => Why::Unasked,
            (None, false) if self.resumed && LATE_TICKET_BODY.contains(&body) => Why::FirstAfterResumption,
            (None, false) => return,
        };
        for at in [Some(first), second].into_iter().flatten() {
            self.message(at, HandshakeType::NEW_SESSION_TICKET, why);
        }
    }

    /// A sender's last record of an alert's length closes the connection, most of the time.
    fn last_alert(&mut self, records: &[usize]) {
        let Some(&last) = records.last() else { return };
        let body = self.body(last);
        let is_open = self.found[last].is_none_or(|found| found.holds == Holds::EarlyData);
        if is_open && body == self.lengths.alert() {
            self.name(last, Holds::Alert, Why::AlertAndLast(body));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::iana::CipherSuite;

    /// What records are inferred to hold. A record is the length of its body, `22/40` where its type is in clear; `>`
    /// and `<` say whose those behind them are; `hello` is the ServerHello, `opened` a Finished that keys opened.
    fn names(version: ProtocolVersion, suite: u16, records: &str, resumed: bool) -> String {
        let mut from = ToServer;
        let mut told = Vec::new();
        for word in records.split_whitespace() {
            match word {
                ">" => from = ToServer,
                "<" => from = ToClient,
                "hello" => told.push((ToClient, Told::ServerHello)),
                "opened" => told.push((from, Told::Finished)),
                "ccs" => told.push((from, Told::ChangeCipherSpec)),
                record => {
                    let (content, body) = record.split_once('/').unwrap_or(("23", record));
                    let content = ContentType(content.parse().expect("a content type"));
                    told.push((from, Told::Sealed(content, body.parse().expect("a length"))));
                }
            }
        }
        let (version, cipher) = (Some(version), Some(CipherSuite(suite)));
        let facts = TlsFacts { version, cipher, resumed: Some(resumed), ..TlsFacts::default() };
        let names = infer(&told, &facts).into_iter().zip(&told).filter(|(_, told)| matches!(told.1, Told::Sealed(..)));
        names.map(|(one, _)| one.map_or("-".into(), |one| one.holds.to_string())).collect::<Vec<_>>().join("; ")
    }

    /// Checks a flow of TLS 1.3 under a suite.
    fn check(suite: u16, records: &str, expected: &str) {
        assert_eq!(names(ProtocolVersion::TLS_1_3, suite, records, false), expected, "{records}");
    }

    const AES_128_GCM: u16 = 0x1301;
    const AES_256_GCM: u16 = 0x1302;
    const AES_128_CCM_8: u16 = 0x1305;

    #[test]
    fn a_handshake_is_named_by_its_lengths() {
        let flight = "Encrypted Extensions; Certificate; Certificate Verify; Finished; Finished";
        check(AES_128_GCM, "hello < 32 900 281 53 > 53", flight);
        check(AES_256_GCM, "hello < 32 900 281 69 > 69", flight);
        check(AES_128_CCM_8, "hello < 24 892 273 45 > 45", flight);
        check(AES_128_GCM, "hello < 1300 > 53", "Encrypted Extensions to Finished; Finished");
        check(AES_128_GCM, "hello < 1300", "Encrypted Extensions and what follows");
        check(AES_128_GCM, "hello < 32 53 > 53", "Encrypted Extensions; Finished; Finished");
        let asked = "Encrypted Extensions; Certificate Request; Certificate; Certificate Verify; Finished";
        check(AES_128_GCM, "hello < 32 80 900 281 53", asked);
    }

    #[test]
    fn the_clients_answer_is_told_by_what_it_ends_with() {
        let check = |suite, client: &str, expected: &str| {
            let all = names(ProtocolVersion::TLS_1_3, suite, &format!("hello < 1300 > {client}"), false);
            assert_eq!(all.strip_prefix("Encrypted Extensions to Finished; "), Some(expected), "{client}");
        };
        check(AES_128_GCM, "900 281 53", "Certificate; Certificate Verify; Finished");
        check(AES_128_GCM, "1200 53", "Certificate, Certificate Verify; Finished");
        check(AES_128_GCM, "25 53", "Certificate (empty); Finished");
        check(AES_128_GCM, "61", "Certificate (empty), Finished");
        check(AES_128_GCM, "1250", "Encrypted handshake up to Finished");
        check(AES_128_GCM, "19", "Alert");
        check(AES_128_GCM, "35", "Alert");
        check(AES_128_CCM_8, "11", "Alert");
        check(AES_128_CCM_8, "27", "Alert");
        check(AES_128_CCM_8, "17 45", "Certificate (empty); Finished");
        // What an alert measures with a longer tag is none here.
        check(AES_128_CCM_8, "19", "Encrypted handshake up to Finished");
        check(AES_128_CCM_8, "35", "Encrypted handshake up to Finished");
    }

    #[test]
    fn a_server_that_refuses_ends_its_flight_with_an_alert() {
        check(AES_128_GCM, "hello < 19", "Alert");
        check(AES_128_GCM, "hello < 32 19", "Encrypted Extensions; Alert");
        check(AES_128_CCM_8, "hello < 24 11", "Encrypted Extensions; Alert");
        check(AES_128_CCM_8, "hello < 24 19", "Encrypted Extensions; Encrypted Handshake Message");
    }

    #[test]
    fn early_data_goes_on_up_to_the_message_that_ends_it() {
        let (data, end) = ("Application Data (0-RTT)", "End Of Early Data");
        let answer = "Encrypted Extensions; Finished";
        check(AES_128_GCM, "> 200 hello < 32 53 > 300 21 53", &format!("{data}; {answer}; {data}; {end}; Finished"));
        check(AES_128_CCM_8, "> 200 hello < 24 45 > 13 45", &format!("{data}; {answer}; {end}; Finished"));
    }

    #[test]
    fn tickets_and_closing_alerts_are_told_by_their_place() {
        let check = |resumed, records: &str, expected: &str| {
            let all = names(ProtocolVersion::TLS_1_3, AES_128_GCM, &format!("hello < 32 53 > 53 {records}"), resumed);
            let rest = all.strip_prefix("Encrypted Extensions; Finished; Finished; ");
            assert_eq!(rest, Some(expected), "{records}");
        };
        check(false, "100 < 250 250 900", "-; New Session Ticket; New Session Ticket; -");
        check(false, "< 250 > 100 < 900", "New Session Ticket; -; -");
        check(false, "100 < 250 900", "-; -; -");
        check(true, "100 < 250 900", "-; New Session Ticket; -");
        check(false, "100 19 < 900 19", "-; Alert; -; Alert");
        check(false, "100 < 900 35", "-; -; -");
    }

    #[test]
    fn what_keys_opened_and_what_comes_before_it_is_left_alone() {
        check(AES_128_GCM, "hello < 32 opened > opened < 250 > 100", "-; New Session Ticket; -");
        check(AES_128_GCM, "hello < 900 > opened 19", "Encrypted Extensions to Finished; Alert");
    }

    #[test]
    fn an_old_record_says_what_it_is() {
        let check = |records: &str, expected: &str| {
            assert_eq!(names(ProtocolVersion::TLS_1_2, 0xc02f, records, false), expected, "{records}");
        };
        check("hello > ccs 22/40 < ccs 22/40 > 23/100 21/26", "Finished; Finished; -; Encrypted Alert");
        check("hello > ccs 22/40 22/200", "Finished; Encrypted Handshake Message");
        // A hole hides whether the keys were changed.
        check("hello > ccs 22/40 < 22/40 > 23/100", "Finished; Encrypted Handshake Message; -");
        check("hello > opened 22/200", "Encrypted Handshake Message");
        check("hello > 21/26", "Encrypted Alert");
    }

    #[test]
    fn of_a_flow_that_was_joined_late_nothing_is_inferred() {
        let mut facts = TlsFacts { version: Some(ProtocolVersion::TLS_1_3), ..TlsFacts::default() };
        facts.progress.joined_late = true;
        let told = [(ToClient, Told::ServerHello), (ToServer, Told::Sealed(ContentType::APPLICATION_DATA, 19))];
        assert_eq!(infer(&told, &facts), [None, None]);
    }
}
