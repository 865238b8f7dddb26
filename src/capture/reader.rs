//! Going back to packets of a file that has been scanned.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::{Layout, MAX_BLOCK, Packet};

/// Why a packet cannot be read again.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file no longer holds what was indexed.
    #[error("the file has changed since it was indexed")]
    Changed,
    /// The operating system refused.
    #[error("{0}")]
    Refused(#[from] io::Error),
}

/// A file that packets can be gone back to.
#[derive(Clone)]
pub struct OpenFile {
    /// The file, or what was made of it: uncompressed.
    pub store: Arc<File>,
    /// Its structure, as far as it has been read.
    pub layout: Arc<Layout>,
}

impl OpenFile {
    /// Goes back to single packets.
    pub fn reader(&self) -> PacketReader<'_> {
        PacketReader::new(&self.store, &self.layout)
    }
}

/// Packets that the capturing system says it dropped, of all files.
pub fn dropped(files: &[Option<OpenFile>]) -> Option<u64> {
    let sections = files.iter().flatten().flat_map(|file| &file.layout.sections);
    let stated = sections.flat_map(|section| &section.interfaces).filter_map(|interface| interface.dropped);
    stated.fold(None, |sum, dropped| Some(sum.unwrap_or(0) + dropped))
}

/// Bytes read at a time: neighbours of a packet are often wanted next.
const WINDOW: usize = 32 * 1024;

/// Reads single packets by the offset of their block. Keeps the last bytes read.
pub struct PacketReader<'f> {
    file: &'f File,
    layout: &'f Layout,
    window: Vec<u8>,
    start: u64,
}

impl<'f> PacketReader<'f> {
    /// A reader over `file`, whose structure is `layout`.
    pub fn new(file: &'f File, layout: &'f Layout) -> Self {
        Self { file, layout, window: Vec::new(), start: 0 }
    }

    /// The packet whose block begins at `offset`; an error where the file no longer holds it.
    pub fn packet(&mut self, offset: u64) -> Result<Packet<'_>, ReadError> {
        let mut header = [0; 16];
        header.copy_from_slice(self.bytes(offset, 16)?);
        let length = self.layout.block_len(&header, offset).filter(|length| *length <= MAX_BLOCK as usize);
        let length = length.ok_or(ReadError::Changed)?;
        self.bytes(offset, length)?;
        let at = (offset - self.start) as usize;
        self.layout.packet(&self.window[at..at + length], offset).ok_or(ReadError::Changed)
    }

    fn bytes(&mut self, offset: u64, length: usize) -> Result<&[u8], ReadError> {
        let held = self.start..self.start + self.window.len() as u64;
        if !(held.contains(&offset) && offset + length as u64 <= held.end) {
            self.window.resize(length.max(WINDOW), 0);
            let mut filled = 0;
            while filled < self.window.len() {
                match self.file.read_at(&mut self.window[filled..], offset + filled as u64) {
                    Ok(0) => break,
                    Ok(count) => filled += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error.into()),
                }
            }
            self.window.truncate(filled);
            self.start = offset;
        }
        let at = (offset - self.start) as usize;
        self.window.get(at..at + length).ok_or(ReadError::Changed)
    }
}
