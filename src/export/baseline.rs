//! The good flow that a finding is to be compared with.

use serde::Serialize;

use super::finding::FindingJson;
use crate::cohort::Baseline;
use crate::present::words;
use crate::vocab::Source;

/// A finding with its baseline as an object.
#[derive(Serialize)]
pub(super) struct ComparedJson<'a> {
    #[serde(flatten)]
    finding: FindingJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<BaselineJson<'a>>,
}

#[derive(Serialize)]
struct BaselineJson<'a> {
    capture: &'a str,
    flow: u32,
    why: String,
}

impl<'a> ComparedJson<'a> {
    /// The JSON form of a finding and its baseline.
    pub fn new(finding: FindingJson<'a>, baseline: Option<&'a Baseline>) -> Self {
        let object = |one: &'a Baseline| BaselineJson {
            capture: &one.capture,
            flow: one.flow.flow.0,
            why: words::nearness(one.near),
        };
        Self { finding, baseline: baseline.map(object) }
    }
}

/// A baseline in a line.
pub(super) fn line(baseline: &Baseline) -> String {
    let of = match baseline.flow.source {
        Source::Main => String::new(),
        Source::Baseline => format!(" of {}", baseline.capture),
    };
    format!("flow {}{of} ({})", baseline.flow.flow, words::nearness(baseline.near))
}
