//! Each header on real bytes, every prefix of a frame, every changed byte.

use super::icmp::ICMP;
use super::tcp::TCP;
use super::*;
use crate::net::checksum::{fold, sum};
use crate::net::samples::{DATA, all, bytes, datagram, ethernet, v4, v6};
use crate::vocab::Direction;
use crate::vocab::text::hex;

/// A SYN of a browser: MSS, SACK permitted, timestamps, window scale.
const SYN: &str = "c3501bb0 00000064 00000000 a002faf0 00000000 020405b4 0402080a 0000000a 00000000 01030307";

impl Anatomy {
    /// The fields of the outermost header of a protocol.
    fn tree(&self, of: Protocol) -> Option<&Field> {
        self.trees.iter().find(|tree| tree.of == of).map(|tree| &tree.root)
    }
}

fn frame(link: u16, bytes: Vec<u8>) -> Frame {
    Frame {
        packet: PacketNumber(7),
        time: Time(1_500_000_000),
        link,
        interface: 0,
        original_len: bytes.len() as u32,
        bytes,
    }
}

fn anatomy(link: u16, bytes: Vec<u8>) -> Anatomy {
    Anatomy::of(&mut Decoder::default(), &frame(link, bytes), None)
}

fn names(anatomy: &Anatomy) -> Vec<&str> {
    anatomy.trees.iter().map(|tree| tree.root.name.as_ref()).collect()
}

fn named<'a>(anatomy: &'a Anatomy, name: &str) -> Option<&'a Field> {
    anatomy.trees.iter().map(|tree| &tree.root).find(|root| root.name == name)
}

/// The value at a path, whose first name is that of a tree.
#[track_caller]
fn check(anatomy: &Anatomy, path: &str, value: &str) {
    let (name, below) = path.split_once('/').unwrap_or((path, ""));
    let tree = named(anatomy, name).unwrap_or_else(|| panic!("no {name} among {:?}", names(anatomy)));
    let found = if below.is_empty() { Some(tree) } else { tree.find(below) };
    let found = found.unwrap_or_else(|| panic!("no {below} in {tree:#?}"));
    assert_eq!(found.value, value, "{path}");
}

/// Every field lies in its pane and in its parent, but for what no byte says.
fn check_ranges(anatomy: &Anatomy, frame: &[u8]) {
    fn below(field: &Field, end: usize) {
        assert!(field.range.start <= field.range.end && field.range.end <= end, "{field:#?}");
        for child in &field.children {
            let inside = field.range.start <= child.range.start && child.range.end <= field.range.end;
            assert!(
                inside || child.range == (0..0),
                "{} {:?} in {} {:?}",
                child.name,
                child.range,
                field.name,
                field.range
            );
            below(child, end);
        }
    }
    for tree in &anatomy.trees {
        let pane = match tree.bytes {
            Bytes::Frame => frame,
            Bytes::Datagram => anatomy.datagram.as_deref().unwrap_or_default(),
        };
        below(&tree.root, pane.len());
    }
    if let Some((Bytes::Frame, range)) = &anatomy.payload {
        assert!(range.start <= range.end && range.end <= frame.len(), "{range:?}");
    }
}

/// Frames that end in a segment, and others that are read.
fn samples() -> Vec<(u16, Vec<u8>)> {
    let tcp = bytes(DATA);
    let quoted = v4(1, 0, &[&[3, 4, 0, 0, 0, 0, 5, 0xdc][..], &v4(6, 0, &tcp[..8])].concat());
    let extended = v6(0, &[&[60, 0, 1, 4, 0, 0, 0, 0][..], &[6, 0, 1, 4, 0, 0, 0, 0], &tcp].concat());
    // Offloading leaves the length of the IP packet to the adapter.
    let mut offloaded = v4(6, 0x4000, &tcp);
    offloaded[2..4].fill(0);
    let others = [quoted, offloaded].map(|ip| (1, ethernet(0x0800, &ip)));
    let samples = all().into_iter().map(|sample| (sample.link, sample.frame));
    samples.chain(others).chain([(1, ethernet(0x86dd, &extended))]).collect()
}

#[test]
fn a_segment_is_read_to_the_last_option() {
    let found = anatomy(1, ethernet(0x0800, &v4(6, 0x4000, &bytes(DATA))));
    assert_eq!(names(&found), ["Frame", "Ethernet II", "Internet Protocol Version 4", TCP]);
    check(&found, "Frame/Arrival Time", "1970-01-01T00:00:01.500000000Z");
    check(&found, "Ethernet II", "02:00:00:00:00:01 → 02:00:00:00:00:02");
    check(&found, "Internet Protocol Version 4/Time to Live", "64");
    check(&found, "Internet Protocol Version 4/Flags and Fragment Offset", "don't fragment");
    let services = "Internet Protocol Version 4/Differentiated Services Field/Differentiated Services Codepoint";
    check(&found, services, "Expedited Forwarding (46)");
    let tcp = |path: &str, value: &str| check(&found, &format!("{TCP}/{path}"), value);
    tcp("Source Port", "50000");
    tcp("Header Length and Flags", "40 bytes, PSH ACK");
    tcp("Header Length and Flags/Push", "Set");
    tcp("Header Length and Flags/Syn", "Not set");
    tcp("Window Size Value", "502");
    tcp("Options/SACK", "1–9");
    tcp("Options/Experiment", "abcd");
    tcp("Options/Multipath TCP", "MP_CAPABLE");
    tcp("TCP payload", "3 bytes");
    let payload = found.payload.clone().expect("a payload");
    assert_eq!(payload, (Bytes::Frame, 74..77));
}

#[test]
fn the_options_of_a_syn() {
    let syn = bytes(&SYN.replace("c3501bb0", "c35001bb"));
    let found = anatomy(101, v4(6, 0, &syn));
    let tcp = |path: &str, value: &str| check(&found, &format!("{TCP}/{path}"), value);
    tcp("Options/Maximum Segment Size", "1460 bytes");
    tcp("Options/Maximum Segment Size/MSS Value", "1460");
    tcp("Options/SACK Permitted", "");
    tcp("Options/Timestamps", "TSval 10, TSecr 0");
    tcp("Options/Window Scale", "7 (multiply by 128)");
    let tree = found.tree(Protocol::Tcp).expect("TCP");
    assert_eq!(tree.value, "50000 → 443 [SYN] Seq=100 Len=0");
    assert_eq!(tree.find("Header Length and Flags/Syn").map(|field| field.range.clone()), Some(33..34));
    assert_eq!(tree.find("Header Length and Flags/Accurate ECN").map(|field| field.range.clone()), Some(32..33));
}

/// The headers of a sample but for the frame, IP, TCP and the Ethernet that most have.
#[track_caller]
fn check_headers(sample: &str, expected: &[&str]) {
    let found = all().into_iter().find(|found| found.name == sample).expect(sample);
    let anatomy = anatomy(found.link, found.frame);
    let names: Vec<&str> = names(&anatomy)
        .into_iter()
        .filter(|name| !["Frame", "Ethernet II", TCP].contains(name) && !name.starts_with("Internet Protocol Version"))
        .collect();
    assert_eq!(names, expected, "{sample}");
    assert!(anatomy.tree(Protocol::Tcp).is_some(), "{sample}");
}

#[test]
fn headers_between_the_frame_and_tcp_are_named() {
    const DATA_FRAME: &str = "IEEE 802.11 Data";
    const LLC: &str = "Logical-Link Control";
    const GRE: &str = "Generic Routing Encapsulation";
    const UDP: &str = "User Datagram Protocol";
    const CAPWAP: &str = "Control And Provisioning of Wireless Access Points - Data";
    check_headers("NULL", &["Null/Loopback"]);
    check_headers("IEEE 802.2", &["IEEE 802.3 Ethernet", LLC]);
    check_headers("PPP", &["Point-to-Point Protocol"]);
    check_headers("FDDI", &["Fiber Distributed Data Interface", LLC]);
    check_headers("Cisco HDLC", &["Cisco HDLC"]);
    check_headers("IEEE 802.11", &[DATA_FRAME, LLC]);
    check_headers("IEEE 802.11 A-MSDU of one", &[DATA_FRAME, "A-MSDU Subframe", LLC]);
    check_headers("Linux cooked", &["Linux cooked capture v1"]);
    check_headers("Linux cooked 2", &["Linux cooked capture v2"]);
    check_headers("radiotap", &["Radiotap Header", DATA_FRAME, LLC]);
    check_headers("PPI", &["PPI Packet Header", DATA_FRAME, LLC]);
    check_headers("PKTAP", &["PKTAP packet header"]);
    check_headers("NFLOG", &["Linux Netfilter NFLOG"]);
    check_headers("pflog", &["OpenBSD Packet Filter log file"]);
    check_headers("enc", &["OpenBSD Encapsulating device"]);
    check_headers("IPoIB", &["IP over Infiniband"]);
    check_headers("InfiniBand", &["InfiniBand"]);
    check_headers("DSA", &["Ethernet II with Marvell DSA tag"]);
    check_headers("Broadcom tag in front", &["Broadcom tag"]);
    check_headers("QinQ", &["802.1ad Provider Bridge", "802.1Q Virtual LAN", "802.1Q Virtual LAN"]);
    check_headers("802.1ah", &["IEEE 802.1ah"]);
    check_headers("802.1BR", &["802.1BR E-Tag"]);
    check_headers("VN-Tag", &["VN-Tag"]);
    check_headers("EDSA in Ethernet", &["Marvell EDSA tag"]);
    check_headers("MACsec, integrity alone", &["802.1AE Security tag"]);
    check_headers("MPLS", &["MultiProtocol Label Switching Header"]);
    check_headers("PPPoE, compressed", &["PPP-over-Ethernet Session"]);
    check_headers("FabricPath", &["Cisco FabricPath"]);
    check_headers("GRE", &[GRE]);
    check_headers("Aruba", &[GRE, DATA_FRAME, LLC]);
    check_headers("ERSPAN I", &[GRE]);
    check_headers("ERSPAN II", &[GRE, "Encapsulated Remote Switch Packet ANalysis Type II"]);
    check_headers("ERSPAN III, platform", &[GRE, "Encapsulated Remote Switch Packet ANalysis Type III"]);
    check_headers("GRE in UDP", &[UDP, GRE]);
    check_headers("VXLAN", &[UDP, "Virtual eXtensible Local Area Network"]);
    check_headers("GENEVE", &[UDP, "Generic Network Virtualization Encapsulation"]);
    check_headers("GTP-U with extensions", &[UDP, "GPRS Tunneling Protocol"]);
    check_headers("AYIYA", &[UDP, "Anything in Anything Protocol"]);
    check_headers("Teredo with its indications", &[UDP, "Teredo IPv6 over UDP tunneling"]);
    check_headers("L2TP", &[UDP, "Layer 2 Tunneling Protocol", "Point-to-Point Protocol"]);
    check_headers("CAPWAP, Frame Control swapped", &[UDP, CAPWAP, DATA_FRAME, LLC]);
    check_headers("CAPWAP of 802.3", &[UDP, CAPWAP]);
}

#[test]
fn every_sample_is_read_to_its_end() {
    for sample in all() {
        let found = anatomy(sample.link, sample.frame.clone());
        assert!(named(&found, "Not decoded").is_none(), "{}: {:?}", sample.name, names(&found));
        assert_eq!(found.payload, Some((Bytes::Frame, sample.frame.len() - 3..sample.frame.len())), "{}", sample.name);
        for Tree { root: tree, .. } in &found.trees {
            assert!(tree.walk().all(|field| field.issue.is_none()), "{}: {tree:#?}", sample.name);
        }
    }
}

#[test]
fn fields_have_the_values_that_their_bits_say() {
    let of = |name: &str| {
        let sample = all().into_iter().find(|sample| sample.name == name).expect(name);
        anatomy(sample.link, sample.frame)
    };
    let capwap = "Control And Provisioning of Wireless Access Points - Data";
    check(&of("CAPWAP with a radio's address"), &format!("{capwap}/MAC address"), "02:00:00:00:00:09");
    check(&of("CAPWAP"), &format!("{capwap}/Header/Header Length"), "8 bytes (2)");
    let swapped = of("CAPWAP, Frame Control swapped");
    check(&swapped, "IEEE 802.11 Data/Frame Control Field/To DS", "Set");
    check(&swapped, "IEEE 802.11 Data/Frame Control Field/Subtype", "8");
    check(&swapped, "IEEE 802.11 Data/Qos Control/TID", "7");
    check(&of("DSA"), "Ethernet II with Marvell DSA tag/DSA tag/VLAN ID", "7");
    check(&of("DSA"), "Ethernet II with Marvell DSA tag/DSA tag/Mode", "Forward (3)");
    check(&of("802.1BR"), "802.1BR E-Tag/GRP and E-CID_base/E-CID_base", "0x0d3");
    check(&of("VN-Tag"), "VN-Tag/Tag/Destination", "1");
    check(&of("802.1ah"), "IEEE 802.1ah/I-Tag/I-SID", "7");
    check(&of("ERSPAN II"), "Encapsulated Remote Switch Packet ANalysis Type II/Version and Vlan/Vlan", "5");
    check(&of("NFLOG"), "Linux Netfilter NFLOG/HW protocol", "0x0000");
    check(&of("NFLOG"), "Linux Netfilter NFLOG", "IPv4 (2)");
    check(&of("PKTAP"), "PKTAP packet header/Interface name", "en0");
    check(&of("PPPoE, compressed"), "PPP-over-Ethernet Session/Protocol", "Internet Protocol version 4 (0x0021)");
    let qfi = "GPRS Tunneling Protocol/Extension header/QoS Flow Identifier (QFI)/QoS Flow Identifier (QFI)";
    check(&of("GTP-U with extensions"), qfi, "9");
}

#[test]
fn what_is_not_read_is_shown_with_its_reason() {
    let not_decoded = |link, bytes| {
        let found = anatomy(link, bytes);
        named(&found, "Not decoded").and_then(|tree| tree.issue.clone()).unwrap_or_default()
    };
    assert_eq!(not_decoded(1, ethernet(0x894f, &[0; 40])), "Ethertype Network Service Header (0x894f)");
    assert_eq!(not_decoded(1, ethernet(0x0806, &[0; 28])), "ARP (0x0806)");
    assert_eq!(not_decoded(147, vec![0; 28]), "link type 147");
    assert_eq!(names(&anatomy(1, datagram(9, b"nothing"))).last(), Some(&"User Datagram Protocol"));
}

#[test]
fn several_segments_in_a_frame_are_all_shown() {
    use crate::net::samples::{before, msdu, wlan};
    let llc = |ip: &[u8]| before("aaaa03 000000 0800", ip);
    let data = msdu(&llc(&v4(6, 0, &bytes(DATA))));
    let quoted = msdu(&llc(&v4(1, 0, &[&[3, 4, 0, 0, 0, 0, 5, 0xdc][..], &v4(6, 0, &bytes(DATA)[..8])].concat())));
    let padded = |mut msdu: Vec<u8>| {
        msdu.resize(msdu.len().next_multiple_of(4), 0);
        msdu
    };
    let frame = wlan("8801", "8700", &[padded(quoted), data.clone()].concat());
    let found = anatomy(105, frame.clone());
    assert_eq!(found.payload, Some((Bytes::Frame, frame.len() - 3..frame.len())));
    assert!(found.tree(Protocol::Icmp).is_some() && found.tree(Protocol::Tcp).is_some(), "{:?}", names(&found));
    check_ranges(&found, &frame);
    // Whose payload is meant nobody says.
    assert_eq!(anatomy(105, wlan("8801", "8700", &[padded(data.clone()), data].concat())).payload, None);
}

#[test]
fn a_segment_larger_than_the_path_takes_is_read_whole() {
    // As captured before the adapter cuts it: 40,000 bytes, and an IP length of 0.
    let mut ip = v4(6, 0x4000, &[&bytes(DATA)[..], &vec![0x64; 40_000]].concat());
    for length in [ip.len() as u16, 0] {
        ip[2..4].copy_from_slice(&length.to_be_bytes());
        let frame = ethernet(0x0800, &ip);
        let found = Decoder::default().decode(1, &frame, PacketNumber(1), Time(0));
        let crate::net::Decoded::Tcp(segment) = found else { panic!("no segment") };
        assert_eq!((segment.payload_len, segment.payload.len()), (40_003, 40_003));
    }
}

#[test]
fn extension_headers_lie_below_ipv6() {
    let (link, bytes) = samples().pop().expect("the last one");
    let found = anatomy(link, bytes);
    check(&found, "Internet Protocol Version 6/Hop Limit", "57");
    let top = "Internet Protocol Version 6/Version, Traffic Class and Flow Label";
    check(&found, &format!("{top}/Flow Label"), "0xbcdef");
    check(&found, &format!("{top}/Traffic Class"), "0x02");
    let options = "Internet Protocol Version 6/IPv6 Hop-by-Hop Option/Next Header";
    check(&found, options, "Destination Options for IPv6 (60)");
    check(&found, "Internet Protocol Version 6/Destination Options for IPv6/Next Header", "TCP (6)");
}

#[test]
fn an_icmp_error_holds_what_it_quotes() {
    let quoted = v4(1, 0, &[&[3, 4, 0, 0, 0, 0, 5, 0xdc][..], &v4(6, 0, &bytes(DATA)[..8])].concat());
    let found = anatomy(101, quoted);
    assert_eq!(names(&found), ["Frame", "Internet Protocol Version 4", ICMP]);
    check(&found, ICMP, "fragmentation needed");
    check(&found, &format!("{ICMP}/MTU of next hop"), "1500");
    check(&found, &format!("{ICMP}/Internet Protocol Version 4"), "192.0.2.1 → 198.51.100.7");
    check(&found, &format!("{ICMP}/{TCP}/Sequence Number"), "101");
}

#[test]
fn fragments_are_put_together_in_bytes_of_their_own() {
    let tcp = [&bytes(DATA)[..], &[0x64; 61]].concat();
    let mut decoder = Decoder::default();
    let first = Anatomy::of(&mut decoder, &frame(101, v4(6, 0x2000, &tcp[..48])), None);
    assert_eq!(names(&first), ["Frame", "Internet Protocol Version 4", "Fragment"]);
    assert!(first.payload.is_none());
    let second = Anatomy::of(&mut decoder, &frame(101, v4(6, 6, &tcp[48..])), None);
    assert_eq!(names(&second), ["Frame", "Internet Protocol Version 4", "Fragment", TCP]);
    assert_eq!(second.trees[3].bytes, Bytes::Datagram);
    assert_eq!(second.datagram.as_deref().map(hex), Some(hex(&tcp)));
    assert_eq!(second.payload, Some((Bytes::Datagram, 40..tcp.len())));
    check(&second, "Internet Protocol Version 4/Flags and Fragment Offset/Fragment Offset", "48");
    check_ranges(&second, &frame(101, v4(6, 6, &tcp[48..])).bytes);
}

#[test]
fn checksums_are_looked_at() {
    let note = |found: &Anatomy, tree: &str, field: &str| {
        named(found, tree).and_then(|tree| tree.find(field)).and_then(|field| field.note.clone()).unwrap_or_default()
    };
    let mut packet = v4(6, 0, &bytes(DATA));
    let found = anatomy(101, packet.clone());
    assert_eq!(note(&found, "Internet Protocol Version 4", "Header Checksum"), "correct");
    assert_eq!(note(&found, TCP, "Checksum"), "Does not match the segment");
    let pseudo = sum(&packet[12..20]) + 6 + (packet.len() - 20) as u32;
    let checksum = !(fold(pseudo + sum(&packet[20..])) as u16);
    packet[36..38].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(note(&anatomy(101, packet.clone()), TCP, "Checksum"), "correct");
    packet[36..38].copy_from_slice(&(fold(pseudo) as u16).to_be_bytes());
    assert!(note(&anatomy(101, packet), TCP, "Checksum").contains("offloading"));
}

#[test]
fn a_flow_adds_what_it_knows() {
    let known = Known {
        own_initial: Some(1),
        other_initial: Some(0xffff_ffff),
        window_shift: Some(7),
        odd_ttl: Some((64, 57, Direction::ToServer)),
    };
    let packet = frame(101, v4(6, 0, &bytes(DATA)));
    let found = Anatomy::of(&mut Decoder::default(), &packet, Some(&known));
    let note = |tree: &str, field: &str| {
        named(&found, tree).and_then(|tree| tree.find(field)).and_then(|field| field.note.clone()).unwrap_or_default()
    };
    assert_eq!(note(TCP, "Sequence Number"), "100 relative to the initial sequence number");
    assert_eq!(note(TCP, "Acknowledgment Number"), "201 relative to the initial sequence number");
    assert_eq!(note(TCP, "Window Size Value"), "64256 bytes: scaled by 128");
    assert_eq!(note(TCP, "Options/SACK/Left Edge"), "2 relative");
    assert_eq!(note("Internet Protocol Version 4", "Time to Live"), "The client's other packets have 57");
    let other = Known { odd_ttl: Some((63, 57, Direction::ToServer)), ..Known::default() };
    let found = Anatomy::of(&mut Decoder::default(), &packet, Some(&other));
    let mut notes = found.trees.iter().flat_map(|tree| tree.root.walk()).filter_map(|field| field.note.clone());
    assert!(!notes.any(|note| note.contains("relative") || note.contains("other packets")));
}

#[test]
fn padding_is_no_payload() {
    let ip = v4(6, 0, &bytes(DATA)[..20]);
    let mut syn = ip.clone();
    syn[32] = 0x50;
    let frame = ethernet(0x0800, &[&syn[..], &[0; 6]].concat());
    let found = anatomy(1, frame);
    assert_eq!(names(&found), ["Frame", "Ethernet II", "Padding", "Internet Protocol Version 4", TCP]);
    assert!(found.tree(Protocol::Tcp).is_some_and(|tree| tree.find("TCP payload").is_none()));
}

#[test]
fn a_cut_is_said_where_it_is() {
    let whole = ethernet(0x0800, &v4(6, 0, &[&bytes(DATA)[..], &[0x64; 61]].concat()));
    let original_len = whole.len() as u32;
    let cut = Frame { original_len, ..frame(1, whole[..80].to_vec()) };
    let found = Anatomy::of(&mut Decoder::default(), &cut, None);
    let issue = |tree: &str, field: &str| {
        named(&found, tree).and_then(|tree| tree.find(field)).and_then(|field| field.issue.clone()).unwrap_or_default()
    };
    assert_eq!(issue("Frame", "Capture Length"), "cut by the snap length: 58 bytes are missing");
    assert_eq!(issue("Internet Protocol Version 4", "Total Length"), "66 bytes captured: cut by the snap length");
    assert_eq!(issue(TCP, "TCP payload"), "6 of 64 bytes captured: cut by the snap length");
}

#[test]
fn every_prefix_and_every_changed_byte_decodes() {
    for (link, bytes) in samples() {
        for end in 0..bytes.len() {
            let cut = Frame { original_len: bytes.len() as u32, ..frame(link, bytes[..end].to_vec()) };
            check_ranges(&Anatomy::of(&mut Decoder::default(), &cut, None), &cut.bytes);
        }
        for at in 0..bytes.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                check_ranges(&anatomy(link, changed.clone()), &changed);
            }
        }
    }
}
