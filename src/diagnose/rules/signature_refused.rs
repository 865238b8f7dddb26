//! `signature-refused`: the client refuses the server's signature algorithm: TLS 1.0 and 1.1 sign with MD5 and SHA-1.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::SignatureRefused,
    doc: Doc {
        what: "The client refuses the server's signature algorithm: TLS 1.0 and 1.1 sign with MD5 and SHA-1.",
        how: "The server chose TLS 1.0 or 1.1; the client sends internal_error or handshake_failure on its \
              ServerHello or ServerKeyExchange.",
        not: "no-common-version, where the client says that it is the version.",
        next: &[
            "Enable TLS 1.2 or later on the server",
            "OpenSSL 3 refuses these signatures at its default security level",
        ],
        reference: "RFC 9155, RFC 8996",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some((packet, description)) = alerts::client_refusal(case) else { return Answer::Clear };
    let old = case.tls.version.is_some_and(|v| v <= ProtocolVersion::TLS_1_1);
    if !old || !matches!(description.0, 40 | 80) || case.stage > Stage::ServerFlight {
        return Answer::Clear;
    }
    Found::at(
        packet,
        Confidence::Likely,
        EndedBy::Client,
        format!("the client answers the server's old version with {description}"),
    )
    .supported(case.at(case.seen.server_hello).map(|s| s.packet), "the ServerHello")
    .answer()
}
