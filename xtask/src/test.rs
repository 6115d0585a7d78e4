//! `cargo xtask test`: everything that a change must keep true.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use miette::{IntoDiagnostic as _, Result, bail};
use xshell::{Shell, cmd};

use crate::{package::features, setup};

/// One thing to check.
type Check = fn(&Shell) -> Result<()>;

/// The checks by name, in order: the quick ones before the slow ones.
const CHECKS: [(&str, Check); 5] =
    [("format", format), ("lints", lints), ("docs", docs), ("setup", set_up), ("tests", tests)];

/// Runs every check, or those named, and stops at the first that fails.
pub(crate) fn run(sh: &Shell, only: &[String]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| !CHECKS.iter().any(|(known, _)| known == name)) {
        let known = CHECKS.map(|(name, _)| name).join(", ");
        bail!(help = format!("the checks are {known}"), "there is no check `{unknown}`");
    }
    let skipped = forget_skipped()?;
    let mut times = Vec::new();
    for (name, check) in CHECKS {
        if only.is_empty() || only.iter().any(|wanted| wanted == name) {
            let start = Instant::now();
            check(sh)?;
            times.push((name, start.elapsed()));
        }
    }
    report(&times, &fs::read_to_string(skipped).unwrap_or_default());
    Ok(())
}

fn format(sh: &Shell) -> Result<()> {
    cmd!(sh, "cargo fmt --all --check").run().into_diagnostic()
}

fn lints(sh: &Shell) -> Result<()> {
    cmd!(sh, "cargo clippy --workspace --all-targets -- -D warnings").run().into_diagnostic()?;
    // What the workspace has is everything: an app may leave parts of the runtime out.
    for (label, left_out) in features::variants(crate::root())?.iter().skip(1) {
        let parts = features::without(crate::root(), left_out)?;
        println!("the runtime {label}");
        cmd!(sh, "cargo clippy -p background-runner-runtime {parts...} -- -D warnings")
            .run()
            .into_diagnostic()?;
    }
    Ok(())
}

fn docs(sh: &Shell) -> Result<()> {
    cmd!(sh, "cargo doc --workspace --no-deps --quiet")
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()
        .into_diagnostic()
}

/// A toolchain that cannot be installed is no failure here: its tests say that they were skipped.
#[expect(clippy::unnecessary_wraps, reason = "a check like the others")]
fn set_up(sh: &Shell) -> Result<()> {
    if let Err(error) = setup::run(sh, &[]) {
        eprintln!("{error:?}");
    }
    Ok(())
}

fn tests(sh: &Shell) -> Result<()> {
    cmd!(sh, "cargo test --workspace --no-fail-fast").run().into_diagnostic()
}

/// Empties the list of skipped tests, and says where it is.
fn forget_skipped() -> Result<PathBuf> {
    let path = crate::target_dir().join("skipped-tests.txt");
    if path.exists() {
        fs::remove_file(&path).into_diagnostic()?;
    }
    Ok(path)
}

/// Says what ran, how long it took, and what could not run.
fn report(times: &[(&str, Duration)], skipped: &str) {
    println!();
    for (name, time) in times {
        println!("{name:8} {:6.1} s", time.as_secs_f64());
    }
    println!("\n{} tests skipped", skipped.lines().count());
    print!("{skipped}");
}
