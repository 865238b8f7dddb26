//! The diagnosis as text for a terminal.

use std::io::{self, Write};

use super::super::paint::Paint;
use super::super::rates::sentence;
use super::super::table::{Align, Cell, Table};
use super::super::{baseline, contrast, finding};
use super::summary::{Diagnosis, Group, server_name};
use crate::diagnose::Finding;
use crate::facts::FlowFacts;
use crate::present::role::Role;
use crate::vocab::text::{self, counted};

/// Writes the diagnosis.
pub fn write(out: &mut impl Write, paint: Paint, diagnosis: &Diagnosis<'_>) -> io::Result<()> {
    contrast::write_lines(out, paint, &diagnosis.contrast)?;
    writeln!(out, "{}: {}", counted(diagnosis.flows, "flow"), diagnosis.outcomes_line())?;
    let role = if diagnosis.rates.tls.failed > 0 { Role::Failed } else { Role::Ok };
    writeln!(out, "{}", paint.role(role, sentence(diagnosis.rates.tls, "handshake")))?;
    if let Some(others) = diagnosis.others_line() {
        writeln!(out, "{others}")?;
    }
    if let Some(copies) = diagnosis.copies_line() {
        writeln!(out, "{copies}")?;
    }
    if diagnosis.rates.attempts != diagnosis.rates.flows {
        writeln!(out, "{}", sentence(diagnosis.rates.attempts, "attempt"))?;
    }
    diagnosis.health_lines().try_for_each(|line| writeln!(out, "{}", paint.role(Role::Warning, line)))?;
    contrast::write_nothing(out, &diagnosis.contrast)?;
    diagnosis.causes.iter().try_for_each(|group| write_group(out, paint, diagnosis, group))?;
    if !diagnosis.explained.is_empty() {
        writeln!(out, "\n{}", paint.role(Role::Heading, "Explained: no failures of a handshake"))?;
    }
    diagnosis.explained_lines().try_for_each(|line| writeln!(out, "  {line}"))?;
    if !diagnosis.notes.is_empty() {
        writeln!(out, "\n{}", paint.role(Role::Warning, "Notes"))?;
    }
    diagnosis.notes.iter().try_for_each(|note| writeln!(out, "  {}", text::visible(&note.line())))
}

fn write_group(out: &mut impl Write, paint: Paint, diagnosis: &Diagnosis<'_>, group: &Group<'_>) -> io::Result<()> {
    writeln!(out, "\n{}", paint.role(Role::Failed, group.title()))?;
    if let Some(doc) = group.doc() {
        writeln!(out, "  {}", doc.what)?;
    }
    for incident in diagnosis.incidents_of(group.cause) {
        writeln!(out, "  {incident}")?;
    }
    let columns = &[
        ("  Flow", Align::Right),
        ("Packet", Align::Right),
        ("Ended by", Align::Left),
        ("Confidence", Align::Left),
        ("Server name", Align::Left),
        ("What", Align::Left),
    ];
    if group.listed().next().is_some() {
        Table { columns, paint }.write(out, || group.listed().map(|(finding, facts)| row(finding, facts)))?;
    }
    if let Some(more) = group.more() {
        writeln!(out, "  {more}")?;
    }
    if let Some((finding, _)) = group.findings.first() {
        write_proof(out, diagnosis, finding)?;
    }
    for (at, step) in group.next_steps().iter().enumerate() {
        writeln!(out, "{}{}", if at == 0 { "  Try: " } else { "       " }, text::visible(step))?;
    }
    Ok(())
}

fn write_proof(out: &mut impl Write, diagnosis: &Diagnosis<'_>, finding: &Finding) -> io::Result<()> {
    writeln!(out, "  Proof, for flow {}:", finding.flow)?;
    finding::write_text(out, "    ", finding, &diagnosis.linker.links(finding.flow))?;
    if let Some(good) = diagnosis.baselines.get(&finding.flow) {
        writeln!(out, "  Baseline: {}", text::visible(&baseline::line(good)))?;
    }
    Ok(())
}

fn row(finding: &Finding, facts: &FlowFacts<'_>) -> Vec<Cell> {
    vec![
        Cell::plain(finding.flow.to_string()),
        Cell::plain(finding.first_abnormal_packet.map_or_else(String::new, |packet| packet.to_string())),
        Cell::plain(finding.ended_by.name()),
        Cell::plain(finding.confidence.name()),
        Cell::plain(server_name(facts)),
        Cell::plain(text::clipped(&text::visible(&finding.headline), 120)),
    ]
}
