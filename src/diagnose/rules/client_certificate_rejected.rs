//! `client-certificate-rejected`: the client sent a certificate and the server refused it.

use super::prelude::*;
use crate::diagnose::mutual;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClientCertificateRejected,
    doc: Doc {
        what: "The client sent a certificate and the server refused it.",
        how: "A Certificate of the client with at least one certificate, then the server's alert, or its close \
              without one (Java's and Node's servers). Under TLS 1.3 without keys the record lengths show it, which \
              is marked as inferred.",
        not: "client-certificate-required, where none was sent.",
        next: &[
            "Compare the issuer of the client's certificate with the authorities in the CertificateRequest",
            "Check its validity and its chain from the server's side",
        ],
        reference: "RFC 8446 section 4.4.2.4",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    mutual::judge(case, true)
}
