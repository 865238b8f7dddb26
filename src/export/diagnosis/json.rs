//! The diagnosis as one JSON object.

use std::collections::BTreeMap;

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::super::baseline::ComparedJson;
use super::super::contrast::ContrastJson;
use super::super::finding::FindingJson;
use super::super::json;
use super::super::rates::{Counts, RatesJson};
use super::summary::{Diagnosis, ExplainedJson, Group, Noted, Packets};
use crate::cohort::rates::{Incident, Tally};
use crate::diagnose::{Break, Finding};
use crate::engine::Damage;
use crate::index::Health;
use crate::stats::Rate;
use crate::vocab::{Cause, Noise, Outcome};

/// Clients and servers of an incident that the JSON names.
const MAX_ENDS: usize = 20;

/// A diagnosis as an object.
#[derive(Serialize)]
pub struct DiagnosisJson<'a> {
    captures: &'a [String],
    flows: usize,
    handshakes: usize,
    failed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<Rate>,
    attempts: Counts,
    tls: Counts,
    connect: Connects,
    left: Left,
    /// Flows that are the other side of a connection that counts already; `rates` leaves them out.
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<usize>,
    rates: RatesJson,
    contrast: ContrastJson<'a>,
    outcomes: &'a BTreeMap<Outcome, usize>,
    causes: Vec<CauseJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    incidents: Vec<IncidentJson>,
    findings: Findings<'a>,
    #[serde(skip_serializing_if = "<[Noted]>::is_empty")]
    notes: &'a [Noted],
    #[serde(skip_serializing_if = "<[ExplainedJson]>::is_empty")]
    noise: &'a [ExplainedJson],
    packets: &'a Packets,
    health: HealthJson<'a>,
}

/// Connections that TCP was to bring up.
#[derive(Serialize)]
struct Connects {
    tries: usize,
    failed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<Rate>,
}

impl Connects {
    fn new(tally: Tally) -> Self {
        Self { tries: tally.handshakes, failed: tally.failed, rate: Rate::of(tally.failed, tally.handshakes) }
    }
}

/// Flows that their clients left.
#[derive(Serialize)]
struct Left {
    flows: usize,
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
    /// Why most of them failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    /// How many failed for each cause, where there are several.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    causes: BTreeMap<Cause, usize>,
    /// What only looks like a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    noise: Option<Noise>,
    /// The client, where there was only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    clients: Vec<ClientJson>,
    /// The server, where there was only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    servers: Vec<ServerJson>,
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

#[derive(Serialize)]
struct ServerJson {
    server: String,
    count: usize,
}

impl IncidentJson {
    fn new(incident: &Incident) -> Self {
        let clients = incident.clients.iter().take(MAX_ENDS);
        let servers = incident.servers.iter().take(MAX_ENDS);
        Self {
            cause: incident.cause(),
            causes: incident.causes.iter().copied().filter(|_| incident.causes.len() > 1).collect(),
            noise: incident.noise,
            client: incident.client().map(|client| client.to_string()),
            clients: clients.map(|(ip, count)| ClientJson { ip: ip.to_string(), count: *count }).collect(),
            server: incident.server().map(|server| server.to_string()),
            servers: servers.map(|(end, count)| ServerJson { server: end.to_string(), count: *count }).collect(),
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
    /// The spans in which the capture did not watch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breaks: Vec<BreakJson>,
    /// Flows with each issue.
    issues: BTreeMap<&'static str, usize>,
    /// What is wrong with the files.
    troubles: Vec<json::Shown<&'a Damage>>,
}

/// A span in which the capture did not watch.
#[derive(Serialize)]
struct BreakJson {
    from: json::Moment,
    to: json::Moment,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<u32>,
}

impl BreakJson {
    fn new(at: &Break) -> Self {
        Self { from: json::Moment(at.from), to: json::Moment(at.to), reason: at.why.name(), files: at.why.files() }
    }
}

impl<'a> DiagnosisJson<'a> {
    /// The JSON form of a diagnosis.
    pub fn new(diagnosis: &'a Diagnosis<'a>) -> Self {
        let Tally { handshakes, failed } = diagnosis.rates.flows;
        Self {
            captures: diagnosis.captures,
            flows: diagnosis.flows,
            handshakes,
            failed,
            rate: Rate::of(failed, handshakes),
            attempts: Counts::new(diagnosis.rates.attempts),
            tls: Counts::new(diagnosis.rates.tls),
            connect: Connects::new(diagnosis.rates.connect),
            left: Left { flows: diagnosis.rates.left },
            copies: Some(diagnosis.rates.copies).filter(|copies| *copies > 0),
            rates: RatesJson::new(&diagnosis.rates),
            contrast: ContrastJson(&diagnosis.contrast),
            outcomes: &diagnosis.outcomes,
            causes: diagnosis
                .causes
                .iter()
                .map(|group| CauseJson { cause: group.cause, count: group.count(), flows: FlowNumbers(group) })
                .collect(),
            incidents: diagnosis.rates.incidents.iter().map(IncidentJson::new).collect(),
            findings: Findings(diagnosis),
            notes: &diagnosis.notes,
            noise: &diagnosis.explained,
            packets: &diagnosis.packets,
            health: HealthJson {
                counts: &diagnosis.health,
                breaks: diagnosis.health.breaks.iter().map(BreakJson::new).collect(),
                issues: diagnosis.issues.iter().flat_map(|(issue, flows)| issue.names().zip([*flows])).collect(),
                troubles: diagnosis.troubles.iter().map(json::Shown).collect(),
            },
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
