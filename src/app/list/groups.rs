//! The groups of the flow list: headings among its rows, folded or not. Without groups an item is a row.

use std::collections::HashSet;

use crate::present::causes::Kind;

/// By what flows are grouped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Grouping {
    /// Not at all.
    #[default]
    None,
    /// By outcome and cause.
    Cause,
}

impl Grouping {
    /// The one after it, around the end.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Grouping::None => Grouping::Cause,
            Grouping::Cause => Grouping::None,
        }
    }
}

/// Rows that stand together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    /// What they have in common.
    pub kind: Kind,
    /// The first of them.
    pub first: usize,
    /// How many they are.
    pub count: usize,
}

/// One line of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Item {
    /// The heading of a group, by its place among the groups.
    Heading(usize),
    /// A row.
    Row(usize),
}

/// The groups, in the order of the rows.
#[derive(Debug, Default)]
pub struct Groups {
    groups: Vec<Group>,
    folded: HashSet<Kind>,
}

impl Groups {
    /// Other groups; what was folded stays so.
    pub fn take(&mut self, groups: Vec<Group>) {
        self.groups = groups;
    }

    /// Whether there are groups.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// A group.
    pub fn get(&self, group: usize) -> Option<Group> {
        self.groups.get(group).copied()
    }

    /// Whether a group's rows are hidden.
    pub fn is_folded(&self, group: Group) -> bool {
        self.folded.contains(&group.kind)
    }

    /// Rows that failed.
    pub fn failed(&self) -> usize {
        self.groups.iter().filter(|group| group.kind.is_failed()).map(|group| group.count).sum()
    }

    fn shown(&self, group: Group) -> usize {
        if self.is_folded(group) { 0 } else { group.count }
    }

    /// How many items `rows` rows make.
    pub fn len(&self, rows: usize) -> usize {
        if self.is_empty() {
            return rows;
        }
        self.groups.iter().map(|group| 1 + self.shown(*group)).sum()
    }

    /// The item at a place; the row that it is may not exist where there are no groups.
    pub fn item(&self, mut at: usize) -> Option<Item> {
        if self.is_empty() {
            return Some(Item::Row(at));
        }
        for (place, group) in self.groups.iter().enumerate() {
            if at == 0 {
                return Some(Item::Heading(place));
            }
            at -= 1;
            let shown = self.shown(*group);
            if at < shown {
                return Some(Item::Row(group.first + at));
            }
            at -= shown;
        }
        None
    }

    /// The place of a row; that of its heading where it is hidden.
    pub fn place(&self, row: usize) -> usize {
        let mut place = 0;
        for group in &self.groups {
            let is_in = (group.first..group.first + group.count).contains(&row);
            match (is_in, self.is_folded(*group)) {
                (true, true) => return place,
                (true, false) => return place + 1 + row - group.first,
                (false, _) => place += 1 + self.shown(*group),
            }
        }
        if self.is_empty() { row } else { 0 }
    }

    /// The place of a kind's heading.
    pub fn heading(&self, kind: Kind) -> Option<usize> {
        let at = self.groups.iter().position(|group| group.kind == kind)?;
        Some(self.groups[..at].iter().map(|group| 1 + self.shown(*group)).sum())
    }

    /// The group of an item.
    pub fn of(&self, item: Item) -> Option<Group> {
        match item {
            Item::Heading(group) => self.get(group),
            Item::Row(row) => {
                self.groups.iter().find(|group| (group.first..group.first + group.count).contains(&row)).copied()
            }
        }
    }

    /// Folds a group or unfolds it.
    pub fn fold(&mut self, group: Group, fold: bool) {
        if fold {
            self.folded.insert(group.kind);
        } else {
            self.folded.remove(&group.kind);
        }
    }

    /// Folds all groups or unfolds them.
    pub fn fold_all(&mut self, fold: bool) {
        self.folded.clear();
        if fold {
            self.folded.extend(self.groups.iter().map(|group| group.kind));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::{Cause, Outcome};

    #[test]
    fn places_and_items_are_the_same() {
        let kind = |outcome, cause| Kind { outcome: Some(outcome), cause };
        let group = |kind, first, count| Group { kind, first, count };
        let failed = kind(Outcome::Failed, Some(Cause::PlaintextAnswer));
        let mut groups = Groups::default();
        assert_eq!((groups.len(7), groups.item(3), groups.place(3)), (7, Some(Item::Row(3)), 3));
        groups.take(vec![group(failed, 0, 2), group(kind(Outcome::Ok, None), 2, 3)]);
        assert_eq!((groups.len(5), groups.failed()), (7, 2));
        for row in 0..5 {
            assert_eq!(groups.item(groups.place(row)), Some(Item::Row(row)));
        }
        let first = groups.of(Item::Row(1)).expect("a group");
        groups.fold(first, true);
        assert_eq!((groups.len(5), groups.place(1), groups.place(2)), (5, 0, 2));
        assert_eq!(
            (groups.item(0), groups.item(1), groups.item(5)),
            (Some(Item::Heading(0)), Some(Item::Heading(1)), None)
        );
        groups.fold_all(true);
        assert_eq!((groups.len(5), groups.heading(failed)), (2, Some(0)));
    }
}
