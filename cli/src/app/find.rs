//! Where the configuration of an app is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use miette::{Result, miette};

/// In the order in which Capacitor looks for them.
pub(super) const NAMES: [&str; 3] =
    ["capacitor.config.ts", "capacitor.config.js", "capacitor.config.json"];

/// How far below a folder an app is looked for.
const DEPTH: usize = 4;

/// The folders in which there is no app, but what was made of one.
const SKIPPED: [&str; 8] =
    ["node_modules", "ios", "android", "dist", "build", "out", "www", "target"];

/// The configuration of a folder, or of the nearest one above.
///
/// Beyond the root of a repository there is nothing that belongs to it.
pub(super) fn above(folder: &Path) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        // Quasar keeps the app's configuration in a folder of its own.
        let found = inside(folder).or_else(|| inside(&folder.join("src-capacitor")));
        if found.is_some() || folder.join(".git").exists() {
            return found;
        }
    }
    None
}

/// The only app below a folder.
pub(super) fn only_below(folder: &Path) -> Result<Option<PathBuf>> {
    let mut found = Vec::new();
    collect(folder, DEPTH, &mut found);
    found.sort();
    match found.as_slice() {
        [] => Ok(None),
        [only] => Ok(Some(only.clone())),
        several => {
            let folders = several.iter().filter_map(|config| config.parent());
            let folders: Vec<_> = folders
                .map(|it| it.strip_prefix(folder).unwrap_or(it).display().to_string())
                .collect();
            Err(miette!(
                help = "go into the folder of one, or give the runner's file",
                "there are several apps here: `{}`",
                folders.join("`, `")
            ))
        }
    }
}

fn inside(folder: &Path) -> Option<PathBuf> {
    NAMES.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    if let Some(config) = inside(folder) {
        found.push(config);
        return;
    }
    let Some(depth) = depth.checked_sub(1) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
            collect(&entry.path(), depth, found);
        }
    }
}
