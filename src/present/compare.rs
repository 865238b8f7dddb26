//! Two flows side by side: aligned rows, what differs in each, the ranked differences.

use super::role::{Line, Role, Span};
use super::wrap::wrap;
use super::{header, ladder, list, values, words as said};
use crate::cohort::Baseline;
pub use crate::compare::{Comparison, Difference, Nearness, Row};
use crate::compare::{Field, Usual, Value};
use crate::engine::{FlowView, MAX_CANDIDATES};
use crate::index::Index;
pub use crate::timeline::Step;
use crate::timeline::{What, words};
use crate::vocab::{FlowRef, PacketNumber, Time, text};

/// How the two sides of a row relate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// They do the same.
    Equal,
    /// Both are there and differ.
    Differs,
    /// Only the baseline has it.
    BaselineOnly,
    /// Only the subject has it.
    SubjectOnly,
}

impl Relation {
    /// The relation of a row's sides.
    pub fn of(row: &Row) -> Self {
        match (&row.baseline, &row.subject) {
            (Some(_), None) => Relation::BaselineOnly,
            (None, Some(_)) => Relation::SubjectOnly,
            _ if row.is_equal() => Relation::Equal,
            _ => Relation::Differs,
        }
    }

    /// Its sign between the two sides.
    pub fn sign(self) -> Span {
        match self {
            Relation::Equal => Span::new(Role::Dim, "="),
            Relation::Differs => Span::new(Role::Difference, "≠"),
            Relation::BaselineOnly => Span::new(Role::Difference, "<"),
            Relation::SubjectOnly => Span::new(Role::Difference, ">"),
        }
    }
}

/// One side of a row.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SideCells {
    /// The packet's number.
    pub packet: Span,
    /// Time since the flow began.
    pub time: Span,
    /// Arrow and name.
    pub name: Line,
    /// Bytes.
    pub size: Span,
    /// TTL.
    pub ttl: Span,
}

/// A side's cells; `start` is when its flow began, `times` how often the row comes.
pub fn side(step: Option<&Step>, start: Option<Time>, row: &Row, times: usize) -> SideCells {
    let Some(step) = step else { return SideCells::default() };
    let role = |is: fn(Field) -> bool| {
        let differs = row.differences.iter().any(|one| !one.expected && is(one.field));
        if differs { Role::Difference } else { Role::Dim }
    };
    let arrow = ladder::arrow(step);
    let name = match &step.what {
        _ if step.is_inferred() => Role::Inferred,
        What::Gap(_) => Role::Gap,
        What::Alert(..) => Role::Alert,
        What::Icmp(_) => Role::Failed,
        what if what.spoils() => Role::Failed,
        What::Segment(flags) if flags.rst() => Role::Failed,
        _ if ladder::is_message(step) => Role::Strong,
        _ => Role::Text,
    };
    let again = if times > 1 { format!(" ×{times}") } else { String::new() };
    SideCells {
        packet: Span::new(Role::Offset, step.packet.to_string()),
        time: Span::new(Role::Dim, start.map_or(String::new(), |start| values::duration(step.time.since(start)))),
        name: Line::of(arrow.role, format!("{} ", arrow.short())).with(name, arrow.label).with(Role::Dim, again),
        size: Span::new(role(Field::is_size), if step.bytes == 0 { String::new() } else { step.bytes.to_string() }),
        ttl: Span::new(role(Field::is_ttl), step.ttl.map_or(String::new(), |ttl| ttl.to_string())),
    }
}

/// When each flow of a comparison began: the baseline, the subject.
pub fn starts(comparison: &Comparison) -> (Option<Time>, Option<Time>) {
    let rows = &comparison.rows;
    let baseline = rows.iter().find_map(|row| row.baseline.as_ref()).map(|step| step.time);
    let subject = rows.iter().find_map(|row| row.subject.as_ref()).map(|step| step.time);
    (baseline, subject)
}

/// Columns from which on a difference says in full how usual its value is.
const IN_FULL: usize = 100;

/// What is said behind the values of differences: how usual the subject's is, or that it is no news.
fn tail(difference: &Difference, in_full: bool) -> String {
    match difference.usual {
        Some(Usual { have, of }) if of > 0 && !in_full => format!("{have} of {of}"),
        Some(Usual { of, .. }) if of > 0 => said::usual(difference),
        _ if difference.expected && in_full => "(expected)".to_owned(),
        _ => String::new(),
    }
}

/// The columns that the longest tail of some differences takes in lines of `width` columns.
pub fn tail_width(differences: &[Difference], width: usize) -> usize {
    let longest = differences.iter().map(|one| text::width(&tail(one, width >= IN_FULL))).max();
    longest.unwrap_or(0).min(width / 3)
}

/// A difference as a line: how telling it is, field, both values, how usual the subject's is in `tail_width` columns.
pub fn difference(difference: &Difference, width: usize, tail_width: usize) -> Line {
    let expected = difference.expected;
    let role = |role: Role| if expected { Role::Dim } else { role };
    let filled = usize::from(difference.weight).div_ceil(20).min(5);
    let bar = format!("{}{} ", "█".repeat(filled), "░".repeat(5 - filled));
    let absent = |value: &Value| or(&said::value(value), "(absent)");
    let field_width = (width / 4).clamp(12, 34);
    let value_width = width.saturating_sub(field_width + 6 + 4 + tail_width + 2) / 2;
    let fit = |text: String, width: usize| text::padded(&text::clipped(&text, width), width);
    let mut line = Line::of(role(Role::Warning), bar);
    line.push(role(Role::Label), fit(difference.field.name().into_owned(), field_width));
    line.push(Role::Text, "  ");
    line.push(role(Role::Text), fit(absent(&difference.baseline), value_width));
    line.push(Role::Text, "  ");
    line.push(role(Role::Difference), fit(absent(&difference.subject), value_width));
    if tail_width > 0 {
        line.push(Role::Dim, format!("  {}", text::clipped(&tail(difference, width >= IN_FULL), tail_width)));
    }
    line
}

/// A difference in full.
fn in_full(one: &Difference) -> Line {
    let absent = |value: &Value| or(&said::value(value), "absent");
    let role = if one.expected { Role::Dim } else { Role::Difference };
    Line::of(role, format!("{}: {} → {}", one.field.name(), absent(&one.baseline), absent(&one.subject)))
}

/// A difference in full, how usual it is and the packets that show it, in lines of `width` columns.
pub fn about(one: &Difference, width: usize) -> Vec<Line> {
    let mut line = in_full(one);
    let usual = said::usual(one);
    let packet = |packet: Option<PacketNumber>| packet.map_or_else(|| "none".to_owned(), |packet| packet.to_string());
    let packets = match one.packets {
        (None, None) => String::new(),
        (baseline, subject) => format!("packets {} → {}", packet(baseline), packet(subject)),
    };
    for more in [usual, packets] {
        if !more.is_empty() {
            line.push(Role::Dim, format!("   {more}"));
        }
    }
    flow(vec![line], width)
}

/// A text made visible, or another one where it is empty.
fn or(text: &str, other: &str) -> String {
    if text.is_empty() { other.to_owned() } else { text::visible(text) }
}

/// What differs in a row, in lines of `width` columns; of an inferred step also from what it was inferred.
pub fn row_differences(row: &Row, width: usize) -> Vec<Line> {
    let mut pieces = Vec::new();
    match Relation::of(row) {
        Relation::BaselineOnly => pieces.push(Line::of(Role::Difference, "only in the baseline")),
        Relation::SubjectOnly => pieces.push(Line::of(Role::Difference, "not in the baseline")),
        Relation::Equal if row.differences.is_empty() => pieces.push(Line::of(Role::Dim, "no difference")),
        _ => {}
    }
    let (expected, telling): (Vec<_>, Vec<_>) = row.differences.iter().partition(|one| one.expected);
    pieces.extend(telling.into_iter().chain(expected).map(in_full));
    if let Some(step) = row.subject.iter().chain(&row.baseline).find(|step| step.is_inferred()) {
        pieces.push(Line::of(Role::Inferred, words::note(step)));
    }
    flow(pieces, width)
}

/// Pieces one behind the other, in lines of `width` columns.
fn flow(pieces: Vec<Line>, width: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for piece in pieces {
        let taken = lines.last().map_or(width, |line| text::width(&line.plain()));
        match lines.last_mut() {
            Some(line) if taken + 3 + text::width(&piece.plain()) <= width => {
                line.push(Role::Dim, "   ");
                line.spans.extend(piece.spans);
            }
            _ if text::width(&piece.plain()) <= width => lines.push(piece),
            _ => {
                let role = piece.spans.first().map_or(Role::Text, |span| span.role);
                lines.extend(wrap(&piece.plain(), width).into_iter().map(|part| Line::of(role, part)));
            }
        }
    }
    lines
}

/// The first of `lines` that `height` has room for; the last one says how many are left out.
pub fn at_most(mut lines: Vec<Line>, height: usize, width: usize) -> Vec<Line> {
    let more = lines.len().saturating_sub(height);
    lines.truncate(height);
    if let Some(last) = lines.last_mut().filter(|_| more > 0) {
        let said = format!("  … {} more, y copies all", text::counted(more, "line"));
        let role = last.spans.first().map_or(Role::Text, |span| span.role);
        let room = width.saturating_sub(text::width(&said));
        *last = Line::of(role, text::clipped(&last.plain(), room)).with(Role::Dim, said);
    }
    lines
}

/// A row as text: both steps, and all that differs, a line each.
pub fn plain_row(row: &Row) -> String {
    let side = |name: &str, step: &Option<Step>| match step {
        Some(step) => format!("{name}: packet {}, {}\n", step.packet, text::visible(&words::name(&step.what))),
        None => format!("{name}: nothing\n"),
    };
    let differences = row.differences.iter().map(plain_difference);
    [side("baseline", &row.baseline), side("subject", &row.subject)].into_iter().chain(differences).collect()
}

/// A difference as text.
pub fn plain_difference(one: &Difference) -> String {
    let line: Vec<_> = about(one, usize::MAX).iter().map(Line::plain).collect();
    format!("{}\n", line.join(" "))
}

/// The good flows to compare with, the best first, as a page to read; `current` is compared now.
pub fn candidates(all: &[Baseline], current: Option<FlowRef>) -> Vec<Line> {
    let mut lines = vec![Line::of(Role::Heading, place(all, None)), Line::new()];
    for (at, one) in all.iter().enumerate() {
        let is_current = current == Some(one.flow);
        let (sign, role) = if is_current { ("▸", Role::Strong) } else { (" ", Role::Text) };
        let name = format!("{sign} {:>3}  {}   score {}", at + 1, header::name(one.flow), one.near.points());
        lines.push(Line::of(role, name).with(Role::Text, format!("   {}", said::nearness(one.near))));
        let parts: Vec<_> = one.near.parts().map(|(name, worth)| format!("{name} {worth:+}")).collect();
        lines.push(Line::of(Role::Dim, format!("       {}", parts.join(", "))));
    }
    lines
}

/// Which of the good flows one is, in words; without one how many there are.
pub fn place(all: &[Baseline], at: Option<usize>) -> String {
    let at = at.map(|at| at + 1);
    match (at, all.len()) {
        (Some(at), MAX_CANDIDATES) => format!("{at} of the {MAX_CANDIDATES} nearest"),
        (Some(at), count) => format!("{at} of {count}"),
        (None, MAX_CANDIDATES) => format!("The {MAX_CANDIDATES} good flows that compare best, the best first"),
        (None, count) => format!("{}, the best first", text::counted(count, "good flow")),
    }
}

/// The bar above a comparison: of the baseline, if it is known, and the subject; where `width` is short, addresses and
/// names are left out.
pub fn title(
    flows: (Option<FlowRef>, FlowRef),
    views: Option<(&FlowView, &FlowView)>,
    index: &Index,
    width: usize,
) -> Line {
    let title = |in_full: bool| {
        let mut line = Line::of(Role::Strong, " compare  ").with(Role::Dim, "baseline ");
        match flows.0 {
            Some(flow) => describe(&mut line, flow, views.map(|views| views.0), index, in_full),
            None => line.push(Role::Text, "…"),
        }
        line.push(Role::Dim, if in_full { "   with   " } else { " with " });
        describe(&mut line, flows.1, views.map(|views| views.1), index, in_full);
        line
    };
    let full = title(true);
    if text::width(&full.plain()) <= width { full } else { title(false) }
}

fn describe(line: &mut Line, flow: FlowRef, view: Option<&FlowView>, index: &Index, in_full: bool) {
    line.push(Role::Strong, header::name(flow));
    let Some(view) = view else { return };
    if in_full {
        line.push(Role::Text, format!(" {}", view.trace.row.client));
        if let Some(name) = &view.tls.server_name {
            line.push(Role::Text, format!(" {}", text::visible_bytes(name)));
        }
    }
    let outcome = header::outcome(view, index);
    if outcome.is_some() {
        let span = list::outcome(outcome);
        line.push(span.role, format!(" {}", span.text));
    }
}

/// What is to say above the rows: where the two part, and why this baseline, which of the candidates it is.
pub fn sentence(comparison: &Comparison, why: &str, place: Option<&str>, width: usize) -> Vec<Line> {
    let mut lines: Vec<_> = wrap(&said::sentence(&comparison.sentence), width)
        .into_iter()
        .map(|part| Line::of(Role::Strong, part))
        .collect();
    if !why.is_empty() {
        let place = place.map_or_else(String::new, |place| format!(" ({place})"));
        lines.extend(
            wrap(&format!("This baseline{place}: {why}."), width).into_iter().map(|part| Line::of(Role::Dim, part)),
        );
    }
    lines
}
