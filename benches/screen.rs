//! Measures the user interface on a capture, without a terminal: how soon the first rows stand there, how long the
//! longest frame takes while the capture loads, how long sorting and filtering take.
//!
//! `cargo run --release --example screen -- CAPTURE [KEYS...]`; each of KEYS is a script of keys such as `s` or
//! `/ curl Enter` and is timed until the list shows its result.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use shakedown::internal::app::Key;
use shakedown::internal::tui::{Stage, Theme};
use shakedown::{Options, Session};

/// Columns and rows of the screen.
const SIZE: (u16, u16) = (160, 50);
/// Time between two drawings, as in a terminal.
const FRAME: Duration = Duration::from_millis(16);
/// Time between two looks at the engine while it is asked for something, as in a terminal.
const SOON: Duration = Duration::from_millis(4);
/// What is timed where no keys are given: sorting along all columns, a filter, the failed flows alone, all again.
const KEYS: &[&str] = &[">", ">", ">", ">", ">", ">", ">", "r", "/ 10.1 Enter", "/ C-u www Enter"];

struct Run {
    stage: Stage,
    buffer: Buffer,
    longest: Duration,
}

impl Run {
    /// One turn of the event loop, timed.
    fn turn(&mut self) {
        let began = Instant::now();
        self.stage.work();
        if self.stage.is_changed() {
            self.buffer.reset();
            self.stage.draw(&mut self.buffer);
        }
        let took = began.elapsed();
        self.longest = self.longest.max(took);
        if !self.stage.has_work() {
            let pause = if self.stage.is_waiting() { SOON } else { FRAME };
            std::thread::sleep(pause.saturating_sub(took));
        }
    }

    /// Turns until nothing is left to do.
    fn settle(&mut self) -> Duration {
        let began = Instant::now();
        self.longest = Duration::ZERO;
        while self.stage.has_work() || self.stage.is_waiting() || self.stage.is_changed() {
            self.turn();
        }
        began.elapsed()
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(capture) = arguments.next() else {
        eprintln!("usage: screen CAPTURE [KEYS...]");
        std::process::exit(2);
    };
    let given: Vec<String> = arguments.collect();
    let began = Instant::now();
    let session =
        Session::open(&Options { captures: vec![capture], ..Options::default() }).expect("a readable capture");
    let buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    let mut run = Run { stage: Stage::new(session, TimeZone::UTC, Theme::Dark), buffer, longest: Duration::ZERO };
    let mut first_rows = None;
    while run.stage.model().is_loading() || run.stage.has_work() {
        run.turn();
        if first_rows.is_none() && !run.stage.model().screens.list.rows.is_empty() {
            first_rows = Some(began.elapsed());
        }
    }
    let (loaded, longest) = (began.elapsed(), run.longest);
    let millis = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    println!("{} flows", run.stage.model().screens.list.rows.len());
    println!("first rows after {}", first_rows.map_or_else(|| "never".to_owned(), millis));
    println!("loaded after {}, longest frame {}", millis(loaded), millis(longest));
    run.settle();
    for script in if given.is_empty() { KEYS.iter().map(|keys| (*keys).to_owned()).collect() } else { given } {
        for key in Key::script(&script) {
            run.stage.press(key);
        }
        let took = run.settle();
        let rows = run.stage.model().screens.list.rows.len();
        println!("{script:14} {:>10}, longest frame {:>9}, {rows} rows", millis(took), millis(run.longest));
    }
}
