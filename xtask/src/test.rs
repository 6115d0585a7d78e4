//! `cargo xtask test`: everything that a change must keep true.

use std::{
    env, fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use miette::{IntoDiagnostic as _, Result, bail};
use xshell::{Cmd, Shell, cmd};

/// Runs every check in order, the quick ones first, and stops at the first that fails.
///
/// `only` names the checks to run (`format`, `lints`, `docs`, `tests`); empty means all.
pub(crate) fn run(sh: &Shell, only: &[String]) -> Result<()> {
    let checks = checks(sh);
    if let Some(unknown) = only.iter().find(|name| !checks.iter().any(|(known, _)| known == name)) {
        let known: Vec<_> = checks.iter().map(|(name, _)| *name).collect();
        bail!(help = format!("the checks are {}", known.join(", ")), "no check `{unknown}`");
    }
    let skipped = forget_skipped()?;
    let mut times = Vec::new();
    for (name, commands) in checks {
        if only.is_empty() || only.iter().any(|wanted| wanted == name) {
            times.push((name, timed(commands)?));
        }
    }
    report(&times, &fs::read_to_string(skipped).unwrap_or_default());
    Ok(())
}

/// The checks by name.
fn checks(sh: &Shell) -> Vec<(&'static str, Vec<Cmd<'_>>)> {
    vec![
        ("format", vec![cmd!(sh, "cargo fmt --all --check")]),
        ("lints", vec![cmd!(sh, "cargo clippy --workspace --all-targets -- -D warnings")]),
        (
            "docs",
            vec![
                cmd!(sh, "cargo doc --workspace --no-deps --quiet")
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ],
        ),
        ("tests", vec![cmd!(sh, "cargo test --workspace")]),
    ]
}

/// Runs commands and says how long they took together.
fn timed(commands: Vec<Cmd<'_>>) -> Result<Duration> {
    let start = Instant::now();
    for command in commands {
        command.run().into_diagnostic()?;
    }
    Ok(start.elapsed())
}

/// Empties the list of skipped tests, and says where it is.
fn forget_skipped() -> Result<PathBuf> {
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from);
    let path = target.join("skipped-tests.txt");
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
