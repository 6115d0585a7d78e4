//! Where the declarations of a revision come from: a file, a folder, an archive, npm.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::Command,
};

use docgen::{Disk, Library, Mapping, Mistake, Options, Program, diff::Declarations};
use flate2::read::GzDecoder;
use miette::{IntoDiagnostic as _, Report, Result, WrapErr as _, miette};

use crate::disk::{Local, slashed};

/// A revision that was read.
pub(super) struct Revision {
    /// As the user calls it.
    name: String,
    program: Program,
    /// Where its declarations start.
    entry: String,
}

impl Revision {
    /// Reads what `name` means: a path where there is such a file or folder, else a package.
    pub(super) fn read(name: &str) -> Result<Self> {
        let path = Path::new(name);
        if path.is_dir() {
            let folder = slashed(&fs::canonicalize(path).into_diagnostic()?);
            let is_published = folder.contains("/node_modules/");
            return package(name, &Local, &folder, is_published);
        }
        if is_archive(path) {
            let bytes = fs::read(path).into_diagnostic().wrap_err_with(|| cannot_read(name))?;
            return archive(name, &bytes);
        }
        if path.is_file() || looks_like_a_path(name) {
            return file(name);
        }
        archive(name, &packed(name)?)
    }

    /// What it declares.
    pub(super) fn declarations(&self) -> Result<Declarations<'_>> {
        let found = Declarations::new(&self.program, &self.entry);
        if found.is_empty() {
            let name = &self.name;
            return Err(miette!(
                help = "see `types` of its package.json, or name the file of its declarations",
                "`{name}` exports no declarations"
            ));
        }
        Ok(found)
    }
}

fn cannot_read(name: &str) -> String {
    format!("cannot read `{name}`")
}

fn is_archive(path: &Path) -> bool {
    let name = path.to_string_lossy();
    [".tgz", ".tar.gz"].iter().any(|end| name.ends_with(end))
}

/// Whether it is no package's name: those have at most one slash, behind a scope.
fn looks_like_a_path(name: &str) -> bool {
    let is_relative = name.starts_with(['.', '/', '\\']) || name.contains('\\');
    let slashes = name.matches('/').count();
    let too_many = slashes > usize::from(name.starts_with('@'));
    let is_source = [".ts", ".tsx", ".mts", ".cts"].iter().any(|end| name.ends_with(end));
    is_relative || too_many || is_source
}

fn file(name: &str) -> Result<Revision> {
    let cannot_read = || cannot_read(name);
    let path = fs::canonicalize(name).into_diagnostic().wrap_err_with(cannot_read)?;
    let bytes = fs::read(&path).into_diagnostic().wrap_err_with(cannot_read)?;
    let path = slashed(&path);
    if let Some(mistake) = Mistake::encoding(&path, &bytes) {
        return Err(Report::new(mistake));
    }
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    revision(name, &Library::new(&Local), path, &folder)
}

/// The declarations of the package in `folder` of a disk.
fn package(name: &str, disk: &dyn Disk, folder: &str, is_published: bool) -> Result<Revision> {
    let library = Library::new(disk);
    let entry = library.entry(folder, is_published).ok_or_else(|| {
        miette!(
            help = "a package has `src/index.ts`, or `types` in its package.json: build it, or name the file of its declarations",
            "`{name}` has no declarations"
        )
    })?;
    revision(name, &library, entry, folder)
}

/// What starts from the file at `entry`.
fn revision(name: &str, library: &Library<'_>, entry: String, folder: &str) -> Result<Revision> {
    let mapping = Mapping { modern: true, ..Mapping::default() };
    let options = Options {
        no_default_lib: true,
        type_roots: Some(Vec::new()),
        mapping,
        ..Options::default()
    };
    let program = Program::load_from(library, std::slice::from_ref(&entry), options, folder);
    if let Some(errors) = program.syntax_errors().into_iter().next() {
        return Err(Report::new(errors));
    }
    if let Some(mistake) = docgen::missing_files(&program).next() {
        return Err(Report::new(mistake));
    }
    Ok(Revision { name: name.to_owned(), program, entry })
}

/// The package in an archive as npm makes them: everything below one folder.
fn archive(name: &str, bytes: &[u8]) -> Result<Revision> {
    let unreadable = || format!("`{name}` is no archive of a package");
    let mut files = BTreeMap::new();
    let mut archive = tar::Archive::new(GzDecoder::new(bytes));
    for entry in archive.entries().into_diagnostic().wrap_err_with(unreadable)? {
        let mut entry = entry.into_diagnostic().wrap_err_with(unreadable)?;
        let path = slashed(&entry.path().into_diagnostic().wrap_err_with(unreadable)?);
        let Some((_, inner)) = path.trim_start_matches("./").split_once('/') else { continue };
        if !entry.header().entry_type().is_file() {
            continue;
        }
        // Of other files it is enough that they are there.
        let wanted = inner == "package.json" || is_source(inner);
        let mut text = Vec::new();
        if wanted {
            entry.read_to_end(&mut text).into_diagnostic().wrap_err_with(unreadable)?;
        }
        let text = wanted.then(|| String::from_utf8_lossy(&text).into_owned());
        files.insert(format!("{ROOT}/{inner}"), text);
    }
    package(name, &Archive(files), ROOT, true)
}

fn is_source(path: &str) -> bool {
    let extension = Path::new(path).extension();
    extension.is_some_and(|end| ["ts", "tsx", "mts", "cts"].iter().any(|known| end == *known))
}

/// Where the files of an archive are.
const ROOT: &str = "/package";

/// The files of an archive, by their paths: the text of those that may declare something.
struct Archive(BTreeMap<String, Option<String>>);

impl Disk for Archive {
    fn read(&self, path: &str) -> Option<String> {
        self.0.get(path).cloned().flatten()
    }

    fn is_file(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn folders(&self, path: &str) -> Vec<String> {
        let inner = self.0.keys().filter_map(|file| file.strip_prefix(path)?.strip_prefix('/'));
        let names: BTreeSet<_> = inner.filter_map(|inner| inner.split_once('/')).collect();
        names.into_iter().map(|(folder, _)| folder.to_owned()).collect()
    }

    fn sources(&self, path: &str) -> Vec<String> {
        let inside = |file: &&String| file.starts_with(path) && is_source(file);
        self.0.keys().filter(inside).cloned().collect()
    }
}

/// The archive of a package by its name, from npm's cache where that has it.
fn packed(name: &str) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir().into_diagnostic()?;
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(program)
        .args(["pack", name, "--prefer-offline", "--ignore-scripts", "--loglevel=error"])
        .arg("--pack-destination")
        .arg(folder.path())
        .output()
        .map_err(|error| {
            miette!(
                help = "install Node.js, or name a folder, a file or a `.tgz`",
                "there is no `{name}` here, and npm cannot be started ({error})"
            )
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(miette!(
            help = "name a package, a folder, a file or a `.tgz`",
            "there is no `{name}` here, and npm does not give it: {}",
            said.trim()
        ));
    }
    let archives = fs::read_dir(folder.path()).into_diagnostic()?.flatten();
    let archive: Option<PathBuf> = archives.map(|entry| entry.path()).find(|path| is_archive(path));
    let archive = archive.ok_or_else(|| miette!("npm packed nothing for `{name}`"))?;
    fs::read(archive).into_diagnostic()
}
