//! IPv4 and IPv6 headers: the facts that segments carry, the place of a fragment, the payload's stated length.

use std::net::IpAddr;

use etherparse::{Ipv6ExtensionSlice, LaxIpSlice, LenSource};

use super::defrag::{Fragment, Key, Kind};
use super::{IpFacts, LinkFacts, Unread};

/// What an IP header says.
#[derive(Clone, Copy, Debug)]
pub(super) struct IpHeader {
    pub src: IpAddr,
    pub dst: IpAddr,
    pub facts: IpFacts,
    pub protocol: u8,
}

/// What an IP header carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Upper<'a> {
    pub header: IpHeader,
    /// The payload's length as the headers state it, in bytes.
    pub stated: usize,
    /// The payload, as far as it was captured.
    pub body: &'a [u8],
}

/// What the header says, and the payload without what comes after it. The packet begins with `bytes`.
#[inline]
pub(super) fn upper<'a>(ip: &LaxIpSlice<'a>, bytes: &[u8], link: &LinkFacts) -> Upper<'a> {
    let payload = ip.payload();
    let mut body = payload.payload;
    let mut stated = stated_length(ip).unwrap_or(body.len());
    if let Some(room) = link.room {
        let header = body.as_ptr().addr() - bytes.as_ptr().addr();
        stated = stated.min(usize::from(room).saturating_sub(header));
        body = &body[..body.len().min(stated)];
    }
    let header =
        IpHeader { src: ip.source_addr(), dst: ip.destination_addr(), facts: facts(ip), protocol: payload.ip_number.0 };
    Upper { header, stated, body }
}

/// What the header says that TCP's reader needs.
#[inline]
fn facts(ip: &LaxIpSlice<'_>) -> IpFacts {
    match ip {
        LaxIpSlice::Ipv4(v4) => {
            let header = v4.header();
            IpFacts {
                ttl: header.ttl(),
                id: Some(header.identification()),
                traffic_class: header.slice()[1],
                dont_fragment: header.dont_fragment(),
            }
        }
        LaxIpSlice::Ipv6(v6) => {
            let header = v6.header();
            IpFacts { ttl: header.hop_limit(), id: None, traffic_class: header.traffic_class(), dont_fragment: true }
        }
    }
}

/// The length of the IP payload as the header states it; `None` where it states none (offloading leaves 0).
#[inline]
fn stated_length(ip: &LaxIpSlice<'_>) -> Option<usize> {
    let payload = ip.payload();
    if !payload.incomplete && payload.len_source != LenSource::Slice {
        return Some(payload.payload.len());
    }
    match ip {
        LaxIpSlice::Ipv4(v4) => {
            let header = v4.header();
            let extensions = v4.extensions().auth.map_or(0, |auth| auth.slice().len());
            usize::from(header.total_len()).checked_sub(header.slice().len() + extensions)
        }
        LaxIpSlice::Ipv6(v6) => {
            let length = usize::from(v6.header().payload_length());
            (length > 0).then(|| length.saturating_sub(v6.extensions().slice().len()))
        }
    }
}

/// The place of a fragment in its datagram.
pub(super) fn fragment<'a>(ip: &LaxIpSlice<'a>) -> Option<Fragment<'a>> {
    let payload = ip.payload();
    let (offset, more, id) = match ip {
        LaxIpSlice::Ipv4(v4) => {
            let header = v4.header();
            (header.fragments_offset(), header.more_fragments(), u32::from(header.identification()))
        }
        LaxIpSlice::Ipv6(v6) => v6.extensions().clone().into_iter().find_map(|extension| match extension {
            Ipv6ExtensionSlice::Fragment(f) => Some((f.fragment_offset(), f.more_fragments(), f.identification())),
            _ => None,
        })?,
    };
    let kind = Kind::Ip(payload.ip_number.0);
    let key = Key { src: ip.source_addr(), dst: ip.destination_addr(), id, kind };
    Some(Fragment { key, offset, more, bytes: payload.payload })
}

/// Why the header that `bytes` begin with cannot be read.
pub(super) fn fault(bytes: &[u8]) -> Unread {
    match bytes.first().map(|first| (first >> 4, first & 0x0f)) {
        None | Some((4, 5..) | (6, _)) => Unread::Cut,
        Some(_) => Unread::Malformed,
    }
}
