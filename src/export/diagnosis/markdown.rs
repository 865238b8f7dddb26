//! The diagnosis as Markdown for a ticket or mail.

use std::io::{self, Write};

use super::super::cells::markdown;
use super::super::rates::sentence;
use super::super::{baseline, contrast, finding, json};
use super::summary::{Diagnosis, Group, server_name};
use crate::diagnose::Finding;
use crate::vocab::text::counted;

/// Writes the diagnosis.
pub fn write(out: &mut impl Write, diagnosis: &Diagnosis<'_>) -> io::Result<()> {
    writeln!(out, "# TLS handshakes: {}\n", sentence(diagnosis.rates.tls, "handshake"))?;
    for capture in diagnosis.captures {
        writeln!(out, "- capture {}", markdown(capture))?;
    }
    writeln!(out, "- {}: {}", counted(diagnosis.flows, "flow"), diagnosis.outcomes_line())?;
    if let Some(others) = diagnosis.others_line() {
        writeln!(out, "- {others}")?;
    }
    if let Some(copies) = diagnosis.copies_line() {
        writeln!(out, "- {copies}")?;
    }
    writeln!(out, "- {}", sentence(diagnosis.rates.attempts, "attempt"))?;
    for line in diagnosis.health_lines() {
        writeln!(out, "- {line}")?;
    }
    for trouble in diagnosis.troubles {
        writeln!(out, "- {}", markdown(&trouble.to_string()))?;
    }
    contrast::write_markdown(out, &diagnosis.contrast)?;
    diagnosis.causes.iter().try_for_each(|group| write_group(out, diagnosis, group))?;
    if !diagnosis.explained.is_empty() {
        writeln!(out, "\n## Explained: no failures of a handshake\n")?;
    }
    diagnosis.explained_lines().try_for_each(|line| writeln!(out, "- {}", markdown(&line)))?;
    if !diagnosis.notes.is_empty() {
        writeln!(out, "\n## Notes\n")?;
    }
    diagnosis.notes.iter().try_for_each(|note| writeln!(out, "- {}", markdown(&note.line())))
}

fn write_group(out: &mut impl Write, diagnosis: &Diagnosis<'_>, group: &Group<'_>) -> io::Result<()> {
    writeln!(out, "\n## {}\n", group.title())?;
    if let Some(doc) = group.doc() {
        writeln!(out, "{}\n", markdown(doc.what))?;
    }
    for incident in diagnosis.incidents_of(group.cause) {
        writeln!(out, "{incident}\n")?;
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
        write_proof(out, diagnosis, finding)?;
    }
    let steps = group.next_steps();
    if !steps.is_empty() {
        writeln!(out, "\nWhat to try:\n")?;
    }
    for step in steps {
        writeln!(out, "- {}", markdown(step))?;
    }
    Ok(())
}

fn write_proof(out: &mut impl Write, diagnosis: &Diagnosis<'_>, finding: &Finding) -> io::Result<()> {
    writeln!(out, "\nProof, for flow {}:\n", finding.flow)?;
    finding::write_markdown(out, finding, &diagnosis.linker.links(finding.flow))?;
    if let Some(good) = diagnosis.baselines.get(&finding.flow) {
        writeln!(out, "\nBaseline: {}", markdown(&baseline::line(good)))?;
    }
    Ok(())
}
