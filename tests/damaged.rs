//! Captures that are cut or changed anywhere: never a panic, always status 0 or 1, always valid output.

mod common;

use std::io::Write as _;
use std::sync::OnceLock;

use proptest::prelude::*;

/// Captures above this size teach nothing more and take longer.
const MOST: usize = 64 * 1024;

fn captures() -> &'static [Vec<u8>] {
    static CAPTURES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    CAPTURES.get_or_init(|| {
        let files = common::fixtures().into_iter().map(|fixture| fixture.join("capture.pcapng"));
        files.filter_map(|file| std::fs::read(file).ok()).filter(|bytes| bytes.len() <= MOST).collect()
    })
}

/// Runs what reads a capture over `bytes`; where something is wrong the capture is kept, and the message says where it lies
/// and how the program ended.
fn check(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("a temporary file takes bytes");
    let path = file.path().to_string_lossy().into_owned();
    for arguments in [
        &["flows", "--format", "json", &path][..],
        &["diagnose", "--format", "json", &path],
        &["handshake", &path, "0", "--format", "json"],
        &["follow", &path, "0", "--as", "json"],
    ] {
        let ran = common::run(arguments);
        if let Err(why) = is_right(&ran) {
            file.keep().expect("a temporary file can be kept");
            panic!("{arguments:?} {why}; it ended with {}, and says {:?}", ran.ended, ran.err);
        }
    }
}

/// Whether the program ended as it may, and what it wrote is whole.
fn is_right(ran: &common::Ran) -> Result<(), String> {
    if !matches!(ran.code, Some(0 | 1)) {
        return Err("ends badly".to_owned());
    }
    if ran.err.contains("panicked") {
        return Err("panics".to_owned());
    }
    let objects = serde_json::Deserializer::from_str(&ran.out).into_iter::<serde_json::Value>();
    objects.into_iter().try_for_each(|object| object.map(drop).map_err(|error| format!("writes no JSON ({error})")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_capture_cut_anywhere(which: prop::sample::Index, at: prop::sample::Index) {
        let bytes = which.get(captures());
        check(&bytes[..at.index(bytes.len())]);
    }

    #[test]
    fn a_capture_changed_anywhere(which: prop::sample::Index, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = which.get(captures()).clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        check(&bytes);
    }

    #[test]
    fn a_capture_with_a_piece_missing_or_doubled(which: prop::sample::Index, at: prop::sample::Index, length in 1_usize..600, double: bool) {
        let bytes = which.get(captures());
        let at = at.index(bytes.len());
        let end = (at + length).min(bytes.len());
        let mut changed = bytes[..if double { end } else { at }].to_vec();
        changed.extend_from_slice(&bytes[if double { at } else { end }..]);
        check(&changed);
    }
}
