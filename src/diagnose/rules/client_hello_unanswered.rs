//! `client-hello-unanswered`: the server's TCP acknowledged the whole ClientHello and nothing came after it.

use super::prelude::*;
use crate::diagnose::doubt::HTTPS;
use crate::diagnose::window;
use crate::vocab::PacketNumber;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClientHelloUnanswered,
    doc: Doc {
        what: "The server's TCP acknowledged the whole ClientHello and nothing came after it.",
        how: "The acknowledgment covers every byte of the ClientHello; no payload of the server follows until an end \
              stops waiting.",
        not: "client-hello-lost, where it is not acknowledged; client-gave-up, where the client leaves at once.",
        next: &[
            "Look at the server: accept queue, worker pool, what it was doing at that second",
            "Is a proxy or load balancer in between that accepts and waits?",
        ],
        reference: "RFC 9293 section 3.8",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if let Some((probe, probes)) = window::never_opened(case).filter(|_| expects_tls(case)) {
        return closed_window(case, probe, probes);
    }
    if !(Stage::HelloBegun..=Stage::HelloSent).contains(&case.stage) {
        return Answer::Clear;
    }
    if !silence::is_silence(case) {
        return silence::not_yet(case);
    }
    if case.answer().is_some_and(|s| case.ending.is_none_or(|e| s.packet < e.packet)) {
        return Answer::Clear;
    }
    let packet = silence::closing(case);
    let acked = case.acknowledged(Direction::ToServer) >= silence::hello_end(case);
    // A sequence number that runs ahead tells of bytes that never came here.
    let ahead = case.trace.sent(Direction::ToClient).find(|s| s.events.has(crate::flow::Events::LOST_SEGMENT));
    let taken = if acked { "acknowledged" } else { "sent" };
    let confidence = match ahead {
        Some(_) => Confidence::Possible,
        None if acked => Confidence::Certain,
        None => Confidence::Likely,
    };
    Found::at(
        packet,
        confidence,
        silence::waiting_client(case),
        format!("the ClientHello is {taken}, then {}", silence::Within::of(case)),
    )
    .supported(case.at(case.seen.client_hello).map(|s| s.packet), "the ClientHello")
    .supported(ahead.map(|s| s.packet), "the server's sequence number runs ahead: it had sent what never came here")
    .answer()
}

/// Whether a client of this server would begin with a ClientHello.
fn expects_tls(case: &Case<'_>) -> bool {
    let server = &case.trace.row.server;
    case.client_data.is_none() && (server.port == HTTPS || case.context.tls_servers.contains(server))
}

/// A client that may not send its ClientHello.
fn closed_window(case: &Case<'_>, probe: PacketNumber, probes: usize) -> Answer {
    let headline =
        format!("the server's window is 0 from its SYN-ACK on: the client may not send, and probes {}", times(probes));
    Found::at(probe, Confidence::Certain, EndedBy::Server, headline)
        .detail("A receiver whose window never opens takes no ClientHello (RFC 9293 section 3.8.6).")
        .supported(case.syn_ack.map(|s| s.packet), "the SYN-ACK, with a window of 0")
        .advice([
            "Look at the server: does anything accept connections, is it out of memory for sockets?",
            "A device that answers in the server's place (a SYN proxy, a tarpit) offers a window of 0 too",
        ])
        .answer()
}
