//! `cargo xtask header`: the C ABI's header, written from the functions it declares.

use std::fs;

use miette::{IntoDiagnostic as _, Result, bail};

use crate::root;

/// The files that the ABI is made of; types come first in the header.
const SOURCES: [&str; 2] = ["runtime/src/abi/types.rs", "runtime/src/abi/mod.rs"];

const HEADER: &str = "runtime/include/runner.h";

/// Writes the header; with `--check`, only says whether it is fresh.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let path = root().join(HEADER);
    let (old, new) = (fs::read_to_string(&path).unwrap_or_default(), header()?);
    match arguments {
        _ if old == new => println!("{HEADER} is fresh"),
        [] => {
            fs::write(&path, new).into_diagnostic()?;
            println!("wrote {HEADER}");
        }
        [flag] if flag == "--check" => {
            print!("{}", similar::TextDiff::from_lines(&old, &new).unified_diff());
            bail!(help = "run `cargo xtask header`", "{HEADER} is stale");
        }
        _ => bail!("`cargo xtask header` takes nothing but `--check`"),
    }
    Ok(())
}

fn header() -> Result<String> {
    let config = cbindgen::Config::from_file(root().join("runtime/cbindgen.toml"));
    let config = config.map_err(|error| miette::miette!("runtime/cbindgen.toml: {error}"))?;
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root().join(source));
    }
    let bindings = builder.generate().into_diagnostic()?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    String::from_utf8(text).into_diagnostic()
}
