//! The `shakedown` binary: a thin door into the library.

use std::process::ExitCode;

/// The index is many small pieces, made and freed at every packet.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    shakedown::internal::main()
}
