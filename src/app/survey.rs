//! All flows looked at once, in slices: which are shown, in which order, and when flows failed.
//!
//! A million flows take longer than a frame, so that nothing here runs to its end in one go. Where there are many to
//! sort, a thread of its own does it.

use std::ops::Range;
use std::thread::JoinHandle;
use std::time::Duration;

use hashbrown::HashMap;
use jiff::tz::TimeZone;

use crate::engine::rates::Cohort;
use crate::engine::{Index, parallel};
use crate::present::chart::Histogram;
use crate::present::list::{self, SortKey};
use crate::present::list_search::Needle;
use crate::vocab::{FlowNumber, Outcome};

/// Flows looked at in one slice.
const SLICE: usize = 2_000;
/// The same where a text is looked for in them, which all processors do.
const SEARCHED: usize = 16_384;

/// Rows that take no longer to sort than a frame has time.
const MANY: usize = 50_000;
/// How long to wait for what is being sorted before something else is looked at.
const SORTING: Duration = Duration::from_millis(1);

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
    /// The only cohort to show; all if none.
    pub cohort: Option<Cohort>,
}

/// One look at all flows, under way.
#[derive(Debug)]
pub struct Survey {
    /// What is looked for.
    pub query: Query,
    /// The index's generation when it began.
    pub generation: u64,
    needle: Needle,
    next: usize,
    len: usize,
    found: Vec<Found>,
    texts: HashMap<String, u32>,
    histogram: Histogram,
    /// The sorting that is under way.
    sorting: Option<JoinHandle<Vec<u32>>>,
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
            needle: Needle::new(&query.text),
            generation: index.generation(),
            query,
            next: 0,
            len: index.len(),
            found: Vec::new(),
            texts: HashMap::new(),
            histogram: Histogram::default(),
            sorting: None,
        }
    }

    /// Looks at the next flows; the result once all were looked at.
    pub fn advance(&mut self, index: &Index, zone: &TimeZone) -> Option<Surveyed> {
        if self.sorting.is_some() {
            return self.sorted();
        }
        let slice = if self.needle.is_empty() { SLICE } else { SEARCHED };
        let range = self.next..self.len.min(self.next + slice);
        self.next = range.end;
        let keep = self.search(range.clone(), index, zone);
        for (at, number) in range.enumerate() {
            self.look(number as u32, index, keep.get(at).is_none_or(|keep| *keep));
        }
        if self.next < self.len {
            return None;
        }
        if self.found.len() <= MANY {
            let rows = self.order().sort();
            return Some(Surveyed { rows, histogram: std::mem::take(&mut self.histogram) });
        }
        let order = self.order();
        self.sorting = Some(std::thread::spawn(move || order.sort()));
        None
    }

    /// How much was looked at, in per cent.
    pub fn percent(&self) -> usize {
        (self.next * 100).checked_div(self.len).unwrap_or(100)
    }

    /// Which of the flows contain the text, on all processors; nothing where all do.
    fn search(&self, range: Range<usize>, index: &Index, zone: &TimeZone) -> Vec<bool> {
        if self.needle.is_empty() {
            return Vec::new();
        }
        let mut keep = Vec::with_capacity(range.len());
        let first = range.start;
        let part = |part: Range<usize>| -> Vec<bool> {
            let mut needle = self.needle.clone();
            let flows = part.map(|number| index.facts(FlowNumber((first + number) as u32)));
            flows.map(|flow| flow.is_some_and(|flow| needle.is_in(&flow, zone))).collect()
        };
        // A vector takes whatever is added.
        let _ = parallel::in_order(range.len(), part, |part| {
            keep.extend(part);
            Ok(())
        });
        keep
    }

    fn look(&mut self, number: u32, index: &Index, keep: bool) {
        let Some(flow) = index.facts(FlowNumber(number)) else { return };
        let outcome = flow.row.outcome;
        self.histogram.add(flow.row.start, outcome == Some(Outcome::Failed));
        if !keep || self.query.outcome.is_some_and(|wanted| outcome != Some(wanted)) {
            return;
        }
        if self.query.cohort.as_ref().is_some_and(|cohort| !cohort.has(&flow)) {
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

    /// The rows, if they are sorted by now.
    fn sorted(&mut self) -> Option<Surveyed> {
        if !self.sorting.as_ref().is_some_and(JoinHandle::is_finished) {
            std::thread::sleep(SORTING);
            return None;
        }
        let rows = self.sorting.take()?.join().unwrap_or_default();
        Some(Surveyed { rows, histogram: std::mem::take(&mut self.histogram) })
    }

    fn order(&mut self) -> Order {
        let (found, texts) = (std::mem::take(&mut self.found), std::mem::take(&mut self.texts));
        Order { found, texts, reverse: self.query.reverse }
    }
}

/// What was found, to be put in order.
struct Order {
    found: Vec<Found>,
    texts: HashMap<String, u32>,
    reverse: bool,
}

impl Order {
    /// The flows' numbers in order.
    fn sort(self) -> Vec<u32> {
        let Self { mut found, texts, reverse } = self;
        if !texts.is_empty() {
            let ranks = ranks(texts);
            for one in found.iter_mut().filter(|one| !one.missing) {
                one.key = u128::from(ranks[one.key as usize]);
            }
        }
        found.sort_unstable_by(|a, b| {
            let keys = (a.key, a.tie).cmp(&(b.key, b.tie));
            let keys = if reverse { keys.reverse() } else { keys };
            a.missing.cmp(&b.missing).then(keys).then(a.flow.cmp(&b.flow))
        });
        found.into_iter().map(|one| one.flow).collect()
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
