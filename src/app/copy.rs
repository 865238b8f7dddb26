//! What a user copies: a field, a message, bytes.

use super::model::Model;
use super::msg::Pane;
use crate::present::{detail, ladder, values};
use crate::vocab::text;

/// Most bytes of text that are copied: terminals take no more.
pub const MAX_COPY: usize = 74_994;

/// What is under the cursor of the pane that has the keys, and what that is called.
pub(super) fn under_cursor(model: &Model) -> Option<(String, String)> {
    let view = model.view()?;
    let timeline = &model.timeline;
    let tree = &timeline.tree;
    let step = view.timeline.steps.get(timeline.step(&view)?)?;
    match timeline.focus {
        Pane::Fields => {
            let field = detail::field(tree.detail.as_ref()?, &tree.row()?.path)?;
            Some((detail::plain(field), text::visible(&field.name)))
        }
        Pane::Bytes => {
            let bytes = tree.bytes().get(tree.selected())?;
            Some((text::hex(bytes), values::counted(bytes.len() as u64, "byte")))
        }
        _ => {
            let mut said = ladder::plain(&view.timeline, step);
            if let Some(section) = tree.detail.as_ref().and_then(|detail| detail.sections.get(detail.subject)) {
                said.push_str(&detail::plain(&section.root));
            }
            Some((said, step.name.clone()))
        }
    }
}
