//! The health of a capture: what it lacks, what it has twice, where it was taken. What it lacks qualifies every finding
//! that rests on something not seen.

use serde::Serialize;

use super::Index;
use crate::diagnose::Break;
use crate::flow::{FlowRow, Issues, UnusableCounts};
use crate::net::hops;
use crate::vocab::PerDirection;

/// Of ten flows that tell a distance this many must agree on where the capture was taken.
const AGREE_OF_TEN: usize = 8;

/// Where a capture was taken, as the distances of both ends tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vantage {
    /// On the clients, or in their network: their packets passed no router.
    Client,
    /// On the servers, or in their network.
    Server,
    /// Between both.
    Between,
    /// On one machine, or in one network with both.
    Both,
    /// The flows do not agree, or there is none that tells.
    #[default]
    Unknown,
}

impl Vantage {
    /// What is said of it.
    pub fn describe(self) -> &'static str {
        match self {
            Vantage::Client => "on the clients or next to them",
            Vantage::Server => "on the servers or next to them",
            Vantage::Between => "between clients and servers",
            Vantage::Both => "next to both ends",
            Vantage::Unknown => "not to be told",
        }
    }
}

/// What a capture lacks, what it has twice, where it was taken.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Health {
    /// TCP segments read.
    pub segments: u64,
    /// Packets that the capturing system says it dropped; `None` where it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<u64>,
    /// Segments that show that others were not captured: they acknowledge bytes not seen. A hole that nobody
    /// acknowledges was lost before the capture.
    pub missing_segments: u64,
    /// Those as a share of all segments.
    pub missing_share: f64,
    /// Packets captured twice.
    pub duplicates: u64,
    /// Packets cut by the snap length.
    pub cut_packets: u64,
    /// Segments larger than a frame: captured on a host that offloads segmentation.
    pub offloaded_segments: u64,
    /// Times at which the clock went back by more than 10 ms.
    pub clock_steps: u64,
    /// Flows of which one direction alone was captured.
    pub one_sided_flows: u64,
    /// Flows whose beginning was not captured.
    pub midstream_flows: u64,
    /// Flows with bytes that were not captured.
    pub flows_with_gaps: u64,
    /// Flows of which two copies of the same bytes differ.
    pub flows_with_conflicts: u64,
    /// Flows with bytes sent again whose copies were not compared: too large to be read again.
    pub uncompared_flows: u64,
    /// Flows read no further because too many were open at a time.
    pub unread_flows: u64,
    /// Flows of a flood, which have a cause and no finding of their own.
    pub flows_without_finding: u64,
    /// DNS lookups, QUIC tries, ICMP errors and ARP messages that found no room, so that no flow is linked to them.
    pub unlinked_datagrams: u64,
    /// Packets whose hardware addresses were not kept: there are too many.
    pub unkept_links: u64,
    /// IP fragments that covered bytes already received.
    pub fragment_overlaps: u64,
    /// IPv4 addresses that more than one machine says by ARP to have.
    pub contested_addresses: u64,
    /// Packets that their receivers cannot use, by reason, of the flows that were judged in full: those that did not
    /// simply succeed.
    pub unusable: UnusableCounts,
    /// Files of a ring that are not among those that were given.
    pub missing_files: u64,
    /// The spans in which the capture did not watch, by time.
    #[serde(skip)]
    pub breaks: Vec<Break>,
    /// Where it was taken, inferred from TTLs.
    pub vantage: Vantage,
}

impl Index {
    /// What the captures lack, what they have twice, where they were taken.
    pub fn health(&self) -> Health {
        let tally = self.tally;
        let breaks = self.breaks();
        let missing = breaks.iter().filter_map(|at| at.why.files());
        let mut health = Health {
            segments: tally.segments,
            dropped: self.dropped,
            missing_segments: tally.missing,
            missing_share: tally.missing_share(),
            duplicates: tally.duplicates,
            cut_packets: tally.cut,
            offloaded_segments: tally.offloaded,
            clock_steps: tally.clock_steps,
            unread_flows: self.unread_flows,
            uncompared_flows: self.uncompared_flows,
            unlinked_datagrams: self.datagrams.left_out + self.neighbours.left_out,
            contested_addresses: self.neighbours.contested().count() as u64,
            fragment_overlaps: self.fragment_overlaps,
            unkept_links: self.unkept_links,
            missing_files: missing.map(u64::from).sum(),
            breaks,
            ..Health::default()
        };
        let mut caused = 0;
        for (_, row) in self.flows.iter() {
            caused += usize::from(row.cause.is_some());
            health.one_sided_flows += u64::from(one_sided(row));
            health.midstream_flows += u64::from(row.issues.has(Issues::MIDSTREAM));
            health.flows_with_gaps += u64::from(row.issues.has(Issues::GAP));
            health.flows_with_conflicts += u64::from(row.issues.has(Issues::CONFLICT));
        }
        health.flows_without_finding = caused.saturating_sub(self.findings.len()) as u64;
        self.unusable.values().for_each(|counts| health.unusable += *counts);
        health.vantage = vantage(self.flows.iter().map(|(_, row)| row));
        health
    }
}

/// Whether a flow exchanged something of which one direction alone was captured: an unanswered SYN is none.
fn one_sided(row: &FlowRow) -> bool {
    let PerDirection { to_server, to_client } = &row.sides;
    to_server.packets.min(to_client.packets) == 0 && to_server.bytes + to_client.bytes > 0
}

fn vantage<'a>(rows: impl Iterator<Item = &'a FlowRow>) -> Vantage {
    // By whether the client is near, and whether the server is.
    let mut counts = [[0_usize; 2]; 2];
    for row in rows.filter(|row| row.handshake_seen()) {
        let near = |ttl: u8| usize::from(hops(ttl) == 0);
        counts[near(row.sides.to_server.ttl)][near(row.sides.to_client.ttl)] += 1;
    }
    let total: usize = counts.iter().flatten().sum();
    let places = [(Vantage::Between, 0, 0), (Vantage::Server, 0, 1), (Vantage::Client, 1, 0), (Vantage::Both, 1, 1)];
    let agreed =
        places.iter().find(|(_, client, server)| total > 0 && counts[*client][*server] * 10 >= total * AGREE_OF_TEN);
    agreed.map_or(Vantage::Unknown, |(vantage, ..)| *vantage)
}
