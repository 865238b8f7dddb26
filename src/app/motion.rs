//! Moving about: the same keys, wheel and clicks in every pane.

use super::action::Action;
use super::cursor::Cursor;
use super::model::{Model, Overlay};
use super::msg::Pane;
use crate::present::finding;
use crate::present::list::COLUMNS;

/// Moves in the pane that has the keys.
pub(super) fn act(model: &mut Model, action: Action) {
    let pane = model.pane();
    match action {
        Action::Left | Action::Right => return sideways(model, pane, action == Action::Right),
        Action::First | Action::Last => return to_end(model, pane, action == Action::Last),
        _ => {}
    }
    let height = page(model, pane) as isize;
    let rows = match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -(height - 1).max(1),
        Action::PageDown => (height - 1).max(1),
        Action::HalfUp => -(height / 2).max(1),
        Action::HalfDown => (height / 2).max(1),
        _ => return,
    };
    step(model, pane, rows);
}

fn sideways(model: &mut Model, pane: Pane, right: bool) {
    let tree = &mut model.timeline.tree;
    match pane {
        Pane::List if model.list.heading().is_some() => model.list.fold(Some(!right)),
        Pane::List => {
            let last = COLUMNS.len() - 3;
            let shift = &mut model.list.shift;
            *shift = if right { (*shift + 1).min(last) } else { shift.saturating_sub(1) };
        }
        Pane::Fields => tree.fold(!right),
        Pane::Steps => {
            if let Some(view) = model.view() {
                model.timeline.fold(&view, !right);
            }
        }
        Pane::Bytes => tree.move_byte(if right { 1 } else { -1 }),
        Pane::Packets => step(model, pane, if right { 1 } else { -1 }),
        _ => {}
    }
}

fn to_end(model: &mut Model, pane: Pane, last: bool) {
    match pane {
        Pane::Stream if last => model.follow.last(),
        Pane::Stream => model.follow.first(),
        Pane::Bytes => {
            let end = model.timeline.tree.bytes().len().saturating_sub(1);
            model.timeline.tree.go_to_byte(if last { end } else { 0 });
        }
        _ => step(model, pane, if last { isize::MAX } else { isize::MIN }),
    }
}

fn page(model: &Model, pane: Pane) -> usize {
    match pane {
        Pane::List => model.list.cursor.page(),
        Pane::Steps => model.timeline.steps.page(),
        Pane::Finding => model.timeline.finding.page(),
        Pane::Fields => model.timeline.tree.cursor.page(),
        Pane::Bytes => model.timeline.tree.hex.page(),
        Pane::Stream => model.follow.height,
        Pane::Packets => model.packets.cursor.page(),
        Pane::Rates => model.rates.cursor.page(),
        Pane::Rows => model.compare.as_ref().map_or(1, |compare| compare.rows.page()),
        Pane::Differences => model.compare.as_ref().map_or(1, |compare| compare.differences.page()),
        Pane::Page => match &model.overlay {
            Overlay::Page(page) => page.cursor.page(),
            _ => 1,
        },
    }
}

fn step(model: &mut Model, pane: Pane, rows: isize) {
    match pane {
        Pane::Fields => model.timeline.tree.step(rows),
        Pane::Bytes => {
            let per_row = model.timeline.tree.per_row.max(8) as isize;
            model.timeline.tree.move_byte(rows.saturating_mul(per_row));
        }
        Pane::Stream => model.follow.step(rows),
        _ => with_cursor(model, pane, |cursor, len| cursor.step(rows, len)),
    }
    if pane == Pane::Steps {
        model.timeline.leave_pause(rows > 0);
    }
    if pane == Pane::List {
        model.list.choose();
    }
}

/// The wheel moves the window over the rows.
pub(super) fn wheel(model: &mut Model, pane: Pane, rows: isize) {
    match (&model.overlay, pane) {
        (Overlay::Page(_), _) => with_cursor(model, Pane::Page, |cursor, len| cursor.scroll(rows, len)),
        (_, Pane::Stream) => model.follow.scroll(rows),
        (_, Pane::Fields) => {
            let tree = &mut model.timeline.tree;
            let at = {
                let mut cursor = tree.cursor;
                cursor.scroll(rows, tree.rows.len());
                tree.cursor = cursor;
                cursor.at
            };
            tree.go_to_row(at);
        }
        (_, Pane::Bytes) => {
            let tree = &mut model.timeline.tree;
            let len = tree.bytes().len().div_ceil(tree.per_row.max(8));
            tree.hex.scroll(rows, len);
        }
        _ => with_cursor(model, pane, |cursor, len| cursor.scroll(rows, len)),
    }
    if pane == Pane::List && !matches!(model.overlay, Overlay::Page(_)) {
        model.list.choose();
    }
}

/// Puts the cursor of a pane on a row and gives the pane the keys.
pub(super) fn select(model: &mut Model, pane: Pane, row: usize) {
    match pane {
        Pane::Steps | Pane::Finding | Pane::Fields | Pane::Bytes => model.timeline.focus = pane,
        Pane::Rows | Pane::Differences => {
            if let Some(compare) = &mut model.compare {
                compare.focus = pane;
            }
        }
        _ => {}
    }
    if pane == Pane::Fields {
        let again = model.timeline.tree.cursor.at == row;
        model.timeline.tree.go_to_row(row);
        if again {
            model.timeline.tree.toggle();
        }
    } else {
        with_cursor(model, pane, |cursor, len| cursor.at = row.min(len.saturating_sub(1)));
    }
    if pane == Pane::List {
        model.list.choose();
    }
}

fn with_cursor(model: &mut Model, pane: Pane, change: impl FnOnce(&mut Cursor, usize)) {
    match pane {
        Pane::List => {
            let len = model.list.len();
            change(&mut model.list.cursor, len);
        }
        Pane::Steps => change(&mut model.timeline.steps, model.timeline.rows.len()),
        Pane::Finding => {
            let width = model.timeline.finding_width;
            let rows = model.view().map_or(0, |view| finding::of_view(&view, width).len());
            change(&mut model.timeline.finding, rows);
        }
        Pane::Packets => {
            let packets = &mut model.packets;
            change(&mut packets.cursor, packets.measured.len());
        }
        Pane::Rates => {
            let page = &mut model.rates;
            change(&mut page.cursor, page.rows.len());
        }
        Pane::Rows => {
            if let Some(compare) = &mut model.compare {
                change(&mut compare.rows, compare.shown.len());
            }
        }
        Pane::Differences => {
            if let Some(compare) = &mut model.compare {
                let rows = compare.ready().map_or(0, |ready| ready.differences.len());
                change(&mut compare.differences, rows);
            }
        }
        Pane::Page => {
            if let Overlay::Page(page) = &mut model.overlay {
                let rows = page.len();
                change(&mut page.cursor, rows);
            }
        }
        Pane::Fields | Pane::Bytes | Pane::Stream => {}
    }
}
