//! Chromium, in which the plugin is tested as apps on the web have it.

use std::{fs, path::Path};

use miette::{IntoDiagnostic as _, Result, miette};
use xshell::{Shell, cmd};

use super::debian::{Debian, silent};

/// The browser, and letters of the languages that the tests show.
const PACKAGES: [&str; 2] = ["chromium", "fonts-wqy-zenhei"];

/// Starts it: what drives a browser wants a program, which has its pipes and its temporary files.
const START: &str = r#"#!/bin/sh
# Chromium, in the Debian beside this file.
root=$(dirname "$(realpath "$0")")/root
exec unshare --mount --propagation private sh -ec '
root=$0
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind /tmp "$root/tmp"
exec chroot "$root" /usr/bin/env -i HOME=/tmp LANG=C.UTF-8 PATH=/usr/bin:/bin chromium "$@"
' "$root" "$@"
"#;

/// Installs it, and says what there is.
pub(crate) fn install(sh: &Shell, cache: &Path) -> Result<String> {
    let debian = Debian::with(sh, cache, &PACKAGES)?;
    let said = debian.read(sh, cache, &["chromium", "--version", "--no-sandbox"])?;
    let version = said.lines().find(|line| line.contains("Chromium")).map(str::to_owned);
    let program = debian.folder().join("chromium");
    fs::write(&program, START).into_diagnostic()?;
    silent(cmd!(sh, "chmod 755 {program}"))?;
    version.ok_or_else(|| miette!("`chromium --version` said `{said}`"))
}
