//! One certificate as owned facts.

use std::net::IpAddr;

use sha2::{Digest as _, Sha256};
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer as _, X509Certificate, X509Extension};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::oids;
use super::pss::pss_parameters;
use crate::proto::tls::der::{self, Element, Elements, tag};
use crate::vocab::text::{hex, visible};

/// What a certificate says. Text is safe to show; times are seconds since 1970.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CertificateFacts {
    /// The certificate itself, in DER.
    pub der: Box<[u8]>,
    /// Whom it is for, as RFC 4514 text.
    pub subject: String,
    /// Who signed it, as RFC 4514 text.
    pub issuer: String,
    /// The last common name of the subject; names are checked against [`CertificateFacts::dns_names`] alone.
    pub common_name: Option<String>,
    /// The DNS names of the subject alternative name, as written.
    pub dns_names: Vec<String>,
    /// The IP addresses of the subject alternative name.
    pub ip_addresses: Vec<IpAddr>,
    /// Alternative names of other kinds, as `kind:value`.
    pub other_names: Vec<String>,
    /// First second of validity.
    pub not_before: Option<i64>,
    /// Last second of validity.
    pub not_after: Option<i64>,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// 1, 2 or 3; 0 if it could not be read.
    pub version: u8,
    /// The key it certifies.
    pub key: PublicKeyFacts,
    /// How it is signed, such as `sha256WithRSAEncryption`.
    pub signature_algorithm: String,
    /// Whether it may sign certificates (basic constraints).
    pub is_ca: bool,
    /// How many intermediates may follow below it.
    pub path_length: Option<u32>,
    /// Whether subject and issuer are the same name; see [`CertificateFacts::self_signed`] for the proof.
    pub self_issued: bool,
    /// The subject key identifier.
    pub key_id: Option<Box<[u8]>>,
    /// The authority key identifier.
    pub authority_key_id: Option<Box<[u8]>>,
    /// The bits of key usage that are set.
    pub key_usages: Vec<&'static str>,
    /// The extended key usages, by name or number.
    pub extended_key_usages: Vec<String>,
    /// Where the issuer's certificate can be fetched.
    pub ca_issuers: Vec<String>,
    /// Where its status can be asked.
    pub ocsp: Vec<String>,
    /// Where revocation lists are.
    pub crls: Vec<String>,
    /// The policies, by name or number.
    pub policies: Vec<String>,
    /// Certificate timestamps inside.
    pub sct_count: usize,
    /// Whether it demands a stapled OCSP response (RFC 7633).
    pub must_staple: bool,
    /// Critical extensions that are not understood here, by name or number.
    pub unknown_critical: Vec<String>,
    /// SHA-256 of the whole certificate.
    pub sha256: [u8; 32],
    /// SHA-256 of the SubjectPublicKeyInfo, by which a key is pinned.
    pub spki_sha256: [u8; 32],
    /// Subject name in DER, to compare names byte by byte.
    pub subject_der: Box<[u8]>,
    /// Issuer name in DER.
    pub issuer_der: Box<[u8]>,
    /// What did not parse.
    pub issues: Vec<String>,
}

/// Why a key or signature is not enough today.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weakness {
    /// A key with fewer bits than clients accept.
    ShortKey {
        /// `RSA` or `EC`.
        kind: &'static str,
        /// Its size in bits.
        bits: u32,
    },
    /// A DSA key: TLS has no signature scheme for it since version 1.3 (RFC 8446 §4.2.3).
    Dsa,
    /// A signature over a hash for which collisions can be made, by its name.
    Hash(&'static str),
}

impl std::fmt::Display for Weakness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ShortKey { kind, bits } => write!(f, "{kind} key of {bits} bits"),
            Self::Dsa => f.write_str("DSA key"),
            Self::Hash(hash) => write!(f, "signed with {hash}"),
        }
    }
}

/// A public key.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PublicKeyFacts {
    /// `RSA`, `EC`, `Ed25519`, `ML-DSA-65` …; a number in dotted form where the algorithm has no name here.
    pub algorithm: String,
    /// The curve of an EC key.
    pub curve: Option<&'static str>,
    /// Size in bits, where people speak of one.
    pub bits: Option<u32>,
}

impl std::fmt::Display for PublicKeyFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.curve, self.bits) {
            (Some(curve), _) => write!(f, "{} {curve}", self.algorithm),
            (None, Some(bits)) => write!(f, "{} {bits} bits", self.algorithm),
            (None, None) => f.write_str(&self.algorithm),
        }
    }
}

impl CertificateFacts {
    /// Reads a certificate. What cannot be read is empty, and `issues` says why.
    pub fn decode(der: &[u8]) -> Self {
        Self::decode_hashed(der, Sha256::digest(der).into())
    }

    /// The same with the hash known.
    pub(super) fn decode_hashed(der: &[u8], sha256: [u8; 32]) -> Self {
        let mut facts = Self { der: der.into(), sha256, ..Self::default() };
        match X509Certificate::from_der(der) {
            Ok((rest, certificate)) => {
                facts.fill(&certificate);
                if !rest.is_empty() {
                    facts.issues.push(format!("{} bytes after the certificate", rest.len()));
                }
            }
            Err(error) => {
                facts.issues.push(format!("not a certificate as RFC 5280 wants it: {}", visible(&error.to_string())));
                facts.fill_from_der();
            }
        }
        facts.self_issued = !facts.subject_der.is_empty() && facts.subject_der == facts.issuer_der;
        facts
    }

    /// Whether `at` (seconds since 1970) lies within the validity; none if a date could not be read.
    pub fn is_valid_at(&self, at: i64) -> Option<bool> {
        Some((self.not_before?..=self.not_after?).contains(&at))
    }

    /// Whether the certificate may be a TLS server's, by its extended key usage.
    pub fn allows_server(&self) -> bool {
        self.allows("serverAuth")
    }

    /// Whether the certificate may be a TLS client's, by its extended key usage.
    pub fn allows_client(&self) -> bool {
        self.allows("clientAuth")
    }

    fn allows(&self, wanted: &str) -> bool {
        let purposes = &self.extended_key_usages;
        purposes.is_empty() || purposes.iter().any(|purpose| purpose == wanted || purpose == "anyExtendedKeyUsage")
    }

    /// Why a careful client refuses its key today.
    pub fn weak_key(&self) -> Option<Weakness> {
        match (self.key.algorithm.as_str(), self.key.bits) {
            ("RSA" | "RSASSA-PSS", Some(bits)) if bits < 2048 => Some(Weakness::ShortKey { kind: "RSA", bits }),
            ("EC", Some(bits)) if bits < 224 => Some(Weakness::ShortKey { kind: "EC", bits }),
            ("DSA", _) => Some(Weakness::Dsa),
            _ => None,
        }
    }

    /// Why a careful client refuses its signature today. Nobody checks the signature of a root: it is trusted by being
    /// known.
    pub fn weak_signature(&self) -> Option<Weakness> {
        let signature = self.signature_algorithm.to_ascii_lowercase();
        let weak = [("md2", "MD2"), ("md5", "MD5"), ("sha1", "SHA-1")];
        let (_, hash) = weak.iter().find(|(name, _)| signature.contains(name) && !self.self_issued)?;
        Some(Weakness::Hash(hash))
    }

    fn fill(&mut self, certificate: &X509Certificate<'_>) {
        let tbs = &certificate.tbs_certificate;
        self.set_names(tbs.subject.as_raw(), tbs.issuer.as_raw());
        self.not_before = Some(tbs.validity.not_before.timestamp());
        self.not_after = Some(tbs.validity.not_after.timestamp());
        self.serial = hex(certificate.raw_serial());
        self.version = u8::try_from(tbs.version.0 + 1).unwrap_or_default();
        self.key = key_facts(&tbs.subject_pki);
        self.spki_sha256 = Sha256::digest(tbs.subject_pki.raw).into();
        self.signature_algorithm = signature_name(&certificate.signature_algorithm);
        if certificate.signature_algorithm != tbs.signature {
            self.issues.push("the two signature algorithms differ (RFC 5280 §4.1.1.2)".to_owned());
        }
        for extension in tbs.extensions() {
            self.fill_extension(extension);
        }
    }

    fn set_names(&mut self, subject: &[u8], issuer: &[u8]) {
        (self.subject, self.issuer) = (der::name(subject), der::name(issuer));
        self.common_name = Elements::new(subject, 0).next().and_then(|name| {
            let attributes = name.children().flat_map(|set| set.children().filter_map(|each| der::attribute(&each)));
            attributes.filter(|(kind, _)| kind == "2.5.4.3").filter_map(|(_, value)| der::string(&value)).last()
        });
        (self.subject_der, self.issuer_der) = (subject.into(), issuer.into());
    }

    fn fill_extension(&mut self, extension: &X509Extension<'_>) {
        let number = extension.oid.to_id_string();
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => {
                names.general_names.iter().for_each(|name| self.add_name(name));
            }
            ParsedExtension::BasicConstraints(constraints) => {
                (self.is_ca, self.path_length) = (constraints.ca, constraints.path_len_constraint);
            }
            ParsedExtension::KeyUsage(usage) => self.key_usages = key_usage_names(usage.flags),
            ParsedExtension::ExtendedKeyUsage(_) => self.extended_key_usages = purposes(extension.value),
            ParsedExtension::SubjectKeyIdentifier(id) => self.key_id = Some(id.0.into()),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                self.authority_key_id = id.key_identifier.as_ref().map(|id| id.0.into());
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                for description in &access.accessdescs {
                    if let GeneralName::URI(uri) = description.access_location {
                        match description.access_method.to_id_string().as_str() {
                            "1.3.6.1.5.5.7.48.1" => self.ocsp.push(visible(uri)),
                            "1.3.6.1.5.5.7.48.2" => self.ca_issuers.push(visible(uri)),
                            _ => {}
                        }
                    }
                }
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                for point in &points.points {
                    if let Some(DistributionPointName::FullName(names)) = &point.distribution_point {
                        self.crls.extend(names.iter().filter_map(|name| match name {
                            GeneralName::URI(uri) => Some(visible(uri)),
                            _ => None,
                        }));
                    }
                }
            }
            ParsedExtension::CertificatePolicies(policies) => {
                self.policies = policies.iter().map(|policy| named(&policy.policy_id.to_id_string())).collect();
            }
            ParsedExtension::SCT(timestamps) => self.sct_count = timestamps.len(),
            ParsedExtension::ParseError { .. } => {
                self.issues.push(format!("the extension {} does not parse", named(&number)));
            }
            ParsedExtension::UnsupportedExtension { .. } if number == "1.3.6.1.5.5.7.1.24" => {
                // SEQUENCE OF INTEGER: the TLS extensions the server promises, 5 is status_request.
                self.must_staple = extension.value.windows(3).any(|bytes| bytes == [tag::INTEGER, 1, 5]);
            }
            ParsedExtension::UnsupportedExtension { .. } if extension.critical => {
                self.unknown_critical.push(named(&number));
            }
            _ => {}
        }
    }

    fn add_name(&mut self, name: &GeneralName<'_>) {
        match name {
            GeneralName::DNSName(name) => self.dns_names.push(visible(name)),
            GeneralName::IPAddress(bytes) => match der::ip_address(bytes) {
                Some(address) => self.ip_addresses.push(address),
                None => self.issues.push(format!("an IP address of {} bytes", bytes.len())),
            },
            GeneralName::RFC822Name(mail) => self.other_names.push(format!("email:{}", visible(mail))),
            GeneralName::URI(uri) => self.other_names.push(format!("URI:{}", visible(uri))),
            GeneralName::DirectoryName(name) => self.other_names.push(format!("dirName:{}", der::name(name.as_raw()))),
            GeneralName::RegisteredID(id) => self.other_names.push(format!("RID:{}", id.to_id_string())),
            GeneralName::OtherName(id, _) => self.other_names.push(format!("otherName:{}", id.to_id_string())),
            GeneralName::Invalid(..) => self.issues.push("an alternative name that does not decode".to_owned()),
            GeneralName::X400Address(_) | GeneralName::EDIPartyName(_) => self.other_names.push("other".to_owned()),
        }
    }

    /// Names, dates and serial number read one by one, for what x509-parser refuses as a whole.
    fn fill_from_der(&mut self) {
        let der = self.der.clone();
        let Some(certificate) = Elements::new(&der, 0).next().filter(|element| element.tag == tag::SEQUENCE) else {
            return;
        };
        let Some(tbs) = certificate.children().next().filter(|element| element.tag == tag::SEQUENCE) else { return };
        let mut fields = tbs.children();
        self.version = fields
            .next_if(0xa0)
            .and_then(|version| version.body.last().copied())
            .map_or(1, |last| last.saturating_add(1));
        self.serial = fields.next_if(tag::INTEGER).map(|serial| hex(serial.body)).unwrap_or_default();
        let algorithm = fields.next_if(tag::SEQUENCE).and_then(|sequence| first_oid(&sequence));
        self.signature_algorithm = algorithm.map(|number| named(&number)).unwrap_or_default();
        let (issuer, validity, subject) = (fields.next(), fields.next(), fields.next());
        if let Some(validity) = validity {
            let mut times = validity.children();
            self.not_before = times.next().and_then(|element| der::time(&element));
            self.not_after = times.next().and_then(|element| der::time(&element));
        }
        let raw = |element: Option<Element<'_>>| element.map(|element| element.raw.to_vec()).unwrap_or_default();
        self.set_names(&raw(subject), &raw(issuer));
        if let Some(spki) = fields.next() {
            self.spki_sha256 = Sha256::digest(spki.raw).into();
            if let Ok((_, spki)) = SubjectPublicKeyInfo::from_der(spki.raw) {
                self.key = key_facts(&spki);
            }
        }
    }
}

/// The name of an object identifier, or the identifier itself.
pub(super) fn named(number: &str) -> String {
    oids::oid_name(number).map_or_else(|| number.to_owned(), str::to_owned)
}

/// The names of the bits of a key usage; bit 0 is the lowest one here.
fn key_usage_names(flags: u16) -> Vec<&'static str> {
    oids::KEY_USAGES.iter().enumerate().filter(|(bit, _)| flags >> bit & 1 == 1).map(|(_, name)| *name).collect()
}

fn purposes(value: &[u8]) -> Vec<String> {
    let Some(sequence) = Elements::new(value, 0).next() else { return Vec::new() };
    sequence.children().filter_map(|element| der::oid(element.body)).map(|number| named(&number)).collect()
}

fn first_oid(sequence: &Element<'_>) -> Option<String> {
    der::oid(sequence.children().next_if(tag::OID)?.body)
}

/// The algorithm and size of a key.
pub(super) fn key_facts(spki: &SubjectPublicKeyInfo<'_>) -> PublicKeyFacts {
    let number = spki.algorithm.algorithm.to_id_string();
    let parameter =
        || spki.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok()).map(|oid| oid.to_id_string());
    let rsa_bits = || match spki.parsed() {
        Ok(PublicKey::RSA(key)) => Some(significant_bits(key.modulus)),
        _ => rsa_modulus_bits(&spki.subject_public_key.data),
    };
    match number.as_str() {
        "1.2.840.113549.1.1.1" => PublicKeyFacts { algorithm: "RSA".into(), curve: None, bits: rsa_bits() },
        "1.2.840.113549.1.1.10" => PublicKeyFacts { algorithm: "RSASSA-PSS".into(), curve: None, bits: rsa_bits() },
        "1.2.840.10045.2.1" => {
            let curve = parameter().and_then(|number| oids::curve(&number));
            let name = curve.map_or("with explicit or unknown parameters", |(name, _)| name);
            PublicKeyFacts { algorithm: "EC".into(), curve: Some(name), bits: curve.map(|(_, bits)| bits) }
        }
        _ => PublicKeyFacts { algorithm: named(&number), curve: None, bits: None },
    }
}

fn rsa_modulus_bits(key: &[u8]) -> Option<u32> {
    let sequence = Elements::new(key, 0).next()?;
    Some(significant_bits(sequence.children().next_if(tag::INTEGER)?.body))
}

fn significant_bits(number: &[u8]) -> u32 {
    let trimmed = &number[number.iter().take_while(|byte| **byte == 0).count()..];
    let top = trimmed.first().map_or(0, |byte| byte.leading_zeros());
    (trimmed.len() as u32 * 8).saturating_sub(top)
}

fn signature_name(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let number = algorithm.algorithm.to_id_string();
    match pss_parameters(algorithm) {
        Some((hash, salt)) => format!("RSASSA-PSS with {}, salt of {salt} bytes", named(&hash)),
        None => named(&number),
    }
}
