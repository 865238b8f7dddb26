//! What others may use says what it is: every file, and every `pub` item in working code, with the fields, variants and
//! methods of types that are `pub` themselves. The compiler asks for it only where another program can see the item, and
//! few rooms show it any.

use std::collections::BTreeSet;
use std::fs;

use super::sources::{block_len, root, working};

#[test]
fn what_others_may_use_is_documented() {
    let mut bare = Vec::new();
    let sources = working();
    let inner = inner_types(sources.iter().map(|source| &*source.bare));
    for source in sources {
        let text = fs::read_to_string(root().join(&source.file)).expect("a source file can be read");
        if !text.starts_with("//!") {
            bare.push(format!("{}: does not begin with what it is", source.file));
        }
        bare.extend(
            undocumented(&text, &source.bare, &inner).into_iter().map(|line| format!("{}:{line}", source.file)),
        );
    }
    assert!(bare.is_empty(), "{} items without a comment that says what they are:\n{}", bare.len(), bare.join("\n"));
}

#[test]
fn items_without_documentation_are_seen() {
    let text = "/// A.\n#[derive(\n    Debug,\n)]\npub struct A {\n    pub b: u8,\n    /// C.\n    pub c: u8,\n}\n\
                pub fn d() {}\n// E.\npub enum E {\n    F,\n    /// G.\n    G {\n        h: u8,\n    },\n    #[x]\n    I(u8),\n}\n\
                pub use a::b;\npub mod c;\nstruct J {\n    pub k: u8,\n}\nimpl<'a> J {\n    pub fn l() {}\n}\nimpl A {\n    pub fn m() {}\n}\n";
    let inner = inner_types([text].into_iter());
    assert_eq!(
        undocumented(text, text, &inner),
        ["6: pub b: u8,", "10: pub fn d() {}", "12: pub enum E {", "13: F,", "19: I(u8),", "30: pub fn m() {}"]
    );
}

/// The items of a file that have no documentation, each with its line's number. `bare` is its bare code, `inner` the types of
/// which nothing is asked.
fn undocumented(text: &str, bare: &str, inner: &BTreeSet<String>) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut items = Vec::new();
    let (mut outer, mut excused) = ("", false);
    for (at, line) in bare.lines().enumerate() {
        if line.starts_with(char::is_alphabetic) {
            (outer, excused) = (line, false);
        }
        excused |= line.contains("expect(missing_docs");
        let is_own = line.starts_with("pub ") || is_seen(outer, inner);
        items.extend((is_own && !excused && is_item(line)).then_some(at));
    }
    items.extend(variants(bare));
    items.sort_unstable();
    items.retain(|at| !is_documented(&lines, *at));
    items.into_iter().map(|at| format!("{}: {}", at + 1, lines[at])).collect()
}

/// Whether a line begins an item of its own that others may use: what a macro makes and what is passed on is none, and a
/// module says what it is in its own file.
fn is_item(line: &str) -> bool {
    let item = line.trim_start().strip_prefix("pub ");
    item.is_some_and(|item| !["use ", "mod "].iter().any(|no| item.starts_with(no)) && !item.contains('$'))
}

/// Whether what is declared within an item is seen where the item is: in one that is `pub`, and in what a `pub` type does.
fn is_seen(outer: &str, inner: &BTreeSet<String>) -> bool {
    let Some(implemented) = outer.strip_prefix("impl") else { return outer.starts_with("pub ") };
    // The generics of `impl<'a>` come before the type.
    let of = implemented.strip_prefix('<').map_or(implemented, |rest| rest.split_once("> ").map_or(rest, |(_, of)| of));
    !inner.contains(name(of.trim_start()))
}

/// The names of types that are not `pub`, and that no `pub` type shares.
fn inner_types<'a>(sources: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let (mut inner, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for line in sources.flat_map(str::lines) {
        for keyword in ["struct ", "enum "] {
            let Some((before, after)) = line.split_once(keyword) else { continue };
            match before.trim_start() {
                "pub " => seen.insert(name(after).to_owned()),
                before if before.is_empty() || before.starts_with("pub(") => inner.insert(name(after).to_owned()),
                _ => continue,
            };
        }
    }
    inner.difference(&seen).cloned().collect()
}

/// The name that a text begins with.
fn name(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

/// The lines on which the variants of public enums begin.
fn variants(bare: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, _) in bare.match_indices("pub enum ") {
        let body = at + bare[at..].find('{').unwrap_or_default();
        let first = bare[..body].matches('\n').count();
        let mut depth = 0_usize;
        for (line, code) in bare[body..body + block_len(&bare[body..])].lines().enumerate() {
            if depth == 1 && code.trim_start().starts_with(char::is_uppercase) {
                found.push(first + line);
            }
            let count = |signs: [char; 3]| code.matches(signs).count();
            depth = (depth + count(['{', '(', '['])).saturating_sub(count(['}', ')', ']']));
        }
    }
    found
}

/// Whether documentation stands above a line, attributes left out.
fn is_documented(lines: &[&str], at: usize) -> bool {
    let mut above = lines[..at].iter().rev();
    while let Some(line) = above.next() {
        if line.starts_with("///") || line.starts_with("#[doc") {
            return true;
        }
        if !line.starts_with("#[") && !line.starts_with("#![") {
            // The last line of an attribute over several, which begins above.
            let ends = line.ends_with(")]") && above.by_ref().any(|line| line.starts_with("#["));
            if !ends {
                return false;
            }
        }
    }
    false
}
