//! The frames of a step: a pane and the trees of its headers for each, with what the flow knows of them.

use std::ops::Range;

use super::tree::Detail;
use crate::flow::{Events, SideFlags, Trace, TraceSegment};
use crate::net::Decoder;
use crate::net::tree::{Anatomy, Bytes, Frame, TCP};
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
    pub fn decode(frames: &[Frame], detail: &mut Detail) -> Self {
        let mut decoder = Decoder::default();
        let mut all: Vec<Packet> = frames
            .iter()
            .map(|frame| {
                let anatomy = Anatomy::of(&mut decoder, frame);
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

    /// The sections of the packet that shows the step, then one for each other packet.
    pub fn sections(&self, trace: &Trace, step: &Step, detail: &mut Detail) {
        let (shown, others): (Vec<&Packet>, Vec<&Packet>) =
            self.all.iter().partition(|packet| packet.number == step.packet);
        for packet in others {
            let mut root = Field::new("Other Packet", role(packet, step), 0..detail.panes[packet.pane].bytes.len());
            for (bytes, tree) in &packet.anatomy.trees {
                if *bytes == Bytes::Frame {
                    root.children.push(annotated(trace, packet.number, tree.clone()));
                }
            }
            detail.section(packet.pane, root);
        }
        for packet in shown {
            for (bytes, tree) in &packet.anatomy.trees {
                let mut tree = annotated(trace, packet.number, tree.clone());
                if step.what.is_segment() && tree.name == TCP {
                    analysis(trace, step, &mut tree);
                }
                detail.section(packet.pane(*bytes), tree);
            }
        }
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

/// A header's tree with what the flow knows: relative numbers, the window's scale, whose TTL is out of line.
fn annotated(trace: &Trace, packet: PacketNumber, mut tree: Field) -> Field {
    let Some(segment) = trace.by_packet(packet) else { return tree };
    if tree.name == TCP {
        tcp(trace, segment, &mut tree);
    }
    for child in &mut tree.children {
        if matches!(child.name.as_ref(), "Time to Live" | "Hop Limit")
            && let Some(usual) = usual(trace, segment.direction)
            && usual != segment.ip.ttl
            && child.value == segment.ip.ttl.to_string()
        {
            child.note = Some(format!("The {}'s other packets have {usual}", segment.direction.sender()).into());
        }
    }
    tree
}

/// The initial sequence number of a direction, where its SYN was captured.
fn initial(trace: &Trace, direction: Direction) -> Option<u32> {
    let side = &trace.row.sides[direction];
    side.flags.any(SideFlags::SYN | SideFlags::SYN_ACK).then_some(side.base_seq)
}

fn tcp(trace: &Trace, segment: &TraceSegment, tree: &mut Field) {
    let (own, other) = (initial(trace, segment.direction), initial(trace, segment.direction.reversed()));
    let relative = |number: u32, initial: Option<u32>| {
        initial.map(|initial| format!("{} relative to the initial sequence number", number.wrapping_sub(initial)))
    };
    for field in &mut tree.children {
        match field.name.as_ref() {
            "Sequence Number" => field.note = relative(segment.seq, own).map(Into::into),
            "Acknowledgment Number" if segment.flags.ack() => {
                field.note = relative(segment.ack, other).map(Into::into);
            }
            "Acknowledgment Number" => field.note = Some("Means nothing: the ACK flag is not set".into()),
            "Window Size Value" => field.note = window(trace, segment).map(Into::into),
            "Options" => edges(&mut field.children, other),
            _ => {}
        }
    }
}

/// SACK edges count in the other end's numbers.
fn edges(options: &mut [Field], initial: Option<u32>) {
    let edges = options.iter_mut().filter(|option| option.name == "SACK").flat_map(|option| &mut option.children);
    for edge in edges.filter(|edge| edge.name.ends_with("Edge")) {
        if let (Some(initial), Ok(number)) = (initial, edge.value.parse::<u32>()) {
            edge.note = Some(format!("{} relative", number.wrapping_sub(initial)).into());
        }
    }
}

/// What the window means (RFC 7323 §2.2: the window of a SYN is never scaled).
fn window(trace: &Trace, segment: &TraceSegment) -> Option<String> {
    let sides = &trace.row.sides;
    if segment.flags.syn() || segment.flags.rst() || !Direction::BOTH.iter().all(|way| initial(trace, *way).is_some()) {
        return None;
    }
    let scaled = Direction::BOTH.iter().all(|way| sides[*way].flags.has(SideFlags::SCALED));
    let shift = if scaled { sides[segment.direction].window_scale } else { 0 };
    let bytes = u64::from(segment.window) << shift;
    Some(if shift > 0 { format!("{bytes} bytes: scaled by {}", 1_u32 << shift) } else { format!("{bytes} bytes") })
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
    tree.children
        .push(Field::new("TCP Analysis", names.join(", "), range).with(children).noted("Worked out from the flow"));
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
