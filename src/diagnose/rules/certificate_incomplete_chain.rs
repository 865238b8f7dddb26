//! `certificate-incomplete-chain`: the client refuses the chain, which lacks an intermediate certificate.

use std::sync::Arc;

use super::prelude::*;
use crate::diagnose::chain::{self, Refused};
use crate::proto::tls::certificate::{CertificateFacts, Ending};

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateIncompleteChain,
    doc: Doc {
        what: "The client refuses the chain, which lacks an intermediate certificate.",
        how: "The chain names an issuer that it does not carry and that is no root: a good flow carries it, --ca has \
              it, the leaf says where to fetch it, or its name says that it is an intermediate.",
        not: "certificate-untrusted, where the missing issuer is a root of its own.",
        next: &["Configure the server to send the intermediate certificates (the full chain file)"],
        reference: "RFC 8446 section 4.4.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refused) = Refused::of(case) else { return Answer::Clear };
    let Some(missing) = refused.missing_issuer() else { return Answer::Clear };
    let (sent, good) = (case.chain(), case.good_chain());
    let is_missing = |c: &Arc<CertificateFacts>| c.subject == missing && !c.self_issued;
    let longer =
        good.is_some_and(|good| good.certificates.len() > sent.len() && good.certificates.iter().any(is_missing));
    let alone = sent.len() == 1 && !refused.is_known();
    let names_intermediate = alone && refused.leaf.ca_issuers.iter().any(|url| !url.is_empty());
    let called_so = alone && chain::sounds_intermediate(missing) && good.is_none();
    let known = longer || matches!(case.review().trust, Ending::Intermediates { .. });
    if !known && !names_intermediate && !called_so {
        return Answer::Clear;
    }
    let refusal = &refused.refusal;
    if refusal.after_handshake && !(longer && chain::is_abrupt(case) || chain::is_late_refusal(case)) {
        return Answer::Clear;
    }
    let confidence = if refusal.after_handshake || !known && !names_intermediate {
        Confidence::Possible
    } else if refusal.alert.is_some() && known {
        Confidence::Certain
    } else {
        Confidence::Likely
    };
    refused.because(confidence, format!("the chain lacks the certificate of {missing}")).answer()
}
