//! What the pass counts of segments, whosever they are.

use crate::flow::Events;
use crate::net::Segment;
use crate::vocab::Time;

/// TCP payload that no Ethernet frame carries: a host that captured its own packets before or after offloading.
const OFFLOADED: u32 = 1500;
/// A clock that goes back by less is the reordering of several queues, in nanoseconds.
const CLOCK_STEP: i64 = 10 * Time::SECOND / 1000;

/// Counts of the index pass.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// TCP segments.
    pub segments: u64,
    /// Those captured twice.
    pub duplicates: u64,
    /// Those that acknowledge bytes that were not captured.
    pub missing: u64,
    /// Those cut by the snap length.
    pub cut: u64,
    /// Those larger than a frame.
    pub offloaded: u64,
    /// Times at which the clock went back.
    pub clock_steps: u64,
    last: Time,
}

impl Tally {
    /// Whether no segment was counted.
    pub fn is_empty(&self) -> bool {
        self.segments == 0
    }

    /// Segments that show that others were not captured, as a share of all.
    pub fn missing_share(&self) -> f64 {
        self.missing as f64 / self.segments.max(1) as f64
    }

    /// Takes note of a segment.
    pub fn segment(&mut self, segment: &Segment<'_>, events: Events, time: Time) {
        self.segments += 1;
        if events.any(Events::DUPLICATE | Events::ACKED_HOLE | Events::ACK_UNSEEN) {
            self.duplicates += u64::from(events.has(Events::DUPLICATE));
            self.missing += u64::from(events.any(Events::ACKED_HOLE | Events::ACK_UNSEEN));
        }
        self.cut += u64::from(segment.payload.len() < segment.payload_len as usize);
        self.offloaded += u64::from(segment.payload_len > OFFLOADED);
        self.clock_steps += u64::from(time.nanos_since(self.last) < -CLOCK_STEP);
        self.last = time;
    }
}
