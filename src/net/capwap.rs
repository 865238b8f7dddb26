//! The CAPWAP data channel (RFC 5415 §4, RFC 5416 §2): what an access point and its controller send each other for clients.

use etherparse::IpFragOffset;

use super::Unread;
use super::inner::{Inner, leads_on};
use super::layer::{ETHERNET, IEEE802_11, Layer, array, be16};
use super::unread::{Encryption, Other};
use super::wireless;

/// What a UDP payload carries; `None` where it is not CAPWAP. `cut` says that bytes of the datagram are missing.
pub(super) fn read(payload: &[u8], cut: bool) -> Option<Result<Inner, Unread>> {
    match *payload.first()? {
        0 => {}
        // DTLS behind a preamble of four bytes: a record of a known kind, of version 1.0 or 1.2.
        1 => {
            let is_record = matches!(payload.get(1..7), Some([0, 0, 0, 20..=23, 0xfe, 0xff | 0xfd]));
            return is_record.then_some(Err(Unread::Encrypted(Encryption::CapwapDtls)));
        }
        _ => return None,
    }
    let header = Header::read(payload)?;
    let inner = header.inner(payload)?;
    leads_on(inner, payload, cut).then_some(Ok(inner))
}

/// What a payload is, in one piece or put together from fragments: a native frame is one of IEEE 802.11 (binding 1; of
/// some makers 0).
pub(super) fn payload(is_native: bool, bytes: &[u8]) -> Layer {
    match is_native {
        false => Layer::Link(ETHERNET),
        true if wireless::is_swapped(bytes) => Layer::SwappedWlan,
        true => Layer::Link(IEEE802_11),
    }
}

/// The CAPWAP header.
#[expect(clippy::struct_excessive_bools, reason = "the header's flags, each read by name")]
struct Header {
    /// Bytes, optional parts included.
    length: usize,
    is_native: bool,
    is_fragment: bool,
    is_last: bool,
    is_keep_alive: bool,
}

impl Header {
    /// Reads the header; its length must be that of the parts it says it has.
    fn read(payload: &[u8]) -> Option<Self> {
        let word = u32::from_be_bytes(array(payload, 0).ok()?);
        let length = (word >> 19 & 0x1f) as usize * 4;
        let binding = word >> 9 & 0x1f;
        let flag = |bit: u32| word & bit != 0;
        let is_native = flag(0x100);
        let mut parts = 8;
        // A radio's address, then what the wireless link noted: each a length, its bytes, padding to four.
        for _ in [0x10, 0x20].into_iter().filter(|bit| flag(*bit)) {
            parts += (1 + usize::from(*payload.get(parts)?)).next_multiple_of(4);
        }
        let sound = length == parts && word.trailing_zeros() >= 3 && (!is_native || binding <= 1);
        sound.then_some(Self {
            length,
            is_native,
            is_fragment: flag(0x80),
            is_last: flag(0x40),
            is_keep_alive: flag(0x08),
        })
    }

    fn inner(&self, payload: &[u8]) -> Option<Inner> {
        let Self { length, is_native, is_fragment, is_last, is_keep_alive } = *self;
        if is_keep_alive {
            return Some(Inner::Other(Other::Udp));
        }
        let body = payload.get(length..).filter(|body| !body.is_empty())?;
        if !is_fragment {
            return Some(Inner::Frame(self::payload(is_native, body), length));
        }
        let id = be16(payload, 4).ok()?;
        let offset = IpFragOffset::try_new(be16(payload, 6).ok()? >> 3).ok()?;
        Some(Inner::Fragment { id, offset, more: !is_last, at: length, is_native })
    }
}
