//! `budget routes`

use std::process::ExitCode;

use comfy_table::{Table, presets};

use super::{Failure, ListFormat};
use crate::web::routes::ROUTES;

/// Every route with its method, who may use it, and whether it changes anything
///
/// Example: budget routes --format json
#[derive(clap::Args)]
pub(super) struct Routes {
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: ListFormat,
}

impl Routes {
    pub(super) fn run(&self) -> Result<ExitCode, Failure> {
        match self.format {
            ListFormat::Json => println!("{}", serde_json::to_string_pretty(ROUTES)?),
            ListFormat::Table => {
                let mut table = Table::new();
                table
                    .load_style(presets::NOTHING)
                    .set_header(["Method", "Path", "Who", "Changes"]);
                for route in ROUTES {
                    table.add_row([
                        route.method,
                        route.path,
                        &route.who.to_string(),
                        if route.changes { "yes" } else { "no" },
                    ]);
                }
                println!("{table}");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
