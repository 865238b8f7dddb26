//! `NOTICE` names every crate that is part of the program, with its licence. `UPDATE_DOCS=1 cargo test --test notice`
//! writes it from `Cargo.lock` and the sources of the crates, without a network.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The platform the program is released for.
const TARGET: &str = "x86_64-unknown-linux-gnu";

const HEAD: &str = "\
Third-party licences

shakedown itself is licensed under MIT or Apache-2.0, at your option. The program contains code of the crates below, each
with its licence and its address, and after them the texts; where a crate leaves a choice that includes MIT, the text is
that of MIT. Made from Cargo.lock by `UPDATE_DOCS=1 cargo test --test notice`.
";

/// A crate that is part of the program.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Crate {
    name: String,
    version: String,
    licence: String,
    repository: String,
    /// Its sources.
    folder: PathBuf,
}

#[test]
fn every_crate_is_named_with_its_licence() {
    let crates = crates();
    assert!(crates.len() > 100, "only {} crates", crates.len());
    let text = notice(&crates);
    let path = common::root().join("NOTICE");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &text).expect("the notice can be written");
    }
    let said = fs::read_to_string(&path).unwrap_or_default();
    assert!(said == text, "NOTICE is not what Cargo.lock says; UPDATE_DOCS=1 cargo test --test notice writes it");
}

fn notice(crates: &BTreeSet<Crate>) -> String {
    let mut out = HEAD.to_owned();
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    out.push('\n');
    for one in crates {
        let Crate { name, version, licence, repository, .. } = one;
        let found = licences(one);
        let without = if found.is_empty() { "; its package has no text of it" } else { "" };
        let _ = writeln!(out, "{name} {version}: {licence}{without}. {repository}");
        for text in found {
            texts.entry(text).or_default().push(format!("{name} {version}"));
        }
    }
    let mut texts: Vec<(String, Vec<String>)> = texts.into_iter().collect();
    texts.sort_by(|(_, left), (_, right)| left.cmp(right));
    for (text, crates) in texts {
        let _ = write!(out, "\n{}\n{}\n\n{text}\n", "-".repeat(80), crates.join(", "));
    }
    out
}

/// The crates that are linked into the program, with the features it has them with.
fn crates() -> BTreeSet<Crate> {
    let folders = folders();
    let format = ["--format", "{p}\t{l}\t{r}", "--prefix", "none", "--no-dedupe"];
    let tree = cargo(&[&["tree", "--edges", "normal,no-proc-macro", "--target", TARGET][..], &format].concat());
    let mut crates = BTreeSet::new();
    for line in tree.lines() {
        let mut columns = line.split('\t');
        let mut package = columns.next().unwrap_or_default().split(' ');
        let (Some(name), Some(version)) = (package.next(), package.next()) else { continue };
        if name == env!("CARGO_PKG_NAME") {
            continue;
        }
        let id = (name.to_owned(), version.trim_start_matches('v').to_owned());
        let folder = folders.get(&id).unwrap_or_else(|| panic!("{name} {version} has no sources")).clone();
        let mut column = || columns.next().unwrap_or_default().to_owned();
        crates.insert(Crate { name: id.0, version: id.1, licence: column(), repository: column(), folder });
    }
    crates
}

/// Where each package's sources are, by name and version.
fn folders() -> BTreeMap<(String, String), PathBuf> {
    let json = cargo(&["metadata", "--format-version", "1", "--filter-platform", TARGET]);
    let metadata: Value = serde_json::from_str(&json).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let folder = |package: &Value| Path::new(&text(&package["manifest_path"])).with_file_name("");
    packages.iter().map(|one| ((text(&one["name"]), text(&one["version"])), folder(one))).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).args(["--locked", "--offline"]).current_dir(common::root());
    let output = command.output().expect("cargo runs");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// The texts of a crate's licences, its own and those of code that is part of it.
fn licences(one: &Crate) -> BTreeSet<String> {
    let mut files = Vec::new();
    collect(&one.folder, &mut files);
    let is_mit = |path: &&PathBuf| path.parent() == Some(&one.folder) && name(path).contains("MIT");
    let has_choice = !one.licence.contains("AND");
    // Where there is a choice the text of MIT has the names in it and is the shortest.
    if let Some(mit) = files.iter().find(is_mit).filter(|_| has_choice).cloned() {
        files.retain(|path| path.parent() != Some(&one.folder) || *path == mit);
    }
    let text = |path: PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(path).expect("a licence")).replace('\r', "");
        let lines: Vec<&str> = text.trim_matches('\n').lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    };
    files.into_iter().map(text).filter(|text| !text.is_empty()).collect()
}

/// Adds the files below a folder that are named as licences are; what is not part of the program has no say.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the sources of a crate are there after a build")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    entries.sort();
    for path in entries {
        let name = name(&path);
        if path.is_dir() {
            if !["BENCHES", "DOCS", "EXAMPLES", "FUZZ", "TESTS"].contains(&name.as_str()) {
                collect(&path, files);
            }
        } else if is_licence(&name) {
            files.push(path);
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().to_uppercase()
}

fn is_licence(name: &str) -> bool {
    let starts = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE"];
    let is_code = [".RS", ".C", ".H"].iter().any(|end| name.ends_with(end));
    starts.iter().any(|start| name.starts_with(start)) && !is_code
}
