//! The project's own commands: `cargo xtask <command>`.
//!
//! This program has no dependencies: it is there at once. What needs libraries is in programs of
//! their own, which cargo builds when they are asked for.

#![forbid(unsafe_code)]

mod demo;
mod steps;
mod test;

use std::{env, process::ExitCode};

use steps::{Failure, Step, cargo, target_dir};

const HELP: &str = "\
usage: cargo xtask <command>

  bench            speed, memory and size beside the peers, into docs/benchmarks.*; or some groups
  generate         what `schema/` says goes into `generated/`; `--check` only shows what is stale
  header           the C ABI goes into `runtime/include/runner.h`; `--check` only compares
  demo             generate the plugin, build the runtime, dispatch the example runner
  fuzz             attack runtime and generator with every fuzzer, or with one: `fuzz script`;
                   `--minutes N` for each, 30 by default
  package-android  the runtime for Android's processors, into `jniLibs`
  package-ios      the runtime as an XCFramework
  package-linux    the runtime for Linux on a phone's processor, to be run in an emulator
  package-npm      all of the plugin as the file that apps install
  package-wasm     the runtime as a WebAssembly module, for browsers and for tests in Node
  race             the C ABI under ThreadSanitizer, with threads that get in each other's way
  size             what the runtime adds to an app, whole and without what can be left out
  setup-tests      install the compilers that check the generated native projects
  test             everything that must hold: format, lints, docs, every test
  variants         the arguments by which cargo builds each runtime that an app can have
  verify           whether an XCFramework, `jniLibs`, a library or a `.tgz` is fit for apps
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (command, rest) = arguments.split_first().map_or(("help", &[][..]), |(c, r)| (c, r));
    let done = match command {
        "demo" => demo::run(),
        "generate" => built("xtask-generate", rest),
        "package-npm" | "verify" => {
            // It asks the command line what the schema generates now.
            cargo(&["build", "--package", "background-runner-cli"])
                .and_then(|()| built("xtask-tools", &arguments))
        }
        "bench" | "fuzz" | "header" | "package-android" | "package-ios" | "package-linux"
        | "package-wasm" | "race" | "setup-tests" | "size" | "variants" => {
            built("xtask-tools", &arguments)
        }
        "test" => test::run(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        unknown => Err(Failure::Said(format!("there is no command `{unknown}`\n\n{HELP}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Said(message)) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
        Err(Failure::Told(code)) => ExitCode::from(code),
    }
}

/// Builds one of the project's other programs and runs it.
fn built(package: &str, arguments: &[String]) -> Result<(), Failure> {
    cargo(&["build", "--package", package])?;
    Step::new(target_dir().join("debug").join(package)).args(arguments).run()
}
