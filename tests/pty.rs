//! The real binary in a pseudo-terminal: what a user sees, types, resizes, and is given back.

#![cfg(feature = "ui")]

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Time between two looks at the screen.
const LOOK: Duration = Duration::from_millis(10);

/// The program in a terminal of its own.
struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<Mutex<vt100::Parser>>,
    modes: String,
}

impl Terminal {
    fn start(capture: &str, environment: &[(&str, &str)]) -> Self {
        let size = PtySize { rows: 30, cols: 110, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let modes = modes(pair.master.as_ref());
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_shakedown"));
        command.arg("--utc");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(capture));
        command.env("TERM", "xterm-256color");
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(size.rows, size.cols, 0)));
        let mut output = pair.master.try_clone_reader().expect("its output");
        let shown = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                shown.lock().expect("nobody panicked with the screen").process(&buffer[..count]);
            }
        });
        let keys = pair.master.take_writer().expect("its keyboard");
        Self { master: pair.master, keys, child, screen, modes }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).and_then(|()| self.keys.flush()).expect("the program reads keys");
    }

    fn text(&self) -> String {
        self.screen.lock().expect("nobody panicked with the screen").screen().contents()
    }

    /// Looks until the screen is as expected.
    fn until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let screen = self.screen.lock().expect("nobody panicked with the screen").screen().clone();
            if holds(&screen) {
                return;
            }
            assert!(Instant::now() < deadline, "{what} was not seen:\n{}", screen.contents());
            std::thread::park_timeout(LOOK);
        }
    }

    fn shows(&self, text: &str) {
        self.until(&format!("{text:?}"), |screen| screen.contents().contains(text));
    }

    fn resize(&self, cols: u16, rows: u16) {
        self.screen.lock().expect("nobody panicked with the screen").screen_mut().set_size(rows, cols);
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).expect("the terminal is resized");
    }

    /// Waits for the program's end; its exit status.
    fn end(&mut self) -> u32 {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("the program is ours") {
                return status.exit_code();
            }
            assert!(Instant::now() < deadline, "the program does not end:\n{}", self.text());
            std::thread::park_timeout(LOOK);
        }
    }

    /// The terminal is as it was before.
    fn is_given_back(&self) {
        self.until("the terminal as it was", |screen| {
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        assert_eq!(modes(self.master.as_ref()), self.modes, "the terminal's modes are as before");
    }
}

/// The terminal's modes: echo, lines, signals.
fn modes(master: &(dyn MasterPty + Send)) -> String {
    let modes = master.get_termios().expect("the terminal's modes");
    format!("{:?} {:?}", modes.local_flags, modes.input_flags)
}

#[test]
fn from_the_capture_to_a_comparison_and_out_again() {
    let mut terminal = Terminal::start("fixtures/one-percent/capture.pcapng", &[]);
    terminal.shows("11 failed (0.84 % of 1304 handshakes)");
    terminal.press("n\r");
    terminal.shows("Steps");
    terminal.shows("reset-after-client-hello");
    terminal.press("pm");
    terminal.press("c");
    terminal.shows("This baseline (1 of ");
    terminal.resize(60, 20);
    terminal.until("the narrow screen", |screen| {
        screen.size() == (20, 60) && screen.contents().contains("? help") && screen.contents().contains("compare")
    });
    terminal.press("qq");
    terminal.shows("11 failed");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    terminal.is_given_back();
}

#[test]
fn a_panic_gives_the_terminal_back_and_is_told() {
    if !cfg!(debug_assertions) {
        return;
    }
    let mut terminal = Terminal::start("fixtures/tls13-ok/capture.pcapng", &[("SHAKEDOWN_PANIC", "1")]);
    terminal.shows("1 ok");
    terminal.until("the alternate screen", vt100::Screen::alternate_screen);
    terminal.press("\u{1b}[24~");
    assert_ne!(terminal.end(), 0);
    terminal.is_given_back();
    terminal.shows("SHAKEDOWN_PANIC is set");
}

#[test]
fn no_colour_is_used_where_the_environment_refuses_them() {
    let mut terminal = Terminal::start("fixtures/reset-by-access-point/capture.pcapng", &[("NO_COLOR", "1")]);
    terminal.shows("reset-after");
    terminal.press("\r");
    terminal.shows("Steps");
    terminal.until("no colour", |screen| {
        let (rows, cols) = screen.size();
        (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col))).all(|(row, col)| {
            let cell = screen.cell(row, col);
            cell.is_none_or(|cell| cell.fgcolor() == vt100::Color::Default && cell.bgcolor() == vt100::Color::Default)
        })
    });
    terminal.press("\u{3}");
    assert_eq!(terminal.end(), 0);
    terminal.is_given_back();
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let mut terminal = Terminal::start("fixtures/tls13-ok/capture.pcapng", &[]);
    terminal.shows("1 ok");
    let id = terminal.child.process_id().expect("it runs");
    let sent = std::process::Command::new("kill").arg("-TERM").arg(id.to_string()).status().expect("kill runs");
    assert!(sent.success());
    assert_ne!(terminal.end(), 0);
    terminal.is_given_back();
}
