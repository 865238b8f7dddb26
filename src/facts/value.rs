//! A field's value with its type.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::vocab::{Time, text};

/// What a field says of a flow.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    /// Yes or no.
    Bool(bool),
    /// A count or number.
    Integer(i64),
    /// A duration in seconds.
    Seconds(f64),
    /// A moment.
    Time(Time),
    /// An address.
    Ip(IpAddr),
    /// Text; it must be made visible before it is shown.
    Text(Cow<'a, str>),
    /// Bytes of the capture that should be text.
    Bytes(&'a [u8]),
    /// Several names.
    Set(Vec<&'static str>),
}

/// Captured bytes as visible text: what is no UTF-8 or could disturb a terminal is written as an escape.
pub fn visible(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(plain) if bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) => Cow::Borrowed(plain),
        _ => Cow::Owned(text::visible_bytes(bytes)),
    }
}
