//! Segments → two ordered byte streams, every byte with its packet, every gap with its size. Sans-I/O.
//!
//! Start at [`Assembler`]. Two rules hold everywhere: the first captured copy of a byte wins, and no byte is invented.

mod assembler;

pub use assembler::{Assembler, Chunk, unwrap_offset};
