//! `cargo xtask race`: the C ABI under the thread sanitizer, with threads that get in each other's way.

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic as _, Result, bail};
use xshell::{Shell, cmd};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The scenarios of `tests/abi` that have threads of their own, or outlive a dispatch.
const SCENARIOS: [&str; 5] = ["cancel", "silent", "endless", "misuse", "crowd"];

/// The one race that is meant: the watchdog has the engine of another thread refuse calls (`engine/heap/`).
const MEANT: &str = "race:JS_SetMaxStackSize\n";

/// How many dispatches each thread of the storm begins, unless a number is given.
const DISPATCHES: &str = "400";

/// Builds Rust's standard library, the runtime, its engine and the C programs of the tests so that
/// the sanitizer sees every access, and runs them.
pub(crate) fn run(sh: &Shell, arguments: &[String]) -> Result<()> {
    if cmd!(sh, "clang --version").quiet().ignore_stdout().run().is_err() {
        bail!(help = "install `clang`", "the sanitizer needs a C compiler that knows it");
    }
    let sysroot = cmd!(sh, "rustc --print sysroot").read().into_diagnostic()?;
    let sysroot = PathBuf::from(sysroot).join("lib/rustlib");
    if !sysroot.join("src").is_dir() {
        bail!(
            help = "run `rustup component add rust-src`",
            "the standard library is built as well"
        );
    }
    let folder = crate::target_dir().join("race");
    build(sh, &folder)?;
    let program = link(sh, &folder, &sysroot.join(TARGET).join("lib"))?;
    let meant = folder.join("meant");
    sh.write_file(&meant, MEANT).into_diagnostic()?;
    let _options = sh.push_env("TSAN_OPTIONS", format!("suppressions={}", meant.display()));
    // The sanitizer's runtime wants memory where the system does not put it by chance.
    for scenario in SCENARIOS {
        let run = cmd!(sh, "setarch --addr-no-randomize {program} {scenario}").ignore_stdout();
        run.run().into_diagnostic()?;
    }
    let dispatches = arguments.first().map_or(DISPATCHES, String::as_str);
    cmd!(sh, "setarch --addr-no-randomize {program} storm {dispatches}").run().into_diagnostic()
}

fn build(sh: &Shell, folder: &Path) -> Result<()> {
    cmd!(sh, "cargo rustc --package background-runner-runtime --lib --crate-type staticlib")
        .args(["--target", TARGET, "-Zbuild-std=std,panic_unwind"])
        .env("CARGO_TARGET_DIR", folder)
        // What the sanitizer needs is not stable; this version of the compiler has it.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Zsanitizer=thread")
        .env("CC", "clang")
        .run()
        .into_diagnostic()
}

/// The program of `tests/abi`, linked with the runtime and with the sanitizer that Rust brings.
fn link(sh: &Shell, folder: &Path, libraries: &Path) -> Result<PathBuf> {
    let (program, object) = (folder.join("abi"), folder.join("abi.o"));
    let root = crate::root();
    let (source, include) = (root.join("tests/abi/main.c"), root.join("runtime/include"));
    cmd!(
        sh,
        "clang -std=c11 -D_GNU_SOURCE -g -fsanitize=thread -c {source} -I {include} -o {object}"
    )
    .run()
    .into_diagnostic()?;
    let runtime = folder.join(TARGET).join("debug/libbackground_runner.a");
    let sanitizer = libraries.join("librustc-stable_rt.tsan.a");
    cmd!(sh, "clang {object} {runtime} -Wl,--whole-archive {sanitizer} -Wl,--no-whole-archive")
        .args(["-Wl,--export-dynamic", "-lpthread", "-ldl", "-lm", "-lrt"])
        .args(["-o".as_ref(), program.as_os_str()])
        .run()
        .into_diagnostic()?;
    Ok(program)
}
