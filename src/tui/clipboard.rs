//! The clipboard of whoever sits at the terminal, also at the far end of an SSH connection (OSC 52).

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Puts `text` on the clipboard. Terminals that do not know the sequence ignore it; whether one took it, it does not say.
pub fn copy(out: &mut impl Write, text: &str) -> io::Result<()> {
    write!(out, "\x1b]52;c;{}\x07", STANDARD.encode(text))?;
    out.flush()
}

#[cfg(test)]
mod tests {
    #[test]
    fn text_is_sent_in_base64() {
        let mut out = Vec::new();
        super::copy(&mut out, "TLS 1.3").expect("writing to memory");
        assert_eq!(out, b"\x1b]52;c;VExTIDEuMw==\x07");
    }
}
