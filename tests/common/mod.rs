//! What the tests of the outside share: the binary, and the folder of fixtures.

#![allow(dead_code, reason = "each test uses its part")]

#[cfg(feature = "ui")]
pub mod play;
pub mod wire;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where the package lies.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folders of `fixtures/` that hold a capture, by name.
pub fn fixtures() -> Vec<PathBuf> {
    let folder = root().join("fixtures");
    let entries = std::fs::read_dir(&folder).expect("the folder of fixtures");
    let mut found: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.join("expect.json").exists())
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no fixture in {}", folder.display());
    found
}

/// The capture of one fixture, as an argument.
pub fn capture(name: &str) -> String {
    root().join("fixtures").join(name).join("capture.pcapng").to_string_lossy().into_owned()
}

/// The program, in the package's folder, without colours of the environment.
pub fn shakedown() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shakedown"));
    command.current_dir(root()).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// What the program did.
pub struct Ran {
    /// Its exit status.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
    /// How it ended, in words: a signal has no exit status.
    pub ended: String,
}

/// Runs the program with `arguments`.
pub fn run(arguments: &[&str]) -> Ran {
    ran(&shakedown().args(arguments).output().expect("the program starts"))
}

/// Runs the program with `arguments` and `input` as its standard input.
pub fn run_with(arguments: &[&str], input: &[u8]) -> Ran {
    use std::io::Write as _;
    let mut child = shakedown()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        // It may close its input early: what is no capture is not read to the end.
        scope.spawn(move || stdin.write_all(input));
        ran(&child.wait_with_output().expect("the program ends"))
    })
}

fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        ended: output.status.to_string(),
    }
}

/// The blocks of a pcapng of this machine's byte order.
pub fn blocks(bytes: &[u8]) -> Vec<&[u8]> {
    let mut rest = bytes;
    let mut blocks = Vec::new();
    while let Some(length) = rest.get(4..8) {
        let length = u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
        let (block, after) = rest.split_at(length);
        blocks.push(block);
        rest = after;
    }
    blocks
}
