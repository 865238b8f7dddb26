//! IEEE 802.11 data frames, and the frames in them (IEEE 802.11-2020 §9.3.2).

use super::cursor::{Cursor, ends};
use crate::vocab::Field;

/// A data frame; with `swapped` the two bytes of Frame Control stand the other way round.
pub(super) fn data(mut cursor: Cursor<'_>, swapped: bool) -> Field {
    let (mut to_ds, mut from_ds, mut quality) = (false, false, false);
    // The bits of the standard's order, where the bytes stand the other way round.
    let masks = |mask: u64| if swapped { mask.swap_bytes() >> 48 } else { mask };
    if let Some(control) = cursor.hex("Frame Control Field", 2) {
        let is_set = |mask: u64| control & masks(mask) != 0;
        (quality, to_ds, from_ds) = (is_set(0x8000), is_set(1), is_set(2));
    }
    if swapped {
        cursor.note("Its two bytes stand the other way round, as some access points send them in CAPWAP");
    }
    cursor.bits("Subtype", masks(0xf000), |value| value.to_string());
    cursor.bits("Type", masks(0x0c00), |value| if value == 2 { "Data frame (2)".into() } else { value.to_string() });
    for (name, mask) in [
        ("Order flag", 0x80),
        ("Protected flag", 0x40),
        ("More Data", 0x20),
        ("PWR MGT", 0x10),
        ("Retry", 0x08),
        ("More Fragments", 0x04),
        ("From DS", 0x02),
        ("To DS", 0x01),
    ] {
        cursor.flag(name, masks(mask));
    }
    cursor.shown("Duration", 2, |value| format!("{} µs", (value as u16).swap_bytes()));
    let names = match (to_ds, from_ds) {
        (false, false) => ["Destination address", "Source address", "BSS Id"],
        (true, false) => ["BSS Id", "Source address", "Destination address"],
        (false, true) => ["Destination address", "BSS Id", "Source address"],
        (true, true) => ["Receiver address", "Transmitter address", "Destination address"],
    };
    for name in names {
        cursor.mac(name);
    }
    cursor.shown("Sequence Control", 2, |value| {
        let value = (value as u16).swap_bytes();
        format!("sequence {}, fragment {}", value >> 4, value & 15)
    });
    if to_ds && from_ds {
        cursor.mac("Source address");
    }
    if quality && cursor.left() >= 2 {
        cursor.hex("Qos Control", 2);
        // The first byte is the lower one.
        cursor.bits("TID", 0x0f00, |value| value.to_string());
        cursor.bits("EOSP", 0x1000, |value| value.to_string());
        cursor.bits("Ack Policy", 0x6000, |value| value.to_string());
        cursor.bits("Payload Type", 0x8000, |value| if value == 1 { "A-MSDU".into() } else { "MSDU".into() });
    }
    cursor.rest("HT Control and padding");
    ends(cursor.tree("IEEE 802.11 Data", ""), "Source address", "Destination address")
}

/// The header of one frame of an A-MSDU.
pub(super) fn subframe(mut cursor: Cursor<'_>) -> Field {
    cursor.mac("Destination address");
    cursor.mac("Source address");
    cursor.number("A-MSDU Length", 2);
    ends(cursor.tree("A-MSDU Subframe", ""), "Source address", "Destination address")
}
