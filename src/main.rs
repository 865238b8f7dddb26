//! The `shakedown` binary: a thin door into the library.

fn main() {}
