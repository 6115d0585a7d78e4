//! The project's commands that need libraries: `cargo xtask` builds and runs this program for them.

mod bench;
mod fuzz;
mod header;
mod package;
mod race;
mod setup;

use std::{
    env,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, bail};
use xshell::Shell;

fn main() -> miette::Result<()> {
    let sh = Shell::new().into_diagnostic()?;
    sh.change_dir(root());
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (command, rest) = arguments.split_first().map_or(("", &[][..]), |(c, r)| (c, r));
    match command {
        "bench" => bench::run(&sh, rest),
        "fuzz" => fuzz::run(&sh, rest),
        "header" => header::run(rest),
        "package-android" => package::android(&sh, rest),
        "package-ios" => package::ios(&sh, rest),
        "package-linux" => package::linux(&sh, rest),
        "package-npm" => package::npm(&sh, rest),
        "package-wasm" => package::wasm(&sh, rest),
        "race" => race::run(&sh, rest),
        "setup-tests" => setup::run(&sh, rest),
        "size" => package::size(&sh, rest),
        "variants" => package::variants(),
        "verify" => package::verify(&sh, rest),
        unknown => {
            bail!(help = "`cargo xtask help` lists the commands", "there is no command `{unknown}`")
        }
    }
}

/// The root of the workspace.
fn root() -> &'static Path {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    folder.expect("xtask/tools stands in the workspace")
}

/// The folder of cargo's build results.
fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
