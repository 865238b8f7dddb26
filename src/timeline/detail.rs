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
