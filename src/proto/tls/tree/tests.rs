//! The tree on real messages, on every prefix, and on changed bytes.

use super::*;
use crate::proto::tls::samples::{self, bytes};
use crate::vocab::Direction;

fn tree_of(sample: &str, version: Option<ProtocolVersion>) -> Field {
    // DHE_RSA for the one exchange over a prime, ECDHE_ECDSA for all else.
    let suite = if sample == samples::SERVER_KEY_EXCHANGE_DHE { 0x0039 } else { 0xc02c };
    let context = Context { version, suite: Some(CipherSuite(suite)), from: Direction::ToServer };
    handshake_message(&bytes(sample), context)
}

fn find<'a>(field: &'a Field, path: &str) -> Option<&'a Field> {
    field.find(path)
}

fn check(sample: &str, version: Option<ProtocolVersion>, path: &str, value: &str) {
    let tree = tree_of(sample, version);
    let found = find(&tree, path).unwrap_or_else(|| panic!("{path} in {}", text(&tree)));
    assert_eq!(found.value, value, "{path}");
}

pub(super) fn text(field: &Field) -> String {
    fn write(field: &Field, depth: usize, out: &mut String) {
        use std::fmt::Write as _;
        let issue = field.issue.as_deref().map(|issue| format!("  !! {issue}")).unwrap_or_default();
        let _ = writeln!(out, "{:depth$}{}: {} {:?}{issue}", "", field.name, field.value, field.range);
        field.children.iter().for_each(|child| write(child, depth + 2, out));
    }
    let mut out = String::new();
    write(field, 0, &mut out);
    out
}

fn issues(field: &Field) -> usize {
    field.walk().filter(|field| field.issue.is_some()).count()
}

/// Every field lies within its parent, and within the message.
pub(super) fn check_ranges(field: &Field, name: &str) {
    for child in &field.children {
        let inside = field.range.start <= child.range.start && child.range.end <= field.range.end;
        assert!(
            inside && child.range.start <= child.range.end,
            "{name}: {} {:?} in {} {:?}",
            child.name,
            child.range,
            field.name,
            field.range
        );
        check_ranges(child, name);
    }
}

/// Every byte of the message belongs to a field that has no fields below it, or to a field with a value.
pub(super) fn uncovered(field: &Field, covered: &mut [bool]) {
    if field.children.is_empty() || !field.value.is_empty() {
        covered[field.range.clone()].fill(true);
    }
    field.children.iter().for_each(|child| uncovered(child, covered));
}

const TLS13: Option<ProtocolVersion> = Some(ProtocolVersion::TLS_1_3);
const TLS12: Option<ProtocolVersion> = Some(ProtocolVersion::TLS_1_2);

fn version_of(name: &str) -> Option<ProtocolVersion> {
    if name.ends_with("DHE") {
        return Some(ProtocolVersion::TLS_1_0);
    }
    if name.ends_with("_12") || name.contains("KEY_EXCHANGE") || name.contains("STATUS") { TLS12 } else { TLS13 }
}

#[test]
fn client_hellos() {
    let hello = samples::CLIENT_HELLO;
    check(hello, None, "msg_type", "client_hello (1)");
    check(hello, None, "length", "370");
    check(hello, None, "legacy_version", "TLS 1.2 (0x0303)");
    check(hello, None, "cipher_suites", "31 entries");
    check(hello, None, "cipher_suites/cipher_suite", "TLS_AES_256_GCM_SHA384 (0x1302)");
    check(hello, None, "legacy_compression_methods", "null (0)");
    check(hello, None, "extensions/server_name", "a.test");
    check(hello, None, "extensions/server_name/server_name_list/server_name/name_type", "host_name (0)");
    check(hello, None, "extensions/supported_groups", "secp384r1 (0x0018), x25519 (0x001d)");
    check(hello, None, "extensions/application_layer_protocol_negotiation", "h2, http/1.1");
    check(hello, None, "extensions/session_ticket", "asks for a ticket");
    check(hello, None, "extensions/key_share", "secp384r1, 97 bytes");
    check(hello, None, "extensions/psk_key_exchange_modes", "psk_dhe_ke (1)");
    check(samples::CLIENT_HELLO_PSK, None, "extensions/pre_shared_key/identities", "32 bytes");
    check(samples::CLIENT_HELLO_PSK, None, "extensions/early_data", "announced");
    let ech = tree_of(samples::CLIENT_HELLO_ECH, None);
    let ech = find(&ech, "extensions/encrypted_client_hello").expect("it is there");
    assert!(ech.value.starts_with("outer, "), "{}", ech.value);
    assert_eq!(find(ech, "cipher_suite").map(|suite| suite.value.as_str()), Some("HKDF-SHA256, AES-128-GCM"));
}

#[test]
fn grease_is_named() {
    let tree = tree_of(samples::CLIENT_HELLO_CHROME, None);
    let first = &find(&tree, "extensions").expect("extensions").children[1];
    assert!(first.name.starts_with("GREASE (0x"), "{}", first.name);
    assert!(first.note.as_deref().is_some_and(|note| note.contains("RFC 8701")));
}

#[test]
fn server_messages() {
    check(samples::SERVER_HELLO, None, "extensions/key_share", "secp384r1, 97 bytes");
    check(samples::SERVER_HELLO, None, "extensions/supported_versions", "TLS 1.3 (0x0304)");
    check(samples::SERVER_HELLO_PSK, None, "extensions/pre_shared_key", "0");
    check(samples::HELLO_RETRY_REQUEST, None, "extensions/key_share/selected_group", "secp256r1 (0x0017)");
    assert_eq!(tree_of(samples::HELLO_RETRY_REQUEST, None).value, "hello_retry_request");
    check(samples::ENCRYPTED_EXTENSIONS, TLS13, "extensions/early_data", "accepted");
    check(samples::CERTIFICATE_REQUEST, TLS13, "extensions/certificate_authorities", "CN=a.test");
    check(samples::CERTIFICATE_REQUEST_12, TLS12, "certificate_types", "rsa_sign (1), dss_sign (2), ecdsa_sign (64)");
    check(samples::CERTIFICATE_REQUEST_12, TLS12, "certificate_authorities", "CN=a.test");
    check(samples::CERTIFICATE_VERIFY, TLS13, "algorithm", "ecdsa_secp256r1_sha256 (0x0403)");
    check(samples::SERVER_KEY_EXCHANGE, TLS12, "named_curve", "x25519 (0x001d)");
    check(samples::SERVER_KEY_EXCHANGE, TLS12, "signature/algorithm", "ecdsa_secp256r1_sha256 (0x0403)");
    check(samples::NEW_SESSION_TICKET, TLS13, "ticket_lifetime", "7200 s");
    check(samples::NEW_SESSION_TICKET, TLS13, "extensions/early_data", "16384 bytes");
    check(samples::CERTIFICATE_STATUS, TLS12, "ocsp_response", "good");
    check(samples::CERTIFICATE_STATUS, TLS12, "ocsp_response/singleResponse/thisUpdate", "2021-06-04 16:39:02 UTC");
}

#[test]
fn certificates() {
    let base = "certificate_list/certificate_entry/certificate";
    check(samples::CERTIFICATE, TLS13, "certificate_list", "1 certificates");
    check(samples::CERTIFICATE, TLS13, base, "CN=a.test");
    let deep =
        |path: &str, value: &str| check(samples::CERTIFICATE, TLS13, &format!("{base}/tbsCertificate/{path}"), value);
    deep("version", "3");
    deep("subjectPublicKeyInfo", "EC P-256");
    deep("extensions/subjectAltName", "a.test, *.b.test, 10.0.0.1");
    deep("extensions/basicConstraints", "critical, CA");
    deep("signature", "ecdsa-with-SHA256 (1.2.840.10045.4.3.2)");
    check(samples::CERTIFICATE_12, TLS12, "certificate_list/certificate", "CN=a.test");
}

#[test]
fn rsa_keys_show_their_size() {
    let der = bytes(samples::CERT_RSA_1024);
    let tree = certificate(&der, 0..der.len());
    let key = find(&tree, "tbsCertificate/subjectPublicKeyInfo").expect("a key");
    assert_eq!(key.value, "RSA 1024 bits");
    assert_eq!(find(key, "subjectPublicKey/publicExponent").map(|field| field.value.as_str()), Some("65537"));
}

#[test]
fn whole_messages_have_no_issue_and_cover_every_byte() {
    for (name, sample) in samples::ALL {
        let message = bytes(sample);
        let tree = tree_of(sample, version_of(name));
        assert_eq!(issues(&tree), 0, "{name}: {}", text(&tree));
        assert_eq!(tree.range, 0..message.len());
        check_ranges(&tree, name);
        let mut covered = vec![false; message.len()];
        tree.children.iter().for_each(|child| uncovered(child, &mut covered));
        let missing = covered.iter().position(|covered| !covered);
        assert_eq!(missing, None, "{name}: {}", text(&tree));
    }
}

/// Names of fields that nothing is known of.
const NAMELESS: [&str; 3] = ["data", "not decoded", "body"];

#[test]
fn every_message_of_the_registry_has_a_sample_and_is_decoded_to_the_leaf() {
    for (kind, name) in HandshakeType::TABLE {
        let mut of_kind = samples::ALL.iter().filter(|(_, sample)| bytes(sample)[0] == kind.0).peekable();
        assert!(of_kind.peek().is_some(), "{name} has no sample");
        for (label, sample) in of_kind {
            let tree = tree_of(sample, version_of(label));
            let nameless = tree.walk().find(|field| NAMELESS.contains(&field.name.as_ref()));
            assert_eq!(nameless, None, "{label}: {}", text(&tree));
            assert!(tree.note.is_some() && tree.name == *name, "{label}");
        }
    }
}

#[test]
fn every_prefix_says_that_it_is_cut() {
    for (name, sample) in samples::ALL {
        let message = bytes(sample);
        for end in 0..message.len() {
            for version in [TLS13, TLS12, None] {
                let context = Context { version, suite: None, from: Direction::ToClient };
                let tree = handshake_message(&message[..end], context);
                let cut = tree.walk().any(|field| field.issue.as_deref().is_some_and(|issue| issue.starts_with("cut")));
                assert!(cut, "{name} cut at {end}: {}", text(&tree));
                check_ranges(&tree, name);
            }
        }
    }
}

#[test]
fn every_changed_byte_decodes() {
    for (name, sample) in samples::ALL {
        let message = bytes(sample);
        for at in 0..message.len() {
            for flip in [0xff, 0x01, 0x80] {
                let mut changed = message.clone();
                changed[at] ^= flip;
                check_ranges(&handshake_message(&changed, Context::new(Direction::ToClient)), name);
            }
        }
    }
}

/// Each extension of the registry, in each message, with bodies that fit nothing in particular.
#[test]
fn every_extension_decodes_any_body_in_any_message() {
    let bodies: [&[u8]; 6] =
        [&[], &[0], &[0, 0], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], &[0xff; 40], &[0, 8, 0, 6, 0, 4, 0, 2, 0, 0]];
    let kinds = [HandshakeType::CLIENT_HELLO, HandshakeType::ENCRYPTED_EXTENSIONS, HandshakeType::NEW_SESSION_TICKET];
    for (kind, name) in crate::vocab::iana::ExtensionType::TABLE {
        for body in bodies {
            let length = (body.len() as u16).to_be_bytes();
            let block = [&kind.0.to_be_bytes()[..], &length, body].concat();
            let block = [&(block.len() as u16).to_be_bytes()[..], &block].concat();
            for message in kinds {
                let mut tree = Tree::over(&block, 0..block.len());
                extensions::block(&mut tree, message);
                let fields = tree.finish(true);
                let root = Field::new("root", "", 0..block.len()).with(fields);
                check_ranges(&root, name);
                let list = &root.children[0];
                assert_eq!(list.children.len(), 2, "{name}: {}", text(&root));
            }
        }
    }
}

#[test]
fn compressed_certificates_are_opened() {
    let body = bytes(samples::CERTIFICATE)[4..].to_vec();
    let data = zstd::encode_all(&body[..], 0).expect("writing to memory");
    let sizes = [body.len() as u32, data.len() as u32].map(u32::to_be_bytes);
    let body = [&[0, 3][..], &sizes[0][1..], &sizes[1][1..], &data].concat();
    let message = [&[25][..], &(body.len() as u32).to_be_bytes()[1..], &body].concat();
    let tree = handshake_message(&message, Context { version: TLS13, ..Context::new(Direction::ToClient) });
    assert_eq!(issues(&tree), 0, "{}", text(&tree));
    check_ranges(&tree, "compressed");
    let path = "certificate message/certificate_list/certificate_entry/certificate";
    assert_eq!(find(&tree, path).map(|field| field.value.as_str()), Some("CN=a.test"));
}

#[test]
fn small_things() {
    let field = record(&[22, 3, 1, 2, 0]);
    assert_eq!((field.value.as_str(), issues(&field)), ("handshake", 0));
    assert_eq!(issues(&record(&[23, 3, 3, 0xff, 0xff])), 1);
    assert_eq!(issues(&record(&[23, 3])), 1);
    let field = alert(&[2, 40]);
    assert_eq!(field.value, "fatal handshake_failure");
    assert_eq!(field.children[1].value, "handshake_failure (40)");
    assert_eq!(issues(&alert(&[2])), 1);
    assert_eq!(
        (issues(&change_cipher_spec(&[1])), issues(&change_cipher_spec(&[2])), issues(&change_cipher_spec(&[]))),
        (0, 1, 1)
    );
    let bleeding = heartbeat(&[1, 0x40, 0, 1, 2, 3]);
    assert!(
        issues(&bleeding) == 1
            && bleeding.children[1].issue.as_deref().is_some_and(|issue| issue.contains("Heartbleed"))
    );
    let record = [&[0x80, 9 + 6 + 16, 1, 3, 1, 0, 6, 0, 0, 0, 16][..], &[0, 0, 47, 1, 0, 0x80], &[7; 16]].concat();
    let hello = ssl2_client_hello(&record);
    assert_eq!(issues(&hello), 0, "{}", text(&hello));
    assert_eq!(
        find(&hello, "cipher_specs/cipher_spec").map(|spec| spec.value.as_str()),
        Some("TLS_RSA_WITH_AES_128_CBC_SHA (0x002f)")
    );
    for end in 0..record.len() {
        assert!(issues(&ssl2_client_hello(&record[..end])) > 0, "cut at {end}");
    }
}

#[test]
fn text_of_a_capture_is_made_safe() {
    let mut message = bytes(samples::CLIENT_HELLO);
    let at = message.windows(6).position(|six| six == b"a.test").expect("the name");
    message[at..at + 3].copy_from_slice(b"\x1b[m");
    let tree = handshake_message(&message, Context::new(Direction::ToServer));
    assert_eq!(find(&tree, "extensions/server_name").map(|field| field.value.as_str()), Some("\\u{1b}[mest"));
}

#[test]
fn a_byte_leads_to_its_field() {
    let message = bytes(samples::CLIENT_HELLO);
    let tree = tree_of(samples::CLIENT_HELLO, None);
    let at = message.windows(6).position(|six| six == b"a.test").expect("the name");
    let names: Vec<_> = tree.at(at).iter().map(|field| field.name.as_ref()).collect();
    let path = ["client_hello", "extensions", "server_name", "server_name_list", "server_name", "host_name"];
    assert_eq!(names, path);
}

/// The parts that tls-parser finds in an extension.
fn parts<'a>(extension: &tls_parser::TlsExtension<'a>) -> Vec<&'a [u8]> {
    use tls_parser::TlsExtension as Theirs;
    match extension {
        Theirs::SNI(names) => names.iter().map(|(_, name)| *name).collect(),
        Theirs::ALPN(names) => names.clone(),
        Theirs::EcPointFormats(part) | Theirs::SessionTicket(part) | Theirs::RenegotiationInfo(part) => vec![part],
        _ => Vec::new(),
    }
}

/// What tls-parser finds in an extension is a field of the tree in the same place.
#[test]
fn tls_parser_finds_the_same_places() {
    let mut found = 0;
    for (name, sample) in samples::ALL {
        let message = bytes(sample);
        let context = Context { version: version_of(name), ..Context::new(Direction::ToServer) };
        let tree = handshake_message(&message, context);
        for field in tree.find("extensions").into_iter().flat_map(|extensions| &extensions.children) {
            let Ok((_, theirs)) = tls_parser::parse_tls_extension(&message[field.range.clone()]) else { continue };
            for part in parts(&theirs) {
                let start = part.as_ptr().addr() - message.as_ptr().addr();
                // A field begins with its length, where it has one.
                let is_there = |ours: &Field| {
                    ours.range.end == start + part.len()
                        && (start.saturating_sub(2)..=start).contains(&ours.range.start)
                };
                assert!(field.walk().any(is_there), "{name}: {} at byte {start}", field.name);
                found += 1;
            }
        }
    }
    assert!(found > 20, "only {found} parts");
}
