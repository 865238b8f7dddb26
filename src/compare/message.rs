//! What differs between two handshake messages, alerts or texts of one kind. Lists are compared as sets, GREASE left
//! out: browsers permute extensions and strew GREASE on purpose.

use super::Side;
use super::difference::Differences;
use super::milestone::Said;
use crate::proto::dialogue::sealed::Holds;
use crate::proto::tls::certificate::CertificateFacts;
use crate::proto::tls::message::{
    Certificate, CertificateRequest, ClientHello, CompressedCertificate, Downgrade, Extensions, ServerHello,
    ServerKeyExchange,
};
use crate::timeline::{Step, What, words};
use crate::vocab::iana::{ExtensionType, HandshakeType};
use crate::vocab::text::{hex, visible_bytes};

/// Chrome pads a hello's ECH GREASE in steps of this many bytes, for one name and version.
const CHROME_STEP: u64 = 32;
/// Most steps of them seen.
const CHROME_STEPS: u64 = 4;
/// Bytes of unreadable content that are shown.
const SHOWN_BYTES: usize = 16;

/// What differs between two steps of one key.
pub(super) fn steps(baseline: (&Side<'_>, &Step), subject: (&Side<'_>, &Step), differences: &mut Differences) {
    let (b, s) = (baseline.1, subject.1);
    let both_messages = is_told(&b.what) && is_told(&s.what);
    match (&b.what, &s.what) {
        _ if both_messages && !b.body.is_empty() && !s.body.is_empty() => message(baseline, subject, differences),
        (_, what) if (is_told(what) || matches!(what, What::Sealed { .. })) && !s.decrypted && !b.decrypted => {
            differences.tell("record.length", &b.bytes, &s.bytes, if is_about_certificates(what) { 20 } else { 5 });
        }
        (What::Alert(_, left), What::Alert(_, right)) => {
            differences.tell("alert.description", left, right, 90);
            differences.tell("alert.name", &words::name(&b.what), &words::name(&s.what), 50);
        }
        (What::Plaintext(left), What::Plaintext(right)) => {
            differences.tell("text.status", &first_word(&left.first_line), &first_word(&right.first_line), 95);
            differences.tell("text.first_line", &words::text(left), &words::text(right), 40);
        }
        (_, What::Foreign | What::Malformed(_) | What::BadTag(_)) => {
            differences.tell("bytes", &shown(&b.body), &shown(&s.body), 40);
        }
        (What::Icmp(_), What::Icmp(_)) => {
            differences.tell("icmp.error", &words::name(&b.what), &words::name(&s.what), 80);
        }
        (What::Gap(left), What::Gap(right)) => differences.tell("gap.bytes", left, right, 10),
        _ => {}
    }
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

/// What tells two answers or requests in clear apart: the status of an HTTP answer, else the first word.
fn first_word(line: &str) -> String {
    let mut words = line.split([' ', ';']);
    match words.next() {
        Some(version) if version.starts_with("HTTP/") => format!("HTTP {}", words.next().unwrap_or_default()),
        Some(word) => word.to_owned(),
        None => String::new(),
    }
}

fn shown(body: &[u8]) -> String {
    hex(&body[..body.len().min(SHOWN_BYTES)])
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
            let names = |side: &Side<'_>, body| {
                let request = CertificateRequest::decode(body, side.tls.version);
                let names: Vec<String> = request.authorities().map(hex).collect();
                names
            };
            let (left, right) = (names(b_side, left), names(s_side, right));
            differences.tell("certificate_request.authorities", &left.len(), &right.len(), 25);
        }
        Some(HandshakeType::SERVER_KEY_EXCHANGE) => {
            let decode = |side: &Side<'_>, body| {
                let suite = side.tls.cipher.and_then(crate::vocab::iana::CipherSuite::facts);
                let exchange = ServerKeyExchange::decode(body, suite, side.tls.version);
                let scheme = exchange.signature.and_then(|signature| signature.scheme);
                (exchange.group().map(|group| group.to_string()), scheme.map(|scheme| scheme.to_string()))
            };
            let ((b_group, b_scheme), (s_group, s_scheme)) = (decode(b_side, left), decode(s_side, right));
            differences.tell_option("server_key_exchange.group", b_group.as_ref(), s_group.as_ref(), 30);
            differences.tell_option("server_key_exchange.signature", b_scheme.as_ref(), s_scheme.as_ref(), 30);
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
        differences.push("client_hello.bytes", b.bytes.to_string(), s.bytes.to_string(), weight, padding);
    }
    differences.tell("client_hello.segments", &segments(b_side, b), &segments(s_side, s), 45);
    let version = |side: &Side<'_>, step: &Step| {
        let segment = side.trace.by_packet(step.first_packet)?;
        match side.trace.payload(segment) {
            [22, high, low, ..] => Some(format!("0x{high:02x}{low:02x}")),
            _ => None,
        }
    };
    let (left, right) = (version(b_side, b), version(s_side, s));
    if left.is_some() && right.is_some() {
        differences.tell_option("client_hello.record_version", left.as_ref(), right.as_ref(), 15);
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

/// Names of numbers, GREASE left out.
macro_rules! names {
    ($numbers:expr) => {
        $numbers.filter(|number| !number.is_grease()).map(|number| number.to_string()).collect::<Vec<String>>()
    };
}

fn client_hellos(b: &ClientHello<'_>, s: &ClientHello<'_>, differences: &mut Differences) {
    let name = |hello: &ClientHello<'_>| hello.server_name().map(visible_bytes);
    differences.tell_option("client_hello.server_name", name(b).as_ref(), name(s).as_ref(), 45);
    differences.tell("client_hello.version", &b.highest_version(), &s.highest_version(), 45);
    let versions = |hello: &ClientHello<'_>| names!(hello.supported_versions().iter());
    differences.tell_sets("client_hello.supported_versions", &versions(b), &versions(s), 35);
    let suites = |hello: &ClientHello<'_>| names!(hello.cipher_suites.iter());
    differences.tell_sets("client_hello.cipher_suites", &suites(b), &suites(s), 40);
    let kinds = |hello: &ClientHello<'_>| names!(hello.extensions.iter().map(|extension| extension.kind));
    let (left, right) = (kinds(b), kinds(s));
    differences.tell_sets("client_hello.extensions", &left, &right, 40);
    if left != right && sorted(left.clone()) == sorted(right.clone()) {
        let order = |kinds: &[String]| kinds.join(", ");
        differences.noise("client_hello.extension_order", &order(&left), &order(&right));
    }
    let groups = |hello: &ClientHello<'_>| names!(hello.groups().iter());
    differences.tell_sets("client_hello.groups", &groups(b), &groups(s), 40);
    let shares = |hello: &ClientHello<'_>| {
        let shares = hello.key_shares().filter(|share| !share.group.is_grease());
        shares.map(|share| format!("{} ({} bytes)", share.group, share.key.len())).collect::<Vec<_>>()
    };
    differences.tell_sets("client_hello.key_shares", &shares(b), &shares(s), 40);
    let schemes = |hello: &ClientHello<'_>| names!(hello.signature_schemes().iter());
    differences.tell_sets("client_hello.signature_algorithms", &schemes(b), &schemes(s), 35);
    let alpn = |hello: &ClientHello<'_>| {
        hello.alpn().filter(|name| name.len() != 2 || name[0] != name[1]).map(visible_bytes).collect::<Vec<_>>()
    };
    differences.tell_sets("client_hello.alpn", &alpn(b), &alpn(s), 35);
    let resumes = |hello: &ClientHello<'_>| match (hello.has_psk(), hello.session_ticket()) {
        (true, _) => "pre-shared key",
        (false, Some([_, ..])) => "session ticket",
        _ => "no",
    };
    differences.tell("client_hello.resumption", &resumes(b), &resumes(s), 40);
    let yes = |is: bool| if is { "yes" } else { "no" };
    differences.tell("client_hello.early_data", &yes(b.early_data()), &yes(s.early_data()), 40);
    let ech = |hello: &ClientHello<'_>| yes(hello.extensions.has(ExtensionType::ENCRYPTED_CLIENT_HELLO));
    differences.tell("client_hello.ech", &ech(b), &ech(s), 40);
    differences.tell("client_hello.malformed", &issues(&b.issues), &issues(&s.issues), 80);
    differences.noise("client_hello.random", &hex(b.random), &hex(s.random));
    differences.noise("client_hello.session_id", &hex(b.session_id), &hex(s.session_id));
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names
}

fn issues(issues: &[crate::proto::tls::reader::Issue]) -> String {
    issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn extension_names(extensions: Extensions<'_>) -> Vec<String> {
    names!(extensions.iter().map(|extension| extension.kind))
}

fn server_hellos(b: &ServerHello<'_>, s: &ServerHello<'_>, differences: &mut Differences) {
    differences.tell("server_hello.version", &b.selected_version(), &s.selected_version(), 55);
    differences.tell_option("server_hello.cipher", b.cipher_suite.as_ref(), s.cipher_suite.as_ref(), 45);
    differences.tell_option("server_hello.group", b.selected_group().as_ref(), s.selected_group().as_ref(), 40);
    let (left, right) = (extension_names(b.extensions), extension_names(s.extensions));
    differences.tell_sets("server_hello.extensions", &left, &right, 35);
    let alpn = |hello: &ServerHello<'_>| hello.alpn().map(visible_bytes);
    differences.tell_option("server_hello.alpn", alpn(b).as_ref(), alpn(s).as_ref(), 35);
    let downgrade = |hello: &ServerHello<'_>| {
        hello.downgrade().map(|downgrade| match downgrade {
            Downgrade::ToTls12 => "to TLS 1.2",
            Downgrade::ToTls11OrBelow => "to TLS 1.1 or below",
        })
    };
    differences.tell_option("server_hello.downgrade", downgrade(b).as_ref(), downgrade(s).as_ref(), 30);
    differences.tell("server_hello.malformed", &issues(&b.issues), &issues(&s.issues), 80);
    differences.noise("server_hello.random", &hex(b.random), &hex(s.random));
    differences.noise("server_hello.session_id", &hex(b.session_id), &hex(s.session_id));
}

fn chain(message: &Certificate<'_>) -> Vec<CertificateFacts> {
    message.certificates().map(|entry| CertificateFacts::decode(entry.der)).collect()
}

/// What differs between two chains; `at` is when the subject's was sent, in seconds since 1970.
fn certificates(b: &[CertificateFacts], s: &[CertificateFacts], at: i64, differences: &mut Differences) {
    differences.tell("certificate.chain_length", &b.len(), &s.len(), 45);
    let (Some(left), Some(right)) = (b.first(), s.first()) else { return };
    differences.tell("certificate.subject", &left.subject, &right.subject, 55);
    differences.tell("certificate.issuer", &left.issuer, &right.issuer, 60);
    let key = |facts: &CertificateFacts| format!("sha256 {}", hex(&facts.spki_sha256[..8]));
    differences.tell("certificate.key", &key(left), &key(right), 45);
    differences.tell_sets("certificate.names", &left.dns_names, &right.dns_names, 50);
    let valid = |facts: &CertificateFacts| match facts.is_valid_at(at) {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    differences.tell("certificate.valid_at_that_time", &valid(left), &valid(right), 90);
    let bits = |facts: &CertificateFacts| {
        let bits = facts.key.bits.map(|bits| format!(" {bits}")).unwrap_or_default();
        format!("{}{bits}", facts.key.algorithm)
    };
    differences.tell("certificate.key_type", &bits(left), &bits(right), 35);
    differences.tell("certificate.signature", &left.signature_algorithm, &right.signature_algorithm, 35);
    differences.tell("certificate.serial", &left.serial, &right.serial, 25);
}
