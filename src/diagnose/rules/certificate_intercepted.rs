//! `certificate-intercepted`: the client refuses a certificate that has another issuer or key than good flows to the same
//! service have.

use super::prelude::*;
use crate::diagnose::chain::{self, Refused};
use crate::diagnose::finding::{Evidence, Role};

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateIntercepted,
    doc: Doc {
        what: "The client refuses a certificate that has another issuer or key than good flows to this service have.",
        how: "Good flows to the same name and port show another issuer; the name fits. That somebody intercepts is \
              inferred.",
        not: "A server with several certificates, or one that was renewed: the issuer stays the same; another port of \
              the name; a flow that the client completes.",
        next: &[
            "Ask who runs TLS inspection on this network; the issuer's name often says",
            "Compare both chains in the comparison",
        ],
        reference: "RFC 8446 appendix E",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refused) = Refused::of(case) else { return Answer::Clear };
    let after_handshake = refused.refusal.after_handshake;
    // Without a name a server shows the certificate it has for none.
    if after_handshake && !chain::is_abrupt(case) || case.tls.server_name.is_none() {
        return Answer::Clear;
    }
    let Some(good) = case.good_chain() else { return Answer::Clear };
    let (leaf, Some(expected)) = (refused.leaf, good.certificates.first()) else { return Answer::Clear };
    let other_key = leaf.key_id.is_some() && leaf.authority_key_id != expected.authority_key_id;
    if expected.issuer_der == leaf.issuer_der && !other_key {
        return Answer::Clear;
    }
    let (flow, issuer, expected) = (good.flow, &leaf.issuer, &expected.issuer);
    let headline = format!("issued by {issuer}, while the good flow {flow} shows {expected}");
    let confidence = if after_handshake { Confidence::Possible } else { Confidence::Likely };
    let note = format!("the certificate of the good flow {flow}, issued by {expected}");
    let contrast = Evidence { packet: good.packet, flow: Some(flow), role: Role::Contrast, note };
    refused.because(confidence, headline).with(Some(contrast)).answer()
}
