//! A step's decoded fields as a tree of rows, and bytes as a hex dump.

use std::ops::Range;

use super::role::{Line, Role};
use super::wrap::wrap;
pub use crate::timeline::Detail;
pub use crate::timeline::detail::Topic;
use crate::vocab::{Field, text};

/// Where a field is: its section, then the index at each level below.
pub type Path = Vec<usize>;

/// One row of the tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TreeRow {
    /// Where the field is.
    pub path: Path,
    /// The names from the root to the field, by which a fold is remembered from step to step.
    pub names: String,
    /// Whether its children are shown; `None` where it has none.
    pub open: Option<bool>,
    /// The pane its bytes are in.
    pub pane: usize,
    /// Its bytes.
    pub range: Range<usize>,
    /// The row's text.
    pub line: Line,
}

/// The rows of a tree. `folded` says, by the names to a field, its place and the field, whether it is closed.
pub fn tree(detail: &Detail, folded: impl Fn(&str, &Path, &Field) -> bool) -> Vec<TreeRow> {
    let mut walk = Walk { folded: &folded, rows: Vec::new() };
    for (at, section) in detail.sections.iter().enumerate() {
        walk.field(&section.root, vec![at], "", section.pane);
    }
    walk.rows
}

struct Walk<'a, F> {
    folded: &'a F,
    rows: Vec<TreeRow>,
}

impl<F: Fn(&str, &Path, &Field) -> bool> Walk<'_, F> {
    fn field(&mut self, field: &Field, path: Path, above: &str, pane: usize) {
        let names = format!("{above}/{}", field.name);
        let open = (!field.children.is_empty()).then(|| !(self.folded)(&names, &path, field));
        let line = line(field, path.len() - 1, open);
        let children = path.clone();
        self.rows.push(TreeRow { path, names: names.clone(), open, pane, range: field.range.clone(), line });
        if open == Some(true) {
            for (at, child) in field.children.iter().enumerate() {
                let mut path = children.clone();
                path.push(at);
                self.field(child, path, &names, pane);
            }
        }
    }
}

fn line(field: &Field, depth: usize, open: Option<bool>) -> Line {
    let sign = match open {
        Some(true) => "▾ ",
        Some(false) => "▸ ",
        None => "  ",
    };
    let mut line = Line::of(Role::Dim, format!("{}{sign}", "  ".repeat(depth)));
    let name = if depth == 0 { Role::Heading } else { Role::Label };
    line.push(name, text::visible(&field.name));
    if !field.value.is_empty() {
        line.push(Role::Dim, ": ");
        line.push(Role::Text, text::visible(&field.value));
    }
    if let Some(issue) = &field.issue {
        line.push(Role::Failed, format!("  ! {}", text::visible(issue)));
    }
    if let Some(note) = &field.note {
        line.push(Role::Dim, format!("  {}", text::visible(note)));
    }
    line
}

/// The field at a path.
pub fn field<'a>(detail: &'a Detail, path: &Path) -> Option<&'a Field> {
    let (section, below) = path.split_first()?;
    let root = &detail.sections.get(*section)?.root;
    below.iter().try_fold(root, |field, at| field.children.get(*at))
}

/// All there is to say of the field at a path, in lines of at most `width` characters: value, issue, note, place.
pub fn about(detail: &Detail, path: &Path, width: usize) -> Vec<Line> {
    let Some(field) = field(detail, path) else { return Vec::new() };
    let place = match field.range.len() {
        0 => String::new(),
        1 => format!("byte {}", field.range.start),
        count => format!("{count} bytes from {}", field.range.start),
    };
    let mut value = text::visible(&field.name);
    for (between, more) in [(": ", text::visible(&field.value)), (" · ", place)] {
        if !more.is_empty() {
            value = format!("{value}{between}{more}");
        }
    }
    let issue = field.issue.as_deref().map(|issue| format!("! {}", text::visible(issue)));
    let note = field.note.as_deref().map(text::visible);
    [(Role::Text, Some(value)), (Role::Failed, issue), (Role::Label, note)]
        .into_iter()
        .flat_map(|(role, said)| {
            wrap(&said.unwrap_or_default(), width).into_iter().map(move |line| Line::of(role, line))
        })
        .collect()
}

/// A field and all below it as text, a line each.
pub fn plain(field: &Field) -> String {
    let mut text = String::new();
    write_plain(field, 0, &mut text);
    text
}

fn write_plain(field: &Field, depth: usize, out: &mut String) {
    out.push_str(&"  ".repeat(depth));
    out.push_str(&text::visible(&field.name));
    if !field.value.is_empty() {
        out.push_str(": ");
        out.push_str(&text::visible(&field.value));
    }
    if let Some(issue) = &field.issue {
        out.push_str("  ! ");
        out.push_str(&text::visible(issue));
    }
    out.push('\n');
    for child in &field.children {
        write_plain(child, depth + 1, out);
    }
}

/// The names from the root to the field at a path.
pub fn names(detail: &Detail, path: &Path) -> String {
    (1..=path.len()).filter_map(|len| field(detail, &path[..len].to_vec())).fold(String::new(), |mut names, field| {
        names.push('/');
        names.push_str(&field.name);
        names
    })
}

/// The innermost field that holds the byte at `offset` of a pane.
pub fn field_at(detail: &Detail, pane: usize, offset: usize) -> Option<Path> {
    let mut best: Option<Path> = None;
    for (at, section) in detail.sections.iter().enumerate().filter(|(_, section)| section.pane == pane) {
        if section.root.range.contains(&offset) {
            let mut path = vec![at];
            descend(&section.root, offset, &mut path);
            best = Some(path);
        }
    }
    best
}

fn descend(field: &Field, offset: usize, path: &mut Path) {
    if let Some((at, child)) = field.children.iter().enumerate().find(|(_, child)| child.range.contains(&offset)) {
        path.push(at);
        descend(child, offset, path);
    }
}

/// The paths of all fields whose name, value or note contains `needle` (in lower case), in order.
pub fn search(detail: &Detail, needle: &str) -> Vec<Path> {
    let mut found = Vec::new();
    for (at, section) in detail.sections.iter().enumerate() {
        search_below(&section.root, &vec![at], needle, &mut found);
    }
    found
}

fn search_below(field: &Field, path: &Path, needle: &str, found: &mut Vec<Path>) {
    let holds = |text: &str| text.to_lowercase().contains(needle);
    if holds(&field.name) || holds(&field.value) || field.note.as_deref().is_some_and(holds) {
        found.push(path.clone());
    }
    for (at, child) in field.children.iter().enumerate() {
        let mut below = path.clone();
        below.push(at);
        search_below(child, &below, needle, found);
    }
}

/// Bytes in a row of a hex dump that has `width` columns: 16, or 8 where that is too narrow.
pub fn bytes_per_row(width: usize) -> usize {
    if width >= hex_width(16) { 16 } else { 8 }
}

/// Columns that a hex dump with `per_row` bytes a row takes.
fn hex_width(per_row: usize) -> usize {
    6 + per_row * 3 + 2 + per_row
}

/// One row of a hex dump: offset, bytes, characters; the bytes of `selected` and the one at `cursor` are marked.
pub fn hex_row(bytes: &[u8], row: usize, per_row: usize, selected: &Range<usize>, cursor: Option<usize>) -> Line {
    let start = row * per_row;
    let part = bytes.get(start..(start + per_row).min(bytes.len())).unwrap_or_default();
    let mut line = Line::of(Role::Offset, format!("{start:04x}  "));
    let role = |at: usize| match cursor {
        Some(cursor) if cursor == at => Role::CursorByte,
        _ if selected.contains(&at) => Role::SelectedBytes,
        _ => Role::Text,
    };
    for (at, byte) in part.iter().enumerate() {
        let at = start + at;
        line.push(role(at), format!("{byte:02x}"));
        let inside = role(at) == Role::SelectedBytes && selected.contains(&(at + 1)) && at + 1 < start + per_row;
        line.push(if inside { role(at) } else { Role::Text }, " ");
    }
    let missing = per_row - part.len();
    line.push(Role::Text, " ".repeat(missing * 3 + 1));
    for (at, byte) in part.iter().enumerate() {
        let shown = if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
        line.push(role(start + at), shown);
    }
    line
}
