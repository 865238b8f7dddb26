//! Capture files → packets: pcap and pcapng, compressed, piped and growing input.
//!
//! Nothing here looks into a packet. Start at [`Scanner::scan`], which frames blocks in a buffer that somebody else
//! fills, and at [`PacketReader`], which goes back to one packet. [`Input`] opens what a user names.
//!
//! Blocks are framed here and given to pcap-parser one at a time, each as exactly one slice: its own readers stop at a
//! malformed block and would lose everything after it.

mod compression;
mod input;
mod layout;
mod pcap;
mod pcapng;
mod reader;
mod ring;
mod scanner;

pub use input::{Input, InputError, open_all};
pub use layout::{Layout, Section};
pub use reader::{OpenFile, PacketReader, ReadError, dropped};
pub use ring::missing_before;
pub use scanner::{Found, NotACapture, Scanner, Trouble};

use crate::vocab::Time;

/// A block or record longer than this is taken for damage (Wireshark's limit for one block).
pub const MAX_BLOCK: u32 = 16 * 1024 * 1024;

/// One captured frame, borrowed from the file's bytes.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// When it was captured.
    pub time: Time,
    /// Link type (LINKTYPE registry).
    pub link: u16,
    /// The interface's number within its section; 0 in pcap.
    pub interface: u32,
    /// Length on the wire in bytes; `data` is shorter where the snap length cut it.
    pub original_len: u32,
    /// The captured bytes.
    pub data: &'a [u8],
    /// Where its block begins in the (uncompressed) file.
    pub offset: u64,
}
