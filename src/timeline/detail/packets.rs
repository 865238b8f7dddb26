//! The frames of a step: a pane and the trees of its headers for each, with what the flow knows of them.

use std::ops::Range;

use super::tree::Detail;
use crate::flow::{Events, SideFlags, Trace, TraceSegment};
use crate::net::Decoder;
use crate::net::tree::{Anatomy, Bytes, Frame, Known, Protocol};
use crate::timeline::notes::usual;
use crate::timeline::{Step, What, words};
use crate::vocab::{Direction, Field, PacketNumber};

/// Decoded frames with their panes.
pub(super) struct Packets {
    all: Vec<Packet>,
}

struct Packet {
    number: PacketNumber,
    anatomy: Anatomy,
    /// The pane of the frame's own bytes.
    pane: usize,
    /// The pane of the datagram it completes.
    datagram: Option<usize>,
}

impl Packet {
    fn pane(&self, bytes: Bytes) -> usize {
        match bytes {
            Bytes::Frame => self.pane,
            Bytes::Datagram => self.datagram.unwrap_or(self.pane),
        }
    }
}

impl Packets {
    /// Decodes frames, in capture order, and adds their panes.
    pub fn decode(frames: &[Frame], trace: &Trace, detail: &mut Detail) -> Self {
        let mut decoder = Decoder::default();
        let mut all: Vec<Packet> = frames
            .iter()
            .map(|frame| {
                let known = trace.by_packet(frame.packet).map(|segment| known(trace, segment));
                let anatomy = Anatomy::of(&mut decoder, frame, known.as_ref());
                let pane = detail.pane(format!("Packet {}", frame.packet), frame.bytes.clone());
                Packet { number: frame.packet, anatomy, pane, datagram: None }
            })
            .collect();
        for packet in &mut all {
            let fragments = packet.anatomy.fragments.len();
            if let Some(datagram) = &packet.anatomy.datagram {
                let title = format!("IP datagram of packet {}, reassembled from {fragments} fragments", packet.number);
                packet.datagram = Some(detail.pane(title, datagram.clone()));
            }
        }
        Self { all }
    }

    /// The pane that holds the TCP payload of a packet, and where in it.
    pub fn payload(&self, number: PacketNumber) -> Option<(usize, Range<usize>)> {
        let packet = self.all.iter().find(|packet| packet.number == number)?;
        let (bytes, range) = packet.anatomy.payload.clone()?;
        Some((packet.pane(bytes), range))
    }

    /// A section for each other packet, then those of the packet that shows the step; the header that the step is about
    /// is the subject, else the last section.
    pub fn sections(&self, trace: &Trace, step: &Step, detail: &mut Detail) {
        let (shown, others): (Vec<&Packet>, Vec<&Packet>) =
            self.all.iter().partition(|packet| packet.number == step.packet);
        for packet in others {
            let mut root = Field::new("Other Packet", role(packet, step), 0..detail.panes[packet.pane].bytes.len());
            let own = packet.anatomy.trees.iter().filter(|tree| tree.bytes == Bytes::Frame);
            root.children.extend(own.map(|tree| tree.root.clone()));
            detail.section(packet.pane, root);
        }
        let about = match step.what {
            What::Segment(_) => Some(Protocol::Tcp),
            What::Icmp(_) => Some(Protocol::Icmp),
            _ => None,
        };
        let mut subject = None;
        for (packet, tree) in
            shown.iter().flat_map(|packet| packet.anatomy.trees.iter().map(move |tree| (packet, tree)))
        {
            let mut root = tree.root.clone();
            if step.what.is_segment() && tree.of == Protocol::Tcp {
                analysis(trace, step, &mut root);
            }
            if about == Some(tree.of) {
                subject.get_or_insert(detail.sections.len());
            }
            detail.section(packet.pane(tree.bytes), root);
        }
        detail.subject = subject.unwrap_or(detail.sections.len().saturating_sub(1));
    }
}

/// What another packet has to do with a step.
fn role(packet: &Packet, step: &Step) -> String {
    let part = match (&packet.anatomy.payload, &step.what) {
        (None, _) => "a fragment of it".to_owned(),
        (_, What::Gap(_)) => "shows what is missing".to_owned(),
        (Some((_, range)), _) => format!("{} bytes of payload", range.len()),
    };
    format!("packet {}, {part}", packet.number)
}

/// What a flow knows of one of its segments: relative numbers, the window's scale, whose TTL is out of line.
fn known(trace: &Trace, segment: &TraceSegment) -> Known {
    let from = segment.direction;
    let odd = usual(trace, from).filter(|usual| *usual != segment.ip.ttl);
    Known {
        own_initial: initial(trace, from),
        other_initial: initial(trace, from.reversed()),
        window_shift: window_shift(trace, segment),
        odd_ttl: odd.map(|usual| (segment.ip.ttl, usual, from)),
    }
}

/// The initial sequence number of a direction, where its SYN was captured.
fn initial(trace: &Trace, direction: Direction) -> Option<u32> {
    let side = &trace.row.sides[direction];
    side.flags.any(SideFlags::SYN | SideFlags::SYN_ACK).then_some(side.base_seq)
}

/// By how many bits a segment's window is shifted (RFC 7323 §2.2: that of a SYN never is); none where the capture lacks
/// what was agreed.
fn window_shift(trace: &Trace, segment: &TraceSegment) -> Option<u8> {
    let is_plain = !segment.flags.syn() && !segment.flags.rst();
    trace.row.window_shift(segment.direction).filter(|_| is_plain)
}

/// What TCP made of the segment, below its header.
fn analysis(trace: &Trace, step: &Step, tree: &mut Field) {
    let Some(segment) = trace.by_packet(step.packet) else { return };
    let mut children = Vec::new();
    if let Some(initial) = initial(trace, segment.direction)
        && segment.payload_len > 0
    {
        let start = segment.seq.wrapping_sub(initial).wrapping_sub(u32::from(!segment.flags.syn()));
        let end = u64::from(start) + u64::from(segment.payload_len);
        children.push(Field::new("Stream Bytes", format!("{start} to {}", end - 1), 0..0));
    }
    for event in segment.events.each() {
        children.push(Field::new("Event", event.names().collect::<String>(), 0..0).noted(meaning(event)));
    }
    if !step.notes.is_empty() && !segment.flags.syn() {
        children.push(Field::new("Note", words::notes(&step.notes), 0..0));
    }
    if children.is_empty() {
        return;
    }
    // Nothing of it is in the bytes: it is what the whole header means.
    let range = tree.range.clone();
    for child in &mut children {
        child.range = range.clone();
    }
    let names: Vec<&str> = segment.events.names().collect();
    let analysis = Field::new("TCP Analysis", names.join(", "), range).with(children).telling();
    tree.children.push(analysis.noted("Worked out from the flow"));
}

fn meaning(event: Events) -> &'static str {
    match event {
        Events::RETRANSMISSION => "Carries bytes sent before",
        Events::FAST_RETRANSMISSION => "Sent again after duplicate ACKs",
        Events::SPURIOUS_RETRANSMISSION => "Sent again although it was acknowledged",
        Events::OUT_OF_ORDER => "Captured after a later segment",
        Events::LOST_SEGMENT => "Bytes before it were not captured",
        Events::ACK_UNSEEN => "Acknowledges bytes that were not captured",
        Events::DUPLICATE_ACK => "Acknowledges the same byte again",
        Events::KEEP_ALIVE => "Asks whether the other end is still there",
        Events::KEEP_ALIVE_ACK => "Answers a keep-alive",
        Events::ZERO_WINDOW => "The sender can receive no more",
        Events::ZERO_WINDOW_PROBE => "Asks whether the window is open again",
        Events::ZERO_WINDOW_PROBE_ACK => "Answers a zero window probe",
        Events::WINDOW_FULL => "Fills the receiver's window",
        Events::WINDOW_UPDATE => "Changes nothing but the window",
        Events::REUSED_PORTS => "A new flow between ports that had one",
        Events::DUPLICATE => "The same packet, captured a second time",
        Events::STRAY => "An end answers for a connection that had these ports before (RFC 9293 section 3.5.1)",
        _ => "",
    }
}
