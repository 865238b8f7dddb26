//! `certificate-rejected`: the client refuses the server's certificate, and the packets do not show why.

use super::prelude::*;
use crate::diagnose::chain;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::CertificateRejected,
    doc: Doc {
        what: "The client refuses the server's certificate, and the packets do not show why.",
        how: "An alert about the certificate, or a client that leaves directly after the server's whole flight, with \
              nothing wrong to be seen in the chain (or the chain encrypted).",
        not: "client-gave-up, where the client leaves before the flight is whole, or drops without a word one of \
              several connections that it opened side by side, of which another came through.",
        next: &[
            "Ask the client: its own error text names the reason",
            "With a key log the chain and the alert can be read: --keylog",
        ],
        reference: "RFC 8446 section 4.4.2.4",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some(refusal) = chain::refusal(case) else { return Answer::Clear };
    if refusal.after_handshake {
        return Answer::Clear;
    }
    // It took the same server's certificate on another connection at that time.
    if chain::is_abrupt(case) && case.context.has_twin(&case.trace.row, case.tls) {
        return Answer::Clear;
    }
    let how = refusal
        .alert
        .map_or_else(|| "leaves right after the server's flight".to_owned(), |alert| format!("sends {alert}"));
    let inferred =
        if refusal.alert.is_some() { "" } else { " That it refuses the certificate is inferred from the moment." };
    Found::at(refusal.packet, refusal.confidence, EndedBy::Client, format!("the client {how}"))
        .detail(format!("Nothing in the packets says what is wrong with the certificate.{inferred}"))
        .supported(case.at(case.seen.certificate).map(|s| s.packet), "the certificate")
        .answer()
}
