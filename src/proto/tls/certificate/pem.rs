//! Certificates in files: PEM text (RFC 7468) and plain DER.

use base64::Engine as _;
use x509_parser::pem::Pem;

use crate::proto::tls::der::{Elements, tag};

/// Labels under which certificates are kept; the last one is OpenSSL's, with more behind the certificate.
const LABELS: [&str; 3] = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/// A certificate as PEM text (RFC 7468 §5), lines of 64 characters.
pub fn pem(der: &[u8]) -> String {
    let encoded = base64::engine::general_purpose::STANDARD.encode(der);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in encoded.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

/// The certificates, in DER, in the bytes of a file: all those of PEM text, whatever is between them, or one or more in
/// DER. None where the file is neither.
pub fn certificates_in(bytes: &[u8]) -> Vec<Vec<u8>> {
    let pem: Vec<Vec<u8>> = Pem::iter_from_buffer(bytes)
        .filter_map(Result::ok)
        .filter(|block| LABELS.contains(&block.label.as_str()))
        .map(|block| first_element(&block.contents))
        .collect();
    if !pem.is_empty() {
        return pem;
    }
    let elements = Elements::new(bytes, 0);
    elements.take_while(|one| one.tag == tag::SEQUENCE && !one.is_cut()).map(|one| one.raw.to_vec()).collect()
}

fn first_element(der: &[u8]) -> Vec<u8> {
    Elements::new(der, 0).next().map_or_else(|| der.to_vec(), |one| one.raw.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::tls::samples::{self, bytes};

    #[test]
    fn certificates_are_found_in_bundles_and_in_der() {
        let (one, other) = (bytes(samples::CERT_RSA_1024), bytes(samples::CERT_PSS_SALT_20));
        let bundle = format!(
            "# a root\n{}junk\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n{}",
            pem(&one),
            pem(&other)
        );
        assert_eq!(certificates_in(bundle.as_bytes()), [one.clone(), other.clone()]);
        assert_eq!(certificates_in(&one), std::slice::from_ref(&one));
        assert_eq!(certificates_in(&[one.clone(), other.clone()].concat()), [one, other]);
        assert!(certificates_in(b"no certificate").is_empty() && certificates_in(b"").is_empty());
    }
}
