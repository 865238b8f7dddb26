//! What a rule found: a cause with its evidence.

use crate::vocab::{Cause, Confidence, EndedBy, FlowNumber, PacketNumber};

/// What a piece of evidence is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// The packet that ended or spoiled the handshake.
    Primary,
    /// Fits the finding.
    Supporting,
    /// What would have been there, or is elsewhere, for comparison.
    Contrast,
}

impl Role {
    /// The role's name in output.
    pub fn name(self) -> &'static str {
        match self {
            Role::Primary => "primary",
            Role::Supporting => "supporting",
            Role::Contrast => "contrast",
        }
    }
}

/// One packet and what it shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// The packet.
    pub packet: PacketNumber,
    /// The flow it is of, where that is another than the finding's.
    pub flow: Option<FlowNumber>,
    /// What it is for.
    pub role: Role,
    /// What it shows, in a sentence.
    pub note: String,
}

/// Another cause that holds of a flow: mending what the finding says would leave this.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Also {
    /// The pattern.
    pub cause: Cause,
    /// What is wrong, in a line.
    pub headline: String,
}

/// What a client reports for this pattern.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientReport {
    /// The client: `Chrome`, `Firefox`, `curl` …
    pub client: &'static str,
    /// Its error names or texts, more than one where its versions or interfaces differ, the most telling first.
    pub errors: Vec<String>,
}

impl ClientReport {
    /// Its texts in one, as `why` takes them apart again.
    pub fn error(&self) -> String {
        self.errors.join(" / ")
    }
}

/// Why a flow failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The flow.
    pub flow: FlowNumber,
    /// The pattern.
    pub cause: Cause,
    /// How sure it is.
    pub confidence: Confidence,
    /// Who made success impossible.
    pub ended_by: EndedBy,
    /// What happened, in a line.
    pub headline: String,
    /// How we know, in a few sentences: what is seen and what is inferred.
    pub detail: String,
    /// The injected or refusing packet, or the first sign of loss.
    pub first_abnormal_packet: Option<PacketNumber>,
    /// TTL or hop limit of that packet, where it is the flow's own: a sign of who sent it.
    pub ttl: Option<u8>,
    /// The packets that prove it, the primary first.
    pub evidence: Vec<Evidence>,
    /// What the client's user saw.
    pub clients_report: Vec<ClientReport>,
    /// What to try next.
    pub next_steps: Vec<String>,
    /// What else holds of the flow and is no consequence of the cause.
    pub also: Vec<Also>,
}
