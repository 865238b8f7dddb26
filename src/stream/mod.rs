//! Segments → two ordered byte streams, every byte with its packet, every gap with its size. Sans-I/O.
//!
//! Start at [`Assembly`], which has an [`Assembler`] for each direction. Two rules hold everywhere: the first captured
//! copy of a byte wins, and no byte is invented.

mod assembler;
mod assembly;

pub use assembler::Chunk;
pub use assembly::{Arrival, Assembly};
