//! An XCFramework: its property list, and the library of each slice.

use std::{collections::BTreeSet, fs, path::Path};

use miette::{Context as _, IntoDiagnostic as _, Result, miette};
use plist::{Dictionary, Value};

use super::{Findings, Rules, macho, names, read};
use crate::package::{
    target::Target,
    xcframework::{PLIST, slices},
};

/// Checks that there is one slice for each platform of `targets`, and that each is as it should be.
pub(super) fn check(
    path: &Path,
    targets: &[&'static Target],
    rules: &Rules,
    findings: &mut Findings,
) -> Result<()> {
    let list = Value::from_file(path.join(PLIST)).into_diagnostic();
    let list = list.wrap_err_with(|| format!("`{PLIST}` cannot be read"))?;
    let list = list.as_dictionary().ok_or_else(|| miette!("`{PLIST}` is no dictionary"))?;
    for (key, wanted) in [("CFBundlePackageType", "XFWK"), ("XCFrameworkFormatVersion", "1.0")] {
        let found = text(list, key);
        findings.require(found == wanted, || format!("`{key}` is `{found}`, not `{wanted}`"));
    }
    let libraries: Vec<&Dictionary> = list
        .get("AvailableLibraries")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_dictionary)
        .collect();
    let slices = slices(targets);
    let wanted: BTreeSet<&str> = slices.iter().map(|slice| slice.name.as_str()).collect();
    let listed = libraries.iter().map(|library| text(library, "LibraryIdentifier")).collect();
    findings.same(&listed, &wanted, "it lists slices");
    let mut folders = names(path)?;
    folders.remove(PLIST);
    findings.same(&folders.iter().map(String::as_str).collect(), &wanted, "it has slices");
    for slice in &slices {
        let of = |library: &&&Dictionary| text(library, "LibraryIdentifier") == slice.name;
        let Some(library) = libraries.iter().find(of) else { continue };
        findings.part(&slice.name, |findings| {
            check_entry(library, slice.platform_variant(), &slice.targets, findings);
            check_headers(&path.join(&slice.name).join(text(library, "HeadersPath")), findings)?;
            let file = path.join(&slice.name).join(text(library, "LibraryPath"));
            macho::check(&read(&file)?, &slice.targets, rules, findings)
        });
    }
    Ok(())
}

/// What the list says of a slice.
fn check_entry(
    library: &Dictionary,
    variant: Option<&str>,
    targets: &[&Target],
    findings: &mut Findings,
) {
    for (key, wanted) in
        [("SupportedPlatform", "ios"), ("SupportedPlatformVariant", variant.unwrap_or_default())]
    {
        let found = text(library, key);
        findings.require(found == wanted, || format!("`{key}` is `{found}`, not `{wanted}`"));
    }
    let (path, binary) = (text(library, "LibraryPath"), text(library, "BinaryPath"));
    findings.require(path == binary, || format!("`BinaryPath` is `{binary}`, not `{path}`"));
    let listed = library.get("SupportedArchitectures").and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(Value::as_string).collect();
    let wanted = targets.iter().map(|target| target.arch).collect();
    findings.same(&listed, &wanted, "it lists processors");
}

/// Xcode copies the headers of every static XCFramework into one folder: two module maps at its
/// root would collide, so ours stands in a folder of its own.
fn check_headers(folder: &Path, findings: &mut Findings) -> Result<()> {
    let modules = names(folder)?;
    findings.require(modules.len() == 1, || {
        format!("`Headers` has {modules:?}, not one folder of the module's name")
    });
    for module in modules {
        let map = folder.join(&module).join("module.modulemap");
        let map = fs::read_to_string(map).unwrap_or_default();
        findings.require(map.contains(&format!("module {module} ")), || {
            format!("`Headers/{module}/module.modulemap` does not declare `{module}`")
        });
        let header = map.split('"').nth(1).unwrap_or_default();
        findings.require(folder.join(&module).join(header).is_file(), || {
            format!("the module map's header `{header}` is missing")
        });
    }
    Ok(())
}

/// The text of a key, empty where there is none.
fn text<'a>(dictionary: &'a Dictionary, key: &str) -> &'a str {
    dictionary.get(key).and_then(Value::as_string).unwrap_or_default()
}
