//! Which authorities are known, and where a chain ends among them.
//!
//! Known are the roots of common trust stores (`webpki-roots`) and what the user gives. A given certificate that names
//! itself as its issuer is a root; any other is an intermediate: no client trusts it by itself, but it shows what a
//! chain lacks.

use std::borrow::Borrow;
use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use super::SignatureVerdict;
use super::chain::path;
use super::facts::CertificateFacts;
use crate::proto::tls::der;

/// Most intermediates that are followed beyond the end of a chain.
const MAX_BEYOND: usize = 8;

/// The authorities known to whoever judges.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    given: Vec<CertificateFacts>,
}

/// Where a chain ends.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Ending {
    /// In this root, or right below it.
    Root(String),
    /// Below intermediates that it lacks and the user gave; the lowest one first.
    Intermediates {
        /// The subjects of the certificates that the chain lacks.
        lacks: Vec<String>,
        /// The root above them, where that is known.
        root: Option<String>,
    },
    /// In an authority that nobody here knows.
    Unknown,
    /// The chain is empty.
    #[default]
    Nowhere,
}

impl TrustStore {
    /// A store that knows `certificates` besides the common roots. What does not parse and what is there twice is left
    /// out.
    pub fn with(certificates: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut seen = HashSet::new();
        let facts = certificates.into_iter().map(|der| CertificateFacts::decode(&der));
        let given = facts.filter(|facts| !facts.subject_der.is_empty() && seen.insert(facts.sha256)).collect();
        Self { given }
    }

    /// How many certificates the user gave.
    pub fn given(&self) -> usize {
        self.given.len()
    }

    /// Where a chain, the sender's own certificate first, ends.
    pub fn ending<C: Borrow<CertificateFacts>>(&self, chain: &[C]) -> Ending {
        let Some(top) = path(chain).last().map(|index| chain[*index].borrow()) else { return Ending::Nowhere };
        if let Some(root) = self.root_of(top) {
            return Ending::Root(root);
        }
        let mut lacks: Vec<&CertificateFacts> = Vec::new();
        let mut current = top;
        while let Some(issuer) = self.issuer(current).filter(|issuer| !lacks.contains(issuer)) {
            if lacks.len() == MAX_BEYOND {
                break;
            }
            lacks.push(issuer);
            current = issuer;
        }
        if lacks.is_empty() {
            return Ending::Unknown;
        }
        let root = self.root_of(current);
        Ending::Intermediates { lacks: lacks.iter().map(|one| one.subject.clone()).collect(), root }
    }

    /// The known root that a certificate is, or that issued it.
    fn root_of(&self, certificate: &CertificateFacts) -> Option<String> {
        let given = self.given.iter().filter(|one| one.self_issued);
        let mut given = given.filter(|root| is_or_issued(root, certificate));
        given.next().map(|root| root.subject.clone()).or_else(|| Some(common_root(certificate)?.0))
    }

    /// The known authority that issued a certificate, and what is known of the signature. Authorities of the same name
    /// with another key are others.
    pub fn signer(&self, certificate: &CertificateFacts) -> Option<(String, SignatureVerdict)> {
        let given = self.given.iter().filter(|one| certificate.names_issuer(one));
        let mut given = given.map(|one| (one.subject.clone(), certificate.signed_by(one)));
        given.find(|(_, verdict)| *verdict != SignatureVerdict::Bad).or_else(|| common_root(certificate))
    }

    /// The given intermediate that issued a certificate.
    fn issuer(&self, certificate: &CertificateFacts) -> Option<&CertificateFacts> {
        let issued = |one: &&CertificateFacts| {
            certificate.names_issuer(one) && certificate.signed_by(one) != SignatureVerdict::Bad
        };
        self.given.iter().filter(|one| !one.self_issued).find(issued)
    }
}

fn is_or_issued(root: &CertificateFacts, certificate: &CertificateFacts) -> bool {
    let same_key = root.subject_der == certificate.subject_der && root.spki_sha256 == certificate.spki_sha256;
    same_key || certificate.names_issuer(root) && certificate.signed_by(root) != SignatureVerdict::Bad
}

/// The root of common trust stores that a certificate is or that issued it, and what is known of its signature. Where
/// that cannot be checked, the name decides.
fn common_root(certificate: &CertificateFacts) -> Option<(String, SignatureVerdict)> {
    let named = webpki_roots::TLS_SERVER_ROOTS.iter().filter_map(|root| {
        let subject = sequence(root.subject.as_ref());
        let is_named = *subject == *certificate.issuer_der || *subject == *certificate.subject_der;
        is_named.then(|| (subject, sequence(root.subject_public_key_info.as_ref())))
    });
    let mut signed = named.map(|(subject, key)| {
        let own = <[u8; 32]>::from(Sha256::digest(&key)) == certificate.spki_sha256;
        (der::name(&subject), own, certificate.signed_by_key(&key))
    });
    let (name, _, verdict) = signed.find(|(_, own, verdict)| *own || *verdict != SignatureVerdict::Bad)?;
    Some((name, verdict))
}

/// Trust anchors keep names and keys without the header of their outer SEQUENCE.
fn sequence(content: &[u8]) -> Vec<u8> {
    let mut der = vec![0x30];
    match content.len() {
        length @ 0..0x80 => der.push(length as u8),
        length @ 0x80..0x100 => der.extend([0x81, length as u8]),
        length => der.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    der.extend_from_slice(content);
    der
}
