//! Files that the user asks for. A file that is there is never replaced unasked.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use crate::app::Saved;
use crate::engine::FlowView;
use crate::engine::follow::at_home;
use crate::export;
use crate::vocab::text::counted;

/// Writes a flow's certificates as PEM.
pub fn certificates(view: &FlowView, path: &Path, replace: bool) -> Saved {
    let mut pem = Vec::new();
    match export::pem::write(&mut pem, view) {
        Ok(count) => file(path, replace, &counted(count, "certificate"), Ok(pem)),
        Err(error) => file(path, replace, "", Err(error)),
    }
}

/// Writes a file that holds `what`.
pub fn file(path: &Path, replace: bool, what: &str, content: io::Result<Vec<u8>>) -> Saved {
    match content.and_then(|content| write(&content, path, replace)) {
        Ok(()) => Saved::Done { path: path.to_owned(), what: what.to_owned() },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !replace => Saved::Exists(path.to_owned()),
        Err(error) => Saved::Failed(format!("{}: cannot write it: {error}", path.display())),
    }
}

fn write(content: &[u8], path: &Path, replace: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true);
    // What asks and creates in one step cannot be overtaken by another program.
    let mut file =
        if replace { options.create(true).truncate(true) } else { options.create_new(true) }.open(at_home(path))?;
    file.write_all(content)
}
