//! The calls of docgen in a package's scripts.

use std::{fs, path::Path};

use clap::Parser as _;
use docgen::{Failure, Mistake};
use serde_json::Value;

use super::{Docgen, Script};
use crate::disk::slashed;

/// The package's name, and the calls of docgen in its `docgen` script.
pub(super) fn scripts(folder: &Path) -> Result<(Option<String>, Vec<Docgen>), Failure> {
    let path = folder.join("package.json");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("package.json cannot be read: {error}"))?;
    let manifest: Value = serde_json::from_str(&text)
        .map_err(|error| Mistake::json(&slashed(&path), &text, &error))?;
    let script = manifest.pointer("/scripts/docgen").and_then(Value::as_str).unwrap_or_default();
    let mut calls = Vec::new();
    for command in script.split(['&', ';', '|']) {
        let words = words(command);
        let mut words = words.iter();
        if !words.any(|word| word.rsplit('/').next() == Some("docgen")) {
            continue;
        }
        let call = Script::try_parse_from(words);
        calls.push(call.map_err(|error| format!("its `docgen` script: {error}"))?.docgen);
    }
    if calls.is_empty() {
        return Err("its package.json has no script `docgen` that calls docgen".into());
    }
    Ok((manifest.get("name").and_then(Value::as_str).map(str::to_owned), calls))
}

/// The words of a command, without the quotes around them.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in command.chars() {
        match c {
            c if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && quote.is_none() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
