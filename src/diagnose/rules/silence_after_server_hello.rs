//! `silence-after-server-hello`: the server began its handshake, then nothing more came.

use super::prelude::*;
use crate::diagnose::window::{self, Dribble};
use crate::vocab::text::duration;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::SilenceAfterServerHello,
    doc: Doc {
        what: "The server began its handshake, then nothing more came.",
        how: "A ServerHello, then no progress until an end stopped waiting or sent the same again and again.",
        not: "mtu-black-hole, where the loss goes by size; truncated-answer, where not even the first message is \
              whole.",
        next: &[
            "Is the server waiting for something (a client certificate, a key store)?",
            "Is a segment missing that the server sends again elsewhere?",
        ],
        reference: "RFC 8446 section 4",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if let Some(dribble) = window::dribble(case) {
        return dribbles(case, &dribble);
    }
    let hidden = case.stage <= Stage::AnswerBegun
        && case.stage >= Stage::HelloSent
        && case.tls.progress.gap
        && case.answer().is_some();
    if !(Stage::ServerHello..=Stage::ClientFinished).contains(&case.stage) && !hidden {
        return Answer::Clear;
    }
    // Under TLS 1.3 the client has finished the handshake; silence then is one of the stream.
    if case.is_tls13() && case.stage == Stage::ClientFinished {
        return Answer::Clear;
    }
    if !silence::is_silence(case) {
        return silence::not_yet(case);
    }
    // After the whole flight it was the client's turn: it left by itself.
    let own_turn = !case.is_tls13()
        && case.stage == Stage::ServerFlight
        && case.ending.is_some_and(|e| {
            e.from == Direction::ToServer
                && case.at(case.seen.server_done).is_some_and(|done| case.had_seen(e.packet, done))
        })
        && !case.data(Direction::ToServer).any(|s| s.events.any(crate::flow::Events::ANY_RETRANSMISSION));
    if own_turn {
        return Answer::Clear;
    }
    let lost = Direction::BOTH
        .iter()
        .find_map(|way| silence::unacknowledged_retransmissions(case, *way).first().map(|s| s.packet));
    let packet = lost.unwrap_or_else(|| silence::closing(case));
    let ended_by = if lost.is_some() { EndedBy::Middlebox } else { silence::waiting_client(case) };
    let waited = case.waited(silence::last_progress(case));
    let confidence = if ended_by == EndedBy::Client { Confidence::Certain } else { Confidence::Likely };
    Found::at(
        packet,
        confidence,
        ended_by,
        format!("after the server's first message nothing for {}", duration(waited)),
    )
    .supported(case.at(case.seen.server_hello).map(|s| s.packet), "the ServerHello")
    .answer()
}

/// A flight that comes in pieces as small as the client's window without its scale.
fn dribbles(case: &Case<'_>, dribble: &Dribble) -> Answer {
    let Some(ending) = case.ending else { return Answer::Clear };
    let Dribble { window, scale, segments, last, .. } = dribble;
    let began = case.trace.row.start;
    let headline = if case.stage == Stage::ServerFlight {
        format!("the server's flight comes {window} bytes at a time and takes {}", duration(last.1.since(began)))
    } else {
        let waited = ending.time.since(began);
        format!("the server's flight comes {window} bytes at a time and is not whole after {}", duration(waited))
    };
    let agreed = if dribble.both {
        "both ends agree on window scaling as captured here"
    } else {
        "the SYN has the window scale option, the SYN-ACK has none"
    };
    Found::at(ending.packet, Confidence::Likely, EndedBy::Client, headline)
        .detail(format!(
            "{segments} segments carry exactly as many bytes as the client's window without its scale of {scale} (it \
             means {} bytes); {agreed}. That a device on the way takes the option out of the SYN is inferred.",
            u32::from(*window) << scale
        ))
        .supported(case.syn.map(|s| s.packet), "the SYN offers window scaling")
        .supported(case.syn_ack.map(|s| s.packet), "the SYN-ACK")
        .supported(Some(dribble.first), "the first of these segments")
        .advice([
            "Capture on both sides of the devices on the way: where does the SYN lose its window scale option?",
            "Repair or bypass that device; until then switch window scaling off (net.ipv4.tcp_window_scaling)",
        ])
        .answer()
}
