//! `cargo xtask setup-tests`: installs the compilers that check the generated native projects.
//!
//! Everything lands in the user's cache folder, is verified, kept between runs, and made again when
//! it is missing or broken. The machine's own packages, sources and settings are never touched.

mod browser;
pub(crate) mod debian;
mod kotlin;
mod projects;
mod swift;

use std::env;
use std::fs::{self, File};
use std::path::PathBuf;

use miette::{Context, IntoDiagnostic, Result, miette};
use xshell::Shell;

use crate::package::toolchain;

/// Puts one toolchain into the cache folder, or says why this machine cannot have it.
type Install = fn(&Shell, &std::path::Path) -> Result<String>;

/// Every toolchain, in the order of its size.
const TOOLCHAINS: [(&str, Install); 6] = [
    ("kotlin", kotlin::install),
    ("swift", swift::install),
    ("capacitor-ios", swift::install_capacitor),
    ("projects", projects::install),
    ("browser", browser::install),
    ("selfhost", toolchain::install),
];

/// Installs every toolchain, or those named, and says what there is. A toolchain that cannot be
/// installed is reported, and the tests that need it report themselves as skipped.
pub(crate) fn run(sh: &Shell, names: &[String]) -> Result<()> {
    let cache = cache()?;
    let lock = File::create(cache.join("lock")).into_diagnostic()?;
    lock.lock().into_diagnostic().wrap_err("another installation holds the cache folder")?;
    let mut missing = 0;
    for (name, install) in TOOLCHAINS {
        if !names.is_empty() && !names.iter().any(|wanted| wanted == name) {
            continue;
        }
        match install(sh, &cache) {
            Ok(what) => println!("ready    {name}: {what}"),
            Err(error) => {
                missing += 1;
                println!("MISSING  {name}: {error:?}");
            }
        }
    }
    match missing {
        0 => Ok(()),
        _ => Err(miette!(
            help = "the tests that need them report themselves as SKIPPED",
            "{missing} of the toolchains could not be installed"
        )),
    }
}

/// The folder that holds the toolchains: `$BACKGROUND_RUNNER_CACHE`, or one in the user's cache.
pub(crate) fn cache() -> Result<PathBuf> {
    let folder = env::var_os("BACKGROUND_RUNNER_CACHE").map(PathBuf::from).or_else(|| {
        let base = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let base = base.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")));
        Some(base?.join("background-runner"))
    });
    let folder = folder.ok_or_else(|| {
        miette!(
            help = "set `BACKGROUND_RUNNER_CACHE`",
            "neither `HOME` nor `XDG_CACHE_HOME` is set"
        )
    })?;
    fs::create_dir_all(&folder).into_diagnostic()?;
    Ok(folder)
}
