//! Indexes from a few words, for tests of what flows tell of each other.

use std::net::IpAddr;

use super::Index;
use crate::net::{Endpoint, Segment, TcpFlags};
use crate::proto::TlsFacts;
use crate::vocab::{Cause, EndedBy, FlowNumber, Outcome, PacketNumber, Time};

/// One flow: a SYN, an answer to it unless `is_silent`, and a last packet.
#[derive(Clone, Copy)]
pub(crate) struct Flow {
    /// Last byte of the client's address.
    pub client: u8,
    /// The client's port; 0 for one of its own.
    pub port: u16,
    /// Last byte of the server's address.
    pub server: u8,
    /// The server's port.
    pub server_port: u16,
    /// Its server name; empty without a ClientHello.
    pub name: &'static str,
    /// Milliseconds from the capture's start to the SYN.
    pub start: i64,
    /// Milliseconds to the last packet.
    pub end: i64,
    /// How it came out.
    pub outcome: Option<Outcome>,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// Whether nothing answers the SYN.
    pub is_silent: bool,
    /// The end of its ClientHello's random.
    pub random: Option<u64>,
}

impl Flow {
    /// A good one.
    pub const DEFAULT: Self = Self {
        client: 1,
        port: 0,
        server: 9,
        server_port: 443,
        name: "a.example.test",
        start: 0,
        end: 10,
        outcome: Some(Outcome::Ok),
        cause: None,
        is_silent: false,
        random: None,
    };
}

impl Default for Flow {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The address `10.0.0.last`.
pub(crate) fn address(last: u8) -> IpAddr {
    IpAddr::from([10, 0, 0, last])
}

impl Index {
    /// An index of these flows, numbered in their order.
    pub(crate) fn of(flows: &[Flow]) -> Self {
        let mut index = Self::new(vec!["test.pcap".to_owned()]);
        index.begin_file(0);
        for (number, flow) in flows.iter().enumerate() {
            index.add(FlowNumber(number as u32), flow);
        }
        index
    }

    fn add(&mut self, number: FlowNumber, flow: &Flow) {
        let port = if flow.port == 0 { 40_000 + number.0 as u16 } else { flow.port };
        let client = Endpoint { ip: address(flow.client), port };
        let server = Endpoint { ip: address(flow.server), port: flow.server_port };
        let first = number.0 * 100_000;
        self.packet((client, server), (first, TcpFlags::SYN), flow.start);
        if !flow.is_silent {
            self.packet((server, client), (first, TcpFlags::SYN | TcpFlags::ACK), flow.start + 1);
        }
        self.packet((client, server), (first + 1, TcpFlags::ACK | TcpFlags::FIN), flow.end);
        if !flow.name.is_empty()
            && let Some(row) = self.flows.get_mut(number)
        {
            row.tls = self.tls.len() as u32;
            self.tls.push(TlsFacts {
                client_random: flow.random,
                server_name: Some(flow.name.as_bytes().into()),
                client_hello_segments: 1,
                ..TlsFacts::default()
            });
        }
        if let Some(outcome) = flow.outcome {
            self.settle_without_finding(number, outcome, flow.cause.map(|cause| (cause, EndedBy::Unknown)));
        }
    }

    fn packet(&mut self, (src, dst): (Endpoint, Endpoint), (seq, flags): (u32, u16), millis: i64) {
        let segment = Segment { seq, ack: seq.wrapping_add(1), flags: TcpFlags(flags), ..Segment::bare(src, dst) };
        let hash = self.hasher().hash(src, dst);
        let time = Time(millis * Time::SECOND / 1000);
        let number: PacketNumber = self.packets.next_number();
        let placed = self.flows.segment(&segment, hash, number, time);
        self.packets.push(u64::from(number.0) * 100, Some(placed.flow));
    }
}
