//! `cargo xtask size`: what the runtime adds to an app, and what each part of it that can be left out
//! adds to that.

use std::fs;

use miette::{IntoDiagnostic as _, Result, miette};
use xshell::Shell;

use super::{
    Options, android, features,
    plan::{self, Plan, Step},
    provider::LIBRARY,
    target::{Platform, select},
    verify::bytes,
};

/// The processor of nearly every phone.
const TARGET: &str = "aarch64-linux-android";

/// Builds the library with everything, then without each part, and prints a table.
pub(super) fn run(sh: &Shell, options: &Options) -> Result<()> {
    let named = if options.targets.is_empty() { &[TARGET.to_owned()] } else { &*options.targets };
    let targets = select(&[Platform::Android, Platform::Linux], named)?;
    let [target] = targets.as_slice() else {
        return Err(miette!("name one target: each takes a build for every part"));
    };
    let optional = features::optional(crate::root())?;
    let everything = ("everything".to_owned(), Vec::new());
    let parts = optional.keys().map(|name| (format!("without {name}"), vec![name.clone()]));
    let none = ("without all of these".to_owned(), optional.keys().cloned().collect());
    let mut rows = Vec::new();
    for (label, without) in std::iter::once(everything).chain(parts).chain([none]) {
        let options = Options { without, ..options.clone() };
        let request = options.request(sh, target.platform)?;
        let library = request.places.target.join("size").join(format!("{LIBRARY}.so"));
        let steps = android::link(&request, target, &library)?;
        let steps = steps.into_iter().chain([Step::Run(android::strip(&request, &library))]);
        plan::run(sh, &Plan { steps: steps.collect(), places: request.named_places() })?;
        rows.push((label, fs::metadata(&library).into_diagnostic()?.len()));
    }
    println!("{}", table(&target.to_string(), &rows));
    Ok(())
}

/// The rows as a table of Markdown, with the difference to the first.
fn table(target: &str, rows: &[(String, u64)]) -> String {
    let whole = rows.first().map_or(0, |(_, size)| *size);
    let number = |size: u64| bytes(usize::try_from(size).unwrap_or(usize::MAX));
    let mut text =
        format!("| library for {target}, stripped | bytes | less |\n| --- | ---: | ---: |\n");
    for (label, size) in rows {
        let less = whole.saturating_sub(*size);
        text += &format!("| {label} | {} | {} |\n", number(*size), number(less));
    }
    text
}
