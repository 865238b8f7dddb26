//! `plaintext-to-tls-port`: the client spoke plain text to a port that speaks TLS.

use super::prelude::*;
use crate::diagnose::proxy;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::PlaintextToTlsPort,
    doc: Doc {
        what: "The client spoke plain text to a port that speaks TLS.",
        how: "The client's first bytes are readable text, and the port is known to speak TLS: it answers with an \
              alert or says so in words, or other flows to it are TLS.",
        not: "plaintext-answer, where the client spoke TLS and the server did not.",
        next: &["Use https (or the TLS variant of the protocol) in the client's URL or connection string"],
        reference: "RFC 8446 section 5.1",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if case.stage > Stage::Preamble || case.tls.progress.client_hello {
        return Answer::Clear;
    }
    let Some(first) = case.client_data else { return Answer::Clear };
    let Some((step, text)) = case.first_text(Direction::ToServer) else { return Answer::Clear };
    // What stands behind a hole may be the rest of a hello: names and protocols can be read in it.
    if step.spans.first().is_some_and(|span| span.start > 0) {
        return Answer::Clear;
    }
    if proxy::request(case).is_some() {
        return Answer::Clear;
    }
    let answer = case
        .timeline
        .steps
        .iter()
        .find(|s| s.from == Direction::ToClient && s.packet >= step.packet && s.body.len() > 1);
    let says_so = answer.is_some_and(|s| {
        let body = &s.body[..s.body.len().min(2048)];
        let words = String::from_utf8_lossy(body).to_ascii_lowercase();
        words.contains("https port")
            || words.contains("tls port")
            || words.contains("ssl-enabled server port")
            || words.contains("http request to an https server")
            || is_alert(body)
    });
    let known = case.context.tls_servers.contains(&case.trace.row.server);
    // A port that is only assigned to TLS and refuses without a word is a sign, too, if it did not answer in kind.
    if !(says_so || known && !answered_in_kind(case)) {
        return Answer::Clear;
    }
    let confidence = if says_so { Confidence::Certain } else { Confidence::Likely };
    Found::at(
        first.packet,
        confidence,
        EndedBy::Server,
        format!("the client speaks {} to a TLS port: {}", text.protocol, text.first_line),
    )
    .supported(answer.map(|s| s.packet), "the server's answer")
    .answer()
}

/// A TLS alert record as the answer to plain text.
fn is_alert(body: &[u8]) -> bool {
    matches!(body, [21, 3, 0..=4, 0, 2, 1 | 2, ..])
}

/// Whether the server went on in plain text as if nothing were wrong.
fn answered_in_kind(case: &Case<'_>) -> bool {
    case.first_text(Direction::ToClient)
        .is_some_and(|(step, _)| !step.body.starts_with(b"HTTP/1.1 400") && !step.body.starts_with(b"HTTP/1.0 400"))
}
