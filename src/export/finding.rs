//! A finding as an object, and what proves it as Markdown and text.

use std::io::{self, Write};

use serde::Serialize;

use super::cells::markdown;
use super::links::{self, LinkJson};
use crate::cohort::Link;
use crate::diagnose::{Also, ClientReport, Evidence, Finding};
use crate::vocab::{Cause, text};

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
    clients_report: Vec<ReportJson>,
    next_steps: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<AlsoJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkJson>,
}

/// Another cause that holds of the flow.
#[derive(Serialize)]
struct AlsoJson<'a> {
    cause: Cause,
    headline: &'a str,
}

#[derive(Serialize)]
struct EvidenceJson<'a> {
    packet: u32,
    /// Where it is another's than the finding's.
    #[serde(skip_serializing_if = "Option::is_none")]
    flow: Option<u32>,
    role: &'static str,
    note: &'a str,
}

#[derive(Serialize)]
struct ReportJson {
    client: &'static str,
    error: String,
}

impl<'a> FindingJson<'a> {
    /// The JSON form of a finding and of what is linked to its flow.
    pub fn new(finding: &'a Finding, links: &'a [Link]) -> Self {
        let evidence = |evidence: &'a Evidence| EvidenceJson {
            packet: evidence.packet.0,
            flow: evidence.flow.map(|flow| flow.0),
            role: evidence.role.name(),
            note: &evidence.note,
        };
        let also = |also: &'a Also| AlsoJson { cause: also.cause, headline: &also.headline };
        let report = |report: &'a ClientReport| ReportJson { client: report.client, error: report.error() };
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
            also: finding.also.iter().map(also).collect(),
            links: LinkJson::all(links),
        }
    }
}

/// Writes what proves a finding, and what is linked to its flow, as Markdown.
pub(super) fn write_markdown(out: &mut impl Write, finding: &Finding, links: &[Link]) -> io::Result<()> {
    for evidence in &finding.evidence {
        writeln!(out, "- packet {}: {}", evidence.packet, markdown(&evidence.note))?;
    }
    if !finding.detail.is_empty() {
        writeln!(out, "\n{}", markdown(&finding.detail))?;
    }
    for also in &finding.also {
        writeln!(out, "\nAlso {}: {}", also.cause, markdown(&also.headline))?;
    }
    if !links.is_empty() {
        writeln!(out, "\nLinked:\n")?;
    }
    links.iter().try_for_each(|link| writeln!(out, "- {}", markdown(&links::line(link))))
}

/// Writes the same as text, a line each behind `indent`.
pub(super) fn write_text(out: &mut impl Write, indent: &str, finding: &Finding, links: &[Link]) -> io::Result<()> {
    for evidence in &finding.evidence {
        writeln!(out, "{indent}packet {}: {}", evidence.packet, text::visible(&evidence.note))?;
    }
    if !finding.detail.is_empty() {
        writeln!(out, "{indent}{}", text::visible(&finding.detail))?;
    }
    for also in &finding.also {
        writeln!(out, "{indent}also {}: {}", also.cause, text::visible(&also.headline))?;
    }
    links.iter().try_for_each(|link| writeln!(out, "{indent}linked: {}", links::line(link)))
}
