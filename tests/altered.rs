//! Fixtures of which packets are left out, cut, swapped or late: a good flow may become incomplete, never failed; a refusal
//! stays one.

mod common;

use std::io::Write as _;
use std::path::Path;

use common::blocks;
use shakedown::{Options, Outcome, Session};

/// Captures above this size teach nothing more and take longer.
const MOST: usize = 64 * 1024;
/// An Enhanced Packet Block, and what comes before its packet's bytes.
const ENHANCED_PACKET: [u8; 4] = 6_u32.to_le_bytes();
const BEFORE_PACKET: usize = 28;

fn is_packet(block: &[u8]) -> bool {
    block.starts_with(&ENHANCED_PACKET)
}

/// The block with at most `snaplen` bytes of its packet.
fn cut(block: &[u8], snaplen: usize) -> Vec<u8> {
    let captured = u32::from_le_bytes(block[20..24].try_into().expect("four bytes")) as usize;
    if !is_packet(block) || captured <= snaplen {
        return block.to_vec();
    }
    let padded = snaplen.next_multiple_of(4);
    let length = (BEFORE_PACKET + padded + 4) as u32;
    let mut block = block[..BEFORE_PACKET + snaplen].to_vec();
    block.resize(BEFORE_PACKET + padded, 0);
    block[4..8].copy_from_slice(&length.to_le_bytes());
    block[20..24].copy_from_slice(&(snaplen as u32).to_le_bytes());
    block.extend_from_slice(&length.to_le_bytes());
    block
}

/// How the flows of a capture come out, and why.
fn outcomes(bytes: &[u8]) -> Vec<(Option<Outcome>, String)> {
    let mut file = tempfile::Builder::new().suffix(".pcapng").tempfile().expect("a temporary file");
    file.write_all(bytes).expect("a temporary file takes bytes");
    let captures = vec![file.path().to_string_lossy().into_owned()];
    let session = Session::open(&Options { captures, ..Options::default() }).unwrap_or_else(|error| panic!("{error}"));
    session.wait();
    let index = session.index();
    index
        .iter()
        .map(|flow| {
            let headline = index.finding(flow.flow).map_or_else(String::new, |finding| finding.headline.clone());
            (flow.row.outcome, headline)
        })
        .collect()
}

/// The fixtures all of whose flows come out well.
fn good() -> Vec<(String, Vec<u8>)> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let read =
        |fixture: std::path::PathBuf| Some((name(&fixture), std::fs::read(fixture.join("capture.pcapng")).ok()?));
    let captures = common::fixtures().into_iter().filter_map(read).filter(|(_, bytes)| bytes.len() <= MOST);
    let is_good = |bytes: &[u8]| {
        let outcomes = outcomes(bytes);
        outcomes.iter().all(|(outcome, finding)| *outcome == Some(Outcome::Ok) && finding.is_empty())
    };
    let good: Vec<_> = captures.filter(|(_, bytes)| is_good(bytes)).collect();
    assert!(good.len() >= 20, "{} good fixtures", good.len());
    good
}

fn check(name: &str, lacks: &str, bytes: &[u8], wrong: &mut Vec<String>) {
    for (flow, (outcome, headline)) in outcomes(bytes).into_iter().enumerate() {
        if outcome == Some(Outcome::Failed) || !headline.is_empty() {
            wrong.push(format!("{name} without {lacks}: flow {flow} {outcome:?}, {headline}"));
        }
    }
}

#[test]
fn a_good_flow_of_which_the_capture_lacks_a_packet_never_failed() {
    let mut wrong = Vec::new();
    for (name, bytes) in good() {
        let blocks = blocks(&bytes);
        for (at, _) in blocks.iter().enumerate().filter(|(_, block)| is_packet(block)) {
            let without: Vec<u8> = [&blocks[..at], &blocks[at + 1..]].concat().concat();
            let packet = blocks[..at].iter().filter(|block| is_packet(block)).count() + 1;
            check(&name, &format!("packet {packet}"), &without, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_good_flow_that_the_snap_length_cuts_never_failed() {
    let mut wrong = Vec::new();
    for (name, bytes) in good() {
        for snaplen in [54, 60, 66, 68, 72, 80, 96, 116, 128, 160, 200, 256, 400, 700, 1000] {
            let cut: Vec<u8> = blocks(&bytes).iter().flat_map(|block| cut(block, snaplen)).collect();
            check(&name, &format!("what follows {snaplen} bytes of a packet"), &cut, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_good_flow_that_the_capture_joins_late_or_leaves_early_never_failed() {
    let mut wrong = Vec::new();
    for (name, bytes) in good() {
        let blocks = blocks(&bytes);
        let packets: Vec<usize> = (0..blocks.len()).filter(|at| is_packet(blocks[*at])).collect();
        for (count, at) in packets.iter().enumerate() {
            let begun: Vec<u8> =
                blocks[..packets[0]].iter().chain(&blocks[*at..]).copied().collect::<Vec<_>>().concat();
            check(&name, &format!("the first {count} packets"), &begun, &mut wrong);
            // What ends right behind a reset does not show that both ends outlive it.
            if name != "ignored-reset-ok" {
                check(&name, &format!("packet {} and what follows", count + 1), &blocks[..*at].concat(), &mut wrong);
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_good_flow_of_which_two_packets_are_captured_the_wrong_way_round_never_failed() {
    let mut wrong = Vec::new();
    for (name, bytes) in good() {
        let mut blocks = blocks(&bytes);
        let packets: Vec<usize> = (0..blocks.len()).filter(|at| is_packet(blocks[*at])).collect();
        for (count, pair) in packets.windows(2).enumerate() {
            blocks.swap(pair[0], pair[1]);
            check(
                &name,
                &format!("the order of packets {} and {}", count + 1, count + 2),
                &blocks.concat(),
                &mut wrong,
            );
            blocks.swap(pair[0], pair[1]);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The block with its packet captured `nanos` later; fixtures count in nanoseconds.
fn later(block: &[u8], nanos: u64) -> Vec<u8> {
    let word = |at: usize| u32::from_le_bytes(block[at..at + 4].try_into().expect("four bytes"));
    let time = (u64::from(word(12)) << 32 | u64::from(word(16))) + nanos;
    let mut block = block.to_vec();
    block[12..16].copy_from_slice(&((time >> 32) as u32).to_le_bytes());
    block[16..20].copy_from_slice(&(time as u32).to_le_bytes());
    block
}

#[test]
fn a_refusal_that_takes_the_client_long_stays_one() {
    for (name, cause) in [
        ("certificate-expired-curl", "certificate-expired"),
        ("certificate-self-signed-curl", "certificate-self-signed"),
        ("certificate-untrusted-go", "certificate-untrusted"),
        ("certificate-weak-key-curl", "certificate-weak"),
    ] {
        let bytes = std::fs::read(common::capture(name)).expect("the fixture");
        let flows: serde_json::Value = common::run(&["flows", "--format", "json", &common::capture(name)])
            .out
            .lines()
            .next()
            .map(|line| serde_json::from_str(line).expect("an object"))
            .expect("a flow");
        let alert = flows["tls"]["alerts"][0]["packet"].as_u64().expect("an alert") as usize;
        let mut number = 0;
        let delayed = blocks(&bytes).into_iter().flat_map(|block| {
            number += usize::from(is_packet(block));
            if is_packet(block) && number >= alert { later(block, 3_000_000_000) } else { block.to_vec() }
        });
        let delayed: Vec<u8> = delayed.collect();
        let ran = common::run_with(&["flows", "--format", "json", "-"], &delayed);
        assert!(ran.out.lines().next().is_some_and(|flow| flow.contains(cause)), "{name}: {}", ran.out);
    }
}
