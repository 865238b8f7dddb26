//! Files that the user asks for. A file that is there is never replaced unasked.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::app::Saved;
use crate::engine::FlowView;
use crate::export;

/// Writes a flow's certificates as PEM.
pub fn certificates(view: &FlowView, path: &Path, replace: bool) -> Saved {
    match write(view, path, replace) {
        Ok(count) => {
            let what = if count == 1 { "1 certificate".to_owned() } else { format!("{count} certificates") };
            Saved::Done { path: path.to_owned(), what }
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !replace => Saved::Exists(path.to_owned()),
        Err(error) => Saved::Failed(format!("{}: cannot write it: {error}", path.display())),
    }
}

fn write(view: &FlowView, path: &Path, replace: bool) -> io::Result<usize> {
    let mut options = OpenOptions::new();
    options.write(true);
    // What asks and creates in one step cannot be overtaken by another program.
    let file = if replace { options.create(true).truncate(true) } else { options.create_new(true) }.open(home(path))?;
    let mut out = BufWriter::new(file);
    let count = export::pem::write(&mut out, view)?;
    out.flush()?;
    Ok(count)
}

/// The path with `~/` as shells read it.
fn home(path: &Path) -> PathBuf {
    match path.strip_prefix("~").ok().zip(std::env::var_os("HOME")) {
        Some((rest, home)) => PathBuf::from(home).join(rest),
        None => path.to_owned(),
    }
}
