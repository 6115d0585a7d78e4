//! The project's own commands: `cargo xtask <command>`.

mod bench;
mod demo;
mod fuzz;
mod generate;
mod header;
mod package;
mod race;
mod setup;
mod test;

use std::{
    env,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, bail};
use xshell::Shell;

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
  race             the C ABI under ThreadSanitizer, with threads that get in each other's way
  size             what the runtime adds to an app, whole and without what can be left out
  setup-tests      install the compilers that check the generated native projects
  test             everything that must hold: format, lints, docs, every test
  verify           whether an XCFramework, `jniLibs`, a library or a `.tgz` is fit for apps
";

fn main() -> miette::Result<()> {
    let sh = Shell::new().into_diagnostic()?;
    sh.change_dir(root());
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (command, rest) = arguments.split_first().map_or(("help", &[][..]), |(c, r)| (c, r));
    match command {
        "bench" => bench::run(&sh, rest),
        "demo" => demo::run(&sh),
        "fuzz" => fuzz::run(&sh, rest),
        "generate" => generate::run(rest),
        "header" => header::run(rest),
        "package-android" => package::android(&sh, rest),
        "package-ios" => package::ios(&sh, rest),
        "package-linux" => package::linux(&sh, rest),
        "package-npm" => package::npm(&sh, rest),
        "size" => package::size(&sh, rest),
        "race" => race::run(&sh, rest),
        "setup-tests" => setup::run(&sh, rest),
        "test" => test::run(&sh, rest),
        "verify" => package::verify(&sh, rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        unknown => bail!(help = HELP, "there is no command `{unknown}`"),
    }
}

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace")
}

/// The folder of cargo's build results.
fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
