//! The flow that timeline, stream and packets show.

use std::sync::Arc;

use crate::engine::FlowView;
use crate::vocab::{FlowRef, PacketNumber};

/// A flow that is open or being opened.
#[derive(Clone, Debug)]
pub enum Opened {
    /// It is being read.
    Waiting,
    /// It is there.
    Ready(Arc<FlowView>),
    /// It cannot be read, and why.
    Failed(String),
}

/// The flow that timeline, stream and packets show.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Which flow.
    pub flow: FlowRef,
    /// How far opening it is.
    pub opened: Opened,
    /// The packet to go to once it is open.
    pub packet: Option<PacketNumber>,
}

impl Subject {
    /// The flow, once it is open.
    pub fn view(&self) -> Option<&Arc<FlowView>> {
        match &self.opened {
            Opened::Ready(view) => Some(view),
            _ => None,
        }
    }
}
