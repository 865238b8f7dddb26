//! Frames made by hand, one for each way in which a TCP segment can be wrapped, and frames that nearly are one.

/// Three bytes of payload behind a SACK block, an unknown option and an MPTCP one.
pub(super) const DATA: &str = "c35001bb 00000065 000000c8 a01801f6 00000000 \
                               0101050a 00000001 00000009 fe04abcd 1e040180 616263";

/// Bytes written in hexadecimal.
pub(super) fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).expect("hex"), 16).expect("hex")).collect()
}

/// Bytes written in hexadecimal, then others.
pub(super) fn before(text: &str, rest: &[u8]) -> Vec<u8> {
    [&bytes(text), rest].concat()
}

/// An IPv4 packet without options around a payload.
pub(super) fn v4(protocol: u8, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let total = (20 + payload.len() as u16).to_be_bytes();
    let fragment = fragment.to_be_bytes();
    let mut header = vec![0x45, 0xb8, total[0], total[1], 0x12, 0x34, fragment[0], fragment[1], 64, protocol, 0, 0];
    header.extend([192, 0, 2, 1, 198, 51, 100, 7]);
    let sum = header.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum::<u32>();
    let checksum = !((sum & 0xffff) + (sum >> 16)) as u16;
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    [&header, payload].concat()
}

pub(super) fn v6(next: u8, payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16).to_be_bytes();
    let mut header = vec![0x60, 0x2b, 0xcd, 0xef, length[0], length[1], next, 57];
    header.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    header.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    [&header, payload].concat()
}

pub(super) fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1][..], &kind.to_be_bytes(), payload].concat()
}

/// A datagram to a port.
pub(super) fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let (port, length) = (port.to_be_bytes(), (8 + payload.len() as u16).to_be_bytes());
    [&[0xc0, 0, port[0], port[1], length[0], length[1], 0, 0], payload].concat()
}

/// A UDP datagram in IPv4 in Ethernet.
pub(super) fn datagram(port: u16, payload: &[u8]) -> Vec<u8> {
    ethernet(0x0800, &v4(17, 0, &udp(port, payload)))
}

/// GRE in IPv4 in Ethernet.
fn gre(header: &str, inner: &[u8]) -> Vec<u8> {
    ethernet(0x0800, &v4(47, 0, &before(header, inner)))
}

/// An IEEE 802.11 data frame to the access point, with the two bytes of Frame Control in front.
pub(super) fn wlan(control: &str, rest: &str, payload: &[u8]) -> Vec<u8> {
    let addresses = "2c00 020000000003 020000000001 020000000002 1000";
    before(control, &before(addresses, &before(rest, payload)))
}

/// One frame of an A-MSDU, not padded.
pub(super) fn msdu(payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u16).to_be_bytes();
    [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1][..], &length, payload].concat()
}

/// A frame and how it came to be.
pub(super) struct Sample {
    pub name: &'static str,
    /// Link type.
    pub link: u16,
    pub frame: Vec<u8>,
}

fn sample(name: &'static str, link: u16, frame: Vec<u8>) -> Sample {
    Sample { name, link, frame }
}

/// The same segment in each link layer.
fn links() -> Vec<Sample> {
    let ip = v4(6, 0x4000, &bytes(DATA));
    let inner = ethernet(0x0800, &ip);
    let llc = before("aaaa03 000000 0800", &ip);
    let avs = before("80211001 00000040", &[0; 56]);
    let plain = wlan("0802", "", &llc);
    vec![
        sample("NULL", 0, before("02000000", &ip)),
        sample("LOOP", 108, before("00000018", &v6(6, &bytes(DATA)))),
        sample("Ethernet", 1, inner.clone()),
        sample("IPv6", 1, ethernet(0x86dd, &v6(6, &bytes(DATA)))),
        sample("IEEE 802.2", 1, ethernet(llc.len() as u16, &llc)),
        sample("IEEE 802.2 with IP's own access point", 1, ethernet(80, &before("060603", &ip))),
        sample("bridge tunnel", 1, ethernet(80, &before("aaaa03 0000f8 0800", &ip))),
        sample("IEEE 802.2 with NLPID", 1, ethernet(80, &before("fefe03 cc", &ip))),
        sample("PPP", 9, before("ff03 0021", &ip)),
        sample("PPP, compressed", 9, before("21", &ip)),
        sample("FDDI", 10, before("54 020000000002 020000000001", &llc)),
        sample("raw IP", 101, ip.clone()),
        sample("PPPoE alone", 51, before("1100 0001 0041 0021", &ip)),
        sample("ATM", 100, llc.clone()),
        sample("ATM with a bridged frame", 100, before("aaaa03 0080c2 0007 0000", &inner)),
        sample("ATM with PPP", 100, before("fefe03 cf 0021", &ip)),
        sample("Cisco HDLC", 104, before("0f00 0800", &ip)),
        sample("IEEE 802.11", 105, plain.clone()),
        sample("IEEE 802.11 with quality of service", 105, wlan("8801", "0700", &llc)),
        sample("IEEE 802.11, padded", 105, wlan("8801", "0700 0000", &llc)),
        sample("IEEE 802.11 of four addresses", 105, wlan("8803", "020000000001 0700", &llc)),
        sample("IEEE 802.11, its protection removed", 105, wlan("8841", "0700", &llc)),
        sample("IEEE 802.11 A-MSDU of one", 105, wlan("8801", "8700", &msdu(&llc))),
        sample("enc", 109, before("02000000 00001234 00000000", &ip)),
        sample("Linux cooked", 113, before("0004 0001 0006 0200000000010000 0800", &ip)),
        sample("pflog", 117, [&bytes("3d 02 00 00")[..], &[0; 60], &ip].concat()),
        sample("Prism", 119, [&bytes("44000000 18000000")[..], b"wlan0\0\0\0\0\0\0\0\0\0\0\0", &plain].concat()),
        sample("Prism's number with AVS", 119, [&avs[..], &plain].concat()),
        sample("radiotap", 127, before("00000900 00000000 01", &plain)),
        sample("AVS", 163, [&avs[..], &plain].concat()),
        sample("PKTAP", 258, pktap(1, &inner)),
        sample("PKTAP under its first number", 149, pktap(12, &ip)),
        sample("pppd", 166, before("01 03 0021", &ip)),
        sample("PPI", 192, before("0000 0800 69000000", &plain)),
        sample("PPP with direction", 204, before("00 ff03 0021", &ip)),
        sample("PPP with direction, sent and compressed", 204, before("01 21", &ip)),
        sample("NFLOG", 239, before("02 00 002a 0800 0100 0000 0300 0500 0a00 00 000000 4300 0900", &ip)),
        sample("NFLOG of a big-endian bridge", 239, before("07 00 0000 0008 0001 0800 0000 0043 0009", &ip)),
        sample("IPoIB", 242, [&[0x42; 40][..], &bytes("0800 0000"), &ip].concat()),
        sample("IPoIB, header alone", 242, before("0800 0000", &ip)),
        sample("InfiniBand", 247, infiniband(false, &ip)),
        sample("InfiniBand with a global route", 247, infiniband(true, &ip)),
        sample("Linux cooked 2", 276, before("0800 0000 00000002 0001 04 06 0200000000010000", &ip)),
        sample("Broadcom tag", 281, tagged("00000001", &ip)),
        sample("Broadcom tag in front", 282, before("00000001", &inner)),
        sample("DSA", 284, tagged("e0080007", &ip)),
        sample("EDSA", 285, tagged("dada0000 c0000000", &ip)),
    ]
}

/// An Ethernet header with a switch's tag in it.
fn tagged(tag: &str, ip: &[u8]) -> Vec<u8> {
    before("020000000002 020000000001", &before(tag, &before("0800", ip)))
}

fn pktap(kind: u8, packet: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 108];
    (header[0], header[4], header[8]) = (108, 1, kind);
    header[12..15].copy_from_slice(b"en0");
    [&header, packet].concat()
}

fn infiniband(global: bool, ip: &[u8]) -> Vec<u8> {
    let route = if global { before("60000000 0050 1b 40", &[0x20; 32]) } else { Vec::new() };
    let local = if global { "0003 0001 0018 0002" } else { "0002 0001 0018 0002" };
    let transport = "6400 ffff 00 000012 00 000001 00000b1b 00 000034 0800 0000";
    [&bytes(local), &route, &bytes(transport), ip].concat()
}

/// The same segment behind each tag and in each tunnel.
fn tunnels() -> Vec<Sample> {
    let ip = v4(6, 0x4000, &bytes(DATA));
    let six = v6(6, &bytes(DATA));
    let inner = ethernet(0x0800, &ip);
    let llc = before("aaaa03 000000 0800", &ip);
    let quality = wlan("8801", "0700", &llc);
    let swapped = wlan("0188", "0700", &llc);
    let label = before("00010040 00200140", &ip);
    vec![
        sample("802.1Q", 1, ethernet(0x8100, &before("e006 0800", &ip))),
        sample("QinQ", 1, ethernet(0x88a8, &before("0005 8100 e006 8100 0007 0800", &ip))),
        sample("802.1ah", 1, ethernet(0x88e7, &before("00000007", &inner))),
        sample("802.1BR", 1, ethernet(0x893f, &before("1000 00d3 0000 0800", &ip))),
        sample("VN-Tag", 1, ethernet(0x8926, &before("80010000 0800", &ip))),
        sample("EDSA in Ethernet", 1, ethernet(0xdada, &before("0000 c0000000 0800", &ip))),
        sample("Broadcom in Ethernet", 1, ethernet(0x8874, &before("00000001 0800", &ip))),
        sample("MACsec, integrity alone", 1, ethernet(0x88e5, &before("20 00 00000001 020000000001 0001 0800", &ip))),
        sample("MPLS", 1, ethernet(0x8847, &label)),
        sample("MPLS pseudowire", 1, ethernet(0x8847, &before("00010140 00000000", &inner))),
        sample("PPPoE", 1, ethernet(0x8864, &before("1100 0001 0041 0021", &ip))),
        sample("PPPoE, compressed", 1, ethernet(0x8864, &before("1100 0001 0040 21", &ip))),
        sample("FabricPath", 1, ethernet(0x8903, &before("0060", &inner))),
        sample("Cisco metadata", 1, ethernet(0x8909, &before("0101 0001 0000 0800", &ip))),
        sample("IPv4 in IPv4", 1, ethernet(0x0800, &v4(4, 0, &ip))),
        sample("IPv6 in IPv4", 1, ethernet(0x0800, &v4(41, 0, &six))),
        sample("IPv4 in IPv6", 1, ethernet(0x86dd, &v6(4, &ip))),
        sample("IPv4 in IPv6 with a limit", 1, ethernet(0x86dd, &v6(60, &before("04 00 04 01 04 01 01 00", &ip)))),
        sample("EtherIP", 1, ethernet(0x0800, &v4(97, 0, &before("3000", &inner)))),
        sample("Ethernet in IPv6", 1, ethernet(0x86dd, &v6(143, &inner))),
        sample("MPLS in IP", 1, ethernet(0x0800, &v4(137, 0, &label))),
        sample("GRE", 1, gre("0000 0800", &ip)),
        sample("GRE with a key", 1, gre("2000 6558 00000003", &inner)),
        sample("GRE of PPTP", 1, gre("3081 880b 0040 0001 00000001 00000001 ff03 0021", &ip)),
        sample("EoIP", 1, gre("2001 6400 004d 0700", &inner)),
        sample("Aruba", 1, gre("0000 8200", &quality)),
        sample("Aruba, A-MSDU", 1, gre("0000 8210", &wlan("8801", "8700", &msdu(&llc)))),
        sample("ERSPAN I", 1, gre("0000 88be", &inner)),
        sample("ERSPAN II", 1, gre("1000 88be 00000001 1005 0001 00000000", &inner)),
        sample("ERSPAN III", 1, gre("1000 22eb 00000001 2005 0001 00000000 0000 0000", &inner)),
        sample(
            "ERSPAN III, platform",
            1,
            gre("1000 22eb 00000001 2005 0001 00000000 0000 0001 1400000000000000", &inner),
        ),
        sample("ERSPAN III of IP", 1, gre("1000 22eb 00000001 2005 0001 00000000 0000 0800", &ip)),
        sample("GRE in UDP", 1, datagram(4754, &before("0000 0800", &ip))),
        sample("VXLAN", 1, datagram(4789, &before("08000000 00002a00", &inner))),
        sample("GENEVE", 1, datagram(6081, &before("0100 6558 00000900 01020300", &inner))),
        sample("GTP-U", 1, datagram(2152, &before("30ff 003f 00000005", &ip))),
        sample("GTP-U with a sequence number", 1, datagram(2152, &before("32ff 0043 00000005 0001 00 00", &ip))),
        sample(
            "GTP-U with extensions",
            1,
            datagram(2152, &before("34ff 004b 00000005 0000 00 85 01 1009 c0 01 0102 00", &ip)),
        ),
        sample("AYIYA", 1, datagram(5072, &[&bytes("44 52 11 29 5f000000")[..], &[0x20; 36], &six].concat())),
        sample("Teredo", 1, datagram(3544, &six)),
        sample(
            "Teredo with its indications",
            1,
            datagram(3544, &before("0001 00 00 0000000000000000 00 0000 3c00 3fffffff", &six)),
        ),
        sample("L2TP", 1, datagram(1701, &before("4002 004b 0001 0002 ff03 0021", &ip))),
        sample("L2TP with an offset", 1, datagram(1701, &before("0a02 0001 0002 0000 0000 0002 0000 0021", &ip))),
        sample("CAPWAP", 1, datagram(5247, &before("00 100300 0000 0000", &quality))),
        sample("CAPWAP, Frame Control swapped", 1, datagram(5247, &before("00 100300 0000 0000", &swapped))),
        sample("CAPWAP of binding 0", 1, datagram(5247, &before("00 100100 0000 0000", &swapped))),
        sample("CAPWAP of 802.3", 1, datagram(5247, &before("00 100200 0000 0000", &inner))),
        sample(
            "CAPWAP with wireless information",
            1,
            datagram(5247, &before("00 200320 0000 0000 04 c8 1e 0036 000000", &swapped)),
        ),
        sample(
            "CAPWAP with a radio's address",
            1,
            datagram(5247, &before("00 200310 0000 0000 06 020000000009 00", &swapped)),
        ),
    ]
}

/// The same segment in every wrapping.
pub(super) fn all() -> Vec<Sample> {
    links().into_iter().chain(tunnels()).collect()
}
