//! Swift's compiler, package manager, test libraries and formatter, from Debian's `swiftlang`.

use std::path::Path;

use miette::{Result, miette};
use xshell::Shell;

use super::debian::Debian;

/// The compiler, and what it needs to link and to resolve packages.
const PACKAGES: [&str; 7] = [
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
