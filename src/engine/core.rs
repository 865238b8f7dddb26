//! What can be asked of loaded captures, by whichever thread: a flow's view, a step's detail, the nearest good flow.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::Error;
use super::follow::StreamMap;
use super::reread::Reread;
use super::shared::Shared;
use super::traces;
use super::view::FlowView;
use crate::cohort::rates::{Counter, Rates};
use crate::cohort::{Baseline, Baselines, usual};
use crate::compare::{self, Comparison};
use crate::contrast::{Contrast, Encoding, Progress, Survey};
use crate::flow::Trace;
use crate::index::{Index, Place};
use crate::timeline::detail::{Detail, Frame};
use crate::vocab::{FlowNumber, FlowRef, PacketNumber, Source};

/// Flows whose segments are read at a time.
const MAX_TRACES: usize = 2048;
/// Payload of the flows read at a time, in bytes, but for the last one's.
const MAX_TRACES_BYTES: u64 = 32 * 1024 * 1024;

/// Flows counted while the index is held.
const MAX_COUNTED: usize = 8192;

/// The captures of a session and its baseline.
#[derive(Clone)]
pub(super) struct Core {
    pub main: Arc<Shared>,
    pub baseline: Option<Arc<Shared>>,
}

/// Two views compared, whatever other flows do.
fn compare(baseline: &FlowView, subject: &FlowView) -> Comparison {
    let turned = [baseline.as_tls_sees_it(), subject.as_tls_sees_it()];
    let mut comparison =
        Comparison::new(side(turned[0].as_ref().unwrap_or(baseline)), side(turned[1].as_ref().unwrap_or(subject)));
    // Steps name the ends of TCP again.
    for row in &mut comparison.rows {
        for (step, view) in [(&mut row.baseline, baseline), (&mut row.subject, subject)] {
            if let Some(step) = step {
                step.from = view.tls.way(step.from);
            }
        }
    }
    comparison
}

fn side(view: &FlowView) -> compare::Side<'_> {
    let cause = view.finding.as_ref().map(|finding| finding.cause);
    compare::Side { trace: &view.trace, timeline: &view.timeline, tls: &view.tls, cause }
}

impl Core {
    fn of(&self, source: Source) -> Result<&Arc<Shared>, Error> {
        match source {
            Source::Main => Ok(&self.main),
            Source::Baseline => self.baseline.as_ref().ok_or(Error::NoBaseline),
        }
    }

    /// Two views compared, and how usual the subject's values are among the good flows of its kind.
    pub fn compare(&self, baseline: &FlowView, subject: &FlowView) -> Comparison {
        let mut comparison = compare(baseline, subject);
        let (main, baseline_index) = (self.main.index.read(), self.baseline.as_ref().map(|shared| shared.index.read()));
        let others = baseline_index.as_deref();
        let own = match subject.flow.source {
            Source::Main => Some(&*main),
            Source::Baseline => others,
        };
        if let Some(facts) = own.and_then(|index| index.facts(subject.flow.flow)) {
            let indexes: Vec<&Index> = [Some(&*main), others].into_iter().flatten().collect();
            let asked = comparison.asks(&facts);
            comparison.heed(&usual(&indexes, &facts, &asked));
        }
        comparison
    }

    /// Reads a flow's packets again.
    pub fn view(&self, flow: FlowRef) -> Result<FlowView, Error> {
        FlowView::open(self.of(flow.source)?, flow)
    }

    /// The map of a flow's conversation, still without anything but its beginning.
    pub fn follow(&self, flow: FlowRef) -> Result<StreamMap, Error> {
        StreamMap::new(Arc::clone(self.of(flow.source)?), flow)
    }

    /// Reads the segments of many flows again, sorted, some flows at a time, and gives each flow's to `each` in order. A
    /// flow whose packets can no longer be read is left out; how many those were.
    pub fn traces(
        &self,
        flows: &[FlowNumber],
        each: &mut dyn FnMut(FlowNumber, &Trace) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let mut rest = flows;
        let mut unreadable = 0;
        while !rest.is_empty() {
            let (batch, others) = rest.split_at(self.batch(rest));
            let traces = traces::of_many(&self.main, batch);
            unreadable += batch.len() - traces.len();
            for (flow, trace) in traces {
                each(flow, &trace)?;
            }
            rest = others;
        }
        Ok(unreadable)
    }

    /// How many of the first flows to read at a time, at least one.
    fn batch(&self, flows: &[FlowNumber]) -> usize {
        let index = self.main.index.read();
        let mut bytes = 0;
        let flows = flows.iter().take(MAX_TRACES).take_while(|flow| {
            let within = bytes < MAX_TRACES_BYTES;
            let sides = index.row(**flow).map(|row| &row.sides);
            bytes += sides.map_or(0, |sides| sides.to_server.bytes + sides.to_client.bytes);
            within
        });
        flows.count().max(1)
    }

    /// Decodes a step of an opened flow to the leaf.
    pub fn detail(&self, view: &FlowView, step: usize) -> Result<Detail, Error> {
        let turned = view.as_tls_sees_it();
        let view = turned.as_ref().unwrap_or(view);
        let packets = Detail::packets(&view.trace, &view.streams, &view.timeline, step);
        let frames = self.frames(view.flow.source, &packets)?;
        Ok(Detail::of(&view.trace, &view.streams, &view.timeline, step, &frames, &self.main.trust))
    }

    /// The captured bytes of packets, each after its earlier IP fragments, as they are in the file.
    fn frames(&self, source: Source, packets: &[PacketNumber]) -> Result<Vec<Frame>, Error> {
        let shared = self.of(source)?;
        let places: Vec<_> = {
            let index = shared.index.read();
            packets.iter().filter_map(|packet| index.place(*packet)).collect()
        };
        let files = shared.files.read().clone();
        let mut again = Reread::new(&files);
        let mut frames = Vec::new();
        for place in places.iter().flat_map(Place::fragments) {
            let packet = again.packet(place)?;
            frames.push(Frame {
                packet: place.packet,
                time: packet.time,
                link: packet.link,
                interface: packet.interface,
                original_len: packet.original_len,
                bytes: packet.data.to_vec(),
            });
        }
        Ok(frames)
    }

    /// The failure rates of all flows, and the generation of the index when they began to be counted. Whoever changes
    /// the index waits for a few thousand flows at most.
    pub fn rates(&self, is_over: &dyn Fn() -> bool) -> (Rates, u64) {
        let generation = self.main.index.read().generation();
        let mut counter = Counter::default();
        let mut next = 0;
        loop {
            let index = self.main.index.read();
            let end = index.len().min(next + MAX_COUNTED);
            let flows = (next..end).filter_map(|number| index.facts(FlowNumber(number as u32)));
            flows.for_each(|flow| counter.add(&flow));
            next = end;
            if next >= index.len() || is_over() {
                return (counter.finish(), generation);
            }
        }
    }

    /// What failing attempts have in common, and the generation of the index when they began to be counted; none where
    /// `is_over`. `tell` gets how far it has come: first the flows, then the groups of failures. Whoever changes the index
    /// waits for a few thousand flows at most.
    pub fn contrast(&self, is_over: &dyn Fn() -> bool, tell: &mut dyn FnMut(Progress)) -> Option<(Contrast, u64)> {
        let generation = self.main.index.read().generation();
        let mut survey = Survey::default();
        let mut next = 0;
        loop {
            let index = self.main.index.read();
            let end = index.len().min(next + MAX_COUNTED);
            let flows = (next..end).filter_map(|number| index.facts(FlowNumber(number as u32)));
            flows.for_each(|facts| survey.add(&facts, index.finding(facts.flow)));
            next = end;
            if is_over() {
                return None;
            }
            if next >= index.len() {
                break;
            }
        }
        let mut encoding = Encoding::of(survey);
        while !encoding.is_done() {
            let index = self.main.index.read();
            for _ in 0..MAX_COUNTED {
                let Some(flow) = encoding.next() else { break };
                encoding.add(index.facts(flow).as_ref());
            }
            tell(encoding.progress());
            if is_over() {
                return None;
            }
        }
        encoding.answer(is_over, tell).map(|contrast| (contrast, generation))
    }

    /// A baseline for each of some flows, the most important ones first; flows without one are left out.
    pub fn baselines(&self, flows: &[FlowNumber]) -> BTreeMap<FlowNumber, Baseline> {
        let (main, baseline) = (self.main.index.read(), self.baseline.as_ref().map(|shared| shared.index.read()));
        Baselines { main: &main, baseline: baseline.as_deref() }.of(flows)
    }

    /// The good flows that compare best with a flow, the best first, up to `count`.
    pub fn candidates(&self, flow: FlowNumber, count: usize) -> Vec<Baseline> {
        let (main, baseline) = (self.main.index.read(), self.baseline.as_ref().map(|shared| shared.index.read()));
        let baselines = Baselines { main: &main, baseline: baseline.as_deref() };
        main.facts(flow).map_or_else(Vec::new, |subject| baselines.candidates(&subject, count))
    }

    /// The failing flow that is best compared with a good one.
    pub fn failing(&self, good: FlowNumber) -> Option<Baseline> {
        let main = self.main.index.read();
        Baselines { main: &main, baseline: None }.failing(&main.facts(good)?)
    }

    /// The best good flow to compare a flow with.
    pub fn nearest(&self, flow: FlowNumber) -> Option<Baseline> {
        self.baselines(&[flow]).remove(&flow)
    }
}
