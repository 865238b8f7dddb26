//! What differs between two handshake messages, alerts or texts of one kind. Lists are compared as sets, GREASE left
//! out: browsers permute extensions and strew GREASE on purpose.

use super::Side;
use super::difference::Differences;
use super::milestone::{Milestone, Said};
use super::{Field, Resumption, Value};
use crate::proto::dialogue::sealed::Holds;
use crate::proto::tls::certificate::CertificateFacts;
use crate::proto::tls::message::{
    Certificate, CertificateRequest, ClientHello, CompressedCertificate, ServerHello, ServerKeyExchange,
};
use crate::timeline::{Page, Step, What};
use crate::vocab::iana::{ExtensionType, HandshakeType};
use crate::vocab::text::visible_bytes;

/// Chrome pads a hello's ECH GREASE in steps of this many bytes, for one name and version.
const CHROME_STEP: u64 = 32;
/// Most steps of them seen.
const CHROME_STEPS: u64 = 4;
/// Bytes by which sealed certificates and signatures may differ and be of one kind: those of ECDSA are of no fixed length.
const SIGNATURE_SPREAD: u64 = 4;
/// The same of a flight whose messages cannot be told apart.
const FLIGHT_SPREAD: u64 = 64;
/// Bytes of unreadable content that are shown.
const SHOWN_BYTES: usize = 16;

/// What differs between two steps of one moment.
pub(super) fn steps(
    baseline: (&Side<'_>, &Milestone<'_>),
    subject: (&Side<'_>, &Milestone<'_>),
    differences: &mut Differences,
) {
    let (b, s) = (baseline.1.step, subject.1.step);
    let both_messages = is_told(&b.what) && is_told(&s.what);
    let sealed = |step: &Step| matches!(step.what, What::Sealed { .. });
    match (&b.what, &s.what) {
        _ if both_messages && !b.body.is_empty() && !s.body.is_empty() => {
            message((baseline.0, b), (subject.0, s), differences);
        }
        (What::Sealed { .. }, _) if sealed(s) && !s.decrypted && !b.decrypted => {
            let spread = if is_about_certificates(&s.what) { SIGNATURE_SPREAD } else { FLIGHT_SPREAD };
            if b.bytes.abs_diff(s.bytes) <= spread || is_of_any_length(&s.what) {
                differences.noise(Field::RecordLength, b.bytes, s.bytes);
            } else {
                differences.tell(Field::RecordLength, b.bytes, s.bytes, 20);
            }
        }
        (What::Alert(_, left), What::Alert(_, right)) => {
            differences.tell(Field::AlertDescription, *left, *right, 90);
            differences.tell(Field::AlertName, b.what.clone(), s.what.clone(), 50);
        }
        (What::Plaintext(left), What::Plaintext(right)) => {
            differences.tell(Field::TextStatus, status(left, &b.body), status(right, &s.body), 95);
            differences.tell(Field::TextFirstLine, Page::clone(left), Page::clone(right), 40);
        }
        // What another protocol says before TLS is its own affair.
        (_, What::Foreign | What::Malformed(_) | What::BadTag(_)) if !subject.1.ends && subject.0.cause.is_none() => {
            differences.noise(Field::Bytes, shown(&b.body), shown(&s.body));
        }
        (_, What::Foreign | What::Malformed(_) | What::BadTag(_)) => {
            differences.tell(Field::Bytes, shown(&b.body), shown(&s.body), 40);
        }
        (What::Icmp(left), What::Icmp(right)) => {
            differences.tell(Field::IcmpError, Value::Icmp(left.name()), Value::Icmp(right.name()), 80);
        }
        (What::Gap(left), What::Gap(right)) => differences.tell(Field::GapBytes, *left, *right, 10),
        _ => {}
    }
}

/// Whether a sealed record's length says nothing: of tickets, and of what depends on the suite alone.
fn is_of_any_length(what: &What) -> bool {
    use HandshakeType as H;
    matches!(
        Said::of(what),
        Some(Said::One(H::NEW_SESSION_TICKET | H::FINISHED | H::ENCRYPTED_EXTENSIONS) | Said::Record(_))
    )
}

/// Whether a step is a message, whole or not, that was not only inferred.
fn is_told(what: &What) -> bool {
    what.message().is_some() || matches!(what, What::Unfinished { .. })
}

/// Whether a step is of certificates alone, or begins with them.
fn is_about_certificates(what: &What) -> bool {
    use HandshakeType as H;
    match Said::of(what) {
        Some(Said::One(kind)) => matches!(
            kind,
            H::CERTIFICATE
                | H::CERTIFICATE_REQUEST
                | H::CERTIFICATE_VERIFY
                | H::CERTIFICATE_STATUS
                | H::CERTIFICATE_URL
        ),
        Some(Said::Several(holds)) => {
            matches!(holds, Holds::EmptyCertificate | Holds::EmptyCertificateToFinished | Holds::CertificateAndVerify)
        }
        _ => false,
    }
}

/// What tells two answers or requests in clear apart: the status of an HTTP answer; else of the last line, which is what
/// the other end goes by, a tagged status (IMAP, RFC 9051 §7.1) or the first word (SMTP, RFC 5321 §4.2).
fn status(page: &Page, body: &[u8]) -> String {
    let mut words = page.first_line.split(' ');
    if words.next().is_some_and(|version| version.starts_with("HTTP/")) {
        return format!("HTTP {}", words.next().unwrap_or_default());
    }
    let last = body.split(|byte| matches!(byte, b'\r' | b'\n')).rfind(|line| !line.is_empty()).unwrap_or_default();
    let mut words = last.split(|byte| matches!(byte, b' ' | b';')).map(visible_bytes);
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if matches!(second.as_str(), "OK" | "NO" | "BAD") { second } else { first }
}

fn shown(body: &[u8]) -> Value {
    Value::Bytes(body[..body.len().min(SHOWN_BYTES)].into())
}

fn message(baseline: (&Side<'_>, &Step), subject: (&Side<'_>, &Step), differences: &mut Differences) {
    let ((b_side, b), (s_side, s)) = (baseline, subject);
    let (Some(left), Some(right)) = (b.body.get(4..), s.body.get(4..)) else { return };
    match s.what.message() {
        Some(HandshakeType::CLIENT_HELLO) if b.body[0] == 1 && s.body[0] == 1 => {
            wire(baseline, subject, differences);
            client_hellos(&ClientHello::decode(left), &ClientHello::decode(right), differences);
        }
        Some(HandshakeType::SERVER_HELLO) => {
            server_hellos(&ServerHello::decode(left), &ServerHello::decode(right), differences);
        }
        Some(HandshakeType::CERTIFICATE) => {
            let decode = |side: &Side<'_>, body| chain(&Certificate::decode(body, side.tls.version));
            certificates(&decode(b_side, left), &decode(s_side, right), s.time.unix_seconds(), differences);
        }
        Some(HandshakeType::COMPRESSED_CERTIFICATE) => {
            let decode = |body| {
                let expanded = CompressedCertificate::decode(body).decompress().unwrap_or_default();
                chain(&Certificate::decode(&expanded, Some(crate::vocab::iana::ProtocolVersion::TLS_1_3)))
            };
            certificates(&decode(left), &decode(right), s.time.unix_seconds(), differences);
        }
        Some(HandshakeType::CERTIFICATE_REQUEST) => {
            let count =
                |side: &Side<'_>, body| CertificateRequest::decode(body, side.tls.version).authorities().count();
            let (left, right) = (count(b_side, left), count(s_side, right));
            differences.tell(Field::CertificateRequestAuthorities, left, right, 25);
        }
        Some(HandshakeType::SERVER_KEY_EXCHANGE) => {
            let decode = |side: &Side<'_>, body| {
                let suite = side.tls.cipher.and_then(crate::vocab::iana::CipherSuite::facts);
                let exchange = ServerKeyExchange::decode(body, suite, side.tls.version);
                (exchange.group(), exchange.signature.and_then(|signature| signature.scheme))
            };
            let ((b_group, b_scheme), (s_group, s_scheme)) = (decode(b_side, left), decode(s_side, right));
            differences.tell(Field::ServerKeyExchangeGroup, b_group, s_group, 30);
            differences.tell(Field::ServerKeyExchangeSignature, b_scheme, s_scheme, 30);
        }
        _ => {}
    }
}

/// How a ClientHello lies on the wire: length, segments, record version.
fn wire(baseline: (&Side<'_>, &Step), subject: (&Side<'_>, &Step), differences: &mut Differences) {
    let ((b_side, b), (s_side, s)) = (baseline, subject);
    if b.bytes != s.bytes {
        let apart = b.bytes.abs_diff(s.bytes);
        let padding = apart % CHROME_STEP == 0 && apart <= CHROME_STEP * CHROME_STEPS;
        let weight = if padding { 0 } else { 20 };
        differences.push(Field::ClientHelloBytes, b.bytes.into(), s.bytes.into(), weight, padding);
    }
    differences.tell(Field::ClientHelloSegments, segments(b_side, b), segments(s_side, s), 45);
    let version = |side: &Side<'_>, step: &Step| {
        let segment = side.trace.by_packet(step.first_packet)?;
        match side.trace.payload(segment) {
            [22, high, low, ..] => Some(Value::RecordVersion(*high, *low)),
            _ => None,
        }
    };
    if let (Some(left), Some(right)) = (version(b_side, b), version(s_side, s)) {
        differences.tell(Field::ClientHelloRecordVersion, left, right, 15);
    }
}

/// Segments with new bytes that carried a message.
pub(super) fn segments(side: &Side<'_>, step: &Step) -> usize {
    let carries = side.trace.sent(step.from).filter(|segment| {
        let fresh = !segment.events.any(crate::flow::Events::NOT_NEW);
        fresh && segment.payload_len > 0 && (step.first_packet..=step.packet).contains(&segment.packet)
    });
    carries.count().max(1)
}

/// Numbers as values, GREASE left out.
macro_rules! values {
    ($numbers:expr) => {
        $numbers.filter(|number| !number.is_grease()).map(Value::from).collect::<Vec<Value>>()
    };
}

fn client_hellos(b: &ClientHello<'_>, s: &ClientHello<'_>, differences: &mut Differences) {
    let name = |hello: &ClientHello<'_>| hello.server_name().map(wire_name);
    differences.tell(Field::ClientHelloServerName, name(b), name(s), 45);
    differences.tell(Field::ClientHelloVersion, b.highest_version(), s.highest_version(), 45);
    let versions = |hello: &ClientHello<'_>| values!(hello.supported_versions().iter());
    differences.tell_sets(Field::ClientHelloSupportedVersions, &versions(b), &versions(s), 35);
    let suites = |hello: &ClientHello<'_>| values!(hello.cipher_suites.iter());
    differences.tell_sets(Field::ClientHelloCipherSuites, &suites(b), &suites(s), 40);
    let kinds = |hello: &ClientHello<'_>| {
        let kinds = hello.extensions.iter().map(|extension| extension.kind);
        kinds.filter(|kind| !kind.is_grease()).collect::<Vec<ExtensionType>>()
    };
    extensions(kinds(b), kinds(s), differences);
    let groups = |hello: &ClientHello<'_>| values!(hello.groups().iter());
    differences.tell_sets(Field::ClientHelloGroups, &groups(b), &groups(s), 40);
    let shares = |hello: &ClientHello<'_>| {
        let shares = hello.key_shares().filter(|share| !share.group.is_grease());
        shares.map(|share| Value::KeyShare(share.group, share.key.len())).collect::<Vec<_>>()
    };
    differences.tell_sets(Field::ClientHelloKeyShares, &shares(b), &shares(s), 40);
    let schemes = |hello: &ClientHello<'_>| values!(hello.signature_schemes().iter());
    differences.tell_sets(Field::ClientHelloSignatureAlgorithms, &schemes(b), &schemes(s), 35);
    let alpn = |hello: &ClientHello<'_>| {
        hello.alpn().filter(|name| name.len() != 2 || name[0] != name[1]).map(wire_name).collect::<Vec<_>>()
    };
    differences.tell_sets(Field::ClientHelloAlpn, &alpn(b), &alpn(s), 35);
    let resumes = |hello: &ClientHello<'_>| match (hello.has_psk(), hello.session_ticket()) {
        (true, _) => Resumption::PreSharedKey,
        (false, Some([_, ..])) => Resumption::SessionTicket,
        _ => Resumption::No,
    };
    differences.tell(Field::ClientHelloResumption, resumes(b), resumes(s), 40);
    differences.tell(Field::ClientHelloEarlyData, b.early_data(), s.early_data(), 40);
    let ech = |hello: &ClientHello<'_>| hello.extensions.has(ExtensionType::ENCRYPTED_CLIENT_HELLO);
    differences.tell(Field::ClientHelloEch, ech(b), ech(s), 40);
    differences.tell(Field::ClientHelloMalformed, b.issues.clone(), s.issues.clone(), 80);
    differences.noise(Field::ClientHelloRandom, bytes(b.random), bytes(s.random));
    differences.noise(Field::ClientHelloSessionId, bytes(b.session_id), bytes(s.session_id));
}

/// The extensions of two hellos of clients: which, and in what order.
fn extensions(mut b: Vec<ExtensionType>, mut s: Vec<ExtensionType>, differences: &mut Differences) {
    let list = |kinds: &[ExtensionType]| kinds.iter().copied().map(Value::from).collect::<Vec<_>>();
    let (left, right) = (list(&b), list(&s));
    differences.tell_sets(Field::ClientHelloExtensions, &left, &right, 40);
    b.sort_unstable();
    s.sort_unstable();
    if b == s {
        differences.noise(Field::ClientHelloExtensionOrder, Value::List(left), Value::List(right));
    }
}

fn wire_name(name: &[u8]) -> Value {
    Value::Name(name.into())
}

fn bytes(bytes: &[u8]) -> Value {
    Value::Bytes(bytes.into())
}

fn server_hellos(b: &ServerHello<'_>, s: &ServerHello<'_>, differences: &mut Differences) {
    differences.tell(Field::ServerHelloVersion, b.selected_version(), s.selected_version(), 55);
    differences.tell(Field::ServerHelloCipher, b.cipher_suite, s.cipher_suite, 45);
    differences.tell(Field::ServerHelloGroup, b.selected_group(), s.selected_group(), 40);
    let kinds = |hello: &ServerHello<'_>| values!(hello.extensions.iter().map(|extension| extension.kind));
    differences.tell_sets(Field::ServerHelloExtensions, &kinds(b), &kinds(s), 35);
    differences.tell(Field::ServerHelloAlpn, b.alpn().map(wire_name), s.alpn().map(wire_name), 35);
    differences.tell(Field::ServerHelloDowngrade, b.downgrade(), s.downgrade(), 30);
    differences.tell(Field::ServerHelloMalformed, b.issues.clone(), s.issues.clone(), 80);
    differences.noise(Field::ServerHelloRandom, bytes(b.random), bytes(s.random));
    differences.noise(Field::ServerHelloSessionId, bytes(b.session_id), bytes(s.session_id));
}

fn chain(message: &Certificate<'_>) -> Vec<CertificateFacts> {
    message.certificates().map(|entry| CertificateFacts::decode(entry.der)).collect()
}

/// What differs between two chains; `at` is when the subject's was sent, in seconds since 1970.
fn certificates(b: &[CertificateFacts], s: &[CertificateFacts], at: i64, differences: &mut Differences) {
    differences.tell(Field::CertificateChainLength, b.len(), s.len(), 45);
    let (Some(left), Some(right)) = (b.first(), s.first()) else { return };
    differences.tell(Field::CertificateSubject, left.subject.clone(), right.subject.clone(), 55);
    differences.tell(Field::CertificateIssuer, left.issuer.clone(), right.issuer.clone(), 60);
    let key = |facts: &CertificateFacts| Value::Sha256(facts.spki_sha256);
    differences.tell(Field::CertificateKey, key(left), key(right), 45);
    let names = |facts: &CertificateFacts| facts.dns_names.iter().cloned().map(Value::from).collect::<Vec<_>>();
    differences.tell_sets(Field::CertificateNames, &names(left), &names(right), 50);
    let valid = |facts: &CertificateFacts| Value::Perhaps(facts.is_valid_at(at));
    differences.tell(Field::CertificateValid, valid(left), valid(right), 90);
    let bits = |facts: &CertificateFacts| Value::Key(facts.key.algorithm.clone(), facts.key.bits);
    differences.tell(Field::CertificateKeyType, bits(left), bits(right), 35);
    let signature = |facts: &CertificateFacts| facts.signature_algorithm.clone();
    differences.tell(Field::CertificateSignature, signature(left), signature(right), 35);
    differences.tell(Field::CertificateSerial, left.serial.clone(), right.serial.clone(), 25);
}
