//! Standard output: buffered, coloured only where a terminal reads it, silent where nobody reads it any more.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;

use anyhow::Context as _;

use super::args::{ColorWhen, Everywhere};
use super::failure::Failure;
use crate::export::paint::{ColorChoice, Paint, Theme};

/// Bytes written at a time.
const BUFFER: usize = 128 * 1024;

/// Whether output is to be coloured.
pub(super) fn paint(everywhere: &Everywhere) -> Paint {
    let coloured = match everywhere.color {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => {
            let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            wanted && io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    };
    if !coloured {
        return Paint::Plain;
    }
    let background = std::env::var("COLORFGBG").ok();
    Paint::Colours(Theme::choose(ColorChoice::Always, None, background.as_deref()))
}

/// Lets `write` write to standard output, without the line buffering that `std::io::stdout` has.
pub(super) fn write<E: Into<anyhow::Error>>(
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), E>,
) -> Result<(), Failure> {
    let stdout = io::stdout().as_fd().try_clone_to_owned().context("standard output is not open")?;
    let mut out = BufWriter::with_capacity(BUFFER, File::from(stdout));
    let written = write(&mut out).map_err(Into::into).and_then(|()| Ok(out.flush()?));
    written.context("cannot write to standard output")?;
    Ok(())
}
