//! `cargo xtask test`: everything that a change must keep true.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::steps::{Failure, Step, cargo, target_dir};

/// One thing to check.
type Check = fn() -> Result<(), Failure>;

/// The checks by name, in order: the quick ones before the slow ones.
const CHECKS: [(&str, Check); 5] =
    [("format", format), ("lints", lints), ("docs", docs), ("setup", set_up), ("tests", tests)];

/// Runs every check, or those named, and stops at the first that fails.
pub(crate) fn run(only: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = only.iter().find(|name| !CHECKS.iter().any(|(known, _)| known == name)) {
        let known = CHECKS.map(|(name, _)| name).join(", ");
        let message = format!("there is no check `{unknown}`: the checks are {known}");
        return Err(Failure::Said(message));
    }
    let skipped = forget_skipped()?;
    let mut times = Vec::new();
    for (name, check) in CHECKS {
        if only.is_empty() || only.iter().any(|wanted| wanted == name) {
            let start = Instant::now();
            check()?;
            times.push((name, start.elapsed()));
        }
    }
    report(&times, &fs::read_to_string(skipped).unwrap_or_default());
    Ok(())
}

fn format() -> Result<(), Failure> {
    cargo(&["fmt", "--all", "--check"])
}

fn lints() -> Result<(), Failure> {
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    // What the workspace has is everything: an app may leave parts of the runtime out.
    for variant in variants()?.lines().skip(1) {
        let parts = variant.split(' ');
        let arguments = ["clippy", "--package", "background-runner-runtime"].into_iter();
        let arguments = arguments.chain(parts).chain(["--", "-D", "warnings"]);
        cargo(&arguments.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The arguments by which cargo builds each runtime that an app can have, a line each.
fn variants() -> Result<String, Failure> {
    cargo(&["build", "--package", "xtask-tools"])?;
    Step::new(target_dir().join("debug/xtask-tools")).args(["variants"]).read()
}

fn docs() -> Result<(), Failure> {
    let arguments = ["doc", "--workspace", "--no-deps", "--quiet"];
    Step::new("cargo").args(arguments).env("RUSTDOCFLAGS", "-D warnings").shown()
}

/// A toolchain that cannot be installed is no failure here: its tests say that they were skipped.
fn set_up() -> Result<(), Failure> {
    cargo(&["build", "--package", "xtask-tools"])?;
    let tools = Step::new(target_dir().join("debug/xtask-tools"));
    match tools.args(["setup-tests"]).run() {
        Err(Failure::Said(message)) => Err(Failure::Said(message)),
        Ok(()) | Err(Failure::Told(_)) => Ok(()),
    }
}

/// The tools have no tests of their own, and ask for features of their libraries that nobody else
/// does: without them, the tests are built of what the command line is built of, once.
fn tests() -> Result<(), Failure> {
    cargo(&["test", "--workspace", "--exclude", "xtask-tools", "--no-fail-fast"])
}

/// Empties the list of skipped tests, and says where it is.
fn forget_skipped() -> Result<PathBuf, Failure> {
    let path = target_dir().join("skipped-tests.txt");
    if path.exists() {
        fs::remove_file(&path).map_err(|error| {
            Failure::Said(format!("`{}` cannot be removed: {error}", path.display()))
        })?;
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
