//! `cargo xtask generate`: what `schema/` says goes into `generated/`.

use codegen::project;
use miette::{Result, bail};

use crate::root;

/// Writes what changed and prints what it did; with `--check`, only shows what is stale; with
/// `--update-locales`, first adds to the translations what they have no entry for.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (check, update) = match arguments {
        [] => (false, false),
        [flag] if flag == "--check" => (true, false),
        [flag] if flag == "--update-locales" => (false, true),
        _ => bail!("`cargo xtask generate` takes nothing but `--check` or `--update-locales`"),
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
    if untranslated > 0 {
        bail!(help = "see above", "{untranslated} files hold what is not translated");
    }
    println!("generated/ is fresh: {unchanged} files");
    Ok(())
}
