//! The server process: is it there, start it, wait for it, stop it, and what its log says.

use std::{
    fmt::Display,
    fs,
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, OpenOptionsExt, fchown},
        net::UnixStream,
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use super::{
    EmbeddedError,
    find::Installation,
    pid::PidFile,
    place::{Home, SOCKET_NAME, User, private_folder},
};

/// Recovery after a crash reads at most about a gigabyte of log; slow disks need their time.
pub(super) const START_TIMEOUT: Duration = Duration::from_mins(2);
const POLL: Duration = Duration::from_millis(10);
/// Between two attempts to start while processes of a killed server still end.
const RETRY: Duration = Duration::from_millis(100);
/// A server that calls itself ready and has no socket for so long has lost it, to somebody who tidied up.
const LOST_SOCKET: Duration = Duration::from_secs(5);
/// The question of libpq whether the server speaks TLS. It is answered at once with one byte, and leaves no trace in the log.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
const LOG_BYTES_MAX: u64 = 8 * 1024 * 1024;
const TAIL_BYTES: u64 = 8 * 1024;
const TAIL_LINES: usize = 15;

/// All that isn't Postgres's default. Nothing here weakens durability.
const SETTINGS: [&str; 8] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=100",
    "shared_buffers=64MB",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "logging_collector=off", // the log goes to the file that we open
];

/// A server for one cluster, running or not.
#[derive(Debug)]
pub(super) struct Server {
    installation: Installation,
    user: User,
    data: PathBuf,
    socket_folder: PathBuf,
    log: PathBuf,
}

impl Server {
    /// The server for `home`. One that runs, or was killed, has its socket where its `postmaster.pid` says: the folder for
    /// temporary files may be another one for this process.
    ///
    /// # Errors
    /// `postmaster.pid` can't be read.
    pub(super) fn new(home: &Home, installation: Installation) -> Result<Self, EmbeddedError> {
        let mut server = Self {
            installation,
            user: home.user,
            data: home.data(),
            socket_folder: home.socket_folder(),
            log: home.log(),
        };
        if let Some(folder) = server.pid_file()?.and_then(|f| f.socket_folder)
            && fs::symlink_metadata(&folder).is_ok_and(|m| m.is_dir() && m.uid() == server.user.uid)
        {
            server.socket_folder = folder;
        }
        Ok(server)
    }

    /// Connection URL for libpq. What `PG*` variables could change and matters here is spelled out.
    pub(super) fn url(&self, role: &str, database: &str) -> String {
        let host = encode(self.socket_folder.as_os_str().as_bytes());
        format!(
            "postgresql://{role}@{host}/{database}?port=5432&hostaddr=&options=&sslmode=disable&gssencmode=disable"
        )
    }

    /// Whether it takes connections. Costs a connection without log-in and a small file.
    ///
    /// # Errors
    /// `postmaster.pid` can't be read.
    pub(super) fn is_serving(&self) -> Result<bool, EmbeddedError> {
        // To be let in isn't enough: a socket outlives its killed server for as long as a child still holds it.
        let ask = || -> io::Result<()> {
            let mut stream = UnixStream::connect(self.socket())?;
            stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
            stream.write_all(&SSL_REQUEST)?;
            stream.read_exact(&mut [0])
        };
        Ok(ask().is_ok() && self.pid_file()?.is_some_and(|file| file.ready))
    }

    /// Starts it, or waits for one that is starting, until it takes connections. The caller holds the start lock.
    ///
    /// # Errors
    /// [`EmbeddedError::Start`] with the log's last lines.
    pub(super) fn bring_up(&self) -> Result<(), EmbeddedError> {
        let deadline = Instant::now() + START_TIMEOUT;
        let mut ours: Option<(Child, u64)> = None;
        let mut unreachable_since = None;
        while !self.is_serving()? {
            if Instant::now() >= deadline {
                // It isn't killed: it may be in a long recovery, and the next start finds it.
                ours.map_or(Ok(()), |(child, _)| reap(child))?;
                let waited_s = START_TIMEOUT.as_secs();
                return Err(self.not_started(format!("it was not ready after {waited_s} seconds"), 0));
            }
            if let Some((child, log_start)) = &mut ours {
                if let Some(status) = child
                    .try_wait()
                    .map_err(EmbeddedError::io("wait for", &self.data))?
                {
                    if !is_passing(&self.log_since(*log_start)) {
                        return Err(self.not_started(format!("it ended ({status})"), *log_start));
                    }
                    ours = None;
                    thread::sleep(RETRY);
                }
            } else if self.postmaster_lives()? {
                // Left by an app that was killed while it started or stopped it.
                let ready = self.pid_file()?.is_some_and(|file| file.ready);
                if !ready || self.socket().exists() {
                    unreachable_since = None;
                } else if unreachable_since.get_or_insert_with(Instant::now).elapsed() > LOST_SOCKET {
                    tracing::warn!(
                        "The private Postgres runs, but its socket in {} is gone; restarting it.",
                        self.socket_folder.display()
                    );
                    self.stop()?;
                }
            } else {
                private_folder(&self.socket_folder, &self.user)?;
                self.remove_misleading_pid_files()?;
                ours = Some(self.spawn()?);
            }
            thread::sleep(POLL);
        }
        ours.map_or(Ok(()), |(child, _)| reap(child))
    }

    /// Stops it and waits until it has. Fine if it doesn't run. The caller holds the start lock.
    ///
    /// # Errors
    /// [`EmbeddedError::Stop`] with what `pg_ctl` said.
    pub(super) fn stop(&self) -> Result<(), EmbeddedError> {
        if !self.postmaster_lives()? {
            return Ok(());
        }
        let program = self.installation.bin.join("pg_ctl");
        let mut command = self.user.command(&program);
        let output = command
            .args(["stop", "-m", "fast", "-w", "-t", "60", "-D"])
            .arg(&self.data)
            .output()
            .map_err(EmbeddedError::io("run", &program))?;
        if output.status.success() || !self.postmaster_lives()? {
            return Ok(());
        }
        let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(EmbeddedError::Stop {
            reason,
            log: self.log.clone(),
            lines: self.log_since(0),
        })
    }

    /// Removes a socket folder among the temporary files, once the server has stopped.
    pub(super) fn remove_socket_folder(&self) {
        if self.socket_folder.parent() != self.data.parent()
            && let Err(error) = fs::remove_dir(&self.socket_folder)
        {
            tracing::debug!(%error, folder = %self.socket_folder.display(), "the socket folder stays");
        }
    }

    /// The error for a server that runs but doesn't let us prepare it.
    pub(super) fn unprepared(&self, reason: &impl Display) -> EmbeddedError {
        EmbeddedError::Prepare {
            reason: reason.to_string(),
            log: self.log.clone(),
            lines: self.log_since(0),
        }
    }

    fn not_started(&self, reason: String, log_start: u64) -> EmbeddedError {
        EmbeddedError::Start {
            reason,
            log: self.log.clone(),
            lines: self.log_since(log_start),
        }
    }

    fn spawn(&self) -> Result<(Child, u64), EmbeddedError> {
        if fs::metadata(&self.log).is_ok_and(|m| m.len() > LOG_BYTES_MAX) {
            fs::rename(&self.log, self.log.with_extension("log.1"))
                .map_err(EmbeddedError::io("set aside", &self.log))?;
        }
        let log = open_shared(&self.log)?;
        let size = log
            .metadata()
            .map_err(EmbeddedError::io("open", &self.log))?
            .len();
        let second = log.try_clone().map_err(EmbeddedError::io("open", &self.log))?;
        let program = self.installation.bin.join("postgres");
        let mut command = self.user.command(&program);
        command
            .arg("-D")
            .arg(&self.data)
            .arg("-k")
            .arg(&self.socket_folder);
        command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        // A group of its own: Ctrl-C in the terminal is for the app, which then stops the server itself.
        let child = command
            .stdout(log)
            .stderr(second)
            .process_group(0)
            .spawn()
            .map_err(EmbeddedError::io("run", &program))?;
        tracing::debug!(pid = child.id(), data = %self.data.display(), "starting the private Postgres");
        Ok((child, size))
    }

    fn socket(&self) -> PathBuf {
        self.socket_folder.join(SOCKET_NAME)
    }

    fn pid_path(&self) -> PathBuf {
        self.data.join("postmaster.pid")
    }

    fn pid_file(&self) -> Result<Option<PidFile>, EmbeddedError> {
        PidFile::read(&self.pid_path())
    }

    fn postmaster_lives(&self) -> Result<bool, EmbeddedError> {
        self.pid_file()?
            .map_or(Ok(false), |file| file.is_alive(&self.data))
    }

    /// Postgres itself gets over a pid file whose process is gone, and then looks for processes that still use its memory.
    /// It refuses to start if the number belongs to another process by now, to a dead one that nobody collected, or if the
    /// file is damaged. Only then we remove it, and never while its server lives.
    fn remove_misleading_pid_files(&self) -> Result<(), EmbeddedError> {
        for path in [
            self.pid_path(),
            self.socket_folder.join(format!("{SOCKET_NAME}.lock")),
        ] {
            if let Some(file) = PidFile::read(&path)?
                && file.is_misleading(&self.data)?
            {
                tracing::info!("Removing {}, left by a server that was killed.", path.display());
                fs::remove_file(&path).map_err(EmbeddedError::io("remove", &path))?;
            }
        }
        Ok(())
    }

    /// The last lines of the log that were written after its first `start` bytes.
    fn log_since(&self, start: u64) -> String {
        let read = || -> io::Result<String> {
            let mut log = fs::File::open(&self.log)?;
            let from = start.max(log.metadata()?.len().saturating_sub(TAIL_BYTES));
            log.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            log.read_to_end(&mut bytes)?;
            let text = String::from_utf8_lossy(&bytes);
            let lines: Vec<_> = text.lines().collect();
            Ok(lines
                .iter()
                .skip(lines.len().saturating_sub(TAIL_LINES))
                .map(|line| format!("  {line}"))
                .collect::<Vec<_>>()
                .join("\n"))
        };
        read().unwrap_or_else(|e| format!("  (it can't be read: {e})"))
    }
}

/// Failures that go away: processes of a killed server end when they notice, and pid files are looked at again.
fn is_passing(log: &str) -> bool {
    log.contains("still in use") || (log.contains("lock file") && log.contains("already exists"))
}

/// Collects the server's exit status one day; without that a dead server would keep its number.
fn reap(mut child: Child) -> Result<(), EmbeddedError> {
    let wait = move || match child.wait() {
        Ok(status) if status.success() => tracing::debug!("the private Postgres has stopped"),
        Ok(status) => tracing::warn!(%status, "The private Postgres ended unexpectedly."),
        Err(error) => tracing::warn!(%error, "Waiting for the private Postgres failed."),
    };
    let thread = thread::Builder::new().name("postgres".to_owned()).spawn(wait);
    thread.map(drop).map_err(EmbeddedError::io(
        "start a thread that watches",
        Path::new("postgres"),
    ))
}

/// Opens a file of the home that every process of its owner may use, creating it if needed.
///
/// # Errors
/// It can't be opened or created.
pub(super) fn open_shared(path: &Path) -> Result<fs::File, EmbeddedError> {
    let open = || -> io::Result<fs::File> {
        let file = fs::File::options()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)?;
        // Root may be a guest in the home of another user, who must be able to open the file later.
        let home = fs::metadata(path.parent().unwrap_or(path))?;
        if file.metadata()?.uid() != home.uid() {
            fchown(&file, Some(home.uid()), Some(home.gid()))?;
        }
        Ok(file)
    };
    open().map_err(EmbeddedError::io("open", path))
}

/// Percent-encodes what has a meaning in a URL.
fn encode(bytes: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: &u8| {
        if plain(*byte) {
            char::from(*byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    bytes.iter().map(encode).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::{encode, is_passing};

    #[test]
    fn a_path_in_a_url_is_encoded() {
        assert_eq!(encode("/tmp/a b/é?".as_bytes()), "%2Ftmp%2Fa%20b%2F%C3%A9%3F");
    }

    #[test]
    fn only_what_a_killed_server_leaves_is_worth_another_try() {
        assert!(is_passing(
            "FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use"
        ));
        assert!(is_passing("FATAL:  lock file \"postmaster.pid\" already exists"));
        assert!(!is_passing(
            "FATAL:  could not write lock file: No space left on device"
        ));
    }
}
