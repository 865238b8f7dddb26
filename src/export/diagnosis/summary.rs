//! What a diagnosis says in every format: rates, causes, one finding a flow.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Serialize, Serializer};

use super::super::{cells, json};
use crate::cohort::rates::{Incident, Rates};
use crate::cohort::{Baseline, Linker};
use crate::contrast::Contrast;
use crate::diagnose::{Doc, Finding, Note, RULES};
use crate::engine::Damage;
use crate::facts::FlowFacts;
use crate::flow::Issues;
use crate::index::{Health, Index};
use crate::present::apart::{self, Counted};
use crate::present::rates::ends;
use crate::present::{health, noise, rates};
use crate::vocab::text::{self, counted, noun_for};
use crate::vocab::{Cause, FlowNumber, Gravity, Noise, Outcome};

/// Flows that Markdown and text list below a cause; the JSON has all.
const MAX_LISTED: usize = 50;

/// Flows of an incident whose numbers its line has.
const MAX_NUMBERS: usize = 5;

/// What failed in some flows, and how often.
pub struct Diagnosis<'a> {
    pub(super) captures: &'a [String],
    pub(super) flows: usize,
    pub(super) outcomes: BTreeMap<Outcome, usize>,
    pub(super) rates: Rates,
    pub(super) contrast: Contrast,
    pub(super) causes: Vec<Group<'a>>,
    pub(super) linker: Linker<'a>,
    /// Flows with each issue.
    pub(super) issues: Vec<(Issues, usize)>,
    pub(super) packets: Packets,
    pub(super) health: Health,
    pub(super) troubles: &'a [Damage],
    pub(super) baselines: BTreeMap<FlowNumber, Baseline>,
    pub(super) notes: Vec<Noted>,
    pub(super) explained: Vec<ExplainedJson>,
}

/// Flows that look like failures and are none of a handshake.
#[derive(Serialize)]
pub(super) struct ExplainedJson {
    noise: Noise,
    count: usize,
    flows: Vec<u32>,
    text: String,
}

impl ExplainedJson {
    /// What explains flows of the index, with those of them that are wanted.
    fn all(index: &Index, wanted: &HashSet<FlowNumber>) -> Vec<Self> {
        let each = index.all_explained().iter().map(|group| {
            let flows: Vec<_> = group.flows.iter().filter(|flow| wanted.contains(*flow)).map(|flow| flow.0).collect();
            let text = noise::sentence(&group.signs);
            Self { noise: group.signs.noise(), count: flows.len(), flows, text }
        });
        each.filter(|group| group.count > 0).collect()
    }

    /// The same in a line, with the numbers of some of its flows.
    pub(super) fn line(&self) -> String {
        let flows = noun_for(self.count as u64, "flow");
        format!("{}, {flows} {}: {}", self.noise, cells::numbers(&self.flows, MAX_NUMBERS), self.text)
    }
}

/// What is worth saying of some flows beside their outcomes.
#[derive(Serialize)]
pub(super) struct Noted {
    flows: Vec<u32>,
    packets: Vec<u32>,
    pub(super) text: String,
}

impl Noted {
    /// The notes on these flows, each text once, in the order of the flows that have it first.
    fn gather<'a>(notes: impl Iterator<Item = &'a Note>) -> Vec<Self> {
        let mut gathered: Vec<Self> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for note in notes {
            let place = *places.entry(&note.text).or_insert(gathered.len());
            if place == gathered.len() {
                gathered.push(Self { flows: Vec::new(), packets: Vec::new(), text: note.text.clone() });
            }
            gathered[place].flows.push(note.flow.0);
            gathered[place].packets.extend(note.packets.iter().map(|packet| packet.0));
        }
        gathered
    }

    /// The note in a line, with the numbers of some of its flows.
    pub(super) fn line(&self) -> String {
        let flows = noun_for(self.flows.len() as u64, "flow");
        format!("{flows} {}: {}", cells::numbers(&self.flows, MAX_NUMBERS), self.text)
    }
}

/// The flows of one cause.
pub(super) struct Group<'a> {
    pub(super) cause: Cause,
    /// How grave the gravest of its flows is.
    gravity: Gravity,
    pub(super) findings: Vec<(&'a Finding, FlowFacts<'a>)>,
    /// Flows of a flood, which have the cause and no finding of their own.
    pub(super) others: Vec<u32>,
    /// Flows of an incident but its first: one line stands for them.
    gathered: HashSet<FlowNumber>,
}

#[derive(Serialize)]
pub(super) struct Packets {
    total: usize,
    /// Packets that may carry TCP and were not read, by reason.
    unread: ByKind,
    /// The same as a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread_by_reason: Vec<Unread>,
    /// Packets that carry no TCP, by kind.
    other: ByKind,
}

/// Counts by kind, in the order given.
struct ByKind(Counted);

impl Serialize for ByKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, count)| (name, count)))
    }
}

#[derive(Serialize)]
pub(super) struct Unread {
    reason: String,
    count: u64,
}

impl<'a> Diagnosis<'a> {
    /// Sums up the flows that are `wanted`; `troubles` is what is wrong with the captures.
    pub fn new(index: &'a Index, troubles: &'a [Damage], wanted: impl Fn(&FlowFacts<'_>) -> bool) -> Self {
        let mut outcomes = BTreeMap::new();
        let mut issues: Vec<(Issues, usize)> = Vec::new();
        let mut groups: BTreeMap<Cause, Group<'a>> = BTreeMap::new();
        let mut flows = 0;
        let mut notes = Vec::new();
        let mut noise = HashSet::new();
        for facts in index.iter().filter(|facts| wanted(facts)) {
            flows += 1;
            notes.extend(index.notes(facts.flow));
            noise.extend(facts.row.noise.map(|_| facts.flow));
            let outcome = facts.row.outcome.unwrap_or(Outcome::Incomplete);
            *outcomes.entry(outcome).or_default() += 1;
            for issue in facts.row.issues.each() {
                match issues.iter_mut().find(|(known, _)| *known == issue) {
                    Some((_, count)) => *count += 1,
                    None => issues.push((issue, 1)),
                }
            }
            if let Some(finding) = index.finding(facts.flow) {
                let cause = finding.cause;
                let group = groups.entry(cause).or_insert_with(|| Group::new(cause));
                group.findings.push((finding, facts));
            } else if let Some(cause) = facts.row.cause {
                let group = groups.entry(cause).or_insert_with(|| Group::new(cause));
                group.others.push(facts.flow.0);
                group.gravity = group.gravity.min(facts.row.gravity().unwrap_or(Gravity::Left));
            }
        }
        issues.sort_by_key(|(issue, _)| issue.names().next());
        let mut causes: Vec<_> = groups.into_values().collect();
        causes.iter_mut().for_each(Group::put_gravest_first);
        causes.sort_by_key(|group| (group.gravity, std::cmp::Reverse(group.count())));
        let rates = Rates::of(index.iter().filter(|facts| wanted(facts)));
        let found: Vec<_> =
            causes.iter().flat_map(|group| group.findings.iter().map(|(finding, _)| finding.flow)).collect();
        for group in &mut causes {
            group.gather(&rates.incidents);
        }
        let unread = ByKind(apart::unread(index));
        let unread_by_reason = unread.0.iter().map(|(reason, count)| Unread { reason: reason.clone(), count: *count });
        let packets = Packets {
            total: index.packets(),
            unread_by_reason: unread_by_reason.collect(),
            unread,
            other: ByKind(apart::others(index)),
        };
        Self {
            captures: index.captures(),
            flows,
            outcomes,
            contrast: Contrast::of(index, &wanted),
            rates,
            causes,
            linker: Linker::new(index, &found),
            issues,
            packets,
            health: index.health(),
            troubles,
            baselines: BTreeMap::new(),
            notes: Noted::gather(notes.into_iter()),
            explained: ExplainedJson::all(index, &noise),
        }
    }

    /// The flows with a finding, the first one of each cause before the others.
    pub fn flows(&self) -> Vec<FlowNumber> {
        let found = |group: &'_ Group<'a>| group.findings.iter().map(|(finding, _)| finding.flow).collect::<Vec<_>>();
        let all: Vec<_> = self.causes.iter().map(found).collect();
        let firsts = all.iter().filter_map(|flows| flows.first());
        firsts.chain(all.iter().flat_map(|flows| flows.iter().skip(1))).copied().collect()
    }

    /// The diagnosis with good flows to compare the failed ones with.
    #[must_use]
    pub fn with_baselines(self, baselines: BTreeMap<FlowNumber, Baseline>) -> Self {
        Self { baselines, ..self }
    }

    /// Whether a check passes: some handshake was judged, and none failed. What TCP did not bring up and what clients left
    /// is no failure of a handshake.
    pub fn passes(&self) -> bool {
        self.rates.tls.handshakes > 0 && self.rates.tls.failed == 0
    }

    fn outcome(&self, outcome: Outcome) -> usize {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    /// Connections that TCP did not bring up and flows that clients left, where there are any.
    pub(super) fn others_line(&self) -> Option<String> {
        let Rates { connect, left, .. } = &self.rates;
        let tries = counted(connect.handshakes, "try");
        let connect = (connect.failed > 0).then(|| format!("TCP did not come up in {} of {tries}", connect.failed));
        let left = (*left > 0).then(|| format!("{} left by the client", counted(*left, "flow")));
        let parts: Vec<_> = connect.into_iter().chain(left).collect();
        (!parts.is_empty()).then(|| format!("Beside these: {}", parts.join("; ")))
    }

    /// How many flows are the other side of one that counts already, where there are any.
    pub(super) fn copies_line(&self) -> Option<String> {
        rates::copies(self.rates.copies)
    }

    /// What is explained, a line each, and how many more there are.
    pub(super) fn explained_lines(&self) -> impl Iterator<Item = String> {
        let more = self.explained.len().saturating_sub(MAX_LISTED);
        let more = (more > 0).then(|| format!("and {more} more; the JSON lists all"));
        self.explained.iter().take(MAX_LISTED).map(ExplainedJson::line).chain(more)
    }

    pub(super) fn outcomes_line(&self) -> String {
        let parts = Outcome::ALL.iter().filter(|outcome| self.outcome(**outcome) > 0);
        parts.map(|outcome| format!("{} {outcome}", self.outcome(*outcome))).collect::<Vec<_>>().join(", ")
    }

    /// The lines of the incidents that have flows of a cause: whole where it is that of most, else how many these are.
    pub(super) fn incidents_of(&self, cause: Cause) -> impl Iterator<Item = String> {
        self.rates.incidents.iter().filter_map(move |incident| match (incident.cause(), incident.count_of(cause)) {
            (_, 0) => None,
            (Some(first), _) if first == cause => Some(incident_line(incident)),
            (first, count) => {
                let place = first.map_or("", Cause::name);
                let flows = counted(count, "flow");
                Some(format!("{flows} of an incident that stands under {place}: {}", whose(incident)))
            }
        })
    }

    pub(super) fn health_lines(&self) -> impl Iterator<Item = String> {
        // An answer in clear hides nothing.
        let hiding = self.issues.iter().filter(|(issue, _)| *issue != Issues::PLAINTEXT_ANSWER);
        let issues = hiding.flat_map(|(issue, flows)| {
            let flows = counted(*flows, "flow");
            issue.names().map(move |name| format!("{flows} with the issue {name}: what it hides cannot be judged"))
        });
        let facts = health::rows(&self.health).into_iter().filter(|row| row.matters);
        facts.map(|row| format!("The capture: {}: {}", row.name, row.value)).chain(issues)
    }
}

impl<'a> Group<'a> {
    fn new(cause: Cause) -> Self {
        Self { cause, gravity: Gravity::Left, findings: Vec::new(), others: Vec::new(), gathered: HashSet::new() }
    }

    /// Orders the flows: what looks like a failure and is none comes last.
    fn put_gravest_first(&mut self) {
        let gravity = |facts: &FlowFacts<'_>| facts.row.gravity().unwrap_or(self.cause.gravity());
        self.findings.sort_by_key(|(finding, facts)| (gravity(facts), finding.flow));
        if let Some((_, facts)) = self.findings.first() {
            self.gravity = self.gravity.min(gravity(facts));
        }
    }

    pub(super) fn count(&self) -> usize {
        self.findings.len() + self.others.len()
    }

    pub(super) fn title(&self) -> String {
        format!("{}: {}", self.cause, counted(self.count(), "flow"))
    }

    pub(super) fn doc(&self) -> Option<&'static Doc> {
        RULES.iter().find(|rule| rule.cause == self.cause).map(|rule| &rule.doc)
    }

    /// Takes note of which of its flows one line of an incident stands for: all but the first one of the cause under which
    /// the incident stands.
    fn gather(&mut self, incidents: &[Incident]) {
        let own: HashSet<FlowNumber> = self.findings.iter().map(|(finding, _)| finding.flow).collect();
        for incident in incidents.iter().filter(|incident| incident.count_of(self.cause) > 0) {
            let shown = usize::from(incident.cause() == Some(self.cause));
            let mut flows: Vec<_> = incident.flows.iter().copied().filter(|flow| own.contains(flow)).collect();
            flows.sort_unstable();
            self.gathered.extend(flows.into_iter().skip(shown));
            self.gathered.extend(incident.flows.iter().filter(|flow| !own.contains(*flow)));
        }
    }

    pub(super) fn listed(&self) -> impl Iterator<Item = (&'a Finding, &FlowFacts<'a>)> {
        let own = self.findings.iter().filter(|(finding, _)| !self.gathered.contains(&finding.flow));
        own.take(MAX_LISTED).map(|(finding, facts)| (*finding, facts))
    }

    pub(super) fn more(&self) -> Option<String> {
        let others = self.others.iter().filter(|flow| !self.gathered.contains(&FlowNumber(**flow)));
        let own = self.findings.iter().filter(|(finding, _)| !self.gathered.contains(&finding.flow));
        let more = (own.count().saturating_sub(MAX_LISTED)) + others.count();
        let more = Some(more).filter(|more| *more > 0)?;
        Some(format!("and {}; the JSON lists all", counted(more, "more flow")))
    }

    /// What the first finding says to try; the findings of one cause say nearly the same.
    pub(super) fn next_steps(&self) -> &'a [String] {
        self.findings.first().map_or(&[], |(finding, _)| &finding.next_steps)
    }
}

/// An incident in a line.
fn incident_line(incident: &Incident) -> String {
    let numbers: Vec<_> = incident.flows.iter().map(|flow| flow.0).collect();
    let noise = incident.noise.map_or_else(String::new, |noise| format!(" ({noise})"));
    format!(
        "One incident{noise}: {} of {}, {} to {}: flows {}",
        counted(incident.flows.len(), "failed flow"),
        whose(incident),
        json::time(incident.first),
        json::time(incident.last),
        cells::numbers(&numbers, MAX_NUMBERS)
    )
}

/// Whose flows an incident has, and where they went.
fn whose(incident: &Incident) -> String {
    let clients = match incident.client() {
        Some(client) => client.to_string(),
        None => counted(incident.clients.len(), "client"),
    };
    format!("{clients} to {}", incident.server().map_or_else(|| ends(incident), |server| server.to_string()))
}

pub(super) fn server_name(facts: &FlowFacts<'_>) -> String {
    facts.tls.and_then(|tls| tls.server_name.as_deref()).map_or_else(String::new, text::visible_bytes)
}
