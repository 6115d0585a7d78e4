//! What an app may leave out of the runtime: its cargo features, as `runtime/Cargo.toml` lists them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use cargo_metadata::MetadataCommand;
use miette::{IntoDiagnostic as _, Result, miette};

/// The features that are there unless they are left out, and what each needs.
type Optional = BTreeMap<String, Vec<String>>;

/// Reads them: everything that `default` names.
fn optional(root: &Path) -> Result<Optional> {
    let manifest = root.join("runtime/Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(&manifest).no_deps().exec();
    let metadata = metadata.into_diagnostic()?;
    let package = metadata.packages.iter().find(|it| it.manifest_path.as_std_path() == manifest);
    let all = &package.ok_or_else(|| miette!("cargo does not know the runtime"))?.features;
    let default = all.get("default").cloned().unwrap_or_default();
    Ok(default.into_iter().map(|name| (name.clone(), all[&name].clone())).collect())
}

/// The runtimes that can be had, and what each leaves out: everything, one part, all of them.
pub(crate) fn variants(root: &Path) -> Result<Vec<(String, Vec<String>)>> {
    let optional = optional(root)?;
    let parts = optional.keys().map(|name| (format!("without {name}"), vec![name.clone()]));
    let none = ("without all of these".to_owned(), optional.keys().cloned().collect());
    let everything = ("everything".to_owned(), Vec::new());
    Ok(std::iter::once(everything).chain(parts).chain([none]).collect())
}

/// The arguments by which cargo builds without these features, and without those that need them.
pub(crate) fn without(root: &Path, left_out: &[String]) -> Result<Vec<String>> {
    if left_out.is_empty() {
        return Ok(Vec::new());
    }
    let optional = optional(root)?;
    let known = optional.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if let Some(unknown) = left_out.iter().find(|name| !optional.contains_key(*name)) {
        return Err(miette!(
            help = format!("these can: {known}"),
            "`{unknown}` cannot be left out"
        ));
    }
    let kept = kept(&optional, left_out);
    let mut arguments = vec!["--no-default-features".to_owned()];
    if !kept.is_empty() {
        arguments.extend(["--features".to_owned(), kept.join(",")]);
    }
    Ok(arguments)
}

/// What remains: a feature goes with any that it needs.
fn kept<'a>(optional: &'a Optional, left_out: &[String]) -> Vec<&'a str> {
    let mut gone: BTreeSet<&str> = left_out.iter().map(String::as_str).collect();
    loop {
        let next = optional.iter().find(|(name, needs)| {
            !gone.contains(name.as_str()) && needs.iter().any(|it| gone.contains(it.as_str()))
        });
        match next {
            Some((name, _)) => gone.insert(name),
            None => break,
        };
    }
    optional.keys().map(String::as_str).filter(|name| !gone.contains(name)).collect()
}
