//! `cargo xtask fuzz`: the fuzzers of `fuzz/`, built and run without `cargo-fuzz`.

use std::{fs, path::Path};

use miette::{IntoDiagnostic as _, Result, bail};
use xshell::{Shell, cmd};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Coverage for the fuzzer, and the address sanitizer, which also finds leaks.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Zsanitizer=address --cfg fuzzing";

/// Runs the fuzzers one after the other, or the one that is named, each for some minutes
/// (`--minutes N`, 30 by default).
///
/// What they learn stays in the target folder; what they find lies there under `artifacts`, and
/// goes into `fuzz/corpus` with the change that mends it.
pub(crate) fn run(sh: &Shell, arguments: &[String]) -> Result<()> {
    let known = targets(sh)?;
    let (only, minutes) = parse(arguments)?;
    if let Some(unknown) = only.filter(|name| !known.iter().any(|known| known == name)) {
        bail!(help = format!("there are {}", known.join(", ")), "there is no fuzzer `{unknown}`");
    }
    if cmd!(sh, "clang --version").quiet().ignore_stdout().run().is_err() {
        bail!(help = "install `clang`", "the fuzzers need a C compiler that knows libFuzzer");
    }
    let folder = crate::target_dir().join("fuzz");
    build(sh, &folder)?;
    for name in known.iter().filter(|name| only.is_none_or(|only| only == *name)) {
        attack(sh, &folder, name, minutes)?;
    }
    Ok(())
}

/// The name of a fuzzer, if one is given, and the minutes that each may take.
fn parse(arguments: &[String]) -> Result<(Option<&str>, u64)> {
    let (mut only, mut minutes) = (None, 30);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if argument == "--minutes" {
            let given = rest.next().and_then(|number| number.parse().ok());
            let Some(given) = given else { bail!("`--minutes` is followed by a whole number") };
            minutes = given;
        } else {
            only = Some(argument.as_str());
        }
    }
    Ok((only, minutes))
}

fn targets(sh: &Shell) -> Result<Vec<String>> {
    let files = sh.read_dir("fuzz/fuzz_targets").into_diagnostic()?;
    let stems = files.iter().filter_map(|file| file.file_stem());
    Ok(stems.map(|stem| stem.to_string_lossy().into_owned()).collect())
}

fn build(sh: &Shell, folder: &Path) -> Result<()> {
    let _in = sh.push_dir("fuzz");
    cmd!(sh, "cargo build --release --bins --target {TARGET}")
        .env("CARGO_TARGET_DIR", folder)
        // What the sanitizer needs is not stable; this version of the compiler has it.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", FLAGS)
        .env("CC", crate::root().join("fuzz/cc"))
        .run()
        .into_diagnostic()
}

fn attack(sh: &Shell, folder: &Path, name: &str, minutes: u64) -> Result<()> {
    let program = folder.join(TARGET).join("release").join(name);
    let (grown, found) = (folder.join("corpus").join(name), folder.join("artifacts").join(name));
    for folder in [&grown, &found] {
        fs::create_dir_all(folder).into_diagnostic()?;
    }
    let corpus = crate::root().join("fuzz/corpus").join(name);
    let (found, seconds) = (format!("{}/", found.display()), (minutes * 60).to_string());
    cmd!(sh, "{program} {grown} {corpus} -artifact_prefix={found} -max_total_time={seconds}")
        .args(["-timeout=60", "-rss_limit_mb=4096", "-print_final_stats=1"])
        .run()
        .into_diagnostic()
}
