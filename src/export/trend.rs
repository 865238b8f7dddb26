//! Before and after, in every format.

use std::io::{self, Write};

use serde::Serialize;

use super::Format;
use super::cells::{markdown, percent};
use super::contrast::{ConditionJson, GroupJson};
use super::json;
use super::paint::Paint;
use crate::contrast::About;
use crate::contrast::trend::{Failures, Likeness, Row, Trend, Whole};
use crate::present::conditions::{about, conditions, probability};
use crate::present::role::Role;
use crate::stats::{Estimate, Rate};
use crate::vocab::Cause;
use crate::vocab::text::counted;

/// Writes a comparison of before and after.
///
/// # Errors
///
/// What `out` returns.
pub fn write(out: &mut impl Write, format: Format, paint: Paint, trend: &Trend) -> io::Result<()> {
    match format {
        Format::Json => json::document(out, &TrendJson::new(trend)),
        Format::Markdown => write_markdown(out, trend),
        Format::Text | Format::Csv => write_text(out, paint, trend),
    }
}

fn write_text(out: &mut impl Write, paint: Paint, trend: &Trend) -> io::Result<()> {
    writeln!(out, "{}", whole(trend))?;
    for row in &trend.rows {
        writeln!(out, "{}", paint.role(if row.is_shown() { Role::Strong } else { Role::Text }, name(row)))?;
        writeln!(out, "  {}", sentence(row))?;
    }
    writeln!(out, "{}", alike(&trend.likeness))
}

fn write_markdown(out: &mut impl Write, trend: &Trend) -> io::Result<()> {
    writeln!(out, "# Before and after\n\n{}\n", markdown(&whole(trend)))?;
    for row in &trend.rows {
        writeln!(out, "- {}: {}", markdown(&name(row)), markdown(&sentence(row)))?;
    }
    writeln!(out, "\n{}", markdown(&alike(&trend.likeness)))
}

fn whole(trend: &Trend) -> String {
    let side = |whole: &Whole| format!("{} of {} failed", whole.attempts.failed, counted(whole.attempts.of, "attempt"));
    format!("Before: {}; after: {}", side(&trend.before), side(&trend.after))
}

fn name(row: &Row) -> String {
    if row.conditions.is_empty() {
        about(&row.about)
    } else {
        format!("{} within {}", about(&row.about), conditions(&row.conditions))
    }
}

/// `11 of 1304 before, 0 of 323 after: not shown yet (p 0.09); about 84 more good attempts would show it, if none fails`.
fn sentence(row: &Row) -> String {
    let Row { before, after, .. } = row;
    let counts = format!("{} of {} before, {} of {} after", before.failed, before.of, after.failed, after.of);
    let Some(difference) = row.difference() else { return format!("{counts}: there is nothing to compare") };
    let p = probability(row.p());
    if row.is_shown() {
        let way = if difference.value < 0.0 { "less" } else { "more" };
        let interval = format!("{} to {}", percent(difference.low), percent(difference.high));
        return format!("{counts}: {way} often than before, by {} ({interval}), p {p}", percent(difference.value));
    }
    let needed = row
        .needed()
        .map_or_else(String::new, |needed| format!("; about {needed} more good attempts would show it, if none fails"));
    format!("{counts}: not shown yet (p {p}){needed}")
}

fn alike(likeness: &[Likeness]) -> String {
    let one = |of: &Likeness| {
        format!("{}: {} before only, {} after only, {} on both sides", of.field, of.before, of.after, of.both)
    };
    format!("What is compared: {}", likeness.iter().map(one).collect::<Vec<_>>().join("; "))
}

#[derive(Serialize)]
struct TrendJson<'a> {
    before: WholeJson,
    after: WholeJson,
    rows: Vec<RowJson<'a>>,
    /// How many values of a fact are on one side or on both.
    likeness: Vec<LikenessJson>,
}

#[derive(Serialize)]
struct WholeJson {
    #[serde(flatten)]
    attempts: FailuresJson,
    first: Option<json::Moment>,
    last: Option<json::Moment>,
}

#[derive(Serialize)]
struct FailuresJson {
    failed: usize,
    of: usize,
    rate: Option<Rate>,
}

#[derive(Serialize)]
struct RowJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<GroupJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conditions: Vec<ConditionJson<'a>>,
    before: FailuresJson,
    after: FailuresJson,
    difference: Option<Estimate>,
    p: f64,
    needed: Option<usize>,
}

#[derive(Serialize)]
struct LikenessJson {
    field: &'static str,
    before: usize,
    after: usize,
    both: usize,
}

impl FailuresJson {
    fn new(failures: Failures) -> Self {
        Self { failed: failures.failed, of: failures.of, rate: failures.rate() }
    }
}

impl WholeJson {
    fn new(whole: &Whole) -> Self {
        let (first, last) = whole.span.map(|(first, last)| (json::Moment(first), json::Moment(last))).unzip();
        Self { attempts: FailuresJson::new(whole.attempts), first, last }
    }
}

impl<'a> RowJson<'a> {
    fn new(row: &'a Row) -> Self {
        let cause = match row.about {
            About::Cause(cause) if row.conditions.is_empty() => Some(cause),
            _ => None,
        };
        Self {
            cause,
            group: cause.is_none().then(|| GroupJson::new(&row.about)),
            conditions: row.conditions.iter().map(ConditionJson).collect(),
            before: FailuresJson::new(row.before),
            after: FailuresJson::new(row.after),
            difference: row.difference(),
            p: row.p(),
            needed: row.needed(),
        }
    }
}

impl<'a> TrendJson<'a> {
    fn new(trend: &'a Trend) -> Self {
        let likeness =
            |of: &Likeness| LikenessJson { field: of.field, before: of.before, after: of.after, both: of.both };
        Self {
            before: WholeJson::new(&trend.before),
            after: WholeJson::new(&trend.after),
            rows: trend.rows.iter().map(RowJson::new).collect(),
            likeness: trend.likeness.iter().map(likeness).collect(),
        }
    }
}
