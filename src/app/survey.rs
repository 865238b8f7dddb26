//! All flows looked at once, in slices: which are shown, in which order, and when flows failed.
//!
//! A million flows take longer than a frame, so that nothing here runs to its end in one go, but for the final sort.

use hashbrown::HashMap;
use jiff::tz::TimeZone;

use crate::engine::Index;
use crate::present::chart::Histogram;
use crate::present::list::{self, SortKey};
use crate::vocab::{FlowNumber, Outcome};

/// Flows looked at in one slice.
const SLICE: usize = 2_000;

/// What the list shows, and in which order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Query {
    /// The column to sort by.
    pub column: usize,
    /// Whether the largest comes first.
    pub reverse: bool,
    /// A text that each row must contain; empty for all.
    pub text: String,
    /// The only outcome to show; all if none.
    pub outcome: Option<Outcome>,
}

/// One look at all flows, under way.
#[derive(Debug)]
pub struct Survey {
    /// What is looked for.
    pub query: Query,
    /// The index's generation when it began.
    pub generation: u64,
    needle: String,
    next: usize,
    len: usize,
    found: Vec<Found>,
    texts: HashMap<String, u32>,
    histogram: Histogram,
}

/// What a survey found.
#[derive(Debug)]
pub struct Surveyed {
    /// Flow numbers in the order to show them.
    pub rows: Vec<u32>,
    /// Flows and failures over time, of all flows.
    pub histogram: Histogram,
}

/// A flow and what it is sorted by: missing last, then the key, then what breaks the tie.
#[derive(Clone, Copy, Debug)]
struct Found {
    key: u128,
    tie: u16,
    missing: bool,
    flow: u32,
}

impl Survey {
    /// Begins to look at the flows that the index has now.
    pub fn new(query: Query, index: &Index) -> Self {
        Self {
            needle: query.text.to_lowercase(),
            generation: index.generation(),
            query,
            next: 0,
            len: index.len(),
            found: Vec::new(),
            texts: HashMap::new(),
            histogram: Histogram::default(),
        }
    }

    /// Looks at the next flows; the result once all were looked at.
    pub fn advance(&mut self, index: &Index, zone: &TimeZone) -> Option<Surveyed> {
        let end = (self.next + SLICE).min(self.len);
        for number in self.next..end {
            self.look(number as u32, index, zone);
        }
        self.next = end;
        (end == self.len).then(|| self.finish())
    }

    /// How much was looked at, in per cent.
    pub fn percent(&self) -> usize {
        (self.next * 100).checked_div(self.len).unwrap_or(100)
    }

    fn look(&mut self, number: u32, index: &Index, zone: &TimeZone) {
        let Some(flow) = index.facts(FlowNumber(number)) else { return };
        let outcome = flow.row.outcome;
        self.histogram.add(flow.row.start, outcome == Some(Outcome::Failed));
        if self.query.outcome.is_some_and(|wanted| outcome != Some(wanted)) {
            return;
        }
        if !self.needle.is_empty() && !list::contains(&flow, &self.needle, zone) {
            return;
        }
        let (key, tie, missing) = match list::sort_key(self.query.column, &flow) {
            SortKey::Number(key, tie) => (key, tie, false),
            SortKey::Text(text) => {
                let next = self.texts.len() as u32;
                (u128::from(*self.texts.entry(text).or_insert(next)), 0, false)
            }
            SortKey::Missing => (0, 0, true),
        };
        self.found.push(Found { key, tie, missing, flow: number });
    }

    fn finish(&mut self) -> Surveyed {
        let mut found = std::mem::take(&mut self.found);
        if !self.texts.is_empty() {
            let ranks = ranks(std::mem::take(&mut self.texts));
            for one in found.iter_mut().filter(|one| !one.missing) {
                one.key = u128::from(ranks[one.key as usize]);
            }
        }
        let reverse = self.query.reverse;
        found.sort_unstable_by(|a, b| {
            let keys = (a.key, a.tie).cmp(&(b.key, b.tie));
            let keys = if reverse { keys.reverse() } else { keys };
            a.missing.cmp(&b.missing).then(keys).then(a.flow.cmp(&b.flow))
        });
        Surveyed {
            rows: found.into_iter().map(|one| one.flow).collect(),
            histogram: std::mem::take(&mut self.histogram),
        }
    }
}

/// For each text's number its place in alphabetical order.
fn ranks(texts: HashMap<String, u32>) -> Vec<u32> {
    let mut sorted: Vec<_> = texts.into_iter().collect();
    sorted.sort_unstable();
    let mut ranks = vec![0; sorted.len()];
    for (rank, (_, number)) in sorted.into_iter().enumerate() {
        ranks[number as usize] = rank as u32;
    }
    ranks
}
