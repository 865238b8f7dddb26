//! The authorities that the user gives: files, and folders of them, in PEM or DER.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::proto::tls::certificate::{TrustStore, certificates_in};

/// Largest file of certificates that is read, in bytes: the bundles of operating systems have less than a megabyte.
const MAX_FILE: u64 = 64 * 1024 * 1024;
/// Most files of a folder that are read.
const MAX_FILES: usize = 10_000;

/// Why authorities cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// The file or folder cannot be read.
    #[error("{}: cannot read the authorities: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is larger than any bundle of authorities.
    #[error("{}: cannot read the authorities: larger than {} MiB", path.display(), MAX_FILE >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// There is no certificate in it.
    #[error("{}: no certificate in it; give one or more in PEM or DER", path.display())]
    NoCertificate {
        /// The file or folder.
        path: PathBuf,
    },
}

/// Reads every file and every folder's files.
pub(super) fn read(paths: &[PathBuf]) -> Result<TrustStore, CaError> {
    let mut certificates = Vec::new();
    for path in paths {
        let found = if path.is_dir() { folder(path) } else { file(path) }?;
        if TrustStore::with(found.iter().cloned()).given() == 0 {
            return Err(CaError::NoCertificate { path: path.clone() });
        }
        certificates.extend(found);
    }
    Ok(TrustStore::with(certificates))
}

fn file(path: &Path) -> Result<Vec<Vec<u8>>, CaError> {
    if fs::metadata(path).map_err(unreadable(path))?.len() > MAX_FILE {
        return Err(CaError::TooLarge { path: path.to_owned() });
    }
    Ok(certificates_in(&fs::read(path).map_err(unreadable(path))?))
}

/// The certificates of a folder's files; a file that holds none, or that cannot be read, is passed over.
fn folder(path: &Path) -> Result<Vec<Vec<u8>>, CaError> {
    let entries = fs::read_dir(path).map_err(unreadable(path))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files.truncate(MAX_FILES);
    Ok(files.iter().filter(|path| path.is_file()).filter_map(|path| file(path).ok()).flatten().collect())
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> CaError {
    |source| CaError::Unreadable { path: path.to_owned(), source }
}
