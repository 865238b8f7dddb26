//! `certificate-untrusted`: the client refuses the chain: it ends in an authority that it does not know.

use super::prelude::*;
use crate::diagnose::chain;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateUntrusted,
    doc: Doc {
        what: "The client refuses the chain: it ends in an authority that it does not know.",
        how: "The client says unknown_ca, or the chain ends in a root that common trust stores and --ca lack; good \
              flows do not show the same chain.",
        not: "certificate-incomplete-chain; certificate-rejected, where other clients accept the same chain.",
        next: &["Install the authority's root on the client, or use a public authority"],
        reference: "RFC 5280 section 6",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    let certificates = chain::certificates(case);
    let Some(leaf) = certificates.first() else {
        // Encrypted: only the alert speaks.
        if refusal.alert != Some(AlertDescription::UNKNOWN_CA) {
            return Answer::Clear;
        }
        return Found::at(
            refusal.packet,
            Confidence::Possible,
            EndedBy::Client,
            "the client does not know the authority that issued the certificate",
        )
        .detail("The certificate itself is encrypted and cannot be checked without keys.")
        .answer();
    };
    if refusal.after_handshake && !chain::is_late_refusal(case, &certificates) {
        return Answer::Clear;
    }
    // What else the alert or the certificate says speaks against a mere lack of trust.
    let other = refusal.alert.is_some_and(|alert| {
        matches!(
            alert,
            AlertDescription::UNSUPPORTED_CERTIFICATE
                | AlertDescription::CERTIFICATE_REVOKED
                | AlertDescription::CERTIFICATE_EXPIRED
        )
    });
    if other || !leaf.allows_server() {
        return Answer::Clear;
    }
    let says_so = refusal.alert == Some(AlertDescription::UNKNOWN_CA);
    let unknown = !chain::ends_in_known_root(case, &certificates);
    if !unknown || chain::is_shared(case, &certificates) {
        return Answer::Clear;
    }
    let top = chain::missing(&certificates).unwrap_or_else(|| leaf.issuer.clone());
    let headline = format!("the chain ends in {top}, which is no known root");
    let confidence = if refusal.after_handshake {
        Confidence::Possible
    } else if refusal.alert.is_some() {
        if says_so { Confidence::Certain } else { Confidence::Likely }
    } else {
        Confidence::Likely
    };
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
