//! `proxy-refused`: an explicit proxy refused the tunnel, or closed instead of answering.

use super::prelude::*;
use crate::diagnose::proxy;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ProxyRefused,
    doc: Doc {
        what: "An explicit proxy refused the tunnel, or closed instead of answering.",
        how: "The client asked by CONNECT or SOCKS; the answer is not a success, or there is none.",
        not: "A block page in answer to a ClientHello: there nobody asked a proxy.",
        next: &[
            "Read the proxy's status line: 403 is policy, 407 wants credentials, 502 to 504 cannot reach the server",
            "Try the same name with another client of the same proxy",
        ],
        reference: "RFC 9110 section 9.3.6, RFC 1928",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if case.stage != Stage::Preamble || case.tls.progress.client_hello {
        return Answer::Clear;
    }
    let Some(request) = proxy::request(case) else { return Answer::Clear };
    let Some(refusal) = proxy::refusal(case, request) else { return Answer::Clear };
    Found::at(refusal.packet, refusal.confidence, EndedBy::Middlebox, refusal.headline)
        .detail("An explicit proxy counts as a device on the way.")
        .supported(case.client_data.map(|s| s.packet), "the client asks for the tunnel")
        .answer()
}
