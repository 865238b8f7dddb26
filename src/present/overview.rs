//! What stands above and below the flow list: loading, counts, failures over time, the finding in brief.

use jiff::tz::TimeZone;

use super::apart;
use super::chart::{self, Histogram};
use super::list;
use super::noise;
use super::role::{Line, Role};
use super::unfound;
use super::values;
use crate::diagnose;
use crate::engine::{Phase, Progress};
use crate::index::{Counts, Index};
use crate::vocab::{EndedBy, FlowNumber, Outcome, text};

/// The bar at the top of the list: the captures, and how far loading is.
pub fn title(progress: &Progress, index: &Index) -> Line {
    let mut line = Line::of(Role::Strong, " shakedown ");
    let captures = index.captures();
    if let Some(first) = captures.first() {
        line.push(Role::Text, text::visible(file_name(first)));
        if captures.len() > 1 {
            line.push(Role::Dim, format!(" and {} more", captures.len() - 1));
        }
        line.push(Role::Text, "  ");
    }
    line.push(Role::Text, loading(progress));
    for trouble in &progress.troubles {
        let file = if captures.contains(&trouble.file) { file_name(&trouble.file) } else { &trouble.file };
        line.push(Role::Warning, format!("  ! {}", text::visible(&format!("{file}: {}", trouble.what))));
    }
    line
}

/// The last part of a path.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn loading(progress: &Progress) -> String {
    let seconds = progress.elapsed.as_secs_f64();
    let read = format!("{}, {}", values::about(progress.packets, "packet"), values::about(progress.flows, "flow"));
    match progress.phase {
        Phase::Done if progress.elapsed.is_zero() => read,
        Phase::Done => format!("{read}, read in {}", values::duration(seconds)),
        Phase::Cancelled => format!("{read}: loading was stopped after {}", values::bytes(progress.bytes)),
        Phase::Diagnosing => format!("{read}: judging the flows …"),
        Phase::Loading => {
            let rate = progress.bytes as f64 / seconds.max(1e-3);
            let speed = values::bytes(rate as u64);
            match progress.total.filter(|total| *total > 0) {
                Some(total) => {
                    let share = (progress.bytes * 100 / total).min(100);
                    let left = total.saturating_sub(progress.bytes) as f64 / rate.max(1.0);
                    format!("loading {share} % of {}: {read}, {speed}/s, {left:.0} s left", values::bytes(total))
                }
                None => format!("loading {}: {read}, {speed}/s", values::bytes(progress.bytes)),
            }
        }
    }
}

/// Flows by outcome, with the failure rate of handshakes and what else failed; `only` is the one that is shown alone.
pub fn counts(counts: &Counts, only: Option<Outcome>) -> Line {
    let failed = counts.failed_handshakes();
    let handshakes = (counts.ok + failed) as u64;
    let mut line = Line::new();
    let all = [
        (Some(Outcome::Failed), counts.failed),
        (Some(Outcome::Ok), counts.ok),
        (Some(Outcome::Incomplete), counts.incomplete),
        (Some(Outcome::Unused), counts.unused),
        (Some(Outcome::NotTls), counts.not_tls),
        (None, counts.pending),
    ];
    for (outcome, count) in all {
        let name = outcome.map_or("pending", Outcome::name);
        let (role, sign) = list::outcome_sign(outcome);
        if count == 0 && outcome != Some(Outcome::Failed) && (outcome.is_none() || only != outcome) {
            continue;
        }
        let role = if count == 0 { Role::Dim } else { role };
        let text = format!("{sign} {} {name}", values::count(count as u64));
        let chosen = only.is_some() && only == outcome;
        let text = if chosen { format!(" [{text}]") } else { format!(" {text}") };
        line.push(role, text);
        if outcome == Some(Outcome::Failed) && handshakes + counts.failed as u64 > 0 {
            let rate = (handshakes > 0).then(|| {
                format!("{} of {}", values::percent(failed as u64, handshakes), values::about(handshakes, "handshake"))
            });
            let others = [(counts.unconnected, "without TCP"), (counts.left, "left by the client")];
            let others = others.into_iter().filter(|(count, _)| *count > 0);
            let others = others.map(|(count, what)| format!("{} {what}", values::count(count as u64)));
            line.push(Role::Dim, format!(" ({})", rate.into_iter().chain(others).collect::<Vec<_>>().join(", ")));
        }
        line.push(Role::Text, " ");
    }
    line
}

/// Failures over time, with the time they cover.
pub fn chart(histogram: &Histogram, width: usize, zone: &TimeZone) -> Line {
    let (start, end) = histogram.span();
    if end <= start {
        return Line::new();
    }
    let from = values::clock_seconds(start, zone);
    let to = values::clock_seconds(end, zone);
    let room = width.saturating_sub(" failures ".len() + from.len() + to.len() + 3).min(120);
    let mut line = Line::of(Role::Dim, " failures ").with(Role::Dim, format!("{from} "));
    line.spans.extend(chart::failures(histogram, room).spans);
    line.with(Role::Dim, format!(" {to}"))
}

/// What to say where the list has no row.
pub fn empty(progress: &Progress, index: &Index, looking: bool) -> Line {
    match progress.phase {
        _ if looking => Line::of(Role::Dim, "looking …"),
        _ if !index.is_empty() => Line::of(Role::Notice, "no flow is like that; Esc shows all"),
        Phase::Loading | Phase::Diagnosing => Line::of(Role::Dim, "loading …"),
        _ => Line::of(Role::Notice, apart::instead(index)),
    }
}

/// A flow's finding in two lines.
pub fn brief(flow: FlowNumber, index: &Index) -> Vec<Line> {
    let explained = index.explained(flow).map(|signs| Line::of(Role::Text, noise::sentence(signs)));
    let Some(finding) = index.finding(flow) else {
        let row = index.facts(flow).map(|facts| facts.row);
        if let Some(cause) = row.and_then(|row| row.cause) {
            // One flow of a flood.
            let ended_by = row.and_then(|row| row.ended_by).map_or("unknown", EndedBy::name);
            let verdict =
                Line::of(Role::Failed, cause.name()).with(Role::Dim, ", ended by ").with(Role::Text, ended_by);
            return [Line::of(Role::Strong, diagnose::summary(cause)), verdict].into_iter().chain(explained).collect();
        }
        if let Some(explained) = explained {
            return vec![explained];
        }
        let outcome = row.and_then(|row| row.outcome);
        let text = match outcome {
            Some(Outcome::Ok) => unfound::came_through(index.facts(flow).and_then(|facts| facts.tls)),
            Some(Outcome::Failed) => "It failed; why is not known.",
            Some(Outcome::Incomplete) => {
                "The capture cannot tell: it begins or ends inside the handshake, or lacks a direction."
            }
            Some(Outcome::Unused) => "TCP came up, the client never sent a byte, and nobody refused it.",
            Some(Outcome::NotTls) => "Neither TLS nor an attempt at it.",
            None => "Not judged yet.",
        };
        return vec![Line::of(Role::Dim, text)];
    };
    let mut verdict = Line::of(Role::Failed, finding.cause.name())
        .with(Role::Dim, ", ended by ")
        .with(Role::Text, finding.ended_by.name())
        .with(Role::Dim, ", ")
        .with(Role::Text, finding.confidence.name());
    if let Some(packet) = finding.first_abnormal_packet {
        verdict.push(Role::Dim, format!("; first abnormal packet {packet}"));
    }
    [Line::of(Role::Strong, &*finding.headline), verdict].into_iter().chain(explained).collect()
}
