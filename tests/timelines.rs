//! Timelines of recorded captures: what a reader steps through, and what is inferred of encrypted records.

use shakedown::engine::{FlowRef, FlowView, Options, Session};
use shakedown::timeline::StepKind;
use shakedown::vocab::FlowNumber;

fn view(fixture: &str, flow: u32) -> FlowView {
    let capture = format!("{}/fixtures/{fixture}/capture.pcapng", env!("CARGO_MANIFEST_DIR"));
    let session = Session::open(&Options { captures: vec![capture], ..Options::default() }).expect("the fixture opens");
    session.wait();
    session.view(FlowRef::main(FlowNumber(flow))).expect("the flow can be read again")
}

/// The steps that are not segments, as `sender: name`.
fn told(fixture: &str, flow: u32) -> Vec<String> {
    let view = view(fixture, flow);
    let told = view.timeline.steps.iter().filter(|step| step.kind != StepKind::Segment);
    told.map(|step| format!("{}: {}{}", step.from.sender(), step.name, if step.inferred { "?" } else { "" })).collect()
}

fn check(fixture: &str, flow: u32, after: &str, expected: &[&str]) {
    let told = told(fixture, flow);
    let place = told.iter().position(|step| step == after).unwrap_or_else(|| panic!("no {after} in {told:#?}"));
    let found: Vec<&str> = told[place + 1..].iter().map(String::as_str).take(expected.len()).collect();
    assert_eq!(found, expected, "{fixture} {flow}");
}

#[test]
fn a_tls13_flight_is_named_by_the_lengths_of_its_records() {
    check(
        "tls13-ok",
        0,
        "server: Server Hello",
        &[
            "server: Change Cipher Spec",
            "server: Encrypted Extensions?",
            "server: Certificate?",
            "server: Certificate Verify?",
            "server: Finished?",
            "client: Change Cipher Spec",
            "client: Finished?",
            "client: Application Data",
            "server: New Session Ticket?",
            "server: New Session Ticket?",
        ],
    );
}

#[test]
fn a_client_certificate_and_its_absence_are_told_apart() {
    check(
        "client-certificate-ok",
        1,
        "client: Change Cipher Spec",
        &["client: Certificate?", "client: Certificate Verify?", "client: Finished?", "client: Application Data"],
    );
    check(
        "client-certificate-missing-tls13-no-keys",
        0,
        "client: Change Cipher Spec",
        &["client: Certificate (empty)?", "client: Finished?", "client: Application Data", "server: Alert?"],
    );
}

#[test]
fn an_alert_in_place_of_the_finished_is_named() {
    check(
        "certificate-refused-go-tls13-no-keys",
        0,
        "server: Finished?",
        &["client: Change Cipher Spec", "client: Alert?"],
    );
}

#[test]
fn early_data_is_told_from_what_follows() {
    check(
        "early-data-ok",
        1,
        "client: Client Hello",
        &[
            "client: Change Cipher Spec",
            "client: Application Data (0-RTT)?",
            "server: Server Hello",
            "server: Change Cipher Spec",
            "server: Encrypted Extensions?",
            "server: Finished?",
            "client: End Of Early Data?",
            "client: Finished?",
            "server: Application Data",
        ],
    );
}

#[test]
fn the_first_encrypted_message_of_tls12_is_the_finished() {
    check(
        "client-certificate-ok",
        0,
        "client: Certificate Verify",
        &[
            "client: Change Cipher Spec",
            "client: Finished?",
            "server: Change Cipher Spec",
            "server: Finished?",
            "client: Application Data",
        ],
    );
}

#[test]
fn a_page_from_the_path_is_told_with_its_sender() {
    let view = view("block-page-curl", 0);
    let page = view.timeline.steps.iter().find(|step| step.kind == StepKind::Plaintext).expect("there is a page");
    assert_eq!(page.note, "HTTP/1.1 403 Forbidden; server: webfilter; title: Access denied");
    let segment = view.timeline.steps.iter().find(|step| step.packet == page.packet).expect("and its segment");
    assert_eq!(segment.note, "TTL 63, the server's other packets 55");
}

#[test]
fn a_copy_names_its_original() {
    let view = view("hello-dropped", 0);
    let copies = view.timeline.steps.iter().filter(|step| step.note.contains("retransmission of packet ")).count();
    assert!(copies >= 2, "{copies}");
}
