//! How far a long command is.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// How far it is: a bar on a terminal, else a line for every tenth.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    total: usize,
    tenths: usize,
}

impl Progress {
    pub(super) fn new(total: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total as u64);
            if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} entries, {eta} left") {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            total,
            tenths: 0,
        }
    }

    /// So many are written now.
    pub(super) fn show(&mut self, rows: usize) {
        if let Some(bar) = &self.bar {
            bar.set_position(rows as u64);
            if rows == self.total {
                bar.finish_and_clear();
            }
        } else {
            let tenths = (rows * 10).checked_div(self.total).unwrap_or(10);
            if tenths > self.tenths {
                self.tenths = tenths;
                eprintln!("{rows} of {} entries written", self.total);
            }
        }
    }
}
