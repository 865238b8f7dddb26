//! Facts below, words above: no room below `present` decides anything by reading a text that is made to be shown.

use super::ROOMS;
use super::sources::{Source, working};

/// Reads a text: compared with one, or looked for in it. Bytes (`b"…"`) come from the wire and are no words of ours.
const READS: [&str; 14] = [
    "== \"",
    "!= \"",
    ".contains(\"",
    ".starts_with(\"",
    ".ends_with(\"",
    ".strip_prefix(\"",
    ".strip_suffix(\"",
    ".find(\"",
    ".split_once(\"",
    ".to_string() ==",
    ".name ==",
    ".name !=",
    ".note ==",
    ".headline ==",
];

/// Files that read texts, each with whose words they are.
const READERS: &[(&str, &str)] = &[
    ("src/capture/input.rs", "an argument: - is standard input"),
    ("src/cohort/linker.rs", "names of DNS"),
    ("src/compare/message.rs", "the first line of a plain-text answer"),
    ("src/diagnose/chain.rs", "a certificate's common name"),
    ("src/diagnose/clients/", "what a user says that a client printed"),
    ("src/diagnose/foreign.rs", "a page of HTML"),
    ("src/diagnose/mod.rs", "a rule's documentation, of which the first sentence is wanted"),
    ("src/diagnose/rules/plaintext_to_tls_port.rs", "a server's error page"),
    ("src/engine/follow/save.rs", "a path that a user typed"),
    ("src/facts/", "the keys of the field table"),
    ("src/filter/", "the words of the filter language"),
    ("src/index/datagrams.rs", "names of DNS"),
    ("src/net/tree/", "fields of a header's own tree, for its summary"),
    ("src/proto/tls/certificate/", "object identifiers and algorithms' names"),
    ("src/proto/tls/der.rs", "object identifiers"),
    ("src/proto/tls/tree/builder.rs", "a value without a name is shown as its number already"),
    ("src/proto/tls/tree/x509.rs", "object identifiers"),
    ("src/vocab/field.rs", "a path of names that is given"),
    ("src/vocab/text.rs", "the end of a noun that code gives"),
    ("src/vocab/iana/suite_facts.rs", "names of the registry of cipher suites"),
];

/// Whoever could read words back must not even ask for them. They are made in `timeline`.
#[test]
fn nobody_below_present_asks_for_the_words_of_steps() {
    let may = |source: &Source| source.room == "timeline";
    let mut asking = Vec::new();
    for source in working().iter().filter(|source| below_present().contains(&&*source.room) && !may(source)) {
        let lines = source.bare.lines().enumerate().filter(|(_, line)| line.contains("words::"));
        asking.extend(lines.map(|(at, line)| format!("{}:{}: {}", source.file, at + 1, line.trim())));
    }
    assert!(asking.is_empty(), "a fact should do:\n{}", asking.join("\n"));
}

#[test]
fn nothing_is_decided_by_reading_words() {
    let below = below_present();
    let sources = working();
    let known = |source: &Source| READERS.iter().any(|(file, _)| source.file.starts_with(file));
    let reading = sources.iter().filter(|source| below.contains(&&*source.room));
    let wrong: Vec<_> = reading.filter(|source| !known(source)).flat_map(reads).collect();
    assert!(wrong.is_empty(), "a fact should say this:\n{}", wrong.join("\n"));
    for (file, _) in READERS {
        let mut these = sources.iter().filter(|source| source.file.starts_with(file));
        assert!(these.any(|source| !reads(source).is_empty()), "{file} reads no words, take it out");
    }
}

/// The rooms whose texts nobody sees.
fn below_present() -> Vec<&'static str> {
    ROOMS.iter().skip_while(|(room, _)| *room != "present").skip(1).map(|(room, _)| *room).collect()
}

/// The lines of a file that read a text.
fn reads(source: &Source) -> Vec<String> {
    let lines = source.code.lines().zip(source.bare.lines()).enumerate();
    // What stands in tests is blank in bare code.
    let lines = lines.filter(|(_, (_, bare))| !bare.trim().is_empty());
    let reading = lines.filter(|(_, (code, _))| READS.iter().any(|read| code.contains(read)) || is_arm(code));
    reading.map(|(at, (code, _))| format!("{}:{}: {}", source.file, at + 1, code.trim())).collect()
}

/// Whether a line is an arm of a match on texts.
fn is_arm(code: &str) -> bool {
    let line = code.trim();
    line.starts_with('"') && line.split_once(" => ").is_some_and(|(pattern, _)| pattern.ends_with('"'))
}
