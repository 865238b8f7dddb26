//! Each way in which a segment can be wrapped leads to it; what nearly is one does not.

use super::samples::{DATA, all, before, bytes, datagram, ethernet, msdu, udp, v4, v6, wlan};
use super::{Decoded, Decoder, Encryption, LinkFacts, Other, Segment, Tunnel, Unread};
use crate::vocab::{PacketNumber, Time};

fn decode(link: u16, frame: &[u8]) -> Decoded<'_> {
    Decoder::default().decode(link, frame, PacketNumber(1), Time(0))
}

/// Decodes frames one after the other; what the last one is.
fn last_of<'a>(decoder: &mut Decoder, frames: &'a [Vec<u8>]) -> Decoded<'a> {
    let mut last = Decoded::Fragment;
    for (at, frame) in frames.iter().enumerate() {
        last = decoder.decode(1, frame, PacketNumber(at as u32 + 1), Time(at as i64));
    }
    last
}

fn is_the_segment(segment: &Segment<'_>) -> bool {
    (segment.src.port, segment.dst.port, segment.seq) == (50_000, 443, 101)
        && (segment.payload, segment.payload_len) == (&b"abc"[..], 3)
}

#[track_caller]
fn check_unread(link: u16, frame: &[u8], reason: Unread) {
    match decode(link, frame) {
        Decoded::Unread(found) => assert_eq!(found, reason),
        other => panic!("{other:?}, not {reason:?}"),
    }
}

#[track_caller]
fn check_other(link: u16, frame: &[u8], kind: Other) {
    match decode(link, frame) {
        Decoded::Other(found) => assert_eq!(found, kind),
        other => panic!("{other:?}, not {kind:?}"),
    }
}

#[test]
fn every_wrapping_leads_to_the_segment() {
    for sample in all() {
        match decode(sample.link, &sample.frame) {
            Decoded::Tcp(segment) => assert!(is_the_segment(&segment), "{}: {segment:?}", sample.name),
            other => panic!("{}: {other:?}", sample.name),
        }
    }
}

#[test]
fn frames_cut_anywhere_are_cut_and_nothing_else() {
    for sample in all() {
        for end in 0..sample.frame.len() - 43 {
            let decoded = decode(sample.link, &sample.frame[..end]);
            assert!(!matches!(decoded, Decoded::Tcp(_)), "{} up to {end}: {decoded:?}", sample.name);
        }
    }
}

#[test]
fn the_inner_frame_says_who_sends() {
    let macs = |name: &str| {
        let sample = all().into_iter().find(|sample| sample.name == name).expect(name);
        match decode(sample.link, &sample.frame) {
            Decoded::Tcp(Segment { link: LinkFacts { macs, vlan, .. }, .. }) => (macs, vlan),
            other => panic!("{other:?}"),
        }
    };
    let (sender, receiver) = ([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
    assert_eq!(macs("CAPWAP"), (Some((sender, receiver)), None));
    assert_eq!(macs("CAPWAP, Frame Control swapped"), (Some((sender, receiver)), None));
    assert_eq!(macs("DSA"), (Some((sender, receiver)), Some(7)));
    assert_eq!(macs("EDSA"), (Some((sender, receiver)), None));
    assert_eq!(macs("ERSPAN II"), (Some((sender, receiver)), Some(5)));
    assert_eq!(macs("raw IP"), (None, None));
}

/// UDP payloads on the ports of tunnels that are none.
#[test]
fn a_port_alone_makes_no_tunnel() {
    let ip = v4(6, 0x4000, &bytes(DATA));
    let inner = ethernet(0x0800, &ip);
    let data = wlan("8801", "0700", &before("aaaa03 000000 0800", &ip));
    let too_long = v4(6, 0, &[&bytes(DATA)[..], &[0; 40]].concat());
    let payloads = [
        // CAPWAP: another version, a header of another length than its parts, a binding that is none, no frame inside.
        (5247, before("10 100300 0000 0000", &data)),
        (5247, before("00 180300 0000 0000", &data)),
        (5247, before("00 100700 0000 0000", &data)),
        (5247, before("00 100301 0000 0000", &data)),
        (5247, before("00 100200 0000 0000", &[0x42; 60])),
        (5247, before("00 100200 0000 0000", &ethernet(0x0800, &too_long[..60]))),
        (5247, b"this is not CAPWAP at all".to_vec()),
        // GRE: bits that must be zero, another version.
        (4754, before("4000 0800 00000000", &ip)),
        (4754, before("0001 0800", &ip)),
        (4754, before("0000 0800", &[0x45; 30])),
        (4789, before("08000000 00002a00", &ip)),
        (4789, before("08000000 00002a00", &[0x7f; 40])),
        (6081, before("0000 6559 00000900", &inner)),
        (2152, before("30ff 003f 00000005", &too_long[..60])),
        (2152, before("30fe 003f 00000005", &ip)),
        // AYIYA: an operation that forwards nothing, a length that leads nowhere.
        (5072, [&bytes("44 52 10 29 5f000000")[..], &[0x20; 36], &v6(6, &bytes(DATA))].concat()),
        (5072, [&bytes("44 02 11 29 5f000000")[..], &[0x20; 36], &v6(6, &bytes(DATA))].concat()),
        (3544, before("60", &[0; 20])),
        (1701, before("c802 004b 0001 0002 0000 0000", &ip)),
        (1701, before("4003 004b 0001 0002 ff03 0021", &ip)),
        (51820, before("04000000", &[7; 29])),
        (4500, before("00000000", &[7; 40])),
        (4500, vec![0xff]),
        (1194, vec![0x38; 40]),
    ];
    for (port, payload) in payloads {
        let frame = datagram(port, &payload);
        let decoded = decode(1, &frame);
        assert!(matches!(decoded, Decoded::Udp(_)), "{port} {payload:02x?}: {decoded:?}");
    }
}

#[test]
fn what_is_encrypted_is_said_to_be() {
    let encrypted = |frame: &[u8], how| check_unread(1, frame, Unread::Encrypted(how));
    encrypted(&ethernet(0x0800, &v4(50, 0, &[7; 60])), Encryption::Esp);
    encrypted(&datagram(4500, &[7; 60]), Encryption::Esp);
    encrypted(&datagram(51820, &before("04000000", &[7; 28])), Encryption::WireGuard);
    encrypted(&datagram(1194, &[0x48; 60]), Encryption::OpenVpn);
    encrypted(&datagram(5247, &before("01000000 17 fefd", &[7; 60])), Encryption::CapwapDtls);
    encrypted(&ethernet(0x88e5, &before("2c 00 00000001", &[7; 60])), Encryption::MacSec);
    encrypted(&ethernet(0x8864, &before("1100 0001 0041 00fd", &[7; 60])), Encryption::Ppp);
    let data = wlan("8841", "0700", &[7; 60]);
    encrypted(&datagram(5247, &before("00 100300 0000 0000", &data)), Encryption::Wireless);
    check_unread(105, &data, Unread::Encrypted(Encryption::Wireless));
}

#[test]
fn what_is_not_read_says_why() {
    check_unread(147, &[0; 60], Unread::LinkType(147));
    check_unread(149, &[0x42; 120], Unread::LinkType(149));
    check_unread(1, &ethernet(0x894f, &[0; 60]), Unread::Ethertype(0x894f));
    check_unread(1, &ethernet(0x0800, &v4(115, 0, &[0; 60])), Unread::Tunnel(Tunnel::Ip(115)));
    check_unread(1, &ethernet(0x0800, &v4(47, 0, &before("0000 6559", &[0; 60]))), Unread::Tunnel(Tunnel::Gre(0x6559)));
    let erspan = before("1000 22eb 00000001 2005 0001 00000000 0000 0c00", &[0; 60]);
    check_unread(1, &ethernet(0x0800, &v4(47, 0, &erspan)), Unread::Tunnel(Tunnel::Erspan(3)));
    check_unread(9, &before("ff03 003d", &[0; 60]), Unread::Tunnel(Tunnel::Ppp(0x3d)));
    check_unread(1, &[0; 9], Unread::Cut);
    check_unread(1, &ethernet(0x0800, &[0x15; 40]), Unread::Malformed);
    check_unread(
        105,
        &wlan("8801", "0700", &[0; 60])
            .iter()
            .enumerate()
            .map(|(at, byte)| if at == 22 { 0x11 } else { *byte })
            .collect::<Vec<_>>(),
        Unread::FragmentsMissing,
    );
    let mut deep = v4(6, 0, &bytes(DATA));
    for _ in 0..20 {
        deep = v4(4, 0, &deep);
    }
    check_unread(101, &deep, Unread::TooManyLayers);
    assert_eq!(Unread::Cut.in_frame(true), Unread::Malformed);
    assert_eq!(Unread::Cut.in_frame(false), Unread::Cut);
}

#[test]
fn what_carries_no_tcp_is_something_else() {
    check_other(1, &ethernet(0x0806, &[0; 28]), Other::ARP);
    check_other(1, &ethernet(0x88cc, &[0; 28]), Other::Ethertype(0x88cc));
    check_other(1, &ethernet(38, &before("424203", &[0; 35])), Other::Llc(0x42));
    check_other(1, &ethernet(38, &before("aaaa03 00000c 2000", &[0; 30])), Other::Llc(0xaa));
    check_other(1, &ethernet(0x0800, &v4(1, 0, &[8, 0, 0, 0, 0, 0, 0, 0])), Other::Ip(1));
    check_other(1, &ethernet(0x0800, &v4(89, 0, &[0; 40])), Other::Ip(89));
    check_other(1, &ethernet(0x0800, &v4(47, 0, &bytes("3081 880b 0000 0001 00000001 00000001"))), Other::Gre(0x880b));
    check_other(1, &ethernet(0x8864, &before("1100 0001 0010 c021", &[0; 14])), Other::Ppp(0xc021));
    check_other(105, &wlan("8000", "", &[0; 40]), Other::Frame(105));
    check_other(239, &before("03 00 0000 0800 0100 0806 0100 2000 0900", &[0; 28]), Other::Family(3));
    check_other(1, &datagram(5247, &before("00 100008 0000 0000", &[0; 24])), Other::Udp);
}

#[test]
fn a_frame_may_hold_several_segments() {
    let llc = before("aaaa03 000000 0800", &v4(6, 0x4000, &bytes(DATA)));
    let arp = before("aaaa03 000000 0806", &[0; 28]);
    let mut first = msdu(&llc);
    first.resize(first.len().next_multiple_of(4), 0);
    let frame = wlan("8801", "8700", &[first, msdu(&arp), vec![0; 2], msdu(&llc)].concat());
    let Decoded::Several(parts) = decode(105, &frame) else { panic!("one alone") };
    assert!(matches!(&parts[..], [Decoded::Tcp(first), Decoded::Other(_), Decoded::Tcp(last)]
        if is_the_segment(first) && is_the_segment(last)));
}

/// The payload of CAPWAP in two parts of `first` bytes and the rest, the last one first.
fn capwap_parts(payload: &[u8], first: usize) -> Vec<Vec<u8>> {
    let offset = (first as u16).to_be_bytes();
    let last = [&bytes("00 1003c0 0009")[..], &offset, &payload[first..]].concat();
    vec![datagram(5247, &last), datagram(5247, &before("00 100380 0009 0000", &payload[..first]))]
}

#[test]
fn parts_of_capwap_are_put_together() {
    let frame = wlan("0188", "0700", &before("aaaa03 000000 0800", &v4(6, 0x4000, &bytes(DATA))));
    let mut decoder = Decoder::default();
    let parts = capwap_parts(&frame, 48);
    let Decoded::Reassembled(datagram) = last_of(&mut decoder, &parts) else { panic!("not put together") };
    assert!(
        matches!(datagram.decoded(), Decoded::Tcp(segment) if is_the_segment(&segment) && segment.fragments.len() == 2)
    );
    assert_eq!(decoder.missing_fragments(), 0);
    // Captured a second time on the way: neither another datagram nor a rest of one.
    last_of(&mut decoder, &parts[..1]);
    assert_eq!(decoder.missing_fragments(), 0);
    let mut decoder = Decoder::default();
    assert!(matches!(last_of(&mut decoder, &capwap_parts(&frame, 48)[..1]), Decoded::Fragment));
    assert_eq!(decoder.missing_fragments(), 1);
}

#[test]
fn tunnels_in_fragments_and_fragments_in_tunnels_are_put_together() {
    let ip = v4(6, 0x4000, &bytes(DATA));
    let capwap = udp(5247, &before("00 100200 0000 0000", &ethernet(0x0800, &ip)));
    let outer = [ethernet(0x0800, &v4(17, 0x2000, &capwap[..40])), ethernet(0x0800, &v4(17, 5, &capwap[40..]))];
    let Decoded::Reassembled(datagram) = last_of(&mut Decoder::default(), &outer) else { panic!("not put together") };
    assert!(matches!(datagram.decoded(), Decoded::Tcp(segment) if is_the_segment(&segment)));

    // Both: each part of the segment comes in a tunnel that comes in two parts itself.
    let tcp = bytes(DATA);
    let tunnelled = |id: u8, inner: Vec<u8>| {
        let gre = before("0000 0800", &inner);
        let mut parts = [v4(47, 0x2000, &gre[..16]), v4(47, 2, &gre[16..])];
        for part in &mut parts {
            part[5] = id;
        }
        parts.map(|part| ethernet(0x0800, &part))
    };
    let frames = [tunnelled(1, v4(6, 0x2000, &tcp[..24])), tunnelled(2, v4(6, 3, &tcp[24..]))].concat();
    let mut decoder = Decoder::default();
    let Decoded::Reassembled(datagram) = last_of(&mut decoder, &frames) else { panic!("not put together") };
    let packets: Vec<u32> = datagram.packets().iter().map(|packet| packet.0).collect();
    assert_eq!(packets, [1, 2, 3, 4]);
    assert!(matches!(datagram.decoded(), Decoded::Tcp(segment) if is_the_segment(&segment)));
    assert_eq!(decoder.missing_fragments(), 0);
}

#[test]
fn missing_fragments_count_where_there_may_be_tcp() {
    let missing = |protocol, payload: &[u8]| {
        let mut decoder = Decoder::default();
        last_of(&mut decoder, &[ethernet(0x0800, &v4(protocol, 0x2000, &payload[..40]))]);
        decoder.missing_fragments()
    };
    assert_eq!(missing(6, &[0; 40]), 1);
    assert_eq!(missing(47, &[0; 40]), 1);
    assert_eq!(missing(1, &[0; 40]), 0);
    assert_eq!(missing(17, &udp(53, &[0; 40])), 0);
    assert_eq!(missing(17, &udp(5247, &[0; 40])), 1);
}
