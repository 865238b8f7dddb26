//! Which rows of a comparison are shown, and which are folded to one line: what follows from how one of the two ended, what
//! comes and goes, what is sent again.

use std::ops::Range;

use super::compare::{Comparison, Relation, Row};
use super::role::{Line, Role};
use crate::timeline::{Note, Step};
use crate::vocab::text;

/// Which rows the user wants to see.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Showing {
    /// Those that tell something; the others folded.
    #[default]
    Telling,
    /// All.
    All,
    /// Those that differ.
    Different,
}

impl Showing {
    /// What comes after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Showing::Telling => Showing::All,
            Showing::All => Showing::Different,
            Showing::Different => Showing::Telling,
        }
    }
}

/// Why rows are folded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// They are behind how one of the two ended.
    Follows,
    /// They come and go between any two flows.
    Expected,
    /// They send again what was sent.
    Again,
}

/// One line of the rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    /// A row, by its place in the comparison.
    Row(usize),
    /// Rows folded to one line.
    Folded(Why, Range<usize>),
}

impl Shown {
    /// The first row that it stands for.
    pub fn first(&self) -> usize {
        match self {
            Shown::Row(row) => *row,
            Shown::Folded(_, rows) => rows.start,
        }
    }

    /// The row that stands in its line; none where only their number does.
    pub fn row(&self) -> Option<usize> {
        match self {
            Shown::Row(row) => Some(*row),
            Shown::Folded(Why::Again, rows) => Some(rows.start),
            Shown::Folded(..) => None,
        }
    }
}

/// The lines that are shown of a comparison.
pub fn lay_out(comparison: &Comparison, showing: Showing) -> Vec<Shown> {
    let rows = &comparison.rows;
    let differs = |at: &usize| Relation::of(&rows[*at]) != Relation::Equal;
    match showing {
        Showing::All => (0..rows.len()).map(Shown::Row).collect(),
        Showing::Different => (0..rows.len()).filter(differs).map(Shown::Row).collect(),
        Showing::Telling => folded(comparison),
    }
}

fn folded(comparison: &Comparison) -> Vec<Shown> {
    let mut shown = Vec::new();
    let mut at = 0;
    while at < comparison.rows.len() {
        let why = why(comparison, at);
        let alike = |next: &usize| is_one_fold(comparison, at, *next);
        let end = (at + 1..comparison.rows.len()).take_while(alike).last().map_or(at + 1, |last| last + 1);
        match why {
            // One line takes no less room than one row.
            Some(why) if end - at > 1 => {
                shown.push(Shown::Folded(why, at..end));
                at = end;
            }
            _ => {
                shown.push(Shown::Row(at));
                at += 1;
            }
        }
    }
    shown
}

/// Why a row may be folded; where the two part never is.
fn why(comparison: &Comparison, at: usize) -> Option<Why> {
    let row = &comparison.rows[at];
    if comparison.first_divergence == Some(at) {
        return None;
    }
    let alone = row.baseline.is_some() != row.subject.is_some();
    if comparison.ended.is_some_and(|ended| at > ended) {
        Some(Why::Follows)
    } else if alone && only(row).is_some_and(is_copy) {
        Some(Why::Again)
    } else {
        (alone && row.differences.iter().all(|one| one.expected)).then_some(Why::Expected)
    }
}

/// Whether `next` goes into the fold that begins with `first`; what is sent again is folded with its like.
fn is_one_fold(comparison: &Comparison, first: usize, next: usize) -> bool {
    let reason = why(comparison, first);
    let (one, other) = (&comparison.rows[first], &comparison.rows[next]);
    let same = |one: &Step, other: &Step| one.from == other.from && one.what == other.what;
    let alike = || {
        Relation::of(one) == Relation::of(other)
            && only(one).zip(only(other)).is_some_and(|(one, other)| same(one, other))
    };
    reason.is_some() && why(comparison, next) == reason && (reason != Some(Why::Again) || alike())
}

/// The step of a row that only one of the two has.
fn only(row: &Row) -> Option<&Step> {
    row.subject.as_ref().or(row.baseline.as_ref())
}

/// Whether a step sends again what was sent.
fn is_copy(step: &Step) -> bool {
    step.notes.iter().any(|note| matches!(note, Note::Copy(..)))
}

/// What stands for folded rows; none where one of them does.
pub fn line(comparison: &Comparison, why: Why, rows: &Range<usize>) -> Option<Line> {
    let count = text::counted(rows.len(), "row");
    let again = comparison.rows[rows.clone()].iter().filter(|row| only(row).is_some_and(is_copy)).count();
    let again = if again > 0 { format!(" ({again} sent again)") } else { String::new() };
    let said = match why {
        Why::Again => return None,
        Why::Follows => format!("{count} that follow from it{again}; = shows them"),
        Why::Expected => format!("{count} that come and go in good flows too; = shows them"),
    };
    Some(Line::of(Role::Dim, format!("⋯ {said}")))
}

/// How many rows are not to be seen, in words; empty where all are.
pub fn hidden(comparison: &Comparison, shown: &[Shown]) -> String {
    let seen = |one: &Shown| if let Shown::Folded(_, rows) = one { rows.len() } else { 1 };
    match comparison.rows.len() - shown.iter().map(seen).sum::<usize>() {
        0 => String::new(),
        hidden => format!("{hidden} equal ones hidden"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Events;
    use crate::net::TcpFlags;
    use crate::timeline::What;
    use crate::vocab::{Direction, PacketNumber, Time};

    /// A step: `c` for a copy, any other letter for a segment of its own kind.
    fn step(kind: char) -> Step {
        let notes = if kind == 'c' { vec![Note::Copy(Events::default(), PacketNumber(1))] } else { Vec::new() };
        Step {
            packet: PacketNumber(1),
            first_packet: PacketNumber(1),
            time: Time(0),
            from: Direction::ToServer,
            what: What::Gap(u64::from(u32::from(kind))),
            notes,
            bytes: 0,
            ttl: None,
            flags: TcpFlags::default(),
            events: Events::default(),
            decrypted: false,
            spans: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Rows, each two letters: baseline, subject; `-` where a side has nothing.
    fn comparison(rows: &str, first: usize, ended: usize) -> Comparison {
        let side = |kind: u8| (kind != b'-').then(|| step(char::from(kind)));
        let row = |row: &str| Row {
            baseline: side(row.as_bytes()[0]),
            subject: side(row.as_bytes()[1]),
            differences: Vec::new(),
        };
        let rows = rows.split(' ').map(row).collect();
        Comparison { rows, first_divergence: Some(first), ended: Some(ended), ..Comparison::default() }
    }

    fn check(rows: &str, first: usize, ended: usize, expected: &[Shown]) {
        assert_eq!(lay_out(&comparison(rows, first, ended), Showing::Telling), expected, "{rows}");
    }

    #[test]
    fn what_follows_and_what_comes_and_goes_is_folded() {
        use Shown::{Folded, Row};
        check("aa a- bb ab d- e- f-", 3, 3, &[Row(0), Row(1), Row(2), Row(3), Folded(Why::Follows, 4..7)]);
        check("aa a- -a b- bb", 4, 4, &[Row(0), Folded(Why::Expected, 1..4), Row(4)]);
        // Where the two part is never folded.
        check("aa a- b- d- -e", 2, 0, &[Row(0), Row(1), Row(2), Folded(Why::Follows, 3..5)]);
    }

    #[test]
    fn what_is_sent_again_is_counted() {
        use Shown::{Folded, Row};
        check("aa -c -c -c c- bb", 5, 5, &[Row(0), Folded(Why::Again, 1..4), Row(4), Row(5)]);
        let copies = comparison("aa ab -c -c", 1, 1);
        let said = line(&copies, Why::Follows, &(2..4)).expect("a line").plain();
        assert_eq!(said, "⋯ 2 rows that follow from it (2 sent again); = shows them");
        assert_eq!(line(&copies, Why::Again, &(2..4)), None);
    }

    #[test]
    fn equal_rows_are_hidden_when_asked() {
        let rows = comparison("aa a- bb", 1, 1);
        let shown = lay_out(&rows, Showing::Different);
        assert_eq!((&shown[..], &*hidden(&rows, &shown)), (&[Shown::Row(1)][..], "2 equal ones hidden"));
        assert_eq!(hidden(&rows, &lay_out(&rows, Showing::All)), "");
    }
}
