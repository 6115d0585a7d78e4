//! `tsconfig.json`, as far as docgen reads it.

use serde_json::Value;
use typescript::Cut as _;

use super::{
    disk::Disk,
    library::{join, parent},
    mistake::{Failure, Mistake},
    options::{Mapping, Options},
};

/// What a project says about its program.
#[derive(Debug, Clone)]
pub struct Project {
    /// The files that it starts from, absolute.
    pub roots: Vec<String>,
    /// What matters of its compiler options.
    pub options: Options,
}

/// Reads the project at `path`. With `whole`, all of the file counts: `extends`, `lib` and
/// `references` as the compiler takes them; without, only what the original tool sees of it (which fails where `files`
/// is missing; then `include` is followed here).
///
/// # Errors
///
/// When the file cannot be read or is no JSON.
pub fn project(disk: &dyn Disk, path: &str, whole: bool) -> Result<Project, Failure> {
    let mut project = single(disk, path, whole)?;
    if whole {
        let mut visited = vec![path.to_owned()];
        referenced(disk, path, &mut visited, &mut project.roots)?;
    }
    Ok(project)
}

/// Adds the files of the projects that the one at `path` refers to, and of those that they refer to.
fn referenced(
    disk: &dyn Disk,
    path: &str,
    visited: &mut Vec<String>,
    roots: &mut Vec<String>,
) -> Result<(), Failure> {
    let own = read(disk, path)?;
    let folder = parent(path);
    let references = own.get("references").and_then(Value::as_array);
    let paths =
        references.into_iter().flatten().filter_map(|reference| reference.get("path")?.as_str());
    for relative in paths {
        let target = join(folder, relative);
        let target = if disk.is_file(&target) { target } else { join(&target, "tsconfig.json") };
        if visited.contains(&target) {
            continue;
        }
        visited.push(target.clone());
        let more = single(disk, &target, true)?.roots;
        roots.extend(more.into_iter().filter(|file| !roots.contains(file)).collect::<Vec<_>>());
        referenced(disk, &target, visited, roots)?;
    }
    Ok(())
}

fn single(disk: &dyn Disk, path: &str, whole: bool) -> Result<Project, Failure> {
    let own = read(disk, path)?;
    let merged = merged(disk, path, &own, 0)?;
    let settings = if whole || own.get("files").is_none() { &merged } else { &own };
    let folder = parent(path);
    let roots = match settings.get("files").and_then(Value::as_array) {
        Some(files) => {
            files.iter().filter_map(Value::as_str).map(|file| join(folder, file)).collect()
        }
        None => included(disk, folder, settings, whole),
    };
    Ok(Project { roots, options: options(settings, folder, whole) })
}

fn options(settings: &Value, folder: &str, whole: bool) -> Options {
    let empty = Value::Null;
    let compiler = settings.get("compilerOptions").unwrap_or(&empty);
    let flag = |name: &str| compiler.get(name).and_then(Value::as_bool);
    let strings = |name: &str| -> Option<Vec<String>> {
        let list = compiler.get(name)?.as_array()?;
        Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let lib = strings("lib");
    Options {
        strict_null_checks: flag("strictNullChecks").or_else(|| flag("strict")).unwrap_or(false),
        no_default_lib: lib.is_some() || flag("noLib") == Some(true),
        type_roots: strings("typeRoots")
            .map(|roots| roots.iter().map(|root| join(folder, root)).collect()),
        mapping: mapping(compiler, folder, whole),
        libs: if whole { lib.unwrap_or_default() } else { Vec::new() },
    }
}

/// `baseUrl` and `paths`: those are seen from `baseUrl`, or from the file that they are written in.
fn mapping(compiler: &Value, folder: &str, modern: bool) -> Mapping {
    let text = |name: &str| compiler.get(name).and_then(Value::as_str);
    let base = text("baseUrl").map(|base| join(folder, base));
    let from = base.as_deref().or(text(PATHS_BASE)).unwrap_or(folder).to_owned();
    let paths = compiler.get("paths").and_then(Value::as_object).into_iter().flatten();
    let paths = paths.filter_map(|(pattern, targets)| {
        let targets = targets.as_array()?.iter().filter_map(Value::as_str);
        Some((pattern.clone(), targets.map(|target| join(&from, target)).collect()))
    });
    Mapping { base, paths: paths.collect(), modern }
}

/// Where the merged settings say in which folder their `paths` were written.
const PATHS_BASE: &str = "pathsBasePath";

fn read(disk: &dyn Disk, path: &str) -> Result<Value, Failure> {
    let text = disk.read(path).ok_or_else(|| {
        format!("Unable to read tsconfig path: \"{path}\". Use the \"--project\" arg to specify the exact path.")
    })?;
    let plain = plain_json(&text);
    serde_json::from_str(&plain).map_err(|error| Mistake::json(path, &text, &error).into())
}

/// The settings with those of the files that they extend.
fn merged(disk: &dyn Disk, path: &str, own: &Value, depth: usize) -> Result<Value, Failure> {
    let bases: Vec<&str> = match own.get("extends") {
        Some(Value::String(base)) => vec![base],
        Some(Value::Array(bases)) => bases.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let folder = parent(path);
    let mut result = serde_json::json!({});
    for base in bases.into_iter().filter(|_| depth < 16) {
        let Some(path) = base_path(disk, folder, base) else {
            return Err(format!(
                "Unable to read tsconfig path: \"{base}\" (extended by \"{path}\"). Mend the path, or install what it belongs to."
            )
            .into());
        };
        let text = read(disk, &path)?;
        overlay(&mut result, &merged(disk, &path, &text, depth + 1)?);
    }
    let mut own = own.clone();
    absolute(&mut own, folder);
    overlay(&mut result, &own);
    Ok(result)
}

/// Paths as seen from the file that they are written in: who extends it stands elsewhere.
fn absolute(settings: &mut Value, folder: &str) {
    for key in ["files", "include", "exclude"] {
        let Some(Value::Array(paths)) = settings.get_mut(key) else { continue };
        for path in paths {
            if let Value::String(text) = path {
                *text = join(folder, text);
            }
        }
    }
    let Some(Value::Object(compiler)) = settings.get_mut("compilerOptions") else { return };
    if let Some(Value::String(base)) = compiler.get_mut("baseUrl") {
        *base = join(folder, base);
    }
    if compiler.contains_key("paths") {
        compiler.insert(PATHS_BASE.to_owned(), Value::from(folder));
    }
}

fn base_path(disk: &dyn Disk, folder: &str, base: &str) -> Option<String> {
    let with_extension = |path: String| {
        [path.clone(), format!("{path}.json"), format!("{path}/tsconfig.json")]
            .into_iter()
            .find(|path| disk.is_file(path))
    };
    if base.starts_with('.') || base.starts_with('/') {
        return with_extension(join(folder, base));
    }
    let mut folder = folder;
    loop {
        if let Some(path) = with_extension(join(folder, &format!("node_modules/{base}"))) {
            return Some(path);
        }
        folder = folder.cut(..folder.rfind('/')?);
    }
}

/// Keys of `over` replace those of `base`; compiler options one by one.
fn overlay(base: &mut Value, over: &Value) {
    let (Value::Object(base), Value::Object(over)) = (base, over) else { return };
    for (key, value) in over {
        match base.get_mut(key) {
            Some(existing) if key == "compilerOptions" => overlay(existing, value),
            _ => {
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

fn included(disk: &dyn Disk, folder: &str, settings: &Value, whole: bool) -> Vec<String> {
    let patterns = |name: &str| -> Option<Vec<String>> {
        let list = settings.get(name)?.as_array()?;
        Some(list.iter().filter_map(Value::as_str).map(|pattern| join(folder, pattern)).collect())
    };
    let include = patterns("include").unwrap_or_else(|| vec![join(folder, "**/*")]);
    let exclude = patterns("exclude").unwrap_or_default();
    let hits =
        |patterns: &[String], file: &str| patterns.iter().any(|pattern| covers(pattern, file));
    let mut folders: Vec<&str> = include.iter().map(|pattern| plain_folder(pattern)).collect();
    folders.sort_unstable();
    folders.dedup_by(|next, kept| next.starts_with(&format!("{kept}/")) || next == kept);
    let mut files: Vec<String> =
        folders.into_iter().flat_map(|folder| disk.sources(folder)).collect();
    // What the original's compiler does not know is no source to it.
    let is_known = |file: &str| whole || ![".mts", ".cts"].iter().any(|end| file.ends_with(end));
    files.retain(|file| is_known(file) && hits(&include, file) && !hits(&exclude, file));
    files.sort();
    files
}

/// The folder that a pattern of `include` looks into.
fn plain_folder(pattern: &str) -> &str {
    let wild = pattern.find(['*', '?']).unwrap_or(pattern.len());
    let is_file = [".ts", ".tsx", ".mts", ".cts"].iter().any(|end| pattern.ends_with(end));
    if wild < pattern.len() || is_file { parent(pattern.cut(..wild)) } else { pattern }
}

/// Whether a pattern of `include` covers `file`: `*`, `?`, `**/`, or a folder.
fn covers(pattern: &str, file: &str) -> bool {
    let parts: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = file.split('/').collect();
    matches_parts(&parts, &path)
}

fn matches_parts(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, _) => true,
        (Some((&"**", rest)), _) => {
            (0..=path.len()).any(|skip| matches_parts(rest, path.cut(skip..)))
        }
        (Some(_), None) => false,
        (Some((part, rest)), Some((name, path))) => {
            matches_name(part, name) && matches_parts(rest, path)
        }
    }
}

fn matches_name(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => {
            let Some(rest) = name.strip_prefix(before) else { return false };
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| matches_name(after, rest.cut(at..)))
        }
    }
}

/// JSON with spaces in the place of comments and trailing commas.
fn plain_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    if let Some(without) = text.strip_prefix('\u{feff}') {
        out += "   ";
        rest = without;
    }
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '"' => string_length(rest),
            '/' if rest.starts_with("//") || rest.starts_with("/*") => {
                let length = if rest.starts_with("//") {
                    rest.find('\n').unwrap_or(rest.len())
                } else {
                    rest.find("*/").map_or(rest.len(), |length| length + 2)
                };
                let comment = rest.cut(..length).bytes();
                out.extend(comment.map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
                rest = rest.cut(length..);
                continue;
            }
            '}' | ']' => {
                let comma = out.trim_end().strip_suffix(',').map(str::len);
                if let Some(at) = comma {
                    out.replace_range(at..=at, " ");
                }
                1
            }
            c => c.len_utf8(),
        };
        out += rest.cut(..length);
        rest = rest.cut(length..);
    }
    out
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
