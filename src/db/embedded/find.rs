//! Finding a Postgres installation: a folder whose `postgres`, `initdb` and `pg_ctl` are there and run.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{EmbeddedError, place::User};

const OLDEST_MAJOR: u32 = 14;

/// Parents, the beginning of the child's name, and where the programs are below it.
const USUAL_PLACES: [(&str, &str, &str); 10] = [
    ("/usr/lib/postgresql", "", "bin"), // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),          // Fedora and Red Hat, packages of postgresql.org
    ("/usr/lib", "postgresql", "bin"),  // openSUSE
    ("/usr/libexec", "postgresql", ""), // Alpine
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"), // Homebrew on Intel
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/opt/local/lib", "postgresql", "bin"), // MacPorts
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("/usr/local", "pgsql", "bin"), // built from source
];

/// A folder with programs that run, and their major version.
#[derive(Debug, Clone)]
pub(super) struct Installation {
    pub(super) bin: PathBuf,
    pub(super) major: u32,
}

/// The installation to use: `pg_bin` if given, else the newest; with data already there, one of the major version that wrote it.
///
/// # Errors
/// [`EmbeddedError::NotFound`], [`EmbeddedError::WrongFolder`] or [`EmbeddedError::WrongMajor`].
pub(super) fn installation(
    pg_bin: Option<&Path>,
    data: &Path,
    needed: Option<u32>,
    user: &User,
) -> Result<Installation, EmbeddedError> {
    let wrong_major = |needed, found: &[Installation]| EmbeddedError::WrongMajor {
        data: data.to_owned(),
        needed,
        found: list(found),
    };
    if let Some(given) = pg_bin {
        let wrong = |reason| EmbeddedError::WrongFolder {
            path: given.to_owned(),
            reason,
        };
        let folder = given
            .canonicalize()
            .map_err(|e| wrong(format!("that folder can't be opened ({e})")))?;
        // The folder of the whole installation is an easy mistake, and leaves no doubt.
        let bin = if folder.join("bin/postgres").is_file() {
            folder.join("bin")
        } else {
            folder
        };
        let major = major_of(&bin, user).map_err(wrong)?;
        let it = Installation { bin, major };
        return match needed {
            Some(needed) if needed != major => Err(wrong_major(needed, &[it])),
            None if major < OLDEST_MAJOR => Err(wrong(format!(
                "its PostgreSQL {major} is older than {OLDEST_MAJOR}"
            ))),
            _ => Ok(it),
        };
    }
    let (mut found, mut unfit, mut seen) = (Vec::new(), Vec::new(), Vec::new());
    for bin in folders() {
        let Ok(real) = bin.canonicalize() else { continue };
        if seen.contains(&real) || !real.join("postgres").is_file() {
            continue;
        }
        seen.push(real);
        match major_of(&bin, user) {
            Ok(major) if needed == Some(major) => return Ok(Installation { bin, major }),
            Ok(major) if major >= OLDEST_MAJOR => found.push(Installation { bin, major }),
            Ok(major) => unfit.push(format!("{} holds version {major}", bin.display())),
            Err(reason) => unfit.push(format!("{} won't do: {reason}", bin.display())),
        }
    }
    if let Some(needed) = needed {
        return Err(wrong_major(needed, &found));
    }
    // The first of equals wins: what comes first in PATH.
    found
        .into_iter()
        .rev()
        .max_by_key(|i| i.major)
        .ok_or(EmbeddedError::NotFound { unfit })
}

fn list(found: &[Installation]) -> String {
    let all: Vec<_> = found
        .iter()
        .map(|i| format!("version {} in {}", i.major, i.bin.display()))
        .collect();
    if all.is_empty() {
        "it has none".to_owned()
    } else {
        format!("it has {}", all.join(", "))
    }
}

/// Where programs may be, lazily: asking `pg_config` costs a process.
fn folders() -> impl Iterator<Item = PathBuf> {
    // The one look at the environment outside config.rs: PATH is no setting of ours, and means the same to every program.
    let path = env::var_os("PATH").unwrap_or_default();
    let in_path: Vec<_> = env::split_paths(&path).filter(|p| p.is_absolute()).collect();
    in_path
        .into_iter()
        .chain(std::iter::once_with(pg_config).flatten())
        .chain(USUAL_PLACES.iter().flat_map(|(parent, begin, tail)| {
            let children = fs::read_dir(parent).into_iter().flatten().flatten();
            children
                .filter(move |c| c.file_name().to_string_lossy().starts_with(begin))
                .map(move |c| c.path().join(tail))
        }))
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config")
        .arg("--bindir")
        .stdin(Stdio::null())
        .output()
        .ok()?; // not installed is no failure
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim())).filter(|p| p.is_absolute())
}

/// Runs the programs as the user that will run them, so a wrapper, a broken link or a closed folder shows here.
fn major_of(bin: &Path, user: &User) -> Result<u32, String> {
    if let Some(missing) = ["postgres", "initdb", "pg_ctl"]
        .into_iter()
        .find(|name| !bin.join(name).is_file())
    {
        return Err(format!("there is no {missing} in it"));
    }
    let run = |name: &str| {
        let output = user
            .command(&bin.join(name))
            .arg("--version")
            .output()
            .map_err(|e| format!("its {name} can't be run ({e})"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        major(&said)
            .filter(|_| output.status.success())
            .ok_or_else(|| format!("its {name} doesn't tell its version"))
    };
    let (server, initdb) = (run("postgres")?, run("initdb")?);
    if server == initdb {
        Ok(server)
    } else {
        Err(format!(
            "its postgres is version {server} and its initdb version {initdb}"
        ))
    }
}

/// The major version in what `postgres --version` prints, such as `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)`.
fn major(version: &str) -> Option<u32> {
    let number = version
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(major("initdb (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(major("usage: postgres"), None);
    }
}
