//! The package's own build: its TypeScript, compiled and bundled by the tools that its
//! `package.json` asks for. They are installed once; without them nothing is downloaded.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use miette::{Context as _, IntoDiagnostic as _, Result, miette};
use serde_json::Value;
use xshell::{Shell, cmd};

use super::zip;
use crate::setup::debian::silent;

/// What compiles and bundles, and what the sources import.
const TOOLS: [&str; 4] = ["@capacitor/cli", "@capacitor/core", "rollup", "typescript"];

/// What the build reads.
const INPUTS: [&str; 6] =
    ["package.json", "rollup.config.mjs", "src/", "testing/", "tsconfig.json", "wasm/"];

/// The files of `dist/`, by their path in the package. Equal sources are built once.
pub(super) fn build(
    sh: &Shell,
    cache: &Path,
    generated: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Vec<u8>>> {
    let inputs: Vec<(&String, &String)> = generated
        .iter()
        .filter(|(path, _)| INPUTS.iter().any(|input| path.starts_with(input)))
        .collect();
    let folder = cache.join("typescript");
    let done = folder.join(format!("built-{}", &zip::sum(format!("{inputs:?}").as_bytes())[..16]));
    if !done.exists() {
        install(sh, &folder, generated)?;
        let work = tempfile::tempdir_in(&folder).into_diagnostic()?;
        for (path, text) in inputs {
            let path = work.path().join(path);
            fs::create_dir_all(path.parent().expect("it is in the folder")).into_diagnostic()?;
            fs::write(path, text).into_diagnostic()?;
        }
        let modules = folder.join("node_modules");
        let _inside = sh.push_dir(work.path());
        silent(cmd!(sh, "node {modules}/typescript/bin/tsc"))?;
        silent(cmd!(sh, "node {modules}/rollup/dist/bin/rollup -c rollup.config.mjs"))?;
        // Another process may have been quicker: its result is the same.
        if fs::rename(work.path().join("dist"), &done).is_err() && !done.exists() {
            return Err(miette!("`{}` cannot be made", done.display()));
        }
    }
    let name = |path: &PathBuf| {
        let inside = path.strip_prefix(&done).expect("it is in the folder");
        format!("dist/{}", inside.display())
    };
    let read = |path: PathBuf| Ok((name(&path), fs::read(&path).into_diagnostic()?));
    zip::files(&done)?.into_iter().map(read).collect()
}

/// Installs the tools in the versions that `package.json` asks for, unless they are there.
fn install(sh: &Shell, folder: &Path, generated: &BTreeMap<String, String>) -> Result<()> {
    let plugin: Value = serde_json::from_str(&generated["package.json"]).into_diagnostic()?;
    let wanted: Vec<String> = TOOLS
        .iter()
        .map(|tool| {
            let version = plugin["devDependencies"][tool].as_str().unwrap_or("latest");
            format!("{tool}@{version}")
        })
        .collect();
    let stamp = folder.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted.join("\n")) {
        return Ok(());
    }
    fs::create_dir_all(folder).into_diagnostic()?;
    silent(
        cmd!(sh, "npm install --prefix {folder} --no-save --no-audit --no-fund --ignore-scripts")
            .args(&wanted),
    )
    .wrap_err("the package's TypeScript is compiled by tools that `npm` installs")?;
    fs::write(stamp, wanted.join("\n")).into_diagnostic()
}
