//! Facts, chains and signatures on certificates made here and on fixed ones with awkward keys.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};

use x509_parser::prelude::FromDer as _;

use super::*;
use crate::proto::tls::message::Certificate;
use crate::proto::tls::samples::{self, bytes};

pub(super) struct Chain {
    pub leaf: CertificateFacts,
    pub intermediate: CertificateFacts,
    pub root: CertificateFacts,
}

fn parameters(name: &str, ca: bool) -> CertificateParams {
    let mut parameters = CertificateParams::new(Vec::<String>::new()).expect("no names");
    parameters.distinguished_name.push(DnType::CommonName, name);
    if ca {
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    }
    parameters
}

pub(super) fn chain() -> Chain {
    let key = || KeyPair::generate().expect("a key");
    let root = CertifiedIssuer::self_signed(parameters("Root", true), key()).expect("a root");
    let intermediate = CertifiedIssuer::signed_by(parameters("Middle", true), key(), &root).expect("an intermediate");
    let mut parameters = parameters("leaf.test", false);
    parameters.subject_alt_names = vec![
        rcgen::SanType::DnsName("leaf.test".try_into().expect("a name")),
        rcgen::SanType::DnsName("*.leaf.test".try_into().expect("a name")),
        rcgen::SanType::IpAddress("192.0.2.7".parse().expect("an address")),
    ];
    parameters.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    let leaf = parameters.signed_by(&key(), &intermediate).expect("a leaf");
    Chain {
        leaf: CertificateFacts::decode(leaf.der()),
        intermediate: CertificateFacts::decode(intermediate.der()),
        root: CertificateFacts::decode(root.der()),
    }
}

fn sample_certificate() -> Vec<u8> {
    let message = bytes(samples::CERTIFICATE_12);
    let certificate = Certificate::decode(&message[4..], None);
    certificate.certificates().next().expect("one certificate").der.to_vec()
}

/// A leaf that another leaf of the same name signed, that one, and its root.
pub(super) fn leaf_as_issuer() -> [CertificateFacts; 3] {
    let key = || KeyPair::generate().expect("a key");
    let named = |name| {
        let mut parameters = parameters(name, false);
        parameters.is_ca = IsCa::ExplicitNoCa;
        parameters.use_authority_key_identifier_extension = true;
        parameters
    };
    let root = CertifiedIssuer::self_signed(parameters("Root", true), key()).expect("a root");
    let issuer = CertifiedIssuer::signed_by(named("leaf.test"), key(), &root).expect("an issuer");
    let leaf = named("leaf.test").signed_by(&key(), &issuer).expect("a leaf");
    [leaf.der(), issuer.der(), root.der()].map(|der| CertificateFacts::decode(der))
}

#[test]
fn one_of_the_same_name_and_another_key_is_not_its_own_issuer() {
    let chain = leaf_as_issuer();
    assert!(chain[0].self_issued && !chain[0].is_own_issuer() && chain[2].is_own_issuer());
    assert_eq!(chain::path(&chain), [0, 1, 2]);
    assert_eq!(chain::missing_issuer(&chain[..1]), Some("CN=leaf.test"));
}

#[test]
fn facts_of_a_leaf() {
    let Chain { leaf, intermediate, root } = chain();
    assert_eq!((leaf.issues.len(), leaf.version), (0, 3));
    assert_eq!((leaf.subject.as_str(), leaf.common_name.as_deref()), ("CN=leaf.test", Some("leaf.test")));
    assert!(leaf.issuer.starts_with("CN=Middle"), "{}", leaf.issuer);
    assert_eq!(leaf.dns_names, ["leaf.test", "*.leaf.test"]);
    assert!(leaf.matches_name("x.leaf.test") && leaf.matches_name("192.0.2.7") && !leaf.matches_name("other.test"));
    assert_eq!((leaf.key.to_string().as_str(), leaf.key.bits), ("EC P-256", Some(256)));
    assert_eq!(leaf.signature_algorithm, "ecdsa-with-SHA256");
    assert!(!leaf.is_ca && !leaf.self_issued && leaf.allows_server());
    assert_eq!(leaf.extended_key_usages, ["serverAuth"]);
    assert_eq!((intermediate.is_ca, intermediate.path_length), (true, Some(1)));
    assert_eq!(intermediate.key_usages, ["keyCertSign", "cRLSign"]);
    assert!(root.self_issued && root.weak_key().is_none() && root.weak_signature().is_none());
    assert_eq!(leaf.authority_key_id, intermediate.key_id);
}

#[test]
fn signatures() {
    let Chain { leaf, intermediate, root } = chain();
    assert_eq!(leaf.signed_by(&intermediate), SignatureVerdict::Good);
    assert_eq!(intermediate.signed_by(&root), SignatureVerdict::Good);
    assert_eq!(root.self_signed(), SignatureVerdict::Good);
    assert_eq!(leaf.signed_by(&root), SignatureVerdict::Bad);
    assert!(matches!(leaf.self_signed(), SignatureVerdict::NotChecked(_)));
    let mut forged = leaf.der.to_vec();
    let at = forged.windows(4).position(|four| four == b"leaf").expect("the name");
    forged[at] = b'L';
    assert_eq!(CertificateFacts::decode(&forged).signed_by(&intermediate), SignatureVerdict::Bad);
}

#[test]
fn what_the_verifier_cannot_do_is_no_forgery() {
    let small = CertificateFacts::decode(&bytes(samples::CERT_RSA_1024));
    assert_eq!(small.key.to_string(), "RSA 1024 bits");
    assert_eq!(small.self_signed().to_string(), "not checked: an RSA key of 1024 bits is beyond the verifier");
    assert_eq!(small.weak_key(), Some(Weakness::ShortKey { kind: "RSA", bits: 1024 }));
    let salted = CertificateFacts::decode(&bytes(samples::CERT_PSS_SALT_20));
    assert_eq!(salted.signature_algorithm, "RSASSA-PSS with SHA-256, salt of 20 bytes");
    assert!(matches!(salted.self_signed(), SignatureVerdict::NotChecked(_)));
    let usual = CertificateFacts::decode(&bytes(samples::CERT_PSS));
    assert_eq!(usual.self_signed(), SignatureVerdict::Good);
    assert!(matches!(small.signed_by(&chain().root), SignatureVerdict::NotChecked(_)));
}

#[test]
fn order_of_a_chain() {
    let Chain { leaf, intermediate, root } = chain();
    let order = |certificates: &[&CertificateFacts]| {
        chain_order(&certificates.iter().map(|each| (*each).clone()).collect::<Vec<_>>())
    };
    assert_eq!(order(&[]), ChainOrder::Empty);
    assert_eq!(order(&[&leaf, &intermediate, &root]), ChainOrder::InOrder);
    assert_eq!(order(&[&leaf, &root, &intermediate]), ChainOrder::Shuffled { path: vec![0, 2, 1] });
    assert_eq!(order(&[&leaf, &root]), ChainOrder::Extra { path: vec![0], unused: vec![1] });
    assert_eq!(order(&[&leaf, &intermediate, &leaf]), ChainOrder::Extra { path: vec![0, 1], unused: vec![2] });
    let without_root = [leaf.clone(), intermediate];
    assert!(chain::missing_issuer(&without_root).is_some_and(|issuer| issuer.starts_with("CN=Root")));
    assert!(chain::missing_issuer(&[root]).is_none());
    assert!(chain::missing_issuer(&[leaf]).is_some_and(|issuer| issuer.starts_with("CN=Middle")));
}

#[test]
fn validity_is_a_matter_of_when() {
    let facts = CertificateFacts::decode(&sample_certificate());
    let (begin, end) = (facts.not_before.expect("a date"), facts.not_after.expect("a date"));
    assert_eq!(end - begin, 30 * 86_400);
    assert_eq!((facts.is_valid_at(begin), facts.is_valid_at(end)), (Some(true), Some(true)));
    assert_eq!((facts.is_valid_at(begin - 1), facts.is_valid_at(end + 1)), (Some(false), Some(false)));
    assert_eq!(CertificateFacts::decode(b"").is_valid_at(0), None);
}

#[test]
fn a_certificate_the_parser_refuses_still_shows_names_and_dates() {
    let der = sample_certificate();
    let whole = CertificateFacts::decode(&der);
    let cut = CertificateFacts::decode(&der[..der.len() - 40]);
    assert_eq!((cut.subject, cut.not_before, cut.not_after), (whole.subject, whole.not_before, whole.not_after));
    assert_eq!((cut.serial, cut.version, cut.issues.len()), (whole.serial, whole.version, 1));
    assert_eq!(cut.signature_algorithm, whole.signature_algorithm);
}

#[test]
fn every_prefix_decodes() {
    for sample in [samples::CERT_RSA_1024, samples::CERT_PSS_SALT_20] {
        let der = bytes(sample);
        for end in 0..der.len() {
            let facts = CertificateFacts::decode(&der[..end]);
            assert!(!facts.issues.is_empty(), "cut at {end}");
        }
    }
}

#[test]
fn every_changed_byte_decodes() {
    let der = sample_certificate();
    for at in 0..der.len() {
        let mut changed = der.clone();
        changed[at] ^= 0xff;
        let _ = CertificateFacts::decode(&changed).weak_signature();
    }
}

#[test]
fn pem_has_lines_of_64() {
    let der = sample_certificate();
    let text = pem(&der);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines[0], lines[lines.len() - 1]), ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"));
    assert!(lines[1..lines.len() - 2].iter().all(|line| line.len() == 64));
    let (_, decoded) = x509_parser::pem::parse_x509_pem(text.as_bytes()).expect("PEM");
    assert_eq!(decoded.contents, der);
}

#[test]
fn keys_have_names_and_sizes() {
    let check = |spki: &[u8], expected: &str| {
        let (_, spki) = x509_parser::x509::SubjectPublicKeyInfo::from_der(spki).expect("a key");
        assert_eq!(super::facts::key_facts(&spki).to_string(), expected);
    };
    check(&[&bytes("302a300506032b6570032100")[..], &[7; 32]].concat(), "Ed25519");
    let ml_dsa = |number: u8, length: u16| {
        let key = [&[0x03, 0x82][..], &(length + 1).to_be_bytes(), &[0], &vec![7; usize::from(length)]].concat();
        let algorithm = [&bytes("300b06096086480165030403")[..], &[number]].concat();
        let body = [algorithm, key].concat();
        [&[0x30, 0x82][..], &(body.len() as u16).to_be_bytes(), &body].concat()
    };
    check(&ml_dsa(17, 1312), "ML-DSA-44");
    check(&ml_dsa(18, 1952), "ML-DSA-65");
    check(&ml_dsa(19, 2592), "ML-DSA-87");
}
