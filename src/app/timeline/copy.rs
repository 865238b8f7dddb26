//! What a user copies of a flow: a field, a message, bytes.

use super::super::component::Then;
use super::super::msg::Pane;
use super::super::told;
use super::tree::Tree;
use crate::engine::FlowView;
use crate::present::{detail, ladder, values};
use crate::vocab::text;

/// Copies what is under the cursor of the pane that has the keys.
pub fn under_cursor(view: &FlowView, step: Option<usize>, focus: Pane, tree: &Tree) -> Vec<Then> {
    let Some((text, what)) = step.and_then(|step| found(view, step, focus, tree)) else {
        return vec![Then::notice("there is nothing to copy here")];
    };
    told::copy(text, &what, "handshake")
}

/// What is under the cursor, and what that is called.
fn found(view: &FlowView, step: usize, focus: Pane, tree: &Tree) -> Option<(String, String)> {
    let step = view.timeline.steps.get(step)?;
    match focus {
        Pane::Fields => {
            let field = detail::field(tree.detail.as_ref()?, &tree.row()?.path)?;
            Some((detail::plain(field), text::visible(&field.name)))
        }
        Pane::Bytes => {
            let bytes = tree.bytes().get(tree.selected())?;
            Some((text::hex(bytes), values::about(bytes.len() as u64, "byte")))
        }
        _ => {
            let mut said = ladder::plain(&view.timeline, step);
            if let Some(section) = tree.detail.as_ref().and_then(|detail| detail.sections.get(detail.subject)) {
                said.push_str(&detail::plain(&section.root));
            }
            Some((said, ladder::name(step)))
        }
    }
}
