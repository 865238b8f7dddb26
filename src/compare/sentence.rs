//! What is to be said of two flows in one sentence: where they part, and how.

use super::milestone::{Milestone, Moment};
use super::rows::{Aligned, AlignedRow};
use super::{Difference, Field, Side};
use crate::timeline::{What, usual_ttl};
use crate::vocab::Direction;

/// From this weight on, a difference before the divergence is worth a word.
const WORTH_A_WORD: u8 = 20;
/// Least difference from its sender's usual TTL that makes a packet a stranger's.
const TTL_SPREAD: u8 = 2;

/// What is to be said of two flows.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Sentence {
    /// There is nothing to compare.
    #[default]
    Nothing,
    /// Both do the same to the end; with the most telling of what differs all the same, where that is worth a word.
    Same(Option<Box<Difference>>),
    /// They part.
    Parting(Box<Parting>),
}

/// Where two flows part, and how.
#[derive(Clone, PartialEq, Debug)]
pub struct Parting {
    /// The last step in which both still do the same telling thing; none where they differ from the first packet.
    pub until: Option<What>,
    /// The most telling difference before that is worth a word, and how many more there are.
    pub but_for: Option<(Difference, usize)>,
    /// Whether the subject completed its handshake: most often it failed.
    pub subject_complete: bool,
    /// What happens then.
    pub then: Then,
}

/// What happens where two flows part.
#[derive(Clone, PartialEq, Debug)]
pub enum Then {
    /// Both do the same, but in the subject it seems not to come from its sender.
    Strange(Act),
    /// Both do the same, with other contents: what, and the most telling difference.
    Contents(Option<What>, Option<Difference>),
    /// They go different ways.
    Ways {
        /// What the baseline does.
        baseline: Good,
        /// What the subject sends again meanwhile.
        copies: Option<Copies>,
        /// What the subject's ends do; none where nothing telling comes.
        subject: Option<Act>,
    },
}

/// What a good flow does where the other one parts from it.
#[derive(Clone, PartialEq, Debug)]
pub enum Good {
    /// An end does something telling.
    Does(Act),
    /// It goes on to something that tells little.
    GoesOn(Act),
    /// It has nothing more.
    Ends,
}

/// Something that an end does.
#[derive(Clone, PartialEq, Debug)]
pub struct Act {
    /// Who.
    pub from: Direction,
    /// What.
    pub what: What,
    /// Bytes of it.
    pub bytes: u64,
    /// Whether its packet also closes the connection, and whether by a reset.
    pub closes: Option<bool>,
    /// Nanoseconds since the last thing in which both flows did the same.
    pub after: Option<i64>,
    /// The sender, where it does not look like the end it claims to be.
    pub stranger: Option<Stranger>,
}

/// A sender with another TTL than the end it claims to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stranger {
    /// Its TTL.
    pub ttl: u8,
    /// The TTL of the end's other packets.
    pub usual: u8,
}

/// Segments that are sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Copies {
    /// Who sends them.
    pub from: Direction,
    /// How many.
    pub count: usize,
    /// Nanoseconds from the flow's first packet to the last of them.
    pub until: i64,
}

/// Finds what is to be said.
pub(super) fn sentence(subject: &Side<'_>, aligned: &Aligned<'_>) -> Sentence {
    let Some(first) = aligned.first_divergence else { return no_divergence(aligned) };
    let before = &aligned.rows[..first];
    let parting = Divergence { subject, aligned, last: last_together(before), first };
    Sentence::Parting(Box::new(Parting {
        until: parting.last.and_then(|row| Some(row.subject.as_ref()?.step.what.clone())),
        but_for: but_for(before),
        subject_complete: subject.tls.is_complete(),
        then: if aligned.rows[first].is_matched() { parting.contents() } else { parting.ways() },
    }))
}

fn no_divergence(aligned: &Aligned<'_>) -> Sentence {
    if aligned.rows.is_empty() {
        return Sentence::Nothing;
    }
    let told = aligned.rows.iter().flat_map(|row| &row.row.differences).filter(|difference| !difference.expected);
    let greatest = told.max_by_key(|difference| difference.weight).filter(|d| d.weight >= WORTH_A_WORD);
    Sentence::Same(greatest.cloned().map(Box::new))
}

/// The most telling difference of rows that is worth a word, steps left out, and how many more there are.
fn but_for(rows: &[AlignedRow<'_>]) -> Option<(Difference, usize)> {
    let mut told: Vec<&Difference> = rows.iter().flat_map(|row| &row.row.differences).collect();
    told.retain(|one| !one.expected && one.weight >= WORTH_A_WORD && one.field != Field::Step);
    told.sort_by_key(|difference| std::cmp::Reverse(difference.weight));
    Some(((*told.first()?).clone(), told.len() - 1))
}

/// The last row in which both still do the same telling thing.
fn last_together<'r, 'a>(before: &'r [AlignedRow<'a>]) -> Option<&'r AlignedRow<'a>> {
    before.iter().rev().find(|row| {
        let telling = |m: &Milestone<'_>| m.parts() || matches!(m.moment, Moment::Ack | Moment::Data | Moment::Fin);
        row.is_matched() && row.subject.as_ref().is_some_and(telling)
    })
}

struct Divergence<'s, 'a> {
    subject: &'s Side<'a>,
    aligned: &'s Aligned<'a>,
    last: Option<&'s AlignedRow<'a>>,
    first: usize,
}

impl Divergence<'_, '_> {
    /// Both do the same, with other contents.
    fn contents(&self) -> Then {
        let row = &self.aligned.rows[self.first];
        let greatest = row.row.differences.iter().filter(|difference| !difference.expected).max_by_key(|d| d.weight);
        match (greatest, &row.subject) {
            (Some(difference), Some(milestone)) if difference.field == Field::Ttl => {
                Then::Strange(self.subject_act(milestone, None))
            }
            _ => Then::Contents(row.row.subject.as_ref().map(|step| step.what.clone()), greatest.cloned()),
        }
    }

    /// The two go different ways.
    fn ways(&self) -> Then {
        let rows = &self.aligned.rows[self.first..];
        let telling = |milestone: &&Milestone<'_>| milestone.parts();
        let here = &rows[0];
        let baseline =
            here.baseline.as_ref().or_else(|| rows.iter().find_map(|row| row.baseline.as_ref().filter(telling)));
        let mut subjects = rows.iter().filter_map(|row| row.subject.as_ref()).filter(telling);
        // What cut a record off says more than the record.
        let cut = subjects.clone().find(|milestone| milestone.moment == Moment::Unfinished);
        let subject = subjects.find(|milestone| milestone.moment != Moment::Unfinished).or(cut);
        let next = || rows.iter().filter_map(|row| row.baseline.as_ref()).find(|m| m.moment != Moment::Copy);
        let last_of_baseline = self.last.and_then(|row| row.baseline.as_ref());
        Then::Ways {
            baseline: match (baseline, next()) {
                (Some(milestone), _) => Good::Does(act(milestone, last_of_baseline)),
                (None, Some(milestone)) => Good::GoesOn(act(milestone, None)),
                (None, None) => Good::Ends,
            },
            copies: self.copies(subject),
            subject: subject
                .map(|milestone| self.subject_act(milestone, self.last.and_then(|row| row.subject.as_ref()))),
        }
    }

    /// Retransmissions of the subject from where the two part up to its next telling milestone.
    fn copies(&self, until: Option<&Milestone<'_>>) -> Option<Copies> {
        let end = until.map(|milestone| milestone.step.packet);
        let alone = |row: &&AlignedRow<'_>| row.baseline.is_none() || row.subject.is_none();
        let before = self.aligned.rows[..self.first].iter().rev().take_while(alone).count();
        let copies: Vec<_> = self.aligned.rows[self.first - before..]
            .iter()
            .filter_map(|row| row.subject.as_ref())
            .filter(|milestone| milestone.moment == Moment::Copy && end.is_none_or(|end| milestone.step.packet < end))
            .collect();
        let first = copies.first()?;
        let copies: Vec<_> = copies.iter().filter(|copy| copy.step.from == first.step.from).collect();
        let last = copies.last()?;
        let until = last.step.time.nanos_since(self.subject.trace.row.start);
        Some(Copies { from: first.step.from, count: copies.len(), until })
    }

    /// A milestone of the subject, with its sender where that does not look like the end it claims to be.
    fn subject_act(&self, milestone: &Milestone<'_>, last: Option<&Milestone<'_>>) -> Act {
        Act { stranger: self.stranger(milestone), ..act(milestone, last) }
    }

    fn stranger(&self, milestone: &Milestone<'_>) -> Option<Stranger> {
        let ttl = milestone.step.ttl.filter(|_| milestone.moment != Moment::Icmp)?;
        let usual = usual_ttl(self.subject.trace, milestone.step.from)?;
        (ttl.abs_diff(usual) >= TTL_SPREAD).then_some(Stranger { ttl, usual })
    }
}

/// What a milestone is, and how long after `last` it came.
fn act(milestone: &Milestone<'_>, last: Option<&Milestone<'_>>) -> Act {
    let step = milestone.step;
    Act {
        from: step.from,
        what: step.what.clone(),
        bytes: step.bytes,
        closes: match step.flags {
            _ if step.what.is_segment() => None,
            flags if flags.rst() => Some(true),
            flags => flags.fin().then_some(false),
        },
        after: last.map(|last| step.time.nanos_since(last.step.time)),
        stranger: None,
    }
}
