//! All flows looked at once, in slices: which are shown, in which order, and when flows failed.
//!
//! A million flows take longer than a frame, so that nothing here runs to its end in one go. Where there are many to
//! sort, the engine is asked to.

use std::convert::Infallible;
use std::ops::Range;

use hashbrown::HashMap;
use jiff::tz::TimeZone;

use super::groups::{Group, Grouping};
use crate::cohort::rates::Selection;
use crate::engine::parallel;
use crate::engine::sort::{Keyed, Unsorted};
use crate::index::Index;
use crate::present::causes::Kind;
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
    /// The only flows to show; all if none.
    pub only: Option<Selection>,
    /// By what the rows are grouped, before they are sorted.
    pub grouping: Grouping,
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
    found: Vec<Keyed>,
    texts: HashMap<String, u32>,
    /// The kinds of flows found, each with how many there are; empty where rows are not grouped.
    kinds: Vec<(Kind, usize)>,
    histogram: Histogram,
    /// The groups of the rows that are being sorted.
    sorting: Option<Vec<Group>>,
}

/// How far a survey has come.
#[derive(Debug)]
pub enum Progress {
    /// There are more flows to look at, or their order is waited for.
    Looking,
    /// All were looked at. Their order is to be asked for; [`Survey::sorted`] takes it.
    Sort(Unsorted),
    /// All is known.
    Done(Surveyed),
}

/// What a survey found.
#[derive(Debug)]
pub struct Surveyed {
    /// Flow numbers in the order to show them.
    pub rows: Vec<u32>,
    /// The groups of the rows, in their order; none where they are not grouped.
    pub groups: Vec<Group>,
    /// Flows and failures over time, of all flows.
    pub histogram: Histogram,
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
            kinds: Vec::new(),
            histogram: Histogram::default(),
            sorting: None,
        }
    }

    /// Whether the order of the rows is waited for.
    pub fn is_sorting(&self) -> bool {
        self.sorting.is_some()
    }

    /// Looks at the next flows.
    pub fn advance(&mut self, index: &Index, zone: &TimeZone) -> Progress {
        if self.is_sorting() {
            return Progress::Looking;
        }
        let slice = if self.needle.is_empty() { SLICE } else { SEARCHED };
        let range = self.next..self.len.min(self.next + slice);
        self.next = range.end;
        let keep = self.search(range.clone(), index, zone);
        for (at, number) in range.enumerate() {
            self.look(number as u32, index, keep.get(at).is_none_or(|keep| *keep));
        }
        if self.next < self.len {
            return Progress::Looking;
        }
        let groups = self.place_groups();
        let rows = std::mem::take(&mut self.found);
        let unsorted = Unsorted { rows, texts: std::mem::take(&mut self.texts), reverse: self.query.reverse };
        if unsorted.rows.len() > MANY {
            self.sorting = Some(groups);
            return Progress::Sort(unsorted);
        }
        Progress::Done(self.surveyed(unsorted.sorted(), groups))
    }

    /// Takes the rows in order; nothing where their order was not asked for.
    pub fn sorted(&mut self, rows: Vec<u32>) -> Option<Surveyed> {
        let groups = self.sorting.take()?;
        Some(self.surveyed(rows, groups))
    }

    fn surveyed(&mut self, rows: Vec<u32>, groups: Vec<Group>) -> Surveyed {
        Surveyed { rows, groups, histogram: std::mem::take(&mut self.histogram) }
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
        let Ok(()) = parallel::in_order(range.len(), part, |part| {
            keep.extend(part);
            Ok::<_, Infallible>(())
        });
        keep
    }

    fn look(&mut self, number: u32, index: &Index, keep: bool) {
        let Some(flow) = index.facts(FlowNumber(number)) else { return };
        let outcome = flow.row.outcome;
        self.histogram.add(flow.row.start, flow.row.is_failed_handshake());
        if !keep || self.query.outcome.is_some_and(|wanted| outcome != Some(wanted)) {
            return;
        }
        if self.query.only.as_ref().is_some_and(|only| !only.has(&flow)) {
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
        let group = self.group(Kind::of(&flow));
        self.found.push(Keyed { key, tie, missing, group, row: number });
    }

    /// Counts a flow of a kind; the number of its group.
    fn group(&mut self, kind: Kind) -> u16 {
        if self.query.grouping == Grouping::None {
            return 0;
        }
        // There are no more kinds than outcomes and causes.
        let known = self.kinds.iter().position(|(known, _)| *known == kind);
        let at = known.unwrap_or(self.kinds.len());
        match self.kinds.get_mut(at) {
            Some((_, count)) => *count += 1,
            None => self.kinds.push((kind, 1)),
        }
        at as u16
    }

    /// Gives each row its group's place; the groups in that order.
    fn place_groups(&mut self) -> Vec<Group> {
        let (places, groups) = groups(&self.kinds);
        for row in self.found.iter_mut().filter(|_| !places.is_empty()) {
            row.group = places[usize::from(row.group)];
        }
        groups
    }
}

/// For each kind's number its place among the groups, and the groups: failures first, of those the most frequent.
fn groups(kinds: &[(Kind, usize)]) -> (Vec<u16>, Vec<Group>) {
    let mut order: Vec<usize> = (0..kinds.len()).collect();
    order.sort_by_key(|at| (kinds[*at].0.rank(), std::cmp::Reverse(kinds[*at].1), kinds[*at].0.cause));
    let (mut places, mut groups, mut first) = (vec![0; kinds.len()], Vec::new(), 0);
    for (place, at) in order.into_iter().enumerate() {
        let (kind, count) = kinds[at];
        places[at] = place as u16;
        groups.push(Group { kind, first, count });
        first += count;
    }
    (places, groups)
}
