//! After the pass: flows in which bytes were sent again are walked along once more, to see whether the copies differ.
//!
//! Only such flows, and only as many as can be read in a moment; those left out are counted in the capture's health.

use std::convert::Infallible;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::Error;
use super::follow::StreamMap;
use super::parallel;
use super::shared::Shared;
use crate::flow::{FlowRow, SideFlags};
use crate::vocab::{Direction, FlowNumber, FlowRef};

/// Payload bytes that are read for this in all.
const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Packets that are gone over for this in all, those of other flows between them included.
const MAX_PACKETS: u64 = 32 * 1024 * 1024;

/// Sets the issue of every flow of which two copies of the same bytes differ.
pub(super) fn note(shared: &Arc<Shared>) {
    let (mut bytes, mut packets, mut left_out) = (0, 0, 0);
    let mut chosen = Vec::new();
    for (flow, row) in shared.index.read().rows().filter(|(_, row)| repeats(row)) {
        bytes += row.sides.to_server.bytes + row.sides.to_client.bytes;
        packets += u64::from(row.last_packet.0 - row.first_packet.0);
        if bytes <= MAX_BYTES && packets <= MAX_PACKETS {
            chosen.push(flow);
        } else {
            left_out += 1;
        }
    }
    let left_out = AtomicU64::new(left_out);
    let differing = |range: Range<usize>| {
        let differs = |flow: &FlowNumber| {
            if shared.is_cancelled() {
                left_out.fetch_add(1, Ordering::Relaxed);
                return false;
            }
            differs(shared, *flow).unwrap_or(false)
        };
        chosen[range].iter().copied().filter(differs).collect::<Vec<_>>()
    };
    let Ok(()) = parallel::in_order(chosen.len(), differing, |flows| {
        let mut index = shared.index.write();
        for flow in flows {
            index.set_conflict(flow);
        }
        Ok::<_, Infallible>(())
    });
    shared.index.write().set_uncompared(left_out.into_inner());
}

/// Whether bytes of an end were sent again.
fn repeats(row: &FlowRow) -> bool {
    let sides = Direction::BOTH.map(|way| &row.sides[way]);
    sides.iter().any(|side| side.retransmissions > 0 && side.flags.has(SideFlags::DATA))
}

fn differs(shared: &Arc<Shared>, flow: FlowNumber) -> Result<bool, Error> {
    let map = StreamMap::new(Arc::clone(shared), FlowRef::main(flow))?;
    map.walk(&|| shared.is_cancelled(), &mut |_| Ok(ControlFlow::Continue(())))?;
    Ok(map.extent().conflicts > 0)
}
