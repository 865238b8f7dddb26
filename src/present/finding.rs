//! A finding as a reader takes it in: what happened, how sure that is, the packets that prove it, what to try.

use super::role::{Line, Role};
use super::unfound;
use super::wrap::wrap;
use super::{ladder, links, noise};
use crate::cohort::{Link, LinkKind};
use crate::diagnose::Finding;
use crate::engine::FlowView;
use crate::vocab::{Confidence, FlowNumber, PacketNumber, text};

/// One line of a finding; evidence leads to its packet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FindingRow {
    /// The text.
    pub line: Line,
    /// The packet it speaks of.
    pub packet: Option<PacketNumber>,
    /// The other flow it speaks of.
    pub flow: Option<FlowNumber>,
}

/// A finding in lines of `width` columns.
fn rows(finding: &Finding, view: &FlowView, width: usize) -> Vec<FindingRow> {
    let mut rows = Rows { rows: Vec::new(), width };
    rows.text(Role::Strong, "", &finding.headline);
    let cause = Line::of(Role::Failed, finding.cause.name());
    let verdict = Line::of(Role::Dim, "ended by ")
        .with(Role::Text, finding.ended_by.name())
        .with(Role::Dim, ", ")
        .with(confidence_role(finding.confidence), finding.confidence.name());
    let mut whole = cause.clone().with(Role::Dim, ", ");
    whole.spans.extend(verdict.spans.iter().cloned());
    if text::width(&whole.plain()) <= width {
        rows.push(whole);
    } else {
        rows.push(cause);
        rows.push(verdict);
    }
    rows.text(Role::Text, "", &finding.detail);
    if let Some(signs) = &view.explained {
        rows.text(Role::Notice, "", &noise::sentence(signs));
    }
    for also in &finding.also {
        rows.text(Role::Text, "also ", &format!("{}: {}", also.cause, also.headline));
    }
    rows.heading("Evidence", !finding.evidence.is_empty());
    for evidence in &finding.evidence {
        let lead = format!("packet {}: ", evidence.packet);
        let sign = ladder::mark(Some(evidence.role));
        for (at, part) in wrap(&format!("{lead}{}", evidence.note), width.saturating_sub(2)).into_iter().enumerate() {
            let line = match at {
                0 => Line::of(sign.role, format!("{} ", sign.text)),
                _ => Line::of(Role::Text, "  "),
            };
            let packet = Some(evidence.packet);
            rows.rows.push(FindingRow { line: line.with(Role::Text, part), packet, flow: evidence.flow });
        }
    }
    rows.links(&view.links);
    rows.heading("The client's user saw", !finding.clients_report.is_empty());
    for report in &finding.clients_report {
        rows.text(Role::Text, "  ", &format!("{}: {}", report.client, report.error()));
    }
    rows.heading("What to try next", !finding.next_steps.is_empty());
    for step in &finding.next_steps {
        rows.text(Role::Text, "- ", step);
    }
    rows.rows
}

/// What a link leads to, in words.
fn title(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::DnsAnswer => "DNS answer",
        LinkKind::DnsFailure => "DNS failure",
        LinkKind::QuicUnanswered => "QUIC unanswered",
        LinkKind::QuicAnswered => "QUIC answered",
        LinkKind::Icmp => "ICMP error",
        LinkKind::SameConnection => "the same connection",
        LinkKind::PreviousFlow => "the flow before",
        LinkKind::Attempt => "same attempt",
        LinkKind::Sibling => "sibling",
    }
}

fn confidence_role(confidence: Confidence) -> Role {
    match confidence {
        Confidence::Certain => Role::Strong,
        Confidence::Likely => Role::Text,
        Confidence::Possible => Role::Warning,
    }
}

struct Rows {
    rows: Vec<FindingRow>,
    width: usize,
}

impl Rows {
    fn push(&mut self, line: Line) {
        self.rows.push(FindingRow { line, packet: None, flow: None });
    }

    fn text(&mut self, role: Role, lead: &str, text: &str) {
        let indent = " ".repeat(text::width(lead));
        for (at, part) in wrap(text, self.width.saturating_sub(indent.len())).into_iter().enumerate() {
            self.push(Line::of(Role::Dim, if at == 0 { lead } else { &indent }).with(role, part));
        }
    }

    /// What else in the capture belongs to the flow: what was seen, and below it what is inferred.
    fn links(&mut self, links: &[Link]) {
        self.heading("Linked", !links.is_empty());
        for link in links {
            let from = self.rows.len();
            let place = match (link.flow, link.packet) {
                (Some(flow), _) => format!("flow {flow}: "),
                (None, Some(packet)) => format!("packet {packet}: "),
                (None, None) => String::new(),
            };
            self.text(Role::Text, "→ ", &format!("{place}{}: {}", title(link.kind()), links::note(link)));
            if let Some(inferred) = links::inferred(link) {
                self.text(Role::Dim, "  ", &format!("inferred: {inferred}"));
            }
            for row in &mut self.rows[from..] {
                row.flow = link.flow;
                // A datagram has no step to go to; an ICMP error has.
                row.packet = link.packet.filter(|_| link.kind() == LinkKind::Icmp);
            }
        }
    }

    fn heading(&mut self, heading: &str, wanted: bool) {
        if wanted {
            self.push(Line::of(Role::Heading, heading));
        }
    }
}

/// The lines of a flow's finding, or of what is to say without one.
pub fn of_view(view: &FlowView, width: usize) -> Vec<FindingRow> {
    if let Some(finding) = &view.finding {
        return rows(finding, view, width);
    }
    let mut rows = Rows { rows: Vec::new(), width };
    for (role, sentence) in unfound::sentences(view) {
        rows.text(role, "", &sentence);
    }
    rows.links(&view.links);
    rows.rows
}
