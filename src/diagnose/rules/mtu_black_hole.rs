//! `mtu-black-hole`: only large segments are lost, again and again; small ones pass. Nothing tells the sender that
//! the path takes less.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::MtuBlackHole,
    doc: Doc {
        what: "Only large segments are lost, again and again; small ones pass.",
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
    if case.stage >= Stage::Complete {
        return Answer::Clear;
    }
    if !silence::is_silence(case) {
        return silence::not_yet(case);
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
            let found = Found::at(loss.first, Confidence::Likely, EndedBy::Path, headline)
                .contrasted(loss.arrived_in, format!("{} bytes arrive", loss.arrived));
            return told(case, direction, found).answer();
        }
    }
    Answer::Clear
}

/// What the sender is told of the path, and whether it obeys.
fn told(case: &Case<'_>, direction: Direction, found: Found) -> Found {
    let sender = case.trace.row.sender(direction).ip;
    let errors: Vec<_> = case.trace.icmp.iter().filter(|n| n.error.is_too_big() && n.error.to == sender).collect();
    let by_size = "The loss goes by size: inferred from what arrives and what does not.";
    let Some(first) = errors.first() else {
        return found.detail(format!("{by_size} No ICMP error about this flow tells the sender what the path takes."));
    };
    let mtu = first.error.mtu.map_or_else(String::new, |mtu| format!(", next-hop MTU {mtu}"));
    let told = format!("{} tells the sender {}{mtu} ({})", first.error.from, times(errors.len()), first.error.name());
    let goes_on = case.data(direction).any(|s| {
        let size = s.payload_len + 40;
        s.packet > first.packet && first.error.mtu.is_some_and(|mtu| size > mtu)
    });
    let found = found.supported(Some(first.packet), format!("{}{mtu}, from {}", first.error.name(), first.error.from));
    if !goes_on {
        return found.detail(format!("{by_size} {told}.")).advice([
            "Lower or clamp the MSS on the tunnel, PPPoE link or VPN (ip tcp adjust-mss, --clamp-mss-to-pmtu)",
            "Does the sender get this ICMP error, and does it send smaller segments then?",
        ]);
    }
    found.detail(format!("{by_size} {told}; it goes on with segments that are larger: it ignores the error.")).advice([
        "On the sender: does its own packet filter drop ICMP, is path MTU discovery off, is the route's MTU locked?",
        "Until then lower or clamp the MSS on the tunnel or link (ip tcp adjust-mss, --clamp-mss-to-pmtu)",
    ])
}
