//! `cargo xtask generate`: what `schema/` says goes into `generated/`.

use std::{env, path::Path};

use codegen::project;
use miette::{Result, bail};

/// Writes what changed and prints what it did; with `--check`, only shows what is stale, and with
/// `--translated` too fails on what is not translated, as a release has to; with `--update-locales`,
/// first adds to the translations what they have no entry for.
fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (check, translated, update) = match arguments.as_slice() {
        [] => (false, false, false),
        ["--check"] => (true, false, false),
        ["--check", "--translated"] | ["--translated", "--check"] => (true, true, false),
        ["--update-locales"] => (false, false, true),
        _ => bail!(
            "`cargo xtask generate` takes nothing but `--check`, `--check --translated` or `--update-locales`"
        ),
    };
    if update {
        for name in project::complete_locales(&root().join("schema"))? {
            println!("translate what is empty in schema/{name}");
        }
    }
    let plan = project::plan(&root().join("schema"), &root().join("generated"))?;
    let untranslated = plan.untranslated.len();
    if !check {
        plan.apply()?;
        println!("{plan}");
    }
    print!("{}", if check { plan.diff() } else { String::new() });
    let stale = plan.changes.len();
    let unchanged = plan.unchanged;
    for report in plan.untranslated {
        eprintln!("{:?}", miette::Report::new(report));
    }
    if !check {
        return Ok(());
    }
    if stale > 0 {
        bail!(help = "run `cargo xtask generate`", "{stale} files are stale");
    }
    if translated && untranslated > 0 {
        bail!(
            help = "see above: a release waits for its translations",
            "{untranslated} files hold what is not translated"
        );
    }
    println!("generated/ is fresh: {unchanged} files");
    Ok(())
}

/// The root of the workspace.
fn root() -> &'static Path {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    folder.expect("xtask/generate stands in the workspace")
}
