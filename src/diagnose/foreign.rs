//! Bytes that are not TLS where TLS was expected: whose they are and what they say.

use super::alerts;
use super::case::Case;
use super::ending::EndingKind;
use super::rule::{Answer, Found};
use super::stage::Stage;
use crate::timeline::{Step, What};
use crate::vocab::{Direction, PacketNumber, text};

/// The foreign bytes that answer (or forestall) a ClientHello, before any TLS of the server.
pub(super) fn before_hello<'a>(case: &Case<'a>) -> Option<(PacketNumber, &'a Step)> {
    let ending = case.ending?;
    let asked = case.tls.progress.hello_begun;
    let early = case.stage <= Stage::AnswerBegun;
    if ending.kind != EndingKind::Foreign || ending.from != Direction::ToClient || !asked || !early {
        return None;
    }
    let step = case.ending_step()?;
    Some((step.first_packet, step))
}

/// The finding with its real sender.
pub(super) fn attributed(case: &Case<'_>, packet: PacketNumber, found: Found) -> Answer {
    let found = found.supported(case.at(case.seen.client_hello).map(|s| s.packet), "the ClientHello");
    let alert = case
        .timeline
        .steps
        .iter()
        .find(|s| matches!(s.what, What::Alert(..)) && s.from == Direction::ToServer && s.packet > packet);
    let found = found.supported(alert.map(|s| s.packet), "the client's own alert, a consequence");
    match case.trace.by_packet(packet).map(|s| super::path::sender(case, s)).or_else(|| alerts::ending_sender(case)) {
        Some(sender) => found.sent_by(&sender).answer(),
        None => found.answer(),
    }
}

/// What a page says of itself: server, location, title.
pub(super) fn page(body: &[u8]) -> String {
    let head = String::from_utf8_lossy(&body[..body.len().min(16 * 1024)]);
    let mut parts = Vec::new();
    for wanted in ["server", "location", "via", "content-type"] {
        let line = head
            .lines()
            .take_while(|line| !line.is_empty())
            .find(|line| line.split_once(':').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case(wanted)));
        if let Some((name, value)) = line.and_then(|line| line.split_once(':')) {
            parts.push(format!("{}: {}", text::visible(name.trim()), text::visible(value.trim())));
        }
    }
    let lower = head.to_ascii_lowercase();
    if let (Some(start), Some(end)) = (lower.find("<title>"), lower.find("</title>"))
        && start + 7 <= end
        && let Some(title) = head.get(start + 7..end)
    {
        parts.push(format!("title: {}", text::visible(title.trim())));
    }
    parts.join("; ")
}
