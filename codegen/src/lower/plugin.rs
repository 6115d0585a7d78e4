//! `plugin.json`, and other JSON that serde knows the shape of.

use serde::de::DeserializeOwned;

use crate::{
    error::{Complaint, Complaints},
    model::Plugin,
    names::fix_name,
    schema::PLUGIN,
};

pub(super) fn lower(text: &str, complaints: &mut Complaints) -> Option<Plugin> {
    let plugin = parse::<Plugin>(PLUGIN, text, complaints)?;
    check(&plugin, complaints);
    Some(plugin)
}

/// A file of JSON that serde knows the shape of.
pub(super) fn parse<T: DeserializeOwned>(
    file: &str,
    text: &str,
    complaints: &mut Complaints,
) -> Option<T> {
    let parsed = serde_json::from_str(text);
    parsed
        .inspect_err(|error| {
            let at = (offset(text, error.line(), error.column()), 0).into();
            complaints.add(file, Complaint::Syntax { message: reason(error), at });
        })
        .ok()
}

/// The error without its place, which the label shows.
fn reason(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    message.strip_suffix(&place).unwrap_or(&message).to_owned()
}

/// The byte offset of a line and column that count from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// The names that the ecosystem derives from each other.
fn check(plugin: &Plugin, complaints: &mut Complaints) {
    let module = fix_name(&plugin.npm_name);
    let dotted = |name: &str| name.split('.').all(is_identifier);
    let version = plugin.version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<_> = version.split('.').map(str::parse::<u32>).collect();
    let rules = [
        (
            "swiftModule",
            &plugin.swift_module,
            plugin.swift_module == module,
            format!("Capacitor derives it from the npm name: write `{module}`"),
        ),
        (
            "className",
            &plugin.class_name,
            is_identifier(&plugin.class_name),
            "it names a class: use letters and digits".to_owned(),
        ),
        (
            "jsName",
            &plugin.js_name,
            is_identifier(&plugin.js_name),
            "it names an object in JavaScript: use letters and digits".to_owned(),
        ),
        (
            "configKey",
            &plugin.config_key,
            is_identifier(&plugin.config_key),
            "it names an option: use letters and digits".to_owned(),
        ),
        (
            "kotlinPackage",
            &plugin.kotlin_package,
            dotted(&plugin.kotlin_package),
            "write a package such as `com.example.runner`".to_owned(),
        ),
        (
            "version",
            &plugin.version,
            numbers.len() == 3 && numbers.iter().all(Result::is_ok),
            "write a version such as `1.0.0`".to_owned(),
        ),
    ];
    for (key, found, _, expected) in rules.into_iter().filter(|(_, _, kept, _)| !kept) {
        complaints.add(PLUGIN, Complaint::BadPlugin { key, found: found.clone(), expected });
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
