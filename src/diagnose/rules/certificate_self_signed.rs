//! `certificate-self-signed`: the client refuses the certificate, which signed itself.

use super::prelude::*;
use crate::diagnose::chain::Refused;
use crate::proto::tls::certificate::chain::is_self_signed;

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
    let Some(refused) = Refused::of(case) else { return Answer::Clear };
    if !is_self_signed(case.chain()) {
        return Answer::Clear;
    }
    let whose = refused.leaf.common_name.as_deref().unwrap_or(&refused.leaf.subject);
    refused.because(refused.confidence(), format!("the certificate of {whose} signed itself")).answer()
}
