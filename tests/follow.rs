//! Streams put together from any segments: every byte with its packet, every gap with its size, none invented.

#![cfg(feature = "ui")]

mod common;

use common::play::{Made, Play};
use common::wire::{ACK, FIN, RST, SYN, URG, Wire};
use proptest::prelude::*;
use shakedown::internal::engine::follow::Part;
use shakedown::{Direction, FlowNumber, FlowRef, Options, Session};

const CLIENT: Direction = Direction::ToServer;
const SERVER: Direction = Direction::ToClient;

/// A flow of a made capture, followed: its parts, and what the map says of copies that differ.
struct Followed {
    parts: Vec<Part>,
    conflicts: Vec<(u64, u64, u32, u32)>,
    repeats: u64,
}

fn session(wire: &Wire) -> (Made, Session) {
    let made = Made::new(wire.bytes());
    let captures = vec![made.path().to_string_lossy().into_owned()];
    let session = Session::open(&Options { captures, ..Options::default() }).expect("a capture");
    session.wait();
    (made, session)
}

fn follow(wire: &Wire) -> Followed {
    follow_flow(wire, 0)
}

fn follow_flow(wire: &Wire, flow: u32) -> Followed {
    let (_made, session) = session(wire);
    let map = session.follow(FlowRef::main(FlowNumber(flow))).expect("the flow");
    let mut parts = Vec::new();
    let mut each = |part: &Part| {
        parts.push(part.clone());
        Ok(std::ops::ControlFlow::Continue(()))
    };
    map.walk(&|| false, &mut each).expect("readable packets");
    // What is read part by part is what the walk along the whole flow came across.
    for part in &parts {
        let again = map.part(part.number).expect("a part");
        assert_eq!((&again.pieces, &again.bytes), (&part.pieces, &part.bytes), "part {}", part.number);
    }
    let conflicts = map.conflicts();
    let conflicts = conflicts
        .iter()
        .filter_map(|(_, repeat)| Some((repeat.differs?.start, repeat.differs?.end, repeat.first?.0, repeat.packet.0)));
    Followed { parts, conflicts: conflicts.collect(), repeats: map.extent().repeats }
}

impl Followed {
    /// A direction as text, a gap of three bytes as `[3]`, each piece with its packet in front where `with_packets`.
    fn shown(&self, direction: Direction) -> String {
        let mut text = String::new();
        let mut next = 0;
        for part in &self.parts {
            for piece in part.pieces.iter().filter(|piece| piece.direction == direction) {
                assert_eq!(piece.range.start, next, "in stream order, without a hole");
                next = piece.range.end;
                match piece.at {
                    Some(_) => text.push_str(&String::from_utf8_lossy(part.piece_bytes(piece))),
                    None => text.extend(["[", &piece.range.len().to_string(), "]"]),
                }
            }
        }
        text
    }
}

fn check(wire: &Wire, client: &str, server: &str) {
    let followed = follow(wire);
    assert_eq!((followed.shown(CLIENT).as_str(), followed.shown(SERVER).as_str()), (client, server));
}

fn wire() -> Wire {
    let mut wire = Wire::new(1000, 5000);
    wire.open();
    wire
}

#[test]
fn segments_come_in_any_order_and_more_than_once() {
    check(wire().send(CLIENT, 3, b"def").send(CLIENT, 0, b"abc").send(SERVER, 0, b"xyz"), "abcdef", "xyz");
    check(wire().send(CLIENT, 0, b"abc").send(CLIENT, 0, b"abc").send(CLIENT, 2, b"cde"), "abcde", "");
    check(wire().send(CLIENT, 0, b"abc").send(CLIENT, 6, b"gh").send(CLIENT, 1, b"bcdefgh"), "abcdefgh", "");
}

#[test]
fn sequence_numbers_wrap() {
    let mut wire = Wire::new(u32::MAX - 3, u32::MAX);
    wire.open().send(CLIENT, 0, b"abcdef").send(CLIENT, 6, b"ghi").send(SERVER, 2, b"z").send(SERVER, 0, b"xy");
    check(&wire, "abcdefghi", "xyz");
}

#[test]
fn gaps_have_their_size() {
    check(wire().send(CLIENT, 0, b"abc").send(CLIENT, 10, b"k"), "abc[7]k", "");
    check(wire().send(CLIENT, 0, b"abc").acknowledge(CLIENT, 8), "abc[5]", "");
    let mut cut = wire();
    cut.snaplen = 58;
    check(cut.send(CLIENT, 0, b"abcdefgh").send(CLIENT, 8, b"ij"), "abcd[4]ij", "");
}

#[test]
fn a_capture_may_begin_in_the_middle_or_see_one_end_alone() {
    // The first packet tells by its acknowledgment where the other end is.
    check(Wire::new(1000, 5000).send(CLIENT, 500, b"abc").send(SERVER, 90, b"x"), "abc", "[90]x");
    let mut one_sided = Wire::new(1000, 5000);
    one_sided.packet(CLIENT, 1000, 0, SYN, &[]).send(CLIENT, 0, b"abc").send(CLIENT, 3, b"d");
    check(&one_sided, "abcd", "");
}

#[test]
fn both_ends_may_open_at_once() {
    let mut wire = Wire::new(1000, 5000);
    wire.packet(CLIENT, 1000, 0, SYN, &[]).packet(SERVER, 5000, 0, SYN, &[]);
    wire.packet(CLIENT, 1000, 5001, SYN | ACK, &[]).packet(SERVER, 5000, 1001, SYN | ACK, &[]);
    check(wire.send(CLIENT, 0, b"abc").send(SERVER, 0, b"xyz"), "abc", "xyz");
}

#[test]
fn a_syn_may_carry_data() {
    let mut wire = Wire::new(1000, 5000);
    wire.packet(CLIENT, 1000, 0, SYN, b"abc").packet(SERVER, 5000, 1004, SYN | ACK, &[]);
    check(wire.send(CLIENT, 3, b"def"), "abcdef", "");
}

#[test]
fn what_is_no_stream_data_is_left_out() {
    // The payload of a reset, and keep-alives with and without a byte.
    check(wire().send(CLIENT, 0, b"abc").send_with(SERVER, 0, RST | ACK, b"why"), "abc", "");
    let mut probed = wire();
    probed.send(CLIENT, 0, b"abc").acknowledge(CLIENT, 3).send(CLIENT, 2, b"").send(CLIENT, 2, b"\0");
    let followed = follow(&probed);
    assert_eq!((followed.shown(CLIENT).as_str(), followed.conflicts.len()), ("abc", 0));
    // Urgent data is stream data (RFC 6093), and what comes after a reset may still be.
    check(wire().send_with(CLIENT, 0, ACK | URG, b"ab").send(CLIENT, 2, b"c"), "abc", "");
}

#[test]
fn a_zero_window_probe_is_the_next_byte() {
    let mut wire = wire();
    wire.send(CLIENT, 0, b"abc").acknowledge(CLIENT, 3).send(CLIENT, 3, b"d").send(CLIENT, 3, b"def");
    check(&wire, "abcdef", "");
}

#[test]
fn ports_used_again_are_another_flow() {
    let mut wire = wire();
    wire.send(CLIENT, 0, b"first").send_with(CLIENT, 5, FIN | ACK, b"").send_with(SERVER, 0, FIN | ACK, b"");
    wire.first = [900_001, 700_001];
    wire.open().send(CLIENT, 0, b"second");
    assert_eq!(follow_flow(&wire, 0).shown(CLIENT), "first");
    assert_eq!(follow_flow(&wire, 1).shown(CLIENT), "second");
}

#[test]
fn a_conflict_names_both_packets_and_the_first_copy_wins() {
    let mut wire = wire();
    wire.send(CLIENT, 0, b"abcdef").send(CLIENT, 6, b"ghi").send(CLIENT, 2, b"cdXYgh").send(CLIENT, 0, b"abc");
    let followed = follow(&wire);
    assert_eq!(followed.shown(CLIENT), "abcdefghi");
    assert_eq!(followed.conflicts, [(4, 6, 4, 6)]);
    assert_eq!(followed.repeats, 3);
    // Also where the first copy still waits for earlier bytes when the second one comes.
    let mut waiting = self::wire();
    waiting.send(CLIENT, 3, b"def").send(CLIENT, 2, b"cdXf").send(CLIENT, 0, b"ab");
    let followed = follow(&waiting);
    assert_eq!((followed.shown(CLIENT).as_str(), &followed.conflicts[..]), ("abcdef", &[(4, 5, 4, 5)][..]));
}

#[test]
fn the_index_knows_of_conflicts() {
    let mut wire = wire();
    wire.send(CLIENT, 0, b"abcdef").send(CLIENT, 0, b"abcdef").send(CLIENT, 6, b"ghi");
    let issues = |wire: &Wire| {
        let (_made, session) = session(wire);
        let index = session.index();
        index.facts(FlowNumber(0)).map(|facts| facts.row.issues.names().collect::<Vec<_>>()).unwrap_or_default()
    };
    assert!(issues(&wire).is_empty());
    wire.send(CLIENT, 6, b"gXi");
    assert_eq!(issues(&wire), ["conflict"]);
}

#[test]
fn copies_and_conflicts_are_seen_on_the_screen() {
    let mut wire = wire();
    wire.send(CLIENT, 0, b"first line\n").send(CLIENT, 11, b"second line\n").send(CLIENT, 11, b"sXcond");
    wire.send(CLIENT, 0, b"first line\n").send(CLIENT, 30, b"third\n");
    let made = Made::new(wire.bytes());
    let mut play = Play::made(&made, (110, 20));
    play.press("f").shows("▸Rfirst line").shows("▸!second line").shows("[7 bytes were not captured]");
    play.shows("[! bytes 12 to 12 came again in packet 6 with other values; the first copy of packet 5 is shown]");
    play.shows("2 sent again (R), 1 with other bytes (!)").press("d d").lacks("second");
}

/// A long flow: `parts` MiB of numbered lines of the server, a question of the client before each.
fn long(parts: usize) -> (Made, Vec<u8>) {
    let mut wire = wire();
    let (mut sent, mut asked, mut lines) = (Vec::new(), 0, 0);
    for _ in 0..parts {
        wire.send(CLIENT, asked, b"more\n");
        asked += 5;
        let mut text = Vec::new();
        while text.len() < 1024 * 1024 {
            text.extend_from_slice(format!("line {lines:08} gr\u{fc}n \u{4e16}\u{754c}\n").as_bytes());
            lines += 1;
        }
        for chunk in text.chunks(1401) {
            wire.send(SERVER, sent.len() as u64, chunk);
            sent.extend_from_slice(chunk);
        }
    }
    (Made::new(wire.bytes()), sent)
}

#[test]
fn a_stream_of_many_parts_is_gone_through_searched_and_saved() {
    let (made, sent) = long(4);
    let mut play = Play::made(&made, (110, 20));
    let extent = |play: &Play| play.screens().follow.parts.extent().expect("a map");
    play.press("f").is_on("▶ client");
    assert!(extent(&play).parts > 3 && extent(&play).is_complete, "{:?}", extent(&play));
    let last = String::from_utf8_lossy(&sent).lines().last().expect("a line").to_owned();
    let last = last.split(" gr").next().expect("a beginning").to_owned();
    play.press("G").is_on(&last).press("g").is_on("▶ client");
    play.press("} }").is_on("▶ client").press("{").is_on("◀ server");
    // Page by page from one part to the next: no line is lost, none is cut, none comes twice.
    let mut number = 34_000;
    play.press("d d / line Space 00034000 Enter");
    let before = play.screens().follow.window.cursor.part;
    while play.screens().follow.window.cursor.part == before || number % 7 > 0 {
        assert!(play.cursor().contains(&format!("line {number:08} grün 世")));
        number += 16;
        play.press("PageDown");
    }
    let middle = sent.len() / 30 / 2;
    play.press(&format!("/ line Space {middle:08} Enter")).is_on(&format!("line {middle:08}")).shows("1 of 1 matches");
    play.press("k k").is_on(&format!("line {:08}", middle - 2));
    play.press("g / grün Enter").shows(&format!(" of {} matches", sent.split(|byte| *byte == b'\n').count() - 1));
    play.press("N").is_on(&last).press("n").shows(": 1 of");
    let file = made.beside("saved");
    play.press("w ctrl-u").press(&file.to_string_lossy()).press("Enter").shows("saved 4.2 MB");
    assert!(std::fs::read(file).expect("the file") == sent, "the saved bytes are those sent");
    // No more than a few parts are held, however far one goes.
    assert!(play.screens().follow.parts.held() <= 4);
}

#[test]
fn a_packet_far_away_is_found_and_leads_back() {
    let (made, _) = long(3);
    let mut play = Play::made(&made, (110, 20));
    play.press("f : packet Space 2000 Enter");
    assert_eq!(play.screens().follow.packet().map(|packet| packet.0), Some(2000));
    play.press("s").is_on("2000").press("f");
    assert_eq!(play.screens().follow.packet().map(|packet| packet.0), Some(2000));
}

/// Segments of a stream: which bytes each carries, whether it was captured at all, how often, in which order.
fn segments() -> impl Strategy<Value = (Vec<u8>, Vec<(usize, usize)>)> {
    let stream = prop::collection::vec(any::<u8>(), 1..400);
    stream.prop_flat_map(|stream| {
        let len = stream.len();
        let segments = prop::collection::vec((0..len, 1..60_usize), 0..40);
        let segments = segments.prop_map(move |all| {
            all.into_iter().map(|(start, size)| (start, (start + size).min(len))).collect::<Vec<_>>()
        });
        (Just(stream), segments)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever was captured of a stream, in whatever order, in whatever segments: what is read is exactly what was
    /// captured, at its place, and the gaps are exactly what was not.
    #[test]
    fn any_segments_give_the_stream_and_its_gaps((stream, segments) in segments(), isn in any::<u32>()) {
        let mut wire = Wire::new(isn, 5000);
        wire.open();
        for (start, end) in &segments {
            wire.send(CLIENT, *start as u64, &stream[*start..*end]);
        }
        wire.acknowledge(CLIENT, stream.len() as u64);
        let followed = follow(&wire);
        let mut next = 0;
        for part in &followed.parts {
            for piece in part.pieces.iter().filter(|piece| piece.direction == CLIENT) {
                prop_assert_eq!(piece.range.start, next);
                next = piece.range.end;
                let range = piece.range.start as usize..piece.range.end as usize;
                let captured = |at: usize| segments.iter().any(|(start, end)| (*start..*end).contains(&at));
                if piece.at.is_some() {
                    prop_assert_eq!(part.piece_bytes(piece), &stream[range.clone()]);
                    // The packet named is one that carried these bytes: the first one that did.
                    let carrier = piece.packet.0 as usize - 4;
                    let (start, end) = segments[carrier];
                    prop_assert!(start <= range.start && range.end <= end);
                    let first = segments.iter().position(|(start, end)| (*start..*end).contains(&range.start));
                    prop_assert_eq!(first, Some(carrier));
                } else {
                    prop_assert!(range.clone().all(|at| !captured(at)), "a gap where bytes were captured");
                }
            }
        }
        prop_assert_eq!(next, stream.len() as u64);
        prop_assert!(followed.conflicts.is_empty());
    }
}
