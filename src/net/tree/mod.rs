//! The full field tree of a captured frame, for the detail pane: every header's fields with the bytes they are in.
//!
//! Nothing here finds its own way: [`Decoder`] walks the frame and tells `Seen` where each header begins, so the tree
//! and the segment cannot disagree. Start at [`Anatomy::of`]. One file a family of headers. Nothing here fails: what
//! the snap length cut is shown as far as it goes.

mod capwap;
mod cursor;
mod icmp;
mod ip;
mod known;
mod link;
mod names;
mod prefix;
mod switch;
mod tcp;
mod tunnel;
mod wireless;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub use self::known::Known;
pub use self::names::{other, reason};

use self::cursor::{Cursor, short_hex};
use super::layer::Layer;
use super::seen::{Header, Seen};
use super::{Decoded, Decoder, Other};
use crate::vocab::{Field, PacketNumber, Time};

/// A captured frame, as it is in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// Its number.
    pub packet: PacketNumber,
    /// When it was captured.
    pub time: Time,
    /// Link type (LINKTYPE registry).
    pub link: u16,
    /// The interface's number within its section.
    pub interface: u32,
    /// Length on the wire in bytes.
    pub original_len: u32,
    /// The captured bytes.
    pub bytes: Vec<u8>,
}

/// Which bytes a tree points into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bytes {
    /// Those of the frame.
    Frame,
    /// Those of the datagram that the frame completes.
    Datagram,
}

/// Whose header a tree is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protocol {
    /// IP, of either version.
    Ip,
    /// TCP.
    Tcp,
    /// ICMP, of either version.
    Icmp,
    /// Another one, or none: what the capture says of the frame, padding.
    Other,
}

/// The fields of one header.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tree {
    /// Which bytes its ranges point into.
    pub bytes: Bytes,
    /// Whose it is.
    pub of: Protocol,
    /// The fields; the root is the header.
    pub root: Field,
}

/// A frame's headers, field by field.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Anatomy {
    /// A tree for each header, outermost first.
    pub trees: Vec<Tree>,
    /// The payload of the datagram that the frame completes, where it was fragmented.
    pub datagram: Option<Vec<u8>>,
    /// The packets that carried the datagram's fragments.
    pub fragments: Vec<PacketNumber>,
    /// Where the TCP payload lies, as far as it was captured. Of several segments in one frame (IEEE 802.11 A-MSDU) it is
    /// that of the one that has any; of more nobody says whose is meant.
    pub payload: Option<(Bytes, Range<usize>)>,
}

impl Anatomy {
    /// Decodes a frame; `decoder` holds the fragments of the frames before it. `known` is what the flow knows of the
    /// packet, where it is one of a flow.
    pub fn of(decoder: &mut Decoder, frame: &Frame, known: Option<&Known>) -> Self {
        let mut walk = Walk::over(&frame.bytes);
        let decoded = decoder.decode_seen(frame.link, &frame.bytes, frame.packet, frame.time, &mut walk);
        let whole = frame.bytes.len() >= frame.original_len as usize;
        let (which, base, fragments) = match &decoded {
            Decoded::Reassembled(datagram) => {
                (Bytes::Datagram, datagram.bytes().as_ptr().addr(), datagram.packets().to_vec())
            }
            _ => (Bytes::Frame, frame.bytes.as_ptr().addr(), Vec::new()),
        };
        let (mut segments, mut apart) = (Vec::new(), None);
        decoded.each(&mut |part| match part {
            Decoded::Tcp(segment) => {
                let at = segment.payload.as_ptr().addr().wrapping_sub(base);
                segments.push((segment.payload_len as usize, at..at.wrapping_add(segment.payload.len())));
            }
            Decoded::Unread(why) => apart = Some(names::reason(why.in_frame(whole))),
            Decoded::Other(what) => apart = Some(names::other(*what)),
            Decoded::Arp(_) => apart = Some(names::other(Other::ARP)),
            _ => {}
        });
        let Walk { found, datagram, .. } = walk;
        let mut builder =
            Builder { frame: &frame.bytes, datagram: datagram.as_deref(), trees: Vec::new(), sum: None, known };
        builder.push(Bytes::Frame, Protocol::Other, summary(frame));
        builder.headers(&found, apart.as_deref(), &mut segments.iter().map(|(stated, _)| *stated));
        let trees = builder.trees;
        let end = found.last().map_or(0, |last| last.range.end);
        let mut with_payload = segments.iter().filter(|(_, range)| !range.is_empty());
        let payload = match (segments.len(), with_payload.next(), with_payload.next()) {
            (1, None, _) => Some((which, end..end)),
            (_, Some((_, range)), None) => Some((which, range.clone())),
            _ => None,
        };
        Self { trees, datagram, fragments, payload }
    }
}

/// A header's place.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Found {
    header: Header,
    bytes: Bytes,
    /// From the header's first byte to the last byte that it or what it carries can have.
    range: Range<usize>,
}

impl Found {
    /// Whether another frame of an A-MSDU begins.
    fn is_msdu(&self) -> bool {
        self.header == Header::Link(Layer::Msdu)
    }
}

/// Notes where the decoder comes by.
struct Walk<'f> {
    frame: &'f [u8],
    found: Vec<Found>,
    datagram: Option<Vec<u8>>,
    /// Address of the first byte of what is walked; offsets are counted from it.
    base: usize,
}

impl<'f> Walk<'f> {
    fn over(frame: &'f [u8]) -> Self {
        Self { frame, found: Vec::new(), datagram: None, base: frame.as_ptr().addr() }
    }
}

impl Seen for Walk<'_> {
    fn header(&mut self, header: Header, bytes: &[u8]) {
        let (kind, len) = match &self.datagram {
            Some(datagram) => (Bytes::Datagram, datagram.len()),
            None => (Bytes::Frame, self.frame.len()),
        };
        // An empty slice may lie anywhere: it is what comes after the last byte.
        let start = bytes.as_ptr().addr().wrapping_sub(self.base);
        let range = if bytes.is_empty() || start > len { len..len } else { start..(start + bytes.len()).min(len) };
        self.found.push(Found { header, bytes: kind, range });
    }

    fn reassembled(&mut self, bytes: &[u8]) {
        // Of a datagram within a datagram the inner one is shown.
        self.found.retain(|found| found.bytes == Bytes::Frame);
        self.datagram = Some(bytes.to_vec());
        self.base = bytes.as_ptr().addr();
    }
}

struct Builder<'a> {
    frame: &'a [u8],
    datagram: Option<&'a [u8]>,
    trees: Vec<Tree>,
    /// What the packet's flow knows.
    known: Option<&'a Known>,
    /// The sum of the addresses of the last IP header, for the checksum of what it carries.
    sum: Option<u32>,
}

impl Builder<'_> {
    fn push(&mut self, bytes: Bytes, of: Protocol, root: Field) {
        self.trees.push(Tree { bytes, of, root });
    }

    /// The trees of the headers found. `apart` says what is not read, `stated` the lengths of the TCP payloads in turn.
    fn headers(&mut self, found: &[Found], apart: Option<&str>, stated: &mut dyn Iterator<Item = usize>) {
        let mut at = 0;
        while let Some(place) = found.get(at) {
            at += 1;
            let next = found.get(at).filter(|next| next.bytes == place.bytes);
            let end = next.map_or(place.range.end, |next| next.range.start.clamp(place.range.start, place.range.end));
            let header = place.range.start..end;
            if let Header::Payload(protocol @ (1 | 58)) = place.header {
                let quoted = &found[at..];
                let quoted = &quoted[..quoted.iter().position(Found::is_msdu).unwrap_or(quoted.len())];
                let mut tree = self.icmp(protocol == 58, place);
                self.quoted(quoted, &mut tree);
                self.push(place.bytes, Protocol::Icmp, tree);
                at += quoted.len();
                continue;
            }
            if header.is_empty() && place.header != Header::Payload(6) {
                continue;
            }
            if next.is_none_or(Found::is_msdu)
                && let (Header::Link(_) | Header::Ip, Some(reason)) = (place.header, apart)
            {
                let tree = self.tree(place, header.clone(), None);
                let known = tree.children.last().map_or(header.start, |field| field.range.end);
                if !tree.children.is_empty() {
                    self.push(place.bytes, protocol(place.header), tree);
                }
                self.not_decoded(place.bytes, known..header.end, reason);
                continue;
            }
            let stated = if place.header == Header::Payload(6) { stated.next() } else { None };
            let tree = self.tree(place, header, stated);
            self.push(place.bytes, protocol(place.header), tree);
            if place.header == Header::Ip {
                self.trailer(place, next);
            }
        }
    }

    fn bytes(&self, which: Bytes) -> &[u8] {
        match which {
            Bytes::Frame => self.frame,
            Bytes::Datagram => self.datagram.unwrap_or_default(),
        }
    }

    /// The tree of one header, which lies in `header`; what it carries ends with the place's range.
    fn tree(&mut self, place: &Found, header: Range<usize>, stated: Option<usize>) -> Field {
        let bytes = match place.bytes {
            Bytes::Frame => self.frame,
            Bytes::Datagram => self.datagram.unwrap_or_default(),
        };
        let cursor = Cursor::over(bytes, header.clone());
        match place.header {
            Header::Link(layer) => link::header(layer, cursor),
            Header::Ip => {
                let captured = bytes.len();
                let (tree, sum) = ip::header(cursor, captured, self.known);
                self.sum = sum;
                tree
            }
            Header::Payload(6) => {
                let sum = self.sum.filter(|_| stated.is_some());
                tcp::header(Cursor::over(bytes, place.range.clone()), stated, sum, self.known)
            }
            Header::Payload(17) => tunnel::udp(cursor),
            Header::Payload(47) => tunnel::gre(cursor),
            Header::OverUdp(tunnel) => tunnel::over_udp(tunnel, cursor),
            Header::Payload(protocol) => {
                let data = Field::new("Data", short_hex(&bytes[header.clone()]), header);
                data.noted(names::protocol(protocol))
            }
            Header::Fragment => Field::new("Fragment", format!("{} bytes", header.len()), header)
                .noted("Part of a datagram that came in several packets"),
        }
    }

    fn icmp(&self, v6: bool, place: &Found) -> Field {
        icmp::header(v6, Cursor::over(self.bytes(place.bytes), place.range.clone()))
    }

    /// The headers that an ICMP error quotes, below it.
    fn quoted(&self, found: &[Found], error: &mut Field) {
        for (at, place) in found.iter().enumerate() {
            let end = found.get(at + 1).map_or(place.range.end, |next| next.range.start.max(place.range.start));
            let bytes = self.bytes(place.bytes);
            let field = match place.header {
                Header::Ip => ip::header(Cursor::over(bytes, place.range.start..end), usize::MAX, None).0,
                Header::Payload(6) => tcp::quoted(Cursor::over(bytes, place.range.clone())),
                _ => continue,
            };
            error.children.push(field);
        }
    }

    /// Bytes of the frame after the outermost IP packet: padding to the link's shortest frame, a check sequence.
    fn trailer(&mut self, ip: &Found, payload: Option<&Found>) {
        let Some(payload) = payload.filter(|_| ip.bytes == Bytes::Frame) else { return };
        let range = payload.range.end..ip.range.end;
        let outermost = self.trees.iter().filter(|tree| tree.of == Protocol::Ip).count() == 1;
        if outermost && !range.is_empty() {
            let padding = self.frame[range.clone()].iter().all(|byte| *byte == 0);
            let name = if padding { "Padding" } else { "Trailer" };
            let root = Field::new(name, short_hex(&self.frame[range.clone()]), range)
                .noted("After the IP packet: fills the link's shortest frame, or checks it");
            let place = self.trees.len() - 1;
            self.trees.insert(place, Tree { bytes: Bytes::Frame, of: Protocol::Other, root });
        }
    }

    fn not_decoded(&mut self, which: Bytes, range: Range<usize>, reason: &str) {
        let mut field = Field::new("Not decoded", short_hex(&self.bytes(which)[range.clone()]), range);
        field.issue = Some(reason.to_owned());
        self.push(which, Protocol::Other, field);
    }
}

/// Whose header begins at a place.
fn protocol(header: Header) -> Protocol {
    match header {
        Header::Ip => Protocol::Ip,
        Header::Payload(6) => Protocol::Tcp,
        _ => Protocol::Other,
    }
}

/// What the capture says of a frame. Only the root has bytes: the rest is not in the frame.
fn summary(frame: &Frame) -> Field {
    let captured = frame.bytes.len();
    let said = |name: &'static str, value: String| Field::new(name, value, 0..0);
    let time = jiff::Timestamp::from_nanosecond(i128::from(frame.time.0)).map_or_else(
        |_| format!("{} ns", frame.time.0),
        // Nine digits whatever the fraction, so that times line up.
        |time| format!("{time:.9}"),
    );
    let mut length = said("Capture Length", format!("{captured} bytes"));
    let cut = captured < frame.original_len as usize;
    if cut {
        length.issue =
            Some(format!("cut by the snap length: {} bytes are missing", frame.original_len as usize - captured));
    }
    let value = if cut {
        format!("packet {}, {} bytes on the wire, {captured} captured", frame.packet, frame.original_len)
    } else {
        format!("packet {}, {captured} bytes", frame.packet)
    };
    Field::new("Frame", value, 0..captured).with(vec![
        said("Frame Number", frame.packet.to_string()),
        said("Arrival Time", time),
        said("Frame Length", format!("{} bytes", frame.original_len)),
        length,
        said("Interface id", frame.interface.to_string()),
        said("Encapsulation type", names::link_type(frame.link)),
    ])
}
