//! The failure rates as a screen shows them: of all, over time, and incidents, cohorts and periods as one list of rows.

use jiff::tz::TimeZone;

use super::chart;
use super::plot::{Plot, Series, Sign, Stroke};
use super::role::{Line, Role};
use super::values;
use crate::cohort::rates::{Behind, Cohorts, Incident, Rates, Selection, Tally};
use crate::stats::Rate;
use crate::vocab::Time;

/// Cohorts of a dimension that are shown.
const MAX_SHOWN: usize = 500;

/// Rows under one heading.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// The incidents.
    Incidents,
    /// The cohorts of a dimension, by its place.
    Cohorts(usize),
    /// The periods, where something failed in one.
    Periods,
}

/// A row of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Row {
    /// The heading of a section.
    Heading(Section),
    /// One of a section's rows.
    One(Section, usize),
    /// What is left out of a section.
    More(Section),
}

/// The rows of all sections: incidents first, where there are any.
pub fn rows(rates: &Rates) -> Vec<Row> {
    let of = |section: Section| {
        let (count, has_more) = match section {
            Section::Incidents => (rates.incidents.len(), false),
            Section::Cohorts(at) => {
                let cohorts = rates.cohorts.get(at);
                let count = cohorts.map_or(0, |cohorts| cohorts.rows.len());
                (count, cohorts.is_some_and(|cohorts| cohorts.uncounted.tls.handshakes > 0))
            }
            Section::Periods => (periods(rates).count(), false),
        };
        let shown = (0..count.min(MAX_SHOWN)).map(move |row| Row::One(section, row));
        let more = (count > MAX_SHOWN || has_more).then_some(Row::More(section));
        let is_wanted = count > 0 || matches!(section, Section::Cohorts(_));
        let heading = is_wanted.then_some(Row::Heading(section));
        heading.into_iter().chain(shown).chain(more)
    };
    let cohorts = (0..rates.cohorts.len()).map(Section::Cohorts);
    std::iter::once(Section::Incidents).chain(cohorts).chain([Section::Periods]).flat_map(of).collect()
}

/// The handshakes by the period in which they began.
fn handshakes(rates: &Rates) -> impl Iterator<Item = (Time, Tally)> {
    rates.time.buckets().map(|(start, of)| (start, of.tls)).filter(|(_, tally)| tally.handshakes > 0)
}

/// The periods in which a handshake failed.
fn periods(rates: &Rates) -> impl Iterator<Item = (Time, Tally)> {
    handshakes(rates).filter(|(_, tally)| tally.failed > 0)
}

/// The flows that a row stands for; none for a heading.
pub fn selection(rates: &Rates, row: Row) -> Option<Selection> {
    let Row::One(section, at) = row else { return None };
    match section {
        Section::Incidents => rates.incidents.get(at).map(Selection::incident),
        Section::Cohorts(dimension) => {
            let (cohort, _) = rates.cohorts.get(dimension)?.rows.get(at)?;
            Some(Selection::Cohort(cohort.clone()))
        }
        Section::Periods => {
            let (from, _) = periods(rates).nth(at)?;
            Some(Selection::Period { from, until: rates.time.end(from) })
        }
    }
}

/// What the list is narrowed to, in words.
pub fn selected(selection: &Selection, zone: &TimeZone) -> String {
    match selection {
        Selection::Cohort(cohort) => format!("{} {cohort}", cohort.dimension().title()),
        Selection::Period { from, until } => {
            let length = values::duration(until.since(*from));
            format!("the {length} from {}", values::date_and_clock(*from, zone))
        }
        Selection::Incident { server: Some(server), .. } => format!("the incident at {server}"),
        Selection::Incident { client: Some(client), .. } => format!("the incident of {client}"),
        Selection::Incident { .. } => "the incident".to_owned(),
        Selection::Claim { behind, .. } => match behind {
            Behind::Failing => "the failing attempts of the claim",
            Behind::Good => "the good attempts that match the claim",
            Behind::Exceptions => "the exceptions to the claim",
        }
        .to_owned(),
    }
}

/// A row's text.
pub fn line(rates: &Rates, row: Row, zone: &TimeZone) -> Line {
    match row {
        Row::Heading(section) => heading(rates, section),
        Row::More(section) => more(rates, section),
        Row::One(Section::Incidents, at) => {
            rates.incidents.get(at).map_or_else(Line::new, |incident| incident_line(rates, incident, zone))
        }
        Row::One(Section::Cohorts(dimension), at) => {
            let cohort = rates.cohorts.get(dimension).and_then(|cohorts| cohorts.rows.get(at));
            cohort.map_or_else(Line::new, |(cohort, of)| tally_line(&cohort.to_string(), of.tls))
        }
        Row::One(Section::Periods, at) => periods(rates)
            .nth(at)
            .map_or_else(Line::new, |(start, tally)| tally_line(&values::date_and_clock(start, zone), tally)),
    }
}

fn heading(rates: &Rates, section: Section) -> Line {
    let (title, note) = match section {
        Section::Incidents => {
            let count = values::count(rates.incidents.len() as u64);
            (
                " Incidents".to_owned(),
                format!("{count}: many failures of one cause at one server, or of one client, in a short time"),
            )
        }
        Section::Cohorts(at) => {
            let Some(cohorts) = rates.cohorts.get(at) else { return Line::new() };
            (format!(" By {}", cohorts.dimension.title()), values::count(cohorts.rows.len() as u64))
        }
        Section::Periods => {
            let length = values::duration(rates.time.seconds());
            let (with, all) = (periods(rates).count(), handshakes(rates).count());
            (" By time".to_owned(), format!("{with} of {all} periods of {length} had a failure"))
        }
    };
    Line::of(Role::Heading, title).with(Role::Dim, format!("  {note}"))
}

fn more(rates: &Rates, section: Section) -> Line {
    let left_out = |count: usize| values::count(count.saturating_sub(MAX_SHOWN) as u64);
    let (count, uncounted) = match section {
        Section::Incidents => (rates.incidents.len(), 0),
        Section::Cohorts(at) => {
            let Some(Cohorts { rows, uncounted, .. }) = rates.cohorts.get(at) else { return Line::new() };
            (rows.len(), uncounted.tls.handshakes)
        }
        Section::Periods => (periods(rates).count(), 0),
    };
    let mut line = Line::of(Role::Dim, format!("   and {} more", left_out(count)));
    if uncounted > 0 {
        let count = values::about(uncounted as u64, "handshake");
        line.push(Role::Warning, format!("; {count} of still others, too many to be told apart"));
    }
    line
}

/// An incident: what share of all failures it is, and where and when it was.
fn incident_line(rates: &Rates, incident: &Incident, zone: &TimeZone) -> Line {
    let failed = incident.flows.len();
    let share = failed as f64 / rates.flows.failed.max(1) as f64;
    let clients = match incident.client() {
        Some(client) => client.to_string(),
        None => values::about(incident.clients.len() as u64, "client"),
    };
    let servers = match incident.server() {
        Some(server) => server.to_string(),
        None => ends(incident),
    };
    let (first, last) = (incident.first, incident.last);
    let when = format!("{} for {}", values::date_and_clock(first, zone), values::duration(last.since(first)));
    Line::of(Role::Failed, format!(" {:>8}", values::count(failed as u64)))
        .with(Role::Dim, format!("  {:<17}", format!("{} of the failed", percent(share))))
        .with(Role::Strong, format!("  {}", what(incident)))
        .with(Role::Text, format!("  {clients} to {servers}"))
        .with(Role::Dim, format!("  {when}"))
}

/// What an incident is: noise by its name, else its causes.
fn what(incident: &Incident) -> String {
    let causes: Vec<_> = incident.causes.iter().map(|(cause, _)| cause.name()).collect();
    incident.noise.map_or_else(|| causes.join(", "), |noise| format!("{noise}: {}", causes.join(", ")))
}

/// How many ends an incident has that were connected to; those of one address are its ports.
pub fn ends(incident: &Incident) -> String {
    let (servers, count) = (&incident.servers, incident.servers.len() as u64);
    match servers.first() {
        Some((first, _)) if servers.iter().all(|(server, _)| server.ip == first.ip) => {
            format!("{} of {}", values::about(count, "port"), first.ip)
        }
        _ => values::about(count, "server"),
    }
}

fn tally_line(what: &str, tally: Tally) -> Line {
    let Some(rate) = tally.rate() else {
        return Line::of(Role::Dim, format!(" {:>8}  {:<17}{:>7}{:>8}  {what}", "–", "no handshake", 0, 0));
    };
    let role = if tally.failed == 0 { Role::Dim } else { Role::Text };
    Line::of(role, format!(" {:>8}", percent(rate.value)))
        .with(Role::Dim, format!("  {:<17}", interval(rate)))
        .with(role, format!("{:>7}", values::count(tally.failed as u64)))
        .with(Role::Dim, format!("{:>8}  ", values::count(tally.handshakes as u64)))
        .with(Role::Text, what)
}

/// What the columns are.
pub fn headings() -> Line {
    Line::of(Role::Label, format!(" {:>8}  {:<17}{:>7}{:>8}", "rate", "95 % interval", "failed", "of"))
}

/// How many handshakes and attempts failed, what TCP did not bring up and what clients left: a line each, two always.
pub fn whole(rates: &Rates) -> Vec<Line> {
    let told = |tally: Tally, label: &str, noun: &str, failed: &str| {
        let line = Line::of(Role::Label, format!(" {label:<10}"));
        let Some(rate) = tally.rate() else { return line.with(Role::Dim, format!("no {noun} to judge")) };
        let of = format!("{} of {}", values::count(tally.failed as u64), values::about(tally.handshakes as u64, noun));
        line.with(if tally.failed > 0 { Role::Failed } else { Role::Ok }, percent(rate.value))
            .with(Role::Text, format!("  {of} {failed}"))
            .with(Role::Dim, format!("  95 % interval {}", interval(rate)))
    };
    let mut lines = vec![
        told(rates.tls, "TLS", "handshake", "failed"),
        told(rates.attempts, "attempts", "attempt", "failed, for whatever reason"),
    ];
    if rates.connect.failed > 0 {
        lines.push(told(rates.connect, "TCP", "try", "did not come up"));
    }
    if rates.left > 0 {
        let left = values::about(rates.left as u64, "flow");
        lines.push(Line::of(Role::Label, " left      ").with(Role::Text, format!("{left}, by the client")));
    }
    if let Some(copies) = copies(rates.copies) {
        lines.push(Line::of(Role::Label, " twice     ").with(Role::Text, copies));
    }
    lines
}

/// How many connections the capture has on both sides of an address translation, in words; none where there are none.
pub fn copies(flows: usize) -> Option<String> {
    let (counted, are, count) = match flows {
        0 => return None,
        1 => ("1 connection".to_owned(), "is", "counts"),
        more => (values::about(more as u64, "connection"), "are", "count"),
    };
    Some(format!(
        "{counted} {are} seen twice, on both sides of an address translation, and {count} once over time and by cohort"
    ))
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

fn interval(rate: Rate) -> String {
    format!("{:.2} – {:.2} %", rate.low * 100.0, rate.high * 100.0)
}

/// The rate over time, in per cent, marks at the ends of each bucket's interval; none where all began in one bucket.
pub fn plot(rates: &Rates, zone: &TimeZone) -> Option<Plot> {
    let (first, _) = handshakes(rates).next()?;
    let (last, _) = handshakes(rates).last().filter(|(last, _)| *last > first)?;
    let length = rates.time.seconds();
    let (mut ends, mut signs, mut top) = (Vec::new(), Vec::new(), 1.0_f64);
    for (start, tally) in handshakes(rates) {
        let Some(rate) = tally.rate() else { continue };
        let x = start.since(first) + length / 2.0;
        ends.extend([(x, rate.low * 100.0), (x, rate.high * 100.0)]);
        signs.push(Sign { at: (x, rate.value * 100.0), role: Role::Failed, drawn: "•" });
        top = top.max(rate.high * 100.0);
    }
    let title = Line::of(Role::Heading, "Failure rate in per cent")
        .with(Role::Dim, format!("  each {} from {}", values::duration(length), values::date_and_clock(first, zone)))
        .with(Role::Failed, "  • rate")
        .with(Role::Dim, "  ⠂ ends of its 95 % interval");
    Some(Plot {
        title,
        x: (0.0, last.since(first) + length),
        y: (0.0, top),
        series: vec![Series { role: Role::Dim, stroke: Stroke::Dots, name: "", points: ends }],
        signs,
        cursor: None,
        durations: false,
    })
}

/// The failures over time as bars in `width` columns, below the plot.
pub fn failures(rates: &Rates, width: usize) -> Line {
    let starts = || handshakes(rates).map(|(start, _)| start);
    let mut columns = vec![(0, 0); width];
    if let (Some(first), Some(last)) = (starts().next(), starts().last()) {
        let whole = last.since(first) + rates.time.seconds();
        for (start, tally) in handshakes(rates) {
            let place = (start.since(first) + rates.time.seconds() / 2.0) / whole;
            if let Some(column) = columns.get_mut((place * width as f64) as usize) {
                *column = (column.0 + tally.handshakes as u32, column.1 + tally.failed as u32);
            }
        }
    }
    chart::bars(&columns)
}
