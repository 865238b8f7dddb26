//! How long files and functions are.

use super::sources::{block_len, working};

/// Lines of a file.
const FILE: usize = 500;
/// Lines of a function.
const FUNCTION: usize = 70;

/// Files and functions that may be longer, each with the reason: `file` or `file: function`.
const LONGER: &[(&str, &str)] = &[("src/diagnose/clients/texts.rs", "a table")];

#[test]
fn files_and_functions_have_an_end() {
    let mut long = Vec::new();
    for source in working() {
        let lines = source.code.lines().count();
        long.extend((lines > FILE).then(|| (source.file.clone(), lines)));
        let functions = functions(&source.bare).into_iter().filter(|function| function.lines > FUNCTION);
        long.extend(functions.map(|function| (format!("{}: {}", source.file, function.name), function.lines)));
    }
    let (known, wrong): (Vec<_>, Vec<_>) =
        long.into_iter().partition(|(what, _)| LONGER.iter().any(|(known, _)| known == what));
    assert!(wrong.is_empty(), "longer than {FILE} lines, or {FUNCTION} of a function: {wrong:#?}");
    for (what, _) in LONGER {
        assert!(known.iter().any(|(long, _)| long == what), "{what} is not too long, take it out");
    }
}

#[test]
fn functions_are_measured() {
    let bare = "fn a() {\n    if x { y }\n}\ntrait T { fn b(&self); }\nimpl T { fn c() {} }\n";
    let found: Vec<_> = functions(bare).into_iter().map(|found| (found.name, found.lines)).collect();
    assert_eq!(found, [("a".to_owned(), 3), ("c".to_owned(), 1)]);
}

/// A function and its lines, from the one with its name to its last brace.
struct Function {
    name: String,
    lines: usize,
}

/// The functions of bare code, those inside others too.
fn functions(bare: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in bare.match_indices("fn ") {
        let is_word = !bare[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &bare[at + 3..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        // A declaration in a trait ends without a body; so does a type.
        let body = rest.find(['{', ';']).filter(|body| rest[*body..].starts_with('{'));
        let Some(body) = body.filter(|_| is_word && !name.is_empty()) else { continue };
        let end = body + block_len(&rest[body..]);
        found.push(Function { name, lines: rest[..end].matches('\n').count() + 1 });
    }
    found
}
