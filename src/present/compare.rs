//! Two flows side by side: aligned rows, what differs in each, the ranked differences.

use super::role::{Line, Role, Span};
use super::wrap::wrap;
use super::{header, ladder, list, values, words as said};
pub use crate::compare::{Comparison, Difference, Row};
use crate::compare::{Field, Value};
use crate::engine::FlowView;
use crate::index::Index;
use crate::timeline::{Step, What, words};
use crate::vocab::{FlowRef, Time, text};

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

/// A side's cells; `start` is when its flow began.
pub fn side(step: Option<&Step>, start: Option<Time>, row: &Row) -> SideCells {
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
    SideCells {
        packet: Span::new(Role::Offset, step.packet.to_string()),
        time: Span::new(Role::Dim, start.map_or(String::new(), |start| values::duration(step.time.since(start)))),
        name: Line::of(arrow.role, format!("{} ", arrow.short())).with(name, arrow.label),
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

/// A difference as a line: field, both values, how telling it is.
pub fn difference(difference: &Difference, width: usize) -> Line {
    let (name, value) = if difference.expected { (Role::Dim, Role::Dim) } else { (Role::Label, Role::Difference) };
    let filled = usize::from(difference.weight).div_ceil(20).min(5);
    let bar = format!("{}{} ", "█".repeat(filled), "░".repeat(5 - filled));
    let absent = |value: &Value| or(&said::value(value), "(absent)");
    let field_width = (width / 4).clamp(12, 34);
    let (said, expected) = if difference.expected { (0, "  (expected)".len()) } else { ("  (expected)".len(), 0) };
    let value_width = width.saturating_sub(field_width + 6 + 4 + said + expected) / 2;
    let fit = |text: String, width: usize| text::padded(&text::clipped(&text, width), width);
    let mut line = Line::of(if difference.expected { Role::Dim } else { Role::Warning }, bar);
    line.push(name, fit(difference.field.name().into_owned(), field_width));
    line.push(Role::Text, "  ");
    line.push(if difference.expected { Role::Dim } else { Role::Text }, fit(absent(&difference.baseline), value_width));
    line.push(Role::Text, "  ");
    line.push(value, fit(absent(&difference.subject), value_width + said));
    if difference.expected {
        line.push(Role::Dim, "  (expected)");
    }
    line
}

/// A text made visible, or another one where it is empty.
fn or(text: &str, other: &str) -> String {
    if text.is_empty() { other.to_owned() } else { text::visible(text) }
}

/// What differs in a row, in a line; of an inferred step also from what it was inferred.
pub fn row_differences(row: &Row) -> Line {
    let mut line = Line::new();
    match Relation::of(row) {
        Relation::BaselineOnly => line.push(Role::Difference, "only in the baseline  "),
        Relation::SubjectOnly => line.push(Role::Difference, "not in the baseline  "),
        Relation::Equal if row.differences.is_empty() => line.push(Role::Dim, "no difference"),
        _ => {}
    }
    for one in &row.differences {
        let role = if one.expected { Role::Dim } else { Role::Difference };
        let absent = |value: &Value| text::clipped(&or(&said::value(value), "absent"), 40).into_owned();
        line.push(role, format!("{}: {} → {}", one.field.name(), absent(&one.baseline), absent(&one.subject)));
        line.push(Role::Dim, "   ");
    }
    if let Some(step) = row.subject.iter().chain(&row.baseline).find(|step| step.is_inferred()) {
        line.push(Role::Inferred, format!("   {}", words::note(step)));
    }
    line
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

/// What is to say above the rows: where the two part, and why this baseline.
pub fn sentence(comparison: &Comparison, why: &str, width: usize) -> Vec<Line> {
    let mut lines: Vec<_> = wrap(&said::sentence(&comparison.sentence), width)
        .into_iter()
        .map(|part| Line::of(Role::Strong, part))
        .collect();
    if !why.is_empty() {
        lines.extend(wrap(&format!("This baseline: {why}."), width).into_iter().map(|part| Line::of(Role::Dim, part)));
    }
    lines
}
