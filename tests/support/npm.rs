//! Packages from the npm registry, in the cache folder.

use std::{fs, io, path::PathBuf, process::Command};

use serde_json::{Value, json};

use crate::{cache_dir, said};

/// The folder `name` with these packages in its `node_modules`, installed once.
///
/// `dependencies` is what a `package.json` calls so; `options` go to `npm install`. It is installed
/// beside its place and moved there, so that it is complete or not there.
///
/// # Errors
///
/// Why it cannot be installed.
pub fn npm_packages(name: &str, dependencies: &Value, options: &[&str]) -> Result<PathBuf, String> {
    let parent = cache_dir().join("npm");
    let folder = parent.join(name);
    if folder.join(COMPLETE).exists() {
        return Ok(folder);
    }
    let failed = |error: io::Error| format!("the cache folder cannot be used: {error}");
    fs::create_dir_all(&parent).map_err(failed)?;
    let draft = tempfile::tempdir_in(&parent).map_err(failed)?;
    let manifest = json!({ "private": true, "dependencies": dependencies }).to_string();
    fs::write(draft.path().join("package.json"), manifest).map_err(failed)?;
    let output = Command::new("npm")
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .args(options)
        .current_dir(draft.path())
        .output()
        .map_err(|error| format!("npm cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("npm cannot install {dependencies}: {}", said(&output)));
    }
    fs::write(draft.path().join(COMPLETE), "").map_err(failed)?;
    if folder.exists() && !folder.join(COMPLETE).exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    let draft = draft.keep();
    if fs::rename(&draft, &folder).is_err() {
        // Another test was faster.
        fs::remove_dir_all(&draft).map_err(failed)?;
    }
    Ok(folder)
}

/// The file that says that everything is there.
const COMPLETE: &str = "complete";
