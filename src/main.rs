//! The program `budget`: everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    budget::cli::run()
}
