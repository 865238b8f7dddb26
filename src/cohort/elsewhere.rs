//! Packets of one connection that come from another address: what address translation leaves undone on one way.

use std::collections::HashMap;

use crate::diagnose::Elsewhere;
use crate::flow::{FlowRow, SideFlags, after};
use crate::index::Index;
use crate::net::Endpoint;
use crate::vocab::{Direction, FlowNumber};

/// Seconds after a flow's last packet within which another address's packets can still be its.
const AFTER: f64 = 60.0;
/// Bytes beyond what a server was seen to send within which a stray segment goes on with its stream.
const AHEAD: i32 = 1 << 20;

/// Of the suspects those of which packets came from another address than the one that their client asked.
///
/// Such packets are a flow of their own, without a SYN of the client: between the client's port and the other address.
pub(crate) fn elsewhere(index: &Index, suspects: &[FlowNumber]) -> HashMap<FlowNumber, Elsewhere> {
    let mut clients: HashMap<Endpoint, Vec<(FlowNumber, &FlowRow)>> = HashMap::new();
    for (flow, row) in suspects.iter().filter_map(|flow| Some((*flow, index.row(*flow)?))) {
        if row.sides.to_server.flags.has(SideFlags::SYN) {
            clients.entry(row.client).or_default().push((flow, row));
        }
    }
    let mut found = HashMap::new();
    for (flow, stray) in index.rows() {
        if stray.sides.to_server.flags.has(SideFlags::SYN) {
            continue;
        }
        // Without a SYN either end can have been taken for the client.
        for (client, end, from) in
            [(stray.client, stray.server, Direction::ToClient), (stray.server, stray.client, Direction::ToServer)]
        {
            for (suspect, row) in clients.get(&client).into_iter().flatten() {
                let Some(answers_syn) = belongs(row, stray, end, from) else { continue };
                let is_reset = stray.reset_by == Some(from.reversed());
                let (packet, last) = (stray.first_packet, stray.last_packet);
                found.entry(*suspect).or_insert(Elsewhere { flow, end, packet, last, answers_syn, is_reset });
            }
        }
    }
    found
}

/// Whether what `end` sent belongs to a flow: it acknowledges its SYN (`true`), or goes on where its server is (`false`).
fn belongs(row: &FlowRow, stray: &FlowRow, end: Endpoint, from: Direction) -> Option<bool> {
    let is_near = stray.start >= row.start && stray.start.since(row.end) < AFTER;
    let (sent, own) = (&stray.sides[from], &row.sides);
    if !is_near || end == row.server || !sent.flags.has(SideFlags::SEEN | SideFlags::ACKED) {
        return None;
    }
    if sent.flags.has(SideFlags::SYN_ACK) {
        return (sent.ack == own.to_server.first_seq()).then_some(true);
    }
    let server = &own.to_client;
    let goes_on = !after(server.first_seq(), sent.first_seq())
        && sent.first_seq().wrapping_sub(server.next_seq).cast_signed() <= AHEAD;
    let acknowledges = !after(own.to_server.first_seq(), sent.ack) && !after(sent.ack, own.to_server.next_seq);
    (server.flags.has(SideFlags::SYN_ACK) && goes_on && acknowledges).then_some(false)
}
