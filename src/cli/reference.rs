//! `budget reference`: every command in Markdown, made from the tree that reads the arguments.

use std::fmt::Write;
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory};

use super::{Arguments, Failure, output};

const HEAD: &str = "# The command line

<!-- Made by `just docs-cli` from the program itself. Do not edit: change the comments in src/cli/, and make it anew. -->

`cargo run -- COMMAND`, or after `cargo build --release` the program itself, `target/release/budget COMMAND`. `budget` alone is
`budget serve`. Every command has `--help`. Answers go to standard output and complaints to standard error; it exits with 0 when done, 1 when
it failed, and 2 when used wrongly. What it reads from the environment stands in [`.env.example`](../.env.example).
";

/// What stands before the example in the description of a command.
const EXAMPLE: &str = "Example: ";

/// Print every command with its options, as docs/cli.md has it
#[derive(clap::Args)]
#[command(hide = true)]
pub(super) struct Reference {}

impl Reference {
    #[expect(clippy::unused_self, reason = "all commands are run alike")]
    pub(super) fn run(&self) -> Result<ExitCode, Failure> {
        let mut tree = Arguments::command();
        tree.build();
        let mut text = HEAD.to_owned();
        write_list(&mut text, &tree, "budget")?;
        write_commands(&mut text, &tree, "budget", 2)?;
        output::print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The commands that people see.
fn commands(tree: &Command) -> impl Iterator<Item = &Command> {
    tree.get_subcommands()
        .filter(|command| !command.is_hide_set() && command.get_name() != "help")
}

/// A line for each command that does something, with a link to it.
fn write_list(out: &mut String, tree: &Command, path: &str) -> std::fmt::Result {
    out.push('\n');
    let mut rows = vec![(path.to_owned(), tree)];
    let mut place = 0;
    while let Some((path, command)) = rows.get(place).cloned() {
        let more: Vec<_> = commands(command)
            .map(|below| (format!("{path} {}", below.get_name()), below))
            .collect();
        if more.is_empty() {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            writeln!(out, "- [`{path}`](#{}): {about}", path.replace(' ', "-"))?;
            place += 1;
        } else {
            rows.splice(place..=place, more);
        }
    }
    Ok(())
}

fn write_commands(out: &mut String, tree: &Command, path: &str, depth: usize) -> std::fmt::Result {
    for command in commands(tree) {
        let path = format!("{path} {}", command.get_name());
        writeln!(out, "\n{} {path}", "#".repeat(depth))?;
        write_command(out, command)?;
        write_commands(out, command, &path, depth + 1)?;
    }
    Ok(())
}

fn write_command(out: &mut String, command: &Command) -> std::fmt::Result {
    let text = command.get_long_about().or_else(|| command.get_about());
    for paragraph in paragraphs(text) {
        match paragraph.strip_prefix(EXAMPLE) {
            Some(example) => writeln!(out, "\n```sh\n{example}\n```")?,
            None => writeln!(out, "\n{paragraph}")?,
        }
    }
    let mut arguments: Vec<&Arg> = command
        .get_arguments()
        .filter(|one| !one.is_hide_set() && !matches!(one.get_id().as_str(), "help" | "version"))
        .collect();
    arguments.sort_by_key(|one| !one.is_positional());
    if !arguments.is_empty() {
        out.push('\n');
    }
    for argument in arguments {
        write_argument(out, argument)?;
    }
    Ok(())
}

fn write_argument(out: &mut String, argument: &Arg) -> std::fmt::Result {
    let help = paragraphs(argument.get_long_help().or_else(|| argument.get_help())).join(" ");
    write!(out, "- `{}`: {help}", shown(argument))?;
    let takes_value = argument.get_action().takes_values();
    let values: Vec<String> = argument
        .get_possible_values()
        .iter()
        .filter(|value| takes_value && !value.is_hide_set())
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if !values.is_empty() {
        write!(out, "; {}", values.join(", "))?;
    }
    let defaults: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|one| one.to_string_lossy())
        .collect();
    if takes_value && !defaults.is_empty() && defaults.iter().any(|one| !one.is_empty()) {
        write!(out, "; without it `{}`", defaults.join(" "))?;
    }
    if argument.is_required_set() && !argument.is_positional() {
        out.push_str("; required");
    }
    out.push('\n');
    Ok(())
}

/// As one types it: `--file <F>`, `<SHELL>`.
fn shown(argument: &Arg) -> String {
    let values = argument.get_value_names().unwrap_or_default();
    let values: Vec<String> = values.iter().map(|name| format!("<{name}>")).collect();
    let values = if argument.get_action().takes_values() {
        values.join(" ")
    } else {
        String::new()
    };
    match argument.get_long() {
        Some(long) => format!("--{long} {values}").trim_end().to_owned(),
        None => values,
    }
}

/// The paragraphs of a text, each in one line.
fn paragraphs(text: Option<&StyledStr>) -> Vec<String> {
    let text = text.map(ToString::to_string).unwrap_or_default();
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}
