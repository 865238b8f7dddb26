//! Steps from a trace: TCP's segments and what the dialogue tells, in one sequence.

use super::reading::{Streams, read};
use super::{Step, StepKind, Timeline};
use crate::flow::{Trace, TraceSegment};
use crate::net::TcpFlags;
use crate::proto::TlsFacts;
use crate::proto::dialogue::{Event, EventKind, plaintext};
use crate::vocab::iana::{AlertDescription, ContentType, HandshakeType};
use crate::vocab::{Direction, StreamRange};

/// Bytes of a step's body that are kept.
const MAX_BODY: usize = 256 * 1024;

impl Timeline {
    /// Reads a trace and lays out its steps; also returns the streams and the TLS facts found on the way.
    pub fn build(trace: &Trace) -> (Timeline, Streams, TlsFacts) {
        let mut told = Vec::new();
        let (streams, facts) = read(trace, &mut |event: &Event<'_>| {
            if let Some(step) = told_step(event) {
                told.push(step);
            }
        });
        let mut steps = merge_application_data(told);
        for step in &mut steps {
            if let Some(segment) = trace.by_packet(step.packet) {
                step.ttl = Some(segment.ip.ttl);
                step.flags = segment.flags;
                step.events = segment.events;
            }
        }
        steps.extend(trace.segments.iter().filter(|segment| shows(segment)).map(segment_step));
        steps.extend(trace.icmp.iter().map(|note| Step {
            packet: note.packet,
            first_packet: note.packet,
            time: note.time,
            from: trace.row.direction_from(note.error.quoted.dst),
            name: format!("ICMP {}", note.error.name()),
            ttl: Some(note.error.ttl),
            note: format!("from {}, about sequence number {}", note.error.from, note.error.quoted.seq),
            ..blank(StepKind::Icmp)
        }));
        // A segment comes before what is read in it, whatever order they were added in.
        steps.sort_by_key(|step| (step.packet, step.kind != StepKind::Segment, step.kind == StepKind::Gap));
        (Timeline { steps, capped: trace.capped }, streams, facts)
    }
}

fn blank(kind: StepKind) -> Step {
    Step {
        packet: crate::vocab::PacketNumber(0),
        first_packet: crate::vocab::PacketNumber(0),
        time: crate::vocab::Time(0),
        from: Direction::ToServer,
        kind,
        name: String::new(),
        bytes: 0,
        ttl: None,
        flags: TcpFlags::default(),
        events: crate::flow::Events::default(),
        note: String::new(),
        inferred: false,
        decrypted: false,
        id: None,
        spans: Vec::new(),
        body: Vec::new(),
    }
}

/// Every segment is a step.
fn shows(_segment: &TraceSegment) -> bool {
    true
}

fn segment_step(segment: &TraceSegment) -> Step {
    let name = segment.flags.to_string();
    let note = segment.events.names().collect::<Vec<_>>().join(", ");
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

fn told_step(event: &Event<'_>) -> Option<Step> {
    let kind = match event.kind {
        EventKind::Preamble(bytes) | EventKind::Foreign { bytes, .. } if plaintext(bytes).is_some() => {
            StepKind::Plaintext
        }
        EventKind::Preamble(_) | EventKind::Foreign { .. } => StepKind::Foreign,
        EventKind::Message { .. } | EventKind::Ssl2Hello(_) | EventKind::Unfinished { .. } => StepKind::Message,
        EventKind::Malformed { .. } | EventKind::BadTag { .. } => StepKind::Foreign,
        EventKind::Alert { .. } => StepKind::Alert,
        EventKind::ChangeCipherSpec => StepKind::ChangeCipherSpec,
        EventKind::Protected { content: ContentType::APPLICATION_DATA, .. } => StepKind::ApplicationData,
        EventKind::Protected { .. } => StepKind::Encrypted,
        EventKind::Gap => StepKind::Gap,
        EventKind::Start { .. } | EventKind::Record { .. } | EventKind::MessageBegins(_) => return None,
    };
    let mut step = Step {
        packet: event.packet,
        first_packet: event.first_packet,
        time: event.time,
        from: event.from,
        bytes: event.range.len(),
        decrypted: event.decrypted,
        spans: vec![event.range],
        ..blank(kind)
    };
    match event.kind {
        EventKind::Preamble(bytes) | EventKind::Foreign { bytes, .. } => {
            step.body = bytes[..bytes.len().min(MAX_BODY)].to_vec();
            match plaintext(bytes) {
                Some(text) => {
                    step.name = format!("Plain text ({})", text.protocol);
                    step.note = text.first_line;
                }
                None => step.name = "Bytes that are not TLS".into(),
            }
        }
        EventKind::Message { kind, bytes, pieces } => {
            step.name = message_name(kind);
            step.id = Some(kind.0);
            step.bytes = bytes.len() as u64;
            step.spans = pieces.to_vec();
            step.body = bytes[..bytes.len().min(MAX_BODY)].to_vec();
            if event.segments > 1 {
                step.note = format!("in {} segments", event.segments);
            }
        }
        EventKind::Ssl2Hello(bytes) => {
            step.name = "Client Hello (SSL 2.0)".into();
            step.id = Some(HandshakeType::CLIENT_HELLO.0);
            step.body = bytes.to_vec();
        }
        EventKind::Unfinished { content, bytes, announced } => {
            step.name = match (content, bytes.first()) {
                (ContentType::HANDSHAKE, Some(22)) | (ContentType::HANDSHAKE, None) => {
                    "Unfinished handshake record".into()
                }
                (ContentType::HANDSHAKE, Some(kind)) => format!("Unfinished {}", message_name(HandshakeType(*kind))),
                _ => format!("Unfinished record ({content})"),
            };
            step.note = format!("{} of {announced} bytes", bytes.len());
            step.body = bytes.to_vec();
        }
        EventKind::Malformed { reason } => step.name = format!("Malformed handshake: {reason}"),
        EventKind::BadTag { .. } => step.name = "Record does not verify with its keys".into(),
        EventKind::Alert { level, description } => {
            step.name = format!("Alert ({level}, {description})");
            step.id = Some(description.0);
            step.body = vec![level.0, description.0];
            if description == AlertDescription::CLOSE_NOTIFY {
                step.note = "the sender closes its direction".into();
            }
        }
        EventKind::ChangeCipherSpec => {
            step.name = "Change Cipher Spec".into();
            step.id = Some(ContentType::CHANGE_CIPHER_SPEC.0);
        }
        EventKind::Protected { content, length } => {
            step.id = Some(content.0);
            step.bytes = u64::from(length);
            step.name = match content {
                ContentType::APPLICATION_DATA => "Application Data".into(),
                ContentType::HANDSHAKE => "Encrypted Handshake Message".into(),
                ContentType::ALERT => "Encrypted Alert".into(),
                other => format!("Encrypted record ({other})"),
            };
        }
        EventKind::Gap => {
            step.name = format!("{} bytes not captured", event.range.len());
        }
        EventKind::Start { .. } | EventKind::Record { .. } | EventKind::MessageBegins(_) => {}
    }
    Some(step)
}

/// Application data records of one sender that follow each other directly become one step.
fn merge_application_data(told: Vec<Step>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(told.len());
    let mut run = [0_usize; 2];
    for step in told {
        let mergeable = step.kind == StepKind::ApplicationData;
        match steps.last_mut() {
            Some(last)
                if mergeable && last.kind == StepKind::ApplicationData && last.from == step.from && run[0] >= 8 =>
            {
                last.packet = step.packet;
                last.time = step.time;
                last.bytes += step.bytes;
                run[1] += 1;
                last.note = format!("{} records", run[1]);
                if let (Some(span), Some(more)) = (last.spans.last_mut(), step.spans.first()) {
                    *span = StreamRange::new(span.start, more.end.max(span.end));
                }
            }
            _ => {
                run = [if mergeable { run[0] + 1 } else { run[0] }, 1];
                steps.push(step);
            }
        }
    }
    steps
}
