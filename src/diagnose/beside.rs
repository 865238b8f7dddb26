//! What is known beside a flow and said with its finding: what the server's other flows speak and how the good ones begin,
//! what the records are wrapped in, what the capture lacks.
//!
//! Nothing here finds a cause.

use super::breaks::Break;
use super::case::Case;
use super::context::Beginnings;
use super::rule::Rule;
use super::silence::last_progress;
use crate::proto::dialogue::Wrapping;
use crate::vocab::iana::ProtocolVersion;
use crate::vocab::text::counted;
use crate::vocab::{Cause, Direction, FlowNumber, Time};

/// Causes that rest on an answer that was not seen.
const NOT_SEEN: [Cause; 9] = [
    Cause::SynUnanswered,
    Cause::ClientHelloUnanswered,
    Cause::ClientHelloLost,
    Cause::ClientHelloSegmentLost,
    Cause::SecondClientHelloUnanswered,
    Cause::SilenceAfterServerHello,
    Cause::SilenceInMidStream,
    Cause::MtuBlackHole,
    Cause::ClientGaveUp,
];
/// Share of missing segments that is said beside a finding of these.
const WORTH_SAYING: f64 = 0.001;

/// Causes that a server gives that does not speak TLS at all.
const OF_ANOTHER_PROTOCOL: [Cause; 6] = [
    Cause::ResetAfterClientHello,
    Cause::ClosedAfterClientHello,
    Cause::ClientHelloUnanswered,
    Cause::TruncatedAnswer,
    Cause::GarbageAnswer,
    Cause::PlaintextAnswer,
];

/// A rule's detail, and behind it what is known beside the flow.
pub(super) fn detail(case: &Case<'_>, cause: Cause, found: &str) -> String {
    let missing = missing(case, cause);
    let broken = break_in(case, cause).map(|one| format!("The capture {}.", one.describe()));
    let others = other_protocol(case, cause).map(|others| {
        let (server, flows) = (case.trace.row.server, counted(others as usize, "other flow"));
        let speak = if others == 1 { "does" } else { "do" };
        format!("{flows} to {server} {speak} not speak TLS, and none does.")
    });
    let wrapped = case.tls.wrapping.map(|Wrapping::Tds| "The handshake is wrapped in TDS (SQL Server).".to_owned());
    let alpn = lacks_alpn(case, cause);
    let parts =
        [found.trim_end().to_owned()].into_iter().chain(missing).chain(broken).chain(others).chain(wrapped).chain(alpn);
    let parts = parts.chain(old_offer(case, cause)).chain(never_served(case, cause)).chain(turned(case));
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Who is the client of TLS, where that is the end that received the SYN.
fn turned(case: &Case<'_>) -> Option<String> {
    let client = case.trace.row.client;
    case.trace.is_turned.then(|| {
        format!(
            "The end that received the SYN, {client}, sends the ClientHello: \"client\" and \"server\" are here the ends of \
             TLS; \"ended by\" names those of TCP."
        )
    })
}

/// What to try: what the flow itself suggests before what the rule says.
pub(super) fn next_steps(case: &Case<'_>, rule: &Rule, found: &[String]) -> Vec<String> {
    let own = other_protocol(case, rule.cause).map(|_| {
        "Check the port and the protocol that the client is configured for: this port seems not to speak TLS".to_owned()
    });
    let general = rule.doc.next.iter().filter(|_| found.is_empty()).map(|step| (*step).to_owned());
    own.into_iter().chain(found.iter().cloned()).chain(general).collect()
}

/// Whether a cause rests on an answer that was not seen, and the capture shows that it lacks segments.
pub(super) fn lacks_segments(case: &Case<'_>, cause: Cause) -> bool {
    // An answer that was captured is not among what is missing.
    let answered = case.elsewhere().is_some() || case.unusable_from(Direction::ToClient).next().is_some();
    NOT_SEEN.contains(&cause) && case.context.missing_share >= WORTH_SAYING && !answered
}

/// What a finding that rests on something not seen says of how much the capture itself lacks.
fn missing(case: &Case<'_>, cause: Cause) -> Option<String> {
    let share = case.context.missing_share;
    lacks_segments(case, cause)
        .then(|| format!("At least {:.1} % of the segments are missing from this capture.", share * 100.0))
}

/// The break of the capture that ends, or lies in, the silence that a finding rests on.
pub(super) fn break_in(case: &Case<'_>, cause: Cause) -> Option<Break> {
    NOT_SEEN.contains(&cause).then(|| case.break_in(last_progress(case)))?
}

/// How many other flows to this server speak another protocol, where none speaks TLS and the cause can be that.
fn other_protocol(case: &Case<'_>, cause: Cause) -> Option<u32> {
    let server = &case.trace.row.server;
    let others = case.context.plain_servers.get(server).filter(|_| OF_ANOTHER_PROTOCOL.contains(&cause))?;
    (!case.context.tls_servers.contains(server)).then_some(*others)
}

/// Which version is the newest that the client offers, where servers of today refuse it and nothing of the server was
/// seen that could tell.
fn old_offer(case: &Case<'_>, cause: Cause) -> Option<String> {
    let mute = matches!(
        cause,
        Cause::ResetAfterClientHello
            | Cause::ClosedAfterClientHello
            | Cause::ClientHelloUnanswered
            | Cause::RefusedByAlert
    );
    let newest = case.hello().filter(|_| mute)?.highest_version();
    (newest < ProtocolVersion::TLS_1_2)
        .then(|| format!("The ClientHello offers {newest} at most, which many servers refuse since RFC 8996."))
}

/// The other connections to this server that it accepted about then and never served.
fn never_served(case: &Case<'_>, cause: Cause) -> Option<String> {
    /// Seconds that count as the same time.
    const ABOUT: f64 = 10.0;
    /// Flows that are named.
    const NAMED: usize = 5;
    if !matches!(cause, Cause::ClientHelloLost | Cause::ClientHelloUnanswered | Cause::SynUnanswered) {
        return None;
    }
    let row = &case.trace.row;
    let about = |(flow, start): &&(FlowNumber, Time)| *flow != case.flow && start.since(row.start).abs() <= ABOUT;
    let others: Vec<_> =
        case.context.unserved.get(&case.service())?.iter().filter(about).map(|(flow, _)| flow).collect();
    let names: Vec<_> = others.iter().take(NAMED).map(ToString::to_string).collect();
    let more = if others.len() > NAMED { " and more" } else { "" };
    let connections = counted(others.len(), "other connection");
    let (flows, were) = if others.len() == 1 { ("flow", "was") } else { ("flows", "were") };
    (!others.is_empty()).then(|| {
        format!(
            "{connections} to this server {were} accepted about then and never served: the ClientHello acknowledged and \
             not answered ({flows} {}{more}).",
            names.join(", ")
        )
    })
}

/// What the good flows to the same server begin with and this one does not.
fn lacks_alpn(case: &Case<'_>, cause: Cause) -> Option<String> {
    let refused = matches!(
        cause,
        Cause::RefusedByAlert | Cause::ClosedByAlert | Cause::ClosedAfterServerHello | Cause::NoCommonAlpn
    );
    let Beginnings { with_alpn, upgraded, plain } = case.context.good_beginnings.get(&case.service())?;
    if !refused
        || *plain > 0
        || case.tls.start.to_server > 0
        || !case.tls.progress.client_hello
        || case.tls.progress.alpn_offered
    {
        return None;
    }
    let begin = match (with_alpn, upgraded) {
        (0, 0) => return None,
        (_, 0) => "offer ALPN",
        (0, _) => "begin with a request for TLS in another protocol's words (an SSLRequest, STARTTLS)",
        _ => "offer ALPN or begin with a request for TLS in another protocol's words (an SSLRequest, STARTTLS)",
    };
    let good = counted((with_alpn + upgraded) as usize, "good flow");
    Some(format!("What differs from the {good} to this server: they {begin}; this one does neither."))
}
