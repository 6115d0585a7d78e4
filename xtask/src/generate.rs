//! `cargo xtask generate`: what `schema/` says goes into `generated/`.

use codegen::project;
use miette::{Result, bail};

use crate::root;

/// Writes what changed and prints what it did; with `--check`, only shows what is stale.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => bail!("`cargo xtask generate` takes nothing but `--check`"),
    };
    let plan = project::plan(&root().join("schema"), &root().join("generated"))?;
    if !check {
        plan.apply()?;
        println!("{plan}");
        return Ok(());
    }
    if plan.changes.is_empty() {
        println!("generated/ is fresh: {} files", plan.unchanged);
        return Ok(());
    }
    print!("{}", plan.diff());
    bail!(help = "run `cargo xtask generate`", "{} files are stale", plan.changes.len())
}
