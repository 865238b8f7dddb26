//! A step of two flows decoded side by side: the fields by their names, then the bytes; what differs is marked.

use std::collections::HashMap;

use super::detail::{Detail, Topic};
use super::role::{Line, Role};
use super::wrap::wrap;
use crate::timeline::detail::Section;
use crate::vocab::{Field, text};

/// Bytes in a row: as many as half of a terminal of 80 columns has room for.
const PER_ROW: usize = 8;
/// Most rows of bytes; more is for the timeline to show.
const MAX_BYTE_ROWS: usize = 512;

/// One row: a field, or some bytes, of both flows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldRow {
    /// How deep the field lies; the protocols are at 0.
    pub depth: usize,
    /// The field's name, or the offset of the bytes.
    pub name: String,
    /// Its value in the baseline, then in the subject; none where a side has no such field.
    pub values: [Option<String>; 2],
    /// Whether the two differ.
    pub differs: bool,
}

/// The rows of the baseline's step and the subject's; `all` or only what differs, with what it lies in.
pub fn rows(details: [Option<&Detail>; 2], all: bool) -> Vec<FieldRow> {
    let sections = details.map(|detail| detail.map_or_else(Vec::new, in_order));
    let roots = sections.clone().map(|sections| sections.into_iter().map(|section| &section.root).collect::<Vec<_>>());
    let mut walk = Walk { all, rows: Vec::new() };
    walk.level([&roots[0], &roots[1]], 0);
    walk.bytes([0, 1].map(|side| {
        let section = sections[side].first();
        section.and_then(|section| bytes(details[side]?, section)).unwrap_or_default()
    }));
    walk.rows
}

/// The sections of a step: what it is about before what carries it.
fn in_order(detail: &Detail) -> Vec<&Section> {
    let subject = detail.sections.get(detail.subject);
    let chains = detail.sections.iter().filter(|section| section.topic == Topic::Chain);
    let is_other = |at: usize, section: &Section| at != detail.subject && section.topic != Topic::Chain;
    let others = detail.sections.iter().enumerate().filter(|(at, section)| is_other(*at, section));
    subject.into_iter().chain(chains).chain(others.map(|(_, section)| section).rev()).collect()
}

fn bytes<'a>(detail: &'a Detail, section: &Section) -> Option<&'a [u8]> {
    detail.panes.get(section.pane)?.bytes.get(section.root.range.clone())
}

struct Walk {
    all: bool,
    rows: Vec<FieldRow>,
}

impl Walk {
    /// One level of both trees; whether something differs there or below.
    fn level(&mut self, fields: [&[&Field]; 2], depth: usize) -> bool {
        let mut differs = false;
        for pair in paired(fields) {
            differs |= self.field(pair, depth);
        }
        differs
    }

    fn field(&mut self, pair: [Option<&Field>; 2], depth: usize) -> bool {
        let values = pair.map(|field| field.map(value));
        let name = pair[1].or(pair[0]).map_or_else(String::new, |field| text::visible(&field.name));
        let own = values[0] != values[1];
        let at = self.rows.len();
        self.rows.push(FieldRow { depth, name, values, differs: own });
        let children = pair.map(|field| field.map_or_else(Vec::new, |field| field.children.iter().collect()));
        let below = self.level([&children[0], &children[1]], depth + 1);
        if !(own || below || self.all) {
            self.rows.truncate(at);
        }
        own || below
    }

    /// The bytes of both, a row where one of them has some.
    fn bytes(&mut self, bytes: [&[u8]; 2]) {
        if bytes.iter().all(|bytes| bytes.is_empty()) {
            return;
        }
        let at = self.rows.len();
        let count = bytes[0].len().max(bytes[1].len()).div_ceil(PER_ROW);
        for row in 0..count.min(MAX_BYTE_ROWS) {
            let part = |bytes: &[u8]| bytes.chunks(PER_ROW).nth(row).map(dump);
            let values = bytes.map(part);
            let differs = values[0] != values[1];
            if differs || self.all {
                let name = format!("{:04x}", row * PER_ROW);
                self.rows.push(FieldRow { depth: 1, name, values, differs });
            }
        }
        if self.rows.len() > at {
            let more = count.saturating_sub(MAX_BYTE_ROWS) * PER_ROW;
            let said = if more > 0 { format!("Bytes (the last {more} are left out)") } else { "Bytes".to_owned() };
            let lengths = bytes.map(|bytes| Some(text::counted(bytes.len(), "byte")));
            let differs = lengths[0] != lengths[1];
            self.rows.insert(at, FieldRow { depth: 0, name: said, values: lengths, differs });
        }
    }
}

/// Fields of one level, each with the one of its name in the other flow; the n-th of a name with the n-th.
fn paired<'a>(fields: [&[&'a Field]; 2]) -> Vec<[Option<&'a Field>; 2]> {
    let mut others: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, field) in fields[0].iter().enumerate().rev() {
        others.entry(&*field.name).or_default().push(at);
    }
    let mut taken = vec![false; fields[0].len()];
    let mut pairs = Vec::new();
    let mut told = 0;
    let matches: Vec<_> = fields[1].iter().map(|field| others.get_mut(&*field.name).and_then(Vec::pop)).collect();
    matches.iter().flatten().for_each(|at| taken[*at] = true);
    for (field, at) in fields[1].iter().zip(matches) {
        // What the baseline has alone stands where the baseline has it.
        while at.is_some_and(|at| told < at) {
            if !taken[told] {
                pairs.push([Some(fields[0][told]), None]);
            }
            told += 1;
        }
        pairs.push([at.map(|at| fields[0][at]), Some(*field)]);
    }
    let rest = (told..fields[0].len()).filter(|at| !taken[*at]);
    pairs.extend(rest.map(|at| [Some(fields[0][at]), None]));
    pairs
}

fn value(field: &Field) -> String {
    let issue = field.issue.as_deref().map_or_else(String::new, |issue| format!("  ! {}", text::visible(issue)));
    format!("{}{issue}", text::visible(&field.value))
}

fn dump(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let shown = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
    format!("{:24}{}", digits.join(" "), bytes.iter().map(shown).collect::<String>())
}

/// One side of a row, 0 the baseline's.
pub fn side(row: &FieldRow, side: usize) -> Line {
    let indent = "  ".repeat(row.depth);
    let Some(value) = &row.values[side] else { return Line::of(Role::Dim, format!("{indent}·")) };
    let name = if row.depth == 0 { Role::Heading } else { Role::Label };
    let mut line = Line::of(name, format!("{indent}{}", row.name));
    if !value.is_empty() {
        line.push(Role::Dim, ": ");
        line.push(if row.differs { Role::Difference } else { Role::Dim }, value.clone());
    }
    line
}

/// A row in full.
pub fn plain(row: &FieldRow) -> String {
    let [baseline, subject] = row.values.clone().map(|value| value.unwrap_or_else(|| "absent".to_owned()));
    match (row.differs, subject.is_empty()) {
        (true, _) => format!("{}: {baseline} → {subject}", row.name),
        (false, true) => row.name.clone(),
        (false, false) => format!("{}: {subject}", row.name),
    }
}

/// The same in lines of `width` columns.
pub fn about(row: &FieldRow, width: usize) -> Vec<Line> {
    let role = if row.differs { Role::Difference } else { Role::Text };
    wrap(&plain(row), width).into_iter().map(|part| Line::of(role, part)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fields of `a=1 b=2`; those behind `>` lie in the one before.
    fn fields(list: &str) -> Vec<Field> {
        let mut all: Vec<Field> = Vec::new();
        for one in list.split_whitespace() {
            let (name, value) = one.trim_start_matches('>').split_once('=').expect("a value");
            let field = Field::new(name.to_owned(), value, 0..0);
            match all.last_mut().filter(|_| one.starts_with('>')) {
                Some(above) => above.children.push(field),
                None => all.push(field),
            }
        }
        all
    }

    /// Rows as `name=baseline|subject`, `!` before those that differ, `-` for a side without the field.
    fn check(baseline: &str, subject: &str, all: bool, expected: &str) {
        let (baseline, subject) = (fields(baseline), fields(subject));
        let mut walk = Walk { all, rows: Vec::new() };
        walk.level([&baseline.iter().collect::<Vec<_>>(), &subject.iter().collect::<Vec<_>>()], 0);
        let said = walk.rows.iter().map(|row| {
            let side = |side: usize| row.values[side].as_deref().unwrap_or("-");
            let mark = if row.differs { "!" } else { "" };
            format!("{mark}{}{}={}|{}", ">".repeat(row.depth), row.name, side(0), side(1))
        });
        assert_eq!(said.collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn fields_stand_beside_those_of_their_name() {
        check("a=1 b=2", "a=1 b=3", true, "a=1|1 !b=2|3");
        check("a=1 x=0 b=2", "a=1 b=2 y=0", true, "a=1|1 !x=0|- b=2|2 !y=-|0");
        // Permuted extensions are the same ones.
        check("a=1 b=2 c=3", "c=3 a=1 b=2", true, "c=3|3 a=1|1 b=2|2");
        check("s=1 s=2", "s=1 s=3 s=4", true, "s=1|1 !s=2|3 !s=-|4");
        check("", "a=1", true, "!a=-|1");
    }

    #[test]
    fn what_differs_is_shown_with_what_it_lies_in() {
        check("a=1 >x=1 >y=2 b=1", "a=1 >x=1 >y=3 b=1", false, "a=1|1 !>y=2|3");
        check("a=1", "a=1", false, "");
    }

    #[test]
    fn bytes_that_differ_are_marked() {
        let mut walk = Walk { all: true, rows: Vec::new() };
        walk.bytes([b"12345678ab", b"12345678ac"]);
        let differs: Vec<_> = walk.rows.iter().map(|row| (&*row.name, row.differs)).collect();
        assert_eq!(differs, [("Bytes", false), ("0000", false), ("0008", true)]);
        assert_eq!(side(&walk.rows[2], 1).plain(), "  0008: 61 63                   ac");
    }
}
