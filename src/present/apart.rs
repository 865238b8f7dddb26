//! Packets that gave no segment, in words: what was not read, and what carries no TCP.

use super::values;
use crate::index::Index;
use crate::net::tree;

/// Kinds that are named in one line, the most frequent ones.
const MAX_NAMED: usize = 4;

/// A kind of packets and how many there are, the most frequent first.
pub type Counted = Vec<(String, u64)>;

/// What was not read and may carry TCP, by reason.
pub fn unread(index: &Index) -> Counted {
    sorted(index.apart().unread_by_reason().map(|(reason, count)| (tree::reason(reason), count)).collect())
}

/// What carries no TCP, by kind.
pub fn others(index: &Index) -> Counted {
    sorted(index.apart().others().map(|(other, count)| (tree::other(other), count)).collect())
}

fn sorted(mut counted: Counted) -> Counted {
    counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counted
}

/// What is said unasked: where packets were not read that may carry TCP, how many and why; where none holds TCP, what
/// there is instead. `None` for a capture of which everything was read, whatever else is in it.
pub fn sentence(index: &Index) -> Option<String> {
    let packets = index.packets() as u64;
    let (unread, others) = (unread(index), others(index));
    let not_read: u64 = unread.iter().map(|(_, count)| count).sum();
    if packets == 0 || (not_read == 0 && index.has_tcp()) {
        return None;
    }
    let whole = values::about(packets, "packet");
    if index.has_tcp() {
        return Some(format!("{} of {whole} not read: {}", values::count(not_read), list(&unread)));
    }
    let kinds = [("not read", unread), ("other traffic", others)];
    let kinds = kinds.iter().filter(|(_, counted)| !counted.is_empty());
    let said: Vec<_> = kinds.map(|(name, counted)| format!("; {name}: {}", list(counted))).collect();
    Some(format!("no TCP in {whole}{}", said.concat()))
}

/// What to say in place of flows where there is none: what the packets are.
pub fn instead(index: &Index) -> String {
    let kinds = [unread(index), others(index)].concat();
    if kinds.is_empty() {
        "there is no TCP connection in this capture".into()
    } else {
        format!("no TCP here: {}", list(&kinds))
    }
}

fn list(counted: &[(String, u64)]) -> String {
    let mut named: Vec<_> =
        counted.iter().take(MAX_NAMED).map(|(name, count)| format!("{name} {}", values::count(*count))).collect();
    let more: u64 = counted.iter().skip(MAX_NAMED).map(|(_, count)| count).sum();
    if more > 0 {
        named.push(format!("others {}", values::count(more)));
    }
    named.join(", ")
}
