//! What keys open: the index, the timeline and the diagnosis read it as if it were in clear; and what they do not open is
//! not held against anybody.

mod common;

use std::path::Path;

use serde_json::Value;
use shakedown::internal::timeline::words;
use shakedown::internal::vocab::iana::HandshakeType;
use shakedown::{Direction, FlowNumber, FlowRef, FlowView, Options, Session, Step, What};

/// Block types of pcapng.
const ENHANCED_PACKET: u32 = 6;
const DECRYPTION_SECRETS: u32 = 10;

struct Fixture {
    bytes: Vec<u8>,
    keys: Vec<u8>,
}

impl Fixture {
    fn read(name: &str) -> Self {
        let folder = common::root().join("fixtures").join(name);
        let read =
            |file: &str| std::fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{name}/{file}: {error}"));
        Self { bytes: read("capture.pcapng"), keys: read("keys.log") }
    }

    /// The capture without some of its packets.
    fn without(&self, packets: &[u32]) -> Vec<u8> {
        let mut number = 0;
        let mut kept = Vec::new();
        for block in common::blocks(&self.bytes) {
            number += u32::from(kind(block) == ENHANCED_PACKET);
            if kind(block) != ENHANCED_PACKET || !packets.contains(&number) {
                kept.extend_from_slice(block);
            }
        }
        kept
    }

    /// The capture with its keys in a block of their own behind the last packet.
    fn with_keys_at_the_end(&self) -> Vec<u8> {
        let padded = self.keys.len().next_multiple_of(4);
        let total = (20 + padded) as u32;
        let mut bytes = self.bytes.clone();
        for word in [DECRYPTION_SECRETS, total, 0x544c_534b, self.keys.len() as u32] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(&self.keys);
        bytes.resize(bytes.len() + padded - self.keys.len(), 0);
        bytes.extend(total.to_le_bytes());
        bytes
    }
}

fn kind(block: &[u8]) -> u32 {
    u32::from_le_bytes(block[..4].try_into().expect("four bytes"))
}

/// A folder with a capture and a key log in it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(capture: &[u8], keys: Option<&[u8]>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("x.pcapng"), capture).expect("a full disk");
        if let Some(keys) = keys {
            std::fs::write(folder.path().join("keys.log"), keys).expect("a full disk");
        }
        Self { folder }
    }

    fn session(&self) -> Session {
        let place = |name: &str| self.folder.path().join(name);
        let captures = vec![place("x.pcapng").to_string_lossy().into_owned()];
        let keylog = Some(place("keys.log")).filter(|path| path.exists());
        let session = Session::open(&Options { captures, keylog, ..Options::default() }).expect("a readable capture");
        session.wait();
        session
    }

    fn view(&self) -> FlowView {
        view(&self.session())
    }

    fn json(&self, command: &str) -> Value {
        let place = |name: &str| self.folder.path().join(name).to_string_lossy().into_owned();
        let (capture, keys) = (place("x.pcapng"), place("keys.log"));
        let mut arguments = vec![command, "--format", "json", &capture];
        if Path::new(&keys).exists() {
            arguments.extend(["--keylog", &keys]);
        }
        let ran = common::run(&arguments);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
        serde_json::from_str(&ran.out).expect("one object")
    }
}

fn view(session: &Session) -> FlowView {
    session.view(FlowRef::main(FlowNumber(0))).expect("a readable flow")
}

/// The names of the decrypted steps of one end.
fn decrypted(view: &FlowView, from: Direction) -> Vec<String> {
    let own = |step: &&Step| step.decrypted && step.from == from;
    view.timeline.steps.iter().filter(own).map(|step| words::name(&step.what).into_owned()).collect()
}

fn is_bad_tag(step: &Step) -> bool {
    matches!(step.what, What::BadTag(_))
}

#[test]
fn tls_13_opens_from_the_encrypted_extensions_to_the_last_alert() {
    let fixture = Fixture::read("tls13-ok");
    let view = Desk::new(&fixture.bytes, Some(&fixture.keys)).view();
    let server = decrypted(&view, Direction::ToClient);
    let flight = ["Encrypted Extensions", "Certificate", "Certificate Verify", "Finished"];
    assert_eq!(server[..4], flight);
    assert!(
        ["New Session Ticket", "Application Data"].iter().all(|name| server.iter().any(|one| one == name)),
        "{server:?}"
    );
    assert_eq!(decrypted(&view, Direction::ToServer)[..2], ["Finished", "Application Data"]);
    assert!(!view.timeline.steps.iter().any(Step::is_inferred), "nothing is left to infer");
}

#[test]
fn a_decrypted_step_has_its_plaintext_and_the_place_of_its_ciphertext() {
    let fixture = Fixture::read("tls13-ok");
    let view = Desk::new(&fixture.bytes, Some(&fixture.keys)).view();
    for step in view.timeline.steps.iter().filter(|step| step.decrypted && step.what.message().is_some()) {
        let length: u64 = step.spans.iter().map(|span| span.len()).sum();
        assert_eq!(length, step.body.len() as u64, "{:?}", step.what);
        assert_eq!(Some(step.body[0]), step.what.message().map(|kind| kind.0));
        let sealed: Vec<u8> =
            step.spans.iter().flat_map(|span| view.streams.slice(&view.trace, step.from, *span)).collect();
        assert_ne!(sealed, step.body, "{:?}", step.what);
    }
}

#[test]
fn tls_12_opens_the_finished_messages_and_the_alerts() {
    let fixture = Fixture::read("tls12-ok");
    let view = Desk::new(&fixture.bytes, Some(&fixture.keys)).view();
    for from in Direction::BOTH {
        assert_eq!(decrypted(&view, from)[..2], ["Finished", "Application Data"], "{}", from.sender());
    }
    assert!(view.tls.alerts.iter().any(|alert| alert.decrypted));
}

#[test]
fn zero_rtt_data_does_not_hide_the_clients_finished() {
    let fixture = Fixture::read("early-data-ok");
    let session = Desk::new(&fixture.bytes, Some(&fixture.keys)).session();
    let index = session.index();
    let last = index.iter().last().expect("a flow").flow;
    drop(index);
    let view = session.view(FlowRef::main(last)).expect("a readable flow");
    let client = decrypted(&view, Direction::ToServer);
    assert!(client.iter().any(|name| name == "Finished"), "{client:?}");
    assert!(!view.timeline.steps.iter().any(is_bad_tag));
}

/// Keys may come after what they open: the index agrees with the view all the same.
#[test]
fn keys_at_the_end_of_the_capture_open_what_came_before() {
    let fixture = Fixture::read("tls13-ok");
    let inside = Desk::new(&fixture.with_keys_at_the_end(), None);
    let beside = Desk::new(&fixture.bytes, Some(&fixture.keys));
    let session = inside.session();
    let indexed = session.index().facts(FlowNumber(0)).and_then(|facts| facts.tls.cloned()).expect("a TLS flow");
    assert_eq!(indexed, view(&session).tls);
    assert_eq!(inside.json("flows")["tls"], beside.json("flows")["tls"]);
    assert_eq!(inside.json("flows")["tls"]["certificates"], 2);
}

#[test]
fn keys_of_another_connection_open_nothing_and_accuse_nobody() {
    let fixture = Fixture::read("tls13-ok");
    // The right connection's random with the wrong secrets: every digit of a secret turned into another.
    let text = String::from_utf8(fixture.keys.clone()).expect("a key log is text");
    let mut wrong = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (head, secret) = line.rsplit_once(' ').expect("three fields");
        wrong.extend([head, " "]);
        wrong.extend(secret.chars().rev());
        wrong.push('\n');
    }
    let desk = Desk::new(&fixture.bytes, Some(wrong.as_bytes()));
    let view = desk.view();
    assert!(!view.timeline.steps.iter().any(|step| step.decrypted || is_bad_tag(step)));
    let mut without = desk.json("flows");
    let mut none = Desk::new(&fixture.bytes, None).json("flows");
    for flow in [&mut without, &mut none] {
        flow["capture"] = Value::Null;
    }
    assert_eq!(without, none, "as if there were no keys");
}

/// The place in the capture of a step's first byte.
fn place(fixture: &Fixture, view: &FlowView, step: &Step) -> usize {
    let span = step.spans[0];
    let sealed = view.streams.slice(&view.trace, step.from, span);
    let needle = &sealed[..sealed.len().min(16)];
    fixture.bytes.windows(needle.len()).position(|window| window == needle).expect("the capture holds it")
}

#[test]
fn a_damaged_record_after_good_ones_does_not_verify() {
    let mut fixture = Fixture::read("tls13-ok");
    let view = Desk::new(&fixture.bytes, Some(&fixture.keys)).view();
    let is_data = |step: &&Step| step.what.is_application_data() && step.from == Direction::ToClient;
    let data = view.timeline.steps.iter().find(is_data).expect("the server's answer");
    let at = place(&fixture, &view, data);
    fixture.bytes[at + 3] ^= 1;
    let desk = Desk::new(&fixture.bytes, Some(&fixture.keys));
    let damaged = desk.view();
    let bad: Vec<&Step> = damaged.timeline.steps.iter().filter(|step| is_bad_tag(step)).collect();
    assert_eq!(bad.iter().map(|step| step.packet).collect::<Vec<_>>(), [data.packet]);
    let diagnosis = desk.json("diagnose");
    assert_eq!(diagnosis["findings"][0]["cause"], "bad-record-mac");
    assert_eq!(diagnosis["findings"][0]["ended_by"], "client");
}

#[test]
fn a_damaged_record_before_any_good_one_is_only_not_opened() {
    let mut fixture = Fixture::read("tls13-ok");
    let view = Desk::new(&fixture.bytes, Some(&fixture.keys)).view();
    let finished = |step: &&Step| {
        step.decrypted && step.from == Direction::ToServer && step.what == What::Message(HandshakeType::FINISHED)
    };
    let at = place(&fixture, &view, view.timeline.steps.iter().find(finished).expect("the client's Finished"));
    fixture.bytes[at] ^= 1;
    let damaged = Desk::new(&fixture.bytes, Some(&fixture.keys)).view();
    assert!(!damaged.timeline.steps.iter().any(is_bad_tag), "the keys may be wrong");
    assert_eq!(
        decrypted(&damaged, Direction::ToServer)[0],
        "Application Data",
        "the next record opens with the next key"
    );
}

#[test]
fn missing_packets_are_searched_past_and_accuse_nobody() {
    for name in ["tls13-ok", "tls12-ok", "stacks-ok", "heavy-loss-ok"] {
        let fixture = Fixture::read(name);
        let packets =
            common::blocks(&fixture.bytes).iter().filter(|block| kind(block) == ENHANCED_PACKET).count() as u32;
        for missing in 1..=packets.min(40) {
            let session = Desk::new(&fixture.without(&[missing]), Some(&fixture.keys)).session();
            let view = view(&session);
            assert!(!view.timeline.steps.iter().any(is_bad_tag), "{name} without packet {missing}");
            let indexed = session.index().facts(FlowNumber(0)).and_then(|facts| facts.tls.cloned()).unwrap_or_default();
            assert_eq!(indexed, view.tls, "{name} without packet {missing}");
        }
    }
}

/// What was sent again with other bytes has two readings; that the first does not verify proves nothing.
#[test]
fn a_record_captured_twice_with_different_bytes_is_not_judged() {
    let fixture = Fixture::read("tls13-ok");
    let view = Desk::new(&fixture.bytes, Some(&fixture.keys)).view();
    let is_data = |step: &&Step| step.what.is_application_data() && step.from == Direction::ToClient;
    let data = view.timeline.steps.iter().find(is_data).expect("the server's answer");
    let at = place(&fixture, &view, data);
    let mut number = 0;
    let mut bytes = Vec::new();
    for block in common::blocks(&fixture.bytes) {
        number += u32::from(kind(block) == ENHANCED_PACKET);
        let first = kind(block) == ENHANCED_PACKET && number == data.packet.0;
        if first {
            // A damaged copy goes first.
            let start = block.as_ptr() as usize - fixture.bytes.as_ptr() as usize;
            let mut copy = block.to_vec();
            copy[at - start] ^= 1;
            bytes.extend(copy);
        }
        bytes.extend_from_slice(block);
    }
    let twice = Desk::new(&bytes, Some(&fixture.keys));
    assert!(!twice.view().timeline.steps.iter().any(is_bad_tag));
    assert_ne!(twice.json("diagnose")["findings"][0]["cause"], "bad-record-mac");
}

#[test]
fn a_key_log_that_cannot_be_read_is_one_line() {
    let capture = common::capture("tls13-ok");
    let ran = common::run(&["flows", &capture, "--keylog", "/nonexistent/keys.log"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("/nonexistent/keys.log: cannot read the key log"), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn what_is_no_key_log_is_told_and_nothing_else_suffers() {
    let capture = common::capture("tls13-ok");
    let ran = common::run(&["flows", &capture, "--keylog", &capture]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.err.contains("malformed"), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}
