//! Bringing money in from files.
