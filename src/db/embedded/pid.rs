//! Pid files: what a server says of itself there, and whether it is still that server.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::EmbeddedError;

/// "No such process": it ended while we read about it.
const ESRCH: i32 = 3;

/// The content of `postmaster.pid`, or of the lock file next to a socket.
pub(super) struct PidFile {
    /// `None` if the file is damaged.
    pub(super) pid: Option<u32>,
    pub(super) socket_folder: Option<PathBuf>,
    pub(super) ready: bool,
}

impl PidFile {
    /// # Errors
    /// It is there, but can't be read.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, EmbeddedError> {
        match fs::read(path) {
            Ok(content) => Ok(Some(Self::parse(&content))),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(EmbeddedError::io("read", path)(e)),
        }
    }

    fn parse(content: &[u8]) -> Self {
        let mut lines = content.split(|byte| *byte == b'\n');
        let number = lines.next().and_then(|line| str::from_utf8(line).ok());
        // Negative while somebody repairs the cluster in single-user mode.
        let pid = number.and_then(|n| n.trim().parse().ok()).map(i32::unsigned_abs);
        let socket_folder = lines.nth(3).filter(|line| line.starts_with(b"/"));
        Self {
            pid: pid.filter(|pid| *pid > 0),
            socket_folder: socket_folder.map(|line| PathBuf::from(OsStr::from_bytes(line))),
            ready: lines.nth(2).is_some_and(|line| line.trim_ascii() == b"ready"),
        }
    }

    /// Whether a server for `data` wrote the file and still runs.
    ///
    /// # Errors
    /// The system doesn't tell about its processes.
    pub(super) fn is_alive(&self, data: &Path) -> Result<bool, EmbeddedError> {
        Ok(matches!(self.process(data)?, Process::Server))
    }

    /// Whether Postgres would take the file for that of a running server, though it isn't.
    ///
    /// # Errors
    /// The system doesn't tell about its processes.
    pub(super) fn is_misleading(&self, data: &Path) -> Result<bool, EmbeddedError> {
        Ok(self.pid.is_none() || matches!(self.process(data)?, Process::Other))
    }

    /// A server has the cluster's folder on its command line, and no `postgres` of another cluster has.
    fn process(&self, data: &Path) -> Result<Process, EmbeddedError> {
        let Some(pid) = self.pid else {
            return Ok(Process::Gone);
        };
        let data = data.as_os_str().as_bytes();
        let is_server = if cfg!(target_os = "linux") {
            let path = PathBuf::from(format!("/proc/{pid}/cmdline"));
            let line = match fs::read(&path) {
                Err(e) if e.kind() == io::ErrorKind::NotFound || e.raw_os_error() == Some(ESRCH) => {
                    return Ok(Process::Gone);
                }
                line => line.map_err(EmbeddedError::io("read", &path))?,
            };
            let mut words = line.split(|byte| *byte == 0);
            words.next().is_some_and(|program| program.ends_with(b"postgres"))
                && words.any(|word| word == data)
        } else {
            let mut ps = Command::new("ps");
            ps.args(["-ww", "-o", "command=", "-p", &pid.to_string()])
                .stdin(Stdio::null());
            let line = ps
                .output()
                .map_err(EmbeddedError::io("run", Path::new("ps")))?
                .stdout;
            if line.is_empty() {
                return Ok(Process::Gone);
            }
            let has = |part: &[u8]| line.windows(part.len()).any(|window| window == part);
            has(b"postgres") && has(data)
        };
        Ok(if is_server {
            Process::Server
        } else {
            Process::Other
        })
    }
}

/// Whose process has the number now.
enum Process {
    Server,
    /// Somebody else's, or a dead one that its parent hasn't collected: its command line is empty.
    Other,
    Gone,
}

#[cfg(test)]
mod tests {
    use super::PidFile;
    use std::path::Path;

    #[test]
    fn a_pid_file_tells_process_socket_and_state() {
        let file = PidFile::parse(b"4711\n/d/data\n1700000000\n5432\n/d/run\n\n  123  456\nready   \n");
        assert_eq!(file.pid, Some(4711));
        assert_eq!(file.socket_folder.as_deref(), Some(Path::new("/d/run")));
        assert!(file.ready);
        assert!(!PidFile::parse(b"4711\n/d/data\n1700000000\n5432\n/d/run\n\n  123  456\nstarting\n").ready);
        assert_eq!(PidFile::parse(b"").pid, None);
        assert_eq!(PidFile::parse(b"-12\n").pid, Some(12));
    }

    #[test]
    fn a_number_is_the_servers_only_while_its_process_is() {
        let data = Path::new("/d/data");
        let mut file = PidFile::parse(b"");
        assert!(!file.is_alive(data).unwrap());
        assert!(
            file.is_misleading(data).unwrap(),
            "Postgres refuses a damaged file"
        );
        file.pid = Some(std::process::id());
        assert!(!file.is_alive(data).unwrap());
        assert!(file.is_misleading(data).unwrap());
        file.pid = Some(u32::MAX >> 1); // more than any system gives out
        assert!(!file.is_alive(data).unwrap());
        assert!(!file.is_misleading(data).unwrap(), "Postgres sees that itself");
    }
}
