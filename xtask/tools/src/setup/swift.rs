//! Swift's compiler, package manager, test libraries and formatter, from Debian's `swiftlang`.

use std::path::Path;

use miette::{IntoDiagnostic, Result, miette};
use xshell::{Shell, cmd};

use super::debian::{Debian, silent};

/// The compiler, and what it needs to link and to resolve packages.
pub(super) const PACKAGES: [&str; 7] = [
    "swiftlang",
    "libswiftlang",
    "swiftlang-dev",
    "libc6-dev",
    "libstdc++-14-dev",
    "git",
    "ca-certificates",
];

/// Installs Swift, or makes the whole system again when its compiler does not answer.
pub(crate) fn install(sh: &Shell, cache: &Path) -> Result<String> {
    let debian = Debian::with(sh, cache, &PACKAGES)?;
    version(sh, cache, &debian).or_else(|_| {
        Debian::remove(cache)?;
        version(sh, cache, &Debian::with(sh, cache, &PACKAGES)?)
    })
}

/// What the compiler calls itself: the check that it runs.
fn version(sh: &Shell, cache: &Path, debian: &Debian) -> Result<String> {
    let said = debian.read(sh, cache, &["sh", "-c", "swiftc --version 2>&1"])?;
    let first = said.lines().find(|line| line.contains("Swift version"));
    first.map(str::to_owned).ok_or_else(|| miette!("`swiftc --version` said `{said}`"))
}

/// The version of Capacitor whose Swift sources the plugin is type-checked against.
const CAPACITOR: &str = "8.5.2";

/// Fetches Capacitor's iOS sources, which the tests read and nothing else.
pub(crate) fn install_capacitor(sh: &Shell, cache: &Path) -> Result<String> {
    let folder = cache.join(format!("capacitor-ios-{CAPACITOR}"));
    let manifest = folder.join("package/package.json");
    if !sh.path_exists(&manifest) {
        sh.remove_path(&folder).into_diagnostic()?;
        sh.create_dir(&folder).into_diagnostic()?;
        let _inside = sh.push_dir(&folder);
        let packed = silent(cmd!(sh, "npm pack --silent @capacitor/ios@{CAPACITOR}"))?;
        let tarball = packed.trim();
        silent(cmd!(sh, "tar -xzf {tarball}"))?;
        sh.remove_path(tarball).into_diagnostic()?;
    }
    let text = sh.read_file(manifest).into_diagnostic()?;
    if !text.contains(&format!("\"version\": \"{CAPACITOR}\"")) {
        return Err(miette!("`{}` holds another version of Capacitor", folder.display()));
    }
    Ok(format!("@capacitor/ios {CAPACITOR}"))
}
