//! What a `package.json` says of where its files are.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

/// A package, or a folder that says as much.
pub(crate) struct Package {
    pub(crate) folder: PathBuf,
    json: Value,
}

/// How a file is asked for, which packages may answer differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Import,
    Require,
}

impl Asked {
    /// The conditions of `exports` that hold, beside `default`.
    fn holds(self, condition: &str) -> bool {
        matches!(condition, "default" | "browser" | "module")
            || condition == if self == Self::Import { "import" } else { "require" }
    }
}

impl Package {
    /// The package of a folder, if it is one.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        let text = fs::read_to_string(folder.join("package.json")).ok()?;
        let json = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
        Some(Self { folder: folder.to_owned(), json })
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.text("name")
    }

    /// Whether its `.js` files are modules.
    pub(crate) fn is_module(&self) -> bool {
        self.text("type") == Some("module")
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.json.get(key)?.as_str()
    }

    pub(crate) fn has_exports(&self) -> bool {
        self.json.get("exports").is_some_and(|exports| !exports.is_null())
    }

    /// The path below the folder that `exports` gives for `.` or `./some/path`.
    pub(crate) fn exported(&self, subpath: &str, asked: Asked) -> Option<String> {
        let exports = self.json.get("exports")?;
        match exports {
            Value::Object(map) if map.keys().any(|key| key.starts_with('.')) => {
                mapped(map, subpath, asked)
            }
            _ if subpath == "." => target(exports, "", asked),
            _ => None,
        }
    }

    /// What `imports` gives for `#some/path`.
    pub(crate) fn imported(&self, name: &str, asked: Asked) -> Option<String> {
        mapped(self.json.get("imports")?.as_object()?, name, asked)
    }

    /// The files that may stand for the whole of it, the best one first.
    pub(crate) fn mains(&self, asked: Asked) -> impl Iterator<Item = &str> {
        let fields: &[&str] = match asked {
            Asked::Import => &["browser", "module", "main"],
            Asked::Require => &["browser", "main"],
        };
        fields.iter().filter_map(|field| self.text(field)).filter(|path| !path.is_empty())
    }

    /// What `browser` puts in the place of a file or a package.
    pub(crate) fn replaced(&self, names: &[&str]) -> Option<Replaced<'_>> {
        let map = self.json.get("browser")?.as_object()?;
        let value = names.iter().find_map(|name| map.get(*name))?;
        match value {
            Value::Bool(false) => Some(Replaced::Nothing),
            Value::String(path) => Some(Replaced::By(path)),
            _ => None,
        }
    }

    /// Whether a file does something by being there, as `sideEffects` has it.
    pub(crate) fn has_effects(&self, file: &Path) -> bool {
        match self.json.get("sideEffects") {
            Some(Value::Bool(effects)) => *effects,
            Some(Value::Array(globs)) => {
                let path = file.strip_prefix(&self.folder).unwrap_or(file);
                let path = path.to_string_lossy().replace('\\', "/");
                globs.iter().filter_map(Value::as_str).any(|glob| matches(glob, &path))
            }
            _ => true,
        }
    }
}

/// What stands in the place of a file or a package.
pub(crate) enum Replaced<'a> {
    Nothing,
    By(&'a str),
}

/// The entry for a name, whose star stands for what the star of the key matched.
fn mapped(map: &Map<String, Value>, name: &str, asked: Asked) -> Option<String> {
    if let Some(value) = map.get(name).filter(|_| !name.contains('*')) {
        return target(value, "", asked);
    }
    let mut best: Option<(&str, &str, &Value)> = None;
    for (key, value) in map {
        let Some((before, behind)) = key.split_once('*').or_else(|| {
            // As older packages write folders.
            key.ends_with('/').then_some((key.as_str(), ""))
        }) else {
            continue;
        };
        let rest = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind));
        let Some(rest) = rest.filter(|rest| !rest.is_empty()) else { continue };
        if best.is_none_or(|(longest, _, _)| before.len() > longest.len()) {
            best = Some((before, rest, value));
        }
    }
    let (key, star, value) = best?;
    let found = target(value, star, asked)?;
    let is_folder = key.ends_with('/') && found.ends_with('/');
    Some(if is_folder { found + star } else { found })
}

fn target(value: &Value, star: &str, asked: Asked) -> Option<String> {
    match value {
        Value::String(path) => Some(path.replace('*', star)),
        Value::Array(list) => list.iter().find_map(|value| target(value, star, asked)),
        Value::Object(conditions) => conditions
            .iter()
            .filter(|(condition, _)| asked.holds(condition))
            .find_map(|(_, value)| target(value, star, asked)),
        _ => None,
    }
}

/// Whether a path fits a pattern of `sideEffects`; one without a slash is about names of files.
fn matches(glob: &str, path: &str) -> bool {
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    let path = if glob.contains('/') { path } else { path.rsplit('/').next().unwrap_or(path) };
    fits(glob.as_bytes(), path.as_bytes())
}

fn fits(glob: &[u8], path: &[u8]) -> bool {
    match glob {
        [] => path.is_empty(),
        [b'*', b'*', b'/', rest @ ..] => {
            fits(rest, path)
                || path.iter().enumerate().any(|(at, byte)| {
                    *byte == b'/' && path.get(at + 1..).is_some_and(|path| fits(rest, path))
                })
        }
        [b'*', b'*', rest @ ..] => {
            (0..=path.len()).any(|at| path.get(at..).is_some_and(|path| fits(rest, path)))
        }
        [b'*', rest @ ..] => {
            let end = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
            (0..=end).any(|at| path.get(at..).is_some_and(|path| fits(rest, path)))
        }
        [b'{', rest @ ..] => {
            let Some(close) = rest.iter().position(|byte| *byte == b'}') else { return false };
            let (choices, behind) = (rest.get(..close), rest.get(close + 1..));
            choices.unwrap_or_default().split(|byte| *byte == b',').any(|choice| {
                path.strip_prefix(choice).is_some_and(|path| fits(behind.unwrap_or_default(), path))
            })
        }
        [first, rest @ ..] => {
            path.split_first().is_some_and(|(byte, path)| byte == first && fits(rest, path))
        }
    }
}
