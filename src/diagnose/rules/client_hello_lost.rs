//! `client-hello-lost`: the ClientHello was never acknowledged although it was sent again.

use super::prelude::*;
use crate::flow::{Events, TraceSegment};
use crate::vocab::PacketNumber;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClientHelloLost,
    doc: Doc {
        what: "The ClientHello was never acknowledged although it was sent again.",
        how: "TCP came up; the ClientHello is retransmitted and the server's acknowledgment never moves.",
        not: "client-hello-unanswered, where the server's TCP acknowledged it.",
        next: &[
            "Try another server name from the same client to the same address: does that pass?",
            "Capture on both sides of the suspected filter",
        ],
        reference: "RFC 6298 section 5",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if !(Stage::HelloBegun..=Stage::HelloSent).contains(&case.stage) {
        return Answer::Clear;
    }
    if !silence::is_silence(case) {
        return silence::not_yet(case);
    }
    let lost = silence::unacknowledged_retransmissions(case, Direction::ToServer);
    if case.acknowledged(Direction::ToServer) > case.tls.start.to_server {
        return Answer::Clear;
    }
    let Some(first) = lost.first() else { return silence::not_yet(case) };
    let headline = format!("the ClientHello is sent {} and never acknowledged", times(silence::repeats(&lost) + 1));
    let passed = something_passed(case);
    let (confidence, by) = match passed {
        Some(_) => (Confidence::Likely, EndedBy::Middlebox),
        None if case.context.passes(&case.trace.row) => (Confidence::Likely, EndedBy::Middlebox),
        None => (Confidence::Possible, EndedBy::Unknown),
    };
    let found = Found::at(first.packet, confidence, by, headline)
        .supported(case.client_data.map(|s| s.packet), "the ClientHello")
        .supported(passed, "this passed after TCP's handshake");
    match (passed, by) {
        (Some(_), _) => {
            found.detail("That something on the way drops it is inferred: other packets of the flow passed.")
        }
        (None, EndedBy::Middlebox) => found.detail(
            "That something on the way drops it is inferred: other connections of this client to this server came \
             through at that time.",
        ),
        _ => found
            .detail(
                "Nothing after the SYN-ACK is known to have arrived: the server may not have the connection (a full \
                 accept queue, SYN cookies), or something on the way loses what the client sends.",
            )
            .advice([
                "On the server: nstat -az TcpExtListenOverflows TcpExtListenDrops TcpExtSyncookiesSent; ss -lnt shows \
                 the accept queue; raise the backlog and somaxconn, accept faster",
                "Capture on the server's side: does the ClientHello arrive?",
            ]),
    }
    .answer()
}

/// A packet of the server behind its SYN-ACK that is no RST: what shows that the flow's packets pass.
fn something_passed(case: &Case<'_>) -> Option<PacketNumber> {
    let syn_ack = case.syn_ack?.packet;
    let own = |s: &&TraceSegment| s.packet > syn_ack && !s.flags.rst() && !s.flags.syn() && !s.flags.fin();
    case.trace.sent(Direction::ToClient).filter(own).find(|s| !s.events.any(Events::NOT_PART)).map(|s| s.packet)
}
