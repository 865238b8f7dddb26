//! A conversation's bytes written to a file: whole or not at all, and over another file only where that is wanted.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::map::StreamMap;
use crate::engine::error::Error;
use crate::vocab::Direction;

/// Pause before looking whether the map has grown.
const PAUSE: Duration = Duration::from_millis(20);

/// What came of saving.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Saved {
    /// It was written.
    Done {
        /// Where.
        path: PathBuf,
        /// Bytes written.
        bytes: u64,
        /// Bytes left out because the capture lacks them.
        missing: u64,
    },
    /// There is such a file already, and it was left as it is.
    Exists(PathBuf),
    /// It was given up.
    Stopped,
}

/// Writes the bytes of a direction, or of both in the order of the conversation, to `path`.
pub(in crate::engine) fn save(
    map: &StreamMap,
    only: Option<Direction>,
    path: &Path,
    overwrite: bool,
    is_over: &dyn Fn() -> bool,
    tick: &mut dyn FnMut(u64),
) -> Result<Saved, Error> {
    let path = at_home(path);
    if path.exists() && !overwrite {
        return Ok(Saved::Exists(path));
    }
    if path.is_dir() {
        return Err(Error::IsFolder);
    }
    // Written beside its place and moved there at the end: what was there stays until all is written.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder).map_err(|error| plain(&error))?;
    let (mut bytes, mut missing, mut number) = (0, 0, 0);
    loop {
        let extent = map.extent();
        if is_over() {
            return Ok(Saved::Stopped);
        }
        if !extent.is_complete && number + 1 >= extent.parts {
            std::thread::sleep(PAUSE);
            continue;
        }
        if number >= extent.parts {
            break;
        }
        let part = map.part(number)?.only(only);
        file.write_all(&part.bytes)?;
        bytes += part.bytes.len() as u64;
        missing += part.pieces.iter().filter(|piece| piece.at.is_none()).map(|piece| piece.range.len()).sum::<u64>();
        number += 1;
        tick(bytes);
    }
    if overwrite {
        file.persist(&path).map_err(|error| plain(&error.error))?;
    } else if let Err(error) = file.persist_noclobber(&path) {
        return match error.error.kind() {
            io::ErrorKind::AlreadyExists => Ok(Saved::Exists(path)),
            _ => Err(plain(&error.error).into()),
        };
    }
    Ok(Saved::Done { path, bytes, missing })
}

/// The operating system's word alone, without the temporary file's name.
fn plain(error: &io::Error) -> io::Error {
    io::Error::from(error.kind())
}

/// A path that a user typed: `~/x` lies in the user's home, as shells read it.
pub fn at_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::var_os("HOME")) {
        (Ok(rest), Some(home)) => Path::new(&home).join(rest),
        _ => path.to_owned(),
    }
}
