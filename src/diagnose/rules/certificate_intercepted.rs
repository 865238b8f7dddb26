//! `certificate-intercepted`: the client refuses a certificate for this name that has another issuer or key than good
//! flows have.

use super::prelude::*;
use crate::diagnose::chain;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateIntercepted,
    doc: Doc {
        what: "The client refuses a certificate for this name that has another issuer or key than good flows have.",
        how: "Good flows of the same name show another issuer; the name fits. That somebody intercepts is inferred.",
        not: "A server with several certificates, or one that was renewed: the issuer stays the same.",
        next: &[
            "Ask who runs TLS inspection on this network; the issuer's name often says",
            "Compare both chains in the comparison",
        ],
        reference: "RFC 8446 appendix E",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    let certificates = chain::certificates(case);
    let Some(leaf) = certificates.first() else { return Answer::Clear };
    if refusal.after_handshake && !chain::is_abrupt(case) {
        return Answer::Clear;
    }
    // Without a name a server shows the certificate it has for none.
    if case.tls.server_name.is_none() {
        return Answer::Clear;
    }
    let Some((good, expected)) = chain::good_chain(case) else { return Answer::Clear };
    let Some(expected) = expected.first() else { return Answer::Clear };
    let other = expected.issuer_der != leaf.issuer_der
        || leaf.key_id.is_some() && leaf.authority_key_id != expected.authority_key_id;
    if !other {
        return Answer::Clear;
    }
    let headline = format!("issued by {}, while the good flow {good} shows {}", leaf.issuer, expected.issuer);
    let confidence = if refusal.after_handshake { Confidence::Possible } else { Confidence::Likely };
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
