//! The command line. Answers go to standard output, complaints to standard error; the exit code is 0 done, 1 failed, 2 wrong usage.

mod background;
mod check;
mod clear;
mod completions;
mod export;
mod household;
mod import;
mod migrate;
mod opening;
mod output;
mod person;
mod progress;
mod reference;
mod routes;
mod seed;
mod serve;
mod user;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::config::Config;
use crate::telemetry;

/// Self-hosted money of a household: where it is, and what it is for.
#[derive(Parser)]
#[command(name = "budget", version, about, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    // What each does, with an example, stands at its own arguments.
    Serve(serve::Serve),
    Worker(worker::Worker),
    Migrate(migrate::Migrate),
    User(user::User),
    Household(household::Household),
    Import(import::Import),
    Seed(seed::Seed),
    Clear(clear::Clear),
    Export(export::Export),
    Check(check::Check),
    Routes(routes::Routes),
    Completions(completions::Completions),
    Reference(reference::Reference),
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum ListFormat {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// Why a command failed; the text is for the person at the terminal.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Reads the arguments and carries them out.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match carry_out(
        arguments
            .command
            .unwrap_or_else(|| Command::Serve(serve::Serve::default())),
    ) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("budget: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn carry_out(command: Command) -> Result<ExitCode, Failure> {
    // What the program says of itself needs neither settings nor a database.
    match &command {
        Command::Routes(routes) => return routes.run(),
        Command::Completions(completions) => return completions.run(),
        Command::Reference(reference) => return reference.run(),
        _ => {}
    }
    let config = Config::from_environment()?;
    telemetry::start(config.log_format, &config.log_filter)
        .map_err(|error| format!("RUST_LOG: it cannot be read: {error}."))?;
    match command {
        Command::Serve(serve) => serve.run(&config),
        Command::Worker(worker) => worker.run(&config),
        Command::Migrate(migrate) => migrate.run(&config),
        Command::User(user) => user.run(&config),
        Command::Household(household) => household.run(&config),
        Command::Import(import) => import.run(&config),
        Command::Seed(seed) => seed.run(&config),
        Command::Clear(clear) => clear.run(&config),
        Command::Export(export) => export.run(&config),
        Command::Check(check) => check.run(&config),
        Command::Routes(routes) => routes.run(),
        Command::Completions(completions) => completions.run(),
        Command::Reference(reference) => reference.run(),
    }
}
