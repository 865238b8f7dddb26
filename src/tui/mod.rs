//! The terminal UI: terminal, event loop, screens, widgets, theme.
//!
//! Start at [`run`]. The only room that knows ratatui and crossterm. Only [`theme`] knows colours. What the keys do is
//! decided in `app`; [`stage`] brings session, model and screens together without a terminal, for [`run`], for
//! [`picture`] and for tests.

mod areas;
pub mod canvas;
mod desk;
mod error;
mod event_loop;
mod keyboard;
mod save;
pub mod screens;
pub mod stage;
pub mod svg;
mod terminal;
pub mod theme;
mod widgets;

use jiff::tz::TimeZone;

pub use error::RunError;
pub use stage::Stage;
pub use theme::{ColorChoice, Theme};

use crate::app::Key;
use crate::engine::Session;

/// How the UI is to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Whether times are shown in UTC instead of local time.
    pub utc: bool,
    /// Whether colours are wanted.
    pub color: ColorChoice,
}

/// Shows a session until the user leaves.
pub fn run(session: Session, options: Options) -> Result<(), RunError> {
    if !terminal::is_there() {
        return Err(RunError::NoTerminal);
    }
    let zone = if options.utc { TimeZone::UTC } else { TimeZone::system() };
    let environment = |name| std::env::var(name).ok();
    let theme = Theme::choose(options.color, environment("NO_COLOR").as_deref(), environment("COLORFGBG").as_deref());
    let mut stage = Stage::new(session, zone, theme);
    event_loop::run(&mut stage)
}

/// A picture (SVG) of what the UI shows of a session after the keys of a script, such as `n c =`; the same for the same
/// capture, whatever the time and the machine.
pub fn picture(session: Session, script: &str, width: u16, height: u16) -> String {
    let mut stage = Stage::new(session, TimeZone::UTC, Theme::Dark);
    let mut buffer = stage.settle(width, height);
    for key in Key::script(script) {
        stage.press(key);
        buffer = stage.settle(width, height);
    }
    svg::draw(&buffer)
}
