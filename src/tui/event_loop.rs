//! The event loop: all events that wait are taken, then the screen is drawn, at most once per frame.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{self, Event, MouseButton, MouseEvent, MouseEventKind};
use crossterm::execute;
use signal_hook::consts::{SIGHUP, SIGTERM, SIGTSTP};
use signal_hook::low_level;

use super::error::RunError;
use super::keyboard;
use super::stage::{Order, Stage};
use super::terminal::Screen;
use crate::app::Msg;

/// Time between two drawings.
const FRAME: Duration = Duration::from_millis(16);
/// Time between two looks at what the engine does.
const WATCH: Duration = Duration::from_millis(30);
/// Time between two looks at the engine while it is asked for something: what a key asks for is there at once.
const SOON: Duration = Duration::from_millis(4);
/// Time between two looks at signals while nothing else happens.
const IDLE: Duration = Duration::from_millis(200);
/// How long to wait for an event that has arrived already; with no time at all crossterm would not look.
const AT_ONCE: Duration = Duration::from_millis(1);
/// Rows that a notch of the wheel moves.
const NOTCH: isize = 3;

/// Signals that arrived.
struct Signals {
    end: Arc<AtomicBool>,
    hang_up: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
}

impl Signals {
    fn watch() -> io::Result<Self> {
        let signals = Self { end: Arc::default(), hang_up: Arc::default(), stop: Arc::default() };
        for (signal, flag) in [(SIGTERM, &signals.end), (SIGHUP, &signals.hang_up), (SIGTSTP, &signals.stop)] {
            signal_hook::flag::register(signal, Arc::clone(flag))?;
        }
        Ok(signals)
    }

    /// The signal that ends the program, if it arrived.
    fn end(&self) -> Option<i32> {
        if self.end.load(Ordering::Relaxed) {
            Some(SIGTERM)
        } else {
            self.hang_up.load(Ordering::Relaxed).then_some(SIGHUP)
        }
    }
}

/// Plays the stage on the terminal until the user leaves.
pub fn run(stage: &mut Stage) -> Result<(), RunError> {
    let signals = Signals::watch()?;
    let mut screen = Screen::enter()?;
    let mut drawn: Option<Instant> = None;
    loop {
        stage.work();
        if stage.is_not_a_capture() {
            return Err(RunError::NotACapture("-".to_owned()));
        }
        if stage.is_changed() && drawn.is_none_or(|drawn| drawn.elapsed() >= FRAME) {
            draw(&mut screen, stage)?;
            drawn = Some(Instant::now());
        }
        if event::poll(pause(stage, drawn))? {
            take_events(stage)?;
        }
        if let Some(signal) = signals.end() {
            drop(screen);
            return Ok(low_level::emulate_default_handler(signal)?);
        }
        let suspended = signals.stop.swap(false, Ordering::Relaxed);
        let orders = stage.orders();
        for order in &orders {
            if let Order::Copy(text) = order {
                // Terminals that do not know OSC 52 ignore it; whether one took the text, it does not say.
                execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))?;
            }
        }
        if orders.contains(&Order::Quit) {
            return Ok(());
        }
        if suspended || orders.contains(&Order::Suspend) {
            screen.pause(|| low_level::emulate_default_handler(SIGTSTP))?;
            stage.tell(Msg::Resumed);
        }
    }
}

fn pause(stage: &Stage, drawn: Option<Instant>) -> Duration {
    if stage.has_work() {
        AT_ONCE
    } else if stage.is_changed() {
        drawn.map_or(AT_ONCE, |drawn| FRAME.saturating_sub(drawn.elapsed()).max(AT_ONCE))
    } else if stage.is_waiting() {
        SOON
    } else if stage.is_busy() {
        WATCH
    } else {
        IDLE
    }
}

fn draw(screen: &mut Screen, stage: &mut Stage) -> io::Result<()> {
    screen.terminal.draw(|frame| {
        if let Some(cursor) = stage.draw(frame.buffer_mut()) {
            frame.set_cursor_position(cursor);
        }
    })?;
    Ok(())
}

/// Takes every event that waits.
fn take_events(stage: &mut Stage) -> io::Result<()> {
    loop {
        match event::read()? {
            Event::Key(key) => {
                panic_if_asked(key);
                keyboard::keys(key).for_each(|key| stage.press(key));
            }
            Event::Mouse(mouse) => take_mouse(stage, mouse),
            Event::Resize(..) => stage.tell(Msg::PaneSizes(Vec::new())),
            _ => {}
        }
        if !event::poll(AT_ONCE)? {
            return Ok(());
        }
    }
}

fn take_mouse(stage: &mut Stage, mouse: MouseEvent) {
    let (x, y) = (mouse.column, mouse.row);
    let wheel = |rows| stage.pane(x, y).map(|pane| Msg::Wheel(pane, rows));
    let msg = match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => stage.target(x, y).map(Msg::Click),
        MouseEventKind::ScrollDown => wheel(NOTCH),
        MouseEventKind::ScrollUp => wheel(-NOTCH),
        _ => None,
    };
    if let Some(msg) = msg {
        stage.tell(msg);
    }
}

/// A test wants to see the terminal given back after a panic: `SHAKEDOWN_PANIC=1` makes F12 panic, in debug builds.
fn panic_if_asked(key: event::KeyEvent) {
    let asked = cfg!(debug_assertions) && key.code == event::KeyCode::F(12);
    assert!(!(asked && std::env::var_os("SHAKEDOWN_PANIC").is_some()), "SHAKEDOWN_PANIC is set and F12 was pressed");
}
