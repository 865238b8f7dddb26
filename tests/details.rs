//! Every field of every step of every fixture: its bytes lie in its pane, and what is decoded agrees with the flow.

mod common;

use shakedown::internal::timeline::{Detail, words};
use shakedown::internal::vocab::Field;
use shakedown::{Direction, FlowNumber, FlowRef, Options, Session, Step};

/// Flows of one capture that are looked at; the large ones repeat themselves.
const MAX_FLOWS: usize = 40;

/// Calls `look` with every step of the fixtures' flows and its detail.
fn every_step(mut look: impl FnMut(&str, &Session, &Step, &Detail)) {
    for fixture in common::fixtures() {
        let capture = fixture.join("capture.pcapng").to_string_lossy().into_owned();
        let keys = fixture.join("keys.log");
        let opened = keys.exists().then(|| open(&capture, Some(keys)));
        for session in opened.into_iter().chain([open(&capture, None)]) {
            let flows = session.index().len();
            for flow in (0..flows).step_by(flows.div_ceil(MAX_FLOWS).max(1)) {
                let view = session.view(FlowRef::main(FlowNumber(flow as u32))).expect("a flow that opens");
                for (at, step) in view.timeline.steps.iter().enumerate() {
                    let detail = session.detail(&view, at).expect("a detail");
                    let called = words::name(&step.what);
                    let name = format!("{capture} flow {flow} step {at}, packet {}: {called}", step.packet);
                    look(&name, &session, step, &detail);
                }
            }
        }
    }
}

fn open(capture: &str, keylog: Option<std::path::PathBuf>) -> Session {
    let options = Options { captures: vec![capture.to_owned()], keylog, ..Options::default() };
    let session = Session::open(&options).unwrap_or_else(|error| panic!("{error}"));
    session.wait();
    session
}

fn check_ranges(field: &Field, pane: usize, name: &str) {
    assert!(
        field.range.start <= field.range.end && field.range.end <= pane,
        "{name}: {} {:?}",
        field.name,
        field.range
    );
    for child in &field.children {
        let inside = field.range.start <= child.range.start && child.range.end <= field.range.end;
        // What no byte says (when a frame was captured) has an empty range.
        assert!(
            inside || child.range == (0..0),
            "{name}: {} {:?} in {} {:?}",
            child.name,
            child.range,
            field.name,
            field.range
        );
        check_ranges(child, pane, name);
    }
}

#[test]
fn every_field_lies_in_its_pane_and_in_its_parent() {
    every_step(|name, _, step, detail| {
        assert!(!detail.panes.is_empty() && !detail.sections.is_empty(), "{name}: nothing to see");
        assert!(detail.subject < detail.sections.len(), "{name}");
        for section in &detail.sections {
            let pane = detail.panes.get(section.pane).unwrap_or_else(|| panic!("{name}: no pane {}", section.pane));
            check_ranges(&section.root, pane.bytes.len(), name);
        }
        let frames = detail.sections.iter().filter(|section| section.root.name == "Frame").count();
        assert_eq!(frames, 1, "{name}: one packet shows the step");
        let subject = &detail.sections[detail.subject];
        if step.what.message().is_some() && !step.decrypted {
            let bytes = &detail.panes[subject.pane].bytes[subject.root.range.clone()];
            assert_eq!(bytes, step.body, "{name}: the tree lies over the message");
        }
    });
}

/// The tree's numbers are those the decoder gave to the flow.
#[test]
fn the_tree_and_the_decoder_agree_on_every_segment() {
    let mut segments = 0;
    for fixture in common::fixtures() {
        let capture = fixture.join("capture.pcapng").to_string_lossy().into_owned();
        let session = open(&capture, None);
        let flows = session.index().len();
        for flow in (0..flows).step_by(flows.div_ceil(MAX_FLOWS).max(1)) {
            let view = session.view(FlowRef::main(FlowNumber(flow as u32))).expect("a flow that opens");
            let steps = view.timeline.steps.iter().enumerate().filter(|(_, step)| step.what.is_segment());
            for (at, step) in steps {
                let detail = session.detail(&view, at).expect("a detail");
                let segment = view.trace.by_packet(step.packet).expect("a segment");
                let (mut from, mut to) = (view.trace.row.client, view.trace.row.server);
                if segment.direction == Direction::ToClient {
                    std::mem::swap(&mut from, &mut to);
                }
                let ip =
                    detail.sections.iter().rev().find(|section| section.root.name.starts_with("Internet Protocol"));
                let tcp = &detail.sections[detail.subject].root;
                let value = |path: &str| tcp.find(path).map(|field| field.value.clone()).unwrap_or_default();
                let name = format!("{capture} packet {}", step.packet);
                assert_eq!(ip.map(|ip| ip.root.value.clone()), Some(format!("{} → {}", from.ip, to.ip)), "{name}");
                assert_eq!(value("Source Port"), from.port.to_string(), "{name}");
                assert_eq!(value("Destination Port"), to.port.to_string(), "{name}");
                assert_eq!(value("Sequence Number"), segment.seq.to_string(), "{name}");
                assert_eq!(value("Acknowledgment Number"), segment.ack.to_string(), "{name}");
                assert_eq!(value("Window Size Value"), segment.window.to_string(), "{name}");
                let payload = tcp.find("TCP payload");
                let length = payload.map_or("0 bytes", |field| field.value.as_str());
                assert_eq!(length, format!("{} bytes", segment.payload_len), "{name}");
                let range = payload.map_or(0..0, |field| field.range.clone());
                let pane = &detail.panes[detail.sections[detail.subject].pane].bytes;
                assert_eq!(&pane[range], view.trace.payload(segment), "{name}");
                segments += 1;
            }
        }
    }
    assert!(segments > 1000, "{segments}");
}

/// The subject of the first step of that name.
fn subject(fixture: &str, flow: u32, step: &str) -> (Detail, Field) {
    let session = open(&common::capture(fixture), None);
    let view = session.view(FlowRef::main(FlowNumber(flow))).expect("a flow that opens");
    let at = view.timeline.steps.iter().position(|one| words::name(&one.what) == step);
    let at = at.unwrap_or_else(|| panic!("no {step} in {fixture}"));
    let detail = session.detail(&view, at).expect("a detail");
    let root = detail.sections[detail.subject].root.clone();
    (detail, root)
}

fn titles(detail: &Detail) -> Vec<&str> {
    detail.panes.iter().map(|pane| pane.title.as_str()).collect()
}

#[test]
fn a_message_in_one_segment_is_shown_in_its_packet() {
    let (detail, hello) = subject("tls12-ok", 0, "Client Hello");
    assert_eq!(titles(&detail), ["Packet 6"]);
    assert_eq!(hello.name, "client_hello");
    assert_eq!(hello.find("extensions/server_name").map(|name| name.value.as_str()), Some("old.example.test"));
}

#[test]
fn a_message_over_several_segments_is_put_together() {
    let (detail, chain) = subject("tls12-ok", 0, "Certificate");
    assert_eq!(titles(&detail), ["Packet 8", "Packet 10", "Certificate, reassembled from 2 segments"]);
    let leaf = "certificate_list/certificate/tbsCertificate/extensions/subjectAltName";
    assert_eq!(chain.find(leaf).map(|name| name.value.as_str()), Some("old.example.test"));
}

#[test]
fn an_alert_says_what_it_means() {
    let (_, alert) = subject("alert-internal-error", 0, "Alert (fatal, internal_error)");
    assert_eq!(alert.value, "fatal internal_error");
    assert!(alert.children[1].note.as_deref().is_some_and(|note| note.contains("error of its own")), "{alert:?}");
}

#[test]
fn what_is_inferred_is_said_as_inferred() {
    let (_, record) = subject("tls13-ok", 0, "Encrypted Extensions");
    let inferred = record.find("Inferred Content").expect("it is there");
    assert_eq!(inferred.value, "Encrypted Extensions");
    assert!(inferred.note.as_deref().is_some_and(|note| note.starts_with("Not seen")), "{inferred:?}");
}

#[test]
fn a_gap_names_the_packets_that_prove_it() {
    let (detail, gap) = subject("mtu-black-hole-client-side", 0, "1448 bytes not captured");
    assert_eq!(titles(&detail), ["Packet 8"]);
    assert_eq!(gap.find("After").map(|field| field.value.as_str()), Some("packet 8"));
    assert_eq!(gap.find("Stream Bytes").map(|field| field.value.as_str()), Some("0 to 1447"));
    let (_, gap) = subject("snaplen-96", 0, "487 bytes not captured");
    assert!(gap.value.contains("snap length"), "{}", gap.value);
}

#[test]
fn text_is_shown_line_by_line() {
    let (_, page) = subject("block-page-curl", 0, "Plain text (HTTP)");
    assert_eq!(page.children[1].value, "Server: webfilter");
}

#[test]
fn an_icmp_error_shows_the_quoted_segment() {
    let (_, error) = subject("hello-icmp-prohibited", 0, "ICMP communication administratively prohibited");
    let quoted = error.find("Transmission Control Protocol/Destination Port");
    assert_eq!(quoted.map(|field| field.value.as_str()), Some("443"));
}

#[test]
fn unfinished_messages_are_shown_as_far_as_they_came() {
    let (_, record) = subject("half-a-server-hello-then-fin", 0, "Unfinished handshake record");
    assert!(record.issue.is_some(), "{record:?}");
    assert!(record.find("server_hello/random").is_some(), "{record:#?}");
}
