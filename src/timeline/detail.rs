//! The step under the cursor, decoded to the leaf: a tree of fields, each tied to bytes of a pane.

use crate::vocab::Field;

/// Bytes that fields point into.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Pane {
    /// What the bytes are: `Packet 7`, `Client Hello, reassembled from 2 segments`.
    pub title: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// One protocol's part of the tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// Index of the pane its ranges point into.
    pub pane: usize,
    /// The tree; its root is the protocol.
    pub root: Field,
}

/// Everything there is to say of one step.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Detail {
    /// The bytes: the packet's first, then what was reassembled or decrypted.
    pub panes: Vec<Pane>,
    /// The trees: frame, link, IP, TCP, then TLS.
    pub sections: Vec<Section>,
}

/// A captured frame, as it is in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// Its number.
    pub packet: crate::vocab::PacketNumber,
    /// When it was captured.
    pub time: crate::vocab::Time,
    /// Link type (LINKTYPE registry).
    pub link: u16,
    /// The interface's number within its section.
    pub interface: u32,
    /// Length on the wire in bytes.
    pub original_len: u32,
    /// The captured bytes.
    pub bytes: Vec<u8>,
}

impl Detail {
    /// Decodes a step.
    pub fn of(
        _trace: &crate::flow::Trace,
        _streams: &super::Streams,
        _timeline: &super::Timeline,
        _step: usize,
        _frames: &[Frame],
    ) -> Self {
        Self::default()
    }
}
