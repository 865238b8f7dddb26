//! Steps from a trace: TCP's segments and what the dialogue tells, in one sequence.
//!
//! Start at [`Timeline::build`]: every segment is a step; everything the dialogue tells is a step; encrypted records
//! get inferred names; records of application data that follow each other are drawn together.

use std::sync::Arc;

use super::detail::Proof;
use super::inferred::{EARLY_DATA, infer};
use super::notes::{self, Chosen, Senders, counted};
use super::reading::{Streams, read};
use super::{Step, StepKind, Timeline};
use crate::flow::{Events, IcmpNote, Trace, TraceSegment};
use crate::net::TcpFlags;
use crate::proto::dialogue::{Event, EventKind, plaintext};
use crate::proto::tls::message::RecordHeader;
use crate::proto::{Secrets, TlsFacts};
use crate::vocab::iana::{ContentType, HandshakeType};
use crate::vocab::{Direction, PacketNumber, PerDirection, StreamRange, Time};

/// Records of one direction whose place is kept; those that come later are decoded without their header.
const MAX_RECORDS: usize = 1 << 20;
/// Bytes of a step's body that are kept.
const MAX_BODY: usize = 256 * 1024;
/// Name of a record whose tag does not fit.
const BAD_TAG: &str = "Record does not verify with its keys";

impl Timeline {
    /// Reads a trace, opening with `secrets` what they open, and lays out its steps; also returns the streams and the
    /// TLS facts found on the way.
    pub fn build(trace: &Trace, secrets: &Arc<Secrets>) -> (Timeline, Streams, TlsFacts) {
        let mut teller = Teller::default();
        let (streams, facts) = read(trace, secrets, &mut |event: &Event<'_>| teller.hear(event));
        let Teller { steps: mut told, records, .. } = teller;
        for step in &mut told {
            place_gap(step, trace, &streams);
            leave_open(step, trace, &streams);
        }
        infer(&mut told, &facts);
        let mut steps = draw_together(told);
        for step in &mut steps {
            if let Some(segment) = trace.by_packet(step.packet) {
                step.ttl = Some(segment.ip.ttl);
                step.flags = segment.flags;
                step.events = segment.events;
            }
        }
        let mut senders = Senders::of(trace);
        steps.extend(trace.segments.iter().map(|segment| segment_step(segment, senders.note(segment))));
        steps.extend(trace.icmp.iter().map(|note| icmp_step(note, trace)));
        // A segment comes before what is read in it, whatever order they were added in.
        steps.sort_by_key(|step| (step.packet, step.kind != StepKind::Segment, step.kind == StepKind::Gap));
        (Timeline { steps, capped: trace.capped, records }, streams, facts)
    }
}

/// A record that was captured twice with different bytes does not verify in one of its copies at least: that says nothing
/// of what its receiver got.
fn leave_open(step: &mut Step, trace: &Trace, streams: &Streams) {
    let contradicted = |span: &StreamRange| streams.is_contradicted(trace, step.from, *span);
    if step.name == BAD_TAG && step.spans.iter().any(contradicted) {
        let sealed = protected(step.clone(), ContentType(step.id.unwrap_or_default()), step.bytes as u16);
        *step = Step { note: "captured again with other bytes".into(), ..sealed };
    }
}

/// A gap that the snap length cut stands at the packet it was cut from; one before any byte of its sender where it
/// shows: at the first packet after it, or the first one that acknowledges it.
fn place_gap(step: &mut Step, trace: &Trace, streams: &Streams) {
    if step.kind != StepKind::Gap {
        return;
    }
    let Some(proof) = Proof::of(trace, streams, step) else { return };
    let shown = match proof.cut {
        Some(cut) => Some(cut.packet),
        None if step.packet == PacketNumber(0) => proof.packets().into_iter().next(),
        None => None,
    };
    if let Some(segment) = shown.and_then(|packet| trace.by_packet(packet)) {
        step.packet = segment.packet;
        step.first_packet = segment.packet;
        step.time = segment.time;
    }
}

pub(super) fn blank(kind: StepKind) -> Step {
    Step {
        packet: PacketNumber(0),
        first_packet: PacketNumber(0),
        time: Time(0),
        from: Direction::ToServer,
        kind,
        name: String::new(),
        bytes: 0,
        ttl: None,
        flags: TcpFlags::default(),
        events: Events::default(),
        note: String::new(),
        inferred: false,
        decrypted: false,
        id: None,
        spans: Vec::new(),
        body: Vec::new(),
    }
}

fn segment_step(segment: &TraceSegment, note: String) -> Step {
    let name = segment.flags.to_string();
    Step {
        packet: segment.packet,
        first_packet: segment.packet,
        time: segment.time,
        from: segment.direction,
        name: if name.is_empty() { "no flags".into() } else { name },
        bytes: u64::from(segment.payload_len),
        ttl: Some(segment.ip.ttl),
        flags: segment.flags,
        events: segment.events,
        note,
        ..blank(StepKind::Segment)
    }
}

/// An ICMP error goes to the sender of what it quotes: the other end's direction.
fn icmp_step(note: &IcmpNote, trace: &Trace) -> Step {
    let error = &note.error;
    let mut text = format!("from {}, about sequence number {}", error.from, error.quoted.seq);
    if let Some(mtu) = error.mtu {
        text = format!("next-hop MTU {mtu}, {text}");
    }
    Step {
        packet: note.packet,
        first_packet: note.packet,
        time: note.time,
        from: trace.row.direction_from(error.quoted.dst),
        name: format!("ICMP {}", error.name()),
        ttl: Some(error.ttl),
        note: text,
        ..blank(StepKind::Icmp)
    }
}

/// The name of a handshake message as readers of Wireshark know it: `Client Hello`.
fn message_name(kind: HandshakeType) -> String {
    let Some(name) = kind.name() else { return format!("Handshake message {kind}") };
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn kept(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len().min(MAX_BODY)].to_vec()
}

/// Turns what a dialogue tells into steps.
#[derive(Default)]
struct Teller {
    steps: Vec<Step>,
    chosen: Chosen,
    records: PerDirection<Vec<StreamRange>>,
}

impl Teller {
    fn hear(&mut self, event: &Event<'_>) {
        let records = &mut self.records[event.from];
        if matches!(event.kind, EventKind::Record { .. }) && records.len() < MAX_RECORDS {
            records.push(event.range);
        }
        let Some(told) = self.step(event) else { return };
        self.chosen.learn(&told);
        self.steps.push(told);
    }

    fn step(&self, event: &Event<'_>) -> Option<Step> {
        let step = Step {
            packet: event.packet,
            first_packet: event.first_packet,
            time: event.time,
            from: event.from,
            bytes: event.range.len(),
            decrypted: event.decrypted,
            spans: vec![event.range],
            ..blank(StepKind::Foreign)
        };
        Some(match event.kind {
            EventKind::Start { .. } | EventKind::Record { .. } | EventKind::MessageBegins(_) => return None,
            EventKind::Preamble(bytes) | EventKind::Foreign { bytes, .. } => clear(step, bytes),
            EventKind::Message { kind, bytes, pieces } => self.message(step, kind, bytes, pieces, event.segments),
            EventKind::Ssl2Hello(bytes) => Step {
                kind: StepKind::Message,
                name: "Client Hello (SSL 2.0)".into(),
                id: Some(HandshakeType::CLIENT_HELLO.0),
                body: kept(bytes),
                ..step
            },
            EventKind::Unfinished { content, bytes, announced } => unfinished(step, content, bytes, announced),
            EventKind::Cut { bytes, announced } => cut(step, bytes, announced),
            EventKind::Malformed { reason } => Step { name: format!("Malformed handshake: {reason}"), ..step },
            EventKind::BadTag { content, length } => {
                Step { name: BAD_TAG.into(), id: Some(content.0), bytes: u64::from(length), ..without_header(step) }
            }
            EventKind::ApplicationData { length, early, .. } => {
                let step = protected(without_header(step), ContentType::APPLICATION_DATA, length);
                if early { Step { name: EARLY_DATA.into(), ..step } } else { step }
            }
            EventKind::Alert { level, description } => Step {
                kind: StepKind::Alert,
                name: format!("Alert ({level}, {description})"),
                id: Some(description.0),
                body: vec![level.0, description.0],
                bytes: 2,
                note: notes::alert(description),
                ..without_header(step)
            },
            EventKind::ChangeCipherSpec => Step {
                kind: StepKind::ChangeCipherSpec,
                name: "Change Cipher Spec".into(),
                id: Some(ContentType::CHANGE_CIPHER_SPEC.0),
                bytes: 1,
                ..without_header(step)
            },
            EventKind::Protected { content, length } => protected(without_header(step), content, length),
            EventKind::Gap => {
                let name = format!("{} bytes not captured", event.range.len());
                Step { kind: StepKind::Gap, name, ..step }
            }
        })
    }

    fn message(&self, step: Step, kind: HandshakeType, bytes: &[u8], pieces: &[StreamRange], segments: u16) -> Step {
        let mut step = Step {
            kind: StepKind::Message,
            name: message_name(kind),
            id: Some(kind.0),
            bytes: bytes.len() as u64,
            spans: pieces.to_vec(),
            body: kept(bytes),
            ..step
        };
        if kind == HandshakeType::SERVER_HELLO && super::inferred::is_retry(&step) {
            step.name = "Hello Retry Request".into();
        }
        let mut chosen = self.chosen;
        chosen.learn(&step);
        step.note = notes::message(&step, chosen, segments);
        let hello = |earlier: &Step| earlier.kind == StepKind::Message && earlier.id == step.id;
        if kind == HandshakeType::CLIENT_HELLO && self.steps.iter().any(hello) {
            step.note = format!("the second, {}", step.note);
        }
        step
    }
}

/// Bytes outside TLS.
fn clear(step: Step, bytes: &[u8]) -> Step {
    let body = kept(bytes);
    match plaintext(bytes) {
        Some(text) => Step {
            kind: StepKind::Plaintext,
            name: format!("Plain text ({})", text.protocol),
            note: notes::text(bytes, text.first_line),
            body,
            ..step
        },
        None => Step { name: "Bytes that are not TLS".into(), body, ..step },
    }
}

fn unfinished(step: Step, content: ContentType, bytes: &[u8], announced: usize) -> Step {
    let name = match (content, bytes.first()) {
        (ContentType::HANDSHAKE, Some(22) | None) => "Unfinished handshake record".into(),
        (ContentType::HANDSHAKE, Some(kind)) => format!("Unfinished {}", message_name(HandshakeType(*kind))),
        _ => format!("Unfinished record ({content})"),
    };
    let note = format!("{} of {announced} bytes", bytes.len());
    Step { kind: StepKind::Message, name, note, body: kept(bytes), ..step }
}

/// What was captured of a message before a gap.
fn cut(step: Step, bytes: &[u8], announced: usize) -> Step {
    let kind = match bytes {
        [22, 3, _, _, _, kind, ..] | [kind, ..] => Some(*kind),
        [] => None,
    };
    let name = kind.map_or_else(String::new, |kind| message_name(HandshakeType(kind)));
    let note = format!("{} of {announced} bytes captured", bytes.len());
    Step { kind: StepKind::Cut, name: format!("Part of {name}"), note, body: kept(bytes), ..step }
}

fn protected(step: Step, content: ContentType, length: u16) -> Step {
    let (kind, name) = match content {
        ContentType::APPLICATION_DATA => (StepKind::ApplicationData, "Application Data".into()),
        ContentType::HANDSHAKE => (StepKind::Encrypted, "Encrypted Handshake Message".into()),
        ContentType::ALERT => (StepKind::Encrypted, "Encrypted Alert".into()),
        other => (StepKind::Encrypted, format!("Encrypted record ({other})")),
    };
    Step { kind, name, id: Some(content.0), bytes: u64::from(length), ..step }
}

/// A step of a whole record, its span without the record's header.
fn without_header(mut step: Step) -> Step {
    for span in &mut step.spans {
        span.start = (span.start + RecordHeader::LENGTH as u64).min(span.end);
    }
    step
}

/// Application data records of one sender, with nothing told of the other in between, become one step: a turn of the
/// conversation. It stands where its first record is complete.
fn draw_together(told: Vec<Step>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(told.len());
    let mut records = 0;
    for step in told {
        let run = steps.last_mut().filter(|last| {
            let same = last.from == step.from && last.name == step.name && last.decrypted == step.decrypted;
            same && last.kind == StepKind::ApplicationData && step.kind == StepKind::ApplicationData
        });
        let Some(run) = run else {
            records = 1;
            steps.push(step);
            continue;
        };
        records += 1;
        run.bytes += step.bytes;
        if let (Some(span), Some(more)) = (run.spans.last_mut(), step.spans.last()) {
            *span = StreamRange::new(span.start, more.end.max(span.end));
        }
        run.note = format!("{}, the last in packet {}", counted(records, "record", "records"), step.packet);
    }
    steps
}
