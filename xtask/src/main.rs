//! The project commands: `cargo xtask <command>`.

mod setup;

use std::env;

use miette::{IntoDiagnostic, Result, bail};
use xshell::Shell;

const HELP: &str = "usage: cargo xtask <command>

  setup-tests [swift]   install the compilers that check the generated native projects";

fn main() -> Result<()> {
    let sh = Shell::new().into_diagnostic()?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("setup-tests") => setup::run(&sh, &arguments[1..]),
        _ => bail!("{HELP}"),
    }
}
