//! `bad-record-mac`: a record does not verify: its MAC or authentication tag does not fit its bytes.

use super::prelude::*;
use crate::timeline::Step;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::BadRecordMac,
    doc: Doc {
        what: "A record does not verify: its MAC or authentication tag does not fit its bytes.",
        how: "The alert bad_record_mac (or decrypt_error where the signature could not be checked), or a record that \
              its keys do not open.",
        not: "corrupted-handshake, where a message contradicts itself or its signature is bad.",
        next: &[
            "Capture at both ends and compare the bytes of the record",
            "Suspect memory, offloading network cards and middleboxes that rewrite",
        ],
        reference: "RFC 8446 sections 5.2 and 6.2",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if let Some(ending) = case.ending
        && ending.kind == EndingKind::BadTag
    {
        let ended_by = match ending.from {
            // The receiver refuses, whoever damaged it.
            Direction::ToClient => EndedBy::Client,
            Direction::ToServer => EndedBy::Server,
        };
        let refusal = case.timeline.steps.iter().find(|s| {
            s.packet >= ending.packet
                && s.from != ending.from
                && (matches!(s.what, What::Alert(..)) || s.flags.rst() || s.flags.fin())
        });
        let packet = refusal.map_or(ending.packet, |s| s.packet);
        return Found::at(
            packet,
            Confidence::Certain,
            ended_by,
            format!("a record of the {} does not verify with its keys", ending.from.sender()),
        )
        .supported(Some(ending.packet), "the record that does not verify")
        .answer();
    }
    let Some(ending) = case.ending else { return Answer::Clear };
    let EndingKind::Alert(_, description) = ending.kind else { return Answer::Clear };
    let bad = match description {
        AlertDescription::BAD_RECORD_MAC | AlertDescription::DECRYPT_ERROR => case.stage >= Stage::ServerHello,
        _ => false,
    };
    if !bad {
        return Answer::Clear;
    }
    let by = if ending.from == Direction::ToServer { EndedBy::Client } else { EndedBy::Server };
    // Without an encrypted record before it the alert is about something that was not captured, or about nothing.
    let sealed = |step: &Step| step.from != ending.from && step.packet <= ending.packet && step.what.is_protected();
    let is_about_record = description == AlertDescription::BAD_RECORD_MAC && case.timeline.steps.iter().any(sealed);
    Found::at(
        ending.packet,
        if is_about_record { Confidence::Certain } else { Confidence::Possible },
        by,
        format!("the {} says {description}", ending.from.sender()),
    )
    .answer()
}
