//! The cluster on disk: which version wrote it, making a new one, and our role and database in it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection, PgConnection, QueryResult, RunQueryDsl, connection::SimpleConnection, dsl::sql, select,
    sql_types::Bool,
};

use super::{EmbeddedError, find::Installation, place, place::Home, server::Server};

/// Owns the database and migrates it; creates the restricted role of requests. No superuser.
pub(super) const OWNER: &str = "budget";
pub(super) const DATABASE: &str = "budget";
const SUPERUSER: &str = "postgres";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
const ICU_SINCE_MAJOR: u32 = 15;

/// The major version that wrote the cluster in `data`; `None` if there is none yet.
///
/// # Errors
/// [`EmbeddedError::Incomplete`] if there is something that isn't a whole cluster: nothing of it is touched.
pub(super) fn major(data: &Path) -> Result<Option<u32>, EmbeddedError> {
    let is_empty = match fs::read_dir(data) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => true,
        content => content.map_err(EmbeddedError::io("open", data))?.next().is_none(),
    };
    if is_empty {
        return Ok(None);
    }
    let version = fs::read_to_string(data.join("PG_VERSION"))
        .ok()
        .and_then(|v| v.trim().parse().ok());
    match version {
        Some(major) if data.join("global/pg_control").is_file() => Ok(Some(major)),
        _ => Err(EmbeddedError::Incomplete {
            data: data.to_owned(),
        }),
    }
}

/// Makes a new cluster, next to its place: it gets its name only when it is whole and on disk, so an `initdb` that is killed
/// (or goes on as an orphan) leaves nothing that a later start could take for a database.
///
/// # Errors
/// [`EmbeddedError::Initdb`] with what `initdb` said.
pub(super) fn initialise(home: &Home, installation: &Installation) -> Result<(), EmbeddedError> {
    let draft = new_draft(home)?;
    place::private_folder(&draft, &home.user)?;
    // The same everywhere, UTF-8, and sorted by code point; pages sort names in Rust or by an explicit collation.
    let mut locales = vec![&["--locale=C.UTF-8"][..]];
    if installation.major >= ICU_SINCE_MAJOR {
        locales.push(&["--locale-provider=icu", "--icu-locale=und"]);
    }
    locales.push(&["--locale=C"]);
    let mut first_failure = None;
    for locale in locales {
        let program = installation.bin.join("initdb");
        let mut command = home.user.command(&program);
        // initdb writes it all to disk at its end. `trust` is safe: whoever reaches the socket could read the files too.
        command
            .args([
                "--encoding=UTF8",
                "--auth=trust",
                "--no-instructions",
                "--username",
                SUPERUSER,
            ])
            .args(locale)
            .arg("-D")
            .arg(&draft);
        let output = command.output().map_err(EmbeddedError::io("run", &program))?;
        if output.status.success() {
            fs::rename(&draft, home.data()).map_err(EmbeddedError::io(
                "put the new database in its place from",
                &draft,
            ))?;
            // The new name has to reach the disk too.
            return fs::File::open(&home.folder)
                .and_then(|f| f.sync_all())
                .map_err(EmbeddedError::io("write to disk", &home.folder));
        }
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        let about_locale = said.contains("locale");
        first_failure.get_or_insert(said);
        if !about_locale {
            break;
        }
    }
    remove_draft(&draft);
    Err(EmbeddedError::Initdb {
        output: first_failure.unwrap_or_default().trim().to_owned(),
    })
}

/// A folder that no other `initdb` ever used. What earlier ones left is removed, unless one still writes to it.
fn new_draft(home: &Home) -> Result<PathBuf, EmbeddedError> {
    let mut taken = Vec::new();
    for entry in fs::read_dir(&home.folder)
        .map_err(EmbeddedError::io("open", &home.folder))?
        .flatten()
    {
        if entry.file_name().to_string_lossy().starts_with("data.new") {
            remove_draft(&entry.path());
            taken.push(entry.file_name());
        }
    }
    let mut names = (0_u32..).map(|n| format!("data.new{n}"));
    let name = names
        .find(|name| !taken.iter().any(|t| t == name.as_str()))
        .unwrap_or_default();
    Ok(home.folder.join(name))
}

fn remove_draft(draft: &Path) {
    if let Err(error) = fs::remove_dir_all(draft) {
        tracing::debug!(%error, draft = %draft.display(), "what a failed initdb left stays for now");
    }
}

/// Makes sure that the owner role and its database exist.
///
/// # Errors
/// [`EmbeddedError::Prepare`] with what the server answered.
pub(super) fn prepare(server: &Server) -> Result<(), EmbeddedError> {
    let url = format!("{}&connect_timeout=10", server.url(SUPERUSER, "postgres"));
    let deadline = Instant::now() + CONNECT_TIMEOUT;
    let mut conn = loop {
        match PgConnection::establish(&url) {
            Ok(conn) => break conn,
            // It may be busy with recovery, or have no free place for a moment.
            Err(_) if Instant::now() < deadline => thread::sleep(Duration::from_millis(50)),
            Err(e) => return Err(server.unprepared(&e)),
        }
    };
    let role = format!("EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}')");
    let database = format!("EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}')");
    let steps = [
        (
            role,
            format!("CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB NOSUPERUSER"),
        ),
        (database, format!("CREATE DATABASE {DATABASE} OWNER {OWNER}")),
    ];
    steps
        .iter()
        .try_for_each(|(exists, create)| create_if_missing(&mut conn, exists, create))
        .map_err(|e| server.unprepared(&e))
}

/// Neither statement knows IF NOT EXISTS. Somebody else may create it after our look, so a failure counts only if it is still missing.
fn create_if_missing(conn: &mut PgConnection, exists: &str, create: &str) -> QueryResult<()> {
    let is_there = |conn: &mut PgConnection| select(sql::<Bool>(exists)).get_result::<bool>(conn);
    if is_there(conn)? {
        return Ok(());
    }
    match conn.batch_execute(create) {
        Err(e) => is_there(conn)?.then_some(()).ok_or(e),
        done => done,
    }
}
