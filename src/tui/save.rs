//! Files that the user asks for. A file that is there is never replaced unasked.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::app::Saved;
use crate::engine::FlowView;
use crate::engine::follow::at_home;
use crate::export;
use crate::vocab::text::counted;

/// Writes a flow's certificates as PEM.
pub fn certificates(view: &FlowView, path: &Path, replace: bool) -> Saved {
    match write(view, path, replace) {
        Ok(count) => Saved::Done { path: path.to_owned(), what: counted(count, "certificate") },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !replace => Saved::Exists(path.to_owned()),
        Err(error) => Saved::Failed(format!("{}: cannot write it: {error}", path.display())),
    }
}

fn write(view: &FlowView, path: &Path, replace: bool) -> io::Result<usize> {
    let mut options = OpenOptions::new();
    options.write(true);
    // What asks and creates in one step cannot be overtaken by another program.
    let file =
        if replace { options.create(true).truncate(true) } else { options.create_new(true) }.open(at_home(path))?;
    let mut out = BufWriter::new(file);
    let count = export::pem::write(&mut out, view)?;
    out.flush()?;
    Ok(count)
}
