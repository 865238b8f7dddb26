//! From a case to a verdict: the outcome, and the finding where there is one.

use super::beside;
use super::case::{Case, RETRANSMISSIONS, SILENCE, SYN_SILENCE};
use super::clients;
use super::context::Context;
use super::doubt::{
    HTTPS, SHORTEST_STUB, begins_hello, hides_last_word, is_record, is_undecidable, may_have_been_tls, speaks_tls,
};
use super::finding::{Also, Finding};
use super::notes::{self, Note};
use super::rule::{Answer, Found, Rule};
use super::rules::RULES;
use super::stage::Stage;
use super::unanswered::may_be as may_be_unanswered;
use crate::facts::FlowFacts;
use crate::flow::{FlowRow, SideFlags, UnusableCounts};
use crate::timeline::is_midstream;
use crate::vocab::iana::AlertDescription;
use crate::vocab::{Cause, Confidence, Direction, EndedBy, Outcome};

/// What is said of a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// How it came out.
    pub outcome: Outcome,
    /// Why it failed, or what happened to it in mid-stream.
    pub finding: Option<Finding>,
    /// What else is worth saying of it.
    pub notes: Vec<Note>,
    /// Whether a rule may find something else once the capture goes on: what is said holds if it does not.
    pub is_pending: bool,
    /// What of its packets their receivers cannot use.
    pub unusable: UnusableCounts,
}

/// Ports that plain-text protocols are assigned to: a connection there that never comes up is no try at TLS.
const PLAIN_PORTS: [u16; 12] = [20, 21, 22, 23, 25, 53, 80, 110, 139, 143, 445, 3389];

/// Judges a flow in full.
pub fn judge(case: &Case<'_>) -> Verdict {
    let (outcome, finding, is_pending) = find(case);
    let unusable = UnusableCounts::of(&case.unusable);
    Verdict { outcome, finding, notes: notes::notes(case, outcome), is_pending, unusable }
}

/// The outcome, the finding, and whether a rule waits for more of the capture.
fn find(case: &Case<'_>) -> (Outcome, Option<Finding>, bool) {
    let settled = outcome(case);
    if matches!(settled, Outcome::NotTls | Outcome::Unused) && !may_be_a_try(case) || is_undecidable(case) {
        return (settled, None, false);
    }
    let mut is_pending = false;
    for (at, rule) in RULES.iter().enumerate() {
        match (rule.judge)(case) {
            Answer::Clear => {}
            Answer::Pending => is_pending = true,
            Answer::Found(found) => {
                let outcome = if rule.cause.is_midstream() { Outcome::Ok } else { Outcome::Failed };
                let finding = Finding { also: also(case, rule.cause, &RULES[at + 1..]), ..finding(case, rule, *found) };
                return (outcome, Some(finding), is_pending);
            }
        }
    }
    (settled, None, is_pending)
}

/// What a certificate can be refused for, by what there is to mend: a fault of one row is no consequence of one of
/// another. Left out is what says something of the client or of other flows: an authority that is only unknown here,
/// and one that is another than in good flows, as an old certificate's can be.
const FAULTS: [&[Cause]; 4] = [
    &[Cause::CertificateExpired, Cause::CertificateNotYetValid],
    &[Cause::CertificateWrongName],
    &[Cause::CertificateWeak],
    &[Cause::CertificateSelfSigned, Cause::CertificateIncompleteChain],
];

/// What the rules after the one that named `cause` find of the same flow and that would be left if it were mended. All
/// other causes explain the same ending: of those the first one is enough.
fn also(case: &Case<'_>, cause: Cause, rules: &[Rule]) -> Vec<Also> {
    let mut told: Vec<&[Cause]> = FAULTS.into_iter().filter(|row| row.contains(&cause)).collect();
    let mut also = Vec::new();
    if told.is_empty() {
        return also;
    }
    for rule in rules {
        let Some(row) = FAULTS.into_iter().find(|row| row.contains(&rule.cause) && !told.contains(row)) else {
            continue;
        };
        if let Answer::Found(found) = (rule.judge)(case)
            && found.confidence >= Confidence::Likely
        {
            told.push(row);
            also.push(Also { cause: rule.cause, headline: found.headline });
        }
    }
    also
}

fn finding(case: &Case<'_>, rule: &Rule, found: Found) -> Finding {
    // Where nobody ends the flow and the capture lacks segments, the rest of it may be among these.
    let unsure = case.ending.is_none() && beside::lacks_segments(case, rule.cause);
    let abnormal = found.first_abnormal.and_then(|packet| case.trace.segments.iter().find(|s| s.packet == packet));
    let most = if beside::break_in(case, rule.cause).is_some() { Confidence::Likely } else { Confidence::Certain };
    Finding {
        flow: case.flow,
        cause: rule.cause,
        confidence: if unsure { Confidence::Possible } else { found.confidence.min(most) },
        ended_by: if case.trace.is_turned { found.ended_by.turned() } else { found.ended_by },
        headline: found.headline,
        detail: beside::detail(case, rule.cause, &found.detail),
        first_abnormal_packet: found.first_abnormal,
        ttl: abnormal.map(|segment| segment.ip.ttl),
        evidence: found.evidence,
        clients_report: clients::reports(case, rule.cause),
        next_steps: beside::next_steps(case, rule, &found.next),
        also: Vec::new(),
    }
}

/// The outcome that how far a flow came gives, without any rule.
fn outcome(case: &Case<'_>) -> Outcome {
    let row = &case.trace.row;
    let through = case.tls.is_complete()
        || case.stage == Stage::Complete
        || case.stage == Stage::ClientFinished && case.is_tls13();
    if case.is_one_sided() {
        /// Segments among which a record is looked for: text may come first.
        const LOOKED_AT: usize = 16;
        let record = Direction::BOTH.iter().any(|way| case.data(*way).take(LOOKED_AT).any(|s| is_record(case, s)));
        return if case.tls.is_tls()
            || record
            || speaks_tls(case)
            || case.client_data.is_none() && case.server_data.is_none()
        {
            Outcome::Incomplete
        } else {
            Outcome::NotTls
        };
    }
    if through && case.tls.is_tls() {
        return if hides_last_word(case) { Outcome::Incomplete } else { Outcome::Ok };
    }
    if case.tls.is_tls() {
        return Outcome::Incomplete;
    }
    // Bytes behind a hole at the very beginning could be of any protocol.
    let headless = case.streams.pieces.to_server.first().is_some_and(|piece| piece.source.is_none());
    let unread = Direction::BOTH.iter().all(|way| case.streams.pieces[*way].iter().all(|piece| piece.source.is_none()));
    if headless && (case.server_data.is_none() || unread || may_have_been_tls(case)) {
        return Outcome::Incomplete;
    }
    if begins_hello(case) || is_midstream(row) && speaks_tls(case) {
        return Outcome::Incomplete;
    }
    match (case.client_data, case.server_data) {
        (None, None) if case.syn_ack.is_some() => Outcome::Unused,
        // A server that is left without a word may call that an error.
        (None, Some(answer)) if is_record(case, answer) && case.syn_ack.is_some() => Outcome::Unused,
        (None, None) if case.stage == Stage::Connecting && PLAIN_PORTS.contains(&row.server.port) => Outcome::NotTls,
        (None, None) => Outcome::Incomplete,
        // Records from the first byte on, of a handshake that the capture lacks.
        (Some(first), _) if is_record(case, first) => Outcome::Incomplete,
        _ => Outcome::NotTls,
    }
}

/// Whether a flow without TLS can still be a try at it: never answered, refused, a proxy's, plain text to a TLS port.
fn may_be_a_try(case: &Case<'_>) -> bool {
    let row = &case.trace.row;
    let plain = PLAIN_PORTS.contains(&row.server.port) && !case.context.tls_servers.contains(&row.server);
    case.client_data.is_some() || !plain
}

/// Whether nothing was captured of a flow for so long that silence is a finding.
pub fn is_silent(row: &FlowRow, context: &Context) -> bool {
    context.watched_until(row.end).since(row.end) >= SILENCE
}

/// Whether nothing but SYNs of the client was captured of a flow.
pub fn is_unanswered(row: &FlowRow) -> bool {
    let (client, server) = (&row.sides.to_server, &row.sides.to_client);
    let others = SideFlags::FIN | SideFlags::RST | SideFlags::DATA | SideFlags::ACKED;
    client.flags.has(SideFlags::SYN)
        && !client.flags.any(others)
        && server.packets == 0
        && row.icmp_errors == 0
        && client.packets == u32::from(client.retransmissions) + 1
}

/// Judges a flow that [`is_unanswered`] as [`judge`] does, but without its packets and without a finding: of a flood
/// of millions each would be the same.
pub fn unanswered(row: &FlowRow, context: &Context) -> (Outcome, Option<(Cause, EndedBy)>) {
    if PLAIN_PORTS.contains(&row.server.port) && !context.tls_servers.contains(&row.server) {
        return (Outcome::NotTls, None);
    }
    let again = usize::from(row.sides.to_server.retransmissions);
    let cancelled = again == 0 && context.connected.contains_key(&(row.client.ip, row.server));
    if cancelled
        || context.lacks_servers
        || again < RETRANSMISSIONS && context.watched_until(row.end).since(row.start) < SYN_SILENCE
    {
        return (Outcome::Incomplete, None);
    }
    (Outcome::Failed, Some((Cause::SynUnanswered, EndedBy::Path)))
}

/// The outcome of a flow that can be told from the index alone; `None` where it must be read again.
pub fn quick(facts: &FlowFacts<'_>, context: &Context) -> Option<Outcome> {
    let row = facts.row;
    let (client, server) = (&row.sides.to_server, &row.sides.to_client);
    let Some(tls) = facts.tls else {
        // No payload: an unused connection, unless somebody refused it or it never came up.
        let up = server.flags.has(SideFlags::SYN_ACK) && client.flags.any(SideFlags::SYN);
        let refused = row.reset_by == Some(Direction::ToClient)
            || row.closed_by == Some(Direction::ToClient)
            || row.icmp_errors > 0
            || client.retransmissions > 0
            // A client that may not send, and probes.
            || server.window == 0 && client.packets > 2;
        return (up && !refused).then_some(Outcome::Unused);
    };
    let progress = &tls.progress;
    if !tls.is_tls() {
        let interesting = context.tls_servers.contains(&row.server)
            || tls.progress.tunnel_asked
            || tls.progress.tls_hint
            || tls.progress.upgrade_sought;
        // The capture lacks how the client began.
        let headless = client.bytes > 0 && tls.preamble_bytes.to_server < SHORTEST_STUB
            || is_midstream(row) && row.server.port == HTTPS;
        return (!interesting && !headless && server.bytes > 0 && client.bytes > 0).then_some(Outcome::NotTls);
    }
    let spoiled = progress.malformed
        || progress.foreign.to_client
        || progress.foreign.to_server
        || progress.gap
        || progress.renegotiation
        || may_be_unanswered(row, tls)
        || progress.early_alert.to_server
        || progress.early_alert.to_client
        || tls.alerts.iter().any(|alert| !(alert.decrypted && alert.description == AlertDescription::CLOSE_NOTIFY))
        || row.reset_by.is_some()
        || progress.unfinished.to_client
        || progress.unfinished.to_server;
    let quiet = row.closed_by.is_some() && client.flags.has(SideFlags::FIN) && server.flags.has(SideFlags::FIN);
    let retransmitting = client.retransmissions >= 3 || server.retransmissions >= 3;
    (tls.is_used() && !spoiled && (quiet || !retransmitting)).then_some(Outcome::Ok)
}

#[cfg(test)]
mod tests {
    use super::super::samples::told;
    use super::*;

    /// What is said of a flow behind TCP's handshake, so many seconds after its last packet.
    fn check(lines: &str, wait: f64, expected: &str) {
        let verdict = told(lines, wait, judge);
        let mut said = verdict.outcome.to_string();
        if let Some(finding) = &verdict.finding {
            said = format!("{said}: {}, {}, {}", finding.cause, finding.ended_by, finding.confidence);
            said.extend(finding.also.iter().map(|also| format!(", also {}", also.cause)));
        }
        assert_eq!(said + if verdict.is_pending { " so far" } else { "" }, expected, "after {wait} s of\n{lines}");
    }

    #[test]
    fn silence_is_a_finding_after_a_while_and_pending_before() {
        let asked = "> hello\n<";
        check(asked, 5.0, "incomplete so far");
        check(asked, 11.0, "failed: client-hello-unanswered, unknown, certain");
        let begun = "> hello\n< server\n>";
        check(begun, 5.0, "incomplete so far");
        check(begun, 11.0, "failed: silence-after-server-hello, unknown, likely");
        // What was sent so often is lost, whatever the clock says.
        let lost = "> hello\n> wait=300 again\n> wait=600 again";
        check(lost, 5.0, "incomplete so far");
        check(&format!("{lost}\n> wait=1200 again"), 0.0, "failed: client-hello-lost, unknown, possible");
        // Nobody waits for an hour: the capture paused.
        check(asked, 4000.0, "incomplete so far");
    }

    #[test]
    fn who_leaves_at_once_gave_up_and_who_leaves_late_had_waited() {
        check("> hello\n<\n> wait=300 FIN", 1.0, "failed: client-gave-up, client, likely");
        check("> hello\n<\n> wait=3000 FIN", 1.0, "failed: client-hello-unanswered, client, certain");
        check("> hello\n<\n< wait=300 FIN", 1.0, "failed: closed-after-client-hello, server, likely");
        check("> hello\n<\n< wait=6000 FIN", 1.0, "failed: client-hello-unanswered, client, certain");
    }

    #[test]
    fn the_end_that_received_the_syn_can_be_the_client_of_tls() {
        // Who ended it is named by the parts in TCP.
        check("< hello\n> alert:2:40", 0.0, "failed: no-common-cipher, client, likely");
        check("< hello\n>\n< wait=3000 FIN", 1.0, "failed: client-hello-unanswered, server, certain");
        check("< hello\n> RST", 0.0, "failed: reset-after-client-hello, client, likely");
        check("< hello\n> server 23/40\n< 23/53 23/99\n> 23/99", 0.0, "ok");
        // A server that returns the client's own hello is none.
        check("> hello\n< hello\n> alert:2:10", 0.0, "failed: corrupted-handshake, client, certain");
    }

    #[test]
    fn an_end_behind_what_passes_for_a_ticket_is_no_more_than_likely() {
        let through = "> hello\n< server 23/900\n> 23/53\n";
        check(&format!("{through}< RST"), 0.0, "failed: reset-after-server-hello, server, likely");
        check(&format!("{through}< 23/250 23/250\n< RST"), 0.0, "failed: reset-after-server-hello, server, likely");
        // However sure it is who sent it.
        let at_once = "> hello\n< server 23/900\n> wait=1 23/53\n< wait=1 RST ttl=63";
        check(at_once, 0.0, "failed: reset-after-server-hello, middlebox, certain");
        let behind = "> hello\n< server 23/900\n> 23/53\n< 23/250 23/250\n> wait=1\n< wait=1 RST ttl=63";
        check(behind, 0.0, "failed: reset-after-server-hello, middlebox, likely");
        check(&format!("{through}< 23/250 23/250\n< FIN"), 0.0, "failed: closed-after-server-hello, server, likely");
    }

    #[test]
    fn odd_records_before_a_hello_change_nothing() {
        let fin = "> wait=20 FIN";
        check("> 22/0 23/0 hello\n< alert:2:40", 0.0, "failed: no-common-cipher, server, likely");
        check("> 20/1 hello\n< alert:2:40", 0.0, "failed: no-common-cipher, server, likely");
        // Zeros that a stack counts into an ACK are no answer, nor the beginning of a hello.
        check("> bytes:00 old next=0\n> hello\n< alert:2:40", 0.0, "failed: no-common-cipher, server, likely");
        check("> hello\n< bytes:000000000000 next=0\n< alert:2:40", 0.0, "failed: no-common-cipher, server, likely");
        // A stream that begins with a ChangeCipherSpec and has no hello is not one that failed.
        check(&format!("> 20/1 22/40\n< 20/1 22/40\n{fin}"), 0.0, "ok");
    }

    #[test]
    fn what_is_lost_is_told_by_what_was_acknowledged() {
        let tail = "> head\n<\n> tail\n> wait=300 again\n> wait=600 again\n> wait=1200 again";
        check(tail, 11.0, "failed: client-hello-segment-lost, middlebox, likely");
        let size = "> hello\n< lost 22/1395\n< done\n> old\n> wait=3000 old FIN";
        check(size, 0.0, "failed: mtu-black-hole, path, likely");
    }

    #[test]
    fn the_first_answer_names_the_cause() {
        check("> hello\n< http", 0.0, "failed: plaintext-answer, server, likely");
        check("> hello\n< bytes:0000000000000000", 0.0, "failed: garbage-answer, server, likely");
        check("> hello\n< alert:2:40", 0.0, "failed: no-common-cipher, server, likely");
        check("> hello\n< alert:2:70", 0.0, "failed: no-common-version, server, certain");
        check("> hello\n< alert:1:0", 0.0, "failed: closed-by-alert, server, likely");
        check("> wait=1 hello\n< wait=1 alert:2:40 ttl=63", 0.0, "failed: forged-alert, middlebox, certain");
    }

    #[test]
    fn another_handshake_is_refused_or_ignored() {
        let up =
            "> hello\n< server12 certificate done\n> bytes:140303000101 22/40\n< bytes:140303000101 22/40\n> 23/90\n";
        let refused = |by, sure| format!("ok: renegotiation-refused, {by}, {sure}");
        // The server asks.
        check(&format!("{up}< 22/28\n> 21/26\n> FIN"), 0.0, &refused("client", "likely"));
        check(&format!("{up}< 22/28\n> FIN"), 0.0, &refused("client", "possible"));
        check(&format!("{up}< 22/28\n> 21/26\n< 23/200\n> FIN"), 0.0, "ok");
        check(&format!("{up}< 22/28\n> 23/90\n> 21/26\n> FIN"), 0.0, "ok");
        // It had its answer, and leaves.
        check(&format!("{up}< 23/200\n< 22/28\n> 21/26\n> FIN"), 0.0, "ok");
        check(&format!("{up}< 22/28\n> wait=2000 21/26\n> FIN"), 0.0, "ok");
        // The client asks, or begins what the server asked for.
        check(&format!("{up}> 22/300\n< 21/26\n> FIN"), 0.0, &refused("server", "likely"));
        check(&format!("{up}> 22/300\n< FIN"), 0.0, &refused("server", "likely"));
        check(&format!("{up}< 22/28\n> 22/300\n< FIN"), 0.0, &refused("server", "likely"));
        check(&format!("{up}> 22/300\n< 23/200\n< FIN"), 0.0, "ok");
        check(&format!("{up}> 22/300\n< 22/900\n> 22/70 20/30 22/40\n< 20/30 22/40\n< 21/26\n< FIN"), 0.0, "ok");
    }

    #[test]
    fn a_first_request_without_an_answer_is_told_once_somebody_gives_up() {
        let asked = "> hello\n< server 23/900\n> 23/53\n> 23/100\n< wait=20\n";
        let silent = "ok: silence-in-mid-stream, client, possible";
        check(&format!("{asked}> wait=2900 FIN"), 0.0, "ok");
        check(&format!("{asked}> wait=3100 FIN"), 0.0, silent);
        check(&format!("{asked}< wait=5100 FIN"), 0.0, silent);
        check(asked, 20.0, "ok so far");
        check(asked, 31.0, "ok: silence-in-mid-stream, unknown, possible");
        check(&format!("{asked}< wait=4000 23/300\n> wait=4000 FIN"), 0.0, "ok");
        // Who goes on sending wants no answer.
        check(&format!("{asked}> wait=4000 23/100\n< wait=20\n> wait=4000 FIN"), 0.0, "ok");
        // A handshake alone asks for nothing.
        check("> hello\n< server 23/900\n> 23/53\n< wait=20\n> wait=4000 FIN", 0.0, "ok");
    }

    #[test]
    fn an_answer_in_the_form_of_ssl_2_is_an_answer_to_such_a_hello_alone() {
        let answer = "< bytes:802e040001000200000003001001020304050607";
        check(&format!("> hello\n{answer}"), 0.0, "failed: garbage-answer, server, likely");
        // Type 1, version 0.2, one cipher, no session, a challenge of 16 bytes.
        let hello = format!("> bytes:801c01000200030000001001008{}", "0".repeat(33));
        check(&format!("{hello}\n{answer}"), 0.0, "incomplete");
    }

    #[test]
    fn faults_that_mending_the_first_would_leave_are_told_beside_it() {
        // The sample is valid in 2026 for a.test, which the sample's hello asks for, and signed itself; here it is 1970.
        let flight = "> hello\n< server12\n< certificate\n< done\n";
        check(
            &format!("{flight}> alert:2:46"),
            0.0,
            "failed: certificate-not-yet-valid, client, certain, also certificate-self-signed",
        );
        // Who says that it does not know the authority says nothing of the dates.
        check(&format!("{flight}> alert:2:48"), 0.0, "failed: certificate-self-signed, client, certain");
    }
}
