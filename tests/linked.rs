//! What is linked to a flow, and what is one incident, as the commands say it.

mod common;

use common::wire::{ACK, RST, SYN, Wire, refused};
use serde_json::Value;
use shakedown::Direction::{ToClient, ToServer};

fn json(arguments: &[&str], input: Option<&[u8]>) -> Value {
    let ran = match input {
        Some(input) => common::run_with(arguments, input),
        None => common::run(arguments),
    };
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    serde_json::from_str(&ran.out).expect("an object")
}

fn link<'a>(links: &'a Value, kind: &str) -> &'a Value {
    let links = links.as_array().expect("links");
    links.iter().find(|link| link["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in {links:?}"))
}

#[test]
fn the_dns_answer_and_the_quic_try_are_linked_to_a_failed_flow() {
    let capture = common::capture("linked-quic-then-reset");
    let diagnosis = json(&["diagnose", "--format", "json", &capture], None);
    let links = &diagnosis["findings"][0]["links"];
    let dns = link(links, "dns-answer");
    let note = dns["note"].as_str().expect("a note");
    assert!(note.starts_with("DNS A api.example.test -> edge.example.test: 10.9.3.10 (asked in packet "), "{note}");
    assert!(dns["packet"].is_u64() && dns["inferred"].is_string(), "{dns}");
    let quic = link(links, "quic-unanswered");
    let note = quic["note"].as_str().expect("a note");
    assert!(note.starts_with("3 QUIC Initials from port ") && note.contains("to 10.9.3.10:443"), "{note}");
    let text = common::run(&["diagnose", &capture]).out;
    assert!(text.contains("linked: dns-answer, packet ") && text.contains("(inferred: "), "{text}");
    let markdown = common::run(&["diagnose", "--format", "markdown", &capture]).out;
    assert!(markdown.contains("Linked:\n\n- dns-answer"), "{markdown}");
}

#[test]
fn a_good_flow_has_links_too() {
    let capture = common::capture("linked-quic-then-ok");
    let handshake = json(&["handshake", "--format", "json", &capture, "0"], None);
    for kind in ["dns-answer", "quic-unanswered"] {
        link(&handshake["links"], kind);
    }
    let text = common::run(&["handshake", &capture, "0"]).out;
    assert!(text.contains("\nLinked\n  dns-answer, packet "), "{text}");
}

#[test]
fn a_flow_without_links_has_no_such_key() {
    let handshake = json(&["handshake", "--format", "json", &common::capture("tls13-ok"), "0"], None);
    assert_eq!(handshake.get("links"), None);
}

#[test]
fn an_icmp_error_is_linked_to_the_flow_it_quotes() {
    let capture = common::capture("hello-icmp-prohibited");
    let handshake = json(&["handshake", "--format", "json", &capture, "0"], None);
    assert_eq!(link(&handshake["links"], "icmp")["packet"], 7);
}

/// The packets of a fixture twice: as they are, and with the client's address as another one that has the same checksum.
fn translated(fixture: &str) -> Vec<u8> {
    let bytes = std::fs::read(common::capture(fixture)).expect("a capture");
    let mut both = Vec::new();
    for block in common::blocks(&bytes) {
        both.extend_from_slice(block);
        let mut copy = block.to_vec();
        // The hardware address has the same four bytes, before the IP address.
        let client = (0..copy.len().saturating_sub(4)).filter(|at| copy[*at..at + 4] == [10, 9, 1, 2]).nth(1);
        if copy[..4] == [6, 0, 0, 0]
            && let Some(at) = client
        {
            copy[at..at + 4].copy_from_slice(&[1, 2, 10, 9]);
            both.extend_from_slice(&copy);
        }
    }
    both
}

#[test]
fn both_sides_of_a_translation_are_linked() {
    let capture = translated("tls13-ok");
    for (flow, other, address) in [("0", 1, "1.2.10.9:"), ("1", 0, "10.9.1.2:")] {
        let handshake = json(&["handshake", "--format", "json", "-", flow], Some(&capture));
        let same = link(&handshake["links"], "same-connection");
        assert_eq!(same["flow"], other);
        let note = same["note"].as_str().unwrap_or_default();
        assert!(note.starts_with(&format!("the same ClientHello, from {address}")), "{note}");
        assert!(same["inferred"].as_str().is_some_and(|text| text.contains("source NAT")), "{same}");
    }
}

#[test]
fn an_icmp_error_stands_under_its_sender() {
    let capture = common::capture("syn-icmp-prohibited");
    let handshake = json(&["handshake", "--format", "json", &capture, "0"], None);
    let steps = handshake["steps"].as_array().cloned().unwrap_or_default();
    let icmp = steps.iter().find(|step| step["kind"] == "icmp").expect("the error behind the flow's last segment");
    assert_eq!((&icmp["packet"], &icmp["sender"]), (&4.into(), &"10.9.1.1".into()));
    let text = common::run(&["handshake", &capture, "0"]).out;
    assert!(text.contains("<- 10.9.1.1") && !text.contains("<- server"), "{text}");
}

#[test]
fn a_refused_flow_is_linked_to_the_one_before_on_its_ports() {
    let capture = refused([50_000, 50_000]);
    let diagnosis = json(&["diagnose", "--format", "json", "-"], Some(&capture));
    let previous = link(&diagnosis["findings"][1]["links"], "previous-flow");
    assert_eq!(previous["flow"], 0);
    assert!(previous["inferred"].as_str().is_some_and(|text| text.contains("NAT or firewall")), "{previous}");
    let first = diagnosis["findings"][0]["links"].to_string();
    assert!(!first.contains("previous-flow"), "{first}");
}

#[test]
fn a_retry_storm_is_one_incident_and_counts_as_many() {
    let capture = refused(50_000..50_012);
    let diagnosis = json(&["diagnose", "--format", "json", "-"], Some(&capture));
    let incidents = diagnosis["incidents"].as_array().expect("incidents");
    assert_eq!(incidents.len(), 1);
    let incident = &incidents[0];
    assert_eq!(incident["count"], 12);
    assert_eq!(incident["client"], "10.0.0.1");
    assert_eq!(incident["server"], "10.0.0.2:443");
    assert_eq!(incident["flows"].as_array().map(Vec::len), Some(12));
    assert_eq!(diagnosis["failed"], 12);
    let text = common::run_with(&["diagnose", "-"], &capture).out;
    assert!(text.contains("One incident: 12 failed flows of 10.0.0.1 to 10.0.0.2:443"), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains("  server    ")).count(), 1, "one line for all\n{text}");
}

/// A DNS message about the A record of `a.test`: the flags, and the answer's address.
fn dns(id: u8, flags: [u8; 2], address: Option<[u8; 4]>) -> Vec<u8> {
    let mut message = vec![0, id, flags[0], flags[1], 0, 1, 0, u8::from(address.is_some()), 0, 0, 0, 0];
    message.extend_from_slice(b"\x01a\x04test\0\0\x01\0\x01");
    if let Some(address) = address {
        message.extend_from_slice(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04");
        message.extend_from_slice(&address);
    }
    message
}

#[test]
fn a_failed_lookup_an_inferred_name_and_an_answered_try_are_told_apart() {
    let mut wire = Wire::new(0, 0);
    wire.datagram(ToServer, [40_000, 53], &dns(1, [1, 0], None));
    wire.datagram(ToClient, [53, 40_000], &dns(1, [0x81, 0x82], None));
    wire.datagram(ToServer, [40_001, 53], &dns(2, [1, 0], None));
    wire.datagram(ToClient, [53, 40_001], &dns(2, [0x81, 0x80], Some([10, 0, 0, 2])));
    wire.datagram(ToServer, [40_002, 443], &[0xc3, 0, 0, 0, 1, 8]);
    wire.datagram(ToClient, [443, 40_002], &[0x80, 0, 0, 0, 0, 8]);
    wire.packet(ToServer, 1000, 0, SYN, &[]);
    wire.packet(ToClient, 0, 1001, RST | ACK, &[]);
    let diagnosis = json(&["diagnose", "--format", "json", "-"], Some(wire.bytes()));
    let links = &diagnosis["findings"][0]["links"];
    let answer = link(links, "dns-answer");
    assert_eq!(answer["packet"], 4);
    assert!(answer["inferred"].as_str().is_some_and(|text| text.contains("no server name")), "{answer}");
    let failure = link(links, "dns-failure");
    assert_eq!(failure["packet"], 2);
    assert!(failure["note"].as_str().is_some_and(|text| text.starts_with("DNS A a.test: SERVFAIL")), "{failure}");
    let quic = link(links, "quic-answered");
    assert!(quic["note"].as_str().is_some_and(|text| text.contains("answered in packet 6")), "{quic}");
}

#[test]
fn a_scan_is_one_incident() {
    let capture = common::capture("port-scan");
    let diagnosis = json(&["diagnose", "--format", "json", &capture], None);
    let incidents = diagnosis["incidents"].as_array().expect("incidents");
    assert_eq!(incidents.len(), 1);
    let incident = &incidents[0];
    assert_eq!((&incident["noise"], &incident["count"]), (&"scan".into(), &38.into()));
    assert_eq!((&incident["client"], incident.get("server")), (&"10.9.1.2".into(), None));
    assert_eq!(diagnosis["connect"]["failed"], 38);
    assert_eq!(diagnosis["tls"]["failed"], 0);
    let text = common::run(&["diagnose", &capture]).out;
    assert!(text.contains("One incident (scan): 38 failed flows of 10.9.1.2 to 38 ports of 10.9.3.10"), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains("  server    ")).count(), 1, "one line for all\n{text}");
    // As many ports as services have are none, and yet one client's failures.
    let few = json(&["diagnose", "--format", "json", &common::capture("services-refused")], None);
    let incident = &few["incidents"][0];
    assert_eq!((&incident["count"], incident.get("noise"), few.get("noise")), (&12.into(), None, None));
}

#[test]
fn a_few_failures_are_no_incident() {
    let diagnosis = json(&["diagnose", "--format", "json", "-"], Some(&refused(50_000..50_009)));
    assert_eq!(diagnosis.get("incidents"), None);
}
