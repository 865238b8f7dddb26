//! The sources as the tests of the house read them: each file with its room, comments, strings and tests blanked out.

use std::fs;
use std::path::{Path, PathBuf};

/// One source file of a room.
pub struct Source {
    /// Its room: the first folder, or file, below `src/`.
    pub room: String,
    /// Its path, from `src/` on.
    pub file: String,
    /// The module it is: `["net", "tree"]` for `src/net/tree/mod.rs`.
    pub module: Vec<String>,
    /// Its text, comments blanked out.
    pub code: String,
    /// The same without what stands in strings and in tests. Each byte stays in its place.
    pub bare: String,
    /// Whether it is there for tests alone.
    pub is_test: bool,
}

/// Every source file of a room, sorted. The two doors, `lib.rs` and `main.rs`, belong to no room.
pub fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut paths = Vec::new();
    walk(&src, &mut paths);
    let mut sources: Vec<Source> = paths.iter().filter_map(|path| read(&src, path)).collect();
    let tests: Vec<Vec<String>> = sources.iter().flat_map(test_modules).collect();
    for source in &mut sources {
        source.is_test = tests.iter().any(|test| source.module.starts_with(test));
        source.bare = without_tests(&source.bare);
    }
    sources
}

/// Those of them that are not for tests alone.
pub fn working() -> Vec<Source> {
    sources().into_iter().filter(|source| !source.is_test).collect()
}

/// The package's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("src can be read").filter_map(Result::ok).map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn read(src: &Path, path: &Path) -> Option<Source> {
    let within = path.strip_prefix(src).ok()?.with_extension("");
    let mut module: Vec<String> =
        within.components().filter_map(|part| part.as_os_str().to_str().map(str::to_owned)).collect();
    if module.len() == 1 && matches!(module[0].as_str(), "lib" | "main") {
        return None;
    }
    if module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    let text = fs::read_to_string(path).expect("a source file can be read");
    let [code, bare] = [false, true].map(|strings| blanked(&text, strings));
    let file = format!("src/{}.rs", within.display());
    Some(Source { room: module[0].clone(), file, module, code, bare, is_test: false })
}

/// What a byte of source text is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Code,
    LineComment,
    BlockComment(usize),
    /// A string and the number of `#` that end it; of a plain one none, and it has escapes.
    Text {
        hashes: usize,
        raw: bool,
    },
}

/// The text with its comments, and if wanted what stands in its strings, turned into spaces.
pub fn blanked(text: &str, strings: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let (mut state, mut at) = (In::Code, 0);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (next, step, blank) = match state {
            In::Code => code(bytes, at),
            In::LineComment if rest[0] == b'\n' => (In::Code, 1, false),
            In::BlockComment(depth) if rest.starts_with(b"*/") => {
                (if depth == 1 { In::Code } else { In::BlockComment(depth - 1) }, 2, true)
            }
            In::BlockComment(depth) if rest.starts_with(b"/*") => (In::BlockComment(depth + 1), 2, true),
            In::LineComment | In::BlockComment(_) => (state, 1, true),
            In::Text { raw: false, .. } if rest[0] == b'\\' => (state, 2, strings),
            In::Text { hashes, .. }
                if rest[0] == b'"' && rest[1..].iter().take_while(|b| **b == b'#').count() >= hashes =>
            {
                (In::Code, 1 + hashes, false)
            }
            In::Text { .. } => (state, 1, strings),
        };
        for byte in out.iter_mut().skip(at).take(step).filter(|byte| blank && **byte != b'\n') {
            *byte = b' ';
        }
        (state, at) = (next, at + step);
    }
    String::from_utf8(out).expect("whole characters are blanked, or none of their bytes")
}

/// What begins at a byte of code: what follows is part of, how many bytes on, and whether those are blanked.
fn code(bytes: &[u8], at: usize) -> (In, usize, bool) {
    let rest = &bytes[at..];
    let in_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    if rest.starts_with(b"//") {
        return (In::LineComment, 2, true);
    }
    if rest.starts_with(b"/*") {
        return (In::BlockComment(1), 2, true);
    }
    if rest[0] == b'"' {
        return (In::Text { hashes: 0, raw: false }, 1, false);
    }
    let prefix = if rest.starts_with(b"br") { 2 } else { 1 };
    if (rest[0] == b'r' || prefix == 2) && !in_word {
        let hashes = rest[prefix..].iter().take_while(|byte| **byte == b'#').count();
        if rest.get(prefix + hashes) == Some(&b'"') {
            return (In::Text { hashes, raw: true }, prefix + hashes + 1, false);
        }
    }
    // A character, not a lifetime: it is closed after one character or an escape.
    if rest[0] == b'\'' {
        let close = match rest.get(1) {
            Some(b'\\') => rest.iter().skip(3).position(|byte| *byte == b'\'').map(|end| end + 3),
            Some(first) => Some(1 + utf8_len(*first)).filter(|end| rest.get(*end) == Some(&b'\'')),
            None => None,
        };
        return (In::Code, close.map_or(1, |end| end + 1), close.is_some());
    }
    (In::Code, 1, false)
}

fn utf8_len(first: u8) -> usize {
    match first {
        0..0xc0 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}

const TEST: &str = "#[cfg(test)]";

/// The modules that a file declares as tests, each in a file of its own.
fn test_modules(source: &Source) -> Vec<Vec<String>> {
    let declared = source.bare.match_indices(TEST).filter_map(|(at, _)| {
        let item = source.bare[at + TEST.len()..].trim_start();
        let name = item.strip_prefix("pub(crate) ").unwrap_or(item).strip_prefix("mod ")?;
        let end = name.find([';', ' ', '{'])?;
        name[end..].starts_with(';').then(|| [&source.module[..], &[name[..end].to_owned()]].concat())
    });
    declared.collect()
}

/// Bare code without the modules that are tests.
fn without_tests(bare: &str) -> String {
    let mut out = bare.to_owned();
    let begins = bare.match_indices(TEST).filter(|(at, _)| {
        let after = bare[at + TEST.len()..].trim_start();
        after.starts_with("mod ") && after.find('{') < after.find(';')
    });
    for (at, _) in begins {
        let end = at + block_len(&bare[at..]);
        let blank: String = bare[at..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        if blank.len() == end - at {
            out.replace_range(at..end, &blank);
        }
    }
    out
}

/// Bytes up to the end of the first block in braces.
pub fn block_len(bare: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in bare.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at + 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    bare.len()
}

/// Whether a word stands in code.
pub fn has_word(bare: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    bare.match_indices(word)
        .any(|(at, _)| !bare[..at].ends_with(is_word) && !bare[at + word.len()..].starts_with(is_word))
}
