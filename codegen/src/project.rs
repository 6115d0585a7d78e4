//! A schema's folder in, a package's folder out: what `cargo xtask generate` and
//! `background-runner generate` share. The only part of this crate that touches the disk.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Component, Path, PathBuf},
};

use docgen::Untranslated;
use miette::Diagnostic;
use similar::TextDiff;
use thiserror::Error;

use crate::{
    emit::{Files, LIST},
    error::SchemaError,
    generate::{completed_locales, package},
    schema::Schema,
};

/// Why a package could not be generated.
#[derive(Debug, Error, Diagnostic)]
pub enum ProjectError {
    /// The schema has faults.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Schema(#[from] SchemaError),
    /// A file or folder could not be read or written.
    #[error("cannot {doing} `{}`", path.display())]
    #[diagnostic(help("{error}"))]
    Disk {
        /// `read`, `write` or `remove`.
        doing: &'static str,
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

fn disk(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ProjectError {
    move |error| ProjectError::Disk { doing, path: path.to_owned(), error }
}

/// What differs between a package's folder and what its schema says.
#[derive(Debug)]
pub struct Plan {
    output: PathBuf,
    /// By path.
    pub changes: Vec<Change>,
    /// The number of files that are as they should be.
    pub unchanged: usize,
    /// What is wrong with the translations: the pages say it in English.
    pub untranslated: Vec<Untranslated>,
}

/// A file to write or to remove.
#[derive(Debug)]
pub struct Change {
    /// Relative to the package's folder, with `/`.
    pub path: String,
    /// What the file says now; `None` when it does not exist.
    pub old: Option<String>,
    /// What it should say; `None` when it should not exist.
    pub new: Option<String>,
}

/// Compares a package's folder with what the schema in a folder says. Changes nothing.
///
/// # Errors
///
/// If the schema has faults, or the disk does not let itself be read.
pub fn plan(schema: &Path, output: &Path) -> Result<Plan, ProjectError> {
    let schema = read_schema(schema)?;
    let (files, untranslated) = package(&schema)?;
    let mut changes = Vec::new();
    for (path, new) in &files {
        let old = read(&output.join(path))?;
        if old.as_deref() != Some(new) {
            changes.push(Change { path: path.to_owned(), old, new: Some(new.to_owned()) });
        }
    }
    let unchanged = files.iter().count() - changes.len();
    changes.extend(stale(&files, output)?);
    changes.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(Plan { output: output.to_owned(), changes, unchanged, untranslated })
}

/// Adds to the languages of the schema in a folder an empty translation for everything that has
/// none. Returns the names of the files that changed.
///
/// # Errors
///
/// If the schema has faults, or the disk does not let itself be read or written.
pub fn complete_locales(folder: &Path) -> Result<Vec<String>, ProjectError> {
    let schema = read_schema(folder)?;
    let mut changed = Vec::new();
    for (name, text) in completed_locales(&schema)? {
        if schema.get(&name) != Some(&text) {
            let path = folder.join(&name);
            replace(&path, &text).map_err(disk("write", &path))?;
            changed.push(name);
        }
    }
    Ok(changed)
}

/// The files of an earlier run that are not generated any more.
fn stale(files: &Files, output: &Path) -> Result<Vec<Change>, ProjectError> {
    let list = read(&output.join(LIST))?.unwrap_or_default();
    let mut changes = Vec::new();
    for path in list.lines().filter(|path| files.get(path).is_none() && is_inside(path)) {
        if let Some(old) = read(&output.join(path))? {
            changes.push(Change { path: path.to_owned(), old: Some(old), new: None });
        }
    }
    Ok(changes)
}

/// Whether a relative path stays in its folder.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// The text of a file; `None` when there is none. Bytes that are not UTF-8 are not ours.
fn read(path: &Path) -> Result<Option<String>, ProjectError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(
            String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(disk("read", path)(error)),
    }
}

/// The schema in a folder: its files, and those of `locales/`.
///
/// # Errors
///
/// If the disk does not let itself be read.
pub fn read_schema(folder: &Path) -> Result<Schema, ProjectError> {
    let mut texts = BTreeMap::new();
    for name in names(folder)? {
        texts.insert(name.clone(), read(&folder.join(&name))?.unwrap_or_default());
    }
    if folder.join("locales").is_dir() {
        for name in names(&folder.join("locales"))? {
            let name = format!("locales/{name}");
            texts.insert(name.clone(), read(&folder.join(&name))?.unwrap_or_default());
        }
    }
    Ok(texts.into_iter().collect())
}

/// The names of the TypeScript and JSON files in a folder.
fn names(folder: &Path) -> Result<Vec<String>, ProjectError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(disk("read", folder))? {
        let entry = entry.map_err(disk("read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = [".ts", ".json", ".md"].iter().any(|extension| name.ends_with(extension));
        if ours && entry.path().is_file() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

impl Plan {
    /// Whether nothing is to be written. What is not translated stands on its page in English: only
    /// a release has to wait for it.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether every page says in its own language what it has to say.
    #[must_use]
    pub fn is_translated(&self) -> bool {
        self.untranslated.is_empty()
    }

    /// Makes the package's folder what the schema says.
    ///
    /// # Errors
    ///
    /// If the disk does not let itself be written.
    pub fn apply(&self) -> Result<(), ProjectError> {
        for change in &self.changes {
            let path = self.output.join(&change.path);
            match &change.new {
                Some(text) => replace(&path, text).map_err(disk("write", &path))?,
                None => self.remove(&path).map_err(disk("remove", &path))?,
            }
        }
        Ok(())
    }

    /// Removes a file, and the folders that are empty without it.
    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)?;
        let folders = path.ancestors().skip(1).take_while(|folder| *folder != self.output);
        for folder in folders {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// What is stale, as one unified diff.
    #[must_use]
    pub fn diff(&self) -> String {
        self.changes.iter().map(Change::diff).collect()
    }
}

/// Writes a file so that whoever reads it finds the old text or the new one, never a part, also
/// when the disk is full. Makes its folder. A link stays one, and a file keeps its rights.
///
/// # Errors
///
/// Those of the disk; the file is as it was.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let old = fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return fs::write(path, text);
    }
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = folder.join(format!(".{name}.{}.draft", std::process::id()));
    let written = fs::write(&draft, text)
        .and_then(|()| {
            old.as_ref().map_or(Ok(()), |it| fs::set_permissions(&draft, it.permissions()))
        })
        .and_then(|()| fs::rename(&draft, &path))
        .inspect_err(|_| drop(fs::remove_file(&draft)));
    match written {
        // A folder may refuse new files where the old one may be written.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied && old.is_some() => {
            fs::write(&path, text)
        }
        written => written,
    }
}

impl Change {
    /// From what the file says to what it should say.
    #[must_use]
    pub fn diff(&self) -> String {
        let name = |side: &str, text: &Option<String>| match text {
            Some(_) => format!("{side}/{}", self.path),
            None => "/dev/null".to_owned(),
        };
        let (old, new) = (self.old.as_deref().unwrap_or(""), self.new.as_deref().unwrap_or(""));
        TextDiff::from_lines(old, new)
            .unified_diff()
            .header(&name("a", &self.old), &name("b", &self.new))
            .to_string()
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = match (&self.old, &self.new) {
            (None, _) => "added",
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "removed",
        };
        write!(f, "{done:>8} {}", self.path)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for change in &self.changes {
            writeln!(f, "{change}")?;
        }
        write!(f, "{} files changed, {} as they were", self.changes.len(), self.unchanged)
    }
}
