//! A key log file: read when the session opens, and again where it has grown.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::damage::{Damage, Wrong};
use crate::proto::Secrets;
use crate::proto::tls::secrets::Tally;

/// Bytes read at a time.
const CHUNK: usize = 256 * 1024;
/// Longest line in bytes; the longest known label with its two values takes less than a tenth of it.
const MAX_LINE: usize = 4096;

/// An open key log.
pub(super) struct KeyLog {
    path: PathBuf,
    file: File,
    secrets: Arc<Secrets>,
    /// A line that is not whole yet.
    rest: Zeroizing<Vec<u8>>,
    tally: Tally,
}

impl KeyLog {
    /// Opens a key log and adds what is in it to `secrets`.
    pub fn open(path: &Path, secrets: &Arc<Secrets>) -> io::Result<Self> {
        let mut log = Self {
            path: path.to_owned(),
            file: File::open(path)?,
            secrets: Arc::clone(secrets),
            rest: Zeroizing::default(),
            tally: Tally::default(),
        };
        log.read_on()?;
        Ok(log)
    }

    /// Reads what was written since the last time.
    pub fn read_on(&mut self) -> io::Result<()> {
        let mut chunk = Zeroizing::new(vec![0; CHUNK]);
        loop {
            match self.file.read(&mut chunk) {
                Ok(0) => break,
                Ok(filled) => self.take(&chunk[..filled]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        // The last line may lack its end: what it holds is of use, and is read again once it is longer.
        self.secrets.read(&self.rest);
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        self.tally += self.secrets.read(&self.rest[..whole]);
        self.rest.drain(..whole);
        if self.rest.len() > MAX_LINE {
            self.tally.malformed += 1;
            self.rest.clear();
        }
    }

    /// A line about what is wrong with it, where something is.
    pub fn trouble(&self) -> Option<Damage> {
        let what = match self.tally {
            Tally { malformed: 0, .. } => return None,
            Tally { secrets: 0, passed_over: 0, .. } => Wrong::NoKeyLog,
            Tally { malformed, .. } => Wrong::KeyLog(malformed),
        };
        Some(Damage { file: self.path.display().to_string(), what })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_log_that_grows_is_read_on() {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        let line = |random: &str| format!("CLIENT_RANDOM {} {}", random.repeat(32), "22".repeat(48));
        let (first, second) = (line("01"), line("02"));
        let (begun, rest) = second.split_at(100);
        write!(file, "{first}\r\nnonsense\n{begun}").expect("a full disk");
        let secrets = Arc::new(Secrets::default());
        let mut log = KeyLog::open(file.path(), &secrets).expect("a readable file");
        assert!(secrets.has(&[1; 32]) && !secrets.has(&[2; 32]));
        assert!(log.trouble().is_some_and(|damage| damage.what == Wrong::KeyLog(1)));
        write!(file, "{rest}").expect("a full disk");
        log.read_on().expect("a readable file");
        assert!(secrets.has(&[2; 32]), "the last line needs no end");
        assert_eq!(log.tally.malformed, 1, "a line that was not whole is not counted");
    }

    #[test]
    fn what_is_no_log_is_told_once() {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(&[b'x'; 3 * MAX_LINE]).expect("a full disk");
        let log = KeyLog::open(file.path(), &Arc::default()).expect("a readable file");
        assert!(log.trouble().is_some_and(|damage| damage.what == Wrong::NoKeyLog));
        assert!(KeyLog::open(Path::new("/nonexistent"), &Arc::default()).is_err());
        assert!(KeyLog::open(Path::new("/"), &Arc::default()).is_err(), "a folder");
    }
}
