//! `paths` and `baseUrl` of a `tsconfig.json`: names that a project gives to its own folders.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// How many files may extend each other.
const DEEPEST: usize = 8;

/// What a project calls its folders.
pub(crate) struct Paths {
    /// Where `paths` begin.
    base: PathBuf,
    /// Whether all names are looked for there.
    is_base_url: bool,
    /// A pattern with at most one star, and what may stand for it.
    patterns: Vec<(String, Vec<String>)>,
}

impl Paths {
    /// What the configuration of a folder says; none where there is none.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let names = ["tsconfig.json", "jsconfig.json"];
        let file = names.iter().map(|name| folder.join(name)).find(|path| path.is_file())?;
        let none = Self { base: folder.to_owned(), is_base_url: false, patterns: Vec::new() };
        Some(Self::of(&file, DEEPEST).unwrap_or(none))
    }

    fn of(file: &Path, depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let text = fs::read_to_string(file).ok()?;
        let json: Value = serde_json::from_str(&plain(&text)).ok()?;
        let folder = file.parent()?;
        let options = json.get("compilerOptions");
        let option = |key: &str| options.and_then(|options| options.get(key));
        let base_url = option("baseUrl").and_then(Value::as_str).map(|it| folder.join(it));
        let patterns = option("paths").and_then(Value::as_object).map(|paths| {
            let texts = |list: &Value| {
                let list = list.as_array().into_iter().flatten();
                list.filter_map(Value::as_str).map(str::to_owned).collect()
            };
            paths.iter().map(|(key, list)| (key.clone(), texts(list))).collect()
        });
        let parents: Vec<&str> = match json.get("extends") {
            Some(Value::String(parent)) => vec![parent],
            Some(Value::Array(list)) => list.iter().rev().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if base_url.is_none() && patterns.is_none() {
            return parents.iter().find_map(|parent| Self::of(&extended(folder, parent)?, depth));
        }
        Some(Self {
            base: base_url.clone().unwrap_or_else(|| folder.to_owned()),
            is_base_url: base_url.is_some(),
            patterns: patterns.unwrap_or_default(),
        })
    }

    /// Where a name may lead, in order.
    pub(crate) fn candidates(&self, name: &str) -> Vec<PathBuf> {
        let matching = self.patterns.iter().filter_map(|(pattern, targets)| {
            let Some((before, behind)) = pattern.split_once('*') else {
                return (pattern == name).then_some((usize::MAX, "", targets));
            };
            let star = name.strip_prefix(before)?.strip_suffix(behind)?;
            Some((before.len(), star, targets))
        });
        let best = matching.max_by_key(|(length, _, _)| *length);
        let mut found: Vec<_> = best
            .into_iter()
            .flat_map(|(_, star, targets)| {
                targets.iter().map(move |target| self.base.join(target.replace('*', star)))
            })
            .collect();
        if self.is_base_url {
            found.push(self.base.join(name));
        }
        found
    }
}

/// The file that another one extends.
fn extended(folder: &Path, parent: &str) -> Option<PathBuf> {
    let with = |path: PathBuf| {
        let named = PathBuf::from(format!("{}.json", path.display()));
        [path.clone(), named, path.join("tsconfig.json")].into_iter().find(|path| path.is_file())
    };
    if parent.starts_with('.') || Path::new(parent).is_absolute() {
        return with(folder.join(parent));
    }
    folder.ancestors().find_map(|folder| with(folder.join("node_modules").join(parent)))
}

/// JSON without comments and without commas before a bracket's end.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim_start_matches('\u{feff}');
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            let end = string_end(rest);
            out.push_str(rest.get(..end).unwrap_or_default());
            rest = rest.get(end..).unwrap_or_default();
        } else if rest.starts_with("//") {
            rest = rest.find('\n').and_then(|at| rest.get(at..)).unwrap_or_default();
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            if matches!(first, '}' | ']') {
                let kept = out.trim_end().strip_suffix(',').map(str::len);
                if let Some(kept) = kept {
                    out.truncate(kept);
                }
            }
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// Where a text in quotes ends.
fn string_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
