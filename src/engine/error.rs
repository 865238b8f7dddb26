//! Why something that was asked of the engine could not be done. Bytes of a capture are never the reason: what does not
//! exist is, and our own reading and writing.

use std::io;
use std::path::PathBuf;

use super::trust::CaError;
use crate::capture::{InputError, ReadError};
use crate::vocab::{FlowNumber, text};

/// Why something could not be done. Its text is one line and has what to do where something can be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A capture cannot be opened.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Authorities cannot be read.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// The key log cannot be read.
    #[error("{}: cannot read the key log: {source}", path.display())]
    KeyLog {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// No flow has this number.
    #[error("{}", match flows {
        0 => "the capture has no flow".to_owned(),
        flows => format!("no flow {flow}; flows are numbered 0 to {}", flows - 1),
    })]
    NoFlow {
        /// The number.
        flow: FlowNumber,
        /// How many flows there are.
        flows: usize,
    },
    /// A flow of the baseline is asked for, and no baseline was given.
    #[error("there is no baseline capture")]
    NoBaseline,
    /// A packet is asked for that lies in a file of which nothing was read yet.
    #[error("the capture file is not open")]
    NotOpen,
    /// A packet cannot be read again.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A part of a stream is asked for that its map does not know yet.
    #[error("this part of the stream is not known yet")]
    UnknownPart,
    /// A stream cannot be saved.
    #[error("cannot save to {}: {}", text::visible(&path.to_string_lossy()), said(source))]
    Save {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<Error>,
    },
    /// A file is to be written where a folder is.
    #[error("it is a folder")]
    IsFolder,
    /// Whoever takes what is read could not write it.
    #[error("{0}")]
    Write(#[from] io::Error),
}

/// What the operating system says, without its number.
fn said(error: &Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_line_that_says_what_there_is() {
        let none = |flows| Error::NoFlow { flow: FlowNumber(7), flows }.to_string();
        assert_eq!(none(0), "the capture has no flow");
        assert_eq!(none(3), "no flow 7; flows are numbered 0 to 2");
        let denied = Box::new(Error::Write(io::Error::from_raw_os_error(13)));
        let save = Error::Save { path: "a\nb".into(), source: denied };
        assert_eq!(save.to_string(), "cannot save to a\\nb: Permission denied");
    }
}
