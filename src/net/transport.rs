//! TCP and UDP headers in what an IP header carries.

use etherparse::{TcpSlice, UdpSlice};

use super::ip::Upper;
use super::{Datagram, Decoded, Endpoint, LinkFacts, Segment, TcpFlags, Unread};
use crate::vocab::PacketNumber;

/// Bytes of a TCP header without its options.
const TCP_FIXED: usize = 20;

/// Reads a segment.
pub(super) fn tcp<'a>(
    upper: &Upper<'a>,
    link: LinkFacts,
    fragments: &'a [PacketNumber],
) -> Result<Decoded<'a>, Unread> {
    let (ip, bytes) = (&upper.header, upper.body);
    // A snap length may cut the options: what is before them says enough.
    let mut fixed = [0; TCP_FIXED];
    let announced = bytes.get(12).map_or(0, |offset| usize::from(offset >> 4) * 4);
    let cut = bytes.len() >= TCP_FIXED && (TCP_FIXED..).contains(&announced) && bytes.len() < announced;
    let tcp = if cut {
        fixed.copy_from_slice(&bytes[..TCP_FIXED]);
        fixed[12] = (TCP_FIXED as u8 / 4) << 4 | fixed[12] & 0xf;
        TcpSlice::from_slice(&fixed)
    } else {
        TcpSlice::from_slice(bytes)
    };
    let tcp = tcp.map_err(|_| if bytes.len() < TCP_FIXED { Unread::Cut } else { Unread::Malformed })?;
    let header = if cut { announced } else { tcp.header_slice().len() };
    let payload = bytes.get(header..).unwrap_or_default();
    let [flags_high, flags_low] = [bytes[12] & 1, bytes[13]];
    Ok(Decoded::Tcp(Segment {
        src: Endpoint { ip: ip.src, port: tcp.source_port() },
        dst: Endpoint { ip: ip.dst, port: tcp.destination_port() },
        seq: tcp.sequence_number(),
        ack: tcp.acknowledgment_number(),
        flags: TcpFlags(u16::from_be_bytes([flags_high, flags_low])),
        window: tcp.window_size(),
        checksum: tcp.checksum(),
        urgent: tcp.urgent_pointer(),
        options: &bytes[TCP_FIXED..header.min(bytes.len())],
        payload,
        payload_len: upper.stated.saturating_sub(header) as u32,
        ip: ip.facts,
        link,
        fragments,
    }))
}

/// Reads a datagram, and whether bytes of it are missing.
pub(super) fn udp<'a>(upper: &Upper<'a>) -> Result<(Datagram<'a>, bool), Unread> {
    let udp = UdpSlice::from_slice_lax(upper.body).map_err(|_| Unread::Cut)?;
    let datagram = Datagram {
        src: Endpoint { ip: upper.header.src, port: udp.source_port() },
        dst: Endpoint { ip: upper.header.dst, port: udp.destination_port() },
        payload: udp.payload(),
    };
    Ok((datagram, usize::from(udp.length()) > upper.body.len()))
}
