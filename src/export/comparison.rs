//! A failing flow beside a good one, as text, JSON and Markdown.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::cells::markdown;
use super::finding::{self, FindingJson};
use super::flow_json::FlowJson;
use super::handshake::StepJson;
use super::paint::Paint;
use super::table::{Align, Cell, Table};
use super::{Format, json};
use crate::cohort::Link;
use crate::compare::{Comparison, Difference, Nearness, Row, Value};
use crate::diagnose::Finding;
use crate::facts::FlowFacts;
use crate::present::role::Role;
use crate::present::words as said;
use crate::timeline::{Step, words};
use crate::vocab::{Direction, PacketNumber, Time, text};

/// What is compared: the two flows' facts, why this baseline, and how they differ.
pub struct Compared<'a> {
    /// The good flow.
    pub baseline: FlowFacts<'a>,
    /// Why it was chosen; nothing where the user named it.
    pub near: Option<Nearness>,
    /// The flow in question.
    pub subject: FlowFacts<'a>,
    /// How they differ.
    pub comparison: &'a Comparison,
    /// Why the flow in question failed, where it did.
    pub finding: Option<&'a Finding>,
    /// What else in the captures belongs to that flow.
    pub links: &'a [Link],
}

/// Columns of one flow's steps in the text.
const SIDE: usize = 53;
/// Columns of a value in the table of differences.
const VALUE: usize = 48;

impl Compared<'_> {
    /// Writes it.
    ///
    /// # Errors
    ///
    /// What `out` returns.
    pub fn write(&self, out: &mut impl Write, format: Format, paint: Paint) -> io::Result<()> {
        match format {
            Format::Json => json::document(out, &ComparisonJson::new(self)),
            Format::Markdown => self.write_markdown(out),
            Format::Text | Format::Csv => self.write_text(out, paint),
        }
    }

    /// Why the baseline was chosen; empty where the user named it.
    fn why(&self) -> String {
        self.near.map_or_else(String::new, said::nearness)
    }

    fn sentence(&self) -> String {
        said::sentence(&self.comparison.sentence)
    }

    /// The ranked differences.
    fn differences(&self) -> Vec<&Difference> {
        said::once(&self.comparison.differences)
    }

    /// The times from which each side's steps count.
    fn starts(&self) -> (Time, Time) {
        (self.baseline.row.start, self.subject.row.start)
    }

    fn write_text(&self, out: &mut impl Write, paint: Paint) -> io::Result<()> {
        let because = self.near.map_or_else(String::new, |near| format!(" ({})", said::nearness(near)));
        writeln!(out, "Baseline: {}{because}", named(&self.baseline))?;
        writeln!(out, "Subject:  {}", named(&self.subject))?;
        if let Some(finding) = self.finding {
            writeln!(out, "Finding:  {}", paint.role(Role::Failed, verdict(finding)))?;
            finding::write_text(out, "          ", finding, self.links)?;
        }
        writeln!(out, "{}\n", paint.role(Role::Heading, text::visible(&self.sentence())))?;
        let starts = self.starts();
        let columns =
            &[("", Align::Left), ("Baseline", Align::Left), ("Subject", Align::Left), ("Differs in", Align::Left)];
        Table { columns, paint }
            .write(out, || self.comparison.rows.iter().enumerate().map(|(at, row)| self.cells(at, row, starts)))?;
        let differences = self.differences();
        if !differences.is_empty() {
            writeln!(out, "\n{}", paint.role(Role::Heading, "Differences, the most telling first"))?;
            let columns = &[
                ("Weight", Align::Right),
                ("Field", Align::Left),
                ("Baseline", Align::Left),
                ("Subject", Align::Left),
                ("Packets", Align::Left),
                ("As the subject", Align::Left),
            ];
            Table { columns, paint }.write(out, || differences.iter().copied().map(difference_cells))?;
        }
        Ok(())
    }

    fn cells(&self, at: usize, row: &Row, starts: (Time, Time)) -> Vec<Cell> {
        let first = self.comparison.first_divergence == Some(at);
        let role = match (first, row.is_equal()) {
            (true, _) => Role::Failed,
            (false, false) => Role::Warning,
            (false, true) => Role::Text,
        };
        let mark = match (first, row.is_equal()) {
            (true, _) => ">>",
            (false, false) => "*",
            (false, true) => "",
        };
        let side = |step: Option<&Step>, start: Time| {
            Cell::of(role, step.map_or_else(|| "-".into(), |step| text::clipped(&line(step, start), SIDE).into_owned()))
        };
        vec![
            Cell::of(role, mark),
            side(row.baseline.as_ref(), starts.0),
            side(row.subject.as_ref(), starts.1),
            Cell::plain(unexpected(&row.differences)),
        ]
    }

    fn write_markdown(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "# Flow {} beside flow {}\n", self.subject.flow, self.baseline.flow)?;
        writeln!(out, "- baseline: {}", markdown(&named(&self.baseline)))?;
        if self.near.is_some() {
            writeln!(out, "- chosen because: {}", markdown(&self.why()))?;
        }
        writeln!(out, "- subject: {}", markdown(&named(&self.subject)))?;
        writeln!(out, "\n**{}**", markdown(&self.sentence()))?;
        if let Some(finding) = self.finding {
            writeln!(out, "\n## {}\n", markdown(&verdict(finding)))?;
            finding::write_markdown(out, finding, self.links)?;
        }
        writeln!(out, "\n## Step by step\n\n| | baseline | subject | differs in |\n| --- | --- | --- | --- |")?;
        let starts = self.starts();
        for (at, row) in self.comparison.rows.iter().enumerate() {
            let mark = if self.comparison.first_divergence == Some(at) { "first" } else { "" };
            let side = |step: Option<&Step>, start| step.map_or_else(String::new, |step| markdown(&line(step, start)));
            writeln!(
                out,
                "| {mark} | {} | {} | {} |",
                side(row.baseline.as_ref(), starts.0),
                side(row.subject.as_ref(), starts.1),
                markdown(&unexpected(&row.differences))
            )?;
        }
        let differences = self.differences();
        if !differences.is_empty() {
            writeln!(
                out,
                "\n## Differences, the most telling first\n\n\
                 | weight | field | baseline | subject | packets | as the subject |\n| --- | --- | --- | --- | --- | --- |"
            )?;
        }
        for difference in differences {
            let Difference { field, baseline, subject, weight, .. } = difference;
            let usual = said::usual(difference);
            let (baseline, subject) = (said::value(baseline), said::value(subject));
            let (baseline, subject) = (markdown(&baseline), markdown(&subject));
            let packets = packets(difference);
            writeln!(out, "| {weight} | {} | {baseline} | {subject} | {packets} | {usual} |", markdown(&field.name()))?;
        }
        Ok(())
    }
}

fn named(facts: &FlowFacts<'_>) -> String {
    let name = facts.tls.and_then(|tls| tls.server_name.as_deref()).map_or_else(String::new, text::visible_bytes);
    let outcome = facts.row.cause.map_or_else(
        || facts.row.outcome.map_or("", crate::vocab::Outcome::name).to_owned(),
        |cause| cause.to_string(),
    );
    let capture = text::visible(facts.capture);
    format!("flow {} of {capture}, {} to {} {name}, {outcome}", facts.flow, facts.row.client, facts.row.server)
}

fn line(step: &Step, start: Time) -> String {
    let arrow = match step.from {
        Direction::ToServer => "->",
        Direction::ToClient => "<-",
    };
    let bytes = if step.bytes > 0 { format!(" ({})", step.bytes) } else { String::new() };
    format!(
        "{:>6} {:9.6} {arrow} {}{bytes}",
        step.packet.0,
        json::seconds(step.time.nanos_since(start)),
        text::visible(&words::name(&step.what))
    )
}

/// The fields that differ and should not.
fn unexpected(differences: &[Difference]) -> String {
    let fields = differences.iter().filter(|difference| !difference.expected);
    text::visible(&fields.map(|difference| difference.field.name()).collect::<Vec<_>>().join(", "))
}

fn difference_cells(difference: &Difference) -> Vec<Cell> {
    let role = match difference {
        Difference { expected: true, .. } => Role::Dim,
        Difference { weight: 50.., .. } => Role::Failed,
        _ => Role::Text,
    };
    let value = |value: &Value| text::clipped(&text::visible(&said::value(value)), VALUE).into_owned();
    vec![
        Cell::plain(difference.weight.to_string()),
        Cell::of(role, difference.field.name().into_owned()),
        Cell::plain(value(&difference.baseline)),
        Cell::plain(value(&difference.subject)),
        Cell::plain(packets(difference)),
        Cell::of(Role::Dim, said::usual(difference)),
    ]
}

/// The packets that show a difference: the baseline's, the subject's.
fn packets(difference: &Difference) -> String {
    let packet = |packet: Option<PacketNumber>| packet.map_or_else(|| "-".to_owned(), |packet| packet.to_string());
    match difference.packets {
        (None, None) => String::new(),
        (baseline, subject) => format!("{}, {}", packet(baseline), packet(subject)),
    }
}

/// What a finding says, how sure that is and who ended the flow.
fn verdict(finding: &Finding) -> String {
    let Finding { headline, cause, confidence, ended_by, .. } = finding;
    text::visible(&format!("{headline} ({cause}, {confidence}, ended by {ended_by})"))
}

#[derive(Serialize)]
struct ComparisonJson<'a> {
    baseline: Flow<'a>,
    subject: Flow<'a>,
    sentence: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_divergence: Option<Divergence<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<FindingJson<'a>>,
    rows: Vec<RowJson<'a>>,
    differences: Vec<DifferenceJson>,
}

#[derive(Serialize)]
struct Flow<'a> {
    #[serde(flatten)]
    flow: FlowJson<'a>,
    #[serde(skip_serializing_if = "String::is_empty")]
    why: String,
}

#[derive(Serialize)]
struct Divergence<'a> {
    row: usize,
    #[serde(flatten)]
    steps: RowJson<'a>,
}

#[derive(Serialize)]
struct RowJson<'a> {
    baseline: Option<StepJson<'a>>,
    subject: Option<StepJson<'a>>,
    differences: Vec<DifferenceJson>,
}

#[derive(Serialize)]
struct DifferenceJson {
    field: Cow<'static, str>,
    baseline: String,
    subject: String,
    weight: u8,
    expected: bool,
    packets: PacketsJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    good_flows: Option<UsualJson>,
}

/// The packets that show a difference.
#[derive(Serialize)]
struct PacketsJson {
    baseline: Option<u32>,
    subject: Option<u32>,
}

/// How usual the subject's value is among good flows of its kind.
#[derive(Serialize)]
struct UsualJson {
    have: u32,
    of: u32,
}

impl<'a> ComparisonJson<'a> {
    fn new(compared: &'a Compared<'a>) -> Self {
        let comparison = compared.comparison;
        let row = |row: &'a Row| RowJson {
            baseline: row.baseline.as_ref().map(StepJson::alone),
            subject: row.subject.as_ref().map(StepJson::alone),
            differences: row.differences.iter().map(difference_json).collect(),
        };
        Self {
            baseline: Flow { flow: FlowJson::new(&compared.baseline), why: compared.why() },
            subject: Flow { flow: FlowJson::new(&compared.subject), why: String::new() },
            sentence: compared.sentence(),
            first_divergence: comparison
                .first_divergence
                .and_then(|at| Some(Divergence { row: at, steps: row(comparison.rows.get(at)?) })),
            ended: comparison.ended,
            finding: compared.finding.map(|finding| FindingJson::new(finding, compared.links)),
            rows: comparison.rows.iter().map(row).collect(),
            differences: compared.differences().into_iter().map(difference_json).collect(),
        }
    }
}

fn difference_json(difference: &Difference) -> DifferenceJson {
    DifferenceJson {
        field: difference.field.name(),
        baseline: said::value(&difference.baseline),
        subject: said::value(&difference.subject),
        weight: difference.weight,
        expected: difference.expected,
        packets: PacketsJson {
            baseline: difference.packets.0.map(|packet| packet.0),
            subject: difference.packets.1.map(|packet| packet.0),
        },
        good_flows: difference.usual.map(|usual| UsualJson { have: usual.have, of: usual.of }),
    }
}
