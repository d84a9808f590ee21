//! `budget import`

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use super::Failure;
use super::opening::Opened;
use super::person::Person;
use super::progress::Progress;
use crate::config::Config;
use crate::db::{Db, DbError};
use crate::exchange::{ImportError, Options, Outcome, Percentages, import};
use crate::ledger::bulk;
use crate::money::NumberFormat;

/// Bring a file of entries into a household: all of it, or nothing
///
/// Rows that the household has already are left out, so a file may overlap with an earlier one. A faulty row is named with its line, and
/// then nothing is written.
///
/// The first line of a CSV file names its columns: `date,description,amount,sign,category,location,bucket,to_location,to_bucket`. The
/// sign is + for income, - for an expense, = for a transfer; the bucket * divides an income over the buckets by their percentages. With
/// the further columns of an export, `entry,kind,counterparty,share,refund_of`, it takes entries of every kind, as they are.
///
/// Example: budget import --user home@example.org --format csv --file 2026.csv --create --buckets "Home=60,Fun=40" --dry-run
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Import {
    #[command(flatten)]
    person: Person,
    /// What kind of file it is
    #[arg(long, value_enum)]
    format: FileFormat,
    /// The file; - for standard input
    #[arg(long, value_name = "F")]
    file: PathBuf,
    /// Add the locations, buckets and categories that the household lacks
    #[arg(long)]
    create: bool,
    /// Give buckets their percentages first, adding those that are missing, in this order
    #[arg(long, value_name = "\"Home=60,…\"")]
    buckets: Option<Percentages>,
    /// Say what would happen, and write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FileFormat {
    /// The columns of this program
    Csv,
}

/// Why the write transaction is not committed.
enum Stop {
    /// It was only tried.
    DryRun(Outcome),
    /// Something is wrong.
    Error(ImportError),
}

impl<E: Into<ImportError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl Import {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode, Failure> {
        let FileFormat::Csv = self.format;
        let (bytes, source) = read(&self.file)?;
        let opened = Opened::current(config)?;
        let done = self.carry_out(&opened.db, &bytes, &source);
        opened.close()?;
        done
    }

    fn carry_out(&self, db: &Db, bytes: &[u8], source: &str) -> Result<ExitCode, Failure> {
        let caller = self.person.caller(db)?;
        let options = Options {
            create: self.create,
            percentages: self.buckets.clone().unwrap_or_default(),
        };
        let written = db.write_now(&caller, |conn, member| {
            let import = import::prepare(conn, member, bytes, &options)?;
            let outcome = import.outcome();
            if self.dry_run {
                return Err(Stop::DryRun(outcome));
            }
            let mut progress = Progress::new(outcome.new);
            import.write(conn, member, source, &mut |rows| progress.show(rows))?;
            Ok(outcome)
        });
        match written {
            Ok(outcome) => {
                print!("{}", report(&outcome, false));
                // The entries are in, whatever becomes of this.
                if let Err(error) = db.system(|conn| Ok::<_, DbError>(bulk::refresh_statistics(conn)?)) {
                    tracing::warn!(%error, "Postgres could not be told how much there is now; pages may be slow for a minute");
                }
                Ok(ExitCode::SUCCESS)
            }
            Err(Stop::DryRun(outcome)) => {
                print!("{}", report(&outcome, true));
                Ok(ExitCode::SUCCESS)
            }
            Err(Stop::Error(error)) => Err(self.complaint(error).into()),
        }
    }

    /// Why nothing was imported, for the person at the terminal.
    fn complaint(&self, error: ImportError) -> String {
        match error {
            ImportError::Db(DbError::SignedOut) => self.person.refusal(),
            ImportError::Db(DbError::ReadOnly) => {
                format!("{} may only read in this household.", self.person.user)
            }
            ImportError::Rows { faults, rows } => format!(
                "Nothing was imported: {} of {rows} rows are faulty.\n{}",
                faults.rows(),
                faults.to_string().trim_end()
            ),
            other => format!("Nothing was imported. {other}"),
        }
    }
}

/// The file, and what the history calls it.
fn read(path: &Path) -> Result<(Vec<u8>, String), Failure> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok((bytes, "standard input".to_owned()));
    }
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok((bytes, name.to_string_lossy().into_owned()))
}

/// What an import did, or would do.
fn report(outcome: &Outcome, dry_run: bool) -> String {
    let rows = match (outcome.rows, outcome.entries) {
        (1, _) => "1 row".to_owned(),
        (rows, entries) if rows == entries => format!("{rows} rows"),
        (rows, 1) => format!("{rows} rows of 1 entry"),
        (rows, entries) => format!("{rows} rows of {entries} entries"),
    };
    let mut lines = vec![format!(
        "{rows}: {} new, {} double.",
        outcome.new,
        outcome.double()
    )];
    let additions = &outcome.additions;
    let percent = |percent| NumberFormat::CommaPoint.percent(percent);
    let names: [([&str; 2], Vec<String>); 3] = [
        (
            ["location", "locations"],
            additions.locations.iter().map(|one| one.name.clone()).collect(),
        ),
        (
            ["bucket", "buckets"],
            additions
                .buckets
                .iter()
                .map(|one| format!("{} {}%", one.name, percent(one.percent)))
                .collect(),
        ),
        (
            ["category", "categories"],
            additions.categories.iter().map(|one| one.name.clone()).collect(),
        ),
    ];
    let made = if dry_run { "Would add" } else { "Added" };
    for ([one, many], names) in names {
        let noun = if names.len() == 1 { one } else { many };
        if !names.is_empty() {
            lines.push(format!("{made} {} {noun}: {}.", names.len(), names.join(", ")));
        }
    }
    for (before, after) in &additions.percentages {
        let changed = if dry_run { "Would change" } else { "Changed" };
        lines.push(format!(
            "{changed} bucket {} from {}% to {}%.",
            after.name,
            percent(before.percent),
            percent(after.percent)
        ));
    }
    if dry_run {
        lines.push("This was a dry run: nothing was written.".to_owned());
    }
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{BucketId, CategoryId};
    use crate::ledger::Sign;
    use crate::ledger::book::{Bucket, Category};
    use crate::ledger::bulk::Additions;
    use crate::money::Percent;

    #[test]
    fn the_report_says_what_came_and_what_was_there() {
        let bucket = |name: &str, points| Bucket {
            id: BucketId::new(),
            name: name.into(),
            percent: Percent::from_basis_points(points).unwrap(),
            position: 0,
            archived_at: None,
            version: 1,
        };
        let category = Category {
            id: CategoryId::new(),
            name: "Groceries".into(),
            sign: Sign::Negative,
            archived_at: None,
            version: 1,
        };
        let outcome = Outcome {
            rows: 10_000,
            entries: 10_000,
            new: 9_998,
            additions: Additions {
                locations: Vec::new(),
                buckets: vec![bucket("Home", 6000), bucket("Fun", 1250)],
                categories: vec![category],
                percentages: vec![(bucket("Play", 4000), bucket("Play", 2750))],
            },
        };
        assert_eq!(
            report(&outcome, false),
            "10000 rows: 9998 new, 2 double.\nAdded 2 buckets: Home 60%, Fun 12.5%.\nAdded 1 category: Groceries.\n\
             Changed bucket Play from 40% to 27.5%.\n"
        );
        let split = Outcome {
            rows: 12_345,
            ..outcome.clone()
        };
        assert!(report(&split, false).starts_with("12345 rows of 10000 entries: 9998 new, 2 double.\n"));
        let tried = report(&outcome, true);
        assert!(tried.contains("Would add 2 buckets") && tried.ends_with("nothing was written.\n"));
    }
}
