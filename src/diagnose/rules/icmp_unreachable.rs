//! `icmp-unreachable`: an ICMP error says that the flow's packets cannot get to the server, and the handshake came no
//! further.

use super::prelude::*;
use crate::flow::Events;
use crate::net::IcmpError;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::IcmpUnreachable,
    doc: Doc {
        what: "An ICMP error says that the flow's packets cannot get to the server, and the handshake came no further.",
        how: "The ICMP error quotes a segment of this flow; its source address is the device that refused.",
        not: "A destination that is merely silent: without the ICMP message it is syn-unanswered or \
              client-hello-lost. An error about packet size is part of path MTU discovery, not a refusal.",
        next: &[
            "Ask the owner of the device whose address the ICMP error bears which rule it applied",
            "Look whether other flows to the same server or port pass",
        ],
        reference: "RFC 792, RFC 4443 section 3.1, RFC 1812 section 5.2.7",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    let Some((packet, time, error)) = case.unreachable() else { return Answer::Clear };
    // TCP goes on after an ICMP error in mid-connection (RFC 5461): it counts only where nothing came after it.
    let news = |s: &crate::flow::TraceSegment| !s.events.any(Events::ANY_RETRANSMISSION);
    let answered = case.data(Direction::ToClient).any(|s| s.time > time && news(s));
    if case.stage >= Stage::ServerHello || answered || case.tls.is_complete() {
        return Answer::Clear;
    }
    let ended_by = match error.from {
        from if from == case.trace.row.server.ip => EndedBy::Server,
        from if from == case.trace.row.client.ip => EndedBy::Client,
        _ => EndedBy::Middlebox,
    };
    let what = quoted(case, error);
    Found::at(
        packet,
        Confidence::Certain,
        ended_by,
        format!("{} answers {what} with ICMP: {}", error.from, error.name()),
    )
    .detail(format!("The error quotes this flow's segment with sequence number {}.", error.quoted.seq))
    .answer()
}

/// What the error is about.
fn quoted(case: &Case<'_>, error: &IcmpError) -> &'static str {
    let sender = case.trace.row.direction_from(error.quoted.src);
    let quoted = case.trace.sent(sender).find(|s| s.seq == error.quoted.seq && !s.events.any(Events::NOT_PART));
    match (sender, quoted) {
        (Direction::ToServer, Some(s)) if s.flags.syn() => "the SYN",
        (Direction::ToServer, Some(s)) if s.payload_len > 0 => "the client's data",
        (Direction::ToServer, _) => "a segment of the client",
        (Direction::ToClient, _) => "a segment of the server",
    }
}
