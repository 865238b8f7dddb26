//! `reset-before-client-hello`: TCP came up and the server's side ended it with a RST before the client sent a byte
//! of a ClientHello.

use super::prelude::*;
use crate::vocab::text::duration;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ResetBeforeClientHello,
    doc: Doc {
        what: "TCP came up and the server's side ended it with a RST before the client sent a byte of a ClientHello.",
        how: "The RST bears the server's address and comes before any payload of the client.",
        not: "A spare connection that nobody used and that a server closes after a while: that is no failure.",
        next: &[
            "Check the listener behind the load balancer: no backend, connection limits, an address allow-list",
            "Compare the SYN-ACK's TTL and options with a good flow: did the same host answer?",
        ],
        reference: "RFC 9293 section 3.5.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    /// Seconds within which an end of the connection is a refusal rather than a timeout.
    const AT_ONCE: f64 = 2.0;
    let for_client = reset_for_client(case);
    if case.stage != Stage::Connected || !(case.ended_with(Direction::ToClient, EndingKind::Reset) || for_client) {
        return Answer::Clear;
    }
    let (Some(ending), Some(sender), Some(syn_ack)) = (case.ending, alerts::ending_sender(case), case.syn_ack) else {
        return Answer::Clear;
    };
    let after = ending.time.since(syn_ack.time);
    if after > AT_ONCE || case.server_data.is_some_and(|s| s.packet <= ending.packet) {
        return Answer::Clear;
    }
    let headline = format!("RST {} after the SYN-ACK, before the client sent anything", duration(after));
    Found::at(ending.packet, Confidence::Certain, EndedBy::Server, headline)
        .supported(Some(syn_ack.packet), "the SYN-ACK")
        .supported(case.client_data.filter(|_| for_client).map(|s| s.packet), "the client goes on")
        .sent_by(&sender)
        .answer()
}

/// Whether a device reset the server in the name of a client that goes on to send.
fn reset_for_client(case: &Case<'_>) -> bool {
    let goes_on = case.client_data.is_some_and(|s| case.ending.is_some_and(|ending| s.packet > ending.packet));
    goes_on && alerts::is_reset_for_client(case)
}
