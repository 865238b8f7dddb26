//! `certificate-expired`: the client refuses the certificate, which had expired at the time of the capture.

use super::prelude::*;
use crate::diagnose::chain;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateExpired,
    doc: Doc {
        what: "The client refuses the certificate, which had expired at the time of the capture.",
        how: "The validity of a certificate of the chain ended before the packet that carries it.",
        not: "A client whose clock is wrong: only that one client fails.",
        next: &[
            "Renew the certificate; check which of several servers still has the old one",
            "If only one client fails, check its clock",
        ],
        reference: "RFC 5280 section 4.1.2.5",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    let certificates = chain::certificates(case);
    let Some(leaf) = certificates.first() else {
        // Encrypted: only the alert speaks.
        if refusal.alert != Some(AlertDescription::CERTIFICATE_EXPIRED) {
            return Answer::Clear;
        }
        return Found::at(
            refusal.packet,
            Confidence::Likely,
            EndedBy::Client,
            "the client says that the certificate has expired",
        )
        .detail("The certificate itself is encrypted and cannot be checked without keys.")
        .answer();
    };
    if chain::is_called_unknown(case, &refusal, &certificates) {
        return Answer::Clear;
    }
    let now = chain::seen_at(case);
    let expired = certificates.iter().find(|c| c.not_after.is_some_and(|end| end < now));
    let Some(expired) = expired else { return Answer::Clear };
    let days = expired.not_after.map_or(0, |end| (now - end) / 86_400);
    let headline = format!(
        "the certificate of {} had expired {days} days before",
        expired.common_name.as_deref().unwrap_or(&expired.subject)
    );
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
