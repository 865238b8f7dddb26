//! Recorded flows put beside good ones: where they part, and what is said of it.

use shakedown::internal::compare::{Field, Side, Value};
use shakedown::internal::present::words;
use shakedown::internal::timeline::words::name;
use shakedown::internal::vocab::iana::ProtocolVersion;
use shakedown::{Comparison, FlowNumber, FlowRef, FlowView, Options, Session, Step};

fn open(fixture: &str) -> Session {
    let capture = format!("{}/fixtures/{fixture}/capture.pcapng", env!("CARGO_MANIFEST_DIR"));
    let session = Session::open(&Options { captures: vec![capture], ..Options::default() }).expect("the fixture opens");
    session.wait();
    session
}

fn view(session: &Session, flow: u32) -> FlowView {
    session.view(FlowRef::main(FlowNumber(flow))).expect("the flow can be read again")
}

fn side(view: &FlowView) -> Side<'_> {
    let cause = view.finding.as_ref().map(|finding| finding.cause);
    Side { trace: &view.trace, timeline: &view.timeline, tls: &view.tls, cause }
}

fn compare(baseline: &FlowView, subject: &FlowView) -> Comparison {
    Comparison::new(side(baseline), side(subject))
}

/// Where the first flow of `fixture` parts from a good TLS 1.3 flow, as `baseline's step | its own`.
fn parts(fixture: &str) -> (String, Comparison) {
    let (good, bad) = (view(&open("tls13-ok"), 0), view(&open(fixture), 0));
    let comparison = compare(&good, &bad);
    let name = |step: Option<&Step>| step.map_or_else(String::new, |step| name(&step.what).into_owned());
    let row = comparison.first_divergence.map(|at| &comparison.rows[at]);
    let text = row.map_or_else(
        || "nowhere".into(),
        |row| format!("{} | {}", name(row.baseline.as_ref()), name(row.subject.as_ref())),
    );
    (text, comparison)
}

fn check(fixture: &str, expected: &str) {
    let (found, comparison) = parts(fixture);
    assert_eq!(found, expected, "{fixture}: {}", words::sentence(&comparison.sentence));
}

#[test]
fn a_page_in_place_of_the_server_hello_is_where_they_part() {
    let (found, comparison) = parts("block-page-curl");
    assert_eq!(found, "Server Hello | Plain text (HTTP)");
    assert_eq!(
        words::sentence(&comparison.sentence),
        "Identical until Client Hello; then the baseline's server answers Server Hello after 18.1 ms, the failing flow \
         receives 213 bytes of HTTP/1.1 403 Forbidden after 872 us from a TTL 63 sender (server: TTL 55)."
    );
    let ranked: Vec<_> = words::once(&comparison.differences).iter().take(4).map(|d| d.field.name()).collect();
    assert_eq!(ranked[..3], ["ip.ttl", "step", "time.faster_than_the_way"]);
}

#[test]
fn a_reset_from_the_path_is_where_they_part() {
    let (found, comparison) = parts("reset-by-access-point");
    assert_eq!(found, "Server Hello | RST");
    let sentence = words::sentence(&comparison.sentence);
    assert!(sentence.contains("receives a RST after 805 us from a TTL 63 sender"), "{sentence}");
}

#[test]
fn silence_stands_for_the_answer_that_does_not_come() {
    let (found, comparison) = parts("hello-dropped");
    assert_eq!(found, "Server Hello | ");
    let sentence = words::sentence(&comparison.sentence);
    assert!(sentence.contains("retransmits 7 times"), "{sentence}");
    let acknowledged = |subject| (Field::ClientHelloAcknowledged, Value::Is(subject));
    assert!(comparison.differences.iter().any(|d| (d.field, d.subject.clone()) == acknowledged(false)));
}

#[test]
fn each_failure_parts_where_it_begins() {
    check("connection-refused", "SYN ACK | RST ACK");
    check("fin-after-hello", "Server Hello | FIN ACK");
    check("fin-on-accept", "Client Hello | FIN ACK");
    check("ssh-banner", "Server Hello | Plain text (SSH)");
    check("garbage-answer", "Server Hello | Bytes that are not TLS");
    check("alert-access-denied", "Server Hello | Alert (fatal, access_denied)");
    check("alert-forged", "Server Hello | Alert (fatal, handshake_failure)");
    check("certificate-expired-curl", "Finished | Alert (fatal, certificate_expired)");
    check("page-after-server-hello", "Encrypted Extensions | Plain text (HTTP)");
    check("plain-http-to-tls-port", "Client Hello | Plain text (HTTP request)");
    check("reset-in-mid-stream", "FIN ACK | RST");
    check("syn-unanswered", "SYN ACK | ");
}

#[test]
fn good_flows_do_not_part() {
    for fixture in ["heavy-loss-ok", "slow-server-ok", "stacks-ok", "syn-lost-once-ok", "mirror-duplicates-ok"] {
        check(fixture, "nowhere");
    }
}

#[test]
fn good_flows_of_one_capture_do_not_part() {
    let session = open("one-percent");
    let index = session.index();
    // Another name is another server and another version another handshake, which rightly part.
    let to_api = |tls: &shakedown::TlsFacts| {
        tls.server_name.as_deref() == Some(b"api.example.test") && tls.version == Some(ProtocolVersion::TLS_1_3)
    };
    let complete: Vec<u32> = index
        .iter()
        .filter(|facts| facts.tls.is_some_and(|tls| tls.is_complete() && to_api(tls)))
        .map(|facts| facts.flow.0)
        .collect();
    drop(index);
    assert!(complete.len() > 100, "{}", complete.len());
    let baseline = view(&session, complete[0]);
    let mut parted = Vec::new();
    for flow in complete.iter().step_by(7) {
        let comparison = compare(&baseline, &view(&session, *flow));
        if comparison.first_divergence.is_some() {
            parted.push(format!("{flow}: {}", words::sentence(&comparison.sentence)));
        }
    }
    assert!(parted.is_empty(), "{parted:#?}");
}

#[test]
fn a_flow_beside_itself_has_no_difference() {
    for fixture in ["tls13-ok", "block-page-curl", "capture-begins-in-handshake", "one-sided-to-client"] {
        let flow = view(&open(fixture), 0);
        let comparison = compare(&flow, &flow);
        assert!(comparison.differences.is_empty() && comparison.first_divergence.is_none(), "{fixture}");
    }
}

#[test]
fn any_two_flows_can_be_compared() {
    let folder = format!("{}/fixtures", env!("CARGO_MANIFEST_DIR"));
    let mut fixtures: Vec<String> = std::fs::read_dir(folder)
        .expect("the fixtures are there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| std::path::Path::new(&format!("fixtures/{name}/capture.pcapng")).exists())
        .collect();
    fixtures.sort();
    let sessions = fixtures.iter().map(|fixture| open(fixture)).filter(|session| !session.index().is_empty());
    let views: Vec<FlowView> = sessions.map(|session| view(&session, 0)).collect();
    for baseline in views.iter().step_by(4) {
        for subject in &views {
            let comparison = compare(baseline, subject);
            let count = |of: fn(&shakedown::internal::compare::Row) -> bool| {
                comparison.rows.iter().filter(|row| of(row)).count()
            };
            assert_eq!(count(|row| row.baseline.is_none() && row.subject.is_none()), 0);
            assert!(comparison.first_divergence.is_none_or(|at| at < comparison.rows.len()));
            assert!(comparison.differences.is_sorted_by_key(|d| (d.expected, std::cmp::Reverse(d.weight))));
        }
    }
}
