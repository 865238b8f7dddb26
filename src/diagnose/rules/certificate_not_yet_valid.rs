//! `certificate-not-yet-valid`: the client refuses the certificate, which was not yet valid at the time of the capture.

use super::prelude::*;
use crate::diagnose::chain;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateNotYetValid,
    doc: Doc {
        what: "The client refuses the certificate, which was not yet valid at the time of the capture.",
        how: "The validity of a certificate of the chain begins after the packet that carries it.",
        not: "A capturing host whose clock is wrong.",
        next: &["Check the clock of whoever issued the certificate, of the client, and of the capturing host"],
        reference: "RFC 5280 section 4.1.2.5",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    let certificates = chain::certificates(case);
    let Some(leaf) = certificates.first() else { return Answer::Clear };
    if chain::is_called_unknown(case, &refusal, &certificates) {
        return Answer::Clear;
    }
    let now = chain::seen_at(case);
    let early = certificates.iter().find(|c| c.not_before.is_some_and(|begin| begin > now));
    let Some(early) = early else { return Answer::Clear };
    let days = early.not_before.map_or(0, |begin| (begin - now) / 86_400);
    let headline = format!(
        "the certificate of {} becomes valid {days} days later",
        early.common_name.as_deref().unwrap_or(&early.subject)
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
