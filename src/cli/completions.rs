//! `budget completions`

use std::process::ExitCode;

use clap::CommandFactory;
use clap::ValueEnum;
use clap_complete::{Shell, generate};

use super::{Arguments, Failure, output};

/// Print a script that lets a shell complete commands and options
///
/// For Bash, put it into ~/.local/share/bash-completion/completions/budget; for Zsh, into a file _budget in a folder of $fpath; for Fish,
/// into ~/.config/fish/completions/budget.fish.
///
/// Example: budget completions bash > ~/.local/share/bash-completion/completions/budget
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: For,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum For {
    Bash,
    Zsh,
    Fish,
}

impl Completions {
    pub(super) fn run(&self) -> Result<ExitCode, Failure> {
        let shell = match self.shell {
            For::Bash => Shell::Bash,
            For::Zsh => Shell::Zsh,
            For::Fish => Shell::Fish,
        };
        let mut script = Vec::new();
        generate(shell, &mut Arguments::command(), "budget", &mut script);
        output::print(&String::from_utf8(script)?)?;
        Ok(ExitCode::SUCCESS)
    }
}
