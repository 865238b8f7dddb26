//! A flow's steps as a ladder: who sent what to whom, with time, size, TTL, flags and what is odd about it.

use super::role::{Line, Role, Span};
use super::values;
use crate::diagnose::{Finding, Role as EvidenceRole};
use crate::flow::Events;
use crate::net::TcpFlags;
use crate::timeline::{Note, Step, Timeline, What, words};
use crate::vocab::iana::HandshakeType;
use crate::vocab::{Direction, PacketNumber, PerDirection, text};

/// What a row of the ladder is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// All steps.
    pub timeline: &'a Timeline,
    /// What was found.
    pub finding: Option<&'a Finding>,
    /// TTL of each end's first packet: another one later deserves a look.
    pub ttl: PerDirection<Option<u8>>,
}

impl<'a> Context<'a> {
    /// The context of a flow's steps.
    pub fn new(timeline: &'a Timeline, finding: Option<&'a Finding>) -> Self {
        let own =
            |way| timeline.steps.iter().filter(move |step| step.from == way && !matches!(step.what, What::Icmp(_)));
        let first = |way| own(way).find_map(|step| step.ttl);
        let ttl = PerDirection { to_server: first(Direction::ToServer), to_client: first(Direction::ToClient) };
        Self { timeline, finding, ttl }
    }

    /// What a packet proves, if it is evidence.
    pub fn evidence(&self, packet: PacketNumber) -> Option<EvidenceRole> {
        let finding = self.finding?;
        let role = finding.evidence.iter().find(|one| one.packet == packet).map(|one| one.role);
        role.or((finding.first_abnormal_packet == Some(packet)).then_some(EvidenceRole::Primary))
    }
}

/// How an arrow's line is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stroke {
    /// Seen in clear.
    Solid,
    /// Encrypted, or inferred.
    Dashed,
    /// Bytes sent before.
    Again,
    /// Bytes that were not captured.
    Missing,
    /// A reset: the line ends in a cross.
    Cut,
}

/// A step's arrow between the two lifelines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrow {
    /// Who sent it.
    pub from: Direction,
    /// How its line is drawn.
    pub stroke: Stroke,
    /// What it means.
    pub role: Role,
    /// What it carries.
    pub label: String,
}

/// One row of the ladder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepRow {
    /// `◆` for the packet that proves the finding, `◇` for further evidence, `○` for what the finding contrasts with.
    pub mark: Span,
    /// The packet's number.
    pub packet: Span,
    /// Seconds since the flow began.
    pub time: Span,
    /// Time since the step before.
    pub delta: Span,
    /// The arrow.
    pub arrow: Arrow,
    /// Bytes.
    pub size: Span,
    /// TTL; where it differs from the sender's first one, that is said.
    pub ttl: Span,
    /// TCP flags.
    pub flags: Span,
    /// Events and note.
    pub note: Line,
}

/// Whether a step is a bare TCP segment: nothing but an acknowledgment or the like.
pub fn is_bare(step: &Step) -> bool {
    let f = step.flags;
    step.what.is_segment() && !(f.syn() || f.fin() || f.rst()) && !is_odd(step.events)
}

/// Whether a step is more than TCP: a message, an alert, readable text and the like.
pub fn is_message(step: &Step) -> bool {
    !matches!(step.what, What::Segment(_) | What::Gap(_) | What::Icmp(_))
}

fn is_odd(events: Events) -> bool {
    events.any(Events::ANY_RETRANSMISSION | Events::LOST_SEGMENT | Events::ACK_UNSEEN | Events::ZERO_WINDOW)
}

/// The row of a step.
pub fn row(context: &Context<'_>, at: usize) -> Option<StepRow> {
    let steps = &context.timeline.steps;
    let step = steps.get(at)?;
    let start = context.timeline.start()?;
    let before = at.checked_sub(1).and_then(|before| steps.get(before));
    let delta = before.map_or(0.0, |before| step.time.since(before.time));
    Some(StepRow {
        mark: mark(context.evidence(step.packet)),
        packet: Span::new(Role::Offset, step.packet.to_string()),
        time: Span::new(Role::Text, format!("{:.6}", step.time.since(start))),
        delta: delta_cell(delta),
        arrow: arrow(step),
        size: Span::new(Role::Text, if step.bytes == 0 { String::new() } else { step.bytes.to_string() }),
        // An ICMP error comes from elsewhere, mostly.
        ttl: ttl_cell(step, context.ttl[step.from].filter(|_| !matches!(step.what, What::Icmp(_)))),
        flags: flags_cell(step),
        note: note(step),
    })
}

/// What a step is called.
pub fn name(step: &Step) -> String {
    words::name(&step.what).into_owned()
}

/// Characters of the longest name of a flow's steps.
pub fn longest_name(timeline: &Timeline) -> usize {
    let length = |step: &Step| words::name(&step.what).chars().count();
    // Most steps are segments, and their names few.
    let mut flags: Vec<TcpFlags> = Vec::new();
    let is_new = |step: &&Step| match step.what {
        What::Segment(of) if flags.contains(&of) => false,
        What::Segment(of) => {
            flags.push(of);
            true
        }
        _ => true,
    };
    timeline.steps.iter().filter(is_new).map(length).max().unwrap_or(0)
}

/// A step as a line of text.
pub fn plain(timeline: &Timeline, step: &Step) -> String {
    let since = timeline.start().map_or(0.0, |start| step.time.since(start));
    let note = text::visible(&words::note(step));
    let note = if note.is_empty() { note } else { format!("  {note}") };
    let (packet, from, name) = (step.packet, step.from.sender(), text::visible(&words::name(&step.what)));
    format!("packet {packet}  {since:.6} s  {from}: {name}{note}\n")
}

/// The sign of a piece of evidence.
pub fn mark(evidence: Option<EvidenceRole>) -> Span {
    match evidence {
        Some(EvidenceRole::Primary) => Span::new(Role::Primary, "◆"),
        Some(EvidenceRole::Supporting) => Span::new(Role::Supporting, "◇"),
        Some(EvidenceRole::Contrast) => Span::new(Role::Supporting, "○"),
        None => Span::default(),
    }
}

/// A pause of a second and more is worth a look.
fn delta_cell(delta: f64) -> Span {
    let role = if delta.abs() >= 1.0 { Role::Warning } else { Role::Dim };
    let sign = if delta < 0.0 { "" } else { "+" };
    Span::new(role, format!("{sign}{}", values::duration(delta)))
}

fn ttl_cell(step: &Step, usual: Option<u8>) -> Span {
    match step.ttl {
        None => Span::default(),
        Some(ttl) if usual.is_some_and(|usual| usual != ttl) => Span::new(Role::Difference, format!("{ttl}!")),
        Some(ttl) => Span::new(Role::Dim, ttl.to_string()),
    }
}

fn flags_cell(step: &Step) -> Span {
    let role = if step.flags.rst() { Role::Failed } else { Role::Dim };
    Span::new(role, step.flags.to_string())
}

/// The arrow of a step.
pub fn arrow(step: &Step) -> Arrow {
    let way = match step.from {
        Direction::ToServer => Role::ToServer,
        Direction::ToClient => Role::ToClient,
    };
    let (stroke, role) = match &step.what {
        What::Gap(_) => (Stroke::Missing, Role::Gap),
        What::Alert(..) => (Stroke::Solid, Role::Alert),
        what if what.spoils() => (Stroke::Solid, Role::Failed),
        What::Icmp(_) => (Stroke::Cut, Role::Failed),
        What::Sealed { .. } | What::ApplicationData { .. } => (Stroke::Dashed, way),
        What::Segment(flags) if flags.rst() => (Stroke::Cut, Role::Failed),
        _ if step.events.any(Events::ANY_RETRANSMISSION) => (Stroke::Again, Role::Event),
        What::Segment(_) if is_bare(step) => (Stroke::Solid, Role::Dim),
        _ => (Stroke::Solid, way),
    };
    Arrow { from: step.from, stroke, role, label: name(step) }
}

fn note(step: &Step) -> Line {
    let mut line = Line::new();
    if step.first_packet != step.packet && step.first_packet.0 != 0 {
        line.push(Role::Dim, format!("from packet {}  ", step.first_packet));
    }
    // A segment's note says more of its events than their names.
    let events = step.notes.iter().any(|note| matches!(note, Note::Event(_) | Note::Copy(..)));
    for event in step.events.names().filter(|_| !step.what.is_segment()) {
        line.push(Role::Event, format!("[{event}] "));
    }
    if step.decrypted {
        line.push(Role::Dim, "decrypted ");
    }
    let role = match () {
        () if step.is_inferred() => Role::Inferred,
        () if events => Role::Event,
        () => Role::Text,
    };
    line.push(role, words::note(step));
    line
}

impl Arrow {
    /// What its left end, its line and its right end are made of.
    fn signs(&self) -> [char; 3] {
        let stroke = match self.stroke {
            Stroke::Solid | Stroke::Cut => '─',
            Stroke::Dashed => '╌',
            Stroke::Again => '═',
            Stroke::Missing => '·',
        };
        match (self.from, self.stroke) {
            (_, Stroke::Missing) => [stroke; 3],
            (Direction::ToServer, Stroke::Cut) => [stroke, stroke, '✕'],
            (Direction::ToClient, Stroke::Cut) => ['✕', stroke, stroke],
            (Direction::ToServer, _) => [stroke, stroke, '▶'],
            (Direction::ToClient, _) => ['◀', stroke, stroke],
        }
    }

    /// The arrow in three columns, without what it carries.
    pub fn short(&self) -> String {
        self.signs().iter().collect()
    }
}

/// Columns that [`draw`] needs besides the label.
pub const AROUND: u16 = 8;

/// Draws an arrow between two lifelines in `width` columns; a label that does not fit ends in `…`.
pub fn draw(arrow: &Arrow, width: usize) -> Line {
    let inner = width.saturating_sub(2);
    let [head_left, stroke, head_right] = arrow.signs();
    let label = text::clipped(&arrow.label, width.saturating_sub(usize::from(AROUND)));
    let rest = inner.saturating_sub(text::width(&label) + 4);
    let left = rest / 2;
    let line = |count: usize| std::iter::repeat_n(stroke, count).collect::<String>();
    if inner < 6 {
        return Line::of(arrow.role, if arrow.from == Direction::ToServer { "▶" } else { "◀" });
    }
    Line::of(Role::Border, "│")
        .with(arrow.role, format!("{head_left}{} ", line(left)))
        .with(if arrow.role == Role::Dim { Role::Dim } else { Role::Strong }, label)
        .with(arrow.role, format!(" {}{head_right}", line(rest - left)))
        .with(Role::Border, "│")
}

/// Whether a step is a Certificate message (RFC 8446 §4.4.2; compressed: RFC 8879).
pub fn carries_certificates(step: &Step) -> bool {
    matches!(step.what.message(), Some(HandshakeType::CERTIFICATE | HandshakeType::COMPRESSED_CERTIFICATE))
}
