//! Packets that gave no segment, counted: those that were not read, and why; those that carry no TCP, and what instead.

use std::collections::BTreeMap;

use crate::net::{Other, Unread};

/// Counts of packets by what they are. Kinds come out in the order of their types.
#[derive(Clone, Default, Debug)]
pub struct Apart {
    unread: BTreeMap<Unread, u64>,
    other: BTreeMap<Other, u64>,
}

impl Apart {
    /// Counts a packet that was not read.
    pub(super) fn unread(&mut self, reason: Unread) {
        self.count_unread(reason, 1);
    }

    /// Counts packets that were not read.
    pub(super) fn count_unread(&mut self, reason: Unread, packets: u64) {
        if packets > 0 {
            *self.unread.entry(reason).or_default() += packets;
        }
    }

    /// Counts a packet that carries no TCP.
    pub(super) fn other(&mut self, other: Other) {
        *self.other.entry(other).or_default() += 1;
    }

    /// Packets that may carry TCP and were not read, by reason.
    pub fn unread_by_reason(&self) -> impl Iterator<Item = (Unread, u64)> {
        self.unread.iter().map(|(reason, count)| (*reason, *count))
    }

    /// Packets that carry no TCP, by what they carry.
    pub fn others(&self) -> impl Iterator<Item = (Other, u64)> {
        self.other.iter().map(|(other, count)| (*other, *count))
    }
}
