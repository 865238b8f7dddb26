//! What is copied of the conversation: the selected lines.

use super::parts::Parts;
use super::place::Place;
use crate::app::msg::MAX_COPY;
use crate::present::follow::{As, plain};

/// The lines from one place to another as text, and how many they are; else why they cannot be copied.
pub fn text(parts: &Parts, (from, to): (Place, Place)) -> Result<(String, usize), String> {
    let too_much = || format!("more than {} kB are selected: w saves a direction to a file", MAX_COPY / 1000);
    let (mut text, mut bytes, mut count) = (String::new(), Vec::new(), 0);
    let mut part = from.part;
    loop {
        let chapter = parts.chapter(part).ok_or_else(too_much)?;
        let first = if part == from.part { from.block } else { 0 };
        for block in first..chapter.blocks.len() {
            for (line, shown) in parts.lines(part, block).iter().enumerate() {
                let place = Place { part, block, line };
                if place < from || place > to {
                    continue;
                }
                count += 1;
                if parts.shown_as == As::Text {
                    bytes.extend_from_slice(chapter.line_bytes(block, shown));
                } else {
                    text.push_str(shown.line.plain().trim_end());
                    text.push('\n');
                }
                if text.len() + bytes.len() > MAX_COPY {
                    return Err(too_much());
                }
            }
            if (Place { part, block, line: usize::MAX }) >= to {
                break;
            }
        }
        match parts.neighbour(part, true).filter(|_| part < to.part) {
            Some(next) => part = next,
            None => break,
        }
    }
    text.push_str(&plain(&bytes));
    Ok((text, count))
}
