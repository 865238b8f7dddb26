//! What only some rooms may do: threads, clocks, files, standard streams, colours; and what none may.

use super::sources::{Source, has_word, working};

/// Something that is done by what is named in code.
struct Power {
    what: &'static str,
    /// The names that do it. Those that are no plain names are looked for as they are; an escape sequence stands in a
    /// string.
    names: &'static [&'static str],
    /// The rooms that may.
    rooms: &'static [&'static str],
    /// Files of other rooms that may, each with its reason.
    files: &'static [(&'static str, &'static str)],
}

const POWERS: &[Power] = &[
    Power {
        what: "threads",
        names: &["thread", "sleep", "JoinHandle", "Condvar", "crossbeam_channel", "rayon"],
        rooms: &["engine"],
        files: &[],
    },
    Power {
        what: "clocks",
        names: &["Instant", "SystemTime", "::now("],
        rooms: &["engine"],
        files: &[
            ("src/tui/event_loop.rs", "frames are drawn at intervals"),
            ("src/tui/stage.rs", "what is done in slices ends before the next frame"),
        ],
    },
    Power {
        what: "files",
        names: &["fs", "File", "OpenOptions", "tempfile", "NamedTempFile"],
        rooms: &["capture", "engine"],
        files: &[
            ("src/cli/output.rs", "standard output without a line buffer"),
            ("src/tui/save.rs", "certificates are written to a file"),
        ],
    },
    Power {
        what: "the environment",
        names: &["env"],
        rooms: &[],
        files: &[
            ("src/capture/input.rs", "where temporary files go"),
            ("src/cli/output.rs", "whether colours are wanted"),
            ("src/engine/follow/save.rs", "the home of a path that begins with ~"),
            ("src/tui/event_loop.rs", "a test wants to see a panic"),
            ("src/tui/mod.rs", "whether colours are wanted"),
        ],
    },
    Power {
        what: "standard streams",
        names: &["stdin", "stdout", "stderr", "print!", "println!", "eprint!", "eprintln!", "dbg!"],
        rooms: &["cli"],
        files: &[
            ("src/capture/input.rs", "a capture may be piped in"),
            ("src/tui/event_loop.rs", "the clipboard's escape sequence goes to the terminal"),
            ("src/tui/terminal.rs", "the terminal is there"),
        ],
    },
    Power {
        what: "colours",
        names: &["Color", "\\u{1b}["],
        rooms: &["tui"],
        files: &[
            ("src/cli/progress.rs", "the line of progress is erased, without a colour"),
            ("src/export/paint.rs", "the palette, and text on a terminal"),
        ],
    },
    Power {
        what: "processes and networks",
        names: &["Command::new(", "TcpStream", "UdpSocket"],
        rooms: &[],
        files: &[],
    },
    Power {
        what: "panics",
        names: &["panic!", "todo!", "unimplemented!", "unreachable!", "unwrap("],
        rooms: &[],
        files: &[],
    },
    Power { what: "unsafe code", names: &["unsafe"], rooms: &[], files: &[] },
    Power {
        what: "errors, which bytes from the wire never are",
        names: &["io::Error", "io::Result", "thiserror", "anyhow"],
        rooms: &["capture", "engine", "export", "tui", "cli"],
        files: &[("src/filter/error.rs", "an argument that cannot be read")],
    },
    Power {
        what: "going back to packets",
        names: &["PacketReader"],
        rooms: &["capture"],
        files: &[("src/engine/reread.rs", "for all others")],
    },
    Power { what: "output made from another output", names: &["serde_json::from_"], rooms: &[], files: &[] },
];

#[test]
fn only_those_may_who_are_named() {
    let sources = working();
    let mut wrong = Vec::new();
    for power in POWERS {
        for source in &sources {
            let named = power.files.iter().any(|(file, _)| *file == source.file);
            if !named && !power.rooms.contains(&&*source.room) {
                wrong.extend(uses(power, source).map(|found| format!("{}: {found}", power.what)));
            }
        }
    }
    assert!(wrong.is_empty(), "not for these rooms:\n{}", wrong.join("\n"));
}

#[test]
fn whoever_is_named_does_it() {
    let sources = working();
    let does = |power: &Power, is: &dyn Fn(&Source) -> bool| {
        sources.iter().filter(|source| is(source)).any(|source| uses(power, source).next().is_some())
    };
    for power in POWERS {
        for room in power.rooms {
            assert!(does(power, &|source| source.room == *room), "{}: {room} does not, take it out", power.what);
        }
        for (file, _) in power.files {
            assert!(does(power, &|source| source.file == *file), "{}: {file} does not, take it out", power.what);
        }
    }
}

#[test]
fn secrets_cannot_be_shown_or_copied() {
    let mut found = 0;
    for source in working() {
        for (at, _) in source.bare.match_indices("struct ") {
            let end = source.bare[at..].find(['}', ';']).map_or(source.bare.len(), |end| at + end);
            if !source.bare[at..end].contains("Zeroizing<") {
                continue;
            }
            found += 1;
            // What is derived stands between the item before and this one.
            let before = source.bare[..at].rfind(['}', ';']).map_or(0, |end| end + 1);
            for derived in ["Debug", "Clone", "Serialize"] {
                let attributes = &source.bare[before..at];
                assert!(!has_word(attributes, derived), "{}: key material has {derived}", source.file);
            }
        }
    }
    assert!(found > 0, "there is no key material left to look at");
}

/// Where a power is used: file, line and name.
fn uses(power: &Power, source: &Source) -> impl Iterator<Item = String> {
    let lines = source.bare.lines().zip(source.code.lines()).enumerate();
    lines.filter_map(|(at, (bare, code))| {
        let has = |name: &&&str| match **name {
            name if name.starts_with('\\') => code.contains(name) && !bare.trim().is_empty(),
            name if name.contains(['(', '!', ':']) => bare.contains(name),
            name => has_word(bare, name),
        };
        let name = power.names.iter().find(has)?;
        Some(format!("{}:{}: {name}", source.file, at + 1))
    })
}
