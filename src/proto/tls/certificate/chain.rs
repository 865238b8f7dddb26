//! How the certificates of one message hang together.

use std::borrow::Borrow;

use super::facts::CertificateFacts;
use super::verify::SignatureVerdict;

/// How the sent order compares with the order of issuing, the sender's own certificate first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ChainOrder {
    /// Each certificate is issued by the next one.
    InOrder,
    /// All belong to one chain, but not in the order sent.
    Shuffled {
        /// Indices of the certificates in the order of issuing.
        path: Vec<usize>,
    },
    /// Some certificates are not part of the first one's chain.
    Extra {
        /// Indices of those on the chain, in the order of issuing.
        path: Vec<usize>,
        /// Indices of the others.
        unused: Vec<usize>,
    },
    /// The message has no certificate.
    Empty,
}

impl CertificateFacts {
    /// Whether `issuer` is the one this certificate names: by name, and by key identifier where both have one.
    /// Signatures are not checked.
    pub fn names_issuer(&self, issuer: &CertificateFacts) -> bool {
        let ids_agree = match (&self.authority_key_id, &issuer.key_id) {
            (Some(wanted), Some(there)) => wanted == there,
            _ => true,
        };
        !self.issuer_der.is_empty() && self.issuer_der == issuer.subject_der && ids_agree
    }

    /// Whether it names itself as its issuer, by key too: one of the same name that another key signed is merely
    /// self-issued (RFC 5280 §3.2).
    pub fn is_own_issuer(&self) -> bool {
        self.self_issued && self.names_issuer(self)
    }
}

/// Compares the sent order with the order of issuing. Repeated certificates count as extra.
pub fn chain_order<C: Borrow<CertificateFacts>>(certificates: &[C]) -> ChainOrder {
    let path = path(certificates);
    if path.is_empty() {
        return ChainOrder::Empty;
    }
    let unused: Vec<usize> = (0..certificates.len()).filter(|index| !path.contains(index)).collect();
    if !unused.is_empty() {
        ChainOrder::Extra { path, unused }
    } else if path.is_sorted() {
        ChainOrder::InOrder
    } else {
        ChainOrder::Shuffled { path }
    }
}

/// Indices from the first certificate up through its issuers, as far as they are there.
pub fn path<C: Borrow<CertificateFacts>>(certificates: &[C]) -> Vec<usize> {
    let mut path = Vec::new();
    let mut current = if certificates.is_empty() { None } else { Some(0) };
    while let Some(index) = current {
        path.push(index);
        let certificate = certificates[index].borrow();
        current = if certificate.is_own_issuer() {
            None
        } else {
            // The next in line comes first, so that cross-signed twins do not make an ordered chain look shuffled.
            let after = index + 1..certificates.len();
            let is_next =
                |other: &usize| !path.contains(other) && certificate.names_issuer(certificates[*other].borrow());
            after.chain(0..index).find(is_next)
        };
    }
    path
}

/// The issuer that is missing at the top of the first certificate's chain, as RFC 4514 text; none if the chain ends
/// in a self-issued certificate or is empty.
pub fn missing_issuer<C: Borrow<CertificateFacts>>(certificates: &[C]) -> Option<&str> {
    let top = certificates.get(*path(certificates).last()?)?.borrow();
    (!top.is_own_issuer()).then_some(top.issuer.as_str())
}

/// Whether the sender's own certificate signed itself, as far as that can be checked.
pub fn is_self_signed<C: Borrow<CertificateFacts>>(certificates: &[C]) -> bool {
    let own = certificates.first().map(Borrow::borrow);
    own.is_some_and(|own| own.is_own_issuer() && own.self_signed() != SignatureVerdict::Bad)
}
