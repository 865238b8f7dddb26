//! A flow's streams as text, hex dump, raw bytes and JSON: piece by piece, never a second copy of the whole.

use std::io::{self, Write};

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::cells::count;
use super::json;
use super::paint::{Ink, Paint};
use crate::engine::FlowView;
use crate::timeline::Piece;
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

/// Writes the streams of `view`, of one direction or both, in the order in which they became readable.
pub fn write(
    out: &mut impl Write,
    form: Form,
    paint: Paint,
    view: &FlowView,
    only: Option<Direction>,
) -> io::Result<Gaps> {
    let pieces = || pieces(view, only);
    match form {
        Form::Raw => pieces().try_for_each(|(_, piece)| out.write_all(view.streams.bytes(&view.trace, piece)))?,
        Form::Json => json::document(out, &FollowJson { view, only })?,
        Form::Text | Form::Hex => {
            heading(out, form, view)?;
            let mut turn = None;
            for (from, piece) in pieces() {
                let begins = turn != Some(from);
                turn = Some(from);
                let ink = match from {
                    Direction::ToServer => Ink::Client,
                    Direction::ToClient => Ink::Server,
                };
                if piece.source.is_none() {
                    writeln!(
                        out,
                        "{}",
                        paint.ink(Ink::Warning, format_args!("[{} bytes missing in capture file]", piece.range.len()))
                    )?;
                    continue;
                }
                let bytes = view.streams.bytes(&view.trace, piece);
                match form {
                    Form::Hex => hex(out, paint, ink, from, piece.range.start, bytes)?,
                    _ => turn_text(out, paint, ink, from, begins, bytes)?,
                }
            }
            writeln!(out, "{RULE}")?;
        }
    }
    Ok(pieces().filter(|(_, piece)| piece.source.is_none()).fold(Gaps::default(), |gaps, (_, piece)| Gaps {
        count: gaps.count + 1,
        bytes: gaps.bytes + piece.range.len(),
    }))
}

impl Gaps {
    /// What standard error is told of them; `None` where there is none.
    pub fn sentence(self) -> Option<String> {
        (self.count > 0).then(|| {
            format!(
                "{} of {} left out: not captured",
                count(self.count as usize, "gap"),
                count(self.bytes as usize, "byte")
            )
        })
    }
}

fn pieces(view: &FlowView, only: Option<Direction>) -> impl Iterator<Item = (Direction, &Piece)> {
    let streams = &view.streams;
    streams
        .order
        .iter()
        .filter(move |(direction, _)| only.is_none_or(|only| only == *direction))
        .filter_map(|(direction, at)| Some((*direction, streams.pieces[*direction].get(*at)?)))
}

fn heading(out: &mut impl Write, form: Form, view: &FlowView) -> io::Result<()> {
    let row = &view.trace.row;
    let form = if form == Form::Hex { "hex" } else { "text" };
    writeln!(out, "{RULE}\nFollow: tcp,{form}\nFilter: tcp.stream eq {}", view.flow.flow)?;
    writeln!(out, "Node 0: {} (client)\nNode 1: {} (server)", row.client, row.server)
}

/// A stretch of text; line ends and tabs stay, what cannot be shown becomes a dot.
fn turn_text(
    out: &mut impl Write,
    paint: Paint,
    ink: Ink,
    from: Direction,
    begins: bool,
    bytes: &[u8],
) -> io::Result<()> {
    if begins {
        let arrow = if from == Direction::ToServer { "client -> server" } else { "server -> client" };
        writeln!(out, "\n{}", paint.ink(Ink::Heading, format_args!("--- {arrow}")))?;
    }
    let mut shown = String::with_capacity(bytes.len() + 1);
    for chunk in bytes.utf8_chunks() {
        let mut rest = chunk.valid().chars().peekable();
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
    if !shown.ends_with('\n') {
        shown.push('\n');
    }
    write!(out, "{}", paint.ink(ink, shown))
}

fn hex(out: &mut impl Write, paint: Paint, ink: Ink, from: Direction, start: u64, bytes: &[u8]) -> io::Result<()> {
    let indent = if from == Direction::ToServer { "" } else { "    " };
    let mut dump = String::with_capacity(LINE * 4 + 16);
    for (line, chunk) in bytes.chunks(LINE).enumerate() {
        use std::fmt::Write as _;
        dump.clear();
        let _ = write!(dump, "{indent}{:08x} ", start + (line * LINE) as u64);
        for at in 0..LINE {
            let gap = if at == LINE / 2 { " " } else { "" };
            let _ = match chunk.get(at) {
                Some(byte) => write!(dump, "{gap} {byte:02x}"),
                None => write!(dump, "{gap}   "),
            };
        }
        dump.push_str("  ");
        dump.extend(chunk.iter().map(|byte| if matches!(byte, b' '..=b'~') { *byte as char } else { '.' }));
        writeln!(out, "{}", paint.ink(ink, &dump))?;
    }
    Ok(())
}

struct FollowJson<'a> {
    view: &'a FlowView,
    only: Option<Direction>,
}

impl Serialize for FollowJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("flow", &self.view.flow.flow.0)?;
        map.serialize_entry("segments", &Segments(self))?;
        map.end()
    }
}

struct Segments<'a>(&'a FollowJson<'a>);

impl Serialize for Segments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let FollowJson { view, only } = self.0;
        let mut list = serializer.serialize_seq(None)?;
        for (from, piece) in pieces(view, *only) {
            list.serialize_element(&SegmentJson { view, from, piece })?;
        }
        list.end()
    }
}

struct SegmentJson<'a> {
    view: &'a FlowView,
    from: Direction,
    piece: &'a Piece,
}

impl Serialize for SegmentJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("from", self.from.sender())?;
        map.serialize_entry("offset", &self.piece.range.start)?;
        match &self.piece.source {
            Some(source) => {
                map.serialize_entry("packet", &source.packet.0)?;
                let bytes = self.view.streams.bytes(&self.view.trace, self.piece);
                map.serialize_entry("data", &json::Shown(Base64Display::new(bytes, &STANDARD)))?;
            }
            None => map.serialize_entry("gap", &self.piece.range.len())?,
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hex_line_is_as_wireshark_prints_it() {
        let mut out = Vec::new();
        hex(&mut out, Paint::Plain, Ink::Client, Direction::ToServer, 16, b"GET / HTTP/1.1\r\nX")
            .expect("memory takes bytes");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "00000010  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..\n\
             00000020  58                                                X\n"
        );
    }

    #[test]
    fn text_cannot_reach_the_terminal() {
        let mut out = Vec::new();
        turn_text(&mut out, Paint::Plain, Ink::Client, Direction::ToServer, false, b"a\x1b[2J\r\n\xff\r\tb")
            .expect("memory takes bytes");
        assert_eq!(String::from_utf8(out).expect("text"), "a.[2J\n..\tb\n");
    }
}
