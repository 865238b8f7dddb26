//! The contrast as text and as Markdown: what the failing have in common, the strongest first; of the others, what it would
//! take.

use std::io::{self, Write};

use super::super::cells::markdown;
use super::super::paint::Paint;
use crate::contrast::Contrast;
use crate::present::contrast::{details, first, heading, last, none, role};
use crate::present::role::Role;

/// Writes the groups that have something in common.
pub(in super::super) fn write_lines(out: &mut impl Write, paint: Paint, contrast: &Contrast) -> io::Result<()> {
    for group in contrast.groups.iter().filter(|group| !group.lines.is_empty()) {
        writeln!(out, "{}", paint.role(Role::Heading, heading(group)))?;
        for line in &group.lines {
            writeln!(out, "  {}", paint.role(role(line.claim), first(line)))?;
            details(line).iter().try_for_each(|detail| writeln!(out, "  {detail}"))?;
        }
        writeln!(out, "  {}\n", last(group))?;
    }
    Ok(())
}

/// Writes what there is to say of the groups that have nothing in common.
pub(in super::super) fn write_nothing(out: &mut impl Write, contrast: &Contrast) -> io::Result<()> {
    for (group, nothing) in contrast.groups.iter().filter_map(|group| Some((group, group.nothing.as_ref()?))) {
        writeln!(out, "{}", none(group, nothing))?;
    }
    Ok(())
}

/// Writes the contrast as Markdown.
pub(in super::super) fn write_markdown(out: &mut impl Write, contrast: &Contrast) -> io::Result<()> {
    if !contrast.groups.is_empty() {
        writeln!(out, "\n## What the failing have in common\n")?;
    }
    for group in contrast.groups.iter().filter(|group| !group.lines.is_empty()) {
        writeln!(out, "{}\n", markdown(&heading(group)))?;
        for line in &group.lines {
            writeln!(out, "- {}", markdown(&first(line).replace("   ", ": ")))?;
            details(line).iter().try_for_each(|detail| writeln!(out, "  - {}", markdown(detail)))?;
        }
        writeln!(out, "\n{}\n", markdown(&last(group)))?;
    }
    for (group, nothing) in contrast.groups.iter().filter_map(|group| Some((group, group.nothing.as_ref()?))) {
        writeln!(out, "- {}", markdown(&none(group, nothing)))?;
    }
    Ok(())
}
