//! Every format and source: the packets of a fixture, written anew in each form, give the same flows.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{capture, run, run_with};
use serde_json::Value;
use shakedown::internal::capture::{Found, Scanner};

const FIXTURE: &str = "post-quantum-hello-ok";

struct Packet {
    nanos: i64,
    bytes: Vec<u8>,
}

/// The packets of a fixture.
fn packets(fixture: &str) -> Vec<Packet> {
    let bytes = fs::read(capture(fixture)).expect("a fixture");
    let mut packets = Vec::new();
    let mut take = |found: Found<'_>| {
        if let Found::Packet(packet) = found {
            packets.push(Packet { nanos: packet.time.0, bytes: packet.data.to_vec() });
        }
    };
    Scanner::default().scan(&bytes, 0, true, &mut take).expect("a capture");
    packets
}

/// Numbers in one byte order.
#[derive(Clone, Copy)]
struct Order {
    big: bool,
}

const LITTLE: Order = Order { big: false };
const BIG: Order = Order { big: true };

impl Order {
    fn u16(self, value: u16) -> [u8; 2] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn u32(self, value: u32) -> [u8; 4] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn u64(self, value: u64) -> [u8; 8] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    /// A pcapng block: type, length, body padded to four bytes, length.
    fn block(self, kind: u32, body: &[u8]) -> Vec<u8> {
        let padded = body.len().next_multiple_of(4);
        let length = self.u32(padded as u32 + 12);
        let padding = vec![0; padded - body.len()];
        [&self.u32(kind)[..], &length, body, &padding, &length].concat()
    }

    fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let padding = vec![0; value.len().next_multiple_of(4) - value.len()];
        [&self.u16(code)[..], &self.u16(value.len() as u16), value, &padding].concat()
    }

    fn section(self) -> Vec<u8> {
        let body = [&self.u32(0x1a2b_3c4d)[..], &self.u16(1), &self.u16(0), &[0xff; 8], &self.option(4, b"a test")];
        self.block(0x0a0d_0d0a, &body.concat())
    }

    fn interface(self, link: u16, options: &[u8]) -> Vec<u8> {
        self.block(1, &[&self.u16(link)[..], &[0; 2], &self.u32(262_144), options].concat())
    }

    /// An Enhanced Packet Block.
    fn enhanced(self, interface: u32, ticks: u64, bytes: &[u8], options: &[u8]) -> Vec<u8> {
        let length = self.u32(bytes.len() as u32);
        let padding = vec![0; bytes.len().next_multiple_of(4) - bytes.len()];
        let times = [self.u32((ticks >> 32) as u32), self.u32(ticks as u32)].concat();
        self.block(6, &[&self.u32(interface)[..], &times, &length, &length, bytes, &padding, options].concat())
    }

    fn pcap(self, magic: u32, packets: &[Packet]) -> Vec<u8> {
        let nanos = magic == 0xa1b2_3c4d;
        let modified = magic == 0xa1b2_cd34;
        let header = [&self.u32(magic)[..], &self.u16(2), &self.u16(4), &[0; 8], &self.u32(262_144), &self.u32(1)];
        let mut out = header.concat();
        for packet in packets {
            let fraction = (packet.nanos % 1_000_000_000) as u32;
            out.extend(self.u32((packet.nanos / 1_000_000_000) as u32));
            out.extend(self.u32(if nanos { fraction } else { fraction / 1000 }));
            out.extend([self.u32(packet.bytes.len() as u32); 2].concat());
            if modified {
                // Interface index, protocol, packet type, padding (Alexey Kuznetzov's patched libpcap).
                out.extend([0; 8]);
            }
            out.extend(&packet.bytes);
        }
        out
    }

    fn pcapng(self, packets: &[Packet]) -> Vec<u8> {
        let resolution = self.option(9, &[9]);
        let blocks = packets.iter().flat_map(|packet| self.enhanced(0, packet.nanos as u64, &packet.bytes, &[]));
        [self.section(), self.interface(1, &resolution), blocks.collect()].concat()
    }
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

/// A flow without what differs from file to file: its name, its interface, and the fractions of a microsecond.
fn essence(mut flow: Value) -> Value {
    let object = flow.as_object_mut().expect("an object");
    for key in ["capture", "interface", "start", "duration"] {
        object.remove(key);
    }
    object["tcp"].as_object_mut().expect("tcp").remove("syn_rtt");
    if let Some(tls) = object.get_mut("tls").and_then(Value::as_object_mut) {
        tls.remove("handshake_time");
    }
    flow
}

fn expected() -> Vec<Value> {
    objects(&run(&["flows", &capture(FIXTURE), "--format", "json"]).out).into_iter().map(essence).collect()
}

/// The file gives the fixture's flows, and nothing is wrong with it.
fn check(name: &str, file: &[u8]) -> Vec<Value> {
    let ran = run_with(&["flows", "-", "--format", "json"], file);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
    let flows = objects(&ran.out);
    assert_eq!(flows.iter().cloned().map(essence).collect::<Vec<_>>(), expected(), "{name}");
    flows
}

#[test]
fn pcap_of_every_magic_and_byte_order() {
    let packets = packets(FIXTURE);
    for order in [LITTLE, BIG] {
        for (name, magic) in [("microseconds", 0xa1b2_c3d4), ("nanoseconds", 0xa1b2_3c4d), ("modified", 0xa1b2_cd34)] {
            check(name, &order.pcap(magic, &packets));
        }
    }
}

#[test]
fn pcapng_of_both_byte_orders() {
    for order in [LITTLE, BIG] {
        check("pcapng", &order.pcapng(&packets(FIXTURE)));
    }
}

#[test]
fn interfaces_have_their_own_resolution_and_offset() {
    let packets = packets(FIXTURE);
    let start = packets[0].nanos / 1_000_000_000 - 100;
    let order = LITTLE;
    let millions = order.interface(1, &[]);
    let powers = order.interface(1, &order.option(9, &[0b1001_1110]));
    let shifted = order.interface(1, &[order.option(9, &[9]), order.option(14, &order.u64(start as u64))].concat());
    let mut file = [order.section(), millions, powers, shifted].concat();
    for (at, packet) in packets.iter().enumerate() {
        let nanos = packet.nanos as u64;
        let ticks = match at % 3 {
            0 => nanos / 1000,
            1 => (u128::from(nanos) << 30).div_ceil(1_000_000_000) as u64,
            _ => nanos - start as u64 * 1_000_000_000,
        };
        file.extend(order.enhanced(at as u32 % 3, ticks, &packet.bytes, &[]));
    }
    let flows = check("interfaces", &file);
    let whole = objects(&run(&["flows", &capture(FIXTURE), "--format", "json"]).out);
    for (flow, whole) in flows.iter().zip(&whole) {
        let (flow, whole) = (flow["duration"].as_f64(), whole["duration"].as_f64());
        let apart = flow.zip(whole).map_or(1.0, |(a, b)| (a - b).abs());
        assert!(apart < 2e-6, "{flow:?} {whole:?}");
    }
}

#[test]
fn sections_may_change_the_byte_order() {
    let packets = packets(FIXTURE);
    let (first, second) = packets.split_at(packets.len() / 2);
    check("sections", &[LITTLE.pcapng(first), BIG.pcapng(second)].concat());
}

#[test]
fn blocks_beside_packets_hide_none() {
    let order = LITTLE;
    let packets = packets(FIXTURE);
    let name_resolution = order.block(4, &[order.option(1, &[10, 9, 3, 10, b'a', 0]), vec![0; 4]].concat());
    let statistics = [&order.u32(0)[..], &[0; 8], &order.option(4, &order.u64(99)), &order.option(5, &order.u64(7))];
    let beside = [
        name_resolution,
        order.block(5, &statistics.concat()),
        order.block(0xbad, &[&order.u32(32_473)[..], b"anything"].concat()),
        order.block(0x4000_0bad, &[&order.u32(32_473)[..], b"anything"].concat()),
        order.block(0x0000_7777, b"of the future"),
    ]
    .concat();
    let mut file = [order.section(), order.interface(1, &order.option(9, &[9]))].concat();
    for packet in &packets {
        let comment = [order.option(1, b"a comment"), order.option(2, &order.u32(1)), order.option(0, &[])].concat();
        file.extend(order.enhanced(0, packet.nanos as u64, &packet.bytes, &comment));
        file.extend(&beside);
    }
    check("blocks beside packets", &file);
    let report = run_with(&["diagnose", "-", "--format", "json"], &file).out;
    let report: Value = serde_json::from_str(&report).expect("one object");
    assert_eq!(report["health"]["dropped"], 7, "what the capturing system says it dropped");
}

#[test]
fn simple_and_obsolete_packet_blocks_are_packets() {
    let order = BIG;
    let mut file = [order.section(), order.interface(1, &[])].concat();
    for (at, packet) in packets(FIXTURE).iter().enumerate() {
        let length = order.u32(packet.bytes.len() as u32);
        let padding = vec![0; packet.bytes.len().next_multiple_of(4) - packet.bytes.len()];
        if at % 2 == 0 {
            file.extend(order.block(3, &[&length[..], &packet.bytes].concat()));
        } else {
            let head = [&order.u16(0)[..], &order.u16(0), &[0; 8], &length, &length].concat();
            file.extend(order.block(2, &[&head[..], &packet.bytes, &padding].concat()));
        }
    }
    let ran = run_with(&["flows", "-", "--format", "json"], &file);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let keys = |flows: Vec<Value>| flows.into_iter().map(|flow| flow["tls"]["handshake"].clone()).collect::<Vec<_>>();
    assert_eq!(keys(objects(&ran.out)), keys(expected()));
}

#[test]
fn a_cut_is_said_with_its_offset_in_every_format() {
    let packets = packets(FIXTURE);
    for (name, file) in [("pcap", LITTLE.pcap(0xa1b2_c3d4, &packets)), ("pcapng", BIG.pcapng(&packets))] {
        let ran = run_with(&["flows", "-", "--format", "json"], &file[..file.len() - 5]);
        assert_eq!(ran.code, Some(0), "{name}");
        let last = objects(&ran.out)[0]["last_packet"].as_u64().unwrap_or_default();
        assert!(last + 2 >= packets.len() as u64, "{name}: what is whole is shown");
        assert_eq!(ran.err.lines().count(), 1, "{name}: {}", ran.err);
        assert!(ran.err.contains("truncated") && ran.err.contains("offset"), "{name}: {}", ran.err);
    }
}

#[test]
fn garbage_within_a_pcap_costs_the_packets_it_covers() {
    let packets = packets("one-percent");
    let mut file = LITTLE.pcap(0xa1b2_c3d4, &packets);
    let half = packets.len() / 2;
    let middle = 24 + packets[..half].iter().map(|packet| 16 + packet.bytes.len()).sum::<usize>();
    file[middle..middle + 700].fill(0xaa);
    let ran = run_with(&["flows", "-", "--format", "json"], &file);
    assert_eq!(ran.code, Some(0));
    let flows = objects(&ran.out);
    assert!(flows.len() > 1300, "{} flows", flows.len());
    let last = flows.iter().filter_map(|flow| flow["last_packet"].as_u64()).max().unwrap_or_default();
    assert!(last + 20 > packets.len() as u64, "{last} of {}", packets.len());
    assert!(ran.err.contains("malformed") && ran.err.contains("offset"), "{}", ran.err);
}

/// A SYN of 10.0.0.1 to 10.0.0.2:443.
fn syn(port: u16) -> Vec<u8> {
    let ethernet = [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1][..], &[8, 0]].concat();
    let ip = [0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    let tcp =
        [&port.to_be_bytes()[..], &443_u16.to_be_bytes(), &[0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0]];
    [ethernet, ip.to_vec(), tcp.concat()].concat()
}

#[test]
fn a_flood_of_syns_is_judged_alike_to_its_last_flow() {
    let flows = 15_000_u16;
    let packets: Vec<_> =
        (0..flows).map(|at| Packet { nanos: i64::from(at) * 1_000_000, bytes: syn(1000 + at) }).collect();
    let ran = run_with(&["flows", "-", "--format", "json"], &LITTLE.pcapng(&packets));
    let said = |outcome: &str, cause: &str| {
        objects(&ran.out).iter().filter(|flow| flow["outcome"] == outcome && flow["cause"] == cause).count()
    };
    // Those of the last three seconds may still be answered.
    assert_eq!(said("failed", "syn-unanswered"), 12_000);
    let report = run_with(&["diagnose", "-", "--format", "json"], &LITTLE.pcapng(&packets)).out;
    let report: Value = serde_json::from_str(&report).expect("one object");
    assert_eq!((report["failed"].as_u64(), report["causes"][0]["count"].as_u64()), (Some(12_000), Some(12_000)));
    assert_eq!(report["health"]["flows_without_finding"], 2_000, "what the cap leaves out is said");
    assert_eq!(report["causes"][0]["flows"].as_array().map(Vec::len), Some(12_000));
}

/// Files of a ring in a folder, each with some of the packets.
fn ring(folder: &Path, packets: &[Packet], files: usize, left_out: Option<usize>) {
    for (number, part) in packets.chunks(packets.len().div_ceil(files)).enumerate() {
        if left_out != Some(number) {
            let path = folder.join(format!("ring_{number:05}_20261124080300.pcapng"));
            fs::write(path, LITTLE.pcapng(part)).expect("a file");
        }
    }
}

#[test]
fn flows_go_on_across_the_files_of_a_ring() {
    let folder = tempfile::tempdir().expect("a folder");
    ring(folder.path(), &packets(FIXTURE), 7, None);
    let ran = run(&["flows", &folder.path().to_string_lossy(), "--format", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    let flows: Vec<Value> = objects(&ran.out).into_iter().map(essence).collect();
    assert_eq!(flows, expected());
    // A flow that lies in several files can be opened.
    let shown = run(&["handshake", &folder.path().to_string_lossy(), "0"]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    assert!(shown.out.contains("Client Hello"), "{}", shown.out);
}

#[test]
fn a_ring_with_a_file_missing_gives_the_rest() {
    let folder = tempfile::tempdir().expect("a folder");
    let packets = packets("one-percent");
    ring(folder.path(), &packets, 9, Some(4));
    fs::write(folder.path().join("ring_00009_20261124080400.pcapng"), b"").expect("a file that was just begun");
    let ran = run(&["flows", &folder.path().to_string_lossy(), "--format", "json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let flows = objects(&ran.out);
    assert!(flows.len() > 1000);
    let report = run(&["diagnose", &folder.path().to_string_lossy(), "--format", "json"]).out;
    let health = &serde_json::from_str::<Value>(&report).expect("one object")["health"];
    assert_eq!((&health["missing_files"], &health["breaks"][0]["reason"]), (&1.into(), &"files-missing".into()));
    // What lies in the missing file makes no failure.
    let failed = |flows: &[Value]| -> BTreeSet<String> {
        let failed = flows.iter().filter(|flow| flow["outcome"] == "failed");
        failed.map(|flow| format!("{} {} {}", flow["client"], flow["server"], flow["cause"])).collect()
    };
    let whole = objects(&run(&["flows", &capture("one-percent"), "--format", "json"]).out);
    assert_eq!(failed(&flows).difference(&failed(&whole)).count(), 0);
}
