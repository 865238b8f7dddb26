//! `plaintext-answer`: the ClientHello was answered with readable text of another protocol: a block page, a redirect,
//! a banner, a plain HTTP server.

use super::prelude::*;
use crate::diagnose::foreign;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::PlaintextAnswer,
    doc: Doc {
        what: "The ClientHello was answered with readable text of another protocol: a block page, a redirect, a \
               banner, a plain HTTP server.",
        how: "The first bytes that bear the server's address are no TLS record but text, shown as it is. Who sent \
              them is judged by TTL, timestamps and timing.",
        not: "foreign-bytes, where TLS of the server came first; plaintext-to-tls-port, where the client spoke plain \
              text.",
        next: &[
            "Read the page: status line, Server, Location and title name the filter or the server that wrote it",
            "If the sender is not the server, look for a web filter, a captive portal or an access point's parental \
             control",
            "If it is the server, the port or the virtual host speaks plain HTTP",
        ],
        reference: "RFC 8446 section 5.1; Chromium reports net::ERR_SSL_PROTOCOL_ERROR for it",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some((packet, step)) = foreign::before_hello(case) else { return Answer::Clear };
    let Some(text) = crate::proto::dialogue::plaintext(&step.body) else { return Answer::Clear };
    let mut found = Found::at(
        packet,
        Confidence::Certain,
        EndedBy::Server,
        format!("{} instead of TLS: {}", text.protocol, text.first_line),
    );
    let page = foreign::page(&step.body);
    if !page.is_empty() {
        found = found.detail(format!("The answer: {page}."));
    }
    foreign::attributed(case, packet, found)
}
