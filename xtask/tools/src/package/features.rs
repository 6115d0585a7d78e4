//! What an app may leave out of the runtime: its cargo features, as `runtime/Cargo.toml` lists them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use miette::{IntoDiagnostic as _, Result, miette};
use serde_json::Value;
use xshell::{Shell, cmd};

/// The features that are there unless they are left out, and what each needs.
type Optional = BTreeMap<String, Vec<String>>;

/// Reads them: everything that `default` names.
fn optional(root: &Path) -> Result<Optional> {
    let sh = Shell::new().into_diagnostic()?;
    let manifest = root.join("runtime/Cargo.toml");
    let metadata = cmd!(sh, "cargo metadata --no-deps --format-version 1");
    let metadata = metadata.arg("--manifest-path").arg(&manifest).quiet().read();
    let metadata: Value = serde_json::from_str(&metadata.into_diagnostic()?).into_diagnostic()?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let package =
        packages.find(|it| it["manifest_path"].as_str().map(Path::new) == Some(&manifest));
    let all = &package.ok_or_else(|| miette!("cargo does not know the runtime"))?["features"];
    let names = |list: &Value| -> Vec<String> {
        let names = list.as_array().into_iter().flatten().filter_map(Value::as_str);
        names.map(str::to_owned).collect()
    };
    Ok(names(&all["default"]).into_iter().map(|name| (name.clone(), names(&all[&name]))).collect())
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
