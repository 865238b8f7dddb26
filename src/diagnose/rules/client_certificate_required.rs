//! `client-certificate-required`: the server asked for a client certificate, got none, and refused.

use super::prelude::*;
use crate::diagnose::mutual;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClientCertificateRequired,
    doc: Doc {
        what: "The server asked for a client certificate, got none, and refused; or the client left upon the request.",
        how: "A CertificateRequest and an empty Certificate of the client (or no answer to the request at all); or \
              the alert certificate_required. Under TLS 1.3 without keys the record lengths show it, which is marked \
              as inferred.",
        not: "client-certificate-rejected, where one was sent.",
        next: &[
            "Give the client a certificate of an authority that the CertificateRequest names",
            "Check whether the server should ask for one on this port at all",
        ],
        reference: "RFC 8446 sections 4.3.2, 4.4.2 and 6.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    mutual::judge(case, false)
}
