//! What a cause means, as text for people; made from the rules' documentation.

use std::io::{self, Write};

use super::paint::Paint;
use crate::diagnose::{RULES, Rule};
use crate::present::role::Role;
use crate::vocab::Cause;

/// Columns that a line of prose may take.
const WIDTH: usize = 100;

/// Writes the documentation of one cause.
pub fn one(out: &mut impl Write, paint: Paint, cause: Cause) -> io::Result<()> {
    let Some(Rule { doc, .. }) = RULES.iter().find(|rule| rule.cause == cause) else { return Ok(()) };
    writeln!(out, "{}", paint.role(Role::Heading, cause))?;
    let parts = [("What happened", doc.what), ("How we know", doc.how), ("Not to be confused with", doc.not)];
    for (title, body) in parts.into_iter().filter(|(_, body)| !body.is_empty()) {
        writeln!(out, "\n{}", paint.role(Role::Heading, title))?;
        paragraph(out, "  ", "  ", body)?;
    }
    if !doc.next.is_empty() {
        writeln!(out, "\n{}", paint.role(Role::Heading, "What to try"))?;
        doc.next.iter().try_for_each(|step| paragraph(out, "  - ", "    ", step))?;
    }
    if !doc.reference.is_empty() {
        writeln!(out, "\n{}", paint.role(Role::Heading, "Reference"))?;
        paragraph(out, "  ", "  ", doc.reference)?;
    }
    Ok(())
}

/// Writes every cause with a sentence.
pub fn all(out: &mut impl Write, paint: Paint) -> io::Result<()> {
    for cause in Cause::ALL {
        writeln!(out, "{}", paint.role(Role::Heading, cause))?;
        if let Some(rule) = RULES.iter().find(|rule| rule.cause == *cause) {
            paragraph(out, "  ", "  ", rule.doc.what)?;
        }
    }
    Ok(())
}

/// `body` in lines, the first after `first`, the others after `rest`.
fn paragraph(out: &mut impl Write, first: &str, rest: &str, body: &str) -> io::Result<()> {
    let mut line = String::from(first);
    let mut empty = true;
    for word in body.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{line}")?;
            line = String::from(rest);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    writeln!(out, "{line}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_wrapped_between_words() {
        let mut out = Vec::new();
        paragraph(&mut out, "- ", "  ", &"word ".repeat(30)).expect("memory takes bytes");
        let text = String::from_utf8(out).expect("text");
        assert!(text.lines().all(|line| line.len() <= WIDTH));
        assert!(text.starts_with("- word word") && text.lines().nth(1).is_some_and(|line| line.starts_with("  word")));
    }
}
