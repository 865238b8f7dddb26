//! The failure rates as a screen shows them: of all, over time, and the cohorts as one list of rows.

use jiff::tz::TimeZone;

use super::chart;
use super::plot::{Plot, Series, Stroke};
use super::role::{Line, Role};
use super::values;
use crate::engine::rates::{Cohort, Cohorts, Rate, Rates, Tally};

/// Cohorts of a dimension that are shown.
const MAX_SHOWN: usize = 500;

/// A row of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Row {
    /// The heading of a dimension, by its place.
    Heading(usize),
    /// A cohort, by its dimension's place and its own.
    Cohort(usize, usize),
    /// What is left out of a dimension.
    More(usize),
}

/// The rows of all dimensions.
pub fn rows(rates: &Rates) -> Vec<Row> {
    let of = |(at, cohorts): (usize, &Cohorts)| {
        let shown = (0..cohorts.rows.len().min(MAX_SHOWN)).map(move |row| Row::Cohort(at, row));
        let more = (left_out(cohorts) > 0 || cohorts.uncounted.handshakes > 0).then_some(Row::More(at));
        std::iter::once(Row::Heading(at)).chain(shown).chain(more).collect::<Vec<_>>()
    };
    rates.cohorts.iter().enumerate().flat_map(of).collect()
}

fn left_out(cohorts: &Cohorts) -> usize {
    cohorts.rows.len().saturating_sub(MAX_SHOWN)
}

/// The cohort of a row.
pub fn cohort(rates: &Rates, row: Row) -> Option<&Cohort> {
    let Row::Cohort(dimension, at) = row else { return None };
    rates.cohorts.get(dimension)?.rows.get(at).map(|(cohort, _)| cohort)
}

/// A row's text.
pub fn line(rates: &Rates, row: Row) -> Line {
    let (Row::Heading(at) | Row::Cohort(at, _) | Row::More(at)) = row;
    let Some(cohorts) = rates.cohorts.get(at) else { return Line::new() };
    match row {
        Row::Heading(_) => {
            let title = format!(" By {}", cohorts.dimension.title());
            Line::of(Role::Heading, title).with(Role::Dim, format!("  {}", values::count(cohorts.rows.len() as u64)))
        }
        Row::More(_) => {
            let mut line = Line::of(Role::Dim, format!("   and {} more", values::count(left_out(cohorts) as u64)));
            if cohorts.uncounted.handshakes > 0 {
                let count = values::counted(cohorts.uncounted.handshakes as u64, "handshake");
                line.push(Role::Warning, format!("; {count} of still others, too many to be told apart"));
            }
            line
        }
        Row::Cohort(_, at) => cohorts.rows.get(at).map_or_else(Line::new, |row| cohort_line(rates, row)),
    }
}

fn cohort_line(rates: &Rates, (cohort, tally): &(Cohort, Tally)) -> Line {
    let Some(rate) = tally.rate() else { return Line::new() };
    let is_worse = rates.is_outlier(*tally);
    let role = match (is_worse, tally.failed) {
        (true, _) => Role::Failed,
        (_, 0) => Role::Dim,
        _ => Role::Text,
    };
    Line::of(role, format!(" {:>8}", percent(rate.value)))
        .with(Role::Dim, format!("  {:<17}", interval(rate)))
        .with(role, format!("{:>7}", values::count(tally.failed as u64)))
        .with(Role::Dim, format!("{:>8}  ", values::count(tally.handshakes as u64)))
        .with(if is_worse { Role::Strong } else { Role::Text }, cohort.to_string())
        .with(Role::Failed, if is_worse { "  more than the others" } else { "" })
}

/// What the columns are.
pub fn headings() -> Line {
    Line::of(Role::Label, format!(" {:>8}  {:<17}{:>7}{:>8}", "rate", "95 % interval", "failed", "of"))
}

/// How many of all flows and of all attempts failed, a line each.
pub fn whole(rates: &Rates) -> Vec<Line> {
    [(rates.flows, "handshake", "flows"), (rates.attempts, "attempt", "attempts")]
        .into_iter()
        .map(|(tally, noun, label)| {
            let line = Line::of(Role::Label, format!(" {label:<10}"));
            let Some(rate) = tally.rate() else { return line.with(Role::Dim, format!("no {noun} to judge")) };
            let failed = values::count(tally.failed as u64);
            let of = values::counted(tally.handshakes as u64, noun);
            line.with(if tally.failed > 0 { Role::Failed } else { Role::Ok }, percent(rate.value))
                .with(Role::Text, format!("  {failed} of {of} failed"))
                .with(Role::Dim, format!("  95 % interval {}", interval(rate)))
        })
        .collect()
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

fn interval(rate: Rate) -> String {
    format!("{:.2} – {:.2} %", rate.low * 100.0, rate.high * 100.0)
}

/// The rate over time, in per cent, each bucket with its interval; none where all began in one bucket.
pub fn plot(rates: &Rates, zone: &TimeZone) -> Option<Plot> {
    let (first, _) = rates.time.buckets().next()?;
    let (last, _) = rates.time.buckets().last().filter(|(last, _)| *last > first)?;
    let length = rates.time.seconds();
    let (mut intervals, mut points, mut top) = (Vec::new(), Vec::new(), 1.0_f64);
    for (start, tally) in rates.time.buckets() {
        let Some(rate) = tally.rate() else { continue };
        let x = start.since(first) + length / 2.0;
        intervals.extend([(x, rate.low * 100.0), (x, rate.high * 100.0)]);
        points.push((x, rate.value * 100.0));
        top = top.max(rate.high * 100.0);
    }
    let title = Line::of(Role::Heading, "Failure rate in per cent")
        .with(Role::Dim, format!("  each {} from {}", values::duration(length), values::date_and_clock(first, zone)))
        .with(Role::Failed, "  ─ rate")
        .with(Role::Dim, "  ─ 95 % interval");
    let series = |role, stroke, points| Series { role, stroke, name: "", points };
    Some(Plot {
        title,
        x: (0.0, last.since(first) + length),
        y: (0.0, top),
        series: vec![series(Role::Dim, Stroke::Bars, intervals), series(Role::Failed, Stroke::Dots, points)],
        signs: Vec::new(),
        cursor: None,
        durations: false,
    })
}

/// The failures over time as bars in `width` columns, below the plot.
pub fn failures(rates: &Rates, width: usize) -> Line {
    let starts = || rates.time.buckets().map(|(start, _)| start);
    let mut columns = vec![(0, 0); width];
    if let (Some(first), Some(last)) = (starts().next(), starts().last()) {
        let whole = last.since(first) + rates.time.seconds();
        for (start, tally) in rates.time.buckets() {
            let place = (start.since(first) + rates.time.seconds() / 2.0) / whole;
            if let Some(column) = columns.get_mut((place * width as f64) as usize) {
                *column = (column.0 + tally.handshakes as u32, column.1 + tally.failed as u32);
            }
        }
    }
    chart::bars(&columns)
}
