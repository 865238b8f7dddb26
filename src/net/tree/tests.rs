//! Each header on real bytes, every prefix of a frame, every changed byte.

use super::*;
use crate::net::checksum::{fold, sum};
use crate::vocab::text::hex;

/// A SYN of a browser: MSS, SACK permitted, timestamps, window scale.
const SYN: &str = "c3501bb0 00000064 00000000 a002faf0 00000000 020405b4 0402080a 0000000a 00000000 01030307";
/// Three bytes of payload behind a SACK block, an unknown option and an MPTCP one.
const DATA: &str = "c35001bb 00000065 000000c8 a01801f6 00000000 \
                    0101050a 00000001 00000009 fe04abcd 1e040180 616263";

fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).expect("hex"), 16).expect("hex")).collect()
}

/// An IPv4 packet without options around a payload.
fn v4(protocol: u8, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let total = (20 + payload.len() as u16).to_be_bytes();
    let fragment = fragment.to_be_bytes();
    let mut header = vec![0x45, 0xb8, total[0], total[1], 0x12, 0x34, fragment[0], fragment[1], 64, protocol, 0, 0];
    header.extend([192, 0, 2, 1, 198, 51, 100, 7]);
    let checksum = !(fold(sum(&header)) as u16);
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    [&header, payload].concat()
}

fn v6(next: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16).to_be_bytes();
    let mut header = vec![0x60, 0x2b, 0xcd, 0xef, length[0], length[1], next, 57];
    header.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    header.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    [&header, payload].concat()
}

fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1][..], &kind.to_be_bytes(), payload].concat()
}

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let (port, length) = (port.to_be_bytes(), (8 + payload.len() as u16).to_be_bytes());
    [&[0xc0, 0, port[0], port[1], length[0], length[1], 0, 0], payload].concat()
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

/// One frame of each kind that is read, by link type.
fn samples() -> Vec<(u16, Vec<u8>)> {
    let tcp = bytes(DATA);
    let ip = v4(6, 0x4000, &tcp);
    let inner = ethernet(0x0800, &ip);
    let quoted = v4(1, 0, &[&[3, 4, 0, 0, 0, 0, 5, 0xdc][..], &v4(6, 0, &tcp[..8])].concat());
    let extended = v6(0, &[&[60, 0, 1, 4, 0, 0, 0, 0][..], &[6, 0, 1, 4, 0, 0, 0, 0], &tcp].concat());
    let geneve = [&[1, 0, 0x65, 0x58, 0, 0, 9, 0, 1, 2, 3, 0][..], &inner].concat();
    let gtp = [&[0x32, 0xff, 0, 9, 0, 0, 0, 5, 0, 1, 0, 0][..], &ip].concat();
    let llc = [&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0][..], &ip].concat();
    let data_frame = [&[8, 2, 0, 0][..], &[3; 18], &[0, 0]].concat();
    let avs = [&[0x80, 0x21, 0x10, 1, 0, 0, 0, 64][..], &[0; 56]].concat();
    let mut offloaded = ip.clone();
    offloaded[2..4].fill(0);
    vec![
        (1, inner.clone()),
        (1, ethernet(0x86dd, &v6(6, &tcp))),
        (1, ethernet(0x86dd, &extended)),
        (1, ethernet(0x88a8, &[&[0, 5, 0x81, 0, 0xe0, 6, 8, 0][..], &ip].concat())),
        (1, ethernet(0x8847, &[&[0, 1, 0, 64, 0, 0x20, 1, 64][..], &ip].concat())),
        (1, ethernet(0x8864, &[&[0x11, 0, 0, 9, 0, 65, 0, 0x21][..], &ip].concat())),
        (1, ethernet(0x0800, &v4(47, 0, &[&[0x20, 0, 0x65, 0x58, 0, 0, 0, 3][..], &inner].concat()))),
        (1, ethernet(0x0800, &v4(4, 0, &ip))),
        (1, ethernet(0x0800, &v4(17, 0, &udp(4789, &[&[8, 0, 0, 0, 0, 0, 42, 0][..], &inner].concat())))),
        (1, ethernet(0x0800, &v4(17, 0, &udp(6081, &geneve)))),
        (1, ethernet(0x0800, &v4(17, 0, &udp(2152, &gtp)))),
        (1, ethernet(0x0800, &quoted)),
        (1, ethernet(0x8903, &[&[0, 0x60][..], &inner].concat())),
        (0, [&[2, 0, 0, 0][..], &ip].concat()),
        (9, [&[0xff, 3, 0, 0x21][..], &ip].concat()),
        (101, ip.clone()),
        (104, [&[0x0f, 0, 8, 0][..], &ip].concat()),
        (113, [&[0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0][..], &ip].concat()),
        (276, [&[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0][..], &ip].concat()),
        (105, [&[0x88, 1, 0, 0][..], &[3; 18], &[0, 0, 7, 0], &llc].concat()),
        (127, [&[0, 0, 9, 0, 0, 0, 0, 0, 1, 8, 2, 0, 0][..], &[3; 18], &[0, 0], &llc].concat()),
        // Prism in the byte order of the adapter's machine, and AVS, whose magic number Prism's link type carries too.
        (119, [&[0x44, 0, 0, 0, 24, 0, 0, 0][..], b"wlan0\0\0\0\0\0\0\0\0\0\0\0", &data_frame, &llc].concat()),
        (119, [&avs[..], &data_frame, &llc].concat()),
        (163, [&avs[..], &data_frame, &llc].concat()),
        (1, ethernet(0x0800, &v4(41, 0, &v6(6, &tcp)))),
        (1, ethernet(0x86dd, &v6(4, &ip))),
        // ERSPAN types I, II and III; the last with its platform header.
        (1, ethernet(0x0800, &v4(47, 0, &[&[0, 0, 0x88, 0xbe][..], &inner].concat()))),
        (1, ethernet(0x0800, &v4(47, 0, &[&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1][..], &[0x10; 8], &inner].concat()))),
        (1, ethernet(0x0800, &v4(47, 0, &[&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1][..], &[0x21; 20], &inner].concat()))),
        // Offloading leaves the length of the IP packet to the adapter.
        (1, ethernet(0x0800, &offloaded)),
    ]
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

#[test]
fn headers_between_the_link_and_tcp_are_named() {
    let expected: Vec<Vec<&str>> = vec![
        vec![],
        vec![],
        vec![],
        vec!["802.1ad Provider Bridge", "802.1Q Virtual LAN"],
        vec!["MultiProtocol Label Switching Header"],
        vec!["PPP-over-Ethernet Session"],
        vec!["Generic Routing Encapsulation", "Ethernet II"],
        vec![],
        vec!["User Datagram Protocol", "Virtual eXtensible Local Area Network", "Ethernet II"],
        vec!["User Datagram Protocol", "Generic Network Virtualization Encapsulation", "Ethernet II"],
        vec!["User Datagram Protocol", "GPRS Tunneling Protocol"],
        vec![ICMP],
        vec!["Cisco FabricPath", "Ethernet II"],
    ];
    for ((link, bytes), expected) in samples().into_iter().zip(expected) {
        let found = anatomy(link, bytes);
        let between: Vec<&str> = names(&found)
            .into_iter()
            .skip(2)
            .filter(|name| *name != TCP && !name.starts_with("Internet Protocol Version"))
            .collect();
        assert_eq!(between, expected);
        assert!(found.tree(Protocol::Tcp).or(found.tree(Protocol::Icmp)).is_some(), "{:?}", names(&found));
    }
}

#[test]
fn every_link_type_has_a_header() {
    let expected = [
        (0, "Null/Loopback"),
        (9, "Point-to-Point Protocol"),
        (104, "Cisco HDLC"),
        (113, "Linux cooked capture v1"),
        (276, "Linux cooked capture v2"),
        (105, "IEEE 802.11 Data"),
        (127, "Radiotap Header"),
    ];
    for (link, bytes) in samples() {
        let found = anatomy(link, bytes);
        if let Some((_, name)) = expected.iter().find(|(kind, _)| *kind == link) {
            assert_eq!(names(&found)[1], *name);
        }
        assert!(!names(&found).contains(&"Not decoded"), "{:?}", names(&found));
    }
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
    let (link, bytes) = samples().swap_remove(2);
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
