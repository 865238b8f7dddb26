//! After the pass: flows in which bytes were sent again are walked along once more, to see whether the copies differ.
//!
//! Only such flows, and only as many as can be read in a moment; those left out are counted in the capture's health.

use std::sync::Arc;

use super::follow::StreamMap;
use super::session::Shared;
use super::view::FlowRef;
use crate::flow::{FlowRow, Issues, SideFlags};
use crate::vocab::{Direction, FlowNumber};

/// Payload bytes that are read for this in all.
const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Packets that are gone over for this in all, those of other flows between them included.
const MAX_PACKETS: u64 = 32 * 1024 * 1024;

/// Sets the issue of every flow of which two copies of the same bytes differ.
pub(super) fn note(shared: &Arc<Shared>) {
    let suspects: Vec<(FlowNumber, FlowRow)> = {
        let index = shared.index.read();
        let repeats = |row: &FlowRow| {
            let sides = Direction::BOTH.map(|way| &row.sides[way]);
            sides.iter().any(|side| side.retransmissions > 0 && side.flags.has(SideFlags::DATA))
        };
        index.flows.iter().filter(|(_, row)| repeats(row)).map(|(flow, row)| (flow, row.clone())).collect()
    };
    let (mut bytes, mut packets, mut left_out) = (0, 0, 0);
    for (flow, row) in suspects {
        bytes += row.sides.to_server.bytes + row.sides.to_client.bytes;
        packets += u64::from(row.last_packet.0 - row.first_packet.0);
        if bytes > MAX_BYTES || packets > MAX_PACKETS || shared.is_cancelled() {
            left_out += 1;
            continue;
        }
        if differs(shared, flow).unwrap_or(false)
            && let Some(row) = shared.index.write().flows.get_mut(flow)
        {
            row.issues.set(Issues::CONFLICT);
        }
    }
    shared.index.write().uncompared_flows = left_out;
}

fn differs(shared: &Arc<Shared>, flow: FlowNumber) -> std::io::Result<bool> {
    let map = StreamMap::new(Arc::clone(shared), FlowRef::main(flow))?;
    map.walk(&|| shared.is_cancelled(), &mut |_| Ok(std::ops::ControlFlow::Continue(())))?;
    Ok(map.extent().conflicts > 0)
}
