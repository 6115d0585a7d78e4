//! What `cargo xtask package-*` plans and makes, and what `cargo xtask verify` refuses.

mod apple;
mod artifacts;
mod browser;
mod elf;
mod npm;
mod plans;
mod real;
mod swiftpm;
mod testing;
mod wasm;
mod workflow;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use background_runner_tests::{background_runner, cargo, root};

/// The project's commands that make and verify packages, built once for this test binary, with the
/// command line that they ask what the schema generates.
fn xtask() -> Command {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let binary = BINARY.get_or_init(|| {
        cargo(&["build", "--quiet", "--package", "xtask-tools"]);
        background_runner().with_file_name("xtask-tools")
    });
    let mut command = Command::new(binary);
    command.current_dir(root());
    command
}

/// What `cargo xtask verify PATH` says: the facts, or the complaints.
fn verify(path: &Path, options: &[&str]) -> Result<String, String> {
    // A wide report is not broken into lines in the middle of a name.
    let output = xtask().arg("verify").arg(path).args(options).output();
    said(&output.expect("the built command can be started"))
}

/// What a command printed, by whether it succeeded.
fn said(output: &Output) -> Result<String, String> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    // The report is framed and broken into lines: one line again, as it was written.
    let lines = text(&output.stderr);
    let words = lines.split_whitespace().filter(|word| !matches!(*word, "│" | "×" | "╰─▶" | "├─▶"));
    Err(words.collect::<Vec<_>>().join(" "))
}

/// Fails unless `path` is refused with these words.
fn refused(path: &Path, options: &[&str], words: &str) {
    let error = verify(path, options).expect_err("a bad artifact is refused");
    assert!(error.contains(words), "`{words}` is not in:\n{error}");
}

/// The functions of the C interface, as its header declares them.
fn interface() -> Vec<String> {
    let header = fs::read_to_string(root().join("runtime/include/runner.h")).expect("it is there");
    let mut names: Vec<String> = header
        .lines()
        .filter(|line| !line.trim_start().starts_with('*') && !line.contains("(*"))
        .filter_map(|line| line.split_once('(').map(|(before, _)| before))
        .filter_map(|before| before.rsplit(' ').next())
        .filter(|name| name.starts_with("runner_"))
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    assert!(names.contains(&"runner_dispatch".to_owned()), "{names:?}");
    names
}
