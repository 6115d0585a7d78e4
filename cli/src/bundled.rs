//! A runner joined with what it imports, as the commands use it: paths seen from somewhere, problems with
//! their places.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use bundle::{Options, Problem};
use miette::{LabeledSpan, NamedSource, Report, miette};

use crate::disk::slashed;

/// A bundle with its map.
pub(crate) struct Bundled {
    pub(crate) code: String,
    /// The source map as JSON.
    pub(crate) map: String,
    pub(crate) mappings: String,
    /// The files that the map speaks of, as `root` sees them.
    pub(crate) sources: Vec<String>,
    pub(crate) packages: Vec<String>,
    /// Every file that was read for it.
    pub(crate) read: Vec<PathBuf>,
    /// Whether it waits at its top level.
    pub(crate) is_module: bool,
}

/// What `process.env.NODE_ENV` is in a runner.
const ENVIRONMENT: &str = "production";

/// Bundles a runner for a file, whose map stands beside it; names are those that `root` sees.
pub(crate) fn bundle(entry: &Path, output: &Path, root: &Path) -> Result<Bundled, Vec<Problem>> {
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let options = Options { environment: ENVIRONMENT.to_owned(), root: root.clone() };
    let bundle = bundle::bundle(entry, &options)?;
    let name = output.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = real(output.parent().unwrap_or(Path::new("")));
    let sources: Vec<_> =
        bundle.sources.iter().map(|path| slashed(&relative(&folder, path))).collect();
    let map = bundle::source_map(&name, &sources, &bundle.mappings);
    let code = format!("{}//# sourceMappingURL={name}.map\n", bundle.code);
    let sources = bundle.sources.iter().map(|path| named(path, &root)).collect();
    let bundle::Bundle { mappings, packages, read, is_module, .. } = bundle;
    Ok(Bundled { code, map, mappings, sources, packages, read, is_module })
}

/// A folder's path without links, also where the last of it is not there yet.
fn real(folder: &Path) -> PathBuf {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let there = folder.ancestors().find_map(|part| Some((part, fs::canonicalize(part).ok()?)));
    let Some((part, real)) = there else { return folder };
    folder.strip_prefix(part).map_or(real.clone(), |rest| real.join(rest))
}

/// A path as a folder sees it.
pub(crate) fn relative(folder: &Path, path: &Path) -> PathBuf {
    let (mut from, mut to) = (folder.components().peekable(), path.components().peekable());
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let up = from.map(|_| Component::ParentDir);
    up.chain(to).collect()
}

/// A file as a person in `root` names it.
fn named(file: &Path, root: &Path) -> String {
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    slashed(file.strip_prefix(root).unwrap_or(file))
}

/// A problem for people: with the line that it is in.
pub(crate) fn report(problem: &Problem, root: &Path) -> Report {
    let name = named(&problem.file, root);
    let label = LabeledSpan::at(problem.at.clone(), "here");
    let message = format!("`{name}`: {}", problem.message);
    let report = match &problem.help {
        Some(help) => miette!(labels = vec![label], help = help.clone(), "{message}"),
        None => miette!(labels = vec![label], "{message}"),
    };
    report.with_source_code(NamedSource::new(name, problem.text.clone()))
}

/// A problem in one line, with its place as the engine writes places.
pub(crate) fn line(problem: &Problem, root: &Path) -> String {
    let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    let (line, column) = place(problem);
    format!("{}{help} ({}:{line}:{column})", problem.message, named(&problem.file, root))
}

/// Line and column of a problem, counted from 1.
pub(crate) fn place(problem: &Problem) -> (usize, usize) {
    let before = problem.text.get(..problem.at.start).unwrap_or_default();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}
