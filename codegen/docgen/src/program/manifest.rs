//! What a `package.json` says about where its declarations are.

use serde_json::Value;
use typescript::Cut as _;

/// The file with the declarations of `entry` (`.`, or `./part`) by `exports`, or a script beside which
/// they stand.
pub(super) fn exported(manifest: &Value, entry: &str) -> Option<String> {
    let exports = manifest.get("exports")?;
    let is_map = exports.as_object().is_some_and(|map| map.keys().any(|key| key.starts_with('.')));
    if !is_map {
        return if entry == "." { target(exports) } else { None };
    }
    let map = exports.as_object()?;
    if let Some(found) = map.get(entry) {
        return target(found);
    }
    map.iter().find_map(|(pattern, found)| {
        let (before, after) = pattern.split_once('*')?;
        let middle = entry.strip_prefix(before)?.strip_suffix(after)?;
        Some(target(found)?.replace('*', middle))
    })
}

/// What a condition that compilers ask for leads to: declarations first.
fn target(exports: &Value) -> Option<String> {
    const CONDITIONS: [&str; 6] = ["types", "import", "module", "node", "require", "default"];
    match exports {
        Value::String(path) => Some(path.clone()),
        Value::Array(all) => all.iter().find_map(target),
        Value::Object(map) => {
            CONDITIONS.iter().find_map(|condition| map.get(*condition).and_then(target))
        }
        _ => None,
    }
}

/// The path map of `typesVersions` that TypeScript 4.2 takes.
pub(super) fn types_versions(manifest: &Value) -> Option<&Value> {
    let versions = manifest.get("typesVersions")?.as_object()?;
    versions.iter().find(|(range, _)| includes_version(range)).map(|(_, map)| map)
}

/// Whether a range such as `<=5.6` or `>=3.1 <4.0` holds version 4.2.
fn includes_version(range: &str) -> bool {
    const OURS: (u32, u32) = (4, 2);
    range.split_whitespace().all(|comparator| {
        let version = comparator.trim_start_matches(['<', '>', '=', '^', '~', 'v']);
        let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
        let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        match comparator
            .cut(..comparator.len() - comparator.trim_start_matches(['<', '>', '=']).len())
        {
            "<=" => OURS <= version,
            "<" => OURS < version,
            ">=" => OURS >= version,
            ">" => OURS > version,
            _ => comparator == "*" || OURS.0 == version.0,
        }
    })
}

/// Where a path map sends `path`.
pub(super) fn mapped(versions: &Value, path: &str) -> Option<String> {
    let first =
        |targets: &Value| targets.get(0).and_then(|target| target.as_str()).map(str::to_owned);
    let map = versions.as_object()?;
    if let Some(targets) = map.get(path) {
        return first(targets);
    }
    map.iter().find_map(|(pattern, targets)| {
        let (before, after) = pattern.split_once('*')?;
        let middle = path.strip_prefix(before)?.strip_suffix(after)?;
        first(targets).map(|target| target.replace('*', middle))
    })
}
