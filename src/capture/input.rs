//! What a user names: files, folders, `-`; opened, decompressed, ordered by their first packet.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::compression::Compression;
use super::{Found, NotACapture, Scanner};
use crate::vocab::Time;

/// Bytes looked at to recognise a file and find its first packet.
const PEEK: usize = 256 * 1024;

/// Why an input cannot be opened. The text names the file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The operating system refused.
    #[error("{name}: {source}")]
    Open {
        /// The file as the user named it.
        name: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// Neither pcap nor pcapng.
    #[error("{0}: not a pcap or pcapng capture; name a capture file, a folder of them, or - for standard input")]
    NotACapture(String),
    /// A file without a byte.
    #[error("{0}: the file is empty; nothing was captured, or the capture was not flushed yet")]
    Empty(String),
    /// A folder in which no file is a capture.
    #[error("{0}: no capture in this folder; name a pcap or pcapng file")]
    EmptyFolder(String),
    /// The temporary file that a pipe or compressed file is kept in cannot be made or written.
    #[error("{name}: cannot keep it in {folder}: {source}; free some space there or set TMPDIR to another folder", folder = folder.display())]
    Spool {
        /// The input.
        name: String,
        /// The folder for temporary files.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// One opened input: its bytes in order, and a file in which to go back to any of them.
pub struct Input {
    /// As the user named it; `-` is standard input.
    pub name: String,
    /// The uncompressed bytes, from the first one on.
    pub reader: Box<dyn Read + Send>,
    /// Holds the same bytes at the same offsets, once the reader has passed them.
    pub store: Arc<File>,
    /// Length of what will be read, in bytes as stored on disk; `None` for a pipe.
    pub size: Option<u64>,
    /// Whether `size` counts compressed bytes.
    pub compressed: bool,
}

/// Opens every named input, folders as the captures in them; several are put in the order of their first packets.
pub fn open_all(names: &[String]) -> Result<Vec<Input>, InputError> {
    let mut inputs = Vec::new();
    for name in names {
        if name == "-" {
            inputs.push((None, open_pipe()?));
        } else if Path::new(name).is_dir() {
            let before = inputs.len();
            for path in folder(name)? {
                match open_file(&path.to_string_lossy()) {
                    Ok(input) => inputs.push(input),
                    // A file that is rotated away while we look, or is something else, is not ours.
                    Err(InputError::NotACapture(_) | InputError::Empty(_) | InputError::Open { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            if inputs.len() == before {
                return Err(InputError::EmptyFolder(name.clone()));
            }
        } else {
            inputs.push(open_file(name)?);
        }
    }
    if inputs.len() > 1 {
        // A stable sort: inputs without a packet stay where they were named, before the others.
        inputs.sort_by_key(|(first, _)| *first);
    }
    Ok(inputs.into_iter().map(|(_, input)| input).collect())
}

fn folder(name: &str) -> Result<Vec<PathBuf>, InputError> {
    let failed = |source| InputError::Open { name: name.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(name).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn open_pipe() -> Result<Input, InputError> {
    let mut stdin = io::stdin();
    let mut head = vec![0; 6];
    let filled = fill(&mut stdin, &mut head).map_err(|source| InputError::Open { name: "-".into(), source })?;
    head.truncate(filled);
    if head.is_empty() {
        return Err(InputError::Empty("standard input".into()));
    }
    let compression = Compression::sniff(&head);
    spooled("-", compression, io::Cursor::new(head).chain(stdin), None)
}

fn open_file(name: &str) -> Result<(Option<Time>, Input), InputError> {
    let failed = |source| InputError::Open { name: name.to_owned(), source };
    let mut file = File::open(name).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mut head = vec![0; 6];
    let filled = fill(&mut file, &mut head).map_err(failed)?;
    head.truncate(filled);
    if head.is_empty() {
        return Err(InputError::Empty(name.to_owned()));
    }
    let compression = Compression::sniff(&head);
    if !metadata.is_file() {
        // A named pipe: read once, in order.
        return spooled(name, compression, io::Cursor::new(head).chain(file), None).map(|input| (None, input));
    }
    file.rewind().map_err(failed)?;
    let peek: Box<dyn Read> = match compression {
        None => Box::new(file.try_clone().map_err(failed)?),
        Some(compression) => compression.reader(File::open(name).map_err(failed)?).map_err(failed)?,
    };
    let first = first_packet(peek).map_err(|_| InputError::NotACapture(name.to_owned()))?;
    file.rewind().map_err(failed)?;
    let input = match compression {
        Some(_) => spooled(name, compression, file, Some(metadata.len()))?,
        None => Input {
            name: name.to_owned(),
            store: Arc::new(file.try_clone().map_err(failed)?),
            reader: Box::new(file),
            size: Some(metadata.len()),
            compressed: false,
        },
    };
    Ok((first, input))
}

/// The time of the first packet within the first bytes, where one is there.
fn first_packet(mut reader: Box<dyn Read>) -> Result<Option<Time>, NotACapture> {
    let mut bytes = vec![0; PEEK];
    // A damaged compressed file still gives its beginning.
    let filled = fill(&mut reader, &mut bytes).unwrap_or(0);
    let mut first = None;
    let mut scanner = Scanner::default();
    let whole = filled < PEEK;
    scanner.scan(&bytes[..filled], 0, whole, &mut |found| {
        if let Found::Packet(packet) = found {
            first = first.or(Some(packet.time));
        }
    })?;
    Ok(first)
}

fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match reader.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) if filled > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn spooled(
    name: &str,
    compression: Option<Compression>,
    source: impl Read + Send + 'static,
    size: Option<u64>,
) -> Result<Input, InputError> {
    let spool = |source| InputError::Spool { name: name.to_owned(), folder: std::env::temp_dir(), source };
    let reader: Box<dyn Read + Send> = match compression {
        None => Box::new(source),
        Some(compression) => {
            compression.reader(source).map_err(|source| InputError::Open { name: name.to_owned(), source })?
        }
    };
    let store = tempfile::tempfile().map_err(spool)?;
    let writer = store.try_clone().map_err(spool)?;
    Ok(Input {
        name: name.to_owned(),
        reader: Box::new(Spool { reader, writer }),
        store: Arc::new(store),
        size,
        compressed: compression.is_some(),
    })
}

/// Copies what is read to an unlinked temporary file, so that packets can be gone back to.
struct Spool {
    reader: Box<dyn Read + Send>,
    writer: File,
}

impl Read for Spool {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.writer.write_all(&buffer[..count]).map_err(|error| {
            let folder = std::env::temp_dir();
            let advice = "free some space there or set TMPDIR to another folder";
            io::Error::new(error.kind(), format!("cannot keep it in {}: {error}; {advice}", folder.display()))
        })?;
        Ok(count)
    }
}
