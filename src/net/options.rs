//! TCP options, walked by hand so that an unknown kind never hides those after it (RFC 9293 §3.1, IANA TCP Option Kinds).

/// The options a reader of handshakes asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TcpOptions {
    /// Maximum segment size in bytes (kind 2).
    pub mss: Option<u16>,
    /// Window scale shift (kind 3, RFC 7323).
    pub window_scale: Option<u8>,
    /// SACK permitted (kind 4, RFC 2018).
    pub sack_permitted: bool,
    /// Timestamps: `TSval` and `TSecr` (kind 8, RFC 7323).
    pub timestamps: Option<(u32, u32)>,
    /// Left and right edges of the SACK blocks, in wire order; the first `sack_count` are set.
    pub sack: [(u32, u32); 4],
    /// Number of SACK blocks.
    pub sack_count: u8,
    /// TCP Fast Open cookie option present (kind 34, RFC 7413).
    pub fast_open: bool,
}

impl TcpOptions {
    /// Reads the options' bytes; what is cut or unknown is passed over.
    pub fn decode(bytes: &[u8]) -> Self {
        let mut options = Self::default();
        for (kind, body) in walk(bytes) {
            match (kind, body) {
                (2, [a, b]) => options.mss = Some(u16::from_be_bytes([*a, *b])),
                (3, [shift]) => options.window_scale = Some(*shift),
                (4, []) => options.sack_permitted = true,
                (5, blocks) => {
                    for block in blocks.chunks_exact(8).take(options.sack.len()) {
                        options.sack[options.sack_count as usize] = (be32(block, 0), be32(block, 4));
                        options.sack_count += 1;
                    }
                }
                (8, body) if body.len() == 8 => options.timestamps = Some((be32(body, 0), be32(body, 4))),
                (34, _) => options.fast_open = true,
                _ => {}
            }
        }
        options
    }

    /// The SACK blocks' edges.
    pub fn sack_blocks(&self) -> &[(u32, u32)] {
        &self.sack[..self.sack_count as usize]
    }
}

fn be32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The options in order as (kind, body without kind and length); ends at End-of-Options or at the first cut one.
pub fn walk(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        loop {
            match *bytes {
                [] | [0, ..] => return None,
                [1, ..] => bytes = &bytes[1..],
                [kind, len, ..] => {
                    let len = usize::from(len);
                    if len < 2 || len > bytes.len() {
                        return None;
                    }
                    let (option, rest) = bytes.split_at(len);
                    bytes = rest;
                    return Some((kind, &option[2..]));
                }
                [_] => return None,
            }
        }
    })
}

/// The name of an option kind, or `None` for an unassigned one.
pub fn kind_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0 => "End of Option List",
        1 => "No-Operation",
        2 => "Maximum segment size",
        3 => "Window scale",
        4 => "SACK permitted",
        5 => "SACK",
        8 => "Timestamps",
        19 => "MD5 signature",
        28 => "User timeout",
        29 => "TCP-AO",
        30 => "Multipath TCP",
        34 => "Fast Open cookie",
        69 => "TCP-ENO",
        172 => "Accurate ECN order 0",
        174 => "Accurate ECN order 1",
        253 | 254 => "Experiment",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_kind_hides_nothing() {
        let bytes = [2, 4, 5, 0xb4, 34, 2, 99, 3, 1, 3, 3, 7, 4, 2, 0];
        let options = TcpOptions::decode(&bytes);
        assert_eq!(options.mss, Some(1460));
        assert_eq!(options.window_scale, Some(7));
        assert!(options.sack_permitted && options.fast_open);
    }

    #[test]
    fn cut_and_zero_lengths_end_the_walk() {
        assert_eq!(TcpOptions::decode(&[2, 4, 5]), TcpOptions::default());
        assert_eq!(TcpOptions::decode(&[8, 0, 1, 1]), TcpOptions::default());
        assert_eq!(TcpOptions::decode(&[8]), TcpOptions::default());
    }
}
