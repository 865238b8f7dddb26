//! `certificate-weak`: the client refuses the certificate for a weak key or signature.

use super::prelude::*;
use crate::diagnose::chain;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateWeak,
    doc: Doc {
        what: "The client refuses the certificate for a weak key or signature.",
        how: "A key of the chain is shorter, or a signature made with an older hash, than clients accept today.",
        not: "certificate-untrusted.",
        next: &["Reissue with at least RSA 2048 or ECDSA P-256 and SHA-256"],
        reference: "RFC 8446 section 4.4.2.2, CA/Browser Forum Baseline Requirements 6.1.5",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    if refusal.after_handshake {
        return Answer::Clear;
    }
    let certificates = chain::certificates(case);
    let Some(leaf) = certificates.first() else { return Answer::Clear };
    if chain::is_called_unknown(case, &refusal, &certificates) {
        return Answer::Clear;
    }
    let weak = certificates.iter().flat_map(crate::proto::tls::certificate::CertificateFacts::weaknesses).next();
    let Some(weak) = weak else { return Answer::Clear };
    if refusal.alert.is_some_and(|a| a == AlertDescription::CERTIFICATE_EXPIRED) {
        return Answer::Clear;
    }
    let headline = format!("the certificate is weak: {weak}");
    let confidence = if refusal.alert.is_some() { Confidence::Certain } else { Confidence::Likely };
    Found::at(refusal.packet, confidence, EndedBy::Client, headline)
        .detail(format!(
            "The client leaves{}. The leaf is {}, issued by {}.",
            refusal.alert.map_or_else(String::new, |a| format!(" with {a}")),
            leaf.subject,
            leaf.issuer
        ))
        .supported(case.at(case.seen.certificate).map(|s| s.packet), "the certificate")
        .answer()
}
