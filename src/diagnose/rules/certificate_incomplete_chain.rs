//! `certificate-incomplete-chain`: the client refuses the chain, which lacks an intermediate certificate.

use super::prelude::*;
use crate::diagnose::chain;
use crate::proto::tls::certificate::Ending;

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
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    let certificates = chain::certificates(case);
    let Some(leaf) = certificates.first() else { return Answer::Clear };
    let Some(missing) = chain::missing(&certificates) else { return Answer::Clear };
    let longer = chain::good_chain(case).is_some_and(|(_, good)| {
        good.len() > certificates.len() && good.iter().any(|c| c.subject == missing && !c.self_issued)
    });
    let names_intermediate = certificates.len() == 1
        && leaf.ca_issuers.iter().any(|url| !url.is_empty())
        && !chain::ends_in_known_root(case, &certificates);
    let called_so = certificates.len() == 1
        && chain::sounds_intermediate(&missing)
        && !chain::ends_in_known_root(case, &certificates)
        && chain::good_chain(case).is_none();
    let given = matches!(chain::ending(case, &certificates), Ending::Intermediates { .. });
    let known = longer || given;
    if !known && !names_intermediate && !called_so {
        return Answer::Clear;
    }
    if refusal.after_handshake && !(longer && chain::is_abrupt(case) || chain::is_late_refusal(case, &certificates)) {
        return Answer::Clear;
    }
    let headline = format!("the chain lacks the certificate of {missing}");
    let confidence = if refusal.after_handshake || !known && !names_intermediate {
        Confidence::Possible
    } else if refusal.alert.is_some() && known {
        Confidence::Certain
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
