//! `silence-after-server-hello`: the server began its handshake, then nothing more came.

use super::prelude::*;
use crate::diagnose::window::{self, Dribble};
use crate::proto::dialogue::sealed::Holds;
use crate::timeline::Step;
use crate::vocab::iana::HandshakeType;
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
    let own_turn = case.stage == Stage::ServerFlight
        && case.ending.is_some_and(|e| {
            e.from == Direction::ToServer && flight_end(case).is_some_and(|done| case.had_seen(e.packet, done))
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
    let confidence = if ended_by == EndedBy::Client { Confidence::Certain } else { Confidence::Likely };
    Found::at(packet, confidence, ended_by, format!("after {} {}", reached(case), silence::Within::of(case)))
        .supported(case.at(case.seen.server_hello).map(|s| s.packet), "the ServerHello")
        .answer()
}

/// How far the handshake came before the silence.
fn reached(case: &Case<'_>) -> &'static str {
    match case.stage {
        Stage::ClientFinished => "the client's Finished",
        Stage::ServerFlight if flight_end(case).is_some() => "the server's flight",
        Stage::ServerHello | Stage::ServerFlight if is_more_than_hello(case) => "the server's messages",
        Stage::ServerHello | Stage::ServerFlight => "the server's first message",
        _ => "the beginning of the server's answer",
    }
}

/// Whether the server's ServerHello is not all that came of it.
fn is_more_than_hello(case: &Case<'_>) -> bool {
    case.seen.certificate.is_some() || case.seen.server_protected.is_some() || case.seen.certificate_request.is_some()
}

/// The end of the server's flight: `ServerHelloDone`, under TLS 1.3 the Finished, also where its length tells it.
fn flight_end<'a>(case: &Case<'a>) -> Option<&'a Step> {
    let is_finished = |step: &&Step| {
        let inferred = step.what.inferred();
        let told = inferred.is_some_and(|one| one.holds == Holds::Message(HandshakeType::FINISHED));
        case.is_tls13() && step.from == Direction::ToClient && told
    };
    case.at(case.seen.server_done).or_else(|| case.timeline.steps.iter().find(is_finished))
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
