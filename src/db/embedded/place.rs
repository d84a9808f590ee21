//! Where the database lives and who runs it: the home, its socket folder, and the user that Postgres runs as.

use std::{
    fs, io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown, symlink},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sha2::{Digest, Sha256};

use super::EmbeddedError;

/// Homes of databases whose `DATA_DIR` Postgres can't reach.
const FALLBACK: &str = "/var/lib/budget";
/// A socket's address must stay under 104 bytes on macOS and 108 on Linux.
const SOCKET_PATH_BYTES_MAX: usize = 99;
pub(super) const SOCKET_NAME: &str = ".s.PGSQL.5432";
const PRIVATE: u32 = 0o700;
/// Entering allowed, listing not: what root's folders need for Postgres to reach its own below them.
const PASSABLE: u32 = 0o711;

/// The user that Postgres runs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    pub(super) uid: u32,
    gid: u32,
    /// We are root, and become this user for every program of Postgres.
    drop_root: bool,
}

impl User {
    /// A program that sees nothing of our environment: no `PG*` variable changes what it does, and no secret of the app reaches it.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .current_dir("/");
        if self.drop_root {
            command.uid(self.uid).gid(self.gid); // std drops root's other groups too
        }
        command
    }

    /// Whether this user may pass through a folder, as the kernel decides it: the first class that fits counts, even if a later one allows more.
    fn may_enter(&self, owner: u32, group: u32, mode: u32) -> bool {
        let bit = match () {
            () if owner == self.uid => 0o100,
            () if group == self.gid => 0o010,
            () => 0o001,
        };
        mode & bit != 0
    }

    /// The folder at or above `path` that this user may not enter. Folders that don't exist yet are left out.
    fn closed_folder(&self, path: &Path) -> Result<Option<PathBuf>, EmbeddedError> {
        for folder in path.ancestors() {
            if let Some(m) = metadata(folder)?
                && !self.may_enter(m.uid(), m.gid(), m.mode())
            {
                return Ok(Some(folder.to_owned()));
            }
        }
        Ok(None)
    }
}

/// The folder that holds everything of one private database.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) folder: PathBuf,
    pub(super) user: User,
    hash: String,
}

impl Home {
    /// Finds or makes the home for `data_dir`.
    ///
    /// As an ordinary user it is `DATA_DIR/postgres`. Root must let Postgres run as somebody else; where that user can't
    /// reach `DATA_DIR`, the home is made in `/var/lib/budget` and `DATA_DIR/postgres` becomes a link to it. The link is
    /// followed ever after, so a later change of permissions can't lead to a second, empty database.
    ///
    /// # Errors
    /// A folder can't be made, belongs to somebody else, or holds a database that can't be reached.
    pub(super) fn of(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let me = id(&["-u"])?.ok_or_else(|| {
            EmbeddedError::io("ask who runs this app with", Path::new("id"))(io::ErrorKind::Other.into())
        })?;
        let mode = if me == 0 { PASSABLE } else { PRIVATE };
        if let Some(parent) = data_dir.parent() {
            fs::create_dir_all(parent).map_err(EmbeddedError::io("create", parent))?;
        }
        make_folder(data_dir, mode)?;
        let data_dir = data_dir
            .canonicalize()
            .map_err(EmbeddedError::io("open", data_dir))?;
        let digest = Sha256::digest(data_dir.as_os_str().as_bytes());
        let hash = format!(
            "{:016x}",
            digest
                .iter()
                .take(8)
                .fold(0, |number: u64, byte| number << 8 | u64::from(*byte))
        );

        let own = data_dir.join("postgres");
        // A link may point to a folder that is gone; it still says where the home belongs.
        let folder = own
            .canonicalize()
            .or_else(|_| fs::read_link(&own).map(|to| data_dir.join(to)))
            .unwrap_or_else(|_| own.clone());
        if me == 0 {
            return Self::of_root(&own, folder, hash);
        }
        make_folder(&folder, PRIVATE)?;
        let m = fs::metadata(&folder).map_err(EmbeddedError::io("open", &folder))?;
        if m.uid() != me {
            return Err(EmbeddedError::Foreign {
                path: folder,
                owner: m.uid(),
                expected: me,
            });
        }
        let user = User {
            uid: me,
            gid: m.gid(),
            drop_root: false,
        };
        Ok(Self { folder, user, hash })
    }

    /// `own` is `DATA_DIR/postgres`, and `folder` where it leads.
    fn of_root(own: &Path, folder: PathBuf, hash: String) -> Result<Self, EmbeddedError> {
        let user = server_user(&folder)?;
        let data = folder.join("data");
        let cluster = metadata(&data)?;
        if let Some(m) = &cluster
            && m.uid() != user.uid
        {
            // A backup that root brought back without its owners.
            return Err(EmbeddedError::Foreign {
                path: data,
                owner: m.uid(),
                expected: user.uid,
            });
        }
        if let Some(m) = metadata(&folder)?
            && m.uid() == 0
            && !user.may_enter(0, m.gid(), m.mode())
        {
            set_mode(&folder, PASSABLE)?;
        }
        let Some(closed) = user.closed_folder(&folder)? else {
            make_folder(&folder, PASSABLE)?;
            return Ok(Self { folder, user, hash });
        };
        // Never answer a database that became unreachable with a new, empty one.
        if cluster.is_some() || folder != own {
            return Err(EmbeddedError::Unreachable {
                home: folder,
                closed,
                uid: user.uid,
            });
        }
        let folder = fall_back(own, &hash, &user)?;
        tracing::warn!(
            "Postgres never runs as root and can't enter {}, so the database is kept in {}; {} is a link to it. Back up both.",
            closed.display(),
            folder.display(),
            own.display()
        );
        Ok(Self { folder, user, hash })
    }

    /// The cluster's folder.
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The server's log.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    /// Where the socket goes: `run` in the home, or a short folder for temporary files if that path is too long for a socket.
    pub(super) fn socket_folder(&self) -> PathBuf {
        let run = self.folder.join("run");
        if fits(&run) {
            return run;
        }
        let name = format!("budget-{}", self.hash);
        let temporary = std::env::temp_dir()
            .canonicalize()
            .ok()
            .filter(|t| matches!(self.user.closed_folder(t), Ok(None)));
        temporary
            .map(|t| t.join(&name))
            .filter(|t| fits(t))
            .unwrap_or_else(|| Path::new("/tmp").join(name))
    }
}

/// Makes sure that a folder exists, is entered by `user` alone, and isn't a trap that somebody else has laid in a shared folder.
///
/// # Errors
/// [`EmbeddedError::Foreign`] if somebody else owns it or it is a link.
pub(super) fn private_folder(path: &Path, user: &User) -> Result<(), EmbeddedError> {
    make_folder(path, PRIVATE)?;
    let m = fs::symlink_metadata(path).map_err(EmbeddedError::io("open", path))?;
    if !m.is_dir() || (m.uid() != user.uid && !(user.drop_root && m.uid() == 0)) {
        return Err(EmbeddedError::Foreign {
            path: path.to_owned(),
            owner: m.uid(),
            expected: user.uid,
        });
    }
    if m.uid() != user.uid {
        chown(path, Some(user.uid), Some(user.gid))
            .map_err(EmbeddedError::io("hand to the user of Postgres the folder", path))?;
    }
    if m.mode() & 0o777 == PRIVATE {
        Ok(())
    } else {
        set_mode(path, PRIVATE)
    }
}

/// Whose database it is if there is one, so that a new number for `postgres` in another container image changes nothing.
fn server_user(home: &Path) -> Result<User, EmbeddedError> {
    for folder in [&home.join("data"), home] {
        if let Some(m) = metadata(folder)?
            && m.uid() != 0
        {
            return Ok(User {
                uid: m.uid(),
                gid: m.gid(),
                drop_root: true,
            });
        }
    }
    for name in ["postgres", "_postgres", "nobody"] {
        if let (Some(uid), Some(gid)) = (id(&["-u", name])?, id(&["-g", name])?)
            && uid != 0
        {
            return Ok(User {
                uid,
                gid,
                drop_root: true,
            });
        }
    }
    Err(EmbeddedError::NoUser)
}

fn fall_back(own: &Path, hash: &str, user: &User) -> Result<PathBuf, EmbeddedError> {
    let parent = Path::new(FALLBACK);
    fs::create_dir_all("/var/lib").map_err(EmbeddedError::io("create", Path::new("/var/lib")))?;
    make_folder(parent, PASSABLE)?;
    let home = parent.join(hash);
    make_folder(&home, PASSABLE)?;
    if let Some(closed) = user.closed_folder(&home)? {
        return Err(EmbeddedError::Unreachable {
            home,
            closed,
            uid: user.uid,
        });
    }
    match symlink(&home, own) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            // Another process was quicker, or an empty folder is in the way.
            if fs::read_link(own).is_err() {
                fs::remove_dir(own)
                    .and_then(|()| symlink(&home, own))
                    .map_err(EmbeddedError::io("put a link to the database in place of", own))?;
            }
            Ok(home)
        }
        done => done
            .map(|()| home)
            .map_err(EmbeddedError::io("create the link", own)),
    }
}

/// `-k` and libpq's `host` take lists, so a comma would split the path; a line break would break `postmaster.pid`.
fn fits(folder: &Path) -> bool {
    let bytes = folder.as_os_str().as_bytes();
    bytes.len() + "/".len() + SOCKET_NAME.len() <= SOCKET_PATH_BYTES_MAX
        && !bytes.iter().any(|b| *b == b',' || b.is_ascii_control())
}

/// Creates one folder; one that exists keeps its mode. The umask has no say.
fn make_folder(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    match fs::DirBuilder::new().mode(mode).create(path) {
        Ok(()) => set_mode(path, mode),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(EmbeddedError::io("create", path)(e)),
    }
}

fn set_mode(path: &Path, mode: u32) -> Result<(), EmbeddedError> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .map_err(EmbeddedError::io("set the permissions of", path))
}

fn metadata(path: &Path) -> Result<Option<fs::Metadata>, EmbeddedError> {
    match fs::metadata(path) {
        Ok(m) => Ok(Some(m)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(EmbeddedError::io("open", path)(e)),
    }
}

/// Asks the program `id`, which knows users from directory services too. `None`: there is no such user.
fn id(arguments: &[&str]) -> Result<Option<u32>, EmbeddedError> {
    let output = Command::new("id")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(EmbeddedError::io("run", Path::new("id")))?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .ok()
        .filter(|_| output.status.success()))
}

#[cfg(test)]
mod tests {
    use super::{User, fits};
    use std::path::Path;

    #[test]
    fn the_first_class_that_fits_decides_who_may_enter() {
        let user = User {
            uid: 7,
            gid: 8,
            drop_root: true,
        };
        assert!(user.may_enter(7, 0, 0o700));
        assert!(
            !user.may_enter(7, 8, 0o677),
            "the owner's own bits count, not the others'"
        );
        assert!(user.may_enter(0, 8, 0o710));
        assert!(
            !user.may_enter(0, 8, 0o701),
            "the group's bits count, not the others'"
        );
        assert!(user.may_enter(0, 0, 0o711));
        assert!(!user.may_enter(0, 0, 0o770));
    }

    #[test]
    fn a_socket_folder_is_short_and_plain() {
        assert!(fits(Path::new("/var/lib/budget/postgres/run")));
        assert!(!fits(Path::new(&format!("/{}", "x".repeat(85)))));
        assert!(fits(Path::new(&format!("/{}", "x".repeat(84)))));
        assert!(!fits(Path::new("/a,b")));
    }
}
