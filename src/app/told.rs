//! How the user is told what became of text that was to be copied, and of a file that was to be written.

use super::component::Then;
use super::msg::{Copied, Effect, MAX_COPY, Saved};
use super::prompt::Prompt;
use super::screen::Screen;
use crate::vocab::text::visible;

/// Copies a text that `what` is the name of; where it is too long, `command` writes it.
pub fn copy(text: String, what: &str, command: &str) -> Vec<Then> {
    let copied = if text.len() > MAX_COPY { Copied::TooLong(text.len()) } else { Copied::Lines(text.lines().count()) };
    let mut thens = vec![said(what, command, copied)];
    if let Copied::Lines(_) = copied {
        thens.push(Then::Do(Effect::Copy(text)));
    }
    thens
}

/// What became of all that a screen shows, which was to be copied.
pub fn copied(screen: Screen, copied: Copied) -> Then {
    match screen {
        Screen::Compare => said("the comparison", "compare", copied),
        _ => said("the timeline", "handshake", copied),
    }
}

fn said(what: &str, command: &str, copied: Copied) -> Then {
    match copied {
        Copied::Lines(1) => Then::notice(format!("{what} sent to the terminal's clipboard")),
        Copied::Lines(lines) => Then::notice(format!("{what} sent to the terminal's clipboard, {lines} lines")),
        Copied::TooLong(bytes) => Then::error(format!(
            "{what} is {bytes} bytes, more than the {MAX_COPY} that terminals take; the command {command} writes it"
        )),
    }
}

/// What became of the file that a screen's certificates or comparison were to be written to.
pub fn saved(screen: Screen, saved: Saved) -> Then {
    match saved {
        Saved::Done { path, what } => Then::notice(format!("{what} saved in {}", visible(&path.to_string_lossy()))),
        Saved::Exists(path) => Then::Type(Prompt::overwrite(screen, path)),
        Saved::Failed(why) => Then::error(visible(&why)),
    }
}
