//! One flow's segments, gaps and TLS messages merged into steps: what a reader steps through.
//!
//! Start at [`Timeline::build`]. A step says what happened; [`detail`] decodes the step under the cursor to the leaf.

mod build;
mod chain;
pub mod detail;
mod flights;
mod inferred;
mod notes;
mod reading;

pub use chain::Chain;
pub use detail::{Detail, Pane, Section};
pub use flights::{Flight, FlightKind, Wait, flights};
pub use inferred::CERTIFICATE_REQUEST;
pub(crate) use notes::usual as usual_ttl;
pub use reading::{Piece, Source, Streams, arrival, is_midstream, read};

use crate::flow::Events;
use crate::net::TcpFlags;
use crate::vocab::{Direction, PacketNumber, PerDirection, StreamRange, Time};

/// What a step is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StepKind {
    /// A TCP segment.
    Segment,
    /// A TLS handshake message.
    Message,
    /// A TLS alert in clear or decrypted.
    Alert,
    /// A `ChangeCipherSpec` record.
    ChangeCipherSpec,
    /// An encrypted record before the handshake is over: its meaning is inferred from length, direction and order.
    Encrypted,
    /// Encrypted application data; records that follow each other are one step.
    ApplicationData,
    /// Readable text where TLS was expected, or before TLS.
    Plaintext,
    /// Bytes that are neither TLS nor readable text.
    Foreign,
    /// A handshake message of which the capture lacks the end.
    Cut,
    /// Bytes the capture lacks.
    Gap,
    /// An ICMP error that quotes the flow.
    Icmp,
}

impl StepKind {
    /// The kind's name in output.
    pub fn name(self) -> &'static str {
        match self {
            StepKind::Segment => "segment",
            StepKind::Message => "message",
            StepKind::Alert => "alert",
            StepKind::ChangeCipherSpec => "change-cipher-spec",
            StepKind::Encrypted => "encrypted",
            StepKind::ApplicationData => "application-data",
            StepKind::Plaintext => "plaintext",
            StepKind::Foreign => "foreign",
            StepKind::Cut => "cut",
            StepKind::Gap => "gap",
            StepKind::Icmp => "icmp",
        }
    }
}

/// One row of a handshake's timeline.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// The packet that shows it; of a message the packet that completes it, of several records the one that completes
    /// the first.
    pub packet: PacketNumber,
    /// The packet in which it begins.
    pub first_packet: PacketNumber,
    /// When that was.
    pub time: Time,
    /// Who sent it.
    pub from: Direction,
    /// What it is.
    pub kind: StepKind,
    /// Its name: `SYN`, `Client Hello`, `Alert (fatal, handshake_failure)`.
    pub name: String,
    /// Payload, message or gap length in bytes.
    pub bytes: u64,
    /// TTL or hop limit of the packet.
    pub ttl: Option<u8>,
    /// Flags of the packet.
    pub flags: TcpFlags,
    /// What TCP made of the packet.
    pub events: Events,
    /// What is worth saying of it in a line.
    pub note: String,
    /// Whether what it says is inferred rather than seen.
    pub inferred: bool,
    /// Whether keys opened it.
    pub decrypted: bool,
    /// Number of the handshake message type, alert description or record content type, where it has one.
    pub id: Option<u8>,
    /// Where its bytes lie in the sender's stream, record headers left out; a message may lie in several pieces. Of
    /// several records one span runs from the first body to the end of the last. A decrypted message's encrypted bytes
    /// lie there, one for one.
    pub spans: Vec<StreamRange>,
    /// The bytes of a message, alert or plaintext, decrypted where keys opened it; empty for others. They are the only
    /// copy of what was decrypted: the streams hold what was sent.
    pub body: Vec<u8>,
}

/// All steps of one flow, in the order of the packets that show them.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Timeline {
    /// The steps.
    pub steps: Vec<Step>,
    /// Segments left out because the flow is too large.
    pub capped: u64,
    /// Where the whole records of each direction lie in its stream, headers included, in order.
    pub records: PerDirection<Vec<StreamRange>>,
}

impl Timeline {
    /// The records that hold a step's bytes.
    pub fn records_of(&self, step: &Step) -> &[StreamRange] {
        let records = &self.records[step.from];
        let (Some(first), Some(last)) = (step.spans.first(), step.spans.last()) else { return &[] };
        let begin = records.partition_point(|record| record.end <= first.start);
        let end = records.partition_point(|record| record.start < last.end);
        records.get(begin..end).unwrap_or_default()
    }

    /// Time of the first step.
    pub fn start(&self) -> Option<Time> {
        self.steps.first().map(|step| step.time)
    }
}
