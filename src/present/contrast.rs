//! What failing attempts have in common, in sentences: for the screen and for files.

use super::conditions::{about, condition, conditions, name, probability, ratio};
use super::role::{self, Role};
use super::wrap::wrap_line;
use crate::contrast::{Claim, Contrast, Group, Line, MIN_FAILED, MIN_OK, Nothing, Progress};
use crate::stats::Rate;
use crate::vocab::text::counted;

/// Names of what cannot be told apart that a line has.
const MAX_SAME: usize = 4;
/// Failing flows for each failing attempt from which on both are said.
const MUCH: f64 = 1.5;

/// Columns of a bar.
const BAR: usize = 24;

/// Where a claim stands: its group, and its place among the group's lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The group.
    pub group: usize,
    /// The line.
    pub line: usize,
}

impl Place {
    /// The claim.
    pub fn of(self, contrast: &Contrast) -> Option<&Line> {
        contrast.groups.get(self.group)?.lines.get(self.line)
    }
}

/// A row of the page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The claim that it is about: of a heading, the strongest below it.
    pub claim: Option<Place>,
    /// Whether it is the first about it.
    pub is_first: bool,
    /// What it says.
    pub text: role::Line,
}

/// The page in `width` columns: the groups that have something in common, then why the others have not.
pub fn rows(contrast: &Contrast, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut say = |claim: Option<Place>, is_first: bool, text: &role::Line| {
        let parts = wrap_line(text, width).into_iter().enumerate();
        rows.extend(parts.map(|(at, text)| Row { claim, is_first: is_first && at == 0, text }));
    };
    let text = |text: String| role::Line::of(Role::Text, text);
    for (at, group) in contrast.groups.iter().enumerate().filter(|(_, group)| !group.lines.is_empty()) {
        let place = |line| Some(Place { group: at, line });
        say(place(0), false, &role::Line::of(Role::Heading, heading(group)));
        for (number, line) in group.lines.iter().enumerate() {
            say(place(number), true, &role::Line::of(role(line.claim), format!("  {}", first(line))));
            for bar in bars(line) {
                say(place(number), false, &bar);
            }
            for detail in details(line) {
                say(place(number), false, &text(format!("    {detail}")));
            }
        }
        say(place(group.lines.len() - 1), false, &text(format!("  {}", last(group))));
        say(None, false, &role::Line::new());
    }
    for (group, nothing) in contrast.groups.iter().filter_map(|group| Some((group, group.nothing.as_ref()?))) {
        say(None, false, &text(none(group, nothing)));
        if !are_too_few(group) && !nothing.constants.is_empty() {
            let constants = nothing.constants.iter().map(condition).collect::<Vec<_>>().join(", ");
            say(None, false, &role::Line::of(Role::Dim, format!("  All of them have: {constants}.")));
        }
        say(None, false, &role::Line::new());
    }
    rows.pop();
    rows
}

/// The share of the failing for whom a claim holds, and under it that of the good.
fn bars(line: &Line) -> [role::Line; 2] {
    let split = line.split;
    let bar = |label: &str, role: Role, part: usize, of: usize| {
        let full = (part * BAR).div_ceil(of.max(1)).min(BAR);
        role::Line::of(Role::Label, format!("    {label:<8}"))
            .with(role, "█".repeat(full))
            .with(Role::Dim, "·".repeat(BAR - full))
            .with(Role::Text, format!(" {part} of {of}"))
    };
    [bar("failing", Role::Failed, split.failed, split.failed_of), bar("good", Role::Ok, split.ok, split.ok_of)]
}

/// The strongest claim in one line; none where nothing is claimed.
pub fn strongest(contrast: &Contrast) -> Option<role::Line> {
    let (group, line) = contrast.strongest()?;
    Some(
        role::Line::of(Role::Label, " in common ")
            .with(role(line.claim), about(&group.about))
            .with(Role::Strong, format!(": {}", first(line))),
    )
}

/// What stands on the page where it has no row.
pub fn instead(is_loading: bool, is_asked: bool, progress: Progress) -> String {
    if is_loading {
        return "the flows are still being judged …".to_owned();
    }
    match (progress.done * 100).checked_div(progress.of) {
        Some(percent) if is_asked => format!("comparing the failing with the good … {percent} %"),
        None if is_asked => "comparing the failing with the good …".to_owned(),
        _ => "no attempt failed that can be compared with good ones".to_owned(),
    }
}

/// What a claim means to the reader.
pub fn role(claim: Claim) -> Role {
    match claim {
        Claim::Strong => Role::Failed,
        Claim::Look => Role::Warning,
    }
}

/// What a group is, and that something follows.
pub fn heading(group: &Group) -> String {
    let total = group.units.failed + group.units.ok;
    let of = format!("{} of {}: {}", group.units.failed, counted(total, "attempt"), about(&group.about));
    let flows = if group.flows.failed as f64 > MUCH * group.units.failed as f64 {
        format!(" ({}: tries that follow each other and bursts count once)", counted(group.flows.failed, "flow"))
    } else {
        String::new()
    };
    let said = match group.strongest().map(|line| line.claim) {
        Some(Claim::Look) => "Worth a look, may be chance",
        _ => "They have in common",
    };
    format!("{of}{flows}. {said}:")
}

/// The conditions and whom they hold for.
pub fn first(line: &Line) -> String {
    let split = line.split;
    let of = |rate: Option<Rate>| rate.map_or_else(String::new, |rate| format!(" ({:.0} %)", rate.value * 100.0));
    let good = Rate::of(split.ok, split.ok_of);
    let look = if line.claim == Claim::Look { "; worth a look" } else { "" };
    format!(
        "{}   {} of {} failing, {} of {} good{}{look}",
        conditions(&line.conditions),
        split.failed,
        split.failed_of,
        split.ok,
        split.ok_of,
        of(good)
    )
}

/// How surely they hold, what cannot be told from them, and for whom they hold all the same.
pub fn details(line: &Line) -> Vec<String> {
    let percent =
        |rate: Rate| format!("{:.1} % fail ({:.1} to {:.1})", rate.value * 100.0, rate.low * 100.0, rate.high * 100.0);
    let there = line.rate().map_or_else(String::new, percent);
    let split = line.split;
    let elsewhere = format!("{} of {}", split.failed_of - split.failed, split.total() - split.with());
    let odds = line.odds_ratio();
    let odds = format!("odds ratio {} ({} to {})", ratio(odds.value), ratio(odds.low), ratio(odds.high));
    let within = line.stratified_p.map_or_else(String::new, |p| format!(", within names {}", probability(p)));
    let q = line.q.filter(|_| line.claim == Claim::Look).map_or_else(String::new, |q| format!(", q {q:.2}"));
    let mut details =
        vec![format!("behind it {there}, elsewhere {elsewhere}; {odds}; p {}{within}{q}", probability(line.p))];
    if !line.same_as.is_empty() {
        let shown: Vec<_> = line.same_as.iter().take(MAX_SAME).map(|other| conditions(other)).collect();
        let more = line.same_as.len().saturating_sub(MAX_SAME);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        details.push(format!("cannot be told apart here: {}{more}", shown.join(", ")));
    }
    if let Some(exceptions) = exceptions(line) {
        details.push(exceptions);
    }
    details
}

fn exceptions(line: &Line) -> Option<String> {
    let flows: Vec<_> = line.exceptions.flows.iter().map(ToString::to_string).collect();
    let fields: Vec<_> = line.exceptions.differ_in.iter().map(|field| name(field)).collect();
    (!flows.is_empty() && !fields.is_empty())
        .then(|| format!("good all the same: {}; they differ in {}", flows.join(", "), fields.join(", ")))
}

/// What else there is, of time and of pairs.
pub fn last(group: &Group) -> String {
    let rest = if group.lines.len() == 1 { "Within it nothing else separates them. " } else { "" };
    format!("{rest}{}{}", time(group), twins(group))
}

fn time(group: &Group) -> String {
    match group.burst {
        None => "Time: no burst.".to_owned(),
        Some(burst) => format!(
            "Time: {} of {} from flow {} to flow {} failed, p {}.",
            burst.failed,
            counted(burst.of, "attempt"),
            burst.first,
            burst.last,
            probability(burst.p)
        ),
    }
}

fn twins(group: &Group) -> String {
    let Some(twins) = group.twins.as_ref().filter(|twins| !twins.differences.is_empty()) else { return String::new() };
    let fields: Vec<_> = twins.differences.iter().map(|found| name(found.factor.field())).collect();
    format!(
        " Of {} with both outcomes the failing flows differ in {}.",
        counted(twins.pairs, "attempt"),
        fields.join(", ")
    )
}

/// Whether a group was not asked about at all.
fn are_too_few(group: &Group) -> bool {
    group.units.failed < MIN_FAILED || group.units.ok < MIN_OK
}

/// Why nothing is claimed, and what it would take.
pub fn none(group: &Group, nothing: &Nothing) -> String {
    let (failed, ok) = (group.units.failed, group.units.ok);
    let what = about(&group.about);
    if are_too_few(group) {
        return format!(
            "{what}: {} and {} are too few to say what the failing have in common.",
            counted(failed, "failing attempt"),
            counted(ok, "good one")
        );
    }
    let burst = group.burst.map_or_else(String::new, |_| format!(" {}", time(group)));
    let absent = if nothing.not_in_capture.is_empty() {
        String::new()
    } else {
        let fields: Vec<_> = nothing.not_in_capture.iter().map(|field| name(field)).collect();
        format!(" Not in this capture: {}.", fields.join(", "))
    };
    format!(
        "{what}: nothing separates {failed} failing from {ok} good attempts. A cause that a quarter of the good ones share \
         would need about {} failures.{burst}{absent}{}",
        nothing.needed,
        twins(group)
    )
}
