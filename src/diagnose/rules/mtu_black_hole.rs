//! `mtu-black-hole`: only large segments are lost, again and again; small ones pass. Nothing tells the sender that
//! the path takes less.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::MtuBlackHole,
    doc: Doc {
        what: "Only large segments are lost, again and again; small ones pass. Nothing tells the sender that the \
               path takes less.",
        how: "Large segments of one direction are sent again and never acknowledged (or a hole of their size is \
              never filled) while a smaller one of the same direction arrives.",
        not: "client-hello-segment-lost, where the beginning arrives and the rest is lost; ordinary loss, which \
              recovers.",
        next: &[
            "Lower or clamp the MSS on the tunnel, PPPoE link or VPN (ip tcp adjust-mss, --clamp-mss-to-pmtu)",
            "Let ICMP fragmentation needed / packet too big through",
            "Find the size: ping -M do -s 1472 and downwards",
        ],
        reference: "RFC 2923, RFC 4821, RFC 8201",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if case.stage >= Stage::Complete || !silence::is_silence(case) {
        return Answer::Clear;
    }
    for direction in Direction::BOTH {
        if let Some(loss) = silence::size_loss(case, direction) {
            let how = if loss.retransmissions > 0 {
                format!(
                    "segments of {} bytes of the {} are sent again {} and never arrive",
                    loss.lost,
                    direction.sender(),
                    times(loss.retransmissions)
                )
            } else {
                format!("{} bytes of the {} never arrive", loss.lost, direction.sender())
            };
            let headline = format!("{how}; one of {} bytes does", loss.arrived);
            return Found::at(loss.first, Confidence::Likely, EndedBy::Path, headline)
                .detail("The loss goes by size: inferred from what arrives and what does not.")
                .answer();
        }
    }
    Answer::Clear
}
