//! Timelines of recorded captures: what a reader steps through, and what is inferred of encrypted records.

use shakedown::internal::timeline::{FlightKind, Note, words};
use shakedown::{FlowNumber, FlowRef, FlowView, Options, Session, What};

fn view(fixture: &str, flow: u32) -> FlowView {
    let capture = format!("{}/fixtures/{fixture}/capture.pcapng", env!("CARGO_MANIFEST_DIR"));
    let session = Session::open(&Options { captures: vec![capture], ..Options::default() }).expect("the fixture opens");
    session.wait();
    session.view(FlowRef::main(FlowNumber(flow))).expect("the flow can be read again")
}

/// The steps that are not segments, as `sender: name`.
fn told(fixture: &str, flow: u32) -> Vec<String> {
    let view = view(fixture, flow);
    let told = view.timeline.steps.iter().filter(|step| !step.what.is_segment());
    told.map(|step| {
        let inferred = if step.is_inferred() { "?" } else { "" };
        format!("{}: {}{inferred}", step.from.sender(), words::name(&step.what))
    })
    .collect()
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
    let page =
        view.timeline.steps.iter().find(|step| matches!(step.what, What::Plaintext(_))).expect("there is a page");
    assert_eq!(words::note(page), "HTTP/1.1 403 Forbidden; server: webfilter; title: Access denied");
    let segment = view.timeline.steps.iter().find(|step| step.packet == page.packet).expect("and its segment");
    assert_eq!(words::note(segment), "TTL 63, the server's other packets 55");
}

#[test]
fn a_copy_names_its_original() {
    let view = view("hello-dropped", 0);
    let notes = || view.timeline.steps.iter().flat_map(|step| &step.notes);
    let original = |note: &Note| if let Note::Copy(_, packet) = note { Some(*packet) } else { None };
    let originals: Vec<_> = notes().filter_map(original).collect();
    assert!(originals.len() >= 2 && originals.iter().all(|packet| *packet == originals[0]), "{originals:?}");
}

#[test]
fn steps_are_grouped_in_flights_and_waits_divide_into_network_and_sender() {
    let view = view("tls12-ok", 0);
    let kinds: Vec<_> = view.flights.iter().map(|flight| (flight.kind, flight.from.sender())).collect();
    assert_eq!(
        kinds[..3],
        [(FlightKind::Opening, "client"), (FlightKind::Data, "client"), (FlightKind::Data, "server")]
    );
    assert_eq!(kinds.last().map(|(kind, _)| *kind), Some(FlightKind::Closing));
    // The path of the fixture takes 16 ms and something; the capture is the client's.
    let server = view.flights[2].wait.expect("it answers");
    let network = server.network.expect("a round trip was seen");
    assert!((16_000_000..18_000_000).contains(&network), "{network}");
    assert_eq!(server.think(), Some(server.whole - network));
    let client = view.flights[3].wait.expect("it answers");
    assert!(client.network.is_some_and(|network| network < 1_000_000), "{client:?}");
}

#[test]
fn every_step_is_in_one_flight() {
    for fixture in ["stacks-ok", "heavy-loss-ok", "one-sided-to-client", "capture-begins-in-handshake", "rst-on-accept"]
    {
        let view = view(fixture, 0);
        let mut at = 0;
        for flight in &view.flights {
            assert_eq!(flight.steps.start, at, "{fixture}");
            at = flight.steps.end;
        }
        assert_eq!(at, view.timeline.steps.len(), "{fixture}");
    }
}

#[test]
fn a_hello_that_the_snap_length_cuts_shows_its_fields_up_to_the_cut() {
    let view = view("snaplen-96", 0);
    let cut = view.timeline.steps.iter().position(|step| matches!(step.what, What::Cut { .. })).expect("a cut message");
    assert_eq!(words::name(&view.timeline.steps[cut].what), "Part of Client Hello");
    let trust = shakedown::internal::proto::tls::certificate::TrustStore::default();
    let detail =
        shakedown::internal::timeline::Detail::of(&view.trace, &view.streams, &view.timeline, cut, &[], &trust);
    let fields: Vec<_> = detail.sections.iter().flat_map(|section| section.root.walk()).collect();
    assert!(fields.iter().any(|field| field.name == "legacy_version" && field.value == "TLS 1.2 (0x0303)"));
    assert!(fields.iter().any(|field| field.issue.as_deref().is_some_and(|issue| issue.starts_with("cut"))));
}
