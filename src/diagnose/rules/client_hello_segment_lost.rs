//! `client-hello-segment-lost`: a ClientHello of several segments: its beginning was acknowledged, the rest never.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::ClientHelloSegmentLost,
    doc: Doc {
        what: "A ClientHello of several segments: its beginning was acknowledged, the rest never.",
        how: "The server's acknowledgment stands inside the ClientHello; what lies behind it is sent again and \
              again, or never seen.",
        not: "client-hello-lost, where nothing of it is acknowledged; mtu-black-hole, where the large part is lost \
              and a small one arrives.",
        next: &[
            "Try a client without post-quantum key exchange (Chrome policy PostQuantumKeyAgreementEnabled): its \
             ClientHello fits one segment",
            "Look for a middlebox that handles only the first segment of a ClientHello",
        ],
        reference: "tldr.fail; RFC 8446 section 5.1",
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
    let start = case.tls.start.to_server;
    let end = silence::hello_end(case);
    let acked = case.acknowledged(Direction::ToServer);
    if acked <= start || acked >= end && case.stage == Stage::HelloSent {
        return Answer::Clear;
    }
    let lost = silence::unacknowledged_retransmissions(case, Direction::ToServer);
    if case.stage == Stage::HelloBegun
        && acked >= end
        && !case.tls.progress.unfinished.to_server
        && !case.tls.progress.gap
    {
        return Answer::Clear;
    }
    let packet = lost.first().map_or_else(|| silence::closing(case), |s| s.packet);
    let sent = if lost.is_empty() {
        "never seen".to_owned()
    } else {
        format!("sent again {} and never acknowledged", times(silence::repeats(&lost)))
    };
    Found::at(
        packet,
        Confidence::Likely,
        EndedBy::Middlebox,
        format!("the first {} bytes of the ClientHello are acknowledged, the rest is {sent}", acked - start),
    )
    .detail("That a device on the way drops the rest is inferred: earlier packets of the flow passed.")
    .supported(case.client_data.map(|s| s.packet), "the ClientHello's first segment")
    .answer()
}
