//! What is linked to a flow, and what is one incident, as the commands say it.

mod common;

use common::wire::{ACK, RST, SYN, Wire};
use serde_json::Value;
use shakedown::vocab::Direction::{ToClient, ToServer};

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

/// Connections to a port that refuses them, from these client ports.
fn refused(ports: impl IntoIterator<Item = u16>) -> Vec<u8> {
    let mut wire = Wire::new(0, 0);
    for (number, port) in ports.into_iter().enumerate() {
        let isn = 1000 * (number as u32 + 1);
        wire.port = port;
        wire.packet(ToServer, isn, 0, SYN, &[]);
        wire.packet(ToClient, 0, isn + 1, RST | ACK, &[]);
    }
    wire.bytes().to_vec()
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

#[test]
fn a_few_failures_are_no_incident() {
    let diagnosis = json(&["diagnose", "--format", "json", "-"], Some(&refused(50_000..50_009)));
    assert_eq!(diagnosis.get("incidents"), None);
}
