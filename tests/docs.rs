//! Documents that are made from tables say what the tables say. `UPDATE_DOCS=1 cargo test --test docs` writes them.

#![cfg(feature = "ui")]

mod common;

use std::fmt::Write as _;
use std::fs;

use shakedown::internal::app::keys;
use shakedown::internal::diagnose::RULES;
use shakedown::internal::filter::aliases;
use shakedown::internal::tui;
use shakedown::{FIELDS, Field, Options, Session};

#[test]
fn the_fields_are_documented() {
    let mut text = String::from(
        "# Fields\n\n\
         Every fact of a flow. Its name is a word of `--filter`; it is a column of `flows --format csv` and, with dots as nesting, a key of\n\
         `flows --format json` where the table says so; where it says *contrast*, `diagnose` asks whether failing attempts have it in common.\n\
         Made from `src/facts/fields.rs` by `UPDATE_DOCS=1 cargo test --test docs`.\n\n\
         Known is when: *identity* only says which flow it is; *before* anything could go wrong; from the *answer* to the SYN; from the\n\
         Client*Hello*; as a *consequence* of how the flow went, which explains nothing.\n\n\
         | field | value | known | in | says |\n| --- | --- | --- | --- | --- |\n",
    );
    for field in FIELDS {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            field.name,
            field.kind,
            field.tier.name(),
            places(field),
            field.doc
        );
    }
    text.push_str(
        "\n## Filters\n\n\
         ```\n\
         outcome == failed and tls.sni ~ \"api\"\n\
         client.ip in 10.0.0.0/8 and not (cause == plaintext-answer or cause == reset-after-client-hello)\n\
         tcp.syn_rtt > 100ms || tls.handshake_time >= 0.5\n\
         server.port in {443, 8000..8999} && bytes > 10k\n\
         start >= \"2026-11-24 08:08\" api\n\
         ```\n\n\
         | write | to say |\n| --- | --- |\n\
         | `==` `=` `eq`, `!=` `ne` | equal (text: but for case; an address: in the network; several names: one of them), not equal |\n\
         | `<` `<=` `>` `>=`, `lt` `le` `gt` `ge` | order; durations take `us`, `ms`, `s`, `min`, `h`, sizes `k`, `M`, `G` |\n\
         | `~` `matches`, `!~` | a regular expression is found, is not found; case is ignored |\n\
         | `contains` | a piece of text, case ignored |\n\
         | `in` | a network, a range `low..high`, or one of `{a, b, c..d}` |\n\
         | `and` `&&`, `or` `\\|\\|`, `not` `!`, `( )` | conditions combined; side by side means `and` |\n\
         | a field alone | the flow has a value of it, other than zero and false |\n\
         | any other word, or text in quotes | some field holds this text; digits are a port or flow number too |\n\n\
         A comparison with a field that the flow has no value of does not hold, `!=` included; `not tls.sni == x` holds there.\n\n\
         ## Other names\n\n| name | stands for |\n| --- | --- |\n",
    );
    for alias in aliases() {
        let fields: Vec<String> = alias.fields.iter().map(|field| format!("`{}`", field.name)).collect();
        let _ = writeln!(text, "| `{}` | {} |", alias.name, fields.join(" or "));
    }
    check("docs/fields.md", &text);
}

/// The formats that have a field, with its key where that is not its name.
fn places(field: &Field) -> String {
    let csv = field.csv.map(|_| "CSV".to_owned());
    let json = field.json.map(|path| if path == field.name { "JSON".to_owned() } else { format!("JSON as `{path}`") });
    let contrast = field.explains.map(|_| "contrast".to_owned());
    csv.into_iter().chain(json).chain(contrast).collect::<Vec<_>>().join(", ")
}

#[test]
fn the_keys_are_documented() {
    check("docs/keys.md", &keys::document());
}

#[test]
fn the_rules_are_documented() {
    let mut text = String::from(
        "# Causes\n\n\
         Why a handshake failed: the pattern that is seen. Who did it is `ended_by`, how sure that is is `confidence`. `shakedown explain\n\
         CAUSE` says the same. Made from `src/diagnose/rules/` by `UPDATE_DOCS=1 cargo test --test docs`.\n",
    );
    for rule in RULES {
        let _ = write!(text, "\n## {}\n", rule.cause);
        for (title, body) in
            [("What happened", rule.doc.what), ("How we know", rule.doc.how), ("Not to be confused with", rule.doc.not)]
        {
            if !body.is_empty() {
                let _ = write!(text, "\n**{title}.** {body}\n");
            }
        }
        if !rule.doc.next.is_empty() {
            text.push_str("\n**What to try.**\n\n");
            for step in rule.doc.next {
                let _ = writeln!(text, "- {step}");
            }
        }
        if !rule.doc.reference.is_empty() {
            let _ = write!(text, "\n**Reference.** {}\n", rule.doc.reference);
        }
    }
    check("docs/rules.md", &text);
}

#[test]
fn the_pictures_are_what_the_program_draws() {
    for (path, script) in [("docs/list.svg", ""), ("docs/timeline.svg", "n Enter"), ("docs/compare.svg", "n c")] {
        let options =
            Options { captures: vec!["fixtures/one-percent/capture.pcapng".to_owned()], ..Options::default() };
        let session = Session::open(&options).expect("the fixture");
        session.wait();
        check(path, &tui::picture(session, script, 150, 40));
    }
}

/// Compares a document with what it should say, or writes it where that is asked for.
fn check(path: &str, text: &str) {
    let full = common::root().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&full, text).expect("the document can be written");
    }
    let said = fs::read_to_string(&full).unwrap_or_default();
    assert!(said == text, "{path} is not what its table says; UPDATE_DOCS=1 cargo test --test docs writes it");
}
