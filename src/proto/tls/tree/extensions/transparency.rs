//! Certificate transparency: proofs that certificates are logged (RFC 6962 §3.3; version 2: RFC 9162 §4.5, §6.3).

use super::place::Place;
use crate::proto::tls::der;
use crate::proto::tls::tree::builder::{Tree, short_hex};
use crate::vocab::iana::{HashAlgorithm, SignatureAlgorithm, TransparencyType as T};

/// A list of signed certificate timestamps behind its length (RFC 6962 §3.3).
pub(in crate::proto::tls::tree) fn certificate_timestamps(body: &mut Tree<'_>) {
    body.list("sct_list", 2, |list| {
        list.vector("sct", 2, |sct| {
            sct.shown("version", 1, |value| format!("v{}", value + 1));
            let log = sct.raw("log_id", 32).map(|id| short_hex(&id[..4])).unwrap_or_default();
            sct.note("SHA-256 of the log's key");
            let mut when = String::new();
            sct.shown("timestamp", 8, |milliseconds| {
                when = der::time_text((milliseconds / 1000) as i64);
                format!("{when} ({milliseconds} ms)")
            });
            sct.opaque("extensions", 2);
            sct.group("signature", |inside| {
                inside.code8::<HashAlgorithm>("hash");
                inside.code8::<SignatureAlgorithm>("signature");
                inside.opaque("value", 2);
            });
            sct.say(format!("log {log}…, {when}"));
        });
    });
}

pub(super) fn transparency_info(body: &mut Tree<'_>, _: Place) {
    if body.left() == 0 {
        body.say("asked for");
        return;
    }
    body.list("trans_item_list", 2, |list| {
        list.vector("trans_item", 2, |item| {
            let kind = item.code16::<T>("versioned_type").map(T);
            match kind {
                Some(T::X509_SCT_V2 | T::PRECERT_SCT_V2) => timestamp(item),
                Some(T::SIGNED_TREE_HEAD_V2) => tree_head(item),
                Some(T::CONSISTENCY_PROOF_V2) => proof(item, ["tree_size_1", "tree_size_2"], "consistency_path"),
                Some(T::INCLUSION_PROOF_V2) => proof(item, ["tree_size", "leaf_index"], "inclusion_path"),
                _ => item.rest("item"),
            }
            if let Some(kind) = kind {
                item.say(kind.to_string());
            }
        });
    });
}

/// A log is named by the contents of an object identifier.
fn log(item: &mut Tree<'_>) {
    item.vector("log_id", 1, |id| {
        let bytes = id.skip_rest();
        id.say(der::oid(bytes).unwrap_or_else(|| short_hex(bytes)));
    });
}

fn time(item: &mut Tree<'_>) {
    item.shown("timestamp", 8, |milliseconds| {
        format!("{} ({milliseconds} ms)", der::time_text((milliseconds / 1000) as i64))
    });
}

fn timestamp(item: &mut Tree<'_>) {
    log(item);
    time(item);
    item.opaque("sct_extensions", 2);
    item.opaque("signature", 2);
}

fn tree_head(item: &mut Tree<'_>) {
    log(item);
    item.group("tree_head", |head| {
        time(head);
        head.number("tree_size", 8);
        head.opaque("root_hash", 1);
        head.opaque("sth_extensions", 2);
    });
    item.opaque("signature", 2);
}

fn proof(item: &mut Tree<'_>, sizes: [&'static str; 2], path: &'static str) {
    log(item);
    for size in sizes {
        item.number(size, 8);
    }
    item.list(path, 2, |nodes| {
        nodes.opaque("node_hash", 1);
    });
}
