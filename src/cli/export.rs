//! `budget export`

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::import::FileFormat;
use super::opening::Opened;
use super::person::Person;
use super::{Failure, output};
use crate::config::Config;
use crate::db::{Caller, Db, DbError};
use crate::exchange::{ExportError, Exported, export};

/// Write all entries of a household into a file that `budget import` reads back
///
/// A CSV file has a row for each posting, and for each share of a split of which nothing came out. Rows of one entry have the same number
/// in the column `entry`. Imported into an empty household with --create, it makes the same ledger again, with the same checksum. The
/// set-up is in it only as far as entries use it: no percentages, no order, and archived things come back in use.
///
/// Text that a spreadsheet would take for a formula has a ' before it, which the import takes off again.
///
/// Example: budget export --user home@example.org --format csv --file budget.csv
#[derive(clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Export {
    #[command(flatten)]
    person: Person,
    /// What kind of file it is to be
    #[arg(long, value_enum)]
    format: FileFormat,
    /// The file, which only you can read then; - for standard output
    #[arg(long, value_name = "F", default_value = "-")]
    file: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

impl Export {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode, Failure> {
        let FileFormat::Csv = self.format;
        let to_file = self.file.as_os_str() != "-";
        let mut draft = None;
        if to_file {
            self.check_file()?;
            draft = Some(Draft::beside(&self.file)?);
        }
        let opened = Opened::current(config)?;
        let done = self.person.caller(&opened.db).and_then(|caller| match draft {
            Some(draft) => self.write_file(&opened.db, &caller, draft),
            None => self.write_pipe(&opened.db, &caller),
        });
        opened.close()?;
        done
    }

    fn write_pipe(&self, db: &Db, caller: &Caller) -> Result<ExitCode, Failure> {
        match carry_out(db, caller, &mut io::stdout().lock()) {
            Ok(_) => Ok(ExitCode::SUCCESS),
            Err(ExportError::Write(error)) => {
                output::unless_left(Err(error))?;
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => Err(self.complaint(error).into()),
        }
    }

    fn write_file(&self, db: &Db, caller: &Caller, draft: Draft) -> Result<ExitCode, Failure> {
        let exported = carry_out(db, caller, &mut &draft.file).map_err(|error| self.complaint(error))?;
        draft
            .finish(&self.file, self.force)
            .map_err(|error| self.cannot(&error))?;
        let Exported { entries, rows } = exported;
        let entry = if entries == 1 { "entry" } else { "entries" };
        let row = if rows == 1 { "row" } else { "rows" };
        let path = self.file.display();
        output::print(&format!("Wrote {entries} {entry} in {rows} {row} to {path}.\n"))?;
        Ok(ExitCode::SUCCESS)
    }

    /// Tells what is in the way before anything is done.
    fn check_file(&self) -> Result<(), Failure> {
        let path = self.file.display();
        match fs::metadata(&self.file) {
            Ok(found) if !found.is_file() => Err(format!(
                "{path} is no file that could be replaced. Choose another name, or leave out --file to write to standard output."
            )
            .into()),
            Ok(_) if !self.force => {
                Err(format!("{path} is there already. Choose another name, or replace it with --force.").into())
            }
            _ => Ok(()),
        }
    }

    fn cannot(&self, error: &io::Error) -> String {
        if error.kind() == io::ErrorKind::AlreadyExists {
            let path = self.file.display();
            return format!("{path} is there already. Choose another name, or replace it with --force.");
        }
        format!("{}: {error}", self.file.display())
    }

    fn complaint(&self, error: ExportError) -> String {
        match error {
            ExportError::Db(DbError::SignedOut) => self.person.refusal(),
            ExportError::Db(error) => format!("Nothing was exported. {error}"),
            ExportError::Write(error) => self.cannot(&error),
        }
    }
}

fn carry_out(db: &Db, caller: &Caller, out: &mut impl Write) -> Result<Exported, ExportError> {
    db.read_now(caller, |conn, member| {
        let exported = export::export(conn, member, out)?;
        out.flush()?;
        Ok(exported)
    })
}

/// A file in the making, beside its place; it goes if it is not finished.
struct Draft {
    file: File,
    path: PathBuf,
}

impl Draft {
    fn beside(path: &Path) -> Result<Self, Failure> {
        use std::os::unix::fs::OpenOptionsExt;
        let name = path
            .file_name()
            .ok_or_else(|| format!("{} is no name of a file.", path.display()))?;
        let name = format!(".{}.{}.part", name.to_string_lossy(), std::process::id());
        let draft = path.with_file_name(name);
        let file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { file, path: draft })
    }

    /// Puts it in its place, whole. Without `force` a file that came there meanwhile stays.
    fn finish(self, path: &Path, force: bool) -> io::Result<()> {
        self.file.sync_all()?;
        if force {
            return fs::rename(&self.path, path);
        }
        match fs::hard_link(&self.path, path) {
            // Some file systems know no links.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
                fs::rename(&self.path, path)
            }
            linked => linked,
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After a rename it is no longer there.
        if let Err(error) = fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %self.path.display(), "an unfinished export stays behind");
        }
    }
}
