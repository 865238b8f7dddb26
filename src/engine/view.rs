//! A flow opened again: only its packets are read.

use super::error::Error;
use super::shared::Shared;
use super::traces;
use crate::cohort::{Link, Linker};
use crate::diagnose::Finding;
use crate::flow::Trace;
use crate::index::Signs;
use crate::proto::TlsFacts;
use crate::timeline::{self, Flight, Streams, Timeline};
use crate::vocab::FlowRef;

/// All there is to see of one flow.
#[derive(Clone, Debug)]
pub struct FlowView {
    /// Which flow.
    pub flow: FlowRef,
    /// The capture file that holds its first packet.
    pub capture: String,
    /// Its segments.
    pub trace: Trace,
    /// Its steps.
    pub timeline: Timeline,
    /// Its steps in groups.
    pub flights: Vec<Flight>,
    /// Its two streams.
    pub streams: Streams,
    /// Its TLS facts, read anew from the trace.
    pub tls: TlsFacts,
    /// Why it failed, where it did.
    pub finding: Option<Finding>,
    /// What shows that it is no failure of a handshake though it looks like one.
    pub explained: Option<Signs>,
    /// What else in the capture belongs to it.
    pub links: Vec<Link>,
}

impl FlowView {
    /// Opens a flow of the captures of `shared`. An error where there is no such flow, or its packets can no longer be read.
    pub(super) fn open(shared: &Shared, flow: FlowRef) -> Result<Self, Error> {
        let trace = traces::of(shared, flow.flow)?;
        let (timeline, streams, tls) = Timeline::build(&trace, &shared.secrets);
        let flights = timeline::flights(&trace, &timeline);
        let index = shared.index.read();
        let capture = index.facts(flow.flow).map_or_else(String::new, |facts| facts.capture.to_owned());
        let finding = index.finding(flow.flow).cloned();
        let explained = index.explained(flow.flow).cloned();
        let links = Linker::new(&index, &[flow.flow]).links(flow.flow);
        Ok(Self { flow, capture, trace, timeline, flights, streams, tls, finding, explained, links })
    }

    /// The same with its ends named by their part in TLS, where that is not their part in TCP: as whoever asks what a
    /// client or a server sends needs it.
    pub(super) fn as_tls_sees_it(&self) -> Option<Self> {
        if !self.tls.turned {
            return None;
        }
        let mut view = Self { trace: self.trace.turned(), ..self.clone() };
        view.timeline.turn();
        view.streams.turn();
        Some(view)
    }
}
