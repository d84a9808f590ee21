//! Standard output, whose reader may leave at any time, as `head` does.

use std::io::{self, Write};

/// Prints text. When nobody reads it any more, that is no failure.
pub(super) fn print(text: &str) -> io::Result<()> {
    unless_left(io::stdout().lock().write_all(text.as_bytes()))
}

/// What is left of a result when a reader who has left is no failure.
pub(super) fn unless_left(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
