//! What is worth saying of a flow that is no finding: a note changes no outcome and accuses nobody.
//!
//! Start at [`notes`]. Each kind of note is a function that looks at one case.

use super::case::Case;
use super::silence::last_progress;
use super::stage::Stage;
use super::upgrade;
use crate::proto::tls::message::ServerHello;
use crate::timeline::What;
use crate::vocab::iana::ContentType;
use crate::vocab::text;
use crate::vocab::{Direction, FlowNumber, Outcome, PacketNumber};

/// A note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// The flow.
    pub flow: FlowNumber,
    /// The packets that show it.
    pub packets: Vec<PacketNumber>,
    /// What it says.
    pub text: String,
}

/// Payload of a server in which an offer is looked for, in bytes.
const LONGEST_OFFER: usize = 4_096;

/// Looks at a case that came out like this; the packets that show what it says, where it says something.
type Kind = fn(&Case<'_>, Outcome) -> Option<(Vec<PacketNumber>, String)>;

/// The notes on a flow that came out like this.
pub(super) fn notes(case: &Case<'_>, outcome: Outcome) -> Vec<Note> {
    let kinds: &[Kind] = &[not_offered, went_on_in_clear, no_alpn_chosen, hidden_by_break];
    kinds
        .iter()
        .filter_map(|kind| kind(case, outcome))
        .map(|(packets, text)| Note { flow: case.flow, packets, text })
        .collect()
}

/// A mail client that asks what is offered, is not offered STARTTLS and leaves without a mail (RFC 3207 §4.1); or whose
/// offer was masked on the way.
fn not_offered(case: &Case<'_>, outcome: Outcome) -> Option<(Vec<PacketNumber>, String)> {
    if outcome != Outcome::NotTls || case.stage > Stage::Preamble || upgrade::asks(case) {
        return None;
    }
    let says = |segment, words: &[&str]| {
        let bytes = case.trace.payload(segment);
        let word = bytes.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        words.iter().any(|wanted| word.eq_ignore_ascii_case(wanted.as_bytes()))
    };
    let asked =
        case.data(Direction::ToServer).find(|s| crate::proto::upgrade::asks_for_offers(case.trace.payload(s)))?;
    let offer = case.data(Direction::ToClient).find(|s| s.packet > asked.packet)?;
    let bytes = case.trace.payload(offer);
    let bytes = &bytes[..bytes.len().min(LONGEST_OFFER)];
    let offers = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted));
    let mails = case.data(Direction::ToServer).any(|s| says(s, &["MAIL", "AUTH", "RCPT", "DATA"]));
    if !bytes.starts_with(b"250") || offers(b"STARTTLS") || mails {
        return None;
    }
    let banner = case.data(Direction::ToClient).next().filter(|first| first.packet < asked.packet);
    let is_masked = banner.is_some_and(|s| case.trace.payload(s).windows(8).any(|window| window == b"********"));
    let text = if offers(b"XXXXXXXA") {
        "STARTTLS is not offered: XXXXXXXA stands in its place, as Cisco ASA and PIX write over it (inspect esmtp)"
    } else if is_masked {
        "STARTTLS is not offered, and the banner is masked with asterisks, as Cisco ASA and PIX do (inspect esmtp)"
    } else {
        "STARTTLS is not offered, and the client leaves without sending a mail"
    };
    Some((banner.into_iter().chain([asked, offer]).map(|s| s.packet).collect(), text.to_owned()))
}

/// TLS that was asked for and refused, where both ends went on without it.
fn went_on_in_clear(case: &Case<'_>, outcome: Outcome) -> Option<(Vec<PacketNumber>, String)> {
    let refused = upgrade::refusal(case).filter(|refused| refused.goes_on && outcome == Outcome::NotTls)?;
    let text = format!(
        "the server refuses {} ({}); the client goes on without TLS",
        refused.upgrade.name(),
        refused.refusal.words
    );
    Some((vec![refused.request, refused.answer], text))
}

/// A client that offers application protocols, gets none selected and leaves without data, up to TLS 1.2, where the choice
/// is in clear (RFC 7301 §3.1).
fn no_alpn_chosen(case: &Case<'_>, outcome: Outcome) -> Option<(Vec<PacketNumber>, String)> {
    let unused = case.seen.client_application.is_none() && case.seen.server_application.is_none();
    if outcome != Outcome::Ok || case.is_tls13() || !unused || left_by(case) != Some(Direction::ToServer) {
        return None;
    }
    let client_hello = case.hello()?;
    let client_step = case.at(case.seen.client_hello)?;
    let server_step = case.at(case.seen.server_hello)?;
    let offered = client_hello.alpn();
    let names: Vec<_> = offered.map(text::visible_bytes).collect();
    if names.is_empty() || ServerHello::decode(server_step.body.get(4..)?).alpn().is_some() {
        return None;
    }
    let text = format!(
        "the client offers ALPN {}; the server selected none, and the client leaves without application data (gRPC \
         clients do so: missing selected ALPN property)",
        names.join(", ")
    );
    Some((vec![client_step.packet, server_step.packet], text))
}

/// Who leaves after the handshake: the one that says so first; the one that closes first, where nobody does. The FIN that
/// answers a `close_notify` can overtake the other's.
fn left_by(case: &Case<'_>) -> Option<Direction> {
    let is_alert = |what: &What| matches!(what, What::Alert(..) | What::Sealed { content: ContentType::ALERT, .. });
    let said = case.timeline.steps.iter().find(|step| is_alert(&step.what)).map(|step| step.from);
    said.or(case.trace.row.closed_by)
}

/// A handshake of which the rest may have passed while the capture did not watch.
fn hidden_by_break(case: &Case<'_>, outcome: Outcome) -> Option<(Vec<PacketNumber>, String)> {
    if outcome != Outcome::Incomplete || case.stage >= Stage::Complete || case.is_one_sided() {
        return None;
    }
    let at = case.break_in(last_progress(case))?;
    let segments = &case.trace.segments;
    let before = segments.iter().rfind(|s| s.time <= at.from);
    let after = segments.iter().find(|s| s.time >= at.to);
    let text = format!("the capture {}; how the handshake went on cannot be told", at.describe());
    Some((before.into_iter().chain(after).map(|s| s.packet).collect(), text))
}
