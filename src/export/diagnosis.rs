//! The diagnosis of captures as text, JSON and Markdown: rates, causes, one finding a flow.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::baseline::{self, ComparedJson};
use super::cells::{self, markdown};
use super::links::{self, LinkJson};
use super::paint::{Ink, Paint};
use super::rates::{self, Counts, RatesJson, sentence};
use super::table::{Align, Cell, Table};
use super::{Format, json};
use crate::diagnose::{ClientReport, Doc, Evidence, Finding, RULES};
use crate::engine::rates::{Incident, Rate, Rates, Tally};
use crate::engine::{Baseline, Health, Index, Link, Linker};
use crate::facts::FlowFacts;
use crate::present::health;
use crate::vocab::text::counted;
use crate::vocab::{Cause, FlowNumber, Outcome, text};

/// Flows that Markdown and text list below a cause; the JSON has all.
const MAX_LISTED: usize = 50;

/// Flows of an incident whose numbers its line has.
const MAX_NUMBERS: usize = 5;
/// Clients of an incident that the JSON names.
const MAX_CLIENTS: usize = 20;

/// What failed in some flows, and how often.
pub struct Diagnosis<'a> {
    captures: &'a [String],
    flows: usize,
    outcomes: BTreeMap<Outcome, usize>,
    rates: Rates,
    causes: Vec<Group<'a>>,
    linker: Linker<'a>,
    issues: BTreeMap<&'static str, usize>,
    packets: Packets,
    health: Health,
    troubles: &'a [String],
    baselines: BTreeMap<FlowNumber, Baseline>,
}

/// The flows of one cause.
struct Group<'a> {
    cause: Cause,
    findings: Vec<(&'a Finding, FlowFacts<'a>)>,
    /// Flows of a flood, which have the cause and no finding of their own.
    others: Vec<u32>,
    /// Flows of an incident but its first: one line stands for them.
    gathered: HashSet<FlowNumber>,
}

#[derive(Serialize)]
struct Packets {
    total: usize,
    unread: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread_by_reason: Vec<Unread>,
}

#[derive(Serialize)]
struct Unread {
    reason: String,
    count: u64,
}

impl<'a> Diagnosis<'a> {
    /// Sums up the flows that are `wanted`; `troubles` is what is wrong with the captures.
    pub fn new(index: &'a Index, troubles: &'a [String], wanted: impl Fn(&FlowFacts<'_>) -> bool) -> Self {
        let mut outcomes = BTreeMap::new();
        let mut issues = BTreeMap::new();
        let mut groups: BTreeMap<Cause, Group<'a>> = BTreeMap::new();
        let mut flows = 0;
        for facts in index.iter().filter(|facts| wanted(facts)) {
            flows += 1;
            let outcome = facts.row.outcome.unwrap_or(Outcome::Incomplete);
            *outcomes.entry(outcome).or_default() += 1;
            for issue in facts.row.issues.names() {
                *issues.entry(issue).or_default() += 1;
            }
            if let Some(finding) = index.finding(facts.flow) {
                let cause = finding.cause;
                let group = groups.entry(cause).or_insert_with(|| Group::new(cause));
                group.findings.push((finding, facts));
            } else if let Some(cause) = facts.row.cause {
                let group = groups.entry(cause).or_insert_with(|| Group::new(cause));
                group.others.push(facts.flow.0);
            }
        }
        let mut causes: Vec<_> = groups.into_values().collect();
        causes.sort_by_key(|group| std::cmp::Reverse(group.count()));
        let rates = Rates::of(index.iter().filter(|facts| wanted(facts)));
        let found: Vec<_> =
            causes.iter().flat_map(|group| group.findings.iter().map(|(finding, _)| finding.flow)).collect();
        for group in &mut causes {
            group.gather(&rates.incidents);
        }
        let unread_by_reason: Vec<_> =
            index.unread().map(|(reason, count)| Unread { reason: reason.describe(), count }).collect();
        let unread = unread_by_reason.iter().map(|unread| unread.count as usize).sum();
        let packets = Packets { total: index.packets(), unread, unread_by_reason };
        Self {
            captures: index.captures(),
            flows,
            outcomes,
            rates,
            causes,
            linker: Linker::new(index, &found),
            issues,
            packets,
            health: index.health(),
            troubles,
            baselines: BTreeMap::new(),
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

    /// Flows that failed.
    pub fn failed(&self) -> usize {
        self.outcome(Outcome::Failed)
    }

    fn outcome(&self, outcome: Outcome) -> usize {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    fn tally(&self) -> Tally {
        self.rates.flows
    }

    /// Writes it.
    pub fn write(&self, out: &mut impl Write, format: Format, paint: Paint) -> io::Result<()> {
        match format {
            Format::Json => json::document(out, &DiagnosisJson::new(self)),
            Format::Markdown => self.write_markdown(out),
            Format::Text | Format::Csv => self.write_text(out, paint),
        }
    }

    fn outcomes_line(&self) -> String {
        let parts = Outcome::ALL.iter().filter(|outcome| self.outcome(**outcome) > 0);
        parts.map(|outcome| format!("{} {outcome}", self.outcome(*outcome))).collect::<Vec<_>>().join(", ")
    }

    fn write_text(&self, out: &mut impl Write, paint: Paint) -> io::Result<()> {
        writeln!(out, "{}: {}", counted(self.flows, "flow"), self.outcomes_line())?;
        let ink = if self.failed() > 0 { Ink::Bad } else { Ink::Good };
        writeln!(out, "{}", paint.ink(ink, sentence(self.tally(), "handshake")))?;
        if self.rates.attempts != self.tally() {
            writeln!(out, "{}", sentence(self.rates.attempts, "attempt"))?;
        }
        self.health_lines().try_for_each(|line| writeln!(out, "{}", paint.ink(Ink::Warning, line)))?;
        rates::write_text(out, paint, &self.rates)?;
        for group in &self.causes {
            writeln!(out, "\n{}", paint.ink(Ink::Bad, group.title()))?;
            if let Some(doc) = group.doc() {
                writeln!(out, "  {}", doc.what)?;
            }
            for incident in self.incidents_of(group.cause) {
                writeln!(out, "  {}", incident_line(incident))?;
            }
            let columns = &[
                ("  Flow", Align::Right),
                ("Packet", Align::Right),
                ("Ended by", Align::Left),
                ("Confidence", Align::Left),
                ("Server name", Align::Left),
                ("What", Align::Left),
            ];
            Table { columns, paint }.write(out, || group.listed().map(|(finding, facts)| row(finding, facts)))?;
            if let Some(more) = group.more() {
                writeln!(out, "  {more}")?;
            }
            if let Some((finding, _)) = group.findings.first() {
                writeln!(out, "  Proof, for flow {}:", finding.flow)?;
                for evidence in &finding.evidence {
                    writeln!(out, "    packet {}: {}", evidence.packet, text::visible(&evidence.note))?;
                }
                if !finding.detail.is_empty() {
                    writeln!(out, "    {}", text::visible(&finding.detail))?;
                }
                for link in self.linker.links(finding.flow) {
                    writeln!(out, "    linked: {}", links::line(&link))?;
                }
                if let Some(good) = self.baselines.get(&finding.flow) {
                    writeln!(out, "  Baseline: {}", text::visible(&baseline::line(good)))?;
                }
            }
            for (at, step) in group.next_steps().iter().enumerate() {
                writeln!(out, "{}{}", if at == 0 { "  Try: " } else { "       " }, text::visible(step))?;
            }
        }
        Ok(())
    }

    fn incidents_of(&self, cause: Cause) -> impl Iterator<Item = &Incident> {
        self.rates.incidents.iter().filter(move |incident| incident.cause == cause)
    }

    fn health_lines(&self) -> impl Iterator<Item = String> {
        let issues = self.issues.iter().filter(|(issue, _)| **issue != "plaintext-answer").map(|(issue, flows)| {
            format!("{} with the issue {issue}: what it hides cannot be judged", counted(*flows, "flow"))
        });
        let facts = health::rows(&self.health).into_iter().filter(|row| row.matters);
        facts.map(|row| format!("The capture: {}: {}", row.name, row.value)).chain(issues)
    }

    fn write_markdown(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "# TLS handshakes: {}\n", sentence(self.tally(), "handshake"))?;
        for capture in self.captures {
            writeln!(out, "- capture {}", markdown(capture))?;
        }
        writeln!(out, "- {}: {}", counted(self.flows, "flow"), self.outcomes_line())?;
        writeln!(out, "- {}", sentence(self.rates.attempts, "attempt"))?;
        for line in self.health_lines() {
            writeln!(out, "- {line}")?;
        }
        for trouble in self.troubles {
            writeln!(out, "- {}", markdown(trouble))?;
        }
        rates::write_markdown(out, &self.rates)?;
        for group in &self.causes {
            writeln!(out, "\n## {}\n", group.title())?;
            if let Some(doc) = group.doc() {
                writeln!(out, "{}\n", markdown(doc.what))?;
            }
            for incident in self.incidents_of(group.cause) {
                writeln!(out, "{}\n", incident_line(incident))?;
            }
            writeln!(out, "| flow | time (UTC) | client | server name | packet | ended by | confidence | what |")?;
            writeln!(out, "| --- | --- | --- | --- | --- | --- | --- | --- |")?;
            for (finding, facts) in group.listed() {
                let row = facts.row;
                writeln!(
                    out,
                    "| {} | {} | {} | {} | {} | {} | {} | {} |",
                    finding.flow,
                    json::time(row.start),
                    row.client,
                    markdown(&server_name(facts)),
                    finding.first_abnormal_packet.map_or_else(String::new, |packet| packet.to_string()),
                    finding.ended_by,
                    finding.confidence,
                    markdown(&finding.headline)
                )?;
            }
            if let Some(more) = group.more() {
                writeln!(out, "\n{more}")?;
            }
            if let Some((finding, _)) = group.findings.first() {
                writeln!(out, "\nProof, for flow {}:\n", finding.flow)?;
                for evidence in &finding.evidence {
                    writeln!(out, "- packet {}: {}", evidence.packet, markdown(&evidence.note))?;
                }
                if !finding.detail.is_empty() {
                    writeln!(out, "\n{}", markdown(&finding.detail))?;
                }
                let linked = self.linker.links(finding.flow);
                if !linked.is_empty() {
                    writeln!(out, "\nLinked:\n")?;
                }
                for link in linked {
                    writeln!(out, "- {}", markdown(&links::line(&link)))?;
                }
                if let Some(good) = self.baselines.get(&finding.flow) {
                    writeln!(out, "\nBaseline: {}", markdown(&baseline::line(good)))?;
                }
            }
            let steps = group.next_steps();
            if !steps.is_empty() {
                writeln!(out, "\nWhat to try:\n")?;
            }
            for step in steps {
                writeln!(out, "- {}", markdown(step))?;
            }
        }
        Ok(())
    }
}

impl<'a> Group<'a> {
    fn new(cause: Cause) -> Self {
        Self { cause, findings: Vec::new(), others: Vec::new(), gathered: HashSet::new() }
    }

    fn count(&self) -> usize {
        self.findings.len() + self.others.len()
    }

    fn title(&self) -> String {
        format!("{}: {}", self.cause, counted(self.count(), "flow"))
    }

    fn doc(&self) -> Option<&'static Doc> {
        RULES.iter().find(|rule| rule.cause == self.cause).map(|rule| &rule.doc)
    }

    /// Takes note of which of its flows one line of an incident stands for.
    fn gather(&mut self, incidents: &[Incident]) {
        let own = incidents.iter().filter(|incident| incident.cause == self.cause);
        self.gathered = own.flat_map(|incident| incident.flows.iter().skip(1).copied()).collect();
    }

    fn listed(&self) -> impl Iterator<Item = (&'a Finding, &FlowFacts<'a>)> {
        let own = self.findings.iter().filter(|(finding, _)| !self.gathered.contains(&finding.flow));
        own.take(MAX_LISTED).map(|(finding, facts)| (*finding, facts))
    }

    fn more(&self) -> Option<String> {
        let others = self.others.iter().filter(|flow| !self.gathered.contains(&FlowNumber(**flow)));
        let own = self.findings.iter().filter(|(finding, _)| !self.gathered.contains(&finding.flow));
        let more = (own.count().saturating_sub(MAX_LISTED)) + others.count();
        let more = Some(more).filter(|more| *more > 0)?;
        Some(format!("and {}; the JSON lists all", counted(more, "more flow")))
    }

    /// What the first finding says to try; the findings of one cause say nearly the same.
    fn next_steps(&self) -> &'a [String] {
        self.findings.first().map_or(&[], |(finding, _)| &finding.next_steps)
    }
}

/// An incident in a line.
fn incident_line(incident: &Incident) -> String {
    let clients = match incident.client() {
        Some(client) => client.to_string(),
        None => counted(incident.clients.len(), "client"),
    };
    let numbers: Vec<_> = incident.flows.iter().map(|flow| flow.0).collect();
    format!(
        "One incident: {} of {clients} to {}, {} to {}: flows {}",
        counted(incident.flows.len(), "failed flow"),
        incident.server,
        json::time(incident.first),
        json::time(incident.last),
        cells::numbers(&numbers, MAX_NUMBERS)
    )
}

fn server_name(facts: &FlowFacts<'_>) -> String {
    facts.tls.and_then(|tls| tls.server_name.as_deref()).map_or_else(String::new, text::visible_bytes)
}

fn row(finding: &Finding, facts: &FlowFacts<'_>) -> Vec<Cell> {
    vec![
        Cell::plain(finding.flow.to_string()),
        Cell::plain(finding.first_abnormal_packet.map_or_else(String::new, |packet| packet.to_string())),
        Cell::plain(finding.ended_by.name()),
        Cell::plain(finding.confidence.name()),
        Cell::plain(server_name(facts)),
        Cell::plain(cells::clipped(&text::visible(&finding.headline), 120)),
    ]
}

#[derive(Serialize)]
struct DiagnosisJson<'a> {
    captures: &'a [String],
    flows: usize,
    handshakes: usize,
    failed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<Rate>,
    attempts: Counts,
    rates: RatesJson,
    outcomes: &'a BTreeMap<Outcome, usize>,
    causes: Vec<CauseJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    incidents: Vec<IncidentJson>,
    findings: Findings<'a>,
    packets: &'a Packets,
    health: HealthJson<'a>,
}

#[derive(Serialize)]
struct CauseJson<'a> {
    cause: Cause,
    count: usize,
    flows: FlowNumbers<'a>,
}

/// Failures that are one event.
#[derive(Serialize)]
struct IncidentJson {
    cause: Cause,
    /// The client, where there was only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    clients: Vec<ClientJson>,
    server: String,
    first: json::Moment,
    last: json::Moment,
    flows: Vec<u32>,
    count: usize,
}

#[derive(Serialize)]
struct ClientJson {
    ip: String,
    count: usize,
}

impl IncidentJson {
    fn new(incident: &Incident) -> Self {
        let clients = incident.clients.iter().take(MAX_CLIENTS);
        Self {
            cause: incident.cause,
            client: incident.client().map(|client| client.to_string()),
            clients: clients.map(|(ip, count)| ClientJson { ip: ip.to_string(), count: *count }).collect(),
            server: incident.server.to_string(),
            first: json::Moment(incident.first),
            last: json::Moment(incident.last),
            flows: incident.flows.iter().map(|flow| flow.0).collect(),
            count: incident.flows.len(),
        }
    }
}

/// What the capture may hide.
#[derive(Serialize)]
struct HealthJson<'a> {
    #[serde(flatten)]
    counts: &'a Health,
    /// Flows with each issue.
    issues: &'a BTreeMap<&'static str, usize>,
    /// What is wrong with the files.
    troubles: &'a [String],
}

impl<'a> DiagnosisJson<'a> {
    fn new(diagnosis: &'a Diagnosis<'a>) -> Self {
        let Tally { handshakes, failed } = diagnosis.tally();
        Self {
            captures: diagnosis.captures,
            flows: diagnosis.flows,
            handshakes,
            failed,
            rate: Rate::of(failed, handshakes),
            attempts: Counts::new(diagnosis.rates.attempts),
            rates: RatesJson::new(&diagnosis.rates),
            outcomes: &diagnosis.outcomes,
            causes: diagnosis
                .causes
                .iter()
                .map(|group| CauseJson { cause: group.cause, count: group.count(), flows: FlowNumbers(group) })
                .collect(),
            incidents: diagnosis.rates.incidents.iter().map(IncidentJson::new).collect(),
            findings: Findings(diagnosis),
            packets: &diagnosis.packets,
            health: HealthJson { counts: &diagnosis.health, issues: &diagnosis.issues, troubles: diagnosis.troubles },
        }
    }
}

struct FlowNumbers<'a>(&'a Group<'a>);

impl Serialize for FlowNumbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let flows = self.0.findings.iter().map(|(finding, _)| finding.flow.0);
        serializer.collect_seq(flows.chain(self.0.others.iter().copied()))
    }
}

/// All findings in the order of their flows.
struct Findings<'a>(&'a Diagnosis<'a>);

impl<'a> Serialize for Findings<'a> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all: Vec<&'a Finding> =
            self.0.causes.iter().flat_map(|group| group.findings.iter().map(|(finding, _)| *finding)).collect();
        all.sort_by_key(|finding| finding.flow);
        // The links of one finding at a time: there may be many.
        let mut seq = serializer.serialize_seq(Some(all.len()))?;
        for finding in all {
            let links = self.0.linker.links(finding.flow);
            let json = FindingJson::new(finding, &links);
            seq.serialize_element(&ComparedJson::new(json, self.0.baselines.get(&finding.flow)))?;
        }
        seq.end()
    }
}

/// A finding as an object.
#[derive(Serialize)]
pub struct FindingJson<'a> {
    flow: u32,
    cause: Cause,
    confidence: &'static str,
    headline: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    ended_by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_abnormal_packet: Option<u32>,
    evidence: Vec<EvidenceJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    clients_report: Vec<ReportJson<'a>>,
    next_steps: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    also: &'a [Cause],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkJson<'a>>,
}

#[derive(Serialize)]
struct EvidenceJson<'a> {
    packet: u32,
    role: &'static str,
    note: &'a str,
}

#[derive(Serialize)]
struct ReportJson<'a> {
    client: &'static str,
    error: &'a str,
}

impl<'a> FindingJson<'a> {
    /// The JSON form of a finding and of what is linked to its flow.
    pub fn new(finding: &'a Finding, links: &'a [Link]) -> Self {
        let evidence = |evidence: &'a Evidence| EvidenceJson {
            packet: evidence.packet.0,
            role: evidence.role.name(),
            note: &evidence.note,
        };
        let report = |report: &'a ClientReport| ReportJson { client: report.client, error: &report.error };
        Self {
            flow: finding.flow.0,
            cause: finding.cause,
            confidence: finding.confidence.name(),
            headline: &finding.headline,
            detail: &finding.detail,
            ended_by: finding.ended_by.name(),
            first_abnormal_packet: finding.first_abnormal_packet.map(|packet| packet.0),
            evidence: finding.evidence.iter().map(evidence).collect(),
            clients_report: finding.clients_report.iter().map(report).collect(),
            next_steps: &finding.next_steps,
            also: &finding.also,
            links: LinkJson::all(links),
        }
    }
}
