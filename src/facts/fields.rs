//! The fields, one row each, in the order of JSON and of the documentation.

use std::borrow::Cow;
use std::net::IpAddr;

use super::Kind::{Address, Duration, Number, OneOf, Set, Text, Truth, Version};
use super::Tier::{Answer, Before, Consequence, Hello, Identity};
use super::Unit::{
    Attempt, Bits, Bytes, Certificates, Code, Errors, Flow, Hops, Packet, Packets, Port, Records, Remainder, Segments,
};
use super::{Column, Field, FlowFacts, Kind, Rank, Tone, Value};
use crate::flow::{Issues, Side, SideFlags};
use crate::proto::tls::Offers;
use crate::vocab::{Cause, Direction, EndedBy, Network, Noise, Outcome, text};

#[expect(clippy::unnecessary_wraps, reason = "the shape of a field's getter")]
fn integer<'a>(number: impl Into<i64>) -> Option<Value<'a>> {
    Some(Value::Integer(number.into()))
}

fn count<'a>(number: u64) -> Option<Value<'a>> {
    integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A number of both directions together.
fn sum<'a>(facts: &FlowFacts<'_>, read: impl Fn(&Side) -> u64) -> Option<Value<'a>> {
    count(Direction::BOTH.iter().map(|way| read(&facts.row.sides[*way])).sum())
}

/// A number of which 0 says that there is none.
fn stated<'a>(number: impl Into<i64>) -> Option<Value<'a>> {
    integer(number).filter(|number| *number != Value::Integer(0))
}

/// The TTL or hop limit of an end's first packet, where it sent one.
fn ttl<'a>(side: &Side) -> Option<Value<'a>> {
    integer(side.ttl).filter(|_| side.packets > 0)
}

fn window_scale<'a>(side: &Side) -> Option<Value<'a>> {
    integer(side.window_scale).filter(|_| side.flags.has(SideFlags::SCALED))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a field's getter")]
fn mac<'a>(address: [u8; 6]) -> Option<Value<'a>> {
    Some(Value::Text(Cow::Owned(text::mac(address))))
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of a field's getter")]
fn name(text: &'static str) -> Option<Value<'static>> {
    Some(Value::Text(Cow::Borrowed(text)))
}

fn borrowed(text: Option<&str>) -> Option<Value<'_>> {
    text.map(|text| Value::Text(Cow::Borrowed(text)))
}

/// The server name's bytes in hexadecimal where they are not plain ASCII.
fn name_in_hex<'a>(facts: &FlowFacts<'a>) -> Option<Value<'a>> {
    let name = facts.tls?.server_name.as_deref()?;
    let is_plain = name.iter().all(|byte| matches!(byte, b' '..=b'~'));
    (!is_plain).then(|| Value::Text(Cow::Owned(text::hex(name))))
}

/// A list that the ClientHello offers, unless it offers none.
fn offered<'a>(facts: &FlowFacts<'a>, list: impl Fn(&Offers) -> &str) -> Option<Value<'a>> {
    borrowed(facts.tls?.offers.as_deref().map(list)).filter(|value| *value != Value::Text(Cow::Borrowed("")))
}

/// The network that an address is of.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a field's getter")]
fn network<'a>(ip: IpAddr) -> Option<Value<'a>> {
    Some(Value::Text(Cow::Owned(Network::of(ip).to_string())))
}

/// The last two labels of a name.
fn domain(name: &[u8]) -> Option<Value<'_>> {
    let mut dots = name.iter().enumerate().rev().filter(|(_, byte)| **byte == b'.').map(|(at, _)| at);
    let start = dots.nth(1).map_or(0, |dot| dot + 1);
    name.get(start..).map(Value::Bytes)
}

/// What a number is when it is divided by 2.
const PARITIES: [&str; 2] = ["even", "odd"];

/// Whose address a segment bears.
const SENDERS: Kind = OneOf(&Direction::SENDERS);

/// Every field.
pub static FIELDS: &[Field] = &[
    Field::new("flow", Number(Flow), Identity, |f| integer(f.flow.0))
        .says("Number of the TCP connection, from 0, as Wireshark's tcp.stream.")
        .csv(0)
        .also(&["tcp.stream"])
        .listed(Column::new(0, "Flow", (4, 8, 8), 0).tone(Tone::Number)),
    Field::new("capture", Text, Before, |f| borrowed(Some(f.capture)))
        .explains(Rank::Interface)
        .says("File that holds the first packet.")
        .csv(1),
    Field::new("client.ip", Address, Before, |f| Some(Value::Ip(f.row.client.ip)))
        .explains(Rank::Client)
        .says("Address of the end that opened the connection.")
        .csv(4)
        .also(&["client", "ip", "ip.addr", "ipv6.addr", "ip.src"])
        .listed(Column::new(2, "Client", (12, 21, 47), 3).port("client.port").tone(Tone::Client)),
    Field::new("client.port", Number(Port), Before, |f| integer(f.row.client.port))
        .explains(Rank::Port)
        .says("Its TCP port.")
        .csv(5)
        .also(&["port", "tcp.port", "tcp.srcport"]),
    Field::new("client.network", Text, Before, |f| network(f.row.client.ip))
        .explains(Rank::Network)
        .says("Network of its address: /24 of IPv4, /64 of IPv6.")
        .total(),
    Field::new("client.port.parity", OneOf(&PARITIES), Before, |f| name(PARITIES[usize::from(f.row.client.port % 2)]))
        .explains(Rank::Remainder)
        .says("Whether its port is even or odd.")
        .total(),
    Field::new("client.port.mod4", Number(Remainder), Before, |f| integer(f.row.client.port % 4))
        .explains(Rank::Remainder)
        .says("What is left when its port is divided by 4.")
        .total(),
    Field::new("client.port.mod8", Number(Remainder), Before, |f| integer(f.row.client.port % 8))
        .explains(Rank::Remainder)
        .says("What is left when its port is divided by 8.")
        .total(),
    Field::new("server.ip", Address, Before, |f| Some(Value::Ip(f.row.server.ip)))
        .explains(Rank::Address)
        .says("Address of the end that was connected to.")
        .csv(6)
        .also(&["server", "ip", "ip.addr", "ipv6.addr", "ip.dst"])
        .listed(Column::new(3, "Server", (12, 21, 47), 5).port("server.port").tone(Tone::Server)),
    Field::new("server.port", Number(Port), Before, |f| integer(f.row.server.port))
        .explains(Rank::Address)
        .says("Its TCP port.")
        .csv(7)
        .also(&["port", "tcp.port", "tcp.dstport"]),
    Field::new("server.network", Text, Before, |f| network(f.row.server.ip))
        .explains(Rank::Address)
        .says("Network of its address: /24 of IPv4, /64 of IPv6.")
        .total(),
    Field::new("ip.version", Number(Code), Before, |f| integer(if f.row.client.ip.is_ipv4() { 4 } else { 6 }))
        .explains(Rank::Client)
        .says("Version of IP.")
        .total(),
    Field::new("client.mac", Text, Before, |f| mac(f.links.to_server?.macs?.0))
        .explains(Rank::Client)
        .says("Hardware address from which the client's first packet comes, on the link of the capture: its own or its router's.")
        .csv(41)
        .also(&["mac", "eth.addr", "eth.src"]),
    Field::new("next_hop.mac", Text, Before, |f| mac(f.links.to_server?.macs?.1))
        .explains(Rank::NextHop)
        .says("Hardware address to which it goes: the next hop's towards the server.")
        .csv(42)
        .also(&["mac", "eth.addr", "eth.dst"]),
    Field::new("server.mac", Text, Answer, |f| mac(f.links.to_client?.macs?.0))
        .says("Hardware address from which the server's first packet comes.")
        .csv(43)
        .also(&["mac", "eth.addr"]),
    Field::new("vlan", Number(Code), Before, |f| integer(f.links.to_server?.vlan?))
        .explains(Rank::NextHop)
        .says("VLAN identifier of the client's first packet (IEEE 802.1Q), the innermost tag's.")
        .also(&["vlan.id"]),
    Field::new("interface", Number(Code), Before, |f| integer(f.links.to_server?.interface))
        .explains(Rank::NextHop)
        .says("Number of the interface on which the client's first packet was captured, within its section of a pcapng file.")
        .also(&["frame.interface_id"])
        .sparse(),
    Field::new("first_packet", Number(Packet), Identity, |f| integer(f.row.first_packet.0))
        .says("Number of the first packet, as Wireshark's frame.number."),
    Field::new("last_packet", Number(Packet), Identity, |f| integer(f.row.last_packet.0))
        .says("Number of the last packet."),
    Field::new("start", Kind::Time, Before, |f| Some(Value::Time(f.row.start)))
        .says("Time of the first packet.")
        .csv(2)
        .also(&["time", "frame.time"])
        .listed(Column::new(1, "Time", (15, 15, 15), 6).tone(Tone::Faint)),
    Field::new("duration", Duration, Consequence, |f| Some(Value::Seconds(f.row.end.since(f.row.start))))
        .says("From the first packet to the last.")
        .csv(3),
    Field::new("packets", Number(Packets), Consequence, |f| sum(f, |side| side.packets.into()))
        .says("Packets of both directions.")
        .csv(25)
        .total()
        .listed(Column::new(10, "Packets", (7, 9, 9), 9)),
    Field::new("packets.to_server", Number(Packets), Consequence, |f| integer(f.row.sides.to_server.packets))
        .says("Packets from the client."),
    Field::new("packets.to_client", Number(Packets), Consequence, |f| integer(f.row.sides.to_client.packets))
        .says("Packets from the server."),
    Field::new("bytes", Number(Bytes), Consequence, |f| sum(f, |side| side.bytes))
        .says("TCP payload of both directions, retransmissions included.")
        .csv(26)
        .total()
        .listed(Column::new(11, "Bytes", (5, 11, 11), 10)),
    Field::new("bytes.to_server", Number(Bytes), Consequence, |f| count(f.row.sides.to_server.bytes))
        .says("TCP payload from the client.")
        .csv(27),
    Field::new("bytes.to_client", Number(Bytes), Consequence, |f| count(f.row.sides.to_client.bytes))
        .says("TCP payload from the server.")
        .csv(28),
    Field::new("tcp.syn_rtt", Duration, Answer, |f| Some(Value::Seconds(f.row.syn_rtt()?.as_secs_f64())))
        .explains(Rank::Distance)
        .says("From the SYN to the SYN-ACK.")
        .csv(30),
    Field::new("tcp.mss.to_server", Number(Bytes), Before, |f| stated(f.row.sides.to_server.mss))
        .explains(Rank::Options)
        .says("MSS of the client's SYN.")
        .csv(33),
    Field::new("tcp.mss.to_client", Number(Bytes), Answer, |f| stated(f.row.sides.to_client.mss))
        .explains(Rank::Options)
        .says("MSS of the server's SYN-ACK.")
        .csv(34),
    Field::new("tcp.window_scale.to_server", Number(Bits), Before, |f| window_scale(&f.row.sides.to_server))
        .explains(Rank::Options)
        .says("Window scale of the client's SYN."),
    Field::new("tcp.window_scale.to_client", Number(Bits), Answer, |f| window_scale(&f.row.sides.to_client))
        .explains(Rank::Options)
        .says("Window scale of the server's SYN-ACK."),
    Field::new("tcp.retransmissions", Number(Segments), Consequence, |f| sum(f, |side| side.retransmissions.into()))
        .says("Retransmitted segments of both directions.")
        .csv(29)
        .total()
        .also(&["tcp.analysis.retransmission"])
        .listed(Column::new(12, "Retr", (4, 6, 6), 4).tone(Tone::Trouble)),
    Field::new("tcp.retransmissions.to_server", Number(Segments), Consequence, |f| {
        integer(f.row.sides.to_server.retransmissions)
    })
    .says("Retransmitted segments of the client."),
    Field::new("tcp.retransmissions.to_client", Number(Segments), Consequence, |f| {
        integer(f.row.sides.to_client.retransmissions)
    })
    .says("Retransmitted segments of the server."),
    Field::new("tcp.ttl.to_server", Number(Hops), Before, |f| ttl(&f.row.sides.to_server))
        .explains(Rank::Distance)
        .says("TTL or hop limit of the client's first packet.")
        .csv(31)
        .also(&["ttl", "ip.ttl"]),
    Field::new("tcp.ttl.to_client", Number(Hops), Answer, |f| ttl(&f.row.sides.to_client))
        .explains(Rank::Distance)
        .says("TTL or hop limit of the server's first packet.")
        .csv(32)
        .also(&["ttl", "ip.ttl"]),
    Field::new("tcp.reset_by", SENDERS, Consequence, |f| name(f.row.reset_by?.sender()))
        .says("Whose address the first RST bears.")
        .csv(35),
    Field::new("tcp.closed_by", SENDERS, Consequence, |f| name(f.row.closed_by?.sender()))
        .says("Whose address the first FIN bears.")
        .csv(36),
    Field::new("icmp_errors", Number(Errors), Consequence, |f| integer(f.row.icmp_errors))
        .says("ICMP errors that quote the flow.")
        .csv(37)
        .json("tcp.icmp_errors")
        .sparse(),
    Field::new("tls.client", SENDERS, Hello, |f| {
        let tls = f.tls.filter(|tls| tls.progress.hello_begun)?;
        name(tls.way(Direction::ToServer).sender())
    })
    .says(
        "Which end sends the ClientHello: \"server\" where the end that received the SYN is the client of TLS (a dialled \
         agent, FTP's active mode). All other fields, ended_by among them, name the ends of TCP.",
    )
    .csv(39),
    Field::new("tls.sni", Text, Hello, |f| f.tls?.server_name.as_deref().map(Value::Bytes))
        .explains(Rank::Name)
        .says("Server name indication of the first ClientHello (RFC 6066 §3).")
        .csv(8)
        .also(&["sni", "name", "tls.handshake.extensions_server_name"])
        .listed(Column::new(4, "Server name", (8, 24, 40), 2).tone(Tone::Strong)),
    Field::new("tls.sni_hex", Text, Hello, name_in_hex)
        .says("Its bytes in hexadecimal, where they are not plain ASCII."),
    Field::new("tls.sni_domain", Text, Hello, |f| domain(f.tls?.server_name.as_deref()?))
        .explains(Rank::Name)
        .says("The last two labels of the server name.")
        .total(),
    Field::new("tls.version", Version, Consequence, |f| Some(Value::Text(f.tls?.version?.shown())))
        .says("Version of the first ServerHello (RFC 8446 §4.2.1).")
        .csv(9)
        .also(&["version", "tls.handshake.version"])
        .listed(Column::new(5, "Version", (7, 9, 9), 7)),
    Field::new("tls.version_id", Number(Code), Consequence, |f| integer(f.tls?.version?.0)).says("Its number."),
    Field::new("tls.cipher", Text, Consequence, |f| Some(Value::Text(f.tls?.cipher?.shown())))
        .says("Cipher suite of the first ServerHello (IANA TLS Cipher Suites).")
        .csv(10)
        .also(&["cipher", "tls.handshake.ciphersuite"]),
    Field::new("tls.cipher_id", Number(Code), Consequence, |f| integer(f.tls?.cipher?.0)).says("Its number."),
    Field::new("tls.alpn", Text, Consequence, |f| f.tls?.alpn.as_deref().map(Value::Bytes))
        .says("Application protocol the server chose (RFC 7301), where it is in clear.")
        .csv(11)
        .also(&["alpn", "tls.handshake.extensions_alpn_str"])
        .listed(Column::new(6, "ALPN", (5, 8, 10), 11)),
    Field::new("tls.group", Text, Consequence, |f| Some(Value::Text(f.tls?.group?.shown())))
        .says("Key exchange group the server chose (IANA TLS Supported Groups).")
        .csv(12)
        .also(&["group"]),
    Field::new("tls.ja3", Text, Hello, |f| borrowed(f.tls?.ja3.as_deref()))
        .says("JA3 of the first ClientHello.")
        .csv(13)
        .also(&["ja3", "tls.handshake.ja3"]),
    Field::new("tls.ja3s", Text, Consequence, |f| borrowed(f.tls?.ja3s.as_deref()))
        .says("JA3S of the first ServerHello.")
        .csv(14)
        .also(&["ja3s", "tls.handshake.ja3s"]),
    Field::new("tls.ja4", Text, Hello, |f| borrowed(f.tls?.ja4.as_deref()))
        .explains(Rank::Software)
        .says("JA4 of the first ClientHello.")
        .csv(15)
        .also(&["ja4", "tls.handshake.ja4"]),
    Field::new("tls.ja4_family", Text, Hello, |f| borrowed(f.tls?.ja4.as_deref()?.split('_').next()))
        .explains(Rank::Software)
        .says("The first part of JA4: TLS version, whether it names a server, how many suites and extensions, ALPN.")
        .total(),
    Field::new("tls.client_hello_bytes", Number(Bytes), Hello, |f| stated(f.tls?.client_hello_bytes))
        .explains(Rank::Segments)
        .says("Length of the first ClientHello, header included.")
        .csv(16),
    Field::new("tls.client_hello_segments", Number(Segments), Hello, |f| stated(f.tls?.client_hello_segments))
        .explains(Rank::Segments)
        .says("TCP segments that carried the first ClientHello.")
        .csv(17),
    Field::new("tls.first_segment_bytes", Number(Bytes), Hello, |f| stated(f.tls?.first_segment))
        .explains(Rank::Segments)
        .says("Bytes of the first segment that carried the ClientHello, from its record's header on."),
    Field::new("tls.sni_in_first_segment", Truth, Hello, |f| {
        let tls = f.tls.filter(|tls| tls.server_name_at > 0)?;
        let end = tls.server_name_at as usize + tls.server_name.as_deref()?.len();
        Some(Value::Bool(end <= tls.first_segment as usize))
    })
        .explains(Rank::Segments)
        .says("Whether that segment holds the whole server name."),
    Field::new("tls.sni_offset", Number(Bytes), Hello, |f| stated(f.tls?.server_name_at))
        .explains(Rank::Segments)
        .says("Where the server name begins, in bytes from the header of the ClientHello's record on."),
    Field::new("tls.versions", Text, Hello, |f| offered(f, |offers| &offers.versions))
        .explains(Rank::Offer)
        .says("Versions offered (RFC 8446 §4.2.1), in the client's order."),
    Field::new("tls.groups", Text, Hello, |f| offered(f, |offers| &offers.groups))
        .explains(Rank::Offer)
        .says("Key exchange groups offered (RFC 8446 §4.2.7), in the client's order."),
    Field::new("tls.key_shares", Text, Hello, |f| offered(f, |offers| &offers.key_shares))
        .explains(Rank::Offer)
        .says("Groups of which a key is sent along (RFC 8446 §4.2.8), in the client's order."),
    Field::new("tls.alpn_offered", Text, Hello, |f| offered(f, |offers| &offers.alpn))
        .explains(Rank::Offer)
        .says("Application protocols offered (RFC 7301), in the client's order."),
    Field::new("tls.ech", Truth, Hello, |f| Some(Value::Bool(f.tls?.offers.as_ref()?.ech)))
        .explains(Rank::Offer)
        .says("Whether it has an encrypted ClientHello, real or GREASE (RFC 9849)."),
    Field::new("tls.psk", Truth, Hello, |f| Some(Value::Bool(f.tls?.offers.as_ref()?.psk)))
        .explains(Rank::Offer)
        .says("Whether it offers a pre-shared key (RFC 8446 §4.2.11)."),
    Field::new("tls.ticket", Truth, Hello, |f| Some(Value::Bool(f.tls?.offers.as_ref()?.ticket)))
        .explains(Rank::Offer)
        .says("Whether it returns a session ticket (RFC 5077)."),
    Field::new("tls.early_data", Truth, Hello, |f| Some(Value::Bool(f.tls?.offers.as_ref()?.early_data)))
        .explains(Rank::Offer)
        .says("Whether it announces early data (RFC 8446 §4.2.10)."),
    Field::new("tls.extensions", Text, Hello, |f| offered(f, |offers| &offers.extensions))
        .explains(Rank::Extensions)
        .says("Its extensions, in the order of their numbers.")
        .total(),
    Field::new("tls.first_extension", Text, Hello, |f| borrowed(f.tls?.offers.as_ref()?.ends.as_ref().map(|ends| &*ends.0)))
        .explains(Rank::Extensions)
        .says("Its first extension.")
        .total(),
    Field::new("tls.last_extension", Text, Hello, |f| borrowed(f.tls?.offers.as_ref()?.ends.as_ref().map(|ends| &*ends.1)))
        .explains(Rank::Extensions)
        .says("Its last extension.")
        .total(),
    Field::new("tls.ja4_suites", Text, Hello, |f| borrowed(f.tls?.ja4.as_deref()?.split('_').nth(1)))
        .explains(Rank::Software)
        .says("The hash of its cipher suites: the second part of JA4.")
        .total(),
    Field::new("tls.resumed", Truth, Consequence, |f| Some(Value::Bool(f.tls?.resumed?)))
        .says("Whether an earlier session was resumed.")
        .csv(18),
    Field::new("tls.handshake_time", Duration, Consequence, |f| {
        let tls = f.tls?;
        Some(Value::Seconds(tls.completed?.since(tls.began?)))
    })
    .says("From the first byte of the ClientHello to the end of the handshake.")
    .csv(20)
    .listed(Column::new(9, "Handshake", (9, 10, 10), 8)),
    Field::new("tls.certificates", Number(Certificates), Consequence, |f| integer(f.tls?.certificates))
        .says("Certificates seen in clear or decrypted, of both directions.")
        .csv(19)
        .sparse(),
    Field::new("tls.start.to_server", Number(Bytes), Consequence, |f| {
        let tls = f.tls?;
        count(tls.start[tls.way(Direction::ToServer)])
    })
        .says("Offset in the client's stream at which TLS begins (after STARTTLS, CONNECT, SOCKS, PROXY)."),
    Field::new("tls.start.to_client", Number(Bytes), Consequence, |f| {
        let tls = f.tls?;
        count(tls.start[tls.way(Direction::ToClient)])
    })
        .says("Offset in the server's stream at which TLS begins."),
    Field::new("tls.records.to_server", Number(Records), Consequence, |f| {
        let tls = f.tls?;
        integer(tls.records[tls.way(Direction::ToServer)])
    })
        .says("TLS records of the client."),
    Field::new("tls.records.to_client", Number(Records), Consequence, |f| {
        let tls = f.tls?;
        integer(tls.records[tls.way(Direction::ToClient)])
    })
        .says("TLS records of the server."),
    Field::new("attempt", Number(Attempt), Identity, |f| integer(f.attempt?))
        .says("Flows that are one try of one client share a number.")
        .csv(24),
    Field::new("outcome", OneOf(Outcome::NAMES), Consequence, |f| name(f.row.outcome?.name()))
        .says("How it came out.")
        .csv(21)
        .listed(Column::new(7, "Outcome", (8, 12, 12), 0).tone(Tone::Outcome)),
    Field::new("cause", OneOf(Cause::NAMES), Consequence, |f| name(f.row.cause?.name()))
        .says("Why it failed.")
        .csv(22)
        .listed(Column::new(8, "Cause", (8, 24, 30), 1).tone(Tone::Failure)),
    Field::new("ended_by", OneOf(EndedBy::NAMES), Consequence, |f| name(f.row.ended_by?.name()))
        .says("Who made success impossible.")
        .csv(23),
    Field::new("issues", Set(&Issues::NAMES), Consequence, |f| {
        (f.row.issues.0 != 0).then(|| Value::Set(f.row.issues.names().collect()))
    })
    .says("What is wrong with its capture.")
    .csv(38),
    Field::new("noise", OneOf(Noise::NAMES), Consequence, |f| name(f.row.noise?.name()))
        .says(
            "What it is that looks like a failure and is none of a handshake, as other flows show: a health check, a scan, a \
             dial to peers, a spare connection. Such a flow counts in no failure rate of handshakes.",
        )
        .csv(40),
];

/// The field of this name.
pub fn by_name(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

/// The columns of CSV, in their order.
pub fn csv_columns() -> Vec<&'static Field> {
    let mut columns: Vec<&Field> = FIELDS.iter().filter(|field| field.csv.is_some()).collect();
    columns.sort_by_key(|field| field.csv);
    columns
}
