//! `no-common-alpn`: the server refuses because it speaks none of the offered application protocols.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::NoCommonAlpn,
    doc: Doc {
        what: "The server refuses because it speaks none of the offered application protocols.",
        how: "The server answers the ClientHello with this alert; nothing speaks against the server as its sender.",
        not: "no-common-cipher.",
        next: &[
            "Compare the ALPN lists of this and a good flow",
            "A client that offers no ALPN at all gets through to such a server",
        ],
        reference: "RFC 7301 section 3.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some((packet, description)) = alerts::refusal(case) else { return Answer::Clear };
    if !matches!(description.0, 120) {
        return Answer::Clear;
    }
    Found::at(
        packet,
        Confidence::Certain,
        EndedBy::Server,
        "the server speaks none of the offered application protocols",
    )
    .supported(case.at(case.seen.client_hello).map(|s| s.packet), offer(case))
    .answer()
}

/// What the ClientHello offered, for the reader to compare with a good flow.
fn offer(case: &Case<'_>) -> String {
    let Some(hello) = case.hello() else { return "the ClientHello".into() };
    let protocols: Vec<_> = hello.alpn().map(crate::vocab::text::visible_bytes).collect();
    format!("the client offers {}", protocols.join(", "))
}
