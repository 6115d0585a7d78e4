//! The disk of this machine, as `docgen` reads it.

use std::{ffi::OsStr, fs, path::Path};

use docgen::{Disk, Entry};

/// A path as TypeScript writes it.
pub(crate) fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The disk of this machine.
pub(crate) struct Local;

impl Disk for Local {
    fn read(&self, path: &str) -> Option<String> {
        let text = String::from_utf8(fs::read(path).ok()?);
        Some(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }

    fn entries(&self, path: &str) -> Option<Vec<Entry>> {
        let Ok(entries) = fs::read_dir(path) else { return Some(Vec::new()) };
        let entry = |entry: fs::DirEntry| {
            let kind = entry.file_type().ok()?;
            Some(Entry {
                name: entry.file_name().to_string_lossy().into_owned(),
                is_folder: kind.is_dir() || kind.is_symlink() && entry.path().is_dir(),
                is_link: kind.is_symlink(),
            })
        };
        Some(entries.flatten().filter_map(entry).collect())
    }

    fn is_file(&self, path: &str) -> bool {
        Path::new(path).is_file()
    }

    fn folders(&self, path: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn sources(&self, path: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
        let mut files = Vec::new();
        for entry in entries.flatten() {
            let path = slashed(&entry.path());
            if entry.path().is_dir() {
                let name = entry.file_name();
                if name != "node_modules" && !name.to_string_lossy().starts_with('.') {
                    files.extend(self.sources(&path));
                }
            } else if matches!(
                entry.path().extension().and_then(OsStr::to_str),
                Some("ts" | "tsx" | "mts" | "cts")
            ) {
                files.push(path);
            }
        }
        files
    }

    fn real_path(&self, path: &str) -> String {
        fs::canonicalize(path).map_or_else(|_| path.to_owned(), |path| slashed(&path))
    }
}
