//! A step's fields and bytes: what is folded, where the cursors are, what a search found.

use std::collections::HashMap;
use std::ops::Range;

use super::super::action::Action;
use super::super::cursor::{Cursor, rows};
use crate::present::detail::{self, Detail, Path, Topic, TreeRow};

/// The field tree and the bytes beside it.
#[derive(Debug, Default)]
pub struct Tree {
    /// The step's decoded fields; none while they are being decoded.
    pub detail: Option<Detail>,
    /// The rows that are not folded away.
    pub rows: Vec<TreeRow>,
    /// The cursor in the rows.
    pub cursor: Cursor,
    /// The pane of bytes that is shown.
    pub pane: usize,
    /// The byte under the cursor, where the user moved among bytes.
    pub byte: Option<usize>,
    /// Rows of the hex dump.
    pub hex: Cursor,
    /// Bytes in a row of the hex dump as it was drawn.
    pub per_row: usize,
    /// Folds that the user made, by the names to the field.
    folds: HashMap<String, bool>,
    /// What is searched for.
    pub needle: String,
    /// Fields that match.
    pub matches: Vec<Path>,
    /// The section to go to in the step that is shown next, instead of the one it is about.
    aim: Option<Topic>,
}

impl Tree {
    /// Takes note of the hex dump's size.
    pub fn resized(&mut self, width: usize, height: usize) {
        let per_row = detail::bytes_per_row(width);
        if per_row != self.per_row {
            self.hex.at = self.hex.at * self.per_row / per_row;
            self.per_row = per_row;
        }
        let rows = self.bytes().len().div_ceil(per_row);
        self.hex.resized(height, rows);
    }

    /// Forgets the step; folds and search stay.
    pub fn clear(&mut self) {
        self.detail = None;
        self.rows.clear();
        self.matches.clear();
        self.byte = None;
    }

    /// Shows a step's fields.
    pub fn show(&mut self, detail: Detail) {
        let aim = self.aim.take().and_then(|aim| section(&detail, aim));
        let subject = aim.unwrap_or(detail.subject);
        self.detail = Some(detail);
        self.lay_out();
        self.cursor = Cursor::default();
        let root = self.rows.iter().position(|row| row.path == [subject]).unwrap_or(0);
        match aim {
            Some(_) => self.cursor.lead(root),
            None => self.cursor.at = root,
        }
        self.byte = None;
        self.follow_field();
        self.find();
    }

    /// Goes to the section about this, in the step that is shown or is about to be.
    pub fn aim_at(&mut self, topic: Topic) {
        match self.detail.as_ref().map(|detail| section(detail, topic)) {
            Some(Some(at)) => {
                self.select(&vec![at]);
                self.cursor.lead(self.cursor.at);
            }
            Some(None) => {}
            None => self.aim = Some(topic),
        }
    }

    fn lay_out(&mut self) {
        let Some(shown) = &self.detail else { return };
        let folds = &self.folds;
        self.rows = detail::tree(shown, |names, path, field| {
            folds.get(names).copied().unwrap_or(match path.len() {
                1 => path[0] != shown.subject && shown.sections[path[0]].topic != Topic::Chain,
                2 => !field.is_telling,
                _ => true,
            })
        });
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&TreeRow> {
        self.rows.get(self.cursor.at)
    }

    /// The bytes of the pane that is shown.
    pub fn bytes(&self) -> &[u8] {
        self.detail.as_ref().and_then(|detail| detail.panes.get(self.pane)).map_or(&[], |pane| &pane.bytes)
    }

    /// The bytes of the field under the cursor, in the pane that is shown; none where they are not there.
    pub fn selected(&self) -> Range<usize> {
        let row = self.row().zip(self.detail.as_ref());
        row.and_then(|(row, detail)| detail.place_in(self.pane, (row.pane, row.range.clone()))).unwrap_or(0..0)
    }

    /// Moves the cursor in the tree.
    fn step(&mut self, rows: isize) {
        self.cursor.step(rows, self.rows.len());
        self.byte = None;
        self.follow_field();
    }

    /// Puts the cursor on a row.
    fn go_to_row(&mut self, at: usize) {
        self.cursor.at = at.min(self.rows.len().saturating_sub(1));
        self.byte = None;
        self.follow_field();
    }

    /// Shows the bytes of the field under the cursor.
    fn follow_field(&mut self) {
        let Some((pane, start)) = self.row().map(|row| (row.pane, row.range.start)) else { return };
        self.pane = pane;
        self.hex.at = start / self.per_row.max(8);
    }

    /// Unfolds (or folds) the field under the cursor; folding what is folded goes to the field above.
    fn fold(&mut self, closed: bool) {
        let Some(row) = self.row() else { return };
        match row.open {
            Some(open) if open == closed => {
                self.folds.insert(row.names.clone(), closed);
                self.lay_out();
            }
            _ if closed => {
                let above = row.path[..row.path.len() - 1].to_vec();
                if let Some(at) = self.rows.iter().position(|row| row.path == above) {
                    self.go_to_row(at);
                }
            }
            Some(_) => self.step(1),
            None => {}
        }
    }

    /// Folds what is unfolded and the other way round.
    pub fn toggle(&mut self) {
        if let Some(open) = self.row().and_then(|row| row.open) {
            self.fold(open);
        }
    }

    /// Folds or unfolds everything.
    pub fn fold_all(&mut self, closed: bool) {
        let path = self.row().map(|row| row.path.clone());
        let Some(shown) = &self.detail else { return };
        let all = detail::tree(shown, |_, _, _| false);
        self.folds = all.into_iter().filter(|row| row.open.is_some()).map(|row| (row.names, closed)).collect();
        self.lay_out();
        if let Some(path) = path {
            self.select(&if closed { path[..1].to_vec() } else { path });
        }
    }

    /// Puts the cursor on a field, unfolding what hides it.
    fn select(&mut self, path: &Path) {
        let Some(shown) = &self.detail else { return };
        for len in 1..path.len() {
            self.folds.insert(detail::names(shown, &path[..len].to_vec()), false);
        }
        self.lay_out();
        if let Some(at) = self.rows.iter().position(|row| row.path == *path) {
            self.cursor.at = at;
            self.follow_field();
        }
    }

    /// Moves among the bytes; the innermost field that holds the byte is selected.
    fn move_byte(&mut self, by: isize) {
        let len = self.bytes().len();
        let from = self.byte.or_else(|| self.row().map(|row| row.range.start)).unwrap_or(0);
        self.go_to_byte(from.saturating_add_signed(by).min(len.saturating_sub(1)));
    }

    /// Goes to a byte; the innermost field that holds it is selected.
    pub fn go_to_byte(&mut self, byte: usize) {
        let pane = self.pane;
        let path = self.detail.as_ref().and_then(|detail| {
            // A byte of a packet is also one of the message that was put together from it: that says more.
            let mut places = detail.put_together((pane, byte)).into_iter().rev().chain([(pane, byte)]);
            places.find_map(|(pane, byte)| detail::field_at(detail, pane, byte))
        });
        if let Some(path) = path {
            self.select(&path);
        }
        self.pane = pane;
        self.byte = Some(byte);
        self.hex.at = byte / self.per_row.max(8);
    }

    /// Shows the next pane of bytes.
    pub fn next_pane(&mut self) {
        let panes = self.detail.as_ref().map_or(0, |detail| detail.panes.len());
        if panes > 1 {
            self.pane = (self.pane + 1) % panes;
            self.go_to_byte(0);
        }
    }

    /// Does what the user asks for while the fields have the keys.
    pub fn act_on_fields(&mut self, action: Action) {
        match action {
            Action::Left | Action::Right => self.fold(action == Action::Left),
            _ => {
                if let Some(rows) = rows(action, self.cursor.page()) {
                    self.step(rows);
                }
            }
        }
    }

    /// Does what the user asks for while the bytes have the keys.
    pub fn act_on_bytes(&mut self, action: Action) {
        match action {
            Action::Left => self.move_byte(-1),
            Action::Right => self.move_byte(1),
            _ => {
                if let Some(rows) = rows(action, self.hex.page()) {
                    let per_row = self.per_row.max(8) as isize;
                    self.move_byte(rows.saturating_mul(per_row));
                }
            }
        }
    }

    /// Moves the window over the fields; the cursor stays in sight.
    pub fn scroll_fields(&mut self, rows: isize) {
        self.cursor.scroll(rows, self.rows.len());
        self.go_to_row(self.cursor.at);
    }

    /// Moves the window over the bytes.
    pub fn scroll_bytes(&mut self, rows: isize) {
        let len = self.bytes().len().div_ceil(self.per_row.max(8));
        self.hex.scroll(rows, len);
    }

    /// Puts the cursor on a row; a row that it is on already is folded or unfolded.
    pub fn click(&mut self, row: usize) {
        let again = self.cursor.at == row;
        self.go_to_row(row);
        if again {
            self.toggle();
        }
    }

    /// Searches for a text and goes to the first match at or after the cursor.
    pub fn search(&mut self, needle: &str) {
        self.needle = needle.to_lowercase();
        self.find();
        let here = self.row().map(|row| row.path.clone()).unwrap_or_default();
        let first = self.matches.iter().find(|path| **path >= here).or_else(|| self.matches.first()).cloned();
        if let Some(path) = first {
            self.select(&path);
        }
    }

    fn find(&mut self) {
        self.matches = match &self.detail {
            Some(detail) if !self.needle.is_empty() => detail::search(detail, &self.needle),
            _ => Vec::new(),
        };
    }

    /// Goes to the next match or the one before, around the end.
    pub fn next_match(&mut self, forward: bool) {
        let here = self.row().map(|row| row.path.clone()).unwrap_or_default();
        let path = if forward {
            self.matches.iter().find(|path| **path > here).or_else(|| self.matches.first())
        } else {
            self.matches.iter().rev().find(|path| **path < here).or_else(|| self.matches.last())
        };
        if let Some(path) = path.cloned() {
            self.select(&path);
        }
    }

    /// Which match the cursor is on, from 1; none where it is on none.
    pub fn match_number(&self) -> Option<usize> {
        let here = &self.row()?.path;
        self.matches.iter().position(|path| path == here).map(|at| at + 1)
    }
}

/// The section about this.
fn section(detail: &Detail, topic: Topic) -> Option<usize> {
    detail.sections.iter().position(|section| section.topic == topic)
}
