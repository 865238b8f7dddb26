//! The `shakedown` binary: a thin door into the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    shakedown::cli::main()
}
