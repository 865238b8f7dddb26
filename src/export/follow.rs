//! A flow's streams as text, hex dump, raw bytes, records and JSON: part by part, never the whole at once.

use std::cell::RefCell;
use std::io::{self, Write};
use std::ops::ControlFlow;

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Error as _, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::json;
use super::paint::Paint;
use crate::engine::follow::{Part, Piece, Record, Repeat};
use crate::engine::{Error, StreamMap};
use crate::flow::FlowRow;
use crate::present::role::Role;
use crate::vocab::text::counted;
use crate::vocab::{Direction, text};

/// How the bytes are shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Form {
    /// Readable text; what is not becomes a dot.
    Text,
    /// A hex dump.
    Hex,
    /// The bytes themselves.
    Raw,
    /// One line a TLS record.
    Records,
    /// Pieces with their packet, in base64.
    Json,
}

/// Bytes that the capture lacks in what was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Gaps {
    /// How many gaps.
    pub count: u64,
    /// Their bytes in all.
    pub bytes: u64,
}

const RULE: &str = "===================================================================";
/// Bytes in a line of a hex dump.
const LINE: usize = 16;

/// Writes the streams of a flow, of one direction or both, in the order in which they became readable; `row` says whose
/// they are.
pub fn write(
    out: &mut impl Write,
    form: Form,
    paint: Paint,
    (map, row): (&StreamMap, &FlowRow),
    only: Option<Direction>,
) -> Result<Gaps, Error> {
    if form == Form::Json {
        let gaps = RefCell::default();
        json::document(out, &FollowJson { map, only, gaps: &gaps })?;
        return Ok(gaps.into_inner());
    }
    let mut gaps = Gaps::default();
    if form != Form::Raw {
        heading(out, form, map, row)?;
    }
    let mut text = TextWriter { out, paint, turn: None, is_open: false, held: Vec::new() };
    each_part(map, only, &mut |part| {
        gaps.add(part);
        match form {
            Form::Raw => text.out.write_all(&part.bytes)?,
            Form::Hex => part.pieces.iter().try_for_each(|piece| text.hex(piece, part.piece_bytes(piece)))?,
            Form::Records => part.records.iter().try_for_each(|one| record(text.out, paint, one))?,
            Form::Text | Form::Json => part.runs().iter().try_for_each(|run| text.run(run, part.piece_bytes(run)))?,
        }
        Ok(ControlFlow::Continue(()))
    })?;
    text.end_line()?;
    if form != Form::Raw {
        writeln!(out, "{RULE}")?;
    }
    Ok(gaps)
}

/// Walks along the whole flow; tells `each` of what every part has of the wanted direction, until it breaks off.
fn each_part(
    map: &StreamMap,
    only: Option<Direction>,
    each: &mut dyn FnMut(&Part) -> Result<ControlFlow<()>, Error>,
) -> Result<(), Error> {
    map.walk(&|| false, &mut |part| match only {
        None => each(part),
        Some(_) => each(&part.only(only)),
    })
}

impl Gaps {
    fn add(&mut self, part: &Part) {
        for piece in part.pieces.iter().filter(|piece| piece.at.is_none()) {
            self.count += 1;
            self.bytes += piece.range.len();
        }
    }

    /// What standard error is told of them; `None` where there is none.
    pub fn sentence(self) -> Option<String> {
        (self.count > 0).then(|| {
            format!(
                "{} of {} left out: not captured",
                counted(self.count as usize, "gap"),
                counted(self.bytes as usize, "byte")
            )
        })
    }
}

fn heading(out: &mut impl Write, form: Form, map: &StreamMap, row: &FlowRow) -> io::Result<()> {
    let form = match form {
        Form::Hex => "hex",
        Form::Records => "records",
        _ => "text",
    };
    writeln!(out, "{RULE}\nFollow: tcp,{form}\nFilter: tcp.stream eq {}", map.flow.flow)?;
    writeln!(out, "Node 0: {} (client)\nNode 1: {} (server)", row.client, row.server)
}

/// Writes turns as text: line ends and tabs stay, what cannot be shown becomes a dot.
struct TextWriter<'o, W: Write> {
    out: &'o mut W,
    paint: Paint,
    turn: Option<Direction>,
    /// Whether a line was begun.
    is_open: bool,
    /// The beginning of a character that goes on in the next run.
    held: Vec<u8>,
}

impl<W: Write> TextWriter<'_, W> {
    fn run(&mut self, run: &Piece, bytes: &[u8]) -> io::Result<()> {
        let from = run.direction;
        if run.at.is_none() {
            return self.gap(run);
        }
        if self.turn != Some(from) {
            self.end_line()?;
            let arrow = if from == Direction::ToServer { "client -> server" } else { "server -> client" };
            writeln!(self.out, "\n{}", self.paint.role(Role::Heading, format_args!("--- {arrow}")))?;
            self.turn = Some(from);
        }
        let mut shown = String::with_capacity(bytes.len() + 1);
        let mut joined = std::mem::take(&mut self.held);
        let bytes = if joined.is_empty() {
            bytes
        } else {
            joined.extend_from_slice(bytes);
            &joined
        };
        let whole = bytes.len() - unfinished(bytes);
        self.held = bytes[whole..].to_vec();
        plain(&bytes[..whole], &mut shown);
        if !shown.is_empty() {
            self.is_open = !shown.ends_with('\n');
        }
        write!(self.out, "{}", self.paint.role(role(from), shown))
    }

    fn gap(&mut self, gap: &Piece) -> io::Result<()> {
        self.end_line()?;
        let said = format_args!("[{} bytes missing in capture file]", gap.range.len());
        writeln!(self.out, "{}", self.paint.role(Role::Warning, said))
    }

    fn hex(&mut self, piece: &Piece, bytes: &[u8]) -> io::Result<()> {
        match piece.at {
            None => self.gap(piece),
            Some(_) => hex(self.out, self.paint, role(piece.direction), piece.direction, piece.range.start, bytes),
        }
    }

    fn end_line(&mut self) -> io::Result<()> {
        if !self.held.is_empty() {
            self.held.clear();
            self.is_open = true;
            self.out.write_all(b".")?;
        }
        if std::mem::take(&mut self.is_open) { self.out.write_all(b"\n") } else { Ok(()) }
    }
}

fn role(from: Direction) -> Role {
    match from {
        Direction::ToServer => Role::ToServer,
        Direction::ToClient => Role::ToClient,
    }
}

/// How many bytes at the end are the beginning of a character.
fn unfinished(bytes: &[u8]) -> usize {
    let last = bytes.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
    match std::str::from_utf8(last) {
        Err(error) if error.error_len().is_none() => last.len(),
        _ => 0,
    }
}

fn plain(bytes: &[u8], shown: &mut String) {
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        // Most text needs no look at each character.
        if valid.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
            shown.push_str(valid);
            shown.extend(chunk.invalid().iter().map(|_| '.'));
            continue;
        }
        let mut rest = valid.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '\r' if rest.peek() == Some(&'\n') => {}
                '\n' | '\t' => shown.push(c),
                c if text::is_unsafe(c) => shown.push('.'),
                c => shown.push(c),
            }
        }
        shown.extend(chunk.invalid().iter().map(|_| '.'));
    }
}

/// One line: packet, offset, type, version, length, messages.
fn record(out: &mut impl Write, paint: Paint, record: &Record) -> io::Result<()> {
    let Record { direction, outline, packet, .. } = record;
    let arrow = if *direction == Direction::ToServer { "client ->" } else { "<- server" };
    let said = match outline.header {
        None => format!("{:<20} {:<8} {:>6}", "no record", "", outline.range.len()),
        Some(header) => {
            let (kind, version) = (header.content_type.to_string(), header.version.to_string());
            let cut = if outline.is_whole { "" } else { " (not whole)" };
            format!("{kind:<20} {version:<8} {:>6}  {}{cut}", header.length, outline.names.join(", "))
        }
    };
    let line = format!("{packet:>8}  {arrow}  {:>12}  {said}", outline.range.start);
    writeln!(out, "{}", paint.role(role(*direction), line.trim_end()))
}

fn hex(out: &mut impl Write, paint: Paint, role: Role, from: Direction, start: u64, bytes: &[u8]) -> io::Result<()> {
    let indent = if from == Direction::ToServer { "" } else { "    " };
    let mut dump = String::with_capacity(LINE * 4 + 16);
    for (line, chunk) in bytes.chunks(LINE).enumerate() {
        dump.clear();
        dump.push_str(indent);
        let offset = start + (line * LINE) as u64;
        let digits = text::hex(&offset.to_be_bytes());
        // Eight digits, more only where it needs them.
        dump.push_str(digits[..8].trim_start_matches('0'));
        dump.push_str(&digits[8..]);
        dump.push(' ');
        for at in 0..LINE {
            if at == LINE / 2 {
                dump.push(' ');
            }
            dump.push(' ');
            match chunk.get(at) {
                Some(byte) => {
                    for digit in [byte >> 4, byte & 15] {
                        dump.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
                    }
                }
                None => dump.push_str("  "),
            }
        }
        dump.push_str("  ");
        dump.extend(chunk.iter().map(|byte| if matches!(byte, b' '..=b'~') { *byte as char } else { '.' }));
        dump.push('\n');
        match paint {
            Paint::Plain => out.write_all(dump.as_bytes())?,
            Paint::Colours(_) => write!(out, "{}", paint.role(role, &dump))?,
        }
    }
    Ok(())
}

struct FollowJson<'a> {
    map: &'a StreamMap,
    only: Option<Direction>,
    gaps: &'a RefCell<Gaps>,
}

impl Serialize for FollowJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("flow", &self.map.flow.flow.0)?;
        map.serialize_entry("segments", &Segments(self))?;
        let conflicts = self.map.conflicts();
        let conflicts = conflicts.iter().filter(|(from, _)| self.only.is_none_or(|only| only == *from));
        let conflicts: Vec<_> = conflicts.map(|(from, repeat)| ConflictJson { from: *from, repeat }).collect();
        if !conflicts.is_empty() {
            map.serialize_entry("conflicts", &conflicts)?;
        }
        map.end()
    }
}

struct Segments<'a>(&'a FollowJson<'a>);

impl Serialize for Segments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let FollowJson { map, only, gaps } = self.0;
        let mut list = serializer.serialize_seq(None)?;
        let mut failed = None;
        let walked = each_part(map, *only, &mut |part| {
            gaps.borrow_mut().add(part);
            for piece in &part.pieces {
                if let Err(error) = list.serialize_element(&SegmentJson { part, piece }) {
                    failed = Some(error);
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        });
        match (failed, walked) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => Err(S::Error::custom(error)),
            (None, Ok(())) => list.end(),
        }
    }
}

struct SegmentJson<'a> {
    part: &'a Part,
    piece: &'a Piece,
}

impl Serialize for SegmentJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Piece { direction, range, packet, at, .. } = self.piece;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("from", direction.sender())?;
        map.serialize_entry("offset", &range.start)?;
        if at.is_some() {
            map.serialize_entry("packet", &packet.0)?;
            let bytes = self.part.piece_bytes(self.piece);
            map.serialize_entry("data", &json::Shown(Base64Display::new(bytes, &STANDARD)))?;
        } else {
            map.serialize_entry("gap", &range.len())?;
        }
        map.end()
    }
}

/// Bytes that came again with other values: the first copy, which is in the segments, and the later one.
struct ConflictJson<'a> {
    from: Direction,
    repeat: &'a Repeat,
}

impl Serialize for ConflictJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let range = self.repeat.differs.unwrap_or(self.repeat.range);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("from", self.from.sender())?;
        map.serialize_entry("offset", &range.start)?;
        map.serialize_entry("bytes", &range.len())?;
        map.serialize_entry("first_packet", &self.repeat.first.map(|packet| packet.0))?;
        map.serialize_entry("packet", &self.repeat.packet.0)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::{PacketNumber, StreamRange, Time};

    #[test]
    fn a_hex_line_is_as_wireshark_prints_it() {
        let mut out = Vec::new();
        hex(&mut out, Paint::Plain, Role::ToServer, Direction::ToServer, 16, b"GET / HTTP/1.1\r\nX")
            .expect("memory takes bytes");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "00000010  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..\n\
             00000020  58                                                X\n"
        );
    }

    fn text(stretches: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let turn = Some(Direction::ToServer);
        let mut writer = TextWriter { out: &mut out, paint: Paint::Plain, turn, is_open: false, held: Vec::new() };
        for bytes in stretches {
            let run = Piece {
                direction: Direction::ToServer,
                range: StreamRange::new(0, bytes.len() as u64),
                packet: PacketNumber(1),
                time: Time(0),
                at: Some(0),
            };
            writer.run(&run, bytes).expect("memory takes bytes");
        }
        writer.end_line().expect("memory takes bytes");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn text_cannot_reach_the_terminal() {
        assert_eq!(text(&[b"a\x1b[2J\r\n\xff\r\tb"]), "a.[2J\n..\tb\n");
    }

    #[test]
    fn a_character_may_lie_in_two_parts() {
        assert_eq!(text(&["gr\u{fc}n".as_bytes().split_at(3).0, "gr\u{fc}n".as_bytes().split_at(3).1]), "gr\u{fc}n\n");
        assert_eq!(text(&[b"a\xe4\xb8"]), "a.\n");
    }
}
