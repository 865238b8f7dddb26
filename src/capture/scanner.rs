//! One pass over a file: blocks framed in a buffer that somebody else fills, packets handed on, damage passed over.

use std::fmt;

use super::layout::{Format, Layout};
use super::pcap::{self, Record};
use super::pcapng::{self, Block, Told};
use super::{MAX_BLOCK, Packet};

/// Damage kept one by one; more are only counted.
const MAX_TROUBLES: usize = 1000;

/// A place where a file is not what its format says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// The file ends inside a block.
    Truncated {
        /// Where the unfinished block begins, in bytes from the start of the (uncompressed) file.
        offset: u64,
        /// How many of its bytes are missing; `None` where its length is cut too.
        missing: Option<u64>,
    },
    /// Bytes that are no block; reading went on after them.
    Malformed {
        /// Where they begin.
        offset: u64,
        /// How many were passed over.
        skipped: u64,
        /// What was expected.
        what: &'static str,
    },
    /// Decompression failed; everything before it was read.
    Compression {
        /// Where in the uncompressed data it stopped.
        offset: u64,
        /// What the decompressor said.
        what: String,
    },
    /// The file could not be read on.
    Unreadable {
        /// Where reading stopped.
        offset: u64,
        /// What the operating system said.
        what: String,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Truncated { offset, missing: Some(missing) } => {
                write!(f, "truncated: ends inside the packet at offset {offset}, {missing} bytes short")
            }
            Trouble::Truncated { offset, missing: None } => {
                write!(f, "truncated: ends inside the packet header at offset {offset}")
            }
            Trouble::Malformed { offset, skipped, what } => {
                write!(f, "malformed: no valid {what} at offset {offset}; {skipped} bytes passed over")
            }
            Trouble::Compression { offset, what } => {
                write!(f, "truncated or damaged compressed data after {offset} bytes: {what}")
            }
            Trouble::Unreadable { offset, what } => write!(f, "reading stopped at offset {offset}: {what}"),
        }
    }
}

/// The bytes are neither pcap nor pcapng.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotACapture;

/// What a scanner hands on, in file order.
#[derive(Clone, Copy)]
pub enum Found<'a> {
    /// A packet.
    Packet(Packet<'a>),
    /// Lines of a TLS key log, from a block of the file.
    Secrets(&'a [u8]),
}

/// Frames blocks and hands on packets. Owns the file's layout; holds no bytes.
#[derive(Default)]
pub struct Scanner {
    layout: Option<Layout>,
    /// What is wrong with the file, in file order, up to a cap.
    pub troubles: Vec<Trouble>,
    /// Where bytes that are no block began, while the next block is being looked for.
    damaged_since: Option<u64>,
    last_seconds: i64,
}

impl Scanner {
    /// The structure found so far; `None` before the first block.
    pub fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    /// Reads as many whole blocks as `bytes` holds and gives each packet, and each TLS key log, to `sink`. `offset` is where `bytes` begins in
    /// the file; `at_end` says that no more will follow. Returns how many bytes are done with: the caller keeps the
    /// rest in front of what it reads next, and makes room for more where nothing was done with.
    ///
    /// # Errors
    ///
    /// Where the first bytes are those of no pcap or pcapng file.
    pub fn scan<'a>(
        &mut self,
        bytes: &'a [u8],
        offset: u64,
        at_end: bool,
        sink: &mut impl FnMut(Found<'a>),
    ) -> Result<usize, NotACapture> {
        let mut at = 0;
        if self.layout.is_none() {
            match sniff(bytes, at_end)? {
                None => return Ok(0),
                Some((layout, header)) => {
                    self.layout = Some(layout);
                    at = header;
                }
            }
        }
        loop {
            let rest = &bytes[at..];
            if rest.is_empty() {
                return Ok(at);
            }
            let here = offset + at as u64;
            let step = if self.damaged_since.is_some() {
                self.seek(rest, here, at_end)
            } else {
                self.step(rest, here, at_end, sink)
            };
            match step {
                Step::Done(length) => at += length,
                Step::NeedMore => return Ok(at),
                Step::End => return Ok(bytes.len()),
            }
        }
    }

    fn step<'a>(&mut self, rest: &'a [u8], here: u64, at_end: bool, sink: &mut impl FnMut(Found<'a>)) -> Step {
        let Some(layout) = &mut self.layout else { return Step::End };
        let Some(section) = layout.sections.last() else { return Step::End };
        let big_endian = section.big_endian;
        let framed = match layout.format {
            Format::Pcap { record_header } => match pcap::frame(rest, record_header, section) {
                Record::Whole(length) => Block::Whole(u32::MAX, length),
                Record::Cut(length) => Block::Cut(length),
                Record::Damaged => Block::Damaged,
            },
            Format::PcapNg => pcapng::frame(rest, big_endian),
        };
        match framed {
            Block::Whole(kind, length) => {
                let block = &rest[..length];
                if kind == u32::MAX || pcapng::is_packet(kind) {
                    match layout.packet(block, here) {
                        Some(packet) => {
                            self.last_seconds = packet.time.unix_seconds();
                            sink(Found::Packet(packet));
                        }
                        None => self.note(Trouble::Malformed { offset: here, skipped: length as u64, what: "packet" }),
                    }
                } else {
                    match pcapng::read(kind, block, here, big_endian) {
                        Told::Secrets(lines) => sink(Found::Secrets(lines)),
                        told => self.told(told, here, length),
                    }
                }
                Step::Done(length)
            }
            Block::Cut(_) if !at_end => Step::NeedMore,
            // A preallocated or zero-padded tail is the end of the data.
            Block::Cut(_) | Block::Damaged if at_end && rest.iter().all(|byte| *byte == 0) => Step::End,
            Block::Cut(length) => {
                if self.next_block(rest, true).is_some() {
                    self.damaged_since = Some(here);
                    return self.seek(rest, here, at_end);
                }
                let missing = (rest.len() >= 16).then(|| (length - rest.len()) as u64);
                self.note(Trouble::Truncated { offset: here, missing });
                Step::End
            }
            Block::Damaged => {
                self.damaged_since = Some(here);
                self.seek(rest, here, at_end)
            }
        }
    }

    /// Looks for the next block after damage.
    fn seek(&mut self, rest: &[u8], here: u64, at_end: bool) -> Step {
        let since = self.damaged_since.unwrap_or(here);
        let what =
            if matches!(self.layout, Some(Layout { format: Format::Pcap { .. }, .. })) { "packet" } else { "block" };
        if let Some(skip) = self.next_block(rest, at_end) {
            self.damaged_since = None;
            self.note(Trouble::Malformed { offset: since, skipped: here + skip as u64 - since, what });
            return Step::Done(skip);
        }
        if at_end {
            self.damaged_since = None;
            self.note(Trouble::Malformed { offset: since, skipped: here + rest.len() as u64 - since, what });
            return Step::End;
        }
        // A boundary may still show itself once more bytes are there; what lies far behind is given up.
        let keep = MAX_BLOCK as usize / 16;
        if rest.len() > 2 * keep { Step::Done((rest.len() - keep) / 4 * 4) } else { Step::NeedMore }
    }

    fn next_block(&self, rest: &[u8], at_end: bool) -> Option<usize> {
        let layout = self.layout.as_ref()?;
        let section = layout.sections.last()?;
        match layout.format {
            Format::Pcap { record_header } => {
                pcap::resynchronise(rest, record_header, section, self.last_seconds, at_end)
            }
            Format::PcapNg => pcapng::resynchronise(rest, section.big_endian),
        }
    }

    fn told(&mut self, told: Told<'_>, here: u64, length: usize) {
        let Some(layout) = &mut self.layout else { return };
        match told {
            Told::Section(section) => layout.sections.push(section),
            Told::Interface(interface) => {
                if let Some(section) = layout.sections.last_mut() {
                    section.interfaces.push(interface);
                }
            }
            Told::Statistics { interface, received, dropped } => {
                let known =
                    layout.sections.last_mut().and_then(|section| section.interfaces.get_mut(interface as usize));
                if let Some(known) = known {
                    known.received = received.or(known.received);
                    known.dropped = dropped.or(known.dropped);
                }
            }
            Told::Secrets(_) | Told::Nothing => {}
            Told::Malformed(what) => self.note(Trouble::Malformed { offset: here, skipped: length as u64, what }),
        }
    }

    /// Keeps a trouble, up to the cap.
    pub fn note(&mut self, trouble: Trouble) {
        if self.troubles.len() < MAX_TROUBLES {
            self.troubles.push(trouble);
        }
    }
}

enum Step {
    Done(usize),
    NeedMore,
    End,
}

/// Recognises the format. `None` where more bytes are needed; else the layout and the length of the file header.
fn sniff(bytes: &[u8], at_end: bool) -> Result<Option<(Layout, usize)>, NotACapture> {
    if bytes.len() < pcap::FILE_HEADER && !at_end {
        return Ok(None);
    }
    if let Some(layout) = bytes.get(..pcap::FILE_HEADER).and_then(pcap::layout) {
        return Ok(Some((layout, pcap::FILE_HEADER)));
    }
    if pcap::read_u32(bytes, true) != Some(pcapng::SECTION_HEADER) || pcapng::section_byte_order(bytes).is_none() {
        return Err(NotACapture);
    }
    // The section header itself is read as the first block.
    let big_endian = pcapng::section_byte_order(bytes).ok_or(NotACapture)?;
    let section = super::Section { start: 0, big_endian, interfaces: Vec::new() };
    Ok(Some((Layout { format: Format::PcapNg, sections: vec![section] }, 0)))
}
