//! Compressed input, recognised by content: gzip, zstd, lz4, xz.

use std::io::{self, BufReader, Read};

/// Largest zstd window we allocate for, as a power of two (2 GiB, zstd's own `--long=31`).
const ZSTD_WINDOW_LOG_MAX: u32 = 31;

/// A compression format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compression {
    /// RFC 1952, several members one after the other.
    Gzip,
    /// RFC 8878, several frames, skippable ones too.
    Zstd,
    /// The LZ4 frame format, several frames.
    Lz4,
    /// The .xz format, several streams.
    Xz,
}

impl Compression {
    /// Recognises a format by the first bytes of a file.
    pub fn sniff(magic: &[u8]) -> Option<Self> {
        Some(match magic {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [0x04, 0x22, 0x4d, 0x18, ..] => Self::Lz4,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            _ => return None,
        })
    }

    /// A reader of the uncompressed bytes.
    pub fn reader<R: Read + Send + 'static>(self, inner: R) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Gzip => Box::new(Members { inner: flate2::read::MultiGzDecoder::new(inner), any: false }),
            Self::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(BufReader::with_capacity(128 * 1024, inner))?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Box::new(decoder)
            }
            Self::Lz4 => Box::new(Frames { inner: lz4_flex::frame::FrameDecoder::new(inner), ended: false }),
            Self::Xz => Box::new(lzma_rust2::XzReader::new(inner, true)),
        })
    }
}

/// gzip members; what follows the last one and is no gzip header (zeros, junk) is the end, not an error.
struct Members<R> {
    inner: R,
    any: bool,
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(count) => {
                self.any |= count > 0;
                Ok(count)
            }
            Err(error) if self.any && error.kind() == io::ErrorKind::InvalidInput => Ok(0),
            Err(error) => Err(error),
        }
    }
}

/// LZ4 frames: the decoder says "no more" after each, and goes on when asked again.
struct Frames<R: Read> {
    inner: lz4_flex::frame::FrameDecoder<R>,
    ended: bool,
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.ended {
            return Ok(0);
        }
        let count = match self.inner.read(buffer)? {
            0 => self.inner.read(buffer)?,
            count => count,
        };
        self.ended = count == 0;
        Ok(count)
    }
}
