//! `certificate-self-signed`: the client refuses the certificate, which signed itself.

use super::prelude::*;
use crate::diagnose::chain;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateSelfSigned,
    doc: Doc {
        what: "The client refuses the certificate, which signed itself.",
        how: "The leaf's issuer is its own subject.",
        not: "certificate-untrusted, where an authority signed that the client does not know.",
        next: &["Install a certificate of an authority that the clients know, or make them trust this one"],
        reference: "RFC 5280 section 3.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    let certificates = chain::certificates(case);
    let Some(leaf) = certificates.first() else { return Answer::Clear };

    if !chain::is_self_signed(&certificates) {
        return Answer::Clear;
    }
    let headline = format!("the certificate of {} signed itself", leaf.common_name.as_deref().unwrap_or(&leaf.subject));
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
