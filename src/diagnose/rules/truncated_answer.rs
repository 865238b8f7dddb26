//! `truncated-answer`: the server began a record, never finished it, and that was the end.

use super::prelude::*;

/// The rule.
pub(super) const RULE: Rule = Rule {
    cause: Cause::TruncatedAnswer,
    doc: Doc {
        what: "The server began a record, never finished it, and that was the end.",
        how: "The server's first bytes are the beginning of a TLS record; before its first message is whole comes \
              FIN, RST or silence.",
        not: "closed-after-server-hello, where a message was whole; a capture that lacks the rest.",
        next: &[
            "Look for a crash of the server process or proxy at that second",
            "Compare the length of the ServerHello's record with a good flow's",
        ],
        reference: "RFC 8446 section 5.1",
    },
    judge,
};

fn judge(case: &Case<'_>) -> Answer {
    if case.stage != Stage::AnswerBegun || case.tls.progress.gap {
        return Answer::Clear;
    }
    let Some(answer) = case.answer() else { return Answer::Clear };
    match case.ending {
        Some(ending)
            if ending.from == Direction::ToClient && matches!(ending.kind, EndingKind::Reset | EndingKind::Close) =>
        {
            let Some(sender) = alerts::ending_sender(case) else { return Answer::Clear };
            Found::at(
                ending.packet,
                Confidence::Certain,
                EndedBy::Server,
                "the server's first record is never finished",
            )
            .supported(Some(answer.packet), "the record begins")
            .sent_by(&sender)
            .answer()
        }
        _ if silence::is_silence(case) => Found::at(
            silence::closing(case),
            Confidence::Certain,
            silence::waiting_client(case),
            format!("the server's first record is never finished, then {}", silence::Within::of(case)),
        )
        .supported(Some(answer.packet), "the record begins")
        .answer(),
        None => Answer::Pending,
        _ => Answer::Clear,
    }
}
