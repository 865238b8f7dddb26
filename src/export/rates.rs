//! Failure rates over time and by cohort, as JSON. They claim nothing: what failures have in common is tested elsewhere.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cells::percent;
use super::json;
use crate::cohort::rates::{Cohort, Dimension, Rates, Tallies, Tally};
use crate::stats::Rate;
use crate::vocab::text::counted;

/// Cohorts of a dimension that the JSON has.
const MAX_ROWS: usize = 50;

/// What a tally says in words.
pub(super) fn sentence(tally: Tally, noun: &str) -> String {
    let of = format!("{} of {} failed", tally.failed, counted(tally.handshakes, noun));
    match tally.rate() {
        Some(rate) => format!("{of}: {} (95 % interval {})", percent(rate.value), interval(rate)),
        None => format!("no {noun} to judge"),
    }
}

fn interval(rate: Rate) -> String {
    format!("{} to {}", percent(rate.low), percent(rate.high))
}

/// All rates as an object.
#[derive(Serialize)]
pub(super) struct RatesJson {
    /// Seconds of a bucket of `time`.
    interval: f64,
    time: Vec<Bucket>,
    #[serde(flatten)]
    cohorts: BTreeMap<&'static str, Vec<Row>>,
    /// Cohorts beyond the rows that are listed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    left_out: BTreeMap<&'static str, usize>,
    /// Handshakes of cohorts that were too many to be told apart.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    uncounted: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct Bucket {
    start: String,
    #[serde(flatten)]
    counts: Counts,
    /// The handshakes among them, where these are not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<Counts>,
}

#[derive(Serialize)]
struct Row {
    value: String,
    #[serde(flatten)]
    counts: Counts,
    /// The handshakes among them, where these are not all.
    #[serde(skip_serializing_if = "Option::is_none")]
    tls: Option<Counts>,
}

#[derive(Serialize)]
pub(super) struct Counts {
    handshakes: usize,
    failed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<Rate>,
}

impl Counts {
    /// A tally with its rate.
    pub fn new(tally: Tally) -> Self {
        Self { handshakes: tally.handshakes, failed: tally.failed, rate: tally.rate() }
    }
}

impl RatesJson {
    /// The JSON form of rates.
    pub fn new(rates: &Rates) -> Self {
        let tls = |of: Tallies| (of.tls != of.all).then(|| Counts::new(of.tls));
        let bucket =
            |(start, of): (_, Tallies)| Bucket { start: json::time(start), counts: Counts::new(of.all), tls: tls(of) };
        let row = |(cohort, of): &(Cohort, Tallies)| Row {
            value: cohort.to_string(),
            counts: Counts::new(of.all),
            tls: tls(*of),
        };
        let (mut cohorts, mut left_out, mut uncounted) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for of in &rates.cohorts {
            let key = key(of.dimension);
            cohorts.insert(key, of.rows.iter().take(MAX_ROWS).map(row).collect());
            if of.rows.len() > MAX_ROWS {
                left_out.insert(key, of.rows.len() - MAX_ROWS);
            }
            if of.uncounted.all.handshakes > 0 {
                uncounted.insert(key, of.uncounted.all.handshakes);
            }
        }
        let time = rates.time.buckets().map(bucket).collect();
        Self { interval: rates.time.seconds(), time, cohorts, left_out, uncounted }
    }
}

fn key(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Client => "client",
        Dimension::Server => "server",
        Dimension::Name => "name",
        Dimension::ClientNetwork => "client_network",
        Dimension::ServerNetwork => "server_network",
    }
}
