//! One file a command: it opens what it needs, asks the rooms below, and lets `export` write.

pub(super) mod browse;
pub(super) mod compare;
pub(super) mod diagnose;
pub(super) mod documents;
pub(super) mod explain;
pub(super) mod flows;
pub(super) mod follow;
pub(super) mod handshake;
pub(super) mod packets;
pub(super) mod trend;
pub(super) mod why;
