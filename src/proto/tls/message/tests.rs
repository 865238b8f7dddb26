//! The decoders on real messages, on every prefix of them, and on bytes that lie about their lengths.

use super::*;
use crate::proto::tls::samples::{self, bytes};
use crate::vocab::iana::*;

const TLS13: Option<ProtocolVersion> = Some(ProtocolVersion::TLS_1_3);
const TLS12: Option<ProtocolVersion> = Some(ProtocolVersion::TLS_1_2);

fn names<T: ToString>(values: impl Iterator<Item = T>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_client_hello_of_tls_13() {
    let message = bytes(samples::CLIENT_HELLO);
    let hello = ClientHello::decode(&message[4..]);
    assert_eq!(hello.issues, []);
    assert_eq!(hello.server_name(), Some(&b"a.test"[..]));
    assert_eq!(hello.alpn().collect::<Vec<_>>(), [&b"h2"[..], b"http/1.1"]);
    assert_eq!(hello.legacy_version, ProtocolVersion::TLS_1_2);
    assert_eq!(hello.highest_version(), ProtocolVersion::TLS_1_3);
    assert!(hello.offers_version(ProtocolVersion::TLS_1_2) && !hello.offers_version(ProtocolVersion::SSL_3_0));
    assert_eq!((hello.random.len(), hello.session_id.len(), hello.cipher_suites.len()), (32, 32, 31));
    assert_eq!(hello.cipher_suites.first(), Some(CipherSuite::AES_256_GCM_SHA384));
    assert_eq!(names(hello.groups().iter()), "secp384r1 x25519");
    let shares: Vec<_> = hello.key_shares().map(|share| (share.group, share.key.len())).collect();
    assert_eq!(shares, [(NamedGroup::SECP384R1, 97)]);
    assert_eq!(hello.signature_schemes().first(), Some(SignatureScheme::ECDSA_SECP256R1_SHA256));
    assert_eq!(hello.session_ticket(), Some(&[][..]));
    assert!(!hello.has_psk() && !hello.early_data() && hello.ech().is_none());
}

#[test]
fn a_resuming_client_hello() {
    let message = bytes(samples::CLIENT_HELLO_PSK);
    let hello = ClientHello::decode(&message[4..]);
    assert_eq!(hello.issues, []);
    assert!(hello.has_psk() && hello.early_data());
    let identities: Vec<_> = hello.psk_identities().map(|psk| psk.identity.len()).collect();
    assert_eq!(identities, [32]);
}

#[test]
fn grease_is_kept_in_lists_and_left_out_of_versions() {
    let message = bytes(samples::CLIENT_HELLO_CHROME);
    let hello = ClientHello::decode(&message[4..]);
    assert_eq!(hello.issues, []);
    assert!(hello.cipher_suites.first().is_some_and(CipherSuite::is_grease));
    assert!(hello.supported_versions().first().is_some_and(ProtocolVersion::is_grease));
    assert!(!hello.highest_version().is_grease());
}

#[test]
fn an_encrypted_client_hello() {
    let message = bytes(samples::CLIENT_HELLO_ECH);
    let hello = ClientHello::decode(&message[4..]);
    let ech = hello.ech().expect("it has the extension");
    assert_eq!((ech.kind, ech.kdf.to_string().as_str()), (EchClientHelloType::OUTER, "HKDF-SHA256"));
    assert_eq!(ech.encapsulated_key.len(), 32);
    assert!(!ech.payload.is_empty());
}

#[test]
fn a_client_hello_without_extensions_has_none() {
    let body = [&[3, 1][..], &[7; 32], &[0, 0, 2, 0, 47, 1, 0]].concat();
    let hello = ClientHello::decode(&body);
    assert_eq!((hello.issues.len(), hello.extensions.count(), hello.server_name()), (0, 0, None));
    assert_eq!(hello.highest_version(), ProtocolVersion::TLS_1_0);
    assert!(hello.offers_version(ProtocolVersion::SSL_3_0) && !hello.offers_version(ProtocolVersion::TLS_1_2));
}

#[test]
fn a_cut_extension_block_is_told_and_keeps_what_is_there() {
    let message = bytes(samples::CLIENT_HELLO);
    let cut = &message[4..message.len() - 3];
    let hello = ClientHello::decode(cut);
    assert_eq!(hello.issues.len(), 1);
    assert!(hello.issues[0].reason.starts_with("extensions: "), "{}", hello.issues[0]);
    assert_eq!(hello.server_name(), Some(&b"a.test"[..]));
    assert!(hello.extensions.count() > 8);
}

#[test]
fn server_hellos() {
    let check = |sample: &str, version, suite: u16, group: Option<NamedGroup>, retry: bool| {
        let message = bytes(sample);
        let hello = ServerHello::decode(&message[4..]);
        assert_eq!(hello.issues, []);
        assert_eq!(hello.selected_version(), version);
        assert_eq!(hello.cipher_suite, Some(CipherSuite(suite)));
        assert_eq!((hello.selected_group(), hello.is_hello_retry_request()), (group, retry));
    };
    check(samples::SERVER_HELLO, ProtocolVersion::TLS_1_3, 0x1302, Some(NamedGroup::SECP384R1), false);
    check(samples::SERVER_HELLO_PSK, ProtocolVersion::TLS_1_3, 0x1302, Some(NamedGroup::X25519), false);
    check(samples::SERVER_HELLO_12, ProtocolVersion::TLS_1_2, 0xc02c, None, false);
    check(samples::HELLO_RETRY_REQUEST, ProtocolVersion::TLS_1_3, 0x1302, Some(NamedGroup::SECP256R1), true);
    let message = bytes(samples::SERVER_HELLO_PSK);
    assert_eq!(ServerHello::decode(&message[4..]).pre_shared_key(), Some(0));
}

#[test]
fn downgrade_sentinels() {
    let check = |tail: &[u8; 8], expected| {
        let body = [&[3, 3][..], &[7; 24], tail, &[0, 0, 47, 0]].concat();
        assert_eq!(ServerHello::decode(&body).downgrade(), expected);
    };
    check(b"DOWNGRD\x01", Some(Downgrade::ToTls12));
    check(b"DOWNGRD\x00", Some(Downgrade::ToTls11OrBelow));
    check(b"DOWNGRD\x02", None);
}

#[test]
fn a_server_hello_of_draft_18_has_no_session_id() {
    let body = [&[0x7f, 18][..], &[7; 32], &[0x13, 1, 0, 0]].concat();
    let hello = ServerHello::decode(&body);
    assert_eq!((hello.issues.len(), hello.cipher_suite), (0, Some(CipherSuite(0x1301))));
}

#[test]
fn certificates_in_both_shapes() {
    for (sample, version, tls13) in [
        (samples::CERTIFICATE, TLS13, true),
        (samples::CERTIFICATE, None, true),
        (samples::CERTIFICATE_12, TLS12, false),
        (samples::CERTIFICATE_12, None, false),
    ] {
        let message = bytes(sample);
        let certificate = Certificate::decode(&message[4..], version);
        assert_eq!((certificate.issues.len(), certificate.tls13), (0, tls13));
        let entries: Vec<_> = certificate.certificates().collect();
        assert_eq!((entries.len(), entries[0].der.len(), entries[0].is_cut()), (1, 414, false));
        assert_eq!(&message[4 + entries[0].offset..][..4], [0x30, 0x82, 0x01, 0x9a]);
    }
}

#[test]
fn a_cut_certificate_says_so() {
    let message = bytes(samples::CERTIFICATE_12);
    let certificate = Certificate::decode(&message[4..204], TLS12);
    assert_eq!(certificate.issues.len(), 1);
    let entries: Vec<_> = certificate.certificates().collect();
    assert!(entries.len() == 1 && entries[0].is_cut());
}

#[test]
fn compressed_certificates() {
    let body = bytes(samples::CERTIFICATE)[4..].to_vec();
    let zlib = {
        use std::io::Write as _;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&body).expect("writing to memory");
        encoder.finish().expect("writing to memory")
    };
    let zstd = zstd::encode_all(&body[..], 0).expect("writing to memory");
    for (algorithm, data) in [(1, zlib), (3, zstd)] {
        let length = u32::try_from(body.len()).expect("small").to_be_bytes();
        let packed = u32::try_from(data.len()).expect("small").to_be_bytes();
        let message = [&[0, algorithm][..], &length[1..], &packed[1..], &data].concat();
        let compressed = CompressedCertificate::decode(&message);
        assert_eq!(compressed.issues, []);
        assert_eq!(compressed.decompress().as_ref(), Ok(&body));
        assert!(
            decompress(compressed.algorithm, compressed.data, 100).is_err_and(|reason| reason.contains("more than"))
        );
        assert!(decompress(CertificateCompression::BROTLI, compressed.data, 9999).is_err());
    }
    let brotli = [&[0x8b, 0x01, 0x80][..], b"abcd", &[0x03]].concat();
    assert_eq!(decompress(CertificateCompression::BROTLI, &brotli, 99).as_deref(), Ok(&b"abcd"[..]));
}

#[test]
fn requests_and_proofs() {
    let message = bytes(samples::CERTIFICATE_REQUEST);
    let request = CertificateRequest::decode(&message[4..], TLS13);
    assert_eq!((request.issues.len(), request.authorities().count(), request.signature_schemes.len()), (0, 1, 16));
    let message = bytes(samples::CERTIFICATE_REQUEST_12);
    let request = CertificateRequest::decode(&message[4..], TLS12);
    assert_eq!(
        (request.issues.len(), request.certificate_types, request.authorities().count()),
        (0, &[1, 2, 64][..], 1)
    );
    assert_eq!(request.signature_schemes.first(), Some(SignatureScheme::ECDSA_SECP256R1_SHA256));
    let request = CertificateRequest::decode(&[2, 1, 2, 0, 0], None);
    assert_eq!((request.issues.len(), request.certificate_types, request.authorities().count()), (0, &[1, 2][..], 0));
    let message = bytes(samples::CERTIFICATE_VERIFY);
    for version in [TLS13, None] {
        let verify = CertificateVerify::decode(&message[4..], version);
        assert_eq!((verify.issues.len(), verify.scheme), (0, Some(SignatureScheme::ECDSA_SECP256R1_SHA256)));
    }
    let old = CertificateVerify::decode(&[0, 2, 9, 9], None);
    assert_eq!((old.scheme, old.signature), (None, &[9, 9][..]));
}

#[test]
fn server_key_exchanges() {
    let suite = CipherSuite(0xc02c).facts();
    let message = bytes(samples::SERVER_KEY_EXCHANGE);
    for suite in [suite, None] {
        let exchange = ServerKeyExchange::decode(&message[4..], suite, TLS12);
        assert_eq!((exchange.issues.len(), exchange.group()), (0, Some(NamedGroup::X25519)));
        let signature = exchange.signature.expect("it is signed");
        assert_eq!(signature.scheme, Some(SignatureScheme::ECDSA_SECP256R1_SHA256));
    }
    let message = bytes(samples::SERVER_KEY_EXCHANGE_DHE);
    let exchange = ServerKeyExchange::decode(&message[4..], None, None);
    let ServerParameters::Prime { prime, public, .. } = exchange.parameters else { panic!("a prime") };
    assert_eq!((exchange.issues.len(), prime.len(), public.len()), (0, 96, 96));
    assert!(exchange.signature.is_some());
    let anonymous = CipherSuite(0xc018).facts();
    let exchange = ServerKeyExchange::decode(&[3, 0, 29, 1, 9], anonymous, TLS12);
    assert_eq!((exchange.issues.len(), exchange.signature), (0, None));
    let cut = ServerKeyExchange::decode(&[3, 0, 29, 32, 9], suite, TLS12);
    assert_eq!((cut.issues.len(), cut.group()), (1, Some(NamedGroup::X25519)));
}

#[test]
fn tickets_and_the_rest() {
    let message = bytes(samples::NEW_SESSION_TICKET);
    for version in [TLS13, None] {
        let ticket = NewSessionTicket::decode(&message[4..], version);
        assert_eq!((ticket.issues.len(), ticket.lifetime, ticket.max_early_data()), (0, 7200, Some(16384)));
        assert_eq!((ticket.nonce.len(), ticket.ticket.len()), (8, 32));
    }
    let message = bytes(samples::NEW_SESSION_TICKET_12);
    for version in [TLS12, None] {
        let ticket = NewSessionTicket::decode(&message[4..], version);
        assert_eq!((ticket.issues.len(), ticket.age_add, ticket.ticket.len()), (0, None, message.len() - 10));
    }
    let message = bytes(samples::ENCRYPTED_EXTENSIONS);
    let extensions = EncryptedExtensions::decode(&message[4..]);
    assert_eq!((extensions.alpn(), extensions.early_data()), (Some(&b"h2"[..]), true));
    assert_eq!(Finished::decode(&bytes(samples::FINISHED)[4..]).verify_data.len(), 48);
}

#[test]
fn alerts() {
    let alert = Alert::decode(&[2, 40]).expect("two bytes");
    assert_eq!((alert.level.to_string(), alert.description.to_string()), ("fatal".into(), "handshake_failure".into()));
    assert!(alert.is_plausible() && !alert.is_close());
    assert!(!Alert::decode(&[0x9f, 7]).expect("two bytes").is_plausible());
    assert_eq!(Alert::decode(&[2, 40, 0]), None);
}

#[test]
fn an_ssl2_client_hello() {
    let record = [&[0x80, 9 + 6 + 16, 1, 3, 1, 0, 6, 0, 0, 0, 16][..], &[0, 0, 47, 1, 0, 0x80], &[7; 16]].concat();
    assert!(Ssl2ClientHello::starts(&record));
    let hello = Ssl2ClientHello::decode(&record);
    assert_eq!((hello.issues.len(), hello.version, hello.length), (0, ProtocolVersion::TLS_1_0, record.len()));
    assert_eq!(hello.cipher_suites().collect::<Vec<_>>(), [CipherSuite(47)]);
    assert_eq!(Ssl2ClientHello::ssl2_cipher_name(&hello.cipher_specs[3..]), Some("SSL2_RC4_128_WITH_MD5"));
    assert!(!Ssl2ClientHello::starts(b"\x80hello world"));
    assert_eq!(Ssl2ClientHello::decode(&record[..20]).issues.len(), 1);
}

/// Every prefix of every message decodes as every kind of message, and a cut one has an issue.
#[test]
fn prefixes_decode_and_say_what_is_missing() {
    for (name, sample) in samples::ALL {
        let message = bytes(sample);
        for end in 4..message.len() {
            let body = &message[4..end];
            for version in [TLS13, TLS12, None] {
                let issues = issues_as_anything(body, message[0], version);
                let told = !has_decoder(message[0]) || version.is_none() || !issues.is_empty();
                let other_shape = version.is_some_and(ProtocolVersion::is_tls13) == name.ends_with("_12");
                assert!(told || other_shape || !has_required_end(message[0]), "{name} cut at {end} as {version:?}");
            }
        }
    }
}

/// Whether this room decodes messages of this type; the others are decoded for people alone.
fn has_decoder(kind: u8) -> bool {
    matches!(kind, 1 | 2 | 4 | 8 | 11 | 12 | 13 | 15 | 25)
}

/// Whether no proper prefix of a message of this type is itself a whole message.
fn has_required_end(kind: u8) -> bool {
    // A hello may end before its extensions; the parameters of an exchange may be of a kind that is not decoded.
    !matches!(kind, 1 | 2 | 12)
}

fn issues_as_anything(
    body: &[u8],
    kind: u8,
    version: Option<ProtocolVersion>,
) -> Vec<crate::proto::tls::reader::Issue> {
    let hello = ClientHello::decode(body);
    let _ = (hello.server_name(), hello.alpn().count(), hello.key_shares().count(), hello.psk_identities().count());
    let _ = (hello.ech(), hello.highest_version(), hello.cookie(), hello.certificate_compressions().len());
    let server = ServerHello::decode(body);
    let _ = (server.alpn(), server.key_share(), server.downgrade(), server.pre_shared_key());
    let certificate = Certificate::decode(body, version);
    let _ = certificate.certificates().map(|entry| entry.extensions.count()).sum::<usize>();
    let compressed = CompressedCertificate::decode(body);
    let _ = compressed.decompress();
    let request = CertificateRequest::decode(body, version);
    let _ = request.authorities().count();
    let verify = CertificateVerify::decode(body, version);
    let exchange = ServerKeyExchange::decode(body, None, version);
    let ticket = NewSessionTicket::decode(body, version);
    let _ = (ticket.max_early_data(), Ssl2ClientHello::starts(body), Ssl2ClientHello::decode(body));
    let encrypted = EncryptedExtensions::decode(body);
    match kind {
        1 => hello.issues,
        2 => server.issues,
        4 => ticket.issues,
        8 => encrypted.issues,
        11 => certificate.issues,
        12 => exchange.issues,
        13 => request.issues,
        15 => verify.issues,
        25 => compressed.issues,
        _ => Vec::new(),
    }
}

/// tls-parser copies the lists in extensions, we read them in place: they are the same.
#[test]
fn extensions_agree_with_tls_parser() {
    let mut seen = 0;
    for (name, sample) in samples::ALL.iter().filter(|(name, _)| name.starts_with("CLIENT_HELLO")) {
        let message = bytes(sample);
        let hello = ClientHello::decode(&message[4..]);
        for extension in hello.extensions.iter() {
            let at = 4 + extension.offset;
            let bytes = &message[at..at + 4 + extension.body.len()];
            let (_, theirs) = tls_parser::parse_tls_extension(bytes).expect(name);
            seen += usize::from(is_the_same(&hello, &theirs));
        }
    }
    assert!(seen > 20, "only {seen} extensions were compared");
}

/// Compares what tls-parser read of an extension; whether there was something to compare.
fn is_the_same(hello: &ClientHello<'_>, theirs: &tls_parser::TlsExtension<'_>) -> bool {
    use tls_parser::TlsExtension as Theirs;
    match theirs {
        Theirs::SNI(names) => assert_eq!(hello.server_name(), names.first().map(|(_, name)| *name)),
        Theirs::ALPN(names) => assert_eq!(hello.alpn().collect::<Vec<_>>(), *names),
        Theirs::EllipticCurves(groups) => {
            assert!(hello.groups().iter().map(|ours| ours.0).eq(groups.iter().map(|g| g.0)));
        }
        Theirs::EcPointFormats(formats) => assert_eq!(hello.point_formats(), *formats),
        Theirs::SignatureAlgorithms(schemes) => {
            assert!(hello.signature_schemes().iter().map(|ours| ours.0).eq(schemes.iter().copied()));
        }
        Theirs::SupportedVersions(versions) => {
            assert!(hello.supported_versions().iter().map(|ours| ours.0).eq(versions.iter().map(|v| v.0)));
        }
        Theirs::SessionTicket(ticket) => assert_eq!(hello.session_ticket(), Some(*ticket)),
        _ => return false,
    }
    true
}
