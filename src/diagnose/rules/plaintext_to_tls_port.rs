//! `plaintext-to-tls-port`: the client spoke plain text to a port that speaks TLS.

use super::prelude::*;
use crate::diagnose::proxy;
use crate::vocab::PacketNumber;

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
    let Some((step, text)) = case.first_text(Direction::ToServer) else { return binary(case, first.packet) };
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

/// Bytes of a protocol that is neither text nor TLS, answered by a TLS alert: the port speaks TLS from its first byte.
fn binary(case: &Case<'_>, first: PacketNumber) -> Answer {
    let begins = case.client_data.is_some_and(|s| case.offset(s) == 0);
    let answer = case.data(Direction::ToClient).find(|s| s.packet > first);
    let Some(answer) = answer.filter(|s| begins && case.offset(s) == 0 && is_alert(case.trace.payload(s))) else {
        return Answer::Clear;
    };
    let sent = case.client_data.map_or(&[][..], |s| case.trace.payload(s));
    let kind = match sent {
        [22, 3, ..] => return Answer::Clear,
        [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f] => "a PostgreSQL SSLRequest",
        _ => "bytes that are not TLS",
    };
    Found::at(
        first,
        Confidence::Certain,
        EndedBy::Server,
        format!(
            "the client sends {kind}, and the server answers with a TLS alert: the port speaks TLS from its first byte"
        ),
    )
    .supported(Some(answer.packet), "the server's TLS alert")
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
