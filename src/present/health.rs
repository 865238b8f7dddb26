//! The health of a capture, a row each: what it lacks, what it has twice, where it was taken.

use crate::diagnose::Break;
use crate::flow::UnusableCounts;
use crate::index::Health;
use crate::vocab::text::duration;

/// One fact of the capture's health.
pub struct Row {
    /// What it is.
    pub name: &'static str,
    /// How much of it there is.
    pub value: String,
    /// Whether it may hide something, so that it is said unasked.
    pub matters: bool,
}

/// Share of missing segments that is said unasked.
const WORTH_SAYING: f64 = 0.001;

/// The rows, those that weigh most first.
pub fn rows(health: &Health) -> Vec<Row> {
    let count = |name, value: u64, matters: bool| Row { name, value: value.to_string(), matters: matters && value > 0 };
    let missing = format!("{} ({:.2} % of all)", health.missing_segments, health.missing_share * 100.0);
    vec![
        Row {
            name: "packets dropped while capturing",
            value: health.dropped.map_or_else(|| "the file does not say".into(), |dropped| dropped.to_string()),
            matters: health.dropped.is_some_and(|dropped| dropped > 0),
        },
        Row {
            name: "segments that show that others are missing",
            value: missing,
            matters: health.missing_share >= WORTH_SAYING,
        },
        Row {
            name: "times that the capture did not watch",
            value: watched(&health.breaks),
            matters: !health.breaks.is_empty(),
        },
        count("packets cut by the snap length", health.cut_packets, true),
        count("flows of which one direction alone was captured", health.one_sided_flows, true),
        count("flows whose beginning was not captured", health.midstream_flows, false),
        count("flows with bytes that were not captured", health.flows_with_gaps, false),
        count("flows of which copies of the same bytes differ", health.flows_with_conflicts, true),
        count("flows with bytes sent again, not compared", health.uncompared_flows, false),
        count("flows not read to the end, too many being open", health.unread_flows, true),
        count("flows of a flood, without a finding of their own", health.flows_without_finding, true),
        count("DNS, QUIC, ICMP and ARP packets not kept, too many", health.unlinked_datagrams, true),
        count("packets whose hardware addresses were not kept", health.unkept_links, true),
        count("addresses that several machines claim (ARP)", health.contested_addresses, true),
        count("times the clock went back", health.clock_steps, true),
        count("packets captured twice", health.duplicates, false),
        count("segments larger than a frame (offloading)", health.offloaded_segments, false),
        Row {
            name: "packets of no use to their receivers, in flows that did not simply succeed",
            value: unusable(health.unusable),
            matters: health.unusable.damaged > 0,
        },
        count("IP fragments that overlap", health.fragment_overlaps, true),
        Row { name: "taken (inferred from TTLs)", value: health.vantage.describe().into(), matters: false },
    ]
}

/// How many packets their receivers cannot use, with the reasons.
fn unusable(counts: UnusableCounts) -> String {
    let reasons = counts.named().into_iter().filter(|(count, _)| *count > 0);
    let reasons: Vec<String> = reasons.map(|(count, why)| format!("{count} {why}")).collect();
    if reasons.is_empty() { "0".into() } else { format!("{}: {}", counts.total(), reasons.join(", ")) }
}

/// How often the capture did not watch, and why: in words for one time, as a sum for several.
fn watched(breaks: &[Break]) -> String {
    match breaks {
        [] => "0".to_owned(),
        [one] => format!("it {}", one.describe()),
        several => {
            let seconds: f64 = several.iter().map(|one| one.to.since(one.from)).sum();
            format!("{} ({} in all); the first time it {}", several.len(), duration(seconds), several[0].describe())
        }
    }
}
