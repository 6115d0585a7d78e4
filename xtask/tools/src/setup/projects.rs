//! What evaluates the project files that are generated beside the sources: Gradle, Android's resource
//! compiler and manifest merger, and the language of podspecs, from Debian.

use std::path::Path;

use miette::{Result, miette};
use xshell::Shell;

use super::{debian::Debian, swift};

/// Gradle 4.4 is Debian's last; the merger is the one of Android's plugin for Gradle.
const PACKAGES: [&str; 6] = [
    "aapt",
    "android-framework-res",
    "default-jre-headless",
    "gradle",
    "libgradle-android-plugin-java",
    "ruby",
];

/// Each tool's way to say its version, and a word in what it says.
const VERSIONS: [(&str, &str); 4] = [
    ("gradle --version 2>&1", "Gradle "),
    ("aapt2 version 2>&1", "Android Asset Packaging Tool"),
    ("ruby --version", "ruby "),
    ("ls /usr/share/java/com.android.tools.build.manifest-merger.jar", "manifest-merger"),
];

/// Installs the tools, or makes the whole system again when one of them does not answer.
pub(crate) fn install(sh: &Shell, cache: &Path) -> Result<String> {
    let debian = Debian::with(sh, cache, &PACKAGES)?;
    versions(sh, cache, &debian).or_else(|_| {
        Debian::remove(cache)?;
        let all = [&swift::PACKAGES[..], &PACKAGES].concat();
        versions(sh, cache, &Debian::with(sh, cache, &all)?)
    })
}

/// What the tools call themselves: the check that they run.
fn versions(sh: &Shell, cache: &Path, debian: &Debian) -> Result<String> {
    let mut lines = Vec::new();
    for (command, word) in VERSIONS {
        let said = debian.read(sh, cache, &["sh", "-c", command])?;
        let line = said.lines().find(|line| line.contains(word));
        lines.push(line.ok_or_else(|| miette!("`{command}` said `{said}`"))?.to_owned());
    }
    lines.truncate(3);
    Ok(lines.join(", "))
}
