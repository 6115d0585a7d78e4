//! The npm package: what is in it, whether what it refers to is in it too, and whether its libraries
//! are fit for apps.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use miette::{IntoDiagnostic as _, Result};
use xshell::Shell;

use super::{Findings, Rules, bytes, jni_libs, xcframework};
use crate::package::{
    UNSHIPPABLE,
    npm::{self, Package},
    target::{Platform, TARGETS, Target},
    wasm, zip,
};

/// The content by the path within the package.
type Files = BTreeMap<String, Vec<u8>>;

/// Checks the package in `data`, which should have the libraries that are below `binaries`.
pub(super) fn check(
    sh: &Shell,
    data: &[u8],
    binaries: &Path,
    rules: &Rules,
    findings: &mut Findings,
) -> Result<()> {
    let files = read(data, findings)?;
    findings.fact(format!("{} bytes, {} files", bytes(data.len()), files.len()));
    let expected = Package::collect(sh, crate::root(), binaries)?;
    findings.same(
        &files.keys().map(String::as_str).collect(),
        &expected.files.keys().map(String::as_str).collect(),
        "it has files",
    );
    for (name, content) in &expected.files {
        let found = files.get(name);
        findings.require(found.is_none_or(|found| found == content), || {
            format!("`{name}` is not what is built now")
        });
        findings.require(!name.contains(UNSHIPPABLE), || format!("`{name}` may not be shipped"));
    }
    check_libraries(sh, &expected.files, rules, findings)?;
    for missing in &expected.missing {
        findings.fact(format!("incomplete: without `{missing}`"));
    }
    findings.fact(format!("sha256 {}", zip::sum(data)));
    Ok(())
}

/// Checks the libraries that a package has, as if they were verified alone.
fn check_libraries(
    sh: &Shell,
    files: &Files,
    rules: &Rules,
    findings: &mut Findings,
) -> Result<()> {
    let module = crate::package::module(crate::root())?;
    let of = |platforms: &[Platform]| -> Vec<&'static Target> {
        let there = |target: &&'static Target| {
            npm::library(target, &module).is_some_and(|path| files.contains_key(&path))
        };
        let targets = TARGETS.iter().filter(|target| platforms.contains(&target.platform));
        targets.filter(there).collect()
    };
    let folder = tempfile::tempdir().into_diagnostic()?;
    let (ios, android) = (of(&[Platform::Ios, Platform::Simulator]), of(&[Platform::Android]));
    let framework = npm::framework(Path::new(""), &module);
    if !ios.is_empty() {
        let at = unpack(files, &framework, folder.path())?;
        findings.part("ios", |findings| xcframework::check(&at, &ios, rules, findings));
    }
    if !android.is_empty() {
        let at = unpack(files, &npm::jni_libs(Path::new("")), folder.path())?;
        findings.part("android", |findings| jni_libs(&at, &android, rules, findings));
    }
    if let Some(packed) = files.get(wasm::PACKED) {
        let (module, path) = (wasm::unpack(packed)?, folder.path().join(wasm::MODULE));
        fs::write(&path, &module).into_diagnostic()?;
        findings.part("wasm", |findings| super::wasm::check(sh, &module, &path, findings));
    }
    Ok(())
}

/// Writes the files of a folder of the package below `to`, and says where that is.
fn unpack(files: &Files, folder: &Path, to: &Path) -> Result<PathBuf> {
    for (name, content) in files.iter().filter(|(name, _)| Path::new(name).starts_with(folder)) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).into_diagnostic()?;
        fs::write(path, content).into_diagnostic()?;
    }
    Ok(to.join(folder))
}

/// The files, without the folder that npm puts them in.
fn read(data: &[u8], findings: &mut Findings) -> Result<Files> {
    let mut files = BTreeMap::new();
    let mut archive = tar::Archive::new(GzDecoder::new(data));
    for entry in archive.entries().into_diagnostic()? {
        let mut entry = entry.into_diagnostic()?;
        let path = entry.path().into_diagnostic()?.display().to_string();
        let header = entry.header();
        let plain = header.entry_type().is_file() && header.mode().into_diagnostic()? == 0o644;
        findings.require(plain, || format!("`{path}` is no plain file"));
        let mut content = Vec::new();
        entry.read_to_end(&mut content).into_diagnostic()?;
        match path.strip_prefix("package/") {
            Some(name) => drop(files.insert(name.to_owned(), content)),
            None => findings.complaints.push(format!("`{path}` is outside of the package")),
        }
    }
    Ok(files)
}
