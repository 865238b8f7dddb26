//! `unrecognized-name`: the server does not know the name the client asks for.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::UnrecognizedName,
    doc: Doc {
        what: "The server does not know the name the client asks for.",
        how: "The server answers the ClientHello with this alert; nothing speaks against the server as its sender.",
        not: "A warning with the same number, after which the handshake goes on.",
        next: &["Compare the server name with the names of the certificate in a good flow", "Check the DNS answer: is this the right address for the name?"],
        reference: "RFC 6066 section 3",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some((packet, description)) = alerts::refusal(case) else { return Answer::Clear };
    if !matches!(description.0, 112) {
        return Answer::Clear;
    }
    Found::at(packet, Confidence::Certain, EndedBy::Server, "the server does not know the name")
        .supported(case.at(case.seen.client_hello).map(|s| s.packet), offer(case))
        .answer()
}

/// What the ClientHello offered, for the reader to compare with a good flow.
fn offer(case: &Case<'_>) -> String {
    let Some(step) = case.at(case.seen.client_hello) else { return "the ClientHello".into() };
    let hello = crate::proto::tls::message::ClientHello::decode(step.body.get(4..).unwrap_or_default());
    hello.server_name().map_or_else(|| "the client names no server".into(), |name| format!("the client asks for {}", crate::vocab::text::visible_bytes(name)))
}
