//! What is worked out in one place must be the same wherever it is asked: the index pass and the full view agree on the TLS
//! facts of every flow; facts, timeline and judge on what its sealed records are.

mod common;

use shakedown::internal::diagnose::{Case, Context, EndingKind};
use shakedown::internal::proto::dialogue::sealed::{Holds, Inferred, Why};
use shakedown::internal::vocab::iana::{HandshakeType, ProtocolVersion};
use shakedown::{Direction, FlowNumber, FlowRef, FlowView, Options, Session, Step, What};

#[test]
fn pass_and_view_agree_on_every_flow_of_every_fixture() {
    let mut differences = Vec::new();
    for fixture in common::fixtures() {
        let capture = fixture.join("capture.pcapng").to_string_lossy().into_owned();
        // With keys the two must agree on what they open.
        let keylog = Some(fixture.join("keys.log")).filter(|path| path.exists());
        let session = Session::open(&Options { captures: vec![capture.clone()], keylog, ..Options::default() })
            .unwrap_or_else(|error| panic!("{error}"));
        session.wait();
        let index = session.index();
        // The large ones repeat themselves: every eighth flow of theirs is enough.
        let step = if index.len() > 200 { 8 } else { 1 };
        for facts in index.iter().step_by(step) {
            let view = session.view(FlowRef::main(facts.flow)).unwrap_or_else(|error| panic!("{capture}: {error}"));
            let indexed = facts.tls.cloned().unwrap_or_default();
            if indexed != view.tls {
                differences.push(format!("{capture} flow {}\n  pass {indexed:?}\n  view {:?}", facts.flow, view.tls));
            }
            let (pass, full) = (facts.row, &view.trace.row);
            for way in Direction::BOTH {
                let first = view.trace.sent(way).next();
                if first.is_some_and(|segment| segment.ip.ttl != facts.row.sides[way].ttl) {
                    differences.push(format!("{capture} flow {}: TTL", facts.flow));
                }
                let (pass, full) = (&pass.sides[way], &full.sides[way]);
                if (pass.packets, pass.bytes, pass.retransmissions) != (full.packets, full.bytes, full.retransmissions)
                {
                    differences.push(format!("{capture} flow {}: packets, bytes or retransmissions", facts.flow));
                }
            }
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn facts_timeline_and_judge_agree_on_sealed_records() {
    let (mut differences, mut finished, mut alerts) = (Vec::new(), 0, 0);
    for fixture in common::fixtures() {
        let capture = fixture.join("capture.pcapng").to_string_lossy().into_owned();
        let keys = Some(fixture.join("keys.log")).filter(|path| path.exists());
        for keylog in std::iter::once(None).chain(keys.map(Some)) {
            let options = Options { captures: vec![capture.clone()], keylog, ..Options::default() };
            let session = Session::open(&options).unwrap_or_else(|error| panic!("{error}"));
            session.wait();
            let flows = session.index().len();
            for flow in (0..flows as u32).step_by(if flows > 200 { 8 } else { 1 }) {
                let view = session.view(FlowRef::main(FlowNumber(flow))).unwrap_or_else(|error| panic!("{error}"));
                let (seen, told) = disagreements(&view, &mut differences);
                finished += usize::from(seen);
                alerts += usize::from(told);
            }
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    assert!(finished > 100 && alerts > 2, "{finished} flows with a Finished, {alerts} with an alert in its place");
}

/// Adds where the three disagree on a flow of TLS 1.3; whether its client's last flight was seen, and whether an alert
/// was in its place.
fn disagreements(view: &FlowView, differences: &mut Vec<String>) -> (bool, bool) {
    let (tls, steps) = (&view.tls, &view.timeline.steps);
    let is_new = tls.version.is_some_and(ProtocolVersion::is_tls13) && !tls.progress.joined_late;
    // Where the end that accepted is the client of TLS, the judge looks at the flow turned, this test does not.
    if !is_new || !tls.progress.server_hello || tls.turned {
        return (false, false);
    }
    let context = Context::default();
    let case = Case::new(view.flow.flow, &view.trace, &view.timeline, &view.streams, tls, &context);
    let mut differ = |what: &str| {
        let lengths: Vec<_> =
            steps.iter().filter(|step| !step.what.is_segment()).map(|step| (&step.what, step.bytes)).collect();
        differences.push(format!("{} flow {}: {what}\n  {lengths:?}", view.capture, view.flow.flow));
    };
    let last_flight = steps.iter().position(begins_last_flight);
    let judged = case.seen.client_finished;
    if judged != last_flight && case.ending.is_none_or(|ending| judged.is_some() || last_flight < Some(ending.step)) {
        differ(&format!("the client's last flight: judge {judged:?}, timeline {last_flight:?}"));
    }
    let completed = last_flight.map(|at| steps[at].time);
    if tls.completed != completed {
        differ(&format!("the end of the handshake: facts {:?}, timeline {completed:?}", tls.completed));
    }
    let refused = steps.iter().any(|step| matches!(why(step), Some(Why::AlertForFinished(_))));
    if refused != tls.progress.early_alert.to_server {
        differ("the client's alert in place of its Finished");
    }
    let ended_by_alert = case.ending.filter(|ending| ending.kind == EndingKind::EncryptedAlert);
    if ended_by_alert.is_some_and(|ending| !holds(&steps[ending.step]).is_some_and(Holds::is_alert)) {
        differ("the alert that ends the flow");
    }
    (judged.is_some(), refused)
}

fn inferred(step: &Step) -> Option<Inferred> {
    step.what.inferred()
}

fn holds(step: &Step) -> Option<Holds> {
    inferred(step).map(|inferred| inferred.holds)
}

fn why(step: &Step) -> Option<Why> {
    inferred(step).map(|inferred| inferred.why)
}

/// Whether a step is the client's Finished, or what comes right before it and shows that the server's flight was taken.
fn begins_last_flight(step: &Step) -> bool {
    let is_last = matches!(
        holds(step),
        Some(
            Holds::Message(HandshakeType::FINISHED | HandshakeType::CERTIFICATE | HandshakeType::CERTIFICATE_VERIFY)
                | Holds::CertificateAndVerify
                | Holds::EmptyCertificateToFinished
                | Holds::UpToFinished
        )
    );
    let is_opened = step.what == What::Message(HandshakeType::FINISHED) && step.decrypted;
    step.from == Direction::ToServer && (is_last || is_opened)
}

#[test]
fn the_list_is_searched_as_it_is_shown() {
    use jiff::tz::TimeZone;
    use shakedown::internal::present::list::{COLUMNS, text};
    use shakedown::internal::present::list_search::Needle;

    let capture = common::capture("one-percent");
    let session = Session::open(&Options { captures: vec![capture], ..Options::default() }).expect("the fixture");
    session.wait();
    let index = session.index();
    let zone = TimeZone::fixed(jiff::tz::offset(2));
    let rows: Vec<(_, Vec<String>)> = index
        .iter()
        .step_by(7)
        .map(|flow| (flow, (0..COLUMNS.len()).map(|column| text(column, &flow, &zone)).collect()))
        .collect();
    assert!(rows.len() > 100);
    // Pieces of cells, in other case too, and what is nowhere.
    let mut needles: Vec<String> = ["", "nowhere", "TLS 1.3", "é", "1.2.3.4:5", "-"].map(str::to_owned).into();
    for (_, cells) in rows.iter().step_by(11) {
        for cell in cells.iter().filter(|cell| cell.is_ascii()) {
            needles.extend([cell.to_uppercase(), cell[cell.len() / 3..cell.len() - cell.len() / 4].to_owned()]);
        }
    }
    needles.sort_unstable();
    needles.dedup();
    for text in needles {
        let mut needle = Needle::new(&text);
        for (flow, cells) in &rows {
            let shown = cells.iter().any(|cell| cell.to_lowercase().contains(&text.to_lowercase()));
            assert_eq!(needle.is_in(flow, &zone), shown, "{text:?} in {cells:?}");
        }
    }
}
