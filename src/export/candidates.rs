//! The good flows that a flow can be compared with, and what each is worth, as text, JSON and Markdown.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::cells::markdown;
use super::paint::Paint;
use super::table::{Align, Cell, Table};
use super::{Format, json};
use crate::cohort::Baseline;
use crate::present::words;
use crate::vocab::text;

/// Good flows, the best first.
pub struct Candidates<'a>(pub &'a [Baseline]);

#[derive(Serialize)]
struct CandidateJson<'a> {
    capture: &'a str,
    flow: u32,
    score: i64,
    parts: BTreeMap<&'static str, i64>,
    why: String,
}

impl Candidates<'_> {
    /// Writes them.
    ///
    /// # Errors
    ///
    /// What `out` returns.
    pub fn write(&self, out: &mut impl Write, format: Format, paint: Paint) -> io::Result<()> {
        match format {
            Format::Json => json::document(out, &self.0.iter().map(candidate_json).collect::<Vec<_>>()),
            Format::Markdown => {
                writeln!(out, "| flow | capture | score | why |\n| --- | --- | --- | --- |")?;
                self.0.iter().try_for_each(|one| {
                    let (capture, why) = (markdown(&one.capture), markdown(&words::nearness(one.near)));
                    writeln!(out, "| {} | {capture} | {} | {why} |", one.flow.flow, one.near.points())
                })
            }
            Format::Text | Format::Csv => {
                let columns =
                    &[("Flow", Align::Right), ("Score", Align::Right), ("Why", Align::Left), ("Capture", Align::Left)];
                Table { columns, paint }.write(out, || self.0.iter().map(cells))
            }
        }
    }
}

fn cells(one: &Baseline) -> Vec<Cell> {
    vec![
        Cell::plain(one.flow.flow.to_string()),
        Cell::plain(one.near.points().to_string()),
        Cell::plain(words::nearness(one.near)),
        Cell::plain(text::visible(&one.capture)),
    ]
}

fn candidate_json(one: &Baseline) -> CandidateJson<'_> {
    CandidateJson {
        capture: &one.capture,
        flow: one.flow.flow.0,
        score: one.near.points(),
        parts: one.near.parts().collect(),
        why: words::nearness(one.near),
    }
}
