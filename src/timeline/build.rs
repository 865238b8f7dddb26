//! Steps from a trace: TCP's segments and what the dialogue tells, in one sequence.
//!
//! Start at [`Timeline::build`]: every segment is a step; everything the dialogue tells is a step; encrypted records
//! get inferred names; records of application data that follow each other are drawn together.

use std::sync::Arc;

use super::Timeline;
use super::detail::Proof;
use super::inferred::infer;
use super::note::Note;
use super::notes::{self, Chosen, Senders};
use super::reading::{Streams, read};
use super::step::{Begun, Early, Heartbeat, Step, What};
use crate::flow::{Events, IcmpNote, Trace, TraceSegment};
use crate::net::TcpFlags;
use crate::proto::dialogue::{Event, EventKind, plaintext};
use crate::proto::tls::message::{HELLO_RETRY_RANDOM, RecordHeader};
use crate::proto::{Secrets, TlsFacts};
use crate::vocab::iana::{ContentType, HandshakeType};
use crate::vocab::{Direction, PacketNumber, PerDirection, StreamRange, Time};

/// Records of one direction whose place is kept; those that come later are decoded without their header.
const MAX_RECORDS: usize = 1 << 20;
/// Bytes of a step's body that are kept.
const MAX_BODY: usize = 256 * 1024;

impl Timeline {
    /// Reads a trace, opening with `secrets` what they open, and lays out its steps; also returns the streams and the
    /// TLS facts found on the way.
    ///
    /// Steps and streams name the ends by their part in TCP. Where the end that received the SYN is the client of TLS, they
    /// are laid out by the parts in TLS and named afterwards.
    pub fn build(trace: &Trace, secrets: &Arc<Secrets>) -> (Timeline, Streams, TlsFacts) {
        let built = Self::lay_out(trace, secrets);
        if !built.2.turned {
            return built;
        }
        let (mut timeline, mut streams, _) = Self::lay_out(&trace.turned(), secrets);
        timeline.turn();
        streams.turn();
        (timeline, streams, built.2)
    }

    fn lay_out(trace: &Trace, secrets: &Arc<Secrets>) -> (Timeline, Streams, TlsFacts) {
        let mut teller = Teller::default();
        let (streams, facts) = read(trace, secrets, &mut |event: &Event<'_>| teller.hear(event));
        let Teller { steps: mut told, records, .. } = teller;
        for step in &mut told {
            place_gap(step, trace, &streams);
            leave_open(step, trace, &streams);
        }
        infer(&mut told, &facts);
        let mut steps: Vec<(PacketNumber, Step)> = readable(draw_together(told)).collect();
        let mut senders = Senders::of(trace);
        for (_, step) in &mut steps {
            // What is read in a packet that its receiver drops is no better; a gap is not in it.
            step.notes.extend(senders.unusable(step.packet).filter(|_| !matches!(step.what, What::Gap(_))));
            if let Some(segment) = trace.by_packet(step.packet) {
                step.ttl = Some(segment.ip.ttl);
                step.flags = segment.flags;
                step.events = segment.events;
            }
        }
        steps.extend(trace.segments.iter().map(|s| (s.packet, segment_step(s, senders.notes(s)))));
        steps.extend(trace.icmp.iter().map(|note| (note.packet, icmp_step(note, trace))));
        // A segment comes before what is read in it, whatever order they were added in.
        steps.sort_by_key(|(at, step)| (*at, !step.what.is_segment(), matches!(step.what, What::Gap(_))));
        let steps = steps.into_iter().map(|(_, step)| step).collect();
        (Timeline { steps, capped: trace.capped, records }, streams, facts)
    }
}

/// With each step that a dialogue tells the packet with which it can be read: what came before the bytes in front of it waits
/// for them, so that a Certificate captured ahead of its ServerHello stands behind it.
fn readable(told: Vec<Step>) -> impl Iterator<Item = (PacketNumber, Step)> {
    let mut reached = PerDirection::<PacketNumber>::default();
    told.into_iter().map(move |step| {
        if matches!(step.what, What::Gap(_)) {
            return (step.packet, step);
        }
        let reached = &mut reached[step.from];
        *reached = step.packet.max(*reached);
        (*reached, step)
    })
}

/// A record that was captured twice with different bytes does not verify in one of its copies at least: that says nothing
/// of what its receiver got.
fn leave_open(step: &mut Step, trace: &Trace, streams: &Streams) {
    let What::BadTag(content) = step.what else { return };
    if step.spans.iter().any(|span| streams.is_contradicted(trace, step.from, *span)) {
        step.what = protected(content, step.packet);
        step.notes.push(Note::CapturedAgain);
    }
}

/// A gap that the snap length cut stands at the packet it was cut from; one before any byte of its sender where it
/// shows: at the first packet after it, or the first one that acknowledges it.
fn place_gap(step: &mut Step, trace: &Trace, streams: &Streams) {
    if !matches!(step.what, What::Gap(_)) {
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

/// A step of which nothing is known but what it is.
fn blank(what: What) -> Step {
    Step {
        packet: PacketNumber(0),
        first_packet: PacketNumber(0),
        time: Time(0),
        from: Direction::ToServer,
        what,
        notes: Vec::new(),
        bytes: 0,
        ttl: None,
        flags: TcpFlags::default(),
        events: Events::default(),
        decrypted: false,
        spans: Vec::new(),
        body: Vec::new(),
    }
}

fn segment_step(segment: &TraceSegment, notes: Vec<Note>) -> Step {
    Step {
        packet: segment.packet,
        first_packet: segment.packet,
        time: segment.time,
        from: segment.direction,
        notes,
        bytes: u64::from(segment.payload_len),
        ttl: Some(segment.ip.ttl),
        flags: segment.flags,
        events: segment.events,
        ..blank(What::Segment(segment.flags))
    }
}

/// An ICMP error goes to the sender of what it quotes: the other end's direction.
fn icmp_step(note: &IcmpNote, trace: &Trace) -> Step {
    let error = &note.error;
    Step {
        packet: note.packet,
        first_packet: note.packet,
        time: note.time,
        from: trace.row.direction_from(error.quoted.dst),
        ttl: Some(error.ttl),
        ..blank(What::Icmp(Box::new(*error)))
    }
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
            ..blank(What::Foreign)
        };
        Some(match event.kind {
            EventKind::Turned | EventKind::Start { .. } | EventKind::Record { .. } | EventKind::MessageBegins(_) => {
                return None;
            }
            EventKind::Preamble(bytes) | EventKind::Foreign(bytes) => clear(step, bytes),
            EventKind::Message { kind, bytes, pieces } => self.message(step, kind, bytes, pieces, event.segments),
            EventKind::Ssl2Hello(bytes) => Step { what: What::Ssl2Hello, body: kept(bytes), ..step },
            EventKind::Unfinished { content, bytes, announced } => {
                let what = What::Unfinished { begun: begun(content, bytes), came: bytes.len(), announced };
                Step { what, body: kept(bytes), ..step }
            }
            EventKind::Cut { bytes, announced } => {
                let what = What::Cut { message: cut_message(bytes), came: bytes.len(), announced };
                Step { what, body: kept(bytes), ..step }
            }
            EventKind::TooLong { kind, announced } => Step { what: What::TooLong { message: kind, announced }, ..step },
            EventKind::Heartbeat(bytes) => {
                let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
                Step { body: kept(bytes), ..record(What::Heartbeat(Heartbeat::decode(bytes)), length, step) }
            }
            EventKind::Malformed(defect) => Step { what: What::Malformed(defect), ..step },
            EventKind::BadTag { content, length } => record(What::BadTag(content), length, step),
            EventKind::ApplicationData { length, early, .. } => {
                let early = early.then_some(Early::Opened);
                record(What::ApplicationData { early, records: 1, last: step.packet }, length, step)
            }
            EventKind::Alert { level, description } => {
                let body = vec![level.0, description.0];
                Step { body, ..record(What::Alert(level, description), 2, step) }
            }
            EventKind::ChangeCipherSpec => record(What::ChangeCipherSpec, 1, step),
            EventKind::Protected { content, length } => record(protected(content, step.packet), length, step),
            EventKind::Gap => Step { what: What::Gap(event.range.len()), ..step },
        })
    }

    fn message(&self, step: Step, kind: HandshakeType, bytes: &[u8], pieces: &[StreamRange], segments: u16) -> Step {
        let is_retry = kind == HandshakeType::SERVER_HELLO && bytes.get(6..38) == Some(&HELLO_RETRY_RANDOM[..]);
        let mut step = Step {
            what: if is_retry { What::HelloRetryRequest } else { What::Message(kind) },
            bytes: bytes.len() as u64,
            spans: pieces.to_vec(),
            body: kept(bytes),
            ..step
        };
        let mut chosen = self.chosen;
        chosen.learn(&step);
        step.notes = notes::message(&step, chosen, segments);
        let is_hello = |earlier: &Step| earlier.what.message() == Some(HandshakeType::CLIENT_HELLO);
        if kind == HandshakeType::CLIENT_HELLO && self.steps.iter().any(is_hello) {
            step.notes.insert(0, Note::Second);
        }
        step
    }
}

/// Bytes outside TLS.
fn clear(step: Step, bytes: &[u8]) -> Step {
    let what = match plaintext(bytes) {
        Some(text) => What::Plaintext(Box::new(notes::page(bytes, text))),
        None => What::Foreign,
    };
    Step { what, body: kept(bytes), ..step }
}

/// What bytes of a message or record begin.
fn begun(content: ContentType, bytes: &[u8]) -> Begun {
    match (content, bytes.first()) {
        (ContentType::HANDSHAKE, Some(22) | None) => Begun::HandshakeRecord,
        (ContentType::HANDSHAKE, Some(kind)) => Begun::Message(HandshakeType(*kind)),
        _ => Begun::Record(content),
    }
}

/// The type of a message that a gap cuts, of which the record's header may be there.
fn cut_message(bytes: &[u8]) -> Option<HandshakeType> {
    match bytes {
        [22, 3, _, _, _, kind, ..] | [kind, ..] => Some(HandshakeType(*kind)),
        [] => None,
    }
}

/// A sealed record, by what its header says it holds.
fn protected(content: ContentType, packet: PacketNumber) -> What {
    match content {
        ContentType::APPLICATION_DATA => What::ApplicationData { early: None, records: 1, last: packet },
        content => What::Sealed { content, inferred: None },
    }
}

/// A step of a whole record with `length` bytes of content; its span is without the record's header.
fn record(what: What, length: u16, mut step: Step) -> Step {
    for span in &mut step.spans {
        span.start = (span.start + RecordHeader::LENGTH as u64).min(span.end);
    }
    Step { what, bytes: u64::from(length), ..step }
}

/// Application data records of one sender, with nothing told of the other in between, become one step: a turn of the
/// conversation. It stands where its first record is complete.
fn draw_together(told: Vec<Step>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(told.len());
    for step in told {
        let goes_on = steps.last_mut().is_some_and(|run| go_on(run, &step));
        if !goes_on {
            steps.push(step);
        }
    }
    steps
}

/// Adds a step to a run of application data that it goes on with; whether it does.
fn go_on(run: &mut Step, step: &Step) -> bool {
    let same = run.from == step.from && run.decrypted == step.decrypted;
    let What::ApplicationData { early, records, last } = &mut run.what else { return false };
    match step.what {
        What::ApplicationData { early: next, .. } if same && early.is_some() == next.is_some() => {
            *records += 1;
            *last = step.packet;
        }
        _ => return false,
    }
    run.bytes += step.bytes;
    if let (Some(span), Some(more)) = (run.spans.last_mut(), step.spans.last()) {
        *span = StreamRange::new(span.start, more.end.max(span.end));
    }
    true
}

#[cfg(test)]
mod tests {
    use crate::timeline::samples::Sample;
    use crate::timeline::words;

    /// What is told behind TCP's handshake, segments left out: packet, name, bytes, note.
    fn told(lines: &str) -> String {
        let steps = Sample::of(lines).timeline.steps;
        let told = steps.iter().filter(|step| !step.what.is_segment()).map(|step| {
            let (name, note) = (words::name(&step.what), words::note(step));
            let note = if note.is_empty() { note } else { format!(": {note}") };
            format!("{} {name} {}{note}", step.packet, step.bytes)
        });
        told.collect::<Vec<_>>().join("\n")
    }

    fn check(lines: &str, expected: &str) {
        let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(told(lines), expected.join("\n"), "{lines}");
    }

    #[test]
    fn records_of_data_that_follow_each_other_are_one_step() {
        let handshake = "> hello\n< server 23/32 23/53\n> 23/53\n";
        let check = |lines: &str, expected: &str| {
            let told = told(&format!("{handshake}{lines}"));
            let rest: Vec<&str> = told.lines().skip(5).collect();
            let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            assert_eq!(rest, expected, "{lines}");
        };
        check("> 23/100", "7 Application Data 100");
        check("> 23/100 23/200", "7 Application Data 300: 2 records, the last in packet 7");
        check("> 23/100\n<\n> 23/200", "7 Application Data 300: 2 records, the last in packet 9");
        check(
            "> 23/100\n< 23/900\n> 23/200",
            "7 Application Data 100
             8 Application Data 900
             9 Application Data 200",
        );
        // What is inferred to be something else ends a run.
        check(
            "> 23/100 23/19",
            "7 Application Data 100
             7 Alert 19: inferred: 19 bytes, the length of an alert, and the sender's last record",
        );
        check(
            "> 23/100\n> skip=9 23/50\n< 23/900",
            "7 Application Data 100
             7 9 bytes not captured 9
             8 Application Data 50
             9 Application Data 900",
        );
    }

    #[test]
    fn what_comes_ahead_of_its_place_stands_where_it_can_be_read() {
        check(
            "> hello\n< early=70 certificate\n< server12",
            "4 Client Hello 73: a.test, up to TLS 1.3
             6 Server Hello 65: TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
             5 Certificate 424: a.test, 1 certificate, not valid before 2026-11-24",
        );
    }

    #[test]
    fn a_heartbeat_in_clear_is_a_step() {
        let heartbeat = |content: &str, expected: &str| {
            let told = told(&format!("> hello\n< server12\n> bytes:180303{content}"));
            assert_eq!(told.lines().last(), Some(expected));
        };
        let padding = "00".repeat(16);
        heartbeat(&format!("0015010002aabb{padding}"), "6 Heartbeat (heartbeat_request) 21: 2 bytes of payload");
        heartbeat(
            "0003014000",
            "6 Heartbeat (heartbeat_request) 3: announces 16384 bytes of payload and has room for 0: the shape of Heartbleed",
        );
        heartbeat("000102", "6 Heartbeat (heartbeat_response) 1: 0 bytes of payload");
    }

    #[test]
    fn a_message_has_its_notes() {
        check(
            "> hello\n< retry\n> hello\n< server",
            "4 Client Hello 73: a.test, up to TLS 1.3
             5 Hello Retry Request 50: TLS 1.3, TLS_AES_128_GCM_SHA256
             6 Client Hello 73: the second, a.test, up to TLS 1.3
             7 Server Hello 50: TLS 1.3, TLS_AES_128_GCM_SHA256",
        );
        check(
            "> hello\n< http",
            "4 Client Hello 73: a.test, up to TLS 1.3
             5 Plain text (HTTP) 42: HTTP/1.1 403 Forbidden; server: filter",
        );
    }

    #[test]
    fn what_does_not_come_whole_is_told_as_such() {
        check(
            "> hello\n< server\n< 22/40 RST",
            "4 Client Hello 73: a.test, up to TLS 1.3
             5 Server Hello 50: TLS 1.3, TLS_AES_128_GCM_SHA256",
        );
        check(
            "> hello\n< server\n< skip=100 23/53",
            "4 Client Hello 73: a.test, up to TLS 1.3
             5 Server Hello 50: TLS 1.3, TLS_AES_128_GCM_SHA256
             5 100 bytes not captured 100
             6 Encrypted Extensions 53: inferred: always the first record after the Server Hello",
        );
    }

    #[test]
    fn a_segment_comes_before_what_is_read_in_it() {
        let steps = Sample::of("> hello\n< server 23/900\n> FIN").timeline.steps;
        let order: Vec<_> = steps.iter().map(|step| (step.packet.0, step.what.is_segment())).collect();
        let expected =
            [(1, true), (2, true), (3, true), (4, true), (4, false), (5, true), (5, false), (5, false), (6, true)];
        assert_eq!(order, expected);
    }
}
