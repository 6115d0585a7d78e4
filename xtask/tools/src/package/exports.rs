//! The names that others link: read from where they are written, never listed twice.

use std::{fs, path::Path};

use miette::{Context as _, IntoDiagnostic as _, Result, miette};

/// The C interface.
pub(super) const HEADER: &str = "runtime/include/runner.h";

/// The functions of the C interface, sorted.
pub(super) fn interface(root: &Path) -> Result<Vec<String>> {
    let header = fs::read_to_string(root.join(HEADER)).into_diagnostic();
    let header = header.wrap_err_with(|| format!("`{HEADER}` cannot be read"))?;
    let names = functions(&without_comments(&header));
    if names.is_empty() {
        return Err(miette!("`{HEADER}` declares no function"));
    }
    Ok(names)
}

/// The text without `/* */` and `//`.
fn without_comments(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some(start) = rest.find("/*") {
        kept.push_str(&rest[..start]);
        rest = rest[start..].split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .fold(String::new(), |all, line| all + line + "\n")
}

/// Every `runner_name(`: members of structs that point to functions have `)(` instead.
fn functions(text: &str) -> Vec<String> {
    let mut names: Vec<String> = text
        .split('(')
        .map(|before| {
            let name = before.trim_end().rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
            name.unwrap_or_default().to_owned()
        })
        .filter(|name| name.starts_with("runner_"))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// What the Java side calls: the functions of the runtime that keep their names, beside the C
/// interface.
pub(super) fn jni(root: &Path) -> Result<Vec<String>> {
    let source = root.join("runtime/src/abi/jni.rs");
    let Ok(text) = fs::read_to_string(source) else { return Ok(Vec::new()) };
    kept_names(&text)
}

/// The functions of a file that keep their names when they are compiled.
pub(super) fn kept_names(text: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> = syn::parse_file(text)
        .into_diagnostic()?
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Fn(function) if keeps_its_name(function) => {
                Some(function.sig.ident.to_string())
            }
            _ => None,
        })
        .collect();
    names.sort();
    Ok(names)
}

/// The functions that a file declares and others have.
pub(super) fn imports(text: &str) -> Result<Vec<String>> {
    let file = syn::parse_file(text).into_diagnostic()?;
    let blocks = file.items.iter().filter_map(|item| match item {
        syn::Item::ForeignMod(block) => Some(&block.items),
        _ => None,
    });
    let names = blocks.flatten().filter_map(|item| match item {
        syn::ForeignItem::Fn(function) => Some(function.sig.ident.to_string()),
        _ => None,
    });
    Ok(names.collect())
}

fn keeps_its_name(function: &syn::ItemFn) -> bool {
    function.attrs.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) => {
            list.path.is_ident("unsafe") && list.tokens.to_string() == "no_mangle"
        }
        meta => meta.path().is_ident("no_mangle"),
    })
}
