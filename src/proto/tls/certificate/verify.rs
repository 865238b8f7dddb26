//! Whether one certificate's key made another's signature.
//!
//! The verifier behind x509-parser reports a key it finds too small, or a salt it does not expect, as a bad
//! signature; those are told apart here first, because a forgery is a grave thing to claim.

use std::borrow::Cow;

use x509_parser::prelude::{FromDer as _, X509Certificate, X509Error};
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::facts::{CertificateFacts, PublicKeyFacts, key_facts, named};
use super::pss::pss_parameters;
use crate::vocab::iana::SignatureScheme;

/// The result of checking a signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignatureVerdict {
    /// The key made the signature.
    Good,
    /// The key did not make it.
    Bad,
    /// It could not be checked, and why.
    NotChecked(Cow<'static, str>),
}

impl std::fmt::Display for SignatureVerdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Good => f.write_str("good"),
            Self::Bad => f.write_str("bad"),
            Self::NotChecked(reason) => write!(f, "not checked: {reason}"),
        }
    }
}

/// Smallest RSA key the verifier takes, in bits; with SHA-1 it takes 1024.
const SMALLEST_RSA: u32 = 2048;
const SMALLEST_RSA_SHA1: u32 = 1024;
const LARGEST_RSA: u32 = 8192;

impl CertificateFacts {
    /// Whether `issuer`'s key made this certificate's signature. Names are not compared.
    pub fn signed_by(&self, issuer: &CertificateFacts) -> SignatureVerdict {
        match X509Certificate::from_der(&issuer.der) {
            Ok((_, signer)) => self.signed_with(signer.public_key()),
            Err(_) => not_checked("the issuer's certificate does not parse"),
        }
    }

    /// Whether the key in `spki`, a SubjectPublicKeyInfo in DER, made this certificate's signature.
    pub fn signed_by_key(&self, spki: &[u8]) -> SignatureVerdict {
        match SubjectPublicKeyInfo::from_der(spki) {
            Ok((_, key)) => self.signed_with(&key),
            Err(_) => not_checked("the issuer's key does not parse"),
        }
    }

    fn signed_with(&self, key: &SubjectPublicKeyInfo<'_>) -> SignatureVerdict {
        let Ok((_, certificate)) = X509Certificate::from_der(&self.der) else {
            return not_checked("the certificate does not parse");
        };
        let facts = key_facts(key);
        if let Some(reason) = obstacle(&certificate.signature_algorithm, &facts) {
            return SignatureVerdict::NotChecked(reason);
        }
        match certificate.verify_signature(Some(key)) {
            Ok(()) => SignatureVerdict::Good,
            Err(X509Error::SignatureVerificationError) => SignatureVerdict::Bad,
            Err(_) => SignatureVerdict::NotChecked(Cow::from(format!(
                "{} with a key of {facts} is beyond the verifier",
                self.signature_algorithm
            ))),
        }
    }

    /// Whether this certificate's key made a handshake `signature` of `scheme` over `message` (RFC 8446 §4.4.3,
    /// RFC 5246 §7.4.3).
    pub fn verify_signature(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> SignatureVerdict {
        let Ok((_, certificate)) = X509Certificate::from_der(&self.der) else {
            return not_checked("the certificate does not parse");
        };
        let small = self.key.algorithm.starts_with("RSA") && self.key.bits.is_none_or(|bits| bits < SMALLEST_RSA);
        let algorithm: &dyn rustls_pki_types::SignatureVerificationAlgorithm =
            match (scheme, self.key.bits, self.key.algorithm.as_str()) {
                (SignatureScheme::RSA_PKCS1_SHA256, _, "RSA") => webpki::ring::RSA_PKCS1_2048_8192_SHA256,
                (SignatureScheme::RSA_PKCS1_SHA384, _, "RSA") => webpki::ring::RSA_PKCS1_2048_8192_SHA384,
                (SignatureScheme::RSA_PKCS1_SHA512, _, "RSA") => webpki::ring::RSA_PKCS1_2048_8192_SHA512,
                (SignatureScheme::RSA_PSS_RSAE_SHA256, _, "RSA") => webpki::ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
                (SignatureScheme::RSA_PSS_RSAE_SHA384, _, "RSA") => webpki::ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
                (SignatureScheme::RSA_PSS_RSAE_SHA512, _, "RSA") => webpki::ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
                (SignatureScheme::ECDSA_SECP256R1_SHA256, Some(256), "EC") => webpki::ring::ECDSA_P256_SHA256,
                (SignatureScheme::ECDSA_SECP256R1_SHA256, Some(384), "EC") => webpki::ring::ECDSA_P384_SHA256,
                (SignatureScheme::ECDSA_SECP384R1_SHA384, Some(384), "EC") => webpki::ring::ECDSA_P384_SHA384,
                (SignatureScheme::ECDSA_SECP384R1_SHA384, Some(256), "EC") => webpki::ring::ECDSA_P256_SHA384,
                (SignatureScheme::ED25519, _, "Ed25519") => webpki::ring::ED25519,
                _ => return not_checked(format!("{scheme} with a key of {} is beyond the verifier", self.key)),
            };
        if small {
            return not_checked(format!("a key of {} is beyond the verifier", self.key));
        }
        let key = &certificate.public_key().subject_public_key.data;
        match algorithm.verify_signature(key, message, signature) {
            Ok(()) => SignatureVerdict::Good,
            Err(_) => SignatureVerdict::Bad,
        }
    }

    /// Whether the certificate is signed with its own key; not checked where subject and issuer differ.
    pub fn self_signed(&self) -> SignatureVerdict {
        if self.self_issued { self.signed_by(self) } else { not_checked("subject and issuer differ") }
    }
}

fn not_checked(reason: impl Into<Cow<'static, str>>) -> SignatureVerdict {
    SignatureVerdict::NotChecked(reason.into())
}

/// Why the verifier's answer would not be about the signature; none if it can be asked.
fn obstacle(algorithm: &AlgorithmIdentifier<'_>, key: &PublicKeyFacts) -> Option<Cow<'static, str>> {
    let number = algorithm.algorithm.to_id_string();
    let name = named(&number);
    let rsa_signature = name.contains("RSA");
    let rsa_key = key.algorithm.starts_with("RSA");
    if rsa_signature != rsa_key {
        // A key of another kind cannot have made it, but an odd name for a key is more likely than that.
        return Some(format!("{name} does not go with a key of {key}").into());
    }
    if let Some((hash, salt)) = pss_parameters(algorithm) {
        let usual = match hash.as_str() {
            "2.16.840.1.101.3.4.2.1" => 32,
            "2.16.840.1.101.3.4.2.2" => 48,
            "2.16.840.1.101.3.4.2.3" => 64,
            _ => return Some(format!("RSASSA-PSS with {} is beyond the verifier", named(&hash)).into()),
        };
        if salt != usual {
            return Some(format!("RSASSA-PSS with a salt of {salt} bytes is beyond the verifier").into());
        }
    }
    if rsa_key {
        let smallest = if name.starts_with("sha1") { SMALLEST_RSA_SHA1 } else { SMALLEST_RSA };
        let bits = key.bits.unwrap_or_default();
        if !(smallest..=LARGEST_RSA).contains(&bits) {
            return Some(format!("an RSA key of {bits} bits is beyond the verifier").into());
        }
    }
    None
}
