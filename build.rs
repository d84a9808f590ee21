//! Prepares what the binary embeds: the files of `static/` and htmx, each under a name that carries a hash of its
//! content, with a brotli and a gzip variant beside it, and `assets_index.rs`, which says what is called how. It also says
//! which program this is, in `BUDGET_BUILD`: a hash of all that it is made from.
//!
//! htmx is fetched with `npm pack`, checked against a pinned hash and kept in `target/asset-cache`, so npm is asked
//! once. `HTMX_JS=FILE` hands the file over for builds without a network. Without either the app is built without
//! htmx: every page works, only more slowly; `HTMX_REQUIRED=1` turns that into an error.

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256, Sha512};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const HTMX_PACKAGE: &str = "htmx.org@2.0.11";
const HTMX_TARBALL: &str = "htmx.org-2.0.11.tgz";
const HTMX_MEMBER: &str = "package/dist/htmx.min.js";
/// SHA-512 of the tarball in base64, as npm writes it in `dist.integrity`.
const HTMX_TARBALL_SHA512: &str =
    "Thx/WtpeOQqSrqBCw/A1cwGJGg4UrVa3+sW0GmrM3p4gJgO89ecH4qtbnyzDDWFvBTqjnIMCgELTNt636dtamA==";
/// SHA-256 in hex of the one file that is used, to recognise what `HTMX_JS` hands over.
const HTMX_JS_SHA256: &str = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717";

/// What the program is made from: the answer to the same question may differ when one of these does.
const SOURCES: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "build.rs",
    "migrations",
    "src",
    "static",
    "templates",
];

/// One file on its way into the binary.
struct Asset {
    /// Its name in `static/`, by which templates ask for it.
    logical: String,
    bytes: Vec<u8>,
}

fn main() {
    if let Err(error) = build() {
        println!("cargo::error={error}");
    }
}

fn build() -> Result<()> {
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
    }
    println!("cargo::rerun-if-env-changed=HTMX_JS");
    println!("cargo::rerun-if-env-changed=HTMX_REQUIRED");

    let out = PathBuf::from(variable("OUT_DIR").ok_or("OUT_DIR is not set: build.rs is run by cargo")?);
    let mut assets = own_files(Path::new("static"))?;
    if let Some(bytes) = htmx(&out)? {
        assets.push(Asset {
            logical: "htmx.js".to_owned(),
            bytes,
        });
    }
    assets.sort_by(|a, b| a.logical.cmp(&b.logical));
    write_assets(&out, &assets)?;
    println!("cargo::rustc-env=BUDGET_BUILD={}", build_hash(&assets)?);
    Ok(())
}

/// A hash of every source by its name, and of what was fetched.
fn build_hash(assets: &[Asset]) -> Result<String> {
    let mut hash = Sha256::new();
    let mut add = |name: &str, bytes: &[u8]| {
        for part in [name.as_bytes(), bytes] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
    };
    for source in SOURCES {
        for path in files(Path::new(source))? {
            add(&path.to_string_lossy(), &fs::read(&path)?);
        }
    }
    for asset in assets {
        add(&asset.logical, &asset.bytes);
    }
    Ok(hex(&hash.finalize()))
}

/// The file itself, or every file below the folder, in one order everywhere.
fn files(path: &Path) -> Result<BTreeSet<PathBuf>> {
    if !path.is_dir() {
        return Ok(BTreeSet::from([path.to_owned()]));
    }
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(path)? {
        found.append(&mut files(&entry?.path())?);
    }
    Ok(found)
}

/// The value of an environment variable; an empty one counts as unset.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Every file of `static/`, which is flat because a URL has one segment after `/static/`.
fn own_files(folder: &Path) -> Result<Vec<Asset>> {
    let mut assets = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return Err(format!("{} has a name that is not UTF-8", path.display()).into());
        };
        if name.starts_with('.') {
            continue; // what editors and file managers leave behind
        }
        assets.push(Asset {
            logical: name.to_owned(),
            bytes: fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?,
        });
    }
    Ok(assets)
}

/// The bytes of `htmx.min.js`, or nothing (after a warning) when they cannot be had and are not required.
fn htmx(out: &Path) -> Result<Option<Vec<u8>>> {
    if let Some(file) = variable("HTMX_JS") {
        println!("cargo::rerun-if-changed={file}");
        let bytes = fs::read(&file).map_err(|error| format!("HTMX_JS={file} cannot be read: {error}"))?;
        if hex(&Sha256::digest(&bytes)) != HTMX_JS_SHA256 {
            println!(
                "cargo::warning=HTMX_JS={file} is not the htmx.min.js of {HTMX_PACKAGE}; it is used as it is"
            );
        }
        return Ok(Some(bytes));
    }
    match htmx_from_npm(out) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if variable("HTMX_REQUIRED").is_some_and(|value| value != "0") => {
            Err(format!("HTMX_REQUIRED is set, but htmx is missing: {error}").into())
        }
        Err(error) => {
            println!("cargo::warning=built without htmx, pages work but reload as a whole: {error}");
            println!(
                "cargo::warning=to try again: touch build.rs, or hand htmx.min.js over with HTMX_JS=FILE"
            );
            Ok(None)
        }
    }
}

/// Unpacks htmx from the cached tarball, which npm fetches when it is not there yet or damaged.
fn htmx_from_npm(out: &Path) -> Result<Vec<u8>> {
    let cache = target_folder(out)?.join("asset-cache");
    let cached = cache.join(HTMX_TARBALL);
    let tarball = match fs::read(&cached) {
        Ok(bytes) if is_pinned(&bytes) => bytes,
        _ => {
            let bytes = npm_pack(out)?;
            if !is_pinned(&bytes) {
                return Err(format!("the tarball of {HTMX_PACKAGE} does not have the pinned SHA-512").into());
            }
            fs::create_dir_all(&cache)?;
            // Written beside and renamed, so that a build running at the same time never reads half a file.
            let partial = cache.join(format!("{HTMX_TARBALL}.{}", std::process::id()));
            fs::write(&partial, &bytes)?;
            fs::rename(&partial, &cached)?;
            bytes
        }
    };
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(tarball.as_slice()));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()? == Path::new(HTMX_MEMBER) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
    }
    Err(format!("{HTMX_TARBALL} holds no {HTMX_MEMBER}").into())
}

/// Asks npm for the package's tarball, in a folder of its own so that no `package.json` around it plays a part.
fn npm_pack(out: &Path) -> Result<Vec<u8>> {
    let folder = out.join("npm");
    fs::create_dir_all(&folder)?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(npm)
        .args(["pack", HTMX_PACKAGE, "--ignore-scripts", "--loglevel=error"])
        // npm's own patience would hold up a build without a network for minutes.
        .args([
            "--fetch-retries=1",
            "--fetch-retry-mintimeout=1000",
            "--fetch-timeout=30000",
        ])
        .current_dir(&folder)
        .output()
        .map_err(|error| format!("npm cannot be run: {error}"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let reason = complaint.lines().next().unwrap_or("it gave no reason");
        return Err(format!("`npm pack {HTMX_PACKAGE}` failed: {reason}").into());
    }
    let bytes = fs::read(folder.join(HTMX_TARBALL))?;
    fs::remove_dir_all(&folder)?;
    Ok(bytes)
}

fn is_pinned(tarball: &[u8]) -> bool {
    BASE64_STANDARD.encode(Sha512::digest(tarball)) == HTMX_TARBALL_SHA512
}

/// Cargo's target folder, wherever it was moved to: `OUT_DIR` lies below it, and cargo marks it as a cache.
fn target_folder(out: &Path) -> Result<&Path> {
    out.ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        // Without the mark: target / profile / build / package-hash / out.
        .or_else(|| out.ancestors().nth(4))
        .ok_or_else(|| format!("{} lies in no target folder", out.display()).into())
}

/// Fills `OUT_DIR/assets` and writes the index: a sorted slice of (logical name, URL, content type).
fn write_assets(out: &Path, assets: &[Asset]) -> Result<()> {
    let folder = out.join("assets");
    fs::create_dir_all(&folder)?;
    let mut names = BTreeSet::new();
    let mut index = String::from("&[\n");
    for Asset { logical, bytes } in assets {
        let (stem, extension) = logical
            .rsplit_once('.')
            .ok_or_else(|| format!("static/{logical} needs an extension"))?;
        let digest = hex(&Sha256::digest(bytes));
        let hash = digest.get(..8).ok_or("a digest is longer than 8 characters")?;
        let hashed = format!("{stem}.{hash}.{extension}");
        // This runs at each change of the code: what has its name already was packed before.
        if !folder.join(&hashed).exists() {
            for (ending, packed) in [("br", brotli(bytes)?), ("gz", gzip(bytes)?)] {
                if packed.len() < bytes.len() {
                    fs::write(folder.join(format!("{hashed}.{ending}")), packed)?;
                }
            }
            // Whole or not at all, should this be cut short.
            let partial = folder.join(format!("{hashed}.partial"));
            fs::write(&partial, bytes)?;
            fs::rename(&partial, folder.join(&hashed))?;
        }
        names.extend(["", ".br", ".gz"].map(|ending| format!("{hashed}{ending}")));
        writeln!(
            index,
            "    ({logical:?}, {:?}, {:?}),",
            format!("/static/{hashed}"),
            content_type(logical, extension)?
        )?;
    }
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        if !entry
            .file_name()
            .to_str()
            .is_some_and(|name| names.contains(name))
        {
            fs::remove_file(entry.path())?; // a name of an earlier build would be embedded too
        }
    }
    index.push_str("]\n");
    fs::write(out.join("assets_index.rs"), index)?;
    Ok(())
}

fn content_type(logical: &str, extension: &str) -> Result<&'static str> {
    Ok(match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml; charset=utf-8",
        "webmanifest" => "application/manifest+json; charset=utf-8",
        _ => return Err(format!("static/{logical}: build.rs knows no content type for .{extension}").into()),
    })
}

fn brotli(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    // The default is the highest quality, 11: slow, and done once a build.
    brotli::BrotliCompress(
        &mut bytes,
        &mut packed,
        &brotli::enc::BrotliEncoderParams::default(),
    )?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
