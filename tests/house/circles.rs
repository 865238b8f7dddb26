//! Circles: files of a room that use each other, straight or through others.

use std::collections::BTreeSet;

use super::paths::Modules;
use super::sources::{Source, working};

/// The circles there are, by the folder in which their files lie: how many files they join at most, and why.
///
/// Three files are a circle's size. Larger ones were undone and stay so: what is passed on gets a file below what makes
/// it.
const CIRCLES: &[(&str, usize, &str)] = &[
    ("src/capture/", 3, "a layout decodes a packet by its format, and each format fills the layout"),
    ("src/diagnose/clients/", 3, "the table of clients, and what they print"),
    ("src/diagnose/", 3, "a case is walked through to see how far it came, and what ended it is part of it"),
];

#[test]
fn no_circle_joins_more_files_than_the_table_says() {
    let sources = working();
    let mut wrong = Vec::new();
    let mut largest = [0; CIRCLES.len()];
    for circle in circles(&sources) {
        let within = |folder: &str| circle.iter().all(|file| file.starts_with(folder));
        match CIRCLES.iter().position(|(folder, most, _)| within(folder) && circle.len() <= *most) {
            Some(known) => largest[known] = circle.len().max(largest[known]),
            None => wrong.push(format!("{} files use each other: {}", circle.len(), circle.join(", "))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for ((folder, most, _), largest) in CIRCLES.iter().zip(largest) {
        assert_eq!(*most, largest, "files that use each other in {folder}: say so, or take the line out");
    }
}

#[test]
fn a_circle_is_found() {
    let source = |name: &str, bare: &str| Source {
        room: "room".to_owned(),
        file: format!("src/room/{name}.rs"),
        module: if name == "mod" { vec!["room".to_owned()] } else { vec!["room".to_owned(), name.to_owned()] },
        code: bare.to_owned(),
        bare: bare.to_owned(),
        is_test: false,
    };
    let sources = [
        source("mod", "mod a;\nmod b;\nmod c;\npub use b::B;\n"),
        source("a", "use super::B;\npub struct A(B);\n"),
        source("b", "pub struct B;\nfn f() { crate::room::c::g() }\n"),
        source("c", "use super::{\n    a::{self, A},\n};\npub fn g() {}\n"),
    ];
    assert_eq!(circles(&sources), [["src/room/a.rs", "src/room/b.rs", "src/room/c.rs"]]);
    // What a module passes on, and a module that is imported of which no name is used, are no use.
    assert!(circles(&sources[..3]).is_empty());
    let unused = source("c", "use super::a;\npub fn g() {}\n");
    let [first, second, third, _] = sources;
    assert!(circles(&[first, second, third, unused]).is_empty());
}

/// The circles inside rooms: each the files, sorted, of which every one leads to every other.
fn circles(sources: &[Source]) -> Vec<Vec<&str>> {
    let modules = Modules::new(sources);
    let used: Vec<BTreeSet<usize>> = (0..sources.len())
        .map(|at| modules.used_by(at).into_iter().filter(|used| sources[*used].room == sources[at].room).collect())
        .collect();
    let reached: Vec<BTreeSet<usize>> = (0..sources.len()).map(|at| reach(&used, at)).collect();
    let mut circles = Vec::new();
    for at in 0..sources.len() {
        let circle: Vec<usize> = reached[at].iter().copied().filter(|other| reached[*other].contains(&at)).collect();
        // Each circle once: by its first file.
        if circle.first() == Some(&at) {
            circles.push(circle.into_iter().map(|at| &*sources[at].file).collect());
        }
    }
    circles
}

/// All files that a file leads to; itself only where it is on a circle.
fn reach(used: &[BTreeSet<usize>], from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(at) = next.pop() {
        next.extend(used[at].iter().filter(|used| reached.insert(**used)));
    }
    reached
}
