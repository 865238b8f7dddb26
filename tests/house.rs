//! The walls of the house: which room may use which, which alone names a crate, starts a thread or opens a file, that nothing
//! is decided by reading words, which files use each other in a circle, how long files and functions are, and that all that
//! others may use is documented.
//!
//! Reads the sources. The table of rooms is the one in `docs/architecture.md`; change the two together, and say why. So
//! are the other tables here: an exception stands in one, with its reason, for as long as it is needed.

#[path = "house/circles.rs"]
mod circles;
#[path = "house/docs.rs"]
mod docs;
#[path = "house/limits.rs"]
mod limits;
#[path = "house/paths.rs"]
mod paths;
#[path = "house/powers.rs"]
mod powers;
#[path = "house/sources.rs"]
mod sources;
#[path = "house/words.rs"]
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use sources::{root, sources};

/// Each room, from the top of the house down, with the rooms it may use; all may use `vocab`.
const ROOMS: &[(&str, &[&str])] = &[
    ("cli", &["facts", "filter", "diagnose", "contrast", "engine", "export", "tui"]),
    ("tui", &["index", "engine", "present", "app", "export"]),
    ("app", &["index", "cohort", "contrast", "engine", "present"]),
    (
        "export",
        &[
            "net", "flow", "proto", "timeline", "facts", "diagnose", "compare", "index", "cohort", "contrast",
            "engine", "present", "stats",
        ],
    ),
    (
        "present",
        &[
            "net", "flow", "proto", "timeline", "facts", "diagnose", "compare", "index", "cohort", "contrast",
            "engine", "stats",
        ],
    ),
    (
        "engine",
        &[
            "capture", "net", "flow", "stream", "proto", "timeline", "facts", "diagnose", "compare", "index", "cohort",
            "contrast",
        ],
    ),
    ("contrast", &["net", "flow", "facts", "diagnose", "index", "stats"]),
    ("cohort", &["net", "flow", "proto", "facts", "diagnose", "compare", "index", "stats"]),
    ("index", &["capture", "net", "flow", "stream", "proto", "timeline", "facts", "diagnose"]),
    ("diagnose", &["net", "flow", "proto", "timeline", "facts"]),
    ("compare", &["net", "flow", "proto", "timeline", "facts"]),
    ("filter", &["facts"]),
    ("timeline", &["net", "flow", "stream", "proto"]),
    ("facts", &["flow", "proto"]),
    ("proto", &["stream"]),
    ("stream", &[]),
    ("flow", &["net"]),
    ("net", &[]),
    ("capture", &[]),
    ("stats", &[]),
    ("vocab", &[]),
];

/// Crates that one room alone names, as they are written in code.
const CRATES: &[(&str, &str)] = &[
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("clap_mangen", "cli"),
    ("anyhow", "cli"),
    ("ratatui", "tui"),
    ("tui_input", "app"),
    ("crossterm", "tui"),
    ("serde_json", "export"),
    ("csv", "export"),
    ("tls_parser", "proto"),
    ("x509_parser", "proto"),
    ("simple_dns", "proto"),
    ("aes_gcm", "proto"),
    ("ccm", "proto"),
    ("chacha20poly1305", "proto"),
    ("hkdf", "proto"),
    ("hmac", "proto"),
    ("etherparse", "net"),
    ("pcap_parser", "capture"),
    ("lz4_flex", "capture"),
    ("crossbeam_channel", "engine"),
    ("unicode_width", "vocab"),
];

#[test]
fn arrows_point_down_only() {
    let mut wrong = Vec::new();
    for source in sources() {
        let (file, room) = (&source.file, &source.room);
        let Some((_, may_use)) = ROOMS.iter().find(|(name, _)| name == room) else {
            wrong.push(format!("{file}: the room {room} is not in the table"));
            continue;
        };
        for (line, used) in rooms_used(&source.code) {
            let allowed = used == *room || used == "vocab" || may_use.contains(&used.as_str());
            if !allowed && is_room(&used) {
                wrong.push(format!("{file}:{line}: {room} may not use {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong arrows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_arrow_is_used() {
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources() {
        let rooms = rooms_used(&source.code).into_iter().map(|(_, room)| room);
        used.entry(source.room).or_default().extend(rooms);
    }
    for (room, may_use) in ROOMS {
        let used = used.get(*room).unwrap_or_else(|| panic!("there is no room {room}"));
        let unused: Vec<_> = may_use.iter().filter(|name| !used.contains(**name)).collect();
        assert!(unused.is_empty(), "{room} may use {unused:?}, and does not: take the arrow out");
    }
}

#[test]
fn a_crate_is_named_by_its_room_alone() {
    let mut wrong = Vec::new();
    let sources = sources();
    for source in &sources {
        for (number, line) in source.code.lines().enumerate() {
            for (name, owner) in CRATES {
                if source.room != *owner && names_crate(line, name) {
                    wrong.push(format!("{}:{}: only {owner} names {name}", source.file, number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} crates out of place:\n{}", wrong.len(), wrong.join("\n"));
    for (name, owner) in CRATES {
        let mut own = sources.iter().filter(|source| source.room == *owner);
        assert!(
            own.any(|source| source.code.lines().any(|line| names_crate(line, name))),
            "{owner} does not name {name}"
        );
    }
}

#[test]
fn the_table_itself_points_down() {
    let floor: BTreeMap<&str, usize> = ROOMS.iter().enumerate().map(|(at, (room, _))| (*room, at)).collect();
    for (room, may_use) in ROOMS {
        for used in *may_use {
            assert!(floor[used] > floor[room], "{room} may use {used}, which is not below it");
        }
    }
}

#[test]
fn the_document_has_the_same_table() {
    let document = fs::read_to_string(root().join("docs/architecture.md")).expect("docs/architecture.md");
    for (room, may_use) in ROOMS {
        let row = document
            .lines()
            .find(|line| line.starts_with('|') && line.contains(&format!("| `{room}` |")))
            .unwrap_or_else(|| panic!("docs/architecture.md has no row for {room}"));
        let said = row.split('|').nth(4).unwrap_or_default();
        let mut said: Vec<&str> = said.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let mut known = may_use.to_vec();
        said.sort_unstable();
        known.sort_unstable();
        assert_eq!(said, known, "what {room} may use, in docs/architecture.md and in this test");
    }
}

#[test]
fn rooms_are_found_however_they_are_written() {
    let code = "use crate::{flow, net::Segment};\nlet x = crate::proto::tls::y();\nuse crate::vocab::{Time, text};\n\
                use crate::{\n    engine::Session,\n    facts::{self, Field},\n};\n// crate::tui in a comment\n";
    let used: Vec<String> = rooms_used(code).into_iter().map(|(_, room)| room).collect();
    assert_eq!(used, ["flow", "net", "proto", "vocab", "engine", "facts"]);
    assert!(names_crate("    let x = serde_json::to_string(&y);", "serde_json"));
    assert!(!names_crate("// serde_json::Value", "serde_json"));
    assert!(!names_crate("crate::export::csv::write()", "csv"));
    assert!(names_crate("use csv;", "csv"));
}

fn is_room(name: &str) -> bool {
    ROOMS.iter().any(|(room, _)| *room == name) || root().join("src").join(name).is_dir()
}

/// The code of a line, without its comment.
fn code_of(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

/// The rooms that follow `crate::`, with their lines; the names of a braced list one by one.
fn rooms_used(code: &str) -> Vec<(usize, String)> {
    let bare = code.lines().flat_map(|line| [code_of(line), "\n"]).collect::<String>();
    let mut used = Vec::new();
    for (at, _) in bare.match_indices("crate::") {
        // `$crate::` in a macro is the same; `other_crate::` is not.
        let before = bare[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let line = bare[..at].matches('\n').count() + 1;
        let rest = &bare[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => used.extend(first_names(list).map(|name| (line, name))),
            None => used.push((line, identifier(rest).to_owned())),
        }
    }
    used
}

/// The first name of each entry of a braced list, whatever is nested in it.
fn first_names(list: &str) -> impl Iterator<Item = String> {
    let mut depth = 0;
    let mut entries = vec![String::new()];
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => entries.push(String::new()),
            c if depth == 0 => entries.last_mut().expect("there is always one").push(c),
            _ => {}
        }
    }
    entries.into_iter().map(|entry| identifier(entry.trim()).to_owned()).filter(|name| !name.is_empty())
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

/// Whether a line names a crate: `name::` or `use name`, and not as part of another path.
fn names_crate(line: &str, name: &str) -> bool {
    let code = code_of(line);
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].trim_end();
        let after = &code[at + name.len()..];
        let starts = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '.');
        starts && (after.starts_with("::") || (before.ends_with("use") && after.starts_with([';', ' '])))
    })
}
